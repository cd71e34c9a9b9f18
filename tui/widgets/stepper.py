"""A small number, or one of a few names, that is chosen with the arrows, a digit or a click: it can't be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from upverdict.tui.widgets.row_list import OTHER_BUTTON

LESS, MORE = "-", "+"


class Stepper(Widget, can_focus=True):
    """A number from `low` to `high`; with `names`, one of these is shown for each number, and digits choose nothing."""

    DEFAULT_CSS = """
    Stepper {
        height: 1;
        width: auto;
        padding: 0 1;
        background: $surface;
        &:focus { background: $primary 45%; text-style: bold; }
    }
    """
    BINDING_GROUP_TITLE = "On a number"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,minus,down", "step(-1)", "fewer", id="stepper.less", tooltip="One less"),
        Binding("right,plus,up", "step(1)", "more", id="stepper.more", tooltip="One more"),
    ]
    ALLOW_SELECT = False

    value: reactive[int] = reactive(0, layout=True)

    class Changed(Message):
        """Another number was chosen."""

        def __init__(self, stepper: Stepper) -> None:
            super().__init__()
            self.stepper = stepper

        @property
        def control(self) -> Stepper:
            """The stepper."""
            return self.stepper

    def __init__(self, low: int, high: int, value: int, *, names: Sequence[str] = (), id: str | None = None) -> None:
        super().__init__(id=id)
        self._names = names
        self._low, self._high = low, high
        self.set_reactive(Stepper.value, value)

    def validate_value(self, value: int) -> int:
        return max(self._low, min(value, self._high))

    def watch_value(self) -> None:
        self.post_message(self.Changed(self))

    def action_step(self, by: int) -> None:
        self.value += by

    def on_key(self, event: events.Key) -> None:
        if not self._names and event.character and event.character in "0123456789":
            event.stop()
            self.value = int(event.character)

    def on_click(self, event: events.Click) -> None:
        if event.button == OTHER_BUTTON:
            return
        self.value += -1 if event.x - self.styles.padding.left < 2 else 1

    def render(self) -> Content:
        less = LESS if self.value > self._low else " "
        more = MORE if self.value < self._high else " "
        shown = self._names[self.value - self._low] if self._names else self.value
        return Content(f"{less} {shown} {more}")
