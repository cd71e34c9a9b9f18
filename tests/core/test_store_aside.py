"""Words that can't be written are put aside, and come into the file when it can be written again: none is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest

from tests.core.test_store_kit import check_indexes, finished, named, talk
from upverdict.core.events import Event
from upverdict.core.store import aside, notices
from upverdict.core.store.errors import StoreError, patiently
from upverdict.core.store.packing import pack
from upverdict.core.store.reader import Library
from upverdict.core.store.rescuing import rescue
from upverdict.core.store.writer import Recorder, Store

ID = "261124-abcde"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    notices.forget()
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "debates.db"


async def stuck(path: Path, events: list[Event], count: int) -> tuple[Store, Recorder]:
    """A debate of which the first `count` events were written; the file can't grow for the others."""
    store = await Store.open(path)
    recorder = store.recorder(events[0].debate)
    for event in events[:count]:
        recorder.put(event)
    await recorder.flush()
    await store._call(lambda db: db.conn.execute("PRAGMA max_page_count = 1").fetchall())  # as many as there are
    return store, recorder


LONG = finished("Why? " + "word " * 60_000).events


async def test_they_are_put_beside_the_file_and_taken_up_by_the_next_one(path: Path) -> None:
    store, recorder = await stuck(path, LONG, 0)
    for event in LONG:
        recorder.put(event)
    with pytest.raises(StoreError) as error:
        await recorder.close()
    assert error.value.kind == "full"
    assert error.value.aside is not None
    assert error.value.aside.parent == Path(f"{path}.live")
    assert recorder.failure is error.value
    await recorder.close()
    await store.close()
    library = Library(path)
    assert library.count() == 0
    await (await Store.open(path)).close()
    assert list(library.events(ID)) == LONG
    assert library.state(ID) == "finished"
    library.close()
    assert os.listdir(f"{path}.live") == []
    check_indexes(path)


async def test_leaving_the_program_puts_them_aside_too(path: Path) -> None:
    said = talk()
    store, recorder = await stuck(path, said.events, 4)
    for _ in range(400):
        said.words("skeptic", 0, " and then again something else" * 10)
    for event in said.events[4:]:
        recorder.put(event)
    with pytest.raises(StoreError) as error:
        await store.close()
    assert error.value.aside is not None
    store = await Store.open(path)
    library = Library(path)
    assert list(library.events(ID)) == said.events
    assert library.state(ID) == "interrupted"
    recorder = store.recorder(ID)  # and it goes on from there
    await recorder.close()
    await store.close()
    library.close()


async def test_where_nothing_can_be_written_beside_it_they_go_elsewhere(
    path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, recorder = await stuck(path, LONG, 0)
    for event in LONG:
        recorder.put(event)
    real = aside._write

    def full(file: Path, text: str) -> Path:
        if file.parent != aside._elsewhere(path):
            raise OSError(28, "No space left on device")
        return real(file, text)

    monkeypatch.setattr(aside, "_write", full)
    with pytest.raises(StoreError) as error:
        await store.close()
    assert error.value.aside is not None
    assert temporary in error.value.aside.parents
    assert (error.value.aside.parent.stat().st_mode & 0o777) == 0o700
    await (await Store.open(path)).close()
    assert list(Library(path).events(ID)) == LONG
    assert not error.value.aside.exists()


async def test_nowhere_to_put_them_is_no_error_of_its_own(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, recorder = await stuck(path, LONG, 0)
    for event in LONG:
        recorder.put(event)

    def full(file: Path, text: str) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(aside, "_write", full)
    with pytest.raises(StoreError) as error:
        await store.close()
    assert (error.value.kind, error.value.aside) == ("full", None)


def rest(path: Path, text: str, id: str = ID) -> Path:
    folder = Path(f"{path}.live")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{id}.rest.json"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"debate": "261124-other", "rows": []}',
        '{"debate": "261124-abcde", "rows": [[1]]}',
        '{"debate": "261124-abcde", "rows": [[900, 1, "2026-11-24T10:00:00.000Z", "debate_finished", "{}"]]}',
        '{"debate": "261124-abcde", "rows": [[1, 1, "x", "no_such", "{}"]]}',
    ],
)
async def test_what_does_not_follow_is_left_and_told(path: Path, text: str) -> None:
    file = rest(path, text)
    told: list[str] = []
    notices.listen(told.append)
    store = await Store.open(path)
    await store.import_events(finished().events)
    await store.close()
    assert not file.exists()
    assert file.with_name(file.name + ".unfit").read_text() == text
    assert [words for words in told if file.name in words]
    assert list(Library(path).events(ID)) == finished().events


async def test_what_is_there_already_is_not_taken_twice(path: Path) -> None:
    events = finished().events
    store = await Store.open(path)
    await store.import_events(events)
    await store.close()
    rows = [list(row) for row in pack(events)[3:]]
    file = rest(path, json.dumps({"debate": ID, "rows": rows}))
    await (await Store.open(path)).close()
    assert not list(file.parent.iterdir())
    assert list(Library(path).events(ID)) == events


async def test_what_is_deleted_for_good_is_not_left_there(path: Path) -> None:
    store = await Store.open(path)
    await store.import_events(finished().events)
    file = rest(path, "{}")
    await store.delete(ID)
    await store.purge([ID])
    await store.close()
    assert not file.exists()


async def test_what_others_may_have_put_there_is_not_read(path: Path, temporary: Path) -> None:
    folder = aside._elsewhere(path)
    folder.mkdir()
    shutil.copy(rest(path, "{"), folder)
    shutil.rmtree(f"{path}.live")
    folder.chmod(0o777)
    await (await Store.open(path)).close()
    assert os.listdir(folder) == [f"{ID}.rest.json"]


@pytest.fixture
def locked() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def test_a_lock_that_passes_is_waited_for(locked: sqlite3.OperationalError) -> None:
    tries: list[int] = []

    def do() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise locked
        return "done"

    assert patiently(do, 20) == "done"
    with pytest.raises(sqlite3.OperationalError):
        patiently(lambda: (_ for _ in ()).throw(locked), 0)
    other = sqlite3.OperationalError("no such table")
    other.sqlite_errorcode = sqlite3.SQLITE_ERROR
    tries.clear()
    with pytest.raises(sqlite3.OperationalError):
        patiently(lambda: tries.append(1) or (_ for _ in ()).throw(other), 20)
    assert tries == [1]


async def test_two_debates_are_put_aside_each_for_itself(path: Path) -> None:
    store = await Store.open(path)
    logs = [LONG, named("261124-other", LONG)]
    recorders = [store.recorder(log[0].debate) for log in logs]
    await recorders[0].flush()
    await store._call(lambda db: db.conn.execute("PRAGMA max_page_count = 1").fetchall())
    for recorder, log in zip(recorders, logs, strict=True):
        for event in log:
            recorder.put(event)
    with pytest.raises(StoreError):
        await store.close()
    await (await Store.open(path)).close()
    assert [list(Library(path).events(log[0].debate)) for log in logs] == logs


async def test_a_rescue_takes_them_up_too_and_leaves_them(path: Path, tmp_path: Path) -> None:
    store = await Store.open(path)
    await store.import_events(named("261124-other", finished().events))
    await store.close()
    rows = [list(row) for row in pack(LONG)]
    file = rest(path, json.dumps({"debate": ID, "rows": rows}))
    rest(path, "{", "261124-bad00")
    found = rescue(path, tmp_path / "new.db")
    assert [(one.id, one.state) for one in found.debates] == [("261124-other", "whole"), (ID, "whole")]
    assert list(Library(tmp_path / "new.db").events(ID)) == LONG
    assert file.exists()
