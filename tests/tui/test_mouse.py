"""What the keys do, the mouse does: the last line, the help, the palette, and what is natural on each screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.shelf import Shown, debate, keep, showing
from tests.tui.stage import screen_text, until
from tests.tui.test_keys_listed import over, shown
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.help import HelpScreen
from upverdict.tui.screens.live_view import KeptDebate
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.pane import VoicePane


async def press(pilot: Pilot[int], name: str) -> None:
    """Click on a key of the last line, by what it is called there."""
    line = pilot.app.screen.query_one(KeysLine)
    await until(pilot, lambda: name in [key.name for key in line.shown], name)
    await pilot.click(line, offset=(1 + next(at for at, key in line._places if key.name == name), 0))


async def choose(app: Shown, pilot: Pilot[int], words: str) -> None:
    """Click on an entry of the palette, as one looks for it by typing nothing."""
    await until(pilot, lambda: app.screen.query("CommandList") and words in screen_text(app), words)
    at = next(y for y, line in enumerate(screen_text(app).splitlines()) if words in line)
    await pilot.click(offset=(screen_text(app).splitlines()[at].index(words), at))


async def test_what_is_written_is_sent_and_the_floor_passed_by_clicks(tmp_path: Path) -> None:
    async with shown(tmp_path, "debate") as (app, pilot, screen):
        held = app.session.log.debate if app.session else None
        assert held is not None
        composer = screen.query_one(Composer)
        composer.insert("Two people.")
        await press(pilot, "new line")
        composer.insert("Answer that.")
        await press(pilot, "send")
        await until(pilot, lambda: "Y1" in held.statements)
        assert held.statements["Y1"].text == "Two people.\nAnswer that."
        await until(pilot, lambda: held.floor is None or held.floor > 0)


async def test_the_right_button_asks_what_can_be_done_with_a_row(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1), debate(2, state="interrupted"))
    async with showing(tmp_path, (100, 30)) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await pilot.click(app.shelf.debates, offset=(5, 2), button=3)
        await choose(app, pilot, "Delete this debate")
        await until(pilot, lambda: isinstance(app.screen, Confirm) and "Question 2?" in screen_text(app))


@pytest.mark.parametrize("which", ["help", "sources", "frame that was settled"])
async def test_a_click_beside_a_page_closes_it(tmp_path: Path, which: str) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await app.push_screen(over(app, which))
        await pilot.pause()
        await pilot.click(offset=(1, 1))
        await until(pilot, lambda: app.screen is app.shelf)


async def test_a_debate_is_walked_through_by_clicks_alone(tmp_path: Path) -> None:
    long = debate(0, said="One more sentence. " * 400)
    await keep(tmp_path / "debates.db", long)
    async with showing(tmp_path, (100, 30)) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await pilot.click(app.shelf.debates, offset=(5, 0), times=2)
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        await press(pilot, "whole debate")
        await until(pilot, lambda: app.screen.query(VoicePane))
        first, second, *_ = app.screen.query(VoicePane)
        await pilot.click(second.view)
        await until(pilot, lambda: second.view.has_focus)
        await pilot.click(second, offset=(8, 0), times=2)
        await until(pilot, lambda: not first.display or first.region.width == 0, "zoomed")
        await press(pilot, "zoom")
        await until(pilot, lambda: first.display and first.region.width)
        first.view.scroll_to(y=0, animate=False)
        await until(pilot, lambda: "more below" in str(first.border_subtitle))
        await pilot.click(first, offset=(10, first.region.height - 1))
        await until(pilot, lambda: first.view.following)
        await press(pilot, "help")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_a_key_that_has_no_room_is_found_by_a_click_on_the_help(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0, state="interrupted"))
    async with showing(tmp_path, (44, 24)) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await app.open_debate("d99999")
        await until(pilot, lambda: isinstance(app.screen, KeptDebate))
        line = app.screen.query_one(KeysLine)
        await until(pilot, lambda: line.shown and "zoom" not in [key.name for key in line.shown])
        await press(pilot, "help")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        while "This pane over" not in screen_text(app):  # as the wheel does it
            app.screen.query_one("#keys").scroll_down(animate=False)
            await pilot.pause()
        lines = screen_text(app).splitlines()
        at = next(y for y, words in enumerate(lines) if "This pane over" in words)
        await pilot.click(offset=(lines[at].index("This pane over"), at))
        await until(pilot, lambda: isinstance(app.screen, KeptDebate) and app.screen.council.zoomed is not None)
