"""The user's own sources: pages, files and past verdicts, read before anybody is asked, as text to be cited.

Knows no debate. Pages come by `fetching.py`; a process of its own turns them to text (`extracting.py`).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from upverdict.core import extracting, fetching, past
from upverdict.core.errors import UserError, WrongUse
from upverdict.core.events import Source
from upverdict.core.fetching import Unusable
from upverdict.core.text import clean, shorten
from upverdict.core.values import replace

MAX_SOURCES = 10
MAX_ALL = 120_000
"""Characters of all sources of a debate, some 30,000 tokens: each voice reads all of them in each round."""
READING_SECONDS = 30.0
"""In which a source must have become text: a page of 10 MB takes some ten."""

Past = Callable[[str, str], Source]
"""The verdict of a kept debate, by its id or the beginning of that, as the source with the second id."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*://|(?:file|data|javascript|about|mailto|ftp):", re.IGNORECASE)
_PASSED = frozenset(
    ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "USERPROFILE", "APPDATA", "VIRTUAL_ENV", "LANG", "LC_ALL")
)
"""What the process that reads a stranger's bytes gets of the environment, besides Python's own: no key of a user's."""


async def read_all(named: Sequence[str], kept: Past) -> tuple[Source, ...]:
    """The sources that the user named, in order, with ids from "1". What is too long is cut, and says so.

    Raises WrongUse with a sentence for each that can't be read.
    """
    wanted = list(dict.fromkeys(one.strip() for one in named))
    if len(wanted) > MAX_SOURCES:
        too_many = f"A debate takes {MAX_SOURCES} sources at most; {len(wanted)} are named. Nothing was asked."
        raise WrongUse(too_many, about="sources")
    # No more at a time than there are processors: each has its seconds, and up to `extracting.MAX_MEMORY`.
    turns = asyncio.Semaphore(os.cpu_count() or 1)
    reading = (_named(one, str(n), kept, turns) for n, one in enumerate(wanted, 1))
    found = await asyncio.gather(*reading, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, UserError):
            raise one
    if failed := [str(one) for one in found if isinstance(one, UserError)]:
        raise WrongUse(" ".join([*failed, "Nothing was asked, and nothing is kept."]), about="sources")
    return shared_out([one for one in found if isinstance(one, Source)])


def shared_out(sources: Sequence[Source], limit: int = MAX_ALL) -> tuple[Source, ...]:
    """The sources with texts of `limit` characters in all: the longest are cut, down to a length that all can have."""
    room, share = limit, limit
    for left, length in zip(range(len(sources), 0, -1), sorted(len(s.text) for s in sources), strict=True):
        share = room // left
        if length > share:
            break
        room -= length
        share = limit
    return tuple(
        s if len(s.text) <= share else replace(s, text=extracting.cut(s.text, share), status="cut") for s in sources
    )


async def _named(named: str, id: str, kept: Past, turns: asyncio.Semaphore) -> Source:
    if not named.startswith(past.PREFIX):
        return await read(named, id, turns=turns)
    try:
        return await asyncio.to_thread(kept, named.removeprefix(past.PREFIX), id)
    except UserError as e:
        raise WrongUse(f"The source {_shown(named)} can't be read. {e}") from e


async def read(
    named: str, id: str, resolve: fetching.Resolve | None = None, turns: asyncio.Semaphore | None = None
) -> Source:
    """One page or file. A file goes by its name alone: where it is on this machine is nobody's business. `turns`: how
    many may be turned to text at a time.

    Raises WrongUse with a sentence that names it.
    """
    try:
        if _URL.match(named):
            url = str(fetching.parse(named))
            fetched = await fetching.fetch(named, resolve)
            async with turns or asyncio.Semaphore():
                return await _source(id, "page", url, fetched)
        path, fetched = await asyncio.to_thread(_bytes, named)
        async with turns or asyncio.Semaphore():
            return await _source(id, "file", " ".join(clean(path.name).split()), fetched, path.suffix.lower())
    except Unusable as e:
        raise WrongUse(f"The source {_shown(named)} {e}") from e


def _shown(named: str) -> str:
    """How a source is called in a message: without what may be a password."""
    return shorten(clean(re.sub(r"(?<=://)[^/?#]*@", "…@", named)), 120)


_LIKE_A_PAGE = re.compile(r"www\.|[\w-]+(?:\.[\w-]+)+/|[\w-]+\.(?:com|org|net|edu|gov|io|dev)$", re.IGNORECASE)


def _bytes(named: str) -> tuple[Path, fetching.Fetched]:
    """A file and its first bytes."""
    try:
        path = Path(named).expanduser()
        # A pipe that nobody writes to must not hold the program up: it is not waited for, and then refused.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError) as e:
        page = " If it is a page, write https:// before it." if _LIKE_A_PAGE.match(named) else ""
        raise Unusable(f"is no file that is here.{page}") from e
    except (OSError, ValueError, RuntimeError) as e:  # a name with a NUL, a home of somebody who is not known
        if Path(named).is_dir():  # on Windows a folder can't be opened
            raise Unusable(_FOLDER) from e
        raise Unusable(f"can't be opened: {getattr(e, 'strerror', None) or 'it is no name of a file'}.") from e
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise Unusable(_FOLDER)
        if not stat.S_ISREG(mode):
            raise Unusable("is no file, but a device or a pipe. Save what it gives first.")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(fetching.MAX_BYTES + 1)
    except OSError as e:
        raise Unusable(f"can't be read: {e.strerror}.") from e
    finally:
        os.close(descriptor)
    more = len(data) > fetching.MAX_BYTES
    return path, fetching.Fetched(data[: fetching.MAX_BYTES], "", "", more)


_FOLDER = "is a folder. Name the files in it."


async def _source(id: str, kind: str, url: str, fetched: fetching.Fetched, suffix: str = "") -> Source:
    found = extracting.kind_of(fetched.data, fetched.media, suffix)
    if not fetched.data:
        raise Unusable("is empty.")
    if found is None:
        what = f" ({shorten(clean(fetched.media), 60)})" if fetched.media else ""
        raise Unusable(f"is of a kind that is not read{what}. Read are HTML, Markdown, plain text and PDF.")
    if found == "pdf" and fetched.cut:
        raise Unusable(f"has over {fetching.MAX_BYTES // 1_000_000} MB. Name the pages that matter, as a file.")
    title, text, cut = await _text(found, fetched)
    return Source(
        id=id,
        url=url,
        title=title or url,
        kind=kind,  # type: ignore[arg-type]
        status="cut" if cut or fetched.cut else "read",
        text=text,
    )


async def _text(kind: extracting.Kind, fetched: fetching.Fetched) -> tuple[str, str, bool]:
    """Title, text and whether that is not all, from a process of its own: a thread that hangs could not be ended."""
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    # -P: a module of the same name in the folder where the user happens to be is not ours to run.
    command = (sys.executable, "-P", "-m", extracting.__name__, kind, fetched.charset)
    env = {n: v for n, v in os.environ.items() if n.upper() in _PASSED or n.upper().startswith(("PYTHON", "LD_"))}
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=subprocess.DEVNULL, env=env, **apart
        )
    except OSError as e:
        raise Unusable(f"can't be turned to text: no process can be started ({e.strerror}).") from e
    try:
        async with asyncio.timeout(READING_SECONDS):
            said, _ = await process.communicate(fetched.data)
    except TimeoutError as e:
        raise Unusable(f"could not be turned to text within {READING_SECONDS:.0f} seconds.") from e
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError as e:
        raise Unusable("can't be turned to text: what reads it broke down over it.") from e
    if problem := answer.get("problem"):
        raise Unusable(str(problem))
    return clean(answer["title"]), clean(answer["text"]), bool(answer["cut"])
