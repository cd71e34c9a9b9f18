"""Events and their JSON: what goes out comes back, and what is no event of ours is refused."""

from __future__ import annotations

import contextlib
import json
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upverdict.core import events as ev

usages = st.builds(ev.Usage, *[st.integers(0, 10**9)] * 4)
faults = st.builds(ev.Fault, st.text(), st.text(), st.booleans())
seats = st.builds(ev.Seat, *[st.text()] * 8)
by_voice = st.dictionaries(st.text(), st.lists(st.text(), max_size=3).map(tuple), max_size=3)
claims = st.builds(ev.Claim, st.text(), by_voice, by_voice)
quotes = st.builds(ev.PullQuote, st.text(), st.text(), st.text(), st.integers(0, 99), st.integers(0, 99))
rulings = st.builds(
    ev.Ruling,
    st.text(),
    st.text(),
    pull_quotes=st.lists(quotes, max_size=2).map(tuple),
    agreed=st.lists(claims, max_size=2).map(tuple),
    split=st.lists(claims, max_size=2).map(tuple),
    flips=st.lists(st.builds(ev.Flip, st.text(), st.text()), max_size=2).map(tuple),
    glance=st.lists(st.builds(ev.Glance, st.text(), st.text()), max_size=2).map(tuple),
    heard=st.lists(st.text(), max_size=3).map(tuple),
    missing=st.lists(st.text(), max_size=3).map(tuple),
    plain=st.booleans(),
)
by_field: dict[str, st.SearchStrategy[Any]] = {
    "council": st.lists(seats, max_size=3).map(tuple),
    "judge": seats,
    "usage": usages,
    "error": faults,
    "ruling": rulings,
    "round": st.sampled_from(["opening", "rebuttal", "reply", "discussion"]),
    "reason": st.sampled_from(["spoke", "passed", "verdict", "auto"]),
    "sentences": st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=3).map(tuple),
    "delay": st.floats(0, 1e6),
    "partial": st.booleans(),
    "rebuttals": st.lists(st.text(), max_size=3).map(tuple),
}
by_type: dict[type, st.SearchStrategy[Any]] = {str: st.text(), int: st.integers(0, 2**53)}


def any_of(kind: type[ev.Event]) -> st.SearchStrategy[ev.Event]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{n: by_field[n] if n in by_field else by_type[hints[n]] for n in kind.FIELDS})


@given(st.sampled_from(sorted(ev.KINDS)).flatmap(lambda k: any_of(ev.KINDS[k])))
def test_every_event_comes_back_from_its_line(event: ev.Event) -> None:
    line = ev.to_json(event)
    assert "\n" not in line
    assert ev.from_json(line) == event


def test_a_line_reads_as_the_design_shows_it() -> None:
    event = ev.TextDelta(
        seq=12, at="2026-11-24T10:00:00.123Z", debate="d", voice="builder", round="opening", statement="B1", text="…"
    )
    assert ev.to_json(event) == (
        '{"seq":12,"at":"2026-11-24T10:00:00.123Z","debate":"d","kind":"text_delta","voice":"builder","round":"opening",'
        '"statement":"B1","text":"…"}'
    )


def test_all_the_kinds_of_the_design_are_there() -> None:
    later = {"search_started", "source_found"}  # with the endpoints' search
    wanted = (
        "debate_started statement_started text_delta statement_finished statement_failed statement_stopped "
        "floor_opened user_spoke retrying verdict_started verdict_delta verdict_ruled comment_added usage "
        "debate_finished debate_failed"
    )
    assert set(wanted.split()) <= ev.KINDS.keys()
    assert not later & ev.KINDS.keys()


GOOD = {"seq": 1, "at": "", "debate": "d", "kind": "floor_closed", "number": 0, "reason": "auto"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "[]",
        "3",
        json.dumps(GOOD | {"kind": "of_tomorrow"}),
        json.dumps(GOOD | {"surprise": 1}),
        json.dumps(GOOD | {"reason": "whim"}),
        json.dumps(GOOD | {"number": "0"}),
        json.dumps(GOOD | {"number": True}),
        json.dumps({k: v for k, v in GOOD.items() if k != "number"}),
        json.dumps({"kind": "usage", "voice": "b", "statement": "B1", "model": "m", "usage": [1]}),
        json.dumps(
            {"kind": "statement_stopped", "voice": "b", "round": "opening", "statement": "B1", "sentences": [[1]]}
        ),
    ],
)
def test_what_is_no_event_is_refused(line: str) -> None:
    with pytest.raises(ev.BadEvent):
        ev.from_json(line)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_no_json_at_all_raises_anything_else(raw: Any) -> None:
    with contextlib.suppress(ev.BadEvent):
        ev.from_json(json.dumps(raw))
