"""Makes the project's pictures: a scripted debate on the real screens, photographed by Textual, drawn by Chromium.

    python -m docs.pictures FOLDER [--sizes 160x45 100x30 80x24] [--theme NAME]

Scenes: frame, searching, openings, sources, floor, rebuttals, forming, verdict, its second version, library, new
debate. Needs Debian's `chromium`.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from tests.scripted import Gate, Pace, Reply, Script, ScriptedEndpoint, by_voice, debate_script
from tests.scripted.texts import HOSTING
from tests.shapes import Block, claude, results, said, search, thought
from upverdict.core.config import Config
from upverdict.core.debate import Debate
from upverdict.core.named import NamedEndpoint
from upverdict.core.session import Choice, Order
from upverdict.tui.app import UpverdictApp

QUESTIONS = (
    "Should we rewrite the billing service?",
    "Is remote work better for juniors?",
    "Buy the house now or rent for three more years?",
    "Self-host LLMs or use API access?",
)
LAB = "lab"
"""What the scripted endpoint is called on the pictures."""
FOUND_OUT = "Our provider's price doubled in May"
SAID = "You all assume that we have a platform team. We are two people. Answer that."


FOUND = (
    ("https://example.org/reports/gpu-utilisation", "How busy are private GPU clusters?"),
    ("https://example.com/prices/h100-hours", "What an hour of an H100 costs, bought and rented"),
    ("https://example.net/leaderboards-and-tasks", "Leaderboards do not predict your own task"),
)
CITED = {
    "moves by multiples.": (0, "In a median private cluster the processors are busy for 31 % of the hours."),
    "no discount on the rent closes the gap.": (1, "Below 60 % of use, a rented hour is cheaper at every discount."),
    "They measure somebody else's questions.": (2, "Rank on public boards explains little of one's own tasks."),
}
"""Words of the Researcher's, the source that they rest on, and what it says."""


def searching(text: str) -> Reply:
    """The Researcher thinks, searches and cites, at about the pace of the others."""
    blocks: list[Block | Gate | float] = [
        thought("Which figure decides it?"),
        0.5,
        search("t1", "GPU utilisation of private clusters 2026"),
        1.5,
    ]
    blocks += [results("t1", *FOUND), 0.2]
    for words, (place, quote) in CITED.items():
        before, text = text.split(words)
        cut = before.rfind(". ") + 2
        blocks += [said(*_pieces(before[:cut])), said(*_pieces(before[cut:] + words), cites=[(*FOUND[place], quote)])]
    return claude(*blocks, said(*_pieces(text)), every=0.035, model="scripted-1", searches=1)


def _pieces(text: str) -> list[str]:
    return [text[at : at + 8] for at in range(0, len(text), 8)]


def script() -> Script:
    """The scripted debate; on the question of the pictures the Researcher searches."""
    plain = debate_script()
    found = by_voice({"researcher opening": searching(HOSTING["researcher"])}, plain)
    return lambda asked: (found if "self-host" in asked.prompt.lower() else plain)(asked)


class Photographer:
    """Takes pictures of one app at one size into a folder. They are drawn when all are taken, so that nothing waits."""

    def __init__(self, folder: Path, size: tuple[int, int], theme: str) -> None:
        self.folder = folder
        self.size = size
        self.theme = theme
        self.taken: dict[Path, str] = {}

    def develop(self) -> None:
        """Draw what was taken."""
        for file, svg in self.taken.items():
            draw(svg, file)

    async def tour(self, config: Config) -> None:
        """A debate from its openings to its verdict, then the library that keeps it."""
        order = Order(QUESTIONS[-1], choice=Choice(LAB))
        app = UpverdictApp(config, order)
        async with app.run_test(size=self.size) as pilot:
            if self.theme:
                app.theme = self.theme
            await self._until(app, pilot, lambda d: d.framing.proposal is not None)
            await _settled(pilot)
            await self.take(app, pilot, "frame")
            await pilot.press("ctrl+s")
            await self._until(app, pilot, lambda d: "R1" in d.statements and d.statements["R1"].state == "searching")
            await pilot.pause(0.5)
            await self.take(app, pilot, "searching")
            await self._until(app, pilot, lambda d: _least(d, 0) > 60 and bool(d.statements["R1"].citations))
            await self.take(app, pilot, "openings")
            await self._until(app, pilot, lambda d: d.floor == 0)
            await self.take(app, pilot, "floor")
            await pilot.press("escape", "s")
            await _settled(pilot)
            await self.take(app, pilot, "sources")
            await pilot.press("escape")
            assert app.session
            app.session.runner.speak(SAID)
            await self._until(app, pilot, lambda d: _least(d, 1) > 70)
            await self.take(app, pilot, "rebuttals")
            await self._until(app, pilot, lambda d: d.floor == 1)
            app.session.runner.pass_floor()
            await self._until(app, pilot, lambda d: bool(d.judging and len(d.judging.forming.quotes) > 1))
            await self.take(app, pilot, "forming")
            await self._until(app, pilot, lambda d: d.outcome == "finished")
            await _settled(pilot)
            await self.take(app, pilot, "verdict")
            await pilot.press("s")
            await pilot.pause(0.5)
            await self.take(app, pilot, "verdict-sources")
            await pilot.press("p", *FOUND_OUT)
            await _settled(pilot)
            await self.take(app, pilot, "pushing-back")
            await pilot.press("enter")
            await self._until(app, pilot, lambda d: len(d.comments) == 1 and d.outcome == "finished")
            await _settled(pilot)
            await self.take(app, pilot, "version-2")
            await pilot.press("end")
            await self.take(app, pilot, "version-2-end")
        app = UpverdictApp(config, None)
        async with app.run_test(size=self.size) as pilot:
            if self.theme:
                app.theme = self.theme
            await _settled(pilot)
            await self.take(app, pilot, "library")
            await pilot.press("n")
            await _settled(pilot)
            await self.take(app, pilot, "new")

    async def take(self, app: UpverdictApp, pilot: Pilot[int], scene: str) -> None:
        await pilot.pause()
        columns, rows = self.size
        self.taken[self.folder / f"{scene}-{columns}x{rows}.png"] = app.export_screenshot()

    async def _until(self, app: UpverdictApp, pilot: Pilot[int], predicate: Callable[[Debate], bool]) -> None:
        async with asyncio.timeout(120):
            while not (app.session and predicate(app.session.log.debate)):
                await pilot.pause(0.05)
        await pilot.pause(0.2)


def _least(debate: Debate, number: int) -> int:
    """Words of the shortest statement of a round in which everybody has begun."""
    said = debate.in_round(number)
    return min((len(s.text.split()) for s in said.values()), default=0) if len(said) == len(debate.council) else 0


async def _settled(pilot: Pilot[int]) -> None:
    await pilot.pause(1)


def draw(svg: str, file: Path) -> None:
    """The SVG as a PNG, with a font of this machine and no request to anywhere."""
    svg = re.sub(r"@font-face\s*{[^}]*}", "", svg).replace("Fira Code", "DejaVu Sans Mono")
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box, "Textual's screenshots have a view box"
    width, height = round(float(box[1])), round(float(box[2]))
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("There is no Chromium here: install Debian's package chromium.")
    with tempfile.TemporaryDirectory() as name:
        page = Path(name, "page.html")
        page.write_text(f"<body style='margin:0;background:#000'>{svg}</body>", "utf-8")
        subprocess.run(
            [
                chromium,
                *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"),
                *(
                    "--disable-component-update",
                    "--no-first-run",
                    "--hide-scrollbars",
                    f"--user-data-dir={name}/profile",
                ),
                f"--window-size={width},{height}",
                f"--screenshot={file}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", nargs="+", default=["160x45", "100x30", "80x24"])
    parser.add_argument("--theme", default="")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for size in given.sizes:
        columns, rows = (int(n) for n in size.split("x"))
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            async with ScriptedEndpoint(script(), pace=Pace(tokens_per_second=400)) as server:
                lab = NamedEndpoint(LAB, server.url, "scripted-1", search="web_search_20250305")
                config = Config(folder=home, db=home / "debates.db", endpoints=(lab,), probe=())
                await _fill(config)
                server.pace = Pace(tokens_per_second=45)
                photographer = Photographer(given.folder.absolute(), (columns, rows), given.theme)
                await photographer.tour(config)
            photographer.develop()


async def _fill(config: Config) -> None:
    """Some debates that are kept already, the second one interrupted."""
    from upverdict.core.session import start
    from upverdict.core.store.writer import Store

    store = await Store.open(config.db)
    for place, question in enumerate(QUESTIONS[:-1]):
        session = await start(store, Order(question, choice=Choice(LAB), auto=True), config)
        if place == 0:
            asyncio.get_running_loop().call_later(0.5, session.runner.interrupt)
        await session.run()
        await session.close()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
