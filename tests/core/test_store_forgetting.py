"""What is deleted for good leaves the files: its words stand in no byte of them, however they were kept."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.core.talk import Talk
from tests.core.test_store_kit import check_indexes, finished, named, rows
from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.store import cleaning, worker
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store

GONE = "261124-ggggg"
CONNECT = sqlite3.connect


class Careless(sqlite3.Connection):
    """As most builds of SQLite make it: what is deleted is not overwritten unless that is asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA secure_delete = OFF").fetchone()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **kwargs: CONNECT(*args, **kwargs, factory=Careless))
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "debates.db"


def secret() -> list[ev.Event]:
    """Its rare words are in the question, in words that others replaced, in long ones, and in the verdict."""
    said = Talk(question="Is zyxqwater worth its price?")
    said.fail("builder", 0, "It begins with zyxqwinds and")
    said.begin("builder", attempt=2)
    words = "Zyxqwater is dear, zyxquilts too. " * 300
    said.words("builder", 0, words)
    said.log.append(
        ev.StatementFinished(voice="builder", round="opening", statement="B1", sentences=((0, len(words)),))
    )
    said.user("I know zyxqwater well.")
    said.log.append(ev.VerdictStarted(version=1, cause="debate"))
    ruling = rulings.Ruling(headline="No zyxqwater.", decision="Zyxqwinds blow.", pull_quotes=(), heard=("builder",))
    said.log.append(ev.VerdictRuled(version=1, ruling=ruling))
    said.log.append(ev.DebateFinished())
    return named(GONE, said.events)


def others(letter: str, count: int = 25) -> list[list[ev.Event]]:
    return [named(f"261124-{letter}{n:04}", finished(f"Question {letter}{n}?").events) for n in range(count)]


async def keep(store: Store, debates: Iterable[list[ev.Event]]) -> None:
    """As they are kept when they are held: each in transactions of its own."""
    for events in debates:
        recorder = store.recorder(events[0].debate)
        for n, event in enumerate(events):
            recorder.put(event)
            if n % 5 == 0:
                await recorder.flush()
        await recorder.close()


async def delete(store: Store) -> None:
    await store.delete(GONE)
    assert await store.purge([GONE]) == 1


def files_with(folder: Path, word: bytes = b"zyxq") -> list[str]:
    """The files of a folder that hold the word, in whatever case."""
    return [p.name for p in folder.iterdir() if p.is_file() and word in p.read_bytes().lower()]


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not so():  # noqa: ASYNC110 - the writer's thread makes it so, and tells nobody
            await asyncio.sleep(0.01)


async def test_the_words_of_a_deleted_debate_are_in_no_file(path: Path) -> None:
    library = Library(path)  # open and read from, as the screens have it
    store = await Store.open(path)
    await keep(store, [*others("a"), secret(), *others("b")])
    await store.save_draft(GONE, "Zyxqdraft.")
    await store.save_draft(f"{GONE}.comment", "Zyxqcomment.")
    assert [hit.id for hit in library.search("zyxqw")] == [GONE]
    assert files_with(path.parent)
    await delete(store)
    await store.close()
    assert files_with(path.parent) == []
    assert library.count() == 50
    assert len(library.search("xylophone", limit=100)) == 50
    library.close()
    check_indexes(path)


async def test_no_copy_is_left_between_the_rows_of_a_page(path: Path) -> None:
    draw = random.Random(14)  # such copies are rare: with this seed SQLite 3.40 leaves one
    store = await Store.open(path)
    kept: list[str] = []
    gone: list[str] = []
    for n in range(40):
        word = f"zq{n:04}q"
        said = Talk(question=f"Is {word} good?")
        for seat in said.debate.council:
            words = [
                draw.choice((word, f"{word}{draw.randrange(50)}", f"word{draw.randrange(3000)}"))
                for _ in range(draw.randrange(2, 60))
            ]
            said.say(seat.voice, 0, " ".join(words))
        kept.append(await store.import_events(named(f"261124-{n:05}", said.events)))
        if draw.random() < 0.4:
            gone.append(kept.pop(draw.randrange(len(kept))))
            await store.delete(gone[-1])
            await store.purge()
    await store.close()
    assert [id for id in gone if files_with(path.parent, f"zq{id[-4:]}q".encode())] == []
    assert all(files_with(path.parent, f"zq{id[-4:]}q".encode()) for id in kept)


async def test_the_words_go_while_the_file_stays_open(path: Path) -> None:
    store = await Store.open(path)
    await keep(store, [*others("a", 8), secret(), *others("b", 8)])
    await delete(store)
    await until(lambda: rows(path, "SELECT * FROM unclean") == [])
    rows(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert files_with(path.parent) == []
    await store.close()


async def test_what_there_is_no_time_for_is_done_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "STEP_PAGES", 1)
    monkeypatch.setattr(cleaning, "finish", lambda conn: None)
    monkeypatch.setattr(worker, "IDLE_SECONDS", 3600)
    store = await Store.open(path)
    await keep(store, [*others("a"), secret(), *others("b")])
    await delete(store)
    await store.close()
    assert files_with(path.parent) == ["debates.db"]
    conn = sqlite3.connect(path, isolation_level=None)
    for _ in range(3):  # begun, and left there when the program ended
        assert cleaning.step(conn)
    conn.close()
    check_indexes(path)
    monkeypatch.undo()
    store = await Store.open(path)
    await keep(store, others("c", 3))  # more comes between
    await store.close()
    assert files_with(path.parent) == []
    assert rows(path, "SELECT * FROM unclean") == []
    check_indexes(path)


async def test_closing_does_not_wait_for_another_program_that_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 3600)
    store = await Store.open(path)
    await keep(store, [*others("a", 3), secret(), *others("b", 3)])
    await delete(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await store.close()  # no error: it stays noted
    other.execute("ROLLBACK")
    assert len(other.execute("SELECT * FROM unclean").fetchall()) == 3
    other.close()
    await (await Store.open(path)).close()
    assert files_with(path.parent) == []


async def test_nothing_is_merged_while_a_debate_is_held(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    store = await Store.open(path)
    await keep(store, [secret()])
    held = store.recorder("261124-aaaaa")
    await held.flush()
    await delete(store)
    for _ in range(20):
        await asyncio.sleep(0.01)
        await held.flush()
    assert len(rows(path, "SELECT * FROM unclean")) == 3
    await held.close()
    await until(lambda: rows(path, "SELECT * FROM unclean") == [])
    await store.close()


async def test_a_merge_that_fails_is_told_and_harms_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    told: list[str] = []
    store = await Store.open(path, on_error=lambda e: told.append(e.kind))
    await keep(store, [secret(), *others("a", 2)])

    def fail(conn: sqlite3.Connection) -> bool:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(cleaning, "step", fail)
        await delete(store)
        await until(lambda: told != [])
    await keep(store, others("b", 2))
    await store.close()
    assert told == ["full"]
    assert files_with(path.parent) == []
    check_indexes(path)


async def test_deleting_hundreds_one_by_one_keeps_the_index_sound(path: Path) -> None:
    store = await Store.open(path)
    for n in range(70):  # more often than FTS5 has levels
        await store.import_debates([named(GONE, secret()), *others(f"{n:02}", 1)])
        await delete(store)
        await store._call(lambda db: cleaning.finish(db.conn, 60))
    await store.close()
    check_indexes(path)
    assert files_with(path.parent) == []
    library = Library(path)
    assert len(library.search("xylophone", limit=100)) == 70
    library.close()
