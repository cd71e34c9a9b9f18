"""The parts of a verdict that the keys can go to: quotes, what would flip it, who moved, the discussion.

Knows no debate. Each says what it stands for; the screen does something about it.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from upverdict.core import rulings
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.prose import prose
from upverdict.tui.widgets.row_list import OTHER_BUTTON
from upverdict.tui.widgets.verdict_parts import chip


class Stop(Static, can_focus=True):
    """A part with a bar at its left, in the colour of whose it is. The arrows go from one to the next."""

    DEFAULT_CSS = """
    Stop {
        width: 1fr;
        height: auto;
        padding: 0 2;
        margin: 0 0 1 0;
        border-left: heavy $foreground 40%;
        &:focus { background: $boost; border-left: thick $foreground 40%; }
        &:hover { background: $boost; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,right", "step(1)", "next", show=False, id="stop.next", tooltip="To what can be opened next"),
        Binding("up,left", "step(-1)", "before", show=False, id="stop.back", tooltip="To what can be opened before"),
    ]

    def __init__(self, words: Content, colour: str = "") -> None:
        super().__init__(words, markup=False)
        self._colour = colour
        self._edge()

    def _edge(self) -> None:
        """The bar is broad where the keys are, so that a colour need not tell it."""
        if self._colour:
            self.styles.border_left = ("thick" if self.has_focus else "heavy", self._colour)

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._edge()

    def action_step(self, by: int) -> None:
        """To the stop beside this one, else to the next one that is in sight whole; where there is none, the page is
        scrolled: nothing between two stops is jumped over.
        """
        stops = list(self.screen.query(Stop))
        place = stops.index(self)
        page = next(node for node in self.ancestors if isinstance(node, ScrollableContainer))
        beside = place + by
        if 0 <= beside < len(stops) and type(stops[beside]) is type(self) and page.can_view_partial(self):
            self.screen.set_focus(stops[beside])
            return
        ahead = stops[place + 1 :] if by > 0 else stops[:place][::-1]
        seen = next((stop for stop in ahead if page.can_view_entire(stop)), None)
        if seen is not None:
            self.screen.set_focus(seen, scroll_visible=False)
        else:
            page.scroll_relative(y=by, animate=False)


class Cited(Stop):
    """What stands for words in a statement. Enter or a click goes to where they were said."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "to the sentence", id="quote.open", tooltip="Go to where it was said"),
    ]

    class Opened(Message):
        """The user wants to see the words in their statement."""

        def __init__(self, quote: rulings.PullQuote) -> None:
            super().__init__()
            self.quote = quote

    def __init__(self, words: Content, quote: rulings.PullQuote | None, colour: str) -> None:
        super().__init__(words, colour)
        self.quote = quote

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.quote is not None if action == "open" else True

    def action_open(self) -> None:
        if self.quote is not None:
            self.post_message(self.Opened(self.quote))

    def on_click(self, event: events.Click) -> None:
        if event.button == OTHER_BUTTON:
            return
        event.stop()
        self.action_open()


class PullQuote(Cited):
    """What one voice said, word for word."""

    def __init__(self, quote: rulings.PullQuote, letter: str, name: str, place: str, colour: str) -> None:
        said = prose(" ".join(quote.text.split())).stylize("bold")
        words = Content.assemble(
            ("“", "bold"), said, ("”", "bold"), "\n", chip(letter, colour), (f" {clean(name)}", colour), (place, MUTED)
        )
        super().__init__(words, quote, colour)


class Mover(Cited):
    """A voice that moved, and the sentence that moved it, where it named one (`quote`)."""

    def __init__(
        self, letter: str, name: str, shift: str, moved_by: str, quote: rulings.PullQuote | None, colour: str
    ) -> None:
        pieces = [chip(letter, colour), Content.styled(f" {clean(name)}  ", colour), Content(clean(shift))]
        if quote is not None:
            said = f"\nmoved by {clean(moved_by)} “{clean(' '.join(quote.text.split()))}”"
            pieces.append(Content.styled(said, MUTED))
        super().__init__(Content("").join(pieces), quote, colour)


class Said(Cited):
    """What somebody said after the verdict, whole, under its id and what it was about."""

    def __init__(
        self, letter: str, name: str, place: str, text: str, quote: rulings.PullQuote | None, colour: str
    ) -> None:
        head = Content.assemble(
            chip(letter, colour), (f" {clean(name)}", f"bold {colour}"), (f"  {clean(place)}", MUTED)
        )
        super().__init__(Content.assemble(head, "\n", prose(text)), quote, colour)


class Flip(Stop):
    """A fact that would flip the verdict, and its cheapest check; `number` counts from 1.

    Where it is `open`, the user can say what was found out about it.
    """

    DEFAULT_CSS = """
    Flip { border-left: heavy $accent; &:focus { border-left: thick $accent; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "find", "I found out", id="flip.find", tooltip="Say what you found out about this: the judge rules"
        ),
    ]

    class Found(Message):
        """The user found out about the fact with this number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, flip: rulings.Flip, number: int, *, open: bool) -> None:
        check = Content.styled(f"\nTo find out: {clean(flip.check)}", MUTED) if flip.check else Content("")
        super().__init__(Content.assemble((f"{number}  ", "bold $text-accent"), clean(flip.fact), check))
        self.number = number
        self.open = open

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.open if action == "find" else True

    def action_find(self) -> None:
        if self.open:
            self.post_message(self.Found(self.number))

    def on_click(self, event: events.Click) -> None:
        if event.button == OTHER_BUTTON:
            return
        event.stop()
        self.action_find()
