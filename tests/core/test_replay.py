"""When the events of a debate come in its replay, and where it stands: tables, and whatever a person may press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk import Talk
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.log import stamp
from upverdict.core.replay import IDLE, SPEEDS, WORKING, Place, Replay, Timetable, faster, statements
from upverdict.core.values import replace

FAULT = ev.Fault("overloaded", "The endpoint is overloaded.", True)
PLACE: dict[str, Any] = {"voice": "builder", "round": "opening", "statement": "B1"}
BEGUN = ev.DebateStarted(question="Who is right?", council=(), judge=ev.Seat("judge", "J", "J", "", "", "", "", ""))
ASKED = ev.StatementStarted(number=0, **PLACE)
WORDS = ev.TextDelta(text="Some words.", **PLACE)
ENDED = ev.StatementFinished(sentences=(), **PLACE)
AGAIN = ev.Retrying(voice="builder", statement="B1", attempt=1, delay=30.0, error=FAULT)
JUDGED = ev.VerdictStarted(version=1, cause="debate")
FAILED = ev.VerdictFailed(version=1, error=FAULT)


def timed(*made: tuple[float, ev.Event]) -> list[ev.Event]:
    """Events, each so many seconds after the one before it."""
    moment = datetime(2026, 11, 24, 10, tzinfo=UTC)
    found = []
    for n, (wait, event) in enumerate(made, 1):
        moment += timedelta(seconds=wait)
        found.append(replace(event, seq=n, at=stamp(moment), debate="d"))
    return found


def talk() -> Talk:
    """A debate in which everything happens: rounds, the user, a failure, a verdict, a second one after it."""
    t = Talk()
    t.everybody(0)
    t.user("We are two people.")
    t.floor(0, "spoke")
    for voice in ("builder", "skeptic", "researcher"):
        t.say(voice, 1, f"The {voice} answers. It says a little more.")
    t.fail("contrarian", 1, "It began")
    t.log.append(ev.DebateInterrupted())
    t.log.append(ev.DebateResumed())
    t.begin("contrarian", 1, attempt=2)
    t.words("contrarian", 1, "It is said after all.")
    return t


# -- the timetable ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "moments", "clocks"),
    [
        ([(0, BEGUN), (1, ASKED), (0.5, WORDS), (0.05, WORDS)], [0, 1, 1.5, 1.55], [0, 1, 1.5, 1.55]),
        # a voice thinks for a minute and a half
        ([(0, BEGUN), (0, ASKED), (90, WORDS)], [0, 0, WORKING], [0, 0, 90]),
        # it waits to be asked again
        ([(0, BEGUN), (0, ASKED), (1, AGAIN), (30, ASKED), (1, WORDS)], [0, 0, 1, 7, 8], [0, 0, 1, 31, 32]),
        ([(0, BEGUN), (0, ASKED), (1, AGAIN), (4, ASKED)], [0, 0, 1, 5], [0, 0, 1, 5]),
        # the judge rules
        ([(0, BEGUN), (0, JUDGED), (20, FAILED)], [0, 0, WORKING], [0, 0, 20]),
        ([(0, BEGUN), (0, ev.FrameAsked()), (20, FAILED)], [0, 0, WORKING], [0, 0, 20]),
        # the user thinks at the floor
        ([(0, BEGUN), (0, ev.FloorOpened(number=0)), (600, ASKED)], [0, 0, IDLE], [0, 0, IDLE]),
        # the user speaks while the judge rules, who waits then
        (
            [
                (0, BEGUN),
                (0, JUDGED),
                (1, ev.UserSpoke(statement="Y1", text="No.", sentences=(), answered_in=1)),
                (9, ASKED),
            ],
            [0, 0, 1, 1 + IDLE],
            [0, 0, 1, 1 + IDLE],
        ),
        # it was interrupted for three days, or killed
        ([(0, BEGUN), (0, ASKED), (1, ev.DebateInterrupted()), (250_000, ASKED)], [0, 0, 1, 3], [0, 0, 1, 3]),
        ([(0, BEGUN), (0, ASKED), (1, WORDS), (250_000, ev.DebateResumed())], [0, 0, 1, 3], [0, 0, 1, 3]),
        # somebody has set a clock back
        ([(0, BEGUN), (2, ASKED), (-3600, WORDS), (1, WORDS)], [0, 2, 2, 3], [0, 2, 2, 3]),
    ],
)
def test_silence_is_shortened_and_nothing_else(
    made: list[tuple[float, ev.Event]], moments: list[float], clocks: list[float]
) -> None:
    table = Timetable(timed(*made))
    assert table.moments == pytest.approx(moments)
    assert table.clocks == pytest.approx(clocks)


def test_a_time_that_nobody_can_read_is_that_of_the_event_before() -> None:
    events = timed((0, BEGUN), (1, ASKED), (1, WORDS), (1, ENDED))
    events[2] = replace(events[2], at="soon")
    assert Timetable(events).moments == pytest.approx([0, 1, 1, 3])
    events[2] = replace(events[2], at="2026-11-24T10:00:02")
    assert Timetable(events).moments == pytest.approx([0, 1, 2, 3])
    with pytest.raises(ValueError, match="begins"):
        Timetable([])


def test_the_debates_own_clock_goes_faster_through_a_silence_that_is_shortened() -> None:
    table = Timetable(timed((0, BEGUN), (0, ASKED), (60, WORDS), (0, ENDED), (100, FAILED)))
    seen = []
    place = table.after(table.begin(), 0)
    while not table.over(place):
        seen.append(table.clock(place))
        place = table.after(place, 1.0)
    assert seen == pytest.approx([0, 10, 20, 30, 40, 50, 60, 61])
    assert table.clock(place) == table.clocks[-1] == pytest.approx(62)


# -- steps ------------------------------------------------------------------------------------------------------------


def test_a_step_ends_where_somebody_has_begun_or_ended() -> None:
    t = Talk(voices=2)
    t.begin("builder")
    t.begin("skeptic")
    t.words("skeptic", 0, "No.")
    t.words("builder", 0, "Yes.")
    for voice, id in (("skeptic", "S1"), ("builder", "B1")):
        t.log.append(ev.StatementFinished(voice=voice, round="opening", statement=id, sentences=()))
    t.user("We are two people.")
    t.log.append(ev.FloorOpened(number=0))
    t.log.append(JUDGED)
    t.log.append(ev.VerdictDelta(version=1, text="So"))
    t.log.append(FAILED)
    t.log.append(ev.DebateFailed(error=FAULT))
    kinds = [event.KIND for event in t.events]
    table = Timetable(t.events)
    assert [kinds[stop - 1] for stop in table.stops] == [
        "debate_started",
        "statement_started",  # both at once
        "statement_finished",
        "statement_finished",
        "user_spoke",
        "verdict_started",
        "verdict_failed",
        "debate_failed",
    ]
    assert table.stops[1] == 3
    place, there = table.begin(), []
    while not table.over(place):
        place = table.stepped(place, 1)
        there.append(place.count)
        assert place.paused != table.over(place)
        assert place.moment == table.moments[place.count - 1]
    assert there == list(table.stops[1:])
    assert table.stepped(place, 1) == place
    back = []
    while place.count > 1:
        place = table.stepped(place, -1)
        back.append(place.count)
    assert back == list(reversed(table.stops[:-1]))
    assert table.stepped(place, -1) == place
    assert statements(t.events) == 3


def test_a_step_back_from_within_a_statement_goes_to_its_beginning() -> None:
    events = timed((0, BEGUN), (1, ASKED), (1, WORDS), (1, WORDS), (1, ENDED))
    table = Timetable(events)
    place = table.after(table.begin(4.0), 0.8)
    assert place.count == 4
    assert table.stepped(place, -1) == Place(1.0, 2, 4.0, True)
    assert table.stepped(place, 1) == Place(4.0, 5, 4.0, False), "at its end it is over, not paused"


# -- how it goes on ---------------------------------------------------------------------------------------------------


def test_pace_pause_and_leaps() -> None:
    table = Timetable(timed((0, BEGUN), (1, ASKED), (1, WORDS), (1, WORDS), (1, ENDED)))
    assert table.seconds == 4
    place = table.begin()
    assert place == Place(0.0, 1, 1.0, False)
    assert table.due(place) == 1
    place = table.after(place, 0.75)
    assert (place.count, table.due(place)) == (1, 0.25)
    place = table.after(faster(place, 1), 0.25)
    assert (place.moment, place.count, place.speed) == (1.75, 2, 4.0)
    held = table.toggled(place)
    assert table.after(held, 100) == held
    assert table.toggled(held) == place
    assert table.after(place, 100) == table.at_once(place) == table.at_once(held) == Place(4.0, 5, 4.0, False)
    assert table.due(table.at_once(place)) == float("inf")
    assert table.toggled(table.at_once(place)) == table.begin(4.0)
    assert table.sought(held, 0.5) == Place(2.0, 3, 4.0, True)
    assert table.sought(place, 2.0) == table.at_once(place)
    assert table.sought(place, -1.0) == table.begin(4.0)
    assert table.after(place, -5) == place, "a watch that goes back"


def test_a_debate_of_one_event_is_over_as_it_begins() -> None:
    table = Timetable(timed((0, BEGUN)))
    assert table.over(table.begin())
    assert table.begin() == table.at_once(table.begin()) == table.stepped(table.begin(), 1)


def test_speeds_go_up_and_down_among_those_that_there_are() -> None:
    assert faster(Place(speed=1.0), 1).speed == 4.0
    assert faster(Place(speed=4.0), 1).speed == 16.0
    assert faster(Place(speed=16.0), 1).speed == 16.0
    assert faster(Place(speed=7.0), -1).speed == 4.0
    assert SPEEDS == (1.0, 4.0, 16.0)


# -- whatever a person presses ----------------------------------------------------------------------------------------


def state_of(value: object) -> object:
    """Everything that a fold holds, in a form that can be compared."""
    if isinstance(value, dict):
        return {key: state_of(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [state_of(v) for v in value]
    if hasattr(value, "text") and hasattr(value, "_parts"):  # in how many pieces words came is no part of it
        return {"text": value.text} | {k: state_of(v) for k, v in vars(value).items() if k != "_parts"}
    return {k: state_of(v) for k, v in vars(value).items()} if hasattr(value, "__dict__") else value


ALL = talk().events
WHOLE = Debate.fold(ALL).statements
PRESSES = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.floats(0, 3)),
        st.tuples(st.just("space"), st.just(0.0)),
        st.tuples(st.sampled_from(("speed", "step")), st.sampled_from((1.0, -1.0))),
        st.tuples(st.just("seek"), st.floats(0, 1)),
        st.tuples(st.just("at once"), st.just(0.0)),
    ),
    max_size=30,
)


def pressed(shown: Replay, what: str, how: float) -> None:
    table, place = shown.table, shown.place
    match what:
        case "wait":
            before = place.count
            came = shown.play(how)
            assert list(came) == list(table.events[before : shown.place.count])
        case "space":
            shown.leap(table.toggled(place))
        case "speed":
            shown.leap(faster(place, int(how)))
        case "step":
            shown.leap(table.stepped(place, int(how)))
        case "seek":
            shown.leap(table.sought(place, how))
        case "at once":
            shown.leap(table.at_once(place))


@given(PRESSES, st.lists(st.floats(-10, 500), min_size=len(ALL), max_size=len(ALL)))
def test_whatever_is_pressed_the_fold_is_that_of_what_has_come_and_in_the_end_that_of_all(
    presses: list[tuple[str, float]], waits: list[float]
) -> None:
    events = [replace(e, debate="d") for e in timed(*zip(waits, ALL, strict=True))]
    table = Timetable(events)
    assert list(table.moments) == sorted(table.moments)
    assert list(table.clocks) == sorted(table.clocks)
    shown = Replay(table)
    for what, how in presses:
        pressed(shown, what, how)
        place = shown.place
        assert 1 <= place.count <= len(events)
        assert 0 <= place.moment <= table.seconds
        assert place.speed in SPEEDS
        assert shown.debate.seq == place.count
        assert table.clocks[place.count - 1] <= table.clock(place) <= table.clocks[-1]
        if not table.over(place):
            assert table.clock(place) <= table.clocks[place.count]
        for s in shown.debate.statements.values():
            if s.attempt == WHOLE[s.id].attempt:
                assert WHOLE[s.id].text.startswith(s.text)
    if shown.place.paused:
        shown.leap(table.toggled(shown.place))
    for _ in range(len(events)):
        if not table.over(shown.place):
            shown.play(table.due(shown.place) + 0.001)
    assert table.over(shown.place)
    assert state_of(shown.debate) == state_of(Debate.fold(events))
