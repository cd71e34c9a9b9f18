"""From a judge's answer to a ruling in which code has proven what it can. Pure; asks nobody.

What a judge writes is a proposal: quotes are looked up (`quotes.py`), cited sentences must exist, who agrees and who
splits follows from the citations, the glance and the voices heard are code's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from upverdict.core import events as ev
from upverdict.core import quotes, rulings
from upverdict.core.debate import Debate
from upverdict.core.text import clean, lead, sentences, shorten
from upverdict.core.values import replace

MAX_CLAIMS, MAX_FLIPS = 8, 3
"""At most so many claims each in agreed and split, and facts that would flip it; more is noise, not a ruling."""

MAX_LINE, MAX_DECISION = 320, 2_400
"""Characters of a headline, a claim or a flip, and of the decision: twice what is asked for (prompts.py), so that a
judge who can't stop floods neither the screen nor the library."""


class Unreadable(ValueError):
    """The judge's answer is not the object that was asked for; the text says why, for the judge to repair it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A judge's answer that has the right form; nothing in it is proven yet."""

    headline: str
    decision: str
    pull_quotes: tuple[tuple[str, str], ...]  # (letter or voice, words)
    agreed: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]  # (claim, support, against)
    split: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    flips: tuple[rulings.Flip, ...]


def read(answer: str) -> Proposal:
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
        headline: str = Field(min_length=1)
        decision: str = Field(min_length=1)
        pull_quotes: list[Quote] = Field(default_factory=list)
        agreed: list[Claim] = Field(default_factory=list)
        split: list[Claim] = Field(default_factory=list)
        flips: list[Flip] = Field(default_factory=list)

    try:
        found = Answer.model_validate(_object(answer))
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise Unreadable(f"in the JSON, {where}: {first['msg']}.") from e

    def claims(given: list[Claim]) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
        return tuple((_line(c.claim), _ids(c.support), _ids(c.against)) for c in given[:MAX_CLAIMS])

    return Proposal(
        _line(found.headline),
        _bounded(clean(found.decision).strip()),
        tuple((q.voice, clean(q.quote)) for q in found.pull_quotes),
        claims(found.agreed),
        claims(found.split),
        tuple(rulings.Flip(_line(f.fact), _line(f.check)) for f in found.flips[:MAX_FLIPS]),
    )


def _object(answer: str) -> Any:
    """The first JSON object in the text; the last brace of a sound one ends it."""
    begin = answer.find("{")
    if begin < 0:
        raise Unreadable("it held no JSON object.")
    try:
        return json.JSONDecoder().raw_decode(answer, begin)[0]
    except ValueError as e:
        raise Unreadable(f"its JSON is broken ({e}).") from e
    except RecursionError as e:
        raise Unreadable("its JSON is nested too deeply.") from e


def _line(text: str) -> str:
    return shorten(" ".join(clean(text).split()), MAX_LINE)


def _bounded(text: str) -> str:
    return text if len(text) <= MAX_DECISION else text[:MAX_DECISION].rsplit(None, 1)[0] + " …"


def _ids(cited: Iterable[str]) -> tuple[str, ...]:
    return tuple(id.strip("[] ") for id in cited)


def rule(debate: Debate, proposal: Proposal) -> rulings.Ruling:
    """The ruling: of the proposal, only what the record bears out; and what code alone says."""
    sentences = {id: statement.voice for statement, id, _ in debate.passages()}
    agreed: list[rulings.Claim] = []
    split: list[rulings.Claim] = []
    for claim, support, against in (*proposal.agreed, *proposal.split):
        both = set(support) & set(against)  # a sentence that is to prove both sides proves neither
        cited = rulings.Claim(
            claim,
            _by_voice([id for id in support if id not in both], sentences),
            _by_voice([id for id in against if id not in both], sentences),
        )
        # Where a claim belongs follows from who stands where, not from the list that the judge put it in.
        if cited.support and cited.against:
            split.append(cited)
        elif len(cited.support) > 1:
            agreed.append(cited)
    return replace(
        own(debate),
        headline=proposal.headline,
        decision=proposal.decision,
        pull_quotes=tuple(_pull_quotes(debate, proposal.pull_quotes)),
        agreed=tuple(agreed),
        split=tuple(split),
        flips=proposal.flips,
    )


def own(debate: Debate) -> rulings.Ruling:
    """What code says without the judge: quotes that it picks, the glance, who was heard and who is missing."""
    heard = debate.heard
    return rulings.Ruling(
        headline="",
        decision="",
        pull_quotes=tuple(_pull_quotes(debate, ())),
        glance=tuple(rulings.Glance(v, _lead(debate, v)) for v in heard),
        heard=heard,
        missing=tuple(s.voice for s in debate.council if s.voice not in heard),
    )


def _lead(debate: Debate, voice: str) -> str:
    return next((lead(s.text) for s in debate.of(voice) if s.spoken), "")


def plain(debate: Debate, answer: str) -> rulings.Ruling:
    """A ruling from a plain answer (wire.md, plain mode): the judge says what to do, code proves the rest.

    The first sentence is the headline. A last sentence that the limit of length cut off is left out, unless there is
    no other.
    """
    text = clean(answer).strip()
    whole = [text[a:b] for a, b in sentences(text)]
    if len(whole) > 1 and whole[-1][-1:].isalnum():
        whole.pop()
    decision = " ".join(whole)
    return replace(own(debate), headline=lead(decision, 240), decision=decision, plain=True)


def _pull_quotes(debate: Debate, proposed: Iterable[tuple[str, str]]) -> Iterable[rulings.PullQuote]:
    """One quote for each voice that spoke: the first proposed one that is proven, else one that code picks."""
    voices = {s.letter: s.voice for s in debate.council} | {ev.USER_LETTER: ev.USER}
    voices |= {v: v for v in list(voices.values())} | {s.name: s.voice for s in debate.council}
    proven: dict[str, rulings.PullQuote] = {}
    for who, words in proposed:
        voice = voices.get(who.strip())
        if voice and voice not in proven and (quote := quotes.prove(words, voice, debate.of(voice))):
            proven[voice] = quote
    speakers = [*debate.heard, *([ev.USER] if debate.user_spoke else [])]
    for voice in speakers:
        if quote := proven.get(voice) or quotes.pick(debate.of(voice)):
            yield quote


def _by_voice(ids: Iterable[str], sentences: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The cited sentences that exist, by the voice that said them."""
    found: dict[str, tuple[str, ...]] = {}
    for id in dict.fromkeys(ids):
        if voice := sentences.get(id):
            found[voice] = (*found.get(voice, ()), id)
    return found
