"""The pieces of a verdict on the screen that stand still: claims, dissent, the council at a glance. Knows no debate.

Letters and sentence ids carry the colour of their voice, and the letter says the same without colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED

Colour = Callable[[str], str]
"""From a voice to its colour as `#rrggbb`."""
Proof = tuple[str, str, str]
"""A cited sentence: its id, its voice, its words."""


def chip(letter: str, colour: str) -> Content:
    """The letter in its box."""
    return Content.styled(f" {clean(letter)} ", f"bold reverse {colour}")


class Entry(Horizontal):
    """A short word at the left, what it is about beside it."""

    DEFAULT_CSS = """
    Entry {
        height: auto;
        margin: 0 0 1 0;
        & > .tag { width: 15; color: $text-muted; }
        & > .body { width: 1fr; }
        &.-tight { margin: 0; }
    }
    """

    def __init__(self, tag: Content, body: Content, *, tight: bool = False) -> None:
        super().__init__(classes="-tight" if tight else None)
        self._tag = tag
        self._body = body

    def compose(self) -> ComposeResult:
        yield Static(self._tag, classes="tag", markup=False)
        yield Static(self._body, classes="body", markup=False)


def claim(words: str, tally: str, support: Iterable[Proof], against: Iterable[Proof], colour: Colour) -> Entry:
    """A claim with its tally; below it the sentences for and against it, each with its id and in its own words."""
    lines = [Content.styled(clean(words), "bold")]
    lines += [_proof(proof, "", colour) for proof in support]
    lines += [_proof(proof, "against ", colour) for proof in against]
    return Entry(Content(tally), Content("\n").join(lines))


def _proof(proof: Proof, where: str, colour: Colour) -> Content:
    id, voice, words = proof
    return Content.assemble((where, MUTED), (clean(id), f"bold {colour(voice)}"), f"  “{clean(words)}”")


def change(section: str, lines: Iterable[tuple[str, str]]) -> Entry:
    """What changed in a section of a ruling: `-` with what was said before, `+` with what is said now."""
    body = [_changed(sign, " ".join(clean(words).split())) for sign, words in lines]
    return Entry(Content(section), Content("\n").join(body))


def _changed(sign: str, words: str) -> Content:
    style = {"+": "$text-success", "-": "$text-error"}.get(sign, "")
    return (
        Content.assemble((f"{sign} ", f"bold {style}"), (words, MUTED if sign == "-" else ""))
        if sign
        else Content(words)
    )


def dissent(letter: str, name: str, stance: rulings.Stance, crux: str, colour: str) -> Static:
    """A voice whose last ballot was for something else, and what it turns on for it."""
    head = Content.assemble(
        chip(letter, colour),
        (f" {clean(name)}", f"bold {colour}"),
        f"  stays with “{clean(stance.option)}” ({stance.confidence} of 100)",
    )
    return Static(Content.assemble(head, "\n" + clean(crux) if crux else ""), markup=False, classes="glance")


def glance(seat: ev.Seat, lead: str, colour: str) -> Static:
    """One voice: letter, name, tagline, and the sentence that it began with."""
    head = Content.assemble(
        chip(seat.letter, colour),
        (f" {clean(seat.name)}", f"bold {colour}"),
        (f"  {clean(seat.tagline)}", MUTED),
    )
    return Static(Content.assemble(head, "\n", clean(lead) or "—"), markup=False, classes="glance")
