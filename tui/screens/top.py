"""A screen that takes only itself away."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class Top(Screen[ScreenResultType]):
    """Goes only while it is the one on top. Textual takes away whichever is: of two quick keys that both leave a
    screen, the second would take the one beneath. As a base it stands behind those that bring styles: Textual takes
    styles from the first only.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Textual's, once."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
