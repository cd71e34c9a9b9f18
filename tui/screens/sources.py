"""The sources of a debate over its screen: what was named, found and cited. Answers with the words to go to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.tui.screens.box import BoxScreen
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.page_parts import Words
from upverdict.tui.widgets.page_view import PageView
from upverdict.tui.widgets.sources import source_parts


class SourcesScreen(BoxScreen[rulings.PullQuote | None]):
    """The sources as the debate stands when it opens. The answer is None where nothing was chosen."""

    DEFAULT_CSS = """
    SourcesScreen {
        & > #box { width: 100; padding: 1 0 0 1; }
        & PageView { height: auto; max-height: 100%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,s,q", "close", "close", id="sources.close", tooltip="Back"),
    ]
    AUTO_FOCUS = "PageView"

    def __init__(self, debate: Debate) -> None:
        super().__init__()
        self._debate = debate
        self.page = PageView(id="sources")

    def compose(self) -> ComposeResult:
        self.page.show(source_parts(self._debate))
        with Vertical(id="box") as box:
            box.border_title = "Sources"
            yield self.page
        yield KeysLine()

    def on_page_view_opened(self, event: PageView.Opened) -> None:
        event.stop()
        if isinstance(event.jump, Words):
            self.dismiss(event.jump.quote)

    def clicked_beside(self) -> None:
        self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)
