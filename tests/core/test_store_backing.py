"""Before an older file is changed there is a whole copy of it beside it, or it is not changed."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from tests.core.test_store_kit import finished, named, rows
from tests.core.test_store_older import older
from tests.program import ran, upverdict
from upverdict.core.store import backing, migrations, notices
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store

ID = "261124-abcde"


@pytest.fixture(autouse=True)
def nothing_told() -> None:
    notices.forget()


def everything(path: Path) -> list[str]:
    """All rows and the shape of a file."""
    conn = sqlite3.connect(path)
    try:
        return list(conn.iterdump())
    finally:
        conn.close()


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir() if file.is_file() and not file.name.endswith(("-wal", "-shm"))}


def test_it_is_the_file_as_it_was_and_is_told_once(tmp_path: Path) -> None:
    path = older(tmp_path / "my debates.db")
    path.chmod(0o600)
    before = everything(path)
    told: list[str] = []
    notices.listen(told.append)
    for _ in range(2):
        library = Library(path)
        assert library.count() == 1
        library.close()
    copy = tmp_path / "my debates.v1-backup.db"
    assert everything(copy) == before
    assert rows(copy, "PRAGMA user_version") == [(1,)]
    assert (copy.stat().st_mode & 0o777) == 0o600
    assert files(tmp_path) == {"my debates.db", copy.name}
    assert backing.copies(path) == [copy]
    assert len(told) == 1
    assert copy.name in told[0]
    library = Library(copy)  # it can be opened itself, which makes a copy of the copy
    assert list(library.events(ID)) == finished().events
    library.close()


def test_an_empty_file_needs_none(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    conn = sqlite3.connect(path)
    for table in ("quotes", "verdicts", "statements", "events", "debates"):
        conn.execute(f"DELETE FROM {table}")
    conn.commit()
    conn.close()
    assert Library(path).count() == 0
    assert backing.copies(path) == []


async def test_one_of_the_same_state_is_not_made_again_one_of_another_is_left(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    kept = tmp_path / "kept.db"
    shutil.copy(path, kept)
    Library(path).count()
    (copy,) = backing.copies(path)
    first = copy.read_bytes()
    shutil.copy(kept, path)  # back to the older program …
    Library(path).count()
    assert backing.copies(path) == [copy]
    assert copy.read_bytes() == first
    shutil.copy(kept, path)
    conn = sqlite3.connect(path)
    conn.execute("INSERT INTO drafts VALUES ('new', 'Shall I?')")  # … with which something was written
    conn.commit()
    conn.close()
    await (await Store.open(path)).close()
    assert [c.name for c in backing.copies(path)] == ["debates.v1-backup.db", "debates.v1-backup-2.db"]
    assert copy.read_bytes() == first
    assert rows(backing.copies(path)[1], "SELECT text FROM drafts") == [("Shall I?",)]


def test_what_is_still_in_the_log_beside_it_is_in_the_copy(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    conn = sqlite3.connect(path)
    conn.execute("INSERT INTO drafts VALUES ('new', 'Shall I?')")
    conn.commit()
    left = tmp_path / "left"
    left.mkdir()
    for name in ("debates.db", "debates.db-wal"):  # as a killed program leaves them
        shutil.copy(tmp_path / name, left)
    conn.close()
    link = tmp_path / "link.db"
    link.symlink_to(left / "debates.db")
    assert Library(link).draft("new") == "Shall I?"
    assert rows(left / "debates.v1-backup.db", "SELECT text FROM drafts") == [("Shall I?",)]


def test_what_a_killed_program_left_of_one_is_no_copy(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    (tmp_path / "debates.v1-backup.db.part").write_bytes(path.read_bytes()[:5000])
    assert backing.copies(path) == []
    Library(path).count()
    assert files(tmp_path) == {"debates.db", "debates.v1-backup.db"}
    assert rows(tmp_path / "debates.v1-backup.db", "PRAGMA integrity_check") == [("ok",)]


def test_no_room_for_it_is_said_before_anything_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = older(tmp_path / "debates.db")
    before = path.read_bytes()
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: usage._replace(free=50_000))
        with pytest.raises(StoreError, match="no room") as error:
            Library(path).page()
    assert error.value.kind == "full"
    assert "left as it is" in str(error.value)
    assert (path.read_bytes(), files(tmp_path)) == (before, {"debates.db"})
    assert Library(path).count() == 1


LIMITED = """
import resource, sys
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
try:
    Library(sys.argv[1]).page()
except StoreError as e:
    print(e.kind, e)
"""


def test_a_disk_that_fills_up_meanwhile_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    before = path.read_bytes()
    assert len(before) > 60_000
    done = ran(LIMITED, str(path))
    assert done.out.startswith(f"full {path} was written by an older upverdict"), done.err
    assert (path.read_bytes(), files(tmp_path)) == (before, {"debates.db"})


def test_a_damaged_file_is_not_changed(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    (page,) = rows(path, "SELECT rootpage FROM sqlite_master WHERE name = 'quotes'")[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="damaged") as error:
        Library(path).page()
    assert error.value.kind == "damaged"
    assert (path.read_bytes(), files(tmp_path)) == (before, {"debates.db"})


def test_a_great_copy_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it takes: longer than anybody waits for a lock of SQLite's."""
    path = older(tmp_path / "debates.db")
    copying, go_on, waiting = threading.Event(), threading.Event(), threading.Event()
    copy, take = backing._copy, migrations.live.take

    def slowly(*given: Path) -> None:
        copying.set()
        assert go_on.wait(20)
        copy(*given)

    def taking(database: Path, debate: str) -> object:
        lock = take(database, debate)
        if lock is None:
            waiting.set()
        return lock

    monkeypatch.setattr(migrations, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(migrations, "_LONG_BYTES", 0)
    told: list[str] = []
    twice = threading.Event()
    notices.listen(lambda words: (told.append(words), len(told) == 2 and twice.set()))
    monkeypatch.setattr(backing, "_copy", slowly)
    monkeypatch.setattr(migrations.live, "take", taking)
    counts: list[int] = []
    first = threading.Thread(target=lambda: counts.append(_count(path)))
    first.start()
    assert copying.wait(20)
    second = threading.Thread(target=lambda: counts.append(_count(path)))
    second.start()
    assert waiting.wait(20)
    assert twice.wait(20)
    go_on.set()
    first.join()
    second.join()
    assert "takes a while" in told[0]
    assert "Another window is bringing" in told[1]
    assert "was brought up to date" in told[2]
    assert counts == [1, 1]
    assert len(backing.copies(path)) == 1


def _count(path: Path) -> int:
    """Past the lock that readers of one process share, as another process would."""
    conn = sqlite3.connect(path, timeout=0.01, isolation_level=None)
    try:
        migrations.migrate(conn, path)
        return int(conn.execute("SELECT count FROM counts").fetchone()[0])
    finally:
        conn.close()


async def test_another_library_with_the_same_beginning_is_no_copy_of_this_one(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    for name in ("debates.v1-backup.sqlite", "debates.v1-backup-x.db", "other.v1-backup.db", "debates-backup.db"):
        (tmp_path / name).touch()
    os.mkdir(tmp_path / "debates.v1-backup.db")  # a folder in its place
    store = await Store.open(path)
    await store.import_events(named("261124-other", finished().events))
    await store.close()
    assert "debates.v1-backup-2.db" in {c.name for c in backing.copies(path)}


def test_db_info_tells_of_it(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    assert upverdict("--db", str(path), "list").code == 0
    done = upverdict("db", "info", "--db", str(path))
    assert re.search(r"^before +debates\.v1-backup\.db, .* yours to delete$", done.out, re.M)
    told = upverdict("db", "info", "--json", "--db", str(path)).json
    assert told["copies"] == [str(tmp_path / "debates.v1-backup.db")]
