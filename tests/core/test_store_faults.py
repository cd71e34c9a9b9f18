"""What the file survives: kill -9, several processes, a full disk, folders and files that may not be used."""

from __future__ import annotations

import importlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.core.test_store_kit import check_indexes, finished, named, rows, talk
from upverdict.core.debate import Debate
from upverdict.core.store import migrations
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.rescuing import rescue
from upverdict.core.store.writer import Store

ID = "261124-abcde"
ROOT = Path(__file__).parents[2]

SPEAK = """
import asyncio, sys, time
sys.path.insert(0, {root!r})
from tests.core.talk import Talk
from upverdict.core import events as ev
from upverdict.core.log import Log, utc_now
from upverdict.core.store.writer import Store
from tests.core.talk import seat

VOICES = ("builder", "skeptic", "researcher", "contrarian")

async def main(path, id, count, pause):
    store = await Store.open(path)
    recorder = store.recorder(id)
    log = Log(id, recorder)
    log.append(ev.DebateStarted(question=f"Question {{id}}?", council=tuple(map(seat, VOICES)), judge=seat("judge")))
    for number in range(count // 400 + 1):
        said = {{v: dict(voice=v, round="rebuttal", statement=f"{{v[0].upper()}}{{number + 1}}") for v in VOICES}}
        for voice in VOICES:
            log.append(ev.StatementStarted(**said[voice], number=number))
        for n in range(number * 400, min(count, number * 400 + 400)):
            event = log.append(ev.TextDelta(**said[VOICES[n % 4]], text=f"word{{n}} "))
            print(event.seq, time.monotonic_ns(), flush=True)
            if n % 100 == 99 and n % 400 != 399:
                await recorder.flush()
                print(event.seq, 0, flush=True)
            await asyncio.sleep(pause)
        for voice in VOICES:
            log.append(ev.StatementFinished(**said[voice], sentences=()))
    log.append(ev.DebateFinished())
    await recorder.close()
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
"""


def speak(path: Path, id: str, count: int, pause: float) -> subprocess.Popen[str]:
    """A process that holds a debate, printing the number and the moment of each word, and 0 for what it flushed."""
    code = SPEAK.format(root=str(ROOT))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), id, str(count), str(pause)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("seed", range(3))
def test_kill_9_loses_at_most_a_quarter_of_a_second(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "debates.db"
    after = random.Random(seed).randrange(20, 260)
    with speak(path, ID, 100_000, 0.004) as child:
        assert child.stdout is not None
        printed = [child.stdout.readline() for _ in range(after)]
        killed = time.monotonic_ns()
        child.send_signal(signal.SIGKILL)
        printed += child.stdout.read().splitlines()
    words = [(int(seq), int(at)) for seq, at in (line.split() for line in printed if line.count(" ") == 1)]
    library = Library(path)
    kept = list(library.events(ID))
    for seq, at in words:
        if at < killed - 250_000_000:  # 0 for flushed
            assert kept[seq - 1].seq == seq
    Debate.fold(kept)
    assert library.state(ID) == "interrupted"
    last = max(e.text for e in kept if hasattr(e, "text"))
    assert [h.id for h in library.search(f"{last}")] in ([], [ID])

    import asyncio

    async def sweep() -> None:
        await (await Store.open(path)).close()

    asyncio.run(sweep())
    assert rows(path, "SELECT state FROM debates") == [("interrupted",)]
    assert [h.id for h in library.search(last)] == [ID]
    library.close()
    check_indexes(path)
    assert not list(Path(f"{path}.live").glob("*.lock"))


def test_two_processes_write_while_a_third_reads(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    children = [speak(path, f"261124-aaaa{n}", 500, 0.001) for n in range(2)]
    library = Library(path)
    seen = 0
    lives: set[str] = set()
    try:
        while any(child.poll() is None for child in children):
            for row in library.page():
                debate = library.debate(row.id)
                seen = max(seen, debate.seq)
                lives.add(row.state)
            library.search("word1")
            time.sleep(0.01)
    finally:
        for child in children:
            child.communicate()
    assert [child.returncode for child in children] == [0, 0]
    assert seen > 100
    assert "running" in lives
    for n in range(2):
        debate = library.debate(f"261124-aaaa{n}")
        assert debate.outcome == "finished"
        assert "".join(s.text for s in debate.in_round(0).values()).count("word") == 400
    assert len(library.search("word499")) == 2
    library.close()
    check_indexes(path)


FULL = """
import asyncio, resource, sys
sys.path.insert(0, {root!r})
from tests.core.test_store_kit import talk
from upverdict.core.store.errors import StoreError
from upverdict.core.store.writer import Store

async def main(path):
    store = await Store.open(path)
    told = asyncio.Event()
    store.on_error = lambda e: (print(e.kind, e, flush=True), told.set())
    recorder = store.recorder("261124-abcde")
    said = talk()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    for n in range(3000):
        said.words("skeptic", 0, f" word{{n}} " + "x" * 100)
    for n, event in enumerate(said.events):
        recorder.put(event)
        if n % 50 == 0:
            await asyncio.sleep(0)
            try:
                await recorder.flush()
            except StoreError:
                break
    await told.wait()
    if sys.argv[2] == "room":
        for event in said.events[n + 1:]:
            recorder.put(event)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await recorder.close()
        await store.close()
    else:
        try:
            await recorder.close()
        except StoreError as e:
            print("closed", e.kind, flush=True)
        await store.close()

asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize("then", ["room", "leave"])
def test_a_full_disk_is_told_and_costs_no_word_that_was_written(tmp_path: Path, then: str) -> None:
    path = tmp_path / "debates.db"
    done = subprocess.run(
        [sys.executable, "-c", FULL.format(root=str(ROOT)), str(path), then],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    told = done.stdout.splitlines()
    assert told[0].startswith(f"full {path} can't be written"), done.stderr
    assert "held in memory" in told[0]
    assert done.returncode == 0, done.stderr
    library = Library(path)
    said = talk()
    for n in range(3000):
        said.words("skeptic", 0, f" word{n} " + "x" * 100)
    kept = list(library.events(ID))
    library.close()
    check_indexes(path)
    # The same times in both processes: the clock of `Talk` is a made-up one.
    if then == "room":
        assert kept == said.events
        assert len(told) == 1
    else:
        assert told[1:] == ["closed full"]
        assert 100 < len(kept) < 3000
        assert kept == said.events[: len(kept)]
        import asyncio

        async def go_on() -> None:
            await (await Store.open(path)).close()

        asyncio.run(go_on())  # what was put aside comes in when there is room
        library = Library(path)
        more = list(library.events(ID))
        library.close()
        assert len(more) > len(kept)
        assert more == said.events[: len(more)]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for which this process has no special rights: root may do everything, nobody may not."""
    for late in ("concurrent.futures.thread", "filelock", "sqlite_utils"):
        importlib.import_module(late)  # nobody may not even read them where only root may
    made = Path(tempfile.mkdtemp()).resolve()
    root = os.geteuid() == 0
    if root:
        os.chown(made, 65534, 65534)
        os.seteuid(65534)
    yield made
    made.chmod(0o700)
    if root:
        os.seteuid(0)
    shutil.rmtree(made)


async def test_a_file_that_may_not_be_written_can_be_read(folder: Path) -> None:
    path = folder / "debates.db"
    store = await Store.open(path)
    await store.import_events(finished().events)
    await store.close()
    path.chmod(0o444)
    for mode in (0o700, 0o500):  # SQLite can make its helper files in the folder, or it can't
        os.chmod(folder, mode)
        library = Library(path)
        assert [r.id for r in library.page()] == [ID]
        assert list(library.events(ID)) == finished().events
        assert len(library.search("platform")) == 1
        library.close()
        with pytest.raises(StoreError, match=r"read-only|permissions") as error:
            await Store.open(path)
        assert (error.value.kind, error.value.exit_code) == ("readonly", 2)


async def test_a_tidy_file_in_a_folder_that_may_not_be_written(folder: Path) -> None:
    path = folder / "debates.db"
    store = await Store.open(path)
    await store.import_events(finished().events)
    await store.close()
    assert list(contents(folder)) == ["debates.db"]  # nothing beside it that SQLite could use
    os.chmod(folder, 0o500)
    library = Library(path)
    assert list(library.events(ID)) == finished().events
    library.close()


async def test_a_folder_that_may_not_be_written(folder: Path) -> None:
    path = folder / "debates.db"
    store = await Store.open(path)
    recorder = store.recorder(ID)
    for event in talk().events:
        recorder.put(event)
    await recorder.flush()
    left = folder / "left"
    left.mkdir()
    for name in ("debates.db", "debates.db-wal"):
        (left / name).write_bytes((folder / name).read_bytes())
    await store.close()
    left.chmod(0o500)
    library = Library(left / "debates.db")
    with pytest.raises(StoreError, match=r"newest part is still in debates\.db-wal"):
        library.page()
    for place in (left / "new.db", left / "new folder" / "new.db"):
        with pytest.raises(StoreError) as error:
            await Store.open(place)
        assert str(left) in str(error.value)
        assert error.value.exit_code == 2
    left.chmod(0o000)
    with pytest.raises(StoreError, match="may not be opened"):
        library.page()
    left.chmod(0o700)
    assert [r.state for r in library.page()] == ["interrupted"]
    library.close()


async def test_a_file_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Dear diary, this is no database at all. " * 9)
    other = tmp_path / "other.db"
    conn = sqlite3.connect(other)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("CREATE TABLE debates (id, question)")
    conn.commit()
    conn.close()
    before = contents(tmp_path)
    for path in (text, other, tmp_path):
        for _ in range(2):
            with pytest.raises(StoreError) as error:
                await Store.open(path)
            assert error.value.exit_code == 2
            assert str(path) in str(error.value)
        with pytest.raises(StoreError):
            Library(path).page()
    assert contents(tmp_path) == before
    (tmp_path / "other.db-journal").touch()  # not even when SQLite has to be asked what it is
    with pytest.raises(StoreError, match="another program"):
        await Store.open(other)
    assert rows(other, "SELECT name FROM sqlite_master") == [("debates",)]


async def test_a_step_that_fails_leaves_the_file_at_the_version_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "debates.db"
    known = len(migrations.STEPS)
    store = await Store.open(path)
    await store.import_events(finished().events)
    await store.close()
    good = "CREATE TABLE labels (debate TEXT, label TEXT);\n-- a remark; with one\nALTER TABLE debates ADD COLUMN x;"
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, good, "CREATE TABLE y (z);\nCREATE TABLE labels (a);"))
    with pytest.raises(StoreError):
        await Store.open(path)
    assert rows(path, "PRAGMA user_version") == [(known + 1,)]
    assert rows(path, "SELECT name FROM sqlite_master WHERE name IN ('y', 'labels')") == [("labels",)]
    monkeypatch.setattr(migrations, "STEPS", migrations.STEPS[: known + 1])
    await (await Store.open(path)).close()
    library = Library(path)
    assert list(library.events(ID)) == finished().events
    library.close()


class Late:
    """A connection that is overtaken by another program just before its first transaction."""

    def __init__(self, conn: sqlite3.Connection, overtake: Callable[[], None]) -> None:
        self._conn = conn
        self._overtake = [overtake]

    def execute(self, sql: str) -> sqlite3.Cursor:
        if sql.startswith("BEGIN") and self._overtake:
            self._overtake.pop()()
        return self._conn.execute(sql)

    @property
    def in_transaction(self) -> bool:
        return self._conn.in_transaction


def test_a_step_is_taken_once_when_two_programs_are_at_it(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    first, second = (sqlite3.connect(path, isolation_level=None) for _ in range(2))
    migrations.migrate(cast(sqlite3.Connection, Late(first, lambda: migrations.migrate(second, path))), path)
    assert first.execute("PRAGMA user_version").fetchone() == (len(migrations.STEPS),)
    first.close()
    second.close()


async def test_two_programs_make_the_file_at_once(tmp_path: Path) -> None:
    import asyncio

    path = tmp_path / "debates.db"
    stores = await asyncio.gather(*(Store.open(path) for _ in range(4)))
    await asyncio.gather(*(s.import_events(named(f"261124-aaaa{n}", finished().events)) for n, s in enumerate(stores)))
    for store in stores:
        await store.close()
    assert list(contents(tmp_path)) == ["debates.db"]
    library = Library(path)
    assert library.count() == 4
    library.close()


@pytest.mark.parametrize("left", ["empty", "missing"])
async def test_a_log_whose_file_is_gone_is_not_taken_for_nothing(tmp_path: Path, left: str) -> None:
    """SQLite would delete it, with every word that is in it."""
    path = tmp_path / "debates.db"
    store = await Store.open(path)
    await store.import_events(finished().events)
    beside = tmp_path / "debates.db-wal"
    log = beside.read_bytes()
    await store.close()
    if left == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    beside.write_bytes(log)
    with pytest.raises(StoreError, match="holds what was written last") as error:
        Library(path).page()
    assert error.value.kind == "damaged"
    with pytest.raises(StoreError, match="db rescue"):
        await Store.open(path)
    assert beside.read_bytes() == log
    found = rescue(path, tmp_path / "new.db")
    assert [one.id for one in found.debates] == [ID]
    library = Library(tmp_path / "new.db")
    assert list(library.events(ID)) == finished().events
    library.close()


async def test_a_journal_that_goes_while_it_is_looked_at_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program has just made the file: it was there, and is gone when its size is asked for."""
    store = await Store.open(tmp_path / "debates.db")
    await store.import_events(finished().events)
    await store.close()
    monkeypatch.setattr(Path, "exists", lambda self, **_: True)
    library = Library(tmp_path / "debates.db")
    assert library.count() == 1
    library.close()


def broken_off(path: Path) -> None:
    """A file without a write-ahead log, as a program leaves it that is killed in the middle of a change."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = DELETE").fetchone()
    conn.execute("PRAGMA cache_size = 1")
    conn.execute("BEGIN")
    conn.execute("UPDATE events SET body = zeroblob(length(body))")
    conn.execute("UPDATE statements SET text = upper(text)")
    left = [Path(f"{path}{suffix}") for suffix in ("", "-journal")]
    found = [file.read_bytes() for file in left]
    conn.execute("ROLLBACK")
    conn.close()
    for file, data in zip(left, found, strict=True):
        file.write_bytes(data)


async def test_half_a_change_is_never_read(folder: Path) -> None:
    path = folder / "debates.db"
    store = await Store.open(path)
    await store.import_debates([named(f"261124-{n:05}", finished().events) for n in range(9)])
    await store.close()
    broken_off(path)
    assert b"\0" * 500 in path.read_bytes()
    os.chmod(folder, 0o500)
    path.chmod(0o400)
    with pytest.raises(StoreError, match=r"takes back\. Copy both") as error:
        Library(path).page()
    assert error.value.kind == "readonly"
    os.chmod(folder, 0o700)
    path.chmod(0o600)
    library = Library(path)
    assert list(library.events("261124-00004")) == named("261124-00004", finished().events)
    assert not (folder / "debates.db-journal").exists()
    library.close()
    check_indexes(path)
