"""Where a person writes how a debate is kept: its name and a note; what was decided, and when to look again.

Knows no file: the app keeps what is written. Nothing that is wrong is kept in part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import ClassVar, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from upverdict.core import plain_shelf, shelving
from upverdict.core.debate import Debate
from upverdict.core.errors import UserError
from upverdict.core.events import Event
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens.box import FormBox
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.plain import one_line, today
from upverdict.tui.widgets.question import FIELD_BY_FIELD, LinesField, QuestionField
from upverdict.tui.widgets.told import Told
from upverdict.tui.workers import later

Wish = Callable[[Debate], Sequence[Event]]


class Host(Protocol):
    """What these screens ask of the app that shows them."""

    parting: list[str]

    async def shelve(self, id: str, wish: Wish) -> bool: ...


class TitleField(QuestionField):
    """Where Enter keeps what is written."""

    READY = "keep.enter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ready", "keep", show=False, id="keep.enter", tooltip="Keep what is written"),
    ]


class KeepingScreen(FormBox[None]):
    """Fields about a kept debate. A subclass gives them, and the wish that they are.

    Esc leaves; where something is written that is not kept, it says so first.
    """

    DEFAULT_CSS = """
    KeepingScreen {
        & > #box { width: 88; }
        & #about { color: $text-muted; max-height: 2; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *FIELD_BY_FIELD,
        Binding("ctrl+s", "keep", "keep", id="keep.keep", tooltip="Keep what is written, and go back"),
        Binding("escape", "close", "close", id="keep.close", tooltip="Back; what is written is not kept"),
    ]
    AUTO_FOCUS = ""
    TITLE_OF_BOX: ClassVar[str] = ""

    def __init__(self, debate: Debate) -> None:
        super().__init__()
        self.debate = debate
        self._begun: tuple[str, ...] = ()
        self._warned = False
        self._why = ""
        """What was last wrong."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = self.TITLE_OF_BOX
            with VerticalScroll(id="form", can_focus=False):
                yield Static(self.about, id="about", markup=False)
                yield from self.fields()
            with Vertical(id="foot"):  # in sight, however low the screen is
                yield Told("problem")
        yield KeysLine()

    @property
    def about(self) -> str:
        """Which debate it is."""
        return one_line(self.debate.title)

    def fields(self) -> Iterator[Widget]:
        """Labels and fields of text."""
        raise NotImplementedError

    def wishes(self) -> Sequence[Wish]:
        """What the fields say now, one after another."""
        raise NotImplementedError

    def wish(self) -> Wish:
        """What they say together: all of it, or nothing where one is wrong."""
        return _together(self.wishes())

    def first(self) -> TextArea:
        """The field that has the keys at first."""
        return self.query(TextArea).first()

    def on_mount(self) -> None:
        self._begun = self.written
        for field in self.query(TextArea):
            field.move_cursor(field.document.end)
        self.first().focus(scroll_visible=False)

    @property
    def written(self) -> tuple[str, ...]:
        """What stands in the fields."""
        return tuple(field.text for field in self.query(TextArea))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._warned = False
        self.problem("")

    @on(QuestionField.Ready)
    def action_keep(self) -> None:
        self.app.run_worker(later(self._keep), group="keep")  # the box may be closed before it is written

    async def _keep(self) -> None:
        written = self.written
        if await cast("Host", self.app).shelve(self.debate.id, self.wish()) and self.is_attached:
            self._begun = written
            if self.written == written:
                self.dismiss()

    def problem(self, words: str) -> None:
        """Why it could not be kept; none takes it away."""
        self._why = words
        self.query_one(Told).say(words)

    def clicked_beside(self) -> None:
        self.action_close()

    def action_close(self) -> None:
        if self.written == self._begun or self._warned:
            self.dismiss()
            return
        self._warned = True
        ways = f"{key_of('keep.keep')} keeps it, {key_of('keep.close')} once more leaves it."
        self.problem(f"What you wrote is not kept yet: {ways}")

    async def keep_draft(self) -> None:
        """The program is being left: what is written is kept; words that can't be are said after it."""
        host = cast("Host", self.app)
        good: list[tuple[str, Wish]] = []
        lost: list[tuple[str, str]] = []
        for text, before, wish in zip(self.written, self._begun, self.wishes(), strict=True):
            if text == before:
                continue
            try:
                wish(self.debate)
            except UserError as e:
                lost.append((text, str(e)))
            else:
                good.append((text, wish))
        if good and not await host.shelve(self.debate.id, _together(wish for _, wish in good)):
            lost += [(text, self._why) for text, _ in good if text]
        for text, why in lost:
            host.parting.append(clean(f"upverdict: Not kept with {self.debate.id}: {text}\n{why}").rstrip())


class NameAndNote(KeepingScreen):
    """What a debate is called, and a note on it."""

    TITLE_OF_BOX = "Name and note"

    @property
    def about(self) -> str:
        return f"You asked: {one_line(self.debate.question)}"

    def fields(self) -> Iterator[Widget]:
        shelf = self.debate.shelf
        yield _label("Name", "in lists; empty: the question")
        yield TitleField(shelf.title, id="title", placeholder=one_line(self.debate.question))
        yield _label("Note", "for yourself; Markdown and HTML leave it out")
        yield LinesField(shelf.note, id="note")

    def wishes(self) -> Sequence[Wish]:
        title, note = self.written
        return (
            lambda debate: shelving.renamed(debate.shelf, debate.question, title),
            lambda debate: shelving.noted(debate.shelf, note),
        )


class Decision(KeepingScreen):
    """What the user decided in the end, how it turned out, when to look again; `fact` is one to look again for."""

    TITLE_OF_BOX = "What you decided"

    def __init__(self, debate: Debate, fact: str = "") -> None:
        super().__init__(debate)
        self._fact = one_line(fact)

    def fields(self) -> Iterator[Widget]:
        shelf = self.debate.shelf
        lines = list(plain_shelf.conditions(shelf.revisit))
        if self._fact and all(one.fact != self._fact for one in shelf.revisit):
            lines.append(plain_shelf.condition("", self._fact))
        yield _label("What did you decide?", "in the end, whatever was ruled")
        yield LinesField(shelf.choice, id="choice")
        yield _label("How did it turn out?", "when you know")
        yield LinesField(shelf.outcome, id="outcome")
        yield _label("When to look at it again?", "one a line: a day, a reason, or both")
        example = f"{shelving.day('3 months', date.fromisoformat(today()))}: the prices double"
        yield LinesField("\n".join(lines), id="revisit", placeholder=f"“3 months”, “{example}”, “we have a team”")

    def on_mount(self) -> None:
        super().on_mount()
        if self._fact:  # a line more than is kept
            self._begun = (*self._begun[:-1], "\n".join(plain_shelf.conditions(self.debate.shelf.revisit)))

    def first(self) -> TextArea:
        return self.query_one("#revisit" if self._fact else "#choice", TextArea)

    def wishes(self) -> Sequence[Wish]:
        choice, outcome, again = self.written
        day = date.fromisoformat(today())

        def look_again(debate: Debate) -> Sequence[Event]:
            return shelving.revisited(debate.shelf, shelving.conditions(again, day, debate.shelf.revisit))

        return (
            lambda debate: shelving.decided(debate.shelf, choice),
            lambda debate: shelving.decided(debate.shelf, outcome=outcome),
            look_again,
        )


def _together(wishes: Iterable[Wish]) -> Wish:
    wishes = tuple(wishes)
    return lambda debate: [event for wish in wishes for event in wish(debate)]


def _label(words: str, aside: str) -> Static:
    return Static(Content.assemble(words, (f"  {aside}", f"not bold {MUTED}")), classes="label", markup=False)
