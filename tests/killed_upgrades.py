"""Kills the program with -9 while it brings an older file up to date, at random moments, and looks what is left.

`python -m tests.killed_upgrades [TIMES]` does it a hundred times and prints in which state the file was left how often.
Raises AssertionError where anything that was there is missing, or a part of a copy passes for one.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.core.test_store_kit import finished, named
from tests.older import at_version
from tests.program import Process, program
from upverdict.core.store import backing, migrations
from upverdict.core.store.reader import Library

UPGRADE = """
import sys
from upverdict.core.store import backing, migrations
from upverdict.core.store.reader import Library
import filelock; filelock.FileLock
print("begun", flush=True)
Library(sys.argv[1]).count()
print("done", flush=True)
"""
DEBATES = 200
_IN_MEMORY = "/dev/shm"
"""Where there is such a file system: a killed program loses nothing of it, and it needs no disk to be waited for."""


def older(path: Path, debates: int = DEBATES) -> Path:
    """A file as the first version of the program left it, with many debates, some of them in the log beside it."""
    logs = [named(f"261124-{n:05}", finished(f"Question {n}?").events) for n in range(debates)]
    at_version(path, 1, logs)
    conn = sqlite3.connect(path, isolation_level=None)
    conn.executemany("INSERT INTO drafts VALUES (?, 'Shall I?')", [(f"{n}",) for n in range(50)])
    for suffix in ("", "-wal"):  # as a killed program leaves them
        shutil.copy(f"{path}{suffix}", f"{path}.left{suffix}")
    conn.close()
    for suffix in ("", "-wal"):
        shutil.move(f"{path}.left{suffix}", f"{path}{suffix}")
    return path


def rows(path: Path) -> list[tuple[object, ...]]:
    """The log of every debate and every draft."""
    conn = sqlite3.connect(path)
    try:
        events = "SELECT debate, seq, count, at, kind, body FROM events ORDER BY debate, seq"
        return [*conn.execute(events), *conn.execute("SELECT key, text FROM drafts ORDER BY key")]
    finally:
        conn.close()


def begin(path: Path) -> Process:
    """A process that begins to open the file now."""
    process = program(UPGRADE, str(path))
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    return process


def kill(process: Process) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        assert pipe
        pipe.close()


def once(original: Path, folder: Path, seconds: float, told: list[tuple[object, ...]]) -> str:
    """Kill it that many seconds after it has begun; in which state it left the file. `told` is what must be there."""
    path = folder / "debates.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{original}{suffix}", f"{path}{suffix}")
    process = begin(path)
    time.sleep(seconds)
    kill(process)
    conn = sqlite3.connect(path)
    version = migrations.version_of(conn)
    assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    conn.close()
    assert rows(path) == told, "all that was there is there"
    left = backing.copies(path)
    part = bool(list(folder.glob("*.part")))
    state = f"version {version}, {'a copy' if left else 'a part of a copy' if part else 'no copy'}"
    assert left or version == 1, "no step is taken without a copy"
    library = Library(path)
    assert library.count() == len({row[0] for row in told if len(row) == 6})
    library.close()
    for copy in backing.copies(path):
        conn = sqlite3.connect(copy)
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        conn.close()
        assert rows(copy) == told
    assert not list(folder.glob("*.part"))
    assert rows(path) == told
    return state


def many(times: int, draw: random.Random, debates: int = DEBATES) -> Counter[str]:
    """Kill it so many times; how often it left which state."""
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None) as base:
        original = older(Path(base) / "original.db", debates)
        backup = Path(base) / "whole.db"
        for suffix in ("", "-wal"):
            shutil.copy(f"{original}{suffix}", f"{backup}{suffix}")
        told = rows(backup)
        lasts = _lasts(original, Path(base) / "unharmed")
        found: Counter[str] = Counter()
        for number in range(times):
            folder = Path(base) / str(number)
            folder.mkdir()
            found[once(original, folder, draw.uniform(0, lasts * 1.1), told)] += 1
            shutil.rmtree(folder)
        return found


def _lasts(original: Path, folder: Path) -> float:
    """How long it takes when nobody kills it, in seconds."""
    folder.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{original}{suffix}", folder / f"debates.db{suffix}")
    process = begin(folder / "debates.db")
    begun = time.monotonic()
    assert process.stdout
    assert process.stdout.readline() == "done\n"
    lasted = time.monotonic() - begun
    process.communicate()
    return lasted


def main(words: list[str], many: Callable[[int, random.Random], Counter[str]] = many) -> int:
    """Kill so many times, a hundred if nothing else is said, and print how often it left which state."""
    times = int(words[0]) if words else 100
    for state, often in sorted(many(times, random.Random()).items()):
        print(f"{often:4}  {state}")
    print(f"{times:4}  kills: nothing that was there is missing")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
