"""How fast debates go out of a file and into one, in how much memory, and what another window has to wait meanwhile.

    python -m bench.sharing FILE

FILE is a library, as `bench/generate.py` makes one. All of it is exported as JSON and as JSON lines, imported into an
empty file out of both and out of the file itself, and imported once more, when all is there already. Meanwhile another
window debates in that file: it puts a word every 50 ms and waits until that is on the disk. Reach: 1,000 debates a
minute out and in, in memory that does not grow with them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from bench import quantile
from tests.core.talk import Talk
from upverdict.core import events as ev
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store

MAIN = "from upverdict.tui.launch import main; main()"


def ran(*arguments: str) -> tuple[float, float, float]:
    """Run a command; its seconds, its seconds of CPU, and its peak of memory in MiB."""
    begun = time.monotonic()
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", MAIN, *arguments],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_WRONLY, 0) for n in (1, 2)],
    )
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"upverdict {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


class Window(threading.Thread):
    """Another window that debates: how long each of its words took to be on the disk, in milliseconds."""

    def __init__(self, db: Path) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.errors: list[str] = []
        self._db = db
        self._over = threading.Event()

    def run(self) -> None:
        asyncio.run(self._debate())

    def end(self) -> None:
        self._over.set()
        self.join()

    async def _debate(self) -> None:
        store = await Store.open(self._db, lambda error: self.errors.append(str(error)))
        talk = Talk()
        recorder = store.recorder(talk.log.id)
        talk.begin("builder")
        for event in talk.events:
            recorder.put(event)
        while not self._over.is_set():
            talk.log.append(ev.TextDelta(voice="builder", round="opening", statement="B1", text="word "))
            begun = time.monotonic()
            recorder.put(talk.events[-1])
            await recorder.flush()
            self.waits.append((time.monotonic() - begun) * 1000)
            await asyncio.sleep(0.05)
        await recorder.close()
        await store.close()


def told(what: str, count: int, took: tuple[float, float, float], window: Window | None = None) -> None:
    seconds, cpu, memory = took
    line = f"{what:<28}{seconds:8.1f} s {count / seconds * 60:10,.0f} a minute {cpu / count * 1000:7.2f} ms CPU each"
    line += f" {memory:7.0f} MiB"
    if window:
        waits = window.waits
        line += f"   a word waits {median(waits):.0f} ms, p99 {quantile(waits, 0.99):.0f}, at most {max(waits):.0f}"
        line += f", {len(window.errors)} errors"
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args().file
    library = Library(file)
    count = library.count() + library.count(archived=True)
    library.close()
    print(f"{count:,} debates")
    with tempfile.TemporaryDirectory(dir=file.parent) as name:
        folder = Path(name)
        for form in ("jsonl", "json"):
            out = folder / f"all.{form}"
            took = ran("--db", str(file), "export", "--all", "--output", str(out))
            told(f"export {form}", count, took)
        for what, source in (("jsonl", folder / "all.jsonl"), ("json", folder / "all.json"), ("file", file)):
            db = folder / f"{what}.db"
            window = Window(db)
            window.start()
            took = ran("--db", str(db), "import", str(source))
            window.end()
            told(f"import {what}", count, took, window)
            told(f"import {what} again", count, ran("--db", str(db), "import", str(source)))
            db.unlink()
    print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB at most")


if __name__ == "__main__":
    main()
