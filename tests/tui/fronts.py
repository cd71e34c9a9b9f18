"""Ways to every screen of the program: each brings one to the front, on a library of three debates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Button

from tests.tui.scenes import NASTY, QUESTION, Held, Record, finished, ruling, seats, shipped, under_way
from tests.tui.shelf import Shown, debate, found, keep, kept_as, listed, showing
from tests.tui.stage import screen_text, stamped, until
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.frame import FrameScreen, FrameView, Written
from upverdict.tui.screens.help import HelpScreen
from upverdict.tui.screens.keeping import Decision
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.replay import ReplayScreen
from upverdict.tui.screens.sources import SourcesScreen
from upverdict.tui.screens.verdict import VerdictScreen

Prepare = Callable[[Shown, Pilot[int]], Awaitable[object]]
FRAME = ev.Frame("Which of the two is it to be?", ("There is a machine.",), ("own it", "rent it"), "contested")


@asynccontextmanager
async def shelf(folder: Path, size: tuple[int, int], *, notes: bool = False) -> AsyncIterator[tuple[Shown, Pilot[int]]]:
    """The library of three debates."""
    kept = (debate(1), debate(2, state="interrupted"), debate(3, state="failed"))
    await keep(folder / "debates.db", *kept)
    async with showing(folder, size, notes=notes) as (app, pilot):
        await listed(app, pilot, len(kept))
        yield app, pilot


async def library(app: Shown, pilot: Pilot[int]) -> None:
    await until(pilot, lambda: app.shelf.preview.shown, "the preview")


async def search(app: Shown, pilot: Pilot[int]) -> None:
    await found(app, pilot, "answer", 3)
    await pilot.press("down")


async def nothing_found(app: Shown, pilot: Pilot[int]) -> None:
    await pilot.press("slash", *"nowhere")
    await until(pilot, lambda: app.shelf.has_class("-none"))


async def new_debate(app: Shown, pilot: Pilot[int]) -> None:
    await pilot.press("n")
    await until(pilot, lambda: isinstance(app.screen, NewScreen) and app.screen.query_one("#council").size.height > 3)
    await pilot.press("ctrl+s")  # the question is missing
    await until(pilot, lambda: app.screen.query(".-told"))
    app.screen.query_one("#council").focus()


async def live_debate(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(Held(under_way(seats(8, NASTY))).screen())
    app.screen.query_one("#composer").focus()


async def writing(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(Held(under_way(shipped())).screen())
    await pilot.press("r", *"Words.", "shift+left", "shift+left")


async def highlight(app: Shown, pilot: Pilot[int]) -> None:
    record = finished(shipped())
    quote = ruling(record).pull_quotes[0]
    await app.push_screen(DebateView(record.debate, "finished", visiting=True, quote=quote))


async def many_steps(app: Shown, pilot: Pilot[int]) -> None:
    """A debate of so many rounds that its steps are signs, without their names."""
    record = (
        Record(seats(2), rounds=8).round(0).add(ev.FloorOpened(number=0), ev.FloorClosed(number=0, reason="passed"))
    )
    await app.push_screen(DebateView(record.states(1).debate, "interrupted"))
    await until(pilot, lambda: "step 3 of" in screen_text(app))


def sections(app: Shown) -> list[str]:
    """Of the verdict that is shown; none where there is no verdict yet."""
    return app.screen.page.sections if isinstance(app.screen, VerdictScreen) else []


async def verdict(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(VerdictScreen(finished(seats(4, NASTY), versions=2).debate, "finished"))
    await until(pilot, lambda: "What code can check" in sections(app))


async def asked(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(Confirm("Delete it?", "It is gone then.", danger=True))
    app.screen.query_one("#yes", Button).focus()


async def safe_answer(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(Confirm("Delete it?", "It is gone then.", danger=True))


async def pushed_back(app: Shown, pilot: Pilot[int]) -> None:
    screen = PushBack(finished(shipped()).debate, 1)
    await app.push_screen(screen)
    screen.problem("It could not be sent.")


async def decision(app: Shown, pilot: Pilot[int]) -> None:
    conditions = (ev.Revisit("2026-11-20", "the bill passes 2,000 a month"), ev.Revisit("", "we have a team"))
    kept = kept_as(debate(1), ev.ChoiceMade(text="We rent. " * 60), ev.RevisitSet(conditions=conditions))
    screen = Decision(Debate.fold(kept), "it rains")
    await app.push_screen(screen)
    screen.problem("That is no day.")


async def frame(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(FrameScreen(QUESTION, Written.of(FRAME), lambda _: None, "Two options are needed."))


async def replayed(app: Shown, pilot: Pilot[int]) -> None:
    """A replay that is held where everybody is in a state of their own."""
    await app.push_screen(ReplayScreen(stamped(*under_way(seats(8, NASTY)).events), "running"))
    await pilot.press("a", "b")


async def replay_over(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(ReplayScreen(stamped(*finished(shipped()).events), "finished"))
    await pilot.press("a")


async def sources(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(SourcesScreen(finished(shipped()).debate))


async def help_of_a_debate(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(DebateView(finished(shipped()).debate, "finished"))
    await pilot.press("question_mark")
    await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def palette(app: Shown, pilot: Pilot[int]) -> None:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: app.screen.query("OptionList"))
    await pilot.press(*"de")


async def toasts(app: Shown, pilot: Pilot[int]) -> None:
    for severity in ("information", "warning", "error"):
        app.notify("Words for a person.", title="Of note", severity=severity, timeout=600)  # type: ignore[arg-type]
    await until(pilot, lambda: len(app.screen.query("Toast")) == 3)


async def asked_at_length(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(Confirm(f"Delete “{'a long question ' * 20}”?", "It is gone then for good.", danger=True))


async def framed(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(FrameView(FRAME, "As you wrote it."))


async def many_versions(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(VerdictScreen(finished(seats(8), versions=4).debate, "finished"))
    await until(pilot, lambda: "What code can check" in sections(app))


def council_of(count: int) -> Prepare:
    """A round under way: so many voices and the user's pane."""

    async def prepare(app: Shown, pilot: Pilot[int]) -> None:
        await app.push_screen(Held(under_way(seats(count))).screen())

    return prepare


def floor_of(count: int) -> Prepare:
    """The floor is the user's."""

    async def prepare(app: Shown, pilot: Pilot[int]) -> None:
        record = Record(seats(count)).round(0).add(ev.FloorOpened(number=0))
        await app.push_screen(Held(record).screen())
        app.screen.query_one("#composer").focus()

    return prepare


def zoomed_of(count: int) -> Prepare:
    """A kept debate with one pane over the full width."""

    async def prepare(app: Shown, pilot: Pilot[int]) -> None:
        await app.push_screen(DebateView(finished(seats(count)).debate, "finished"))
        await pilot.press("2", "z")

    return prepare
