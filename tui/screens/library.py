"""The library: every debate that was kept, searched as one types, with a glance at the one at the cursor.

Knows no SQL and no debate's order. Everything is read off the event loop; nothing here waits for a file.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from upverdict.core.errors import UserError
from upverdict.core.store.errors import Overtaken
from upverdict.core.store.reader import After, Hit, Library, Row, State
from upverdict.tui.widgets.hit_list import HitList
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.library_list import LibraryList
from upverdict.tui.widgets.plain import MUTED, count, one_line
from upverdict.tui.widgets.preview import Preview, glance
from upverdict.tui.widgets.row_list import RowList
from upverdict.tui.widgets.search_line import SearchInput, SearchLine
from upverdict.tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from upverdict.tui.app import UpverdictApp
    from upverdict.tui.widgets.question import QuestionField

FILTERS: tuple[tuple[tuple[State, ...], str], ...] = (
    ((), ""),
    (("interrupted",), "only interrupted"),
    (("failed",), "only without a verdict"),
    (("finished",), "only with a verdict"),
    (("running",), "only running elsewhere"),
)
"""What `s` goes through: the states that are shown, and how the first line says so."""
CAN_CONTINUE = ("interrupted", "failed")
HITS = 50
_PREVIEW_FROM = 100  # columns (ui.md asks for a preview only where there is room)
_REST_SECONDS = 0.06  # how long the cursor must rest before a debate is unfolded


class LibraryScreen(Screen[None]):
    """`asleep` shows nothing of the file until the screen comes back to the front: a debate is about to begin."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_PREVIEW_FROM, "-wide")]  # noqa: RUF012  Textual declares it so
    DEFAULT_CSS = """
    LibraryScreen {
        & > #body { height: 1fr; margin: 1 0 0 0; }
        & #list, & #hits { width: 3fr; }
        & #preview { width: 2fr; min-width: 38; display: none; border-left: vkey $foreground 20%; }
        &.-wide.-listing #preview { display: block; }
        & > Welcome, & #hits { display: none; }
        & #empty { display: none; width: 3fr; padding: 1 2; color: $text-muted; }
        & > #sorry { display: none; height: 1fr; padding: 1 2; }
        &.-searching #hits { display: block; }
        &.-searching #list { display: none; }
        &.-none #empty { display: block; }
        &.-none #list, &.-none #hits { display: none; }
        &.-welcome > #body, &.-sorry > #body, &.-asleep > #body { display: none; }
        &.-welcome > SearchLine, &.-sorry > SearchLine, &.-asleep > SearchLine { display: none; }
        &.-welcome > Welcome { display: block; }
        &.-sorry > #sorry, &.-asleep > #sorry { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="library.open", tooltip="Open the debate at the cursor"),
        Binding("n,ctrl+n", "new", "new", id="library.new", tooltip="Start a debate"),
        Binding("c", "continue", "continue", id="library.continue", tooltip="Ask only what the debate still lacks"),
        Binding("slash", "search", "search", id="library.search", tooltip="Find a debate by any word of it"),
        Binding("d", "delete", "delete", id="library.delete", tooltip="Delete the debate at the cursor"),
        Binding("u", "undo", "undo delete", id="library.undo", tooltip="Bring back what was deleted last"),
        Binding(
            "s", "filter", "state", id="library.filter", tooltip="Show only debates that stand so; again: otherwise"
        ),
        Binding("r", "refresh", "refresh", id="library.refresh", tooltip="Look what other windows have written"),
        Binding("escape", "back", "back", id="library.back", tooltip="End the search"),
        Binding("escape", "let_go", "leave", id="library.let_go", tooltip="Give the keys to the screen"),
        Binding("q", "app.quit", "quit", id="library.quit", tooltip="Leave the program"),
    ]
    AUTO_FOCUS = None

    def __init__(self, *, asleep: bool = False) -> None:
        super().__init__(classes="-asleep" if asleep else "-listing")
        self._filter = 0
        self._total = 0
        self._wanted = ""  # the words of the search whose hits are or will be shown
        self._offered = ""  # the debate at the cursor and its state, as the footer was told
        self._rest: Timer | None = None
        self._glancing = False
        self._read = False
        self._covered = False

    @property
    def upverdict(self) -> UpverdictApp:
        return cast("UpverdictApp", self.app)

    @property
    def library(self) -> Library:
        return self.upverdict.library

    def compose(self) -> ComposeResult:
        yield TitleLine("upverdict", id="title")
        yield SearchLine()
        with Horizontal(id="body"):
            yield LibraryList(id="list")
            yield HitList(id="hits")
            yield Static("", id="empty", markup=False)
            yield Preview(id="preview")
        yield Static("The council is being called …", id="sorry", markup=False)
        yield KeysLine()

    @property
    def debates(self) -> LibraryList:
        return self.query_one(LibraryList)

    @property
    def hits(self) -> HitList:
        return self.query_one(HitList)

    @property
    def searching(self) -> bool:
        return self.has_class("-searching")

    @property
    def current(self) -> Row | Hit | None:
        """The debate that keys are about."""
        if self.has_class("-welcome") or self.has_class("-sorry") or self.has_class("-asleep"):
            return None
        return self.hits.current if self.searching else self.debates.current

    # Reading the file

    def on_mount(self) -> None:
        if not self.has_class("-asleep"):
            self._wake()

    def _wake(self) -> None:
        self.remove_class("-asleep")
        self.add_class("-listing")
        self.debates.focus()
        total, first = self.upverdict.first_look() or (0, [])
        if total:
            self._show_list(total, first)
        else:
            self._begin_anew()

    def on_screen_suspend(self) -> None:
        self._covered = True

    def on_screen_resume(self) -> None:
        """Back from another screen: it may have changed what is kept."""
        if not self._covered:
            return
        self._covered = False
        if self.has_class("-asleep"):
            self._wake()
        elif self._read:
            self.refresh_list()

    def _begin_anew(self) -> None:
        self.run_worker(self._begin(), group="begin", exclusive=True)

    async def _begin(self) -> None:
        """Read the list from its first row on, or say why that can't be."""
        try:
            total = await asyncio.to_thread(self.library.count)
        except UserError as e:
            self._sorry(e)
            return
        if total:
            self._show_list(total)
        else:
            await self._welcome()

    def _show_list(self, total: int, first: list[Row] | None = None) -> None:
        self._read = True
        self._total = total
        self._show_total()
        if self.has_class("-welcome") or self.has_class("-sorry"):
            self.remove_class("-welcome", "-sorry")
            self.debates.focus()
        self.add_class("-listing")
        states = FILTERS[self._filter][0]
        self.debates.show(partial(self._fetch, states), 0 if states else total, first)
        self.refresh_bindings()

    async def _fetch(self, states: tuple[State, ...], after: After | None, limit: int) -> list[Row]:
        return await asyncio.to_thread(self.library.page, after, limit, states or None)

    def refresh_list(self) -> None:
        """Read anew what is shown, and keep the place."""
        self.run_worker(self._reread(), group="begin", exclusive=True)

    async def _reread(self) -> None:
        if self._total and not self.has_class("-sorry"):
            try:
                self._total = await asyncio.to_thread(self.library.count)
            except UserError as e:
                self._sorry(e)
                return
        if not self._total or self.has_class("-welcome") or self.has_class("-sorry"):
            await self._begin()
            return
        self._show_total()
        self.query_one(Preview).forget()
        self.debates.reread(0 if self._filter else self._total)
        if self.searching:
            self._look(self._wanted)

    def _show_total(self) -> None:
        words = [count(self._total, "debate")]
        if states := FILTERS[self._filter][1]:
            words.append(states + (f": {self.debates.length:,}" if self.debates.complete else ""))
        self.query_one(TitleLine).aside = " · ".join(words) if self._total or self._filter else "no debate yet"

    def _sorry(self, error: UserError) -> None:
        """The file can't be read: say so in place of the list, and what can be done."""
        self.remove_class("-welcome", "-none", "-searching")
        self.add_class("-sorry")
        self.query_one(TitleLine).aside = ""
        words = Content.assemble(
            ("The debates can't be shown.", "bold $text-error"),
            f"\n\n{one_line(str(error))}\n\n",
            ("r tries again · q leaves. Another file: upverdict --db FILE", MUTED),
        )
        self.query_one("#sorry", Static).update(words)
        self.set_focus(None)
        self.refresh_bindings()

    @on(LibraryList.Failed)
    def _list_failed(self, event: LibraryList.Failed) -> None:
        self._sorry(event.error)

    @on(LibraryList.Read)
    def _list_read(self) -> None:
        if self._filter:
            self._show_total()
        self._show_nothing()
        self._offer()

    def _show_nothing(self) -> None:
        """Where nothing is to be shown, say what was looked for."""
        words = ""
        if self.searching and not self.hits.length:
            words = f"Nothing asked, said or ruled has “{one_line(self._wanted)}” in it. Esc goes back to the list."
        elif not self.searching and self.debates.complete and not self.debates.length:
            words = f"No debate to show: {FILTERS[self._filter][1]}. s shows others."
        if words:
            self.query_one("#empty", Static).update(words)
            self.query_one(Preview).say("")
        self.set_class(bool(words), "-none")

    async def _welcome(self) -> None:
        """An empty library: the screen is about the first debate."""
        from upverdict.tui.widgets.question import QuestionField
        from upverdict.tui.widgets.welcome import Welcome

        self._read, self._total = True, 0
        self._show_total()
        if not self.query(Welcome):
            await self.mount(Welcome(), after="#body")
        self.remove_class("-listing", "-searching", "-none", "-sorry")
        self.add_class("-welcome")
        self.query_one(QuestionField).focus()
        self.refresh_bindings()
        self.query_one(Welcome).show(await self.upverdict.here())

    def on_question_field_ready(self, event: QuestionField.Ready) -> None:
        self.problem("")
        self.upverdict.serve(self._start(event.text))

    async def _start(self, question: str) -> None:
        from upverdict.core.session import Order

        await self.upverdict.start_debate(Order(question=question))

    def problem(self, words: str) -> None:
        """Why no debate could be started, where the question is; as a notification where there is none."""
        from upverdict.tui.widgets.welcome import Welcome

        if self.has_class("-welcome"):
            self.query_one(Welcome).problem(words)
        elif words:
            self.notify(words, severity="error", markup=False)

    # Searching

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        self._look(event.value)

    def _look(self, words: str) -> None:
        """Search for these words; a search for others that still runs is interrupted."""
        self._wanted = words
        self.library.interrupt()
        if not words.strip():
            self.workers.cancel_group(self, "search")
            self._show_hits(False)
            self.query_one(SearchLine).say("")
            return
        self.run_worker(self._search(words), group="search", exclusive=True)

    async def _search(self, words: str) -> None:
        """The newest hits at once, the best ones when they are ready."""
        line = self.query_one(SearchLine)
        try:
            newest = await asyncio.to_thread(self.library.search, words, HITS)
            if words != self._wanted:
                return
            self.hits.begin(newest)
            self._show_hits(True)
            line.say(_found(newest, "newest first") if newest else "nothing found")
            if len(newest) > 1:
                best = await asyncio.to_thread(self.library.search, words, HITS, True)
                if words == self._wanted:
                    self.hits.rank(best)
                    line.say(_found(best, "best first"))
        except Overtaken:
            return
        except UserError as e:
            if words == self._wanted:
                line.say("")
                self.notify(one_line(str(e)), title="The search failed", severity="error", markup=False)

    def _show_hits(self, searching: bool) -> None:
        self.set_class(searching, "-searching")
        self._show_nothing()
        self._offer()
        self._glance_soon()

    @on(Input.Submitted, "#words")
    def _entered(self) -> None:
        if self.searching:
            self.hits.choose()

    @on(SearchInput.Move)
    def _move_hits(self, event: SearchInput.Move) -> None:
        target: RowList = self.hits if self.searching else self.debates
        (target.action_move if event.how == "move" else target.action_move_page)(event.by)

    # The debate at the cursor

    @on(RowList.Moved)
    def _moved(self) -> None:
        self._offer()
        self._glance_soon()

    def _offer(self) -> None:
        """Have the footer say what can be done with the debate at the cursor, if that has changed."""
        current = self.current
        offered = f"{current.id} {current.state}" if current else ""
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _glance_soon(self) -> None:
        """Show the debate at the cursor beside the list when the cursor rests."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST_SECONDS, self._glance)

    def _glance(self) -> None:
        if not self._glancing and self.query_one(Preview).display:
            self.run_worker(self._unfold(), group="glance")

    async def _unfold(self) -> None:
        """Load what is at the cursor, and go on while the cursor has moved meanwhile: never two loads at once."""
        preview = self.query_one(Preview)
        self._glancing = True
        try:
            while (row := self.current) is not None and preview.shown != row.id:
                try:
                    seen = await asyncio.to_thread(
                        lambda id, state: glance(self.library.debate(id), state), row.id, row.state
                    )
                except UserError as e:
                    preview.say(one_line(str(e)))
                    return
                if (now := self.current) is not None and now.id == row.id:
                    preview.show(seen)
        finally:
            self._glancing = False

    def on_resize(self) -> None:
        self._glance_soon()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        current = self.current
        match action:
            case "open" | "delete":
                return current is not None
            case "continue":
                return current is not None and current.state in CAN_CONTINUE
            case "undo":
                return bool(self.upverdict.deleted)
            case "search" | "filter":
                return self._read and not self.has_class("-welcome") and not self.has_class("-sorry")
            case "back":
                return self.searching or isinstance(self.focused, SearchInput)
            case "let_go":
                return self.has_class("-welcome") and self.focused is not None
            case "refresh":
                return not self.has_class("-asleep")
        return True

    @on(RowList.Chosen)
    def action_open(self) -> None:
        if isinstance(current := self.current, Hit):
            self.upverdict.serve(self.upverdict.open_debate(current.id, current.statement, current.snippet))
        elif current is not None:
            self.upverdict.serve(self.upverdict.open_debate(current.id))

    def action_new(self) -> None:
        self.upverdict.serve(self.upverdict.new_debate())

    def action_continue(self) -> None:
        if (current := self.current) is not None:
            self.upverdict.serve(self.upverdict.continue_debate(current.id))

    def action_search(self) -> None:
        self.query_one(SearchLine).take_keys()

    def action_back(self) -> None:
        self.query_one(SearchLine).clear()
        self.debates.focus()

    def action_let_go(self) -> None:
        self.set_focus(None)

    def action_refresh(self) -> None:
        self.refresh_list()

    def action_filter(self) -> None:
        self._filter = (self._filter + 1) % len(FILTERS)
        self.query_one(SearchLine).clear()
        self.debates.focus()
        self._begin_anew()

    def action_delete(self) -> None:
        if (current := self.current) is not None:
            self.run_worker(self._delete(current), group="delete")

    async def _delete(self, row: Row | Hit) -> None:
        from upverdict.tui.screens.dialog import Confirm

        ask = f"Delete “{one_line(row.question)}”?"
        more = "u brings it back until you leave the program."
        if await self.app.push_screen_wait(Confirm(ask, more, yes="Delete", no="Keep", danger=True)):
            await self.upverdict.delete_debate(row.id)

    def action_undo(self) -> None:
        self.upverdict.serve(self.upverdict.undo_delete())


def _found(hits: list[Hit], order: str) -> str:
    return f"{len(hits)}{'+' if len(hits) == HITS else ''} found, {order}" if len(hits) > 1 else "1 found"
