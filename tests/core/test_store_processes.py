"""Several processes on one file: nobody's locks are dropped, so nobody's words are lost."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.core.talk import Talk
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store

OTHER = """
import asyncio, sys
from pathlib import Path
from tests.core.talk import Talk
from upverdict.core.store.writer import Store
from upverdict.core.values import replace
async def main():
    store = await Store.open(Path(sys.argv[1]))
    await store.import_events([replace(e, debate=sys.argv[2]) for e in Talk().events])
    await store.close()
asyncio.run(main())
"""


async def test_what_other_processes_write_while_this_one_reads_and_writes_is_there_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    early = Library(path)
    assert early.page() == []
    store = await Store.open(path)
    recorder = store.recorder(Talk().log.id)
    for event in Talk().events:
        recorder.put(event)
    await recorder.flush()
    wanted = {Talk().log.id}
    for number in range(4):
        library = Library(path)  # looks at the file while this process has it open
        assert {r.id for r in library.page()} == {r.id for r in early.page()} == wanted
        library.close()
        other = f"261124-0000{number}"
        command = [sys.executable, "-c", OTHER, str(path), other]
        await asyncio.to_thread(subprocess.run, command, check=True, cwd=Path(__file__).parents[2])
        wanted.add(other)
    await recorder.close()
    await store.close()
    early.close()
    connection = sqlite3.connect(path)
    assert {id for (id,) in connection.execute("SELECT id FROM debates")} == wanted
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


DELETER = """
import asyncio, sys
from pathlib import Path
from upverdict.core.store.writer import Store
async def main():
    store = await Store.open(Path(sys.argv[1]))
    await store.delete(sys.argv[2])
    print("hidden", flush=True)
    sys.stdin.readline()
asyncio.run(main())
"""


async def test_what_a_dead_window_had_deleted_goes_for_good_what_a_living_one_did_stays(tmp_path: Path) -> None:
    path = tmp_path / "debates.db"
    id = Talk().log.id
    store = await Store.open(path)
    await store.import_events(Talk().events)
    await store.close()
    command = [sys.executable, "-c", DELETER, str(path), id]
    root = Path(__file__).parents[2]
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=root)
    assert other.stdout
    assert await other.stdout.readline() == b"hidden\n"
    store = await Store.open(path)
    await store.undelete(id)  # it is hidden, not gone: whoever lives can still bring it back
    await store.delete(id)
    await store.close()
    store = await Store.open(path)
    assert _ids(path) == [id], "the other window lives"
    other.kill()
    await other.communicate()
    await store.close()
    store = await Store.open(path)
    assert _ids(path) == []
    await store.close()
    assert not _locks(path)


def _locks(path: Path) -> list[Path]:
    return list(path.parent.rglob("*.lock"))


def _ids(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [id for (id,) in connection.execute("SELECT id FROM debates")]
    finally:
        connection.close()
