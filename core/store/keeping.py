"""What the writer's thread does on demand: open and close journals, sweep, delete, import, rebuild, drafts.

Knows no event loop. Every function runs on the writer's thread and raises StoreError or sqlite3.Error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.store import aside, cleaning, live, tables
from upverdict.core.store.errors import NoSuchDebate, StoreError, explain
from upverdict.core.store.ids import is_id
from upverdict.core.store.journal import Journal
from upverdict.core.store.logged import logged
from upverdict.core.store.transacting import transaction
from upverdict.core.store.worker import Worker
from upverdict.core.values import replace

if TYPE_CHECKING:
    from sqlite_utils import Database

_BATCH = 200
"""Imported debates in one transaction: some megabytes, under a second."""

Change = Callable[[Debate], Sequence[ev.Event]]
"""What is to be appended to a debate as it stands (`events.SHELVING`). May raise UserError: then nothing is."""


# -- journals -------------------------------------------------------------------------------------------------------


def open_journal(conn: sqlite3.Connection, worker: Worker, journal: Journal) -> None:
    """Have the thread write this debate. When its log can't be read, nothing is taken and the lock is given back."""
    try:
        journal.load(conn)
    except (StoreError, sqlite3.Error) as e:
        journal.refused = e if isinstance(e, StoreError) else explain(e, journal.path)
        journal.release()
        raise
    finally:
        worker.journals.append(journal)


def flushed(journal: Journal) -> None:
    """Called when everything put before was tried: raises StoreError when it is not on the disk."""
    if (error := journal.refused or journal.error) is not None:
        raise error


def close_journal(conn: sqlite3.Connection, worker: Worker, journal: Journal) -> None:
    """Write the rest, give the lock back. Nothing in it is written any more afterwards; what can't be is put aside."""
    try:
        if journal.running and journal.refused is None:
            journal.interrupt()
            worker.write(conn)
        if journal.error is not None and journal.refused is None:
            raise aside.put(journal, journal.error)
        flushed(journal)
    finally:
        if journal in worker.journals:
            worker.journals.remove(journal)
        journal.release()


def close_all(conn: sqlite3.Connection, worker: Worker) -> None:
    """Close every journal and leave one tidy file, without what was deleted.

    Raises the first StoreError, when all are closed.
    """
    errors: list[StoreError] = []
    for journal in list(worker.journals):
        try:
            close_journal(conn, worker, journal)
        except StoreError as e:
            errors.append(e)
    conn.execute("PRAGMA busy_timeout = 100")
    try:
        cleaning.finish(conn)
    except sqlite3.Error as e:
        if (error := explain(e, worker.path)).kind != "locked":  # then it stays noted in the file
            errors.append(error)
    for id in list(worker.hidden):
        _let_go(worker, id)
    with suppress(sqlite3.OperationalError):  # everything is kept beside the file too, until the next one tidies up
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if errors:
        raise errors[0]


def sweep(conn: sqlite3.Connection, worker: Worker) -> None:
    """What dead processes left. Debates that they were at become interrupted, and what was being said is indexed; what
    they had deleted, and can't bring back any more, is removed.
    """
    path = worker.path
    aside.take_up(conn, path)
    running = conn.execute("SELECT id FROM debates WHERE state = 'running' AND deleted_at IS NULL").fetchall()
    for (id,) in running:
        if not is_id(id) or (lock := live.take(path, id)) is None:
            continue
        journal = Journal(path, id, lock)
        try:
            _restore(conn, journal)
        finally:
            journal.release()
    for id in cleaning.hidden(conn):
        if (lock := live.take(path, live.hiding(id))) is not None:
            worker.hidden[id] = lock
            purge(conn, worker, [id])
    for token in cleaning.arriving(conn):
        if (lock := live.take(path, live.importing(token))) is not None:
            cleaning.give_up(conn, token)
            live.release(path, live.importing(token), lock)
    live.tidy(path)


def _restore(conn: sqlite3.Connection, journal: Journal) -> None:
    """Bring the readable tables of a debate up to its log, as one that nobody is at."""
    with transaction(conn):
        try:
            journal.replay(logged(conn, journal.debate))
        except ValueError:
            # Still to be opened and read by whoever can; the others must not suffer from it.
            conn.execute("UPDATE debates SET state = 'interrupted' WHERE id = ?", (journal.debate,))
            return
        journal.interrupt()
        journal.rewrite(conn)


# -- shelving -------------------------------------------------------------------------------------------------------


def shelve(conn: sqlite3.Connection, worker: Worker, debate: str, change: Change) -> list[ev.Event]:
    """Append what `change` makes of a debate to its log, all or nothing; nobody else may hold it."""
    if not is_id(debate):
        raise NoSuchDebate(debate)
    lock = live.take(worker.path, debate)
    if lock is None:
        raise live.busy(debate)
    journal = Journal(worker.path, debate, lock)
    try:
        conn.execute("PRAGMA synchronous = FULL")  # before the transaction, as SQLite wants it
        with transaction(conn):
            journal.load(conn)
            now = journal.debate_now
            if not now.seq:
                raise NoSuchDebate(debate)
            made = [replace(e, seq=now.seq + n, at=_now(), debate=debate) for n, e in enumerate(change(now), 1)]
            for event in made:
                journal.add(event)
            flushed(journal)
            if journal.running:
                journal.interrupt()
            if made:
                journal.write(conn)
    finally:
        journal.release()
    return made


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# -- deleting -------------------------------------------------------------------------------------------------------


def delete(conn: sqlite3.Connection, worker: Worker, debate: str) -> None:
    """Hide it. A lock says that this window can bring it back: without one it is removed by whoever opens the file."""
    with transaction(conn):
        sql = "UPDATE debates SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL"
        if conn.execute(sql, (_now(), debate)).rowcount == 0:
            raise NoSuchDebate(debate)
        cleaning.hide(conn, debate)
        if (lock := live.take(worker.path, live.hiding(debate))) is not None:
            worker.hidden[debate] = lock


def undelete(conn: sqlite3.Connection, worker: Worker, debate: str) -> None:
    with transaction(conn):
        sql = "UPDATE debates SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL"
        if conn.execute(sql, (debate,)).rowcount == 0:
            raise NoSuchDebate(debate)
        cleaning.unhide(conn, debate)
    _let_go(worker, debate)


def _let_go(worker: Worker, debate: str) -> None:
    if (lock := worker.hidden.pop(debate, None)) is not None:
        live.release(worker.path, live.hiding(debate), lock)


def purge(conn: sqlite3.Connection, worker: Worker, ids: Collection[str] | None) -> int:
    """One transaction a debate, so that nobody has to wait for all of them."""
    sql = f"SELECT id FROM debates WHERE deleted_at IS NOT NULL AND NOT {cleaning.IS_ARRIVING}"
    if ids is None:  # which looks at every row
        found = conn.execute(sql).fetchall()
    else:
        found = [row for id in set(ids) for row in conn.execute(f"{sql} AND id = ?", (id,))]
    gone = 0
    for (id,) in found:
        if not live.lives(worker.path, id):
            with transaction(conn):
                tables.remove(conn, id)
                cleaning.unhide(conn, id)
                cleaning.ask(conn)
            aside.forget(worker.path, id)
            _let_go(worker, id)
            worker.unclean = True
            gone += 1
    return gone


# -- importing ------------------------------------------------------------------------------------------------------


def import_debates(conn: sqlite3.Connection, path: Path, debates: Iterable[Iterable[ev.Event]]) -> list[str]:
    ids: list[str] = []
    source = iter(debates)
    while batch := list(islice(source, _BATCH)):
        with transaction(conn):
            done = [_import(conn, path, list(events)) for events in batch]
        ids += done
    return ids


def _import(conn: sqlite3.Connection, path: Path, events: list[ev.Event]) -> str:
    if not events:
        raise StoreError("There is no event to import.", "refused")
    id = events[0].debate
    if not is_id(id):
        raise StoreError(f"{id!r} can't be the id of a debate. Nothing was imported.", "refused")
    found = conn.execute("SELECT deleted_at FROM debates WHERE id = ?", (id,)).fetchone()
    if found is not None:
        where = "" if found[0] is None else " among what was deleted; remove it for good first"
        raise StoreError(f"Debate {id} is here already{where}. Nothing was changed.", "exists")
    journal = Journal(path, id)
    for event in events:
        journal.add(event)
    if journal.refused is not None:
        raise StoreError(
            f"Debate {id} can't be imported: its log has gaps or does not fit. Nothing was changed.", "refused"
        )
    journal.interrupt()
    journal.write(conn)
    return id


# -- drafts ---------------------------------------------------------------------------------------------------------


def save_draft(db: Database, key: str, text: str) -> None:
    if text:
        db.table("drafts").insert({"key": key, "text": tables.utf8(text)}, pk="key", replace=True)
    else:
        db.table("drafts").delete_where("key = ?", [key])


def draft(conn: sqlite3.Connection, key: str) -> str:
    found = conn.execute("SELECT text FROM drafts WHERE key = ?", (key,)).fetchone()
    return found[0] if found else ""
