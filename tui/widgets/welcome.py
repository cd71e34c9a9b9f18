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
    "Four advisors argue your question, live and side by side; you are the fifth voice.\n"
    "Then a judge rules, and proves each claim with the words that were said."
)


class Welcome(VerticalScroll, can_focus=False):
    """Hidden until `show` says what was found."""

    DEFAULT_CSS = """
    Welcome {
        height: 1fr;
        align: center middle;
        & > Static, & > QuestionField { width: 100%; max-width: 92; height: auto; }
        & > .heading { color: $text-muted; margin: 1 2 0 2; }
        & > .words { margin: 0 2; }
        & > QuestionField { margin: 0 1; }
        & > #problem { margin: 0 2; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        # Held here: what was found may come when the screen is being closed and its widgets are gone.
        self._answers = Static("looking …", classes="words", id="answers", markup=False)

    def compose(self) -> ComposeResult:
        from upverdict.tui.widgets.question import QuestionField  # dear to import, and needed by an empty library only

        yield Static(WHAT, classes="words", id="what", markup=False)
        yield Static("What can answer here", classes="heading", markup=False)
        yield self._answers
        yield Static("Your question", classes="heading", markup=False)
        yield QuestionField(id="first-question")
        yield Told("problem")
        yield Static(
            _how(),
            classes="words",
            id="how",
            markup=False,
        )

    def show(self, here: Here) -> None:
        """Say what was found."""
        lines = [_line(found) for found in here.endpoints]
        if not here.used:
            lines.append(
                Content.styled(f"\n{one_line(here.nothing)}\n{_nothing()}".replace("\n\n", "\n"), "$text-warning")
            )
        if here.trouble:
            lines.append(Content.styled(here.trouble, "$text-error"))
        self._answers.update(Content("\n").join(lines))

    def problem(self, words: str) -> None:
        """A sentence under the question; none takes it away."""
        self.query_one(Told).say(words)


def _new() -> str:
    return from_text("library.new", leave="library.let_go")


def _how() -> str:
    again = from_text("library.refresh", leave="library.let_go")
    starts = f"{key_of('question.start')} starts."
    return f"{starts} {_new()} offers more: sources, council, models. {again} looks again what can answer."


def _nothing() -> str:
    return (
        "Any one of these is enough: set ANTHROPIC_API_KEY; install upverdict with its extra `local`, which brings a "
        f"small model; or press {_new()} and give the address of a server that speaks the Anthropic Messages API, such "
        "as Ollama or llama.cpp."
    )


def _line(found: Found) -> Content:
    sign, look = ("●", "$text-success") if found.usable else ("○", MUTED)
    return Content.assemble((f"{sign} ", look), (one_line(found.name), "bold"), (f"  {met(found)}", MUTED))
