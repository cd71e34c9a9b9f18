"""Makes the project's pictures: a scripted debate on the real screens, drawn cell by cell.

    python -m docs.pictures FOLDER [--sizes 160x45 100x30 80x24] [--theme NAME] [--scenes NAME ... | --shown]

Needs what the dependency group `docs` names, and the font DejaVu Sans Mono (Debian: fonts-dejavu-core). All sizes are
photographed at the same time. The same words come in the same order each time; clocks and tokens a second differ.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from pathlib import Path

from textual.pilot import Pilot

from docs.drawing import Drawing, Grid, grid_of, palette_of, strips_of
from docs.staging import ANSWERED, FOUND_OUT, QUESTION, SAID, Stage, choose, fill, script, stage, until, words_of
from tests.scripted import Gate, Pace
from upverdict.tui.app import UpverdictApp
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.replay import ReplayScreen

SLOW, PACE = 30.0, 60.0
"""Tokens a second of each voice, and of the judge and whoever answers afterwards."""
README = Path(__file__).parent.parent / "README.md"


class Photographer:
    """Takes pictures of one app after the other, at one size, into a folder; of some scenes only, if they are named."""

    def __init__(self, folder: Path, size: tuple[int, int], theme: str, scenes: frozenset[str] = frozenset()) -> None:
        self.folder = folder
        self.size = size
        self.theme = theme
        self.scenes = scenes

    async def first_start(self, stage: Stage) -> None:
        async with (app := stage.app()).run_test(size=self.size) as pilot:
            await self._begin(app, pilot)
            await self.take(app, pilot, "welcome")

    async def debate(self, stage: Stage, found: Gate) -> None:
        """From its frame to the second version of its verdict; the gate lets the Researcher find something."""
        async with (app := stage.app(QUESTION)).run_test(size=self.size) as pilot:
            await until(app, pilot, lambda d: d.framing.proposal is not None)
            await self._begin(app, pilot)
            await self.take(app, pilot, "frame")
            await pilot.press("ctrl+s")
            await until(app, pilot, lambda d: "R1" in d.statements and d.statements["R1"].state == "searching")
            await self.take(app, pilot, "searching")
            found.open()
            await until(app, pilot, lambda d: words_of(d, 0) > 40 and bool(d.statements["R1"].citations))
            await self.take(app, pilot, "openings")
            await until(app, pilot, lambda d: d.floor == 0)
            await self._floor(app, pilot)
            await until(app, pilot, lambda d: words_of(d, 1, voices=3) > 10)
            await self.take(app, pilot, "fault")
            await pilot.press("escape", "2", "R")
            await until(app, pilot, lambda d: words_of(d, 1) > 30)
            await self.take(app, pilot, "rebuttals")
            stage.server.pace = Pace(tokens_per_second=PACE)
            await until(app, pilot, lambda d: d.floor == 1)
            await pilot.press("n")  # the panes have had the keys since
            await until(app, pilot, lambda d: bool(d.judging and len(d.judging.forming.quotes) > 1))
            await self.take(app, pilot, "forming")
            await until(app, pilot, lambda d: d.outcome == "finished")
            await self._verdict(app, pilot)

    async def _floor(self, app: UpverdictApp, pilot: Pilot[int]) -> None:
        """What can be done while the floor is the user's; in the end something is said."""
        screen = app.screen
        assert isinstance(screen, DebateScreen)
        while not screen.composing:
            await pilot.pause(0.05)
        await self.take(app, pilot, "floor")
        await pilot.press("escape")
        await pilot.pause(0.2)
        for key, scene in (("question_mark", "help"), ("ctrl+p", "palette"), ("s", "sources")):
            await pilot.press(key)
            await pilot.pause(0.7)
            await self.take(app, pilot, scene)
            await pilot.press("escape")
            await pilot.pause(0.2)
        await pilot.press("4")
        await choose(app, pilot, ANSWERED)
        await self.take(app, pilot, "chosen")
        await pilot.press("q")
        await pilot.pause(0.2)
        await pilot.press(*SAID)
        await self.take(app, pilot, "quoted")
        await pilot.press("enter")

    async def _verdict(self, app: UpverdictApp, pilot: Pilot[int]) -> None:
        await pilot.pause(1)
        await self.take(app, pilot, "verdict")
        await pilot.press("s")
        await pilot.pause(0.5)
        await self.take(app, pilot, "verdict-sources")
        await pilot.press("p", *FOUND_OUT)
        await pilot.pause(0.5)
        await self.take(app, pilot, "pushing-back")
        await pilot.press("enter")
        await until(app, pilot, lambda d: len(d.comments) == 1 and d.outcome == "finished")
        await pilot.pause(1)
        await self.take(app, pilot, "version-2")
        await pilot.press("end")
        await pilot.pause(0.3)
        await self.take(app, pilot, "version-2-end")

    async def library(self, stage: Stage) -> None:
        """The debates that are kept, one of them replayed, and the form for a new one."""
        async with (app := stage.app()).run_test(size=self.size) as pilot:
            await self._begin(app, pilot)
            await self.take(app, pilot, "library")
            await pilot.press("y")
            while not isinstance(app.screen, ReplayScreen):
                await pilot.pause(0.05)
            await pilot.press("plus", "plus")
            while words_of(app.screen.debate, 1) < 40:
                await pilot.pause(0.02)
            await pilot.press("space")
            await pilot.pause(0.3)
            await self.take(app, pilot, "replay")
            await pilot.press("escape")
            await pilot.pause(0.3)
            await pilot.press("n")
            await pilot.pause(1)
            await self.take(app, pilot, "new")

    async def _begin(self, app: UpverdictApp, pilot: Pilot[int]) -> None:
        if self.theme:
            app.theme = self.theme
        await pilot.pause(1)

    async def take(self, app: UpverdictApp, pilot: Pilot[int], scene: str) -> None:
        if self.scenes and scene not in self.scenes:
            return
        await pilot.pause()
        grid = grid_of(strips_of(app))
        columns, rows = self.size
        await asyncio.to_thread(save, grid, self.folder / f"{scene}-{columns}x{rows}.png")


def save(grid: Grid, file: Path) -> None:
    drawing = Drawing(len(grid[0]), len(grid))
    palette_of(drawing.draw(grid)).save(file, optimize=True)


async def one_size(folder: Path, size: str, theme: str, scenes: frozenset[str]) -> None:
    columns, rows = (int(n) for n in size.split("x"))
    photographer = Photographer(folder, (columns, rows), theme, scenes)
    found = Gate()
    async with stage(script(SLOW, found=found, overloaded=True), SLOW) as on:
        await photographer.first_start(on)
        await fill(on)
        await photographer.debate(on, found)
        await photographer.library(on)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", nargs="+", default=["160x45", "100x30", "80x24"])
    parser.add_argument("--theme", default="")
    parser.add_argument("--scenes", nargs="+", default=[], help="only these")
    parser.add_argument("--shown", action="store_true", help="only those that the README shows")
    given = parser.parse_args()
    if given.shown:
        shown = re.findall(r"docs/pictures/([\w-]+)-(\d+x\d+)\.png", README.read_text("utf-8"))
        given.scenes, given.sizes = ([*dict.fromkeys(column)] for column in zip(*shown, strict=True))
    given.folder.mkdir(parents=True, exist_ok=True)
    if len(given.sizes) == 1:
        await one_size(given.folder, given.sizes[0], given.theme, frozenset(given.scenes))
        return
    scenes = ["--scenes", *given.scenes] if given.scenes else []
    command = [sys.executable, "-m", "docs.pictures", str(given.folder), "--theme", given.theme, *scenes, "--sizes"]
    at_work = [await asyncio.create_subprocess_exec(*command, size) for size in given.sizes]
    if any([await each.wait() for each in at_work]):
        raise SystemExit("Not all pictures could be made; what stands above says why.")


if __name__ == "__main__":
    asyncio.run(main())
