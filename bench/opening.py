"""How soon a kept debate is on the screen after the key in the library, beside an app that shows one word.

    python -m bench.opening [--repeat 15]

Everything runs in a real pseudo-terminal of 160 x 45: a file of three made debates, Enter on each, from the key to the
moment at which what it is about stands on the screen, then Esc. The floor is an empty Textual app that pushes an empty
screen at the same key. First openings, which import the screens, are told apart. Reach: a debate of 20 statements at
most 100 ms.
On a busy machine the CPU time says more than the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench import Terminal, quantile
from bench.startup import _CONTROLS
from tests import great

FLOOR = """
from textual.app import App
from textual.screen import Screen
from textual.widgets import Static

class Shown(Screen):
    BINDINGS = [("escape", "app.pop_screen", "back")]
    def compose(self):
        yield Static("OPENED")

class Floor(App):
    BINDINGS = [("enter", "open", "open")]
    def compose(self):
        yield Static("LISTED")
    def action_open(self):
        self.push_screen(Shown())

Floor().run()
"""
SILENCE = 0.3
"""Seconds without a byte after which a screen is taken to be whole."""
KINDS = {
    "verdict, 24 statements": (great.great("261126-verdict"), "WHAT EACH SAID"),
    "verdict, 8 voices": (great.great("261125-eight", 8, 1), "WHAT EACH SAID"),
    "debate, 21 statements": (great.unruled("261124-floor"), "OPENING"),
}
"""By name: a debate, and what is on the screen when it is shown."""


class Openings:
    """Seconds from the key to the mark, the first one apart; of CPU until then; and to the last byte that is drawn."""

    def __init__(self) -> None:
        self.first = 0.0
        self.shown: list[float] = []
        self.busy: list[float] = []
        self.whole: list[float] = []


def measure(command: list[str], listed: str, down: int, mark: str, repeat: int) -> Openings:
    """Open and close what stands so many rows down the list, as often. Raises `TimeoutError` when it is not shown."""
    found = Openings()
    with Terminal(command) as terminal:
        _until(terminal, listed)
        terminal.drain(1.5)
        terminal.write(b"\x1b[B" * down)
        terminal.drain(0.5)
        for number in range(repeat + 1):
            busy, begun = _cpu(terminal.process.pid), time.monotonic()
            terminal.write(b"\r")
            last = shown = _until(terminal, mark) - begun
            busy = _cpu(terminal.process.pid) - busy
            while terminal.read(SILENCE):
                last = time.monotonic() - begun
            if number:
                found.shown.append(shown)
                found.busy.append(busy)
                found.whole.append(last)
            else:
                found.first = shown
            terminal.write(b"\x1b")
            terminal.drain(0.5)
    return found


def _cpu(process: int) -> float:
    """Seconds that a process has been at work, all its threads; 0 where the system does not tell so exactly."""
    stats = Path(f"/proc/{process}/task").glob("*/schedstat")  # nanoseconds on a processor come first
    return sum(int(one.read_text().split()[0]) for one in stats) / 1e9


def _until(terminal: Terminal, mark: str) -> float:
    """The monotonic time at which the words are on the screen."""
    seen, end = b"", time.monotonic() + 30
    while mark.encode() not in _CONTROLS.sub(b"", seen):
        if terminal.closed or time.monotonic() > end:
            raise TimeoutError(f"no {mark!r}; the end of what came: {seen[-1000:]!r}")
        seen += terminal.read(end - time.monotonic())
    return time.monotonic()


async def _keep(path: Path) -> None:
    from upverdict.core.store.writer import Store

    store = await Store.open(path)
    try:
        await store.import_debates(events for events, _ in KINDS.values())
    finally:
        await store.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=15)
    repeat = parser.parse_args().repeat
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "debates.db")
        asyncio.run(_keep(path))
        upverdict = [str(Path(sys.executable).with_name("upverdict")), "--db", str(path)]
        found = {"empty screen": measure([sys.executable, "-c", FLOOR], "LISTED", 0, "OPENED", repeat)}
        for place, (kind, (_, mark)) in enumerate(KINDS.items()):
            found[kind] = measure(upverdict, great.QUESTION, place, mark, repeat)
        report(found)


def report(found: dict[str, Openings]) -> None:
    """Print milliseconds to the mark and to the last byte, and the ratio of the medians to the empty screen's."""
    base = median(found["empty screen"].shown)
    print("| opened | first ms | median ms | p99 ms | x floor | CPU, median ms | whole, median ms |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, times in found.items():
        middle = median(times.shown)
        first, whole = times.first * 1000, median(times.whole) * 1000
        last = quantile(times.shown, 0.99) * 1000
        busy = median(times.busy) * 1000
        figures = f"{first:.0f} | {middle * 1000:.0f} | {last:.0f} | {middle / base:.1f} | {busy:.0f} | {whole:.0f}"
        print(f"| {name} | {figures} |")


if __name__ == "__main__":
    main()
