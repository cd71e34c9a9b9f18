"""Searches with filters and in scripts without spaces, against real files: whatever way is taken, the same is found."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
import pytest

from tests.core.talk import Talk
from tests.core.test_store_kit import check_indexes, named, rows
from tests.core.test_store_older import older
from tests.older import at_version
from tests.program import upverdict
from upverdict.core import browse, rulings
from upverdict.core import events as ev
from upverdict.core.cli_search import search
from upverdict.core.store import filtering, migrations, searching
from upverdict.core.store.hits import Hit
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.values import replace

COUNT = 24
STEP = 20  # days between two debates


def made(n: int) -> list[ev.Event]:
    """Debate `n`, so many steps old. Each says `water`; every second `wine`, in every fifth the Skeptic does; every
    fourth is tagged, every third finished, every sixth has words of the user's; one in eight is archived."""
    said = Talk(question=f"Question {n}?", voices=2)
    said.say("builder", 0, f"Water is cheap. {'Wine is not. ' * (n % 2 == 0)}House number {n}.")
    said.say("skeptic", 0, f"Who drinks water? {'Wine it is.' * (n % 5 == 0)}")
    if n % 6 == 0:
        said.user("I drink wine myself.")
    if n % 3 == 0:
        said.floor(0)
        said.ruled(rulings.Ruling(headline=f"Water {n}.", decision="Drink it.", pull_quotes=(), heard=("builder",)))
        said.log.append(ev.DebateFinished())
    if n % 4 == 0:
        said.tag("cellar", *(["rare"] if n % 8 == 0 else []))
    if n % 8 == 1:
        said.archive()
    return named(f"26{n:04}-aaaaa", said.events, timedelta(days=-STEP * n))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("searching") / "debates.db"

    async def make() -> None:
        store = await Store.open(path)
        await store.import_debates([made(n) for n in range(COUNT)])
        await store.close()

    asyncio.run(make())
    return path


@pytest.fixture(params=["few", "many", "all"])
def library(request: pytest.FixtureRequest, path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """By the ways that are taken where few rows have the words, where many do and few fit, where many do and fit."""
    if request.param != "few":
        monkeypatch.setattr(searching, "_FEW", 0)
        monkeypatch.setattr(searching, "_BATCHES", (1, 2, 3, 1 << 62))
    if request.param == "all":
        monkeypatch.setattr(searching, "_RANKED_AMONG", 0)
    library = Library(path)
    yield library
    library.close()


def numbers(hits: list[Hit]) -> list[int]:
    return [int(hit.id[2:6]) for hit in hits]


ALL = range(COUNT)
CASES = {
    "water": [*ALL],
    "wine": [n for n in ALL if n % 2 == 0 or n % 5 == 0],
    "tag:cellar wine ": [n for n in ALL if n % 4 == 0],
    "tag:cellar tag:rare wine ": [n for n in ALL if n % 8 == 0],
    "-tag:cellar wine ": [n for n in ALL if (n % 2 == 0 or n % 5 == 0) and n % 4],
    "tag:rar water ": [n for n in ALL if n % 8 == 0],
    "state:finished water ": [n for n in ALL if n % 3 == 0],
    "state:interrupted wine ": [n for n in ALL if n % 3 and (n % 2 == 0 or n % 5 == 0)],
    "voice:skeptic wine ": [n for n in ALL if n % 5 == 0],
    "voice:S voice:you wine ": [n for n in ALL if n % 5 == 0 or n % 6 == 0],
    "-voice:builder -voice:skeptic wine ": [n for n in ALL if n % 6 == 0],
    "voice:you tag:cellar wine ": [n for n in ALL if n % 12 == 0],
    "wine -cheap ": [n for n in ALL if n % 5 == 0 or n % 6 == 0],
    "after:2026-06-01 water ": [n for n in ALL if n <= 8],
    "after:2026-06-01 before:2026-09 wine ": [5, 6, 8],
    "before:2026-06-01 voice:skeptic wine ": [10, 15, 20],
    "before:2020 water ": [],
    '"number 7"': [7],
    "house -number ": [],
    "tag:cellar": [n for n in ALL if n % 4 == 0],
    "state:finished tag:rare": [0],
    "voice:you": [n for n in ALL if n % 6 == 0],
    "state:finished -water ": [],
    "state:interrupted -water ": [n for n in ALL if n % 3],
    "before:2026-06-01 after:2026": [n for n in ALL if 9 <= n <= 16],
    "state:running": [],
    "state:failed water ": [],
}


@pytest.mark.parametrize("words", CASES)
def test_what_fits_is_found_whatever_way_is_taken(library: Library, words: str) -> None:
    wanted = CASES[words]
    assert numbers(library.search(words)) == wanted  # the newest first
    assert sorted(numbers(library.search(words, ranked=True))) == wanted
    assert numbers(library.search(words, limit=2)) == wanted[:2]
    assert len(library.search(words, limit=2, ranked=True)) == len(wanted[:2])
    for hit in library.search(words):
        assert hit.created_at
        if "voice:" in words:
            assert hit.statement
            assert hit.snippet


def test_filters_alone_show_what_came_of_a_debate_or_what_the_voice_said(library: Library) -> None:
    ruled = library.search("state:finished")[1]
    assert (ruled.where, ruled.snippet, ruled.spans) == ("verdict", "Water 3.", ())
    asked = library.search("state:interrupted")[0]
    assert (asked.where, asked.snippet) == ("question", "Question 1?")
    said = library.search("voice:you")[0]
    assert (said.where, said.statement, said.name, said.snippet) == ("statement", "Y1", "You", "I drink wine myself.")


def test_a_day_begins_where_the_user_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    library = Library(path)
    for zone, day in (("UTC+11", "2026-11-23"), ("UTC-14", "2026-11-25")):  # the newest began at 10:00 UTC on the 24th
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert numbers(library.search(f"after:{day}")) == [0]
        after = datetime.fromisoformat(day) + timedelta(days=1)
        assert numbers(library.search(f"after:{after:%Y-%m-%d}")) == []
    library.close()
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "words",
    ["voice:you", "tag:rare", "before:2026-06-01", "state:finished", "state:archived", "-state:due -state:archived"],
)
def test_no_filter_looks_at_every_debate(path: Path, words: str) -> None:
    """The list by a filter comes out of an index in its order: nothing is sorted, and no table is read through."""
    library = Library(path)
    meaning = library.find(words).meaning
    library.close()
    conn = sqlite3.connect(path)
    seen: list[str] = []
    conn.set_trace_callback(seen.append)
    list(filtering.fitting(conn, meaning, (5,)))
    conn.set_trace_callback(None)
    plans = [row[3] for sql in seen for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
    conn.close()
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN") or "TEMP B-TREE" in plan], plans


# -- scripts without spaces -----------------------------------------------------------------------------------------


JAPANESE = "東京でGPUを借りるべきか？\n安い。"


def spoken(question: str = JAPANESE) -> Talk:
    said = Talk(question=question, voices=2)
    said.say("builder", 0, "借りるのは安い。" * 30 + "自社サーバーは高い。" + "それだけです。" * 30)
    return said


async def test_what_is_said_without_spaces_is_found_shown_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    store = await Store.open(path)
    events = spoken().events
    id = await store.import_events(events)
    library = Library(path)
    (hit,) = library.search("東京")
    assert (hit.where, [hit.snippet[a:b] for a, b in hit.spans]) == ("question", ["東京"])
    assert hit.snippet == JAPANESE.replace("\n", " ")
    (hit,) = library.search("サーバー")
    assert [hit.snippet[a:b] for a, b in hit.spans] == ["サーバー"]
    assert hit.snippet.strip("…") in "".join(str(text) for (text,) in rows(path, "SELECT text FROM statements"))
    assert len(hit.snippet) > 40
    assert [h.id for h in library.search("gpu")] == [id]
    assert library.search("京東") == []
    check_indexes(path)
    await store.rebuild()
    check_indexes(path)
    assert [h.id for h in library.search("自社")] == [id]
    await store.shelve(id, lambda _: (ev.DebateRenamed(title="借家"), ev.DebateNoted(text="plain")))
    (hit,) = library.search("借家")
    assert (hit.where, hit.title, hit.called) == ("title", "借家", "借家")
    check_indexes(path)
    await store.delete(id)
    await store.purge([id])
    assert (
        rows(path, "SELECT count(*) FROM spaced_statements UNION ALL SELECT count(*) FROM spaced_debates") == [(0,)] * 2
    )
    check_indexes(path)
    library.close()
    await store.close()


@pytest.mark.parametrize("version", [1, 4])
def test_a_file_of_before_gets_an_index_in_which_they_are_found(tmp_path: Path, version: int) -> None:
    path = older(tmp_path / "debates.db", version)
    conn = sqlite3.connect(path)
    for name, column, key in (("statements_fts", "text", "id"), ("debates_fts", "question", "number")):
        table = name.removesuffix("_fts")
        conn.execute(f"UPDATE {table} SET {column} = {column} || ' 東京で' WHERE {key} = 1")
        conn.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")
    conn.commit()
    conn.close()
    library = Library(path)
    hits = library.search("東京")
    assert (len(hits), hits[0].where, hits[0].more) == (1, "question", 1)
    library.close()
    check_indexes(path)
    assert rows(path, "PRAGMA user_version") == [(len(migrations.STEPS),)]


def ruled_twice() -> list[ev.Event]:
    """A debate whose verdict came anew, with words of its own in each part of it."""
    said = Talk(voices=2)
    said.everybody(0)
    said.floor(0)
    claim = rulings.Claim("A quokka is not for sale.", {"builder": ("B1.1",)}, {})
    split = rulings.Claim("The wombat may be.", {"builder": ("B1.1",)}, {"skeptic": ("S1.1",)})
    stance = rulings.Stance("lease it", 70)
    first = rulings.Ruling(
        headline="Buy a numbat.",
        decision="Feed the bilby first.",
        option="own it",
        agreed=(claim,),
        split=(split,),
        flips=(rulings.Flip("The dunnart is free.", "Ask the potoroo."),),
        dissent=(rulings.Dissent("skeptic", stance, "who feeds the galah"),),
        heard=("builder", "skeptic"),
    )
    said.ruled(first)
    log = said.log
    log.append(ev.DebateFinished())
    log.append(ev.CommentAdded(text="It is not.", statement="Y1", sentences=((0, 10),), number=1))
    log.append(ev.VerdictStarted(version=2, cause="Y1"))
    ruling = replace(first, headline="Rent a numbat.", decision="See.", agreed=(), because=("Y1.1",))
    log.append(ev.VerdictRuled(version=2, ruling=ruling))
    log.append(ev.DebateFinished())
    return said.events


WORDS = ("quokka", "wombat", "dunnart", "potoroo", "galah", "bilby", "buy", '"own it"', "rent")


async def test_every_word_of_every_version_of_a_verdict_is_found(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    store = await Store.open(path)
    events = ruled_twice()
    id = await store.import_events(events)
    library = Library(path)
    for _ in range(2):
        for word in WORDS:
            (hit,) = library.search(word)
            begin, end = hit.spans[0]
            assert (hit.where, hit.snippet[begin:end].lower()) == ("verdict", word.strip('"'))
        check_indexes(path)
        await store.rebuild()
    library.close()
    await store.delete(id)
    await store.purge([id])
    await store.close()
    check_indexes(path)


@pytest.mark.parametrize("version", [1, 4])
def test_those_of_a_file_of_before_are_found_as_well(tmp_path: Path, version: int) -> None:
    path = tmp_path / "debates.db"
    at_version(path, version, [ruled_twice()])
    library = Library(path)
    for word in WORDS:
        assert [hit.where for hit in library.search(word)] == ["verdict"]
    library.close()
    check_indexes(path)


# -- the command ----------------------------------------------------------------------------------------------------


def test_the_command_says_what_it_did_not_understand_and_prints_spans(path: Path) -> None:
    done = upverdict("--db", str(path), "search", "--json", "--limit", "1", "voice:skeptic", "-hidden", "wine")
    assert (done.code, done.err) == (0, "")
    (hit,) = [json.loads(line) for line in done.out.splitlines()]
    ((begin, end),) = hit["spans"]
    assert hit["snippet"][begin:end] == "Wine"
    done = upverdict("--db", str(path), "search", "-hidden", "tag:rare", "voice:nobody")
    assert (done.code, done.out) == (0, "")
    assert done.err == (
        "No voice “nobody” here: searched as words.\nNothing found for '-hidden tag:rare voice:nobody' (tag rare).\n"
    )


def test_the_command_says_whose_words_were_found(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    browse.searching(path, "voice:skeptic wine", 1, newest=False, as_json=False)
    assert re.search(r"^    The Skeptic \(S\d\): .*Wine", capsys.readouterr().out, re.MULTILINE)


def test_a_minus_before_a_word_is_no_option_but_two_are() -> None:
    assert search.make_context("search", ["a", "-hidden", "-x", "--limit", "3"]).params["words"] == (
        "a",
        " -hidden",
        " -x",
    )
    with pytest.raises(click.NoSuchOption):
        search.make_context("search", ["--limt", "3", "wine"])
