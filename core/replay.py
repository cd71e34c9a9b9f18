"""A debate as it was said, once more: when each of its events comes, and where a replay stands. No I/O, no clock.

The log has an event for every twentieth of a second of text (`pen.GATHER`), each with its own time, and a screen draws
little more often: so events come whole, in their order and at their pace, and no text is cut anew. Only silence is
shortened:

- while somebody is at work (thinks, searches, waits to be asked again, rules), to `WORKING` seconds;
- while nobody is (the floor is the user's, a frame waits for them, the debate was left, be it for days), to `IDLE`.

What is counted in seconds on the screen is counted by the debate's own clock. It goes through a shortened silence of
the first kind faster, so that all its seconds are seen, and leaps at the end of one of the second kind.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.folded import FRAME_ID
from upverdict.core.values import Simple, replace

SPEEDS = (1.0, 4.0, 16.0)
"""How many times as fast as it was said; a replay at once is a leap to the end."""
WORKING = 6.0
"""Seconds that a silence takes at most in which somebody is at work: a wait can be watched, and is not waited for."""
IDLE = 2.0
"""Seconds that a silence takes at most in which nobody is at work: long enough to see that the floor was open."""


class Place(Simple):
    """Where a replay stands: the first `count` events have come, `moment` of its seconds (at 1×) are over."""

    moment: float = 0.0
    count: int = 0
    speed: float = 1.0
    paused: bool = False


class Timetable:
    """When the events of a debate come in its replay. `moments` are seconds of the replay at 1×, `clocks` those of the
    debate's own clock, both since its first event and one for each event; neither ever goes back.

    `stops` are the numbers of events behind which a step ends: 1 and all of them, and those behind which somebody has
    begun or ended a statement or a verdict. Where several begin in a row, the last of them is the stop.
    """

    def __init__(self, events: Sequence[ev.Event]) -> None:
        if not events:
            raise ValueError("a debate has at least the event that begins it")
        self.events = tuple(events)
        times = list(_times(self.events))
        self.moments = tuple(moment for moment, _ in times)
        self.clocks = tuple(clock for _, clock in times)
        last = max((n for n, e in enumerate(self.events, 1) if not isinstance(e, ev.SHELVING)), default=0)
        self.stops = tuple(sorted({*(n for n in (1, *_stops(self.events)) if n < last), len(self.events)}))

    @property
    def seconds(self) -> float:
        """How long the replay takes at 1×."""
        return self.moments[-1]

    # -- where it stands --------------------------------------------------------------------------------------------

    def begin(self, speed: float = 1.0) -> Place:
        """Before its second event: the first one says what the debate is about."""
        return self._at(1, speed, paused=False)

    def over(self, place: Place) -> bool:
        """Whether all of it has come."""
        return place.count == len(self.events)

    def due(self, place: Place) -> float:
        """In how many seconds the next event comes; those behind the last one never do."""
        return (self.moments[place.count] - place.moment) / place.speed if not self.over(place) else float("inf")

    def clock(self, place: Place) -> float:
        """Seconds on the debate's own clock."""
        n = place.count
        if self.over(place):
            return self.clocks[-1]
        begin, end = self.moments[n - 1], self.moments[n]
        if end <= begin:
            return self.clocks[n - 1]
        share = min(max(place.moment - begin, 0.0) / (end - begin), 1.0)
        went = self.clocks[n] - self.clocks[n - 1]
        return self.clocks[n - 1] + share * went

    # -- how it goes on --------------------------------------------------------------------------------------------

    def after(self, place: Place, seconds: float) -> Place:
        """So many seconds of a watch later."""
        if place.paused or self.over(place):
            return place
        moment = min(place.moment + max(seconds, 0.0) * place.speed, self.seconds)
        return replace(place, moment=moment, count=max(place.count, bisect_right(self.moments, moment)))

    def toggled(self, place: Place) -> Place:
        """Paused, or going on; from its end, from the beginning."""
        return self.begin(place.speed) if self.over(place) else replace(place, paused=not place.paused)

    def stepped(self, place: Place, by: int) -> Place:
        """At the next stop (1) or at the one before (-1), paused there. There is none behind the last one or before the
        first one."""
        n = bisect_right(self.stops, place.count) if by > 0 else bisect_left(self.stops, place.count) - 1
        return self._at(self.stops[min(max(n, 0), len(self.stops) - 1)], place.speed, paused=True)

    def at_once(self, place: Place) -> Place:
        """At the end."""
        return self._at(len(self.events), place.speed, paused=False)

    def sought(self, place: Place, share: float) -> Place:
        """At this share (0 to 1) of its time; it stays paused or playing."""
        moment = min(max(share, 0.0), 1.0) * self.seconds
        return replace(place, moment=moment, count=max(1, bisect_right(self.moments, moment)))

    def _at(self, count: int, speed: float, *, paused: bool) -> Place:
        return Place(self.moments[count - 1], count, speed, paused and count < len(self.events))


def faster(place: Place, by: int) -> Place:
    """At the next one of `SPEEDS` (1) or at the one before (-1), if there is one."""
    others = [s for s in SPEEDS if (s > place.speed if by > 0 else s < place.speed)]
    return replace(place, speed=min(others, key=lambda s: abs(s - place.speed))) if others else place


class Replay:
    """A replay under way: its `place`, and `debate`, the fold of what has come; a leap back folds another one."""

    def __init__(self, table: Timetable, speed: float = 1.0) -> None:
        self.table = table
        self.place = table.begin(speed)
        self.debate = Debate.fold(table.events[: self.place.count])

    def play(self, seconds: float) -> Sequence[ev.Event]:
        """So many seconds of a watch went by: what came in them, folded in."""
        before = self.place.count
        self.place = self.table.after(self.place, seconds)
        return self._come(before)

    def leap(self, place: Place) -> Sequence[ev.Event] | None:
        """Go to a place. What came on the way, folded in; None where it lies before, and has a fold of its own."""
        before, self.place = self.place.count, place
        if place.count < before:
            self.debate = Debate.fold(self.table.events[: place.count])
            return None
        return self._come(before)

    def _come(self, before: int) -> Sequence[ev.Event]:
        """What has come since so many events had, folded in."""
        came = self.table.events[before : self.place.count]
        for event in came:
            self.debate.apply(event)
        return came


# -- the timetable -----------------------------------------------------------------------------------------------------


def _times(events: Sequence[ev.Event]) -> Iterator[tuple[float, float]]:
    """Of each event its second in the replay and on the debate's own clock. A time that can't be read, or that lies
    before the last one, since somebody has set a clock back, is taken for the last one."""
    moment = clock = 0.0
    last: datetime | None = None
    at_work: set[str | int] = set()
    for event in events:
        if isinstance(event, ev.SHELVING):  # nothing is said by it: it takes no time, whenever it came
            yield moment, clock
            continue
        at = _read(event.at)
        wait = max(0.0, (at - last).total_seconds()) if at and last else 0.0
        working = bool(at_work) and not isinstance(event, ev.DebateResumed)
        shown = min(wait, WORKING if working else IDLE)
        moment += shown
        clock += wait if working else shown
        last = at or last
        _follow(at_work, event)
        yield moment, clock


def _read(at: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _follow(at_work: set[str | int], event: ev.Event) -> None:
    """Who is at work after an event: statements and the frame by their ids, verdicts by their versions."""
    match event:
        case ev.StatementStarted(statement=id):
            at_work.add(id)
        case ev.StatementFinished() | ev.StatementFailed() | ev.StatementStopped():
            at_work.discard(event.statement)
        case ev.VerdictStarted(version=version):
            at_work.add(version)
        case ev.VerdictRuled() | ev.VerdictFailed() | ev.VerdictUpheld():
            at_work.discard(event.version)
        case ev.UserSpoke():  # the judge waits until the council has answered
            at_work.difference_update([one for one in at_work if isinstance(one, int)])
        case ev.FrameAsked():
            at_work.add(FRAME_ID)
        case ev.FrameDrawn() | ev.FrameSettled() | ev.FrameFailed():
            at_work.discard(FRAME_ID)
        case ev.DebateResumed() | ev.DebateInterrupted() | ev.DebateFailed() | ev.DebateFinished():
            at_work.clear()
        case _:
            pass


def _stops(events: Sequence[ev.Event]) -> Iterator[int]:
    """Behind which events a step ends, counted from 1."""
    begun = 0  # the last of the beginnings in a row
    for count, event in enumerate(events, 1):
        match event:
            case ev.StatementStarted() | ev.VerdictStarted():
                begun = count
            case (
                ev.StatementFinished()
                | ev.StatementFailed()
                | ev.StatementStopped()
                | ev.UserSpoke()
                | ev.CommentAdded()
                | ev.VerdictRuled()
                | ev.VerdictFailed()
                | ev.VerdictUpheld()
            ):
                if begun:
                    yield begun
                yield count
                begun = 0
            case ev.TextDelta() | ev.VerdictDelta():
                if begun:
                    yield begun
                begun = 0
            case _:
                pass
    if begun:
        yield begun


def statements(events: Sequence[ev.Event]) -> int:
    """How many statements the debate has, the user's among them."""
    return len({e.statement for e in events if isinstance(e, ev.StatementStarted | ev.UserSpoke | ev.CommentAdded)})
