"""Verdicts that were reached before, as sources of a new debate, which its council must reconcile. Pure; reads no file.

A past verdict binds nobody. But where the new one differs, it says what has changed since, or what was wrong then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from upverdict.core import events as ev
from upverdict.core import plain_verdict, rulings
from upverdict.core.debate import Debate
from upverdict.core.errors import WrongUse
from upverdict.core.text import clean, shorten

PREFIX = "debate:"
"""How a kept debate is named among sources: `debate:ID`."""

MAX_BACKGROUND = 2_000
"""Characters of the background of then: what the question was about, not all that was known."""


def named(id: str) -> str:
    """How this debate is named as a source."""
    return PREFIX + id


def source(debate: Debate, id: str) -> ev.Source:
    """The latest verdict of a debate as the source with this id.

    Raises WrongUse where there is no verdict yet.
    """
    verdict = debate.verdict
    if verdict is None or verdict.ruling is None:
        raise WrongUse(f"{debate.id} has no verdict yet.")
    text = "\n".join(_lines(debate, verdict.ruling))
    question = shorten(" ".join(clean(debate.question).split()), 200)
    title = f"Verdict of {debate.created_at[:10]}: {question}"
    return ev.Source(id=id, url=named(debate.id), title=title, kind="debate", status="read", text=text)


def _lines(debate: Debate, ruling: rulings.Ruling) -> Iterator[str]:
    yield f"The question then: {clean(debate.question)}"
    if debate.background:
        yield f"Background then: {shorten(clean(debate.background), MAX_BACKGROUND)}"
    yield from ("", f"What was decided: {clean(ruling.headline)}")
    if decision := plain_verdict.beyond_headline(ruling):
        yield clean(decision)
    for title, claims in (("What the council agreed on:", ruling.agreed), ("Where it split:", ruling.split)):
        if claims:
            yield from ("", title, *(f"- {clean(c.claim)} ({plain_verdict.tally(c, ruling)})" for c in claims))
    if ruling.flips:
        yield from ("", "What would have changed it:", *(f"- {clean(flip.fact)}" for flip in ruling.flips))
    if choice := debate.shelf.choice:
        yield from ("", f"What the person decided in the end: {clean(choice)}")
    if outcome := debate.shelf.outcome:
        yield from ("", f"How it turned out, as the person says: {clean(outcome)}")


def id_of(source: ev.Source) -> str:
    """The id of the debate whose verdict a source is."""
    return source.url.removeprefix(PREFIX)


def given(sources: Iterable[ev.Source]) -> list[ev.Source]:
    """Those of the sources that are past verdicts."""
    return [one for one in sources if one.kind == "debate"]
