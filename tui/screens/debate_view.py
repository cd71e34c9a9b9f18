"""A debate on the screen: its panes, its first lines, and the keys that only look at it. Draws the fold.

What a live debate adds (session, composer, commands) is `debate.py`. Knows no file and no connection.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from textual import events
from textual.actions import parse
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from upverdict.core import citing, plain_statement, quoting, rulings
from upverdict.core import events as ev
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Statement
from upverdict.core.text import Span
from upverdict.tui import titles
from upverdict.tui.colours import ink_of
from upverdict.tui.screens import debate_keys
from upverdict.tui.screens.debate_keys import Facts
from upverdict.tui.screens.frame import FrameView
from upverdict.tui.screens.sources import SourcesScreen
from upverdict.tui.screens.telling import Telling
from upverdict.tui.widgets.council import Council
from upverdict.tui.widgets.first_line import Costs, facts, forms
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.pane import VoicePane
from upverdict.tui.widgets.progress import HeadLine, ProgressLine, Step, steps
from upverdict.tui.widgets.standing import Scene, Tone, frame_note, standing
from upverdict.tui.window import WindowNamed
from upverdict.tui.workers import Serves

if TYPE_CHECKING:
    from upverdict.core.export import Form
    from upverdict.tui.screens.drafts import DraftStore


class Host(Serves, Protocol):
    """What the debate screen asks of the app that shows it."""

    @property
    def read_only(self) -> bool: ...
    async def store(self) -> DraftStore: ...
    async def continue_debate(self, id: str) -> None: ...
    async def replay_debate(self, id: str) -> None: ...
    async def export_debate(self, id: str, form: Form = "md") -> None: ...
    async def news(self, id: str, seen: int) -> tuple[State, list[ev.Event]] | None: ...


class DebateView(Telling[None]):
    """One debate as it stands, in the state that a reader knows of it.

    `live`: somebody is at it here. `visiting`: the verdict is beneath this screen. `quote` is shown at once. `clock`
    gives the seconds that are counted on it.
    """

    DEFAULT_CSS = """
    DebateView {
        background: $background;
        #standing { height: auto; max-height: 6; padding: 0 2; color: $text-muted; }
        #standing.-call { color: $text-accent; }
        #standing.-warning { color: $text-warning; }
        #standing.-error { color: $text-error; }
        & > HeadLine, & > ProgressLine { padding: 0 2; }
        /* Away from where one writes, and from the last word that is said. */
        & ToastRack { dock: top; align: right top; margin: 1 0 0 0; }
        & Toast { width: auto; max-width: 72; margin: 0; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = debate_keys.BINDINGS
    AUTO_FOCUS = ""

    def __init__(
        self,
        debate: Debate,
        state: State,
        *,
        live: bool = False,
        visiting: bool = False,
        quote: rulings.PullQuote | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self.debate = debate
        self.visiting = visiting
        self._state: State = state
        self._quote = quote
        self.council = Council(debate, clock, live=live)
        self.council.elsewhere = not live and state == "running"
        self.facts = Facts()
        self._counted = 0  # panes, as the last line was told
        self.last_pane: VoicePane | None = None
        self._head = HeadLine()
        self._progress = ProgressLine()
        self._standing = Static("", id="standing", markup=False)
        self._said: tuple[str, Tone] = ("", "note")
        self.window_title = ""
        """What the terminal's window is called while this screen is in front."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._progress
        yield self.council
        yield self._standing
        yield from self.compose_below()
        yield KeysLine()

    def compose_below(self) -> ComposeResult:
        """What stands between the panes and the keys."""
        return ()

    def on_mount(self) -> None:
        self.council.fit(self.app.size)
        if not self.council.live and not self.council.elsewhere:
            self.council.read_from_top()
        self.reread()
        if self._quote is not None:
            self.call_after_refresh(self.go_to, self._quote)
        elif not self.council.live:
            self.action_to_panes()

    # -- what it shows, of which a live debate shows more -------------------------------------------------------------

    @property
    def state(self) -> State:
        """The debate's state as a reader knows it."""
        return self._state

    @property
    def seconds(self) -> int | None:
        """How long the debate has been held here; None where it is not."""
        return None

    @property
    def costs(self) -> Costs:
        """What is spent while the debate is held here."""
        return Costs()

    def scene(self) -> Scene:
        """What the line under the panes depends on beside the debate."""
        return Scene(state=self.state, held=False, visiting=self.visiting)

    def steps(self) -> tuple[Step, ...]:
        """Those of the debate, for the second line."""
        return tuple(steps(self.debate, ordered=self.scene().ordered))

    def read_facts(self) -> Facts:
        """What the keys depend on."""
        return Facts(
            stopped=self.state in ("interrupted", "failed"),
            elsewhere=self.council.elsewhere and not self.visiting,
            kept=not self.council.live,
            read_only=cast("Host", self.app).read_only,
            sources=bool(self.debate.sources),
            verdict=self.debate.verdict is not None,
            paged=self.council.paged,
        )

    def reread(self) -> None:
        """Everything around the panes, from the fold as it stands."""
        self._progress.steps = self.steps()
        self.show_words()
        self._offer()

    def _offer(self) -> None:
        """What the keys can do now."""
        facts, panes = self.read_facts(), len(self.council.panes)
        if (facts, panes) != (self.facts, self._counted):
            self.facts, self._counted = facts, panes
            self.refresh_bindings()

    def key_shown(self, binding: Binding) -> str:
        """How the last line shows a key, where that hangs on the debate: the numbers of the panes that there are."""
        own = binding.id != "debate.pane.1" or binding.key_display is None
        return "" if own else f"1-{len(self.council.panes)}"

    def show_words(self) -> None:
        """The first line, and the line under the panes."""
        self._head.question = self.debate.title
        seconds, costs = self.seconds, self.costs
        self._head.facts = tuple(facts(self.debate, seconds=seconds, costs=costs))
        self._head.forms = forms(self.debate, seconds=seconds, costs=costs)
        scene = self.scene()
        title = titles.of_debate(self.debate, scene)
        if title != self.window_title:
            self.window_title = title
            self.post_message(WindowNamed())
        said, tone = standing(self.debate, scene)
        if (said, tone) == self._said:
            return
        self._said = said, tone
        self._standing.update(said)  # which lays out the whole screen: it may need another row
        for other in ("call", "warning", "error"):
            self._standing.set_class(tone == other, f"-{other}")

    def on_resize(self, event: events.Resize) -> None:
        self.council.fit(event.size)

    def on_council_changed(self) -> None:
        self.reread()

    def on_descendant_focus(self) -> None:
        self.last_pane = self.council.focused or self.last_pane
        self.show_words()
        self._offer()

    def on_descendant_blur(self) -> None:
        self.show_words()
        self._offer()

    def go_to(self, quote: rulings.PullQuote) -> None:
        """Show a quote in its statement."""
        pane = next(p for p in self.council.panes if p.voice == quote.voice)
        self.council.focus_pane(pane)
        self.call_after_refresh(pane.view.highlight, quote.statement, quote.start, quote.end)

    def colour_of(self, voice: str) -> str:
        """A voice's colour, readable on this screen."""
        return ink_of(self.debate, voice, self)

    # -- keys ---------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "pane" and parameters:
            return int(str(parameters[0])) <= len(self.council.panes)
        return debate_keys.enabled(action, self.facts)

    def on_key(self, event: events.Key) -> None:
        """A key that can't do now what it is for says why."""
        in_panes = self.focused is None or self.council.focused is not None
        if event.key in self.active_bindings or not in_panes:
            return
        from upverdict.tui.commands import declared

        actions = [parse(binding.action)[1] for _, binding in declared(type(self)) if binding.key == event.key]
        if why := next(filter(None, (debate_keys.why_not(action, self.facts) for action in actions)), ""):
            self.notify(why)

    def action_pane(self, number: int) -> None:
        self.council.focus_pane(self.council.panes[number - 1])

    def action_neighbour(self, direction: int) -> None:
        panes, pane = self.council.panes, self.council.focused
        place = panes.index(pane) + direction if pane else 0
        self.council.focus_pane(panes[max(0, min(place, len(panes) - 1))])

    def action_to_panes(self) -> None:
        """Give the keys to the pane that had them last, else to the first one in sight."""
        if shown := self.council.visible_panes:  # none before all is laid out
            self.council.focus_pane(self.last_pane if self.last_pane and self.last_pane in shown else shown[0])

    def action_swap(self) -> None:
        """To the next pane, where there is nothing to write in."""
        self.focus_next()

    def action_page(self, direction: int) -> None:
        had_keys = self.council.focused is not None
        self.council.turn(direction)
        if had_keys:
            self.council.focus_pane(self.council.visible_panes[0])

    def action_zoom(self) -> None:
        council = self.council
        council.zoom(None if council.zoomed else self.pane_at_hand)

    def action_follow(self) -> None:
        for pane in [self.council.focused] if self.council.focused else self.council.panes:
            pane.view.action_follow()

    def action_sentence(self, direction: int) -> None:
        """Choose a sentence of the pane that has the keys, or had them last."""
        pane = self.pane_at_hand
        if not self.council.step(pane, direction):
            self.notify(f"{pane.title}: no whole sentence yet.")

    @property
    def pane_at_hand(self) -> VoicePane:
        """The pane with the keys; else the one that had them last, if it is in sight; else the first one."""
        last = self.last_pane if self.last_pane in self.council.visible_panes else None
        return self.council.focused or self.council.chosen or last or self.council.visible_panes[0]

    def action_copy(self) -> None:
        focused = self.council.focused
        if (focused is None or focused is self.council.chosen) and (chosen := self.council.chosen) is not None:
            self._copy_sentence(*cast("tuple[Statement, Span]", chosen.chosen))
            return
        shown = self.council.visible_panes
        pane = self.council.focused or (shown[0] if len(shown) == 1 else None)
        if pane is None:
            self.notify("Choose a pane first, by its number.")
            return
        key = pane.view.key_in_view or ""
        statement = self.debate.statements.get(key.partition(" ")[0])  # of an attempt before, too
        if statement is None or not (text := pane.view.text_of(key)):
            self.notify(f"{pane.title}: nothing said yet.")
            return
        self.app.copy_to_clipboard(citing.copied(self.debate, statement, text))
        self.notify(f"Copied: {plain_statement.heading(self.debate, statement)}")

    def _copy_sentence(self, statement: Statement, span: Span) -> None:
        self.app.copy_to_clipboard(quoting.attributed(self.debate, statement, span))
        self.notify(f"Copied: {quoting.id_at(statement, span[0])}, with who said it")

    def action_open_verdict(self) -> None:
        """Back to the verdict, which is beneath."""
        self.dismiss()

    def action_show_frame(self) -> None:
        """The whole question, for which the first line has no room, and how it was understood."""
        debate, framing = self.debate, self.debate.framing
        frame = debate.frame if framing.settled else framing.proposal
        self.app.push_screen(FrameView(frame, frame_note(debate), debate.question, debate.background))

    def action_show_sources(self) -> None:
        """What the council read and found; from there to the words that rest on it."""
        self.app.push_screen(SourcesScreen(self.debate), self._source_chosen)

    def _source_chosen(self, quote: rulings.PullQuote | None) -> None:
        if quote is not None:
            self.go_to(quote)

    def action_take_up(self) -> None:
        """Go on with the debate: the app puts another screen in place of this one, or says why it can't be."""
        app = cast("Host", self.app)
        app.serve(app.continue_debate, self.debate.id)

    def action_replay(self) -> None:
        """See it said once more, from its beginning."""
        app = cast("Host", self.app)
        app.serve(app.replay_debate, self.debate.id)

    def action_export(self, form: Form = "md") -> None:
        """Write it into a file, as far as it has come."""
        app = cast("Host", self.app)
        app.serve(app.export_debate, self.debate.id, form)

    def action_catch_up(self) -> None:
        """Show what another window has written since."""
        cast("Host", self.app).serve(self._catch_up)

    async def _catch_up(self) -> None:
        news = await cast("Host", self.app).news(self.debate.id, self.debate.seq)
        if news is None:
            return
        state, happened = news
        for event in happened:
            self.debate.apply(event)
        self._state = state if self.debate.outcome == "running" else self.debate.outcome
        self.council.elsewhere = self._state == "running"
        self.council.take(happened)
        self.council.reread_all()
        self.reread()
        if not happened and self.council.elsewhere:
            self.notify("Nothing has come since.")

    async def action_back(self) -> None:
        if self.council.let_go():
            return
        if self.council.zoomed is not None:
            self.council.zoom(None)
        else:
            self.dismiss()
