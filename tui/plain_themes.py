"""Themes of ours beside Textual's: black and white, nothing told by a tint. And the list in which one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.theme import Theme

from upverdict.tui.colours import MUTED

if TYPE_CHECKING:
    from upverdict.tui.dressed import Dressed

PLAIN, PLAIN_LIGHT = "plain", "plain-light"


def plain(*, dark: bool) -> Theme:
    """Ink on paper: white on black, or black on white. Where the cursor is, the two change places."""
    paper, ink = ("#000000", "#ffffff") if dark else ("#ffffff", "#000000")
    marked = {
        "block-cursor-background": ink,
        "block-cursor-foreground": paper,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": paper,
        "block-cursor-blurred-foreground": ink,
        "block-cursor-blurred-text-style": "underline",
        "block-hover-background": paper,
        "input-cursor-background": ink,
        "input-cursor-foreground": paper,
        "input-selection-background": ink,
        "input-selection-foreground": paper,
        "screen-selection-background": ink,
        "screen-selection-foreground": paper,
        "border": ink,
        "border-blurred": ink,
        "surface-active": paper,
        "foreground-muted": ink,
        "foreground-disabled": ink,
        "text-muted": ink,
        "text-disabled": ink,
        "link-color": ink,
        "link-style": "underline",
        "link-background-hover": ink,
        "link-color-hover": paper,
        "link-style-hover": "bold",
        "footer-background": paper,
        "footer-foreground": ink,
        "footer-key-foreground": ink,
        "footer-key-background": paper,
        "footer-description-foreground": ink,
        "footer-description-background": paper,
        "footer-item-background": paper,
        "button-foreground": ink,
        "button-color-foreground": paper,
        "button-focus-text-style": "bold reverse",
    }
    for name in ("primary", "secondary", "accent", "warning", "error", "success"):
        marked[f"{name}-muted"] = paper
        marked[f"text-{name}"] = ink
    return Theme(
        PLAIN if dark else PLAIN_LIGHT,
        primary=ink,
        secondary=ink,
        accent=ink,
        warning=ink,
        error=ink,
        success=ink,
        foreground=ink,
        background=paper,
        surface=paper,
        panel=paper,
        boost=paper,
        dark=dark,
        luminosity_spread=0.0,
        text_alpha=1.0,
        variables=marked,
    )


NOW = "in use"


class ThemeChoice(Provider):
    """The themes by name, for the palette. The one at the cursor is shown (`Dressed`), the chosen one remembered. The
    one that is in use comes first and is marked.

    Those that leave the colours to the terminal are left out: what can be read in them is not known here. Who names
    one in `config.toml` has it.
    """

    @property
    def _commands(self) -> list[tuple[str, Content, Callable[[], None]]]:
        app = cast("Dressed", self.app)
        now = app.theme_chosen
        names = sorted((n for n, theme in app.available_themes.items() if not theme.ansi), key=lambda n: (n != now, n))
        marks = {now: Content.styled(f"  {NOW}", f"not bold {MUTED}")}
        return [(name, marks.get(name, Content()), partial(app.choose_theme, name)) for name in names]

    async def discover(self) -> Hits:
        for name, mark, choose in self._commands:
            yield DiscoveryHit(Content(name) + mark, choose, text=name)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, mark, choose in self._commands:
            if (match := matcher.match(name)) > 0:
                yield Hit(match, matcher.highlight(name) + mark, choose, text=name)
