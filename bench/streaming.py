"""Four panes that fill at once: processor time over the floor, growth, event-loop lag, and how soon a key is seen.

    python -m bench.streaming                                  all parts, some three minutes
    python -m bench.streaming --parts cpu --repeat 3
    python -m bench.streaming --parts keys --seconds 15 --strategies floor,ours

The app under test (`bench.panes`) runs in a real pseudo-terminal of 160 x 45 that this process drains and types into.
Text is fed four characters at a time by four tasks, each against absolute deadlines. `floor` feeds and draws nothing,
`ours` is `StatementsView`, `markdown` is Textual's `Markdown` with its `MarkdownStream`; for keys there is `program`,
too: upverdict itself, in the openings of a debate that the scripted endpoint holds. Ratios hold better than seconds.
Reach: `ours` at most 18 x the floor at 2,000 characters, growth at most 1.2; keys at 4 x 100 tokens a second at most
30 ms at the median and 50 ms at the 99th percentile, at 4 x 400 at most 80 ms at the 99th.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench import Terminal, quantile, serving

STRATEGIES = ("floor", "ours", "markdown")
IN_WHOLE = "program"
"""Measured for keys only: what it costs includes the network and the file."""
LENGTHS = (2_000, 10_000, 50_000)
TOKEN = 4
"""Characters at a time, as in `bench.panes`, which is not imported here: it would load Textual into the parent."""
RATE = 400
"""Tokens a second and pane in the part `cpu`."""
SLOW = 10_000
"""Characters up to which `markdown` is measured without `--full`: at 50,000 it takes minutes."""

Runs = dict[tuple[str, int], list[dict[str, float]]]


def _spawn(strategy: str, size: int, rate: float) -> tuple[Terminal, int]:
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "bench.panes", strategy, str(size), str(rate), str(writer)]
    # As in the real app: at Textual's own 60 updates a second a key may wait 33 ms for the second of them.
    terminal = Terminal(command, env={"TEXTUAL_FPS": "120"}, pass_fds=[writer])
    os.close(writer)
    return terminal, reader


def run_cpu(strategy: str, size: int) -> dict[str, float]:
    """One run of the part `cpu`: seconds of processor, lag at the 99th percentile, seconds late at the end."""
    terminal, reader = _spawn(strategy, size, RATE)
    with terminal:
        while terminal.process.poll() is None:
            terminal.read(0.2)
    with os.fdopen(reader) as lines:
        answer = lines.read()
    if not answer:
        raise RuntimeError(f"{strategy} at {size} characters ended without a result")
    report: dict[str, float] = json.loads(answer)
    return report


def run_keys(strategy: str, rate: float, seconds: float) -> list[float]:
    """Seconds from the press of a key to its repaint, for keys pressed 60 to 140 ms apart while four panes fill."""
    size = int(rate * TOKEN * (seconds + 3))
    if strategy != IN_WHOLE:
        terminal, reader = _spawn(strategy, size, rate)
        try:
            return _type(terminal, seconds)
        finally:
            os.close(reader)
    with tempfile.TemporaryDirectory() as folder, serving(rate, "--characters", str(size)) as url:
        command = [str(Path(sys.executable).with_name("upverdict")), "--db", f"{folder}/debates.db"]
        terminal = Terminal([*command, "Who is fastest?", "--endpoint", url, "--model", "scripted-1"])
        return _type(terminal, seconds, before=b"r")


def _type(terminal: Terminal, seconds: float, before: bytes = b"") -> list[float]:
    """Letters, after the keys `before` that lead to where letters are typed."""
    rng = random.Random(1)
    # Every key is a letter of its own that no statement contains: what is drawn can be told apart.
    letters = iter([chr(c) for c in (*range(0x400, 0x530), *range(0x100, 0x250)) if chr(c).isprintable()])
    latencies: list[float] = []
    with terminal:
        terminal.drain(2.0)
        terminal.write(before)
        terminal.drain(0.5)
        begin = time.monotonic()
        while time.monotonic() < begin + seconds:
            terminal.drain(rng.uniform(0.06, 0.14))
            letter = next(letters).encode()
            pressed = time.monotonic()
            terminal.write(letter)
            latencies.append(terminal.read_until(letter, 10)[1] - pressed)
    return latencies


def cpu_table(strategies: list[str], lengths: list[int], repeat: int, full: bool) -> None:
    """Print the table of the part `cpu`."""
    runs: Runs = {}
    for _ in range(repeat):
        for size in lengths:
            for strategy in ["floor", *(s for s in strategies if s != "floor")]:
                if strategy != "markdown" or size <= SLOW or full:
                    runs.setdefault((strategy, size), []).append(run_cpu(strategy, size))
    print(f"Four panes, {TOKEN} characters at a time, {RATE} tokens a second each; medians of {repeat} runs")
    print(f"{'strategy':<10}{'characters':>11}{'cpu s':>9}{'x floor':>9}{'growth':>8}{'lag p99 ms':>12}{'late s':>8}")
    for strategy, size in sorted(runs, key=lambda run: (STRATEGIES.index(run[0]), run[1])):
        print(_cpu_line(strategy, size, lengths[0], runs))


def _cpu_line(strategy: str, size: int, first: int, runs: Runs) -> str:
    found, floor = runs[strategy, size], runs["floor", size]
    cpu = median(run["cpu"] for run in found)
    ratio = median(run["cpu"] / low["cpu"] for run, low in zip(found, floor, strict=True))
    growth = cpu / median(run["cpu"] for run in runs[strategy, first]) / (size / first)
    lag = median(run["lag"] for run in found) * 1000
    late = median(run["late"] for run in found)
    return f"{strategy:<10}{size:>11,}{cpu:>9.3f}{ratio:>9.1f}{growth:>8.2f}{lag:>12.1f}{late:>8.2f}"


def keys_table(strategies: list[str], seconds: float, repeat: int) -> None:
    """Print the table of the part `keys`."""
    print(f"From the press of a key to its repaint, panes filling for {seconds:g} s; all keys of {repeat} runs")
    print(f"{'strategy':<10}{'tokens/s':>9}{'keys':>6}{'median ms':>11}{'p95 ms':>8}{'p99 ms':>8}{'max ms':>8}")
    for rate in (100, 400):
        found: dict[str, list[float]] = {}
        for _ in range(repeat):
            for strategy in strategies:
                found.setdefault(strategy, []).extend(s * 1000 for s in run_keys(strategy, rate, seconds))
        for strategy, ms in found.items():
            print(
                f"{strategy:<10}{f'4 x {rate}':>9}{len(ms):>6}{median(ms):>11.1f}{quantile(ms, 0.95):>8.1f}"
                f"{quantile(ms, 0.99):>8.1f}{max(ms):>8.1f}"
            )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default="cpu,keys", help="cpu, keys or both")
    parser.add_argument("--strategies", default=",".join(STRATEGIES))
    parser.add_argument("--lengths", default=",".join(map(str, LENGTHS)), help="characters a pane, for the part cpu")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=15, help="of filling panes, for the part keys")
    parser.add_argument("--full", action="store_true", help="markdown with keys and beyond 10,000 characters, too")
    options = parser.parse_args()
    strategies = options.strategies.split(",")
    if "cpu" in options.parts:
        cpu_table(strategies, [int(n) for n in options.lengths.split(",")], options.repeat, options.full)
    if "keys" in options.parts:
        typed = [s for s in strategies if s != "markdown" or options.full]
        keys_table([*typed, IN_WHOLE], options.seconds, options.repeat)


if __name__ == "__main__":
    main()
