"""A question over the screen that is answered by yes or no. Plain text; knows nothing of what it asks."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from upverdict.tui.screens.box import BoxScreen
from upverdict.tui.widgets.keys_line import KeysLine


class Confirm(BoxScreen[bool]):
    """`await app.push_screen_wait(Confirm(...))` gives the answer; Esc and a click beside it are no.

    No, the safe answer, has the keys at first: an Enter too many does nothing. `danger` says that yes takes something
    away.
    """

    DEFAULT_CSS = """
    Confirm {
        & > #box { width: 64; max-width: 92%; max-height: 90%; padding: 1 2 0 2; }
        & #ask { text-style: bold; width: 1fr; height: auto; }
        & #more { color: $text-muted; width: 1fr; height: auto; margin: 1 0 0 0; }
        & #answers { height: 3; align: right middle; margin: 1 0 0 0; }
        & Button { margin: 0 0 0 2; min-width: 12; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes", id="confirm.yes", tooltip="Do it"),
        Binding("n,escape", "answer(False)", "no", id="confirm.no", tooltip="Leave everything as it is"),
        Binding(
            "left,up", "app.focus_previous", "other answer", show=False, id="confirm.left", tooltip="The other answer"
        ),
        Binding(
            "right,down", "app.focus_next", "other answer", show=False, id="confirm.right", tooltip="The other answer"
        ),
    ]
    AUTO_FOCUS = ""

    def __init__(self, ask: str, more: str = "", *, yes: str = "Yes", no: str = "No", danger: bool = False) -> None:
        super().__init__()
        self._ask = ask
        self._more = more
        self._yes = yes
        self._no = no
        self._danger = danger

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._ask, id="ask", markup=False)
            if self._more:
                yield Static(self._more, id="more", markup=False)
            with Horizontal(id="answers"):
                yield Button(self._no, id="no", compact=False)
                yield Button(self._yes, id="yes", variant="error" if self._danger else "primary")
        yield KeysLine()

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "yes")

    def clicked_beside(self) -> None:
        self.dismiss(False)

    def action_answer(self, yes: bool) -> None:
        self.dismiss(yes)
