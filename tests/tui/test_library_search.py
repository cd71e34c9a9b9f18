"""The library's search: as one types, newest first and then the best, with the words that match."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.tui.shelf import debate, found, keep, listed, names, showing
from tests.tui.stage import screen_text, text_of, until
from upverdict.core.store.errors import Overtaken
from upverdict.core.store.hits import Found
from upverdict.core.store.reader import Library
from upverdict.tui.widgets.search_line import SearchInput


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


@pytest.mark.parametrize(
    ("said", "words", "told", "marked"),
    [
        ("One needle in the hay.", "needle", "1 found", "needle"),
        (
            "借りるのは安い。" * 20 + "自社サーバーは高い。",
            'voice:ske "自社サーバー"',
            "1 found · Skeptic",
            "自社サーバー",
        ),
    ],
)
async def test_a_hit_in_a_statement_opens_there(tmp_path: Path, said: str, words: str, told: str, marked: str) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1, said=said))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)
        await pilot.press("slash")
        app.shelf.query_one(SearchInput).value = words
        await until(pilot, lambda: app.shelf.searching and app.shelf.hits.current)
        assert text_of(app.shelf, "#found") == told
        looks = {part.text: part.look for part in app.shelf.hits.parts(0, 1, 100)}
        assert looks[marked] == "match"
        opened: list[Any] = []
        push = app.push_screen
        app.push_screen = lambda screen, *a, **k: (opened.append(screen), push(screen, *a, **k))[1]  # type: ignore[method-assign, assignment, func-returns-value]
        await pilot.press("enter")
        await until(pilot, lambda: opened and app.screen is opened[0])
        quote = opened[0]._quote
        assert quote.statement in ("B1", "S1")
        assert marked in quote.text
        assert opened[0].debate.statements[quote.statement].text[quote.start : quote.end] == quote.text


async def test_what_is_not_understood_is_said_and_a_filter_without_a_value_is_explained(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 1)
        await pilot.press("slash", *"voice:")
        await until(pilot, lambda: text_of(app.shelf, "#found") == "voice: builder · skeptic · you")
        assert not app.shelf.searching
        await pilot.press(*"nobody")
        await until(pilot, lambda: "No voice “nobody” here: searched as words." in text_of(app.shelf, "#empty"))
        assert app.shelf.searching


async def test_a_search_that_was_overtaken_is_interrupted_and_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(tmp_path / "debates.db", debate(0, "alpha one?"), debate(1, "alpha two?"))
    began, interrupted, asked = threading.Event(), threading.Event(), []
    search, interrupt = Library.find, Library.interrupt

    def slow(self: Library, words: str, limit: int = 50, ranked: bool = False) -> Found:
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

    monkeypatch.setattr(Library, "find", slow)
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
    search = Library.find

    def turned(self: Library, words: str, limit: int = 50, ranked: bool = False) -> Found:
        found = search(self, words, limit)
        if ranked:
            assert go.wait(20)
            found.hits.reverse()
        return found

    monkeypatch.setattr(Library, "find", turned)
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
