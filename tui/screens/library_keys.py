"""The keys of the library, when each of them does something, and what `s` goes through. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from textual.binding import Binding, BindingType

from upverdict.core.store.reader import State
from upverdict.tui.screens import keep_keys


class Filter(NamedTuple):
    """Which debates are shown, and how the first line says so. What is `due` is shown whether archived or not."""

    words: str = ""
    states: tuple[State, ...] = ()
    archived: bool = False
    due: bool = False


FILTERS = (
    Filter(),
    Filter("only due", due=True),
    Filter("only interrupted", ("interrupted",)),
    Filter("only failed", ("failed",)),
    Filter("only finished", ("finished",)),
    Filter("only running", ("running",)),
    Filter("only archived", archived=True),
)
"""What `s` goes through."""
WRITING = frozenset(
    ("new", "continue", "delete", "undo", "keep_tags", "keep_name", "keep_decision", "archive", "unarchive")
)
"""What can't be done with a file that can't be written."""
CAN_CONTINUE = ("interrupted", "failed")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the keys depend on. `state` is that of the debate at the cursor, None where there is none, and `archived`
    whether it is; `taken`: something was taken out of the list and can be brought back. `read_only`: nothing can be
    written to the file.
    """

    reading: bool = False
    welcome: bool = False
    state: State | None = None
    archived: bool = False
    taken: bool = False
    searching: bool = False
    typing: bool = False
    in_field: bool = False
    read_only: bool = False


def enabled(action: str, facts: Facts) -> bool:
    """Whether the key of an action does something now; what is not named here always does."""
    match action:
        case _ if facts.read_only and action in WRITING:
            return False
        case "open" | "delete" | "replay" | "export" | "keep_tags" | "keep_name" | "keep_decision":
            return facts.state is not None
        case "archive" | "unarchive":
            return facts.state is not None and facts.archived is (action == "unarchive")
        case "continue":
            return facts.state in CAN_CONTINUE
        case "undo":
            return facts.taken
        case "search":
            return facts.reading and not facts.typing
        case "filter" | "by_tag":
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
    keep_keys.TAGS,
    Binding("d", "delete", "delete", id="library.delete", tooltip="Delete the debate at the cursor"),
    Binding(
        "e",
        "export",
        "export",
        id="library.export",
        tooltip="Write the debate at the cursor into a Markdown file here",
    ),
    Binding("y", "replay", "replay", id="library.replay", tooltip="See the debate at the cursor said once more"),
    Binding(
        "a", "archive", "archive", id="library.archive", tooltip="Put the debate at the cursor away: out of the list"
    ),
    Binding("a", "unarchive", "take back", id="library.unarchive", tooltip="Take the debate back into the list"),
    Binding("u", "undo", "undo", id="library.undo", tooltip="Bring back what was deleted or archived last"),
    Binding("s", "filter", "state", id="library.filter", tooltip="Show only debates that stand so; again: otherwise"),
    Binding("T", "by_tag", "by tag", key_display="T", id="library.tag", tooltip="Show only debates with a tag"),
    keep_keys.DECISION,
    keep_keys.NAME,
    Binding("r,ctrl+r", "refresh", "refresh", id="library.refresh", tooltip="Look what other windows have written"),
    Binding("escape", "back", "back", id="library.back", tooltip="End the search"),
    Binding("escape", "let_go", "leave", id="library.let_go", tooltip="Leave the question: letters are keys then"),
    Binding("q", "app.quit", "quit", id="library.quit", tooltip="Leave the program"),
]
