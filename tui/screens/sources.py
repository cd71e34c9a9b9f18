"""The sources of a debate over its screen: what was named, found and cited. Answers with the words to go to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.tui.screens.box import Sheet
from upverdict.tui.widgets.sources import source_parts
from upverdict.tui.widgets.verdict_stops import Cited


class SourcesScreen(Sheet[rulings.PullQuote | None]):
    """The sources as the debate stands when it opens. The answer is None where nothing was chosen."""

    DEFAULT_CSS = """
    SourcesScreen {
        & > #box { width: 100; padding: 1 1 0 1; }
        & .source { width: 1fr; height: auto; padding: 0 2 0 3; margin: 0 0 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,s,q", "close", "close", id="sources.close", tooltip="Back", key_display="Esc"),
    ]

    def __init__(self, debate: Debate) -> None:
        super().__init__()
        self._debate = debate

    def compose(self) -> ComposeResult:
        yield from self.sheet("Sources", source_parts(self._debate), id="sources")

    def on_mount(self) -> None:
        self.set_focus(next(iter(self.query(Cited)), self.query_one("#sources")))

    def on_cited_opened(self, event: Cited.Opened) -> None:
        event.stop()
        self.dismiss(event.quote)
