"""Debates that are made ready to be imported, kept on the disk until all of them are. Knows no table and no lock."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from upverdict.core.store.ready import Ready


class Stage:
    """Holds debates by their ids, in the order in which they came; in memory is no more than where each stands.

    Its file is in `folder` where that can be written, and has no name: it goes with the process, however that ends,
    and nobody else can write in it. Raises OSError when the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self._file = _nameless(folder)
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, debate: str) -> bool:
        return debate in self._places

    def __iter__(self) -> Iterator[Ready]:
        return map(self.get, list(self._places))

    def put(self, ready: Ready) -> None:
        """Hold it, in the place of what came under its id before."""
        self._places[ready.debate] = self._file.seek(0, 2)
        pickle.dump(ready, self._file, pickle.HIGHEST_PROTOCOL)

    def get(self, debate: str) -> Ready:
        self._file.seek(self._places[debate])
        found: Ready = pickle.load(self._file)
        return found

    def close(self) -> None:
        self._file.close()


def _nameless(folder: Path) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError:  # there is no such folder yet, or it is read-only, which whoever writes the debates will say
        return tempfile.TemporaryFile()
