"""`e` on every screen that is about a debate: the file is there, a notification says where, no file is written over."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.scripted import ScriptedEndpoint, debate_script
from tests.tui.shelf import debate, keep, listed, names, showing
from tests.tui.stage import until
from upverdict.core.session import Choice, Order
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.live_view import KeptDebate
from upverdict.tui.screens.replay import ReplayScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.search_line import SearchInput


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with nothing in it."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def texts(folder: Path) -> dict[str, str]:
    """What the files there hold, by name."""
    return {file.name: file.read_text("utf-8") for file in folder.iterdir()}


def told(file: Path) -> str:
    return f"The debate was exported to {file}."


async def test_the_debate_at_the_cursor_is_exported_and_never_over_a_file(tmp_path: Path, here: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0, "Rent or own?"), debate(1, "And then?", "interrupted"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await until(pilot, lambda: names(app).get("export") == "e")
        for name in ("rent-or-own-d99999.md", "rent-or-own-d99999-2.md", "rent-or-own-d99999-3.md"):
            await pilot.press("e")
            await until(pilot, lambda name=name: told(here / name) in app.told, name)  # type: ignore[misc]
        await pilot.press("j", "e")
        await until(pilot, lambda: told(here / "and-then-d99998.md") in app.told)
    files = texts(here)
    assert len(files) == 4
    first = files["rent-or-own-d99999.md"]
    assert first.startswith("# Rent or own?\n\n## Verdict: Headline 0\n")
    assert files["rent-or-own-d99999-2.md"] == files["rent-or-own-d99999-3.md"] == first
    assert "the debate was interrupted" in files["and-then-d99998.md"]


async def test_where_one_writes_e_is_a_letter(tmp_path: Path, here: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0, "Rent or own?"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await pilot.press("slash", "e")
        await until(pilot, lambda: app.shelf.query_one(SearchInput).value == "e")
    assert not texts(here)


async def test_nothing_can_be_exported_where_no_debate_is(tmp_path: Path, here: Path) -> None:
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.focused is not None)
        assert "export" not in names(app)
        assert "Export as a web page" not in [command.title for command in app.get_system_commands(app.screen)]


async def test_the_verdict_and_the_debate_behind_it_are_exported(tmp_path: Path, here: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0, "Rent or own?"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and app.screen.focused)
        await until(pilot, lambda: names(app).get("export") == "e")
        await pilot.press("e")
        await until(pilot, lambda: told(here / "rent-or-own-d99999.md") in app.told)
        await pilot.press("d")
        await until(pilot, lambda: not isinstance(app.screen, VerdictScreen) and app.screen.focused)
        await pilot.press("e")
        await until(pilot, lambda: told(here / "rent-or-own-d99999-2.md") in app.told)
        assert len(set(texts(here).values())) == 1
        (as_page,) = (c for c in app.get_system_commands(app.screen) if c.title == "Export as a web page")
        as_page.callback()
        await until(pilot, lambda: told(here / "rent-or-own-d99999.html") in app.told)
    assert len(texts(here)) == 3
    assert "<title>Rent or own?</title>" in texts(here)["rent-or-own-d99999.html"]


async def test_a_kept_debate_and_its_replay_are_exported_whole(tmp_path: Path, here: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0, "Rent or own?", "interrupted"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, KeptDebate) and app.screen.focused)
        await pilot.press("e")
        await until(pilot, lambda: told(here / "rent-or-own-d99999.md") in app.told)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
        await pilot.press("e")
        await until(pilot, lambda: told(here / "rent-or-own-d99999-2.md") in app.told)
        assert len(set(texts(here).values())) == 1
        (as_page,) = (c for c in app.get_system_commands(app.screen) if c.title == "Export as a web page")
        as_page.callback()
        await until(pilot, lambda: told(here / "rent-or-own-d99999.html") in app.told)
    assert len(texts(here)) == 3
    assert "<title>Rent or own?</title>" in texts(here)["rent-or-own-d99999.html"]


async def test_a_running_debate_is_exported_as_far_as_it_has_come(tmp_path: Path, here: Path) -> None:
    async with ScriptedEndpoint(debate_script()) as server:
        order = Order("Rent or own?", choice=Choice(server.url), depth="quick")
        async with showing(tmp_path, order=order) as (app, pilot):
            await until(pilot, lambda: isinstance(app.focused, Composer), "the floor is open")
            await pilot.press("e")
            assert isinstance(app.focused, Composer)
            assert app.focused.text == "e"
            assert not texts(here), "it was written, not exported"
            screen = app.screen
            assert isinstance(screen, DebateScreen)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(app.focused, Composer))
            await pilot.press("e")
            file = here / f"rent-or-own-{screen.debate.id}.md"
            await until(pilot, lambda: told(file) in app.told)
            text = texts(here)[file.name]
            said = {s.id: s.text for s in screen.debate.statements.values()}
            assert len(said) == 4
            assert all(f"{id} · " in text for id in said)
            assert "the debate goes on, and this is as far as it had come" in text


async def test_what_can_not_be_written_is_told_in_a_sentence(tmp_path: Path, here: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0, "Rent or own?"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        os.rmdir(here)
        await pilot.press("e")
        await until(pilot, lambda: any("nothing was written" in words for words in app.told))
