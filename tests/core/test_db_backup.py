"""`upverdict db backup` and `db vacuum`: a whole copy while others write, and the file without its empty pages."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.core.test_lossless import keep, told
from tests.core.test_store_kit import check_indexes, finished, named, rows, talk
from tests.core.test_store_older import older
from tests.program import upverdict
from upverdict.core import errors, upkeep
from upverdict.core.store import copying, live
from upverdict.core.store.reader import Library
from upverdict.core.store.soundness import findings
from upverdict.core.store.writer import Store

WHOLE = finished().events
ID = WHOLE[0].debate


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return keep(tmp_path / "debates.db", WHOLE, *(named(f"261130-{n:05}", WHOLE) for n in range(20)))


def test_a_copy_is_whole_and_needs_no_other_file(db: Path, tmp_path: Path) -> None:
    done = upverdict("db", "backup", "--db", str(db), "--json")
    assert (done.code, done.err) == (0, "")
    copy = Path(done.json["backup"])
    assert copy.parent == tmp_path
    assert re.fullmatch(r"debates-\d{8}-\d{6}\.db", copy.name)
    assert done.json == {"path": str(db), "backup": str(copy), "size": copy.stat().st_size}
    assert rows(copy, "PRAGMA journal_mode") == [("delete",)]
    alone = tmp_path / "elsewhere" / "a.db"
    alone.parent.mkdir()
    copy.rename(alone)
    assert told(alone) == told(db)
    assert list(findings(alone, lambda *_: None)) == []
    check_indexes(alone)
    assert not list(tmp_path.glob(".upverdict*"))


async def test_others_write_while_it_is_made(db: Path, tmp_path: Path) -> None:
    """Each step of it, and what is written between the steps is not in it: it is the file as it was."""
    store = await Store.open(db)
    recorder = store.recorder("261129-lives")
    spoken = named("261129-lives", talk().events)
    recorder.put(spoken[0])
    await recorder.flush()
    steps: list[int] = []

    def write(what: str, done: int, of: int) -> None:
        if what == "Copying pages":
            steps.append(done)
            with closing(sqlite3.connect(db, isolation_level=None)) as conn:
                conn.execute("INSERT OR REPLACE INTO drafts VALUES ('new', ?)", (f"{done} of {of}",))

    old = copying._PAGES
    copying._PAGES = 10
    try:
        copying.copy(db, tmp_path / "copy.db", write)
    finally:
        copying._PAGES = old
    assert len(steps) > 5
    assert steps == sorted(set(steps)), "it never begins from the start"
    assert rows(tmp_path / "copy.db", "SELECT * FROM drafts") == []
    assert rows(db, "SELECT count(*) FROM drafts") == [(1,)]
    assert rows(tmp_path / "copy.db", "SELECT id, state FROM debates WHERE state = 'running'") == [
        ("261129-lives", "running")
    ]
    assert Library(tmp_path / "copy.db").state("261129-lives") == "interrupted"
    for event in spoken[1:]:
        recorder.put(event)
    await recorder.close()
    await store.close()
    assert list(Library(db).events("261129-lives")) == spoken


def test_no_file_is_written_over(db: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.db"
    mine.write_text("my own words", "utf-8")
    done = upverdict("db", "backup", str(mine), "--db", str(db))
    assert (done.code, done.out) == (2, "")
    assert done.err == f"upverdict: {mine} is there already and was left as it is. --force writes over it.\n"
    assert mine.read_text("utf-8") == "my own words"
    done = upverdict("db", "backup", str(mine), "--db", str(db), "--force")
    assert done.code == 0
    assert re.fullmatch(
        f"Copied {re.escape(str(db))} to {re.escape(str(mine))}: [0-9]+ kB, whole and checked.\n", done.err
    )
    assert told(mine) == told(db)
    link = tmp_path / "link.db"
    link.symlink_to(db)
    for name in (db, link):
        with pytest.raises(errors.WrongUse, match="is the file itself"):
            upkeep.backing_up(db, name, force=True, as_json=False)
    (tmp_path / "loop.db").symlink_to("loop.db")
    upkeep.backing_up(db, tmp_path / "loop.db", force=True, as_json=False)
    mine.with_name("mine.db-wal").write_text("pages of a file that is open", "utf-8")
    with pytest.raises(errors.WrongUse, match=r"mine\.db-wal is there"):
        upkeep.backing_up(db, mine, force=True, as_json=False)
    assert not list(tmp_path.glob(".upverdict*"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_is_no_file_is_not_replaced_by_a_copy(db: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(errors.WrongUse, match="is no file"):
        upkeep.backing_up(db, pipe, force=True, as_json=False)
    assert pipe.is_fifo()


def test_a_copy_that_cannot_be_made_is_told_and_leaves_nothing(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "no such"
    with pytest.raises(errors.WrongUse, match=r"The folder of .*a\.db is not there: nothing was written"):
        upkeep.backing_up(db, folder / "a.db", force=False, as_json=False)
    with pytest.raises(errors.UserError, match="there is nothing to copy") as told_of:
        upkeep.backing_up(tmp_path / "none.db", tmp_path / "a.db", force=False, as_json=False)
    assert told_of.value.exit_code == errors.WRONG_USE
    (tmp_path / "text.db").write_text("my own words" * 20, "utf-8")
    with pytest.raises(errors.UserError, match="is not an SQLite file"):
        upkeep.backing_up(tmp_path / "text.db", tmp_path / "a.db", force=False, as_json=False)
    raw = bytearray(db.read_bytes())
    raw[len(raw) // 2 :] = b"\xff" * (len(raw) - len(raw) // 2)
    db.write_bytes(raw)
    with pytest.raises(errors.UserError, match="damaged"):
        upkeep.backing_up(db, tmp_path / "a.db", force=False, as_json=False)
    assert not (tmp_path / "a.db").exists()
    assert not list(tmp_path.glob(".upverdict*"))


@pytest.mark.skipif(os.name != "posix", reason="permissions are another matter elsewhere")
def test_a_copy_is_no_more_open_to_others_than_the_file(db: Path, tmp_path: Path) -> None:
    db.chmod(0o600)
    upkeep.backing_up(db, tmp_path / "a.db", force=False, as_json=False)
    assert (tmp_path / "a.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="permissions are another matter elsewhere")
def test_a_copy_of_a_file_that_may_not_be_written_can_be(db: Path, tmp_path: Path) -> None:
    db.chmod(0o440)
    upkeep.backing_up(db, tmp_path / "a.db", force=False, as_json=False)
    assert (tmp_path / "a.db").stat().st_mode & 0o777 == 0o640
    assert told(tmp_path / "a.db") == told(db)


def test_a_place_that_may_not_be_written_is_named_as_it_was_given(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / ".upverdict-x.part"))

    monkeypatch.setattr(copying.duplicating.os, "open", refused)
    place = re.escape(str(tmp_path / "a.db"))
    with pytest.raises(errors.UserError, match=f"^{place} may not be opened: permission denied"):
        upkeep.backing_up(db, tmp_path / "a.db", force=False, as_json=False)
    monkeypatch.undo()
    monkeypatch.setattr(Path, "is_dir", refused)
    with pytest.raises(errors.UserError, match=r"a\.db can't be written: permission denied\. Nothing was changed"):
        upkeep.backing_up(db, tmp_path / "a.db", force=False, as_json=False)


def test_an_older_file_is_copied_as_it_is(tmp_path: Path) -> None:
    old = older(tmp_path / "old.db")
    upkeep.backing_up(old, tmp_path / "a.db", force=False, as_json=False)
    for path in (old, tmp_path / "a.db"):
        assert rows(path, "PRAGMA user_version") == [(1,)]
    assert list(Library(tmp_path / "a.db").events(ID)) == WHOLE


def test_vacuum_takes_out_what_is_empty_and_refuses_while_somebody_is_at_it(db: Path) -> None:
    shown = {id: text for id, text in told(db).items() if id == ID}

    async def delete() -> None:
        store = await Store.open(db)
        ids = [f"261130-{n:05}" for n in range(20)]
        for id in ids:
            await store.delete(id)
        await store.purge(ids)
        await store.close()

    asyncio.run(delete())
    again = upverdict("db", "vacuum", "--db", str(db), "--json").json
    assert again["after"] == db.stat().st_size <= again["before"]
    assert told(db) == shown
    assert rows(db, "PRAGMA freelist_count") == [(0,)]
    check_indexes(db)
    said = upverdict("db", "vacuum", "--db", str(db)).err
    assert said == f"{db} has {upkeep.size(db.stat().st_size)}: there was nothing to gain.\n"
    for name, words in ((ID, f"{ID} is being debated"), (live.importing("abc"), "an import is running")):
        lock = live.take(db, name)
        assert lock
        done = upverdict("db", "vacuum", "--db", str(db))
        assert (done.code, done.out) == (1, "")
        assert f"{words} in another window. Nothing was changed" in done.err
        live.release(db, name, lock)


def test_vacuum_says_when_others_keep_it_large(db: Path) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as conn:
        conn.execute("CREATE TABLE padding AS SELECT randomblob(4000) AS b FROM events")
        conn.execute("DROP TABLE padding")
    other = sqlite3.connect(db, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM debates").fetchone()
    done = upverdict("db", "vacuum", "--db", str(db))
    assert done.code == 0
    assert "It shrinks when other windows have closed it." in done.err
    other.close()
