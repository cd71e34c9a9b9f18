"""The commands for keeping debates: what they print, what they keep, how they refuse."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.core.test_store_kit import finished, named, rows, talk
from tests.program import Done, upverdict
from upverdict.core import cli
from upverdict.core import events as ev
from upverdict.core.markdown_page import page
from upverdict.core.rulings import Flip
from upverdict.core.store import live
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.values import replace

OLD, NEW = "261124-abcde", "261125-abcde"
Run = Callable[..., Done]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two debates: one with a verdict that two facts would flip, and a newer one that was interrupted."""
    path = tmp_path_factory.mktemp("shelf") / "debates.db"
    flips = (Flip("The prices double.", "Ask in March."), Flip("A platform team is hired.", ""))
    log = [
        replace(e, ruling=replace(e.ruling, flips=flips)) if isinstance(e, ev.VerdictRuled) else e
        for e in finished().events
    ]

    async def keep() -> None:
        store = await Store.open(path)
        await store.import_debates([log, named(NEW, talk("Rent or buy?").events, timedelta(days=1))])
        await store.close()

    asyncio.run(keep())
    return path


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(made, tmp_path))


@pytest.fixture
def run(db: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in this process: its code, what it wrote. A process for each of these commands would cost seconds."""

    def call(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["upverdict", "--db", str(db), *arguments])
        code = cli.main(lambda *_: 0)
        told = capsys.readouterr()
        return Done(code, told.out, told.err.replace(f" --db {db}", ""))

    return call


def test_tags(run: Run) -> None:
    assert run("tag").err == "No debate has a tag yet. `upverdict tag ID work` gives it one.\n"
    assert run("tag", "last", "Work", "home,#next year") == Done(0, "", f"{NEW} has the tags home, next year, work.\n")
    assert run("tag", OLD, "WORK").err == f"{OLD} has the tag work.\n"
    assert run("tag", NEW).out == "home\nnext year\nwork\n"
    assert run("tag").out.split() == ["work", "2", "home", "1", "next", "year", "1"]
    assert run("tag", "--json").lines[0] == {"tag": "work", "count": 2}
    assert run("tag", NEW, "--json").lines == [{"tag": tag} for tag in ("home", "next year", "work")]
    listed = run("list", "--tag", "work").out.splitlines()
    assert [line[:12] for line in listed] == [NEW, OLD]
    assert listed[0].endswith("Rent or buy?  [home, next year, work]")
    assert [one["id"] for one in run("list", "--tag", "Work", "--tag", "home", "--json").lines] == [NEW]
    assert run("list", "--tag", "garden", "--tag", "x").err == "No debate has the tag garden and x.\n"
    assert run("tag", NEW, "-r", "home", "--remove", "Next Year", "-r", "work").err == f"{NEW} has no tag.\n"


def test_a_file_that_was_named_and_is_not_there_is_told(run: Run, db: Path) -> None:
    gone = db.with_name("typo.db")
    for tagged in ((), ("--tag", "work")):
        told = run("list", *tagged, "--db", str(gone))
        assert (told.code, told.out) == (0, "")
        assert told.err == (
            f'There is no file {gone} yet, which --db names: so no debates. `upverdict ask "QUESTION" --db {gone}` '
            "holds the first one.\n"
        )
    assert not gone.exists()


def test_a_name_and_a_note(run: Run, db: Path) -> None:
    assert run("rename", NEW, "The", "house").err == f"{NEW} is called “The house” now.\n"
    assert "The house" in run("list").out
    assert run("note", NEW, "Ask the bank.").err == f"The note on {NEW} is kept.\n"
    assert run("note", NEW).out == "Ask the bank.\n"
    (db.parent / "note.txt").write_text("One.\nTwo.\n")
    run("note", NEW, f"@{db.parent / 'note.txt'}")
    shown = run("show", NEW).out.splitlines()
    assert shown[0] == "# The house"
    assert shown[3:6] == ["Asked: Rent or buy?", "Note: One.", "      Two."]
    assert run("rename", NEW, "").err == f"{NEW} is called by its question now.\n"
    assert run("note", NEW, "").err == f"There is no note on {NEW} any more.\n"
    assert run("note", NEW) == Done(0, "", "")
    assert "The house" not in run("list").out


def test_the_archive(run: Run) -> None:
    told = run("archive", NEW, "2611", OLD)
    assert (told.code, told.out) == (2, "")  # several debates begin so: nothing is archived
    assert run("list", "--archived").err == "No archived debate.\n"
    assert run("archive", "261124", NEW, OLD).err == "".join(
        f"{id} is archived. `upverdict archive {id} --undo` takes it back.\n" for id in (OLD, NEW)
    )
    assert run("list").out == ""
    assert [one["archived"] for one in run("list", "--archived", "--json").lines] == [True, True]
    assert run("search", "helium").out.startswith(NEW)
    assert "[archived]" in run("show", NEW).out
    assert run("archive", NEW, "--undo").err == f"{NEW} is in the list again.\n"
    assert run("list").out.startswith(NEW)


def test_what_was_decided_and_how_it_turned_out(run: Run, db: Path) -> None:
    assert run("decide", OLD) == Done(0, "", "")
    assert run("decide", OLD, "We rent for a year.").err == "What you decided is kept.\n"
    assert run("decide", OLD, "--outcome", "Cheaper than feared.").err == "How it turned out is kept.\n"
    today = Library(db).debate(OLD).shelf.choice_at[:10]
    told = (
        f"What you decided ({today})\n  We rent for a year.\n\nHow it turned out ({today})\n  Cheaper than feared.\n\n"
    )
    assert run("decide", OLD).out == told
    shown = run("show", OLD).out
    assert shown.index("# Verdict: Rent before you buy.") < shown.index(told)
    doc = run("show", OLD, "--json").json
    assert (doc["choice"], doc["outcome"]) == ("We rent for a year.", "Cheaper than feared.")
    assert run("decide", OLD, "", "--outcome", "").err.count("is taken away.") == 2
    assert "What you decided" not in run("show", OLD).out


def test_when_to_look_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("due").err == "Nothing is to be looked at again now. `upverdict due --all` shows what comes later.\n"
    assert run("due", "--all").err == "Nothing is to be looked at again.\n"
    assert (
        run("revisit", OLD, "--flip", "2").err == f"{OLD} is to be looked at again:\n  if: A platform team is hired.\n"
    )
    run("revisit", OLD, "--on", "3 months", "--flip", "1")
    run("revisit", NEW, "--on", "tomorrow", "--if", "The rates fall")
    run("revisit", NEW, "--on", "today", "--if", "the\nrates fall")  # another day for the same
    today = date.today().isoformat()
    assert run("revisit", NEW).out == f"on {today}: the rates fall\n"
    assert run("due").out == f"{NEW}  due since {today}  Rent or buy?\n    on {today}: the rates fall\n"
    all_of_it = run("due", "--all").out.splitlines()
    assert [line.strip()[:12] for line in all_of_it[:1] + all_of_it[2:3]] == [NEW, OLD]
    assert all_of_it[3:] == [
        "    Rent before you buy.",
        f"    on {all_of_it[2][18:28]}: The prices double.",
        "    if: A platform team is hired.",
    ]
    (one,) = run("due", "--json").lines
    assert (one["id"], one["due"], one["conditions"]) == (NEW, today, [{"when": today, "fact": "the rates fall"}])
    run("archive", NEW)
    assert run("due").out.startswith(NEW), "it was put away until today"
    assert run("revisit", NEW, "--clear").err == f"{NEW} has no day to be looked at again.\n"
    assert run("due").out == ""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["tag", OLD, '"'], 2, "is no tag"),
        (["tag", OLD, "--remove", "x"], 2, "It has no tag x."),
        (["tag", "--remove", "x"], 2, "needs the ID"),
        (["tag", OLD, "x", "--json"], 2, "prints tags and changes none"),
        (["tag", "999999", "x"], 4, "no debate 999999"),
        (["rename", OLD], 2, "TITLE"),
        (["rename", OLD, "x" * 300], 2, "room for 200"),
        (["note", OLD, "@nowhere"], 2, "can't be read"),
        (["archive"], 2, "ID"),
        (["archive", OLD, "999999"], 4, "no debate 999999"),
        (["decide", OLD, "x" * 4001], 2, "room for 4,000"),
        (["revisit", OLD, "--on", "soon"], 2, "is no day"),
        (["revisit", OLD, "--on", "2020-01-01"], 2, "over already"),
        (["revisit", OLD, "--flip", "3"], 2, "2 in all, none has the number 3"),
        (["revisit", NEW, "--flip", "1"], 2, "0 in all"),
        (["revisit", OLD, "--flip", "1", "--if", "x"], 2, "give one of them"),
        (["list", "--tag", "#"], 2, "is no tag"),
    ],
)
def test_what_can_not_be_is_a_sentence(run: Run, db: Path, arguments: list[str], code: int, words: str) -> None:
    before = rows(db, "SELECT count(*) FROM events")
    done = run(*arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert rows(db, "SELECT count(*) FROM events") == before


def test_a_debate_that_another_window_holds_is_left_alone(run: Run, db: Path) -> None:
    lock = live.take(db, NEW)
    assert lock is not None
    done = run("tag", NEW, "work")
    live.release(db, NEW, lock)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"upverdict: Debate {NEW} is being debated in another window.")


def test_a_page_to_share_tells_what_came_of_it_and_keeps_the_note_private() -> None:
    t = finished()
    t.shelve()
    text = page(t.debate, "finished")
    assert text.startswith("# Where the models run\n\nAsked: Self-host LLMs or use an API?\n")
    came = text[text.index("### What was decided in the end") : text.index("## The debate")]
    for words in (
        "We rent for a year.",
        "### How it turned out",
        "- on 2027-03-01: the prices double",
        "- if: we have",
    ):
        assert words in came
    assert "- Tags: work, öffentlich" in text
    assert "spreadsheet" not in text


def test_from_the_shell(db: Path) -> None:
    at = ("--db", str(db))
    assert upverdict("note", OLD, "-", *at, stdin="From a pipe.\n").code == 0
    assert upverdict("note", OLD, *at).out == "From a pipe.\n"
    shown = upverdict(*at, "show", OLD, "--json")
    assert json.loads(shown.out)["note"] == "From a pipe."
