"""The panes of a council, laid out for the screen's size, each kept up to date from the fold. Decides nothing.

The panes are made once. Whatever the size, they are only shown, hidden and placed, so that no text and no scroll
position is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.geometry import Size
from textual.message import Message

from upverdict.core import answering, protocol
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement
from upverdict.tui.colours import ink
from upverdict.tui.widgets.council_plan import BENEATH, Plan, plan, reveal, turn
from upverdict.tui.widgets.first_line import asked
from upverdict.tui.widgets.pane import VoicePane
from upverdict.tui.widgets.pulse import Pulse
from upverdict.tui.widgets.statement_words import NO_MOMENT, RETRYING, WAITING, WRITING, Look, look
from upverdict.tui.widgets.tabs import Tab, TabStrip

COUNTED = ("asked", "thinking", "searching", "retrying")
"""The states of a statement in which seconds are counted."""


class Council(Vertical):
    """All panes of one debate, and the strip of tabs for when not all of them are in sight.

    `live` says whether somebody is at the debate here; `clock` gives monotonic seconds.
    """

    DEFAULT_CSS = """
    Council {
        height: 1fr;
        & > #panes { layout: grid; grid-size: 4 1; grid-gutter: 0; height: 1fr; }
        & > TabStrip { display: none; }
        &.-paged > TabStrip { display: block; }
    }
    """

    class Changed(Message):
        """Other panes are in sight, or another one is zoomed."""

    def __init__(self, debate: Debate, clock: Callable[[], float], *, live: bool) -> None:
        super().__init__(id="council")
        self.debate = debate
        self.live = live
        self.composing = False
        """Whether the keys go to the composer: then a key of a pane is a letter."""
        self.elsewhere = False
        """Whether another window is at the debate."""
        self.replayed = False
        """Whether the debate is said once more."""
        self.held = False
        """Whether a replay stands still: nobody writes then."""
        """Whether it is said once more, and nobody can be asked anything."""
        self.pulse = Pulse()
        self._clock = clock
        own = asked(debate)
        self._panes = [VoicePane.of_seat(n, s, own.get(s.voice, "")) for n, s in enumerate(debate.council, 1)]
        self._panes.append(VoicePane.of_user(len(self._panes) + 1))
        self._by_voice = {pane.voice: pane for pane in self._panes}
        self._strip = TabStrip()
        self._grid = Container(*self._panes, id="panes")
        self._answered: dict[str, tuple[object, answering.Replies | None]] = {}
        self._plan = Plan(range(0), 1, 1)
        self._first = 0
        self._room = Size(0, 0)
        self.zoomed: VoicePane | None = None

    def compose(self) -> ComposeResult:
        yield self._strip
        yield self._grid

    def on_mount(self) -> None:
        self.load()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show_tabs())

    # The panes that there are

    @property
    def panes(self) -> list[VoicePane]:
        """The panes in their order; the user's only when the user has said something."""
        return self._panes if self.debate.user_spoke else self._panes[:-1]

    @property
    def yours(self) -> VoicePane:
        """The user's, whether or not there is anything in it."""
        return self._panes[-1]

    @property
    def visible_panes(self) -> list[VoicePane]:
        return [self.panes[n] for n in self._plan.visible]

    @property
    def focused(self) -> VoicePane | None:
        """The pane that has the keys; none while its screen is taken down."""
        focused = self.screen.focused if self.is_attached else None  # `has_focus` changes some messages later
        return next((pane for pane in self.panes if pane.view is focused), None)

    @property
    def chosen(self) -> VoicePane | None:
        """The pane of which a sentence is chosen: never more than one."""
        return next((pane for pane in self.panes if pane.view.held is not None), None)

    @property
    def paged(self) -> bool:
        """Whether panes wait out of sight (and none is zoomed)."""
        return self.zoomed is None and self._plan.pages(len(self.panes))

    # What they show

    def load(self) -> None:
        """Everything from the fold as it stands."""
        for statement in self.debate.statements.values():
            self._by_voice[statement.voice].load(statement)
        for pane in self._panes[:-1]:
            if not self.debate.of(pane.voice):
                pane.expect(*self._silent(pane))
        self.reread(self._by_voice)

    def read_from_top(self) -> None:
        """Each pane begins with the first word that was said; one that is still written follows its last."""
        for pane in self._panes:
            pane.view.read_from_top()

    def take(self, happened: Sequence[ev.Event], clocks: Iterable[float] = ()) -> None:
        """What was appended to the log, in its order. The fold has it already, and perhaps more.

        `clocks` is when each of them happened, in seconds of the clock; without them it was now.
        """
        touched: set[str] = set()
        for event, moment in zip(happened, clocks or repeat(self._clock()), strict=False):
            self.pulse.take(event, moment)
            match event:
                case ev.TextDelta(voice=voice, statement=id, text=text):
                    self._by_voice[voice].view.append(id, text)
                    if self._by_voice[voice].look.sign != WRITING:
                        touched.add(voice)
                case ev.StatementStarted(voice=voice, statement=id):
                    self._by_voice[voice].begin(self.debate.statements[id])
                    touched.update((voice, ev.USER))  # whom it may have to answer
                case ev.UserSpoke(statement=id) | ev.CommentAdded(statement=id):
                    self._by_voice[ev.USER].load(self.debate.statements[id])
                    touched.add(ev.USER)
                    self.lay_out()
                case ev.StatementFinished() | ev.StatementFailed() | ev.StatementStopped():
                    self._by_voice[event.voice].end(event.statement)
                    touched.update(self._by_voice)
                case ev.SourceCited(voice=voice, statement=id, source=source, after=after):
                    self._by_voice[voice].cite(id, after, source)
                case ev.Thinking(voice=voice) | ev.SearchStarted(voice=voice) | ev.SearchFinished(voice=voice):
                    touched.add(voice)
                case ev.UsageCounted(voice=voice) if voice in self._by_voice:
                    touched.add(voice)  # which model answered
                case ev.UsageCounted() | ev.VerdictDelta() | ev.SourceFound():
                    pass
                case _:
                    touched.update(self._by_voice)  # a round, a floor or the verdict: who can be asked again changes
        if touched:
            self.reread(touched)

    def fold_anew(self, debate: Debate, pulse: Pulse) -> None:
        """Another fold in place of the one before, of the same debate, with the clocks of what happens in it."""
        self.debate, self.pulse = debate, pulse
        self._answered.clear()
        for pane in self._panes:
            pane.view.clear()
            pane.look = Look(WAITING, "waiting")
        if self.zoomed not in self.panes:
            self.zoomed = None
        self.lay_out()  # first: the user's pane may have gone
        self.load()

    def tick(self) -> None:
        """The seconds went on: what is counted in them is shown anew."""
        now = self._clock()
        for pane in self._panes:
            current = self._current(pane.voice)
            writing = current is not None and current.state == "writing"
            pane.show_rate(self.pulse.rate(current.id, now) if current and writing and not self.held else 0)
            if current is not None and current.state in COUNTED:
                pane.show(current, self._look(current, now), latest=True)
        self._show_tabs()

    def reread(self, voices: Iterable[str]) -> None:
        """Headings, notes and states of these voices from the fold; their texts stay as they are."""
        now = self._clock()
        for voice in voices:
            pane = self._by_voice[voice]
            said = self.debate.of(voice)
            for statement in said:
                pane.show(statement, self._look(statement, now), latest=statement is said[-1])
            if not said or not said[-1].live:
                pane.show_rate(0)
        self._show_tabs()

    def reread_all(self) -> None:
        """As `reread`, of every voice."""
        self.reread(self._by_voice)

    def end(self) -> None:
        """Nobody is at the debate here any more: whoever was never asked does not wait."""
        self.live = False
        for pane in self._panes[:-1]:
            if not self.debate.of(pane.voice):
                pane.expect(*self._silent(pane))
        self.reread_all()

    def _silent(self, pane: VoicePane) -> tuple[str, str, Look]:
        """What stands in a pane whose voice has not been asked yet: key, heading, state."""
        return f"{pane.letter}1", "OPENING", Look(WAITING, "waiting" if self.live or self.elsewhere else "not asked")

    def _look(self, statement: Statement, now: float) -> Look:
        latest = self.debate.latest.get(statement.voice) is statement
        retryable = self.live and not self.replayed and latest and protocol.can_retry(self.debate, statement.voice)
        moment = self.pulse.moment(statement.id, now) if self.live else NO_MOMENT
        return look(
            self.debate,
            statement,
            live=self.live,
            retryable=retryable,
            elsewhere=self.elsewhere,
            composing=self.composing,
            moment=moment,
            replies=self._replies(statement) if statement.voice == ev.USER else None,
            replayed=self.replayed,
        )

    def _replies(self, statement: Statement) -> answering.Replies | None:
        """Who answered the user. Read off the words again only when the round that had to has changed."""
        due = statement.answered_in
        said = self.debate.in_round(due).values() if due is not None else ()
        now = (due is not None and answering.over(self.debate, due), *((s.id, s.state, s.attempt) for s in said))
        known = self._answered.get(statement.id)
        if known is None or known[0] != now:
            known = self._answered[statement.id] = (now, answering.replies(self.debate, statement))
        return known[1]

    def _current(self, voice: str) -> Statement | None:
        said = self.debate.of(voice)
        return said[-1] if said else None

    def _show_tabs(self) -> None:
        shown = set(self.visible_panes)
        self._strip.tabs = tuple(_tab(pane, pane in shown) for pane in self.panes)

    # Where they are

    def fit(self, room: Size) -> None:
        """The screen has this size now. The pane that has the keys stays in sight."""
        self._room = room
        self.lay_out()
        if self.focused is not None and self.focused not in self.visible_panes:
            self.reveal(self.focused)

    def lay_out(self) -> None:
        """Show, hide and place the panes by the size of the screen, the page and the zoom."""
        panes = self.panes
        if self._room.width == 0:
            return
        if self.zoomed not in panes:
            self.zoomed = None  # a replay went back to before this voice had spoken
        zoomed = panes.index(self.zoomed) if self.zoomed else None
        self._plan = self._planned(zoomed)
        beneath = self._plan.beneath
        self._grid.styles.grid_size_columns = self._plan.columns
        self._grid.styles.grid_size_rows = self._plan.rows + beneath
        self._grid.styles.grid_rows = " ".join(["1fr"] * self._plan.rows + [str(BENEATH)] * beneath)
        for place, pane in enumerate(self._panes):
            pane.display = place in self._plan.visible
            pane.set_class(self._plan.low(self._room.height) or (beneath and pane is self.yours), "-low")
            last = place == self._plan.visible.stop - 1
            spread = self._plan.columns - (len(self._plan.visible) - 1) % self._plan.columns
            pane.styles.column_span = spread if last and (self._plan.spread or beneath) else 1
        self.set_class(self._plan.pages(len(panes)), "-paged")
        self._show_tabs()
        self.post_message(self.Changed())

    def _planned(self, zoomed: int | None = None) -> Plan:
        room, yours = self._room, self.debate.user_spoke
        return plan(room.width, room.height, len(self.panes), self._first, zoomed, yours=yours)

    def reveal(self, pane: VoicePane) -> None:
        """Bring a pane into sight; another one's zoom goes over to it."""
        if self.zoomed is not None:
            self.zoomed = pane
        else:
            self._first = reveal(self.panes.index(pane), self._plan)
        self.lay_out()

    def show_yours(self) -> None:
        """Bring what the user said into sight, beside the others: not in place of the only pane that is shown, nor
        while a pane has the keys.
        """
        if self.focused is None and len(self._plan.visible) > 1:
            self.reveal(self.yours)

    def zoom(self, pane: VoicePane | None) -> None:
        """One pane over the full width, or with None all of them again, that one in sight."""
        was, self.zoomed = self.zoomed, pane
        if was is not None and pane is None:
            self._plan = self._planned()
            self._first = reveal(self.panes.index(was), self._plan)
        self.lay_out()

    def turn(self, direction: int) -> None:
        """To the next page of panes (1) or the one before (-1)."""
        if self.zoomed is not None:
            place = self.panes.index(self.zoomed) + direction
            self.reveal(self.panes[max(0, min(place, len(self.panes) - 1))])
            return
        self._first = turn(direction, self._plan, len(self.panes))
        self.lay_out()

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        event.stop()
        self.focus_pane(self.panes[event.place])

    def focus_pane(self, pane: VoicePane) -> None:
        """Bring a pane into sight and give it the keys, on a screen that is there: a key may come before or after."""
        if self.is_attached:
            self.reveal(pane)
            self.screen.set_focus(pane.view, scroll_visible=False)

    # Sentences

    def step(self, pane: VoicePane, direction: int) -> bool:
        """Choose a sentence of this pane, which gets the keys (`VoicePane.step`)."""
        found = pane.step(direction)
        self._alone(pane)
        self.focus_pane(pane)
        return found

    def let_go(self) -> bool:
        """No sentence is chosen. Whether one was."""
        pane = self.chosen
        if pane is not None:
            pane.view.let_go()
        return pane is not None

    def offer_quotes(self, offered: bool) -> None:
        """Whether a sentence that is chosen can be quoted."""
        for pane in self._panes:
            if pane.quotable != offered:
                pane.quotable = offered
                pane.say_below()

    def _alone(self, pane: VoicePane) -> None:
        for other in self._panes:
            if other is not pane:
                other.view.let_go()

    def on_voice_pane_chosen(self, event: VoicePane.Chosen) -> None:
        event.stop()
        self._alone(event.pane)

    def on_voice_pane_zoom_wanted(self, event: VoicePane.ZoomWanted) -> None:
        event.stop()
        self.zoom(None if self.zoomed is event.pane else event.pane)


def _tab(pane: VoicePane, shown: bool) -> Tab:
    rate, brief = (f"~{pane.rate} tok/s", f"~{pane.rate}/s") if pane.rate else ("", pane.look.brief)
    counted = pane.look.sign == RETRYING and pane.look.brief
    word = f"again in {pane.look.brief}" if counted else pane.look.word
    return Tab(pane.letter, pane.title, pane.look.sign, word, ink(pane.colour), shown, rate, brief)
