"""What the screens ask of the app: the file, debates started, continued, opened. Draws nothing itself.

Everything that a first screen does not need is imported when it is first used, off the event loop where it is dear.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.worker import Worker

from upverdict.core.config import Config
from upverdict.core.errors import NoSuchDebate, UserError
from upverdict.core.store.listing import Stock
from upverdict.core.store.reader import Library, Related, Row, State
from upverdict.tui import quiet
from upverdict.tui.screens.library_keys import CAN_CONTINUE
from upverdict.tui.themes import Themed
from upverdict.tui.widgets.library_pages import PAGE
from upverdict.tui.widgets.plain import one_line, today
from upverdict.tui.workers import P, later

if TYPE_CHECKING:
    from upverdict.core.debate import Debate
    from upverdict.core.events import Event
    from upverdict.core.export import Form
    from upverdict.core.session import Choice, Order, Session
    from upverdict.core.store.writer import Store
    from upverdict.tui.widgets.found import Here

_EARLY_SECONDS = 0.1  # how long the first picture may wait for the file
QUESTION_CELLS = 48
"""Of a question in a notification."""


class Foretold(NamedTuple):
    """What a new debate would be like.

    `cost` in a few words, none where it can't be begun as it is; `apart`: by voice, who is asked with something of
    their own, or can't be. `small`: the judge's model is too small for a frame, and rules in a sentence or two.
    """

    cost: str = ""
    apart: Mapping[str, str] = MappingProxyType({})
    small: bool = False


class Services(Themed[int]):
    """Whatever a person can meet becomes a sentence on the screen: but for `begin` and `store`, nothing here raises
    `UserError`."""

    def __init__(self, config: Config, order: Order | None) -> None:
        super().__init__()
        self.config = config
        self.order = order
        """What the command line wants argued at once, if anything."""
        self.library = Library(config.db)
        self._first = None if order else _Early(self.library)
        self.deleted: list[tuple[str, str]] = []
        """What can be brought back: ids and questions, the latest last."""
        self.session: Session | None = None
        """The debate that this window holds or held last."""
        self.opened: Store | None = None
        """The file, if it was opened for writing."""
        self.back_at: tuple[str, bool] | None = None
        """Where the library's cursor belongs when it comes back: the debate that was held, and whether it is new."""
        self._opening = asyncio.Lock()
        self._warm = False
        self._serving: Worker[None] | None = None

    # The file

    def first_look(self) -> tuple[Stock, list[Row]] | None:
        """How many debates there are, and the first of them, once, if that is known by now: read while the screens
        were being set up, so that the first picture is whole."""
        early, self._first = self._first, None
        return early.result() if early else None

    @property
    def read_only(self) -> bool:
        """Whether it is known that nothing can be written to the file: a newer program wrote it."""
        return self.library.refusal is not None

    async def store(self) -> Store:
        """The file, open for writing; opened with first use. Raises StoreError."""
        async with self._opening:
            if self.opened is None:
                await imported("upverdict.core.store.writer")
                from upverdict.core.store.writer import Store

                self.opened = await Store.open(self.config.db, self._cannot_write)
        return self.opened

    def _cannot_write(self, error: UserError) -> None:
        """Words can't be kept: say so, and ask nobody for more."""
        from upverdict.core.events import Fault

        if self.session is not None and self.session.log.debate.outcome == "running":
            self.session.runner.interrupt(Fault("storage", str(error), False))  # its screen says why
        else:
            self.tell(error)

    # Services for the screens

    def serve(self, service: Callable[P, Coroutine[Any, Any, None]], *args: P.args, **more: P.kwargs) -> None:
        """Run a service without holding up the screen that asked for it; one at a time, so that a second Enter while
        the first one is at work does nothing."""
        if not self.serving:
            self._serving = self.run_worker(later(service, *args, **more), group="service")

    @property
    def serving(self) -> bool:
        """Whether a service is at work: what the user asked for is still to come."""
        return self._serving is not None and not self._serving.is_finished

    def stop_serving(self) -> None:
        """Give up the service that is at work, such as the start of a debate whose sources are being read."""
        if self._serving is not None:
            self._serving.cancel()

    def tell(self, error: UserError) -> None:
        """Say what went wrong: on the screen that has a place for it, else in a notification."""
        words = one_line(str(error))
        if isinstance(error, NoSuchDebate):
            words = "That debate is not there any more: it was deleted in another window."
            for screen in self.screen_stack:
                if callable(reread := getattr(screen, "refresh_list", None)):
                    reread()
        problem = getattr(self.screen, "problem", None)
        if callable(refused := getattr(self.screen, "refused", None)):
            refused(error)
        elif callable(problem):
            problem(words)
        else:
            self.notify(words, severity="error", timeout=12)

    async def here(self) -> Here:
        """What there is to argue with."""
        await imported("upverdict.tui.widgets.found")
        from upverdict.tui.widgets.found import look

        return await asyncio.to_thread(look, self.config)

    async def seats(self) -> Here:
        """Who can sit in a council, which is known at once; nothing of what answers for them."""
        await imported("upverdict.tui.widgets.found")
        from upverdict.tui.widgets.found import seats

        return await asyncio.to_thread(seats, self.config)

    async def foretell(self, order: Order) -> Foretold:
        """What a debate would be like, as far as that is known before its sources are read."""
        await imported("upverdict.core.session")
        from upverdict.core import estimate, session

        def look() -> Foretold:  # reads the personas' files, and may look for a server
            plan, apart = asyncio.run(session.foreseen(order, self.config))
            return Foretold(estimate.told(plan) if plan else "", apart, bool(plan and plan.judge.small))

        return await asyncio.to_thread(look)

    @property
    def choice(self) -> Choice:
        """What the command line chose to talk to."""
        from upverdict.core.session import Choice

        return self.order.choice if self.order else Choice()

    async def start_debate(self, order: Order) -> None:
        """Start a debate and show it, or say why it can't be."""
        try:
            await self.begin(order)
        except UserError as e:
            self.tell(e)

    async def begin(self, order: Order) -> Session:
        """Start a debate and show it. Raises UserError when it can't be."""
        self.warm()
        await imported("upverdict.core.session")
        from upverdict.core import session

        store = await self.store()
        held = await session.start(store, order, self.config, on_note=self._note)
        await self._enter(held, new=True)
        return held

    async def continue_debate(self, id: str) -> None:
        """Take up a kept debate that lacks something, or say why that can't be."""
        self.warm()
        await imported("upverdict.core.session")
        from upverdict.core import session

        try:
            state = (await asyncio.to_thread(self.library.row, id)).state
            if state not in CAN_CONTINUE:
                where = "is being held in another window" if state == "running" else "has its verdict"
                self.notify(f"This debate {where}; there is nothing to continue here.")
                return
            store = await self.store()
            held = await session.resume(store, self.library, id, self.config, self.choice, on_note=self._note)
        except UserError as e:
            self.tell(e)
            return
        await self._enter(held)

    async def push_back(self, id: str, text: str, flip: int | None = None) -> None:
        """Say something of a kept verdict and show what comes of it, or say why that can't be.

        With `flip`, the number (from 1) of what would flip the verdict, it is what was found out about that.
        """
        self.warm()
        await imported("upverdict.core.session")
        from upverdict.core import session

        try:
            store = await self.store()
            held = await session.push_back(
                store, self.library, id, self.config, self.choice, text, flip=flip, on_note=self._note
            )
        except UserError as e:
            self.tell(e)
            return
        await self._enter(held)

    async def _enter(self, session: Session, *, new: bool = False) -> None:
        """Show a debate that is to be held, in place of whatever lies over the library."""
        await imported("upverdict.tui.screens.debate")
        from upverdict.tui.screens.debate import DebateScreen

        self.session = session
        await self._forget_drafts()
        self._to_library()
        await self.push_screen(DebateScreen.live(session))
        self.back_at = session.log.id, new

    def _to_library(self) -> None:
        """Close what lies over the library. Not waited for: one of the screens may be what asked for it."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def _note(self, words: str) -> None:
        """What is being prepared for the debate, such as the start of a model (it ends in `…`; nothing takes it away);
        or what has to be known of it."""
        if words and not words.endswith("…"):
            self.notify(one_line(words), timeout=12)
            return
        for screen in self.screen_stack:
            if callable(note := getattr(screen, "note", None)):
                note(words)

    async def open_debate(self, id: str, statement: str = "", words: str = "") -> None:
        """Show a kept debate: its verdict, or what was said; with a statement, the place in it that has these words."""
        await imported("upverdict.tui.screens.debate")
        from upverdict.tui.screens.debate import DebateScreen
        from upverdict.tui.screens.verdict import VerdictScreen
        from upverdict.tui.widgets.found import passage

        with quiet.while_opening(self):
            try:
                state, debate = await asyncio.to_thread(self._read_debate, id)
            except UserError as e:
                self.tell(e)
                return
            place = passage(debate, statement, words)
            if debate.verdict is not None and place is None:
                await self.push_screen(VerdictScreen(debate, state))
            else:
                await self.push_screen(DebateScreen.kept(debate, state, place))

    def _read_debate(self, id: str) -> tuple[State, Debate]:
        return self.library.state(id), self.library.debate(id)

    async def replay_debate(self, id: str) -> None:
        """Show a kept debate said once more, from its beginning; a replay of it that lies beneath is gone back to."""
        await imported("upverdict.tui.screens.replay")
        from upverdict.tui.screens.replay import ReplayScreen

        replays = [s for s in self.screen_stack if isinstance(s, ReplayScreen) and s.debate.id == id]
        if replays:
            while self.screen is not replays[-1]:
                self.pop_screen()
            return
        try:
            state = (await asyncio.to_thread(self.library.row, id)).state  # first: what is over has all its events
            events = await asyncio.to_thread(self.library.told, id)
        except UserError as e:
            self.tell(e)
            return
        await self.push_screen(ReplayScreen(events, state))

    async def export_debate(self, id: str, form: Form = "md") -> None:
        """Write a debate into the current folder, and say where it is; one that is held here as far as it has come."""
        await imported("upverdict.core.export")
        await imported(f"upverdict.core.{'html' if form == 'html' else 'markdown'}_page")
        from upverdict.core import export

        held = self.session
        try:
            if held is not None and held.log.id == id and held.log.debate.outcome == "running":
                await held.recorder.flush()
            path = await asyncio.to_thread(export.into_folder, self.library, id, Path(), form)
        except UserError as e:
            self.tell(e)
            return
        self.notify(f"The debate was exported to {one_line(str(path))}.", timeout=12)

    async def related(self, id: str) -> list[Related]:
        """The kept debates that are about the same; none where they can't be read, which is told."""
        try:
            return await asyncio.to_thread(self.library.related, id)
        except UserError as e:
            self.tell(e)
            return []

    async def decided(self, question: str) -> list[Related]:
        """The debates on something alike that have a verdict; none where they can't be read, which is told when a
        debate is to begin."""
        try:
            return await asyncio.to_thread(self.library.decided, question)
        except UserError:
            return []

    async def news(self, id: str, seen: int) -> tuple[State, list[Event]] | None:
        """What was written to a debate after its event number `seen`, and how it stands; None when that can't be read,
        which is told."""

        def read() -> tuple[State, list[Event]]:
            state = self.library.state(id)  # first: what is over by now has all its events
            return state, [event for event in self.library.events(id) if event.seq > seen]

        try:
            return await asyncio.to_thread(read)
        except UserError as e:
            self.tell(e)
            return None

    async def new_debate(self) -> None:
        """Open the form for a new debate, with what was written in the library's question; that has it back after."""
        await imported("upverdict.tui.screens.new")
        from upverdict.tui.screens.new import NewScreen
        from upverdict.tui.widgets.question import QuestionField

        written = next(iter(self.screen.query(QuestionField)), None)

        def give_back(question: str | None) -> None:
            if written is not None:
                written.fill(question or "")

        await self.push_screen(NewScreen(written.text if written else ""), give_back)
        self.warm()

    def warm(self) -> None:
        """Import what a debate needs and what is dear, on a thread; once."""
        if not self._warm:
            self._warm = True
            self.run_worker(
                lambda: importlib.import_module("anthropic"), thread=True, group="warm", exit_on_error=False
            )

    def get_ready(self) -> None:
        """Import what opening a debate needs while nobody waits for it: it takes a quarter of a second."""
        self.run_worker(later(self._get_ready), group="ready", exit_on_error=False)

    async def _get_ready(self) -> None:
        for name in ("upverdict.tui.screens.debate", "upverdict.tui.screens.verdict", "upverdict.core.score"):
            await imported(name)
        from upverdict.tui.widgets import markup

        await asyncio.to_thread(markup.warm)
        gc.freeze()  # as after the first picture: what lives now lives on

    async def keep_drafts(self, drafts: dict[str, str]) -> None:
        """Keep what was written and not sent, where that differs from what is kept."""
        try:
            kept = await asyncio.to_thread(lambda: {key: self.library.draft(key) for key in drafts})
            changed = {key: text for key, text in drafts.items() if text.strip() != kept[key].strip()}
            if changed:
                store = await self.store()
                for key, text in changed.items():
                    await store.save_draft(key, text.strip())
        except UserError as e:
            self.tell(e)

    async def _forget_drafts(self) -> None:
        """What was written on the screens over the library has become a debate, or a part of one."""
        for screen in self.screen_stack:
            if forget := getattr(screen, "forget_draft", None):
                await forget()


class _Early(Thread):
    """The first look at the file, on a thread of its own; what goes wrong there comes again in its place."""

    def __init__(self, library: Library) -> None:
        super().__init__(name="upverdict-first-look", daemon=True)
        self._library = library
        self._found: tuple[Stock, list[Row]] | None = None
        self.start()

    def run(self) -> None:
        with suppress(UserError):
            self._found = (self._library.stock(today()), self._library.page(limit=PAGE))

    def result(self) -> tuple[Stock, list[Row]] | None:
        self.join(_EARLY_SECONDS)
        return self._found


async def imported(name: str) -> None:
    """Import a module on a thread: whoever waits for it does not hold up the screen."""
    if name not in sys.modules:
        await asyncio.to_thread(importlib.import_module, name)
