"""What is read from the words in the form for a new debate, and what is wrong with them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upverdict.core.session import MAX_BACKGROUND, MAX_QUESTION
from upverdict.core.text import clean

if TYPE_CHECKING:
    from upverdict.core.session import Order

_DEPTHS = {
    "quick": "no frame, one ruling: cheapest",
    "standard": "frame, two rulings: +2 calls",
    "thorough": "and replies: +1 call a voice",
}
"""What each depth does, and how its price compares (protocol.md, The order of a debate)."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SOURCES = "Optional: pages, files, one a line."


def depth(name: str, *, small: bool) -> str:
    """What a depth does; `small`: the judge's model is too small to frame a question and to rule by a form."""
    if not small:
        return _DEPTHS[name]
    return "replies, no frame: small judge" if name == "thorough" else "no frame: a small model judges"


def plan(order: Order, *, small: bool) -> list[str]:
    """What will happen in a debate, a line a step (protocol.md, The order of a debate); `small` as in `depth`."""
    framed, number = order.depth != "quick" and not small, order.rounds or 0
    steps = []
    if framed:
        steps.append("The judge frames the question" + (", nobody waits." if order.auto else "; you may change that."))
    steps.append(f"{_NUMBERS[min(len(order.council), 9)].capitalize()} openings at once, none knows another.")
    if number:
        steps.append(f"{_NUMBERS[number].capitalize()} round{'s'[: number > 1]} of rebuttals: each answers the others.")
    steps.append("Nobody waits for you." if order.auto else "After each round the floor is yours: speak, or pass.")
    if order.depth == "thorough" and number:
        steps.append("Replies: each voice to what was said against it.")
    if small:
        steps.append("The judge rules in a sentence or two: no frame, no claims, its model is too small.")
    else:
        times = "once" if order.depth == "quick" else "twice, in opposite orders"
        steps.append(f"The judge rules {times}; code proves every quote.")
    return steps


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
