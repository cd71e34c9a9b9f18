"""The application: comes up fast, knows every action, leaves in order. Draws nothing itself; its services are apart."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import warnings
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual._context import active_message_pump
from textual.app import ScreenError, SystemCommand
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.driver import Driver
from textual.geometry import Size
from textual.screen import Screen
from textual.signal import SignalError
from textual.widget import MountError, Widget
from textual.worker import WorkerFailed, get_current_worker

from upverdict.core import errors
from upverdict.core.config import Config
from upverdict.core.errors import UserError
from upverdict.core.store import notices
from upverdict.tui import keyboard, leaving, suspending
from upverdict.tui.attention import Attention
from upverdict.tui.dressed import Dressed
from upverdict.tui.screens.library import LibraryScreen
from upverdict.tui.steady import steadied
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.row_list import OTHER_BUTTON
from upverdict.tui.window import Window, has_title, titled
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from textual.command import Provider

    from upverdict.core.session import Order, Session
    from upverdict.tui.commands import Command


def _palette() -> type[Provider]:
    from upverdict.tui.palette import Actions

    return Actions


SMALLEST = Size(60, 20)
"""What every screen has room in (ui.md)."""

IDLE = 0.7
"""Seconds after the first picture until what opening a debate needs is imported."""
_MISSING = (NoMatches, NoScreen, MountError, ScreenError, SignalError)
"""What Textual raises where something that stood on a screen is not there."""


class UpverdictApp(Dressed):
    """`order` is a debate to start at once; without it the library comes first.

    Raises WrongUse when the keys that the user wants can't be had.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "upverdict"
    COMMANDS = {_palette}  # noqa: RUF012  Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit", tooltip="Leave; every word is kept"
        ),
        Binding("question_mark", "help", "help", id="app.help", tooltip="Show every key of this screen"),
        Binding(
            "f1",
            "help",
            "help",
            show=False,
            priority=True,
            id="app.help.anywhere",
            tooltip="Show every key of this screen, also where text is written",
        ),
        Binding(
            "ctrl+p",
            "command_palette",
            "palette",
            show=False,
            priority=True,
            id="app.palette",
            tooltip="Find an action",
        ),
        Binding(
            "ctrl+z",
            "suspend",
            "suspend",
            show=False,
            priority=True,  # in dialogs, too; where text is written, it undoes
            id="app.suspend",
            tooltip="Go to the shell, where fg comes back; in a text of several lines it undoes",
        ),
    ]

    def __init__(self, config: Config, order: Order | None) -> None:
        if config.keys:
            from upverdict.tui import own_keys  # only who has keys of his own pays for it

            keyboard.use(own_keys.read(config.keys))
        else:
            keyboard.use({})
        super().__init__(config, order)
        keyboard.rebind(self)
        self.failure: UserError | None = None
        """Why the debate that the command line ordered could not be started."""
        self.parting: list[str] = []
        """What a person is told in the terminal after the program has left the screen."""
        self.debug_wanted = False
        self._ordered: Session | None = None
        self._job = suspending.Job(self.action_suspend, self._take_terminal)
        self._left = False
        self._small = False
        self._deadline: Timer | None = None
        self._window: Window | None = None

    # Coming

    def get_default_screen(self) -> Screen[Any]:
        return LibraryScreen(asleep=self.order is not None, columns=self.size.width)

    def on_mount(self) -> None:
        self.dress()
        if not self.is_headless:
            leaving.on_signals(self.leave)
            self._job.listen()
            self._open_window()
        self.call_after_refresh(self._painted)
        if self.order is not None:
            self.run_worker(later(self._start_ordered, self.order), group="start")
        loop = asyncio.get_running_loop()
        notices.listen(lambda words: loop.call_soon_threadsafe(self._noticed, words))

    def _noticed(self, words: str) -> None:
        """Something of the file that a person has to know; it may be read while the list is read anew."""
        self.notify(one_line(words), timeout=20)

    def get_driver_class(self) -> type[Driver]:
        return steadied(super().get_driver_class())

    def on_resize(self, event: events.Resize) -> None:
        """Say it, once, where the window is too small for what the screens are made for."""
        size = event.size
        small = size.width < SMALLEST.width or size.height < SMALLEST.height
        if small and not self._small:
            words = f"This window has {size.width} × {size.height} cells: make it {SMALLEST.width} × {SMALLEST.height} "
            self.notify(f"{words}to see everything. Nothing is lost meanwhile.", severity="warning")
        self._small = small

    def _painted(self) -> None:
        """The first picture is on the screen: what lives now lives on, and no collection need look at it."""
        gc.freeze()
        gc.enable()
        if self.order is None:
            self.set_timer(IDLE, self.get_ready)

    async def _start_ordered(self, order: Order) -> None:
        try:
            self._ordered = await self.begin(order)
        except UserError as e:
            self.failure = e  # told in the terminal, with the exit code of the command line
            self.exit(e.exit_code)

    # The window that the terminal is in

    def _open_window(self) -> None:
        env = os.environ
        self._window = Window(self._to_terminal, named=has_title(env, sys.__stdout__), way=self.config.notify, env=env)
        self.screen_change_signal.subscribe(self, lambda _: self._name_window())
        window = self._window
        self.app_suspend_signal.subscribe(self, lambda _: window.suspended(), immediate=True)  # it stops right after
        self.app_resume_signal.subscribe(self, lambda _: window.resumed())

    def _to_terminal(self, sequence: str) -> None:
        # Textual has a way of its own only for the bell and the clipboard. Beside its driver nothing may be written: it
        # would fall into the middle of a picture.
        if self._driver is not None:
            self._driver.write(sequence)

    @on(events.DeliveryComplete)
    def _told_where(self, event: events.DeliveryComplete) -> None:
        """Where a picture of the screen was saved; Textual's own words for it are marked up."""
        event.prevent_default()
        self.notify(
            f"The picture of this screen was saved to {event.path}." if event.path else "The picture was saved."
        )

    def bell(self) -> None:
        """Textual's, for what can't be done; silent where the user wants no bell."""
        if self.config.notify in ("bell", "both"):
            super().bell()

    def on_window_named(self) -> None:
        self._name_window()

    def _name_window(self) -> None:
        """As the screen says that is in front; what opens over it, such as a question, says nothing."""
        if self._window is not None:
            names = (getattr(screen, "window_title", "") for screen in reversed(self.screen_stack))
            self._window.name(next(filter(None, names), self.TITLE or ""))

    def on_attention(self, event: Attention) -> None:
        if self._window is not None:
            self._window.call(event.words, focused=self.app_focus)

    def on_app_focus(self) -> None:
        self._focus_told()

    def on_app_blur(self) -> None:
        self._focus_told()

    def _focus_told(self) -> None:
        if self._window is not None:
            self._window.focus_told = True

    # Keys and commands

    def _register_child(self, parent: DOMNode, child: Widget, before: int | None, after: int | None) -> None:
        # Textual has no public hook for this: every widget passes here once, before any key can reach it.
        keyboard.rebind(child)
        if self.still and hasattr(child, "cursor_blink"):
            child.set_reactive(type(child).cursor_blink, False)
        super()._register_child(parent, child, before, after)

    async def action_help(self) -> None:
        from upverdict.tui.commands import commands
        from upverdict.tui.screens.help import HelpScreen

        await self.push_screen(HelpScreen(commands(self.screen)), self._picked)

    def on_click(self, event: events.Click) -> None:
        """The right button asks what can be done here."""
        if event.button == OTHER_BUTTON:
            self.action_command_palette()

    def action_command_palette(self) -> None:
        """Textual's action, with a palette of ours."""
        from upverdict.tui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def _picked(self, command: Command | None) -> None:
        """A line of the help was clicked."""
        if command is not None:
            self._runner(command.action, command.node)()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "help":
            return not getattr(self.screen, "explains_itself", False)
        if action == "suspend":
            return suspending.POSSIBLE and not hasattr(self.screen.focused, "undo")
        return super().check_action(action, parameters)

    def action_suspend(self) -> None:
        if self.is_headless or not suspending.has_shell():
            self.notify("There is no shell to go back to: this terminal runs upverdict alone.")
            return
        with self.suspend():
            self._job.wait()

    def _take_terminal(self) -> None:
        """Somebody has stopped the program without asking it; the terminal may have been another's meanwhile. It is
        taken anew only where it was: what is typed at that moment gets lost.
        """
        if suspending.in_foreground() and suspending.is_cooked():
            with self.suspend():
                pass
        else:
            self.refresh(layout=True)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of the screen beneath the palette that can be done now, with its keys, and what has none."""
        from upverdict.tui.commands import offered

        for command in offered(screen):
            run = self._runner(command.action, command.node)
            yield SystemCommand(command.name, ", ".join(command.keys), run)
        for name, what, call in getattr(screen, "further_commands", tuple)():  # places of a page, for example
            yield SystemCommand(name, what, call)
        if hasattr(screen, "action_export") and screen.check_action("export", ()):
            yield SystemCommand("Export as a web page", "One file of HTML, here", partial(screen.action_export, "html"))
        yield SystemCommand("Theme", "Change how everything looks", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save a picture (SVG) of this screen", self.deliver_screenshot)

    def _runner(self, action: str, node: Any) -> Any:
        return lambda: self.run_worker(later(self.run_action, action, node), group="palette")

    # Leaving

    def action_help_quit(self) -> None:
        """Ctrl+C, where nothing is selected: in Textual's words it would be told in another voice than ours."""
        self.notify(f"{keyboard.key_of('app.quit')} leaves the program; every word is kept.")

    async def action_quit(self) -> None:
        await self.leave()

    async def leave(self, by_signal: bool = False) -> None:
        """Interrupt the debate that is held, see every word on the disk, and end."""
        if self._left:
            return
        self._left = True
        if by_signal:
            self._deadline = leaving.insist(errors.INTERRUPTED)
            with self.batch_update():  # on a terminal that is gone nothing may be drawn any more: it would block
                await self._save()
                if not self.is_headless and leaving.terminal_gone():
                    await self.shut()
                    leaving.end(errors.INTERRUPTED)
            self.exit(errors.INTERRUPTED)
        else:
            self.exit(errors.INTERRUPTED if await self._save() else self._code())

    async def _save(self) -> bool:
        """See everything on the disk that a person said, heard or wrote. Whether a debate was interrupted by it."""
        interrupted = False
        if self.session is not None:
            interrupted = await leaving.interrupt(self.session, self.config.db, self.parting)
        for screen in self.screen_stack:
            for name in ("keep_draft", "leave"):  # a form's, and a debate's that is held
                if end := getattr(screen, name, None):
                    await end()
        return interrupted

    def _code(self) -> int:
        """How the debate stands that the command line ordered; a library that was looked at ended well."""
        if self.order is None:
            return errors.VERDICT
        if (held := self._ordered) is None:
            return errors.INTERRUPTED
        if self.session is not None and self.session.log.id == held.log.id:
            held = self.session  # it was left and taken up again
        codes = {"finished": errors.VERDICT, "interrupted": errors.INTERRUPTED}
        return errors.NO_VERDICT if held.runner.trouble else codes.get(held.log.debate.outcome, errors.NO_VERDICT)

    async def shut(self) -> None:
        """After the screen is left: nothing of a debate is lost, what was deleted is gone, the file is closed."""
        notices.listen(None)
        if self.session is not None:
            await leaving.interrupt(self.session, self.config.db, self.parting)
        self.library.interrupt()
        self.library.close()
        if self.opened is not None:
            await leaving.shut(self.opened, [id for id, _ in self.deleted], self.parting)
        if self._deadline is not None:
            self._deadline.cancel()

    def _handle_exception(self, error: Exception) -> None:
        # Textual has no public hook for this. Its own answer shows a traceback with the values of every variable.
        missing = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(missing, _MISSING) and self._taken_down(worker=missing is not error):
            return
        if not isinstance(error, leaving.Unexpected):
            told = leaving.Unexpected(error, traced=self.debug_wanted)
            told.__cause__ = error
            error = told
        super()._handle_exception(error)

    def _taken_down(self, worker: bool) -> bool:
        """Whether the worker or the widget at hand is of what is just being taken off the screen, or of a screen that
        has gone before it was whole. What it looks for is not there any more, or was never made.
        """
        node = get_current_worker().node if worker else active_message_pump.get(None)
        if not self.is_running or getattr(node, "_pruning", False):
            return True
        return isinstance(node, DOMNode) and node is not self and not self._is_shown(node)

    def _is_shown(self, node: DOMNode) -> bool:
        return any(screen in self.screen_stack for screen in node.ancestors_with_self if isinstance(screen, Screen))


def run(config: Config, order: Order | None) -> int:
    """Show the screens until the user leaves; returns the exit code (design.md).

    Raises UserError when the debate that was ordered could not be started, or the user's keys can't be had.
    """
    notices.listen(None)  # what comes up before there is a screen waits for it
    app = UpverdictApp(config, order)
    app.debug_wanted = "--debug" in sys.argv[1:]
    if not app.debug_wanted:  # work that is called off before it began is no news for whoever leaves
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    with titled(app.TITLE or "", os.environ):
        code = asyncio.run(_hold(app))
    with suppress(OSError):  # nobody can be told on a terminal that is gone
        for words in app.parting:
            print(words, file=sys.stderr, flush=True)
        notices.listen(lambda words: print(words, file=sys.stderr, flush=True))
    if app.failure is not None:
        raise app.failure
    return code


async def _hold(app: UpverdictApp) -> int:
    try:
        code = await app.run_async()
    finally:
        await app.shut()
    return errors.NO_VERDICT if code is None else code
