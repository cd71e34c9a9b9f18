"""The library: a window of any number of debates, search as one types, and what can be done with a debate."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.shelf import Shown, debate, keep, showing
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, screen_text, text_of, until
from upverdict.core.session import Order
from upverdict.core.store.errors import NoSuchDebate, Overtaken
from upverdict.core.store.reader import After, Hit, Library, Row
from upverdict.core.store.writer import Store
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets import library_pages
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.library_pages import PAGE, Pages
from upverdict.tui.widgets.plain import age, fit, window
from upverdict.tui.widgets.preview import Preview
from upverdict.tui.widgets.question import QuestionField
from upverdict.tui.widgets.search_line import SearchInput
from upverdict.tui.widgets.title_line import TitleLine

# -- the window, without a screen ---------------------------------------------------------------------------------------


def made_row(number: int) -> Row:
    return Row(f"d{number:06}", f"Question {number}", "finished", "", "", 4, 1, 8, f"{10**9 - number}", "")


class Shelf:
    """A list of rows that is read by keyset, and counts how."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.gone: set[int] = set()
        self.reads = 0

    def page(self, after: After | None, limit: int) -> list[Row]:
        self.reads += 1
        first = 0 if after is None else 10**9 - int(after[0]) + 1
        return [made_row(n) for n in range(first, self.count) if n not in self.gone][:limit]


def fill(pages: Pages, shelf: Shelf, wanted: range) -> None:
    while (span := pages.lacking(wanted)) is not None:
        pages.take(span, shelf.page(span.after, span.limit))


def test_the_end_of_a_long_list_is_reached_and_little_of_it_is_kept() -> None:
    shelf, pages = Shelf(100_000), Pages(100_000)
    fill(pages, shelf, range(0, 40))
    assert shelf.reads == 1
    fill(pages, shelf, range(99_950, 100_000))
    assert [pages.row(n) for n in range(99_950, 100_000)] == [made_row(n) for n in range(99_950, 100_000)]
    assert pages.held <= library_pages.KEPT_PAGES * PAGE
    assert len(pages._anchors) <= library_pages.ANCHORS + 1
    fill(pages, shelf, range(50_000, 50_040))
    assert pages.row(50_000) == made_row(50_000)
    assert pages.held <= library_pages.KEPT_PAGES * PAGE
    assert pages.length == 100_000


def test_going_on_page_by_page_reads_each_page_once() -> None:
    shelf, pages = Shelf(1_000), Pages(1_000)
    for first in range(0, 1_000, 20):
        fill(pages, shelf, range(first, first + 40))
    assert shelf.reads == 11  # ten full pages, and the one that says that there are no more
    assert pages.complete


def test_what_is_kept_does_not_grow_with_a_list_that_is_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_pages, "ANCHORS", 8)
    shelf, pages = Shelf(20_000), Pages(20_000)
    for first in range(0, 20_000, PAGE):
        fill(pages, shelf, range(first, first + 40))
        assert len(pages._anchors) <= 10
    fill(pages, shelf, range(7_777, 7_817))
    assert pages.row(7_777) == made_row(7_777)


def test_a_list_shorter_than_expected_tells_its_length_and_a_longer_one_too() -> None:
    shelf, pages = Shelf(250), Pages(900)
    fill(pages, shelf, range(880, 900))
    assert (pages.length, pages.complete) == (250, True)
    shelf, pages = Shelf(450), Pages(120)
    fill(pages, shelf, range(380, 400))
    assert pages.length == 400
    assert not pages.complete
    fill(pages, shelf, range(440, 480))
    assert (pages.length, pages.complete) == (450, True)


def test_rows_that_end_with_a_page_end_the_list() -> None:
    shelf, pages = Shelf(2 * PAGE), Pages(0)
    fill(pages, shelf, range(0, 40))
    fill(pages, shelf, range(150, 250))
    assert (pages.length, pages.complete) == (2 * PAGE, True)
    assert pages.lacking(range(150, 250)) is None


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-24T09:00:00.000Z", "today"),
        ("2026-11-23T23:59:00.000Z", "1 d"),
        ("2026-11-15T09:00:00.000Z", "9 d"),
        ("2026-08-24T09:00:00.000Z", "3 mo"),
        ("2023-11-24T09:00:00.000Z", "3 y"),
        ("2026-12-24T09:00:00.000Z", ""),
        ("long ago", ""),
    ],
)
def test_how_long_ago(at: str, words: str) -> None:
    assert age(at, datetime(2026, 11, 24, 12, tzinfo=UTC)) == words


def test_text_is_cut_by_cells() -> None:
    assert fit("日本語日本語", 7) == "日本語…"
    assert fit("short", 5) == "short"
    assert fit("longer", 0) == ""


def test_a_snippet_is_cut_so_that_the_match_is_seen() -> None:
    text = "a long way before anything happens, and then the needle and more of it after that"
    at = text.index("needle")
    shown, spans = window(text, ((at, at + 6),), 40)
    assert len(shown) <= 40
    assert [shown[a:b] for a, b in spans] == ["needle"]


# -- the screen ---------------------------------------------------------------------------------------------------------


def names(app: Shown) -> dict[str, str]:
    """What the last line offers: name and key."""
    return {key.name: key.shown for key in app.screen.query_one(KeysLine).shown}


async def listed(app: Shown, pilot: Pilot[int], count: int) -> None:
    await until(pilot, lambda: app.shelf.debates.length == count and app.shelf.debates.current, f"{count} debates")


async def found(app: Shown, pilot: Pilot[int], words: str, count: int) -> None:
    """Type into the search and wait for its ranked hits."""
    await pilot.press("slash", *["space" if c == " " else c for c in words])
    await until(pilot, lambda: app.shelf.searching and len(app.shelf.hits.hits) == count, f"{count} hits")
    await until(pilot, lambda: "best first" in text_of(app.shelf, "#found") or count < 2)


async def test_the_whole_list_can_be_gone_through_and_back(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", *(debate(n) for n in range(310)))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 310)
        rows = app.shelf.debates
        assert app.shelf.query_one(TitleLine).aside == "310 debates"
        assert "Question 0?" in screen_text(app)
        await pilot.press("end")
        await until(pilot, lambda: rows.current and rows.current.question == "Question 309?")
        assert "Question 309?" in screen_text(app)
        assert "Question 0?" not in screen_text(app)
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
        assert "running elsewhere" in screen_text(app)
        assert "continue" not in names(app)
        await recorder.close()
        await store.close()
        await pilot.press("r")
        await until(pilot, lambda: "continue" in names(app), "it is interrupted now")
        assert "running elsewhere" not in screen_text(app)


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
    async with showing(tmp_path) as (app, pilot):
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
        await until(pilot, lambda: "undo delete" in names(app))
        await pilot.press("u")
        await listed(app, pilot, 3)
        assert "undo delete" not in names(app)
    assert [row.question for row in Library(tmp_path / "debates.db").page()] == [f"Question {n}?" for n in range(3)]


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
        assert seen[1] == ("4 debates · only without a verdict: 1", ["Question 3?"])
        assert seen[2] == ("4 debates · only with a verdict: 2", ["Question 0?", "Question 2?"])
        assert seen[3] == ("4 debates · only running elsewhere: 0", [])
        assert seen[4] == ("4 debates", [f"Question {n}?" for n in range(4)])


# -- search -------------------------------------------------------------------------------------------------------------


async def test_searching_shows_snippets_with_the_words_that_match(tmp_path: Path) -> None:
    await keep(
        tmp_path / "debates.db",
        debate(0),
        debate(1, said="Count the hidden costs of idle hours."),
        debate(2, "Are costs a question?"),
    )
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 3)
        await found(app, pilot, "cost", 2)
        hits = app.shelf.hits
        assert {hit.question for hit in hits.hits} == {"Question 1?", "Are costs a question?"}
        assert "hidden costs" in screen_text(app)
        place = next(n for n, hit in enumerate(hits.hits) if hit.where == "statement")
        looks = {part.text: part.look for part in hits.parts(place, 1, 100)}
        assert looks["costs"] == "match"
        assert {"  The Skeptic: ", "  The Builder: "} & looks.keys()
        await pilot.press("escape")
        await until(pilot, lambda: not app.shelf.searching)
        assert app.shelf.query_one(SearchInput).value == ""
        assert app.focused is app.shelf.debates


async def test_nothing_found_says_so_and_how_to_go_on(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await pilot.press("slash", *"zebra")
        await until(pilot, lambda: "“zebra”" in screen_text(app))
        assert "open" not in names(app) or app.shelf.current is None
        await pilot.press("escape")
        await until(pilot, lambda: "Question 0?" in screen_text(app))


async def test_a_hit_in_a_statement_opens_there(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1, said="One needle in the hay."))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await pilot.press("slash", *"needle")
        await until(pilot, lambda: app.shelf.searching and app.shelf.hits.current)
        opened: list[Any] = []
        push = app.push_screen
        app.push_screen = lambda screen, *a, **k: (opened.append(screen), push(screen, *a, **k))[1]  # type: ignore[method-assign, assignment, misc, func-returns-value]
        await pilot.press("enter")
        await until(pilot, lambda: opened and app.screen is opened[0])
        quote = opened[0]._quote
        assert quote.statement in ("B1", "S1")
        assert "needle" in quote.text
        assert opened[0].debate.statements[quote.statement].text[quote.start : quote.end] == quote.text


async def test_a_search_that_was_overtaken_is_interrupted_and_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(tmp_path / "debates.db", debate(0, "alpha one?"), debate(1, "alpha two?"))
    began, interrupted, asked = threading.Event(), threading.Event(), []
    search, interrupt = Library.search, Library.interrupt

    def slow(self: Library, words: str, limit: int = 50, ranked: bool = False) -> list[Hit]:
        asked.append((words, ranked))
        if words == "a":
            began.set()
            assert interrupted.wait(20), "nobody interrupted it"
            raise Overtaken
        return search(self, words, limit, ranked)

    def heard(self: Library) -> None:
        if began.is_set():
            interrupted.set()
        interrupt(self)

    monkeypatch.setattr(Library, "search", slow)
    monkeypatch.setattr(Library, "interrupt", heard)
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await pilot.press("slash", "a")
        await until(pilot, began.is_set)
        await pilot.press(*"lpha")  # typed while the first search is at work
        await until(pilot, lambda: len(app.shelf.hits.hits) == 2)
        assert interrupted.is_set()
        await until(pilot, lambda: ("alpha", True) in asked)
        assert asked[0] == ("a", False)
        assert ("a", True) not in asked


async def test_ranked_hits_take_the_place_of_the_newest_and_the_cursor_stays_on_its_debate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(tmp_path / "debates.db", *(debate(n, f"alpha {n}?") for n in range(4)))
    go = threading.Event()
    search = Library.search

    def turned(self: Library, words: str, limit: int = 50, ranked: bool = False) -> list[Hit]:
        hits = search(self, words, limit)
        if ranked:
            assert go.wait(20)
            hits.reverse()
        return hits

    monkeypatch.setattr(Library, "search", turned)
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 4)
        await pilot.press("slash", *"alpha")
        await until(pilot, lambda: len(app.shelf.hits.hits) == 4)
        assert "newest first" in text_of(app.shelf, "#found")
        assert [h.question for h in app.shelf.hits.hits] == [f"alpha {n}?" for n in range(4)]
        await pilot.press("down")
        go.set()
        await until(pilot, lambda: "best first" in text_of(app.shelf, "#found"))
        assert [h.question for h in app.shelf.hits.hits] == [f"alpha {n}?" for n in (3, 2, 1, 0)]
        assert app.shelf.hits.current
        assert app.shelf.hits.current.question == "alpha 1?"


# -- the glance ---------------------------------------------------------------------------------------------------------


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
        assert most == [1]


# -- first start, trouble, sizes ----------------------------------------------------------------------------------------


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
        await until(pilot, lambda: "Any one of these is enough" in screen_text(app))
        await pilot.press(*"Why", "enter")
        await until(pilot, lambda: "There is nothing to talk to" in text_of(app.shelf, "#problem"))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.screen is not app.shelf)
        assert app.screen.query_one(QuestionField).text == "Why"


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
        assert app.shelf.query_one(Preview).display == (size[0] >= 100)
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
