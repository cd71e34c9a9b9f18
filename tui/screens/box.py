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


class FormBox(BoxScreen[ScreenResultType]):
    """Fields of text in `#form`, each under a `.label`, with `#foot` below them: as low as a low screen needs it."""

    DEFAULT_CSS = """
    FormBox {
        & > #box { max-height: 96%; padding: 0 1; }
        & #form { height: auto; max-height: 100%; padding: 0 1; scrollbar-size-vertical: 1; }
        & #form > Static { width: 1fr; height: auto; }
        & .label { text-style: bold; margin: 1 0 0 0; }
        & TextArea { background: $surface; }
        & #foot { dock: bottom; height: auto; padding: 0 1; }
        &.-high #form { padding: 1 1; }
        &.-low .label { margin: 0; }
        &.-low TextArea {
            border: none;
            min-height: 1;
            max-height: 4;
            background: $boost;
            &:focus { background: $primary 30%; }
        }
    }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-middle"), (34, "-high")]  # noqa: RUF012  Textual declares it so


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
