"""The app under test: four panes that are fed, and a composer. Started by the benchmarks in a terminal of their own.

    python -m bench.panes STRATEGY [CHARACTERS RATE FD]

Fills four panes with so many characters each, at so many tokens a second each, and writes what it cost to the file
descriptor as one line of JSON. Without a size they stay empty.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import resource
import sys
import time
from collections.abc import Awaitable, Callable

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Markdown, TextArea

from bench import quantile
from upverdict.tui.widgets.statements import StatementsView

TOKEN = 4
"""Characters at a time: about what a model's token is."""
READY = "What do you say?"
"""Stands in the composer: when it is seen, the first screen is whole."""

_TALK = """
the a of to and in that is was for with as on by it at from be this which or an are not have but can cost team model
utilisation hardware rewrite platform migration latency risk evidence baseline vendor contract capacity quarter
engineer budget outage pressure margin customers assumption measured roughly unlikely decision council
"""
_WORDS = _TALK.split()

Feed = Callable[[int, str], Awaitable[None]]
"""Gives the pane with this number some more text."""


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


async def _stream(index: int, text: str, rate: float, feed: Feed, lags: list[float], start: float) -> None:
    """Feed one pane against absolute deadlines; `lags` is by how much each was missed."""
    for number, at in enumerate(range(0, len(text), TOKEN)):
        deadline = start + (number + index / 4) / rate
        delay = deadline - time.monotonic()
        if delay > 0:
            await asyncio.sleep(delay)
        lags.append(time.monotonic() - deadline)
        await feed(index, text[at : at + TOKEN])


class Panes(App[None]):
    """Four panes over a composer."""

    CSS = """
    .pane { border: round $primary; padding: 0 1; }
    TextArea { height: 5; }
    """

    def __init__(self, strategy: str, size: int = 0, rate: float = 0, result: int = -1) -> None:
        super().__init__()
        self.strategy, self.size_of_statement, self.rate, self.result = strategy, size, rate, result

    def compose(self) -> ComposeResult:
        with Horizontal():
            for _ in range(4):
                with Vertical(classes="pane"):
                    if self.strategy == "markdown":
                        with VerticalScroll():
                            yield Markdown()
                    else:
                        yield StatementsView()
        yield TextArea(placeholder=READY)

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
        if self.size_of_statement:
            self.run_worker(self.measure())

    def feed(self) -> Feed:
        """How this strategy takes text."""
        return {"ours": self._feed_ours, "markdown": self._feed_markdown}.get(self.strategy, self._feed_nothing)()

    def _feed_nothing(self) -> Feed:
        async def feed(_index: int, _text: str) -> None:
            pass

        return feed

    def _feed_ours(self) -> Feed:
        views = list(self.query(StatementsView))
        for view in views:
            view.begin("B1", "OPENING")

        async def feed(index: int, text: str) -> None:
            views[index].append("B1", text)

        return feed

    def _feed_markdown(self) -> Feed:
        for scroll in self.query(VerticalScroll):
            scroll.anchor()
        streams = [Markdown.get_stream(widget) for widget in self.query(Markdown)]

        async def feed(index: int, text: str) -> None:
            await streams[index].write(text)

        return feed

    async def measure(self) -> None:
        """Fill the panes and say what it cost."""
        await asyncio.sleep(0.5)  # the screen comes to rest
        gc.collect()
        gc.freeze()
        feed = self.feed()
        texts = [statement(self.size_of_statement, seed) for seed in range(4)]
        lags: list[float] = []
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        await asyncio.gather(*(_stream(i, text, self.rate, feed, lags, start) for i, text in enumerate(texts)))
        late = time.monotonic() - start - self.size_of_statement / TOKEN / self.rate
        await asyncio.sleep(0.1)  # the last frame
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        os.write(self.result, json.dumps({"cpu": cpu, "lag": quantile(lags, 0.99), "late": late}).encode() + b"\n")
        self.exit()


def main() -> None:
    """The command line."""
    strategy, *numbers = sys.argv[1:]
    if numbers:
        Panes(strategy, int(numbers[0]), float(numbers[1]), int(numbers[2])).run()
    else:
        Panes(strategy).run()


if __name__ == "__main__":
    main()
