"""Kills the program with -9 while it imports, copies or rebuilds, at random moments, and looks what is left.

`python -m tests.killed_upkeep [TIMES]` does it a hundred times and prints in which state the file was left how often.
Raises AssertionError where anything that was there is missing, a part of an import is seen or a part of a copy passes
for one.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

from tests.core.test_lossless import exported, keep, told
from tests.core.test_store_kit import finished, named
from tests.killed_upgrades import main
from upverdict.core import importing, mending, upkeep
from upverdict.core.store import arriving, rebuilding
from upverdict.core.store.soundness import findings

KEPT, COMING = 12, 3
"""Debates of the file, and how many times as many are imported."""
LOG = "SELECT debate, seq, count, at, kind, body FROM events ORDER BY debate, seq"
Rows = list[tuple[object, ...]]


class Job:
    """What is done to the file, and what may be left of it when it is killed. `folder` is made ready once."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.kept = kept
        logs = [named(f"261124-{n:05}", finished(f"Question {n}?").events) for n in range(kept)]
        self.original = keep(folder / "original.db", *logs)
        self.log = self.rows(self.original, LOG)
        self.shown = told(self.original)

    @staticmethod
    def rows(path: Path, sql: str) -> Rows:
        with closing(sqlite3.connect(path)) as conn:
            return conn.execute(sql).fetchall()

    def make(self, db: Path) -> None:
        shutil.copy(self.original, db)

    def do(self, db: Path) -> None:
        raise NotImplementedError

    def look(self, db: Path) -> str:
        """In which state it was left."""
        raise NotImplementedError


class Import(Job):
    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        super().__init__(folder, kept)
        logs = [named(f"261130-{n:05}", finished(f"Another {n}?").events) for n in range(kept * COMING)]
        source = keep(folder / "source.db", *logs)
        self.file = exported(source, "jsonl", folder / "coming.jsonl")
        self.coming = told(source)

    def do(self, db: Path) -> None:
        arriving.STEP_SECONDS = 0.002  # many transactions, as of a large import
        importing.importing(db, [str(self.file)], as_copy=False, dry_run=False, as_json=True)

    def look(self, db: Path) -> str:
        now = told(db)
        assert now in (self.shown, self.shown | self.coming), "all of it is seen, or nothing"
        assert self.rows(db, LOG.replace("ORDER", "WHERE debate < '261130' ORDER")) == self.log
        hidden = self.rows(db, "SELECT 1 FROM debates WHERE deleted_at IS NOT NULL")
        self.do(db)
        assert told(db) == self.shown | self.coming
        assert self.rows(db, "SELECT 1 FROM debates WHERE deleted_at IS NOT NULL") == []
        return "whole" if now != self.shown else "hidden parts" if hidden else "as before"


class Backup(Job):
    def do(self, db: Path) -> None:
        upkeep.backing_up(db, db.with_name("copy.db"), force=False, as_json=True)

    def look(self, db: Path) -> str:
        assert self.rows(db, LOG) == self.log
        assert told(db) == self.shown
        copy = db.with_name("copy.db")
        if not copy.exists():
            return "no copy"
        assert self.rows(copy, "PRAGMA integrity_check") == [("ok",)]
        assert self.rows(copy, LOG) == self.log
        return "a copy"


class Rebuild(Job):
    def make(self, db: Path) -> None:
        super().make(db)
        with closing(sqlite3.connect(db)) as conn, conn:
            conn.execute("UPDATE statements SET text = 'falsified'")
            conn.execute("DELETE FROM verdicts")
            conn.execute("UPDATE debates SET headline = 'falsified'")

    def do(self, db: Path) -> None:
        rebuilding.STEP_SECONDS = 0.002
        rebuilding._MARK_SECONDS = 0.002
        mending.rebuilding(db, "", as_json=True)

    def look(self, db: Path) -> str:
        assert self.rows(db, LOG) == self.log
        assert told(db) == self.shown
        wrong = len({one.debate for one in findings(db, lambda *_: None) if one.debate})
        went_on = bool(self.rows(db, f"SELECT 1 FROM unclean WHERE what GLOB '{rebuilding._MARK}*'"))
        self.do(db)
        return "as before" if wrong == self.kept else "mended" if not wrong else f"a part mended{', noted' * went_on}"


JOBS: tuple[type[Job], ...] = (Import, Backup, Rebuild)


def forked(do: Callable[[], object]) -> int:
    """A process that does it; its number."""
    if pid := os.fork():
        return pid
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            do()
        os._exit(0)
    finally:
        os._exit(1)


def once(job: Job, folder: Path, seconds: float) -> str:
    """Kill it that many seconds after it has begun; in which state it left the file."""
    folder.mkdir()
    db = folder / "debates.db"
    job.make(db)
    pid = forked(lambda: job.do(db))
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert status in (0, signal.SIGKILL), "it was killed, or done"
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert job.rows(db, "PRAGMA integrity_check") == [("ok",)]
        state = job.look(db)
        assert list(findings(db, lambda *_: None)) == []
    shutil.rmtree(folder)
    return f"{type(job).__name__.lower()}: {state}"


def lasts(job: Job, folder: Path) -> float:
    """How long it takes when nobody kills it, in seconds."""
    folder.mkdir()
    job.make(folder / "debates.db")
    begun = time.monotonic()
    pid = forked(lambda: job.do(folder / "debates.db"))
    _, status = os.waitpid(pid, 0)
    assert status == 0
    return time.monotonic() - begun


def many(times: int, draw: random.Random, kept: int = KEPT) -> Counter[str]:
    """Kill it so many times; how often it left which state."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as base:
        for kind in JOBS:
            folder = Path(base) / kind.__name__
            folder.mkdir()
            job = kind(folder, kept)
            long = lasts(job, folder / "unharmed")
            for number in range(JOBS.index(kind), times, len(JOBS)):
                found[once(job, folder / str(number), draw.uniform(0, long * 1.1))] += 1
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], many))
