"""What an empty library shows: what this is, what was found to talk to, and where to write the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from upverdict.tui.colours import MUTED
from upverdict.tui.keyboard import from_text, key_of
from upverdict.tui.widgets.found import Here, met
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.told import Told

if TYPE_CHECKING:
    from upverdict.core.endpoints import Found

WHAT = (
    "Four advisors argue your question side by side; you are the fifth voice.\n"
    "Then a judge rules, and proves each claim with the words that were said."
)
_LOW = 21
"""Rows of its own below which it is set close, so that the question stays in sight."""


class Welcome(VerticalScroll, can_focus=False):
    """Hidden until `show` says what was found."""

    DEFAULT_CSS = """
    Welcome {
        height: 1fr;
        align: center middle;
        & > Static, & > QuestionField { width: 100%; max-width: 92; height: auto; }
        & > .heading { color: $text-muted; margin: 1 2 0 2; }
        & > .words { margin: 0 2; }
        & > #answers { text-wrap: nowrap; text-overflow: ellipsis; }
        & > #missing.-empty { display: none; }
        & > QuestionField { margin: 0 1; }
        & > #problem { margin: 0 2; }
        &.-low {
            align: center top;
            & > .heading { margin: 0 2; }
            & > #yours { display: none; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        # Held here: what was found may come when the screen is being closed and its widgets are gone.
        self._answers = Static("looking …", classes="words", id="answers", markup=False)
        self._missing = Static("", classes="words -empty", id="missing", markup=False)
        self._nothing = ""

    def compose(self) -> ComposeResult:
        from upverdict.tui.widgets.question import QuestionField  # dear to import, and needed by an empty library only

        yield Static(WHAT, classes="words", id="what", markup=False)
        yield Static("What can answer here", classes="heading", markup=False)
        yield self._answers
        yield self._missing
        yield Static("Your question", classes="heading", id="yours", markup=False)
        yield QuestionField(id="first-question")
        yield Told("problem")
        yield Static(how(), classes="words", id="how", markup=False)

    def on_resize(self) -> None:
        self.set_class(self.outer_size.height < _LOW, "-low")

    def show(self, here: Here) -> None:
        """Say what was found: what would answer first, then what else could, then what is missing."""
        self._nothing = "" if here.used else here.nothing
        usable = sorted((f for f in here.endpoints if f.usable), key=lambda f: f.name != here.used)
        self._answers.update(Content("\n").join(_line(found) for found in usable))
        self._answers.display = bool(usable)
        missing = [_line(found) for found in here.endpoints if not found.usable]
        if not here.used:
            told = any(f.note and f.note in here.nothing for f in here.endpoints)
            words = _nothing() if told else f"{one_line(here.nothing)}\n{_nothing()}"
            missing.append(Content.styled(words, "$text-warning"))
        if here.trouble:
            missing.append(Content.styled(f"{here.trouble} {_again()} looks again.", "$text-error"))
        self._missing.update(Content("\n").join(missing))
        self._missing.set_class(not missing, "-empty")
        if here.used:
            self.problem("")  # what could not be started may be now
        self.call_after_refresh(self._to_question)

    def problem(self, words: str) -> None:
        """A sentence under the question; none takes it away."""
        self.query_one(Told).say(_not_yet() if words and words == one_line(self._nothing) else words)
        self.call_after_refresh(self._to_question)

    def _to_question(self) -> None:
        """Where not all has room, what is written in and what stands under it do."""
        self.scroll_end(animate=False)


def _new() -> str:
    return from_text("library.new", leave="library.let_go")


def _again() -> str:
    return from_text("library.refresh", leave="library.let_go")


def how() -> str:
    """What can be pressed."""
    return f"{key_of('question.start')} starts · {_new()} offers more · {_again()} looks again"


def _nothing() -> str:
    return (
        "Nothing here can answer yet. Any one of these will do:\n"
        f"• start Ollama, LM Studio or llama.cpp, then {_again()}\n"
        f"• {_new()}, and give the address of a server\n"
        f"• {key_of('app.quit')}, set ANTHROPIC_API_KEY, start again\n"
        "• install the extra `local`: a small model"
    )


def _not_yet() -> str:
    again = f"then press {key_of('question.start')} again"
    return f"Nothing can answer yet: do one of the above, {again}. Your question is kept."


def _line(found: Found) -> Content:
    sign, look = ("●", "$text-success") if found.usable else ("✗", MUTED)
    default = ("  the default" if found.used and found.usable else "", "$text-success")
    return Content.assemble((f"{sign} ", look), (one_line(found.name), "bold"), default, (f"  {met(found)}", MUTED))
