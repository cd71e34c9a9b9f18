"""What happens to files, what is said of it and what is kept, as a table in Markdown (docs/files.md has it):
`python -m tests.file_faults [WORDS OF A NAME …]`.

For each fault the real program lists, searches, shows, asks and opens its screens, as a user without special rights;
then the fault is mended, if that can be, and it is looked what is there. `tests/core/test_file_faults.py` holds it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests import damage
from tests.core.test_store_kit import finished, named
from tests.council import council
from tests.damage import IDS
from tests.newer import NEWEST, newer
from tests.older import at_version
from tests.program import Done, ran
from tests.scripted import ScriptedEndpoint

Prepare = Callable[[Path], object]
Held = Callable[[Path], contextlib.AbstractContextManager[object]]


@dataclass(frozen=True)
class Case:
    """One fault. `prepare` does it to a sound library; `held` lasts while it is looked at; `limit` is how large a file
    may get, in bytes; `mend` takes it away again. `mount`: the folder is on a file system of its own, mounted so.
    """

    name: str
    prepare: Prepare = lambda _: None
    held: Held | None = None
    limit: int = 0
    mend: Prepare = lambda _: None
    mount: str = ""


def _modes(file: int, folder: int) -> Prepare:
    def change(path: Path) -> None:
        if path.is_file():
            path.chmod(file)
        path.parent.chmod(folder)

    return change


_OPEN = _modes(0o600, 0o700)


def _older(path: Path) -> None:
    path.unlink()
    at_version(path, 1, [named(id, finished(f"Question {n}?").events) for n, id in enumerate(IDS)])


def _newer(reader: int | None = None) -> Prepare:
    def make(path: Path) -> None:
        path.unlink()
        newer(path, reader=reader)

    return make


def _both(*prepares: Prepare) -> Prepare:
    def both(path: Path) -> None:
        for prepare in prepares:
            prepare(path)

    return both


def _foreign(path: Path) -> None:
    path.unlink()
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE recipes (name, text)")
    conn.close()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _crashed(path: Path) -> None:
    """Killed with what was written last still in the log beside the file."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("INSERT INTO drafts VALUES ('new', 'Shall I?')")
    left = {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal")}
    conn.close()
    for suffix, data in left.items():
        Path(f"{path}{suffix}").write_bytes(data)


def _broken_off(path: Path) -> None:
    from tests.core.test_store_faults import broken_off

    broken_off(path)


def _log_alone(path: Path) -> None:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
    conn.execute("VACUUM")  # which writes all of it to the log
    log = Path(f"{path}-wal").read_bytes()
    conn.close()
    path.unlink()
    Path(f"{path}-wal").write_bytes(log)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        conn.close()


@contextlib.contextmanager
def _all_to_itself(path: Path) -> Iterator[None]:
    """A program that wants nobody else at the file, not even to read."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
    conn.execute("BEGIN EXCLUSIVE")
    conn.execute("INSERT INTO drafts VALUES ('new', 'Shall I?')")
    conn.execute("COMMIT")
    try:
        yield
    finally:
        conn.close()


CASES = (
    *(Case(name, do) for name, do in damage.DAMAGES.items()),
    Case("another program's SQLite file", _foreign),
    Case("a folder in its place", _folder),
    Case("a newer version", _newer()),
    Case("a newer version that forbids reading", _newer(NEWEST + 1)),
    Case("an older version", _older),
    Case("an older version in a read-only folder", _both(_older, _modes(0o400, 0o500)), mend=_OPEN),
    Case("an older version, no room for its copy", _older, limit=100_000),
    Case("a read-only file", _modes(0o400, 0o700), mend=_OPEN),
    Case("a read-only folder", _modes(0o600, 0o500), mend=_OPEN),
    Case("no permission", _modes(0o000, 0o700), mend=_OPEN),
    Case("a folder that may not be entered", _modes(0o600, 0o000), mend=_OPEN),
    Case("a full disk (a limit of file size)", limit=1),
    Case("locked for writing", held=_locked),
    Case("locked for everything", held=_all_to_itself),
    Case("a -wal left by a crash", _crashed),
    Case("a -wal whose file is gone", _log_alone),
    Case("a -journal left by a crash", _broken_off),
    Case("a read-only mount", mount="ro"),
    Case("a full disk (tmpfs)", mount="full"),
)

WITHOUT_RIGHTS = """
import ctypes, os, resource, sys
limit = int(sys.argv.pop())
if limit:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
if sys.platform == "linux":  # root may do everything; without capabilities it may do what it owns
    ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)())
"""
PROGRAM = WITHOUT_RIGHTS + "from upverdict.tui.launch import main; main()"
SCREENS = (
    WITHOUT_RIGHTS
    + """
import asyncio
from pathlib import Path
from tests.tui.shelf import showing
from tests.tui.stage import text_of
async def look():
    async with showing(Path(sys.argv[1])) as (app, pilot):
        async with asyncio.timeout(40):
            while not (app.shelf.has_class("-sorry") or app.shelf._read):
                await pilot.pause(0.05)
        if app.shelf.has_class("-sorry"):
            print(" ".join(text_of(app.shelf, "#sorry").split()))
        else:
            print(app.shelf.head.aside)
            for told in app._notifications:
                print(told.message)
asyncio.run(look())
"""
)
COMMANDS = {
    "list": ["list", "--all"],
    "search": ["search", "platform"],
    "show": ["show", "last"],
    "ask": ["ask", "Shall I?"],
}


@dataclass
class Outcome:
    """What was said by which command, and what is there in the end."""

    case: Case
    said: dict[str, Done] = field(default_factory=dict)
    kept: str = ""

    def cells(self) -> Iterator[str]:
        """The words of each command, `ok` where nothing was said, and what is kept."""
        for name in (*COMMANDS, "screens"):
            done = self.said[name]
            words = _told(done.out if name == "screens" else done.err)
            if name == "screens" and re.fullmatch(r"[\d,]+ debates?|no debate yet", words):
                words = ""
            yield words or "ok"
        yield self.kept


def _told(text: str) -> str:
    """Words of the program, without what differs each time, and without what is no fault's."""
    text = re.sub(r"/\S*?/upverdict-\d+-[0-9a-f]{16}/", "TMP/", text)
    text = re.sub(r"/\S*?/library/", "", text)
    text = re.sub(r"/\S*?/library\b", "its folder", text)
    text = re.sub(r"\d{6}-[0-9a-z]{5}\b", "ID", text).replace("upverdict: ", "")
    text = re.sub(
        r"The judge weighs what was said …|Kept as ID\.|[\d,]+ requests.*written\.|No debates yet.*one\.|"
        r"There is no file .* yet, .*one\.",
        "",
        text,
    )
    text = re.sub(r"r tries again · q leaves.*", "", text)
    return " ".join(text.split())


@contextlib.contextmanager
def folder_for(case: Case) -> Iterator[Path]:
    """A folder of its own; on a small file system of its own where the case asks for one."""
    base = Path(tempfile.mkdtemp(prefix="upverdict-faults-"))
    place = base / "library"
    place.mkdir()
    try:
        if case.mount:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], check=True)
        yield place
    finally:
        if case.mount:
            subprocess.run(["umount", str(place)], check=True)
        _OPEN(place / "debates.db")
        shutil.rmtree(base)


def mounted(case: Case, place: Path) -> None:
    """Make the mount what the case says, when the library is in it."""
    if case.mount == "ro":
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    elif case.mount == "full":
        with contextlib.suppress(OSError), (place / "filling").open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)


def unmounted(case: Case, place: Path) -> None:
    if case.mount == "ro":
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    elif case.mount == "full":
        (place / "filling").unlink()


def play(case: Case) -> Outcome:
    outcome = Outcome(case)
    with folder_for(case) as place, ScriptedEndpoint.in_thread(council()) as server:
        path = damage.library(place / "debates.db")
        home = place.parent / "home"
        (home / "config").mkdir(parents=True)
        (home / "config" / "config.toml").write_text('depth = "quick"\n', "utf-8")
        os.environ |= {"UPVERDICT_CONFIG": str(home / "config"), "UPVERDICT_DB": str(path), "UPVERDICT_PROBE": "0"}
        os.environ |= {"UPVERDICT_STATE": str(home / "state.json"), "TMPDIR": str(home)}
        case.prepare(path)
        mounted(case, place)
        limit = str(case.limit)
        with case.held(path) if case.held else contextlib.nullcontext():
            for name, words in COMMANDS.items():
                more = ["--endpoint", server.url] if name == "ask" else []
                outcome.said[name] = ran(PROGRAM, *words, *more, limit)
            outcome.said["screens"] = ran(SCREENS, str(place), limit)
        unmounted(case, place)
        case.mend(path)
        outcome.kept = kept(path)
    return outcome


def kept(path: Path) -> str:
    """What is there when the fault is mended: by the program itself, or by a rescue."""
    listed = ran(PROGRAM, "list", "--all", "0")
    ids = [line.split()[0] for line in listed.out.splitlines()]
    if listed.code == 0 and all(ran(PROGRAM, "show", id, "0").code == 0 for id in ids[:3]):
        checked = ran(PROGRAM, "db", "check", "0")
        if checked.code == 0:
            return f"{len(ids)} debate{'s' if len(ids) != 1 else ''}" + (", sound" if ids else "")
    rescued = ran(PROGRAM, "db", "rescue", "0")
    summary = rescued.err.split(" What could be read")[0].splitlines()
    return _told(f"`db rescue`: {summary[-1] if rescued.out else rescued.err.strip()}")


_SHORT = 70
HEAD = """| fault | list | search | show | ask | screens | kept |
| --- | --- | --- | --- | --- | --- | --- |"""


def main(words: list[str]) -> int:
    """Sentences that are said more than once stand below the table, by number."""
    print(HEAD)
    sentences: dict[str, int] = {}
    for case in CASES:
        if words and not any(word in case.name for word in words):
            continue
        if case.mount and (os.geteuid() or not shutil.which("mount")):
            continue
        said = [
            words if len(words) < _SHORT else f"({sentences.setdefault(words, len(sentences) + 1)})"
            for words in play(case).cells()
        ]
        print("| " + " | ".join([case.name, *said]) + " |", flush=True)
    print()
    for words, number in sentences.items():
        print(f"{number}. {words}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
