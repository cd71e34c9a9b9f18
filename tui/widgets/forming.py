"""The ruling while the judge is at it: what of it is known already, and proven. Knows no judge and no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.core.folded import Forming, Verdict
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.prose import prose
from upverdict.tui.widgets.verdict_parts import chip

PASSES = {2: "second pass", 3: "third pass"}
MEASURE = 99
"""Cells of the longest line."""
HANGING = 4
"""Cells of a voice's letter and the blank behind it: a quote stands to the right of them."""


class FormingPanel(VerticalScroll, can_focus=False):
    """A line as long as nothing is proven, then of one height to its last word, so that nothing around it moves. It
    follows its own tail.

    What an earlier pass had is shown faintly until this one has come as far.
    """

    DEFAULT_CSS = """
    FormingPanel {
        display: none;
        height: 40%;
        min-height: 5;
        max-height: 20;
        padding: 0 2;
        border: round $primary;
        border-title-color: $text-primary;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        &.-shown { display: block; }
        &.-empty { height: 3; min-height: 3; }
        & > Static { width: 100%; max-width: 100; height: auto; }
    }
    """

    def __init__(self, debate: Debate, colour: Callable[[str], str]) -> None:
        super().__init__(id="forming")
        self._debate = debate
        self._colour = colour
        self._words = Static("", markup=False)
        self._told: Any = None
        self._forming: Forming | None = None
        self._before = Forming()
        self._width = 0

    def compose(self) -> ComposeResult:
        yield self._words

    def on_mount(self) -> None:
        self.watch(self, "virtual_size", self._follow, init=False)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._anew())

    def on_resize(self) -> None:
        """What stands here has another height, or the panel another width: quotes are wrapped here, since they hang."""
        self._follow()
        if self._measure != self._width:
            self._anew()

    def _anew(self) -> None:
        """What is told already is drawn once more: the width or the colours of the letters are others."""
        self._told = None
        self.reread()

    @property
    def _measure(self) -> int:
        return min(MEASURE, self.scrollable_content_region.width - 1)

    def _follow(self) -> None:
        self.scroll_end(animate=False)

    def fold_anew(self, debate: Debate, happened: Iterable[ev.Event]) -> None:
        """Another fold in place of the one before: that of what has happened, from the first event on."""
        self._debate = debate
        self._forming, self._before, self._told = None, passes_before(happened), None

    def reread(self) -> None:
        """What the fold says now; without a judge at work there is nothing to be seen."""
        verdict = self._debate.judging
        self.set_class(verdict is not None, "-shown")
        if verdict is None:
            self._forming, self._before = None, Forming()
            return
        if self._forming is not verdict.forming:
            self._before = _latest(self._forming or Forming(), self._before)
            self._forming = verdict.forming
        told = (verdict.version, verdict.look, *_facts(verdict.forming))
        if told != self._told:
            self._told = told
            self._show(verdict)

    def _show(self, verdict: Verdict) -> None:
        version = f"Verdict {verdict.version}" if verdict.version > 1 else "The verdict"
        self.border_title = " · ".join(filter(None, (f"{version} takes shape", PASSES.get(verdict.look, ""))))
        self.border_subtitle = verdict.forming.claims or self._before.claims
        self.set_class(not any(_facts(verdict.forming) + _facts(self._before)), "-empty")
        self._width = self._measure
        self._words.update(Content("\n").join(self._lines(verdict.forming, self._before)))

    def _lines(self, now: Forming, before: Forming) -> Iterator[Content]:
        if not any(_facts(now) + _facts(before)):
            yield Content.styled("Only what is proven is shown here.", MUTED)
        if headline := now.headline or before.headline:
            yield Content.styled(one_line(headline), "bold $text-primary" if now.headline else MUTED)
        if decision := now.decision or before.decision:
            yield Content("")
            yield prose(clean(decision)) if now.decision else prose(clean(decision)).stylize(MUTED)
        quotes = {q.voice: (q, True) for q in now.quotes} | {
            q.voice: (q, False) for q in before.quotes if not any(n.voice == q.voice for n in now.quotes)
        }
        if quotes:
            yield Content("")
        for quote, fresh in quotes.values():
            yield self._quote(quote, fresh)

    def _quote(self, quote: rulings.PullQuote, fresh: bool) -> Content:
        words = prose(" ".join(quote.text.split()))
        said = Content.assemble("“", words, "”").stylize("" if fresh else MUTED)
        lines = said.wrap(self._width - HANGING) if self._width > HANGING else [said]
        letter = Content.assemble(chip(self._debate.letter(quote.voice), self._colour(quote.voice)), " ")
        return letter + Content("\n" + " " * HANGING).join(lines)


def passes_before(happened: Iterable[ev.Event]) -> Forming:
    """What the passes before the one at which the judge is had of the ruling; nothing where no judge is at work."""
    now, before = Forming(), Forming()
    for event in happened:
        match event:
            case ev.VerdictStarted():
                now, before = Forming(), _latest(now, before)
            case ev.VerdictDelta():
                now.add(event)
            case ev.VerdictRuled() | ev.VerdictFailed() | ev.VerdictUpheld() | ev.UserSpoke():
                now, before = Forming(), Forming()
            case _:
                pass
    return before


def _facts(forming: Forming) -> tuple[Any, ...]:
    return forming.headline, forming.decision, len(forming.quotes), forming.claims


def _latest(forming: Forming, before: Forming) -> Forming:
    """Of each part what a pass had of it, else what the passes before had."""
    found = Forming()
    found.headline = forming.headline or before.headline
    found.decision = forming.decision or before.decision
    found.quotes = forming.quotes or before.quotes
    found.claims = forming.claims or before.claims
    return found
