"""The debate screen: live, with the user as the fifth voice. Sends commands; decides nothing. What it shows of the
debate is `live_view.py`'s.

Knows no order of a debate (`core.protocol`), no file and no connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import TextArea

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.debate import Debate, State
from upverdict.tui.keyboard import from_text, key_of
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.frame import Written
from upverdict.tui.screens.live_view import KeptDebate, LiveView
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.quoter import Quoter
from upverdict.tui.widgets import standing
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from upverdict.core.session import Session

KEYS_REST = 1.0
"""Seconds without a key after which the panes are taken not to need the keys any more."""


class DebateScreen(LiveView):
    """A debate that is held here, with what the user does in it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._quoter = Quoter(self, self.composer)
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

    def on_mount(self) -> None:
        self.call_after_refresh(self._frame_drawn)  # one that was proposed when the debate was left

    def _take(self, happened: Sequence[ev.Event]) -> None:
        super()._take(happened)
        kinds = {type(event) for event in happened}
        if ev.FrameDrawn in kinds:
            if self.framing:
                self._call_user()
            self._frame_drawn()
        if ev.FloorClosed in kinds:
            self._left_composer = False
        if ev.FloorOpened in kinds and self.debate.floor is not None:
            self._call_user()
            self._floor_opened()
        if ev.DebateFinished in kinds:
            self._verdict_came()

    # -- the frame -----------------------------------------------------------------------------------------------------

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
