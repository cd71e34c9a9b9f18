"""A kept debate said once more: the debate screen, fed from its log at the pace of a watch. Changes no debate.

What comes when, and where pauses, steps and leaps lead, is `core.replay`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from upverdict.core import events as ev
from upverdict.core import replay
from upverdict.core.debate import State
from upverdict.core.folded import FRAME_ID, verdict_id
from upverdict.core.replay import Place, Replay, Timetable
from upverdict.tui.screens import replay_keys
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.forming import FormingPanel
from upverdict.tui.widgets.progress import Step, course, steps
from upverdict.tui.widgets.pulse import Pulse
from upverdict.tui.widgets.replay_line import ReplayLine, Stand
from upverdict.tui.widgets.standing import Scene

FRAME = 1 / 30
"""Seconds between two looks at the watch: panes draw as often."""
TICK = 0.25
"""Seconds between two looks at what is counted in seconds: at 4× these go by four times as fast."""
BAR = 200
"""Steps of the bar: with more of them the row would be drawn anew in every frame."""
LONGEST = 0.25
"""Seconds of a watch that may go by between two looks: what went by while the program was stopped is not left out."""


class ReplayScreen(DebateView, inherit_bindings=False):
    """`ReplayScreen(events, state)`: from the first event on. `state` is how the debate stands, as a reader knows it.

    It holds while another screen lies over it.
    """

    BINDINGS: ClassVar[list[BindingType]] = replay_keys.BINDINGS
    OWN_KEYS_ONLY = True

    def __init__(self, events: Sequence[ev.Event], state: State) -> None:
        self._replay = Replay(Timetable(events))
        self._course = course(events)
        self._total = replay.statements(events)
        super().__init__(self._replay.debate, state, live=True, clock=self._debates_clock)
        self.council.replayed = True
        self._forming = FormingPanel(self.debate, self.colour_of)
        self._line = ReplayLine()
        self._keys = replay_keys.Facts()
        self._watch: Timer | None = None
        self._seconds: Timer | None = None
        self._looked = 0.0

    def compose_below(self) -> ComposeResult:
        yield self._forming
        yield self._line

    # -- its life -----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._looked = monotonic()
        self._watch = self.set_interval(FRAME, self._look)
        self._seconds = self.set_interval(TICK, self._tick)
        self.council.pulse = self._pulse()
        self._moved()

    def on_screen_suspend(self) -> None:
        for timer in filter(None, (self._watch, self._seconds)):
            timer.pause()

    def on_screen_resume(self) -> None:
        self._looked = monotonic()
        for timer in filter(None, (self._watch, self._seconds)):
            timer.resume()

    @property
    def place(self) -> Place:
        """Where the replay stands."""
        return self._replay.place

    @property
    def over(self) -> bool:
        """Whether all of it has come."""
        return self._replay.table.over(self.place)

    def _debates_clock(self) -> float:
        return self._replay.table.clock(self.place)

    def _look(self) -> None:
        now = monotonic()
        went, self._looked = min(now - self._looked, LONGEST), now
        if self.place.paused or self.over:
            return
        came = self._replay.play(went)
        if came:
            self._take(came)
        self._say_where()

    def _take(self, came: Sequence[ev.Event]) -> None:
        self.council.take(came)
        if any(isinstance(e, ev.VerdictDelta) for e in came):
            self._forming.reread()
        if self.over or not all(isinstance(e, ev.TextDelta | ev.VerdictDelta | ev.UsageCounted) for e in came):
            self._moved()

    def _tick(self) -> None:
        if not (self.place.paused or self.over):
            self.council.tick()
            self.show_words()

    def _leap(self, place: Place) -> None:
        """Go to a place. Forward, the panes go on from where they are; back, everything comes from another fold."""
        table, before = self._replay.table, self.place.count
        came = self._replay.leap(place)
        if came is None:
            self.debate = self._replay.debate
            self.council.live, self.council.elsewhere = True, False
            self.council.fold_anew(self.debate, self._pulse())
        elif came:
            self.council.take(came, table.clocks[before : place.count])
        if came is None or came:
            self._forming.fold_anew(self.debate, table.events[: place.count])
        self.council.held = place.paused
        self.council.tick()
        self._moved()

    def _pulse(self) -> Pulse:
        """The clocks of all that has come."""
        table, pulse = self._replay.table, Pulse()
        for event, moment in zip(table.events[: self.place.count], table.clocks, strict=False):
            pulse.take(event, moment)
        return pulse

    def _moved(self) -> None:
        """Something has come, or the place is another one."""
        if self.over == self.council.live:
            self.council.live = not self.over
            self.council.elsewhere = self.over and self._state == "running"
            self.council.reread_all()
        self._forming.reread()
        self.reread()
        self._say_where()

    # -- what it shows ------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self._state if self.over else "running"

    @property
    def seconds(self) -> int | None:
        return int(self._debates_clock())

    def scene(self) -> Scene:
        judging = self.debate.judging
        judge = self.council.pulse.moment(verdict_id(judging.version) if judging else FRAME_ID, self._debates_clock())
        return Scene(state=self.state, held=not self.over, judge=judge, replayed=True)

    def steps(self) -> tuple[Step, ...]:
        """None of rounds that never came."""
        return tuple(steps(self.debate, self._course))

    def _say_where(self) -> None:
        place, table = self.place, self._replay.table
        said = sum(not s.live for s in self.debate.statements.values())
        share = round(place.moment / table.seconds * BAR) / BAR if table.seconds else 1.0
        self._line.stand = Stand(
            int(place.moment), int(table.seconds), said, self._total, place.speed, place.paused, self.over, share
        )
        fastest, slowest = (replay.faster(place, by) == place for by in (1, -1))
        keys = replay_keys.Facts(place.paused, self.over, place.count == 1, fastest, slowest)
        if keys != self._keys:
            self._keys = keys
            self.refresh_bindings()

    # -- keys ---------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        own = replay_keys.enabled(action, self._keys)
        if own is None:
            return super().check_action(action, parameters)
        return own or (None if action in replay_keys.PAIRED else False)  # None: it stays in the last line

    def action_pause(self) -> None:
        self._leap(self._replay.table.toggled(self.place))

    action_go_on = action_again = action_pause

    def action_faster(self) -> None:
        self._leap(replay.faster(self.place, 1))

    def action_slower(self) -> None:
        self._leap(replay.faster(self.place, -1))

    def action_step(self) -> None:
        self._leap(self._replay.table.stepped(self.place, 1))

    def action_step_back(self) -> None:
        self._leap(self._replay.table.stepped(self.place, -1))

    def action_at_once(self) -> None:
        self._leap(self._replay.table.at_once(self.place))

    def action_restart(self) -> None:
        self._leap(self._replay.table.begin(self.place.speed))

    def action_open_verdict(self) -> None:
        """The verdict as far as it had come; in the end it is the debate's own."""
        if self.debate.verdict is not None:
            state = self._state if self.over else "finished"
            self.app.push_screen(VerdictScreen(self.debate, state, replayed=not self.over))

    def on_replay_line_toggled(self, event: ReplayLine.Toggled) -> None:
        event.stop()
        self.action_pause()

    def on_replay_line_sought(self, event: ReplayLine.Sought) -> None:
        event.stop()
        self._leap(self._replay.table.sought(self.place, event.share))
