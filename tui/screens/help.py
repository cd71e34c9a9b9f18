"""Every key of the screen beneath, made from its bindings. Knows no key of its own but those that close it."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from upverdict.tui.commands import Command
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.plain import MUTED

_KEYS = 22
"""Cells for the keys of one action; more of them push its words to the right."""


class HelpScreen(ModalScreen[None]):
    """`HelpScreen(commands(screen))` over that screen."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > #box {
            width: 92;
            max-width: 96%;
            height: auto;
            max-height: 92%;
            border: round $accent;
            border-title-color: $text-accent;
            border-title-style: bold;
            background: $surface;
            padding: 1 1 0 2;
        }
        & #keys { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        & #keys > Static { width: 1fr; height: auto; }
        & #keys > .group { color: $text-accent; text-style: bold; }
        & #keys > .group-keys { margin: 0 0 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", "close", id="help.close", tooltip="Back", key_display="Esc"),
    ]

    def __init__(self, commands: list[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = "Keys"
            with VerticalScroll(id="keys"):
                for group, commands in groupby(self._commands, key=lambda c: c.group):
                    yield Static(group, classes="group", markup=False)
                    lines = [_line(command) for command in commands]
                    yield Static(Content("\n").join(lines), classes="group-keys", markup=False)
        yield KeysLine()

    def action_close(self) -> None:
        self.dismiss()


def _line(command: Command) -> Content:
    keys = "  ".join(command.keys)
    gap = " " * max(2, _KEYS - cell_len(keys))
    what = command.what or command.name
    words = Content.styled(what, "" if command.enabled else MUTED)
    return Content.assemble((keys, "bold"), gap, words, ("" if command.enabled else "  (not now)", MUTED))
