"""Whether a write-ahead log belongs to the file that it stands beside. SQLite does not ask: it would write the pages of
another file over this one's and cut it to that one's length (https://www.sqlite.org/howtocorrupt.html, 1.4).

Reads past SQLite, so only before the file is open in this process.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_HEAD, _FRAME = 32, 24
_MAGICS = (0x377F0682, 0x377F0683)
_STILL_SECONDS = 0.05
"""Somebody may be writing just now: what looks wrong must look the same a moment later."""


def is_foreign(path: Path) -> bool:
    """Whether the log can't be this file's: by its last commit the file has pages that stand in neither of them, or it
    has shrunk without having been written anew.
    """
    real = os.path.realpath(path)
    found = _look(real)
    if found is None or _fits(*found):
        return False
    time.sleep(_STILL_SECONDS)
    return _look(real) == found


def _look(path: str) -> tuple[int, int, frozenset[int]] | None:
    """How many pages the file has, how many by the log's last commit, and which stand in the log; None for no log."""
    pages: set[int] = set()
    since: set[int] = set()
    committed = 0
    try:
        with open(f"{path}-wal", "rb", buffering=0) as file:
            head = file.read(_HEAD)
            size = int.from_bytes(head[8:12], "big")
            if len(head) < _HEAD or int.from_bytes(head[:4], "big") not in _MAGICS or size < 512:
                return None
            end = os.fstat(file.fileno()).st_size - _FRAME - size
            for at in range(_HEAD, end + 1, _FRAME + size):
                file.seek(at)
                frame = file.read(_FRAME)
                if frame[8:16] != head[16:24]:
                    break
                since.add(int.from_bytes(frame[:4], "big"))
                if after := int.from_bytes(frame[4:8], "big"):
                    pages |= since
                    since, committed = set(), after
        length = os.stat(path).st_size
    except OSError:
        return None
    return (length // size, committed, frozenset(pages)) if committed else None


def _fits(pages: int, committed: int, logged: frozenset[int]) -> bool:
    if committed < pages:  # only VACUUM makes a file shorter, and that writes every page
        return all(page in logged for page in range(1, committed + 1))
    return all(page in logged for page in range(pages + 1, committed + 1))
