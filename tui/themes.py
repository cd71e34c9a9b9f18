"""The colours of a theme, made readable: every one that text is written in has a contrast of 4.5:1 on its grounds.

Textual's themes leave some of theirs below (a heading of `textual-light` at 2.8:1). They are mended where the style
sheets get them from, so that no widget need think of it. Knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from textual.color import Color
from textual.notifications import Notification, Notify, SeverityLevel

from upverdict.core.text import clean
from upverdict.tui.animating import Animations
from upverdict.tui.colours import BLACK, WHITE, clear_of, contrast
from upverdict.tui.workers import Orderly

T = TypeVar("T")

MUTED_PART = 0.7
"""Of the foreground, in text of less weight, where that can still be read."""
_TEXTS = (
    "foreground",
    "text-muted",
    "text-primary",
    "text-secondary",
    "text-accent",
    "text-success",
    "text-warning",
    "text-error",
)
_GROUNDS = ("background", "surface", "panel")
_FOOTER = {
    "footer-foreground": "footer-background",
    "footer-key-foreground": "footer-key-background",
    "footer-description-foreground": "footer-description-background",
}
_PAIRS = {
    "block-cursor-foreground": "block-cursor-background",
    "block-cursor-blurred-foreground": "block-cursor-blurred-background",
    "input-selection-foreground": "input-selection-background",
    "input-cursor-foreground": "input-cursor-background",
}
_BUTTONS = {"button-foreground": "surface", "text-on-primary": "primary", "text-on-error": "error"}
_OWN = {"text-on-primary": "auto", "text-on-error": "auto"}
"""Variables that no theme of Textual's has, as they are where the terminal's own colours are used."""
_FOCUS_TINT = 0.05
"""Of the foreground, on a button that has the keys (Textual's `Button`)."""


class Themed(Orderly[T]):
    """An app in whose themes everything can be read, and that tells what it tells as plain text."""

    def __init__(self) -> None:
        self._mended: dict[str, dict[str, str]] = {}
        self._teller: object | None = None
        self._told: list[tuple[object, Notification]] = []  # by whom, as long as it may still be on the screen
        super().__init__()
        self._animator = Animations(self)

    def get_css_variables(self) -> dict[str, str]:
        variables = {**_OWN, **super().get_css_variables()}
        name = self.current_theme.name
        if name not in self._mended:
            self._mended[name] = mended(variables)
        self.theme_variables = {**variables, **self._mended[name]}
        return self.theme_variables

    def refresh_css(self, animate: bool = True) -> None:
        """Textual's, which leaves the palette as it was: a theme that is chosen in it would not be seen there."""
        super().refresh_css(animate)
        if self.screen_stack and self.screen not in self.children:
            self.stylesheet.update(self.screen, animate=animate)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Textual's, without markup whatever `markup` says: what is told often has words of others in it.

        What is still on the screen and told once more takes its own place.
        """
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        notice = Notification(clean(message), title, severity, seconds, markup=False)
        if self._teller is not None:
            self._told = [(by, told) for by, told in self._told if not told.has_expired]
            self._told.append((self._teller, notice))
        self.post_message(Notify(notice))
        same = [told for told in self._notifications if (told.message, told.title) == (notice.message, title)]
        if same:
            self.call_later(self._take_away, same)

    @contextmanager
    def told_by(self, teller: object) -> Iterator[None]:
        """What is told meanwhile is this one's (a screen's), and can be taken back."""
        self._teller = teller
        try:
            yield
        finally:
            self._teller = None

    def take_back(self, teller: object) -> None:
        """Take away what this one has told, as far as it can still be seen."""
        own = [told for by, told in self._told if by is teller]
        self._told = [(by, told) for by, told in self._told if by is not teller]
        if own:
            self.call_later(self._take_away, own)  # behind what was told just now

    def _take_away(self, notices: Iterable[Notification]) -> None:
        # Textual has a public way only to take away all that was told, the program's own words among it.
        for notice in notices:
            if notice in self._notifications:
                self._unnotify(notice)


def mended(variables: Mapping[str, str]) -> dict[str, str]:
    """Those of a theme's variables that had to be changed. Where the terminal's own colours are used, none: what they
    are is not known here."""
    parsed = {name: _parse(variables.get(name, "")) for name in ("background", "foreground")}
    background, foreground = parsed["background"], parsed["foreground"]
    if background is None or foreground is None:
        return {}
    grounds = [_on(background, variables.get(name, "")) for name in _GROUNDS]
    grounds += [_on(ground, variables.get("boost", "")) for ground in grounds]
    changed: dict[str, str] = {}
    for name in _TEXTS:
        start = _parse(variables.get(name, ""))
        if name == "text-muted":  # a theme of ours may say what it is
            start = start or background.blend(foreground, MUTED_PART)
        if start is not None:
            changed[name] = _readable(start, grounds)
    changed["text-disabled"] = changed["text-muted"]  # what stands in an empty field is to be read, too
    footer = _on(background, variables.get("footer-background", ""))
    for name, behind in _FOOTER.items():
        changed[name] = _readable(_on(footer, variables.get(name, "")), [_on(footer, variables.get(behind, ""))])
    for name, behind in _PAIRS.items():
        on = [_on(ground, variables.get(behind, "")) for ground in grounds[:2]]
        start = _parse(variables.get(name, "")) or _plain_on(on[0])
        changed[name] = _readable(start, on)
    for name, back in _BUTTONS.items():
        button = _on(background, variables.get(back, ""))
        focused = button.tint(foreground.with_alpha(_FOCUS_TINT))
        start = _parse(variables.get(name, "")) or _parse(variables.get("button-color-foreground", ""))
        changed[name] = _readable(start or _plain_on(focused), [button, focused])
    return {name: colour for name, colour in changed.items() if variables.get(name) != colour}


def _readable(start: Color, grounds: Iterable[Color]) -> str:
    for ground in grounds:
        start = clear_of(start, ground)
    return start.hex6


def _plain_on(ground: Color) -> Color:
    return max((BLACK, WHITE), key=lambda plain: contrast(plain, ground))


def _parse(value: str) -> Color | None:
    """A colour of a theme; None for the terminal's own, and for one that hangs on what it lies on (`auto 87%`)."""
    if not value or value.startswith("auto") or "ansi" in value:
        return None
    colour, _, part = value.partition(" ")
    parsed = Color.parse(colour)
    return parsed.multiply_alpha(float(part.rstrip("%")) / 100) if part else parsed


def _on(ground: Color, value: str) -> Color:
    """What is seen of a colour that lies on another one."""
    colour = _parse(value)
    return ground if colour is None else ground + colour
