"""A line of text whose Enter is the screen's: it comes after all that was written before it, however fast."""

from __future__ import annotations

from textual.widgets import Input


class LineInput(Input):
    """As Textual's `Input`, without its own Enter. A binding of the screen that had priority would be heard before the
    letters that wait for the line."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return False if action == "submit" else super().check_action(action, parameters)
