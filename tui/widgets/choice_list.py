"""A short list in which one row is chosen, or any number of them. Each choice is a sign, not only a colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.geometry import Size

from upverdict.tui.widgets.plain import fit
from upverdict.tui.widgets.row_list import Ink, Part, RowList

_SIGNS = {(True, True): "[x] ", (True, False): "[ ] ", (False, True): "(●) ", (False, False): "( ) "}


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: what it stands for, a name (with a letter in a persona's colour before it, or none), a few words.

    One that can't be chosen says why in `words`; one that is `fixed` is there without being chosen. `aside` stands
    before the words, and is more than they are.
    """

    value: str
    name: str
    words: str = ""
    letter: str = ""
    colour: str = ""
    usable: bool = True
    fixed: bool = False
    aside: str = ""


class ChoiceList(RowList):
    """Space or a click chooses; with `many`, each row for itself. As high as it has rows."""

    DEFAULT_CSS: ClassVar[str] = """
    ChoiceList { height: auto; }
    """
    BINDING_GROUP_TITLE = "In a list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,x", "choose", "choose", id="choice.choose", tooltip="Choose the row at the cursor, or not"),
    ]

    class Changed(RowList.Moved):
        """Something else is chosen."""

    class Picked(RowList.Moved):
        """Somebody has chosen the row at the cursor, or no longer."""

    def __init__(self, *, many: bool, id: str | None = None) -> None:
        super().__init__(id=id)
        self._many = many
        self._choices: list[Choice] = []
        self._chosen: set[str] = set()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that are chosen, in the order of the rows."""
        return tuple(c.value for c in self._choices if c.value in self._chosen)

    @property
    def values(self) -> tuple[str, ...]:
        """The values of all rows."""
        return tuple(c.value for c in self._choices)

    @property
    def marks_cursor(self) -> bool:
        return self.has_focus

    @property
    def current(self) -> Choice | None:
        """The row at the cursor."""
        return self._choices[self.cursor] if self._choices else None

    def offer(self, choices: Sequence[Choice], chosen: Sequence[str]) -> None:
        """The rows, and which of them are chosen. The cursor stays at its row, or begins at what is chosen."""
        at = self.current.value if self.current else None
        self._choices = list(choices)
        self._chosen = {c.value for c in choices if c.value in chosen}
        self.set_length(len(self._choices))
        kept = next((n for n, c in enumerate(choices) if c.value == at), None)
        first = next((n for n, c in enumerate(choices) if c.value in self._chosen), 0) if not self._many else 0
        self.cursor = first if kept is None else kept
        self.refresh(layout=True)
        self.post_message(self.Changed(self))

    def mark(self, *values: str) -> None:
        """Show these as chosen, unasked."""
        self._chosen = {c.value for c in self._choices if c.value in values}
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, self.length)

    def action_choose(self) -> None:
        choice = self.current
        if choice is None or not choice.usable or choice.fixed:
            self.app.bell()
            return
        if self._many:
            self._chosen ^= {choice.value}
        else:
            self._chosen = {choice.value}
        self.refresh()
        self.post_message(self.Picked(self))
        self.post_message(self.Changed(self))

    def clicked(self, x: int, chain: int) -> None:
        self.action_choose()

    def parts(self, index: int, line: int, width: int) -> Sequence[Part]:
        choice = self._choices[index]
        sign = _SIGNS[self._many, choice.value in self._chosen] if choice.usable else "  ✗ "
        sign = "    " if choice.fixed else sign
        look = "" if choice.usable else "muted"
        parts = [Part(sign, look)]
        if choice.letter:
            parts.append(Part(f"{choice.letter} ", Ink(choice.colour)))
        name = choice.name.ljust(max((len(c.name) for c in self._choices), default=0))
        taken = sum(len(p.text) for p in parts) + len(name) + 2
        parts.append(Part(f"{name}  ", look))
        if choice.aside:
            aside = fit(choice.aside, width - taken - 1)
            parts.append(Part(aside + ("  " if choice.words else ""), "accent"))
            taken += cell_len(aside) + 2
        parts.append(Part(fit(choice.words, width - taken - 1), "muted"))
        return parts
