"""What is read from the words in the form for a new debate, and what is wrong with them. Pure."""

from __future__ import annotations

from upverdict.core.session import MAX_BACKGROUND, MAX_QUESTION
from upverdict.core.text import clean

DEPTH_WORDS = {
    "quick": "no frame, one ruling: cheapest",
    "standard": "frame, two rulings: +2 calls",
    "thorough": "and replies: +1 call a voice",
}
"""What each depth does, and how its price compares (protocol.md, The order of a debate)."""
SOURCES = "Optional: pages (https://…) and files, one a line."


def rounds(number: int) -> str:
    """What a number of rounds means."""
    words = {0: "no rebuttals, only openings", 1: "round of rebuttals"}
    return words.get(number, "rounds of rebuttals")


def wrong_question(text: str) -> str:
    text = clean(text).strip()
    if not text:
        return "A debate needs a question."
    if len(text) > MAX_QUESTION:
        return f"The question has over {MAX_QUESTION:,} characters. Ask shortly; put the rest into the background."
    return ""


def wrong_background(text: str) -> str:
    if len(clean(text).strip()) > MAX_BACKGROUND:
        return f"The background has over {MAX_BACKGROUND:,} characters. Shorten it to what the council must know."
    return ""


def wrong_limit(words: str) -> str:
    try:
        limit(words)
    except ValueError:
        return "A limit is a number of US dollars over 0, such as 0.50."
    return ""


def limit(words: str) -> float | None:
    """The limit of costs, in US dollars; None where none is written. Raises ValueError."""
    words = words.strip().removeprefix("$").replace(",", ".")
    if not words:
        return None
    dollars = float(words)
    if not 0 < dollars < float("inf"):
        raise ValueError(words)
    return dollars


def sources(text: str) -> tuple[str, ...]:
    """Addresses and files, one a line; without the quotes that a terminal puts around a file that is dropped on it."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(line[1:-1] if _quoted(line) else line for line in lines if line)


def _quoted(line: str) -> bool:
    return len(line) > 2 and line[0] in "'\"" and line[0] == line[-1]
