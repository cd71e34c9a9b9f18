"""Where the panes go on screens of every size, and that nothing is lost when the size changes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.council import council, council_but
from tests.scripted import Gate, hold, text
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, Live, Stage, live, screen_text, stamped, until
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.widgets.council import Council
from upverdict.tui.widgets.council_plan import ABOVE, AROUND, BENEATH, COLUMN, capacity, plan, reveal, turn
from upverdict.tui.widgets.statements import StatementsView
from upverdict.tui.widgets.tabs import Tab, TabStrip, pieces

LONG = "\n\n".join(f"Paragraph {n}. " + "Some words that fill the lines of a pane. " * 6 for n in range(20))


def crowd(voices: int) -> Debate:
    """A kept debate of so many voices, each with an opening of some length."""
    seats = tuple(
        ev.Seat(f"v{n}", chr(ord("A") + n), f"The Voice {n}", "says things", "#cf7430", "", "claude", "m")
        for n in range(voices)
    )
    made: list[ev.Event] = [ev.DebateStarted(question="Who?", council=seats, judge=seats[0])]
    for seat in seats:
        id = f"{seat.letter}1"
        made.append(ev.StatementStarted(voice=seat.voice, round="opening", number=0, statement=id))
        made.append(ev.TextDelta(voice=seat.voice, round="opening", statement=id, text=f"{id} speaks. {LONG}"))
        made.append(ev.StatementFinished(voice=seat.voice, round="opening", statement=id, sentences=()))
    return Debate.fold(stamped(*made))


def shown(council: Council) -> str:
    """The letters of the panes in sight."""
    return "".join(pane.letter for pane in council.visible_panes)


@pytest.mark.parametrize("voices", range(2, 9))
async def test_panes_in_sight_fill_the_screen_and_none_is_too_narrow(voices: int) -> None:
    app = Stage()
    async with app.run_test(size=(200, 50)) as pilot:
        screen = DebateScreen.kept(crowd(voices), "finished")
        await app.push_screen(screen)
        council = screen.query_one(Council)
        for size in ((200, 50), WIDE, (120, 30), MEDIUM, SMALL, NARROW, (30, 10), (160, 20)):
            await pilot.resize_terminal(*size)
            columns, rows = capacity(*size)
            await until(pilot, partial(shows, council, min(voices, columns * rows)), f"{size}")
            check_layout(app, council, size)


def shows(council: Council, count: int) -> bool:
    return len(council.visible_panes) == count


def check_layout(app: Stage, council: Council, size: tuple[int, int]) -> None:
    """The panes in sight fill their place, none is too narrow, and what is out of sight is told of by the tabs."""
    panes = council.visible_panes
    assert [p for p in council.panes if p.display] == panes
    for pane in panes:
        assert pane.region.width >= min(COLUMN, size[0])
        assert app.screen.region.contains_region(pane.region)
    assert sum(p.region.area for p in panes) == council.query_one("#panes").region.area, "no hole between them"
    strip = council.query_one(TabStrip)
    assert strip.display == (len(panes) < len(council.panes))
    if strip.display:
        row = screen_text(app).splitlines()[strip.region.y]
        assert all(pane.letter in row and pane.look.sign in row for pane in council.panes)


async def test_a_resize_in_mid_stream_loses_no_text_and_no_place(tmp_path: Path) -> None:
    gate = Gate()
    words = "A first sentence, and more. " * 40
    script = council_but(
        {"contrarian": text(LONG), "skeptic": text(words + "The end.", at={len(words) // 2: hold(gate)})}
    )
    async with live(script, tmp_path, rounds=0) as s:
        half = len(words[: len(words) // 2].rstrip())  # a space is shown with the word behind it
        await s.until(lambda: len(s.said("S1")) >= half and s.pane("C").look.sign == "●")
        views = [pane.view for pane in s.council.panes]
        reading = s.pane("C").view
        await s.pilot.press("4")
        reading.scroll_to(y=reading.max_scroll_y // 2, animate=False)
        await s.until(lambda: any(words.startswith("Paragraph") for words in lines(s, reading)))
        row, seen = next((n, words) for n, words in enumerate(lines(s, reading)) if words.startswith("Paragraph"))
        seen = seen.split(".")[0]
        reading.scroll_to(y=reading.scroll_y + row, animate=False)
        await s.until(lambda: lines(s, reading)[0].startswith(seen), "a paragraph begins in the top row")
        for number, size in enumerate((MEDIUM, NARROW, (200, 60), SMALL, WIDE)):
            await s.pilot.resize_terminal(*size)
            if number == 2:
                gate.open()
            await s.until(lambda: seen in screen_text(s.app).replace("│", " "), f"{seen!r} at {size}")
            assert not reading.following
            assert s.app.focused is reading, "the pane with the keys stays in sight"
        await s.until(lambda: s.said("S1").endswith("The end."))
        assert [pane.view for pane in s.council.panes] == views, "no pane was made anew"
        assert s.said("C1") == LONG.rstrip()
        assert s.pane("S").view.following


async def test_a_pane_that_follows_keeps_its_tail_when_it_gets_lower() -> None:
    app = Stage()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = DebateScreen.kept(crowd(4), "interrupted")
        await app.push_screen(screen)
        view = screen.query_one(Council).panes[1].view
        await until(pilot, lambda: view.max_scroll_y > view.scroll_y == 0)
        view.action_follow()
        await until(pilot, lambda: 0 < view.scroll_y == view.max_scroll_y)
        for height in (34, 28, 39, 30):
            await pilot.resize_terminal(120, height)
            await until(pilot, lambda: view.following and view.scroll_y == view.max_scroll_y, f"{height}")
            last = screen_text(app).splitlines()[view.region.bottom - 1][view.region.x : view.region.right]
            assert last.strip(), "the last row of the pane is the last row of the statement"


def lines(s: Live, view: StatementsView) -> list[str]:
    """What is on the screen of a pane, row by row."""
    region = view.region
    return [row[region.x : region.right] for row in screen_text(s.app).splitlines()[region.y : region.bottom]]


async def test_z_and_a_double_click_zoom_one_pane_and_back(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press("escape", "3", "z")
        await s.until(lambda: shown(s.council) == "R")
        assert s.pane("R").region.width == WIDE[0]
        assert "S  The Skeptic ●" in screen_text(s.app), "the tabs show what is hidden"
        await s.pilot.press("2")
        await s.until(lambda: shown(s.council) == "S")
        await s.pilot.press("escape")
        await s.until(lambda: shown(s.council) == "BSRC")
        await s.pilot.click(s.pane("C"), offset=(5, 0), times=2)
        await s.until(lambda: shown(s.council) == "C")
        await s.pilot.click(s.pane("C"), offset=(5, 0), times=2)
        await s.until(lambda: shown(s.council) == "BSRC")


async def test_the_users_pane_comes_beside_the_others_or_under_them(tmp_path: Path) -> None:
    async with live(council(), tmp_path, size=MEDIUM) as s:
        await s.floor(0)
        await s.write("We are only two people.")
        await s.until(lambda: shown(s.council) == "SRCY", "what was sent is in sight at once")
        assert "We are only two people." in screen_text(s.app)
        await s.floor(1)
        assert "Y" in screen_text(s.app).splitlines()[2]
        await s.pilot.resize_terminal(120, 30)
        await s.until(lambda: shown(s.council) == "BSRCY", "it is under the four")
        check_layout(s.app, s.council, (120, 30))
        assert "We are only two people." in screen_text(s.app)
        assert "Y1 · BEFORE REBUTTAL 1" in screen_text(s.app)
        assert not s.pane("Y").border_subtitle
        await s.write("And nobody of us is on call.")
        await s.until(lambda: "Y2 · BEFORE REBUTTAL 2" in screen_text(s.app))
        await s.until(lambda: str(s.pane("Y").border_subtitle) == "more above")
        await s.pilot.press("escape", "4", "right", "z")
        await s.until(lambda: shown(s.council) == "Y" and " 1-5 pane " in screen_text(s.app).splitlines()[-1])
        await s.pilot.press("z")
        await s.until(lambda: shown(s.council) == "BSRCY")
        await s.pilot.resize_terminal(*MEDIUM)
        await s.until(lambda: shown(s.council) == "SRCY", "the pane with the keys stays in sight")
        await s.pilot.press("1")
        await s.until(lambda: shown(s.council).startswith("B"))


async def test_pages_turn_by_key_and_by_mouse() -> None:
    app = Stage()
    async with app.run_test(size=(120, 30)) as pilot:
        screen = DebateScreen.kept(crowd(7), "finished")
        await app.push_screen(screen)
        council = screen.query_one(Council)
        await until(pilot, lambda: shown(council) == "ABCD")
        await pilot.press("full_stop")
        await until(pilot, lambda: shown(council) == "DEFG")
        await pilot.press("comma")
        await until(pilot, lambda: shown(council) == "ABCD")
        await pilot.press("6")
        await until(pilot, lambda: shown(council) == "CDEF")
        await pilot.press("right", "right")
        await until(pilot, lambda: shown(council) == "DEFG")
        assert council.focused is council.panes[6]
        await pilot.click(TabStrip, offset=(3, 0))
        await until(pilot, lambda: shown(council) == "ABCD" and council.focused is council.panes[0])


def test_the_plan_of_every_size_is_full_and_shows_what_it_must() -> None:
    for width in (20, 60, 79, 80, 119, 120, 168, 400):
        for height in (5, 23, 24, 60):
            for count in range(2, 10):
                for first in range(count):
                    beneath = plan(width, height, count, first, yours=True)
                    assert beneath.rows * ABOVE + BENEATH + AROUND <= height or not beneath.beneath
                    assert len(beneath.visible) == beneath.columns * beneath.rows + 1 or not beneath.beneath
                    made = plan(width, height, count, first)
                    assert len(made.visible) == min(count, made.columns * made.rows if not made.spread else count)
                    assert made.visible.start >= 0
                    assert made.visible.stop <= count
                    assert made.columns == 1 or width // made.columns >= COLUMN
                    for place in range(count):
                        seen = plan(width, height, count, reveal(place, made))
                        assert place in seen.visible
                    last = plan(width, height, count, turn(1, made, count))
                    assert made.pages(count) or last.visible == made.visible


def test_the_tabs_say_as_much_as_fits_and_always_letter_and_sign() -> None:
    tabs = [Tab(x, f"The Voice of {x}", "◐", "writing", "#cf7430", x == "A") for x in "ABCDEFGHY"]
    for width in range(26, 260):
        texts = [piece.plain for piece in pieces(tabs, width)]
        assert sum(map(len, texts)) + len(texts) - 1 <= width
        assert all(tab.letter in t and tab.sign in t for tab, t in zip(tabs, texts, strict=True))
    assert "The Voice of A ◐ writing" in pieces(tabs, 400)[0].plain


def test_the_tabs_tell_how_fast_and_how_long_of_voices_that_are_out_of_sight() -> None:
    tabs = [
        Tab("B", "The Builder", "◐", "writing", "#cf7430", True, "~25 tok/s", "~25/s"),
        Tab("S", "The Skeptic", "◌", "waiting 8 s", "#22978c", False, "", "8 s"),
        Tab("R", "The Researcher", "↻", "again in 4 s", "#22978c", False, "", "4 s"),
        Tab("C", "The Contrarian", "●", "151w", "#22978c", False),
    ]

    def row(width: int) -> str:
        return " ".join(piece.plain for piece in pieces(tabs, width))

    assert "The Builder ◐ writing ~25 tok/s" in row(156)
    assert row(76) == " B  ◐ ~25 tok/s   S  ◌ waiting 8 s   R  ↻ again in 4 s   C  ● 151w "
    assert row(56) == " B  ◐ writing   S  ◌ 8 s   R  ↻ 4 s   C  ● "
    assert row(42) == " B  ◐ ~25/s   S  ◌ 8 s   R  ↻ 4 s   C  ● "
    assert row(30) == " B  ◐   S  ◌   R  ↻   C  ● "
