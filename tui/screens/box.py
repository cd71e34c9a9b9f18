"""Screens in a box over the one beneath: what dialogs and pages have in common. Knows not what stands in them."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget

from upverdict.tui.screens.top import Top
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.row_list import OTHER_BUTTON


class BoxScreen(ModalScreen[ScreenResultType], Top[ScreenResultType]):
    """A subclass puts all that it has into `#box`, and a `KeysLine` below."""

    DEFAULT_CSS = """
    BoxScreen {
        align: center middle;
        & > #box {
            max-width: 96%;
            height: auto;
            max-height: 92%;
            border: round $accent;
            border-title-color: $text-accent;
            border-title-style: bold;
            background: $surface;
        }
    }
    """

    def on_click(self, event: events.Click) -> None:
        # A key of the last line that is clicked is pressed, and does what it does.
        if (
            event.button != OTHER_BUTTON
            and not self.query_one("#box").is_mouse_over
            and not self.query_one(KeysLine).is_mouse_over
        ):
            self.clicked_beside()

    def clicked_beside(self) -> None:
        """Somebody has clicked on what lies beneath; a subclass may take that for closing."""


class Sheet(BoxScreen[ScreenResultType]):
    """Something to be read, which scrolls where there is not room for all of it."""

    DEFAULT_CSS = """
    Sheet > #box > VerticalScroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    """

    def sheet(self, title: str, parts: Iterable[Widget], id: str) -> ComposeResult:
        """All of the screen: these parts under a title, in a container of this id."""
        with Vertical(id="box") as box:
            box.border_title = title
            yield VerticalScroll(*parts, id=id)
        yield KeysLine()

    def clicked_beside(self) -> None:
        self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)
