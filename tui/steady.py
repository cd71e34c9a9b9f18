"""Text on its way to the terminal, held in its cells: what terminals disagree about moves nothing beside it.

Textual counts cells as Unicode has them now. Terminals differ: flags, families joined by ZWJ, skin tones and signs made
emoji by a selector take one cell here, two there, eight elsewhere, and all that follows in the row would be shifted.
And some reorder a whole row where Arabic or Hebrew stands in it, the frames of the panes with it. Knows no widget.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len
from textual.driver import Driver

_JOINED = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d[^\x00-\x20\x7f]"
_UNSURE = re.compile(f"[\U0001f1e6-\U0001f1ff]{{1,2}}|[^\x00-\x20\x7f](?:{_JOINED})+|[\U0001f000-\U0001faff]")
"""Clusters whose width terminals disagree about; an emoji of a later Unicode than the terminal's is one as well."""
_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
_BACKWARDS = re.compile(f"[{_RIGHT}](?:[^\x00-\x1f\x7f\u2500-\u259f]*[{_RIGHT}])?")
"""From the first to the last letter of a script that is written from right to left, within a run of one style."""
_ANY = re.compile(f"[\u200d\u20e3\ufe0e\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f{_RIGHT}]")
"""What one of the above has at least: most frames have none of it, and are looked through once."""
MARK = "\u200e"
"""Left-to-right mark: no row is reordered beyond it (UAX 9). Terminals that reorder nothing show nothing for it."""
_STRINGS = ("\x1b]", "\x1bP")
"""How a title, a notification, what is handed on by tmux begin: they are no part of a picture, and stay as they are."""


def steady(data: str) -> str:
    """What is written to a terminal, so that each character stands where Textual has put it."""
    if data.isascii() or data.startswith(_STRINGS) or _ANY.search(data) is None:
        return data
    return _BACKWARDS.sub(_enclosed, _UNSURE.sub(_anchored, data))


def _anchored(found: re.Match[str]) -> str:
    return _anchor(found[0])


@lru_cache(maxsize=1024)
def _anchor(cluster: str) -> str:
    """Its cells are emptied, it is drawn, and the cursor goes to where the next character belongs, however far the
    terminal has moved it: it is saved before (DECSC) and restored (DECRC), each time anew for terminals that stack."""
    cells = cell_len(cluster)
    return f"\x1b7{' ' * cells}\x1b8\x1b7{cluster}\x1b8" + (f"\x1b[{cells}C" if cells else "")


def _enclosed(found: re.Match[str]) -> str:
    return f"{MARK}{found[0]}{MARK}"


@lru_cache(maxsize=4)
def steadied(driver: type[Driver]) -> type[Driver]:
    """The driver of a platform, through which all that is drawn is steady."""

    class Steady(driver):  # type: ignore[misc, valid-type]
        def write(self, data: str) -> None:
            super().write(steady(data))

    return Steady
