"""Every key that the help lists is pressed, on every screen: it runs what the help says, and only when it can.

Actions are only written down here, so that nothing happens and a screen serves for all its keys. What an action does is
the matter of the other tests. No key is left out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.actions import SkipAction, parse
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from docs import keys as listing
from tests.tui.stage import never_scrolls, until
from tests.tui.test_keys_listed import shown
from upverdict.tui.commands import Command, commands, declared
from upverdict.tui.key_table import KEYS, PLACES
from upverdict.tui.keyboard import word
from upverdict.tui.screens.replay import ReplayScreen

Run = tuple[DOMNode, str, tuple[object, ...]]
"""An action that was run: on which node, its name, its parameters."""
Listed = tuple[str, str, str]
"""A key in the help: the group, the action, the key in words."""


class Keyboard:
    """A screen whose keys are pressed, and what they would have done."""

    def __init__(self, pilot: Pilot[int], screen: Screen[Any], patch: pytest.MonkeyPatch) -> None:
        self.pilot, self.screen, self.patch = pilot, screen, patch
        self.ran: list[Run] = []
        kinds: dict[type[Widget], Widget] = {}
        for widget in (*filter(None, [screen.focused]), *screen.focus_chain):
            kinds.setdefault(type(widget), widget)
        self.places: list[Widget | None] = [*kinds.values(), None]
        """What the keys can go to, one of a class, and nothing: there the screen itself has them."""
        for node in dict.fromkeys(node for place in self.places for node in self.chain(place)):
            for method in [name for name in dir(node) if name.startswith("action_")]:
                self.patch.setattr(node, method, self._recorder(node, method.removeprefix("action_")))
        self.patch.setattr(screen.app, "_dispatch_action", self._dispatch)

    async def _dispatch(self, node: DOMNode, name: str, parameters: tuple[object, ...]) -> bool:
        """In place of the app's: what a binding runs."""
        if never_scrolls(node, name):
            return False
        self.ran.append((node, name, tuple(parameters)))
        return True

    def _recorder(self, node: DOMNode, name: str) -> Callable[..., None]:
        """In place of an action: what a field runs that takes a key before all bindings, as the composer does."""

        def record(*parameters: object) -> None:
            if never_scrolls(node, name):
                raise SkipAction
            self.ran.append((node, name, parameters))

        return record

    def chain(self, place: Widget | None) -> list[DOMNode]:
        """The nodes that are asked in turn when the keys are there."""
        return [self.screen, self.screen.app] if place is None else place.ancestors_with_self

    async def go(self, place: Widget | None) -> None:
        if self.screen.focused is not place:
            self.screen.set_focus(place)
            await self.pilot.pause()
        assert self.screen.focused is place

    async def press(self, place: Widget | None, key: str) -> list[Run]:
        """What a key runs there."""
        await self.go(place)
        self.ran.clear()
        await self.pilot.press(key)
        return list(self.ran)

    def listed(self, place: Widget | None) -> list[tuple[Command, str, list[Run]]]:
        """What the help lists and is bound there, each with a key, in Textual's names, and what that runs: the nearest
        of the nodes that have it comes first."""
        over: dict[str, DOMNode] = {"app": self.screen.app, "screen": self.screen}
        chain = self.chain(place)
        bound: dict[str, list[tuple[DOMNode, str]]] = {}
        for node in chain:
            for _, binding in declared(type(node)):
                bound.setdefault(binding.action, []).append((node, binding.key))
        rows = []
        for command in commands(self.screen):
            namespace, name, parameters = parse(command.action)
            runs: dict[str, list[Run]] = {}
            for node, key in bound.get(command.action, ()):
                if word(key) in command.keys and command.node in chain:
                    runs.setdefault(key, []).append((over.get(namespace, node), name, tuple(parameters)))
            rows += [(command, key, run) for key, run in runs.items()]
        return rows

    async def press_when_it_can(self, command: Command, key: str) -> bool:
        """Whether the key runs the command when this can be done, and what else the key does can't."""
        for place in self.places:
            await self.go(place)
            same = [runs[0] for c, k, runs in self.listed(place) if (c.action, k) == (command.action, key)]
            for run in same[:1]:
                node, *wanted = run
                rivals = {parse(b.action)[1:] for _, b in declared(type(node)) if b.key == key}
                refused, asked = [[name, tuple(given)] for name, given in rivals], node.check_action

                def check(name: str, parameters: tuple[object, ...]) -> bool | None:
                    now = [name, tuple(parameters)]
                    return now == wanted if now in refused else asked(name, parameters)  # noqa: B023

                with self.patch.context() as mine:
                    mine.setattr(node, "check_action", check)
                    if await self.press(place, key) == [run]:
                        return True
        return False


@asynccontextmanager
async def keyboard(folder: Path, which: str, patch: pytest.MonkeyPatch) -> AsyncIterator[Keyboard]:
    """One of the screens of `docs.keys.SCREENS`, on which nothing goes on by itself."""
    async with shown(folder, which) as (_app, pilot, screen):
        if isinstance(screen, ReplayScreen):
            screen.action_at_once()
            await until(pilot, lambda: screen.check_action("again", ()), "the replay is over")
        with patch.context() as mine:
            yield Keyboard(pilot, screen, mine)


@pytest.mark.parametrize("which", listing.SCREENS)
async def test_each_key_of_the_help_runs_what_it_says_and_only_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    async with keyboard(tmp_path, which, monkeypatch) as board:
        left: dict[Listed, tuple[Command, str]] = {}
        done: set[Listed] = set()
        for place in board.places:
            await board.go(place)
            rows = board.listed(place)
            left |= {(c.group, c.action, word(key)): (c, key) for c, key, _ in rows}
            for key in dict.fromkeys(key for _, key, _ in rows):
                here = [(c, runs) for c, k, runs in rows if k == key]
                if all(c.enabled and c.node is not place and (c.group, c.action, word(key)) in done for c, _ in here):
                    continue  # it was pressed, with the keys elsewhere
                ran = await board.press(place, key)
                told = f"{key} with the keys at {place} ran {ran}"
                assert len(ran) <= 1, told
                can = [(c, runs) for c, runs in here if c.enabled]
                assert all(any(run in runs for _, runs in can) for run in ran), f"{told}, which it can't be now"
                for c, runs in can:
                    if set(runs) & set(ran):
                        done.add((c.group, c.action, word(key)))
                    else:
                        assert c.node is not place, f"{told}, not {c.action}"
                if not ran:
                    rows = board.listed(place)  # a letter was written
        for row in left.keys() - done:
            assert await board.press_when_it_can(*left[row]), f"{row} is in the help and does nothing"
        rest = {(c.group, c.action, key) for c in commands(board.screen) for key in c.keys}
        assert rest <= left.keys(), "all that the help lists was pressed"


def test_no_binding_is_on_none_of_these_screens() -> None:
    assert {id for ids, _ in PLACES.values() for id in ids} == KEYS.keys()
