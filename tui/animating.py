"""What moves on the screen by itself, and may be stopped by what else moves there."""

from __future__ import annotations

from textual._animator import Animator


class Animations(Animator):
    """Textual's ends the program where a step of one stops another: the pane that a page was scrolled in is hidden, or
    goes elsewhere at once. The others go on with the next step.
    """

    def __call__(self) -> None:
        running = set(self._animations)
        try:
            super().__call__()
        except KeyError as stopped:
            if stopped.args[0] not in running:
                raise
