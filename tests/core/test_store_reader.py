"""The reading side against real files: lists, ids, searches, and what it says when it can't read."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.core.talk import Talk
from tests.core.test_store_kit import finished, named, talk
from upverdict.core.store import ids, query, searching
from upverdict.core.store.errors import AmbiguousDebate, NoSuchDebate, Overtaken, StoreError
from upverdict.core.store.reader import Library, Row
from upverdict.core.store.writer import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "debates.db")
    yield opened
    await opened.close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "debates.db")
    yield opened
    opened.close()


async def fill(store: Store, count: int, step: int = 1) -> list[str]:
    """Debates a minute apart, two a minute; their ids, the newest first."""
    logs = [
        named(f"26{n:04}-{'zk'[n % 2]}aaaa", talk(f"Question {n}?").events, timedelta(minutes=n // 2 * step))
        for n in range(count)
    ]
    await store.import_debates(logs)
    return [log[0].debate for log in sorted(logs, key=lambda e: (e[0].at, e[0].debate), reverse=True)]


def pages(library: Library, limit: int, between: Callable[[], None] = lambda: None) -> Iterator[Row]:
    after: tuple[str, str] | None = None
    while rows := library.page(after, limit):
        yield from rows
        after = (rows[-1].created_at, rows[-1].id)
        between()


# -- the list ---------------------------------------------------------------------------------------------------


async def test_paging_is_complete_and_in_order(store: Store, library: Library) -> None:
    wanted = await fill(store, 23)
    for limit in (1, 5, 23, 50):
        assert [r.id for r in pages(library, limit)] == wanted
    assert library.count() == 23


async def test_paging_stands_inserts_and_deletions(store: Store, library: Library) -> None:
    wanted = await fill(store, 20)
    seen: list[str] = []
    after: tuple[str, str] | None = None
    n = 0
    while rows := library.page(after, 3):
        seen += [r.id for r in rows]
        after = (rows[-1].created_at, rows[-1].id)
        n += 1
        await store.import_events(named(f"new-{n}", talk().events, timedelta(days=n)))  # newer: not on later pages
        await store.delete(rows[-1].id)  # the very row the next page hangs on
    assert seen == wanted


async def test_paging_by_state(store: Store, library: Library) -> None:
    for n in range(12):
        said = finished() if n % 3 else talk()
        await store.import_events(named(f"2601{n:02}-aaaaa", said.events, timedelta(minutes=n)))
    interrupted = [r.id for r in library.page(states=["interrupted"], limit=3)]
    assert interrupted == ["260109-aaaaa", "260106-aaaaa", "260103-aaaaa"]
    assert [r.id for r in library.page(states=["interrupted", "finished"])] == [r.id for r in library.page()]
    assert library.page(states=["failed"]) == []
    last = library.page(states=["interrupted"], limit=3)[-1]
    assert [r.id for r in library.page((last.created_at, last.id), states=["interrupted"])] == ["260100-aaaaa"]


async def test_a_row_tells_the_debate(store: Store, library: Library) -> None:
    events = finished("Rent or buy?").events
    await store.import_events(events)
    row = library.row(events[0].debate)
    assert row == library.page()[0]
    assert row[:5] == (
        events[0].debate,
        "Rent or buy?",
        "finished",
        "Rent before you buy.",
        "Builder, Skeptic, Researcher, Contrarian",
    )
    assert (row.voices, row.rounds, row.statements) == (4, 1, 10)
    assert (row.created_at, row.updated_at) == (events[0].at, events[-1].at)
    json.dumps(row._asdict())


def test_a_missing_file_is_an_empty_library(tmp_path: Path) -> None:
    for library in (Library(tmp_path / "no" / "such.db"), Library(tmp_path / "empty.db")):
        (tmp_path / "empty.db").touch()
        assert library.page() == []
        assert library.count() == 0
        assert library.search("x") == []
        assert library.draft("new") == ""
        for ask in (library.resolve, library.debate, library.events, library.state, library.row):
            with pytest.raises(NoSuchDebate):
                ask("last")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config", "empty.db"]


# -- ids --------------------------------------------------------------------------------------------------------


async def test_resolving(store: Store, library: Library) -> None:
    await fill(store, 6)
    assert library.resolve("260003") == "260003-kaaaa"
    assert library.resolve(" 260003-KAAAA ") == "260003-kaaaa"
    assert library.resolve("26ooo3-k") == "260003-kaaaa"
    assert library.resolve("last") == library.page()[0].id
    with pytest.raises(AmbiguousDebate) as many:
        library.resolve("2600")
    assert len(many.value.matches) == 5
    with pytest.raises(NoSuchDebate) as near:
        library.resolve("260003-kaaab")
    assert near.value.near[0] == "260003-kaaaa"
    assert near.value.exit_code == 4
    with pytest.raises(NoSuchDebate) as near:
        library.resolve("260003-kzzzz")
    assert not near.value.near, "the day alone makes no id that is meant"
    with pytest.raises(NoSuchDebate) as near:
        library.resolve("KaAA")
    assert near.value.near == ("260005-kaaaa", "260003-kaaaa", "260001-kaaaa"), "all of one day begin alike"
    for unknown in ("999999", "", "%", "'", "\ud800", "260003-kaaaaa"):
        with pytest.raises(NoSuchDebate):
            library.resolve(unknown)


async def test_a_whole_id_that_begins_another_is_itself(store: Store, library: Library) -> None:
    for id in ("260101-aaaaa", "260101-aaaaab", "260101-Aaaaa"):
        await store.import_events(named(id, talk().events))
    assert library.resolve("260101-aaaaa") == "260101-aaaaa"
    assert library.resolve("260101-Aaaaa") == "260101-Aaaaa"


def test_new_ids() -> None:
    made = {ids.new_id(datetime(2026, 11, 24, 23, 59, tzinfo=UTC)) for _ in range(500)}
    assert len(made) > 490
    for id in made:
        assert id.startswith("261124-")
        assert len(id) == 12
        assert set(id[7:]) <= set(ids.CROCKFORD)
        assert ids.is_id(id)
        assert ids.reread(id) == id


@pytest.mark.parametrize(
    "text", ["", "a", "../x", "a/b", "a\\b", "-a", "a-", "a--b", "a.b", "ä1", "a" * 65, "a\n", "a b", "last", "LAST"]
)
def test_what_is_no_id(text: str) -> None:
    assert not ids.is_id(text)


# -- searching --------------------------------------------------------------------------------------------------


async def library_of_words(store: Store) -> None:
    for n, (question, words) in enumerate(
        [
            ("Buy a zeppelin?", "Zeppelins burn. It's a fact: don't buy one in C++."),
            (
                "Where to live?",
                "A naïve façade; Zürich is dear. " + "Filler words follow here. " * 40 + "The zeppelin lands.",
            ),
            ("Which job?", "Take the job that pays; the zeppelin of careers."),
        ]
    ):
        said = Talk(question=question)
        said.say("builder", 0, words)
        said.say("skeptic", 0, "I doubt the zeppelin, as ever.")
        await store.import_events(named(f"26010{n}-aaaaa", said.events, timedelta(days=n)))


async def test_search_gives_one_hit_a_debate_the_newest_first(store: Store, library: Library) -> None:
    await library_of_words(store)
    hits = library.search("zeppelin")
    assert [(h.id, h.where, h.statement) for h in hits] == [
        ("260102-aaaaa", "statement", "S1"),
        ("260101-aaaaa", "statement", "S1"),
        ("260100-aaaaa", "question", ""),
    ]
    assert [h.more for h in hits] == [1, 1, 2]
    assert hits[0].voice == "skeptic"
    assert hits[0].name == "The Skeptic"
    assert [h.id for h in library.search("zeppelin", limit=2)] == ["260102-aaaaa", "260101-aaaaa"]
    json.dumps(hits[0]._asdict())


async def test_a_snippet_shows_what_matches(store: Store, library: Library) -> None:
    await library_of_words(store)
    (hit,) = library.search("lands")
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("The zeppelin lands.")
    assert [hit.snippet[a:b] for a, b in hit.spans] == ["lands"]
    (hit,) = library.search("facade zurich")
    assert [hit.snippet[a:b] for a, b in hit.spans] == ["façade", "Zürich"]
    assert (hit.snippet[0], hit.snippet[-1]) == ("A", "…")


async def test_ranked_puts_the_better_match_first(store: Store, library: Library) -> None:
    await library_of_words(store)
    assert library.search("zeppelin", ranked=True)[0].id == "260100-aaaaa"  # its very question
    ranked = {h.id: h.more for h in library.search("zeppelin", ranked=True)}
    assert ranked == {"260100-aaaaa": 2, "260101-aaaaa": 1, "260102-aaaaa": 1}
    assert len(library.search("zeppelin", limit=1, ranked=True)) == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zep", 3),
        ("zeppelin ca", 1),
        ("ca zeppelin", 0),  # only the last word may be unfinished
        ("it's", 1),
        ("C++", 1),
        ("don't buy", 1),
        ('"zeppelin', 3),
        ("zeppelin AND", 0),
        ("NEAR(zeppelin", 0),
        ("job OR zurich", 0),
        ("-- zeppelin ;", 3),
        ("question:zeppelin", 0),
        ("ZÜRICH", 1),
        ("", 0),
        ("   ", 0),
        ("*", 0),
        ('"" () ^ -', 0),
        ("\0zep\0", 3),
        ("\ud800", 0),
    ],
)
async def test_what_a_person_types(store: Store, library: Library, words: str, found: int) -> None:
    await library_of_words(store)
    assert len(library.search(words)) == found
    assert len(library.search(words, ranked=True)) == found


@pytest.fixture(scope="module")
def some_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    import asyncio

    path = tmp_path_factory.mktemp("search") / "debates.db"

    async def make() -> None:
        store = await Store.open(path)
        await library_of_words(store)
        await store.close()

    asyncio.run(make())
    library = Library(path)
    yield library
    library.close()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30) | st.text('"*^:()-+{}, \0zeplin', max_size=12))
@example("NOT")
@example("a" * 5000)
@example("x " * 500)
def test_every_text_is_a_search(some_library: Library, words: str) -> None:
    for ranked in (False, True):
        hits, meaning = some_library.find(words, ranked=ranked)
        for hit in hits:
            assert all(0 <= a < b <= len(hit.snippet) for a, b in hit.spans)
            assert bool(hit.spans) == bool(meaning.match)


@given(st.lists(st.tuples(st.text("ab \n", max_size=5), st.booleans()), max_size=6))
def test_spans_are_where_the_marks_stood(pieces: list[tuple[str, bool]]) -> None:
    raw = "".join(f"<{t}>" if marked else t for t, marked in pieces)
    text, spans = query.spans(raw, "<", ">")
    assert text == "".join(t for t, _ in pieces).replace("\n", " ")
    assert [text[a:b] for a, b in spans] == [t.replace("\n", " ") for t, marked in pieces if marked]


async def test_a_word_in_every_statement_does_not_fill_the_page_with_one_debate(store: Store, library: Library) -> None:
    for n in range(30):
        said = Talk()
        for number in range(3):
            for voice in ("builder", "skeptic", "researcher", "contrarian"):
                said.say(voice, number, "Of course the answer is of course.")
        await store.import_events(named(f"2601{n:02}-aaaaa", said.events, timedelta(days=n)))
    hits = library.search("course", limit=20)
    assert [h.id for h in hits] == [f"2601{n:02}-aaaaa" for n in range(29, 9, -1)]
    assert {h.more for h in hits} == {11}
    assert len({h.id for h in library.search("course", limit=20, ranked=True)}) == 20


def forever(conn: sqlite3.Connection, *_: Any) -> list[Any]:
    return conn.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ).fetchall()


async def test_a_search_that_runs_can_be_interrupted(
    store: Store, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, 2)
    raised: list[BaseException] = []

    def search() -> None:
        try:
            library.search("question")
        except BaseException as e:
            raised.append(e)

    with monkeypatch.context() as patch:
        patch.setattr(searching, "find", forever)
        thread = threading.Thread(target=search)
        thread.start()
        while thread.is_alive():
            assert len(library.page()) == 2  # the list is not held up
            library.interrupt()
            thread.join(0.02)
    assert [type(e) for e in raised] == [Overtaken]
    assert len(library.search("question")) == 2


async def test_a_search_that_waits_is_overtaken_too(
    store: Store, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(store, 2)

    def slow(conn: sqlite3.Connection, match: str, limit: int, ranked: bool, check: Callable[[], None]) -> list[Any]:
        library.interrupt()
        check()
        return []

    monkeypatch.setattr(searching, "find", slow)
    with pytest.raises(Overtaken):
        library.search("question")


async def test_many_threads_share_a_library(store: Store, library: Library) -> None:
    wanted = await fill(store, 40)
    errors: list[BaseException] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(10):
                assert [r.id for r in pages(library, 15)] == wanted
                assert library.search(f"question {chance.randrange(40)}")
                list(library.events(chance.choice(wanted)))
        except BaseException as e:
            errors.append(e)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


# -- what it costs ----------------------------------------------------------------------------------------------


def test_listing_imports_nothing_dear(tmp_path: Path) -> None:
    code = (
        "import sys; from upverdict.core.store.reader import Library\n"
        f"library = Library({str(tmp_path / 'x.db')!r}); library.page(); library.count(); library.search('x')\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    dear = {"asyncio", "concurrent.futures", "sqlite_utils", "filelock", "dataclasses", "json", "upverdict.core.events"}
    assert loaded & dear == set()


# -- when it can't be read --------------------------------------------------------------------------------------


def test_a_folder_or_another_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("This is no database, but longer than the header of one. " * 4)
    (tmp_path / "short.db").write_bytes(b"SQLite format 3\0")
    for name in ("text.db", "short.db", "."):
        with pytest.raises(StoreError) as error:
            Library(tmp_path / name).page()
        assert str(tmp_path) in str(error.value)
        assert error.value.exit_code == 2


async def test_a_damaged_file(store: Store, tmp_path: Path) -> None:
    await fill(store, 30)
    await store.close()
    whole = store.path.read_bytes()
    torn = tmp_path / "torn.db"
    torn.write_bytes(whole[:4096] + b"\x55" * (len(whole) - 4096))
    library = Library(torn)
    for ask in (
        library.page,
        library.count,
        lambda: library.search("question"),
        lambda: library.debate("260001-kaaaa"),
    ):
        with pytest.raises(StoreError, match="damaged") as error:
            ask()
        assert error.value.kind == "damaged"
    library.close()


async def test_a_full_text_index_that_does_not_fit_says_how_it_is_made_anew(store: Store, library: Library) -> None:
    await store.import_events(finished().events)
    conn = sqlite3.connect(store.path)
    conn.execute("UPDATE statements_fts_data SET block = x'00' WHERE id > 10")
    conn.commit()
    conn.close()
    with pytest.raises(StoreError, match="upverdict db rebuild") as error:
        library.search("platform")
    assert error.value.kind == "damaged"
    assert library.count() == 1
    await store.rebuild()
    assert len(library.search("platform")) == 1
