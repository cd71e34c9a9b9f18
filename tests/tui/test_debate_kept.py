"""A debate as it was kept: the same panes, no composer, its state in words; copying, following, going to a quote."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from textual.color import Color

from tests.tui.stage import Stage, screen_text, stamped, text_of, until
from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.debate import Debate, State
from upverdict.tui.colours import BLACK, MIN_CONTRAST, WHITE, behind, contrast
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.council import Council
from upverdict.tui.widgets.pane import VoicePane
from upverdict.tui.widgets.standing import not_sent, unheard

SAID = "The first thing. " + "And so it goes on and on. " * 120 + "The last thing."
SEATS = (
    ev.Seat("builder", "B", "The Builder", "builds", "#cf7430", "", "claude", "m"),
    ev.Seat("skeptic", "S", "The [b]Skeptic[/b]", "doubts", "#22978c", "", "claude", "m"),
)
JUDGE = ev.Seat("judge", "J", "The Judge", "weighs", "#858b98", "", "claude", "m")


def opening(voice: str, id: str, words: str, *more: ev.Event) -> list[ev.Event]:
    return [
        ev.StatementStarted(voice=voice, round="opening", number=0, statement=id),
        ev.TextDelta(voice=voice, round="opening", statement=id, text=words),
        *(more or [ev.StatementFinished(voice=voice, round="opening", statement=id, sentences=())]),
    ]


def debate(*more: ev.Event, builder: str = SAID) -> Debate:
    begin = ev.DebateStarted(question="Who [red]is[/red] right?", council=SEATS, judge=JUDGE)
    return Debate.fold(stamped(begin, *opening("builder", "B1", builder), *opening("skeptic", "S1", "No."), *more))


def verdict(quote: rulings.PullQuote | None = None) -> list[ev.Event]:
    ruling = rulings.Ruling(
        "A headline.", "Do it.", pull_quotes=(quote,) if quote else (), heard=("builder", "skeptic")
    )
    floor: list[ev.Event] = [ev.FloorOpened(number=0), ev.FloorClosed(number=0, reason="verdict")]
    return [
        *floor,
        ev.VerdictStarted(version=1, cause="debate"),
        ev.VerdictRuled(version=1, ruling=ruling),
        ev.DebateFinished(),
    ]


def pane(screen: DebateView, letter: str) -> VoicePane:
    return next(p for p in screen.query(VoicePane) if p.letter == letter)


async def shown(app: Stage, pilot: Any, kept: Debate, state: State, **how: Any) -> DebateView:
    screen = DebateScreen.kept(kept, state, **how)
    await app.push_screen(screen)
    await until(pilot, lambda: screen.query_one(Council).visible_panes)
    return screen


FAULT = ev.Fault("overloaded", "The endpoint is overloaded.", True)


@pytest.mark.parametrize(
    ("more", "state", "words"),
    [
        (verdict(), "finished", "The verdict is in. o opens it"),
        ([ev.DebateInterrupted()], "interrupted", "Interrupted. Every word is kept. c goes on with the debate"),
        ([], "running", "being held in another window"),
        ([ev.DebateFailed(error=FAULT)], "failed", "No verdict. The endpoint is overloaded. What was said is kept. c"),
        (
            [
                ev.VerdictStarted(version=1, cause="debate"),
                ev.VerdictFailed(version=1, error=FAULT),
                ev.DebateFailed(error=FAULT),
            ],
            "failed",
            "The judge could not rule: The endpoint is overloaded. Every statement is kept. c asks for the verdict",
        ),
    ],
)
async def test_a_kept_debate_says_how_it_stands(more: list[ev.Event], state: State, words: str) -> None:
    app = Stage()
    async with app.run_test(size=(120, 30)) as pilot:
        kept = debate(*more)
        screen = await shown(app, pilot, kept, state)
        assert words in text_of(screen, "#standing")
        assert not screen.query(Composer)
        assert pane(screen, "B").view.text_of("B1") == SAID
        can_go_on = state in ("interrupted", "failed")
        assert bool(screen.check_action("take_up", ())) == can_go_on
        assert bool(screen.check_action("open_verdict", ())) == (state == "finished")
        for action in ("speak", "pass_floor", "call_verdict", "stop", "retry"):
            assert not screen.check_action(action, ())
        await pilot.press("c")
        if can_go_on:
            await until(pilot, lambda: app.continued == [kept.id])
        app.told.clear()
        await pilot.press("x", "n", "v", "r", "3")
        await until(pilot, lambda: len(app.told) == 5, "each says why it does nothing")
        assert app.told[0] == "Nobody speaks now."
        await pilot.press("escape")
        await until(pilot, lambda: screen not in app.screen_stack)
        assert app.continued == ([kept.id] if can_go_on else [])


async def test_what_was_cut_off_and_what_was_never_said_is_told() -> None:
    begin = ev.DebateStarted(question="?", council=SEATS, judge=JUDGE)
    cut = opening("builder", "B1", "Half a sen", ev.DebateInterrupted())
    app = Stage()
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await shown(app, pilot, Debate.fold(stamped(begin, *cut)), "interrupted")
        assert pane(screen, "B").look.word == "unfinished"
        assert "Interrupted in mid-sentence." in pane(screen, "B").look.note
        assert pane(screen, "S").look.word == "not asked"


async def test_y_copies_the_statement_in_view_and_says_so_until_the_screen_is_left() -> None:
    app = Stage()
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        screen = await shown(app, pilot, debate(*verdict()), "finished")
        await pilot.press("y")
        await until(pilot, lambda: app.clipboard == SAID)
        await pilot.press("2", "y")
        await until(pilot, lambda: app.clipboard == "No.")
        assert "Opening" in app.told[-1]
        assert screen.is_current
        await until(
            pilot,
            lambda: "Copied: The [b]Skeptic[/b] · Opening" in screen_text(app).splitlines()[1],
            "over no words of a pane",
        )
        await pilot.press("y", "y", "x")
        await until(pilot, lambda: "Nobody speaks now." in screen_text(app))
        assert screen_text(app).count("Copied: The [b]Skeptic[/b]") == 1, "what is told again takes its own place"
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and "Copied" not in screen_text(app))


async def test_a_kept_debate_begins_with_its_first_word_and_end_and_g_follow_again() -> None:
    app = Stage()
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await shown(app, pilot, debate(), "interrupted")
        view = pane(screen, "B").view
        await until(pilot, lambda: "more below" in str(pane(screen, "B").border_subtitle))
        assert not pane(screen, "S").border_subtitle, "all of it is in sight"
        for size in ((60, 20), (160, 45), (120, 30)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: app.size == size and view.size.width)  # type: ignore[misc]
            assert (view.scroll_y, view.following) == (0, False)
        for key in ("end", "G"):
            await pilot.press("1", "home")
            await until(pilot, lambda: not view.following and view.scroll_y == 0)
            assert "more below" in str(pane(screen, "B").border_subtitle)
            await pilot.press(key)
            await until(pilot, lambda: view.following and view.scroll_y == view.max_scroll_y)
            await until(pilot, lambda: not pane(screen, "B").border_subtitle)


async def test_a_place_is_shown_at_once() -> None:
    quote = rulings.PullQuote("builder", "B1", "The first thing.", 0, 16)
    app = Stage()
    async with app.run_test(size=(60, 20)) as pilot:
        screen = await shown(app, pilot, debate(*verdict()), "finished", quote=quote)
        view = pane(screen, "B").view
        await until(pilot, lambda: view.has_focus and not view.following and view.scroll_y == 0)
        await until(pilot, lambda: "more below" in str(pane(screen, "B").border_subtitle))
        start = SAID.index("The last thing.")
        screen.go_to(rulings.PullQuote("builder", "B1", "The last thing.", start, len(SAID)))
        await until(pilot, lambda: 0 < view.scroll_y == view.max_scroll_y and not view.following)
        await until(pilot, lambda: not pane(screen, "B").border_subtitle, "the last row is in sight")
        await pilot.press("up")
        await until(pilot, lambda: "more below" in str(pane(screen, "B").border_subtitle))


async def test_the_verdict_opens_and_esc_comes_back() -> None:
    app = Stage()
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await shown(app, pilot, debate(*verdict()), "finished")
        for key in ("o", "enter"):
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)


def painted(pane: VoicePane, background: Color) -> bool:
    """On its theme's background, its colour read there and where the keys are."""
    edge, on = pane.styles.border_top[1], behind(pane)
    drawn = pane.background_colors[1]
    here = on if drawn.ansi is not None else drawn
    return here == background and all(contrast(edge, under) >= MIN_CONTRAST for under in (background, on))


async def test_the_colours_of_the_panes_read_on_every_theme() -> None:
    app = Stage()
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await shown(app, pilot, debate(), "interrupted")
        for theme in app.available_themes:
            app.theme = theme
            ansi = {"ansi-dark": BLACK, "ansi-light": WHITE}.get(theme)
            background = ansi or Color.parse(app.available_themes[theme].to_color_system().generate()["background"])
            await until(pilot, partial(painted, pane(screen, "B"), background), theme)


def test_what_comes_too_late_is_told_where_it_can_still_be_sent() -> None:
    said = ev.CommentAdded(statement="Y1", text="No.", sentences=(), number=1)
    for more, aside, told in (
        (verdict(), "too late for this verdict: Enter pushes back with it", ""),
        ([*verdict(), said], "too late for this: p on the next verdict", "p on the verdict that follows"),
        ([ev.DebateInterrupted()], "it can be sent after c", "Esc, then c"),
        ([ev.DebateFailed(error=ev.Fault("unsafe", "No.", False))], "can't be sent", "nobody would hear"),
    ):
        kept = debate(*more)
        assert aside in unheard(kept)
        assert told in not_sent(kept)
