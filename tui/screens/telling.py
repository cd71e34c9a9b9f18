"""A screen whose notices are its own: they go when it is left. Knows no debate."""

from __future__ import annotations

from typing import Any, cast

from textual.screen import ScreenResultType

from upverdict.tui.screens.top import Top
from upverdict.tui.themes import Themed


class Telling(Top[ScreenResultType]):
    """What it tells is about what is seen on it."""

    def notify(self, message: str, **how: Any) -> None:
        """Textual's, until the screen is left."""
        with self._themed.told_by(self):
            super().notify(message, **how)

    def on_screen_suspend(self) -> None:
        over = self.app.screen
        if not (over.is_modal and self in self.app.screen_stack):  # a box over it leaves it where it is
            self._themed.take_back(self)

    @property
    def _themed(self) -> Themed[Any]:
        return cast("Themed[Any]", self.app)
