"""Every place of a verdict that leads somewhere: what Enter says, where it goes, and that Esc comes back to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from tests import great
from tests.tui.stage import Stage, click, places, screen_text, until
from upverdict.core.debate import Debate
from upverdict.core.values import replace
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets import verdict_score
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.page_parts import Words
from upverdict.tui.widgets.pane import VoicePane

KINDS = {
    "in-short": 1,
    "quote": 5,
    "proof": 13,
    "flip": 3,
    "mover": 1,
    "moved-by": 1,
    "dissent": 1,
    "glance": 4,
    "citing": 24,
    "said": 7,
    "version": 3,
    "because": 1,
    "wanting": 3,
    "whole": 1,
}
"""How many places of each kind the page of the great debate has."""


@asynccontextmanager
async def shown(size: tuple[int, int] = (100, 30)) -> AsyncIterator[tuple[Stage, Pilot[Any], VerdictScreen]]:
    app = Stage()
    async with app.run_test(size=size) as pilot:
        screen = VerdictScreen(Debate.fold(great.great()), "finished")
        await app.push_screen(screen)
        await until(pilot, lambda: "What code can check" in screen.page.sections)
        yield app, pilot, screen


def offered(screen: VerdictScreen) -> str:
    """What the last line says that Enter does."""
    return next((key.name for key in screen.query_one(KeysLine).shown if key.key == "enter"), "")


async def test_every_section_has_its_places_and_what_was_left_out_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown() as (_, pilot, screen):
        page = screen.page
        assert {kind: len(places(screen, kind)) for kind in KINDS} == KINDS
        assert sum(KINDS.values()) == len(page.stops)
        every = [part.body.plain for part in places(screen, "wanting")]
        monkeypatch.setattr(verdict_score, "MOST_SHOWN", 1)
        await pilot.press("left_square_bracket", "right_square_bracket")
        (more,) = places(screen, "more")
        assert more.body.plain == "and 1 more"
        page.go_to(more)
        await until(pilot, lambda: offered(screen) == "show them")
        await pilot.press("enter")
        assert page.current is places(screen, "wanting")[-1]
        assert [part.body.plain for part in places(screen, "wanting")] == every


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (60, 20)])
async def test_tab_goes_to_every_place_and_enter_goes_to_its_words(size: tuple[int, int]) -> None:
    async with shown(size) as (app, pilot, screen):
        page, seen = screen.page, set()
        for stop in list(page.stops):
            assert page.current is stop
            if isinstance(stop.jump, Words) and stop.kind not in seen:
                seen.add(stop.kind)
                await until(pilot, lambda: offered(screen) == "to the sentence")
                place, quote = page.scroll_y, stop.jump.quote
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(app.screen, DebateView) and app.screen.query(VoicePane))
                view = next(p for p in app.screen.query(VoicePane) if p.voice == quote.voice).view
                await until(pilot, lambda v=view, q=quote: v._stack[q.statement].highlight == (q.start, q.end))
                await until(pilot, lambda v=view: v.has_focus)
                first = quote.text.split()[0].strip("*")
                rows = [view._stack.slice(round(view.scroll_y) + n, 1) for n in range(view.size.height)]
                assert any(found and first in row.text for line in rows for row, found in line), "it is in sight"
                await pilot.press("escape")
                await until(pilot, lambda: app.screen is screen)
                assert (page.scroll_y, page.current) == (place, stop)
            await pilot.press("tab")
        assert page.current is page.stops[0], "from the last one to the first"
        assert seen == set(KINDS) - {"in-short", "flip", "version", "whole"}


async def test_who_moved_leads_to_what_was_said_with_the_ballot() -> None:
    async with shown() as (_, _, screen):
        ((mover,), (dissent,), glances) = (places(screen, kind) for kind in ("mover", "dissent", "glance"))
        for part, statement in ((mover, "R4"), (dissent, "C4"), (glances[1], "S1")):
            assert isinstance(part.jump, Words)
            assert part.jump.quote.statement == statement
            assert part.jump.quote.start == 0


async def test_a_version_is_read_by_enter_and_a_click_opens_a_sentence() -> None:
    async with shown() as (app, pilot, screen):
        screen.page.go_to(places(screen, "version")[0])
        await until(pilot, lambda: offered(screen) == "read it")
        await pilot.press("enter")
        await until(pilot, lambda: screen.shown.version == 1)
        assert "Start with an API" in screen_text(app)
        page = screen.page
        page.go_to_section("The verdict")
        await until(pilot, lambda: offered(screen) == "next place", "nothing in it can be opened")
        await pilot.press("enter")
        assert page.section == "Who moved", "on, not back to where one was"
        assert page.current is places(screen, "mover")[0]
        page.go_to_section("Where they split")
        await until(pilot, lambda: "WHERE THEY SPLIT" in screen_text(app))
        await click(app, pilot, "Prices change on a page")
        await until(pilot, lambda: isinstance(app.screen, DebateView))


async def test_the_whole_debate_is_a_place_too() -> None:
    async with shown() as (app, pilot, screen):
        await pilot.press("end")
        await until(pilot, lambda: offered(screen) == "read it whole")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DebateView))


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (60, 20)])
async def test_the_section_that_is_read_is_named_and_keys_go_through_them(size: tuple[int, int]) -> None:
    async with shown(size) as (app, pilot, screen):
        page = screen.page
        await pilot.press("home")
        for name in page.sections[1:]:
            await pilot.press("n")
            await until(pilot, lambda n=name: f"▸ {n}" in screen_text(app))
            assert page.section == name
        await pilot.press("n")
        assert page.section == page.sections[-1]
        for name in reversed(page.sections[:-1]):
            await pilot.press("b")
            assert page.section == name
        await pilot.press("b")
        assert page.scroll_y == 0
        await pilot.press("end")
        await until(pilot, lambda: page.scroll_y == page.max_scroll_y)
        assert page.section == "Keep reading"
        await pilot.press("home")
        await until(pilot, lambda: (page.scroll_y, page.current) == (0, page.stops[0]))


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_a_click_on_the_contents_goes_to_the_section(size: tuple[int, int]) -> None:
    async with shown(size) as (app, pilot, screen):
        await pilot.press("n")
        await click(app, pilot, "Where they split")
        await until(pilot, lambda: screen.page.section == "Where they split")


async def test_scrolling_takes_the_keys_along() -> None:
    async with shown() as (_, pilot, screen):
        page = screen.page
        await pilot.press("pagedown", "pagedown")
        await until(pilot, lambda: page.scroll_y > page.size.height)
        assert page.current is not page.stops[0]
        assert page._seen(page._at), "Enter opens nothing that is out of sight"


async def test_a_resize_keeps_the_place() -> None:
    async with shown((160, 45)) as (app, pilot, screen):
        screen.page.go_to_section("At a glance")
        await until(pilot, lambda: "AT A GLANCE" in screen_text(app))
        for columns, rows in ((60, 20), (160, 45)):
            await pilot.resize_terminal(columns, rows)
            await until(pilot, lambda c=columns: screen.page.size.width <= c and "AT A GLANCE" in screen_text(app))
        assert screen.page.section == "At a glance"


async def test_what_is_selected_is_copied_without_bars_and_ids() -> None:
    async with shown((100, 60)) as (app, pilot, screen):
        rows = screen_text(app).splitlines()
        y = next(n for n, row in enumerate(rows) if "You are choosing who may surprise you." in row)
        x = rows[y].index("You are")
        await pilot.mouse_down(offset=(x, y))
        await pilot.hover(offset=(x + 16, y))
        await pilot.mouse_up(offset=(x + 16, y))
        await until(pilot, screen.get_selected_text)
        assert (screen.get_selected_text() or "").startswith("You are choosing")
        assert app.screen is screen, "what ends a selection opens nothing"


async def test_differences_of_versions_carry_signs_and_mark_the_words() -> None:
    async with shown((100, 60)) as (app, pilot, screen):
        screen.page.go_to_section("What changed")
        await until(pilot, lambda: "- Rent now, measure for a month" in screen_text(app))
        assert "+ Rent now, measure for two quarters" in screen_text(app)
        (change,) = [p for p in screen.page.parts if p.kind == "change" and "two quarters" in p.body.plain]
        marked = {change.body.plain[s.start : s.end] for s in change.body.spans if "underline" in str(s.style)}
        assert marked == {"a month,", "two quarters,"}
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: screen.shown.version == 3)


async def test_text_that_fills_no_row_and_parts_without_words_are_drawn() -> None:
    debate = Debate.fold(great.great())
    (verdict,) = [v for v in debate.verdicts if v.version == 4]
    assert verdict.ruling
    verdict.ruling = replace(verdict.ruling, headline="", decision="", option="", split=(), flips=())
    app = Stage()
    async with app.run_test(size=(30, 10)) as pilot:
        screen = VerdictScreen(debate, "finished")
        await app.push_screen(screen)
        await until(pilot, lambda: "What code can check" in screen.page.sections)
        page = screen.page
        for _ in range(page.max_scroll_y // page.size.height + 1):
            await pilot.press("pagedown")
        await until(pilot, lambda: page.scroll_y == page.max_scroll_y)
