"""A write-ahead log of another file is recognised before SQLite brings it into this one."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests import damage
from tests.core.test_store_kit import finished, named
from tests.damage import DAMAGES, IDS
from tests.older import at_version
from upverdict.core.store import migrations, pairing
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return damage.library(tmp_path / "debates.db")


def with_log(path: Path, folder: Path, *changes: str) -> Path:
    """A copy of the file with these changes in the log beside it."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
    folder.mkdir()
    base = path.read_bytes()
    for sql in changes:
        conn.execute(sql)
    log = Path(f"{path}-wal").read_bytes()
    conn.close()
    (folder / path.name).write_bytes(base)
    (folder / f"{path.name}-wal").write_bytes(log)
    return folder / path.name


GROW = "INSERT INTO drafts VALUES (hex(randomblob(8)), hex(zeroblob(40000)))"


@pytest.mark.parametrize(
    "changes",
    [
        ("UPDATE debates SET updated_at = created_at",),
        (GROW, GROW),
        ("DELETE FROM drafts", "VACUUM"),
        (GROW, "DELETE FROM drafts", "VACUUM", GROW, GROW),
        ("DELETE FROM quotes", "VACUUM", "UPDATE debates SET updated_at = created_at"),
    ],
)
def test_ones_own_is_never_taken_for_another(path: Path, tmp_path: Path, changes: tuple[str, ...]) -> None:
    left = with_log(path, tmp_path / "left", *changes)
    assert not pairing.is_foreign(left)
    library = Library(left)
    assert library.count() == len(IDS)
    library.close()


async def test_of_another_library_it_is_left_as_it_is(path: Path) -> None:
    DAMAGES["a foreign -wal"](path)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    with pytest.raises(StoreError, match="is not of this file") as error:
        Library(path).page()
    assert error.value.kind == "damaged"
    with pytest.raises(StoreError, match="is not of this file"):
        await Store.open(path)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()} == before
    (path.parent / "debates.db-wal").unlink()
    assert Library(path).count() == len(IDS)


def test_a_copy_put_in_the_place_of_a_larger_file_whose_log_was_left(path: Path, tmp_path: Path) -> None:
    """What a person does who restores a copy, and does not know of the log."""
    left = with_log(path, tmp_path / "left", GROW, GROW, GROW)
    small = at_version(tmp_path / "small.db", len(migrations.STEPS), [named(IDS[0], finished().events)])
    shutil.copy(small, left)
    with pytest.raises(StoreError, match="is not of this file"):
        Library(left).page()
    assert left.read_bytes() == small.read_bytes()
