"""The first line of a screen: its name, and at the right what it is about. Plain text only."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.plain import fit

_GAP = 2


class TitleLine(Widget):
    """One row; what stands at the right gives way first."""

    DEFAULT_CSS = """
    TitleLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """
    ALLOW_SELECT = False

    title: reactive[str] = reactive("", layout=False)
    aside: reactive[str] = reactive("", layout=False)

    def __init__(self, title: str, aside: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(TitleLine.title, title)
        self.set_reactive(TitleLine.aside, aside)

    def render(self) -> Content:
        width = self.content_size.width
        left = fit(self.title, width)
        right = fit(self.aside, width - cell_len(left) - _GAP)
        gap = " " * max(0, width - cell_len(left) - cell_len(right))
        return Content.assemble((left, "bold $text-accent"), gap, (right, MUTED))
