"""A search from what was typed to what was found. Knows no lock and no thread."""

from __future__ import annotations

import sqlite3
from datetime import date

from upverdict.core.store import filtering, query, searching
from upverdict.core.store.hits import Found
from upverdict.core.store.understanding import Voice, understand


def ask(conn: sqlite3.Connection | None, words: str, limit: int, ranked: bool, check: searching.Check) -> Found:
    """What `Library.find` finds; nothing in no file. `check` may raise in between."""

    def voices() -> list[Voice]:
        return filtering.voices(conn) if conn is not None else []

    def tags() -> list[str]:
        return filtering.tags(conn) if conn is not None else []

    meaning = understand(query.parse(words), date.today(), voices, tags)
    hits = searching.find(conn, meaning, limit, ranked, check) if conn is not None else []
    return Found(hits, meaning)
