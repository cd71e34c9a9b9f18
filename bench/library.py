"""How a library of 1,000, 10,000 and 100,000 debates behaves, and how it grows: pages, opening, memory, rates.

    python -m bench.library FOLDER                        what is not in FOLDER yet is made: 1.7 GB, some minutes
    python -m bench.library FOLDER --sizes 1000,10000

Times are milliseconds, median · 95th percentile of `--repeat` runs on a file that the system has in its cache. Searches
have a benchmark of their own (`bench/searching.py`). Reach (performance.md): the first page in 50 ms, the 1,000th the
same, memory that does not grow, 1,000 debates imported or exported a minute; the screen at most 1.5 x an empty Textual
app, and 2 x its memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench import quantile
from bench.generate import generate
from bench.startup import EMPTY, first_screen, headless
from upverdict.core.store.reader import Library

PROGRAM = [str(Path(sys.executable).with_name("upverdict"))]
BARE = [sys.executable, "-c", "import click, sqlite3"]
ROWS = 50
"""Of a page."""
EXPORTED = 1_000
"""Debates of an export or import whose rate is measured."""
SHARED = 20_000
"""Debates of which one file's ids are drawn at most, so that drawing takes no time that counts."""

Row = tuple[str, str]


def timed(do: Callable[[], object], repeat: int) -> str:
    """Milliseconds, median · 95th percentile."""
    taken = []
    for _ in range(repeat):
        begin = time.perf_counter()
        do()
        taken.append((time.perf_counter() - begin) * 1000)
    return f"{median(taken):.1f} · {quantile(taken, 0.95):.1f}"


def measured(db: Path, repeat: int) -> Iterator[Row]:
    """What a file of one size comes to: names and figures."""
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as conn:
        count = conn.execute("SELECT count(*) FROM debates").fetchone()[0]
        deep = min(count - ROWS, 1_000 * ROWS - ROWS)
        sql = "SELECT created_at, id FROM debates ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?"
        after = conn.execute(sql, (deep - 1,)).fetchone()
        ids = [id for (id,) in conn.execute("SELECT id FROM debates ORDER BY random() LIMIT ?", (SHARED,))]
    conn.close()
    yield "debates", f"{count:,}"
    yield "file, MB", f"{db.stat().st_size / 1e6:,.0f}"

    def first() -> None:
        fresh = Library(db)
        assert len(fresh.page(limit=ROWS)) == ROWS
        fresh.close()

    yield "first page, file opened for it", timed(first, repeat)
    library = Library(db)
    draw = random.Random(1)
    yield "first page", timed(lambda: library.page(limit=ROWS), repeat)
    yield (
        f"page {deep // ROWS + 1:,}" if count < 1_000 * ROWS else "1,000th page",
        timed(lambda: library.page(after, ROWS), repeat),
    )
    yield "first page of the interrupted", timed(lambda: library.page(limit=ROWS, states=["interrupted"]), repeat)
    yield "count", timed(library.count, repeat)
    yield "a debate opened", timed(lambda: library.debate(draw.choice(ids)), repeat)
    yield "related", timed(lambda: library.related(draw.choice(ids)), repeat)
    questions = [library.row(id).question for id in ids[:repeat]]
    yield "decided on something alike", timed(lambda: library.decided(draw.choice(questions)), repeat)
    library.close()
    starts = [first_screen([*PROGRAM, "--db", str(db)], b"palette") for _ in range(3)]
    yield "library on the screen, ms", f"{min(s.seconds for s in starts) * 1000:.0f}"
    yield "its memory, MiB", f"{median(s.memory for s in starts):.0f}"
    yield "`list`, ms", f"{min(headless([*PROGRAM, 'list', '--db', str(db)]) for _ in range(3)) * 1000:.0f}"
    yield "`show`, ms", f"{min(headless([*PROGRAM, 'show', ids[0], '--db', str(db)]) for _ in range(3)) * 1000:.0f}"
    yield from rates(db)


def rates(db: Path) -> Iterator[Row]:
    """Debates a minute: exported in each form, one command each for all, and imported into an empty file."""
    with tempfile.TemporaryDirectory(prefix="upverdict-") as folder:
        some = Path(folder) / "some.db"
        listed = subprocess.run(
            [*PROGRAM, "list", "--json", "--limit", str(EXPORTED), "--db", str(db)], capture_output=True, check=True
        )
        ids = [json.loads(line)["id"] for line in listed.stdout.splitlines()]
        for form in ("jsonl", "json", "md"):
            out = Path(folder) / f"all.{form}"
            command = [*PROGRAM, "export", *ids, "--format", form, "--output", str(out), "--db", str(db)]
            yield f"exported as {form}, a minute", f"{_rate(command, len(ids)):,.0f}"
        one = [*PROGRAM, "export", ids[0], "--format", "html", "--db", str(db)]
        yield "one exported as html, ms", f"{min(headless(one) for _ in range(3)) * 1000:.0f}"
        for form in ("jsonl", "json"):
            command = [*PROGRAM, "import", str(Path(folder) / f"all.{form}"), "--db", str(some)]
            yield f"imported from {form}, a minute", f"{_rate(command, len(ids)):,.0f}"
            for left in Path(folder).glob("some.db*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def _rate(command: list[str], debates: int) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return debates * 60 / (time.perf_counter() - begin)


def table(columns: list[list[Row]]) -> Iterator[str]:
    yield f"| what | {' | '.join(figure for _, figure in (c[0] for c in columns))} |"
    yield f"| --- |{' --- |' * len(columns)}"
    for rows in zip(*(c[1:] for c in columns), strict=True):
        yield f"| {rows[-1][0]} | {' | '.join(figure for _, figure in rows)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--repeat", type=int, default=50)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    columns = []
    for size in map(int, given.sizes.split(",")):
        db = given.folder / f"{size}.db"
        if not db.exists():
            begin = time.perf_counter()
            asyncio.run(generate(db, size, 1))
            print(f"{size:,} debates made in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        columns.append(list(measured(db, given.repeat)))
    empty = [first_screen(EMPTY) for _ in range(3)]
    bare = min(headless(BARE) for _ in range(3)) * 1000
    for line in table(columns):
        print(line)
    print(
        f"\nAn empty Textual app: {min(e.seconds for e in empty) * 1000:.0f} ms, "
        f"{median(e.memory for e in empty):.0f} MiB; `import click, sqlite3`: {bare:.0f} ms."
    )


if __name__ == "__main__":
    main()
