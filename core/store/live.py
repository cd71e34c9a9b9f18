"""Whether a process is at a debate right now: a lock of the operating system, which dies with its process.

One lock file a debate, in the folder `<database>.live`. Knows no table. `filelock` is imported only when needed.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from upverdict.core.store.errors import StoreError, explain_os

if TYPE_CHECKING:
    from filelock import BaseFileLock

_TAKE_SECONDS = 0.03
"""A reader that looks whether a debate lives holds its lock for an instant: who takes it waits for that."""
_LOOK_SECONDS = 0.002


def lock_file(database: Path, debate: str) -> Path:
    return database.with_name(database.name + ".live") / f"{debate}.lock"


def hiding(debate: str) -> str:
    """The name of another lock: that of a window which deleted the debate and can still bring it back."""
    return f"{debate}.deleted"


def importing(token: str) -> str:
    """The name of another lock: that of a window which is importing, and has written a part of it under `token`."""
    return f"{token}.import"


def take(database: Path, debate: str) -> BaseFileLock | None:
    """The lock of a debate, held; None when another window or process holds it.

    Raises StoreError when the folder can't be written.
    """
    return _acquire(lock_file(database, debate), _TAKE_SECONDS)


def release(database: Path, debate: str, lock: BaseFileLock) -> None:
    """Give the lock back and remove its file."""
    file = lock_file(database, debate)
    if sys.platform == "win32":
        # There a file that somebody holds open can't be removed, so this can't take away another's lock.
        lock.release()
        with suppress(OSError):
            file.unlink(missing_ok=True)
    else:
        # Removed while it is held: whoever waits on the old file finds it gone and opens a new one.
        with suppress(OSError):
            file.unlink(missing_ok=True)
        lock.release()


def tidy(database: Path) -> None:
    """Remove the lock files that dead processes left."""
    for file in lock_file(database, "").parent.glob("*.lock"):
        if (lock := take(database, file.stem)) is not None:
            release(database, file.stem, lock)


def held(database: Path) -> set[str]:
    """The debates at which some process, perhaps this one, is now."""
    found = (file.stem for file in lock_file(database, "").parent.glob("*.lock"))
    return {debate for debate in found if "." not in debate and lives(database, debate)}


def is_importing(database: Path) -> bool:
    """Whether some process is importing more than it can write at once."""
    files = lock_file(database, "").parent.glob("*.import.lock")
    return any(lives(database, file.stem) for file in files)


def lives(database: Path, debate: str) -> bool:
    """Whether some process, perhaps this one, is at the debate. Free of cost when none ever was.

    Opens the lock file for reading only, so that it works in a folder that can't be written.
    """
    try:
        descriptor = os.open(lock_file(database, debate), os.O_RDONLY)
    except FileNotFoundError:
        return False
    except OSError:
        return True  # nothing disproves what its row says
    try:
        return not _free(descriptor)
    finally:
        os.close(descriptor)


def _free(descriptor: int) -> bool:
    import filelock

    try:
        # Twice, since another reader may be looking at the very same moment.
        if filelock.lock_descriptor(descriptor, blocking=False):
            return True
        time.sleep(_LOOK_SECONDS)
        return filelock.lock_descriptor(descriptor, blocking=False)
    except OSError:
        return False


def busy(debate: str) -> StoreError:
    return StoreError(
        f"Debate {debate} is being debated in another window. Watch it there, or close it there and try again.", "live"
    )


def _acquire(file: Path, seconds: float) -> BaseFileLock | None:
    import filelock

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(file, timeout=seconds, poll_interval=0.002, thread_local=False)
        lock.acquire()
    except filelock.Timeout:
        return None
    except OSError as e:
        raise explain_os(e, file.parent) from e
    return lock
