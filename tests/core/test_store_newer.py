"""A file that a newer program wrote is read as far as it is understood, and nothing is written to it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.core.test_store_kit import finished
from tests.newer import ID, NEWEST, newer
from tests.program import upverdict
from upverdict.core import events as ev
from upverdict.core import jsonform
from upverdict.core.debate import Debate
from upverdict.core.document import document
from upverdict.core.store import notices
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store


@pytest.fixture(autouse=True)
def told() -> list[str]:
    words: list[str] = []
    notices.forget()
    notices.listen(words.append)
    return words


def test_it_is_browsed_as_any_other(tmp_path: Path, told: list[str]) -> None:
    path = newer(tmp_path / "debates.db")
    before = path.read_bytes()
    library = Library(path)
    assert library.count() == 1
    assert library.refusal is not None
    assert [r.id for r in library.page()] == [h.id for h in library.search("platform")] == [ID]
    (refusal,) = told
    assert "nothing is written to it" in refusal
    read = list(library.events(ID))
    written = finished().events
    assert [e for e in read if not isinstance(e, ev.Unknown)][:-1] == written[:-1]
    assert read[-2] == ev.Unknown(
        seq=len(written), at=written[-1].at, debate=ID, name="mood_shown", body='{"mood":"calm"}'
    )
    assert "does not understand" in told[1]
    assert document(library.debate(ID), "finished") == document(Debate.fold(written), "finished")
    assert library.told(ID) == read
    assert len(told) == 2
    library.close()
    assert path.read_bytes() == before


async def test_nothing_is_written_to_it(tmp_path: Path) -> None:
    path = newer(tmp_path / "debates.db")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="nothing is written to it") as error:
        await Store.open(path)
    assert (error.value.kind, error.value.exit_code) == ("version", 2)
    assert path.read_bytes() == before


def test_what_does_not_fit_what_is_understood_is_left_out_too(tmp_path: Path) -> None:
    path = newer(tmp_path / "debates.db")
    conn = sqlite3.connect(path)
    begun = "UPDATE events SET kind = 'statement_dreamt' WHERE kind = 'statement_started' AND body LIKE '%\"S1\"%'"
    assert conn.execute(begun).rowcount == 1  # so that no word of S1 belongs to anything
    body = "UPDATE events SET body = json_set(body, '$.reason', 'dreamt') WHERE kind = 'floor_closed' AND body LIKE ?"
    conn.execute(body, ("%0%",))
    conn.commit()
    conn.close()
    library = Library(path)
    events = list(library.events(ID))
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    debate = library.debate(ID)
    assert "S1" not in debate.statements
    assert debate.statements["B1"].text == Debate.fold(finished().events).statements["B1"].text
    assert debate.verdict is not None
    lines = [json.loads(jsonform.to_json(e)) for e in events]
    assert {"statement_dreamt", "mood_shown"} <= {line["kind"] for line in lines}
    assert [line["mood"] for line in lines if line["kind"] == "mood_shown"] == ["calm"]
    library.close()


def test_a_beginning_that_is_not_understood(tmp_path: Path) -> None:
    path = newer(tmp_path / "debates.db")
    conn = sqlite3.connect(path)
    conn.execute("UPDATE events SET kind = 'debate_dreamt' WHERE seq = 1")
    conn.commit()
    conn.close()
    library = Library(path)
    assert [r.id for r in library.page()] == [ID]
    with pytest.raises(StoreError, match="begun by a newer upverdict") as error:
        library.debate(ID)
    assert error.value.kind == "version"
    library.close()


@pytest.mark.parametrize("reader", [NEWEST - 1, NEWEST, NEWEST + 1])
def test_it_says_itself_who_may_read_it(tmp_path: Path, reader: int) -> None:
    library = Library(newer(tmp_path / "debates.db", reader=reader))
    if reader <= NEWEST:
        assert library.count() == 1
        return
    for look in (library.page, library.count, lambda: library.search("platform")):
        with pytest.raises(StoreError, match="can't be read here") as error:
            look()
        assert (error.value.kind, error.value.exit_code) == ("version", 2)


@pytest.mark.parametrize(
    "change", ["ALTER TABLE debates RENAME COLUMN headline TO line", "DROP TABLE debates_fts", "DROP TABLE counts"]
)
def test_what_is_not_there_any_more_is_a_sentence(tmp_path: Path, change: str) -> None:
    path = newer(tmp_path / "debates.db")
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA writable_schema = ON")
    for trigger in ("debates_added", "debates_removed", "debates_hidden"):
        conn.execute(f"DROP TRIGGER {trigger}")
    conn.execute(change)
    conn.close()
    library = Library(path)
    looks = {"RENAME": library.page, "fts": lambda: library.search("platform"), "counts": library.count}
    with pytest.raises(StoreError, match="can't be read here") as error:
        next(look for name, look in looks.items() if name in change)()
    assert error.value.kind == "version"
    library.close()


def test_every_command_reads_or_says_why_it_does_not_write(tmp_path: Path) -> None:
    path = newer(tmp_path / "debates.db")
    before = path.read_bytes()

    def run(*arguments: str) -> tuple[int, str, str]:
        done = upverdict("--db", str(path), *arguments)
        return done.code, done.out, done.err

    assert run("list")[:2] == (0, f"{ID}  finished     2026-11-24  Self-host LLMs or use an API?\n")
    assert run("search", "platform")[0] == 0
    for reading in (("show", ID), ("export", ID, "--format", "jsonl"), ("replay", ID, "--speed", "max")):
        code, out, err = run(*reading)
        assert code == 0, err
        assert out
        assert err.count("does not understand") == err.count("nothing is written to it") == 1, reading
    for writing in (("ask", "Shall I?"), ("tag", ID, "money"), ("delete", ID)):
        code, out, err = run(*writing)
        assert (code, out) == (2, ""), err
        assert err.count("nothing is written to it") == 1, writing
        assert "Delete" not in err
    assert path.read_bytes() == before
