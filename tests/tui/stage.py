"""A stage for the debate screen: a small app, a real store and session, a scripted endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual.app import App
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tests.scripted import Pace, ScriptedEndpoint, ScriptLike
from upverdict.core import events as ev
from upverdict.core.config import Config
from upverdict.core.debate import Debate, State
from upverdict.core.retrying import Retries
from upverdict.core.session import Choice, Order, Session, start
from upverdict.core.store.reader import Related
from upverdict.core.store.writer import Store
from upverdict.core.values import replace
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.themes import Themed
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.council import Council
from upverdict.tui.widgets.page_parts import Part
from upverdict.tui.widgets.pane import VoicePane
from upverdict.tui.workers import P, later

WIDE, MEDIUM, SMALL, NARROW = (160, 45), (100, 30), (80, 24), (60, 20)
PATIENCE = 30.0
LOOKS = 20
"""How often at most it is looked whether all is drawn: while text streams, something always waits to be."""
SIDEWAYS = {"scroll_left", "scroll_right", "page_left", "page_right"}
UP_AND_DOWN = {"scroll_up", "scroll_down", "scroll_home", "scroll_end", "page_up", "page_down"}
QUICK = Retries(tries=2, first=0.02, cap=30.0)


class Stage(Themed[int]):
    """What the screens ask of the app, and nothing else."""

    ENABLE_COMMAND_PALETTE = False
    read_only = False

    def __init__(self, store: Store | None = None) -> None:
        super().__init__()
        self.kept = store
        self.continued: list[str] = []
        self.opened: list[str] = []
        self.near: list[Related] = []
        self.pushed: list[tuple[str, str, int | None]] = []
        self.told: list[str] = []
        self.replayed: list[str] = []
        self.exported: list[str] = []

    async def store(self) -> Store:
        assert self.kept is not None
        return self.kept

    async def continue_debate(self, id: str) -> None:
        self.continued.append(id)

    async def replay_debate(self, id: str) -> None:
        self.replayed.append(id)

    async def export_debate(self, id: str, form: str = "md") -> None:
        self.exported.append(id)

    async def open_debate(self, id: str) -> None:
        self.opened.append(id)

    async def related(self, id: str) -> list[Related]:
        return self.near

    async def news(self, id: str, seen: int) -> tuple[State, list[ev.Event]]:
        return "running", []

    async def push_back(self, id: str, text: str, flip: int | None = None) -> None:
        self.pushed.append((id, text, flip))

    def serve(self, service: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **more: P.kwargs) -> None:
        self.run_worker(later(service, *args, **more))

    def notify(self, message: str, **how: Any) -> None:
        self.told.append(message)
        super().notify(message, **how)


async def until(pilot: Pilot[Any], predicate: Callable[[], Any], why: str = "") -> None:
    """Return when the predicate holds and what it needed is painted; a test that waits for ever fails."""
    async with asyncio.timeout(PATIENCE):
        try:
            while not predicate():
                await pilot.pause(0.005)
        except asyncio.CancelledError:
            raise AssertionError(f"never: {why or predicate}") from None
    await pilot.pause()
    for _ in range(LOOKS):
        if not undrawn(pilot.app.screen):
            break
        await pilot.pause(0.005)


def undrawn(screen: Screen[Any]) -> bool:
    """Whether anything of the screen waits to be told, laid out or drawn."""
    waiting = screen._layout_required or screen._repaint_required or screen._dirty_widgets or screen._callbacks
    return bool(waiting or any(widget.message_queue_size for widget in (screen, *screen.walk_children())))


@dataclass
class Live:
    """A debate that is being held on a screen."""

    app: Stage
    pilot: Pilot[int]
    session: Session
    screen: DebateScreen
    server: ScriptedEndpoint

    @property
    def debate(self) -> Debate:
        return self.session.log.debate

    @property
    def council(self) -> Council:
        return self.screen.query_one(Council)

    @property
    def composer(self) -> Composer:
        return self.screen.query_one(Composer)

    def pane(self, letter: str) -> VoicePane:
        return next(p for p in self.screen.query(VoicePane) if p.letter == letter)

    def said(self, statement: str) -> str:
        """What the pane holds of a statement."""
        view = self.pane(statement[0]).view
        return view.text_of(statement) if statement in view.keys else ""

    @property
    def standing(self) -> str:
        return text_of(self.screen, "#standing")

    async def until(self, predicate: Callable[[], Any], why: str = "") -> None:
        await until(self.pilot, predicate, why)

    async def floor(self, number: int) -> None:
        """Wait until the floor is the user's and the screen says so."""
        await self.until(lambda: self.debate.floor == number and "floor is yours" in self.standing, f"floor {number}")

    async def write(self, words: str) -> None:
        self.composer.focus()
        await self.pilot.pause()
        self.composer.insert(words)
        await self.pilot.press("enter")


@asynccontextmanager
async def live(
    script: ScriptLike,
    folder: Path,
    *,
    size: tuple[int, int] = WIDE,
    pace: Pace | None = None,
    retries: Retries = QUICK,
    model: str = "",
    settings: Mapping[str, Any] | None = None,
    **order: Any,
) -> AsyncIterator[Live]:
    """A new debate on the screen, answered by the script; `settings` are of the configuration."""
    store = await Store.open(folder / "debates.db")
    try:
        async with ScriptedEndpoint(script, pace=pace) as server:
            order = {"depth": "quick"} | order
            given = Order("Self-host LLMs or use API access?", choice=Choice(endpoint=server.url, model=model), **order)
            session = await start(store, given, Config(folder, store.path, **(settings or {})), retries=retries)
            app = Stage(store)
            async with app.run_test(size=size) as pilot:
                screen = DebateScreen.live(session)
                await app.push_screen(screen)
                yield Live(app, pilot, session, screen, server)
    finally:
        await store.close()


def places(screen: VerdictScreen, *kinds: str) -> list[Part]:
    """The places of a verdict's page that lead somewhere, of these kinds."""
    return [part for part in screen.page.stops if part.kind in kinds]


async def click(app: App[Any], pilot: Pilot[Any], words: str) -> None:
    """Click on the first place of the screen where these words begin."""
    for y, row in enumerate(screen_text(app).splitlines()):
        if words in row:
            assert await pilot.click(offset=(cell_len(row[: row.index(words)]), y))
            return
    raise AssertionError(f"no {words!r} on the screen")


def never_scrolls(node: DOMNode, action: str) -> bool:
    """Whether an action of Textual's for what scrolls passes its key on, however much stands there."""
    if not isinstance(node, Widget):
        return False
    if action in SIDEWAYS:
        return not node.allow_horizontal_scroll  # nothing on these screens is wider than its place
    return action in UP_AND_DOWN and (isinstance(node, Input) or node.styles.overflow_y == "hidden")


def text_of(node: Any, selector: str) -> str:
    """The plain text of a static widget."""
    return str(node.query_one(selector).render())


def screen_text(app: App[Any]) -> str:
    """All that is on the screen, as characters."""
    return "\n".join("".join(s.text for s in strip) for strip in app.screen._compositor.render_strips())


def stamped(*made: ev.Event) -> list[ev.Event]:
    """Events with numbers and times, as a log would have them."""

    return [
        replace(e, seq=n, at=f"2026-11-24T10:{n // 60:02}:{n % 60:02}.000Z", debate="01debate")
        for n, e in enumerate(made, 1)
    ]
