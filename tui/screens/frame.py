"""How the council understands the question: shown before the openings, to be changed or taken as it is.

Knows no debate: it is given a frame, and whoever takes the user's own says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static, TextArea

from upverdict.core import events as ev
from upverdict.core.framing import MAX_OPTIONS, MIN_OPTIONS, OWN_KINDS
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens.box import FormBox, Sheet
from upverdict.tui.widgets import choice_list
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.question import FIELD_BY_FIELD, LinesField, QuestionField
from upverdict.tui.widgets.told import Told

KINDS: dict[ev.FrameKind, str] = {
    "contested": "informed people differ about facts or consequences",
    "values": "people differ about what matters",
    "settled": "the evidence leaves little to argue: voices may agree",
    "unsafe": "it is not argued",
}
"""Each kind of question in a few words."""

_BULLET = re.compile(r"\s*[-•*]\s")
"""What a person may put before a line of a list; a minus before a figure is none."""


class Written(NamedTuple):
    """The fields of a frame as they stand on the screen: what is written on several lines, on lines of its own."""

    restatement: str
    presuppositions: str
    options: str
    kind: ev.FrameKind

    @classmethod
    def of(cls, frame: ev.Frame) -> Written:
        """A frame as it is written at first."""
        granted, options = (
            "\n".join(one_line(line) for line in part) for part in (frame.presuppositions, frame.options)
        )
        return cls(one_line(frame.restatement), granted, options, frame.kind)

    def frame(self) -> ev.Frame:
        """What is meant by it; nothing is checked here."""
        granted, options = (
            tuple(line for one in text.splitlines() if (line := _BULLET.sub("", one).strip()))
            for text in (self.presuppositions, self.options)
        )
        return ev.Frame(self.restatement.strip(), granted, options, self.kind)


class Restatement(QuestionField):
    """Where Enter begins, as the line above it says; the last line of the screen has the key that does so anywhere."""

    READY = "frame.enter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "ready", "begin", show=False, id="frame.enter", tooltip="Begin the debate with the frame as it is"
        ),
    ]


class FrameScreen(FormBox[Written | None]):
    """A frame of a question that waits for the user, as it was `written` before. `take` goes on with it, or raises
    ValueError; `note` is said at once.

    It is dismissed with what stands on it, so that it can be opened again, and with None when the frame was taken.
    """

    DEFAULT_CSS = """
    FrameScreen {
        & > #box { width: 100; max-width: 98%; }
        & .note { color: $text-muted; }
        & .label.-first { margin: 0; }
        & QuestionField { max-height: 6; }
        & #asked { display: none; max-height: 6; margin: 0 0 1 0; }
        &.-high #asked { display: block; }
        &.-middle .label { margin: 0; }
        &.-low #go, &.-middle #go { height: 1; border: none; line-pad: 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "app.focus_next",
            "next field",
            id="frame.next",
            tooltip="To the next field",
            priority=True,
        ),
        FIELD_BY_FIELD[1],
        Binding(
            "ctrl+s", "take", "begin", id="frame.take", tooltip="Begin the debate with the frame as it stands here"
        ),
        Binding(
            "escape",
            "close",
            "later",
            id="frame.close",
            tooltip="Close it: the debate waits, and it can be opened again",
        ),
    ]
    AUTO_FOCUS = ""

    def __init__(self, question: str, written: Written, take: Callable[[ev.Frame], None], note: str = "") -> None:
        super().__init__()
        self._question = question
        self._note = note
        self._written = written
        self._take = take

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = "How the council understands your question"
            with VerticalScroll(id="form", can_focus=False):
                yield Static(f"You asked: {one_line(self._question)}", id="asked", classes="note", markup=False)
                yield _label("In neutral words", f"{key_of('frame.enter')} begins", first=True)
                yield Restatement(self._written.restatement, id="restatement", placeholder="The question itself")
                yield _label("What it takes for granted", "one a line; none is fine")
                yield LinesField(self._written.presuppositions, id="presuppositions")
                between = f"{MIN_OPTIONS} to {MAX_OPTIONS}, one a line; something else is always open besides"
                yield _label("Options", between)
                yield LinesField(self._written.options, id="options")
                yield _label("Kind of question", "")
                yield ChoiceList(many=False, id="kind")
            with Vertical(id="foot"):  # in sight, however low the screen is
                yield Told("problem")
                yield Button("Begin with this frame", id="go", variant="primary")
        yield KeysLine()

    def on_mount(self) -> None:
        kinds = [choice_list.Choice(kind, kind, KINDS[kind]) for kind in sorted(OWN_KINDS, key=list(KINDS).index)]
        self.query_one(ChoiceList).offer(kinds, [self._written.kind])
        for field in self.query(TextArea):
            field.move_cursor(field.document.end)
        self.query_one("#restatement").focus(scroll_visible=False)
        self.problem(self._note)

    @property
    def written(self) -> Written:
        """What stands on the screen now."""
        chosen = self.query_one(ChoiceList).chosen
        kind = next((k for k in OWN_KINDS if k in chosen), self._written.kind)
        return Written(
            self.query_one("#restatement", QuestionField).text,
            self.query_one("#presuppositions", LinesField).text,
            self.query_one("#options", LinesField).text,
            kind,
        )

    @on(QuestionField.Ready)
    @on(Button.Pressed, "#go")
    def action_take(self) -> None:
        try:
            self._take(self.written.frame())
        except ValueError as e:
            self.problem(str(e))
            return
        self.dismiss(None)

    def problem(self, words: str) -> None:
        """What is wrong with the frame, in sight."""
        self.query_one(Told).say(words[:1].upper() + words[1:])

    def action_close(self) -> None:
        self.dismiss(self.written)


class FrameView(Sheet[None]):
    """A question, and its frame as it was settled on; `note` says whose that is, or why there is none."""

    DEFAULT_CSS = """
    FrameView {
        & > #box { width: 100; max-width: 98%; max-height: 96%; padding: 0 1; }
        & #form { padding: 1 1; }
        & #form > Static { width: 1fr; height: auto; }
        & .note { color: $text-muted; }
        & .asked { margin: 0 0 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f,q,enter", "close", "close", id="frame.shut", tooltip="Back"),
    ]

    def __init__(self, frame: ev.Frame | None, note: str, question: str = "", background: str = "") -> None:
        super().__init__()
        self._question, self._background = question, background
        self._frame = frame
        self._note = note

    def compose(self) -> ComposeResult:
        title = "How the council understands the question" if self._frame is not None else "The question"
        yield from self.sheet(title, self._parts(), id="form")

    def _parts(self) -> Iterator[Widget]:
        for name, words in (("You asked", self._question), ("Background", self._background)):
            if written := clean(words).strip():
                yield Static(name, classes="note", markup=False)
                yield Static(written, classes="asked", markup=False)
        if self._frame is not None:
            yield Static("In neutral words", classes="note", markup=False)
            yield Static(told(self._frame), markup=False)
        if self._note:
            yield Static(self._note, classes="note", markup=False)


def told(frame: ev.Frame) -> Content:
    """A frame to be read."""
    lines = [Content.styled(one_line(frame.restatement), "bold"), Content("")] if frame.restatement.strip() else []
    if frame.presuppositions:
        lines.append(Content.styled("It takes for granted", MUTED))
        lines += [Content(f"  • {one_line(line)}") for line in frame.presuppositions]
        lines.append(Content(""))
    if frame.options:
        lines.append(Content.styled("Options", MUTED))
        lines += [Content(f"  {n}  {one_line(option)}") for n, option in enumerate(frame.options, 1)]
        lines += [Content.styled("  or something else", MUTED), Content("")]
    lines.append(Content.assemble(("Kind  ", MUTED), frame.kind, (f"  {KINDS[frame.kind]}", MUTED)))
    if frame.help:
        lines += [Content(""), Content(clean(frame.help))]
    return Content("\n").join([*lines, Content("")])


def _label(words: str, aside: str, *, first: bool = False) -> Static:
    label = Content.assemble(words, (f"  {aside}", f"not bold {MUTED}") if aside else "")
    return Static(label, classes="label -first" if first else "label", markup=False)
