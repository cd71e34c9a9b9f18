"""Everything that says something can be read on every theme: 4.5:1 (WCAG 2.1, level AA), measured on what is drawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widgets import Button

from tests.tui.cells import pieces
from tests.tui.scenes import NASTY, QUESTION, Held, finished, ruling, seats, shipped, under_way
from tests.tui.shelf import Shown, debate, found, keep, listed, showing
from tests.tui.stage import until
from upverdict.core import events as ev
from upverdict.tui.colours import MIN_CONTRAST, contrast, readable
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.frame import FrameScreen, Written
from upverdict.tui.screens.help import HelpScreen
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.sources import SourcesScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.themes import mended

Prepare = Callable[[Shown, Pilot[int]], Awaitable[object]]
FRAME = ev.Frame("Which of the two is it to be?", ("There is a machine.",), ("own it", "rent it"), "contested")


@asynccontextmanager
async def shelf(folder: Path, size: tuple[int, int]) -> AsyncIterator[tuple[Shown, Pilot[int]]]:
    """The library of three debates."""
    kept = (debate(1), debate(2, state="interrupted"), debate(3, state="failed"))
    await keep(folder / "debates.db", *kept)
    async with showing(folder, size) as (app, pilot):
        await listed(app, pilot, len(kept))
        yield app, pilot


def rgb_themes(app: Shown) -> list[Theme]:
    """Those whose colours are known: not what a terminal makes of its own sixteen."""
    return [
        t for t in app.available_themes.values() if not t.to_color_system().generate()["background"].startswith("a")
    ]


async def check(app: Shown, pilot: Pilot[int]) -> None:
    """Everything on the screen can be read on every theme."""
    low: dict[tuple[str, str], list[str]] = {}
    seen = 0
    for theme in rgb_themes(app):
        app.theme = theme.name
        await pilot.pause()
        if isinstance(app.screen, VerdictScreen):
            await until(pilot, lambda: app.screen.query("#more"), "it is composed anew for the theme")
        for piece in pieces(app.screen):
            seen += 1
            if piece.contrast < MIN_CONTRAST:
                where = f"{type(piece.widget).__name__}#{piece.widget.id}"
                low.setdefault((where, piece.text.strip()), []).append(f"{theme.name} {piece.contrast:.1f}")
    assert seen > 100
    assert not low


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


async def verdict(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(VerdictScreen(finished(seats(4, NASTY), versions=2).debate, "finished"))
    await until(pilot, lambda: app.screen.query("#more"))


async def asked(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(Confirm("Delete it?", "It is gone then.", danger=True))
    app.screen.query_one("#yes", Button).focus()


async def safe_answer(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(Confirm("Delete it?", "It is gone then.", danger=True))


async def pushed_back(app: Shown, pilot: Pilot[int]) -> None:
    screen = PushBack(finished(shipped()).debate, 1)
    await app.push_screen(screen)
    screen.problem("It could not be sent.")


async def frame(app: Shown, pilot: Pilot[int]) -> None:
    await app.push_screen(FrameScreen(QUESTION, Written.of(FRAME), lambda _: None, "Two options are needed."))


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
        app.notify("Words for a person.", title="Of note", severity=severity, timeout=600)


@pytest.mark.parametrize(
    ("prepare", "size"),
    [
        (library, (120, 24)),
        (search, (120, 20)),
        (nothing_found, (80, 20)),
        (new_debate, (122, 40)),
        (live_debate, (252, 34)),
        (writing, (120, 26)),
        (highlight, (90, 24)),
        (verdict, (90, 130)),
        (asked, (80, 24)),
        (safe_answer, (80, 24)),
        (pushed_back, (100, 30)),
        (frame, (100, 40)),
        (sources, (100, 30)),
        (help_of_a_debate, (90, 50)),
        (palette, (80, 24)),
        (toasts, (80, 30)),
    ],
    ids=lambda of: getattr(of, "__name__", ""),
)
async def test_what_is_drawn_can_be_read_on_every_theme(
    tmp_path: Path, prepare: Prepare, size: tuple[int, int]
) -> None:
    async with shelf(tmp_path, size) as (app, pilot):
        await prepare(app, pilot)
        await pilot.pause()
        await check(app, pilot)


async def test_the_first_screen_of_all_can_be_read_on_every_theme(tmp_path: Path) -> None:
    async with showing(tmp_path, (100, 30)) as (app, pilot):
        await until(pilot, lambda: app.screen.query("#answers"))
        app.shelf.problem("It could not be started.")
        await check(app, pilot)


async def test_every_persona_can_be_told_on_every_ground_of_every_theme(tmp_path: Path) -> None:
    async with showing(tmp_path, (80, 24)) as (app, _):
        themes = rgb_themes(app)
        assert len(themes) >= 19
        for theme in themes:
            variables = theme.to_color_system().generate()
            grounds = [Color.parse(variables[name]) for name in ("background", "surface", "panel", "primary")]
            for colour in (*(seat.colour for seat in shipped()), *NASTY, *(ground.hex6 for ground in grounds)):
                for ground in grounds:
                    assert contrast(readable(colour, ground), ground) >= MIN_CONTRAST, (theme.name, colour, ground)


def test_the_colours_of_a_terminal_are_left_to_it() -> None:
    assert mended({"background": "ansi_default", "foreground": "ansi_default", "text-muted": "ansi_default 50%"}) == {}
