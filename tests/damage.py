"""Ways in which a file of debates gets damaged, for tests and for the table of faults."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.core.test_store_kit import finished, named
from tests.older import at_version
from upverdict.core.store import migrations
from upverdict.core.store.pages import Image

IDS = [f"261124-{n:05}" for n in range(12)]
PAGE = 4096


def library(path: Path) -> Path:
    """A sound file with twelve debates, large enough that each table has pages of its own."""
    long = " ".join(f"word{n}" for n in range(400))
    logs = [named(id, finished(f"Question {n}? {long}").events) for n, id in enumerate(IDS)]
    return at_version(path, len(migrations.STEPS), logs)


def leaves(path: Path, table: str) -> list[int]:
    """The pages of a table that have rows, in order."""
    image = Image(path.read_bytes())
    return image.tree(image.tables()[table].root)[0]


def overwrite(path: Path, page: int, byte: int = 0xA5) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(bytes([byte]) * PAGE)


def _root(path: Path, name: str) -> int:
    conn = sqlite3.connect(path)
    try:
        return int(conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0])
    finally:
        conn.close()


def _middle(table: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        pages = leaves(path, table)
        overwrite(path, pages[len(pages) // 2])

    return damage


def _tree(name: str) -> Callable[[Path], None]:
    return lambda path: overwrite(path, _root(path, name))


def _truncated(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10 + 777])


def _head(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\0" * 100)


def _zeros(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def _freelist(path: Path) -> None:
    """A list of free pages that leads nowhere."""
    with path.open("r+b") as file:
        file.seek(32)
        file.write((99999).to_bytes(4, "big") + (7).to_bytes(4, "big"))


def _log(path: Path) -> None:
    """What another program's crash left beside it: a write-ahead log of another file."""
    other = path.with_name("other of ours.db")
    at_version(other, len(migrations.STEPS), [named("261125-other", finished("Another?").events)])
    conn = sqlite3.connect(other)
    conn.execute("UPDATE debates SET headline = 'Otherwise.'")
    conn.execute("INSERT INTO drafts VALUES ('new', 'Shall I?')")
    conn.commit()
    shutil.copy(f"{other}-wal", f"{path}-wal")
    conn.close()
    other.unlink()


DAMAGES: Mapping[str, Callable[[Path], None]] = {
    "a page of the log overwritten": _middle("events"),
    "a page of statements overwritten": _middle("statements"),
    "a page of debates overwritten": _middle("debates"),
    "the root of the log overwritten": _tree("events"),
    "the root of debates overwritten": _tree("debates"),
    "an index overwritten": _tree("debates_by_age"),
    "the log's own index overwritten": _tree("sqlite_autoindex_events_1"),
    "the full-text index overwritten": _tree("statements_fts_data"),
    "the schema overwritten": lambda path: overwrite(path, 1),
    "the header zeroed": _head,
    "the list of free pages broken": _freelist,
    "truncated": _truncated,
    "all zeros": _zeros,
    "empty": lambda path: path.write_bytes(b"") and None,
    "not SQLite": lambda path: path.write_bytes(b"Dear diary, this is no database at all. " * 300) and None,
    "a foreign -wal": _log,
}
"""What is done to a file, by its name."""
