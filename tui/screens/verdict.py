"""The verdict, to be read at leisure: headline, what each said, agreed, split, the decision, what would flip it.

Draws one ruling. Knows no endpoint and no file; the words for missing voices and tallies are `core`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from upverdict.core import events as ev
from upverdict.core import plaintext, rulings
from upverdict.core.debate import Debate, State
from upverdict.core.text import clean, length
from upverdict.tui.colours import ink, voice_colour
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.widgets import verdict_parts as parts
from upverdict.tui.widgets import words
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.prose import prose


class VerdictScreen(Screen[None]):
    """The latest verdict of a debate that has one. `state` is the debate's as a reader knows it."""

    DEFAULT_CSS = """
    VerdictScreen {
        background: $background;
        #page { align-horizontal: center; padding: 1 2; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
        #page {
            scrollbar-color: $foreground 25%;
            scrollbar-color-hover: $foreground 40%;
            scrollbar-color-active: $foreground 50%;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-background-active: $background;
        }
        #measure { width: 100%; max-width: 100; height: auto; }
        #measure > Static { width: 1fr; height: auto; }
        #question { color: $text-muted; }
        #headline { text-style: bold; color: $text-primary; padding: 1 0; margin: 0 0 1 0; }
        #headline { border-bottom: heavy $primary; }
        .remark { color: $text-muted; margin: 0 0 1 0; }
        .remark.-grave { color: $text-warning; text-style: bold; }
        .section { color: $text-accent; text-style: bold; margin: 1 0 1 0; }
        #decision { margin: 0 0 1 0; }
        .glance { margin: 0 0 1 0; }
        #more { color: $text-muted; border-top: solid $foreground 20%; margin: 1 0 0 0; padding: 1 0 0 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "read_debate", "whole debate", id="verdict.debate", tooltip="Read the whole debate"),
        Binding("y", "copy", "copy", id="verdict.copy", tooltip="Copy the verdict as text"),
        Binding("escape", "back", "back", id="verdict.back", tooltip="Go back"),
    ]

    def __init__(self, debate: Debate, state: State) -> None:
        super().__init__()
        self.debate = debate
        self.state: State = state

    @property
    def _ruling(self) -> rulings.Ruling:
        ruling = self.debate.verdict.ruling if self.debate.verdict else None
        assert ruling is not None, "opened only for a debate that has a verdict"
        return ruling

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Vertical(id="measure")
        yield KeysLine()

    async def on_mount(self) -> None:
        await self._fill()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_later(self._fill))

    async def _fill(self) -> None:
        """Everything anew: it is composed where the theme's colours are known."""
        measure = self.query_one("#measure", Vertical)
        await measure.remove_children()
        await measure.mount_all(self._parts())
        # The last line of the screen says then what Enter does. The headline stays in sight.
        first = next(iter(self.query(parts.PullQuote)), self.query_one("#page"))
        self.set_focus(first, scroll_visible=False)

    def _parts(self) -> Iterator[Widget]:
        ruling = self._ruling
        yield _text(" ".join(clean(self.debate.question).split()), id="question")
        yield _text(clean(ruling.headline), id="headline")
        for number, note in enumerate(plaintext.notes(self.debate, ruling)):
            grave = bool(ruling.missing) and number == 0
            yield _text(f"! {note}" if grave else note, classes="remark -grave" if grave else "remark")
        yield from self._section("What each said", self._quotes(ruling))
        yield from self._section("Where they agreed", self._claims(ruling, ruling.agreed))
        yield from self._section("Where they split", self._claims(ruling, ruling.split))
        yield from self._section("The verdict", [_text(prose(ruling.decision), id="decision")])
        yield from self._section("What would flip it", [parts.flip(f) for f in ruling.flips])
        yield from self._section("At a glance", self._glances(ruling))
        yield _text(self._keep_reading(), id="more")

    def _section(self, title: str, content: list[Widget] | list[parts.Entry] | list[Static]) -> Iterator[Widget]:
        """A title and what stands under it; an empty section is left out."""
        if content:
            yield _text(title.upper(), classes="section")
            yield from content

    def _quotes(self, ruling: rulings.Ruling) -> list[Widget]:
        return [
            parts.PullQuote(
                q, self.debate.letter(q.voice), self.debate.name(q.voice), self._place(q), self._colour(q.voice)
            )
            for q in ruling.pull_quotes
        ]

    def _place(self, quote: rulings.PullQuote) -> str:
        """Where it was said: `  opening`, `  rebuttal 1`."""
        return "  " + words.heading(self.debate.statements[quote.statement]).lower()

    def _claims(self, ruling: rulings.Ruling, claims: tuple[rulings.Claim, ...]) -> list[Widget]:
        of = plaintext.listened_to(ruling)
        found: list[Widget] = []
        for claim in claims:
            support, against = (plaintext.proofs(self.debate, cited) for cited in (claim.support, claim.against))
            found.append(parts.claim(claim.claim, plaintext.tally(claim, of), support, against, self._colour))
        return found

    def _glances(self, ruling: rulings.Ruling) -> list[Widget]:
        return [parts.glance(self.debate.seat(g.voice), g.lead, self._colour(g.voice)) for g in ruling.glance]

    def _keep_reading(self) -> str:
        said = [s for s in self.debate.statements.values() if s.text.strip()]
        spoken = sum(length(s.text) for s in said)
        return f"Keep reading: d opens the whole debate, {len(said)} statements, {spoken:,} words."

    def _colour(self, voice: str) -> str:
        """The voice's colour, readable on this screen; the user's is the theme's own."""
        return ink(voice_colour("" if voice == ev.USER else self.debate.seat(voice).colour, self))

    def on_pull_quote_opened(self, event: parts.PullQuote.Opened) -> None:
        event.stop()
        self.app.push_screen(DebateView(self.debate, self.state, visiting=True, quote=event.quote))

    def action_read_debate(self) -> None:
        self.app.push_screen(DebateView(self.debate, self.state, visiting=True))

    def action_copy(self) -> None:
        assert self.debate.verdict is not None
        self.app.copy_to_clipboard("\n".join(plaintext.verdict_lines(self.debate, self.debate.verdict)))
        self.notify("Copied the verdict as text.")

    def action_back(self) -> None:
        self.dismiss()


def _text(words: str | Content, *, id: str | None = None, classes: str | None = None) -> Static:
    return Static(words, markup=False, id=id, classes=classes)
