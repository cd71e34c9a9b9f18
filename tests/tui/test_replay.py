"""A kept debate said once more on the debate screen: every key, what it looks like, and that nothing of it is lost."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import Sockets
from tests.core.talk import Talk
from tests.tui.shelf import debate, keep, listed, names, showing
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, Stage, screen_text, text_of, until
from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.core.values import replace
from upverdict.tui.commands import commands
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.help import HelpScreen
from upverdict.tui.screens.replay import ReplayScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.keys_line import KeysLine, read_keys
from upverdict.tui.widgets.pane import VoicePane
from upverdict.tui.widgets.replay_line import ReplayLine, Stand, clock, words


class Watch:
    """The watch of a replay, which goes on when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def goes(self, pilot: Pilot[Any], screen: ReplayScreen, seconds: float) -> None:
        for _ in range(round(seconds / 0.125)):
            self.now += 0.125
            await until(pilot, lambda: screen._looked == self.now)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr("upverdict.tui.screens.replay.monotonic", made)
    return made


QUOTE = rulings.PullQuote("builder", "B1", "The Builder opens", 0, 17)
RULING = rulings.Ruling("A headline.", "Do it.", (QUOTE,), heard=("builder",))


def talk(voices: int = 4) -> Talk:
    """Openings, the user, rebuttals, a verdict: ten statements with four voices."""
    t = Talk(voices=voices)
    t.everybody(0)
    t.user("We are two people.")
    t.floor(0, "spoke")
    t.everybody(1)
    t.floor(1)
    t.ruled(RULING)
    return t


def paced(events: list[ev.Event], seconds: float = 1.0) -> list[ev.Event]:
    """The same log with so many seconds between two events."""
    whole = [divmod(n * seconds, 60) for n in range(len(events))]
    return [
        replace(e, at=f"2026-11-24T10:{int(m):02}:{int(s):02}.{round(s % 1 * 1000):03}Z")
        for e, (m, s) in zip(events, whole, strict=True)
    ]


async def shown(app: Stage, pilot: Pilot[Any], events: list[ev.Event], state: Any = "finished") -> ReplayScreen:
    screen = ReplayScreen(events, state)
    await app.push_screen(screen)
    await until(pilot, lambda: screen.council.visible_panes and screen._watch is not None)
    return screen


def line(screen: ReplayScreen) -> str:
    return " · ".join(words(screen.query_one(ReplayLine).stand))


def said(screen: DebateView) -> dict[str, str]:
    """What the panes hold, by statement."""
    return {key: p.view.text_of(key) for p in screen.query(VoicePane) for key in p.view.keys if p.view.text_of(key)}


def whole(events: list[ev.Event]) -> dict[str, str]:
    return {s.id: s.text for s in Debate.fold(events).statements.values() if s.text}


# -- the line ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stand", "told"),
    [
        (Stand(72, 220, 5, 12, 4.0), ("Replay 4×", "01:12 of 03:40", "5 of 12 statements")),
        (Stand(72, 220, 5, 12, 16.0, paused=True), ("Paused 16×", "01:12 of 03:40", "5 of 12 statements")),
        (Stand(220, 220, 12, 12, over=True), ("Replay over", "03:40 of 03:40", "12 of 12 statements")),
        (Stand(0, 3700, 0, 1, 1.0), ("Replay 1×", "00:00 of 1:01:40", "0 of 1 statements")),
    ],
)
def test_the_line_says_in_words_how_it_stands(stand: Stand, told: tuple[str, str, str]) -> None:
    assert words(stand) == told
    assert clock(0) == "00:00"


# -- keys -------------------------------------------------------------------------------------------------------------


async def test_it_comes_as_it_was_said_and_space_holds_it(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        events = paced(debate(1))
        screen = await shown(app, pilot, events)
        assert line(screen) == "Replay 1× · 00:00 of 00:11 · 0 of 2 statements"
        assert said(screen) == {}
        assert "The council takes its seats." in text_of(screen, "#standing")
        await watch.goes(pilot, screen, 2)
        assert said(screen) == {"B1": "The Builder says: A plain answer."}
        assert next(p for p in screen.query(VoicePane) if p.letter == "B").look.word == "writing"
        await until(pilot, lambda: "tok/s" in screen_text(app))
        await pilot.press("space")
        assert line(screen).startswith("Paused 1× · 00:02")
        await until(pilot, lambda: "tok/s" not in screen_text(app), "nobody writes while it is held")
        watch.now += 100
        await pilot.pause(0.1)
        assert screen.place.moment == 2
        await until(pilot, lambda: names(app).get("go on") == "Space")  # type: ignore[arg-type]
        await pilot.press("space")
        await watch.goes(pilot, screen, 1)
        assert line(screen) == "Replay 1× · 00:03 of 00:11 · 1 of 2 statements"
        await until(pilot, lambda: names(app).get("pause") == "Space")  # type: ignore[arg-type]


async def test_what_went_by_while_the_program_was_stopped_is_not_left_out(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, paced(debate(1)))
        watch.now += 3600
        await until(pilot, lambda: screen._looked == watch.now)
        assert screen.place.moment == 0.25


async def test_the_floor_and_the_frame_are_told_as_what_was(watch: Watch) -> None:
    frame = ev.Frame("Rent or own?", (), ("Rent", "Own"), "contested")
    t = Talk(voices=2)
    t.log.append(ev.FrameAsked())
    t.log.append(ev.FrameDrawn(frame=frame))
    t.log.append(ev.FrameSettled(frame=frame, by="judge"))
    t.everybody(0)
    t.floor(0)
    t.begin("builder", 1)
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, paced(t.events))
        told = []
        while not screen.over:
            told.append(text_of(screen, "#standing").partition(" · ")[0])
            await watch.goes(pilot, screen, 0.5)
        assert [words for words in dict.fromkeys(told) if "council" not in words] == [
            "The judge frames the question",
            "The frame of the question waited for you.",
            "The floor was yours.",
        ]


async def test_plus_and_minus_change_the_speed(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, paced(talk().events))
        for key, speed in (("minus", 1), ("plus", 4), ("equals_sign", 16), ("plus", 16), ("minus", 4)):
            await pilot.press(key)
            assert line(screen).startswith(f"Replay {speed}× · ")
            offered = {c.action for c in commands(screen) if c.enabled}
            assert {"faster", "slower"} - offered == {1: {"slower"}, 4: set(), 16: {"faster"}}[speed]
        keys = screen.query_one(KeysLine)
        await until(pilot, lambda: keys.shown == read_keys(screen), "the last line is that of now")
        begin = screen_text(app).splitlines()[-1].index("+ - speed")
        for x, speed in ((0, 16), (0, 16), (2, 4), (2, 1), (4, 4)):
            await pilot.click(offset=(begin + x, app.size.height - 1))
            await until(pilot, lambda: keys.shown == read_keys(screen))
            assert line(screen).startswith(f"Replay {speed}× · "), "each of two keys in one place does its own"
        await watch.goes(pilot, screen, 1)
        assert screen.place.moment == 4
        assert screen.seconds == 4


async def test_n_and_b_step_over_statements_and_wait_there(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        events = talk(voices=2).events
        screen = await shown(app, pilot, events)
        table = screen._replay.table
        held = None
        for stop in table.stops[1:]:
            await pilot.press("n")
            assert screen.place.count == stop
            await pilot.pause()
            assert said(screen) == whole(events[:stop])
            assert screen.council.pulse._beats == screen._pulse()._beats, "the clocks are those of then"
            if held:
                chosen = screen.council.chosen
                assert chosen is not None, "what was chosen stays chosen"
                assert chosen.view.held == held
            elif said(screen):
                await pilot.press("shift+down")
                chosen = screen.council.chosen
                held = chosen.view.held if chosen else None
        assert held
        assert line(screen).startswith("Replay over")
        assert not screen.check_action("step", ())
        for stop in reversed(table.stops[:-1]):
            await pilot.press("b")
            assert screen.place.count == stop
            await pilot.pause()
            assert said(screen) == whole(events[:stop])
            assert screen.place.paused
        assert "You" not in screen_text(app), "the user's pane has gone again"
        await pilot.press("n", "n", "space")
        assert not screen.place.paused


async def test_a_says_the_rest_at_once_and_space_begins_again(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        events = talk().events
        screen = await shown(app, pilot, events)
        await pilot.press("a")
        assert said(screen) == whole(events)
        assert line(screen).startswith("Replay over")
        assert line(screen).endswith("9 of 9 statements")
        assert "The verdict is in. o opens it" in text_of(screen, "#standing")
        assert app.screen is screen, "nothing opens by itself"
        await until(pilot, lambda: names(app).get("again") == "Space")  # type: ignore[arg-type]
        await pilot.press("space")
        assert said(screen) == {}
        assert line(screen).startswith("Replay 1× · 00:00")
        await pilot.press("a", "ctrl+home")
        assert screen.place.count == 1


async def test_twenty_statements_are_there_with_one_key(watch: Watch) -> None:
    t = Talk(voices=4, rounds=4)
    for number in range(5):
        t.everybody(number)
        t.floor(number)
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, t.events, "interrupted")
        await pilot.press("a")
        assert said(screen) == whole(t.events)
        assert len(said(screen)) == 20


async def test_o_opens_the_verdict_when_it_has_come_and_the_replay_waits_beneath(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        t = talk()
        t.comment("You forgot the price.")
        t.answer("builder", "So we did.")
        t.ruled(replace(RULING, headline="Another headline."), "Y2")
        screen = await shown(app, pilot, paced(t.events))
        await pilot.press("o", "enter")
        assert app.screen is screen, "there is none yet"
        while screen.debate.verdict is None:
            await pilot.press("n")
        assert "o opens it" in text_of(screen, "#standing") or screen.debate.outcome == "running"
        await pilot.press("space", "o")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        assert "A headline." in screen_text(app)
        offered = {c.name for c in commands(app.screen) if c.enabled}
        assert not {"Push back", "I found out", "Continue"} & offered, "it is not the last word on it"
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DebateView) and app.screen is not screen)
        assert "another window" not in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        before = screen.place
        watch.now += 100
        await pilot.pause(0.1)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.place == before
        await watch.goes(pilot, screen, 1)
        assert screen.place.moment == before.moment + 1
        await pilot.press("a", "o")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        assert "Another headline." in screen_text(app)


async def test_panes_are_looked_at_as_ever(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        events = talk().events
        screen = await shown(app, pilot, events)
        await pilot.press("a")
        await pilot.press("2")
        assert screen.council.focused is screen.council.panes[1]
        await pilot.press("z")
        assert screen.council.zoomed is screen.council.panes[1]
        await pilot.press("y")
        assert any("Copied" in words for words in app.told)
        await pilot.press("5", "ctrl+home")
        assert screen.council.zoomed is None, "the user's pane was zoomed, and has gone"
        assert len(screen.council.visible_panes) == 4
        await pilot.press("z")
        assert screen.council.zoomed is screen.council.panes[0]
        await pilot.press("z")
        assert screen.council.zoomed is None
        await pilot.press("1", "z", "escape")
        assert screen.council.zoomed is None
        assert app.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not screen)


async def test_a_resize_in_mid_replay_loses_nothing(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=(200, 45)) as pilot:
        events = paced(talk().events)
        screen = await shown(app, pilot, events)
        await pilot.press("equals_sign")
        for size in (WIDE, NARROW, MEDIUM, (70, 24), SMALL, (200, 45)):
            await pilot.resize_terminal(*size)
            await watch.goes(pilot, screen, 0.5)
            assert said(screen) == whole(events[: screen.place.count])
        await pilot.press("a")
        assert said(screen) == whole(events)


async def test_the_mouse_leads_along_the_bar(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        events = paced(debate(1))
        screen = await shown(app, pilot, events)
        await pilot.click(ReplayLine, offset=(3, 0))
        assert screen.place.paused
        right = screen.query_one(ReplayLine).region.width - 3  # two cells of padding
        await pilot.click(ReplayLine, offset=(right, 0))
        assert screen.over
        await pilot.click(ReplayLine, offset=(100, 0))
        assert 0 < screen.place.moment < 11
        moment, begin, held = screen.place.moment, screen.query_one(ReplayLine)._bar[0], screen.place.paused
        await pilot.click(ReplayLine, offset=(begin + 1, 0))  # with the padding, in the gap before the bar
        assert screen.place.paused is not held
        assert screen.place.moment >= moment
        assert said(screen) == whole(events[: screen.place.count])


async def test_the_help_lists_its_keys_and_no_command(watch: Watch) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, talk().events)
        await pilot.press("a", "b")
        found = {c.name: c.keys for c in commands(screen)}
        own = {
            "Go on with the replay": ["Space"],
            "Faster": ["+", "="],
            "Slower": ["-"],
            "Step on": ["n"],
            "Step back": ["b"],
            "All the rest at once": ["a"],
        }
        assert own.items() <= found.items()
        assert not {"Speak", "Pass", "Stop", "Stop all", "Again", "Continue", "Begin", "Refresh"} & {
            c.name for c in commands(screen) if c.enabled
        }
        assert not {"speak", "pass_floor", "call_verdict", "retry", "take_up", "stop", "catch_up", "replay"} & {
            c.action for c in commands(screen)
        }
        await app.push_screen(HelpScreen(commands(screen)))
        await until(pilot, lambda: "Hold the replay where it is" in screen_text(app))


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL, NARROW])
async def test_its_keys_have_room_at_every_size(watch: Watch, size: tuple[int, int]) -> None:
    app = Stage()
    async with app.run_test(size=size) as pilot:
        screen = await shown(app, pilot, talk().events)
        await pilot.press("n")
        line = screen.query_one(KeysLine)
        await until(pilot, lambda: {"go on", "speed", "step", "back"} <= {key.name for key in line.shown})
        assert "Paused 1× · 00:00 of 00:0" in screen_text(app)


# -- what it looks like -----------------------------------------------------------------------------------------------


async def test_seconds_are_counted_by_the_debates_own_clock_and_no_key_is_named(watch: Watch) -> None:
    t = Talk(voices=2)
    b1, s1 = t.begin("builder"), t.begin("skeptic")
    place: dict[str, Any] = {"round": "opening"}
    t.log.append(ev.Thinking(voice="builder", statement=b1, **place))
    fault = ev.Fault("overloaded", "The endpoint is overloaded.", True)
    t.log.append(ev.Retrying(voice="skeptic", statement=s1, attempt=1, delay=60.0, error=fault))
    t.words("builder", 0, "At last.")
    times = ("00:00", "00:00", "00:00", "00:00", "00:00", "01:00")
    events = [replace(e, at=f"2026-11-24T10:{at}.000Z") for e, at in zip(t.events, times, strict=True)]
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, events, "interrupted")
        await watch.goes(pilot, screen, 3)  # of the six seconds that a minute takes
        await until(pilot, lambda: "thinking 30 s" in screen_text(app))
        seen = screen_text(app)
        assert "The endpoint is overloaded. Again in 30 s" in " ".join(seen.replace("│", " ").split())
        assert "R now" not in seen
        assert screen.seconds == 30
        await pilot.press("a")
        await until(pilot, lambda: "Interrupted in mid-sentence." in screen_text(app))
        assert "Here the debate was interrupted." in text_of(screen, "#standing")
        await pilot.press("b")
        await until(pilot, lambda: "Interrupted in mid-sentence." not in screen_text(app))


@pytest.mark.parametrize(
    ("more", "state", "told"),
    [
        ([], "running", "held in another window: it is replayed as far as it had come."),
        ([ev.DebateInterrupted()], "interrupted", "Here the debate was interrupted."),
        (
            [ev.DebateFailed(error=ev.Fault("overloaded", "The endpoint is overloaded.", True))],
            "failed",
            "The endpoint is overloaded.",
        ),
    ],
)
async def test_the_end_says_how_it_stands(watch: Watch, more: list[ev.Event], state: str, told: str) -> None:
    t = Talk(voices=2)
    t.everybody(0)
    t.log.append(ev.FloorOpened(number=0))
    for event in more:
        t.log.append(event)
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, t.events, state)
        await pilot.press("a")
        assert told in text_of(screen, "#standing")
        assert "c goes on" not in text_of(screen, "#standing")
        await pilot.press("b")
        assert told not in text_of(screen, "#standing")


async def test_the_ruling_takes_shape_as_it_did(watch: Watch) -> None:
    t = Talk(voices=2)
    t.everybody(0)
    t.floor(0)
    t.log.append(ev.VerdictStarted(version=1, cause="debate"))
    t.log.append(ev.VerdictDelta(version=1, text="A headline forms.", part="headline"))
    t.log.append(ev.VerdictRuled(version=1, ruling=RULING))
    t.log.append(ev.DebateFinished())
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, paced(t.events))
        seconds = screen._replay.table.seconds
        screen._leap(screen._replay.table.sought(screen.place, (seconds - 1.5) / seconds))
        await until(pilot, lambda: "A headline forms." in screen_text(app))
        assert "The judge weighs what was said" in text_of(screen, "#standing")
        await pilot.press("b")
        await until(pilot, lambda: "A headline forms." not in screen_text(app))
        await pilot.press("a")
        await until(pilot, lambda: "takes shape" not in screen_text(app))


async def test_a_leap_into_a_later_pass_shows_what_the_first_one_had(watch: Watch) -> None:
    t = Talk(voices=2)
    t.everybody(0)
    t.floor(0)
    t.log.append(ev.VerdictStarted(version=1, cause="debate"))
    t.log.append(ev.VerdictDelta(version=1, text="A headline forms.", part="headline"))
    t.log.append(ev.VerdictStarted(version=1, cause="debate", look=2))
    t.log.append(ev.VerdictDelta(version=1, text="So be it."))
    t.log.append(ev.VerdictRuled(version=1, ruling=RULING))
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, paced(t.events))
        seconds = screen._replay.table.seconds
        screen._leap(screen._replay.table.sought(screen.place, (seconds - 0.5) / seconds))
        await until(pilot, lambda: "second pass" in screen_text(app))
        assert "A headline forms." in screen_text(app)
        assert "So be it." in screen_text(app)
        await pilot.press("a", "b")  # to where the second pass begins
        await until(pilot, lambda: "second pass" in screen_text(app) and "So be it." not in screen_text(app))
        assert "A headline forms." in screen_text(app)
        await pilot.press("b")
        await until(pilot, lambda: "takes shape" in screen_text(app) and "second pass" not in screen_text(app))
        assert "A headline forms." not in screen_text(app), "the first pass begins"


# -- from where it opens ----------------------------------------------------------------------------------------------


async def test_y_in_the_library_and_p_in_a_debate_and_its_verdict_replay_it(tmp_path: Path, watch: Watch) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1, state="interrupted"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await until(pilot, lambda: names(app).get("replay") == "y")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        replayed = app.screen
        assert isinstance(replayed, ReplayScreen)
        assert replayed.debate.question == "Question 0?"
        await pilot.press("a", "o")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        await pilot.press("P")
        await until(pilot, lambda: app.screen is replayed, "it is gone back to")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.shelf)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        await until(pilot, lambda: names(app).get("replay") == "P")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        await pilot.press("d", "P")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("escape", "escape", "escape")
        await until(pilot, lambda: app.screen is app.shelf)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, DebateView))
        await until(pilot, lambda: names(app).get("replay") == "P")
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("a")
        assert "Here the debate was interrupted." in text_of(app.screen, "#standing")


async def test_a_debate_that_is_held_here_has_no_replay_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    view = DebateScreen.kept(Debate.fold(talk().events), "finished")
    monkeypatch.setattr(type(view), "app", SimpleNamespace(read_only=False))
    assert view.read_facts().kept
    view.council.live = True
    assert not view.read_facts().kept


async def test_a_debate_that_is_gone_is_told(tmp_path: Path, watch: Watch) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        app.serve(app.replay_debate, "nosuch")
        await until(pilot, lambda: any("not there any more" in words for words in app.told))
        assert app.screen is app.shelf


async def test_of_two_replays_that_lie_beneath_the_one_that_was_asked_for_comes_back(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)

        async def is_replayed(id: str) -> None:
            await until(pilot, lambda: isinstance(app.screen, ReplayScreen) and app.screen.debate.id == id, id)

        await app.replay_debate("d99999")
        await is_replayed("d99999")
        await app.open_debate("d99998")
        await app.replay_debate("d99998")
        await is_replayed("d99998")
        await app.open_debate("d99999")
        await app.replay_debate("d99999")
        await is_replayed("d99999")


OFFLINE = """
import asyncio, json, sys
from pathlib import Path
from upverdict.core.config import Config
from upverdict.tui.app import UpverdictApp
from upverdict.tui.screens.replay import ReplayScreen

async def main():
    folder = Path(sys.argv[1])
    app = UpverdictApp(Config(folder=folder, db=folder / "debates.db"), None)
    app.get_ready = lambda: None  # when nothing happens for a moment, what a debate needs is read in advance
    async with app.run_test(size=(160, 45)) as pilot:
        while app.screen.current is None:
            await pilot.pause(0.01)
        await pilot.press("y")
        while not isinstance(app.screen, ReplayScreen):
            await pilot.pause(0.01)
        await pilot.press("a")
        print(json.dumps([app.screen.debate.outcome, sorted(sys.modules)]))
    await app.shut()

asyncio.run(main())
"""


def test_it_loads_nothing_that_asks_anybody_and_opens_no_socket(tmp_path: Path, sockets: Sockets) -> None:
    asyncio.run(keep(tmp_path / "debates.db", debate(0)))
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    outcome, modules = json.loads(done.stdout)
    assert outcome == "finished"
    assert not {"anthropic", "httpx", "httpx2", "sqlite_utils", "upverdict.core.wire"} & set(modules)
    assert sockets.opened() == []
