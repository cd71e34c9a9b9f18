"""What the command palette lists: what can be done now, in the order of the help, each in a row with its keys."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from textual import on
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.message import Message
from textual.types import IgnoreReturnCallbackType
from textual.widgets import Input, OptionList

from upverdict.tui.screens.top import Top

GAP = 2


class Palette(CommandPalette, Top[None]):
    """Textual's, which a second Enter made run twice and take away the screen beneath, and which ended at a page up or
    down before its rows were laid out.
    """

    explains_itself = True

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def once(self, event: Message) -> None:
        """Nothing more is done when something has been chosen."""
        if not self.is_active:
            event.stop()
            event.prevent_default()

    def _action_command_list(self, action: str) -> None:
        if action not in ("page_up", "page_down") or self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)


class Actions(Provider):
    """The commands of the app (`get_system_commands`) in their order, which Textual's own provider sorts by name."""

    async def discover(self) -> Hits:
        for name, keys, run in self._rows():
            yield DiscoveryHit(self._row(Content(name), keys), run, text=name)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, keys, run in self._rows():
            if (match := matcher.match(name)) > 0:
                yield Hit(match, self._row(matcher.highlight(name), keys), run, text=name)

    def _rows(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        """Of each command its name, its keys in words (for one without keys what it does), and how it is run."""
        app = self.app
        found = list(app.get_system_commands(self.screen))
        self._width = max(cell_len(command.title) for command in found)
        for command in found:
            yield command.title, command.help, command.callback

    def _row(self, name: Content, keys: str) -> Content:
        gap = " " * (self._width - name.cell_length + GAP)
        return Content.assemble(name, gap, (keys, "not bold"))
