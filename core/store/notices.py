"""What a person has to know of the file and did not ask for: one sentence each, told once. Knows no file and no screen.

The command line prints them on stderr, the screens show them; what comes before anybody listens waits for whoever does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

Listener = Callable[[str], object]


class Notices:
    """What was told, what waits to be, and who listens."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._listener: Listener | None = None
        self._told: set[str] = set()
        self._untold: list[str] = []

    def tell(self, words: str) -> None:
        """Tell a person, unless the same was told before. May be called on any thread."""
        with self._turn:
            if words in self._told:
                return
            self._told.add(words)
            if self._listener is None:
                self._untold.append(words)
            else:
                self._listener(words)

    def heard(self, words: str) -> bool:
        """Whether a person was told this already."""
        with self._turn:
            return words in self._told and words not in self._untold

    def listen(self, listener: Listener | None) -> None:
        """From now on this is told, on whichever thread it comes up; first what nobody has heard yet."""
        with self._turn:
            self._listener = listener
            if listener is not None:
                untold, self._untold = self._untold, []
                for words in untold:
                    listener(words)

    def forget(self) -> None:
        """Nothing was told, and nobody listens: as a program begins."""
        with self._turn:
            self._listener = None
            self._told.clear()
            self._untold.clear()


NOTICES = Notices()
"""Those of this process."""
tell = NOTICES.tell
heard = NOTICES.heard
listen = NOTICES.listen
forget = NOTICES.forget
