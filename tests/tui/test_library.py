"""The library: a window of any number of debates, search as one types, and what can be done with a debate."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Static

from tests.scripted import Pace, ScriptedEndpoint, debate_script
from tests.tui.shelf import debate, found, keep, listed, names, showing
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, screen_text, text_of, until
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.session import Choice, Order
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.values import replace
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.preview import Glance, Preview, brief, glance
from upverdict.tui.widgets.question import QuestionField
from upverdict.tui.widgets.title_line import TitleLine

# -- the screen -------------------------------------------------------------------------------------------------------


async def test_the_whole_list_can_be_gone_through_and_back(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(310)))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 310)
        rows = app.shelf.debates
        assert app.shelf.query_one(TitleLine).aside == "310 debates"
        assert "Question 0?" in screen_text(app)
        await pilot.press("end")
        await until(pilot, lambda: rows.current and rows.current.question == "Question 309?")
        await until(pilot, lambda: "Question 309?" in screen_text(app) and "Question 0?" not in screen_text(app))
        seen = set()
        while rows.cursor:
            await until(pilot, lambda: all(rows._pages.row(n) for n in rows.in_sight))
            seen |= {rows._pages.row(n).question for n in rows.in_sight if rows._pages.row(n)}  # type: ignore[union-attr]
            await pilot.press("pageup")
        await pilot.pause()
        seen |= {rows._pages.row(n).question for n in rows.in_sight if rows._pages.row(n)}  # type: ignore[union-attr]
        assert seen == {f"Question {n}?" for n in range(310)}
        assert rows.current
        assert rows.current.question == "Question 0?"


async def test_keys_move_by_rows_and_the_mouse_does_too(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(120)))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 120)
        rows = app.shelf.debates
        await pilot.press("j", "j", "down", "k")
        assert rows.cursor == 2
        await pilot.click(rows, offset=(5, 7))
        assert rows.cursor == 7
        await pilot._post_mouse_events([_wheel()], rows, offset=(5, 7))
        await until(pilot, lambda: rows.scroll_y > 0, "the wheel scrolls")
        assert rows.cursor == 7  # looking further down chooses nothing
        await pilot.click(rows, offset=(5, 3), times=2)
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


async def test_enter_opens_the_verdict_and_coming_back_keeps_the_place(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(130)))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 130)
        await pilot.press("end", "up", "up")
        await until(pilot, lambda: app.shelf.current and app.shelf.current.question == "Question 127?")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        await keep(tmp_path / "debates.db", debate(-1, "From another window?"))
        await pilot.press("escape")
        await until(pilot, lambda: app.shelf.debates.length == 131, "the new debate is counted")
        assert app.shelf.current
        assert app.shelf.current.question == "Question 127?"
        await pilot.press("home")
        await until(pilot, lambda: "From another window?" in screen_text(app))


async def test_back_from_a_new_debate_the_cursor_is_at_it(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(1, 71)))
    async with (
        ScriptedEndpoint(debate_script(), pace=Pace(tokens_per_second=20)) as server,
        showing(tmp_path, endpoint=server.url) as (app, pilot),
    ):
        await listed(app, pilot, 70)
        await pilot.press("end")
        await until(pilot, lambda: app.shelf.current and app.shelf.current.question == "Question 70?")
        await app.start_debate(Order(question="Just begun?", choice=Choice(server.url)))
        await until(pilot, lambda: isinstance(app.screen, DebateScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: app.shelf.current and app.shelf.current.question == "Just begun?")


async def test_refresh_shows_what_another_window_wrote(tmp_path: Path) -> None:
    db = tmp_path / "debates.db"
    await keep(db, debate(1), debate(2))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        store = await Store.open(db)
        recorder = store.recorder("d99999")
        for event in debate(0, "Held elsewhere?", "interrupted")[:-1]:
            recorder.put(event)
        await recorder.flush()
        await pilot.press("r")
        await listed(app, pilot, 3)
        await pilot.press("home")
        await until(pilot, lambda: app.shelf.current and app.shelf.current.question == "Held elsewhere?")
        assert " running " in screen_text(app)
        assert "continue" not in names(app)
        await recorder.close()
        await store.close()
        await pilot.press("r")
        await until(pilot, lambda: "continue" in names(app), "it is interrupted now")
        await until(pilot, lambda: " running " not in screen_text(app))


async def test_a_debate_that_another_window_writes_is_read_as_it_grows(tmp_path: Path) -> None:
    db = tmp_path / "debates.db"
    store = await Store.open(db)
    recorder = store.recorder("d99999")
    events = debate(0, said="A plain answer.")
    writing = next(n for n, e in enumerate(events) if isinstance(e, ev.StatementFinished))
    for event in events[:writing]:
        recorder.put(event)
    await recorder.flush()
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await pilot.press("enter")
        await until(pilot, lambda: "It is being written in another window." in screen_text(app))
        shown = screen_text(app)
        assert "Interrupted" not in shown
        assert "not asked" not in shown
        assert "r shows what has come since" in shown
        await pilot.press("r")
        await until(pilot, lambda: app.told == ["Nothing has come since."])
        for event in events[writing : writing + 3]:
            recorder.put(event)
        await recorder.flush()
        await pilot.press("r")
        await until(pilot, lambda: screen_text(app).count("A plain answer.") == 2)
        assert screen_text(app).count("It is being written in another window.") == 1
        for event in events[writing + 3 :]:
            recorder.put(event)
        await recorder.close()
        await pilot.press("r")
        await until(pilot, lambda: "The verdict is in. o opens it" in screen_text(app))
        await until(pilot, lambda: "another window" not in screen_text(app) and "refresh" not in names(app))
        await pilot.press("o")
        await until(pilot, lambda: "Headline 0" in screen_text(app))
    await store.close()


async def test_a_debate_that_came_no_further_than_its_frame_says_so(tmp_path: Path) -> None:
    begun = replace(debate(0)[0], depth="standard")  # type: ignore[type-var]
    await keep(
        tmp_path / "debates.db", [begun, replace(ev.DebateInterrupted(), seq=2, at=begun.at, debate=begun.debate)]
    )
    async with showing(tmp_path, WIDE) as (app, pilot):
        await listed(app, pilot, 1)
        await until(pilot, lambda: "2 voices · frame only" in screen_text(app))


async def test_continue_is_offered_only_where_it_applies(tmp_path: Path) -> None:
    states = ("finished", "interrupted", "failed")
    await keep(tmp_path / "debates.db", *(debate(n, state=state) for n, state in enumerate(states)))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 3)
        asked: list[str] = []
        app.continue_debate = _noting(asked)  # type: ignore[method-assign]
        await until(pilot, lambda: "open" in names(app))
        assert "continue" not in names(app)
        await pilot.press("c", "down")
        await until(pilot, lambda: names(app).get("continue") == "c")
        await pilot.press("c")
        await until(pilot, lambda: asked == ["d99998"])
        await pilot.press("down", "c")
        await until(pilot, lambda: asked == ["d99998", "d99997"])


def _noting(asked: list[str]) -> Any:
    async def note(id: str, *more: str) -> None:
        asked.append(id)

    return note


async def test_delete_asks_and_can_be_undone(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(3)))
    async with showing(tmp_path, notes=True) as (app, pilot):
        await listed(app, pilot, 3)
        await pilot.press("down", "d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "Question 1?" in screen_text(app)
        await pilot.press("enter")  # the safe answer has the keys
        await until(pilot, lambda: app.screen is app.shelf)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await listed(app, pilot, 2)
        assert app.shelf.query_one(TitleLine).aside == "2 debates"
        assert app.shelf.current
        assert app.shelf.current.question == "Question 2?"
        assert "Question 1?" in app.told[-1]
        await until(pilot, lambda: "undo" in names(app))
        await until(pilot, lambda: "Deleted “" in screen_text(app))
        await pilot.press("u")
        await listed(app, pilot, 3)
        assert "undo" not in names(app)
        await until(pilot, lambda: "is back." in screen_text(app))
        assert "Deleted “" not in screen_text(app), "what was undone is told no more"
        await until(pilot, lambda: app.shelf.current and app.shelf.current.question == "Question 1?", "back at it")
    assert [row.question for row in Library(tmp_path / "debates.db").page()] == [f"Question {n}?" for n in range(3)]


async def test_what_is_typed_for_a_box_that_comes_up_deletes_nothing(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    comes = asyncio.Event()

    async def box() -> None:
        await comes.wait()

    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        app.serve(box)
        await pilot.press("d", "y")
        assert app.screen is app.shelf
        comes.set()
        await until(pilot, lambda: not app.serving)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))


async def test_what_was_deleted_is_gone_for_good_when_the_program_has_ended(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await app.delete_debate("d99999")
        await listed(app, pilot, 1)
    store = await Store.open(tmp_path / "debates.db")
    with pytest.raises(NoSuchDebate):
        await store.undelete("d99999")
    await store.close()


async def test_a_debate_that_is_held_elsewhere_is_not_deleted(tmp_path: Path) -> None:
    db = tmp_path / "debates.db"
    store = await Store.open(db)
    recorder = store.recorder("d99999")
    for event in debate(0, state="interrupted")[:-1]:
        recorder.put(event)
    await recorder.flush()
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await app.delete_debate("d99999")
        await app.continue_debate("d99999")
        assert app.deleted == []
        assert ["another window" in words for words in app.told] == [True, True]
    await store.close()


async def test_s_goes_through_the_states(tmp_path: Path) -> None:
    states = ("finished", "interrupted", "finished", "failed")
    await keep(tmp_path / "debates.db", *(debate(n, state=state) for n, state in enumerate(states)))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 4)
        seen = []
        for _ in range(5):
            await pilot.press("s")
            await app.workers.wait_for_complete()
            await until(pilot, lambda: app.shelf.debates.complete)
            questions = [app.shelf.debates._pages.row(n) for n in range(app.shelf.debates.length)]
            seen.append((app.shelf.query_one(TitleLine).aside, [row and row.question for row in questions]))
        assert seen[0] == ("4 debates · only interrupted: 1", ["Question 1?"])
        assert seen[1] == ("4 debates · only failed: 1", ["Question 3?"])
        assert seen[2] == ("4 debates · only finished: 2", ["Question 0?", "Question 2?"])
        assert seen[3] == ("4 debates · only running: 0", [])
        assert seen[4] == ("4 debates", [f"Question {n}?" for n in range(4)])


# -- the glance -------------------------------------------------------------------------------------------------------


async def test_the_glance_shows_the_debate_at_the_cursor_when_it_rests(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(20)), debate(20, state="interrupted"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 21)
        preview = app.shelf.query_one(Preview)
        await until(pilot, lambda: preview.shown == "d99999")
        shown = screen_text(app)
        for words in ("Headline 0", "Decision 0.", "B The Builder", "S The Skeptic", "2 voices · openings only"):
            assert words in shown
        await pilot.press(*["down"] * 19, "down")
        await until(pilot, lambda: preview.shown == "d99979")
        assert "c asks only what is missing" in screen_text(app)


async def test_a_glance_of_how_a_debate_stood_gives_way_to_how_it_stands(tmp_path: Path) -> None:
    """On the way to what was read anew, the row as it was may be asked for once more."""
    await keep(tmp_path / "debates.db", debate(0, state="interrupted"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        preview = app.shelf.preview
        preview.want(("d99999", "running"), app.shelf._unfold)
        await until(pilot, lambda: "Another window is at this debate" in screen_text(app))
        preview.want(("d99999", "interrupted"), app.shelf._unfold)
        await until(pilot, lambda: "c asks only what is missing" in screen_text(app))


async def test_the_glance_shows_words_and_no_marks(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0, said="A **plain** answer in `code`.", state="interrupted"))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: "says: A plain answer in code." in screen_text(app))


def test_a_glance_says_its_headline_once_and_where_it_is_cut() -> None:
    told = debate(0)
    ruled = next(e for e in told if isinstance(e, ev.VerdictRuled))
    ruling = replace(ruled.ruling, headline="You should wait.", decision="You should wait. " + "Then look again. " * 20)
    seen = glance(Debate.fold([replace(ruled, ruling=ruling) if e is ruled else e for e in told]), "finished")
    assert seen.standing.startswith("finished · ")
    head, came, stands = brief(seen, 40, 4)
    assert (head, came.count("\n"), came[:11]) == ("You should wait.", 1, "Then look a")
    assert came.endswith("…")
    assert (len(stands), stands[-1]) == (40, "…")
    assert glance(Debate.fold(told), "finished").decision == "Decision 0.", "another sentence stays whole"
    assert brief(seen, 40, 1) == ("You should wait.", "", "")


async def test_two_glances_are_never_loaded_at_once_and_the_last_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(9)))
    at_work, most, loaded = [], [0], []
    first, go = threading.Event(), threading.Event()
    fold = Library.debate

    def slow(self: Library, id: str) -> Any:
        at_work.append(id)
        most[0] = max(most[0], len(at_work))
        first.set()
        assert go.wait(20)
        loaded.append(id)
        at_work.remove(id)
        return fold(self, id)

    def watched(self: Preview, glance: Glance) -> None:
        shown.append(glance.id)
        show(self, glance)

    shown: list[str] = []
    show = Preview.show
    monkeypatch.setattr(Preview, "show", watched)
    monkeypatch.setattr(Library, "debate", slow)
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 9)
        await until(pilot, first.is_set)
        for _ in range(8):
            await pilot.press("down")
            await pilot.pause(0.07)  # long enough for the cursor to rest on each
        go.set()
        preview = app.shelf.query_one(Preview)
        await until(pilot, lambda: preview.shown == "d99991")
        assert loaded == ["d99999", "d99991"]
        assert shown == ["d99991"]
        assert most == [1]


# -- first start, trouble, sizes --------------------------------------------------------------------------------------


async def test_an_empty_library_says_what_this_is_and_starts_with_a_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: "credential from ANTHROPIC_API_KEY" in screen_text(app))
        shown = screen_text(app)
        assert "Four advisors argue your question" in shown
        assert "the default" in shown
        assert "sk-secret" not in shown
        assert app.shelf.query_one(TitleLine).aside == "no debate yet"
        orders: list[Order] = []

        async def start(order: Order) -> None:
            orders.append(order)

        app.start_debate = start  # type: ignore[method-assign]
        assert isinstance(app.focused, QuestionField)
        await pilot.press(*"Tea", "space", *"or", "space", *"coffee", "question_mark", "enter")
        await until(pilot, lambda: orders)
        assert orders == [Order(question="Tea or coffee?")]


async def test_an_empty_library_without_anything_to_talk_to_is_no_dead_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upverdict.core.builtin.available", lambda gguf=None: "The built-in model is not installed.")
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: "Any one of these will do" in screen_text(app))
        await pilot.press(*"Why", "enter")
        await until(pilot, lambda: "Nothing can answer yet" in text_of(app.shelf, "#problem"))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen is not app.shelf)
        assert app.screen.query_one(QuestionField).text == "Why"


async def test_a_debate_that_another_window_deleted_is_said_to_be_gone_and_goes_from_the_list(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        store = await Store.open(tmp_path / "debates.db")
        await store.delete(app.shelf.current.id)
        await store.close()
        await pilot.press("enter")
        await listed(app, pilot, 1)
        assert "deleted in another window" in app.told[-1]


async def test_the_last_debate_deleted_and_brought_back(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await app.delete_debate("d99999")
        await until(pilot, lambda: "Four advisors argue" in screen_text(app))
        await pilot.press("escape", "u")
        await listed(app, pilot, 1)
        await until(pilot, lambda: "Question 0?" in screen_text(app) and "Four advisors" not in screen_text(app))


async def test_a_file_that_cannot_be_read_is_said_and_tried_again(tmp_path: Path) -> None:
    db = tmp_path / "debates.db"
    db.write_bytes(b"this is no database at all, but a letter to a friend")
    async with showing(tmp_path, SMALL) as (app, pilot):
        await until(pilot, lambda: "is not an SQLite file" in text_of(app.shelf, "#sorry"))
        assert "r tries again" in screen_text(app)
        assert set(names(app)) == {"new", "refresh", "quit", "help", "palette"}
        db.unlink()
        await keep(db, debate(0))
        await pilot.press("r")
        await listed(app, pilot, 1)
        await until(pilot, lambda: "Question 0?" in screen_text(app))
        await until(pilot, lambda: "Headline 0" in screen_text(app) and "Decision 0." in screen_text(app))
        assert app.shelf.debates.size.height >= 8, "what came of a debate is in sight here, too, below the list"


async def test_a_file_that_is_damaged_meanwhile_is_said_in_place_of_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await found(app, pilot, "answer", 2)

        def damaged(self: Library, day: str) -> int:
            raise StoreError("debates.db is damaged.", "damaged")

        monkeypatch.setattr(Library, "stock", damaged)
        app.shelf.refresh_list()
        await until(pilot, lambda: "debates.db is damaged." in screen_text(app))
        assert app.shelf.current is None
        assert not app.shelf.searching
        assert "Question 0?" not in screen_text(app)
        monkeypatch.undo()
        await pilot.press("r")
        await until(pilot, lambda: "Question 0?" in screen_text(app))


async def test_text_of_others_is_shown_as_text(tmp_path: Path) -> None:
    evil = "[red]not[/red] markup \x1b[2J\x1b]0;title\x07 end of it"
    await keep(tmp_path / "debates.db", debate(0, evil, said=f"Words {evil}"))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await until(pilot, lambda: app.shelf.query_one(Preview).shown)
        await found(app, pilot, "end", 1)
        shown = screen_text(app)
        assert "[red]not[/red] markup" in shown
        assert "\x1b" not in shown
        assert "\x07" not in shown
        await app.delete_debate("d99999")
        assert "[red]not[/red]" in app.told[-1]


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL, NARROW])
async def test_it_fits_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    await keep(
        tmp_path / "debates.db",
        debate(0, "A question that is much longer than any list beside a preview could ever show in one line" * 3),
        *(debate(n, state="interrupted") for n in range(1, 60)),
    )
    async with showing(tmp_path, size) as (app, pilot):
        await listed(app, pilot, 60)
        await pilot.press("down")
        await until(pilot, lambda: "continue" in names(app))
        shown = screen_text(app)
        assert "60 debates" in shown
        assert "interrupted" in shown
        preview, debates = app.shelf.query_one(Preview), app.shelf.debates
        below = preview.region.y >= debates.region.bottom
        assert preview.display, "beside the list, or in a few rows below it"
        assert below == (size[0] < 100)
        assert debates.size.height >= 8
        assert {"help", "palette"} <= set(names(app))
        for line in shown.splitlines():
            assert len(line) <= size[0]
        await found(app, pilot, "answer", 50)
        assert "answer" in screen_text(app)


async def test_growing_and_shrinking_keeps_the_cursor_in_sight(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(90)))
    async with showing(tmp_path, WIDE) as (app, pilot):
        await listed(app, pilot, 90)
        await pilot.press(*["down"] * 35)
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: app.shelf.debates.cursor in app.shelf.debates.in_sight)
        assert "Question 35?" in screen_text(app)
        await pilot.resize_terminal(*WIDE)
        await until(pilot, lambda: app.shelf.query_one(Preview).display)
        assert app.shelf.query_one("#sorry", Static).display is False
