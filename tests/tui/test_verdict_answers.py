"""What a person can say after a verdict: objections and findings, and how the versions after them are read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.stage import Stage, click, places, screen_text, stamped, text_of, until
from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.debate import Debate, State
from upverdict.core.score import score
from upverdict.core.store.errors import StoreError
from upverdict.core.store.writer import Store
from upverdict.core.text import sentences
from upverdict.core.values import replace
from upverdict.tui.commands import commands
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.pane import VoicePane

SEATS = tuple(
    ev.Seat(name.lower(), name[0], f"The {name}", f"the {name.lower()} tagline", "#4c86e0", "", "claude", "m")
    for name in ("Builder", "Skeptic")
)
JUDGE = ev.Seat("judge", "J", "The Judge", "weighs", "#858b98", "", "claude", "m")
OPENED = "You pay for the idle hour. A night shift changes that."
RENT, OWN = rulings.Stance("rent", 60), rulings.Stance("own", 80)
RULING = rulings.Ruling(
    headline="Rent now and measure.",
    decision="Rent.",
    option="rent",
    pull_quotes=(rulings.PullQuote("builder", "B1", OPENED[:26], 0, 26),),
    flips=(rulings.Flip("The bill doubles.", "Look at the bill."), rulings.Flip("A third person joins.", "")),
    moved=(rulings.Moved("skeptic", RENT, OWN, "B1.2"), rulings.Moved("builder", RENT, rulings.Stance("rent", 85))),
    dissent=(rulings.Dissent("skeptic", OWN, "Who is awake at night."),),
    heard=("builder", "skeptic"),
    passes=3,
    close=True,
)
AGAIN = replace(
    RULING, headline="Own it, since the bill doubled.", decision="Own it.", moved=(), close=False, because=("Y2.1",)
)


def said(voice: str, id: str, words: str, round: ev.Round = "opening", number: int = 0) -> list[ev.Event]:
    place: dict[str, Any] = {"voice": voice, "round": round, "statement": id}
    return [
        ev.StatementStarted(number=number, **place),
        ev.TextDelta(text=words, **place),
        ev.StatementFinished(sentences=sentences(words), **place),
    ]


def ruled(version: int, ruling: rulings.Ruling, cause: str = "debate") -> list[ev.Event]:
    return [
        ev.VerdictStarted(version=version, cause=cause),
        ev.VerdictRuled(version=version, ruling=ruling),
        ev.DebateFinished(),
    ]


def commented(number: int, words: str, fact: str = "") -> ev.Event:
    about: ev.About = "finding" if fact else "comment"
    return ev.CommentAdded(
        text=words, statement=f"Y{number}", sentences=sentences(words), number=number, about=about, fact=fact
    )


def debate(*more: ev.Event, ruling: rulings.Ruling = RULING) -> Debate:
    made = [
        ev.DebateStarted(question="Rent or own?", council=SEATS, judge=JUDGE),
        *said("builder", "B1", OPENED),
        *said("skeptic", "S1", "No."),
        *ruled(1, ruling),
    ]
    return Debate.fold(stamped(*made, *more))


def discussed() -> Debate:
    """Pushed back once without effect, then a finding that led to version 2."""
    return debate(
        commented(1, "You forget the night."),
        *said("skeptic", "S2", "The night is dear.", "discussion", 1),
        ev.VerdictStarted(version=2, cause="Y1"),
        ev.VerdictUpheld(version=2, stands=1),
        ev.DebateFinished(),
        commented(2, "It doubled in May.", "The bill doubles."),
        *ruled(2, AGAIN, "Y2"),
    )


SCORE = "What code can check"


@asynccontextmanager
async def shown(
    kept: Debate, state: State = "finished", size: tuple[int, int] = (100, 130), store: Store | None = None
) -> AsyncIterator[tuple[Stage, Pilot[int], VerdictScreen]]:
    app = Stage(store)
    async with app.run_test(size=size) as pilot:
        screen = VerdictScreen(kept, state)
        await app.push_screen(screen)
        await until(pilot, lambda: state == "running" or SCORE in screen.page.sections)
        yield app, pilot, screen


async def open_store(folder: Path) -> Store:
    return await Store.open(folder / "debates.db")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path)
    yield opened
    await opened.close()


def on_screen(app: Stage) -> str:
    return " ".join(screen_text(app).split())


def assert_in_order(seen: str, order: list[str]) -> None:
    at = 0
    for words in order:
        assert words in seen[at:]
        at = seen.index(words, at) + len(words)


# -- what is on the page ----------------------------------------------------------------------------------------------


async def test_who_moved_and_who_dissents_is_told_as_their_own_word() -> None:
    async with shown(debate()) as (app, pilot, screen):
        seen = on_screen(app)
        for words in (
            "A close call: the judge's first two passes, in opposite orders, differed",
            "Decided for “rent”.",
            "WHO MOVED, AS THEY SAY THEMSELVES",
            "S The Skeptic from “rent” (60) to “own” (80 of 100)",
            "moved by B1.2 “A night shift changes that.”",
            "B The Builder “rent” all along, but 60 → 85 of 100 sure",
            "WHO DISSENTS, AS THEY SAY THEMSELVES",
            "S The Skeptic stays with “own” (80 of 100)",
            "Who is awake at night.",
        ):
            assert words in seen
        assert not places(screen, "mover"), "without ballots in the record there is no statement to go to"
        (by,) = places(screen, "moved-by")
        screen.page.go_to(by)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DebateView) and app.screen.query(VoicePane))
        view = next(p for p in app.screen.query(VoicePane) if p.voice == "builder").view
        await until(pilot, lambda: view.has_focus)


async def test_the_discussion_stands_below_the_verdict_with_what_came_of_it() -> None:
    async with shown(discussed()) as (app, pilot, screen):
        seen = on_screen(app)
        order = [
            "DISCUSSION",
            "Y You Y1 · pushed back",
            "You forget the night.",
            "S The Skeptic S2",
            "The night is dear.",
            "You pushed back (Y1); the judge found nothing new in it, and version 1 stands.",
            "Y You Y2 · on “The bill doubles.”",
            "It doubled in May.",
            "You told what you found out (Y2); the judge ruled again, as version 2.",
            "KEEP READING",
        ]
        assert_in_order(seen, order)
        screen.page.go_to(places(screen, "said")[1])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DebateView) and app.screen.query(VoicePane))
        view = next(p for p in app.screen.query(VoicePane) if p.voice == "skeptic").view
        await until(pilot, lambda: view.has_focus and view.key_in_view == "S2")


@pytest.mark.parametrize("size", [(160, 45), (80, 24), (60, 20)])
async def test_the_arrows_go_through_the_page_and_pass_over_nothing(size: tuple[int, int]) -> None:
    async with shown(discussed(), size=size) as (_, pilot, screen):
        page = screen.page
        met = [page.current]
        for _ in range(page.max_scroll_y + len(page.stops) + 2):
            before = page.scroll_y
            await pilot.press("down")
            assert page.scroll_y - before <= 1, "no line is passed over"
            met += [page.current] if page.current is not met[-1] else []
        assert page.scroll_y == page.max_scroll_y
        assert met == page.stops
        kinds = [stop.kind for stop in page.stops]
        assert kinds == [
            "in-short",
            "quote",
            "flip",
            "flip",
            "said",
            "said",
            "said",
            "version",
            "because",
            "wanting",
            "wanting",
            "whole",
        ]
        for _ in range(page.max_scroll_y + len(page.stops) + 2):
            await pilot.press("up")
        assert (page.scroll_y, page.current) == (0, page.stops[0])


# -- versions ---------------------------------------------------------------------------------------------------------


async def test_earlier_versions_stay_readable() -> None:
    async with shown(discussed()) as (app, pilot, screen):
        assert "Own it, since the bill doubled." in on_screen(app)
        enabled = {c.name: c.enabled for c in commands(screen)}
        assert (enabled["Older version"], enabled["Newer version"]) == (True, False)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Rent now and measure." in on_screen(app))
        assert "▌ Own it, since the bill doubled." not in on_screen(app), "it is the headline no more"
        enabled = {c.name: c.enabled for c in commands(screen)}
        assert (enabled["Older version"], enabled["Newer version"]) == (False, True)
        assert not enabled["I found out what would flip it"], "only about what would flip the latest"
        await pilot.press("y")
        await until(pilot, lambda: "# Verdict: Rent now" in app.clipboard)
        await pilot.press("left_square_bracket", "right_square_bracket")
        await until(pilot, lambda: "▌ Own it, since the bill doubled." in on_screen(app))


async def test_a_version_says_why_there_is_one_and_what_it_says_otherwise() -> None:
    async with shown(discussed()) as (app, pilot, screen):
        seen = on_screen(app)
        order = [
            "Version 2 of 2 · [ older · you found out about “The bill doubles.”: “It doubled in May.”",
            "▌ Own it, since the bill doubled.",
            "▸ ▌ Changed since version 1: headline, decision.",
            "It was: “Rent now and measure.”",
            "VERSIONS",
            "version 1 Rent now and measure. after the debate",
            "▸ version 2 Own it, since the bill doubled.",
            "WHAT CHANGED SINCE VERSION 1",
            "new Y2.1 “It doubled in May.”",
            "headline - Rent now and measure. + Own it, since the bill doubled.",
            "decision - Rent. + Own it.",
            "KEEP READING",
        ]
        assert_in_order(seen, order)
        await pilot.press("enter")
        assert screen.page.section == "What changed", "one key leads there"
        assert screen.page.current in places(screen, "because")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Version 1 of 2 · ] newer · after the debate" in on_screen(app))
        assert "WHAT CHANGED" not in on_screen(app)


async def test_a_version_between_others_names_both_keys_and_only_the_latest_is_objected_to() -> None:
    kept = debate(commented(1, "It doubled."), *ruled(2, AGAIN, "Y1"), commented(2, "So?"), *ruled(3, AGAIN, "Y2"))
    async with shown(kept) as (app, pilot, screen):
        same = "It says the same as before."
        seen = on_screen(app)
        assert seen.index("Version 3 of 3 · [ older · you pushed back (Y2)") < seen.index(same) < seen.index("bill")
        assert {c.name: c.enabled for c in commands(screen)}["Push back"]
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Version 2 of 3 · [ older · ] newer · you pushed back (Y1)" in on_screen(app))
        assert same not in on_screen(app)
        assert not {c.name: c.enabled for c in commands(screen)}["Push back"]


async def test_what_the_judge_found_nothing_new_in_is_told_first() -> None:
    kept = debate(commented(1, "No."), ev.VerdictStarted(version=2, cause="Y1"), ev.VerdictUpheld(version=2, stands=1))
    async with shown(kept) as (app, _, _):
        told = "You pushed back (Y1); the judge found nothing new in it, and version 1 stands."
        assert 0 < on_screen(app).find(told) < on_screen(app).find("Rent now and measure.")


async def test_what_code_can_check_is_scored_on_the_latest_version() -> None:
    async with shown(discussed()) as (app, pilot, _):
        await until(pilot, lambda: "WHAT CODE CAN CHECK: " in on_screen(app))
        assert f"{score(discussed()).checks[0].words}" in on_screen(app)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "Rent now and measure." in on_screen(app))
        assert "WHAT CODE CAN CHECK" not in on_screen(app)
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "WHAT CODE CAN CHECK: " in on_screen(app))


async def test_what_fails_a_debate_as_a_whole_is_told_in_its_score() -> None:
    false = rulings.PullQuote("builder", "B1", "Nobody said this.", 0, 17)
    async with shown(debate(ruling=replace(RULING, pull_quotes=(false,)))) as (app, pilot, _):
        failed = score(debate(ruling=replace(RULING, pull_quotes=(false,)))).failed
        assert failed
        await until(pilot, lambda: f"! {failed[0]}" in on_screen(app))


async def test_votes_are_counted_from_those_who_had_spoken_by_then() -> None:
    claim = rulings.Claim("Measure first.", {"builder": ("B1.1",), "skeptic": ("S1.1",)}, {})
    mine = rulings.PullQuote(ev.USER, "Y1", "I agree.", 0, 8)
    later = replace(claim, support={**claim.support, ev.USER: ("Y1.1",)})
    kept = debate(
        commented(1, "I agree."),
        *ruled(2, replace(AGAIN, agreed=(later,), pull_quotes=(mine,)), "Y1"),
        ruling=replace(RULING, agreed=(claim,)),
    )
    async with shown(kept) as (app, pilot, _):
        assert "all three Measure first." in on_screen(app)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "both Measure first." in on_screen(app))


# -- pushing back -----------------------------------------------------------------------------------------------------


async def test_p_writes_an_objection_and_sends_it(store: Store) -> None:
    async with shown(debate(), store=store) as (app, pilot, _):
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PushBack) and isinstance(app.focused, Composer))
        await pilot.press("enter")
        await until(pilot, lambda: "There is nothing to say yet" in on_screen(app))
        assert not app.pushed
        await pilot.press(*"Noo", "backspace", "ctrl+j", *"q", "enter")
        await until(pilot, lambda: app.pushed)
        assert app.pushed == [("01debate", "No\nq", None)]


async def test_f_says_what_was_found_out_about_a_fact(store: Store) -> None:
    async with shown(debate(), store=store) as (app, pilot, screen):
        await pilot.press("f")
        facts = places(screen, "flip")
        await until(pilot, lambda: screen.page.current is facts[0])
        assert app.told == ["Enter on the fact that you found out about."]
        await pilot.press("down")
        await until(pilot, lambda: screen.page.current is facts[1])
        assert "I found out" in screen_text(app).splitlines()[-1]
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, PushBack) and isinstance(app.focused, Composer))
        assert "What did you find out?" in on_screen(app)
        assert "“A third person joins.”" in on_screen(app)
        await pilot.press(*"Yes.", "enter")
        await until(pilot, lambda: app.pushed)
        assert app.pushed == [("01debate", "Yes.", 2)]


async def test_a_click_on_a_fact_asks_too(store: Store) -> None:
    async with shown(debate(), store=store) as (app, pilot, _):
        await click(app, pilot, "The bill doubles.")
        await until(pilot, lambda: isinstance(app.screen, PushBack))
        about = app.screen.query_one("#about").query_one(Static)
        assert str(about.render()) == "“The bill doubles.”\nTo find out: Look at the bill."


async def test_the_palette_does_what_enter_does_and_goes_to_every_section() -> None:
    async with shown(debate()) as (_, pilot, screen):
        for kind, action in (("quote", "to_words"), ("flip", "find_out")):
            screen.page.go_to(places(screen, kind)[0])
            await pilot.pause()
            enter = [c.action for c in commands(screen) if c.keys == ["Enter"] and c.enabled]
            assert enter == [action]
        offered = {name: call for name, _, call in screen.further_commands()}
        assert list(offered) == [f"Go to: {name}" for name in screen.page.sections]
        offered["Go to: What would flip it"]()
        assert screen.page.section == "What would flip it"


async def test_what_was_not_sent_survives(store: Store) -> None:
    async with shown(debate(), store=store) as (app, pilot, screen):
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.focused, Composer))
        await pilot.press(*"But", "escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("f", "f")
        await until(pilot, lambda: isinstance(app.focused, Composer))
        assert app.screen.query_one(Composer).text == "", "an objection is no finding"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PushBack) and app.screen.query_one(Composer).text == "But")
        sent = app.screen
        assert isinstance(sent, PushBack)
        await sent.forget_draft()
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert await store.draft("01debate.comment") == "", "what was sent is no draft"


async def test_a_draft_that_cannot_be_kept_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(key: str, text: str) -> None:
        raise StoreError("The disk is full.")

    async with shown(debate(), store=store) as (app, pilot, _):
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.focused, Composer))
        monkeypatch.setattr(store, "save_draft", full)
        await pilot.press(*"But", "escape")
        await until(pilot, lambda: app.told == ["What you were writing could not be kept. The disk is full."])


async def test_why_it_could_not_be_sent_stands_below_what_was_written(store: Store) -> None:
    async with shown(debate(), store=store) as (app, pilot, _):
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, PushBack))
        dialog = app.screen
        assert isinstance(dialog, PushBack)
        dialog.problem("[b]There[/b] is nothing to talk to.")
        await until(pilot, lambda: "[b]There[/b] is nothing to talk to." in on_screen(app))
        assert text_of(dialog, "#problem")


@pytest.mark.parametrize("state", ["running", "interrupted", "failed"])
async def test_nothing_is_pushed_back_while_something_else_is_open(state: State) -> None:
    async with shown(debate(commented(1, "No.")), state) as (app, pilot, screen):
        await pilot.press("p", "f")
        assert app.screen is screen
        assert not places(screen, "flip")
        await pilot.press("c")
        if state == "running":
            await pilot.pause()
            assert app.continued == []
        else:
            await until(pilot, lambda: app.continued == ["01debate"])
            assert "! The judge has not ruled on what you said after it. c goes on" in on_screen(app)


LOUD = "[bold]x[/bold] [@click=app.quit]y[/] \x1b[31m\u202ez\u202c\x9b5m"
QUIET = "[bold]x[/bold] [@click=app.quit]y[/]"


async def test_text_of_people_and_models_is_text_here_too(store: Store) -> None:
    hostile = replace(
        RULING,
        flips=(rulings.Flip(LOUD, LOUD),),
        option=LOUD,
        moved=(rulings.Moved("skeptic", rulings.Stance(LOUD, 1), rulings.Stance("b", 2)),),
        dissent=(rulings.Dissent("skeptic", rulings.Stance(LOUD, 1), LOUD),),
    )
    kept = debate(commented(1, LOUD, LOUD), *said("skeptic", "S2", LOUD, "discussion", 1), *ruled(2, hostile, "Y1"))
    async with shown(kept, store=store) as (app, pilot, _):
        assert on_screen(app).count(QUIET) == 19
        await pilot.press("f", "f")
        await until(pilot, lambda: isinstance(app.screen, PushBack))
        assert QUIET in str(app.screen.query_one("#about").query_one(Static).render())
        for bad in "\x1b\x9b\u202e":
            assert bad not in screen_text(app)
