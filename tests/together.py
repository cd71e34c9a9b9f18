"""Several instances on one file: two debate, a third searches and lists, a fourth tags, deletes and imports.

`python -m tests.together [--seconds 60]` prints what they did. Raises AssertionError where an event that was printed is
not in the file, a log has a gap, the file is not sound, or anybody was told of a lock.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.core.test_store_kit import check_indexes, finished, named
from tests.council import council
from tests.program import program, started, upverdict
from tests.scripted import Pace, ScriptedEndpoint
from upverdict.core import jsonform
from upverdict.core.store.reader import Library

LOOKING = """
import sys, time
from upverdict.core.errors import UserError
from upverdict.core.store.reader import Library
from pathlib import Path
library, stop, looks = Library(sys.argv[1]), Path(sys.argv[2]), 0
print("begun", flush=True)
while not stop.exists():
    try:
        for row in library.page(limit=20):
            library.debate(row.id)
        for words in ("cost", "team pla", "question"):
            library.search(words)
            library.search(words, ranked=True)
        library.count()
        looks += 1
    except UserError as e:
        if type(e).__name__ != "NoSuchDebate":
            print("told:", e, flush=True)
    time.sleep(0.02)
print(looks)
"""


@dataclass
class Together:
    """What they did. `printed` are the events that a debating program has printed, by debate."""

    printed: dict[str, list[Any]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    tagged: dict[str, set[str]] = field(default_factory=dict)
    looks: int = 0
    told: list[str] = field(default_factory=list)


def run(seconds: float, db: Path, pace: float = 1000) -> Together:
    """Let them all at one file for so long, and then come to an end; nothing is checked yet."""
    done, stop = Together(), db.with_name("stop")
    until = time.monotonic() + seconds
    with (
        ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=pace)) as server,
        ThreadPoolExecutor() as all,
    ):
        looker = program(LOOKING, str(db), str(stop))
        assert looker.stdout
        assert looker.stdout.readline() == "begun\n"
        until = time.monotonic() + seconds
        debating = [all.submit(_debate, done, server.url, until) for _ in range(2)]
        keeping = all.submit(_keep, done, db, until)
        for one in (*debating, keeping):
            one.result()
        stop.touch()
        out, err = looker.communicate(60)
    lines = out.splitlines()
    done.told += [line for line in [*lines[:-1], *err.splitlines()] if line]
    done.looks = int(lines[-1])
    return done


def _debate(done: Together, url: str, until: float) -> None:
    """Debate after debate, as somebody at a terminal holds them."""
    while time.monotonic() < until:
        process = started("ask", "Self-host LLMs or use API access?", "--json", "--endpoint", url)
        assert process.stdout
        assert process.stderr
        with process.stdout, process.stderr:
            lines = [json.loads(line) for line in process.stdout]
            done.told += [line for line in process.stderr.read().splitlines() if "upverdict:" in line]
        process.wait()
        if lines:
            done.printed[lines[0]["debate"]] = lines


def _keep(done: Together, db: Path, until: float) -> None:
    """Tag, delete and import what there is, a command a time."""
    draw, number = random.Random(), 0
    while time.monotonic() < until:
        number += 1
        page = Library(db).page(limit=20)
        settled = [row.id for row in page if row.state == "finished"]
        told = upverdict("import", str(_export(db, number)))
        assert told.code == 0, told.err
        done.imported.add(_name(number))
        if settled:
            id = draw.choice(settled)
            told = upverdict("tag", id, f"tag{number}")
            if told.code == 0:
                done.tagged.setdefault(id, set()).add(f"tag{number}")
            done.told += _complaints(told.err)
        if number % 3 == 0 and settled:
            id = draw.choice(settled)
            told = upverdict("delete", id, "--yes")
            if told.code == 0:
                done.deleted.add(id)
            done.told += _complaints(told.err)


def _name(number: int) -> str:
    return f"261124-im{number:03}"


def _export(db: Path, number: int) -> Path:
    file = db.with_name("coming.jsonl")
    file.write_text("\n".join(map(jsonform.to_json, named(_name(number), finished().events))), "utf-8")
    return file


def _complaints(err: str) -> list[str]:
    """What was told but for what is so: another one is at the debate, or it is gone."""
    return [line for line in err.splitlines() if "upverdict:" in line and "There is no debate" not in line]


def check(done: Together, db: Path) -> None:
    """Raises AssertionError and sqlite3.Error."""
    assert done.told == [], done.told
    library = Library(db)
    kept = {row.id for row in _all(library)}
    for id, printed in done.printed.items():
        if id in done.deleted:
            assert id not in kept
            continue
        log = [json.loads(jsonform.to_json(event)) for event in library.events(id)]
        assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
        assert log[: len(printed)] == printed, f"{id}: what was printed is in the file"
        assert library.state(id) == "finished"
    for id in done.imported - done.deleted:
        assert list(library.events(id))[: len(finished().events)] == named(id, finished().events)
    for id, tags in done.tagged.items():
        if id not in done.deleted:
            assert set(library.debate(id).shelf.tags) == tags
    assert kept == (done.printed.keys() | done.imported) - done.deleted
    assert not done.deleted & kept
    library.close()
    check_indexes(db)


def _all(library: Library) -> Iterator[Any]:
    after = None
    while page := library.page(after):
        yield from page
        after = (page[-1].created_at, page[-1].id)


@contextmanager
def at_home() -> Iterator[Path]:
    """A file in a home of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config").mkdir()
        (home / "config" / "config.toml").write_text('depth = "quick"\n', "utf-8")
        os.environ |= {
            "UPVERDICT_CONFIG": str(home / "config"),
            "UPVERDICT_DB": str(home / "debates.db"),
            "UPVERDICT_STATE": str(home / "state.json"),
            "UPVERDICT_PROBE": "0",
        }
        yield home / "debates.db"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args(words).seconds
    with at_home() as db:
        most = Counter[str]()
        over = threading.Event()
        watch = threading.Thread(target=_watch, args=(db, most, over.is_set))
        watch.start()
        done = run(seconds, db)
        over.set()
        watch.join()
        check(done, db)
    events = sum(map(len, done.printed.values()))
    print(f"{len(done.printed)} debates held, {events:,} events printed, all of them in the file, no log with a gap")
    print(f"{len(done.imported)} imported, {sum(map(len, done.tagged.values()))} tagged, {len(done.deleted)} deleted")
    print(
        f"{done.looks} times listed, unfolded and searched meanwhile; the -wal had {most['wal'] / 1e6:.1f} MB at most"
    )
    print("nobody was told of a lock; integrity_check and the full-text indexes are sound")
    return 0


def _watch(db: Path, most: Counter[str], over: Callable[[], bool]) -> None:
    log = Path(f"{db}-wal")
    while not over():
        most["wal"] = max(most["wal"], log.stat().st_size if log.exists() else 0)
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
