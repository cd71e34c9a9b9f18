"""How the program looks, whatever it shows: the theme and its memory, no colour where none is wanted, no motion either.

In this order: `NO_COLOR` (then the plain theme), `theme` in `config.toml`, the theme that was chosen last.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import constants
from textual.filter import LineFilter, Monochrome, NoColor

from upverdict.core.config import Config
from upverdict.core.errors import UserError, WrongUse
from upverdict.tui.shelf_services import ShelfServices
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from textual.command import CommandPalette

    from upverdict.core.session import Order


class Dressed(ShelfServices):
    """The app, as far as looks go. Raises WrongUse where `config.toml` names a theme that there is not."""

    def __init__(self, config: Config, order: Order | None) -> None:
        super().__init__(config, order)
        self._register_plain()
        if config.theme and config.theme not in self.available_themes:
            known = ", ".join(sorted(self.available_themes))
            raise WrongUse(f"config.toml: there is no theme {config.theme!r}. There are: {known}.")
        self.colourless = bool(os.environ.get("NO_COLOR"))
        """Whether no colour is wanted. Textual takes a variable that is set to nothing for a wish, and has greys."""
        self.no_color = False
        self.still = not config.motion or constants.TEXTUAL_ANIMATIONS == "none"
        """Whether nothing may move that need not."""
        if self.still:
            self.animation_level = "none"
        self._filter: LineFilter | None = None
        self._shown_before = ""  # the theme to go back to, while one is being chosen

    # Colours

    def get_line_filters(self) -> Sequence[LineFilter]:
        filters = super().get_line_filters()
        if "NO_COLOR" not in os.environ:
            return filters
        filters = [f for f in filters if not isinstance(f, Monochrome | NoColor)]
        if not self.colourless:
            return filters
        if self._filter is None:
            from upverdict.tui.without_colour import WithoutColour

            self._filter = WithoutColour()
        return [*filters, self._filter]

    # Themes

    def _register_plain(self) -> None:
        from upverdict.tui import plain_themes

        for dark in (True, False):
            self.register_theme(plain_themes.plain(dark=dark))

    def dress(self) -> None:
        """The theme with which the program begins."""
        from upverdict.tui.plain_themes import PLAIN

        if self.colourless:
            self.theme = PLAIN
        elif self.config.theme:
            self.theme = self.config.theme
        else:
            self._recall()

    def _recall(self) -> None:
        from upverdict.core import remembered

        try:
            theme = remembered.recall(remembered.place()).get("theme", "")
        except UserError as e:
            self.notify(str(e), severity="warning", timeout=12)
            return
        if theme in self.available_themes:  # one of another release may be gone
            self.theme = theme

    @property
    def theme_chosen(self) -> str:
        """The theme that is in use, whichever is shown while one is being chosen."""
        return self._shown_before or self.theme

    def search_themes(self) -> None:
        from upverdict.tui.palette import Palette
        from upverdict.tui.plain_themes import ThemeChoice

        self._shown_before = self.theme
        asked = "Which theme? It is shown as you go"
        self.push_screen(Palette([ThemeChoice], placeholder=asked, classes="-themes"))

    def on_command_palette_option_highlighted(self, event: CommandPalette.OptionHighlighted) -> None:
        """While a theme is chosen, the one at the cursor is shown."""
        command: Any = getattr(getattr(event.highlighted_event.option, "hit", None), "command", None)
        if self._shown_before and isinstance(command, partial) and command.func == self.choose_theme:
            self.theme = command.args[0]

    def on_command_palette_closed(self, event: CommandPalette.Closed) -> None:
        if self._shown_before and not event.option_selected:
            self.theme = self._shown_before
        self._shown_before = ""

    def choose_theme(self, name: str) -> None:
        """Show a theme from now on, and remember it."""
        self.theme = name
        if self.config.theme and name != self.config.theme:
            own = f"config.toml names {self.config.theme}: that comes back with the next start, unless you change it"
            self.notify(f"{name} until you leave. {own} there.")
            return
        self.run_worker(later(self._remember, name), group="theme")

    async def _remember(self, name: str) -> None:
        from upverdict.core import remembered

        try:
            await asyncio.to_thread(partial(remembered.remember, remembered.place(), theme=name))
        except UserError as e:
            self.notify(str(e), severity="warning", timeout=12)
