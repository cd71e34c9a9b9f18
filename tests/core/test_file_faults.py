"""Every fault of a file that there is a case of: a sentence each time, and nothing that was there is lost.

All are looked at by one process without special rights. `python -m tests.file_faults` has the program's own words.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests import damage
from tests.damage import IDS
from tests.file_faults import CASES, WITHOUT_RIGHTS, Case
from tests.program import ran
from upverdict.core.store.reader import Library
from upverdict.core.store.rescuing import rescue

CODE = (
    WITHOUT_RIGHTS
    + """
import asyncio, json
from pathlib import Path
from tests.core.talk import Talk
from upverdict.core.store import opening, worker
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.values import replace
opening._BUSY_SECONDS = worker.BUSY_SECONDS = 0.05
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

async def ask(path):
    store = await Store.open(path)
    recorder = store.recorder("261125-asked")
    for event in Talk(question="Shall I? " + "word " * 30_000).events:
        recorder.put(replace(event, debate="261125-asked"))
    try:
        await recorder.close()
    finally:
        await store.close()

for line in sys.stdin:
    name, file, limit = json.loads(line)
    path = Path(file)
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    told = {}
    for look in ("list", "search", "show", "ask"):
        library = Library(path)
        try:
            if look == "list":
                [*library.page(limit=100)] and library.count()
            elif look == "search":
                library.search("platform")
            elif look == "show":
                for row in library.page(limit=100):
                    library.debate(row.id)
            else:
                asyncio.run(ask(path))
            told[look] = ["", "", ""]
        except StoreError as e:
            told[look] = [e.kind, str(e), str(e.aside or "")]
        finally:
            library.close()
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    print(json.dumps([name, told]), flush=True)
"""
)

FINE = {"list": "", "search": "", "show": "", "ask": ""}
NOTHING = dict.fromkeys(FINE, "foreign")
BAD = {"all zeros": NOTHING, "not SQLite": NOTHING, "the schema overwritten": NOTHING, "the header zeroed": NOTHING}
READ = {"list": "", "search": "", "show": ""}
EXPECTED: dict[str, dict[str, str]] = BAD | {
    "another program's SQLite file": NOTHING,
    "a folder in its place": NOTHING,
    "empty": FINE,
    "a newer version": READ | {"ask": "version"},
    "a newer version that forbids reading": dict.fromkeys(FINE, "version"),
    "an older version": FINE,
    "an older version in a read-only folder": dict.fromkeys(FINE, "readonly"),
    "an older version, no room for its copy": dict.fromkeys(FINE, "full"),
    "a read-only file": READ | {"ask": "readonly"},
    "a read-only folder": READ | {"ask": "readonly"},
    "no permission": dict.fromkeys(FINE, "readonly"),
    "a folder that may not be entered": dict.fromkeys(FINE, "readonly"),
    "a full disk (a limit of file size)": READ | {"ask": "full"},
    "locked for writing": READ | {"ask": "locked"},
    "locked for everything": dict.fromkeys(FINE, "locked"),
    "a -wal left by a crash": FINE,
    "a -wal whose file is gone": dict.fromkeys(FINE, "damaged"),
    "a -journal left by a crash": FINE,
}
"""What kind of error is told; of what is not here, which is damage, some may be."""
GONE = ("all zeros", "not SQLite", "empty", "another program's SQLite file", "a folder in its place")


def looked_at(cases: list[Case], folder: Path) -> dict[str, dict[str, list[str]]]:
    lines = []
    sound = damage.library(folder / "sound.db").read_bytes()
    with contextlib.ExitStack() as held:
        for number, case in enumerate(cases):
            path = folder / str(number) / "debates.db"
            path.parent.mkdir()
            path.write_bytes(sound)
            case.prepare(path)
            if case.held:
                held.enter_context(case.held(path))
            lines.append(json.dumps([case.name, str(path), case.limit]))
        done = ran(CODE, "0", stdin="\n".join(lines) + "\n")
    assert done.code == 0, done.err
    return dict(map(json.loads, done.out.splitlines()))


def test_every_fault_is_a_sentence_and_costs_nothing(tmp_path: Path) -> None:
    cases = [case for case in CASES if not case.mount]
    try:
        told = looked_at(cases, tmp_path)
    finally:
        for number, case in enumerate(cases):
            case.mend(tmp_path / str(number) / "debates.db")
    for number, case in enumerate(cases):
        path = tmp_path / str(number) / "debates.db"
        kinds = {look: kind for look, (kind, _, _) in told[case.name].items()}
        if case.name in EXPECTED:
            assert kinds == EXPECTED[case.name], case.name
        else:
            assert case.name in damage.DAMAGES
            assert set(kinds.values()) <= {"", "damaged"}, case.name
        for _, words, _ in told[case.name].values():
            assert not words or words.rstrip("`").endswith((".", "?")), words
            assert not words or str(path) in words or str(path.parent) in words, words
        if case.name not in GONE:
            check_kept(case, path, told[case.name]["ask"], tmp_path / f"new {number}.db")


def check_kept(case: Case, path: Path, asked: list[Any], new: Path) -> None:
    """All debates are there, after a rescue where there was damage; what was asked meanwhile, too, or put aside."""
    if "version" in case.name and "newer" in case.name:
        return
    if case.name in damage.DAMAGES or "gone" in case.name:
        found = rescue(path, new)
        kept = {one.id for one in found.debates if one.state != "lost"}
    else:
        kept = {row.id for row in Library(path).page(limit=100)}
    assert kept >= set(IDS) if case.name != "truncated" else len(kept & set(IDS)) >= 6, case.name
    kind, _, aside = asked
    assert ("261125-asked" in kept) == (not kind or bool(aside and case.name in damage.DAMAGES)), case.name


@pytest.mark.parametrize("case", [case.name for case in CASES if case.name not in damage.DAMAGES and not case.mount])
def test_every_case_says_what_is_expected_of_it(case: str) -> None:
    assert case in EXPECTED
