"""The debate screen: live, with the user as the fifth voice, or as it was kept. Sends commands; decides nothing.

Knows no order of a debate (`core.protocol`), no file and no connection.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import TextArea
from textual.worker import Worker

from upverdict.core import events as ev
from upverdict.core import protocol, rulings
from upverdict.core.debate import Debate, State
from upverdict.core.folded import FRAME_ID, verdict_id
from upverdict.tui import titles
from upverdict.tui.attention import Attention
from upverdict.tui.keyboard import from_text, key_of
from upverdict.tui.screens.debate_keys import Facts
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.draft_keeper import DraftKeeper
from upverdict.tui.screens.frame import Written
from upverdict.tui.screens.held_frame import HeldFrame
from upverdict.tui.screens.holding import Holding
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.quoter import Quoter
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets import standing
from upverdict.tui.widgets.composer import Composer, DebateComposer
from upverdict.tui.widgets.council_plan import LOW
from upverdict.tui.widgets.first_line import Costs
from upverdict.tui.widgets.forming import FormingPanel
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from upverdict.core.session import Session

KEYS_REST = 1.0
"""Seconds without a key after which the panes are taken not to need the keys any more."""
TICK = 0.5
"""Seconds between two looks at the clock: what is counted on the screen are whole seconds."""


class KeptDebate(DebateView):
    """A debate as it was kept, whatever its state; its verdict opens from here."""

    def action_open_verdict(self) -> None:
        if self.visiting:
            self.dismiss()
        elif self.debate.verdict is not None:
            self.app.push_screen(VerdictScreen(self.debate, self.state))


class DebateScreen(KeptDebate):
    """A debate that is held here: the screen runs the session, and closes it when it is left."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.log.debate, "running", live=True)
        self.composer = DebateComposer()
        self._forming = FormingPanel(self.debate, self.colour_of)
        self._holding = Holding(session)
        self._runner = session.runner
        self._frame = HeldFrame(self.debate, session.runner)
        self._draft = DraftKeeper(self, self.composer, self.debate.id)
        self._quoter = Quoter(self, self.composer)
        self._clock: Timer | None = None
        self._following: Worker[None] | None = None
        self._began = monotonic()
        self._ended: float | None = None
        self._spoken = False
        self._preparing = ""
        self._pressed = 0.0
        self._left_composer = False

    @classmethod
    def live(cls, session: Session) -> DebateScreen:
        """A debate that is held here."""
        return cls(session)

    @classmethod
    def kept(cls, debate: Debate, state: State, quote: rulings.PullQuote | None = None) -> KeptDebate:
        """A debate as it was kept; `quote` is shown at once."""
        return KeptDebate(debate, state, quote=quote)

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
        self.call_after_refresh(self._frame_drawn)  # one that was proposed when the debate was left

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
        if all(isinstance(e, ev.TextDelta | ev.VerdictDelta | ev.UsageCounted) for e in happened):
            return
        self.reread()
        if any(isinstance(e, ev.FrameDrawn) for e in happened):
            if self.framing:
                self._call_user()
            self._frame_drawn()
        if any(isinstance(e, ev.FloorClosed) for e in happened):
            self._left_composer = False
        if self.debate.floor is not None and any(isinstance(e, ev.FloorOpened) for e in happened):
            self._call_user()
            self._floor_opened()
        if any(isinstance(e, ev.DebateFinished) for e in happened):
            self._verdict_came()

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

    # -- the frame -----------------------------------------------------------------------------------------------------

    @property
    def framing(self) -> bool:
        """Whether a frame waits here for the user."""
        return self.running and self._frame.waiting is not None

    def _frame_drawn(self) -> None:
        """The user sees it, unless the keys are in use; then a little later, or when `f` asks for it."""
        if not self.framing or self.app.screen is not self or (self.composing and self.composer.text.strip()):
            return
        if monotonic() - max(self._pressed, self._began) < KEYS_REST:  # or the debate was begun just now
            self.set_timer(KEYS_REST, self._frame_drawn)
        else:
            self.action_show_frame()

    def action_show_frame(self) -> None:
        if self.framing:
            self._ask_frame()
        else:
            super().action_show_frame()

    def _ask_frame(self, note: str = "") -> None:
        if (proposal := self._frame.waiting) is not None:
            self.app.push_screen(self._frame.screen(proposal, note), self._frame_closed)
            self.show_words()

    def _frame_closed(self, written: Written | None) -> None:
        self._frame.closed(written)
        self.show_words()

    def action_accept_frame(self) -> None:
        if self.framing and not self._frame.accept():
            self._ask_frame(f"You changed it: {key_of('frame.take')} begins with yours.")

    # -- the floor and the verdict ------------------------------------------------------------------------------------

    def _floor_opened(self) -> None:
        """The user gets the word, and the keys with it, unless they are in use; then a little later. Who has left the
        composer in this round goes back to it when he wants to.
        """
        pane = self.council.focused
        reading_back = pane is not None and not pane.view.following
        busy = reading_back or self._left_composer or self.selections
        if self.facts.floor and self.app.screen is self and not busy:
            if monotonic() - self._pressed < KEYS_REST:  # `x` or `R` is no rebuttal
                self.set_timer(KEYS_REST, self._floor_opened)
            else:
                if not self.composing:
                    self.composer.given()
                self.action_speak()

    def _verdict_came(self) -> None:
        self._call_user()
        typing = self.composing and bool(self.composer.text.strip())
        if self.app.screen is self and not typing:
            self.action_open_verdict()
        else:
            self.notify(f"The verdict is in: {from_text('debate.open')} opens it.", timeout=15)

    # -- the composer -------------------------------------------------------------------------------------------------

    def on_composer_sent(self, event: Composer.Sent) -> None:
        event.stop()
        if self._late:
            self.run_worker(later(self._object))
        elif not event.text.strip():
            passing = f" {key_of('composer.pass')} goes on without it." if self.facts.floor else ""
            self.notify("There is nothing to say yet: write it first." + passing)
        elif not (self.running and self._heard):
            self.notify(standing.not_sent(self.debate), severity="warning")
        else:
            self._say(event.text)

    async def _object(self) -> None:
        """Open the verdict, and over it what came too late for it as an objection: the draft goes on there."""
        await self._draft.save()
        self.action_open_verdict()
        if self.composer.text.strip():
            self.app.push_screen(PushBack(self.debate))

    def _say(self, words: str) -> None:
        if why := self._runner.too_long(words):
            self.notify(why, severity="warning", timeout=15)
            return
        ruling = self.debate.judging is not None
        try:
            self._runner.speak(words)
        except ValueError as e:
            self.notify(str(e), severity="warning")
            return
        self.composer.taken()
        self.council.let_go()
        if ruling:
            self.notify("The judge waits: the council answers you first, then he rules on all of it.")
        if note := self._runner.cut_short(words):
            self.notify(note)

    def on_composer_pass_wanted(self) -> None:
        if self.framing:
            self.action_accept_frame()
        else:
            self.action_pass_floor()

    def on_composer_verdict_wanted(self) -> None:
        self.action_call_verdict()

    def on_composer_left(self) -> None:
        self.run_worker(later(self._draft.save))  # what opens next may offer it
        self._left_composer = True
        self.action_to_panes()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._draft.changed()

    # -- keys ---------------------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Lose none of the keys that come close behind the one that leads into the composer.

        That one is obeyed here and now, not when it has gone all the way to the bindings; and what was on its way to
        the panes when the composer got the keys is handed on to it. Keys of its own never come here.
        """
        self._pressed = monotonic()
        if self.composing:
            if event.is_printable or event.key == "enter":
                event.stop()
                self.composer.post_message(events.Key(event.key, event.character))
        elif (active := self.active_bindings.get(event.key)) and active.binding.action == "speak" and active.enabled:
            event.stop()
            self.action_speak()

    def action_speak(self) -> None:
        self._left_composer = False
        self.set_focus(self.composer, scroll_visible=False)

    def action_quote(self) -> None:
        if self._quoter.quote():
            self.action_speak()

    def action_swap(self) -> None:
        if not self.composer.display:
            super().action_swap()
        elif self.composing:
            self.action_to_panes()
        else:
            self.action_speak()

    def action_pass_floor(self) -> None:
        if self.running:
            self._runner.pass_floor()

    def action_call_verdict(self) -> None:
        if self._runner.verdict_wanted or not self.debate.unanswered:  # to take it back needs no question
            self._call_verdict(True)
            return
        question = Confirm(
            "The verdict before the council has answered you?",
            "What you said last stands in the record, but no advisor has replied to it yet.",
            yes="Call the verdict",
            no="Let them answer",
        )
        self.app.push_screen(question, self._call_verdict)

    def _call_verdict(self, sure: bool | None) -> None:
        if sure and self.running and not self.debate.judging:
            self._runner.call_verdict()
            self.reread()

    def action_stop(self) -> None:
        pane = self.council.focused
        if self._judge_at_work:
            self._runner.stop()
        elif pane is not None and not any(s.live for s in self.debate.of(pane.voice)):
            self.notify(f"{pane.title} does not speak now.")
        elif self.running:
            self._runner.stop(pane.voice if pane else None)

    def action_stop_all(self) -> None:
        if self.running:
            self._runner.stop()

    def action_retry(self) -> None:
        pane = self.council.focused
        asked = [self._runner.retry(p.voice) for p in ([pane] if pane else self.council.panes) if self.running]
        if not any(asked):
            self.notify(f"{pane.title if pane else 'Nobody'} need not be asked again.")

    async def action_back(self) -> None:
        if self.council.chosen is not None or self.council.zoomed is not None or not self.running:
            await super().action_back()
            return
        question = Confirm(
            "Leave the debate?",
            f"Every word is kept. In the library, {key_of('library.continue')} goes on with it from where it stands.",
            yes="Leave",
            no="Stay",
        )
        self.app.push_screen(question, self._go_back)

    def _go_back(self, sure: bool | None) -> None:
        if sure:
            self.run_worker(later(self._leave_and_go))

    async def _leave_and_go(self) -> None:
        await self.leave()
        self.dismiss()
