"""`upverdict export`: one debate in each form, to stdout and into files. Real processes on a real file."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import upverdict
from tests.tui.shelf import debate, keep
from upverdict.core import errors, export, jsonform
from upverdict.core.store.reader import Library


@pytest.fixture
def kept(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A file of two debates, in the home that is the current folder."""
    db = at_home / "debates.db"
    asyncio.run(keep(db, debate(0, "Rent or own?", said="Rent <b>it</b>."), debate(1, state="interrupted")))
    monkeypatch.chdir(at_home)
    return Library(db)


def test_markdown_is_what_comes_unless_something_else_is_said(kept: Library) -> None:
    done = upverdict("export", "last")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("# Rent or own?\n\n## Verdict: Headline 0\n")
    assert r"The Skeptic says: Rent \<b>it\</b>." in done.out
    assert upverdict("export", "last", "--format", "md", "--output", "-").out == done.out


def test_json_is_the_document_with_the_log_and_jsonl_the_log_alone(kept: Library) -> None:
    whole = upverdict("export", "last", "--format", "json")
    lines = upverdict("export", "last", "--format", "jsonl")
    assert whole.out.startswith(upverdict("show", "last", "--json").out[:-2] + ', "log": [')
    assert whole.json["log"] == lines.lines
    assert lines.out == upverdict("replay", "last", "--json", "--speed", "max").out
    assert [jsonform.from_json(line) for line in lines.out.splitlines()] == kept.told("d99999")


def test_several_debates_come_one_after_another(kept: Library, at_home: Path) -> None:
    events = [upverdict("export", id, "--format", "jsonl").out for id in ("d99998", "d99999")]
    assert upverdict("export", "d99999", "d99998", "last", "--format", "jsonl").out == events[1] + events[0]
    upverdict("archive", "d99998")
    events[0] = upverdict("export", "d99998", "--format", "jsonl").out
    assert upverdict("export", "--all", "--format", "jsonl").out == events[0] + events[1]
    pages = [upverdict("export", id).out for id in ("d99998", "d99999")]
    done = upverdict("export", "--all", "-o", "all.md")
    assert done.err == f"Exported 2 debates to {at_home / 'all.md'}.\n"
    whole = (at_home / "all.md").read_text("utf-8")
    places = re.findall(r'<a id="([^"]+)"></a>', whole)
    assert len(places) == len(set(places)), "a link of the second page must not lead to the first"
    assert set(re.findall(r"\]\(#([^)]+)\)", whole)) <= set(places)
    alone = re.sub(r'(<a id="|\]\(#)\d+-', r"\1", whole)
    assert alone == pages[0] + "\n---\n\n" + pages[1]


def test_one_that_is_damaged_is_left_out_of_all_and_told(kept: Library, at_home: Path) -> None:
    conn = sqlite3.connect(kept.path)
    conn.execute("UPDATE events SET body = '{' WHERE debate = 'd99998' AND kind = 'floor_opened'")
    conn.commit()
    conn.close()
    done = upverdict("export", "--all", "--format", "json", "-o", "all.json")
    assert done.code == 1
    assert "Exported 1 debate to" in done.err
    assert "Left out: The record of debate d99998 in" in done.err
    assert json.loads((at_home / "all.json").read_text("utf-8"))["id"] == "d99999"
    assert upverdict("export", "d99998", "d99999", "-o", "two.jsonl").code == 2
    assert not (at_home / "two.jsonl").exists()
    assert upverdict("export", "--all", "--db", "empty.db").err == "upverdict: There is no debate yet.\n"


@pytest.mark.parametrize(
    ("name", "form"), [("a.md", "md"), ("a.htm", "html"), ("a.json", "json"), ("a.JSONL", "jsonl"), ("a", "md")]
)
def test_the_ending_of_a_file_tells_the_form(kept: Library, at_home: Path, name: str, form: str) -> None:
    done = upverdict("export", "d99999", "--output", name)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"Exported d99999 to {at_home / name}.\n"
    assert (at_home / name).read_text("utf-8") == upverdict("export", "d99999", "--format", form).out
    assert not list(at_home.glob(".*")), "nothing is left beside it"


def test_the_format_comes_before_the_ending(kept: Library, at_home: Path) -> None:
    done = upverdict("export", "last", "--format", "json", "-o", "a.md")
    assert done.code == 0
    assert "It holds json, as --format says, though its name says md." in done.err
    assert json.loads((at_home / "a.md").read_text("utf-8"))["id"] == "d99999"


def test_a_file_that_is_there_is_left_as_it_is_unless_forced(kept: Library, at_home: Path) -> None:
    file = at_home / "mine.md"
    file.write_text("my own words", "utf-8")
    done = upverdict("export", "last", "--output", "mine.md")
    assert (done.code, done.out) == (2, "")
    assert done.err == f"upverdict: {file} is there already and was left as it is. --force writes over it.\n"
    assert file.read_text("utf-8") == "my own words"
    if os.name == "posix":
        file.chmod(0o600)
    assert upverdict("export", "last", "--output", "mine.md", "--force").code == 0
    assert file.read_text("utf-8") == upverdict("export", "last").out
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    assert not list(at_home.glob(".*"))


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_stays_one(kept: Library, at_home: Path) -> None:
    (at_home / "real.md").write_text("my own words", "utf-8")
    (at_home / "link.md").symlink_to("real.md")
    assert upverdict("export", "last", "--output", "link.md").code == 2
    assert upverdict("export", "last", "--output", "link.md", "--force").code == 0
    assert (at_home / "link.md").is_symlink()
    assert (at_home / "real.md").read_text("utf-8").startswith("# Rent or own?")


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_that_leads_to_itself_is_a_sentence_or_replaced(kept: Library, at_home: Path) -> None:
    (at_home / "loop.md").symlink_to("loop.md")
    with pytest.raises(export.Taken, match="is there already"):
        export.write(at_home / "loop.md", "words")
    assert export.write(at_home / "loop.md", "words", force=True) == at_home / "loop.md"
    assert (at_home / "loop.md").read_text() == "words"


@pytest.mark.parametrize("name", ["debates.db", "debates.db-wal", "debates.db-shm", "debates.db-journal", "copy.db"])
def test_no_file_of_debates_is_written_over(kept: Library, at_home: Path, name: str) -> None:
    before = kept.path.read_bytes()
    (at_home / "copy.db").write_bytes(before)
    with pytest.raises(errors.WrongUse, match="keeps debates or belongs to a file that does"):
        export.exporting(kept.path, ["last"], "jsonl", str(at_home / name), force=True, everything=False)
    assert {(at_home / file).read_bytes() for file in ("debates.db", "copy.db")} == {before}


def test_a_damaged_file_of_debates_is_not_written_over_either(kept: Library, at_home: Path) -> None:
    kept.path.write_bytes(b"not SQLite any more")
    with pytest.raises(errors.WrongUse, match="keeps debates"):
        export.spare(kept.path, at_home / "debates.db")


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="there is none here")
def test_what_is_no_file_is_written_and_stays(kept: Library) -> None:
    assert upverdict("export", "last", "--output", os.devnull).code == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nothing"], 4, "There is no debate nothing."),
        (["d9"], 2, "d9 is not enough"),
        ([], 2, "Which debate? Name it by its ID, or `last`"),
        (["last", "--all"], 2, "Name the debates to export, or --all of them."),
        (["d99999", "d99998", "--format", "html"], 2, "A page of HTML is about one debate; `upverdict site FOLDER`"),
        (["--all", "--output", "a.html"], 2, "A page of HTML is about one debate; `upverdict site FOLDER`"),
        (["last", "--format", "pdf"], 2, "'pdf' is not one of"),
        (["last", "--output", "a.pdf"], 2, "a.pdf: .pdf does not tell the format."),
        (["last", "--output", "config"], 2, "is a folder. Name a file in it; nothing was written."),
        (["last", "--output", "no/such/a.md"], 2, "is not there: nothing was written. Make it first."),
        (["last", "--output", f"{'a' * 300}.md"], 1, "can't be written: "),
        (["last", "--output", "debates.db/a.md"], 1, "can't be written: "),
    ],
)
def test_what_can_not_be_done_is_a_sentence(kept: Library, arguments: list[str], code: int, words: str) -> None:
    done = upverdict("export", *arguments)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_a_half_file_is_never_left(kept: Library, at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    before = sorted(at_home.iterdir())
    with pytest.raises(errors.UserError, match=r"can't be written: no space left on device\. The debate is kept"):
        export.write(at_home / "a.md", "words")
    assert sorted(at_home.iterdir()) == before


def test_where_no_file_can_be_linked_it_is_renamed_and_takes_no_ones_place(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", unknown)
    export.write(at_home / "a.md", "words")
    with pytest.raises(export.Taken):
        export.write(at_home / "a.md", "others")
    assert (at_home / "a.md").read_text("utf-8") == "words"


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Self-host LLMs or use API access?", "self-host-llms-or-use-api-access"),
        ("お茶とコーヒー、どちら？", "お茶とコーヒー-どちら"),
        ("../../etc/passwd\x00 C:\\con <|>\n\x1b[31m", "etc-passwd-c-con"),
        ("हिन्दी?", "हिन्दी"),
        ("?!", ""),
        (f"{'word ' * 11}and much more", f"{'word-' * 11}and"),
        (f"{'word ' * 11}andmore", "word-" * 10 + "word"),
        ("a" * 100, "a" * 60),
    ],
)
def test_a_question_becomes_a_part_of_a_files_name(question: str, name: str) -> None:
    assert export.slug(question) == name


def test_browsing_stays_light(kept: Library) -> None:
    """Neither the list nor a document needs what makes Markdown."""
    code = (
        "import sys; from upverdict.tui.launch import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "pages = {f'upverdict.core.{form}_page' for form in ('markdown', 'html')}\n"
        "assert not {'markdown_it', *pages} & set(sys.modules), 'too much'"
    )
    for arguments in (["list"], ["export", "last", "--format", "json"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
