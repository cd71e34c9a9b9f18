"""`upverdict replay`: a kept debate to stdout, as it was said. Real processes on a real file."""

from __future__ import annotations

import asyncio
import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Sockets
from tests.core.talk import Talk
from tests.council import council
from tests.program import started, upverdict
from tests.scripted import ScriptedEndpoint
from tests.tui.shelf import debate, keep
from upverdict.core import jsonform
from upverdict.core.store.reader import Library

QUESTION = "Self-host LLMs or use API access?"


@pytest.fixture
def db(at_home: Path) -> Path:
    return at_home / "debates.db"


def test_at_once_it_says_what_was_said_when_it_was_held() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        held = upverdict("ask", QUESTION, "--rebuttal", "We are two people.", "--endpoint", server.url)
        assert held.code == 0
    again = upverdict("replay", "last", "--speed", "max")
    assert again.code == 0
    # Which of those that speak together is printed first depends on how far the log was ahead.
    assert sorted(again.out.splitlines()) == sorted(held.out.splitlines())
    assert "The judge weighs what was said …" in again.err


def test_as_json_it_prints_the_log_itself(db: Path) -> None:
    asyncio.run(keep(db, debate(1)))
    (row,) = Library(db).page()
    events = [json.loads(jsonform.to_json(e)) for e in Library(db).events(row.id)]
    for speed in ("max", "1000", "16x"):
        done = upverdict("replay", row.id[:4], "--json", "--speed", speed)
        assert (done.code, done.lines, done.err) == (0, events, "")


def test_what_was_said_after_a_verdict_is_replayed_too(db: Path) -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        first = upverdict("ask", QUESTION, "--endpoint", server.url)
        second = upverdict("push-back", "last", "You forgot the price.", "--endpoint", server.url)
        assert (first.code, second.code) == (0, 0)
    again = upverdict("replay", "last", "--speed", "max")
    assert again.code == 0
    said, comment, rest = again.out.partition("## You, the fifth voice · on verdict 1\n\nYou forgot the price.\n")
    assert comment
    assert sorted(said.splitlines()) == sorted(first.out.splitlines())
    assert sorted((comment + rest).splitlines()) == sorted(second.out[second.out.index(comment) :].splitlines())


def test_it_says_how_a_debate_ended_that_has_no_verdict(db: Path) -> None:
    asyncio.run(keep(db, debate(1, state="interrupted"), debate(2, state="failed")))
    for row in Library(db).page():
        named = ["--db", str(db)] if row.state == "failed" else []  # a file of the command line is in the way on, too
        done = upverdict("replay", row.id, "--speed", "max", *named)
        assert done.code == 0, "it was replayed to its end"
        assert f"`{shlex.join(['upverdict', 'continue', row.id, *named])}` goes on with it." in done.err
        assert {"interrupted": "Here the debate was interrupted;", "failed": "The endpoint is overloaded."}[
            row.state
        ] in done.err


def test_what_a_killed_program_left_unfinished_stands_as_it_is(db: Path) -> None:
    t = Talk(voices=2)
    t.begin("builder")
    t.begin("skeptic")
    t.words("builder", 0, "It breaks off in")
    t.words("skeptic", 0, "This does, too,")
    asyncio.run(keep(db, t.events))
    done = upverdict("replay", "last", "--speed", "max")
    assert "It breaks off in\n[unfinished]\n" in done.out
    assert "This does, too,\n\n[unfinished]\n" in done.out or "This does, too,\n[unfinished]\n" in done.out


def test_it_comes_at_its_pace(db: Path) -> None:
    asyncio.run(keep(db, debate(1)))
    process = started("replay", "last", "--speed", "0.1", "--json")
    assert process.stdout
    assert json.loads(process.stdout.readline())["seq"] == 1
    assert process.poll() is None, "the second event is due in ten seconds"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "Interrupted.\n")


def test_who_reads_no_further_ends_it_without_a_word(db: Path) -> None:
    asyncio.run(keep(db, debate(1)))
    process = started("replay", "last", "--json", "--speed", "16")
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["replay", "nosuch"], 4, "There is no debate nosuch."),
        (["replay", "last", "--speed", "0"], 2, "neither max nor a number from 0.1 to 1000"),
        (["replay", "last", "--speed", "nan"], 2, "neither max nor a number"),
        (["replay", "last", "--speed", "fast"], 2, "neither max nor a number"),
        (["replay"], 2, "ID"),
    ],
)
def test_wrong_use_is_said_in_a_sentence(db: Path, arguments: list[str], code: int, words: str) -> None:
    asyncio.run(keep(db, debate(1)))
    done = upverdict(*arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_a_damaged_log_is_told_and_nothing_of_it_is_replayed(db: Path) -> None:
    import sqlite3

    asyncio.run(keep(db, debate(1)))
    with sqlite3.connect(db) as conn:
        conn.execute("UPDATE events SET body = '{}' WHERE kind = 'verdict_ruled'")
    conn.close()
    done = upverdict("replay", "last", "--speed", "max")
    assert (done.code, done.out, done.err) == (2, "", upverdict("show", "last").err)
    assert "damaged" in done.err


PROBE = """
import sys
from upverdict.core import cli
sys.argv = ["upverdict", "replay", "last", "--speed", "max"]
code = cli.main(lambda config, order: 0)
heavy = {"textual", "anthropic", "httpx", "httpx2", "rich", "pydantic", "sqlite_utils"}
print(code, sorted({m.split(".")[0] for m in sys.modules} & heavy), file=sys.stderr)
"""


def test_it_opens_no_socket_and_loads_no_screen_and_no_wire(db: Path, sockets: Sockets) -> None:
    asyncio.run(keep(db, debate(1)))
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines()[-1] == "0 []"
    assert "# Verdict: Headline 1" in done.stdout
    assert sockets.opened() == []
