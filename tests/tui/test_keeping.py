"""Debates are kept from the library and from a verdict's page: tags, names, decisions, the archive, what is due."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.tui.fronts import sections
from tests.tui.shelf import Shown, debate, keep, kept_as, listed, names, showing
from tests.tui.stage import click, screen_text, text_of, until
from upverdict.core import events as ev
from upverdict.core import shelving
from upverdict.core.folded import Shelf
from upverdict.core.log import Log
from upverdict.core.store import live
from upverdict.core.store.reader import Library
from upverdict.core.values import replace
from upverdict.tui.screens.keeping import Decision, NameAndNote
from upverdict.tui.screens.tags import TagFilter, TagsScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.preview import due_now
from upverdict.tui.widgets.shelf_parts import DECIDED
from upverdict.tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from upverdict.core.session import Session

FIRST, SECOND = "d99999", "d99998"
DUE = ev.RevisitSet(conditions=(ev.Revisit("2026-01-01", "the prices double."),))


def shelf_of(folder: Path, id: str) -> Shelf:
    library = Library(folder / "debates.db")
    try:
        return library.debate(id).shelf
    finally:
        library.close()


def aside(app: Shown) -> str:
    return app.shelf.query_one(TitleLine).aside


async def opened(app: Shown, pilot: Pilot[int], key: str, kind: type[Any]) -> Any:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, kind), kind.__name__)
    return app.screen


async def closed(app: Shown, pilot: Pilot[int]) -> None:
    await until(pilot, lambda: app.screen is app.shelf, "back in the library")


async def test_tags_are_written_chosen_and_filtered_by(tmp_path: Path) -> None:
    kept = kept_as(debate(1), ev.DebateTagged(tags=("home", "work")))
    await keep(tmp_path / "debates.db", debate(0), kept, debate(2))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 3)
        screen = await opened(app, pilot, "t", TagsScreen)
        assert screen.rows.values == ("home", "work")
        await pilot.press(*"WO")
        await until(pilot, lambda: screen.rows.values == ("work",), "the letters of a tag")
        await pilot.press(*"rk, new", "enter")
        await until(pilot, lambda: screen.rows.chosen == ("new", "work"))
        await pilot.press(*'"', "enter")
        await until(pilot, lambda: "is no tag" in screen_text(app))
        await pilot.press("backspace", "tab", "down", "down", "space")  # the row of `home`
        await until(pilot, lambda: screen.rows.chosen == ("home", "new", "work"))
        await click(app, pilot, "] new")
        await until(pilot, lambda: screen.rows.chosen == ("home", "work"))
        await pilot.press("escape")
        await closed(app, pilot)
        assert shelf_of(tmp_path, FIRST).tags == ("home", "work")
        await until(pilot, lambda: screen_text(app).count("#home  #work") == 2, "in both rows")
        await opened(app, pilot, "T", TagFilter)
        for key in (*"ho", "enter"):  # at once, as a terminal hands on what was pasted or typed ahead
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await listed(app, pilot, 2)
        assert aside(app) == "3 debates · tagged home: 2"
        await pilot.press("s")
        await until(pilot, lambda: "only interrupted, tagged home" in aside(app))
        await until(pilot, lambda: "No debate to show: only interrupted, tagged home. s or T" in screen_text(app))
        await opened(app, pilot, "T", TagFilter)
        await pilot.press("tab", "home", "enter")
        await until(pilot, lambda: aside(app) == "3 debates · only interrupted: 0")


async def test_what_is_archived_is_out_of_the_list_and_comes_back(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await pilot.press("a")
        await listed(app, pilot, 1)
        assert aside(app) == "1 debate"
        assert "Archived “Question 0?”. u takes it back." in app.told
        await pilot.press("a")
        await until(pilot, lambda: "Every debate is archived. s shows them." in screen_text(app))
        await pilot.press(*"ssss")  # interrupted, failed, finished, running
        await pilot.press("s")
        await listed(app, pilot, 2)
        assert aside(app) == "0 debates · only archived: 2"
        await until(pilot, lambda: names(app).get("take back") == "a")
        await pilot.press("a")
        await listed(app, pilot, 1)
        await pilot.press("u")  # not what was taken back already
        await until(pilot, lambda: "2 debates" in aside(app))
        assert "undo" not in names(app)
        await pilot.press("s")
        await listed(app, pilot, 2)
        await pilot.press("d")
        await until(pilot, lambda: "Delete “Question 0?” " in screen_text(app))
        await pilot.press("y")
        await listed(app, pilot, 1)
        await pilot.press("a")
        await until(pilot, lambda: not app.shelf.debates.length)
        await pilot.press("u", "u")
        await until(pilot, lambda: len(app.taken) < 2)
        await pilot.press("u")
        await listed(app, pilot, 2)


def test_what_comes_due_today_is_not_due_since_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upverdict.tui.widgets.preview.today", lambda: "2026-11-26")
    keys = "(w sets another day)"
    for when, words in (
        ("2026-11-25", f"To be looked at again since 2026-11-25 {keys}: it rains."),
        ("2026-11-26", f"To be looked at again today {keys}: it rains."),
        ("2026-11-27", ""),
    ):
        shelf = Shelf()
        shelf.revisit = (ev.Revisit(when, "it rains."),)
        assert due_now(shelf) == words


async def test_what_was_decided_stands_beside_the_verdict_and_what_is_due_is_told(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), kept_as(debate(1), DUE))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        assert aside(app) == "2 debates · 1 due"
        await pilot.press("s")
        await listed(app, pilot, 1)
        assert aside(app) == "2 debates · only due: 1"
        await until(
            pilot,
            lambda: "2026-01-01 (w sets another day): the prices double." in text_of(app.shelf.preview, "#glance"),
        )
        screen = await opened(app, pilot, "w", Decision)
        screen.query_one("#choice", TextArea).insert("We rent.")
        field = screen.query_one("#revisit", TextArea)
        field.insert("\n2020-01-01: never")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "2020-01-01 is over already" in screen_text(app))
        assert shelf_of(tmp_path, SECOND).choice == "", "nothing is kept in part"
        await pilot.press("escape")
        await until(pilot, lambda: "is not kept yet: Ctrl+S keeps it" in screen_text(app))
        field.text = "2099-01-01: the prices double\nwe have a team"
        await pilot.press("ctrl+s")
        await closed(app, pilot)
        await until(pilot, lambda: aside(app) == "2 debates · only due: 0")
        await pilot.press("s")
        kept = shelf_of(tmp_path, SECOND)
        assert (kept.choice, kept.due) == ("We rent.", "2099-01-01")
        await app.open_debate(SECOND)
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        shown = screen_text(app)
        for words in ("WHAT YOU DECIDED", "We rent.", "on 2099-01-01: the prices double", "if: we have a team"):
            assert words in shown
        screen = await opened(app, pilot, "w", Decision)
        await pilot.press(*"X", "escape", "escape")  # told once, then left
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        assert shelf_of(tmp_path, SECOND).choice == "We rent."


async def test_leaving_keeps_what_can_be_kept_and_says_the_rest(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        box = await opened(app, pilot, "w", Decision)
        for id, words in (("choice", "We rent."), ("outcome", "x" * 5_000), ("revisit", "2020-01-01: too \x1b[1mlate")):
            box.query_one(f"#{id}", TextArea).text = words
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.parting)
    shelf = shelf_of(tmp_path, FIRST)
    assert (shelf.choice, shelf.outcome, shelf.revisit) == ("We rent.", "", ())
    long, late = app.parting
    assert long.startswith(f"upverdict: Not kept with {FIRST}: {'x' * 5_000}\nThe outcome has 5,000 characters")
    assert late.startswith(f"upverdict: Not kept with {FIRST}: 2020-01-01: too late\n2020-01-01 is over already")


async def test_leaving_says_what_no_file_takes(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    lock = live.take(tmp_path / "debates.db", FIRST)
    assert lock is not None
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        box = await opened(app, pilot, "m", NameAndNote)
        box.query_one("#note", TextArea).text = "Ask the bank."
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.parting)
    live.release(tmp_path / "debates.db", FIRST, lock)
    assert app.parting[0].startswith(
        f"upverdict: Not kept with {FIRST}: Ask the bank.\nDebate {FIRST} is being debated"
    )


async def test_a_name_a_note_and_a_fact_to_look_for_are_written_on_the_page_of_a_verdict(tmp_path: Path) -> None:
    made = debate(0)
    (ruled,) = (e for e in made if isinstance(e, ev.VerdictRuled))
    flips = (shelving_flip("The prices double."), shelving_flip("A team is hired."))
    made[made.index(ruled)] = replace(ruled, ruling=replace(ruled.ruling, flips=flips))
    await keep(tmp_path / "debates.db", made)
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await app.open_debate(FIRST)
        await until(pilot, lambda: "What code can check" in sections(app))
        page: Any = app.screen
        await opened(app, pilot, "m", NameAndNote)
        await pilot.press(*"The house", "tab", *"Ask", "enter", *"them", "shift+tab", "enter")
        await until(pilot, lambda: app.screen is page and "You asked: Question 0?" in screen_text(app))
        assert "The house" in screen_text(app)
        kept = shelf_of(tmp_path, FIRST)
        assert (kept.title, kept.note) == ("The house", "Ask\nthem")
        await pilot.press("l")
        await until(pilot, lambda: page.page.current.kind == "flip", "to the first of the facts")
        assert "l on the fact that is to be looked for." in app.told
        await pilot.press("down")
        await opened(app, pilot, "l", Decision)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: (app.screen is page and "if: A team is hired." in screen_text(app)) or at(page))
        assert shelf_of(tmp_path, FIRST).revisit == (ev.Revisit("", "A team is hired."),)
        assert DECIDED in page.page.sections
        assert page.page.current.kind == "flip", "the keys stay where they are"


def at(page: Any) -> bool:
    return DECIDED in page.page.sections and page.shelf.revisit


def shelving_flip(fact: str) -> Any:
    from upverdict.core.rulings import Flip

    return Flip(fact, "")


async def test_a_debate_that_is_held_here_is_kept_by_its_own_log_and_one_held_elsewhere_not_at_all(
    tmp_path: Path,
) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        recorder = (await app.store()).recorder("261124-other")
        log = Log("261124-other", recorder)
        log.append(debate(1)[0])
        app.session = cast("Session", SimpleNamespace(log=log, recorder=recorder))
        assert await app.shelve(log.id, lambda d: shelving.tagged(d.shelf, ["now"]))
        assert log.debate.shelf.tags == app.library.row(log.id).tags == ("now",)
        assert app.library.row(log.id).state == "running"
        app.session = None
        await recorder.close()
        lock = live.take(tmp_path / "debates.db", FIRST)
        assert lock is not None
        assert not await app.shelve(FIRST, lambda d: shelving.tagged(d.shelf, ["now"]))
        live.release(tmp_path / "debates.db", FIRST, lock)
        assert f"Debate {FIRST} is being debated in another window." in app.told[-1]
        assert app.library.row(FIRST).tags == ()
