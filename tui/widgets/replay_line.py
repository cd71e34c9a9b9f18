"""Where a replay stands, in one row: `Replay 4× · 01:12 of 03:40 · 5 of 12 statements` and a bar. Knows no event.

A click on the bar leads there, one on the words is that of the space bar.
"""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from upverdict.tui.colours import LINE, MUTED
from upverdict.tui.widgets.row_list import OTHER_BUTTON

LEAST_BAR = 8
"""Cells below which there is no bar."""
_GAP = 2


class Stand(NamedTuple):
    """Seconds of the replay at 1×, how many statements are over, and how it goes on."""

    at: int = 0
    seconds: int = 0
    said: int = 0
    statements: int = 0
    speed: float = 1.0
    paused: bool = False
    over: bool = False
    share: float = 0.0


def words(stand: Stand) -> tuple[str, str, str]:
    """How it goes on, how far it is in time, how far in statements."""
    doing = "Replay over" if stand.over else f"{'Paused' if stand.paused else 'Replay'} {stand.speed:g}×"
    far = f"{clock(stand.at)} of {clock(stand.seconds)}"
    return doing, far, f"{stand.said} of {stand.statements} statements"


def clock(seconds: int) -> str:
    """`01:12`, `1:02:03`."""
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"


class ReplayLine(Widget):
    """One row that is drawn anew when what it says changes, and lays out nothing."""

    DEFAULT_CSS = """
    ReplayLine { height: 1; padding: 0 2; }
    """
    ALLOW_SELECT = False

    class Sought(Message):
        """The bar was clicked at this share of it."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    class Toggled(Message):
        """The words were clicked."""

    stand: reactive[Stand] = reactive(Stand(), layout=False)

    def __init__(self) -> None:
        super().__init__()
        self._bar = (0, 0)  # where it begins, and how long it is

    def render(self) -> Content:
        width = self.content_size.width
        doing, *more = words(self.stand)
        while more and cell_len(" · ".join([doing, *more])) > width:
            more.pop()
        said = " · ".join(["", *more])
        begin = cell_len(doing + said) + _GAP
        length = width - begin
        self._bar = (begin, length if length >= LEAST_BAR else 0)
        style = "$text-warning" if self.stand.paused else "$text-accent"
        pieces: list[str | Content | tuple[str, str]] = [(doing, f"bold {style}"), (said, MUTED)]
        if self._bar[1]:
            done = round(self.stand.share * length)
            pieces += [" " * _GAP, ("━" * done, style), ("─" * (length - done), LINE)]
        return Content.assemble(*pieces)

    def on_click(self, event: events.Click) -> None:
        if event.button == OTHER_BUTTON:
            return
        event.stop()
        x, (begin, length) = event.get_content_offset(self), self._bar
        if x is None or x.x < begin:
            self.post_message(self.Toggled())
        elif length:
            self.post_message(self.Sought((x.x - begin) / max(1, length - 1)))
