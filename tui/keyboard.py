"""The keys as they are: those of the bindings, and the user's own in their place. One keyboard for the whole program.

What names a key on a screen asks here, so that it stays true when the user has given the action another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.keys import key_to_character

from upverdict.tui.key_table import KEYS

_own: dict[str, tuple[str, ...]] = {}

_WORDS = {
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
_CHARACTERS = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}
"""What Textual calls otherwise than Unicode does."""


def use(own: Mapping[str, tuple[str, ...]]) -> None:
    """The user's keys, by the ids of bindings, in Textual's names of keys; checked before (`own_keys.py`)."""
    _own.clear()
    _own.update(own)


def keys_of(id: str) -> tuple[str, ...]:
    """What is pressed for the binding with this id, in Textual's names. Raises KeyError where there is none."""
    return _own.get(id) or KEYS[id]


def key_of(id: str) -> str:
    """The first key of a binding, as a sentence names it: `R`, `Esc`, `Ctrl+N`."""
    return word(keys_of(id)[0])


def from_text(id: str, leave: str = "composer.leave") -> str:
    """The same where text is written: a key that no field takes, else by leaving the text first: `Esc, then R`."""
    for key in keys_of(id):
        if "+" in key or (key[0] == "f" and key[1:].isdigit()):
            return word(key)
    return f"{key_of(leave)}, then {key_of(id)}"


def holds(id: str, key: str) -> bool:
    """Whether this key is one of the binding's."""
    return key in keys_of(id)


def character(key: str) -> str:
    """What the key writes into a field; nothing where it writes nothing."""
    written = _CHARACTERS.get(key) or key_to_character(key) or ""
    return written if written.isprintable() else ""


def printable(key: str) -> bool:
    """Whether the key writes a character into a field."""
    return bool(character(key))


def word(key: str) -> str:
    """A key in words: `ctrl+n` is `Ctrl+N`, `question_mark` is `?`."""
    *modifiers, last = key.split("+")
    written = "" if last == "space" else character(last)
    named = _WORDS.get(last) or (written.upper() if modifiers else written) or last.capitalize()
    return "+".join([*(modifier.capitalize() for modifier in modifiers), named])


def rebound(bindings: Iterable[Binding]) -> Iterator[Binding]:
    """Bindings of a key each, with the user's keys where he has given some: there the old ones are gone."""
    seen: set[str] = set()
    for binding in bindings:
        own = _own.get(binding.id or "")
        if own is None:
            yield binding
        elif binding.id and binding.id not in seen:
            seen.add(binding.id)
            yield from (replace(binding, key=key, key_display=None) for key in own)


def rebind(node: DOMNode) -> None:
    """Give a node the user's keys.

    Not by Textual's own keymap: that takes a key away from all that share it when one of them gets another, and does
    not see that a field which has the keys keeps the letters.
    """
    if not _own:
        return
    was = [binding for _, binding in node._bindings]
    ids = {binding.id for binding in was}
    taken = {key for id, keys in _own.items() if id in ids for key in keys}
    keys: dict[str, list[Binding]] = {}
    for binding in rebound(was):
        if binding.id or binding.key not in taken:
            keys.setdefault(binding.key, []).append(binding)
    node._bindings = BindingsMap.from_keys(keys)
