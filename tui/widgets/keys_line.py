"""The last line of a screen: the keys that work now, as Textual's Footer shows them, drawn by one widget.

A Footer is a widget a key, made anew whenever a key comes or goes: 13 ms each time, several times while a screen
opens. Keys that have no room are left out, from the right; the way back, help and palette always stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.actions import parse
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from upverdict.tui.keyboard import word

LAST = ("help", "app.help", "command_palette", "app.command_palette")
"""Actions that stand at the right end."""
WAYS_OUT = ("back", "stop_reading", "leave", "close", "back_to_debate", "back_to_library", "app.quit", "answer(False)")
"""Actions that are shown, too, however narrow the screen is: nobody must look for the way out."""


ALWAYS = ("app.palette", "app.help.anywhere")
"""Bindings that are shown although a Footer would not: the ways to all the keys that have no room. Where a `?` shows
the help, F1 needs no place."""


class Part(NamedTuple):
    """One key: how it is shown, what is pressed when it is clicked, what it does, and whether that can be done now."""

    shown: str
    key: str
    tooltip: str
    enabled: bool = True


class Key(NamedTuple):
    """One place of the line: what it is called, the action of its first key, and its keys: several where they belong
    together, as faster and slower do."""

    name: str
    action: str
    parts: tuple[Part, ...]

    @property
    def shown(self) -> str:
        """Its keys, as they are shown."""
        return " ".join(part.shown for part in self.parts)

    @property
    def first(self) -> Part:
        """The first of its keys that does something."""
        return next(part for part in self.parts if part.enabled)

    @property
    def key(self) -> str:
        """What is pressed by a click on its name."""
        return self.first.key

    def part(self, x: int) -> Part:
        """The key that is clicked in this cell of it: on its name the first one that does something."""
        at = 1
        for part in self.parts:
            if at <= x < at + cell_len(part.shown):
                return part
            at += cell_len(part.shown) + 1
        return self.first

    @property
    def cells(self) -> int:
        return cell_len(self.shown) + cell_len(self.name) + 3


class KeysLine(Widget):
    """One row. A click on a key presses it; under the mouse it says what it does."""

    DEFAULT_CSS = """
    KeysLine {
        dock: bottom;
        height: 1;
        background: $footer-background;
        color: $footer-foreground;
        .keys--key { color: $footer-key-foreground; background: $footer-key-background; text-style: bold; }
        .keys--name { color: $footer-description-foreground; background: $footer-description-background; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--name"}
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, Key]] = []  # where each key that is shown begins

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, screen: Screen[Any]) -> None:
        """The keys may have changed: they are read with the next picture, once for all changes before it."""
        if screen is self.screen:
            self.refresh()

    @property
    def shown(self) -> list[Key]:
        """The keys that the line shows, from left to right."""
        return [key for _, key in self._places]

    def render(self) -> Content:
        width = self.size.width
        keys = read_keys(self.screen)
        last = [key for key in keys if key.action in LAST]
        out = [key for key in keys if key.action in WAYS_OUT]
        room = width - sum(key.cells for key in (*last, *out))
        first: list[Key] = []
        for key in keys:
            if key.action in LAST:
                continue
            if key not in out:
                if key.cells > room:
                    room = 0  # a later one that has room would stand in another one's place
                    continue
                room -= key.cells
            first.append(key)
        self._places, at, pieces = [], 0, []
        for key in (*first, *last):
            if key.action in LAST and key is last[-1]:
                gap = max(0, width - at - key.cells)
                pieces.append(Content(" " * gap))
                at += gap
            self._places.append((at, key))
            pieces.append(self._piece(key))
            at += key.cells
        return Content("").join(pieces)

    def _piece(self, key: Key) -> Content:
        bright, faint = (self.get_visual_style(f"keys--{name}", partial=True) for name in ("key", "name"))
        *others, last = [(f" {part.shown}", bright if part.enabled else faint) for part in key.parts]
        return Content.assemble(*others, (f"{last[0]} ", last[1]), (f"{key.name} ", faint))

    def _at(self, x: int) -> Part | None:
        return next((key.part(x - begin) for begin, key in self._places if begin <= x < begin + key.cells), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        part = self._at(event.x)
        self.tooltip = part.tooltip if part else None

    def on_click(self, event: events.Click) -> None:
        if (part := self._at(event.x)) is not None and part.enabled:
            self.app.simulate_key(part.key)


def read_keys(screen: Screen[Any]) -> list[Key]:
    """The keys that work on a screen now and want to be shown, each action and each name once; the palette's too.

    Keys of one group stand in one place, all of them while one of them does something: so none moves under the mouse.
    """
    found: dict[str, Key] = {}
    actions: set[str] = set()
    for binding, enabled, tooltip in (*_active(screen), *_over(screen)):
        name = binding.group.description if binding.group else binding.description
        known = found.get(name)
        if binding.action in actions or (known and not binding.group):
            continue
        actions.add(binding.action)
        part = Part(_shown(screen, binding), binding.key, tooltip or name, enabled)
        found[name] = Key(name, known.action if known else binding.action, (*(known.parts if known else ()), part))
    return [key for key in found.values() if any(part.enabled for part in key.parts)]


def _shown(screen: Screen[Any], binding: Binding) -> str:
    told = getattr(screen, "key_shown", None)
    return (told(binding) if told else "") or binding.key_display or brief(binding.key)


def brief(key: str) -> str:
    """A key in words as everywhere else, but for Ctrl, which takes one cell: `^s`, `Enter`, `Esc`, `F1`."""
    said = word(key)
    ctrl, _, rest = said.partition("+")
    return f"^{rest.lower()}" if ctrl == "Ctrl" and rest and "+" not in rest else said


def _active(screen: Screen[Any]) -> Iterator[tuple[Binding, bool, str]]:
    for _, binding, enabled, tooltip in screen.active_bindings.values():
        if (enabled or binding.group) and (binding.show or binding.id in ALWAYS):
            yield binding, enabled, tooltip


def _over(screen: Screen[Any]) -> Iterator[tuple[Binding, bool, str]]:
    """What works of the app's keys on a screen that lies over another one; Textual leaves them out there."""
    if not screen.is_modal:
        return
    from upverdict.tui.commands import declared

    for _, binding in declared(type(screen.app)):
        if binding.id in ALWAYS and screen.app.check_action(*parse(binding.action)[1:]):
            yield binding, True, binding.tooltip
