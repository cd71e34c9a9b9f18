"""What only the clock knows of a live debate: how long a voice has been silent, how fast it writes, when it is asked
again. Fed with events; the time is passed in, so that it can be tested without waiting. Knows no widget.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import ceil

from upverdict.core import events as ev
from upverdict.core.folded import FRAME_ID, verdict_id
from upverdict.tui.widgets.statement_words import NO_MOMENT, Moment

CHARACTERS_A_TOKEN = 4
"""A rule of thumb for English, as the makers of the models give it; the rate on the screen is marked as an estimate."""
WINDOW = 3.0
"""Seconds over which a rate is taken: shorter it flickers, longer it lags."""


@dataclass(slots=True)
class _Beat:
    """One ask that is under way. `written` are (seconds, characters)."""

    since: float  # when it came into the state that it is in
    again_at: float | None = None
    written: deque[tuple[float, int]] = field(default_factory=deque)


class Pulse:
    """The clocks of one debate, by statement or verdict id, and the frame's. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._beats: dict[str, _Beat] = {}

    def take(self, event: ev.Event, now: float) -> None:
        match event:
            case (
                ev.StatementStarted(statement=id)
                | ev.Thinking(statement=id)
                | ev.SearchStarted(statement=id)
                | ev.SearchFinished(statement=id)
            ):
                self._beats[id] = _Beat(now)
            case ev.TextDelta(statement=id, text=text):
                if (beat := self._beats.get(id)) is not None:
                    beat.written.append((now, len(text)))
            case ev.Retrying(statement=id, delay=delay):
                self._beats.setdefault(id, _Beat(now)).again_at = now + delay
            case ev.StatementFinished() | ev.StatementFailed() | ev.StatementStopped():
                self._beats.pop(event.statement, None)
            case ev.VerdictStarted(version=version):
                self._beats[verdict_id(version)] = _Beat(now)
            case ev.VerdictRuled() | ev.VerdictFailed() | ev.VerdictUpheld():
                self._beats.pop(verdict_id(event.version), None)
            case ev.FrameAsked():
                self._beats[FRAME_ID] = _Beat(now)
            case ev.FrameDrawn() | ev.FrameSettled() | ev.FrameFailed():
                self._beats.pop(FRAME_ID, None)
            case _:
                pass

    def moment(self, id: str, now: float) -> Moment:
        """How long it has been asked, or thinks or searches since, and in how many seconds it is asked again."""
        beat = self._beats.get(id)
        if beat is None:
            return NO_MOMENT
        again = None if beat.again_at is None else max(0, ceil(beat.again_at - now))
        return Moment(int(now - beat.since), again)

    def rate(self, id: str, now: float) -> int:
        """Tokens a second, estimated from the characters of the last seconds; 0 where nothing is written.

        From 20 on in steps of five: it is an estimate, and a number that is never still draws the eye.
        """
        beat = self._beats.get(id)
        if beat is None:
            return 0
        while beat.written and beat.written[0][0] < now - WINDOW:
            beat.written.popleft()
        if not beat.written:
            return 0
        span = max(now - beat.written[0][0], 0.5)
        rate = sum(size for _, size in beat.written) / span / CHARACTERS_A_TOKEN
        return round(rate) if rate < 20 else 5 * round(rate / 5)
