"""Whatever a debate holds goes through every export and import, a copy and a rebuild, and comes out the very same."""

from __future__ import annotations

import io
import sqlite3
import tempfile
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.core.logs import logs
from tests.core.test_store_kit import check_indexes, finished, named, readable, talk
from upverdict.core import browse, export, importing, upkeep
from upverdict.core import events as ev
from upverdict.core.store import keeping, migrations
from upverdict.core.store.reader import Library
from upverdict.core.store.through import in_order

IDS = ("261124-aaaaa", "261124-bbbbb")
Log = list[ev.Event]


def keep(path: Path, *debates: Log) -> Path:
    """A file with these debates."""
    conn = sqlite3.connect(path, isolation_level=None)
    with closing(conn):
        migrations.migrate(conn, path)
        conn.execute("PRAGMA journal_mode = WAL").fetchone()
        keeping.import_debates(conn, path, debates)
    return path


def told(db: Path) -> dict[str, str]:
    """What `show --json` prints of each debate."""
    found = {}
    with closing(Library(db)) as library:
        for id in in_order(library):
            with redirect_stdout(io.StringIO()) as out:
                assert browse.showing(db, id, as_json=True) == 0
            found[id] = out.getvalue()
    return found


def taken_over(db: Path, *files: Path, as_copy: bool = False) -> str:
    """Import files; returns what was said of it."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
        names = list(map(str, files))
        assert importing.importing(db, names, as_copy=as_copy, dry_run=False, as_json=True) == 0
    return said.getvalue()


def exported(db: Path, form: export.Form, file: Path) -> Path:
    with redirect_stderr(io.StringIO()):
        assert export.exporting(db, (), form, str(file), force=False, everything=True) == 0
    return file


def backed_up(db: Path, to: Path) -> Path:
    with redirect_stderr(io.StringIO()):
        assert upkeep.backing_up(db, to, force=False, as_json=False) == 0
    return to


PAIRS = st.tuples(*map(logs, IDS))


@settings(max_examples=6, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # to shrink such logs takes minutes
@given(PAIRS)
def test_every_way_out_and_in_again_loses_nothing(pair: tuple[Log, Log]) -> None:
    assert {event.KIND for event in pair[0]} == set(ev.KINDS), "no kind of event is left out here"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = keep(folder / "source.db", *sorted(pair, key=lambda log: (log[0].at, log[0].debate)))
        before, tables = told(source), readable(source)
        assert set(before) == set(IDS)
        ways: list[tuple[str, Path]] = [
            ("json", exported(source, "json", folder / "a.json")),
            ("jsonl", exported(source, "jsonl", folder / "a.jsonl")),
            ("file", source),
            ("backup", backed_up(source, folder / "backup.db")),
        ]
        assert told(folder / "backup.db") == before
        for way, file in ways:
            db = folder / f"from {way}.db"
            assert taken_over(db, file) == "Imported 2 debates: 2 new.\n"
            assert told(db) == before, way
            assert list(Library(db).events(IDS[0])) == pair[0]
            assert readable(db) == tables, way
            check_indexes(db)
            assert taken_over(db, file) == "Imported 0 debates: 2 here already.\n"


def test_one_that_runs_is_interrupted_where_it_arrives(tmp_path: Path) -> None:
    source = keep(tmp_path / "source.db", talk().events)
    taken_over(tmp_path / "new.db", exported(source, "json", tmp_path / "a.json"))
    assert told(tmp_path / "new.db") == told(source)
    assert Library(tmp_path / "new.db").state(talk().log.id) == "interrupted"
    assert [hit.statement for hit in Library(tmp_path / "new.db").search("helium")] == ["S1"]


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_one_that_has_grown_is_brought_up_to_date(tmp_path: Path, form: export.Form) -> None:
    whole = finished().events
    for cut in (3, 9, len(whole) - 4):
        source = keep(tmp_path / f"whole {cut}.db", whole)
        db = keep(tmp_path / f"part {cut}.db", whole[:cut], named("261124-other", whole))
        file = exported(source, form, tmp_path / f"{cut}.{form}")
        assert taken_over(db, file) == "Imported 1 debate: 1 longer than before.\n"
        assert told(db)[whole[0].debate] == told(source)[whole[0].debate]
        assert list(Library(db).events(whole[0].debate)) == whole
        check_indexes(db)
        part = exported(keep(tmp_path / f"old {cut}.db", whole[:cut]), form, tmp_path / f"old {cut}.{form}")
        assert taken_over(db, part) == "Imported 0 debates: 1 here in a longer version.\n"
        assert list(Library(db).events(whole[0].debate)) == whole
