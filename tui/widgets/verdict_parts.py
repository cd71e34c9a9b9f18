"""The pieces of a verdict on the screen: pull quotes, claims, flips, the council at a glance. Knows no debate.

Letters and sentence ids carry the colour of their voice, and the letter says the same without colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, ScrollableContainer
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.prose import prose

Colour = Callable[[str], str]
"""From a voice to its colour as `#rrggbb`."""
Proof = tuple[str, str, str]
"""A cited sentence: its id, its voice, its words."""


def chip(letter: str, colour: str) -> Content:
    """The letter in its box."""
    return Content.styled(f" {clean(letter)} ", f"bold reverse {colour}")


class PullQuote(Static, can_focus=True):
    """What one voice said, word for word. Enter or a click goes to where it was said."""

    DEFAULT_CSS = """
    PullQuote {
        width: 1fr;
        height: auto;
        padding: 0 2;
        margin: 0 0 1 0;
        border-left: thick $foreground 40%;
        &:focus { background: $boost; }
        &:hover { background: $boost; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "to the sentence", id="quote.open", tooltip="Go to where it was said"),
        Binding("down,right", "step(1)", "next quote", show=False, id="quote.next", tooltip="To the next quote"),
        Binding("up,left", "step(-1)", "quote before", show=False, id="quote.back", tooltip="To the quote before"),
    ]

    class Opened(Message):
        """The user wants to see the quote in its statement."""

        def __init__(self, quote: rulings.PullQuote) -> None:
            super().__init__()
            self.quote = quote

    def __init__(self, quote: rulings.PullQuote, letter: str, name: str, place: str, colour: str) -> None:
        said = prose(" ".join(quote.text.split())).stylize("bold")
        words = Content.assemble(
            ("“", "bold"), said, ("”", "bold"), "\n", chip(letter, colour), (f" {clean(name)}", colour), (place, MUTED)
        )
        super().__init__(words, markup=False)
        self.quote = quote
        self.styles.border_left = ("thick", colour)

    def action_open(self) -> None:
        self.post_message(self.Opened(self.quote))

    def action_step(self, by: int) -> None:
        """To the quote after or before; beyond the ends, and where this one is out of sight, the page is scrolled."""
        quotes = list(self.screen.query(PullQuote))
        place = quotes.index(self) + by
        page = next((node for node in self.ancestors if isinstance(node, ScrollableContainer)), None)
        if 0 <= place < len(quotes) and (page is None or page.can_view_partial(self)):
            self.screen.set_focus(quotes[place])
        elif page is not None:
            page.scroll_relative(y=by, animate=False)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_open()


class Entry(Horizontal):
    """A short word at the left, what it is about beside it."""

    DEFAULT_CSS = """
    Entry {
        height: auto;
        margin: 0 0 1 0;
        & > .tag { width: 15; color: $text-muted; }
        & > .body { width: 1fr; }
    }
    """

    def __init__(self, tag: Content, body: Content) -> None:
        super().__init__()
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


def flip(flip: rulings.Flip) -> Entry:
    """A fact that would turn the verdict, and how to find out."""
    check = ("\n" + clean(flip.check), MUTED) if flip.check else ""
    return Entry(Content("if"), Content.assemble(clean(flip.fact), check))


def glance(seat: ev.Seat, lead: str, colour: str) -> Static:
    """One voice: letter, name, tagline, and the sentence that it began with."""
    head = Content.assemble(
        chip(seat.letter, colour),
        (f" {clean(seat.name)}", f"bold {colour}"),
        (f"  {clean(seat.tagline)}", MUTED),
    )
    return Static(Content.assemble(head, "\n", clean(lead) or "—"), markup=False, classes="glance")
