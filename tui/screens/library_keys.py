"""The keys of the library, when each of them does something, and what `s` goes through. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

from upverdict.core.store.reader import State

FILTERS: tuple[tuple[tuple[State, ...], str], ...] = (
    ((), ""),
    (("interrupted",), "only interrupted"),
    (("failed",), "only failed"),
    (("finished",), "only finished"),
    (("running",), "only running"),
)
"""What `s` goes through: the states that are shown, and how the first line says so."""
CAN_CONTINUE = ("interrupted", "failed")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the keys depend on. `state` is that of the debate at the cursor; None where there is none.

    `read_only`: nothing can be written to the file.
    """

    reading: bool = False
    welcome: bool = False
    state: State | None = None
    deleted: bool = False
    searching: bool = False
    typing: bool = False
    in_field: bool = False
    read_only: bool = False


def enabled(action: str, facts: Facts) -> bool:
    """Whether the key of an action does something now; what is not named here always does."""
    match action:
        case "new" | "continue" | "delete" | "undo" if facts.read_only:
            return False
        case "open" | "delete" | "replay" | "export":
            return facts.state is not None
        case "continue":
            return facts.state in CAN_CONTINUE
        case "undo":
            return facts.deleted
        case "search":
            return facts.reading and not facts.typing
        case "filter":
            return facts.reading
        case "back":
            return facts.reading and facts.searching
        case "let_go":
            return facts.welcome and facts.in_field
    return True


BINDINGS: list[BindingType] = [
    Binding("enter", "open", "open", id="library.open", tooltip="Open the debate at the cursor"),
    Binding("n,ctrl+n", "new", "new", id="library.new", tooltip="Start a debate"),
    Binding("c", "continue", "continue", id="library.continue", tooltip="Ask only what the debate still lacks"),
    # Before all others: the letters typed right behind it must find the search line in charge of the keys.
    Binding("slash", "search", "search", priority=True, id="library.search", tooltip="Find a debate by any word of it"),
    Binding("y", "replay", "replay", id="library.replay", tooltip="See the debate at the cursor said once more"),
    Binding("d", "delete", "delete", id="library.delete", tooltip="Delete the debate at the cursor"),
    Binding(
        "e",
        "export",
        "export",
        id="library.export",
        tooltip="Write the debate at the cursor into a Markdown file here",
    ),
    Binding("u", "undo", "undo delete", id="library.undo", tooltip="Bring back what was deleted last"),
    Binding("s", "filter", "state", id="library.filter", tooltip="Show only debates that stand so; again: otherwise"),
    Binding("r,ctrl+r", "refresh", "refresh", id="library.refresh", tooltip="Look what other windows have written"),
    Binding("escape", "back", "back", id="library.back", tooltip="End the search"),
    Binding("escape", "let_go", "leave", id="library.let_go", tooltip="Give the keys to the screen"),
    Binding("q", "app.quit", "quit", id="library.quit", tooltip="Leave the program"),
]
