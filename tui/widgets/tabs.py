"""A strip with every voice's letter and state, for when not all panes are in sight. Knows no debate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Tab:
    """One voice: its letter, name, the sign and word of its state, its colour, and whether its pane is in sight.

    `rate` is how fast it writes (`~25 tok/s`); `brief` is what stands for the word where there is no room for it: the
    rate, or the seconds that it has waited, or still waits.
    """

    letter: str
    name: str
    sign: str
    word: str
    colour: str
    shown: bool
    rate: str = ""
    brief: str = ""


class TabStrip(Widget):
    """One row. As much of each voice as fits: letter, name, sign, word and rate; without the name; the words of
    the panes in sight, numbers of the others; numbers of all; letter and sign."""

    DEFAULT_CSS = """
    TabStrip { height: 1; padding: 0 1; }
    """

    tabs: reactive[tuple[Tab, ...]] = reactive((), layout=False)

    class Chosen(Message):
        """A voice was clicked; `place` counts from 0."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def render(self) -> Content:
        return Content(" ").join(pieces(self.tabs, self.content_size.width))

    def on_click(self, event: events.Click) -> None:
        at = event.x - self.styles.padding.left
        for place, piece in enumerate(pieces(self.tabs, self.content_size.width)):
            if 0 <= at < piece.cell_length:
                self.post_message(self.Chosen(place))
                return
            at -= piece.cell_length + 1


def pieces(tabs: Sequence[Tab], width: int) -> list[Content]:
    """One text a voice, together no wider than `width` as long as letters and signs fit."""
    forms = (
        [f" {t.letter}  {t.name} {t.sign} {t.word} {t.rate}".rstrip() + " " for t in tabs],
        [f" {t.letter}  {t.name} {t.sign} {t.word} " for t in tabs],
        [f" {t.letter}  {t.sign} {t.rate or t.word} " for t in tabs],
        [f" {t.letter}  {t.sign} {t.word if t.shown else t.brief}".rstrip() + " " for t in tabs],
        [f" {t.letter}  {t.sign} {t.brief}".rstrip() + " " for t in tabs],
        [f" {t.letter}  {t.sign} {t.word if t.shown else ''}".rstrip() + " " for t in tabs],
        [f" {t.letter}  {t.sign} " for t in tabs],
        [f" {t.letter}{t.sign} " for t in tabs],
        [f"{t.letter}{t.sign}" for t in tabs],
    )
    texts = next((f for f in forms if sum(map(cell_len, f)) + len(f) - 1 <= width), forms[-1])
    alone = sum(tab.shown for tab in tabs) == 1
    return [_piece(text, tab, alone) for text, tab in zip(texts, tabs, strict=True)]


def _piece(text: str, tab: Tab, alone: bool) -> Content:
    """The only voice in sight is a block of its colour; of several in sight each has its letter in a box."""
    piece = Content.styled(text, tab.colour)
    if not tab.shown:
        return piece
    return piece.stylize("bold reverse", 0, None if alone else len(tab.letter) + 2)
