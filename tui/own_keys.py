"""Whether the keys that a user wants can be had: checked before the screens open, against the table of all keys.

Imports no screen: the table (`key_table.py`) is made from their bindings.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from textual.binding import Binding

from upverdict.core.errors import WrongUse
from upverdict.core.own_keys import OwnKeys
from upverdict.tui.key_table import KEYS, PLACES, TEXTUAL, TYPED
from upverdict.tui.keyboard import character, printable, word

_NAMED = {"escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"}
_NAMED |= {"up", "down", "left", "right", *(f"f{n}" for n in range(1, 25))}
_SAME = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup", "pgdn": "pagedown"}
_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")
_ALIKE = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
}
"""What a terminal sends for another key too."""
_WITH = {"composer.push": "composer.send"}
"""What goes with another action's keys, unless it is given keys of its own: to send what came too late."""
_WRITING = {"space", "backspace", "delete", "up", "down", "left", "right", "home", "end"}
"""Keys without which nobody can write."""


def read(own: Iterable[OwnKeys]) -> dict[str, tuple[str, ...]]:
    """The user's keys by the ids of bindings, in Textual's names.

    Raises WrongUse where an id or a key is not known, where two actions that can be met on one screen would have the
    same key, and where a key would be missing in a field of text.
    """
    own = list(own)
    keys = {entry.id: tuple(dict.fromkeys(_key(key, entry) for key in entry.keys)) for entry in own if _known(entry)}
    for entry in own:
        _check_writing(entry, keys[entry.id])
    where = {entry.id: entry.where for entry in own}
    for id, other in _WITH.items():
        if other in keys and id not in keys:
            keys[id], where[id] = keys[other], where[other]
    for place, (ids, kinds) in PLACES.items():
        for entry in own:
            if entry.id in ids:
                _check_taken(entry, keys[entry.id], place, kinds)
        for one, other in combinations(ids, 2):
            if (one in keys or other in keys) and not set(KEYS[one]) & set(KEYS[other]):
                _check_pair(one, other, keys, place, where)
    return keys


def _known(entry: OwnKeys) -> bool:
    if entry.id in KEYS:
        return True
    meant = _meant(entry.id)
    asked = f" Did you mean {' or '.join(meant)}?" if meant else ""
    raise WrongUse(f"{entry.where}: there is no such action.{asked} {_others(entry.id)}")


def _meant(id: str) -> list[str]:
    """The actions that were perhaps meant, in quotation marks: with a slip in the name, or without its place."""
    import difflib

    near = difflib.get_close_matches(id, KEYS, 1)
    if not near:
        alone: dict[str, list[str]] = {}
        for known in KEYS:
            alone.setdefault(known.partition(".")[2], []).append(known)
        last = id.rpartition(".")[2]
        near = [known for name in difflib.get_close_matches(last, alone, 1, 0.8) for known in alone[name]]
    return [f'"{known}"' for known in near]


def _others(id: str) -> str:
    """Which actions there are: those of a place that there is, else how they are named and which places there are."""
    places = dict.fromkeys(known.partition(".")[0] for known in KEYS)
    place = id.partition(".")[0]
    if place in places:
        names = [known.removeprefix(f"{place}.") for known in KEYS if known.startswith(f"{place}.")]
        told = f'Behind "{place}." may stand: {", ".join(names)}.'
    else:
        told = f'An action is named like "debate.zoom"; before the dot may stand: {", ".join(places)}.'
    return f"{told} docs/keys.md lists them all, with what they do."


def _key(written: str, entry: OwnKeys) -> str:
    """A key as Textual names it."""
    given = written.strip()
    parts = [given] if len(given) == 1 else given.split("+")
    *modifiers, last = (part.strip() for part in parts)
    modifiers = [modifier.lower() for modifier in modifiers]
    if len(last) > 1:
        last = _SAME.get(last.lower(), last.lower())
    elif last:
        last = next(iter(Binding.make_bindings([Binding("comma" if last == "," else last, "")]))).key
    if "shift" in modifiers and len(last) == 1:
        modifiers.remove("shift")
        last = last.upper()
    elif modifiers and len(last) == 1:
        last = last.lower()
    key = "+".join([*sorted(modifiers, key=_order), last])
    known = last in _NAMED or character(last)
    if not known or not all(modifier in _MODIFIERS for modifier in modifiers):
        raise WrongUse(
            f'{entry.where}: there is no key {written!r}. Keys are named like "z", "Z", "ctrl+y", "f5", "tab".'
        )
    if key in _ALIKE:
        raise WrongUse(
            f"{entry.where}: a terminal can't tell {word(key)} from {word(_ALIKE[key])}. Choose another key."
        )
    return key


def _order(modifier: str) -> int:
    return _MODIFIERS.index(modifier) if modifier in _MODIFIERS else len(_MODIFIERS)


def _check_writing(entry: OwnKeys, keys: tuple[str, ...]) -> None:
    for key in keys:
        if entry.id in TYPED and key not in KEYS[entry.id] and (printable(key) or key in _WRITING):
            raise WrongUse(
                f"{entry.where}: {word(key)} is needed for writing where this action is. Choose one with Ctrl or Alt, "
                "or a function key."
            )


def _check_taken(entry: OwnKeys, keys: tuple[str, ...], place: str, kinds: tuple[str, ...]) -> None:
    apart: tuple[str, ...] = ()
    if entry.id in TYPED:  # while one writes no button has the keys
        apart = ("Button", "ScrollableContainer", *(("Input",) if "TextArea" in kinds else ()))
    for key in keys:
        for kind in kinds:
            if kind not in apart and key in TEXTUAL[kind] and key not in KEYS[entry.id]:
                does = f"{place}: {TEXTUAL[kind][key]}"
                raise WrongUse(f"{entry.where}: {word(key)} is taken ({does}). Choose another key.")


def _check_pair(one: str, other: str, own: dict[str, tuple[str, ...]], place: str, where: dict[str, str]) -> None:
    both = [key for key in own.get(one, KEYS[one]) if key in own.get(other, KEYS[other])]
    both = [key for key in both if not (_nearer(one, other, key) or _nearer(other, one, key))]
    if both:
        mine, its = (one, other) if one in own else (other, one)
        raise WrongUse(
            f'{where[mine]}: {word(both[0])} is the key of "{its}" too ({place}). Choose another one for either.'
        )


def _nearer(one: str, other: str, key: str) -> bool:
    """Whether a key that is `other`'s anyway goes first to where `one` works, as to a field that has the keys."""
    mine = one.partition(".")[0]
    if other.startswith(f"{mine}.") or key not in KEYS[other]:
        return False
    return any(key in keys for id, keys in KEYS.items() if id.startswith(f"{mine}."))
