"""What a live debate shows, and its life on the screen: it is followed while it is held, and closed when it is left.

What the user does with it is `debate.py`'s. Knows no order of a debate (`core.protocol`), no file and no connection.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer
from textual.worker import Worker

from upverdict.core import events as ev
from upverdict.core import protocol
from upverdict.core.folded import FRAME_ID, verdict_id
from upverdict.tui import titles
from upverdict.tui.attention import Attention
from upverdict.tui.keyboard import from_text, key_of
from upverdict.tui.screens.debate_keys import Facts
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.draft_keeper import DraftKeeper
from upverdict.tui.screens.held_frame import HeldFrame
from upverdict.tui.screens.holding import Holding
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets import standing
from upverdict.tui.widgets.composer import DebateComposer
from upverdict.tui.widgets.council_plan import LOW
from upverdict.tui.widgets.first_line import Costs
from upverdict.tui.widgets.forming import FormingPanel
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from upverdict.core.debate import State
    from upverdict.core.session import Session

TICK = 0.5
"""Seconds between two looks at the clock: what is counted on the screen are whole seconds."""


class KeptDebate(DebateView):
    """A debate as it was kept, whatever its state; its verdict opens from here."""

    def action_open_verdict(self) -> None:
        if self.visiting:
            self.dismiss()
        elif self.debate.verdict is not None:
            self.app.push_screen(VerdictScreen(self.debate, self.state))


class LiveView(KeptDebate):
    """A debate that is held here, followed: the screen runs the session, and closes it when it is left."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.log.debate, "running", live=True)
        self.composer = DebateComposer()
        self._forming = FormingPanel(self.debate, self.colour_of)
        self._holding = Holding(session)
        self._runner = session.runner
        self._frame = HeldFrame(self.debate, session.runner)
        self._draft = DraftKeeper(self, self.composer, self.debate.id)
        self._clock: Timer | None = None
        self._following: Worker[None] | None = None
        self._began = monotonic()
        self._ended: float | None = None
        self._spoken = False
        self._preparing = ""

    def compose_below(self) -> ComposeResult:
        yield self._forming
        yield self.composer

    # -- its life -----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._holding.begin()
        self._clock = self.set_interval(TICK, self._tick)
        self._following = self.run_worker(later(self._follow))
        self.run_worker(later(self._draft.load))
        self.composer.sent_last = next((s.text for s in reversed(self.debate.of(ev.USER))), "")

    async def on_unmount(self) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Interrupt what runs; return when every word is on the disk. Nothing is drawn after. Safe to call twice."""
        if self._following is not None:
            self._following.cancel()
        await self._draft.save()
        await self._holding.leave()

    @property
    def running(self) -> bool:
        """Whether the debate is held here and takes commands."""
        return self._holding.running and self.debate.outcome == "running"

    @property
    def framing(self) -> bool:
        """Whether a frame waits here for the user."""
        return self.running and self._frame.waiting is not None

    @property
    def composing(self) -> bool:
        """Whether the keys go to the composer. (Its `has_focus` changes some messages later.)"""
        return self.focused is self.composer

    @property
    def over(self) -> bool:
        """Whether the session is closed: another window may take the debate up."""
        return self._ended is not None

    def note(self, preparing: str) -> None:
        """What the program has to do before a voice can be asked (the session's `on_note`); nothing takes it away."""
        self._preparing = preparing
        if self.is_mounted:
            self.show_words()

    async def _follow(self) -> None:
        await self._holding.follow(self._take)
        await self._holding.ended()
        self._ended = monotonic()
        if self._clock is not None:
            self._clock.stop()
        if self._holding.fault is not None:
            self.log.error(self._holding.fault)
        self.council.end()
        self.reread()
        if self._holding.trouble or (self.debate.outcome == "failed" and not self._stopped_here):
            self._call_user()

    @property
    def _stopped_here(self) -> bool:
        """Whether it was the user who stopped the judge."""
        error = self.debate.verdicts[-1].error if self.debate.verdicts else None
        return error is not None and error.kind == "stopped"

    def _take(self, happened: Sequence[ev.Event]) -> None:
        self.council.take(happened)
        if any(isinstance(e, ev.UserSpoke) for e in happened):
            self.council.show_yours()
        if not self._spoken and any(isinstance(e, ev.TextDelta) for e in happened):
            self._spoken = True
            # By now all that a debate needs is loaded, the SDK above all. If each full collection looked through it,
            # a key would wait a tenth of a second for its picture now and then.
            gc.freeze()
        if any(isinstance(e, ev.VerdictDelta) for e in happened):
            self._forming.reread()
        if not all(isinstance(e, ev.TextDelta | ev.VerdictDelta | ev.UsageCounted) for e in happened):
            self.reread()

    def _call_user(self) -> None:
        """Nothing goes on without the user, or it is over: whoever looks elsewhere is told."""
        self.post_message(Attention(titles.called(self.window_title)))

    def _tick(self) -> None:
        self.council.tick()
        self.show_words()

    # -- what it shows ------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self.debate.outcome

    @property
    def seconds(self) -> int | None:
        return int((self._ended or monotonic()) - self._began)

    @property
    def costs(self) -> Costs:
        till = self._runner.till
        return Costs(till.running, till.limit)

    def scene(self) -> standing.Scene:
        judging = self.debate.judging
        asked = verdict_id(judging.version) if judging else FRAME_ID
        judge = self.council.pulse.moment(asked, monotonic())
        return standing.Scene(
            state=self.state,
            held=True,
            composing=self.composing,
            ordered=self._runner.verdict_wanted,
            preparing=self._preparing,
            trouble=self._holding.trouble,
            judge=judge,
            framing=self.framing,
            framing_here=self._frame.open,
        )

    @property
    def _judge_at_work(self) -> bool:
        return self.debate.judging is not None or self.debate.framing.live

    def read_facts(self) -> Facts:
        debate, running = self.debate, self.running
        return Facts(
            running=running,
            stopped=self.over and self.state in ("interrupted", "failed"),
            kept=self.over,
            framing=self.framing,
            sources=bool(debate.sources),
            floor=running and debate.floor is not None,
            speaking=running and (self._judge_at_work or any(s.live for s in debate.statements.values())),
            judging=debate.judging is not None,
            can_speak=self._heard,
            can_retry=running and self._can_retry(),
            verdict=debate.verdict is not None,
            paged=self.council.paged,
        )

    def _can_retry(self) -> bool:
        """Whether there is somebody whom `R` asks again: the judge; else the voice of the pane that has the keys, or
        any, where none has.
        """
        debate, pane = self.debate, self.council.focused
        if (debate.judging and debate.judging.error) or (debate.framing.live and debate.framing.error):
            return True
        last = {v: s for v, s in debate.latest.items() if pane is None or v == pane.voice}
        return any(said.state == "retrying" or protocol.can_retry(debate, voice) for voice, said in last.items())

    def show_words(self) -> None:
        if self.council.composing != self.composing:
            self.council.composing = self.composing
            self.council.reread_all()
            self._say_aside()
        super().show_words()

    def reread(self) -> None:
        self._show_composer()
        self._forming.reread()
        super().reread()

    @property
    def _heard(self) -> bool:
        """Whether the council can hear the user."""
        return not self.over and protocol.can_speak(self.debate)

    @property
    def _late(self) -> bool:
        """Whether the verdict is in, so that what is written can only be an objection to it."""
        return self.over and self.debate.verdict is not None and self.state == "finished"

    def _show_composer(self) -> None:
        """It stays as long as the council can hear the user, or something stands in it."""
        heard = self._heard
        self.composer.floor = self.running and (self.debate.floor is not None or self.framing)
        self.composer.framing = self.framing
        self.composer.debating = self.running and self.debate.judging is None
        self.composer.heard = heard
        self.composer.late = self._late
        self.council.offer_quotes(heard)
        self._say_aside()
        shown = heard or bool(self.composer.text.strip())
        if not shown and self.composing:
            self.set_focus(None)
        self.composer.display = shown

    def _say_aside(self) -> None:
        self.composer.aside, self.composer.brief = self._aside() if self._heard else (standing.unheard(self.debate), "")

    def _aside(self) -> tuple[str, str]:
        """In which round the council answers, and how to see what waits for it where that is out of sight; the first
        of it alone, for where there is less room.
        """
        answered = standing.answered(self.debate)
        yours = self.council.yours
        if not self.debate.unanswered or self.debate.judging or yours in self.council.visible_panes:
            return answered, answered.partition(standing.ADDED)[0]
        pane = f"debate.pane.{yours.number}"
        return f"{answered} · {from_text(pane) if self.composing else key_of(pane)} shows it", answered

    def on_resize(self, event: events.Resize) -> None:
        self.composer.set_class(event.size.height < LOW, "-low")
