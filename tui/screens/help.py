"""Every key of the screen beneath, made from its bindings. Knows no key of its own but those that close it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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
from upverdict.tui.widgets.statement_words import (
    ASKED,
    CUT,
    DONE,
    FAILED,
    RETRYING,
    SEARCHING,
    STOPPED,
    THINKING,
    WAITING,
    WRITING,
)

_KEYS, _FEW = 20, 11
"""Cells for the keys of an action, so that the groups stand in line; on a narrow screen the keys wrap."""
_NARROW = 72
NOT_NOW = "Not now"
TYPED = "Not while you write"
ELSE = "At other times:"
"""Before what a key does when it does not do what stands above: never to be read as an answer of its own."""
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
        Binding("escape,question_mark,q,enter", "close", "close", id="help.close", tooltip="Back"),
    ]

    def __init__(self, commands: list[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        muted = self.app.theme_variables["text-muted"]
        yield from self.sheet("Keys and signs", tuple(self._parts(muted)), id="keys")

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.refresh(recompose=True))

    def _parts(self, muted: str) -> Iterator[Widget]:
        """What is typed in the search line stands right below its keys: further down nobody would look for it."""
        for group, those in groupby(enumerate(self._commands), key=lambda c: c[1].group):
            listed = list(those)
            yield from _group(group, listed, self._for_keys, muted)
            if any(command.id.startswith(_SEARCHED) for _, command in listed):
                yield from _explained("What can be searched for", SEARCH, self._for_keys)
        yield from _explained("Signs", SIGNS, self._for_keys)

    @property
    def _for_keys(self) -> int:
        return _FEW if self.app.size.width < _NARROW else _KEYS

    def action_do(self, number: int) -> None:
        """The line of this number was clicked."""
        self.dismiss(self._commands[number])


SIGNS = (
    (f"{WAITING} {ASKED} {THINKING}", "Not asked yet, asked, thinking"),
    (f"{SEARCHING} {WRITING} {DONE}", "Searching, at work, done"),
    (f"{CUT} {STOPPED}", "Cut off, stopped by you"),
    ("– no frame", "The question is argued as it was asked"),
    (f"{RETRYING} {FAILED}", "Asked again soon; failed, or not to be had"),
    ("✓ ! –", "What code checked: as it should be, something is wanting, nothing to check"),
    ("▸", "Where the keys are on a page or in a list"),
    ("B1.3", "The Builder's first statement, third sentence; Y1 is your first, ¹ and [1] are sources"),
    ("48w", "Words of a statement; 310c: characters, where a language puts no spaces between words"),
    ("~20 tok/s", "How fast somebody writes: about so many tokens, pieces of words, a second"),
)
"""What signs and short forms mean, wherever they are met."""


_SEARCHED = "search."
"""How the ids of keys begin where a search line is."""
SEARCH = (
    ("words", "All of them in a question, a verdict or one statement; the last may be unfinished"),
    ('"two words"', "Side by side"),
    ("-word", "What has it is left out"),
    ("voice:skeptic", "Said by this voice: its id, letter or name; you are one, too"),
    ("tag:work", "With this tag"),
    ("state:failed", "Running, interrupted, finished or failed; also due or archived"),
    ("after:2026-11", "Begun from then on: a year, month or day; also today, yesterday, 7d, 2w, 3m, 1y"),
    ("before:2026-11-26", "Begun before then; written in the same ways"),
)
"""What can be typed in the search line."""


def _explained(title: str, lines: Sequence[tuple[str, str]], cells: int) -> Iterator[Widget]:
    yield Static(title, classes="group", markup=False)
    table = _grid(cells)
    for sign, what in lines:
        table.add_row(Text(sign, style="bold"), Text(what))
    yield Static(table, classes="group-keys")


Row = Sequence[tuple[int, Command]]
"""What does the same, with the places in the list: the panes, each by its number."""


def _group(group: str, those: Row, cells: int, muted: str) -> Iterator[Widget]:
    """What can be done now first; a click on it does it. `muted` is the colour of what can't."""
    rows: dict[str, list[Row]] = {}  # what a key is for, now and at other times, stands together
    for _, alike in groupby(_parted(those), key=lambda c: (c[1].what, bool(c[1].typed))):
        same = list(alike)
        row = [can for can in same if can[1].enabled] or same
        rows.setdefault(in_words([key for _, command in row for key in command.keys]), []).append(row)
    yield Static(group, classes="group", markup=False)
    now = {keys: row for keys, row in rows.items() if any(map(_can, row))}
    if now:
        yield Static(_table(now, cells, muted), classes="group-keys")
    else_ = {keys: row for keys, row in rows.items() if keys not in now}
    typed = {keys: row for keys, row in else_.items() if any(one[0][1].enabled for one in row)}
    for title, some in ((TYPED, typed), (NOT_NOW, {keys: row for keys, row in else_.items() if keys not in typed})):
        if some:
            yield Static(title, classes="not-now", markup=False)
            yield Static(_table(some, cells, muted), classes="group-keys")


def _parted(those: Iterable[tuple[int, Command]]) -> Iterator[tuple[int, Command]]:
    """Each with the keys that do it now apart from those that are written as letters now."""
    for number, command in those:
        if works := [key for key in command.keys if key not in command.typed]:
            yield number, replace(command, keys=works, typed=[])
        if command.typed:
            yield number, replace(command, keys=command.typed)


def _can(row: Row) -> bool:
    return row[0][1].enabled and not row[0][1].typed


def _table(rows: Mapping[str, Sequence[Row]], cells: int, muted: str) -> Table:
    """Keys at the left, in so many `cells`, what they do at the right, wrapped there; below that, what they do at other
    times."""
    table = _grid(cells)
    for keys, meanings in rows.items():
        now = [row for row in meanings if _can(row)]
        later = [row for row in meanings if not _can(row)]
        words = Text(keys, style="bold")
        told = [Text(row[0][1].what, style=_click(row)) for row in now]
        if now:
            words.stylize(_click(now[0]))
            told += [Text(ELSE, style=f"italic {muted}")] * bool(later)
        table.add_row(words, Text("\n").join((*told, *(Text(row[0][1].what, style=muted) for row in later))))
    return table


def _grid(cells: int) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(min_width=cells, max_width=None if cells == _KEYS else cells)
    table.add_column(ratio=1)
    return table


def _click(row: Row) -> Style:
    return Style.from_meta({"@click": f"screen.do({row[0][0]})"})


def in_words(keys: list[str]) -> str:
    """The keys beside each other; numbers from the first to the last of them."""
    if len(keys) > MANY and all(key.isdigit() for key in keys):
        return f"{keys[0]} to {keys[-1]}"
    return "  ".join(keys)
