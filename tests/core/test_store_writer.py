"""The writing side against real files: what is put is on the disk, in the log and in the tables that follow from it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.core.talk import Talk
from tests.core.test_store_kit import RULING, check_indexes, finished, named, readable, rows, talk
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.store import worker
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.journal import Journal
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.values import replace

ID = "261124-abcde"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "débats #1 100%.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(path)
    yield opened
    await opened.close()


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    opened = Library(path)
    yield opened
    opened.close()


async def keep(store: Store, events: list[ev.Event]) -> None:
    recorder = store.recorder(events[0].debate)
    for event in events:
        recorder.put(event)
    await recorder.close()


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not so():  # noqa: ASYNC110 - another thread makes it so, and tells nobody
            await asyncio.sleep(0.02)


def found(library: Library, words: str) -> list[tuple[str, str]]:
    return [(h.id, h.statement or h.where) for h in library.search(words)]


async def test_what_is_put_comes_back(store: Store, library: Library) -> None:
    events = finished().events
    recorder = store.recorder(ID)
    for event in events:
        recorder.put(event)
    await recorder.flush()
    assert list(library.events(ID)) == events
    assert library.state(ID) == "finished"
    await recorder.close()
    assert list(library.events(ID)) == events


async def test_words_are_on_the_disk_without_being_asked_for(store: Store, library: Library) -> None:
    recorder = store.recorder(ID)
    said = talk()
    for event in said.events:
        recorder.put(event)
    sql = "SELECT 1 FROM events WHERE kind = 'text_delta' AND body LIKE '%helium%'"
    await until(lambda: bool(rows(store.path, sql)))
    assert library.state(ID) == "running"
    assert library.debate(ID).statements["S1"].text == "Who pays for the helium"


async def test_an_end_is_not_left_to_gather(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "GATHER_SECONDS", 3600.0)
    recorder = store.recorder(ID)
    said = talk()
    await recorder.flush()
    for event in said.events:
        recorder.put(event)
        await asyncio.sleep(0.01)
    said.log.append(ev.StatementStopped(voice="skeptic", round="opening", statement="S1", sentences=((0, 23),)))
    recorder.put(said.events[-1])
    await until(lambda: bool(rows(store.path, "SELECT 1 FROM statements WHERE statement = 'S1'")))


async def test_tokens_share_rows(store: Store) -> None:
    recorder = store.recorder(ID)
    said = talk()
    for n in range(1000):
        said.words("skeptic", 0, f" {n}")
    for event in said.events:
        recorder.put(event)
    await recorder.flush()
    ((count, events),) = rows(store.path, "SELECT count(*), sum(count) FROM events")
    assert events == len(said.events)
    assert count < 20


async def test_the_tables_tell_what_was_said(store: Store) -> None:
    await keep(store, finished().events)
    ((*debate,),) = rows(
        store.path,
        "SELECT id, state, council, voices, rounds, statements, question, headline, decision, background, deleted_at"
        " FROM debates",
    )
    assert debate[:6] == [ID, "finished", "Builder, Skeptic, Researcher, Contrarian", 4, 1, 10]
    assert debate[7:] == [RULING.headline, RULING.decision, "We are two people.", None]
    said = rows(store.path, "SELECT statement, name, round, number, state, words FROM statements ORDER BY id")
    assert said[0] == ("B1", "The Builder", "opening", 0, "finished", 14)
    assert ("Y1", "You", "rebuttal", 1, "finished", 8) in said
    assert said[-1] == ("Y2", "You", "discussion", 1, "finished", 4)
    assert rows(store.path, "SELECT version, headline, model FROM verdicts") == [(1, RULING.headline, "model-j")]
    assert rows(store.path, 'SELECT statement, text, "start", "end" FROM quotes') == [("B1", "The Builder", 0, 11)]
    check_indexes(store.path)


async def test_every_word_is_found(store: Store, library: Library) -> None:
    await keep(store, finished().events)
    assert found(library, "platform team") == [(ID, "Y1")]
    assert found(library, "cafe") == [(ID, "Y1")]
    assert found(library, "xylophone") == [(ID, "Y2")]
    assert found(library, "zeppelin") == []
    assert found(library, "measure month") == [(ID, "verdict")]


async def test_a_second_attempt_replaces_the_words_of_the_first(store: Store, library: Library) -> None:
    said = Talk()
    said.fail("builder", 0, "A zeppelin is")
    recorder = store.recorder(ID)
    for event in said.events:
        recorder.put(event)
    await recorder.flush()
    assert found(library, "zeppelin") == [(ID, "B1")]
    assert rows(store.path, "SELECT state, text FROM statements") == [("partial", "A zeppelin is")]
    before = len(said.events)
    said.begin("builder", attempt=2)
    for event in said.events[before:]:
        recorder.put(event)
    await recorder.flush()
    assert found(library, "zeppelin") == [(ID, "B1")]  # still what was last on the screen
    before = len(said.events)
    said.words("builder", 0, "A balloon is.")
    said.log.append(ev.StatementFinished(voice="builder", round="opening", statement="B1", sentences=((0, 13),)))
    for event in said.events[before:]:
        recorder.put(event)
    await recorder.close()
    assert found(library, "zeppelin") == []
    assert found(library, "balloon") == [(ID, "B1")]
    check_indexes(store.path)


async def test_a_closed_recorder_leaves_an_interrupted_debate_that_can_go_on(store: Store, library: Library) -> None:
    said = talk()
    await keep(store, said.events)
    assert rows(store.path, "SELECT state FROM debates") == [("interrupted",)]
    assert found(library, "helium") == [(ID, "S1")]
    before = len(said.events)
    said.log.append(ev.DebateResumed())
    said.say("skeptic", 0, "Nobody pays for the hydrogen.")
    await keep(store, said.events[before:])
    assert list(library.events(ID)) == said.events
    assert found(library, "helium") == []
    assert found(library, "hydrogen") == [(ID, "S1")]


async def test_one_debate_has_one_writer(store: Store, path: Path) -> None:
    recorder = store.recorder(ID)
    other = await Store.open(path)
    for opened in (store, other):
        with pytest.raises(StoreError, match="another window") as error:
            opened.recorder(ID)
        assert error.value.kind == "live"
    other.recorder("261124-other")
    await recorder.close()
    taken = other.recorder(ID)
    await taken.close()
    await other.close()


async def test_events_that_do_not_follow_are_refused_and_told(store: Store, library: Library) -> None:
    told: list[StoreError] = []
    store.on_error = told.append
    events = talk().events
    recorder = store.recorder(ID)
    await recorder.flush()
    for event in (*events[:3], events[4]):
        recorder.put(event)
    with pytest.raises(StoreError, match="does not follow"):
        await recorder.flush()
    recorder.put(events[3])  # too late: whoever writes must not believe that it is kept
    with pytest.raises(StoreError):
        await recorder.flush()
    assert [e.kind for e in told] == ["refused"]
    assert list(library.events(ID)) == events[:3]
    with pytest.raises(StoreError):
        await recorder.close()
    store.recorder(ID)


async def test_an_error_waits_for_someone_to_tell(store: Store) -> None:
    recorder = store.recorder(ID)
    recorder.put(replace(talk().events[1], seq=1))
    with pytest.raises(StoreError, match="begins with debate_started"):
        await recorder.flush()
    told: list[StoreError] = []
    store.on_error = told.append
    assert [e.kind for e in told] == ["refused"]
    with pytest.raises(StoreError):
        await recorder.close()


async def test_after_closing_nothing_is_kept_and_that_is_said(store: Store) -> None:
    told: list[StoreError] = []
    store.on_error = told.append
    events = talk().events
    await keep(store, events[:3])
    recorder = store.recorder("261124-other")
    await recorder.close()
    await recorder.close()
    recorder.put(events[0])
    assert [e.kind for e in told] == ["closed"]
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.delete(ID)
    with pytest.raises(StoreError, match="closed"):
        store.recorder(ID)


@pytest.mark.parametrize("patience", [0.0, 3600.0])
async def test_a_locked_file_is_waited_for(
    store: Store, library: Library, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", patience)
    told: list[StoreError] = []
    store.on_error = told.append
    await store._call(lambda db: db.conn.execute("PRAGMA busy_timeout = 0"))
    events = talk().events
    recorder = store.recorder(ID)
    await recorder.flush()
    holder = sqlite3.connect(store.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for event in events[:5]:
        recorder.put(event)
    with pytest.raises(StoreError, match="Another program holds"):
        await recorder.flush()
    holder.execute("ROLLBACK")
    holder.close()
    await until(lambda: library.count() == 1)  # tried again by itself, though nothing more is put
    for event in events[5:]:
        recorder.put(event)
    await recorder.flush()
    assert list(library.events(ID)) == events
    assert [e.kind for e in told] == ([] if patience else ["locked"])  # nobody need know of one that passes


async def test_delete_undo_and_purge(store: Store, library: Library) -> None:
    await keep(store, finished().events)
    await keep(store, named("261124-other", finished("Where do zeppelins land?").events))
    await store.save_draft(ID, "unsent")
    await store.delete(ID)
    assert [r.id for r in library.page()] == ["261124-other"]
    assert library.count() == 1
    assert found(library, "platform") == [("261124-other", "Y1")]
    for attempt in (library.events, library.state, library.resolve):
        with pytest.raises(NoSuchDebate):
            attempt(ID)
    with pytest.raises(NoSuchDebate):
        await store.delete(ID)
    await store.undelete(ID)
    assert library.count() == 2
    assert list(library.events(ID)) == finished().events
    with pytest.raises(NoSuchDebate):
        await store.undelete(ID)
    await store.delete(ID)
    assert await store.purge() == 1
    with pytest.raises(NoSuchDebate):
        await store.undelete(ID)
    for table in ("events", "statements", "verdicts", "quotes"):
        assert rows(store.path, f"SELECT DISTINCT debate FROM {table}") == [("261124-other",)]
    assert await store.draft(ID) == ""
    check_indexes(store.path)


async def test_a_debate_that_is_held_is_not_purged(store: Store, library: Library) -> None:
    recorder = store.recorder(ID)
    said = talk()
    for event in said.events:
        recorder.put(event)
    await recorder.flush()
    await store.delete(ID)
    assert await store.purge() == 0
    said.say("researcher", 0, "Still here.")
    recorder.put(said.events[-4])
    await recorder.close()
    assert await store.purge() == 1


async def test_drafts_outlive_the_program(store: Store, path: Path, library: Library) -> None:
    await store.save_draft("new", "half a quest\ud800ion\nwith two lines")
    await store.save_draft(ID, "x")
    await store.save_draft(ID, "")
    await store.close()
    again = await Store.open(path)
    assert await again.draft("new") == library.draft("new") == "half a quest?ion\nwith two lines"
    assert await again.draft(ID) == library.draft(ID) == ""
    await again.close()


async def test_import_keeps_everything_once(store: Store, library: Library) -> None:
    events = finished().events
    assert await store.import_events(events) == ID
    assert list(library.events(ID)) == events
    with pytest.raises(StoreError, match="here already") as error:
        await store.import_events(events)
    assert error.value.kind == "exists"
    cut = named("261124-cut00", talk().events)
    await store.import_events(cut)
    assert library.state("261124-cut00") == "interrupted"
    assert ("261124-cut00", "S1") in found(library, "helium")
    check_indexes(store.path)


async def test_words_that_nobody_ended_are_found(store: Store, library: Library) -> None:
    resumed = talk()
    resumed.log.append(ev.DebateResumed())
    await store.import_events(named("261124-resum", resumed.events))
    again = Talk()
    again.fail("builder", 0, "A zeppelin is")
    again.begin("builder", attempt=2)
    await store.import_events(named("261124-again", again.events))
    assert found(library, "helium") == [("261124-resum", "S1")]
    assert ("261124-again", "B1") in found(library, "zeppelin")
    sql = "SELECT debate, state FROM statements WHERE text LIKE '%zeppelin is' OR text LIKE '%helium'"
    assert sorted(rows(store.path, sql)) == [("261124-again", "partial"), ("261124-resum", "partial")]


async def test_import_refuses_what_is_no_log(store: Store, library: Library) -> None:
    events = finished().events
    lost = ev.RetryRequested(seq=len(events) + 1, at=events[-1].at, debate=ID, voice="builder", statement="Q9")
    huge = ev.StatementStarted(
        seq=len(events) + 1, at=events[-1].at, debate=ID, voice="you", round="reply", number=10**30, statement="Q1"
    )
    end = ev.StatementStopped(seq=len(events) + 2, at=huge.at, debate=ID, voice="you", round="reply", statement="Q1")
    for bad in (
        [],
        events[1:],
        events[:3] + events[4:],
        named("../up", events),
        named("", events),
        [*events, lost],
        [*events, huge, end],
        [*events[:-1], replace(events[-1], at="\ud800")],
    ):
        with pytest.raises(StoreError) as error:
            await store.import_events(bad)
        assert error.value.kind == "refused"
    assert library.count() == 0
    many = [named(f"261124-{n:05}", events) for n in range(3)]
    with pytest.raises(StoreError):
        await store.import_debates([*many, events[1:]])
    assert library.count() == 0
    assert await store.import_debates(many) == [f"261124-{n:05}" for n in range(3)]
    assert library.count() == 3


async def test_hostile_text_is_kept_as_it_is(store: Store, library: Library) -> None:
    hostile = "\x1b[31m\x00 [bold]'; DROP TABLE events;-- \ud800 \ue000 \U0001f469\u200d\U0001f680 needle"
    said = Talk(question=hostile)
    said.say("builder", 0, hostile)
    await keep(store, said.events)
    assert list(library.events(ID)) == said.events
    (hit,) = library.search("needle")
    assert hit.id == ID
    check_indexes(store.path)


async def test_rebuild_makes_the_same_tables(store: Store, library: Library) -> None:
    await keep(store, finished().events)
    said = talk()
    await keep(store, named("261124-other", said.events))
    said.log.append(ev.DebateResumed())
    said.begin("skeptic", attempt=2)
    await keep(store, named("261124-other", said.events[-2:]))
    await store.delete(ID)
    before = readable(store.path)
    await store.rebuild("261124-other")
    assert readable(store.path) == before
    await store.rebuild()
    assert readable(store.path) == before
    conn = sqlite3.connect(store.path)
    conn.execute("UPDATE statements SET text = 'falsified', state = 'finished'")
    conn.execute("DELETE FROM verdicts")
    conn.execute("UPDATE counts SET count = 77")
    conn.execute("UPDATE debates SET headline = 'falsified'")
    conn.execute(
        "INSERT INTO statements SELECT 99, debate, 'Z9', voice, name, round, number, state, words, model, at, text"
        " FROM statements LIMIT 1"
    )
    conn.commit()
    conn.close()
    await store.rebuild()
    assert readable(store.path) == before
    check_indexes(store.path)
    await store.undelete(ID)
    assert found(library, "falsified") == []
    assert found(library, "platform team") == [(ID, "Y1")]
    with pytest.raises(NoSuchDebate):
        await store.rebuild("261124-nowhr")


async def test_a_crash_is_swept_when_the_file_is_opened(store: Store, tmp_path: Path) -> None:
    recorder = store.recorder(ID)
    for event in talk().events:
        recorder.put(event)
    await recorder.flush()
    left = tmp_path / "as a crash leaves it.db"
    for suffix in ("", "-wal"):
        left.with_name(left.name + suffix).write_bytes(store.path.with_name(store.path.name + suffix).read_bytes())
    assert rows(left, "SELECT state FROM debates") == [("running",)]
    locks = left.with_name(left.name + ".live")
    locks.mkdir()
    (locks / f"{ID}.lock").touch()
    (locks / "261124-never.lock").touch()  # died before its first word
    library = Library(left)
    assert library.state(ID) == "interrupted"
    assert [r.id for r in library.page(states=["interrupted"])] == [ID]
    assert library.page(states=["running"]) == []
    assert found(library, "helium") == []
    await (await Store.open(left)).close()
    assert rows(left, "SELECT state FROM debates") == [("interrupted",)]
    assert not os.listdir(locks)
    assert found(library, "helium") == [(ID, "S1")]
    assert found(library, "zeppelin") == [(ID, "B1")]
    assert [s.state for s in library.debate(ID).statements.values()] == ["finished", "writing"]
    library.close()
    check_indexes(left)
    # The one who really holds it is not disturbed.
    assert rows(store.path, "SELECT state FROM debates") == [("running",)]
    await (await Store.open(store.path)).close()
    assert rows(store.path, "SELECT state FROM debates") == [("running",)]


async def test_a_damaged_log_harms_only_itself(store: Store, path: Path, library: Library) -> None:
    await keep(store, named("261124-other", finished().events))
    await keep(store, talk().events)
    conn = sqlite3.connect(path)
    conn.execute("UPDATE events SET body = '{' WHERE debate = ? AND seq = 3", (ID,))
    conn.execute("UPDATE debates SET state = 'running'")
    conn.commit()
    conn.close()
    await store.close()
    again = await Store.open(path)
    assert library.state(ID) == "interrupted"
    assert library.state("261124-other") == "finished"
    with pytest.raises(StoreError, match="damaged") as error:
        library.debate(ID)
    assert error.value.kind == "damaged"
    assert Debate.fold(library.events("261124-other")).outcome == "finished"
    told: list[StoreError] = []
    again.on_error = told.append
    recorder = again.recorder(ID)
    recorder.put(talk().events[-1])
    with pytest.raises(StoreError, match="damaged"):
        await recorder.flush()
    with pytest.raises(StoreError, match="damaged"):
        await recorder.close()
    assert [e.kind for e in told] == ["damaged"]
    await again.close()


async def test_a_mistake_in_the_thread_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[StoreError] = []
    store.on_error = told.append
    recorder = store.recorder(ID)
    await recorder.flush()
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(Journal, "add", lambda *_: 1 / 0)
    recorder.put(talk().events[0])
    await until(lambda: bool(told))
    assert "nothing more is kept" in str(told[0])
    with pytest.raises(StoreError, match="closed"):
        await recorder.flush()
    with pytest.raises(StoreError, match="closed"):
        await store.close()


async def test_opening_can_be_given_up(path: Path) -> None:
    opening = asyncio.create_task(Store.open(path))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await until(lambda: not any(t.name == "upverdict-store" for t in threading.enumerate()))


async def test_two_debates_at_once_in_one_store(store: Store, library: Library) -> None:
    first, second = finished().events, named("261124-other", finished().events, timedelta(hours=1))
    recorders = {e[0].debate: store.recorder(e[0].debate) for e in (first, second)}
    for pair in zip(first, second, strict=True):
        for event in pair:
            recorders[event.debate].put(event)
        await asyncio.sleep(0)
    await store.close()
    assert list(library.events(ID)) == first
    assert list(library.events("261124-other")) == second
    assert [r.id for r in library.page()] == ["261124-other", ID]
    assert not list(store.path.with_name(store.path.name + ".live").iterdir())
