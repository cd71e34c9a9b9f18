"""Every action of a screen, read off its bindings: what the help lists and the command palette offers. One source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from textual.actions import parse
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.screen import Screen
from textual.widget import Widget

from upverdict.tui.keyboard import rebound, word

HERE, EVERYWHERE, FIELD, SCROLLING = "On this screen", "Everywhere", "In a field of text", "Scrolling"
BUTTON = "On a button"
TEXTUAL = {
    "Input": FIELD,
    "TextArea": FIELD,
    "Button": BUTTON,
    "ScrollableContainer": SCROLLING,
    "Screen": EVERYWHERE,
    "App": EVERYWHERE,
}
"""Whose bindings are listed of the classes that Textual brings along, and under which heading."""
_ORDER = (HERE, EVERYWHERE, BUTTON, SCROLLING, FIELD)
_SIDEWAYS = ("scroll_left", "scroll_right", "page_left", "page_right")


_NAMES = {
    "app.quit": "Leave the program",
    "library.quit": "Leave the program",
    "app.suspend": "Go to the shell",
    "app.focus_next": "Next field or pane",
    "app.focus_previous": "Field or pane before",
    "screen.copy_text": "Copy the selection",
    "library.export": "Export this debate",
    "debate.export": "Export the debate",
    "verdict.export": "Export the debate",
    "library.replay": "Replay this debate",
    "debate.replay": "Replay the debate",
    "verdict.replay": "Replay the debate",
    "replay.pause": "Hold the replay",
    "replay.go_on": "Go on with the replay",
    "replay.again": "Replay it again",
    "replay.faster": "Faster",
    "replay.slower": "Slower",
    "replay.step": "Step on",
    "replay.step_back": "Step back",
    "replay.at_once": "All the rest at once",
    "replay.restart": "Back to the beginning",
    "debate.quote": "Quote this sentence",
    "debate.sentence.before": "Sentence before",
    "debate.sentence.after": "Next sentence",
    "composer.recall": "Bring back what I sent last",
    "library.open": "Open this debate",
    "library.new": "New debate",
    "library.continue": "Continue this debate",
    "library.search": "Search",
    "library.delete": "Delete this debate",
    "library.archive": "Archive this debate",
    "library.unarchive": "Take this debate back into the list",
    "library.undo": "Undo the deletion, or the archiving",
    "library.filter": "Filter by state",
    "library.tag": "Filter by tag",
    "keep.tags": "Tags of this debate",
    "keep.decision": "What I decided, and when to look again",
    "keep.name": "Name of this debate, and a note",
    "keep.keep": "Keep what I wrote",
    "keep.enter": "Keep what I wrote",
    "keep.close": "Close",
    "tags.take": "Take this tag",
    "library.refresh": "Refresh the list",
    "library.back": "End the search",
    "library.let_go": "Leave the question",
    "search.open": "Open this debate",
    "search.up": "Hit before",
    "search.down": "Next hit",
    "search.page_up": "Hits before",
    "search.page_down": "Next hits",
    "debate.open": "Read the verdict",
    "debate.continue": "Continue the debate",
    "debate.pane.1": "Pane 1",
    "debate.speak": "Speak to the council",
    "debate.news": "Show what is new",
    "debate.frame": "Show the frame of the question",
    "debate.frame.take": "Begin with this frame",
    "debate.pass": "Pass the floor",
    "debate.verdict": "Call the verdict",
    "debate.stop": "Stop this voice",
    "debate.stop.all": "Stop all voices",
    "debate.retry": "Ask this voice again",
    "debate.zoom": "Zoom this pane",
    "debate.page.on": "Panes to the right",
    "debate.page.back": "Panes to the left",
    "debate.copy": "Copy this statement",
    "debate.sources": "Show the sources",
    "debate.panes": "Go to the panes",
    "debate.follow": "Follow the last word",
    "debate.swap": "Between panes and composer",
    "statements.follow": "Follow the last word",
    "composer.send": "Send what I wrote",
    "composer.begin": "Begin with this frame",
    "composer.pass": "Pass the floor",
    "composer.verdict": "Call the verdict",
    "composer.leave": "Go to the panes",
    "answer.send": "Send what I wrote",
    "answer.leave": "Close",
    "frame.take": "Begin with this frame",
    "frame.enter": "Begin with this frame",
    "frame.close": "Decide later",
    "verdict.find": "I found out what would flip it",
    "verdict.look": "Look at the verdict again if this comes about",
    "verdict.continue": "Continue the debate",
    "verdict.older": "Older version",
    "verdict.newer": "Newer version",
    "verdict.debate": "Read the whole debate",
    "verdict.copy": "Copy the verdict",
    "verdict.sources": "Go to the sources",
    "verdict.section.next": "Next section",
    "verdict.section.back": "Section before",
    "verdict.back": "Back",
    "verdict.back.debate": "Back to the debate",
    "verdict.back.library": "Back to the library",
    "page.words": "Go to the sentence",
    "page.find": "I found out about this",
    "page.version": "Read this version",
    "page.changed": "Go to what changed",
    "page.more": "Show the rest of these",
    "page.whole": "Read the debate itself",
    "page.other": "Open this debate",
    "page.place": "Go to the next thing to open",
    "page.on": "Next thing to open",
    "page.up": "Thing to open before",
    "page.tab": "Leap to the next thing to open",
    "page.untab": "Leap to the thing to open before",
    "page.home": "Top of the page",
    "page.end": "End of the page",
    "new.start": "Start the debate",
    "new.stop": "Stop reading the sources",
    "new.next": "Next field of the form",
    "new.look": "Look again what can answer",
    "question.start": "Start the debate",
    "council.model": "Choose the model of this voice",
    "voice.take": "Take this model",
    "list.up": "Row before",
    "list.down": "Next row",
    "list.page_up": "Rows before",
    "list.page_down": "Next rows",
    "list.first": "First row",
    "list.last": "Last row",
    "choice.choose": "Choose this row",
    "stepper.less": "One less",
    "stepper.more": "One more",
}
"""What an action is called where it stands alone: in the palette. The others are called what the last line says."""
_STEPS = ("debate.pane.", "debate.sentence.", "list.", "search.up", "search.down", "search.page", "new.next",
          "page.place", "page.on", "page.up", "page.tab", "page.untab", "page.home", "page.end")  # fmt: skip
"""How the ids begin of what a key does sooner than the palette: moving by a step. It lists these last."""
_FOCUS = ("app.focus_next", "app.focus_previous")
"""Steps too, of Textual's own, whose bindings have no id."""
_TEXTUALS = {
    "app.focus_next": "To the next field or pane",
    "app.focus_previous": "To the field or pane before",
    "screen.copy_text": "Copy what was selected with the mouse",
}
"""What an action of Textual's own does, which says no more of it than its name."""


@dataclass(slots=True)
class Command:
    """One action: its keys in words, what it is called, what it does, and on which node. `id` is its binding's, the
    first's where several do the same.

    `basic` marks what every program does: moving in a text, scrolling. `enabled` is whether it can be done now; `typed`
    are those of its keys that are written as letters now. The last line goes by both.
    """

    id: str
    group: str
    keys: list[str]
    name: str
    what: str
    action: str
    node: DOMNode
    enabled: bool
    basic: bool
    typed: list[str] = field(default_factory=list)


def commands(screen: Screen[Any]) -> list[Command]:
    """All that can be done on a screen, wherever the keys go at the moment; the screen's own come first."""
    found: dict[tuple[str, str], Command] = {}
    taken = _taken(screen)
    for node in _nodes(screen):
        for kind, binding in declared(type(node)):
            if not binding.description or binding.system or (node is screen.app and not _reaches(screen, binding)):
                continue
            group, key = _group(node, kind), word(binding.key)
            if _basic(kind, group) and not _counts(node, kind, binding, taken[node]):
                continue
            known = found.get((group, binding.action))
            if known is None:
                known = found[group, binding.action] = _command(screen, group, kind, binding, node, key)
            elif key not in known.keys:
                known.keys.append(key)
            if key not in known.typed and _typed(screen, node, binding):
                known.typed.append(key)
    groups = list(dict.fromkeys(c.group for c in found.values() if c.group not in _ORDER))
    order = [HERE, *groups, *_ORDER[1:]]
    return sorted(found.values(), key=lambda c: order.index(c.group))


def offered(screen: Screen[Any]) -> list[Command]:
    """What the palette offers: all that can be done now but moving in texts and scrolling, each name once, with the
    keys of all that go by it; what moves by a step comes last."""
    found: dict[str, Command] = {}
    for command in commands(screen):
        if not command.enabled or command.basic or command.id == "app.palette":
            continue
        if (known := found.get(command.name)) is None:
            found[command.name] = replace(command, keys=list(command.keys))
        else:
            known.keys += [key for key in command.keys if key not in known.keys]
    return sorted(found.values(), key=lambda command: command.id.startswith(_STEPS) or command.action in _FOCUS)


def _typed(screen: Screen[Any], node: DOMNode, binding: Binding) -> bool:
    """Whether a key goes into the field of text that has the keys, as Textual itself sees it."""
    field = screen.focused
    return field not in (None, node) and field.check_consume_key(binding.key, key_to_character(binding.key))


def _reaches(screen: Screen[Any], binding: Binding) -> bool:
    """Whether a key of the app's works on a screen: over another one only those do that come before all others."""
    return binding.priority or not screen.is_modal


def _taken(screen: Screen[Any]) -> dict[DOMNode, list[set[str]]]:
    """By node: the keys that never come as far, once for each in it that the keys can go to.

    What lies further in takes a key, or what lies further out comes before it; both only if it never refuses.
    """
    found: dict[DOMNode, list[set[str]]] = {}
    for focus in _focusable(screen):
        taken: set[str] = set()
        chain = focus.ancestors_with_self
        for at, node in enumerate(chain):
            before = {b.key for outer in chain[at + 1 :] for b in _always(outer) if b.priority}
            found.setdefault(node, []).append(taken | before)
            taken = taken | {binding.key for binding in _always(node)}
    return found


def _always(node: DOMNode) -> Iterator[Binding]:
    """The bindings of a node that never refuse: of its own ones, only where it doesn't say when they count."""
    sure = type(node).check_action is DOMNode.check_action
    return (binding for kind, binding in declared(type(node)) if sure or _of_textual(kind))


def _counts(node: DOMNode, kind: type, binding: Binding, taken: list[set[str]]) -> bool:
    """Whether a key of Textual's own can do anything on a node: come as far as there, and find something to scroll.

    A field of text is scrolled by its cursor, and nothing to the side that hides what would stand there.
    """
    if TEXTUAL[kind.__name__] == SCROLLING:
        if any(TEXTUAL.get(base.__name__) == FIELD for base in type(node).__mro__ if _of_textual(base)):
            return False
        if binding.action in _SIDEWAYS and node.styles.overflow_x == "hidden":
            return False
    return any(binding.key not in keys for keys in taken)


def _command(screen: Screen[Any], group: str, kind: type, binding: Binding, node: DOMNode, key: str) -> Command:
    name = _NAMES.get(binding.id or binding.action, binding.description)
    what = binding.tooltip or _TEXTUALS.get(binding.action, binding.description)
    return Command(
        id=binding.id or "",
        group=group,
        keys=[key],
        name=name[:1].upper() + name[1:],
        what=what[:1].upper() + what[1:],
        action=binding.action,
        node=node,
        enabled=_enabled(screen, binding.action, node),
        basic=_basic(kind, group),
    )


def _basic(kind: type, group: str) -> bool:
    return _of_textual(kind) and group in (BUTTON, FIELD, SCROLLING)


def _enabled(screen: Screen[Any], action: str, node: DOMNode) -> bool:
    namespace, name, parameters = parse(action)
    targets: dict[str, DOMNode] = {"app": screen.app, "screen": screen}
    return bool(targets.get(namespace, node).check_action(name, parameters))


def _nodes(screen: Screen[Any]) -> Iterator[DOMNode]:
    """The screen, everything on it that the keys can go to with what surrounds it, and the app.

    What has the keys comes before others of its kind: an action of theirs is done there.
    """
    seen: dict[DOMNode, None] = {screen: None}
    for widget in _focusable(screen):
        seen.update(dict.fromkeys(n for n in widget.ancestors_with_self if n is not screen.app))
    yield from seen
    yield screen.app


def _focusable(screen: Screen[Any]) -> list[Widget]:
    """What the keys can go to; what has them comes first."""
    return [*filter(None, [screen.focused]), *screen.focus_chain]


def declared(kind: type) -> Iterator[tuple[type, Binding]]:
    """The bindings of nodes of a class, by the class that declares them, with the user's own keys. A key that a class
    binds is taken from those it inherits.

    Of Textual's own classes only those count that `TEXTUAL` names, and a list of ours (`OWN_KEYS_ONLY`) inherits none.
    """
    taken: set[str] = set()
    for base in kind.__mro__:
        own = list(Binding.make_bindings(base.__dict__.get("BINDINGS", ())))
        bound = list(rebound(binding for binding in own if binding.key not in taken))
        if not _of_textual(base) or base.__name__ in TEXTUAL:
            yield from ((base, binding) for binding in bound)
        taken.update(binding.key for binding in (*own, *bound))
        if base.__dict__.get("OWN_KEYS_ONLY"):
            return


def _of_textual(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "textual"


def _group(node: DOMNode, kind: type) -> str:
    if _of_textual(kind):
        return TEXTUAL.get(kind.__name__, EVERYWHERE)
    if isinstance(node, App):
        return EVERYWHERE
    return str(kind.__dict__.get("BINDING_GROUP_TITLE") or HERE)
