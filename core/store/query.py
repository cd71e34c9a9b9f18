"""What a person types as a full-text query, and what comes back as text with spans. Pure; knows no connection."""

from __future__ import annotations

Spans = tuple[tuple[int, int], ...]
"""Half-open ranges of characters of a snippet that match."""

ELLIPSIS = "…"


def match(words: str) -> str:
    """The MATCH expression for any text: every word must occur, the last one may be unfinished (`C++` can't be).

    Empty when there is nothing to look for. Nothing in the text is an operator: each word becomes a quoted string.
    """
    sought = [w for w in _encodable(words).replace("\0", " ").split() if any(c.isalnum() for c in w)]
    unfinished = "*" if sought and sought[-1][-1].isalnum() else ""
    return " ".join('"' + w.replace('"', '""') + '"' for w in sought) + unfinished


def spans(raw: str, begin: str, end: str) -> tuple[str, Spans]:
    """A snippet with marks as one line of text and the spans that stood between the marks."""
    text = ""
    found: list[tuple[int, int]] = []
    for n, piece in enumerate(raw.split(begin)):
        inside, mark, after = piece.partition(end)
        if n and mark:
            found.append((len(text), len(text) + len(inside)))
        text += inside + after
    return text.replace("\n", " ").replace("\t", " "), tuple(found)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
