"""The line in which the library is searched. Knows no search: it says what was typed and which way to go."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

HINT = "search questions, verdicts and every word said"


class SearchInput(Input):
    """The words. The keys that move in a list go to the list of hits, so that typing and choosing need no change of
    place."""

    BINDING_GROUP_TITLE = "In the search line"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "open", id="search.open", tooltip="Open the debate at the cursor"),
        Binding("up", "move('move', -1)", "up", show=False, id="search.up", tooltip="One hit up"),
        Binding("down", "move('move', 1)", "down", show=False, id="search.down", tooltip="One hit down"),
        Binding("pageup", "move('move_page', -1)", "page up", show=False, id="search.page_up", tooltip="One screen up"),
        Binding(
            "pagedown",
            "move('move_page', 1)",
            "page down",
            show=False,
            id="search.page_down",
            tooltip="One screen down",
        ),
    ]

    class Move(Message):
        """Do this with the list: `move` or `move_page`, by so much."""

        def __init__(self, how: str, by: int) -> None:
            super().__init__()
            self.how = how
            self.by = by

    def action_move(self, how: str, by: int) -> None:
        self.post_message(self.Move(how, by))


class SearchLine(Horizontal):
    """A slash, the words, and how many were found."""

    DEFAULT_CSS = """
    SearchLine {
        height: 1;
        padding: 0 1;
        background: $surface;
        & > #slash { width: 2; color: $text-accent; text-style: bold; }
        & > SearchInput { width: 1fr; background: $surface; }
        & > SearchInput:focus { background: $surface; background-tint: $foreground 0%; }
        & > #found { width: auto; max-width: 50%; color: $text-muted; padding: 0 0 0 2;
            text-wrap: nowrap; text-overflow: ellipsis; }
        &:focus-within { background: $boost; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._input = SearchInput(placeholder=HINT, compact=True, select_on_focus=False, id="words")
        self._found = Static("", id="found", markup=False)

    def compose(self) -> ComposeResult:
        yield Static("/", id="slash", markup=False)
        yield self._input
        yield self._found

    @property
    def words(self) -> str:
        return self._input.value

    def clear(self) -> None:
        self._input.value = ""

    def say(self, words: str) -> None:
        """How many were found, in which order, and what the words were understood as."""
        self._found.update(words)

    def take_keys(self) -> None:
        self.screen.set_focus(self._input)  # at once: `focus` would let the next key go elsewhere
