"""Every action of a screen, read off its bindings: what the help lists and the command palette offers. One source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from textual.actions import parse
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

HERE, EVERYWHERE, FIELD, SCROLLING = "On this screen", "Everywhere", "In a field of text", "Scrolling"
BUTTON = "On a button"
_GROUPS = {
    "Input": FIELD,
    "TextArea": FIELD,
    "Button": BUTTON,
    "ScrollableContainer": SCROLLING,
    "Screen": EVERYWHERE,
    "App": EVERYWHERE,
}
"""Whose bindings are listed of the classes that Textual brings along, and under which heading."""
_ORDER = (HERE, EVERYWHERE, BUTTON, SCROLLING, FIELD)


@dataclass(slots=True)
class Command:
    """One action: its keys as they are shown, what it is called, what it does, and on which node.

    `basic` marks what every program does: moving in a text, scrolling. `enabled` is what the footer goes by.
    """

    group: str
    keys: list[str]
    name: str
    what: str
    action: str
    node: DOMNode
    enabled: bool
    basic: bool


def commands(screen: Screen[Any]) -> list[Command]:
    """All that can be done on a screen, wherever the keys go at the moment; the screen's own come first."""
    found: dict[tuple[str, str], Command] = {}
    for node in _nodes(screen):
        for kind, binding in _bindings(node):
            if not binding.description or binding.system:
                continue
            group, key = _group(node, kind), screen.app.get_key_display(binding)
            known = found.get((group, binding.action))
            if known is None:
                found[group, binding.action] = _command(screen, group, kind, binding, node, key)
            elif key not in known.keys:
                known.keys.append(key)
    groups = list(dict.fromkeys(c.group for c in found.values() if c.group not in _ORDER))
    order = [HERE, *groups, *_ORDER[1:]]
    return sorted(found.values(), key=lambda c: order.index(c.group))


def _command(screen: Screen[Any], group: str, kind: type, binding: Binding, node: DOMNode, key: str) -> Command:
    name = binding.description
    return Command(
        group=group,
        keys=[key],
        name=name[:1].upper() + name[1:],
        what=binding.tooltip or name,
        action=binding.action,
        node=node,
        enabled=_enabled(screen, binding.action, node),
        basic=_of_textual(kind) and group in (BUTTON, FIELD, SCROLLING),
    )


def _enabled(screen: Screen[Any], action: str, node: DOMNode) -> bool:
    namespace, name, parameters = parse(action)
    targets: dict[str, DOMNode] = {"app": screen.app, "screen": screen}
    return bool(targets.get(namespace, node).check_action(name, parameters))


def _nodes(screen: Screen[Any]) -> Iterator[DOMNode]:
    """The screen, everything on it that the keys can go to with what surrounds it, and the app.

    What has the keys comes before others of its kind: an action of theirs is done there.
    """
    seen: dict[DOMNode, None] = {screen: None}
    for widget in (*filter(None, [screen.focused]), *screen.focus_chain):
        seen.update(dict.fromkeys(n for n in widget.ancestors_with_self if n is not screen.app))
    yield from seen
    yield screen.app


def _bindings(node: DOMNode) -> Iterator[tuple[type, Binding]]:
    """The bindings of a node by the class that declares them. A key that a class binds is taken from those it inherits.

    Of Textual's own classes only those count that `_GROUPS` names, and a list of ours (`OWN_KEYS_ONLY`) inherits none.
    """
    taken: set[str] = set()
    for kind in type(node).__mro__:
        declared = list(Binding.make_bindings(kind.__dict__.get("BINDINGS", ())))
        if not _of_textual(kind) or kind.__name__ in _GROUPS:
            yield from ((kind, binding) for binding in declared if binding.key not in taken)
        taken.update(binding.key for binding in declared)
        if kind.__dict__.get("OWN_KEYS_ONLY"):
            return


def _of_textual(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == "textual"


def _group(node: DOMNode, kind: type) -> str:
    if _of_textual(kind):
        return _GROUPS.get(kind.__name__, EVERYWHERE)
    if isinstance(node, App):
        return EVERYWHERE
    return str(kind.__dict__.get("BINDING_GROUP_TITLE") or HERE)
