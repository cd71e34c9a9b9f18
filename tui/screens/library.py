"""The library: what it shows (`library_view.py`), with the keys that do something to the debate at the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from upverdict.core.store.hits import Hit
from upverdict.core.store.reader import Row
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens import library_keys
from upverdict.tui.screens.library_keys import FILTERS, Facts, Filter
from upverdict.tui.screens.library_view import LibraryView, is_archived
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.row_list import RowList
from upverdict.tui.widgets.search_line import SearchInput
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from upverdict.core.export import Form


class LibraryScreen(LibraryView):
    """What can be done in the library, and when."""

    BINDINGS: ClassVar[list[BindingType]] = library_keys.BINDINGS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        current = self.current
        facts = Facts(
            reading=self._read and not self.has_class("-welcome") and not self.has_class("-sorry"),
            welcome=self.has_class("-welcome"),
            state=current.state if current else None,
            archived=is_archived(current),
            taken=bool(self.services.taken),
            searching=self.searching or isinstance(self.focused, SearchInput),
            typing=isinstance(self.focused, SearchInput),
            in_field=self.focused is not None,
            read_only=self.services.read_only,
        )
        return library_keys.enabled(action, facts)

    @on(RowList.Chosen)
    def action_open(self) -> None:
        if isinstance(current := self.current, Hit):
            self.services.serve(self.services.open_debate, current.id, current.statement, current.snippet)
        elif current is not None:
            self.services.serve(self.services.open_debate, current.id)

    def action_new(self) -> None:
        self.services.serve(self.services.new_debate)

    def action_continue(self) -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.continue_debate, current.id)

    def action_replay(self) -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.replay_debate, current.id)

    def action_export(self, form: Form = "md") -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.export_debate, current.id, form)

    def action_search(self) -> None:
        self.search_line.take_keys()

    def action_back(self) -> None:
        self.search_line.clear()
        self.debates.focus()

    def action_let_go(self) -> None:
        self.set_focus(None)

    def action_refresh(self) -> None:
        self.refresh_list()

    def action_filter(self) -> None:
        shown = [n for n, one in enumerate(FILTERS) if self._has(one)]
        self._filter = next((n for n in shown if n > self._filter), 0)
        self._show_filtered()

    def _has(self, only: Filter) -> bool:
        """Whether there is something to be seen by it: what is due, and what is archived, mostly there is none."""
        return bool(self._stock.due if only.due else self._stock.archived if only.archived else True)

    def action_by_tag(self) -> None:
        def chosen(tag: str | None) -> None:
            if tag is not None and tag != self._tag:
                self._tag = tag
                self._show_filtered()

        self.services.serve(self.services.choose_tag, self._tag, chosen)

    def _show_filtered(self) -> None:
        self.search_line.clear()
        self.debates.focus()
        self._begin_anew()

    def action_keep_tags(self) -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.keep_tags, current.id)

    def action_keep_name(self) -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.keep_name, current.id)

    def action_keep_decision(self) -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.keep_decision, current.id)

    def action_archive(self) -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.archive_debate, current.id, away=True)

    def action_unarchive(self) -> None:
        if (current := self.current) is not None:
            self.services.serve(self.services.archive_debate, current.id, away=False)

    def action_delete(self) -> None:
        # While a box comes up, what is typed for it still comes here: “dy” in a tag must not delete a debate.
        if (current := self.current) is not None and not self.services.serving:
            self.run_worker(later(self._delete, current), group="delete")

    async def _delete(self, row: Row | Hit) -> None:
        from upverdict.tui.screens.dialog import Confirm

        named = one_line(row.called)
        ask = f"Delete “{named}”{'' if named.endswith(('?', '？')) else '?'}"
        undo = key_of("library.undo")
        more = f"Until you leave the program, {undo} brings it back. After that it is gone for good."
        if await self.app.push_screen_wait(Confirm(ask, more, yes="Delete", no="Keep", danger=True)):
            await self.services.delete_debate(row.id)

    def action_undo(self) -> None:
        self.services.serve(self.services.undo)
