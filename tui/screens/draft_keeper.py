"""Keeps what stands in a field of a screen until it is sent: loads it, writes it soon after a key, tells faults."""

from __future__ import annotations

from typing import Any, Protocol, cast

from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import TextArea

from upverdict.core.store.errors import StoreError
from upverdict.tui.screens.drafts import Draft, DraftStore

DRAFT_DELAY = 0.8
"""Seconds after a key until the draft is written, however many keys follow: no more than that is lost with the
program. A draft of 100 kB is not written anew with each of them."""


class Host(Protocol):
    """What this asks of the app that shows the screen."""

    async def store(self) -> DraftStore: ...


class DraftKeeper:
    """The draft under one key, of one field; where there is none, the one under `instead` becomes it."""

    def __init__(self, screen: Screen[Any], field: TextArea, key: str, *, instead: str = "") -> None:
        self._screen = screen
        self._field = field
        self._draft = Draft(key, self._store)
        self._instead = Draft(instead, self._store) if instead else None
        self._timer: Timer | None = None
        self._sent = False

    async def load(self) -> None:
        """Put what was kept into the field, where nothing is written in it yet."""
        try:
            kept = await self._draft.load()
            if not kept and self._instead is not None and (kept := await self._instead.load()):
                await self._draft.save(kept)
                await self._instead.save("")
        except StoreError as e:
            self._screen.notify(str(e), severity="error")
            return
        if kept and not self._field.text:
            self._field.insert(kept)
            self._field.history.clear()  # undo takes back what is written now

    def changed(self) -> None:
        """Another key was pressed in the field."""
        if self._timer is None:
            self._timer = self._screen.set_timer(DRAFT_DELAY, self._due)

    async def _due(self) -> None:
        self._timer = None  # a key that comes while it is written is written after it
        await self.save()

    async def save(self) -> None:
        """Keep what stands in the field now; nothing, once it was sent."""
        try:
            await self._draft.save("" if self._sent else self._field.text)
        except StoreError as e:
            words = f"What you were writing could not be kept. {e}"
            self._screen.notify(words, severity="error")

    async def forget(self) -> None:
        """It was sent, and the screen goes."""
        self._sent = True
        await self.save()

    async def _store(self) -> DraftStore:
        return await cast("Host", self._screen.app).store()
