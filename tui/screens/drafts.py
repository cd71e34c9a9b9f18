"""Keeps what the user has written and not sent, so that it survives whatever happens. Knows no widget.

When it is written is the caller's affair: a draft of 100 kB is not to be written anew with every key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol


class DraftStore(Protocol):
    """What this needs of `store.writer.Store`."""

    async def save_draft(self, key: str, text: str) -> None: ...
    async def draft(self, key: str) -> str: ...


class Draft:
    """The draft under one key; `store` opens the file when it is first needed."""

    def __init__(self, key: str, store: Callable[[], Awaitable[DraftStore]]) -> None:
        self._key = key
        self._store = store
        self._saved = ""

    async def load(self) -> str:
        """What was kept. Raises StoreError, as `save` does."""
        self._saved = await (await self._store()).draft(self._key)
        return self._saved

    async def save(self, text: str) -> None:
        """Keep this, if it is not what is kept already; nothing but white space forgets the draft."""
        text = text if text.strip() else ""
        if text != self._saved:
            await (await self._store()).save_draft(self._key, text)
            self._saved = text
