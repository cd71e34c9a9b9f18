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
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.store.ids import CROCKFORD
from upverdict.core.store.writer import Store
from upverdict.core.text import sentences
from upverdict.core.values import replace

VOCABULARY = 60_000
WORDS = 150
"""Of a statement, as in the figures of performance.md."""
COUNCIL = (
    ("builder", "B", "The Builder"),
    ("skeptic", "S", "The Skeptic"),
    ("researcher", "R", "The Researcher"),
    ("contrarian", "C", "The Contrarian"),
)
SEED = 1
BEGIN = datetime(2020, 1, 1, 8, tzinfo=UTC)


class Language:
    """Made-up words, the most frequent ones short; word n is 1/n as frequent as the first."""

    def __init__(self, random: random.Random) -> None:
        self._random = random
        syllables = [a + b + c for a in "bdfghklmnprstvwz" for b in "aeiou" for c in ("", "n", "r", "s")]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            size = 1 if len(words) < 200 else 2 if len(words) < 6_000 else 3
            words["".join(random.choices(syllables, k=size))] = None
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


def stamped(id: str, begin: datetime, events: Iterable[tuple[float, ev.Event]]) -> Iterator[ev.Event]:
    """The events with their numbers and times, each so many seconds after the one before."""
    at = begin
    for seq, (seconds, event) in enumerate(events, 1):
        at += timedelta(seconds=seconds)
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield replace(event, seq=seq, at=stamp, debate=id)


def debate(language: Language, random: random.Random) -> Iterator[tuple[float, ev.Event]]:
    """One finished debate: four openings, four rebuttals, a verdict; one in fifty was interrupted before it, in one in
    fifty the user spoke, one in a thousand is tagged."""
    seats = tuple(ev.Seat(v, letter, name, "made up", "blue", "", "made-up", "") for v, letter, name in COUNCIL)
    judge = ev.Seat("judge", "J", "The Judge", "made up", "white", "", "made-up", "")
    question = " ".join(language.some(9)).capitalize() + "?"
    yield 0, ev.DebateStarted(question=question, council=seats, judge=judge)
    said: dict[str, str] = {}
    rounds: tuple[ev.Round, ...] = ("opening", "rebuttal")
    for number, round in enumerate(rounds):
        for seat in seats:
            id = f"{seat.letter}{number + 1}"
            said[id] = text = language.prose(WORDS)
            yield 0.01, ev.StatementStarted(voice=seat.voice, round=round, number=number, statement=id)
            yield 1, ev.TextDelta(voice=seat.voice, round=round, statement=id, text=text)
            yield 1, ev.StatementFinished(voice=seat.voice, round=round, statement=id, sentences=sentences(text))
        yield 1, ev.FloorOpened(number=number)
        if number and random.random() < 0.02:
            text = language.prose(WORDS // 3)
            yield 1, ev.UserSpoke(text=text, statement="Y1", sentences=sentences(text), answered_in=2)
        yield 1, ev.FloorClosed(number=number, reason="auto")
    if random.random() < 0.001:
        yield 1, ev.DebateTagged(tags=("few",))
    if random.random() < 0.02:
        yield 1, ev.DebateInterrupted()
        return
    yield 1, ev.VerdictStarted(version=1, cause="debate")
    quotes = tuple(rulings.PullQuote(s.voice, f"{s.letter}1", said[f"{s.letter}1"][:60], 0, 60) for s in seats)
    claims = [rulings.Claim(language.prose(16), {seats[0].voice: ("B1.1",)}, {}) for _ in range(4)]
    ruling = rulings.Ruling(
        headline=language.prose(18),
        decision=language.prose(60),
        pull_quotes=quotes,
        agreed=tuple(claims[1:]),
        split=tuple(claims[:1]),
        flips=(rulings.Flip(language.prose(14), language.prose(10)),),
        heard=tuple(s.voice for s in seats),
    )
    yield 5, ev.VerdictRuled(version=1, ruling=ruling)
    yield 1, ev.DebateFinished()


def debates(count: int, seed: int) -> Iterator[Iterator[ev.Event]]:
    chance = random.Random(seed)
    language = Language(chance)
    seen: set[str] = set()
    for number in range(count):
        if number and number % 10_000 == 0:
            print(f"{number:,} debates", file=sys.stderr)
        begin = BEGIN + timedelta(minutes=30 * number)
        while (id := f"{begin:%y%m%d}-" + "".join(chance.choices(CROCKFORD, k=5))) in seen:
            pass  # among 100,000 two may well draw the same
        seen.add(id)
        yield stamped(id, begin, debate(language, chance))


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
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    if given.file.exists():
        parser.error(f"{given.file} exists already")
    begun = time.perf_counter()
    asyncio.run(generate(given.file, given.debates, given.seed))
    megabytes = given.file.stat().st_size / 1e6
    print(f"{given.debates:,} debates, {megabytes:,.0f} MB, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
