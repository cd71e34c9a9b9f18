"""The verdict, to be read at leisure: one version of it as a page, and the keys that do something about it.

Knows no endpoint and no file; what stands on the page is `widgets/verdict_page.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, Protocol, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen

from upverdict.core import events as ev
from upverdict.core import plain_verdict
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Verdict
from upverdict.core.score import Score, score
from upverdict.tui import titles
from upverdict.tui.colours import ink, voice_colour
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.sources import SourceCited
from upverdict.tui.widgets.verdict_page import Page
from upverdict.tui.widgets.verdict_stops import Cited, Flip, Stop

_HIGH = 36
"""Rows from which there is room around the headline."""


class Host(Protocol):
    """What the verdict screen asks of the app that shows it."""

    async def continue_debate(self, id: str) -> None: ...
    async def replay_debate(self, id: str) -> None: ...
    def serve(self, service: Coroutine[Any, Any, None]) -> None: ...


class VerdictScreen(Screen[None]):
    """The verdicts of a debate that has one, the latest first. `state` is the debate's as a reader knows it.

    `replayed`: a replay lies beneath that has more to come, so this is not the last word and nothing is said about it.
    """

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
        #headline { text-style: bold; color: $text-primary; background: $panel; }
        #headline { border-left: outer $primary; padding: 1 3; margin: 1 0 1 0; }
        &.-high #headline { padding: 2 5; margin: 1 0; }
        &.-high #page { padding: 2 2 1 2; }
        .remark { color: $text-muted; margin: 0 0 1 0; }
        .remark.-grave { color: $text-warning; text-style: bold; }
        .remark.-above { margin: 0; }
        .section { color: $text-accent; text-style: bold; margin: 1 0 1 0; }
        #decision { margin: 0 0 1 0; }
        .glance { margin: 0 0 1 0; }
        .source { padding: 0 2 0 3; margin: 0 0 1 0; }
        #more { color: $text-muted; border-top: solid $foreground 20%; margin: 1 0 0 0; padding: 1 0 0 0; }
    }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (_HIGH, "-high")]  # noqa: RUF012  Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p",
            "push_back",
            "push back",
            id="verdict.push",
            tooltip="Object: the council answers you, the judge looks again",
        ),
        Binding(
            "f",
            "find",
            "I found out",
            id="verdict.find",
            tooltip="Say what you found out about a fact that would flip the verdict; from elsewhere, go to these",
        ),
        Binding(
            "c", "take_up", "continue", id="verdict.continue", tooltip="Go on with what was said after the verdict"
        ),
        Binding(
            "left_square_bracket",
            "version(-1)",
            "older",
            key_display="[",
            id="verdict.older",
            tooltip="The version of the verdict before this one",
        ),
        Binding(
            "right_square_bracket",
            "version(1)",
            "newer",
            key_display="]",
            id="verdict.newer",
            tooltip="The version of the verdict after this one",
        ),
        Binding("d", "read_debate", "whole debate", id="verdict.debate", tooltip="Read the whole debate"),
        Binding("P", "replay", "replay", key_display="P", id="verdict.replay", tooltip="See the debate said once more"),
        Binding("y", "copy", "copy", id="verdict.copy", tooltip="Copy the verdict as text"),
        Binding("s", "to_sources", "sources", id="verdict.sources", tooltip="To the sources that were cited"),
        Binding("escape", "back", "back", id="verdict.back", tooltip="Go back"),
    ]

    def __init__(self, debate: Debate, state: State, *, replayed: bool = False) -> None:
        super().__init__()
        self.debate = debate
        self.replayed = replayed
        self.state: State = state
        self._score: Score | None = None
        self._versions = [v for v in debate.verdicts if v.ruling]
        self.shown: Verdict = self._versions[-1]
        """The version that is on the page."""
        self.window_title = titles.of_verdict(debate)
        """What the terminal's window is called while this screen is in front."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Vertical(id="measure")
        yield KeysLine()

    async def on_mount(self) -> None:
        await self._fill()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_later(self._fill))
        if self.state != "running" and not self.replayed:
            self.run_worker(self._rate())

    async def _rate(self) -> None:
        """The score takes a while, since it compares texts: it comes when the rest can be read."""
        self._score = await asyncio.to_thread(score, self.debate)
        await self.query_one("#measure", Vertical).mount_all(self._page().scored(), before="#more")

    def _page(self) -> Page:
        state: State = "running" if self.replayed else self.state
        return Page(self.debate, self.shown, state, self._colour, self._score)

    async def _fill(self) -> None:
        """Everything anew: it is composed where the theme's colours are known."""
        measure = self.query_one("#measure", Vertical)
        async with self.batch():
            await measure.remove_children()
            await measure.mount_all(self._page().parts())
        # The last line of the screen says then what Enter does. The headline stays in sight.
        first = next(iter(self.query(Stop)), self.query_one("#page"))
        self.set_focus(first, scroll_visible=False)

    def _colour(self, voice: str) -> str:
        """The voice's colour, readable on this screen; the user's is the theme's own."""
        return ink(voice_colour("" if voice == ev.USER else self.debate.seat(voice).colour, self))

    # -- keys ----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "push_back":
                return self.state == "finished" and not self.replayed and self.shown is self._versions[-1]
            case "find":
                return any(flip.open for flip in self.query(Flip))
            case "to_sources":
                return bool(self.debate.sources)
            case "take_up":
                return self.state in ("interrupted", "failed") and not self.replayed
            case "version":
                return self._beside(int(str(parameters[0]))) is not None
        return True

    def _beside(self, by: int) -> Verdict | None:
        """The version so many after (or before) the one that is shown."""
        place = self._versions.index(self.shown) + by
        return self._versions[place] if 0 <= place < len(self._versions) else None

    async def action_version(self, by: int) -> None:
        if (other := self._beside(by)) is not None:
            self.shown = other
            await self._fill()
            self.query_one("#page").scroll_home(animate=False)
            self.refresh_bindings()

    def action_push_back(self) -> None:
        self.app.push_screen(PushBack(self.debate))

    def action_find(self) -> None:
        """On one of the facts, or on the only one; from elsewhere, to the first of them."""
        flips = list(self.query(Flip))
        if isinstance(self.focused, Flip) or len(flips) == 1:
            (self.focused if isinstance(self.focused, Flip) else flips[0]).action_find()
        else:
            self.set_focus(flips[0])
            self.notify(f"{key_of('flip.find')} on the fact that you found out about.")

    def on_flip_found(self, event: Flip.Found) -> None:
        event.stop()
        self.app.push_screen(PushBack(self.debate, event.number))

    def action_to_sources(self) -> None:
        """To the first source that is cited; where none is, to their section."""
        if (first := next(iter(self.query(SourceCited)), None)) is not None:
            self.set_focus(first, scroll_visible=False)
        self.query_one("#sources").scroll_visible(animate=False, top=True)

    def action_take_up(self) -> None:
        """Go on with the debate: the app puts another screen in place of this one, or says why it can't be."""
        app = cast("Host", self.app)
        app.serve(app.continue_debate(self.debate.id))

    def action_replay(self) -> None:
        """See the debate said once more, from its beginning."""
        app = cast("Host", self.app)
        app.serve(app.replay_debate(self.debate.id))

    def on_cited_opened(self, event: Cited.Opened) -> None:
        event.stop()
        self.app.push_screen(DebateView(self.debate, self.state, visiting=True, quote=event.quote))

    def action_read_debate(self) -> None:
        self.app.push_screen(DebateView(self.debate, self.state, visiting=True))

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(plain_verdict.verdict_lines(self.debate, self.shown)))
        self.notify("Copied the verdict as text.")

    def action_back(self) -> None:
        self.dismiss()
