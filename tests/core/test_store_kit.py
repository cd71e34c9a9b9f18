"""What the tests of the store share: debates of any id, and looks into the file that go past the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.core.talk import Talk
from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.values import replace

SEATS = ("builder", "skeptic", "researcher", "contrarian")
RULING = rulings.Ruling(
    headline="Rent before you buy.",
    decision="If you are two people, use the API; measure for a month.",
    pull_quotes=(rulings.PullQuote("builder", "B1", "The Builder", 0, 11),),
    heard=SEATS,
)


def talk(question: str = "Self-host LLMs or use an API?") -> Talk:
    """A debate in the middle of its openings: the Builder is done, the Skeptic speaks."""
    said = Talk(question=question)
    said.say("builder", 0, "The Builder would rent a zeppelin first. Then it measures.")
    said.begin("skeptic")
    said.words("skeptic", 0, "Who pays for the helium")
    return said


def finished(question: str = "Self-host LLMs or use an API?") -> Talk:
    """A whole debate with a word of the user's, a verdict and a comment that changed nothing of it."""
    said = Talk(question=question)
    said.everybody(0)
    said.user("We have no café and no platform team.")
    said.floor(0)
    said.everybody(1)
    said.floor(1)
    log = said.log
    log.append(ev.VerdictStarted(version=1, cause="debate"))
    for piece in ('{"headline": ', '"Rent'):
        log.append(ev.VerdictDelta(version=1, text=piece))
    log.append(ev.VerdictRuled(version=1, ruling=RULING))
    log.append(ev.UsageCounted(voice="judge", statement="verdict 1", model="model-j", usage=ev.Usage(10, 20)))
    log.append(ev.DebateFinished())
    log.append(ev.CommentAdded(text="You forgot the xylophone.", statement="Y2", sentences=((0, 25),), number=1))
    log.append(ev.VerdictStarted(version=2, cause="Y2"))
    log.append(ev.VerdictUpheld(version=2, stands=1))
    log.append(ev.DebateFinished())
    return said


def named(id: str, events: Iterable[ev.Event], later: timedelta = timedelta()) -> list[ev.Event]:
    """The same events as those of another debate, at another time."""

    def at(event: ev.Event) -> str:
        moment = datetime.fromisoformat(event.at) + later
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return [replace(e, debate=id, at=at(e)) for e in events]


def rows(path: Path, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(path)
    try:
        return conn.execute(sql, values).fetchall()
    finally:
        conn.close()


def readable(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the tables that a person reads, and what the full-text index says of itself."""
    tables = {t: rows(path, f"SELECT * FROM {t} ORDER BY 1, 2, 3") for t in ("debates", "statements", "verdicts")}
    tables["quotes"] = rows(
        path, 'SELECT debate, version, voice, statement, text, "start", "end" FROM quotes ORDER BY 1, 2, 3'
    )
    tables["tags"] = rows(path, "SELECT * FROM tags ORDER BY 1, 2")
    tables["revisits"] = rows(path, "SELECT debate, date, fact FROM revisits ORDER BY 1, 2, 3")
    return tables


def check_indexes(path: Path) -> None:
    """The full-text indexes agree with their tables, and the file with itself. Raises sqlite3.Error otherwise."""
    conn = sqlite3.connect(path)
    try:
        for name in ("statements_fts", "debates_fts"):
            conn.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)")
        kept = conn.execute("SELECT count(*), coalesce(sum(archived), 0) FROM debates WHERE deleted_at IS NULL")
        counts = dict(conn.execute("SELECT what, count FROM counts"))
        assert (counts["debates"], counts["archived"]) == kept.fetchone()
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        conn.close()
