"""Makes a library of made-up debates through the store's own import, to measure lists and searches on.

    python bench/generate.py FILE --debates 100000

The words of the statements are made up too, with the frequencies of a natural language (Zipf's law), so that a search
meets rare words and very common ones.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upverdict.core import events as ev
from upverdict.core.store.ids import CROCKFORD
from upverdict.core.store.writer import Store
from upverdict.core.text import sentences

VOCABULARY = 60_000
WORDS = 150
"""Of a statement, as in the figures of performance.md."""
COUNCIL = (
    ("builder", "B", "The Builder"),
    ("skeptic", "S", "The Skeptic"),
    ("researcher", "R", "The Researcher"),
    ("contrarian", "C", "The Contrarian"),
)
BEGIN = datetime(2020, 1, 1, 8, tzinfo=UTC)


class Language:
    """Made-up words, the most frequent ones short; word n is 1/n as frequent as the first."""

    def __init__(self, random: random.Random) -> None:
        self._random = random
        syllables = [a + b + c for a in "bdfghklmnprstvwz" for b in "aeiou" for c in ("", "n", "r", "s")]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words["".join(random.choices(syllables, k=1 + min(3, len(words) // 200)))] = None
        self.words = list(words)
        self._weights = list(itertools.accumulate(1 / (n + 2.7) for n in range(VOCABULARY)))  # Zipf-Mandelbrot

    def some(self, count: int) -> list[str]:
        return self._random.choices(self.words, cum_weights=self._weights, k=count)

    def prose(self, count: int) -> str:
        """Sentences of some fifteen words, `count` words in all."""
        words = self.some(count)
        for begin in range(0, count, 15):
            words[begin] = words[begin].capitalize()
            last = min(begin + 14, count - 1)
            words[last] += "."
        return " ".join(words)


class Clock:
    """Gives each event of a log its number, its time and its debate."""

    def __init__(self, debate: str, begin: datetime) -> None:
        self.debate = debate
        self._at = begin
        self._seq = 0

    def next(self, seconds: float = 1.0) -> tuple[int, str, str]:
        self._seq += 1
        self._at += timedelta(seconds=seconds)
        return self._seq, self._at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), self.debate


def debate(number: int, language: Language, random: random.Random) -> Iterator[ev.Event]:
    """One finished debate: four openings, four rebuttals, a verdict; one in fifty was interrupted before it."""
    begin = BEGIN + timedelta(minutes=30 * number)
    clock = Clock(f"{begin:%y%m%d}-" + "".join(random.choices(CROCKFORD, k=5)), begin)

    def head(seconds: float = 1.0) -> dict[str, int | str]:
        return dict(zip(("seq", "at", "debate"), clock.next(seconds), strict=True))

    seats = tuple(ev.Seat(v, letter, name, "made up", "blue", "", "made-up", "") for v, letter, name in COUNCIL)
    judge = ev.Seat("judge", "J", "The Judge", "made up", "white", "", "made-up", "")
    question = " ".join(language.some(9)).capitalize() + "?"
    yield ev.DebateStarted(**head(0), question=question, council=seats, judge=judge)  # type: ignore[arg-type]
    said: dict[str, str] = {}
    for number_of_round, round in enumerate(("opening", "rebuttal")):
        for seat in seats:
            id = f"{seat.letter}{number_of_round + 1}"
            said[id] = text = language.prose(WORDS)
            place = {"voice": seat.voice, "round": round, "statement": id}
            yield ev.StatementStarted(**head(0.01), **place, number=number_of_round)  # type: ignore[arg-type]
            yield ev.TextDelta(**head(), **place, text=text)  # type: ignore[arg-type]
            yield ev.StatementFinished(**head(), **place, sentences=sentences(text))  # type: ignore[arg-type]
        yield ev.FloorOpened(**head(), number=number_of_round)  # type: ignore[arg-type]
        yield ev.FloorClosed(**head(), number=number_of_round, reason="auto")  # type: ignore[arg-type]
    if random.random() < 0.02:
        yield ev.DebateInterrupted(**head())  # type: ignore[arg-type]
        return
    yield ev.VerdictStarted(**head(), version=1, cause="debate")  # type: ignore[arg-type]
    quotes = tuple(ev.PullQuote(s.voice, f"{s.letter}1", said[f"{s.letter}1"][:60], 0, 60) for s in seats)
    ruling = ev.Ruling(language.prose(18), language.prose(60), quotes, heard=tuple(s.voice for s in seats))
    yield ev.VerdictRuled(**head(5), version=1, ruling=ruling)  # type: ignore[arg-type]
    yield ev.DebateFinished(**head())  # type: ignore[arg-type]


def debates(count: int, seed: int) -> Iterator[Iterator[ev.Event]]:
    chance = random.Random(seed)
    language = Language(chance)
    for number in range(count):
        if number and number % 10_000 == 0:
            print(f"{number:,} debates", file=sys.stderr)
        yield debate(number, language, chance)


async def generate(path: Path, count: int, seed: int) -> None:
    store = await Store.open(path)
    try:
        await store.import_debates(debates(count, seed))
    finally:
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--debates", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.file.exists():
        parser.error(f"{given.file} exists already")
    begun = time.perf_counter()
    asyncio.run(generate(given.file, given.debates, given.seed))
    megabytes = given.file.stat().st_size / 1e6
    print(f"{given.debates:,} debates, {megabytes:,.0f} MB, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
