"""A file that an older program wrote is browsed as any other: brought up to date when that can be, else said so."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.core.test_store_faults import folder  # noqa: F401  a fixture
from tests.core.test_store_kit import check_indexes, finished, rows
from tests.older import at_version
from tests.program import upverdict
from upverdict.core.store import backing, migrations
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store

ID = "261124-abcde"
NEWEST = [(len(migrations.STEPS),)]


def older(path: Path, version: int = 1) -> Path:
    """A file as a version of the program left it, with one debate."""
    at_version(path, version, [finished().events])
    assert rows(path, "PRAGMA user_version") == [(version,)]
    return path


@pytest.mark.parametrize("version", range(1, len(migrations.STEPS)))
def test_browsing_brings_it_up_to_date(tmp_path: Path, version: int) -> None:
    path = older(tmp_path / "debates.db", version)
    library = Library(path)
    assert library.count() == 1
    assert rows(path, "PRAGMA user_version") == NEWEST
    assert [r.id for r in library.page()] == [h.id for h in library.search("platform")] == [ID]
    assert list(library.events(ID)) == finished().events
    library.close()
    check_indexes(path)


@pytest.mark.parametrize(
    ("arguments", "words"), [(["list"], ID), (["search", "platform"], ID), (["show", "last"], "Rent before you buy.")]
)
def test_every_command_that_browses_can_be_the_first(tmp_path: Path, arguments: list[str], words: str) -> None:
    path = older(tmp_path / "old.db")
    done = upverdict("--db", str(path), *arguments)
    assert done.code == 0
    assert done.err.startswith(f"{path} was brought up to date")
    assert "old.v1-backup.db" in done.err
    assert words in done.out
    assert upverdict("--db", str(path), *arguments).err == ""  # told once
    assert rows(path, "PRAGMA user_version") == NEWEST


def test_many_open_it_at_once(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(Library(path).count())) for _ in range(8)]
    children = [subprocess.Popen([sys.executable, "-c", COUNT, str(path)], stdout=subprocess.PIPE) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 8
    assert [child.communicate()[0].strip() for child in children] == [b"1"] * 3
    assert len(backing.copies(path)) == 1
    assert not list((tmp_path / "debates.db.live").iterdir())
    check_indexes(path)


COUNT = "import sys; from upverdict.core.store.reader import Library; print(Library(sys.argv[1]).count())"


def test_another_that_writes_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from upverdict.core.store import opening

    monkeypatch.setattr(opening, "_BUSY_SECONDS", 0.05)
    path = older(tmp_path / "debates.db")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    library = Library(path)
    with pytest.raises(StoreError) as error:
        library.page()
    assert error.value.kind == "locked"
    other.close()
    assert [r.id for r in library.page()] == [ID]
    library.close()


async def test_the_writer_does_the_same_while_it_is_browsed(tmp_path: Path) -> None:
    path = older(tmp_path / "debates.db")
    library = Library(path)
    store = await Store.open(path)
    assert library.count() == 1
    await store.delete(ID)
    assert library.count() == 0
    await store.close()
    library.close()


@pytest.mark.parametrize("mode", [0o700, 0o500])  # SQLite can make its helper files in the folder, or it can't
def test_one_that_may_not_be_written_says_what_to_do(folder: Path, mode: int) -> None:  # noqa: F811
    path = older(folder / "debates.db")
    before = path.read_bytes()
    path.chmod(0o444)
    folder.chmod(mode)
    library = Library(path)
    for look in (library.page, library.count, lambda: library.search("platform")):
        with pytest.raises(StoreError, match="older upverdict") as error:
            look()
        assert (error.value.kind, error.value.exit_code) == ("readonly", 2)
        assert str(path) in str(error.value)
        assert "left as it is" in str(error.value)
        assert "copy" in str(error.value)
    assert path.read_bytes() == before
    folder.chmod(0o700)
    for file in filter(Path.is_file, folder.iterdir()):  # SQLite's helper files have the rights of the file
        file.chmod(0o600)
    assert [r.id for r in library.page()] == [ID]  # as it says: made writable, it can be read
    library.close()


def test_a_writable_file_in_a_folder_that_is_not(folder: Path) -> None:  # noqa: F811
    path = older(folder / "debates.db")
    folder.chmod(0o500)
    with pytest.raises(StoreError, match="older upverdict"):
        Library(path).page()


POWERLESS = """
import os, sys
import upverdict.core.browse, upverdict.core.cli, upverdict.core.config, upverdict.core.store.searching
from upverdict.tui.launch import main
if os.geteuid() == 0:
    os.seteuid(65534)  # root may write everything; the modules are imported before, which nobody may not read
main()
"""


@pytest.mark.parametrize("arguments", [["list"], ["search", "x"], ["show", "last"]])
def test_commands_say_it_in_one_sentence(folder: Path, arguments: list[str]) -> None:  # noqa: F811
    path = older(folder / "debates.db")
    path.chmod(0o444)
    folder.chmod(0o500)
    euid = os.geteuid()
    if os.getuid() == 0:
        os.seteuid(0)  # to be able to run Python; it gives its rights away itself
    done = subprocess.run(
        [sys.executable, "-c", POWERLESS, "--db", str(path), *arguments],
        env=os.environ | {"UPVERDICT_CONFIG": str(folder / "config")},
        capture_output=True,
        text=True,
        check=False,
    )
    os.seteuid(euid)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"upverdict: {path} was written by an older upverdict")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
