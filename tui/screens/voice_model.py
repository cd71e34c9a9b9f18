"""Who answers for one voice: a model of an endpoint that was found, or one that is named. Knows no debate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from upverdict.core.endpoints import Found
from upverdict.tui.screens.box import BoxScreen
from upverdict.tui.widgets.choice_list import Choice, ChoiceList
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.line_input import LineInput
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.question import FIELD_BY_FIELD

USUAL = "As usual"


class VoiceModel(BoxScreen[str | None]):
    """Gives `MODEL`, `MODEL@ENDPOINT` or `@ENDPOINT`; empty: as usual; None: as it was. `usual` says what that is."""

    DEFAULT_CSS = """
    VoiceModel {
        & > #box { width: 76; padding: 1 2 0 2; }
        & .note { color: $text-muted; width: 1fr; height: auto; margin: 1 0 0 0; }
        & Input { width: 1fr; background: $background; }
        & #choices { max-height: 14; margin: 0 0 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take", id="voice.take", tooltip="Take what is written, or the row"),
        Binding("escape", "close", "back", id="voice.close", tooltip="Leave it as it was"),
        *FIELD_BY_FIELD,
    ]
    AUTO_FOCUS = ""

    def __init__(self, who: str, now: str, usual: str, endpoints: Iterable[Found]) -> None:
        super().__init__()
        self._who = one_line(who)
        self._now = now
        self._choices = [Choice("", USUAL, one_line(usual)), *_models(endpoints)]

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = f"Who answers for {self._who}"
            yield LineInput(self._now, placeholder="MODEL@ENDPOINT, MODEL or @ENDPOINT", compact=True, id="words")
            yield Static("or one of these:", classes="note", markup=False)
            yield ChoiceList(many=False, id="choices")
        yield KeysLine()

    def on_mount(self) -> None:
        rows = self.query_one(ChoiceList)
        rows.offer(self._choices, [self._now])
        self.query_one(Input).focus()

    @on(ChoiceList.Picked)
    def _chose(self) -> None:
        self.action_take()

    def on_key(self, event: events.Key) -> None:
        if event.key == "down" and isinstance(self.focused, Input):
            self.query_one(ChoiceList).focus()

    def action_take(self) -> None:
        """In the line, take what is written; nothing written is nobody's wish: the list has `USUAL` for that."""
        rows = self.query_one(ChoiceList)
        if isinstance(self.focused, Input):
            if words := self.focused.value.strip():
                self.dismiss(words)
            else:
                rows.focus()
        elif rows.current is not None:
            self.dismiss(rows.current.value)

    def clicked_beside(self) -> None:
        self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)


def _models(endpoints: Iterable[Found]) -> Iterator[Choice]:
    for found in endpoints:
        if found.usable:
            for model in found.models or ("",):
                yield Choice(f"{model}@{found.name}", one_line(found.name), one_line(model) or "its own model")
