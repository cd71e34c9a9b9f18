"""How long the longest frame keeps the screen waiting, in what is heavy to draw.

    python -m bench.frames [--repeat 5]

A debate at the scripted endpoint on a screen of 160 x 45, in this process: 100 kB are pasted into the composer, taken
back, put there again and sent; then the council streams while the terminal is resized and panes are zoomed. A tick
every two milliseconds tells how long the event loop was held, and so how late a frame was; `idle` is the same with
nothing done. Reach: never later than 200 ms.
On a busy machine the CPU time of the longest says more than the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from textual.events import Paste

from bench import quantile
from tests.council import council
from tests.scripted import Pace
from tests.tui.stage import WIDE, Live, live

LINES = "".join(f"Line {number} of what was pasted, with some words to fill it.\n" for number in range(1830))
ONE_LINE = "words to fill it and " * 4800
TICK, WATCHED = 0.002, 1.0


class Watch:
    """Seconds by which the event loop was held at worst, and this thread's CPU seconds in that time."""

    def __init__(self) -> None:
        self.worst = (0.0, 0.0)

    async def __call__(self, do: Callable[[], Awaitable[object]]) -> tuple[float, float]:
        """Do it, and watch for a second more."""
        self.worst = (0.0, 0.0)
        ticking = asyncio.create_task(self._tick())
        try:
            await do()
            await asyncio.sleep(WATCHED)
        finally:
            ticking.cancel()
        return self.worst

    async def _tick(self) -> None:
        while True:
            begun, busy = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK)
            self.worst = max(self.worst, (time.perf_counter() - begun - TICK, time.thread_time() - busy))


async def _pasted(text: str, found: dict[str, list[tuple[float, float]]], name: str) -> None:
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        async with live(council(), Path(folder)) as stage:
            await stage.floor(0)
            stage.composer.focus()
            await stage.pilot.pause()
            steps: dict[str, Callable[[], Awaitable[object]]] = {
                "pasted": lambda: _post(stage, Paste(text)),
                "undone": lambda: _press(stage, "ctrl+z"),
                "redone": lambda: _press(stage, "ctrl+y"),
                "sent": lambda: _press(stage, "enter"),
            }
            found.setdefault("idle", []).append(await watch(lambda: asyncio.sleep(0)))
            for step, do in steps.items():
                found.setdefault(f"100 kB in {name} {step}", []).append(await watch(do))


async def _streamed(found: dict[str, list[tuple[float, float]]]) -> None:
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        async with live(council(characters=12_000), Path(folder), pace=Pace(tokens_per_second=100)) as stage:
            await asyncio.sleep(3)
            steps: dict[str, Callable[[], Awaitable[object]]] = {
                "4 x 100 tokens a second": lambda: asyncio.sleep(2),
                "resized from 160 to 70 columns meanwhile": lambda: stage.pilot.resize_terminal(70, 24),
                "resized back": lambda: stage.pilot.resize_terminal(*WIDE),
                "zoomed": lambda: _press(stage, "z"),
                "zoomed back": lambda: _press(stage, "z"),
            }
            for step, do in steps.items():
                found.setdefault(step, []).append(await watch(do))


async def _post(stage: Live, event: Paste) -> None:
    stage.app.post_message(event)


async def _press(stage: Live, key: str) -> None:
    stage.app.simulate_key(key)


async def _measure(repeat: int) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(repeat):
        await _pasted(LINES, found, "lines")
        await _pasted(ONE_LINE, found, "one line")
        await _streamed(found)
    return found


def report(found: dict[str, list[tuple[float, float]]]) -> None:
    """Print the longest frames in milliseconds, over all runs, and the CPU time of the worst."""
    print("| what | median of the longest, ms | longest, ms | its CPU, ms |")
    print("| --- | --- | --- | --- |")
    for what, times in found.items():
        held = [wall for wall, _ in times]
        worst, busy = max(times)
        print(f"| {what} | {quantile(held, 0.5) * 1000:.0f} | {worst * 1000:.0f} | {busy * 1000:.0f} |")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    report(asyncio.run(_measure(parser.parse_args().repeat)))


if __name__ == "__main__":
    main()
