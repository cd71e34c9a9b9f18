"""Keeps the garbage collector still while a screen comes up. Knows no screen.

A picture is made of thousands of small objects; a full collection in the midst of them takes longer than drawing it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

SECONDS = 0.5
"""After this a screen is drawn, and whoever opened it reads."""


@contextmanager
def while_opening(app: App[Any]) -> Iterator[None]:
    """Open a screen within this: nothing is collected until it has been drawn, or could not be opened."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            app.set_timer(SECONDS, gc.enable)
