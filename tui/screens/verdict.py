"""The verdict, to be read at leisure: one version of it as a page, and the keys that do something about it.

Knows no endpoint and no file; what stands on the page is `widgets/verdict_page.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from upverdict.core import plain_verdict
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Verdict
from upverdict.tui import titles
from upverdict.tui.colours import ink_of
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens import verdict_keys
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.library import LibraryScreen
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.telling import Telling
from upverdict.tui.widgets.contents import COLUMN, Contents
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.page_parts import Fact, Jump, Other, Part, Version, Whole, Words
from upverdict.tui.widgets.page_view import PageView
from upverdict.tui.widgets.verdict_page import MORE, Page, related_parts
from upverdict.tui.workers import Serves, later

if TYPE_CHECKING:
    from upverdict.core.export import Form
    from upverdict.core.score import Score
    from upverdict.core.store.reader import Related

COLUMN_FROM = 140
"""Columns of a screen from which the contents stand beside the page."""


HIGH = 36
"""Rows of a screen from which there is room around the headline."""


class Host(Serves, Protocol):
    """What the verdict screen asks of the app that shows it."""

    @property
    def read_only(self) -> bool: ...
    async def continue_debate(self, id: str) -> None: ...
    async def open_debate(self, id: str) -> None: ...
    async def replay_debate(self, id: str) -> None: ...
    async def export_debate(self, id: str, form: Form = "md") -> None: ...
    async def related(self, id: str) -> list[Related]: ...
    async def keep_tags(self, id: str) -> None: ...
    async def keep_name(self, id: str) -> None: ...
    async def keep_decision(self, id: str, fact: str = "") -> None: ...


class VerdictScreen(Telling[None]):
    """The verdicts of a debate that has one, the latest first. `state` is the debate's as a reader knows it.

    `replayed`: a replay lies beneath that has more to come, so this is not the last word and nothing is said about it.
    """

    DEFAULT_CSS = """
    VerdictScreen {
        background: $background;
        PageView {
            scrollbar-color: $foreground 25%;
            scrollbar-color-hover: $foreground 40%;
            scrollbar-color-active: $foreground 50%;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-background-active: $background;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = verdict_keys.BINDINGS
    AUTO_FOCUS = "PageView"

    def __init__(self, debate: Debate, state: State, *, replayed: bool = False) -> None:
        super().__init__()
        self.debate = debate
        self.shelf = debate.shelf
        """How the debate is kept: that may change while it is read."""
        self.replayed = replayed
        self.state: State = state
        self._score: Score | None = None
        self._related: list[Related] = []
        self._versions = [v for v in debate.verdicts if v.ruling]
        self.shown: Verdict = self._versions[-1]
        """The version that is on the page."""
        self.window_title = titles.of_verdict(debate)
        """What the terminal's window is called while this screen is in front."""
        self.page = PageView(id="page")
        self.contents = Contents()

    def compose(self) -> ComposeResult:
        columns = self.app.size.width
        self._fit(columns)
        self.page.expect(columns - COLUMN * self.contents.column)
        yield self.contents
        yield self.page
        yield KeysLine()

    def on_mount(self) -> None:
        self._fill()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_later(self._repaint))
        self.call_after_refresh(self.run_worker, later(self._read_on))

    def on_resize(self, event: events.Resize) -> None:
        self._fit(event.size.width)

    def _fit(self, columns: int) -> None:
        self.contents.set_class(columns >= COLUMN_FROM, "-column")

    async def _read_on(self) -> None:
        """What takes a while comes when the rest can be read: the debates that are about the same are looked for in the
        file, the score compares texts.
        """
        self._related = await cast("Host", self.app).related(self.debate.id)
        self.page.insert(list(related_parts(self._related)))
        if self.state != "running" and not self.replayed:
            self._score = await asyncio.to_thread(_score, self.debate)
            self.page.insert(list(self._scored()), MORE)

    def _scored(self) -> Iterator[Part]:
        """The score of the latest version, where it is known."""
        if self._score is not None and self._score.version == self.shown.version:
            from upverdict.tui.widgets.verdict_score import scored

            yield from scored(self.debate, self._score, self._colour)

    def _fill(self) -> None:
        """Another version, from its top: it is composed where the theme's colours are known."""
        state: State = "running" if self.replayed else self.state
        high = self.app.size.height >= HIGH
        parts = list(Page(self.debate, self.shown, state, self._colour, self.shelf, high=high).made())
        place = next(n for n, part in enumerate(parts) if part.section == MORE)
        self.page.show([*parts[:place], *self._scored(), *parts[place:], *related_parts(self._related)])

    def _repaint(self) -> None:
        """The theme's colours are others; what is read stays where it is."""
        row, section = self.page.scroll_y, self.page.section
        place = self.page.stops.index(self.page.current) if self.page.current else -1
        self._fill()
        if 0 <= place < len(self.page.stops):  # what was unfolded is folded again
            self.page.go_to(self.page.stops[place])
        self.page.scroll_to(y=row, animate=False, immediate=True, force=True)
        self.contents.show(self.page.sections, section)

    def _colour(self, voice: str) -> str:
        """A voice's colour, readable on this screen."""
        return ink_of(self.debate, voice, self)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case _ if action in verdict_keys.WRITING and cast("Host", self.app).read_only:
                return False
            case "push_back":
                return self.state == "finished" and not self.replayed and self.shown is self._versions[-1]
            case "find":
                return bool(self._facts())
            case "look_again":
                return bool(self._facts()) and not self.replayed
            case "keep_tags" | "keep_name" | "keep_decision":
                return not self.replayed
            case "to_sources":
                return bool(self.debate.sources)
            case "take_up":
                return self.state in ("interrupted", "failed") and not self.replayed
            case "back" | "back_to_debate" | "back_to_library":
                return action == self._way_back()
            case "version":
                return self._beside(int(str(parameters[0]))) is not None
        return True

    def on_page_view_moved(self, event: PageView.Moved) -> None:
        event.stop()
        self.contents.show(self.page.sections, self.page.section)

    def on_contents_wanted(self, event: Contents.Wanted) -> None:
        event.stop()
        self.page.go_to_section(event.name)

    def _facts(self) -> list[Part]:
        """What would flip the verdict and can be told of now."""
        return [part for part in self.page.stops if isinstance(part.jump, Fact)]

    def _beside(self, by: int) -> Verdict | None:
        """The version so many after (or before) the one that is shown."""
        place = self._versions.index(self.shown) + by
        return self._versions[place] if 0 <= place < len(self._versions) else None

    def action_version(self, by: int) -> None:
        if (other := self._beside(by)) is not None:
            self._show_version(other)

    def _show_version(self, verdict: Verdict) -> None:
        self.shown = verdict
        self._fill()
        self.refresh_bindings()

    def action_section(self, by: int) -> None:
        """To the next section, or to the one before; back, first to the top of the one that is read."""
        names = self.page.sections
        here = names.index(self.page.section)
        self.page.go_to_section(names[max(0, min(here + by, len(names) - 1))])

    def further_commands(self) -> Iterable[tuple[str, str, Callable[[], object]]]:
        """What the palette offers besides the keys: a name, what it does, and what is called."""
        for name in self.page.sections:
            yield f"Go to: {name}", "This section of the page", partial(self.page.go_to_section, name)

    def action_push_back(self) -> None:
        self.app.push_screen(PushBack(self.debate))

    def action_find(self) -> None:
        """On one of the facts, or on the only one; from elsewhere, to the first of them."""
        if (fact := self._fact(f"{key_of('page.find')} on the fact that you found out about.")) is not None:
            self._open(fact)

    def _fact(self, more: str) -> Fact | None:
        """The one that the keys are at, or the only one; else go to the first, say what is to be done there, None."""
        facts, current = self._facts(), self.page.current
        part = current if current in facts else facts[0] if len(facts) == 1 else None
        if part is not None and isinstance(part.jump, Fact):
            return part.jump
        self.page.go_to(facts[0])
        self.notify(more)
        return None

    # -- how it is kept ------------------------------------------------------------------------------------------------

    def action_look_again(self) -> None:
        """The same, to say that it is to be looked at again if that comes about."""
        fact = self._fact(f"{key_of('verdict.look')} on the fact that is to be looked for.")
        ruling = self.shown.ruling
        if fact is not None and ruling is not None:
            app = cast("Host", self.app)
            app.serve(app.keep_decision, self.debate.id, ruling.flips[fact.number - 1].fact)

    def action_keep_decision(self) -> None:
        app = cast("Host", self.app)
        app.serve(app.keep_decision, self.debate.id)

    def action_keep_tags(self) -> None:
        app = cast("Host", self.app)
        app.serve(app.keep_tags, self.debate.id)

    def action_keep_name(self) -> None:
        app = cast("Host", self.app)
        app.serve(app.keep_name, self.debate.id)

    def take_shelf(self, debate: Debate) -> None:
        """How the debate is kept now; the keys stay where they are."""
        if debate.id != self.debate.id or self.replayed:
            return
        self.shelf = debate.shelf
        place = self.page.stops.index(self.page.current) if self.page.current else -1
        self._fill()
        if 0 <= place < len(self.page.stops):
            self.page.go_to(self.page.stops[place])
        self.contents.show(self.page.sections, self.page.section)

    def on_page_view_opened(self, event: PageView.Opened) -> None:
        event.stop()
        self._open(event.jump)

    def _open(self, jump: Jump) -> None:
        match jump:
            case Words(quote):
                self.app.push_screen(DebateView(self.debate, self.state, visiting=True, quote=quote))
            case Fact(number):
                self.app.push_screen(PushBack(self.debate, number))
            case Version(number):
                self._show_version(next(v for v in self._versions if v.version == number))
            case Whole():
                self.action_read_debate()
            case Other(id):
                app = cast("Host", self.app)
                app.serve(app.open_debate, id)

    def action_to_sources(self) -> None:
        self.page.go_to_section("Sources")

    def action_take_up(self) -> None:
        """Go on with the debate: the app puts another screen in place of this one, or says why it can't be."""
        app = cast("Host", self.app)
        app.serve(app.continue_debate, self.debate.id)

    def action_replay(self) -> None:
        """See the debate said once more, from its beginning."""
        app = cast("Host", self.app)
        app.serve(app.replay_debate, self.debate.id)

    def action_export(self, form: Form = "md") -> None:
        """Write the whole debate into a file."""
        app = cast("Host", self.app)
        app.serve(app.export_debate, self.debate.id, form)

    def action_read_debate(self) -> None:
        self.app.push_screen(DebateView(self.debate, self.state, visiting=True))

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(plain_verdict.verdict_lines(self.debate, self.shown)))
        self.notify("Copied the verdict as text.")

    def _way_back(self) -> str:
        """The action of Esc, by what lies beneath: a live debate whose verdict has opened by itself is not left yet."""
        stack = self.app.screen_stack
        beneath = stack[stack.index(self) - 1] if self in stack[1:] else None
        if isinstance(beneath, DebateView):
            return "back" if beneath.council.replayed else "back_to_debate"
        return "back_to_library" if isinstance(beneath, LibraryScreen) else "back"

    def action_back(self) -> None:
        self.dismiss()

    action_back_to_debate = action_back_to_library = action_back


def _score(debate: Debate) -> Score:
    from upverdict.core.score import score

    return score(debate)
