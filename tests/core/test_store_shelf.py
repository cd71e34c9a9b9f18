"""How the user keeps a debate, in the file: appended, listed, counted, rebuilt."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.core.test_store_kit import check_indexes, finished, named, readable, rows, talk
from upverdict.core import errors
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.store import live, query, searching
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.reader import Library, Row
from upverdict.core.store.understanding import understand
from upverdict.core.store.writer import Store

ID = "261124-abcde"
EVERYTHING: tuple[ev.Event, ...] = (
    ev.DebateTagged(tags=("home", "work")),
    ev.DebateRenamed(title="Models"),
    ev.DebateNoted(text="See the table."),
    ev.DebateArchived(archived=True),
    ev.ChoiceMade(text="We rent."),
    ev.OutcomeTold(text="It went well."),
    ev.RevisitSet(conditions=(ev.Revisit("2027-03-01", "prices double"), ev.Revisit("", "a team"))),
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "debates.db")
    yield opened
    await opened.close()
    check_indexes(tmp_path / "debates.db")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "debates.db")
    yield opened
    opened.close()


def wrong(_: Debate) -> Sequence[ev.Event]:
    raise errors.WrongUse("That is no tag.")


async def test_what_is_appended_is_in_the_log_and_in_the_tables(store: Store, library: Library) -> None:
    log = finished().events
    await store.import_events(log)
    seen: list[int] = []
    made = await store.shelve(ID, lambda debate: seen.append(debate.seq) or EVERYTHING)
    assert seen == [len(log)]
    assert list(library.events(ID)) == [*log, *made]
    assert [e.seq for e in made] == list(range(len(log) + 1, len(log) + 1 + len(EVERYTHING)))
    row = library.row(ID)
    assert (row.title, row.called, row.tags) == ("Models", "Models", ("home", "work"))
    assert (row.archived, row.due, row.state, row.updated_at) == (True, "2027-03-01", "finished", log[-1].at)
    (hit,) = library.search("platform")
    assert (hit.called, hit.archived) == ("Models", True)
    assert rows(store.path, "SELECT note, choice, outcome FROM debates") == [
        ("See the table.", "We rent.", "It went well.")
    ]
    assert not live.lives(store.path, ID)
    before = readable(store.path)
    await store.rebuild()
    assert readable(store.path) == before
    conn = sqlite3.connect(store.path)
    conn.executescript(
        "UPDATE tags SET tag = 'false' WHERE tag = 'home'; DELETE FROM revisits; UPDATE counts SET count = 9;"
        "UPDATE debates SET title = 'false', archived = 0, due = '', choice = '';"
    )
    conn.close()
    await store.rebuild()
    assert readable(store.path) == before
    await store.delete(ID)
    await store.purge([ID])
    assert not readable(store.path)["tags"]


async def test_it_is_taken_back_as_whole_values(store: Store, library: Library) -> None:
    await store.import_events(finished().events)
    await store.shelve(ID, lambda _: EVERYTHING)
    await store.shelve(ID, lambda _: (ev.DebateTagged(tags=()), ev.DebateArchived(archived=False)))
    await store.shelve(ID, lambda _: (ev.RevisitSet(conditions=()),))
    row = library.row(ID)
    assert (row.tags, row.archived, row.due, row.title) == ((), False, "", "Models")
    assert library.stock("2099-01-01") == (1, 0, 0)


async def test_an_interrupted_debate_stays_one(store: Store, library: Library) -> None:
    said = talk()
    await store.import_events(said.events)
    before = readable(store.path)["statements"]
    await store.shelve(ID, lambda _: (ev.DebateTagged(tags=("a",)),))
    assert rows(store.path, "SELECT state FROM debates") == [("interrupted",)]
    assert readable(store.path)["statements"] == before
    recorder = store.recorder(ID)  # and can be gone on with
    recorder.put(ev.DebateResumed(seq=len(said.events) + 2, at=said.events[-1].at, debate=ID))
    await recorder.close()
    assert len(list(library.events(ID))) == len(said.events) + 2


async def test_what_can_not_be_is_a_sentence_and_changes_nothing(store: Store, library: Library) -> None:
    await store.import_events(finished().events)
    before = list(library.events(ID))
    with pytest.raises(errors.WrongUse, match="no tag"):
        await store.shelve(ID, wrong)
    for unknown in ("261124-nowhr", "../x"):
        with pytest.raises(NoSuchDebate):
            await store.shelve(unknown, lambda _: EVERYTHING)
    lock = live.take(store.path, ID)
    assert lock is not None
    with pytest.raises(StoreError, match="another window") as busy:
        await store.shelve(ID, lambda _: EVERYTHING)
    assert busy.value.kind == "live"
    live.release(store.path, ID, lock)
    assert await store.shelve(ID, lambda _: ()) == []
    await store.delete(ID)
    with pytest.raises(NoSuchDebate):
        await store.shelve(ID, lambda _: EVERYTHING)
    await store.undelete(ID)
    assert list(library.events(ID)) == before
    assert not live.lives(store.path, ID)


# -- lists -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty debates a minute apart, the last the newest: every third interrupted, every second tagged `even`, every
    fifth `five`, every fourth archived, every tenth due, ever later."""
    logs = []
    for n in range(60):
        said = talk(f"Question {n}?") if n % 3 == 0 else finished(f"Question {n}?")
        said.tag(*["even"] * (n % 2 == 0), *["five"] * (n % 5 == 0))
        said.archive(n % 4 == 0)
        if n % 10 == 0:
            said.revisit((f"2027-0{n // 10 + 1}-01", "it rains"), ("", "it snows"))
        logs.append(named(f"2601{n:02}-aaaaa", said.events, timedelta(minutes=n)))
    path = tmp_path_factory.mktemp("sixty") / "debates.db"

    async def keep() -> None:
        store = await Store.open(path)
        await store.import_debates(logs)
        await store.close()

    asyncio.run(keep())
    return path


@pytest.fixture
async def shelf(sixty: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A copy of them, open."""
    opened = await Store.open(Path(shutil.copy(sixty, tmp_path)))
    yield opened
    await opened.close()
    check_indexes(opened.path)


def numbers(listed: list[Row]) -> list[int]:
    return [int(row.id[4:6]) for row in listed]


async def test_every_filter_pages_as_the_whole_list_does(shelf: Store, library: Library) -> None:
    await shelf.delete("260110-aaaaa")

    def of(**only: object) -> list[int]:
        """All of it, by threes."""
        found: list[Row] = []
        while page := library.page((found[-1].created_at, found[-1].id) if found else None, 3, **only):  # type: ignore[arg-type]
            found += page
        whole = library.page(limit=100, **only)  # type: ignore[arg-type]
        assert found == whole
        return numbers(whole)

    newest = [n for n in range(59, -1, -1) if n != 10]
    assert of() == [n for n in newest if n % 4]
    assert of(archived=True) == [n for n in newest if n % 4 == 0]
    assert of(tags=["even"]) == [n for n in newest if n % 2 == 0 and n % 4]
    assert of(tags=["five", "even"]) == [n for n in newest if n % 10 == 0 and n % 4]
    assert of(tags=["five"], archived=True) == [n for n in newest if n % 5 == 0 and n % 4 == 0]
    assert of(tags=["five"], states=["interrupted"]) == [n for n in newest if n % 15 == 0 and n % 4]
    assert of(states=["finished"], archived=True) == [n for n in newest if n % 3 and n % 4 == 0]
    assert of(states=["finished", "interrupted", "running"]) == [n for n in newest if n % 4]
    assert of(due="2027-03-01") == [20, 0]
    assert of(due="2027-04-01", states=["interrupted"]) == [30, 0]
    assert of(due="2027-12-31", tags=["even"], states=["finished"]) == [50, 40, 20]
    assert of(tags=["nobody has it"]) == of(states=[]) == []
    assert library.count() == len(of())
    assert library.count(archived=True) == len(of(archived=True))


@pytest.mark.parametrize("ranked", [False, True])
@pytest.mark.parametrize("words", ["", "question "])
async def test_what_is_due_or_archived_can_be_searched(
    shelf: Store, library: Library, words: str, ranked: bool
) -> None:
    await shelf.delete("260110-aaaaa")

    def of(filters: str) -> set[int]:
        meaning = understand(query.parse(f"{words}{filters} "), date(2027, 4, 1), tuple, lambda: ("even", "five"))
        with library.reading() as conn:
            assert conn
            return {int(hit.id[4:6]) for hit in searching.find(conn, meaning, 100, ranked, lambda: None)}

    every = set(range(60)) - {10}
    assert of("state:archived") == {n for n in every if n % 4 == 0}
    assert of("-state:archived") == {n for n in every if n % 4}
    assert of("state:archived state:finished tag:even") == {n for n in every if n % 4 == 0 and n % 3}
    assert of("state:archived -state:archived") == set()
    assert of("state:due") == {0, 20, 30}
    assert of("state:due tag:five -state:archived") == {30}
    assert of("-state:due tag:five") == {n for n in every if n % 5 == 0} - {0, 20, 30}
    assert of("state:due -state:due") == set()


async def test_counts_follow_what_is_deleted_and_brought_back(shelf: Store, library: Library) -> None:
    assert library.stock("2027-02-01") == (45, 15, 2)
    assert library.tags() == [("even", 30), ("five", 12)]
    await shelf.delete("260100-aaaaa")  # archived, tagged with both, due
    await shelf.delete("260102-aaaaa")
    assert library.stock("2027-02-01") == (44, 14, 1)
    assert library.tags() == [("even", 28), ("five", 11)]
    await shelf.undelete("260100-aaaaa")
    assert (library.count(), library.count(archived=True)) == (44, 15)
    await shelf.purge(["260102-aaaaa"])
    assert library.tags() == [("even", 29), ("five", 12)]


async def test_what_is_to_be_looked_at_again_comes_oldest_day_first(shelf: Store, library: Library) -> None:
    await shelf.shelve("260101-aaaaa", lambda _: (ev.RevisitSet(conditions=(ev.Revisit("", "it thunders"),)),))
    now = library.to_revisit("2027-02-01")
    assert numbers([one.row for one in now]) == [0, 10]
    assert now[0].conditions == (("2027-01-01", "it rains"), ("", "it snows"))
    assert now[0].row == library.row("260100-aaaaa")
    ever = library.to_revisit()
    assert numbers([one.row for one in ever]) == [0, 10, 20, 30, 40, 50, 1]
    assert ever[-1].conditions == (("", "it thunders"),)


@pytest.mark.parametrize(
    ("only", "index"),
    [
        ({}, "debates_by_age"),
        ({"archived": True}, "debates_by_age"),
        ({"states": ["finished"]}, "debates_by_state"),
        ({"tags": ["a"]}, "tags_by_tag"),
        ({"due": "2027-01-01"}, "debates_due"),
    ],
)
async def test_a_page_is_read_by_an_index_that_has_its_order(store: Store, only: dict[str, object], index: str) -> None:
    from upverdict.core.store import listing

    conn = sqlite3.connect(store.path)
    sql: list[str] = []
    conn.set_trace_callback(sql.append)
    listing.older(conn, "debates.id", ("2026-11-24", "x"), 50, listing.Only(**only))  # type: ignore[arg-type]
    conn.set_trace_callback(None)
    steps = [step[3] for step in conn.execute(f"EXPLAIN QUERY PLAN {sql[0]}")]
    conn.close()
    assert index in steps[0]
    assert ("TEMP B-TREE" in " ".join(steps)) == ("due" in only), "only what is due is sorted: it is little"
