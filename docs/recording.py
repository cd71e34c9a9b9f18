"""Makes the project's recording: a whole debate on the real screens, from its question to its replay, with no hands.

    python -m docs.recording FILE.webp [--cast FILE.cast] [--size 144x40]

The scripted debate of the pictures, played at its own pace and looked at some times a second; what is drawn is what
the screen's cells held then. `--cast` writes the same as an asciicast (version 2) besides. Needs what `docs.pictures`
needs.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from time import monotonic
from typing import Any

from PIL import Image
from rich.console import Console
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from docs.drawing import Drawing, grid_of, strips_of
from docs.staging import ANSWERED, PATIENCE, QUESTION, SAID, Stage, choose, script, stage, until
from tests.scripted import Pace
from upverdict.tui.app import UpverdictApp
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.frame import FrameScreen
from upverdict.tui.screens.replay import ReplayScreen
from upverdict.tui.screens.verdict import VerdictScreen

PACE, JUDGE = 120.0, 200.0
"""Tokens a second of each voice, and of the judge."""
LOOKS = 6
"""Frames a second."""
TYPED = 35
"""Keys a second; three at a time."""
CELL = (8, 17)
"""Pixels of a cell."""
READ = 1.2
"""Seconds to see what has just come."""


class Recorder:
    """Looks at an app some times a second, and keeps what was another picture than the one before, with its moment."""

    def __init__(self, app: UpverdictApp) -> None:
        self.app = app
        self.frames: list[tuple[float, list[Strip]]] = []
        self.seconds = 0.0

    async def look(self) -> None:
        began = monotonic()
        for number in range(1 << 20):
            await asyncio.sleep(max(0.0, began + number / LOOKS - monotonic()))
            strips = strips_of(self.app)
            self.seconds = number / LOOKS
            whole = len(strips) == self.app.size.height  # a screen that has just been opened has no rows yet
            if whole and (not self.frames or strips != self.frames[-1][1]):
                self.frames.append((self.seconds, strips))


class Player:
    """Presses the keys of a person who has a debate."""

    def __init__(self, stage: Stage, app: UpverdictApp, pilot: Pilot[int]) -> None:
        self.stage = stage
        self.app = app
        self.pilot = pilot

    async def play(self) -> None:
        await asyncio.sleep(READ)
        await self._type(QUESTION)
        await asyncio.sleep(0.6)
        await self.pilot.press("enter")
        await self._shown(FrameScreen)
        await asyncio.sleep(READ + 0.8)
        await self.pilot.press("ctrl+s")
        await until(self.app, self.pilot, lambda d: d.floor == 0)
        await self._quote()
        await until(self.app, self.pilot, lambda d: d.floor == 1)
        await asyncio.sleep(READ)
        self.stage.server.pace = Pace(tokens_per_second=JUDGE)
        await self.pilot.press("escape", "n")
        await until(self.app, self.pilot, lambda d: d.outcome == "finished")
        await self._shown(VerdictScreen)
        await self._verdict()
        await self._replay()

    async def _quote(self) -> None:
        """A sentence of the Contrarian's, and what the user says to it."""
        screen = await self._shown(DebateScreen)
        assert isinstance(screen, DebateScreen)
        await self._when(lambda: screen.composing)
        await asyncio.sleep(READ / 2)
        await self._press("escape", "4")
        await choose(self.app, self.pilot, ANSWERED, pause=0.3)
        await asyncio.sleep(0.8)
        await self._press("q")
        await self._type(SAID)
        await asyncio.sleep(0.8)
        await self.pilot.press("enter")

    async def _verdict(self) -> None:
        """Read it, see a quote where it was said, and come back."""
        await asyncio.sleep(2 * READ)
        await self._press("down", "down", "enter")
        await asyncio.sleep(2 * READ)
        await self._press("escape")
        await asyncio.sleep(0.8)

    async def _replay(self) -> None:
        await self.pilot.press("P")
        screen = await self._shown(ReplayScreen)
        assert isinstance(screen, ReplayScreen)
        await self._press("plus", "plus")
        await self._when(lambda: screen.over)
        await asyncio.sleep(2 * READ)

    async def _press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await asyncio.sleep(0.45)

    async def _type(self, words: str) -> None:
        began = monotonic()
        for at in range(0, len(words), 3):
            await self.pilot.press(*words[at : at + 3])
            await asyncio.sleep(max(0.0, began + at / TYPED - monotonic()))

    async def _shown(self, kind: type[Screen[Any]]) -> object:
        await self._when(lambda: isinstance(self.app.screen, kind))
        return self.app.screen

    async def _when(self, predicate: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not predicate():
                await self.pilot.pause(0.05)


async def record(stage: Stage, size: tuple[int, int]) -> Recorder:
    async with (app := stage.app()).run_test(size=size) as pilot:
        await pilot.pause(1)
        recorder = Recorder(app)
        looking = asyncio.create_task(recorder.look())
        try:
            await Player(stage, app, pilot).play()
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
    return recorder


def save_pictures(recorder: Recorder, size: tuple[int, int], file: Path) -> None:
    """As an animated picture: WebP without losses, half as large as GIF, or GIF with one palette for all frames."""
    drawing = Drawing(*size, cell=CELL, margin=6)
    drawn = [drawing.draw(grid_of(strips)).copy() for _, strips in recorder.frames]
    moments = [moment for moment, _ in recorder.frames] + [recorder.seconds + 1 / LOOKS]
    lengths = [round((after - at) * 1000) for at, after in pairwise(moments)]
    kind: dict[str, Any] = {"lossless": True, "quality": 80, "method": 4}
    if file.suffix == ".gif":
        palette = _palette(drawn)
        drawn = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in drawn]
        kind = {"disposal": 1, "optimize": False}
    drawn[0].save(file, save_all=True, append_images=drawn[1:], duration=lengths, loop=0, **kind)


def _palette(drawn: list[Image.Image]) -> Image.Image:
    """The 255 colours that most points have; one is left for what stays as it is from frame to frame."""
    count: Counter[tuple[int, ...]] = Counter()
    for image in drawn:
        for number, colour in image.getcolors(image.width * image.height):
            count[colour] += number
    made = Image.new("P", (1, 1))
    made.putpalette([value for colour, _ in count.most_common(255) for value in colour])
    return made


def save_cast(recorder: Recorder, size: tuple[int, int], file: Path) -> None:
    """As asciicast, version 2: a header, then a line for each frame, with the rows that have changed."""
    console = Console(width=size[0], file=io.StringIO(), force_terminal=True, color_system="truecolor")
    lines = [json.dumps({"version": 2, "width": size[0], "height": size[1], "title": QUESTION})]
    before: list[Strip | None] = [None] * size[1]
    for moment, strips in recorder.frames:
        rows = [
            f"\x1b[{y};1H{strip.render(console)}"
            for y, (strip, old) in enumerate(zip(strips, before, strict=True), 1)
            if strip != old
        ]
        lines.append(json.dumps([round(moment, 3), "o", "".join(rows)], ensure_ascii=False))
        before = list(strips)
    lines[1] = lines[1].replace('"o", "', '"o", "\\u001b[?25l', 1)  # a program of its own shows no cursor
    file.write_text("\n".join(lines) + "\n", "utf-8")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--cast", type=Path)
    parser.add_argument("--size", default="144x40")
    given = parser.parse_args()
    columns, rows = (int(n) for n in given.size.split("x"))
    async with stage(script(PACE), PACE) as on:
        recorder = await record(on, (columns, rows))
    print(f"{len(recorder.frames)} frames, {recorder.seconds:.0f} seconds")
    save_pictures(recorder, (columns, rows), given.file)
    if given.cast:
        save_cast(recorder, (columns, rows), given.cast)


if __name__ == "__main__":
    asyncio.run(main())
