"""What can be read of a damaged file is saved in a new one, and the damaged one is left as it is."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests import damage
from tests.core.test_store_backing import LIMITED
from tests.core.test_store_kit import check_indexes, finished, named, readable, rows, talk
from tests.damage import DAMAGES, IDS
from tests.newer import newer
from tests.older import at_version
from tests.program import ran, upverdict
from upverdict.core import jsonform, way_on
from upverdict.core.debate import Debate
from upverdict.core.document import document
from upverdict.core.store import migrations
from upverdict.core.store.errors import StoreError, explain
from upverdict.core.store.reader import Library
from upverdict.core.store.rescuing import Rescue, rescue
from upverdict.core.store.writer import Store

NOTHING = ("all zeros", "empty", "not SQLite")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return damage.library(tmp_path_factory.mktemp("sound") / "debates.db")


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "debates.db"))


def contents(path: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in path.parent.iterdir() if p.is_file() and not p.name.startswith("new")}


def rescued(path: Path) -> tuple[Rescue, Library]:
    """The rescue, and the new file, which is checked."""
    before = contents(path)
    new = path.with_name("new.db")
    found = rescue(path, new)
    assert contents(path) == before
    check_indexes(new)
    assert {p.name for p in path.parent.iterdir() if p.is_file()} - set(before) <= {
        "new.db",
        "new.db-wal",
        "new.db-shm",
    }
    assert not list(path.parent.glob(".upverdict*"))
    return found, Library(new)


def test_a_sound_file_gives_an_identical_library(path: Path) -> None:
    conn = sqlite3.connect(path)
    conn.execute("INSERT INTO drafts VALUES ('new', 'Shall I?')")
    conn.execute("UPDATE debates SET deleted_at = 'now' WHERE id = ?", (IDS[3],))
    conn.commit()
    conn.close()
    found, new = rescued(path)
    assert found.sound
    assert (found.drafts, found.log, found.unread) == (1, "none", 0)
    assert [(one.id, one.state, one.lost) for one in found.debates] == [(id, "whole", "") for id in IDS if id != IDS[3]]
    old = Library(path)
    assert new.page() == old.page()
    assert new.draft("new") == "Shall I?"
    for one in found.debates:
        assert list(new.events(one.id)) == list(old.events(one.id))
    assert new.search("platform") == old.search("platform")
    kept = {t: [r for r in all if IDS[3] not in r] for t, all in readable(path).items() if t != "debates"}
    assert {t: [r[1:] for r in all] for t, all in readable(path.with_name("new.db")).items() if t in kept} == {
        t: [r[1:] for r in all] for t, all in kept.items()
    }


def test_an_older_file_and_what_is_still_beside_it(tmp_path: Path) -> None:
    path = at_version(tmp_path / "debates.db", 1, [finished().events])
    conn = sqlite3.connect(path)
    conn.execute("INSERT INTO drafts VALUES ('new', ?)", ("Shall I? " * 2000,))
    conn.commit()
    left = tmp_path / "left"
    left.mkdir()
    for name in ("debates.db", "debates.db-wal"):
        shutil.copy(tmp_path / name, left)
    conn.close()
    found, new = rescued(left / "debates.db")
    assert (found.sound, found.log, found.drafts) == (True, "used", 1)
    assert new.draft("new") == "Shall I? " * 2000
    assert list(new.events(finished().events[0].debate)) == finished().events


def test_a_debate_that_was_running_when_it_was_damaged(tmp_path: Path) -> None:
    path = at_version(tmp_path / "debates.db", len(migrations.STEPS), [talk().events])
    found, new = rescued(path)
    assert found.sound
    assert [r.state for r in new.page()] == ["interrupted"]
    assert list(new.events(talk().events[0].debate)) == talk().events


def texts(document: Any) -> list[tuple[str, str]]:
    return [(s["id"], s["text"]) for s in document["statements"]]


@pytest.mark.parametrize("name", DAMAGES)
def test_every_damage(path: Path, sound: Path, name: str) -> None:
    DAMAGES[name](path)
    if name in NOTHING:
        before = contents(path)
        with pytest.raises(StoreError, match="Nothing of a debate can be read") as error:
            rescue(path, path.with_name("new.db"))
        assert error.value.kind == "damaged"
        assert contents(path) == before
        return
    found, new = rescued(path)
    whole = [one.id for one in found.debates if one.state == "whole"]
    kept = {one.id for one in found.debates if one.state != "lost"}
    old = Library(sound)
    for id in whole:
        if id in IDS:
            assert list(new.events(id)) == list(old.events(id))
    if name != "truncated":
        assert kept >= set(IDS)
        for id in IDS:  # what the log has lost the tables still have, and the other way round
            mine, theirs = (jsonform.plain(document(lib.debate(id), "finished")) for lib in (new, old))
            assert texts(mine) == texts(theirs)
            assert len(mine["verdicts"]) == len(theirs["verdicts"])
        assert len(whole) >= 10
    assert len(kept) >= 6
    assert not found.sound
    assert found.readable == ("index" in name or "free pages" in name)


@pytest.mark.parametrize("seed", range(12))
def test_any_pages_may_be_bad(path: Path, sound: Path, seed: int) -> None:
    draw = random.Random(seed)
    count = path.stat().st_size // 4096
    for page in draw.sample(range(2, count + 1), max(1, count * draw.choice([1, 5, 20]) // 100)):
        how = draw.choice(["zero", "noise", "half"])
        data = bytearray(path.read_bytes())
        at = (page - 1) * 4096
        size = 2048 if how == "half" else 4096
        data[at : at + size] = b"\0" * size if how == "zero" else draw.randbytes(size)
        path.write_bytes(data)
    found, new = rescued(path)
    old = Library(sound)
    for one in found.debates:
        if one.state == "lost":
            continue
        debate: Debate = new.debate(one.id)
        said = {s.id: s.text for s in old.debate(one.id).statements.values()}
        if one.state == "whole":
            assert {s.id: s.text for s in debate.statements.values()} == said
        for statement in debate.statements.values():
            if statement.state == "finished":
                assert statement.text == said[statement.id]


def test_bytes_that_are_changed_anywhere_end_in_no_traceback(path: Path) -> None:
    draw = random.Random(7)
    data = path.read_bytes()
    for _ in range(4):
        bad = bytearray(data)
        for _ in range(len(bad) // 600):
            bad[draw.randrange(100, len(bad))] = draw.randrange(256)
        path.write_bytes(bad)
        new = path.with_name("new.db")
        found = rescue(path, new)
        assert {one.id for one in found.debates if one.state != "lost"}
        check_indexes(new)
        new.unlink()


def test_what_is_no_business_of_a_rescue(path: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    new.write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        rescue(path, new)
    assert new.read_text() == "mine"
    new.unlink()
    for bad, words in (
        (tmp_path / "none.db", "is not there: there is nothing to rescue"),
        (tmp_path, "is a folder"),
        (newer(tmp_path / "newer.db"), "written by a newer"),
        (_other(tmp_path / "other.db"), "of another program"),
    ):
        with pytest.raises(StoreError, match=words):
            rescue(bad, new)
        assert not new.exists()
    new.symlink_to("nowhere")
    with pytest.raises(StoreError, match="is there already"):
        rescue(path, new)
    assert new.is_symlink()
    new.unlink()
    with pytest.raises(StoreError, match=r"The folder of .*new\.db is not there: nothing was written\. Make it first"):
        rescue(path, tmp_path / "no such" / "new.db")
    assert not list(tmp_path.glob("*.part"))


def _other(path: Path) -> Path:
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA application_id = 77")
    conn.execute("CREATE TABLE t (x)")
    conn.close()
    return path


async def test_nobody_is_at_it_meanwhile(path: Path) -> None:
    store = await Store.open(path)
    recorder = store.recorder("261124-abcde")
    with pytest.raises(StoreError, match="being held in another window"):
        rescue(path, path.with_name("new.db"))
    await recorder.close()
    await store.close()
    assert rescue(path, path.with_name("new.db")).sound


def test_a_change_that_was_broken_off_is_taken_back(path: Path, tmp_path: Path) -> None:
    """Where the file has no write-ahead log: what a killed program left beside it says how it was."""
    left = tmp_path / "left"
    left.mkdir()
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = DELETE").fetchone()
    conn.execute("PRAGMA cache_size = 1")
    conn.execute("BEGIN")
    conn.execute("UPDATE events SET body = zeroblob(length(body))")
    for name in ("debates.db", "debates.db-journal"):
        shutil.copy(tmp_path / name, left)
    conn.execute("ROLLBACK")
    conn.close()
    assert b"\0" * 1500 in (left / "debates.db").read_bytes()
    found, new = rescued(left / "debates.db")
    assert [one.state for one in found.debates] == ["whole"] * 12
    assert new.count() == 12


def test_the_command_says_what_became_of_each(path: Path) -> None:
    (body,) = rows(path, "SELECT rowid FROM events WHERE debate = ? AND seq = 5", (IDS[2],))[0]
    conn = sqlite3.connect(path)
    conn.execute("UPDATE events SET body = '{' WHERE rowid = ?", (body,))
    conn.commit()
    conn.close()
    done = upverdict("--db", str(path), "show", IDS[2])
    assert done.code == 2
    assert f"`upverdict db rescue --db {path}` saves" in done.err, "typed as it is, it finds this file"
    done = upverdict("db", "rescue", "--db", str(path))
    assert done.code == 1
    lines = done.out.splitlines()
    assert [line.split()[:2] for line in lines] == [[id, "partly" if id == IDS[2] else "whole"] for id in IDS]
    assert "(lost: 1 of " in lines[2]
    new = path.with_name("debates.rescued.db")
    assert f"12 debates: 11 whole, 1 partly. What could be read is in {new}" in done.err
    assert upverdict("--db", str(new), "show", IDS[2]).code == 0
    again = upverdict("--db", str(path), "db", "rescue", "--json", "--to", str(path.with_name("third.db")))
    assert [one["state"] for one in again.lines].count("whole") == 11
    assert upverdict("db", "rescue", "--db", str(new)).err.startswith("Nothing in the file is damaged.")
    assert os.listdir(path.parent).count("debates.rescued-2.db") == 0


def test_what_saves_a_file_names_the_one_that_this_run_named() -> None:
    malformed, index = sqlite3.DatabaseError("database disk image is malformed"), sqlite3.DatabaseError("broken")
    index.sqlite_errorcode = 267
    for given, file in ((None, ""), (Path("my {debates}.db"), " --db 'my {debates}.db'")):
        way_on.on_file(given)
        try:
            assert f"`upverdict db rescue{file}` saves" in str(explain(malformed, "a.db"))
            assert f"`upverdict db rebuild{file}` makes" in str(explain(index, "a.db"))
        finally:
            way_on.on_file(None)


def test_a_full_disk_leaves_nothing_of_the_new_one(path: Path) -> None:
    code = LIMITED.replace("50_000", "150_000").replace(
        "    Library(sys.argv[1]).page()",
        "    from pathlib import Path; from upverdict.core.store.rescuing import rescue\n"
        "    rescue(Path(sys.argv[1]), Path(sys.argv[2]))",
    )
    before = contents(path)
    done = ran(code, str(path), str(path.with_name("new.db")))
    assert done.out.startswith("full "), done.err
    assert contents(path) == before
    assert not list(path.parent.glob("*new*"))


def test_debates_of_a_foreign_log_do_not_stand_in_for_ones_own(path: Path) -> None:
    DAMAGES["a foreign -wal"](path)
    found, new = rescued(path)
    assert found.log in ("foreign", "doubtful")
    assert [one.id for one in found.debates if one.state == "whole" and one.id in IDS] == IDS
    assert [h.id for h in new.search("platform")][:1] != []
    assert named(IDS[0], finished().events)[5:9] == list(new.events(IDS[0]))[5:9]
