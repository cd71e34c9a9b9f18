"""The frame of a question on the screen: shown before the openings, changed or taken as it is, read again later."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Button

from tests.council import council, council_but
from tests.scripted import Gate, status, text
from tests.scripted.texts import ENGLISH
from tests.tui.stage import MEDIUM, NARROW, QUICK, SMALL, WIDE, Live, Stage, live, screen_text, stamped, until
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.frame import FrameScreen, FrameView, Written
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.question import LinesField, QuestionField

DRAWN = ENGLISH.frame


@asynccontextmanager
async def drawn(folder: Path, script: Any = None, **order: Any) -> AsyncIterator[tuple[Live, FrameScreen]]:
    """A debate whose frame waits on the screen."""
    async with live(script or council(), folder, depth="standard", **order) as s:
        await s.until(lambda: isinstance(s.app.screen, FrameScreen), "the frame is shown")
        screen = s.app.screen
        assert isinstance(screen, FrameScreen)
        await s.until(lambda: screen.query_one(ChoiceList).length)
        yield s, screen


def field(screen: FrameScreen, name: str) -> QuestionField | LinesField:
    return screen.query_one(f"#{name}", QuestionField if name == "restatement" else LinesField)


def seen(s: Live) -> str:
    return " ".join(screen_text(s.app).split())


def offered(s: Live) -> list[tuple[str, str]]:
    """What the last line of the screen offers: keys and names."""
    return [(key.shown, key.name) for key in s.app.screen.query_one(KeysLine).shown]


async def shown_again(s: Live) -> None:
    await s.until(lambda: s.app.screen is s.screen)


# -- before the openings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL, NARROW])
async def test_everything_of_a_frame_is_shown_and_enter_begins_with_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async with drawn(tmp_path, size=size) as (s, screen):
        assert field(screen, "restatement").text == DRAWN["restatement"]
        assert field(screen, "presuppositions").text == "Somebody is there to run it."
        assert field(screen, "options").text == "Do it now\nTry it small first\nLeave it"
        assert screen.query_one(ChoiceList).chosen == ("contested",)
        assert ("You asked: Self-host LLMs or use API access?" in seen(s)) == (size[1] >= 34), "where there is room"
        restatement = field(screen, "restatement")
        assert s.app.focused is restatement, "where it says that Enter begins"
        assert restatement.cursor_location == restatement.document.end
        assert screen.region.contains_region(restatement.region)
        assert screen.region.contains_region(screen.query_one(Button).region)
        assert offered(s)[:3] == [("Tab", "next field"), ("^s", "begin"), ("Esc", "later")]
        assert s.standing == "The frame waits for you. Enter begins with it, Ctrl+S from any field · Esc: later"
        await s.pilot.press("enter")
        await shown_again(s)
        settled = s.debate.framing.settled
        assert settled is not None
        assert (settled.by, settled.frame) == ("judge", s.debate.framing.proposal)
        await s.floor(0)


async def test_what_the_user_changes_is_what_the_council_argues(tmp_path: Path) -> None:
    async with drawn(tmp_path) as (s, screen):
        field(screen, "presuppositions").text = ""
        field(screen, "options").focus()
        await s.pilot.press("down", "down", "end", "enter", *"Rent", "tab", "down", "space")
        field(screen, "restatement").text = "Now, small, or never?"
        await s.pilot.press("ctrl+s")
        await shown_again(s)
        settled = s.debate.framing.settled
        assert settled is not None
        assert settled.by == "user"
        options = (*DRAWN["options"], "Rent")
        assert settled.frame == ev.Frame("Now, small, or never?", (), options, "values")
        await s.floor(0)
        asked = [r for r in s.server.requests if "opening" in r.last_text]
        assert len(asked) == 4
        assert all("Now, small, or never?" in r.prompt and "Rent" in r.prompt for r in asked)


async def test_enter_in_the_restatement_and_a_click_begin_too(tmp_path: Path) -> None:
    async with drawn(tmp_path) as (s, screen):
        field(screen, "restatement").focus()
        await s.pilot.press("enter")
        await shown_again(s)
        assert s.debate.framing.settled
    async with drawn(tmp_path / "other") as (s, screen):
        await s.pilot.click("#go")
        await shown_again(s)
        assert s.debate.framing.settled


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("options", "", "A frame has 2 to 4 options, not 0; “other” is always open besides."),
        ("options", "a\nb\nc\nd\ne", "A frame has 2 to 4 options, not 5; “other” is always open besides."),
        ("options", "Rent\nRENT", "Two of the options are the same."),
        ("restatement", " \n ", "The restatement of the question is missing."),
    ],
)
@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_what_is_wrong_is_told_and_nothing_begins(
    tmp_path: Path, name: str, words: str, told: str, size: tuple[int, int]
) -> None:
    async with drawn(tmp_path, size=size) as (s, screen):
        field(screen, name).text = words
        await s.pilot.press("ctrl+s")
        await s.until(lambda: told in seen(s), told)
        assert s.app.screen is screen
        assert s.debate.framing.settled is None
        field(screen, "options").text = "yes\nno"
        field(screen, "restatement").text = "Well?"
        await s.pilot.press("ctrl+s")
        await shown_again(s)


async def test_esc_lets_the_debate_wait_and_f_opens_it_as_it_was_left(tmp_path: Path) -> None:
    async with drawn(tmp_path) as (s, screen):
        field(screen, "options").text = "Rent\nOwn"
        await s.pilot.press("escape")
        await shown_again(s)
        await s.until(lambda: "The frame of the question waits for you." in s.standing)
        assert s.debate.framing.settled is None
        assert not s.debate.statements
        await s.pilot.press("f")
        await s.until(lambda: isinstance(s.app.screen, FrameScreen) and s.app.screen.query("#options"))
        again = s.app.screen
        assert isinstance(again, FrameScreen)
        assert field(again, "options").text == "Rent\nOwn"
        await s.pilot.press("escape")
        await shown_again(s)
        await s.pilot.press("n")
        await s.until(lambda: isinstance(s.app.screen, FrameScreen), "what was changed is not lost by n")
        await s.until(lambda: "You changed it: Ctrl+S begins with yours." in seen(s))
        assert s.debate.framing.settled is None


async def test_a_debate_that_was_interrupted_takes_no_frame(tmp_path: Path) -> None:
    async with drawn(tmp_path) as (s, _):
        s.session.runner.interrupt()
        await s.until(lambda: s.screen.over)
        await s.pilot.press("ctrl+s")
        await s.until(lambda: "The debate does not wait for its frame any more. Esc goes back to it." in seen(s))
        assert s.debate.framing.settled is None
        await s.pilot.press("escape")
        await shown_again(s)
        assert "Interrupted." in s.standing


def test_lines_may_have_bullets_but_a_minus_is_none() -> None:
    written = Written("Which?", "- a\n • b\n\n", "* Rent\n-5 degrees\n- ", "values")
    assert written.frame() == ev.Frame("Which?", ("a", "b"), ("Rent", "-5 degrees"), "values")


@pytest.mark.parametrize("keys", [["n"], ["r", "ctrl+n"]])
async def test_n_begins_with_it_as_it_is(tmp_path: Path, keys: list[str]) -> None:
    async with drawn(tmp_path) as (s, _):
        await s.pilot.press("escape")
        await shown_again(s)
        await s.pilot.press(*keys)
        await s.until(lambda: s.debate.framing.settled is not None)
        assert s.debate.framing.settled
        assert s.debate.framing.settled.by == "judge"
        await s.floor(0)


async def test_it_takes_no_key_from_who_is_writing(tmp_path: Path) -> None:
    gate = Gate()
    async with live(
        council_but({"judge frame": text(json.dumps(dict(DRAWN))).after(gate)}), tmp_path, depth="standard"
    ) as s:
        await s.until(lambda: "The judge frames the question" in s.standing)
        await s.pilot.press("r", *"But")
        gate.open()
        await s.until(lambda: "Esc, then f shows it" in s.standing)
        assert ("^n", "begin") in offered(s)
        assert "go on" not in dict(map(reversed, offered(s)))
        await s.pilot.press(*"nf")
        assert s.composer.text == "Butnf"
        assert s.app.screen is s.screen
        await s.pilot.press("escape", "f")
        await s.until(lambda: isinstance(s.app.screen, FrameScreen))


async def test_a_key_that_was_just_pressed_puts_it_off(tmp_path: Path) -> None:
    gate = Gate()
    async with live(
        council_but({"judge frame": text(json.dumps(dict(DRAWN))).after(gate)}), tmp_path, depth="standard"
    ) as s:
        await s.until(lambda: "The judge frames the question" in s.standing)
        gate.open()
        await s.pilot.press("z")
        await s.until(lambda: s.debate.framing.proposal is not None)
        await s.until(lambda: isinstance(s.app.screen, FrameScreen), "when the keys rest")


async def test_keys_that_come_behind_the_enter_that_began_the_debate_are_not_written_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upverdict.tui.screens.debate.KEYS_REST", 3600.0)
    async with live(council(), tmp_path, depth="standard") as s:
        await s.until(lambda: "The frame of the question waits for you. f shows it" in s.standing)
        await s.pilot.press(*"what")
        assert s.app.screen is s.screen
        await s.pilot.press("f")
        await s.until(lambda: isinstance(s.app.screen, FrameScreen) and s.app.screen.query("#restatement"))
        assert isinstance(s.app.screen, FrameScreen)
        assert field(s.app.screen, "restatement").text == DRAWN["restatement"]


async def test_x_stops_the_judge_at_the_frame(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"judge frame": text("x").after(gate)}), tmp_path, depth="standard") as s:
        await s.until(lambda: "The judge frames the question" in s.standing)
        await s.pilot.press("x")
        await s.floor(0)
        assert s.debate.frame is None
        await s.until(lambda: s.app.focused is s.composer)
        await s.pilot.press("escape", "f")
        await s.until(lambda: isinstance(s.app.screen, FrameView))
        assert "There is no frame. You stopped the judge" in " ".join(screen_text(s.app).split())


async def test_with_auto_nobody_is_asked(tmp_path: Path) -> None:
    async with live(council(), tmp_path, depth="standard", auto=True) as s:
        await s.until(lambda: s.debate.outcome == "finished")
        assert not any(isinstance(screen, FrameScreen) for screen in s.app.screen_stack)


async def test_a_question_that_is_unsafe_is_not_argued(tmp_path: Path) -> None:
    unsafe = {
        "restatement": "",
        "presuppositions": [],
        "options": [],
        "kind": "unsafe",
        "help": "Talk to [b]a friend[/b].",
    }
    async with live(council_but({"judge frame": text(json.dumps(unsafe))}), tmp_path, depth="standard") as s:
        await s.until(lambda: s.screen.over)
        assert "The council does not argue this question. Talk to [b]a friend[/b]." in s.standing
        assert s.app.screen is s.screen
        await s.pilot.press("f")
        await s.until(lambda: isinstance(s.app.screen, FrameView))
        assert "unsafe" in seen(s)


async def test_a_frame_that_cannot_be_asked_for_can_be_tried_again(tmp_path: Path) -> None:
    async with live(council_but({"judge frame": status(400, message="Too odd.")}), tmp_path, depth="standard") as s:
        await s.until(lambda: s.screen.over)
        assert "Too odd." in s.standing
        await s.pilot.press("c")
        await s.until(lambda: s.app.continued == [s.debate.id])


async def test_one_that_waited_when_the_debate_was_left_is_shown_again(tmp_path: Path) -> None:
    from upverdict.core.config import Config
    from upverdict.core.session import Choice, resume

    async with drawn(tmp_path) as (s, _):
        id = s.debate.id
        await s.screen.leave()
    store = await Store.open(tmp_path / "debates.db")
    library = Library(store.path)
    session = await resume(store, library, id, Config(tmp_path, store.path), Choice(), retries=QUICK)
    app = Stage(store)
    async with app.run_test(size=WIDE) as pilot:
        await app.push_screen(DebateScreen.live(session))
        await until(pilot, lambda: isinstance(app.screen, FrameScreen))
    await store.close()


# -- hostile text, and reading it again -------------------------------------------------------------------------------

LOUD = "[bold]x[/bold] [@click=app.quit]y[/] \x1b[31m\u202ez\u202c\x9b5m"
QUIET = "[bold]x[/bold] [@click=app.quit]y[/]"
SEAT = ev.Seat("builder", "B", "The Builder", "builds", "#cf7430", "", "claude", "m")
JUDGE = ev.Seat("judge", "J", "The Judge", "weighs", "#858b98", "", "claude", "m")


def framed(by: Any = "judge", note: str = "") -> Debate:
    frame = ev.Frame(LOUD, (LOUD,), (LOUD, "other words"), "values")
    begun = ev.DebateStarted(question="Who?", council=(SEAT,), judge=JUDGE, depth="standard")
    made = [begun, ev.FrameAsked(), ev.FrameDrawn(frame=frame), ev.FrameSettled(frame=frame, by=by, note=note)]
    return Debate.fold(stamped(*made, ev.DebateInterrupted()))


@pytest.mark.parametrize(
    ("by", "said"),
    [("judge", "As the judge drew it"), ("user", "As you wrote it."), ("file", "From a file of yours.")],
)
async def test_f_shows_the_frame_of_a_kept_debate_as_text(by: str, said: str) -> None:
    app = Stage()
    async with app.run_test(size=SMALL) as pilot:
        screen = DebateScreen.kept(framed(by), "interrupted")
        await app.push_screen(screen)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FrameView))
        shown = " ".join(screen_text(app).split())
        assert shown.count(QUIET) == 3
        assert "values people differ about what matters" in shown
        assert said in shown
        assert not set("\x1b\x9b\u202e") & set(shown)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_f_shows_the_whole_question_without_a_frame_too() -> None:
    app = Stage()
    async with app.run_test(size=SMALL) as pilot:
        begun = ev.DebateStarted(question=f"Who? {LOUD} " * 12 + "Finally?", council=(SEAT,), judge=JUDGE)
        screen = DebateScreen.kept(Debate.fold(stamped(begun, ev.DebateInterrupted())), "interrupted")
        await app.push_screen(screen)
        assert "Finally?" not in screen_text(app)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FrameView) and "Finally?" in screen_text(app))
        assert QUIET in " ".join(screen_text(app).split())
        assert not set("\x1b\x9b\u202e") & set(screen_text(app))


async def test_a_judges_frame_is_text_in_the_fields_too(tmp_path: Path) -> None:
    loud = {"restatement": LOUD, "presuppositions": [LOUD], "options": [LOUD, "b"], "kind": "contested"}
    async with drawn(tmp_path, council_but({"judge frame": text(json.dumps(loud))})) as (s, screen):
        assert all(field(screen, name).text.startswith(QUIET) for name in ("restatement", "presuppositions", "options"))
        assert not set("\x1b\x9b\u202e") & set(screen_text(s.app))
