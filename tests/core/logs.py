"""Logs that nobody would hold: events of every kind, whatever their fields say, in any order that the fold takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

from hypothesis import strategies as st

from tests.core.test_events import values_of
from upverdict.core import events as ev
from upverdict.core.prices import Price
from upverdict.core.values import replace

VOICES = ("builder", "skeptic")
STATEMENTS = ("B1", "S1", "B2", "Y1")
VERSIONS = (1, 2)
BEGIN = datetime(2026, 11, 24, 10, tzinfo=UTC)

TEXT = st.text(max_size=30) | st.sampled_from(
    ["", "Two sentences. Both short.", "\ud800 lone", "\x00\x1b[31m<b>\u2028\u202e", "家賃は高い。", '{"seq":1}\n']
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "voice": st.sampled_from((*VOICES, "judge", ev.USER)),
    "statement": st.sampled_from(STATEMENTS),
    "number": st.integers(0, 2),
    "attempt": st.integers(1, 3),
    "version": st.sampled_from(VERSIONS),
    "stands": st.sampled_from(VERSIONS),
    "cause": st.sampled_from(("debate", "Y1")),
    "sentences": st.just(()) | st.just(((0, 3), (3, 9))),
    "answered_in": st.integers(1, 3),
    "rates": st.just(()) | st.tuples(*[st.floats(0, 99)] * len(Price.FIELDS)),
}
"""What the fields must be for the fold to know what they speak of; all others are any value of their type."""


def made(kind: type[ev.Event]) -> st.SearchStrategy[ev.Event]:
    """Any event of this kind, not yet appended."""
    hints = get_type_hints(kind)
    own = kind.FIELDS[len(ev.Event.FIELDS) :]
    return st.builds(kind, **{name: _field(name, hints[name]) for name in own})


def _field(name: str, hint: Any) -> st.SearchStrategy[Any]:
    if name in FIELDS:
        return FIELDS[name]
    return TEXT if hint is str else values_of(hint)


def seat(voice: str) -> ev.Seat:
    return ev.Seat(voice, voice[0].upper(), f"The {voice.title()}", "", "blue", "You argue.", "claude", "m-1")


BEGUN: tuple[ev.Event, ...] = (
    *(
        ev.StatementStarted(voice=VOICES[id[0] == "S"], round="opening", number=0, statement=id)
        for id in STATEMENTS
        if id[0] != ev.USER_LETTER
    ),
    ev.UserSpoke(statement="Y1", text="I have no café.", sentences=((0, 15),), answered_in=1),
    *(ev.VerdictStarted(version=version, cause="debate") for version in VERSIONS),
)
"""What everything else speaks of."""


@st.composite
def logs(draw: st.DrawFn, id: str) -> list[ev.Event]:
    """A debate of this id, in which every kind of event occurs."""
    started = ev.DebateStarted(
        question=draw(TEXT), background=draw(TEXT), council=tuple(map(seat, VOICES)), judge=seat("judge")
    )
    kinds = [kind for kind in ev.KINDS.values() if kind is not ev.DebateStarted]
    order = draw(st.permutations([*kinds, *draw(st.lists(st.sampled_from(kinds), max_size=6))]))
    events = [started, *BEGUN, *(draw(made(kind)) for kind in order)]
    times = draw(st.lists(st.integers(0, 9_999), min_size=len(events), max_size=len(events)))
    return [replace(event, seq=n, at=_at(times[:n]), debate=id) for n, event in enumerate(events, 1)]


def _at(milliseconds: list[int]) -> str:
    moment = BEGIN + timedelta(milliseconds=sum(milliseconds))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
