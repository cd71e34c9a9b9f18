"""A new debate: the question, and everything else with a default. Knows what an order is, not how a debate is held.

Typing a question and pressing Enter starts. What is wrong is said beside the field that is wrong.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Button, Input, Static, TextArea

from upverdict.core.config import DEPTHS
from upverdict.core.endpoints import BUILTIN, EndpointError, Found, server
from upverdict.core.errors import UserError
from upverdict.core.session import MAX_BACKGROUND, MAX_QUESTION, Choice, Order
from upverdict.core.text import clean
from upverdict.personas.loader import COUNCIL_MAX, COUNCIL_MIN, CouncilError, Persona, council
from upverdict.tui.widgets import choice_list
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.found import Here
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.question import BackgroundField, QuestionField
from upverdict.tui.widgets.stepper import Stepper
from upverdict.tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from upverdict.tui.services import Services

MAX_ROUNDS = 9
"""As the command line and the configuration have it."""
DEPTH_WORDS = {
    "quick": "no frame, one ruling: cheapest",
    "standard": "frame, two rulings: +2 calls",
    "thorough": "and replies: +1 call a voice",
}
"""What each depth does, and how its price compares (protocol.md, The order of a debate)."""
QUESTION_DRAFT, BACKGROUND_DRAFT = "new", "new.background"
_ASIDE = "Enter starts; everything else has a default"
_ESTIMATED_AFTER = 0.4
"""Seconds after the last change; whoever types is not waited for by anybody."""
_TWO_COLUMNS = 120
_MIDDLE, _HIGH = 28, 36
"""Rows from which one column has room for empty lines between its parts, and for a high button: it is to be seen whole.
"""


class NewScreen(Screen[str]):
    """`question` is what was written elsewhere already."""

    HORIZONTAL_BREAKPOINTS = [(0, "-one"), (_TWO_COLUMNS, "-two")]  # noqa: RUF012  Textual declares it so
    VERTICAL_BREAKPOINTS = [(0, "-low"), (_MIDDLE, "-middle"), (_HIGH, "-high")]  # noqa: RUF012
    DEFAULT_CSS = """
    NewScreen {
        & > #form { height: 1fr; padding: 1 2; scrollbar-size-vertical: 1; }
        & #columns { height: auto; layout: vertical; }
        &.-two #columns { layout: horizontal; max-width: 180; }
        & .column { height: auto; width: 1fr; }
        &.-two #choices { margin: 0 0 0 4; }
        & .label { height: 1; text-style: bold; }
        & .block { margin: 1 0 0 0; height: auto; }
        &.-two #choices > .block.-first { margin: 0; }
        & .note { color: $text-muted; height: auto; }
        & .wrong { color: $text-error; height: auto; display: none; }
        & .wrong.-told { display: block; }
        & .line { height: 1; }
        & .line > .label { width: 12; }
        & .line > Input { width: 1fr; background: $surface; }
        & .line > .note { width: 1fr; padding: 0 0 0 2; }
        & #pace { height: auto; }
        & #auto { width: 1fr; }
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
        }
        &.-one.-middle #go { margin: 1 0 0 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "start", "start", id="new.start", tooltip="Start the debate, wherever you are"),
        Binding(
            "escape", "back", "back", id="new.back", tooltip="Back to the library; the question is kept as a draft"
        ),
    ]
    AUTO_FOCUS = ""

    def __init__(self, question: str = "") -> None:
        super().__init__()
        self._given = question
        self._here: Here | None = None
        self._asking: Timer | None = None

    @property
    def services(self) -> Services:
        return cast("Services", self.app)

    def compose(self) -> ComposeResult:
        config = self.services.config
        yield TitleLine("New debate", _ASIDE)
        with VerticalScroll(id="form", can_focus=False), Horizontal(id="columns"):
            with Vertical(classes="column", id="words"):
                yield _label("Question")
                yield QuestionField(self._given, id="question")
                yield _wrong("question")
                with Vertical(classes="block"):
                    yield _label("Background")
                    yield BackgroundField(id="background")
                    yield _wrong("background")
            with Vertical(classes="column", id="choices"):
                with Vertical(classes="block -first"):
                    yield _label("Council")
                    yield ChoiceList(many=True, id="council")
                    yield _wrong("council")
                with Vertical(classes="block"):
                    yield _label("Endpoint")
                    yield ChoiceList(many=False, id="endpoint")
                    yield _note("looking what can be talked to …", "endpoint-note")
                    with Horizontal(classes="line"):
                        yield _label("or address")
                        yield Input(placeholder="http://127.0.0.1:11434", compact=True, id="address")
                    yield _wrong("endpoint")
                    with Horizontal(classes="line"):
                        yield _label("Model")
                        yield Input(config.model, placeholder="the endpoint's own", compact=True, id="model")
                with Vertical(classes="block"):
                    with Container(id="pace"):
                        with Horizontal(classes="line", id="pace-rounds"):
                            yield _label("Rounds")
                            yield Stepper(0, MAX_ROUNDS, config.rounds, id="rounds")
                            yield _note("", "rounds-note")
                        with Horizontal(classes="line", id="pace-depth"):
                            yield _label("Depth")
                            yield Stepper(0, len(DEPTHS) - 1, DEPTHS.index(config.depth), names=DEPTHS, id="depth")
                            yield _note("", "depth-note")
                    with Horizontal(classes="line"):
                        yield _label("The floor")
                        yield ChoiceList(many=True, id="auto")
                yield _wrong("problem")
                yield Button("Start the debate", id="go", variant="primary")
        yield KeysLine()

    # What there is to choose from

    def on_mount(self) -> None:
        question = self.query_one(QuestionField)
        question.move_cursor(question.document.end)
        question.focus(scroll_visible=False)
        self._say_rounds()
        self._say_depth()
        auto = [choice_list.Choice("auto", "go on between the rounds without waiting for me")]
        self.query_one("#auto", ChoiceList).offer(auto, ["auto"] if self.services.config.auto else [])
        self.run_worker(self._look(), group="look", exclusive=True)

    async def _look(self) -> None:
        self._here = here = await self.services.here()
        seats = [_seat(p) for p in here.personas]
        self.query_one("#council", ChoiceList).offer(seats, here.seated)
        self.say("council", here.trouble)
        names = {f.name for f in here.endpoints}
        self.query_one("#endpoint", ChoiceList).offer([_endpoint(f) for f in here.endpoints], [here.used])
        if here.used and here.used not in names:
            self.query_one("#address", Input).value = here.used
        await self._restore()

    async def _restore(self) -> None:
        """What was written and not started the last time, where nothing is written now."""
        library = self.services.library
        question = self.query_one(QuestionField)
        background = self.query_one(BackgroundField)
        try:
            drafts = await asyncio.to_thread(lambda: (library.draft(QUESTION_DRAFT), library.draft(BACKGROUND_DRAFT)))
        except UserError:
            return  # a file that can't be read is told when the debate is to start
        for field, draft in ((question, drafts[0]), (background, drafts[1])):
            if draft and not field.text:
                field.text = clean(draft)
                field.move_cursor(field.document.end)

    @on(ChoiceList.Changed, "#endpoint")
    @on(ChoiceList.Moved, "#endpoint")
    def _say_endpoint(self) -> None:
        """What the endpoint at the cursor is, or what to do to have it."""
        rows = self.query_one("#endpoint", ChoiceList)
        found = self._found(rows.current.value) if rows.current else None
        if found is not None:
            self.query_one("#endpoint-note", Static).update(one_line(found.note))
        chosen = self._found(rows.chosen[0]) if rows.chosen else None
        model = self.query_one("#model", Input)
        model.placeholder = one_line(chosen.model) if chosen and chosen.model else "the endpoint's own"

    def _found(self, name: str) -> Found | None:
        return next((f for f in self._here.endpoints if f.name == name), None) if self._here else None

    @on(Stepper.Changed, "#depth")
    def _say_depth(self) -> None:
        self.query_one("#depth-note", Static).update(DEPTH_WORDS[self._depth])

    @property
    def _depth(self) -> str:
        return DEPTHS[self.query_one("#depth", Stepper).value]

    @on(Stepper.Changed, "#rounds")
    def _say_rounds(self) -> None:
        number = self.query_one("#rounds", Stepper).value
        words = {0: "no rebuttals: openings, then the verdict", 1: "round of rebuttals after the openings"}
        self.query_one("#rounds-note", Static).update(words.get(number, "rounds of rebuttals after the openings"))

    @on(TextArea.Changed)
    @on(Input.Changed)
    @on(ChoiceList.Changed)
    @on(Stepper.Changed)
    def _changed(self) -> None:
        """What it would cost is told when the form has not changed for a moment."""
        if self._asking is not None:
            self._asking.stop()
        self._asking = self.set_timer(_ESTIMATED_AFTER, self._estimate)

    def _estimate(self) -> None:
        self.run_worker(self._tell_cost(), group="estimate", exclusive=True)

    async def _tell_cost(self) -> None:
        cost = await self.services.estimate(self._filled_in())
        limit = self.services.config.max_cost
        parts = [cost, f"at most ${limit:.2f}" if limit and cost else "", _ASIDE]
        self.query_one(TitleLine).aside = " · ".join(filter(None, parts))

    # Starting

    def on_question_field_ready(self) -> None:
        self.action_start()

    @on(Button.Pressed, "#go")
    def _pressed(self) -> None:
        self.action_start()

    @on(Input.Submitted)
    def _next(self) -> None:
        self.focus_next()

    def action_start(self) -> None:
        """Start, unless something is wrong: then say what, and give the keys to the first field that is."""
        if (order := self.order()) is not None:
            self.services.serve(self.services.start_debate(order))

    def order(self) -> Order | None:
        """What was filled in, or None when something is wrong with it; that is on the screen then."""
        wrong = {
            "question": self._wrong_question(),
            "background": self._wrong_background(),
            "council": self._wrong_council(),
            "endpoint": self._wrong_endpoint(),
            "problem": "",
        }
        for place, words in wrong.items():
            self.say(place, words)
        if first := next((place for place, words in wrong.items() if words), None):
            at = "address" if first == "endpoint" and self._address else first
            self.query_one(f"#{at}").focus()
            return None
        return self._filled_in()

    def _filled_in(self) -> Order:
        return Order(
            question=self.query_one(QuestionField).text,
            background=self.query_one(BackgroundField).text,
            rounds=self.query_one("#rounds", Stepper).value,
            council=self.query_one("#council", ChoiceList).chosen,
            choice=self._choice(),
            auto=bool(self.query_one("#auto", ChoiceList).chosen),
            depth=self._depth,
        )

    def _choice(self) -> Choice:
        name = self._endpoint_name
        gguf = self.services.choice.gguf if name == BUILTIN else None  # the file named when the program was started
        return Choice(name, self.query_one("#model", Input).value.strip(), gguf)

    @property
    def _address(self) -> str:
        return self.query_one("#address", Input).value.strip()

    @property
    def _endpoint_name(self) -> str:
        chosen = self.query_one("#endpoint", ChoiceList).chosen
        return self._address or (chosen[0] if chosen else "")

    def _wrong_question(self) -> str:
        text = clean(self.query_one(QuestionField).text).strip()
        if not text:
            return "A debate needs a question."
        if len(text) > MAX_QUESTION:
            return f"The question has over {MAX_QUESTION:,} characters. Ask shortly; put the rest into the background."
        return ""

    def _wrong_background(self) -> str:
        text = clean(self.query_one(BackgroundField).text).strip()
        if len(text) > MAX_BACKGROUND:
            return f"The background has over {MAX_BACKGROUND:,} characters. Shorten it to what the council must know."
        return ""

    def _wrong_council(self) -> str:
        if self._here is None or self._here.trouble:
            return self._here.trouble if self._here else ""
        chosen = self.query_one("#council", ChoiceList).chosen
        if not COUNCIL_MIN <= len(chosen) <= COUNCIL_MAX:
            return f"A council has {COUNCIL_MIN} to {COUNCIL_MAX} voices; {len(chosen)} are chosen. Space chooses."
        try:
            council({p.slug: p for p in self._here.personas}, chosen)
        except CouncilError as e:
            return one_line(str(e))
        return ""

    def _wrong_endpoint(self) -> str:
        if self._address and "://" in self._address:
            try:
                server(self._address)
            except EndpointError as e:
                return one_line(str(e))
        elif self._address:
            return "Write the address like http://127.0.0.1:8080."
        elif self._here is not None and not self._endpoint_name:
            return "There is nothing to talk to yet. Give a server's address, or do what one of the lines above says."
        return ""

    def say(self, place: str, words: str) -> None:
        """A sentence beside a field; none takes it away."""
        line = self.query_one(f"#{place}-wrong", Static)
        line.update(words)
        line.set_class(bool(words), "-told")

    def problem(self, words: str) -> None:
        """Why the debate could not be started."""
        self.say("problem", words)
        if words:
            self.query_one("#problem-wrong").scroll_visible()

    # Leaving

    async def action_back(self) -> None:
        await self.keep_draft()
        self.dismiss(self.query_one(QuestionField).text)

    async def keep_draft(self) -> None:
        """Keep what was written and not started."""
        await self.services.keep_drafts(
            {
                QUESTION_DRAFT: self.query_one(QuestionField).text,
                BACKGROUND_DRAFT: self.query_one(BackgroundField).text,
            }
        )

    async def forget_draft(self) -> None:
        """The debate that was written about here was started."""
        await self.services.keep_drafts({QUESTION_DRAFT: "", BACKGROUND_DRAFT: ""})


def _label(words: str) -> Static:
    return Static(words, classes="label", markup=False)


def _note(words: str, id: str) -> Static:
    return Static(words, classes="note", id=id, markup=False)


def _wrong(place: str) -> Static:
    return Static("", classes="wrong", id=f"{place}-wrong", markup=False)


def _seat(persona: Persona) -> choice_list.Choice:
    return choice_list.Choice(
        persona.slug, one_line(persona.name), one_line(persona.tagline), persona.letter, persona.colour
    )


def _endpoint(found: Found) -> choice_list.Choice:
    words = one_line(found.model if found.usable else found.note)
    return choice_list.Choice(found.name, one_line(found.name), words, usable=found.usable)
