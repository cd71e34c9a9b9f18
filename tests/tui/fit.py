"""What must hold of a screen at whatever size: nothing that matters is out of sight, nothing lies over others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from rich.cells import cell_len
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button

from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.council import Council
from upverdict.tui.widgets.council_plan import COLUMN
from upverdict.tui.widgets.keys_line import WAYS_OUT, KeysLine

MOST = 25
"""Fields and buttons of one screen that are gone through."""


def faults(app: App[Any], size: tuple[int, int]) -> Iterator[str]:
    """What is wrong with the screen in front as it stands, in words."""
    screen, (width, height) = app.screen, size
    strips = screen._compositor.render_strips()
    if len(strips) != height:
        yield f"{len(strips)} rows"
    for y, strip in enumerate(strips):
        if (cells := sum(cell_len(segment.text) for segment in strip)) != width:
            yield f"row {y} is {cells} cells wide"
    yield from _keys(screen, size)
    yield from _overlaps(screen)
    if app.focused is not None:
        yield from sight(app.focused)
    if councils := screen.query(Council):
        yield from _council(councils.first(), size)


def _keys(screen: Screen[Any], size: tuple[int, int]) -> Iterator[str]:
    line = screen.query_one(KeysLine)
    if line.region != Region(0, size[1] - 1, size[0], 1):
        yield f"the keys are at {line.region}"
    if sum(key.cells for key in line.shown) > size[0]:
        yield f"the keys have no room: {[key.name for key in line.shown]}"
    if not any(key.action in (*WAYS_OUT, "quit") for key in line.shown):
        yield f"no way out among {[key.action for key in line.shown]}"


def _overlaps(screen: Screen[Any]) -> Iterator[str]:
    for parent in (screen, *(w for w in screen.walk_children(Widget) if w.display)):
        shown = [w for w in parent.children if w.display and w.region.area and w.styles.layer == "default"]
        shown = [w for w in shown if w.styles.overlay == "none" and w.absolute_offset is None]
        for one, other in combinations(shown, 2):
            if _seen(one).overlaps(_seen(other)):
                yield f"{one} lies over {other}: {one.region} {other.region}"


def _seen(widget: Widget) -> Region:
    """What of it is on the screen."""
    found = widget.screen._compositor.visible_widgets.get(widget)
    return found[0].intersection(found[1]) if found else Region()


def sight(widget: Widget) -> Iterator[str]:
    """What is wrong with how much is seen of what has the keys."""
    if not _seen(widget).area:
        yield f"{widget} has the keys and is out of sight: {widget.region}"
    elif isinstance(widget, Button) and _seen(widget) != widget.region:
        yield f"{widget} is clipped: {widget.region}"


def _council(council: Council, size: tuple[int, int]) -> Iterator[str]:
    panes = council.visible_panes
    for pane in panes:
        if pane.region.width < min(COLUMN, size[0]):
            yield f"{pane.voice} has {pane.region.width} cells"
        if _seen(pane) != pane.region:
            yield f"{pane.voice} is clipped: {pane.region}"
        if pane.view.size.height < 3:
            yield f"{pane.voice} has {pane.view.size.height} rows of words"
    standing = council.screen.query_one("#standing")
    if not _seen(standing).area or _seen(standing) != standing.region:
        yield f"how it stands is clipped: {standing.region}"
    for composer in council.screen.query(Composer):
        if composer.display and (_seen(composer) != composer.region or composer.size.height < 1):
            yield f"the composer is clipped: {composer.region}"
