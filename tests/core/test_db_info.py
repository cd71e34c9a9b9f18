"""`upverdict db path` and `db info`: where the file is and what is in it. Programs on a real file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.core.test_store_kit import finished, named, talk
from tests.program import upverdict
from upverdict.core.store.writer import Store
from upverdict.core.upkeep import size


def test_where_the_file_is_and_what_says_so(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = at_home / "debates.db"
    done = upverdict("db", "path")
    assert (done.code, done.out) == (0, f"{file}\n")
    assert done.err == "UPVERDICT_DB names it; it is made with the first debate.\n"
    assert upverdict("db", "path", "--json").json == {"path": str(file), "named_by": "UPVERDICT_DB", "exists": False}
    assert upverdict("db", "path", "--db", "a.db", "--json").json["named_by"] == "--db"
    monkeypatch.delenv("UPVERDICT_DB")
    config = at_home / "config" / "config.toml"
    config.write_text('db = "own.db"\n', "utf-8")
    assert upverdict("db", "path", "--json").json["named_by"] == str(config)
    config.write_text("", "utf-8")
    assert upverdict("db", "path").err.startswith("the default; --db, UPVERDICT_DB or config.toml changes it")


def test_what_is_in_it(at_home: Path) -> None:
    file = at_home / "debates.db"
    assert upverdict("db").err == f"{file} is not there yet: it is made with the first debate.\n"
    assert not file.exists()

    async def fill() -> None:
        store = await Store.open(file)
        await store.import_debates([finished().events, named("261125-abcde", talk().events)])
        await store.save_draft("new", "half a question")
        await store.close()

    asyncio.run(fill())
    told = upverdict("db", "info", "--json").json
    assert told["path"] == str(file)
    assert told["debates"] == 2
    assert told["states"] == {"running": 0, "interrupted": 1, "finished": 1, "failed": 0}
    assert told["events"] == len(finished().events) + len(talk().events)
    assert told["drafts"] == told["verdicts"] == 1
    assert told["size"] == file.stat().st_size
    assert 0 < told["indexes"] < told["size"]
    assert told["version"] == told["newest_version"]
    assert told["application_id"] == 0x55705664
    assert told["oldest"] <= told["newest"]
    assert told["held"] == []
    done = upverdict("db", "info")
    assert done.code == 0
    assert "debates    2: 1 interrupted, 1 finished\n" in done.out
    assert "0x55705664" in done.out


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (312_400, "312 kB"),
        (999_600, "1.0 MB"),
        (2 * 10**12, "2000 GB"),
    ],
)
def test_sizes_are_told_as_a_person_reads_them(count: int, words: str) -> None:
    assert size(count) == words
