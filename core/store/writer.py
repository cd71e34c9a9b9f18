"""The writing side: the front ends' door to the file. Everything slow happens on one thread (`worker.py`).

Nothing here reads for a front end (`reader.py` does), and nothing here blocks the event loop.
"""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from upverdict.core import events as ev
from upverdict.core.store import keeping, live
from upverdict.core.store.errors import StoreError, damaged
from upverdict.core.store.ids import is_id
from upverdict.core.store.journal import Journal
from upverdict.core.store.worker import Worker

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

    from upverdict.core.store.arriving import Arrival
    from upverdict.core.store.copying import Vacuumed
    from upverdict.core.store.rebuilding import Rebuilding
    from upverdict.core.store.stage import Stage

T = TypeVar("T")
_GAP = 0.3
"""Of the time that a step of a long work took, how much is left to other windows after it."""
_LEAVING_SECONDS = 3.0
"""How long a program that ends without `close` waits for its last words to be written."""


class Recorder:
    """Keeps the events of one debate, which no other window or process can write on meanwhile.

    Made by `Store.recorder`.
    """

    def __init__(self, store: Store, debate_id: str, journal: Journal, loaded: Future[None]) -> None:
        self.debate_id = debate_id
        self._store = store
        self._journal = journal
        self._loaded = loaded
        self._closing: Future[None] | None = None
        self.failure: StoreError | None = None

    def put(self, event: ev.Event) -> None:
        """Keep the event. Never blocks, never raises: failures come through `Store.on_error` and `flush`."""
        if self._closing is not None:
            self._store._fail(
                StoreError(f"Debate {self.debate_id} is closed: event {event.seq} is not kept.", "closed")
            )
            return
        self._store._worker.put(self._journal, event)

    async def flush(self) -> None:
        """Return when everything put so far is on the disk.

        Raises StoreError when it is not.
        """
        await _wait(self._loaded)
        await self._store._call(lambda _: keeping.flushed(self._journal))

    async def close(self) -> None:
        """Write what waits and let others have the debate. A debate that still runs becomes an interrupted one.

        Raises StoreError when something could not be written, which then is put aside if that can be (`aside`); it is
        closed all the same. Closing twice does nothing more; `failure` says how the first time ended.
        """
        if self._store._closed:
            return
        worker = self._store._worker
        first = self._closing is None
        if self._closing is None:
            self._closing = worker.call(lambda db: keeping.close_journal(db.conn, worker, self._journal))
        try:
            await _wait(self._closing)
        except StoreError as e:
            self.failure = e
            if first:
                raise


class Store:
    """One file of debates, open for writing. Make it with `await Store.open(path)`, end it with `await close()`."""

    def __init__(self, path: str | PathLike[str], loop: asyncio.AbstractEventLoop) -> None:
        self.path = Path(path).absolute()
        self._loop = loop
        self._on_error: Callable[[StoreError], None] | None = None
        self._untold: list[StoreError] = []
        self._worker = Worker(self.path, self._from_thread)
        self._closed = False

    @classmethod
    async def open(cls, path: str | PathLike[str], on_error: Callable[[StoreError], None] | None = None) -> Store:
        """Open the file, making it and its folder where they are missing, and bring it up to date.

        Debates whose process died are swept: they become interrupted, and every word of theirs is found by search.
        Raises StoreError when the file can't be used; it is left as it was.
        """
        store = cls(path, asyncio.get_running_loop())
        store.on_error = on_error
        try:
            await _wait(store._worker.start(lambda db: keeping.sweep(db.conn, store._worker)))
        except asyncio.CancelledError:
            store._worker.stop(store._last)  # nobody will have the store who could close it
            raise
        atexit.register(store._leave)
        return store

    @property
    def on_error(self) -> Callable[[StoreError], None] | None:
        """Called on the event loop when words can't be written: once a failure, until writing succeeds again.

        What failed while nobody listened is told to the next one who does.
        """
        return self._on_error

    @on_error.setter
    def on_error(self, listener: Callable[[StoreError], None] | None) -> None:
        self._on_error = listener
        untold, self._untold = self._untold, []
        for error in untold:
            self._fail(error)

    def recorder(self, debate_id: str) -> Recorder:
        """Begin to write on a debate, new or kept. Its events must follow those that are stored.

        Raises StoreError when another window or process is at it, or the id can't be one.
        """
        if self._closed:
            raise StoreError(f"{self.path} is closed already.", "closed")
        if not is_id(debate_id):
            raise StoreError(f"{debate_id!r} can't be the id of a debate.", "refused")
        lock = live.take(self.path, debate_id)
        if lock is None:
            raise live.busy(debate_id)
        journal = Journal(self.path, debate_id, lock)
        loaded = self._worker.call(lambda db: keeping.open_journal(db.conn, self._worker, journal))
        return Recorder(self, debate_id, journal, loaded)

    async def shelve(self, debate_id: str, change: keeping.Change) -> list[ev.Event]:
        """Append to the log of a kept debate how the user keeps it (`events.SHELVING`): what `change`, called on the
        writer's thread, makes of it as it stands. Returns it as it is kept.

        Raises NoSuchDebate, StoreError when another window or process is at the debate, and what `change` raises.
        """
        return await self._call(lambda db: keeping.shelve(db.conn, self._worker, debate_id, change))

    async def delete(self, debate_id: str) -> None:
        """Hide a debate; `undelete` brings it back, `purge` removes it for good.

        Raises NoSuchDebate, or StoreError.
        """
        await self._call(lambda db: keeping.delete(db.conn, self._worker, debate_id))

    async def undelete(self, debate_id: str) -> None:
        """Bring back what was deleted. Raises NoSuchDebate when it was purged, or StoreError."""
        await self._call(lambda db: keeping.undelete(db.conn, self._worker, debate_id))

    async def purge(self, ids: Collection[str] | None = None) -> int:
        """Really remove what is deleted, of these `ids` or of all; returns how many went.

        Its words then leave the file's bytes, too: while no debate is held, and with `close`. A file of many thousand
        debates may need more time than that; it goes on when the file is opened the next time (`cleaning.py`).

        Another window may still want to undo what it deleted: hand in what was deleted here. Debates that are being
        held right now stay.
        """
        return await self._call(lambda db: keeping.purge(db.conn, self._worker, ids))

    async def save_draft(self, key: str, text: str) -> None:
        """Keep what the user has written and not sent; `key` is a debate's id, or `new`. Empty text forgets it."""
        await self._call(lambda db: keeping.save_draft(db, key, text))

    async def draft(self, key: str) -> str:
        """What was kept under the key, or nothing."""
        return await self._call(lambda db: keeping.draft(db.conn, key))

    async def import_events(self, events: Iterable[ev.Event]) -> str:
        """Keep one debate that was made elsewhere; returns its id. Words that it left unfinished are found too.

        Raises StoreError when the log has gaps, or a debate with this id is here already.
        """
        return (await self.import_debates([events]))[0]

    async def import_debates(self, debates: Iterable[Iterable[ev.Event]]) -> list[str]:
        """Keep many debates, several in a transaction; `debates` is iterated on the writer's thread.

        Raises StoreError at the first that can't be kept; those of earlier transactions stay.
        """
        return await self._call(lambda db: keeping.import_debates(db.conn, self.path, debates))

    async def take_in(self, stage: Stage, on_written: Callable[[int], None] = lambda _: None) -> None:
        """Keep all debates of the stage: they appear at once, or none does. `on_written` is told how many are ready.

        Others can write meanwhile; nobody sees a part of it. Cancelled, all of it is taken out again, unless it was
        too late for that: then it returns. Raises StoreError when another window changed one of them meanwhile.
        """
        from upverdict.core.store.arriving import Arrival

        arrival = Arrival(self.path, stage)
        try:
            await self._until(arrival, arrival.some, on_written)
        except BaseException:
            await self._until(arrival, arrival.withdraw, lambda _: None)
            self._worker.unclean = True
            if not arrival.done:
                raise
        finally:
            arrival.close()

    async def _until(
        self, arrival: Arrival, step: Callable[[sqlite3.Connection], bool], told: Callable[[int], None]
    ) -> None:
        while not await self._call(lambda db: step(db.conn)):
            told(arrival.written)
            await asyncio.sleep(arrival.took * _GAP)

    async def rebuild(
        self, debate_id: str | None = None, on_step: Callable[[Rebuilding], None] = lambda _: None
    ) -> Rebuilding:
        """Fill the readable tables anew from the log, of one debate, or of all and the indexes with them, where they
        say otherwise; returns what was done. Others can write meanwhile.

        Raises NoSuchDebate, and StoreError when the debate is held or its log is damaged. Of all, a damaged one is told
        in what is returned; its tables are left as they were.
        """
        from upverdict.core.store.rebuilding import Rebuilding

        rebuilding = Rebuilding(self.path, debate_id)
        while not await self._call(lambda db: rebuilding.some(db.conn)):
            on_step(rebuilding)
            await asyncio.sleep(rebuilding.took * _GAP)
        if debate_id is not None and rebuilding.results and (why := rebuilding.results[0].error):
            raise damaged(self.path, debate_id, why)
        return rebuilding

    async def vacuum(self) -> Vacuumed:
        """Write the file anew without its empty pages. Raises StoreError while somebody is at a debate or imports."""
        from upverdict.core.store.copying import vacuum

        return await self._call(lambda db: vacuum(db.conn, self.path))

    async def close(self) -> None:
        """Write everything, close every recorder and the file. Closing twice does nothing.

        Raises StoreError when something could not be written; it is closed all the same.
        """
        if self._closed:
            return
        self._closed = True
        try:
            await _wait(self._worker.stop(self._last))
        finally:
            await asyncio.to_thread(self._worker.join, _LEAVING_SECONDS)
            atexit.unregister(self._leave)

    def _last(self, db: Database) -> None:
        keeping.close_all(db.conn, self._worker)

    def _leave(self) -> None:
        """The program ends without `close`: still write the last words."""
        if not self._closed:
            self._closed = True
            self._worker.stop(self._last)
            self._worker.join(_LEAVING_SECONDS)

    async def _call(self, do: Callable[[Database], T]) -> T:
        return await _wait(self._worker.call(do))

    def _from_thread(self, error: StoreError) -> None:
        try:
            self._loop.call_soon_threadsafe(self._fail, error)
        except RuntimeError:  # the loop is closed: nobody is left who could be told
            self._untold.append(error)

    def _fail(self, error: StoreError) -> None:
        if self._on_error is None:
            self._untold.append(error)
        else:
            self._on_error(error)


async def _wait(future: Future[T]) -> T:
    """Wait without being able to cancel it: what was asked for is done in any case."""
    return await asyncio.shield(asyncio.wrap_future(future))
