"""What a debate will take before anybody is asked: requests, tokens and US dollars, from a low to a high. Pure.

It follows the order of a debate (`protocol.py`) and the prompts as they are, whose fixed parts are measured. What is
guessed: how long models write (protocol.md, Style of a statement, with a margin, since they do not keep to it),
how much they think, and how many bytes of text a token has.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from upverdict.core import budget, checking, framing, judge_prompt, prices, prompts, protocol, small
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.events import Usage
from upverdict.core.jsonform import Json, plain
from upverdict.core.prices import Price
from upverdict.core.prompts import Prompt
from upverdict.core.rulings import Ruling
from upverdict.core.text import table
from upverdict.core.values import Simple, replace


class Voice(Simple):
    """Who is asked, and what that costs; `price` None: nobody knows. `persona` is its length in bytes.

    Voices with the same `shares` are served from one cache; empty: the endpoint keeps nothing. `thinks`: it may think
    before it writes. `searches`: how often it may search.
    """

    name: str
    persona: int
    price: Price | None
    shares: str = ""
    small: bool = False
    thinks: bool = False
    searches: int = 0


class Plan(Simple):
    """What is to be argued: `given` is what all read from the start (question, background, sources), in bytes of UTF-8;
    `dense`: how many bytes a character of it has, which tells how many tokens a word does.
    """

    given: int
    council: tuple[Voice, ...]
    judge: Voice
    rounds: int = 1
    depth: str = "standard"
    framed: bool = False
    dense: float = 1.0


class Range(NamedTuple):
    low: int
    high: int

    def __add__(self, other: Range) -> Range:  # type: ignore[override]  # not two more items, but a sum
        return Range(self.low + other.low, self.high + other.high)


class Step(Simple):
    """One step: its name, its requests, what they read and write in tokens, and US dollars from a low to a high.

    `dollars` is None where one of its prices is not known.
    """

    name: str
    requests: Range
    read: Range
    written: Range
    dollars: tuple[Decimal, Decimal] | None


class _Case(NamedTuple):
    """One end of the range: bytes of text in a token, words of the statements, tokens beside the words."""

    bytes_per_token: float
    opening: int
    rebuttal: int
    short: int
    block: int
    frame: int
    ruling: int
    check: int
    checked: int
    thought: int
    weighed: int


_LOW = _Case(4.2, 200, 120, 40, 20, 90, 300, 40, 150, 0, 300)
_HIGH = _Case(3.2, 340, 200, 70, 120, 300, 900, 500, 1_500, 600, 1_500)
"""The last two are tokens of thinking, of a voice and of the judge, where the model may think. What is likely, not what
is possible: that would be ten times as much, and say nothing."""
SEARCHED = 4_000
"""Tokens of what one search is likely to find."""

_WORD = 6
"""Bytes of a word, with the space behind it."""
_NUMBERED = 1.15
"""How much longer a statement is where it is read: its sentences have numbers, and it stands between marks."""
_REPEATED = Range(0, 1)
"""How often the judge is asked once more: to mend a ruling, or since two passes differed."""


class Shell(NamedTuple):
    """The fixed part of each prompt, in bytes: all but the persona, what was given and what was said."""

    shared: int
    own: int
    frame: int
    ruling: int
    check: int
    small: int


@functools.cache
def shell() -> Shell:
    """Measured from prompts about nothing."""
    seat = ev.Seat("a", "A", "The Advisor", "", "", "", "", "")
    other = replace(seat, voice="b", letter="B")
    debate = Debate()
    judge = replace(seat, voice="judge", letter="J")
    debate.apply(ev.DebateStarted(seq=1, question="", council=(seat, other), judge=judge, depth="standard"))
    ask = protocol.Ask("a", "A1", "opening", 0, 1)
    opening = prompts.statement(debate, ask)
    check = checking.prompt(debate, Ruling("", ""))
    return Shell(
        shared=_bytes(dataclasses.replace(opening, own="")),
        own=len(opening.own.encode()),
        frame=_bytes(framing.prompt(debate)),
        ruling=_bytes(judge_prompt.rules(debate, 1)),
        check=_bytes(check),
        small=_bytes(small.statement(debate, ask, prompts.Traits(small=True))),
    )


def _bytes(prompt: Prompt) -> int:
    return sum(len(text.encode()) for text in prompt.texts)


def steps(plan: Plan) -> list[Step]:
    """The steps of a debate without a fifth voice, in their order."""
    ends = [_End(plan, _LOW), _End(plan, _HIGH)]
    low, high = ([*end.walk()] for end in ends)
    return [_joined(a, b) for a, b in zip(low, high, strict=True)]


def total(found: Iterable[Step]) -> Step:
    """The sum of steps."""
    none = Step("Total", Range(0, 0), Range(0, 0), Range(0, 0), (Decimal(0), Decimal(0)))
    for step in found:
        dollars = None
        if none.dollars is not None and step.dollars is not None:
            dollars = (none.dollars[0] + step.dollars[0], none.dollars[1] + step.dollars[1])
        none = Step("Total", none.requests + step.requests, none.read + step.read, none.written + step.written, dollars)
    return none


class _Sum(NamedTuple):
    """What one step takes at one end of the range."""

    name: str
    requests: int
    usage: Usage
    dollars: Decimal | None


def _joined(low: _Sum, high: _Sum) -> Step:
    read = Range(low.usage.read, high.usage.read)
    dollars = None if low.dollars is None or high.dollars is None else (low.dollars, high.dollars)
    return Step(low.name, Range(low.requests, high.requests), read, Range(low.usage.output, high.usage.output), dollars)


class _End:
    """One end of the range, walked through from the frame to the verdict."""

    def __init__(self, plan: Plan, case: _Case) -> None:
        self.plan = plan
        self.case = case
        self.high = case is _HIGH
        self.said = 0.0  # bytes of all that was said until now, as it is read
        self.kept: dict[str, int] = {}  # tokens that a cache has by now
        self.word = _WORD * (plan.dense if self.high else 1)

    def walk(self) -> Iterable[_Sum]:
        plan = self.plan
        if plan.depth != "quick" and not plan.framed and not plan.judge.small:
            usage = Usage(self.tokens(shell().frame + plan.given), self.case.frame + self._thought(plan.judge, 2))
            yield self._sum("Frame", 1, [(plan.judge, usage)])
            self.said += 250 if self.high else 0  # the frame is read by all
        yield self._round("Openings", self.case.opening)
        for number in range(1, plan.rounds + 1):
            yield self._round(f"Rebuttal {number}" if plan.rounds > 1 else "Rebuttals", self.case.rebuttal)
        if plan.depth == "thorough":
            yield self._round("Replies", self.case.short, some=True)
        yield self._verdict()

    def tokens(self, length: float) -> int:
        return round(length / self.case.bytes_per_token) + (budget.FRAMING if self.high else 0)

    def _thought(self, voice: Voice, part: int = 1) -> int:
        return (self.case.weighed if voice is self.plan.judge else self.case.thought) // part if voice.thinks else 0

    def _round(self, name: str, words: int, some: bool = False) -> _Sum:
        """One round of all voices; `some`: of all or of nobody."""
        if some and not self.high:
            return self._sum(name, 0, [])
        asked = [(voice, self._statement(voice, words)) for voice in self.plan.council]
        for voice, _ in asked:
            if voice.shares:
                self.kept[voice.shares] = self._shared()
        self.said += len(asked) * words * self.word * _NUMBERED
        return self._sum(name, len(asked), asked)

    def _shared(self) -> int:
        return self.tokens(shell().shared + self.plan.given + self.said)

    def _statement(self, voice: Voice, words: int) -> Usage:
        """One statement. At the low end all but the first voice of a cache read what that has filled."""
        written = round(words * self.word / self.case.bytes_per_token) + self.case.block + self._thought(voice)
        if voice.small:
            return Usage(self.tokens(shell().small + min(self.plan.given, 1_200)), min(written, small.ANSWER_TOKENS))
        shared, own = self._shared(), self.tokens(shell().own + voice.persona)
        found = voice.searches if self.high else 0
        more = Usage(input=found * SEARCHED, searches=found)
        if not voice.shares:
            return Usage(own + shared, written) + more
        if self.high:
            return Usage(own, written, cache_write=shared) + more
        known = min(self.kept.get(voice.shares, 0), shared)
        self.kept[voice.shares] = shared
        return Usage(own, written, cache_read=known, cache_write=shared - known)

    def _verdict(self) -> _Sum:
        plan, judge, case = self.plan, self.plan.judge, self.case
        if judge.small:
            return self._sum("Verdict", 1, [(judge, Usage(self.tokens(shell().small), small.RULING_TOKENS))])
        passes = (1 if plan.depth == "quick" else 2) + (_REPEATED.high if self.high else _REPEATED.low)
        reading = self.tokens(shell().ruling + judge.persona + plan.given + self.said)
        ruling = Usage(reading, case.ruling + self._thought(judge))
        check = Usage(self.tokens(shell().check) + case.checked, case.check + self._thought(judge, 2))
        asked = [(judge, ruling)] * passes + [(judge, check)]
        return self._sum("Verdict", len(asked), asked)

    @staticmethod
    def _sum(name: str, requests: int, asked: list[tuple[Voice, Usage]]) -> _Sum:
        dollars: Decimal | None = Decimal(0)
        for voice, usage in asked:
            dollars = None if dollars is None or voice.price is None else dollars + voice.price.of(usage)
        return _Sum(name, requests, sum((usage for _, usage in asked), Usage()), dollars)


# -- in words ------------------------------------------------------------------------------------------------------


def shown(dollars: tuple[Decimal, Decimal] | None) -> str:
    """`about $0.05–0.09`, `up to $0.08`, `under $0.01`, `nothing`, `price unknown`."""
    if dollars is None:
        return "price unknown"
    low, high = dollars
    if not high:
        return "nothing"
    if high < Decimal("0.01"):
        return "under $0.01"
    begin, end = f"{low:.2f}", f"{high:.2f}"
    if begin == end:
        return f"about ${end}"
    return f"about ${begin}–{end}" if float(begin) else f"up to ${end}"


def sentence(plan: Plan) -> str:
    """`About $0.05–0.09 at list prices of 2026-11-24.`; empty where it costs nothing, or nobody knows what."""
    dollars = total(steps(plan)).dollars
    if dollars is None or not dollars[1]:
        return ""
    return f"{shown(dollars).capitalize()}, by {_source(plan)}."


def told(plan: Plan) -> str:
    """The same for a form, where nothing and not known are told too."""
    if total(steps(plan)).dollars is None:
        return "Price unknown"
    return sentence(plan).rstrip(".") or "Costs nothing"


def _source(plan: Plan) -> str:
    listed = {voice.price == prices.listed(voice.name) for voice in (*plan.council, plan.judge)}
    return f"list prices of {prices.date()}" if listed == {True} else "your prices"


def lines(plan: Plan) -> Iterable[str]:
    """A table of the steps, and what it leaves open."""
    found = steps(plan)
    rows: list[tuple[str, ...]] = [("", "requests", "tokens read", "written", "cost")]
    rows += [_row(step) for step in (*found, total(found))]
    yield from table(rows)
    yield ""
    unknown = [v.name for v in (*plan.council, plan.judge) if v.price is None]
    if unknown:
        yield f"{prices.unknown(unknown)}."
    elif sentence(plan):
        yield f"By {_source(plan)}. Nobody was asked; what you say, and what has to be asked again, comes on top."


def _row(step: Step) -> tuple[str, ...]:
    counts = (
        f"{r.low:,}" if r.low == r.high else f"{r.low:,}–{r.high:,}" for r in (step.requests, step.read, step.written)
    )
    return (step.name, *counts, shown(step.dollars).removeprefix("about "))


def document(plan: Plan) -> dict[str, Json]:
    """The estimate as JSON: each number as `[low, high]`, dollars None where a price is not known."""
    found = steps(plan)
    return {"steps": [_document(step) for step in found], "total": _document(total(found)), "prices": prices.date()}


def _document(step: Step) -> dict[str, Json]:
    dollars = None if step.dollars is None else [float(end) for end in step.dollars]
    return {
        "name": step.name,
        "requests": plain(step.requests),
        "read": plain(step.read),
        "written": plain(step.written),
        "cost_usd": dollars,
    }
