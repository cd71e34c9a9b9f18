"""A file that a newer program wrote, on the screens: read as any other, and no key offers to write to it."""

from __future__ import annotations

from pathlib import Path

from tests.core.test_store_kit import finished
from tests.newer import newer
from tests.older import at_version
from tests.tui.shelf import listed, names, showing
from tests.tui.stage import SMALL, screen_text, until
from upverdict.core.store import notices
from upverdict.tui.app import UpverdictApp
from upverdict.tui.screens.debate_keys import Facts, enabled, why_not
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.verdict import VerdictScreen


async def test_it_is_read_and_nothing_offers_to_write(tmp_path: Path) -> None:
    path = newer(tmp_path / "debates.db")
    before = path.read_bytes()
    notices.forget()
    async with showing(tmp_path, SMALL) as (app, pilot):
        await listed(app, pilot, 1)
        await until(pilot, lambda: "read-only: a newer upverdict wrote it" in screen_text(app))
        await until(pilot, lambda: any("nothing is written to it" in n.message for n in app._notifications))
        assert {"open", "search", "replay", "export"} <= set(names(app))
        assert not {"new", "continue", "delete", "undo"} & set(names(app))
        await pilot.press("n", "d")
        assert app.screen is app.shelf
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and "Rent before you buy" in screen_text(app))
        assert app.screen.check_action("read_debate", ())
        assert not any(app.screen.check_action(action, ()) for action in ("push_back", "find", "take_up"))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DebateView))
        assert not app.screen.check_action("take_up", ())
    assert path.read_bytes() == before


async def test_an_older_file_tells_once_of_its_copy(tmp_path: Path) -> None:
    at_version(tmp_path / "debates.db", 1, [finished().events])
    notices.forget()
    for times in (1, 0):
        async with showing(tmp_path, SMALL) as (app, pilot):
            await listed(app, pilot, 1)
            await until(pilot, lambda app=app, times=times: _told(app) == times)
    assert (tmp_path / "debates.v1-backup.db").exists()


def _told(app: UpverdictApp) -> int:
    return sum("debates.v1-backup.db" in told.message for told in app._notifications)


def test_a_debate_that_was_interrupted_says_why_it_can_not_go_on() -> None:
    facts = Facts(stopped=True, read_only=True)
    assert not enabled("take_up", facts)
    assert "a newer upverdict wrote it" in why_not("take_up", facts)
    assert "goes on" not in why_not("speak", facts)
