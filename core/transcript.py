"""What was said, as prompts show it: numbered sentences, with every quotation tagged by code. Pure; asks nobody.

A quotation is followed by `[verified: B1.3]` or `[unverified]`, so that neither the next voice nor the judge takes a
made-up quote for a real one (protocol.md, Quotes); one that a source has is followed by `[verified: source 1]`. What
cites a source is followed by `[source 1]`. Marks of these kinds that a voice wrote itself are taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from upverdict.core import marks, quoted
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement

_FORGED = re.compile(r"\[(?=\s*(?:un)?verified|\s*sources?\s*\d|\s*[A-Z]\d+(?:\.\d+){1,2}\s*\])", re.IGNORECASE)
_MARKS = '”"»«“」』›‹＂'


def numbered(debate: Debate, statement: Statement, id_of: Callable[[str], str] = str) -> str:
    """`[B1.1] First sentence. [B1.2] …`; `id_of` gives an id under which the reader is to know a sentence."""
    tags = sorted([*_tags(debate, statement, id_of), *_citations(statement)], key=lambda tag: tag[0])
    text = _safe(statement.text)  # as long as it was, so that places hold
    parts = []
    for n, (begin, end) in enumerate(statement.spans, 1):
        words, at = [], begin
        for place, tag in tags:
            cites = tag.startswith(_CITES) and statement.sentence_of(place) == n - 1
            if cites and place <= begin:
                words.append(f"{tag.strip()} ")
            elif cites or begin <= place - 1 < end:
                words += [text[at:place], tag]
                at = max(at, place)
        words.append(text[at:end])
        parts.append(f"[{id_of(f'{statement.id}.{n}')}] {''.join(words)}")
    return " ".join(parts)


def _tags(debate: Debate, statement: Statement, id_of: Callable[[str], str]) -> list[tuple[int, str]]:
    """Where a tag goes, behind the closing mark of a quotation, and what it says."""
    tags = []
    for inner in quoted.inside(debate, statement):
        closed = inner.end < len(statement.text) and statement.text[inner.end] in _MARKS
        where = id_of(inner.sentence) if inner.sentence else quoted.in_source(debate, inner.text)
        tags.append((inner.end + closed, f" [verified: {where}]" if where else " [unverified]"))
    return tags


_CITES = " [source"


def _citations(statement: Statement) -> list[tuple[int, str]]:
    """The marks of sources, where they stood; those of one place in one."""
    places: dict[int, list[str]] = {}
    for citation in statement.citations:
        places.setdefault(citation.after, []).append(citation.source)
    return [(place, f" {marks.written(ids)}") for place, ids in places.items()]


def _safe(words: str) -> str:
    return _FORGED.sub("(", words)
