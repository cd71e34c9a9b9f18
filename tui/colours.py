"""A persona's colour made readable on whatever a theme puts behind it. Knows no persona.

The contrast is the one of WCAG 2.1, success criterion 1.4.3: relative luminance, 4.5:1 for text.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from textual.color import Color, ColorParseError

from upverdict.core import events as ev

if TYPE_CHECKING:
    from textual.widget import Widget

    from upverdict.core.debate import Debate

MIN_CONTRAST = 4.5
"""What WCAG 2.1 asks of text (level AA)."""

MUTED = "$text-muted"
"""The style of text of less weight; `themes.py` sees to it that it is a colour, which `Content` understands."""
LINE = "$foreground 35%"
"""The style of lines, which say nothing."""

_STEP = 0.02
_FALLBACK = Color(128, 128, 128)


def luminance(colour: Color) -> float:
    """Relative luminance, 0.0 (black) to 1.0 (white), as WCAG 2.1 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """From 1.0 (the same) to 21.0 (black on white)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


BLACK, WHITE = Color(0, 0, 0), Color(255, 255, 255)


@lru_cache(maxsize=512)
def readable(colour: str, background: Color) -> Color:
    """`colour` (`#rrggbb`), lightened or darkened in small steps until it has a contrast of 4.5:1 on `background`.

    What is no colour counts as grey; the terminal's own colours are left as they are.
    """
    try:
        start = Color.parse(colour)
    except ColorParseError:
        start = _FALLBACK
    return clear_of(start, background)


@lru_cache(maxsize=1024)
def clear_of(start: Color, background: Color) -> Color:
    """`start` with a contrast of 4.5:1 on `background`.

    It goes away from the background: lighter on dark, darker on light. A background that is neither is left on the
    side where there is more room.
    """
    if start.ansi is not None or background.ansi is not None:
        return start
    behind = background if background.a == 1 else BLACK.blend(background.with_alpha(1), background.a)
    start = behind + start
    goal = WHITE if contrast(behind, WHITE) > contrast(behind, BLACK) else BLACK
    steps = (start.blend(goal, n * _STEP, alpha=1.0) for n in range(round(1 / _STEP) + 1))
    return next((step for step in steps if contrast(step, behind) >= MIN_CONTRAST), goal)


def behind(widget: Widget) -> Color:
    """What a widget's text stands on while the keys are there. The terminal's own background counts as black or white,
    by the theme's word."""
    colour = widget.background_colors[1]
    if colour.ansi is None:
        return colour + Color.parse(widget.app.theme_variables["boost"])
    return BLACK if widget.app.current_theme.dark else WHITE


def plain(widget: Widget) -> bool:
    """Whether the theme is one of ours without any tint."""
    return widget.app.theme.startswith("plain")


def voice_colour(own: str, widget: Widget) -> Color:
    """The colour of a voice, readable on `widget`; a voice without one of its own, the user's, has the theme's, and so
    have all where nothing is told by colour."""
    if plain(widget):
        own = ""
    return readable(own or widget.app.theme_variables["foreground"], behind(widget))


def ink_of(debate: Debate, voice: str, widget: Widget) -> str:
    """The colour of a voice of a debate, as a style of `Content` names it; the user's is the theme's own."""
    return ink(voice_colour("" if voice == ev.USER else debate.seat(voice).colour, widget))


def ink(colour: Color) -> str:
    """A colour as a style of `Content` names it."""
    return colour.css if colour.ansi is not None else colour.hex6
