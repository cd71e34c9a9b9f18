"""What was said, as prompts show it: numbered sentences, with every quotation tagged by code. Pure; asks nobody.

A quotation is followed by `[verified: B1.3]` or `[unverified]`, so that neither the next voice nor the judge takes a
made-up quote for a real one (protocol.md, Quotes). Marks of that kind that a voice wrote itself are taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from upverdict.core import quotes
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement

_FORGED = re.compile(r"\[(?=\s*(?:un)?verified|\s*[A-Z]\d+(?:\.\d+){1,2}\s*\])", re.IGNORECASE)
_MARKS = '”"»«“」』›‹＂'


def numbered(debate: Debate, statement: Statement, id_of: Callable[[str], str] = str) -> str:
    """`[B1.1] First sentence. [B1.2] …`; `id_of` gives an id under which the reader is to know a sentence."""
    tags = _tags(debate, statement, id_of)
    parts = []
    for n, (begin, end) in enumerate(statement.spans, 1):
        words, at = [], begin
        for place, tag in tags:
            if begin <= place - 1 < end:
                words += [_safe(statement.text[at:place]), tag]
                at = place
        words.append(_safe(statement.text[at:end]) if at < end else "")
        parts.append(f"[{id_of(f'{statement.id}.{n}')}] {''.join(words)}")
    return " ".join(parts)


def _tags(debate: Debate, statement: Statement, id_of: Callable[[str], str]) -> list[tuple[int, str]]:
    """Where a tag goes, behind the closing mark of a quotation, and what it says."""
    tags = []
    for inner in quotes.inside(debate, statement):
        closed = inner.end < len(statement.text) and statement.text[inner.end] in _MARKS
        tag = f" [verified: {id_of(inner.sentence)}]" if inner.sentence else " [unverified]"
        tags.append((inner.end + closed, tag))
    return tags


def _safe(words: str) -> str:
    return _FORGED.sub("(", words)
