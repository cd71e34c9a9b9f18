"""Whether what the user is about to say still fits into what the models can read. Pure; known before it is said.

What does not fit would break every voice's next turn: an endpoint refuses a prompt that is longer than its window.
"""

from __future__ import annotations

from collections.abc import Iterable

from upverdict.core.debate import Debate
from upverdict.core.prompts import Traits, given
from upverdict.core.text import length

BYTES_PER_TOKEN = 4.6
"""Bytes of UTF-8 in a token, at the most that prose has in the mean: what is refused by that does not fit. Our own
guess (`budget.BYTES_PER_TOKEN` is the other end)."""
PLAIN_WORDS = 80
"""Words of the user's of which a small model is shown no more (`small.py`)."""

Reader = tuple[str, Traits]
"""What a seat is called, and what its model can take."""


def too_long(debate: Debate, words: str, readers: Iterable[Reader]) -> str:
    """Why these words can't be said, in a sentence that says what to do; empty where they can, or nobody knows."""
    windows = [(traits.window, name) for name, traits in readers if traits.window and not traits.small]
    if not windows:
        return ""
    window, name = min(windows)
    total = _tokens(len(words.encode()) + _read(debate))
    if total <= window:
        return ""
    over = round((total - window) * BYTES_PER_TOKEN / max(1.0, len(words.encode()) / len(words)))
    less = f"Make it some {over:,} characters shorter" if over < len(words) else "There is room for nothing more"
    return (
        f"Not sent, and kept here: with what was said before, this is at least {total:,} tokens, and the model of "
        f"{name} reads {window:,}. {less}."
    )


def cut_short(words: str, readers: Iterable[Reader]) -> str:
    """That a small model reads only the beginning of these words; empty where none does."""
    names = [name for name, traits in readers if traits.small]
    if not names or length(words) <= PLAIN_WORDS:
        return ""
    who = "The model is small and reads" if len(names) > 1 else f"The model of {names[0]} is small and reads"
    return f"{who} only the beginning of that, some {PLAIN_WORDS} words."


def _read(debate: Debate) -> int:
    """Bytes that every prompt of the next round has, at the least."""
    texts = [debate.question, debate.background, *(s.text for s in given(debate))]
    texts += [s.kept for s in debate.statements.values()]
    return sum(len(text.encode()) for text in texts)


def _tokens(size: int) -> int:
    return round(size / BYTES_PER_TOKEN)
