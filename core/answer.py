"""A judge's answer as text becomes a proposal: its JSON found, validated, bounded, its labels made names. Pure."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.core.neutral import Labels
from upverdict.core.text import bounded, clean, shorten
from upverdict.core.verdict import MAX_DECISION, Cited, Proposal

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_CLAIMS, MAX_FLIPS, MAX_QUOTES, MAX_CITED = 8, 3, 18, 24
"""At most so many claims each in agreed and split, facts that would flip it, quotes, and sentences cited on one side of
a claim; more is noise, not a ruling."""

MAX_LINE = 320
"""Characters of a headline, a claim or a flip: twice what is asked for (judge_prompt.py), so that a judge who can't
stop floods neither the screen nor the library."""

MAX_BRACES = 20
"""Braces at which an object is looked for."""

MAX_JSON = 200_000
"""Characters of JSON that are read; a ruling has some 4,000."""


class Unreadable(ValueError):
    """An answer is not the object that was asked for; the text says why, for the model to repair it."""


@functools.cache
def form() -> type[BaseModel]:
    """The shape of a ruling. Made with first use, some 30 ms: browsing needs none of it."""
    from pydantic import BaseModel, ConfigDict, Field

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

    class Past(BaseModel):
        source: str | int
        holds: str = ""
        why: str = ""
        support: list[str] = Field(default_factory=list)

    class Answer(BaseModel):
        model_config = ConfigDict(extra="ignore")
        option: int | None = None
        headline: str = Field(min_length=1)
        decision: str = Field(min_length=1)
        pull_quotes: list[Quote] = Field(default_factory=list)
        agreed: list[Claim] = Field(default_factory=list)
        split: list[Claim] = Field(default_factory=list)
        flips: list[Flip] = Field(default_factory=list)
        because: list[str] = Field(default_factory=list)
        past: list[Past] = Field(default_factory=list)

    return Answer


def read(answer: str, debate: Debate, labels: Labels) -> Proposal:
    """The judge's JSON, found in whatever stands around it.

    Raises `Unreadable` with what is wrong with it.
    """
    from pydantic import ValidationError

    try:
        found: Any = form().model_validate(json_object(answer))
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise Unreadable(f"in the JSON, {where}: {first['msg']}.") from e

    def line(text: str) -> str:
        return one_line(labels.show(text))

    def ids(cited: Iterable[str]) -> tuple[str, ...]:
        """An id that no sentence has stays, as the judge wrote it: it is to be found out."""
        return tuple(labels.real_id(id) or one_line(id)[:20] for id in list(cited)[:MAX_CITED])

    def claims(given: list[Any]) -> tuple[Cited, ...]:
        return tuple((line(c.claim), ids(c.support), ids(c.against)) for c in given[:MAX_CLAIMS])

    options = debate.frame.options if debate.frame else ()
    return Proposal(
        line(found.headline),
        bounded(labels.show(clean(found.decision).strip()), MAX_DECISION),
        tuple((labels.voice(q.voice), labels.show(clean(q.quote))) for q in found.pull_quotes[:MAX_QUOTES]),
        claims(found.agreed),
        claims(found.split),
        tuple(rulings.Flip(line(f.fact), line(f.check)) for f in found.flips[:MAX_FLIPS]),
        option=_option(found.option, options),
        because=ids(found.because),
        past=tuple(
            (_source(p.source), p.holds.strip().lower(), line(p.why), ids(p.support)) for p in found.past[:MAX_CITED]
        ),
    )


def _source(named: str | int) -> str:
    """The id of a source, however it was named: `2`, `source 2`, `[source 2]`."""
    return str(named).strip().strip("[]").strip().lower().removeprefix("source").strip()[:8]


def _option(number: int | None, options: tuple[str, ...]) -> str:
    """The option with this number, 0 for something else; empty where the judge has not said."""
    if number is None or not options:
        return ""
    return options[number - 1] if 0 < number <= len(options) else rulings.OTHER


def json_object(answer: str) -> Any:
    """The first JSON object in the text; a brace of the words before it begins none, the last one of it ends it.

    Raises `Unreadable`.
    """
    if len(answer) > MAX_JSON:
        raise Unreadable(f"it had {len(answer):,} characters, a ruling has a few thousand.")
    begin = answer.find("{")
    for _ in range(MAX_BRACES):
        if begin < 0:
            break
        try:
            return json.JSONDecoder().raw_decode(answer, begin)[0]
        except json.JSONDecodeError as e:
            if e.pos > begin + 1:
                raise Unreadable(f"its JSON is broken ({e}).") from e
            begin = answer.find("{", begin + 1)  # {words}: no object has begun there
        except RecursionError as e:
            raise Unreadable("its JSON is nested too deeply.") from e
    raise Unreadable("its JSON is broken." if begin >= 0 else "it held no JSON object.")


def one_line(text: str) -> str:
    return shorten(" ".join(clean(text).split()), MAX_LINE)
