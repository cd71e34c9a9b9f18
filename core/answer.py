"""A judge's answer as text becomes a proposal: its JSON found, validated, bounded, its labels made names. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.core.neutral import Labels
from upverdict.core.text import clean, shorten
from upverdict.core.verdict import Cited, Proposal

MAX_CLAIMS, MAX_FLIPS, MAX_QUOTES, MAX_CITED = 8, 3, 18, 24
"""At most so many claims each in agreed and split, facts that would flip it, quotes, and sentences cited on one side of
a claim; more is noise, not a ruling."""

MAX_LINE, MAX_DECISION = 320, 2_400
"""Characters of a headline, a claim or a flip, and of the decision: twice what is asked for (judge_prompt.py), so
that a judge who can't stop floods neither the screen nor the library."""

MAX_JSON = 200_000
"""Characters of JSON that are read; a ruling has some 4,000."""


class Unreadable(ValueError):
    """An answer is not the object that was asked for; the text says why, for the model to repair it."""


def read(answer: str, debate: Debate, labels: Labels) -> Proposal:
    """The judge's JSON, found in whatever stands around it.

    Raises `Unreadable` with what is wrong with it.
    """
    from pydantic import BaseModel, ConfigDict, Field, ValidationError

    class Quote(BaseModel):
        voice: str
        quote: str

    class Claim(BaseModel):
        claim: str
        support: list[str] = Field(default_factory=list)
        against: list[str] = Field(default_factory=list)

    class Flip(BaseModel):
        fact: str
        check: str = ""

    class Answer(BaseModel):
        model_config = ConfigDict(extra="ignore")
        option: int = 0
        headline: str = Field(min_length=1)
        decision: str = Field(min_length=1)
        pull_quotes: list[Quote] = Field(default_factory=list)
        agreed: list[Claim] = Field(default_factory=list)
        split: list[Claim] = Field(default_factory=list)
        flips: list[Flip] = Field(default_factory=list)
        because: list[str] = Field(default_factory=list)

    try:
        found = Answer.model_validate(json_object(answer))
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise Unreadable(f"in the JSON, {where}: {first['msg']}.") from e

    def line(text: str) -> str:
        return one_line(labels.show(text))

    def ids(cited: Iterable[str]) -> tuple[str, ...]:
        """An id that no sentence has stays, as the judge wrote it: it is to be found out."""
        return tuple(labels.real_id(id) or one_line(id)[:20] for id in list(cited)[:MAX_CITED])

    def claims(given: list[Claim]) -> tuple[Cited, ...]:
        return tuple((line(c.claim), ids(c.support), ids(c.against)) for c in given[:MAX_CLAIMS])

    options = debate.frame.options if debate.frame else ()
    return Proposal(
        line(found.headline),
        _bounded(labels.show(clean(found.decision).strip())),
        tuple((labels.voice(q.voice), labels.show(clean(q.quote))) for q in found.pull_quotes[:MAX_QUOTES]),
        claims(found.agreed),
        claims(found.split),
        tuple(rulings.Flip(line(f.fact), line(f.check)) for f in found.flips[:MAX_FLIPS]),
        option=options[found.option - 1] if 0 < found.option <= len(options) else "",
        because=ids(found.because),
    )


def json_object(answer: str) -> Any:
    """The first JSON object in the text; the last brace of a sound one ends it.

    Raises `Unreadable`.
    """
    begin = answer.find("{")
    if begin < 0:
        raise Unreadable("it held no JSON object.")
    if len(answer) > MAX_JSON:
        raise Unreadable(f"it had {len(answer):,} characters, a ruling has a few thousand.")
    try:
        return json.JSONDecoder().raw_decode(answer, begin)[0]
    except ValueError as e:
        raise Unreadable(f"its JSON is broken ({e}).") from e
    except RecursionError as e:
        raise Unreadable("its JSON is nested too deeply.") from e


def one_line(text: str) -> str:
    return shorten(" ".join(clean(text).split()), MAX_LINE)


def _bounded(text: str) -> str:
    return text if len(text) <= MAX_DECISION else text[:MAX_DECISION].rsplit(None, 1)[0] + " …"
