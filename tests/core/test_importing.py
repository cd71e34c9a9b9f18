"""`upverdict import`: what it takes, what it refuses with a sentence and a line, and that it is all or nothing."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_lossless import exported, keep, taken_over, told
from tests.core.test_output import until
from tests.core.test_store_kit import check_indexes, finished, named, rows, talk
from tests.core.test_store_older import older
from tests.program import COMMAND, upverdict
from upverdict.core import errors, importing, incoming, json_text, jsonform
from upverdict.core import events as ev
from upverdict.core.store import cleaning, live, migrations
from upverdict.core.store.reader import Library
from upverdict.core.values import replace

WHOLE = finished().events
ID = WHOLE[0].debate
LINES = [jsonform.to_json(event) for event in WHOLE]


def refused(db: Path, *names: str | Path, **how: bool) -> str:
    """The sentence with which files are refused; nothing of them is imported."""
    before = told(db) if db.exists() else {}
    options = {"as_copy": False, "dry_run": False, "as_json": False} | how
    with pytest.raises(errors.UserError) as error:
        importing.importing(db, [str(name) for name in names], **options)
    assert (told(db) if db.exists() else {}) == before
    assert error.value.exit_code == 2
    assert "Nothing was imported." in str(error.value)
    return str(error.value)


def line(number: int, change: Callable[[dict[str, Any]], object]) -> str:
    """The log as JSON lines, one of them changed."""
    raw = json.loads(LINES[number - 1])
    change(raw)
    return "\n".join([*LINES[: number - 1], json.dumps(raw), *LINES[number:]])


def document(change: Callable[[dict[str, Any]], object] = lambda _: None) -> dict[str, Any]:
    """A document with a log of few words, changed."""
    raw: dict[str, Any] = {"id": ID, "question": WHOLE[0].question, "log": [json.loads(text) for text in LINES]}  # type: ignore[attr-defined]
    change(raw)
    return raw


DEEP = '{"log":' + "[" * 100_000
HOSTILE: list[tuple[str, str | bytes, str]] = [
    ("nothing", "", "a: it is empty: no debate is in it. "),
    ("white space", "\n \n\t\n", "it is empty"),
    ("no JSON", "# Rent or own?\n", "a, line 1: it is not JSON (expecting value, column 1); it is nothing that can be"),
    ("a page", "<!doctype html>", "nothing that can be imported"),
    ("half a line", "\n".join(LINES)[:-9], f"a, line {len(LINES)}: it is not JSON"),
    ("half a line, told as that", "\n".join(LINES)[:-1], "it is cut off there"),
    ("a broken line", "\n".join([*LINES[:4], '{"seq":5,', *LINES[5:]]), "a, line 5: it is not JSON"),
    ("half a document", json.dumps(document(), indent=1)[:-30], "it is not JSON"),
    (
        "a broken document",
        json.dumps(document(), indent=1).replace('"number"', "number", 1),
        "it is not JSON (expecting",
    ),
    ("a number", "17", "a, line 1: it is nothing that can be imported"),
    ("an array", json.dumps([document()]), "a, line 1: it is nothing that can be imported"),
    ("an array in a line", "\n".join([*LINES, "[]"]), f"a, line {len(LINES) + 1}: it is nothing that can be imported"),
    ("another object", '{"name": "left-pad"}', "a, line 1: it is nothing that can be imported"),
    ("a document without its log", json.dumps({"id": ID, "council": [], "statements": []}), "without its log"),
    ("a log that is none", json.dumps({"id": ID, "log": 7}), "nothing that can be imported"),
    ("a log without events", json.dumps({"id": ID, "log": []}), "it has no event"),
    ("a log of something else", json.dumps({"id": ID, "log": [1]}), "a, line 1, log 1: it is no event"),
    (
        "a newer kind",
        line(3, lambda e: e.update(kind="mind_read")),
        "a, line 3: this upverdict knows no event 'mind_read'",
    ),
    ("a newer field", line(3, lambda e: e.update(mood="good")), "a, line 3: it is no event as upverdict writes them"),
    ("a field that lacks", line(3, lambda e: e.pop("voice")), "a, line 3: it is no event"),
    ("a wrong type", line(3, lambda e: e.update(voice=["builder"])), "a, line 3: it is no event"),
    ("a kind that is none", line(3, lambda e: e.update(kind=3)), "a, line 3: it is no event"),
    ("a number as text", line(3, lambda e: e.update(seq="3")), "a, line 3: it is no event"),
    ("a wrong word", line(2, lambda e: e.update(round="lunch")), "a, line 2: it is no event"),
    ("a gap", "\n".join(LINES[:5] + LINES[6:]), "a, line 1: its log makes no debate (event 7 of debate"),
    ("a log without its beginning", "\n".join(LINES[1:]), "it begins with statement_started"),
    (
        "a second beginning",
        "\n".join([*LINES, LINES[0].replace('"seq":1', f'"seq":{len(LINES) + 1}')]),
        "a second time",
    ),
    ("a statement that never began", line(3, lambda e: e.update(statement="Q9")), "which its log does not know"),
    ("an id that is a path", "\n".join(LINES).replace(ID, "../../up"), "can't be the id of a debate"),
    ("an id that is long", "\n".join(LINES).replace(ID, "a" * 65), "can't be the id of a debate"),
    ("an id that fills the screen", "\n".join(LINES).replace(ID, "a" * 5000), "aaa…' can't be the id of a debate"),
    ("an id that means another debate", "\n".join(LINES).replace(ID, "last"), "'last' can't be the id of a debate"),
    (
        "an event of another debate",
        json.dumps(document(lambda d: d["log"][4].update(debate="261124-other"))),
        "belongs to",
    ),
    ("a time that is none", line(4, lambda e: e.update(at="yesterday")), "event 4 has no time"),
    ("a day that is none", line(4, lambda e: e.update(at="2026-02-30T10:00:00Z")), "event 4 has no time"),
    ("a key twice", LINES[0].replace('"seq":1', '"seq":1,"seq":1'), "a, line 1: 'seq' stands twice in one object"),
    ("a key twice in a value", LINES[0].replace('"letter":"B"', '"letter":"B","letter":"S"'), "'letter' stands twice"),
    ("not a number", line(2, lambda e: e.update(delay=float("nan"))), "a, line 2: NaN is no number"),
    ("more than any number", line(2, lambda e: e).replace('"number": 0', '"number": 1e999', 1), "1e999 is no number"),
    (
        "a number too long",
        line(2, lambda e: e).replace('"number": 0', '"number": ' + "9" * 5000, 1),
        "number in it is too",
    ),
    ("a number too large", line(2, lambda e: e.update(number=10**30)), "the number 100000000000… is too large"),
    ("nested deeply", DEEP, "it is nested too deeply"),
    ("rubbish", bytes(range(256)) * 9, "no text in UTF-8"),
    ("rubbish behind a line", LINES[0].encode() + b"\n\xff\xfe\n", "is no text in UTF-8"),
    ("zeros", b"\0" * 5000, "a, line 1: it is not JSON"),
    ("a foreign SQLite file", b"SQLite format 3\0" + b"\0" * 500, "is an SQLite file of another program"),
]


@pytest.mark.parametrize(("content", "words"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_what_is_no_debate_is_refused_with_its_place(
    tmp_path: Path, content: str | bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a").write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    said = refused(tmp_path / "new.db", "a")
    assert words in said
    assert "\n" not in said
    assert len(said) < 500
    assert not list(tmp_path.glob("new.db*")), "no file is made for nothing"


@pytest.mark.parametrize("content", ["{" + " " * 3000, "\n".join(LINES), json.dumps(document(), indent=1)])
def test_no_line_and_no_debate_is_read_that_would_fill_the_memory(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (json_text, incoming):
        monkeypatch.setattr(module, "MOST", 2000)
    (tmp_path / "a").write_text(content, "utf-8")
    said = refused(tmp_path / "new.db", tmp_path / "a")
    assert "longer than 0 million characters" in said


@pytest.mark.skipif(os.name != "posix", reason="there are none elsewhere")
def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "pipe: it is a pipe, which may never end" in refused(tmp_path / "new.db", tmp_path / "pipe")
    assert "/dev/zero: it is a device, no file" in refused(tmp_path / "new.db", "/dev/zero")
    assert "none: it can't be read: no such file" in refused(tmp_path / "new.db", tmp_path / "none")
    assert "can't be read: embedded null byte" in refused(tmp_path / "new.db", "a\0b")
    (tmp_path / "folder").mkdir()
    assert "nothing in this folder can be imported" in refused(tmp_path / "new.db", tmp_path / "folder")
    terminal, inside = os.openpty()
    with open(inside) as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert "stdin: it is a terminal" in refused(tmp_path / "new.db", "-")
    os.close(terminal)


def test_stdin_and_a_pipe_of_the_shell_are_read(tmp_path: Path) -> None:
    source = keep(tmp_path / "source.db", WHOLE)
    text = exported(source, "jsonl", tmp_path / "a").read_text("utf-8")
    done = upverdict("import", "-", "--db", str(tmp_path / "new.db"), stdin=text)
    assert (done.code, done.err) == (0, "Imported 1 debate: 1 new.\n")
    assert done.out == f"{ID}  new    {WHOLE[0].question}\n"  # type: ignore[attr-defined]
    assert told(tmp_path / "new.db") == told(source)
    empty = upverdict("import", "-", "--db", str(tmp_path / "new.db"), stdin="")
    assert (empty.code, empty.out) == (2, "")
    assert empty.err == "upverdict: stdin: it is empty: no debate is in it. Nothing was imported.\n"
    if os.path.exists("/dev/fd"):
        reading, writing = os.pipe()
        with open(writing, "w", encoding="utf-8") as pipe:
            pipe.write(text)
        assert taken_over(tmp_path / "third.db", Path(f"/dev/fd/{reading}")) == "Imported 1 debate: 1 new.\n"
        os.close(reading)


def test_it_is_known_by_what_is_in_it_however_it_is_written(tmp_path: Path) -> None:
    other = named("261125-other", WHOLE)
    source = keep(tmp_path / "source.db", WHOLE, other)
    documents = exported(source, "json", tmp_path / "a.json").read_text("utf-8").splitlines()
    assert len(documents) == 2
    log = exported(source, "jsonl", tmp_path / "a.jsonl").read_text("utf-8")
    ways = {
        "one behind the other": "".join(documents),
        "over many lines": "\n\n".join(json.dumps(json.loads(one), indent=2) for one in documents),
        "mixed": documents[0] + "\n" + "\n".join(text for text in log.splitlines() if "261125-other" in text),
        "with lines between": log.replace("\n", "\r\n\r\n"),
        "without a last line's end": log.rstrip("\n"),
    }
    for number, text in enumerate(ways.values()):
        (tmp_path / f"{number}.txt").write_bytes(text.encode())
    (tmp_path / "marked.txt").write_bytes(b"\xef\xbb\xbf" + log.encode())
    (tmp_path / "wide.txt").write_bytes(log.encode("utf-16"))
    for file in sorted(tmp_path.glob("*.txt")):
        db = file.with_suffix(".db")
        assert taken_over(db, file) == "Imported 2 debates: 2 new.\n", file
        assert told(db) == told(source)


def test_a_folder_is_searched_for_what_is_ours(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    (folder / "deep" / ".git").mkdir(parents=True)
    source = keep(tmp_path / "source.db", WHOLE, named("261125-other", WHOLE), named("261126-third", WHOLE))
    exported(source, "jsonl", folder / "deep" / "all of it")
    exported(source, "json", folder / "again")
    exported(keep(folder / "more.sqlite", named("261127-forth", WHOLE)), "md", folder / "page.md")
    (folder / "package.json").write_text('{"name": "left-pad"}', "utf-8")
    (folder / ".hidden").write_text("{", "utf-8")
    (folder / "deep" / ".git" / "a").write_text("{", "utf-8")
    said = taken_over(tmp_path / "new.db", folder)
    assert said.splitlines()[-1] == "Imported 4 debates: 4 new, 3 given again."
    assert "2 other files were left out." in said
    assert set(told(tmp_path / "new.db")) == {ID, "261125-other", "261126-third", "261127-forth"}


def test_what_differs_is_told_and_kept_as_a_copy_if_that_is_wanted(tmp_path: Path) -> None:
    said = talk()
    said.words("skeptic", 0, " and for the crew?")
    here = keep(tmp_path / "here.db", talk().events, named("261125-other", WHOLE))
    said.log.append(ev.DebateInterrupted())
    there = [*talk().events, replace(said.events[-1], seq=len(talk().events) + 1)]
    log_here = [*talk().events, replace(said.events[-2], seq=len(talk().events) + 1)]
    here = keep(tmp_path / "both.db", log_here, named("261125-other", WHOLE))
    file = exported(keep(tmp_path / "there.db", named("261128-fresh", WHOLE), there), "jsonl", tmp_path / "a.jsonl")
    sentence = refused(here, file)
    assert (
        f"debate {ID} is another one than the one that has this id here: the first {len(talk().events)} events"
        in sentence
    )
    assert f"a.jsonl, line {len(WHOLE) + 1}: " in sentence
    assert "--as-copy" in sentence
    before = told(here)
    out = upverdict("import", str(file), "--as-copy", "--json", "--db", str(here))
    copy, fresh = sorted(out.lines, key=lambda one: one["debate"])
    assert (fresh["debate"], fresh["result"]) == ("261128-fresh", "new")
    assert (copy["was"], copy["result"]) == (ID, "copy")
    after = told(here)
    assert {id: after[id] for id in before} == before
    assert list(Library(here).events(copy["debate"])) == [replace(event, debate=copy["debate"]) for event in there]
    check_indexes(here)


def test_two_of_one_id_in_what_comes_are_compared_too(tmp_path: Path) -> None:
    lines = [*LINES[:9], *LINES, *LINES[:4]]
    (tmp_path / "a").write_text("\n".join(lines), "utf-8")
    assert taken_over(tmp_path / "new.db", tmp_path / "a") == ("Imported 1 debate: 1 new, 1 given again.\n")
    assert list(Library(tmp_path / "new.db").events(ID)) == WHOLE
    part = keep(tmp_path / "part.db", WHOLE[:5])
    taken_over(part, tmp_path / "a")
    assert list(Library(part).events(ID)) == WHOLE
    changed = line(len(LINES), lambda e: e.update(at="2026-12-24T10:00:00Z"))
    (tmp_path / "b").write_text("\n".join([*LINES, changed]), "utf-8")
    assert "is another one" in refused(tmp_path / "third.db", tmp_path / "b")


def test_a_document_that_says_otherwise_than_its_log_is_told(tmp_path: Path) -> None:
    source = keep(tmp_path / "source.db", WHOLE)
    file = exported(source, "json", tmp_path / "a.json")
    raw = json.loads(file.read_text("utf-8"))
    raw["verdicts"][0]["headline"] = "Buy before you rent."
    raw["id"] = "../../etc"
    raw["cost_usd"], raw["state"] = 1e9, "running"  # reckoned anew
    file.write_text(json.dumps(raw), "utf-8")
    said = taken_over(tmp_path / "new.db", file)
    assert f"what the document says of {ID} is not what its log says (id, verdicts): the log counts." in said
    assert told(tmp_path / "new.db") == told(source)


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    file = exported(keep(tmp_path / "source.db", WHOLE), "jsonl", tmp_path / "a.jsonl")
    done = upverdict("import", "--dry-run", str(file), "--db", str(tmp_path / "new.db"))
    assert (done.code, done.err) == (0, "Would import 1 debate: 1 new.\n")
    assert done.out.startswith(ID)
    assert not list(tmp_path.glob("new.db*"))


def test_what_was_deleted_here_and_can_be_brought_back_is_not_imported(tmp_path: Path) -> None:
    db = keep(tmp_path / "here.db", WHOLE)
    file = exported(db, "json", tmp_path / "a.json")
    with closing(sqlite3.connect(db, isolation_level=None)) as conn:
        conn.execute("UPDATE debates SET deleted_at = '2026-11-24T10:00:00.000Z'")
        cleaning.hide(conn, ID)
    window = live.take(db, live.hiding(ID))
    assert window is not None
    assert "was deleted in a window that can still bring it back" in refused(db, file)
    assert rows(db, "SELECT count(*) FROM events") != [(0,)]
    live.release(db, live.hiding(ID), window)  # killed before it could remove it
    assert importing.importing(db, [str(file)], as_copy=False, dry_run=False, as_json=False) == 0
    assert told(db).keys() == {ID}
    check_indexes(db)


def test_one_that_is_held_elsewhere_is_not_added_to(tmp_path: Path) -> None:
    db = keep(tmp_path / "here.db", WHOLE[:9])
    file = exported(keep(tmp_path / "source.db", WHOLE), "json", tmp_path / "a.json")
    same = exported(db, "json", tmp_path / "same.json")
    lock = live.take(db, ID)
    assert lock
    assert "is being debated in another window" in refused(db, file)
    assert "1 here already" in taken_over(db, same)
    live.release(db, ID, lock)
    assert "1 longer than before" in taken_over(db, file)


def test_an_older_file_is_imported_and_left_as_it_is(tmp_path: Path) -> None:
    old = older(tmp_path / "old.db")
    before = old.read_bytes()
    assert taken_over(tmp_path / "new.db", old) == "Imported 1 debate: 1 new.\n"
    assert list(Library(tmp_path / "new.db").events(ID)) == WHOLE
    assert old.read_bytes() == before
    assert rows(old, "PRAGMA user_version") == [(1,)]


def test_other_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    newer = keep(tmp_path / "newer.db", WHOLE)
    with closing(sqlite3.connect(newer)) as conn:
        conn.execute(f"PRAGMA user_version = {len(migrations.STEPS) + 1}")
    assert "newer upverdict" in refused(tmp_path / "new.db", newer)
    broken = keep(tmp_path / "broken.db", WHOLE)
    with closing(sqlite3.connect(broken)) as conn, conn:
        conn.execute("UPDATE events SET body = '{' WHERE kind = 'floor_opened'")
    assert f"The record of debate {ID} in {broken} is damaged" in refused(tmp_path / "new.db", broken)


def test_the_file_itself_is_not_imported_into_itself(tmp_path: Path) -> None:
    db = keep(tmp_path / "here.db", WHOLE)
    (tmp_path / "link.db").symlink_to(db)
    said = taken_over(db, db, tmp_path / "link.db")
    assert said.count("is the file into which is imported") == 2
    assert said.splitlines()[-1] == "Imported 0 debates."


def _held(pipe: int) -> int:
    """How many bytes nobody has read yet."""
    import fcntl
    import termios

    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4), sys.byteorder)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no way to know what a pipe still holds elsewhere")
def test_ctrl_c_imports_nothing(tmp_path: Path) -> None:
    db = keep(tmp_path / "here.db", named("261125-other", WHOLE))
    before = told(db)
    reading, writing = os.pipe()
    with open(writing, "w", encoding="utf-8") as pipe:
        pipe.write("\n".join(LINES) + "\n" + LINES[0].replace(ID, "261126-third") + "\n")
        pipe.flush()
        command = [*COMMAND, "import", "-", "--db", str(db)]
        program = subprocess.Popen(command, stdin=reading, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(lambda: not _held(reading))
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
        os.close(reading)
    assert (program.returncode, out, err) == (130, "", "Interrupted. Nothing was imported.\n")
    assert told(db) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no such limits elsewhere")
def test_a_full_disk_is_a_sentence_and_leaves_all_as_it_was(tmp_path: Path) -> None:
    import resource

    db = keep(tmp_path / "here.db", named("261125-other", WHOLE))
    logs = [named(f"261130-{n:05}", WHOLE) for n in range(40)]
    file = exported(keep(tmp_path / "source.db", *logs), "jsonl", tmp_path / "a.jsonl")
    before = told(db)
    for limit in (20_000, 600_000):  # while it is made ready, and while it is written
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            code = 9
            try:
                importing.importing(db, [str(file)], as_copy=False, dry_run=False, as_json=True)
            except errors.UserError as e:
                code = 3 if "full" in str(e) and "Nothing was imported." in str(e) else 4
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
        assert told(db) == before
    assert taken_over(db, file) == "Imported 40 debates: 40 new.\n"
