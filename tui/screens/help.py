"""Every key of the screen beneath, made from its bindings. Knows no key of its own but those that close it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from upverdict.tui.commands import Command
from upverdict.tui.screens.box import Sheet

_KEYS, _FEW = 20, 11
"""Cells for the keys of an action, so that the groups stand in line; on a narrow screen the keys wrap."""
_NARROW = 72
NOT_NOW = "Not now"
MANY = 2
"""More keys than that are told by the first and the last, where they are numbers."""


class HelpScreen(Sheet[Command | None]):
    """`HelpScreen(commands(screen))` over that screen. The answer is what was clicked, if anything was."""

    explains_itself = True
    DEFAULT_CSS = """
    HelpScreen {
        & > #box { width: 92; padding: 1 1 0 2; }
        & #keys > Static { width: 1fr; height: auto; }
        & #keys > .group { color: $text-accent; text-style: bold; }
        & #keys > .not-now { text-style: italic; }
        & #keys > .group-keys { margin: 0 0 1 0; link-style: none; link-style-hover: underline; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "close", "close", id="help.close", tooltip="Back", key_display="Esc"),
    ]

    def __init__(self, commands: list[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        muted = self.app.theme_variables["text-muted"]
        yield from self.sheet("Keys", _groups(self._commands, self._for_keys, muted), id="keys")

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.refresh(recompose=True))

    @property
    def _for_keys(self) -> int:
        return _FEW if self.app.size.width < _NARROW else _KEYS

    def action_do(self, number: int) -> None:
        """The line of this number was clicked."""
        self.dismiss(self._commands[number])


def _groups(commands: list[Command], cells: int, muted: str) -> Iterator[Widget]:
    """What can be done now first in each group; a click on it does it. `muted` is the colour of what can't."""
    for group, those in groupby(enumerate(commands), key=lambda c: c[1].group):
        alike = [list(same) for _, same in groupby(those, key=lambda c: c[1].what)]  # the panes, each by its number
        now = [can for same in alike if (can := [row for row in same if row[1].enabled])]
        yield Static(group, classes="group", markup=False)
        if now:
            yield Static(_table(now, cells), classes="group-keys")
        if later := [same for same in alike if not any(command.enabled for _, command in same)]:
            yield Static(NOT_NOW, classes="not-now", markup=False)
            yield Static(_table(later, cells, muted), classes="group-keys")


def _table(rows: Iterable[Sequence[tuple[int, Command]]], cells: int, muted: str = "") -> Table:
    """Keys at the left, in so many `cells`, what they do at the right, wrapped there."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(min_width=cells, max_width=None if cells == _KEYS else cells)
    table.add_column(ratio=1)
    for same in rows:
        number, command = same[0]
        keys, what = Text(in_words([k for _, c in same for k in c.keys]), style="bold"), Text(command.what, style=muted)
        if not muted:
            for part in (keys, what):
                part.stylize(Style.from_meta({"@click": f"screen.do({number})"}))
        table.add_row(keys, what)
    return table


def in_words(keys: list[str]) -> str:
    """The keys beside each other; numbers from the first to the last of them."""
    if len(keys) > MANY and all(key.isdigit() for key in keys):
        return f"{keys[0]} to {keys[-1]}"
    return "  ".join(keys)
