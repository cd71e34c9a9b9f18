"""Events become rows and come back the very same, however they are interleaved and cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_store_kit import finished
from upverdict.core import events as ev
from upverdict.core import jsonform
from upverdict.core.store.packing import MAX_PIECES, EventRow, Packer, pack, unpack
from upverdict.core.values import replace

ID = "261124-abcde"
BEGIN = datetime(2026, 11, 24, 10, tzinfo=UTC)
IDS = st.sampled_from(["B1", "S1", "R2", ""])
VOICES = st.sampled_from(["builder", "skeptic"])
ROUNDS: st.SearchStrategy[ev.Round] = st.sampled_from(["opening", "rebuttal"])
TEXT = st.text(max_size=12) | st.just("\ud800 lone") | st.just("\x00[\u2028")
TIMES = st.integers(-(10**6), 10**12).map(
    lambda ms: (BEGIN + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
) | st.sampled_from(
    ["", "yesterday", "2026-11-24T10:00:00Z", "2026-11-24T10:00:00.123+01:00", "2026-11-24T10:00:00.1234567Z"]
)

BARE: st.SearchStrategy[ev.Event] = st.one_of(
    st.builds(ev.StatementStarted, voice=VOICES, round=ROUNDS, number=st.just(0), statement=IDS),
    st.builds(ev.TextDelta, voice=VOICES, round=ROUNDS, statement=IDS, text=TEXT),
    st.builds(ev.TextDelta, voice=st.just("builder"), round=st.just("opening"), statement=st.just("B1"), text=TEXT),
    st.builds(ev.VerdictDelta, version=st.integers(1, 2), text=TEXT),
    st.builds(
        ev.VerdictDelta, version=st.just(1), text=TEXT, part=st.just("quote"), voice=VOICES, start=st.integers(0)
    ),
    st.builds(ev.CommentAdded, text=TEXT, statement=TEXT, sentences=st.just(()), number=st.integers(1, 9)),
    st.builds(ev.DebateResumed),
    st.builds(
        ev.Retrying,
        voice=VOICES,
        statement=IDS,
        attempt=st.just(1),
        delay=st.floats(0, 9),
        error=st.just(ev.Fault("stall", "“x”")),
    ),
)
OPENING = ev.StatementStarted(voice="builder", round="opening", number=0, statement="B1")
LOGS = st.lists(st.tuples(BARE, TIMES), max_size=40).map(
    lambda found: [
        replace(event, seq=n, at=at, debate=ID)
        for n, (event, at) in enumerate([(OPENING, "2026-11-24T10:00:00.000Z"), *found], 1)
    ]
)


@settings(max_examples=60)
@given(LOGS)
def test_every_log_comes_back(events: list[ev.Event]) -> None:
    assert list(unpack(ID, pack(events))) == events


@settings(max_examples=60)
@given(LOGS, st.sets(st.integers(0, 40)))
def test_a_log_comes_back_wherever_it_was_cut(events: list[ev.Event], cuts: set[int]) -> None:
    packer, rows = Packer(), list[EventRow]()
    for n, event in enumerate(events):
        packer.add(event)
        if n in cuts:
            rows += packer.take()
    rows += packer.take()
    assert list(unpack(ID, rows)) == events
    assert sum(row.size for row in rows) == len(events)


def test_consecutive_words_share_a_row_whoever_speaks() -> None:
    said = [replace(OPENING, seq=1), replace(OPENING, seq=2, voice="skeptic", statement="S1")]
    said = [replace(e, at="2026-11-24T10:00:00.000Z", debate=ID) for e in said]
    for n in range(3, 3 + MAX_PIECES + 10):
        who, what = ("builder", "B1") if n % 2 else ("skeptic", "S1")
        at = (BEGIN + timedelta(milliseconds=n)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said.append(ev.TextDelta(seq=n, at=at, debate=ID, voice=who, round="opening", statement=what, text=f"w{n} "))  # type: ignore[arg-type]
    rows = pack(said)
    assert [(r.seq, r.size, r.kind) for r in rows[2:]] == [
        (3, MAX_PIECES, "text_delta"),
        (3 + MAX_PIECES, 10, "text_delta"),
    ]
    assert rows[2].body.startswith('[["B1",0,"w3 "],["S1",1,"w4 "]')
    assert list(unpack(ID, rows)) == said


def test_another_kind_between_ends_the_row() -> None:
    events = finished().events
    kinds = [(r.kind, r.size) for r in pack(events)]
    assert ("text_delta", 2) in kinds
    assert ("verdict_delta", 2) in kinds
    assert sum(size for _, size in kinds) == len(events)


@pytest.mark.parametrize(
    "row",
    [
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "text_delta", "[1, 2"),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "text_delta", "[[1]]"),
        EventRow(1, 2, "2026-11-24T10:00:00.000Z", "verdict_delta", '[[1,0,"x"]]'),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "text_delta", '[["B1",0,"x"]]'),
        EventRow(1, 1, "then", "verdict_delta", '[[1,5,"x"]]'),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "verdict_delta", f'[[1,{10**30},"x"]]'),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "usage", '[[1,0,"x"]]'),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "floor_opened", '{"number":'),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "floor_opened", '{"numbers":1}'),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "floor_opened", "7"),
        EventRow(1, 1, "2026-11-24T10:00:00.000Z", "from_the_future", "{}"),
    ],
)
def test_a_damaged_row_is_told_not_guessed(row: EventRow) -> None:
    with pytest.raises(jsonform.BadEvent):
        list(unpack(ID, [row]))
