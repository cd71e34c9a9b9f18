"""Everything that says something can be read on every theme: 4.5:1 (WCAG 2.1, level AA), measured on what is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import Theme

from tests.tui.cells import pieces
from tests.tui.fronts import (
    Prepare,
    asked,
    frame,
    help_of_a_debate,
    highlight,
    library,
    live_debate,
    many_steps,
    new_debate,
    nothing_found,
    palette,
    pushed_back,
    replay_over,
    replayed,
    safe_answer,
    search,
    shelf,
    sources,
    toasts,
    verdict,
    writing,
)
from tests.tui.scenes import NASTY, shipped
from tests.tui.shelf import Shown, showing
from tests.tui.stage import until
from upverdict.tui.colours import MIN_CONTRAST, contrast, readable
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.themes import mended


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
            await pilot.pause()  # it is composed anew for the theme
        for piece in pieces(app.screen):
            seen += 1
            if piece.contrast < MIN_CONTRAST:
                where = f"{type(piece.widget).__name__}#{piece.widget.id}"
                low.setdefault((where, piece.text.strip()), []).append(f"{theme.name} {piece.contrast:.1f}")
    assert seen > 100
    assert not low


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
        (many_steps, (90, 24)),
        (replayed, (120, 30)),
        (replay_over, (100, 30)),
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
    async with shelf(tmp_path, size, notes=prepare is toasts) as (app, pilot):
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
