"""Which sources a debate cites, where, and a statement's text with its marks. Pure: reads the fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.folded import Citation, Statement
from upverdict.core.rulings import PullQuote
from upverdict.core.text import clean, sentences, shorten


def by_use(debate: Debate) -> tuple[list[ev.Source], list[ev.Source]]:
    """The sources that statements cite, and those that none does; each in the order in which they came in."""
    cited = {c.source for s in debate.statements.values() for c in s.citations}
    every = list(debate.sources.values())
    return [s for s in every if s.id in cited], [s for s in every if s.id not in cited]


def sentences_citing(debate: Debate, source: str) -> Iterator[tuple[str, PullQuote]]:
    """The sentences that cite a source, each once, with their ids, in the order in which they were said."""
    for statement in debate.statements.values():
        spans = statement.spans or sentences(statement.text)
        marks = [c.after for c in statement.citations if c.source == source]
        for n in sorted({statement.sentence_of(after) for after in marks} - {-1}):
            begin, end = spans[n]
            yield (
                f"{statement.id}.{n + 1}",
                PullQuote(statement.voice, statement.id, statement.text[begin:end], begin, end),
            )


def first_quote(debate: Debate, source: str) -> str:
    """What the source says where it was first cited, as the endpoint proves it; empty where nobody does."""
    found = (c.quote for s in debate.statements.values() for c in s.citations if c.source == source and c.quote)
    return next(found, "")


_HOW = {"search": "found by a search", "debate": "a verdict of your library"}


def how_found(source: ev.Source) -> str:
    """How a source came in, and whether all was read: `found by a search`, `a page of yours, only its beginning …`."""
    how = _HOW.get(source.kind, f"a {source.kind} of yours")
    return f"{how}, only its beginning was read" if source.status == "cut" else how


def copied(debate: Debate, statement: Statement, text: str) -> str:
    """The statement's own `text` with its marks as `[1]`, and below it the sources that they name."""
    if text != statement.text or not statement.citations:
        return text
    citations = sorted(statement.citations, key=lambda c: c.after)
    return "".join([marked(statement), "\n\n", *_listed(debate, citations)]).rstrip("\n")


def _listed(debate: Debate, citations: Iterable[Citation]) -> Iterator[str]:
    for id in dict.fromkeys(c.source for c in citations):
        if source := debate.sources.get(id):
            title = " ".join(clean(source.title).split())
            address = clean(source.url)
            yield f"[{id}] {title}{', ' if title else ''}{address}\n" if title != address else f"[{id}] {address}\n"


def marked(statement: Statement) -> str:
    """Its text with the numbers of the sources that it cites, `[1]`, in their places."""
    text, words, at = statement.text, [], 0
    for citation in sorted(statement.citations, key=lambda c: c.after):
        words += [text[at : citation.after], mark(text, citation)]
        at = max(at, citation.after)
    return "".join([*words, text[at:]])


def mark(text: str, citation: Citation) -> str:
    """`[1]`, off the word that it stands behind; at the beginning of a line, off the one before which it stands."""
    before = text[: citation.after]
    return f" [{citation.source}]" if before[-1:].strip() else f"[{citation.source}] "


def source_lines(debate: Debate) -> Iterator[str]:
    """The sources with who cited them, then those that nobody cited; nothing where there are none."""
    for title, listed in zip(("Sources cited", "Sources not cited"), by_use(debate), strict=True):
        if listed:
            yield f"{title}:"
            for one in listed:
                yield from (f"  [{one.id}] {line}" if not n else f"      {line}" for n, line in enumerate(_source(one)))
                if where := debate.cited_by(one.id):
                    yield f"      cited in {', '.join(where)}"
            yield ""


def _source(source: ev.Source) -> Iterator[str]:
    """Title, and address where that says more; how much of it was read."""
    yield " ".join(clean(source.title).split()) or source.url
    if source.url != source.title:
        yield source.url
    if source.status == "cut":
        yield f"only its first {len(source.text):,} characters were read"


MARKED = 3
"""Characters between a quotation's last word and the mark of its source: the closing mark, a full stop, a blank."""


def misquoted(debate: Debate, statement: Statement) -> str:
    """`Not in source 1: “…”`: what a statement quotes of the user's sources and that none of those it names there says.

    What only the endpoint has read can't be told.
    """
    if not any(debate.sources[c.source].text for c in statement.citations):
        return ""
    from upverdict.core import quoted  # it compares texts: browsing where nobody cites needs none of that

    found = []
    for quote in quoted.inside(debate, statement):
        named = [c.source for c in statement.citations if 0 <= c.after - quote.end <= MARKED]
        texts = [debate.sources[id].text for id in named]
        if named and not quote.exact and all(texts) and not any(quoted.says(text, quote.text) for text in texts):
            found.append(f"Not in source {', '.join(sorted(set(named), key=int))}: “{shorten(quote.text, 60)}”")
    return ". ".join(found)
