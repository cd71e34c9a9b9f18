"""Writes down every key, from the bindings of the screens: for the program, the README, and whoever changes them.

    python -m docs.keys

It writes `tui/key_table.py`, `docs/keys.md` and the part of README.md between the marks. Run it whenever a binding has
changed. Every binding of ours has an id of its own; the part before its first dot says where it works.
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Button, Input, TextArea

import upverdict.tui
from upverdict.tui import commands
from upverdict.tui.app import UpverdictApp
from upverdict.tui.keyboard import printable, word
from upverdict.tui.screens import (
    debate,
    dialog,
    frame,
    help,
    keeping,
    library,
    new,
    push_back,
    replay,
    sources,
    tags,
    verdict,
    voice_model,
)
from upverdict.tui.widgets import (
    choice_list,
    composer,
    council_field,
    hit_list,
    library_list,
    page_view,
    question,
    search_line,
    statements,
    stepper,
)

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- keys: made by `python -m docs.keys` -->", "<!-- end of keys -->"

WHERE: dict[str, str] = {
    "app": "Everywhere",
    "library": "Library",
    "search": "Search line",
    "keep": "Keeping a debate",
    "tags": "Tags",
    "debate": "Debate",
    "statements": "In a pane",
    "composer": "Composer",
    "replay": "Replay",
    "frame": "Frame of the question",
    "verdict": "Verdict",
    "page": "On its page",
    "push": "Push back",
    "answer": "Its field",
    "sources": "Sources",
    "new": "New debate",
    "question": "Question",
    "council": "Council",
    "voice": "A voice's model",
    "list": "Lists",
    "choice": "Lists to choose from",
    "stepper": "Numbers",
    "fields": "Forms",
    "confirm": "Yes or no",
    "help": "Help",
}
"""What the first part of an id stands for, in the order of the tables."""

Classes = tuple[type[DOMNode], ...]
SCREENS: dict[str, Classes] = {
    "library": (library.LibraryScreen, library_list.LibraryList, hit_list.HitList, search_line.SearchInput),
    "welcome": (library.LibraryScreen, question.QuestionField),
    "debate": (debate.DebateScreen, statements.StatementsView, composer.DebateComposer),
    "kept debate": (debate.KeptDebate, statements.StatementsView),
    "replay": (replay.ReplayScreen, statements.StatementsView),
    "frame": (frame.FrameScreen, frame.Restatement, question.LinesField, choice_list.ChoiceList, Button),
    "frame that was settled": (frame.FrameView, VerticalScroll),
    "verdict": (verdict.VerdictScreen, page_view.PageView),
    "push back": (push_back.PushBack, push_back.AnswerField),
    "tags": (tags.TagsScreen, Input, choice_list.ChoiceList),
    "name and note": (keeping.NameAndNote, keeping.TitleField, question.LinesField),
    "sources": (sources.SourcesScreen, page_view.PageView),
    "new debate": (
        new.NewScreen,
        question.QuestionField,
        question.BackgroundField,
        council_field.CouncilField,
        choice_list.ChoiceList,
        stepper.Stepper,
        Input,
        Button,
    ),
    "model of a voice": (voice_model.VoiceModel, Input, choice_list.ChoiceList),
    "yes or no": (dialog.Confirm, Button),
    "help": (help.HelpScreen, VerticalScroll),
}
"""Every screen, with what on it the keys can go to. What can be met on one screen must not have the same key."""


def kinds() -> Iterator[type[DOMNode]]:
    """Every class of ours that binds keys."""
    for module in pkgutil.walk_packages(upverdict.tui.__path__, "upverdict.tui."):
        importlib.import_module(module.name)
    seen: dict[type, None] = {}
    waiting: list[type[Any]] = [DOMNode]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("upverdict.tui") and kind.__dict__.get("BINDINGS"):
            seen.setdefault(kind)
    yield from sorted(seen, key=lambda kind: (kind.__module__, kind.__qualname__))


def bindings() -> dict[str, list[Binding]]:
    """All bindings of ours by their ids, a key each."""
    found: dict[str, list[Binding]] = {}
    for kind in kinds():
        for binding in Binding.make_bindings(kind.__dict__["BINDINGS"]):
            if binding.id is None:  # of Textual's own, which a screen has taken over
                continue
            known = found.setdefault(binding.id, [])
            if binding not in known:
                known.append(binding)
    order = list(WHERE)
    return dict(sorted(found.items(), key=lambda item: order.index(prefix(item[0]))))


def taken_over() -> list[Binding]:
    """Those of Textual's own that the replay has: it inherits no bindings."""
    return [binding for binding in Binding.make_bindings([*Screen.BINDINGS]) if binding.id is None]


def prefix(id: str) -> str:
    """Where a binding works: the first part of its id."""
    return id.partition(".")[0]


def typed() -> list[str]:
    """The ids of those that would take letters from whoever writes: bound in a field, or before all fields."""
    found = set()
    for kind in kinds():
        for binding in Binding.make_bindings(kind.__dict__["BINDINGS"]):
            free = printable(binding.key) or not binding.id
            if (binding.priority or issubclass(kind, Input | TextArea)) and not free:
                found.add(str(binding.id))
    return sorted(found)


def places() -> dict[str, tuple[list[str], list[str]]]:
    """By screen: the ids of what can be done on it, and the classes of Textual's whose keys work there."""
    found = {}
    for place, classes in SCREENS.items():
        ids: dict[str, None] = {}
        taken: dict[str, None] = {}
        modal = issubclass(classes[0], dialog.BoxScreen)
        for kind in (*classes, UpverdictApp):
            for owner, binding in commands.declared(kind):
                if not owner.__module__.startswith("upverdict"):
                    taken.setdefault(owner.__name__)
                elif binding.id and (kind is not UpverdictApp or binding.priority or not modal):
                    ids.setdefault(binding.id)
        found[place] = list(ids), list(taken)
    return found


def of_textual() -> dict[str, dict[str, str]]:
    """The keys that Textual's own classes have, with what they do, by the names of the classes."""
    found: dict[str, dict[str, str]] = {}
    for classes in (*SCREENS.values(), (UpverdictApp,)):
        for kind in classes:
            for base in kind.__mro__:
                if base.__module__.startswith("textual") and base.__name__ in commands.TEXTUAL:
                    bound = Binding.make_bindings(base.__dict__.get("BINDINGS", ()))
                    keys = {b.key: b.description.lower() for b in bound if b.description and not b.system}
                    found[base.__name__] = keys
    return found


def table() -> str:
    """`tui/key_table.py`."""
    keys = {id: tuple(binding.key for binding in bound) for id, bound in bindings().items()}
    made = f'''"""Every key of the program, by the ids of the bindings. Made by `python -m docs.keys`."""

from __future__ import annotations

KEYS: dict[str, tuple[str, ...]] = {keys!r}
"""The keys that each has, unless the user gives it others."""

TYPED: frozenset[str] = frozenset({typed()!r})
"""What must not have a key that writes: it is bound in a field of text, or comes before all fields."""

TEXTUAL: dict[str, dict[str, str]] = {of_textual()!r}
"""The keys that Textual's own classes have, with what they do."""

PLACES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {{
'''
    for place, (ids, kinds) in places().items():
        made += f"    {place!r}: ({tuple(ids)!r}, {tuple(kinds)!r}),\n"
    made += '}\n"""By screen: what can be done on it, and whose keys of Textual\'s work there."""\n'
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", "tui/key_table.py", "-"],
        input=made,
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
    )
    return done.stdout


def shown(bound: Iterable[Binding]) -> list[str]:
    """The keys of a binding in words."""
    return [word(binding.key) for binding in bound]


def code(key: str) -> str:
    """A key as Markdown shows it."""
    return f"`{key}`"


def readme() -> str:
    """The part of the README between the marks: a row for each place; a key once, with all that it does there."""
    rows: dict[str, dict[str, list[str]]] = {name: {} for name in WHERE}
    for id, bound in bindings().items():
        keys, row = " ".join(map(code, shown(bound))), rows[prefix(id)]
        panes = prefix(id) == "debate" and ".pane." in id
        if not panes:
            row.setdefault(keys, []).append(bound[0].description)
        elif id.endswith(".1"):
            numbers = [i for i in bindings() if i.startswith("debate.pane.")]
            row[f"`1` to `{len(numbers)}`"] = ["pane"]
    lines = [BEGIN, "", "| where | keys |", "| --- | --- |"]
    for name, row in rows.items():
        told = " · ".join(f"{keys} {' / '.join(dict.fromkeys(does))}" for keys, does in row.items())
        lines += [f"| {WHERE[name]} | {told.replace('|', chr(92) + '|')} |"] if row else []
    return "\n".join([*lines, "", END])


def page() -> str:
    """`docs/keys.md`."""
    lines = [
        "# Keys",
        "",
        "Made from the bindings by `python -m docs.keys`. The first column is what `[keys]` in `config.toml` calls an",
        "action. What Textual's own fields and scrollbars do is left out; `?` on a screen shows that, too.",
    ]
    place = ""
    for id, bound in bindings().items():
        if prefix(id) != place:
            place = prefix(id)
            lines += ["", f"## {WHERE[place]}", "", "| action | keys | does |", "| --- | --- | --- |"]
        what = bound[0].tooltip or bound[0].description
        lines.append(f"| `{id}` | {' '.join(map(code, shown(bound)))} | {what} |".replace("`|`", "`\\|`"))
    return "\n".join([*lines, ""])


def with_keys(text: str) -> str:
    """The README with its part made anew. Raises ValueError where the marks are missing."""
    before, rest = text.split(BEGIN, 1)
    return before + readme() + rest.split(END, 1)[1]


def files() -> dict[Path, str]:
    """What is to stand in each file."""
    front = ROOT / "README.md"
    return {
        ROOT / "tui" / "key_table.py": table(),
        ROOT / "docs" / "keys.md": page(),
        front: with_keys(front.read_text("utf-8")),
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, "utf-8")
