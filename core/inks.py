"""The colours of a council's voices on paper that is light or dark. Pure; knows no screen.

The contrast is the one of WCAG 2.1, success criterion 1.4.3: relative luminance, 4.5:1 for text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

MIN_CONTRAST = 4.5
"""What WCAG 2.1 asks of text (level AA)."""

_HEX = re.compile(r"#([0-9a-fA-F]{6})")
_GREY: Colour = (128, 128, 128)
_STEPS = 50


def parsed(colour: str) -> Colour:
    """`#rrggbb`; grey for everything else, which a file may hold."""
    found = _HEX.fullmatch(colour)
    if found is None:
        return _GREY
    number = int(found[1], 16)
    return number >> 16, number >> 8 & 255, number & 255


def written(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def luminance(colour: Colour) -> float:
    """Relative luminance, 0.0 (black) to 1.0 (white), as WCAG 2.1 defines it."""
    parts = (part / 255 for part in colour)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """From 1.0 (the same) to 21.0 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: Colour, papers: Sequence[Colour]) -> Colour:
    """The colour, made darker on light papers and lighter on dark ones until it has 4.5:1 on each of them."""
    goal = max(((0, 0, 0), (255, 255, 255)), key=lambda end: min(contrast(end, paper) for paper in papers))
    for n in range(_STEPS):
        step = tuple(round(c + (g - c) * n / _STEPS) for c, g in zip(colour, goal, strict=True))
        red, green, blue = step
        if all(contrast((red, green, blue), paper) >= MIN_CONTRAST for paper in papers):
            return red, green, blue
    return goal
