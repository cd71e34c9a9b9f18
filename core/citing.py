"""Which sources a debate cites, where, and a statement's text with its marks. Pure: reads the fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from upverdict.core import events as ev
from upverdict.core import plaintext
from upverdict.core.debate import Debate
from upverdict.core.folded import Citation, Statement
from upverdict.core.rulings import PullQuote
from upverdict.core.text import clean, sentences


def by_use(debate: Debate) -> tuple[list[ev.Source], list[ev.Source]]:
    """The sources that statements cite, and those that none does; each in the order in which they came in."""
    cited = {c.source for s in debate.statements.values() for c in s.citations}
    every = list(debate.sources.values())
    return [s for s in every if s.id in cited], [s for s in every if s.id not in cited]


def first_sentence(debate: Debate, source: str) -> PullQuote | None:
    """The first sentence that cites a source, by the order of the statements; None where there is none."""
    for statement in debate.statements.values():
        places = [c.after for c in statement.citations if c.source == source]
        spans = statement.spans or sentences(statement.text)
        if places and spans:
            begin, end = spans[statement.sentence_of(min(places))]
            return PullQuote(statement.voice, statement.id, statement.text[begin:end], begin, end)
    return None


def first_quote(debate: Debate, source: str) -> str:
    """What the source says where it was first cited, as the endpoint proves it; empty where nobody does."""
    found = (c.quote for s in debate.statements.values() for c in s.citations if c.source == source and c.quote)
    return next(found, "")


def how_found(source: ev.Source) -> str:
    """How a source came in, and whether all was read: `found by a search`, `a page of yours, only its beginning …`."""
    how = "found by a search" if source.kind == "search" else f"a {source.kind} of yours"
    return f"{how}, only its beginning was read" if source.status == "cut" else how


def copied(debate: Debate, statement: Statement, text: str) -> str:
    """The statement's own `text` with its marks as `[1]`, and below it the sources that they name."""
    if text != statement.text or not statement.citations:
        return text
    citations = sorted(statement.citations, key=lambda c: c.after)
    return "".join([plaintext.marked(statement), "\n\n", *_listed(debate, citations)]).rstrip("\n")


def _listed(debate: Debate, citations: Iterable[Citation]) -> Iterator[str]:
    for id in dict.fromkeys(c.source for c in citations):
        if source := debate.sources.get(id):
            title = " ".join(clean(source.title).split())
            address = clean(source.url)
            yield f"[{id}] {title}{', ' if title else ''}{address}\n" if title != address else f"[{id}] {address}\n"
