"""What the screens ask of the app about how debates are kept: tags, names, notes, the archive, what was decided, undo.

Draws nothing itself. What becomes of a wish is `core/shelving.py`'s; it is imported when it is first used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from textual.screen import Screen

from upverdict.core.errors import UserError
from upverdict.core.store.reader import Row
from upverdict.tui.keyboard import key_of
from upverdict.tui.services import QUESTION_CELLS, Services, imported
from upverdict.tui.widgets.plain import fit, one_line

if TYPE_CHECKING:
    from upverdict.core.debate import Debate
    from upverdict.core.events import Event

Wish = Callable[["Debate"], Sequence["Event"]]
"""What is to be appended to a debate as it stands. Raises UserError where that can't be."""


class Taken(NamedTuple):
    """What was taken out of the list and can be brought back."""

    how: Literal["deleted", "archived"]
    id: str
    called: str


class ShelfServices(Services):
    """As of all services, nothing here raises `UserError`."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.taken: list[Taken] = []
        """What `undo` brings back, the latest last."""

    async def shelve(self, id: str, wish: Wish) -> bool:
        """Keep a debate as it is wished, and have the screens show it so; or say why that can't be."""
        try:
            await self._append(id, wish)
            debate = await asyncio.to_thread(self.library.debate, id)
        except UserError as e:
            self.tell(e)
            return False
        for screen in self.screen_stack:
            if callable(take := getattr(screen, "take_shelf", None)):
                take(debate)
        return True

    async def _append(self, id: str, wish: Wish) -> None:
        """Raises UserError. A debate that is held here has its own log; no other one can be written to meanwhile."""
        held = self.session
        if held is not None and held.log.id == id and held.log.debate.outcome == "running":
            for event in wish(held.log.debate):
                held.log.append(event)
            await held.recorder.flush()
        else:
            await (await self.store()).shelve(id, wish)

    # -- dialogs -------------------------------------------------------------------------------------------------------

    async def keep_tags(self, id: str) -> None:
        """Have the tags of a debate chosen."""
        await imported("upverdict.tui.screens.tags")
        from upverdict.tui.screens.tags import TagsScreen

        try:
            debate = await asyncio.to_thread(self.library.debate, id)
            known = await asyncio.to_thread(self.library.tags)
        except UserError as e:
            self.tell(e)
            return
        await self.push_screen(TagsScreen(debate, known))

    async def choose_tag(self, now: str, chosen: Callable[[str | None], None]) -> None:
        """Have a tag chosen to filter the list by: `chosen` gets it, empty for all debates, None for as it was."""
        await imported("upverdict.tui.screens.tags")
        from upverdict.tui.screens.tags import TagFilter

        try:
            known = await asyncio.to_thread(self.library.tags)
        except UserError as e:
            self.tell(e)
            return
        if not known and not now:
            self.notify(f"No debate has a tag yet. {key_of('keep.tags')} gives one to the debate at the cursor.")
            return
        await self.push_screen(TagFilter(known, now), chosen)

    async def keep_name(self, id: str) -> None:
        """Have the name of a debate and the note on it written."""
        await imported("upverdict.tui.screens.keeping")
        from upverdict.tui.screens.keeping import NameAndNote

        await self._ask(id, NameAndNote)

    async def keep_decision(self, id: str, fact: str = "") -> None:
        """Have written what was decided in the end, how it turned out, and when to look again: perhaps if `fact`."""
        await imported("upverdict.tui.screens.keeping")
        from upverdict.tui.screens.keeping import Decision

        await self._ask(id, lambda debate: Decision(debate, fact))

    async def _ask(self, id: str, form: Callable[[Debate], Screen[None]]) -> None:
        try:
            debate = await asyncio.to_thread(self.library.debate, id)
        except UserError as e:
            self.tell(e)
            return
        await self.push_screen(form(debate))

    # -- out of the list, and back -------------------------------------------------------------------------------------

    async def archive_debate(self, id: str, away: bool) -> None:
        """Put a debate away, or take it back into the list."""
        from upverdict.core import shelving

        row = await self._row(id)
        if row is None or not await self.shelve(id, lambda debate: shelving.archived(debate.shelf, away)):
            return
        called = _called(row)
        if away:
            self._take_out(
                Taken("archived", id, called), f"Archived “{called}”. {key_of('library.undo')} takes it back."
            )
        else:
            for one in [one for one in self.taken if (one.how, one.id) == ("archived", id)]:
                self.taken.remove(one)
                self.take_back(one)
            self.notify(f"“{called}” is in the list again.")
        self._kept_changed("" if away else id)

    async def delete_debate(self, id: str) -> None:
        """Hide a debate until the program ends; then it is gone for good."""
        row = await self._row(id)
        if row is None:
            return
        if row.state == "running":
            self.notify("This debate is being held in another window. Close it there first.")
            return
        try:
            await (await self.store()).delete(id)
        except UserError as e:
            self.tell(e)
            return
        self.deleted.append((id, _called(row)))
        taken = Taken("deleted", id, _called(row))
        self._take_out(taken, f"Deleted “{taken.called}”. {key_of('library.undo')} brings it back.")
        self._kept_changed()

    async def undo(self) -> None:
        """Bring back the debate that was deleted or archived last."""
        if not self.taken:
            return
        taken = self.taken.pop()
        how, id, called = taken
        self.take_back(taken)
        if how == "archived":
            await self.archive_debate(id, away=False)
            return
        self.deleted = [one for one in self.deleted if one[0] != id]
        try:
            await (await self.store()).undelete(id)
        except UserError as e:
            self.tell(e)
            return
        self.notify(f"“{called}” is back.")
        self._kept_changed(id)

    def _take_out(self, taken: Taken, words: str) -> None:
        """It can be brought back, which is told until it is."""
        self.taken.append(taken)
        with self.told_by(taken):
            self.notify(words, timeout=8)

    async def _row(self, id: str) -> Row | None:
        """As the list shows it; None where it can't be read, which is told."""
        try:
            return await asyncio.to_thread(self.library.row, id)
        except UserError as e:
            self.tell(e)
            return None

    def _kept_changed(self, now_at: str = "") -> None:
        self.screen.refresh_bindings()
        if callable(refresh := getattr(self.screen, "refresh_list", None)):
            refresh(now_at)


def _called(row: Row) -> str:
    return fit(one_line(row.called), QUESTION_CELLS)
