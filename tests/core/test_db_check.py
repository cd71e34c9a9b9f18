"""`upverdict db check` and `db rebuild`: what is wrong is found and told, and what the log can mend is mended."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from tests.core.logs import logs
from tests.core.test_lossless import IDS, keep, told
from tests.core.test_store_kit import check_indexes, finished, named, readable, rows, talk
from tests.program import upverdict
from upverdict.core import mending
from upverdict.core.store import live, rebuilding, soundness, tables
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.soundness import Finding, findings
from upverdict.core.store.writer import Store

WHOLE = finished().events
ID = WHOLE[0].debate
OTHER = named("261125-other", WHOLE)
JAPANESE = named("261126-japan", finished("家賃は高いのか？").events)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return keep(tmp_path / "debates.db", WHOLE, OTHER, JAPANESE, named("261127-talks", talk().events))


def found(path: Path) -> list[Finding]:
    return list(findings(path, lambda *_: None))


def change(path: Path, *statements: str) -> None:
    """As another program would: without a look at what belongs together."""
    with closing(sqlite3.connect(path)) as conn, conn:
        for sql in statements:
            conn.execute(sql)


async def rebuilt(path: Path, debate: str | None = None) -> list[tuple[str, list[str]]]:
    store = await Store.open(path)
    try:
        done = await store.rebuild(debate)
        assert not [one.error for one in done.results if one.error]
        return [(one.debate, one.changed) for one in done.results]
    finally:
        await store.close()


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that is to be the same again; a row that was gone may have another number when it is back."""
    wanted = {table: ", ".join(f'"{column}"' for column in columns) for table, columns in tables.COLUMNS.items()}
    wanted |= {"events": "*", "counts": "*", "statements_sought": "text"}
    return {table: sorted(rows(path, f"SELECT {what} FROM {table}"), key=repr) for table, what in wanted.items()}


INDEX = "the full-text index statements_fts is not what its table says: searches go wrong"
FAULTS: list[tuple[str, str, list[tuple[str, str, str]]]] = [
    (
        "a text that another program changed",
        f"UPDATE statements SET text = 'falsified' WHERE debate = '{ID}' AND statement = 'B1'",
        [("index", "", INDEX), ("tables", ID, "what statements say is not what its log says")],
    ),
    ("a state", f"UPDATE debates SET state = 'failed' WHERE id = '{ID}'", [("tables", ID, "what debates say")]),
    (
        "a headline",
        f"UPDATE debates SET headline = 'falsified' WHERE id = '{ID}'",
        [("index", "", "the full-text index debates_fts"), ("tables", ID, "what debates say")],
    ),
    ("a tag", f"INSERT INTO tags VALUES ('{ID}', 'falsified', '')", [("tables", ID, "what tags say")]),
    ("a quote", f"DELETE FROM quotes WHERE debate = '{ID}'", [("tables", ID, "what quotes say")]),
    (
        "a verdict and its quotes",
        f"UPDATE verdicts SET ruling = '{{}}' WHERE debate = '{ID}'",
        [("tables", ID, "what verdicts say")],
    ),
    (
        "a statement more",
        "INSERT INTO statements SELECT 99, debate, 'Z9', voice, name, round, number, state, words, model, at, text"
        f" FROM statements WHERE debate = '{ID}' LIMIT 1",
        [("index", "", INDEX), ("tables", ID, "what statements say")],
    ),
    (
        "the count",
        "UPDATE counts SET count = 77 WHERE what = 'debates'",
        [("count", "", "the list says 77 debates")],
    ),
    (
        "a count that is gone",
        "DELETE FROM counts WHERE what = 'archived'",
        [("count", "", "the list says None")],
    ),
    ("an index without words", "DELETE FROM statements_fts_data WHERE id > 10", [("index", "", INDEX)]),
    (
        "letters that are not parted",
        "DELETE FROM spaced_debates",
        [("index", "", "the full-text index debates_fts is not what its table says")],
    ),
    (
        "the row of a debate",
        f"DELETE FROM debates WHERE id = '{ID}'",
        [
            ("log", "", "rows of events belong to nothing"),
            ("tables", "", " belong to nothing"),
            ("tables", "", " belong to nothing"),
            ("tables", "", " belong to nothing"),
            ("index", "", "the full-text index debates_fts"),
            ("tables", ID, "what debates say"),
        ],
    ),
    (
        "rows of no debate",
        "INSERT INTO tags VALUES ('261124-never', 'falsified', '')",
        [("tables", "", "1 rows of tags belong to nothing")],
    ),
]


@pytest.mark.parametrize(("sql", "wanted"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
async def test_what_is_wrong_is_found_and_mended(db: Path, sql: str, wanted: list[tuple[str, str, str]]) -> None:
    assert found(db) == []
    before, shown = everything(db), told(db)
    change(db, sql)
    wrong = sorted(found(db), key=lambda one: one[:2])
    for one, (what, debate, words) in zip(wrong, sorted(wanted, key=lambda one: one[:2]), strict=True):
        assert one[:2] == (what, debate)
        assert words in one.words
    changed = await rebuilt(db)
    assert changed
    assert found(db) == []
    assert everything(db) == before
    assert told(db) == shown
    check_indexes(db)
    assert await rebuilt(db) == []


@settings(max_examples=4, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(logs(IDS[0]))
def test_whatever_a_log_holds_its_tables_are_made_of_it_again(
    tmp_path_factory: pytest.TempPathFactory, log: object
) -> None:
    path = keep(tmp_path_factory.mktemp("made") / "a.db", log, WHOLE)  # type: ignore[arg-type]
    assert found(path) == []
    before, shown = everything(path), told(path)
    change(
        path,
        "UPDATE statements SET text = 'falsified', words = 1",
        "DELETE FROM statements WHERE statement = 'S1'",
        "DELETE FROM verdicts",
        "UPDATE debates SET question = 'falsified', state = 'failed', updated_at = ''",
        "DELETE FROM tags",
        "UPDATE sources SET title = 'falsified'",
    )
    assert asyncio.run(rebuilt(path))
    assert told(path) == shown
    assert found(path) == []
    assert everything(path) == before
    check_indexes(path)


async def test_one_debate_alone_is_mended(db: Path) -> None:
    before = everything(db)
    change(db, f"UPDATE statements SET text = 'falsified' WHERE debate IN ('{ID}', '261125-other')")
    assert await rebuilt(db, ID) == [("", ["index"]), (ID, ["statements"])]
    assert [one.debate for one in found(db)] == ["261125-other"]
    assert await rebuilt(db) == [("261125-other", ["statements"])]
    assert everything(db) == before
    with pytest.raises(NoSuchDebate):
        await rebuilt(db, "261124-nowhr")


async def test_a_log_that_cannot_be_read_is_told_and_its_tables_are_left(db: Path) -> None:
    change(db, f"UPDATE events SET body = '{{' WHERE debate = '{ID}' AND kind = 'floor_opened'")
    change(
        db,
        "UPDATE debates SET state = 'failed' WHERE id = '261125-other'",
        "DELETE FROM events WHERE debate = '261126-japan'",
    )
    before = readable(db)["statements"]
    assert [(one.what, one.debate) for one in found(db)] == [
        ("log", ID),
        ("tables", "261125-other"),
        ("log", "261126-japan"),
    ]
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        assert await asyncio.to_thread(mending.rebuilding, db, "", False) == 1
    assert f"{ID}  its log can't be read (event" in out.getvalue()
    assert "261126-japan  nothing is left of its log: its tables were left as they are" in out.getvalue()
    assert "1 thing was filled anew" in err.getvalue()
    assert "2 could not be." in err.getvalue()
    assert readable(db)["statements"] == before
    with pytest.raises(StoreError, match="damaged"):
        await rebuilt(db, ID)


async def test_one_that_is_held_is_left_alone_and_waited_for(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = await Store.open(db)
    recorder = other.recorder("261129-lives")
    for event in named("261129-lives", talk().events):
        recorder.put(event)
    await recorder.flush()
    assert found(db) == []
    assert await rebuilt(db) == []
    with pytest.raises(StoreError, match="being debated in another window"):
        await rebuilt(db, "261129-lives")
    change(db, f"UPDATE statements SET text = 'falsified' WHERE debate = '{ID}'")
    monkeypatch.setattr(rebuilding, "_QUICK", 3)
    with pytest.raises(StoreError, match=r"261129-lives is being debated in another window\. Nothing was"):
        await rebuilt(db)
    assert rows(db, "SELECT 1 FROM statements WHERE text = 'falsified'")
    await recorder.close()
    await other.close()
    assert await rebuilt(db)
    assert found(db) == []


async def test_broken_off_it_goes_on_where_it_was(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(db, "UPDATE debates SET rounds = 99")
    monkeypatch.setattr(rebuilding, "STEP_SECONDS", 0)
    monkeypatch.setattr(rebuilding, "_MARK_SECONDS", 0)
    store = await Store.open(db)

    def end(at: rebuilding.Rebuilding) -> None:
        if at.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await store.rebuild(None, end)
    assert len(rows(db, "SELECT 1 FROM debates WHERE rounds = 99")) == 2
    done = await store.rebuild()
    assert done.after == "261125-other"
    assert [one.debate for one in done.results] == ["261126-japan", "261127-talks"]
    assert (await store.rebuild()).after == ""
    await store.close()
    assert found(db) == []


def test_a_file_whose_pages_are_damaged_is_told_and_not_touched(db: Path) -> None:
    raw = bytearray(db.read_bytes())
    page = len(raw) // 4096 // 2
    raw[page * 4096 : page * 4096 + 3000] = b"\xff" * 3000
    db.write_bytes(raw)
    done = upverdict("db", "check", "--db", str(db), "--json")
    assert done.code == 1
    assert "file" in {line["what"] for line in done.lines}
    assert "db rescue" in done.lines[0]["mend"]
    findings = [line["finding"] for line in done.lines]
    assert len(findings) == len(set(findings)), "a page that each check comes upon is one fault"
    assert db.read_bytes() == raw


def test_the_commands_say_what_they_found(db: Path) -> None:
    change(db, f"UPDATE statements SET text = 'falsified' WHERE debate = '{ID}' AND statement = 'B1'")
    done = upverdict("db", "check", "--db", str(db))
    assert done.code == 1
    assert done.err == f"2 things are wrong with {db}. Nothing was changed.\n"
    assert done.out.splitlines() == [
        f"{INDEX}. `upverdict db rebuild --db {db}` mends it.",
        f"{ID}: what statements say is not what its log says. `upverdict db rebuild {ID} --db {db}` mends it.",
    ]
    done = upverdict("db", "rebuild", "--db", str(db), "--json")
    assert (done.code, done.err) == (0, f"2 things were filled anew in {db}.\n")
    assert done.lines == [
        {"debate": "", "changed": ["index"], "error": ""},
        {"debate": ID, "changed": ["statements"], "error": ""},
    ]
    done = upverdict("db", "check", "--db", str(db))
    assert (done.code, done.out) == (0, "")
    assert "is sound" in done.err
    for command in ("check", "rebuild", "vacuum"):
        missing = upverdict("db", command, "--db", str(db.with_name("none.db")))
        assert (missing.code, missing.out) == (2, "")
        assert "none.db is not there: there is nothing to" in missing.err
    assert not db.with_name("none.db").exists()


def test_a_lock_that_nobody_holds_is_no_debate_that_is_held(db: Path) -> None:
    lock = live.take(db, ID)
    assert lock
    assert live.held(db) == {ID}
    live.release(db, ID, lock)
    live.lock_file(db, ID).touch()
    assert live.held(db) == set()
    assert soundness.differing(sqlite3.connect(db), db, ID) == []
