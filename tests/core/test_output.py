"""What a debate without a screen does when its output, its file or its start is disturbed: real processes and pipes."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.council import council, council_but
from tests.program import Process, ran, started, upverdict
from tests.scripted import Pace, Script, ScriptedEndpoint, hold, text
from tests.scripted.gate import Gate
from upverdict.core.output import Output
from upverdict.core.store.reader import Library, Row

QUESTION = "Self-host LLMs or use API access?"
SMALLEST = 4096
"""Bytes of the smallest pipe that Linux makes; a debate has many times more."""


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so that another process does; there is nothing that could be awaited."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


@contextmanager
def unread(*arguments: str, stderr: int = subprocess.PIPE) -> Iterator[Process]:
    """A command whose stdout is a small pipe that nobody reads, unless the test does."""
    process = started(*arguments, stderr=stderr, pipesize=SMALLEST)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def undecided(gate: Gate) -> Script:
    """A council that says more than the pipe holds, and a judge who waits."""
    return council_but({"judge": text("{", at={0: hold(gate)})}, characters=4000)


def last() -> Row | None:
    """The newest debate, as `upverdict list` reads it."""
    library = Library(Path(os.environ["UPVERDICT_DB"]))
    try:
        return next(iter(library.page(limit=1)), None)
    finally:
        library.close()


def state() -> str:
    row = last()
    return row.state if row else ""


def id_of_last() -> str:
    row = last()
    assert row
    return row.id


@pytest.mark.parametrize("form", [["--json"], []])
def test_a_reader_who_does_not_read_holds_up_nobody_and_gets_everything(form: list[str]) -> None:
    with (
        ScriptedEndpoint.in_thread(council(characters=4000)) as server,
        unread("ask", QUESTION, *form, "--endpoint", server.url) as process,
    ):
        until(lambda: state() == "finished")
        assert process.poll() is None, "it waits for the reader"
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert f"Kept as {id_of_last()}. 10 requests, " in err.splitlines()[-1]
        said = [s["text"] for s in upverdict("show", "last", "--json").json["statements"]]
        if form:
            events = [json.loads(line) for line in out.splitlines()]
            assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
            assert events[-1]["kind"] == "debate_finished"
        else:
            assert all(out.count(words) == 1 for words in said)
            assert "# Verdict: " in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("form", [["--json"], []])
def test_a_signal_ends_a_debate_whose_output_nobody_reads(form: list[str], number: signal.Signals) -> None:
    gate = Gate()
    with (
        ScriptedEndpoint.in_thread(undecided(gate)) as server,
        unread("ask", QUESTION, *form, "--endpoint", server.url) as process,
    ):
        server.wait_for(lambda requests: len(requests) >= 9, 60)
        process.send_signal(number)
        assert process.wait(30) == 130
        assert process.stderr
        err = process.stderr.read()
        gate.open()
        assert "Traceback" not in err
        assert err.splitlines()[-1].startswith("Interrupted.")
        assert f"`upverdict continue {id_of_last()}` goes on." in err
        assert state() == "interrupted"


def test_a_signal_ends_the_waiting_for_a_reader_when_the_debate_is_over() -> None:
    with (
        ScriptedEndpoint.in_thread(council(characters=4000)) as server,
        unread("ask", QUESTION, "--endpoint", server.url) as process,
    ):
        until(lambda: state() == "finished")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 130
        assert process.stderr
        err = process.stderr.read()
        id = id_of_last()
        assert err == (
            "Interrupted. Not all of the output was read. "
            f"The debate is kept as {id}; `upverdict show {id}` shows it.\n"
        )
        assert state() == "finished"


def test_a_signal_ends_it_when_its_last_words_go_where_nobody_reads() -> None:
    with (
        ScriptedEndpoint.in_thread(council(characters=4000)) as server,
        unread("ask", QUESTION, "--endpoint", server.url, stderr=subprocess.STDOUT) as process,
    ):
        until(lambda: state() == "finished")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


@pytest.mark.parametrize("path", [os.devnull, *(p for p in ("/dev/full",) if os.path.exists(p))])
def test_an_output_that_can_not_be_written_ends_the_debate_in_order(path: str) -> None:
    out = os.open(path, os.O_RDONLY if path == os.devnull else os.O_WRONLY)  # what is open for reading is not written
    reason = os.strerror(errno.EBADF if path == os.devnull else errno.ENOSPC)
    with ScriptedEndpoint.in_thread(text("I wait.", at={0: hold(Gate())})) as server:
        process = started("ask", QUESTION, "--json", "--endpoint", server.url, stdout=out)
        _, err = process.communicate(timeout=60)
    os.close(out)
    id = id_of_last()
    assert err == (
        f"upverdict: The output can't be written: {reason}. "
        f"The question is kept as {id}; `upverdict continue {id}` goes on.\n"
    )
    assert process.returncode == 1
    assert state() == "interrupted"


async def test_words_for_both_streams_keep_their_order_and_are_spelled_as_the_stream_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)  # as a terminal is that a neighbour has made so
    with os.fdopen(theirs, "w", encoding="ascii") as stream, os.fdopen(ours, encoding="ascii") as reader:
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr(sys, "stderr", stream)
        output = Output()
        wanted = ""
        for n in range(4000):
            output.say(f"{n} says “something”\n")
            output.note(f"{n} is noted")
            output.note("")
            wanted += f"{n} says ?something?\n{n} is noted\n"
        output.say("and no more")
        read = await asyncio.to_thread(reader.read, len(wanted) + len("and no more"))
        await output.taken()
    assert read == wanted + "and no more"


async def test_a_stream_that_fails_is_told_once_and_the_other_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    told = []
    err = (tmp_path / "err").open("w", encoding="utf-8")
    with os.fdopen(theirs, "w", encoding="utf-8") as broken, err:
        monkeypatch.setattr(sys, "stdout", broken)
        monkeypatch.setattr(sys, "stderr", err)
        output = Output()
        output.on_failure = lambda: told.append(output.failure)
        output.say("one")
        output.note("two")
        output.say("three")
        await output.taken()
    assert [type(e) for e in told] == [BrokenPipeError]
    assert (tmp_path / "err").read_text("utf-8") == "two\n"


FULL = """
import resource, sys
from upverdict.core import headless, session
from upverdict.tui.launch import main

def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

def begin_full(*given, **options):
    room(1 if how == "no page" else 40_000)
    return start(*given, **options)

async def close_with_room(self):
    room(None)
    await close(self)

start, close = session.start, session.Session.close
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
how = sys.argv.pop()
if how in ("none", "no page"):
    headless.start = begin_full
else:
    room(400_000)
if how == "again":
    session.Session.close = close_with_room
main()
"""
"""The program on a disk with room for some of a debate, for none of it, not for a page, or at the end for all."""


@pytest.mark.parametrize("how", ["some", "none", "no page", "again"])
def test_a_full_disk_is_told_as_it_is_at_the_end(how: str) -> None:
    background = ["--background", "We are a small team. " * 2000] if how == "none" else []
    # Slowly enough that some is written before all has come: what is gathered meanwhile is lost together.
    pace = Pace(tokens_per_second=10_000, characters=100)
    with ScriptedEndpoint.in_thread(council(characters=40_000), pace=pace) as server:
        done = ran(FULL, "ask", QUESTION, *background, "--endpoint", server.url, how, timeout=60)
        assert done.code == 1
        err = done.err
        assert err.count("\n") == 1, err
        assert "the disk may be full" in err
        assert "held in memory" not in err
        assert "was written before is safe" not in err
        if how in ("none", "no page"):
            assert "Nothing of this debate could be kept; ask again" in err
            assert upverdict("list", "--json").out == ""
            return
        id = id_of_last()
        words = sum(len(s["text"].split()) for s in upverdict("show", id, "--json").json["statements"])
        if how == "again":
            assert err.endswith(f"What was said is kept as {id}; `upverdict continue {id}` goes on.\n")
        else:
            # Where it was full between two words, none of them had to be put aside.
            kept = (
                rf"(The last [\d,]+ words are put aside in .*, the rest|What was said) is kept as {id}; after that, `"
            )
            assert re.search(kept, err), err
            assert words > 0
        assert upverdict("continue", id, "--endpoint", server.url).code == 0
        assert upverdict("show", id, "--json").json["state"] == "finished"


SIGNALLED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
wanted = sys.argv.pop()
def watch(event, given):
    if event == "import" and given[0] == wanted:
        os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(watch)
from upverdict.tui.launch import main
main()
"""
"""The program, interrupted when it begins to import a module."""


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("click", ["list"]),
        ("upverdict.core.cli", ["list"]),
        ("upverdict.core.browse", ["list"]),
        ("sqlite3", ["list"]),
        ("upverdict.core.headless", ["ask", QUESTION]),
        ("asyncio", ["ask", QUESTION]),
        ("upverdict.personas", ["ask", QUESTION]),
    ],
)
def test_ctrl_c_while_the_program_starts_is_no_error(module: str, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SIGNALLED, *arguments, module], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")
    assert not upverdict("list", "--json").out


BEGUN = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from upverdict.core import headless
from upverdict.tui.launch import main
start = headless.start
async def started(*given, **options):
    session = await start(*given, **options)
    os.kill(os.getpid(), signal.SIGINT)
    return session
headless.start = started
main()
"""
"""The program, interrupted when a debate is begun and nobody is asked yet."""


def test_ctrl_c_when_a_debate_is_just_begun_names_it() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        done = ran(BEGUN, "ask", QUESTION, "--endpoint", server.url)
    id = id_of_last()
    assert done.code == 130
    assert done.err == f"Interrupted. The question is kept as {id}; `upverdict continue {id}` goes on.\n"


def test_a_reader_of_a_list_who_has_enough_is_no_failure() -> None:
    with ScriptedEndpoint.in_thread(council(characters=40_000), pace=Pace(characters=100)) as server:
        assert upverdict("ask", QUESTION, "--endpoint", server.url).code == 0
    for arguments in (
        ["show", "last"],
        ["show", "last", "--json"],
        ["list"],
        ["search", "the"],
        ["personas"],
        ["--help"],
    ):
        ours, theirs = os.pipe()
        os.close(ours)
        process = started(*arguments, stdout=theirs)
        os.close(theirs)
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, ""), arguments


def test_a_debate_that_another_window_holds_is_neither_continued_nor_deleted() -> None:
    gate = Gate()
    with (
        ScriptedEndpoint.in_thread(undecided(gate)) as server,
        unread("ask", QUESTION, "--endpoint", server.url) as process,
    ):
        server.wait_for(lambda requests: len(requests) >= 9, 60)
        for command in (["continue", "last"], ["delete", "last", "--yes"]):
            done = upverdict(*command)
            assert done.code == 2, command
            assert "another window" in done.err
            assert "Nothing was" in done.err
        assert state() == "running"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        gate.open()


if sys.platform != "win32":  # there is no such signal

    def test_a_hangup_that_is_to_be_ignored_is() -> None:
        with ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=200)) as server:
            before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does for its command
            try:
                process = started("ask", "Rent or own?", "--endpoint", server.url, "--auto")
            finally:
                signal.signal(signal.SIGHUP, before)
            assert process.stdout
            process.stdout.readline()
            process.send_signal(signal.SIGHUP)
            process.communicate(timeout=60)
        assert process.returncode == 0
