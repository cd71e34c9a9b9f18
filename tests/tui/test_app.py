"""The app: comes up without what it does not need, knows every key, and leaves without losing a word."""

from __future__ import annotations

import asyncio
import io
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from textual.app import SystemCommand
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from tests.scripted import Pace, ScriptedEndpoint, debate_script
from tests.tui.shelf import Shown, config_in, debate, keep, showing
from tests.tui.stage import WIDE, never_scrolls, screen_text, until
from upverdict.core import errors
from upverdict.core import events as ev
from upverdict.core.config import Config
from upverdict.core.session import Choice, Order, start
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.tui import app as app_module
from upverdict.tui import leaving
from upverdict.tui.app import UpverdictApp
from upverdict.tui.commands import commands
from upverdict.tui.keyboard import word
from upverdict.tui.palette import Palette
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.help import TYPED, HelpScreen, in_words
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.search_line import SearchInput

SLOW = Pace(tokens_per_second=20)

# -- coming up --------------------------------------------------------------------------------------------------------

FIRST_SCREEN = """
import asyncio, json, sys
from pathlib import Path
from upverdict.core.config import Config
from upverdict.tui.app import UpverdictApp

async def main():
    folder = Path(sys.argv[1])
    app = UpverdictApp(Config(folder=folder, db=folder / "debates.db"), None)
    async with app.run_test(size=(160, 45)) as pilot:
        while "Question 0?" not in "".join(s.text for strip in app.screen._compositor.render_strips() for s in strip):
            await pilot.pause(0.01)
        print(json.dumps(sorted(sys.modules)))
    await app.shut()

asyncio.run(main())
"""


def test_the_library_comes_up_without_what_only_a_debate_needs(tmp_path: Path) -> None:
    asyncio.run(keep(tmp_path / "debates.db", debate(0)))
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_SCREEN, str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    modules = set(json.loads(ran.stdout))
    assert "upverdict.tui.screens.library" in modules
    heavy = {"anthropic", "httpx", "httpx2", "pydantic", "sqlite_utils", "markdown_it"}
    assert not heavy & modules
    assert not {"upverdict.core.session", "upverdict.tui.screens.debate", "textual.widgets._text_area"} & modules


async def test_the_theme_of_the_configuration_is_used(tmp_path: Path) -> None:
    async with showing(tmp_path, theme="solarized-light") as (app, _):
        assert app.theme == "solarized-light"


async def ended(app: Shown, pilot: Pilot[int]) -> None:
    await until(pilot, lambda: app.return_value is not None)


# -- a debate from the command line -----------------------------------------------------------------------------------


@asynccontextmanager
async def ordered(folder: Path, pace: Pace | None = None, **order: Any) -> AsyncIterator[tuple[Shown, Pilot[int]]]:
    """The app with a debate that is to start at once, and that has begun to speak."""
    async with ScriptedEndpoint(debate_script(), pace=pace) as server:
        given = Order("Self-host or not?", choice=Choice(server.url), **order)
        async with showing(folder, order=given) as (app, pilot):
            await until(pilot, lambda: isinstance(app.screen, DebateScreen))
            await until(pilot, lambda: app.session and any(s.text for s in app.session.log.debate.statements.values()))
            yield app, pilot


def kept(folder: Path) -> tuple[str, str, dict[str, str]]:
    """The one debate of the file: its id, its state, what was said."""
    library = Library(folder / "debates.db")
    (row,) = library.page()
    said = {s.id: s.text for s in library.debate(row.id).statements.values()}
    library.close()
    return row.id, row.state, said


async def test_ctrl_q_in_mid_debate_keeps_every_word_and_says_how_to_go_on(tmp_path: Path) -> None:
    async with ordered(tmp_path, SLOW) as (app, pilot):
        assert app.session
        shown = {s.id: s.text for s in app.session.log.debate.statements.values()}
        await pilot.press("ctrl+q")
        await ended(app, pilot)
        assert app.return_value == errors.INTERRUPTED
    id, state, said = kept(tmp_path)
    assert state == "interrupted"
    assert all(said[statement].startswith(text) for statement, text in shown.items())
    assert app.parting == [f"Interrupted. What was said is kept as {id}; `upverdict continue {id}` goes on."]


async def test_what_was_being_written_is_on_the_disk_before_the_screen_is_left(tmp_path: Path) -> None:
    async with ordered(tmp_path, SLOW) as (app, pilot):
        app.screen.query_one(Composer).insert("Half a rebut")
        exit, kept_by_then = app.exit, list[str]()

        def watched(*given: Any) -> None:
            assert app.session
            kept_by_then.append(Library(tmp_path / "debates.db").draft(app.session.log.id))
            exit(*given)

        app.exit = watched  # type: ignore[method-assign, assignment]
        await app.leave()
        assert kept_by_then == ["Half a rebut"]
        await ended(app, pilot)


async def test_an_app_that_is_torn_down_keeps_every_word_too(tmp_path: Path) -> None:
    async with ordered(tmp_path, SLOW) as (app, _):
        assert app.session
        shown = {s.id: s.text for s in app.session.log.debate.statements.values()}
    _, state, said = kept(tmp_path)
    assert state == "interrupted"
    assert all(said[statement].startswith(text) for statement, text in shown.items())


async def test_a_full_disk_is_told_as_it_is_when_the_screens_are_left(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    async with ScriptedEndpoint(debate_script(), pace=SLOW) as server:
        store = await Store.open(path)
        session = await start(store, Order("Why?", choice=Choice(server.url)), config_in(tmp_path))
        await session.recorder.flush()
        full = "PRAGMA max_page_count = 1"  # which SQLite takes for: as many as there are
        await asyncio.wrap_future(store._worker.call(lambda db: db.conn.execute(full).fetchall()))
        failed = asyncio.Event()
        store.on_error = lambda _: failed.set()
        queue = session.log.subscribe()
        run = asyncio.create_task(session.run())
        async with asyncio.timeout(30):
            while not isinstance(await queue.get(), ev.TextDelta):
                pass
            await failed.wait()
        parting: list[str] = []
        assert await leaving.interrupt(session, path, parting)
        await asyncio.gather(run, return_exceptions=True)
        said = {s.id: s.text for s in session.log.debate.statements.values()}
        await session.close()
        await leaving.shut(store, [], parting)
    assert len(parting) == 1, parting
    assert parting[0].startswith("upverdict: The disk is full")
    assert "held in memory" not in parting[0]
    assert f"put aside in {tmp_path}" in parting[0]
    assert f"the rest is kept as {session.log.id}" in parting[0]
    await (await Store.open(path)).close()  # the disk has room again
    library = Library(path)
    assert {s.id: s.text for s in library.debate(session.log.id).statements.values()} == said
    library.close()


async def test_a_debate_that_no_screen_shows_is_interrupted_too(tmp_path: Path) -> None:
    async with ScriptedEndpoint(debate_script(), pace=SLOW) as server:
        store = await Store.open(tmp_path / "debates.db")
        session = await start(store, Order("Why?", choice=Choice(server.url)), config_in(tmp_path))
        run = asyncio.create_task(session.run())
        await server.wait_for(lambda requests: len(requests) == 4)
        parting: list[str] = []
        assert await leaving.interrupt(session, tmp_path / "debates.db", parting)
        assert session.log.debate.outcome == "interrupted"
        assert session.log.id in parting[0]
        assert not await leaving.interrupt(session, tmp_path / "debates.db", parting)
        assert len(parting) == 1
        await run
        await session.close()
        await store.close()


async def test_leaving_the_debate_lands_in_the_library_where_it_can_be_continued(tmp_path: Path) -> None:
    async with ordered(tmp_path, SLOW) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: app.screen is app.shelf and app.shelf.current)
        assert app.shelf.current
        assert app.shelf.current.state == "interrupted"
        first = app.session
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, DebateScreen) and app.session is not first)
        assert len(app.screen_stack) == 2
        await app.leave()
        assert app.return_value == errors.INTERRUPTED


async def test_a_debate_that_ended_with_a_verdict_is_a_success(tmp_path: Path) -> None:
    async with ordered(tmp_path, auto=True) as (app, pilot):
        await until(pilot, lambda: app.session and app.session.log.debate.outcome == "finished")
        await pilot.press("ctrl+q")
        await ended(app, pilot)
        assert app.return_value == errors.VERDICT
        assert app.parting == []
    assert kept(tmp_path)[1] == "finished"


async def test_what_cannot_be_started_is_an_error_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("upverdict.core.builtin.available", lambda gguf=None: "It is not installed.")
    nobody = Order("Tea?", council=("nobody", "builder"), choice=Choice("claude"))
    for order, code in ((Order("Tea?"), 3), (nobody, 2)):
        async with showing(tmp_path, order=order) as (app, pilot):
            await ended(app, pilot)
            assert app.return_value == code
            assert app.failure
            assert app.failure.exit_code == code


def test_run_gives_the_exit_code_and_tells_the_rest_on_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def pretend(app: UpverdictApp) -> int:
        app.parting.append("Kept as 1.")
        if app.order is not None:
            app.failure = StoreError("No.", "readonly")
        return 7

    monkeypatch.setattr(app_module, "_hold", pretend)
    assert app_module.run(config_in(tmp_path), None) == 7
    assert capsys.readouterr().err == "Kept as 1.\n"
    with pytest.raises(StoreError, match="No"):
        app_module.run(config_in(tmp_path), Order("Tea?"))


async def test_a_library_that_was_looked_at_ends_well(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await pilot.press("q")
        await ended(app, pilot)
        assert app.return_value == errors.VERDICT


# -- trouble ----------------------------------------------------------------------------------------------------------


async def test_a_disk_that_is_full_stops_the_debate_and_says_so(tmp_path: Path) -> None:
    async with ordered(tmp_path, SLOW) as (app, pilot):
        store = await app.store()
        assert store.on_error
        store.on_error(StoreError("The disk is full.", "full"))
        await until(pilot, lambda: app.session and app.session.log.debate.outcome == "interrupted")
        await until(pilot, lambda: "The disk is full." in screen_text(app))
        await pilot.press("ctrl+q")
        await ended(app, pilot)
        assert app.return_value == errors.NO_VERDICT


async def test_a_file_that_cannot_be_written_can_still_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await keep(tmp_path / "debates.db", debate(0, state="interrupted"))

    async def refuse(*_: Any) -> Store:
        raise StoreError("debates.db is [b]read-only[/b].", "readonly")

    monkeypatch.setattr(Store, "open", refuse)
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await app.delete_debate("d99999")
        await app.continue_debate("d99999")
        assert app.told == ["debates.db is [b]read-only[/b]."] * 2
        await app.open_debate("d99999")
        await until(pilot, lambda: app.screen is not app.shelf)
        assert "Question 0?" in screen_text(app)


async def test_services_say_what_is_not_there(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await app.open_debate("nothing")
        await app.delete_debate("nothing")
        await app.continue_debate("nothing")
        await app.continue_debate("d99999")
        await app.undo()
        assert ["not there any more" in words for words in app.told] == [True, True, True, False]
        assert "has its verdict" in app.told[3]
        assert app.screen is app.shelf


async def test_a_mistake_of_ours_is_a_sentence_without_the_values_of_variables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        secret = "sk-secret"
        raise RuntimeError(secret)

    async def meet() -> None:
        async with showing(tmp_path) as (app, pilot):
            app.call_later(broken)
            await pilot.pause()

    with pytest.raises(leaving.Unexpected) as told:
        await meet()
    assert isinstance(told.value.__cause__, RuntimeError)
    printed = capsys.readouterr().err
    assert "something unexpected happened (RuntimeError)" in printed.replace("\n", " ")
    assert "sk-secret" not in printed


async def test_a_traceback_that_was_asked_for_shows_no_values_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        secret = "sk-secret"
        raise RuntimeError(str(len(secret)))

    async def meet() -> None:
        async with showing(tmp_path) as (app, pilot):
            app.debug_wanted = True
            app.call_later(broken)
            await pilot.pause()

    with pytest.raises(leaving.Unexpected):
        await meet()
    printed = capsys.readouterr().err
    assert "Traceback" in printed
    assert "in broken" in printed
    assert "'sk-secret'" not in printed


# -- keys -------------------------------------------------------------------------------------------------------------


async def walked(app: Shown, pilot: Pilot[int], screen: Screen[Any]) -> set[tuple[str, str]]:
    """Every key that works somewhere on a screen, with what it is called, as Textual itself tells it: but for those
    that would scroll what has nothing to scroll."""
    found = set()
    for widget in [None, *screen.focus_chain]:
        screen.set_focus(widget, scroll_visible=False)
        await pilot.pause()
        for active in screen.active_bindings.values():
            known = active.binding.description and not active.binding.system
            if known and not never_scrolls(active.node, active.binding.action):
                found.add((word(active.binding.key), active.binding.action))
    return found


async def on_screen(app: Shown, pilot: Pilot[int], which: str) -> Screen[Any]:
    await until(pilot, lambda: app.shelf.current)
    if which == "new":
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewScreen))
    elif which == "debate":
        await app.open_debate("d99998")
    elif which == "verdict":
        await app.open_debate("d99999")
    elif which == "search":
        await pilot.press("slash", *"answer")
        await until(pilot, lambda: app.shelf.searching)
    await pilot.pause()
    return app.screen


@pytest.mark.parametrize("which", ["library", "search", "new", "debate", "verdict"])
async def test_the_help_lists_every_key(tmp_path: Path, which: str) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1, state="interrupted"))
    async with showing(tmp_path) as (app, pilot):
        screen = await on_screen(app, pilot, which)
        works = await walked(app, pilot, screen)
        listed = {(key, command.action) for command in commands(screen) for key in command.keys}
        assert works <= listed
        assert len(works) > 10
        screen.set_focus(None)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        paper = Console(width=200, file=io.StringIO())
        paper.print(*(line.content for line in app.screen.query("#keys Static").results(Static)), markup=False)
        words = paper.file.getvalue()  # type: ignore[attr-defined]
        for command in commands(screen):
            assert command.what in words
            assert "  ".join(command.keys) in words or "pane(" in command.action
        panes = [command.keys[0] for command in commands(screen) if "pane(" in command.action and command.enabled]
        assert in_words(panes) in words
        if which == "verdict":
            assert len(re.findall(r"^Enter\b", words, re.MULTILINE)) == 1, "all that it is for stands together"
            assert not re.search(r"^ +Not now", words, re.MULTILINE), "no key answers that"
        if which in ("library", "search"):
            order = ["In the search line", "What can be searched for", "In a list", "In a field of text"]
            assert sorted(order, key=words.index) == order, "what can be typed stands beside the keys of its line"
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_the_help_says_what_does_nothing_now(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        offered = {command.name: command.enabled for command in commands(app.screen)}
        assert offered["Open this debate"]
        assert not offered["Continue this debate"]
        await pilot.press("question_mark")
        await until(pilot, lambda: "Not now" in screen_text(app))
        below = screen_text(app).partition("Not now")[2]
        assert "still lacks" in below
        assert "Start a debate" in screen_text(app)
        assert "Start a debate" not in below


async def test_the_help_says_which_keys_are_letters_while_one_writes(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, (100, 60)) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, SearchInput))
        line = {key.name for key in app.screen.query_one(KeysLine).shown}
        await pilot.press("f1")
        await until(pilot, lambda: TYPED in screen_text(app))
        now, _, below = screen_text(app).partition(TYPED)
        for can, words in (
            (True, "Ctrl+N"),
            (False, "Delete the debate at the cursor"),
            (False, "Put the debate at the cursor away"),
            (False, "Show only debates that stand so"),
        ):
            assert (words in now) is can, words
        assert {"delete", "archive", "state"}.isdisjoint(line)
        typed = below.partition("Not now")[0]
        assert "Delete the debate at the cursor" in typed
        assert "Ask only what the debate still lacks" not in typed
        await pilot.press("escape")
        assert "Delete this debate" in {c.title for c in app.get_system_commands(app.screen)}, "not by a key"


def test_many_panes_are_told_by_the_first_and_the_last() -> None:
    assert in_words(["1", "2", "3", "4", "5"]) == "1 to 5"
    assert in_words(["r", "i"]) == "r  i"


@pytest.mark.parametrize("which", ["library", "new", "debate", "verdict"])
async def test_every_action_is_in_the_palette_and_does_it(tmp_path: Path, which: str) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1, state="interrupted"))
    async with showing(tmp_path) as (app, pilot):
        screen = await on_screen(app, pilot, which)
        offered: dict[str, SystemCommand] = {c.title: c for c in app.get_system_commands(screen)}
        wanted = {c.name for c in commands(screen) if c.enabled and not c.basic and c.id != "app.palette"}
        assert wanted <= offered.keys()
        assert {"Leave the program", "Help", "Theme"} <= offered.keys()
        order = [name for name in offered if name in ("Next field or pane", "Leave the program")]
        assert order[0] == "Leave the program", "what a key does sooner comes last"
        offered["Help"].callback()
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_an_action_from_the_palette_is_done_on_the_screen_beneath(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen is not app.shelf)
        await pilot.press(*"delete")
        await until(pilot, lambda: "Delete this debate" in screen_text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, Confirm))


async def test_quick_keys_in_the_palette_do_one_thing_once(tmp_path: Path) -> None:
    """As fast as a terminal pastes them: nothing else happens between two keys."""
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        beneath = app.screen_stack
        for key in ("pageup", "pagedown"):
            app.simulate_key("ctrl+p")
            app.simulate_key(key)
            await until(pilot, lambda: isinstance(app.screen, Palette))
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.shelf)
        await pilot.press("ctrl+p", *"new deb")
        await until(pilot, lambda: "New debate" in screen_text(app))
        for key in ("down", "enter", "enter", "enter"):
            app.simulate_key(key)
        await until(pilot, lambda: isinstance(app.screen, NewScreen))
        await pilot.pause()
        assert app.screen_stack == [*beneath, app.screen]


async def test_the_help_opens_as_often_as_it_is_asked_for(tmp_path: Path) -> None:
    """Also while the one before is still being taken down."""
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        for _ in range(3):
            opening = asyncio.create_task(app.run_action("help"))
            await until(pilot, lambda: isinstance(app.screen, HelpScreen))
            app.screen.dismiss(None)
            await opening
        await until(pilot, lambda: app.screen is app.shelf)


async def test_a_question_that_is_answered_before_it_is_drawn_ends_nothing(tmp_path: Path) -> None:
    async with showing(tmp_path) as (app, pilot):
        for _ in range(5):
            app.push_screen(Confirm("Sure?"))
            app.screen.dismiss(False)
            await pilot.pause()
        await until(pilot, lambda: app.screen is app.shelf)


async def test_the_last_line_is_clicked_and_gives_way_on_a_narrow_screen(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, (38, 20)) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        line = app.screen.query_one(KeysLine)
        await until(pilot, lambda: line.shown)
        assert [key.name for key in line.shown] == ["quit", "help", "palette"], "never without the way out"
        begin = screen_text(app).splitlines()[-1].index("?")
        await pilot.click(line, offset=(begin, 0))
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_a_question_can_be_answered_with_every_key_and_the_mouse(tmp_path: Path) -> None:
    async with showing(tmp_path, WIDE) as (app, pilot):
        answers: list[bool | None] = []
        for keys in (["y"], ["n"], ["escape"], ["enter"], ["left", "enter"]):
            await app.push_screen(Confirm("Sure [b]or not[/b]?", "It is for ever."), answers.append)
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            assert "Sure [b]or not[/b]?" in screen_text(app)
            await pilot.press(*keys)
            await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert answers == [True, False, False, False, True], "the safe answer has the keys at first"
        await app.push_screen(Confirm("Away with it?", danger=True), answers.append)
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: len(answers) == 6)
        await app.push_screen(Confirm("Really?"), answers.append)
        await pilot.pause()
        await pilot.click("#yes")
        await until(pilot, lambda: len(answers) == 7)
        await app.push_screen(Confirm("Really?"), answers.append)
        await pilot.pause()
        await pilot.click(offset=(1, 1))
        await until(pilot, lambda: len(answers) == 8)
        assert answers[5:] == [False, True, False]
        await app.push_screen(Confirm("Really?"), answers.append)
        line = app.screen.query_one(KeysLine)
        await until(pilot, lambda: line.shown)
        await pilot.click(line, offset=(screen_text(app).splitlines()[-1].index("yes"), 0))
        await until(pilot, lambda: len(answers) == 9)
        assert answers[8], "a key that is clicked is that key, not a click beside the box"


def test_the_signature_is_the_one_that_the_command_line_calls() -> None:
    config = Config(folder=Path("nowhere"), db=Path("nowhere.db"))
    assert UpverdictApp(config, None).order is None


async def test_ctrl_c_says_what_leaves(tmp_path: Path) -> None:
    async with showing(tmp_path) as (app, pilot):
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.told == ["Ctrl+Q leaves the program; every word is kept."])
