"""A new debate: the question, and everything else with a default. Knows what an order is, not how a debate is held.

Typing a question and pressing Enter starts. What is wrong is said beside the field that is wrong.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Button, Input, Static, TextArea

from upverdict.core.config import DEPTHS
from upverdict.core.endpoints import BUILTIN
from upverdict.core.errors import UserError
from upverdict.core.session import Choice, Order
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens import new_draft, new_words
from upverdict.tui.screens.beside import Beside
from upverdict.tui.screens.top import Top
from upverdict.tui.widgets import choice_list
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.council_field import CouncilField
from upverdict.tui.widgets.endpoint_field import EndpointField
from upverdict.tui.widgets.found import Here
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.past_field import PastField
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.question import FIELD_BY_FIELD, BackgroundField, Field, LinesField, QuestionField
from upverdict.tui.widgets.stepper import Stepper
from upverdict.tui.widgets.title_line import TitleLine
from upverdict.tui.widgets.told import Told
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from upverdict.tui.services import Services

MAX_ROUNDS = 9
"""As the command line and the configuration have it."""
_ESTIMATED_AFTER = 0.4
"""Seconds after the last change; whoever types is not waited for by anybody."""
_TWO_COLUMNS = 120
_SLIM = 76
"""Cells under which the floor, the limit and the button have no room in one row."""
_MIDDLE, _HIGH = 28, 36
"""Rows from which one column has room for empty lines between its parts, and for a high button: it is to be seen whole.
"""


class NewScreen(Top[str]):
    """`question` is what was written elsewhere already."""

    HORIZONTAL_BREAKPOINTS = [(0, "-one"), (_TWO_COLUMNS, "-two")]  # noqa: RUF012  Textual declares it so
    VERTICAL_BREAKPOINTS = [(0, "-low"), (_MIDDLE, "-middle"), (_HIGH, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    NewScreen {
        & > #form { height: 1fr; padding: 1 2; scrollbar-size-vertical: 1; }
        & #columns { height: auto; min-width: 40; layout: vertical; }
        &.-two #columns { layout: horizontal; max-width: 180; }
        & .column { height: auto; width: 1fr; }
        &.-two #words { width: 3fr; }
        &.-two #choices { margin: 0 0 0 4; width: 5fr; }
        & .label { height: 1; text-style: bold; }
        & .block { margin: 1 0 0 0; height: auto; }
        &.-two #choices > .block.-first { margin: 0; }
        & .note { color: $text-muted; height: auto; }
        & .line { height: 1; }
        & .line > .label { width: 12; }
        & .line > Input { width: 1fr; background: $surface; }
        & .line > .note { width: 1fr; height: 1; padding: 0 0 0 2; text-wrap: nowrap; text-overflow: ellipsis; }
        & Field { border-title-style: bold; border-title-color: $foreground; }
        & #sources-note { padding: 0 2; color: $text-accent; }
        & #pace, & #end, & #ends { height: auto; }
        & #auto { width: 1fr; }
        & #limit { max-width: 12; }
        &.-two BackgroundField, &.-two LinesField { margin: 1 0 0 0; }
        &.-one BackgroundField { height: 5; }
        & #go { margin: 1 0 0 0; height: 3; }
        &.-one.-low, &.-one.-middle {
            & > #form { padding: 0 2; }
            & BackgroundField { height: 3; min-height: 3; }
            & #go { margin: 0; height: 1; border: none; line-pad: 1; }
        }
        &.-one.-low {
            & .block { margin: 0; }
            & #pace { layout: horizontal; height: 1; }
            & #pace-rounds { width: 21; }
            & #rounds-note { display: none; }
            & #pace-depth > .label { width: 7; }
            & #ends { layout: horizontal; height: 1; }
            & #go { dock: right; }
            & #end-floor { width: 36; }
            & #end-floor > .label, & #end-limit > .label { width: 10; }
            & #end-limit { width: 1fr; }
            & #limit { max-width: 9; }
        }
        &.-one.-low.-slim #ends { layout: vertical; height: 2; }
        &.-one.-low.-slim #end-floor { width: 34; }
        &.-two.-low > #form { padding: 0 2; }
        & #plan { display: none; }
        &.-two.-high {
            & #plan { display: block; }
            & BackgroundField { height: 22; }
            & > #form { align-horizontal: center; padding: 2 2; }
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "start", "start", id="new.start", tooltip="Start the debate, wherever you are"),
        Binding("escape", "stop_reading", "stop", id="new.stop", tooltip="Stop reading the sources; nothing is lost"),
        Binding(
            "escape", "back", "back", id="new.back", tooltip="Back to the library; what you wrote is kept as a draft"
        ),
        Binding(
            "enter",
            "next_field",
            "next field",
            show=False,
            id="new.next",
            tooltip="To the next field, from a list, a number or a field of one line",
        ),
        Binding("ctrl+r", "look_again", "look again", id="new.look", tooltip="Look again for what can answer"),
        *FIELD_BY_FIELD,
    ]
    AUTO_FOCUS = ""

    def __init__(self, question: str = "") -> None:
        super().__init__()
        self._given = question
        self._here: Here | None = None
        self._asking: Timer | None = None
        self._reading = ""
        self._small: bool | None = None  # whether the judge's model is too small for a frame, when that is known
        self._said = ""
        self._sought = ""  # the question for which it was looked what was decided before
        self._beside = Beside(self, self._stands)

    @property
    def services(self) -> Services:
        return cast("Services", self.app)

    def compose(self) -> ComposeResult:
        config = self.services.config
        yield TitleLine("New debate", self._starts)
        with VerticalScroll(id="form", can_focus=False), Horizontal(id="columns"):
            with Vertical(classes="column", id="words"):
                yield _titled("Question", QuestionField(self._given, id="question"))
                yield Told("question-wrong")
                yield _titled("Background", BackgroundField(id="background"))
                yield Told("background-wrong")
                yield _titled("Sources", LinesField(id="sources", placeholder=new_words.SOURCES))
                yield Told("sources-note")
                yield Told("sources-wrong")
                yield PastField()
            with Vertical(classes="column", id="choices"):
                with Vertical(classes="block -first"):
                    yield _label("Council")
                    yield CouncilField(id="council")
                    yield Told("council-wrong")
                with Vertical(classes="block"):
                    yield EndpointField(config.model)
                    yield Told("endpoint-wrong")
                with Vertical(classes="block"), Container(id="pace"):
                    with Horizontal(classes="line", id="pace-rounds"):
                        yield _label("Rounds")
                        yield Stepper(0, MAX_ROUNDS, config.rounds, id="rounds")
                        yield _note("", "rounds-note")
                    with Horizontal(classes="line", id="pace-depth"):
                        yield _label("Depth")
                        yield Stepper(0, len(DEPTHS) - 1, DEPTHS.index(config.depth), names=DEPTHS, id="depth")
                        yield _note("", "depth-note")
                with Container(id="end"):
                    with Container(id="ends"):
                        with Horizontal(classes="line", id="end-floor"):
                            yield _label("The floor")
                            yield ChoiceList(many=True, id="auto")
                        with Horizontal(classes="line", id="end-limit"):
                            yield _label("At most $")
                            limit = f"{config.max_cost:.2f}" if config.max_cost else "no limit"
                            yield Input(placeholder=limit, compact=True, id="limit")
                    yield Told("limit-wrong")
                    with Vertical(classes="block", id="plan"):
                        yield _label("What will happen")
                        yield _note("", "plan-steps")
                    yield Button("Start the debate", id="go", variant="primary")
                yield Told("problem-wrong")
        yield KeysLine()

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(EndpointField).set_class(event.size.width < _TWO_COLUMNS, "-low")
        self.set_class(event.size.width < _SLIM, "-slim")

    # What there is to choose from

    def on_mount(self) -> None:
        question = self.query_one(QuestionField)
        question.move_cursor(question.document.end)
        question.focus(scroll_visible=False)
        self._say_rounds()
        self._say_depth()
        auto = [choice_list.Choice("auto", "never wait for me")]
        self.query_one("#auto", ChoiceList).offer(auto, ["auto"] if self.services.config.auto else [])
        self.run_worker(later(self._restore), group="restore")
        self.call_after_refresh(self.action_look_again)  # what draws the form would take the time that servers have

    def action_look_again(self) -> None:
        """Have it looked what there is to talk to; meanwhile everything can be written and chosen."""
        self.query_one(EndpointField).looking()
        self.run_worker(later(self._look), group="look", exclusive=True)

    async def _look(self) -> None:
        if self._here is None:
            self.query_one(CouncilField).seat(await self.services.seats())  # servers may let one wait for seconds
        self._here = here = await self.services.here()
        self.query_one(CouncilField).seat(here)
        self._beside.say("council", here.trouble)
        self.query_one(EndpointField).offer(here)
        self._beside.stay()

    async def _restore(self) -> None:
        """What was written and not started the last time, where nothing is written now."""
        library = self.services.library
        try:
            kept = await asyncio.to_thread(lambda: {key: library.draft(key) for key in new_draft.KEYS})
        except UserError:
            return  # a file that can't be read is told when the debate is to start
        new_draft.restore(self, kept)

    def _field(self, id: str) -> TextArea:
        return self.query_one(f"#{id}", TextArea)

    @on(CouncilField.ModelWanted)
    def _ask_model(self, event: CouncilField.ModelWanted) -> None:
        self.run_worker(later(self._choose_model), group="model")

    async def _choose_model(self) -> None:
        """Have the user say who answers for the voice at the cursor."""
        from upverdict.tui.screens.voice_model import VoiceModel

        seats = self.query_one(CouncilField)
        if self._here is None or (at := seats.current) is None:
            return
        usual = "" if seats.own_of(at.value) else seats.apart_of(at.value)
        words = usual or "the endpoint and the model of the debate"
        asked = VoiceModel(at.name, seats.own_of(at.value), words, self._here.endpoints)
        chosen = await self.app.push_screen_wait(asked)
        if chosen is not None:
            seats.give(at.value, chosen)

    @on(Stepper.Changed, "#depth")
    def _say_depth(self) -> None:
        if self._small is not None:  # until then it could be said to be what it is not
            self.query_one("#depth-note", Static).update(new_words.depth(self._depth, small=self._small))

    def _say_plan(self) -> None:
        """What will happen, where there is room to say it."""
        if self._small is None:
            return
        steps = new_words.plan(self._filled_in(), small=self._small)
        lines = "\n".join(f"{number}  {step}" for number, step in enumerate(steps, 1))
        self.query_one("#plan-steps", Static).update(lines)

    @property
    def _limit(self) -> str:
        return self.query_one("#limit", Input).value

    @property
    def _depth(self) -> str:
        return DEPTHS[self.query_one("#depth", Stepper).value]

    @on(Stepper.Changed, "#rounds")
    def _say_rounds(self) -> None:
        number = self.query_one("#rounds", Stepper).value
        self.query_one("#rounds-note", Static).update(new_words.rounds(number))

    @on(TextArea.Changed)
    @on(Input.Changed)
    @on(ChoiceList.Changed)
    @on(Stepper.Changed)
    def _changed(self) -> None:
        """What it would cost is told when the form has not changed for a moment."""
        self._beside.changed()
        self._say_plan()
        if self._asking is not None:
            self._asking.stop()
        self._asking = self.set_timer(_ESTIMATED_AFTER, self._estimate)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._beside.taken(event.widget)
        self._say_aside()

    def _estimate(self) -> None:
        self.run_worker(later(self._tell_cost), group="estimate", exclusive=True)
        if (question := self.query_one(QuestionField).text) != self._sought:
            self._sought = question
            self.run_worker(later(self._offer_past, question), group="past", exclusive=True)

    async def _offer_past(self, question: str) -> None:
        """What was decided before on something alike."""
        self.query_one(PastField).offer(await self.services.decided(question))

    async def _tell_cost(self) -> None:
        if self._here is None:
            return  # it is asked for anew when that has come
        order = self._filled_in()
        cost, apart, self._small = await self.services.foretell(order)
        self.query_one(CouncilField).tell(apart)
        self._say_depth()
        self._say_plan()
        limit = order.max_cost or self.services.config.max_cost
        more = "sources on top" if order.sources and cost.startswith("About") else ""
        self._said = " · ".join(filter(None, [cost, more, f"at most ${limit:.2f}" if limit and cost else ""]))
        self._say_aside()

    def _say_aside(self) -> None:
        reading = f"{self._reading} · {key_of('new.stop')} stops" if self._reading else ""
        self.query_one(TitleLine).aside = reading or " · ".join(filter(None, [self._said, self._starts]))

    @property
    def _starts(self) -> str:
        """Which key starts where the keys are now."""
        elsewhere = self.focused is not None and self.focused.id != "question"
        return f"{key_of('new.start' if elsewhere else 'question.start')} starts; everything else has a default"

    # Starting

    def on_question_field_ready(self) -> None:
        self.action_start()

    @on(Button.Pressed, "#go")
    def _pressed(self) -> None:
        self.action_start()

    @on(Input.Submitted)
    def action_next_field(self) -> None:
        self.focus_next()

    def action_start(self) -> None:
        """Start, unless something is wrong: then say what, and give the keys to the first field that is."""
        if (order := self.order()) is not None:
            self.services.serve(self.services.start_debate, order)

    def order(self) -> Order | None:
        """What was filled in, or None when something is wrong with it; that is on the screen then."""
        wrong = {
            "question": new_words.wrong_question(self._field("question").text),
            "background": new_words.wrong_background(self._field("background").text),
            "sources": "",
            "council": self.query_one(CouncilField).wrong(),
            "endpoint": self.query_one(EndpointField).wrong(),
            "limit": new_words.wrong_limit(self._limit),
            "problem": "",
        }
        for place, words in wrong.items():
            self._beside.say(place, words)
        if first := next((place for place, words in wrong.items() if words), None):
            self._take_keys(first)
            return None
        return self._filled_in()

    def _take_keys(self, place: str) -> None:
        """Give the keys to the field of a place, and bring it and the sentence beside it in sight."""
        field = self.query_one(EndpointField).to_mend if place == "endpoint" else self.query_one(f"#{place}")
        field.focus(scroll_visible=False)
        self._beside.show(place, field)

    def _stands(self) -> dict[str, object]:
        """What the sentence beside each field hangs on; whether a limit can hold, on who is asked too."""
        order = self._filled_in()
        return {
            "question": order.question,
            "background": order.background,
            "sources": order.sources,
            "council": (order.council, order.voice_models),
            "endpoint": order.choice,
            "limit": (self._limit, order.council, order.voice_models, order.choice),
            "problem": order,
        }

    def _filled_in(self) -> Order:
        seats, who = self.query_one(CouncilField), self.query_one(EndpointField)
        # A file that was named when the program was started is the built-in model's.
        gguf = self.services.choice.gguf if who.asked == BUILTIN else None
        return Order(
            question=self.query_one(QuestionField).text,
            background=self.query_one(BackgroundField).text,
            rounds=self.query_one("#rounds", Stepper).value,
            council=seats.chosen,
            voice_models=seats.own,
            choice=Choice(who.asked, who.model, gguf),
            auto=bool(self.query_one("#auto", ChoiceList).chosen),
            depth=self._depth,
            sources=(*new_words.sources(self._field("sources").text), *self.query_one(PastField).sources),
            max_cost=None if new_words.wrong_limit(self._limit) else new_words.limit(self._limit),
        )

    def problem(self, words: str) -> None:
        """Why the debate could not be started."""
        self._beside.say("problem", words)
        if words:
            self._beside.show("problem")

    def refused(self, error: UserError) -> None:
        """The debate could not be started: say why beside what is wrong with it."""
        words = one_line(error.on_form)
        if error.about == "endpoint":
            self.query_one(EndpointField).refused()
        if error.about in ("council", "endpoint", "sources", "limit"):
            self._beside.say(error.about, words)
            self._take_keys(error.about)
            if error.voice:
                self.query_one(CouncilField).go_to(error.voice)
        else:
            self.problem(words)

    # While the sources are read

    def note(self, doing: str) -> None:
        """What is done before the debate begins; nothing takes it away."""
        self._reading = one_line(doing)
        self.query_one("#sources-note", Told).say(
            f"{self._reading} {key_of('new.stop')} stops it." if self._reading else ""
        )
        self._say_aside()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("stop_reading", "back"):
            return bool(self._reading) == (action == "stop_reading")
        return True

    def action_stop_reading(self) -> None:
        self.services.stop_serving()

    # Leaving

    async def action_back(self) -> None:
        await self.keep_draft()
        self.dismiss(self.query_one(QuestionField).text)

    async def keep_draft(self) -> None:
        """Keep what was written and not started."""
        await self.services.keep_drafts(new_draft.written(self))

    async def forget_draft(self) -> None:
        """The debate that was written about here was started."""
        await self.services.keep_drafts(dict.fromkeys(new_draft.KEYS, ""))


def _titled(title: str, field: Field) -> Field:
    field.border_title = title
    return field


def _label(words: str) -> Static:
    return Static(words, classes="label", markup=False)


def _note(words: str, id: str) -> Static:
    return Static(words, classes="note", id=id, markup=False)
