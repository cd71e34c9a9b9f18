"""A sentence that takes room only while there is one: what is wrong, mostly. Plain text."""

from __future__ import annotations

from textual.widgets import Static


class Told(Static):
    """Empty and out of sight until `say`."""

    DEFAULT_CSS = """
    Told {
        display: none;
        width: 1fr;
        height: auto;
        color: $text-error;
        &.-told { display: block; }
    }
    """

    def __init__(self, id: str) -> None:
        super().__init__("", id=id, markup=False)

    def say(self, words: str) -> None:
        """A sentence; none takes it away."""
        self.update(words)
        self.set_class(bool(words), "-told")
