"""Every screen as it looked when somebody last looked at it, at the sizes and in the themes that people have.

`--snapshot-update` accepts what it looks like now; CONTRIBUTING.md says how to look at a difference.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.pictured import KEPT, SCREENS, Clock, Pictured, Today, ready
from tests.tui.shelf import config_in, keep
from upverdict.tui.screens.debate_view import DebateView

SIZES = ((160, 45), (100, 30), (80, 24))
THEMES = {"dark": "textual-dark", "light": "textual-light", "plain": "plain"}
LOOKS = (*(("dark", size) for size in SIZES), ("light", (100, 30)), ("plain", (100, 30)))
"""Not all themes at all sizes: what a theme changes hangs on no size, and each picture takes most of a second."""
CASES = [
    pytest.param(name, theme, size, id=f"{name}-{theme}-{size[0]}x{size[1]}")
    for name in SCREENS
    for theme, size in LOOKS
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of debates, made once."""
    file = tmp_path_factory.mktemp("shelf") / "debates.db"
    asyncio.run(keep(file, *KEPT))
    return file


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The same moment everywhere: no time goes by, it is the same day, and no terminal is told by the environment."""
    clock = Clock()
    for module in ("screens.live_view", "screens.debate", "screens.replay", "widgets.statements"):
        monkeypatch.setattr(f"upverdict.tui.{module}.monotonic", clock)
    monkeypatch.setitem(DebateView.__init__.__kwdefaults__, "clock", clock)
    for module in ("library_list", "hit_list", "verdict_page"):
        monkeypatch.setattr(f"upverdict.tui.widgets.{module}.datetime", Today)
    monkeypatch.setattr("upverdict.tui.widgets.plain.date", Today)
    for name in list(os.environ):
        if name.startswith("TEXTUAL_") and name != "TEXTUAL_SNAPSHOT_TEMPDIR":
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "TERM", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    set_zone()
    yield clock
    monkeypatch.undo()
    set_zone()


def set_zone() -> None:
    """Have the variable heeded, where there is such a thing."""
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.parametrize(("name", "theme", "size"), CASES)
def test_looks(
    name: str,
    theme: str,
    size: tuple[int, int],
    shelf: Path,
    tmp_path: Path,
    clock: Clock,
    snap_compare: Callable[..., bool],
) -> None:
    if name != "welcome":
        shutil.copy(shelf, tmp_path)
    app = Pictured(config_in(tmp_path, depth="standard", theme=THEMES[theme], motion=False, probe=()), None)
    app.clock = clock

    async def prepare(pilot: Pilot[int]) -> None:
        await ready(app, pilot, name)

    same = snap_compare(app, terminal_size=size, run_before=prepare)
    assert same, "it looks otherwise: snapshot_report.html has both"
