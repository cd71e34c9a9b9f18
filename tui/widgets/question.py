"""Where a question is written, and what belongs to it. Knows no debate."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from upverdict.tui.keyboard import holds
from upverdict.tui.widgets.text_field import TextField

FIELD_BY_FIELD: tuple[BindingType, ...] = (
    Binding(
        "tab", "app.focus_next", "next field", show=False, priority=True, id="fields.next", tooltip="To the next field"
    ),
    Binding(
        "shift+tab",
        "app.focus_previous",
        "field before",
        show=False,
        priority=True,
        id="fields.previous",
        tooltip="To the field before",
    ),
)
"""For a screen of several fields. A key goes to the field that has the keys when it comes: what is pressed right after
Tab would still go to the field before, were Tab handled in its turn."""


class Field(TextField):
    """A field of a form, as all of them look."""

    DEFAULT_CSS = """
    Field {
        padding: 0 1;
        border: round $foreground 40%;
        background: $background;
        scrollbar-size-vertical: 1;
        &:focus { border: heavy $accent; }
        &.-wrong { border: round $error; }
    }
    """


class QuestionField(Field):
    """Plain text that wraps. Enter says that it is ready, Ctrl+J begins a new line, Tab goes on."""

    DEFAULT_CSS = """
    QuestionField { height: auto; min-height: 3; max-height: 7; }
    """
    BINDING_GROUP_TITLE = "In the question"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ready", "start", id="question.start", tooltip="Start the debate"),
        Binding(
            "ctrl+j,shift+enter,alt+enter",
            "new_line",
            "new line",
            show=False,
            id="question.newline",
            tooltip="Begin a new line",
        ),
    ]

    READY: ClassVar[str] = "question.start"
    """The id of the binding that says so."""

    class Ready(Message):
        """Enter was pressed: start with this question."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self, text: str = "", *, id: str | None = None, placeholder: str = "What should the council argue about?"
    ) -> None:
        super().__init__(
            text,
            id=id,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=placeholder,
        )

    async def _on_key(self, event: events.Key) -> None:
        if holds(self.READY, event.key):  # TextArea takes Enter for a new line before any binding is looked at
            event.stop()
            event.prevent_default()
            self.action_ready()
            return
        await super()._on_key(event)

    def action_ready(self) -> None:
        self.post_message(self.Ready(self.text))

    def action_new_line(self) -> None:
        self.insert("\n")

    def fill(self, text: str) -> None:
        """Put this into it, to be written on."""
        self.text = text
        self.move_cursor(self.document.end)


class BackgroundField(Field):
    """What the council should know: plain text of several lines. Enter begins a new one, Tab goes on."""

    DEFAULT_CSS = """
    BackgroundField { height: 12; min-height: 4; }
    """

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(
            text,
            id=id,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder="Optional: numbers, constraints, what was tried. Every voice reads it.",
        )


class LinesField(Field):
    """Short texts, one a line. Enter begins a new one, Tab goes on."""

    DEFAULT_CSS = """
    LinesField { height: auto; min-height: 3; max-height: 7; }
    """

    def __init__(self, text: str = "", *, id: str | None = None, placeholder: str = "") -> None:
        super().__init__(text, id=id, tab_behavior="focus", highlight_cursor_line=False, placeholder=placeholder)
