"""How soon a program's first screen is whole, and what memory it takes, beside an empty Textual app. Prints ratios.

    python -m bench.startup --db FILE                          the library
    python -m bench.startup --db FILE --id ID                  and the headless commands `list` and `show ID`
    python -m bench.startup --marker TEXT -- COMMAND ...       any program; TEXT is drawn last

Everything runs in a real pseudo-terminal of 160 x 45, in turn, after one start that is not counted. Without a marker
the first screen is whole with the last byte before 0.4 s of silence. Reach: the library with 100,000 debates at most
1.5 x the empty app and at most 2 x its memory; `list` and `show` at most 1.5 x `python -c "import click, sqlite3"`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

from bench import Terminal

EMPTY = [sys.executable, "-c", "from textual.app import App; App().run()"]
PANES = [sys.executable, "-m", "bench.panes", "ours"]
BARE = [sys.executable, "-c", "import click, sqlite3"]
SILENCE = 0.4
"""Seconds without a byte after which nothing more is expected: less than a cursor's blink, which never ends."""
PATIENCE = 60.0

Result = TypeVar("Result")
_CONTROLS = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_].*?\x1b\\|\x1b.", re.S)


@dataclass(frozen=True)
class Start:
    """Seconds to the whole first screen; peak memory in MiB."""

    seconds: float
    memory: float


def first_screen(command: list[str], marker: bytes = b"") -> Start:
    """Start `command` in a terminal and measure until `marker` is drawn, or until it falls silent.

    Raises `RuntimeError` when it ends, or `PATIENCE` runs out, before the marker is there.
    """
    with Terminal(command) as terminal:
        drawn, last, found = b"", 0.0, 0.0
        while not found and not terminal.closed and time.monotonic() - terminal.started < PATIENCE:
            data = terminal.read(SILENCE)
            if data:
                drawn, last = drawn + data, time.monotonic()
                if marker and marker in _CONTROLS.sub(b"", drawn):
                    found = last
            elif last and not marker:
                found = last
        while found and terminal.read(max(0.0, found + SILENCE - time.monotonic())):
            pass  # what follows counts for the memory, not for the time
        if terminal.closed or not found:
            raise RuntimeError(f"{command[0]} did not draw {marker!r}; the end of what came: {drawn[-500:]!r}")
        terminal.process.terminate()
        _, _, usage = os.wait4(terminal.process.pid, 0)
        terminal.process.returncode = 0  # it has been waited for
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Start(found - terminal.started, usage.ru_maxrss / unit)


def headless(command: list[str]) -> float:
    """Seconds that `command` takes. Raises `CalledProcessError` when it fails."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    begin = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=env)
    return time.monotonic() - begin


def in_turn(measures: dict[str, Callable[[], Result]], repeat: int) -> dict[str, list[Result]]:
    """Each measure `repeat` times, one after the other, so that a busy moment hits all alike."""
    found: dict[str, list[Result]] = {name: [] for name in measures}
    for number in range(repeat + 1):
        for name, measure in measures.items():
            result = measure()
            if number:
                found[name].append(result)
    return found


def screens_table(programs: dict[str, tuple[list[str], str]], repeat: int) -> None:
    """Print time and memory of each program beside the empty app."""
    measures = {name: _measure(command, marker) for name, (command, marker) in programs.items()}
    found = in_turn(measures, repeat)
    base = found["empty Textual app"]
    print(f"To a whole first screen; medians of {repeat} starts")
    print(f"{'program':<28}{'ms':>8}{'ratio':>8}{'MiB':>8}{'ratio':>8}")
    for name, starts in found.items():
        time_ratio = median(a.seconds / b.seconds for a, b in zip(starts, base, strict=True))
        memory_ratio = median(a.memory / b.memory for a, b in zip(starts, base, strict=True))
        seconds, memory = median(s.seconds for s in starts), median(s.memory for s in starts)
        print(f"{name[:27]:<28}{seconds * 1000:>8.0f}{time_ratio:>8.2f}{memory:>8.1f}{memory_ratio:>8.2f}")


def _measure(command: list[str], marker: str) -> Callable[[], Start]:
    return lambda: first_screen(command, marker.encode())


def headless_table(commands: dict[str, list[str]], repeat: int) -> None:
    """Print the seconds of each command beside the bare imports."""
    found = in_turn({name: _timed(command) for name, command in commands.items()}, repeat)
    base = found["import click, sqlite3"]
    print(f"Headless, to the end; medians of {repeat} runs")
    print(f"{'command':<28}{'ms':>8}{'ratio':>8}")
    for name, seconds in found.items():
        ratio = median(a / b for a, b in zip(seconds, base, strict=True))
        print(f"{name[:27]:<28}{median(seconds) * 1000:>8.0f}{ratio:>8.2f}")


def _timed(command: list[str]) -> Callable[[], float]:
    return lambda: headless(command)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--db", help="a file of debates")
    parser.add_argument("--id", help="a debate in it, for `show`")
    parser.add_argument("--marker", default="", help="what the measured program draws last")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("command", nargs="*", help="a program to measure instead of the library")
    options = parser.parse_args()
    upverdict = str(Path(sys.executable).with_name("upverdict"))
    file = ["--db", options.db] if options.db else []
    programs = {"empty Textual app": (EMPTY, ""), "four panes": (PANES, "What do you say?")}
    if options.command:
        programs[" ".join(map(os.path.basename, options.command))] = (options.command, options.marker)
    elif file:
        programs["upverdict (library)"] = ([upverdict, *file], options.marker)
    screens_table(programs, options.repeat)
    if file and not options.command:
        commands = {"import click, sqlite3": BARE, "upverdict list": [upverdict, *file, "list"]}
        if options.id:
            commands["upverdict show"] = [upverdict, *file, "show", options.id]
        headless_table(commands, options.repeat)


if __name__ == "__main__":
    main()
