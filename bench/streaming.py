"""Four panes that fill at once: processor time over the floor, growth, event-loop lag, and how soon a key is seen.

    python -m bench.streaming                 all parts, about three minutes
    python -m bench.streaming --parts cpu --repeat 3
    python -m bench.streaming --parts keys --seconds 15

A parent drains a real pseudo-terminal and presses the keys; the app under test is its child. Text is fed four
characters at a time by four tasks, each against absolute deadlines. Ratios hold better than seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

from bench import Terminal, quantile

STRATEGIES = ("floor", "ours", "markdown")
LENGTHS = (2_000, 10_000, 50_000)
TOKEN = 4
"""Characters at a time: about what a model's token is."""
RATE = 400
"""Tokens a second and pane in the part `cpu`."""

_TALK = """
the a of to and in that is was for with as on by it at from be this which or an are not have but can cost team model
utilisation hardware rewrite platform migration latency risk evidence baseline vendor contract capacity quarter
engineer budget outage pressure margin customers assumption measured roughly unlikely decision council
"""
_WORDS = _TALK.split()


def statement(size: int, seed: int) -> str:
    """`size` characters as a model might write them: paragraphs, some bold, italics, code, a list now and then."""
    rng = random.Random(seed)
    parts: list[str] = []
    length = 0
    while length < size:
        if rng.random() < 0.2:
            part = "".join(f"- **{rng.choice(_WORDS)}**: {_sentence(rng)}\n" for _ in range(3)) + "\n"
        else:
            part = " ".join(_sentence(rng) for _ in range(rng.randint(3, 6))) + "\n\n"
        parts.append(part)
        length += len(part)
    return "".join(parts)[:size]


def _sentence(rng: random.Random) -> str:
    words = [rng.choice(_WORDS) for _ in range(rng.randint(8, 18))]
    for mark in ("**", "*", "`"):
        if rng.random() < 0.15:
            at = rng.randrange(len(words))
            words[at] = f"{mark}{words[at]}{mark}"
    return " ".join(words).capitalize() + "."


Feed = Callable[[int, str], Awaitable[None]]


async def _stream(index: int, text: str, rate: float, feed: Feed, lags: list[float], start: float) -> None:
    for number, at in enumerate(range(0, len(text), TOKEN)):
        deadline = start + (number + index / 4) / rate
        delay = deadline - time.monotonic()
        if delay > 0:
            await asyncio.sleep(delay)
        lags.append(time.monotonic() - deadline)
        await feed(index, text[at : at + TOKEN])


def _child(strategy: str, size: int, rate: float, result: int) -> None:
    # As the real app does: at Textual's 60 updates a second a key waits up to 33 ms for the second one.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from textual.app import App, ComposeResult
    from textual.containers import Horizontal, Vertical, VerticalScroll
    from textual.widgets import Markdown, TextArea

    from upverdict.tui.widgets.statements import StatementsView

    class Panes(App[None]):
        CSS = """
        .pane { border: round $primary; padding: 0 1; }
        TextArea { height: 5; }
        """

        def compose(self) -> ComposeResult:
            with Horizontal():
                for _ in range(4):
                    with Vertical(classes="pane"):
                        if strategy == "markdown":
                            with VerticalScroll():
                                yield Markdown()
                        else:
                            yield StatementsView()
            yield TextArea()

        def on_mount(self) -> None:
            self.query_one(TextArea).focus()
            self.run_worker(self.measure())

        def sink(self) -> Feed:
            if strategy == "ours":
                views = list(self.query(StatementsView))
                for view in views:
                    view.begin("B1", "OPENING")

                async def feed(index: int, text: str) -> None:
                    views[index].append("B1", text)

            elif strategy == "markdown":
                for scroll in self.query(VerticalScroll):
                    scroll.anchor()
                streams = [Markdown.get_stream(widget) for widget in self.query(Markdown)]

                async def feed(index: int, text: str) -> None:
                    await streams[index].write(text)

            else:

                async def feed(index: int, text: str) -> None:
                    pass

            return feed

        async def measure(self) -> None:
            await asyncio.sleep(0.5)  # the screen comes to rest
            gc.collect()
            gc.freeze()
            feed = self.sink()
            texts = [statement(size, seed) for seed in range(4)]
            lags: list[float] = []
            before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
            await asyncio.gather(*(_stream(i, text, rate, feed, lags, start) for i, text in enumerate(texts)))
            took = time.monotonic() - start
            await asyncio.sleep(0.1)  # the last frame
            after = resource.getrusage(resource.RUSAGE_SELF)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            late = took - (size / TOKEN) / rate
            report = {"cpu": cpu, "lag": quantile(lags, 0.99), "late": late, "rss": after.ru_maxrss}
            os.write(result, json.dumps(report).encode() + b"\n")
            self.exit()

    Panes().run()


def _spawn(strategy: str, size: int, rate: float) -> tuple[Terminal, int]:
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "bench.streaming", "--child", strategy, str(size), str(rate), str(writer)]
    terminal = Terminal(command, pass_fds=[writer])
    os.close(writer)
    return terminal, reader


def run_cpu(strategy: str, size: int) -> dict[str, float]:
    """One run of the part `cpu`: seconds of processor, lag at the 99th percentile, seconds late, peak memory (kB)."""
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
    terminal, reader = _spawn(strategy, int(rate * TOKEN * (seconds + 3)), rate)
    rng = random.Random(1)
    # Every key is a letter of its own that no statement contains: what is drawn can be told apart.
    letters = iter([chr(c) for c in (*range(0x400, 0x530), *range(0x100, 0x250)) if chr(c).isprintable()])
    latencies: list[float] = []
    with terminal:
        begin = terminal.started + 2.0
        while time.monotonic() < begin:
            terminal.read(begin - time.monotonic())
        while time.monotonic() < begin + seconds:
            pause = time.monotonic() + rng.uniform(0.06, 0.14)
            while (left := pause - time.monotonic()) > 0:
                terminal.read(left)
            letter = next(letters).encode()
            pressed = time.monotonic()
            terminal.write(letter)
            latencies.append(terminal.read_until(letter, 10)[1] - pressed)
    os.close(reader)
    return latencies


def cpu_table(lengths: list[int], repeat: int, full: bool) -> None:
    """Print the table of the part `cpu`."""
    runs: dict[tuple[str, int], list[dict[str, float]]] = {}
    for _ in range(repeat):
        for size in lengths:
            for strategy in STRATEGIES:
                if strategy != "markdown" or size <= 10_000 or full:
                    runs.setdefault((strategy, size), []).append(run_cpu(strategy, size))
    print(f"Four panes, {TOKEN} characters at a time, {RATE} tokens a second each; medians of {repeat} runs")
    print(f"{'strategy':<10}{'characters':>11}{'cpu s':>9}{'x floor':>9}{'growth':>8}{'lag p99 ms':>12}{'late s':>8}")
    for strategy in STRATEGIES:
        for size in lengths:
            if found := runs.get((strategy, size)):
                print(_cpu_line(strategy, size, found, runs, lengths))


def _cpu_line(strategy: str, size: int, found: list[dict[str, float]], runs: Any, lengths: list[int]) -> str:
    cpu = median(r["cpu"] for r in found)
    ratio = median(r["cpu"] / f["cpu"] for r, f in zip(found, runs["floor", size], strict=True))
    first = runs[strategy, lengths[0]]
    growth = median(r["cpu"] / f["cpu"] for r, f in zip(found, first, strict=True)) / (size / lengths[0])
    lag = median(r["lag"] for r in found) * 1000
    late = median(r["late"] for r in found)
    return f"{strategy:<10}{size:>11,}{cpu:>9.3f}{ratio:>9.1f}{growth:>8.2f}{lag:>12.1f}{late:>8.2f}"


def keys_table(seconds: float, repeat: int, strategies: list[str]) -> None:
    """Print the table of the part `keys`."""
    print(f"From the press of a key to its repaint, panes filling for {seconds:g} s; all keys of {repeat} runs")
    print(f"{'strategy':<10}{'tokens/s':>9}{'keys':>6}{'median ms':>11}{'p95 ms':>8}{'p99 ms':>8}{'max ms':>8}")
    for rate in (100, 400):
        for strategy in strategies:
            found = [ms * 1000 for _ in range(repeat) for ms in run_keys(strategy, rate, seconds)]
            print(
                f"{strategy:<10}{f'4 x {rate}':>9}{len(found):>6}{median(found):>11.1f}{quantile(found, 0.95):>8.1f}"
                f"{quantile(found, 0.99):>8.1f}{max(found):>8.1f}"
            )


def main() -> None:
    """The command line."""
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default="cpu,keys", help="cpu, keys or both")
    parser.add_argument("--lengths", default=",".join(map(str, LENGTHS)), help="characters a pane, for the part cpu")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=15, help="of filling panes, for the part keys")
    parser.add_argument("--full", action="store_true", help="MarkdownStream at 50,000 characters and with keys, too")
    options = parser.parse_args()
    if "cpu" in options.parts:
        cpu_table([int(n) for n in options.lengths.split(",")], options.repeat, options.full)
    if "keys" in options.parts:
        keys_table(options.seconds, options.repeat, list(STRATEGIES if options.full else STRATEGIES[:2]))


if __name__ == "__main__":
    main()
