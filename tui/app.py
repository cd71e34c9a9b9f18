"""The application: owns the file and the debate that is held, opens screens, leaves in order. Draws nothing itself.

Everything that a first screen does not need is imported when it is first used, off the event loop where it is dear.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import sys
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Thread, Timer
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from upverdict.core import errors
from upverdict.core.config import Config
from upverdict.core.errors import UserError
from upverdict.core.store.reader import Library, Row
from upverdict.tui import leaving
from upverdict.tui.screens.library import CAN_CONTINUE, LibraryScreen
from upverdict.tui.widgets.library_pages import PAGE
from upverdict.tui.widgets.plain import fit, one_line

if TYPE_CHECKING:
    from upverdict.core.session import Choice, Order, Session
    from upverdict.core.store.writer import Store
    from upverdict.tui.widgets.found import Here

_QUESTION_CELLS = 48  # of a question in a notification
_EARLY_SECONDS = 0.1  # how long the first picture may wait for the file


class UpverdictApp(App[int]):
    """`order` is a debate to start at once; without it the library comes first.

    Whatever a person can meet becomes a sentence on the screen: none of the services raises `UserError`.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "upverdict"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit", tooltip="Leave; every word is kept"
        ),
        Binding("question_mark,f1", "help", "help", id="app.help", tooltip="Show every key of this screen"),
        Binding(
            "ctrl+p",
            "command_palette",
            "palette",
            show=False,
            priority=True,
            id="app.palette",
            tooltip="Find an action",
        ),
    ]

    def __init__(self, config: Config, order: Order | None) -> None:
        super().__init__()
        self.config = config
        self.order = order
        self.library = Library(config.db)
        self._first = None if order else _Early(self.library)
        self.deleted: list[tuple[str, str]] = []
        """What can be brought back: ids and questions, the latest last."""
        self.failure: UserError | None = None
        """Why the debate that the command line ordered could not be started."""
        self.parting: list[str] = []
        """What a person is told in the terminal after the program has left the screen."""
        self.debug_wanted = False
        self.session: Session | None = None
        """The debate that this window holds or held last."""
        self._ordered: Session | None = None
        self._store: Store | None = None
        self._opening = asyncio.Lock()
        self._warm = False
        self._left = False
        self._deadline: Timer | None = None
        self._serving: Worker[None] | None = None

    # Coming

    def get_default_screen(self) -> Screen[Any]:
        return LibraryScreen(asleep=self.order is not None)

    def on_mount(self) -> None:
        if self.config.theme and self.config.theme in self.available_themes:
            self.theme = self.config.theme
        if not self.is_headless:
            leaving.on_signals(self.leave)
        self.call_after_refresh(self._painted)
        if self.order is not None:
            self.run_worker(self._start_ordered(self.order), group="start")

    def _painted(self) -> None:
        """The first picture is on the screen: what lives now lives on, and no collection need look at it."""
        gc.freeze()

    async def _start_ordered(self, order: Order) -> None:
        try:
            self._ordered = await self._begin(order)
        except UserError as e:
            self.failure = e  # told in the terminal, with the exit code of the command line
            self.exit(e.exit_code)

    # The file

    async def store(self) -> Store:
        """The file, open for writing; opened with first use. Raises StoreError."""
        async with self._opening:
            if self._store is None:
                await _imported("upverdict.core.store.writer")
                from upverdict.core.store.writer import Store

                self._store = await Store.open(self.config.db, self._cannot_write)
        return self._store

    def _cannot_write(self, error: UserError) -> None:
        """Words can't be kept: say so, and ask nobody for more."""
        from upverdict.core.events import Fault

        if self.session is not None and self.session.log.debate.outcome == "running":
            self.session.runner.interrupt(Fault("storage", str(error), False))  # its screen says why
        else:
            self.tell(error)

    def first_look(self) -> tuple[int, list[Row]] | None:
        """How many debates there are, and the first of them, once, if that is known by now: read while the screens
        were being set up, so that the first picture is whole."""
        early, self._first = self._first, None
        return early.result() if early else None

    # Services for the screens

    def serve(self, service: Coroutine[Any, Any, None]) -> None:
        """Run a service without holding up the screen that asked for it; one at a time, so that a second Enter while
        the first one is at work does nothing."""
        if self._serving is not None and not self._serving.is_finished:
            service.close()
        else:
            self._serving = self.run_worker(service, group="service")

    def tell(self, error: UserError) -> None:
        """Say what went wrong: on the screen that has a place for it, else in a notification."""
        words = one_line(str(error))
        problem = getattr(self.screen, "problem", None)
        if callable(problem):
            problem(words)
        else:
            self.notify(words, severity="error", timeout=12, markup=False)

    async def here(self) -> Here:
        """What there is to argue with."""
        await _imported("upverdict.tui.widgets.found")
        from upverdict.tui.widgets.found import look

        return await asyncio.to_thread(look, self.config)

    @property
    def choice(self) -> Choice:
        """What the command line chose to talk to."""
        from upverdict.core.session import Choice

        return self.order.choice if self.order else Choice()

    async def start_debate(self, order: Order) -> None:
        """Start a debate and show it, or say why it can't be."""
        try:
            await self._begin(order)
        except UserError as e:
            self.tell(e)

    async def _begin(self, order: Order) -> Session:
        self.warm()
        await _imported("upverdict.core.session")
        from upverdict.core import session

        store = await self.store()
        held = await session.start(store, order, self.config, on_note=self._note)
        await self._enter(held)
        return held

    async def continue_debate(self, id: str) -> None:
        """Take up a kept debate that lacks something, or say why that can't be."""
        self.warm()
        await _imported("upverdict.core.session")
        from upverdict.core import session

        try:
            state = (await asyncio.to_thread(self.library.row, id)).state
            if state not in CAN_CONTINUE:
                where = "is being held in another window" if state == "running" else "has its verdict"
                self.notify(f"This debate {where}; there is nothing to continue here.", markup=False)
                return
            store = await self.store()
            held = await session.resume(store, self.library, id, self.config, self.choice, on_note=self._note)
        except UserError as e:
            self.tell(e)
            return
        await self._enter(held)

    async def _enter(self, session: Session) -> None:
        """Show a debate that is to be held, in place of whatever lies over the library."""
        await _imported("upverdict.tui.screens.debate")
        from upverdict.tui.screens.debate import DebateScreen

        self.session = session
        await self._forget_draft()
        self._to_library()
        await self.push_screen(DebateScreen.live(session))

    def _to_library(self) -> None:
        """Close what lies over the library. Not waited for: one of the screens may be what asked for it."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def _note(self, words: str) -> None:
        """What is being prepared for the debate, such as the start of a model."""
        for screen in self.screen_stack:
            if callable(note := getattr(screen, "note", None)):
                note(words)

    async def open_debate(self, id: str, statement: str = "", words: str = "") -> None:
        """Show a kept debate: its verdict, or what was said; with a statement, the place in it that has these words."""
        await _imported("upverdict.tui.screens.debate")
        from upverdict.tui.screens.debate import DebateScreen
        from upverdict.tui.screens.verdict import VerdictScreen
        from upverdict.tui.widgets.found import passage

        try:
            state = (await asyncio.to_thread(self.library.row, id)).state
            debate = await asyncio.to_thread(self.library.debate, id)
        except UserError as e:
            self.tell(e)
            return
        place = passage(debate, statement, words)
        if debate.verdict is not None and place is None:
            await self.push_screen(VerdictScreen(debate, state))
        else:
            await self.push_screen(DebateScreen.kept(debate, state, place))

    async def new_debate(self) -> None:
        """Open the form for a new debate, with what was written in the library's question."""
        await _imported("upverdict.tui.screens.new")
        from upverdict.tui.screens.new import NewScreen
        from upverdict.tui.widgets.question import QuestionField

        written = self.screen.query(QuestionField)
        await self.push_screen(NewScreen(written.first().text if written else ""))
        self.warm()

    def warm(self) -> None:
        """Import what a debate needs and what is dear, on a thread; once."""
        if not self._warm:
            self._warm = True
            self.run_worker(
                lambda: importlib.import_module("anthropic"), thread=True, group="warm", exit_on_error=False
            )

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

    async def _forget_draft(self) -> None:
        """The debate that was written about in the form was started: there is no draft of it any more."""
        if any(getattr(screen, "keep_draft", None) for screen in self.screen_stack):
            from upverdict.tui.screens.new import BACKGROUND_DRAFT, QUESTION_DRAFT

            await self.keep_drafts({QUESTION_DRAFT: "", BACKGROUND_DRAFT: ""})

    async def delete_debate(self, id: str) -> None:
        """Hide a debate until the program ends; then it is gone for good."""
        try:
            row = await asyncio.to_thread(self.library.row, id)
            if row.state == "running":
                self.notify("This debate is being held in another window. Close it there first.", markup=False)
                return
            await (await self.store()).delete(id)
        except UserError as e:
            self.tell(e)
            return
        question = fit(one_line(row.question), _QUESTION_CELLS)
        self.deleted.append((id, question))
        self.notify(f"Deleted “{question}”. u brings it back.", timeout=8, markup=False)
        self._kept_changed()

    async def undo_delete(self) -> None:
        """Bring back the debate that was deleted last."""
        if not self.deleted:
            return
        id, question = self.deleted.pop()
        try:
            await (await self.store()).undelete(id)
        except UserError as e:
            self.tell(e)
            return
        self.notify(f"“{question}” is back.", markup=False)
        self._kept_changed()

    def _kept_changed(self) -> None:
        self.screen.refresh_bindings()
        if isinstance(self.screen, LibraryScreen):
            self.screen.refresh_list()

    # Keys and commands

    async def action_help(self) -> None:
        from upverdict.tui.commands import commands
        from upverdict.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            await self.push_screen(HelpScreen(commands(self.screen)))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of the screen beneath the palette that can be done now, and the choice of a theme."""
        from upverdict.tui.commands import commands

        names: set[str] = set()
        for command in commands(screen):
            if command.enabled and not command.basic and command.name not in {*names, "Palette"}:
                names.add(command.name)
                run = self._runner(command.action, command.node)
                yield SystemCommand(command.name, f"{command.what} ({', '.join(command.keys)})", run)
        yield SystemCommand("Theme", "Change how everything looks", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save a picture (SVG) of this screen", self.deliver_screenshot)

    def _runner(self, action: str, node: Any) -> Any:
        return lambda: self.run_worker(self.run_action(action, node), group="palette")

    # Leaving

    async def action_quit(self) -> None:
        await self.leave()

    async def leave(self, by_signal: bool = False) -> None:
        """Interrupt the debate that is held, see every word on the disk, and end."""
        if self._left:
            return
        self._left = True
        if by_signal:
            self._deadline = leaving.insist(errors.INTERRUPTED)
        interrupted = False
        if self.session is not None:
            interrupted = await leaving.interrupt(self.session, self.parting)
        for screen in self.screen_stack:
            if keep := getattr(screen, "keep_draft", None):
                await keep()
        self.exit(errors.INTERRUPTED if interrupted or by_signal else self._code())

    def _code(self) -> int:
        """How the debate ended that the command line ordered; a library that was looked at ended well."""
        if self._ordered is None:
            return errors.VERDICT
        outcome = self._ordered.log.debate.outcome
        trouble = self._ordered.runner.trouble
        codes = {"finished": errors.VERDICT, "interrupted": errors.INTERRUPTED}
        return errors.NO_VERDICT if trouble else codes.get(outcome, errors.NO_VERDICT)

    async def shut(self) -> None:
        """After the screen is left: nothing of a debate is lost, what was deleted is gone, the file is closed."""
        if self.session is not None:
            await leaving.interrupt(self.session, self.parting)
        self.library.close()
        if self._store is not None:
            await leaving.shut(self._store, bool(self.deleted), self.parting)
        if self._deadline is not None:
            self._deadline.cancel()

    def _handle_exception(self, error: Exception) -> None:
        # Textual has no public hook for this. Its own answer shows a traceback with the values of every variable.
        if not self.debug_wanted and not isinstance(error, leaving.Unexpected):
            told = leaving.Unexpected(error)
            told.__cause__ = error
            error = told
        super()._handle_exception(error)


def run(config: Config, order: Order | None) -> int:
    """Show the screens until the user leaves; returns the exit code (design.md).

    Raises UserError when the debate that was ordered could not be started.
    """
    app = UpverdictApp(config, order)
    app.debug_wanted = "--debug" in sys.argv[1:]
    with leaving.window_title(app.TITLE or ""):
        code = asyncio.run(_hold(app))
    with suppress(OSError):  # nobody can be told on a terminal that is gone
        for words in app.parting:
            print(words, file=sys.stderr, flush=True)
    if app.failure is not None:
        raise app.failure
    return code


async def _hold(app: UpverdictApp) -> int:
    try:
        code = await app.run_async()
    finally:
        await app.shut()
    return errors.NO_VERDICT if code is None else code


class _Early(Thread):
    """The first look at the file, on a thread of its own; what goes wrong there comes again in its place."""

    def __init__(self, library: Library) -> None:
        super().__init__(name="upverdict-first-look", daemon=True)
        self._library = library
        self._found: tuple[int, list[Row]] | None = None
        self.start()

    def run(self) -> None:
        with suppress(UserError):
            self._found = (self._library.count(), self._library.page(limit=PAGE))

    def result(self) -> tuple[int, list[Row]] | None:
        self.join(_EARLY_SECONDS)
        return self._found


async def _imported(name: str) -> None:
    """Import a module on a thread: whoever waits for it does not hold up the screen."""
    if name not in sys.modules:
        await asyncio.to_thread(importlib.import_module, name)
