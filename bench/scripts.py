"""How text without spaces between words is found best: letters parted, as the store does it, beside SQLite's trigrams.

    python -m bench.scripts [--statements 20000] [--repeat 20]

Made-up Chinese and Japanese: words of one to four letters with the frequencies of a natural language. Both indexes have
the same statements in files of their own, filled through FTS5 as the store fills them. A search asks for the newest 50
hits of words that are really said, with a snippet; trigrams can't be asked for fewer than three letters, so that those
are looked for with LIKE, which is all that is left. SQLite's ICU tokenizer is in no build that Python comes with.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import quantile
from upverdict.core.store import reindexing, spacing

LETTERS = 300
"""Of a statement: as much as 150 English words say."""
LENGTHS = (1, 2, 3, 6)
KANA = "".join(map(chr, range(0x3042, 0x3094)))
HAN = "".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
TRIGRAMS = """
CREATE TABLE statements (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE VIRTUAL TABLE statements_fts USING fts5(
    text, content='statements', content_rowid='id', tokenize='trigram case_sensitive 0'
);
"""
HITS = "SELECT rowid, snippet(statements_fts, 0, '<', '>', '…', {tokens}) FROM statements_fts"


class Way:
    """One way to find them, in a file of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.path = folder / f"{name}.db"
        self.seconds = 0.0

    def fill(self, said: Sequence[str]) -> None:
        conn = sqlite3.connect(self.path, isolation_level=None)
        begun = time.process_time()
        conn.execute("BEGIN")
        self._make(conn)
        for id, text in enumerate(said, 1):
            self._add(conn, id, text)
        conn.execute("COMMIT")
        self.seconds = time.process_time() - begun
        conn.close()

    def _make(self, conn: sqlite3.Connection) -> None:
        raise NotImplementedError

    def _add(self, conn: sqlite3.Connection, id: int, text: str) -> None:
        raise NotImplementedError

    def find(self, conn: sqlite3.Connection, words: str) -> int:
        """How many of at most 50 hits there are."""
        raise NotImplementedError

    def times(self, queries: Sequence[str]) -> tuple[list[float], int]:
        """Seconds of each query, and how many hits all have together."""
        conn = sqlite3.connect(self.path)
        conn.execute("PRAGMA query_only = 1")
        spent, hits = [], 0
        for words in queries:
            begun = time.perf_counter()
            hits += self.find(conn, words)
            spent.append(time.perf_counter() - begun)
        conn.close()
        return spent, hits


class Parted(Way):
    """As the store does it."""

    def _make(self, conn: sqlite3.Connection) -> None:
        conn.execute("CREATE TABLE statements (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        for statement in reindexing.STATEMENTS:
            conn.execute(statement)

    def _add(self, conn: sqlite3.Connection, id: int, text: str) -> None:
        spaced = spacing.sought(text)
        conn.execute("INSERT INTO statements (id, text) VALUES (?, ?)", (id, text))
        conn.execute("INSERT INTO spaced_statements (id, text) VALUES (?, ?)", (id, spaced))
        conn.execute("INSERT INTO statements_fts (rowid, text) VALUES (?, ?)", (id, spaced))

    def find(self, conn: sqlite3.Connection, words: str) -> int:
        sql = HITS.format(tokens=64) + " WHERE statements_fts MATCH ? ORDER BY rowid DESC LIMIT 50"
        return len(conn.execute(sql, (f'"{spacing.sought(words)}"',)).fetchall())


class Trigrams(Way):
    """SQLite's own tokenizer for such text."""

    def _make(self, conn: sqlite3.Connection) -> None:
        conn.execute(TRIGRAMS.partition(";")[0])
        conn.execute(TRIGRAMS.partition(";")[2])

    def _add(self, conn: sqlite3.Connection, id: int, text: str) -> None:
        conn.execute("INSERT INTO statements (id, text) VALUES (?, ?)", (id, text))
        conn.execute("INSERT INTO statements_fts (rowid, text) VALUES (?, ?)", (id, text))

    def find(self, conn: sqlite3.Connection, words: str) -> int:
        if len(words) < 3:
            sql = "SELECT id, text FROM statements WHERE text LIKE ? ORDER BY id DESC LIMIT 50"
            return len(conn.execute(sql, (f"%{words}%",)).fetchall())
        sql = HITS.format(tokens=64) + " WHERE statements_fts MATCH ? ORDER BY rowid DESC LIMIT 50"
        return len(conn.execute(sql, (f'"{words}"',)).fetchall())


def statements(count: int, chance: random.Random) -> list[list[str]]:
    """Each as its words, full stops among them."""
    words: dict[str, None] = {}
    while len(words) < 20_000:
        letters = KANA if chance.random() < 0.3 else HAN
        words["".join(chance.choices(letters, k=chance.choices((1, 2, 3, 4), (10, 60, 20, 10))[0]))] = None
    known = list(words)
    weights = list(itertools.accumulate(1 / (n + 2.7) for n in range(len(known))))
    made = []
    for _ in range(count):
        text: list[str] = []
        while sum(map(len, text)) < LETTERS:
            text += [*chance.choices(known, cum_weights=weights, k=chance.randint(5, 12)), "。"]
        made.append(text)
    return made


def asked(said: Sequence[Sequence[str]], length: int, count: int, chance: random.Random) -> list[str]:
    """Words, or words one after another, of so many letters together, as they are said somewhere."""
    found: list[str] = []
    while len(found) < count:
        words = chance.choice(said)
        begin = chance.randrange(len(words))
        ends = itertools.accumulate(map(len, words[begin:]))
        until = next((n for n, letters in enumerate(ends, 1) if letters >= length), 0)
        run = "".join(words[begin : begin + until])
        if len(run) == length and "。" not in run:
            found.append(run)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=20, help="queries of each length")
    given = parser.parse_args()
    chance = random.Random(1)
    words = statements(given.statements, chance)
    queries = {length: asked(words, length, given.repeat, chance) for length in LENGTHS}
    said = ["".join(text) for text in words]
    with tempfile.TemporaryDirectory() as folder:
        ways = [Parted("letters parted", Path(folder)), Trigrams("trigrams", Path(folder))]
        for way in ways:
            way.fill(said)
        size = sum(len(text.encode()) for text in said)
        print(f"{given.statements:,} statements of {LETTERS} letters, {size / 1e6:.0f} MB; {sqlite3.sqlite_version}\n")
        print("| | letters parted | trigrams | ratio |\n| --- | --- | --- | --- |")
        sizes = [way.path.stat().st_size / size for way in ways]
        print(f"| file, times the text | {sizes[0]:.2f} | {sizes[1]:.2f} | {sizes[1] / sizes[0]:.2f} |")
        spent = [way.seconds for way in ways]
        print(f"| filled in, CPU s | {spent[0]:.1f} | {spent[1]:.1f} | {spent[1] / spent[0]:.2f} |")
        for length, runs in queries.items():
            (own, hits), (other, others) = (way.times(runs) for way in ways)
            row = " | ".join(f"{median(t) * 1e3:.2f} · {quantile(t, 0.95) * 1e3:.2f} ms" for t in (own, other))
            told = "" if hits == others else f" ({hits} · {others} hits)"
            print(f"| {length} letter{'s' * (length > 1)}{told} | {row} | {median(other) / median(own):.2f} |")


if __name__ == "__main__":
    main()
