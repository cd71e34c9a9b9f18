"""A large import appears at once, lets others write meanwhile, and leaves nothing where it is broken off."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.core.test_lossless import keep, told
from tests.core.test_store_kit import check_indexes, finished, named, rows, talk
from upverdict.core.store import arriving, cleaning
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.ready import ready
from upverdict.core.store.stage import Stage
from upverdict.core.store.transacting import transaction
from upverdict.core.store.writer import Store

WHOLE = finished().events
ID = WHOLE[0].debate
COMING = [named(f"261130-{number:05}", WHOLE) for number in range(8)]
COMING_IDS = {log[0].debate for log in COMING}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Eight new debates, and more of one that is here."""
    made = Stage(tmp_path)
    made.put(ready(WHOLE, 9)[0])
    for log in COMING:
        made.put(ready(log)[0])
    with closing(made):
        yield made


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return keep(tmp_path / "debates.db", WHOLE[:9], named("261125-other", WHOLE))


@pytest.fixture
def in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """One debate a transaction."""
    monkeypatch.setattr(arriving, "STEP_SECONDS", 0)


async def test_what_one_transaction_holds_is_written_in_it(
    db: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "STEP_SECONDS", 60)  # however slow the disk
    store = await Store.open(db)
    steps: list[int] = []
    await store.take_in(stage, steps.append)
    await store.close()
    assert steps == []
    assert set(told(db)) == {ID, "261125-other", *COMING_IDS}
    assert list(Library(db).events(ID)) == WHOLE
    check_indexes(db)


@pytest.mark.usefixtures("in_steps")
async def test_more_is_seen_all_at_once_and_others_write_meanwhile(db: Path, stage: Stage) -> None:
    store, other, library = await Store.open(db), await Store.open(db), Library(db)
    before = told(db)
    recorder = other.recorder("261129-lives")
    spoken = named("261129-lives", talk().events)
    seen: list[int] = []

    def look(written: int) -> None:
        now = told(db)  # once: the other debate goes on meanwhile
        assert now == before | {id: text for id, text in now.items() if id == "261129-lives"}
        assert library.count() == len(told(db))
        assert not COMING_IDS & {hit.id for hit in library.search("platform", 50)}
        seen.append(written)
        if written <= len(spoken):
            recorder.put(spoken[written - 1])

    await store.take_in(stage, look)
    assert seen == list(range(1, 9))
    await recorder.close()
    assert set(told(db)) == {ID, "261125-other", "261129-lives", *COMING_IDS}
    assert library.count() == 11
    assert {hit.id for hit in library.search("platform", 50)} >= COMING_IDS
    assert list(library.events("261129-lives")) == spoken[: len(seen)]
    assert rows(db, "SELECT * FROM unclean") == []
    await store.close()
    await other.close()
    library.close()
    check_indexes(db)
    assert not list(db.with_name(db.name + ".live").iterdir())


@pytest.mark.usefixtures("in_steps")
@pytest.mark.parametrize("what", ["the same", "longer"])
async def test_what_another_window_did_meanwhile_undoes_all(db: Path, stage: Stage, what: str) -> None:
    store = await Store.open(db)
    before = told(db)
    meddled = ready(COMING[6])[0] if what == "the same" else ready(WHOLE[:11], 9)[0]

    def meddle(written: int) -> None:
        if written == 3:
            with closing(sqlite3.connect(db, isolation_level=None)) as conn, transaction(conn):
                meddled.write(conn)

    with pytest.raises(StoreError, match="changed by another window meanwhile") as error:
        await store.take_in(stage, meddle)
    assert "Nothing was imported" in str(error.value)
    assert told(db).keys() - before.keys() == ({meddled.debate} if what == "the same" else set())
    await store.close()
    assert rows(db, "SELECT id FROM debates WHERE deleted_at IS NOT NULL") == []
    check_indexes(db)


@pytest.mark.usefixtures("in_steps")
async def test_one_that_is_held_in_the_end_undoes_all(db: Path, stage: Stage) -> None:
    store, other = await Store.open(db), await Store.open(db)
    before = told(db)
    recorder = other.recorder(ID)
    await recorder.flush()
    with pytest.raises(StoreError, match="being debated in another window") as error:
        await store.take_in(stage)
    assert error.value.kind == "live"
    assert {id: text.replace("running", "interrupted") for id, text in told(db).items()} == before
    await recorder.close()
    await store.take_in(stage)
    assert len(told(db)) == 10
    await store.close()
    await other.close()


@pytest.mark.usefixtures("in_steps")
@pytest.mark.parametrize("when", [1, 5, 8])
async def test_given_up_it_leaves_nothing(db: Path, stage: Stage, when: int) -> None:
    store = await Store.open(db)
    before = told(db)
    task = asyncio.create_task(store.take_in(stage, lambda written: written == when and task.cancel()))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told(db) == before
    assert rows(db, "SELECT id FROM debates WHERE deleted_at IS NOT NULL") == []
    await store.close()
    check_indexes(db)
    assert rows(db, "SELECT * FROM unclean") == []


@pytest.mark.usefixtures("in_steps")
async def test_what_a_dead_process_had_written_is_never_seen_and_goes(db: Path, stage: Stage, tmp_path: Path) -> None:
    before = told(db)
    left = tmp_path / "as a killed process leaves it.db"
    store = await Store.open(db)

    def copy(written: int) -> None:
        if written == 5:
            for suffix in ("", "-wal"):
                left.with_name(left.name + suffix).write_bytes(db.with_name(db.name + suffix).read_bytes())

    await store.take_in(stage, copy)
    await store.close()
    assert told(left) == before
    assert len(rows(left, f"SELECT id FROM debates WHERE {cleaning.IS_ARRIVING}")) == 5
    again = await Store.open(left)
    assert await again.purge() == 0, "another window that imports is not disturbed"
    await again.take_in(stage)
    assert told(left) == told(db)
    await again.close()
    assert rows(left, "SELECT id FROM debates WHERE deleted_at IS NOT NULL") == []
    assert rows(left, "SELECT * FROM unclean") == []
    check_indexes(left)


@pytest.mark.usefixtures("in_steps")
async def test_the_remains_go_by_themselves(db: Path, stage: Stage) -> None:
    before = told(db)
    with closing(sqlite3.connect(db, isolation_level=None)) as conn:
        arrival = arriving.Arrival(db, stage)
        for _ in range(4):
            assert not arrival.some(conn)
        other = await Store.open(db)  # while it is at it
        await other.close()
        assert len(rows(db, f"SELECT id FROM debates WHERE {cleaning.IS_ARRIVING}")) == 4
        arrival.close()  # it is given back as a process that dies does
    assert told(db) == before
    await (await Store.open(db)).close()
    assert rows(db, "SELECT id FROM debates WHERE deleted_at IS NOT NULL") == []
    assert rows(db, "SELECT * FROM unclean") == []
    check_indexes(db)
    assert told(db) == before
