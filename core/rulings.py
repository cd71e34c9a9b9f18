"""What a verdict is made of, as frozen values. Knows no event and no debate."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from upverdict.core.values import Simple

OTHER = "something else"
"""The option of a ruling that decides for none of the frame's."""


class PullQuote(Simple):
    """A span of a statement: `text` is `statement.text[start:end]`, in characters. Only code makes one."""

    voice: str
    statement: str
    text: str
    start: int
    end: int


class Claim(Simple):
    """What the verdict says of the council, with the sentences for and against it, by voice."""

    claim: str
    support: Mapping[str, tuple[str, ...]]
    against: Mapping[str, tuple[str, ...]]


class Flip(Simple):
    """A fact that would flip the verdict, and its cheapest check."""

    fact: str
    check: str


class Glance(Simple):
    """One voice at a glance: the first sentence of its opening, taken by code."""

    voice: str
    lead: str


class Stance(Simple):
    """An option and how sure a voice says it is of it, 0 to 100."""

    option: str
    confidence: int


class Moved(Simple):
    """A voice whose last ballot is not its first. `moved_by` is another voice's sentence, or empty."""

    voice: str
    before: Stance
    after: Stance
    moved_by: str = ""


class Dissent(Simple):
    """A voice whose last ballot is for something else than what was decided, and what it turns on for it."""

    voice: str
    stance: Stance
    crux: str = ""


HOLDS: Mapping[str, str] = MappingProxyType({"yes": "still holds", "partly": "holds in part", "no": "no longer holds"})
"""Whether a past verdict still holds, in words."""


class Past(Simple):
    """How a verdict goes with one that was reached before, which is the source with the id `source`.

    `why` is what of it still holds, or what has changed since or was wrong, with the sentences that say so, by voice.
    `holds` is empty, and so is the rest, where nobody said so or nothing that was said bears it out.
    """

    source: str
    holds: Literal["yes", "partly", "no", ""]
    why: str
    support: Mapping[str, tuple[str, ...]]


class Ruling(Simple):
    """What a verdict says. `plain` marks one drawn up for a model that can't keep to a schema.

    `option` is the frame's option that was decided for. The judge ruled in so many `passes`, which differed where it is
    `close`. Of `checked` claims each was held against its sentences alone. `struck` says what of the judge's ruling was
    left out since nothing that was said bears it out; `because` cites what was new when it is no first version. `past`
    has one for each past verdict among the sources.
    """

    headline: str
    decision: str
    pull_quotes: tuple[PullQuote, ...] = ()
    agreed: tuple[Claim, ...] = ()
    split: tuple[Claim, ...] = ()
    flips: tuple[Flip, ...] = ()
    glance: tuple[Glance, ...] = ()
    heard: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    plain: bool = False
    option: str = ""
    moved: tuple[Moved, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    passes: int = 1
    close: bool = False
    checked: bool = False
    struck: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    past: tuple[Past, ...] = ()
