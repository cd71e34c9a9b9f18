"""Every key of the screen beneath, made from its bindings. Knows no key of its own but those that close it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from upverdict.tui.commands import Command
from upverdict.tui.widgets.keys_line import KeysLine

_KEYS = 22
"""Cells for the keys of an action, so that the groups stand in line."""


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
                    yield Static(_table(commands), classes="group-keys")
        yield KeysLine()

    def action_close(self) -> None:
        self.dismiss()


def _table(commands: Iterable[Command]) -> Table:
    """Keys at the left, what they do at the right, wrapped there."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(min_width=_KEYS)
    table.add_column(ratio=1)
    for command in commands:
        what = Text(command.what) if command.enabled else Text(f"{command.what}  (not now)", style="dim")
        table.add_row(Text("  ".join(command.keys), style="bold"), what)
    return table
