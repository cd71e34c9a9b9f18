"""What the library shows: every debate that was kept, searched as one types, with a glance at the one at the cursor.

Knows no key, no SQL and no debate's order. Everything is read off the event loop; nothing here waits for a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from upverdict.core.errors import UserError
from upverdict.core.store.hits import Found, Hit
from upverdict.core.store.listing import Stock
from upverdict.core.store.reader import After, Library, Row, State
from upverdict.core.text import clean
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens.library_keys import FILTERS, Filter
from upverdict.tui.widgets.hit_list import HitList
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.library_list import LibraryList
from upverdict.tui.widgets.plain import count, one_line, today
from upverdict.tui.widgets.preview import Glance, Preview, glance
from upverdict.tui.widgets.row_list import RowList
from upverdict.tui.widgets.search_line import SearchInput, SearchLine
from upverdict.tui.widgets.title_line import TitleLine
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from upverdict.tui.shelf_services import ShelfServices
    from upverdict.tui.widgets.question import QuestionField

_PREVIEW_FROM = 100  # columns from which a debate is shown beside the list, not in a few rows below it

FIRST_QUESTION = "new"
"""Under which key an unsent question is kept: the form for a new debate takes it up too."""
READ_ONLY = "read-only: a newer upverdict wrote it"
CALLED = "The council is being called …"

T = TypeVar("T")


class LibraryView(Screen[None]):
    """`asleep` shows nothing of the file until the screen comes back to the front: a debate is about to begin.

    `columns` is how wide the terminal is, so that the first picture is right.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_PREVIEW_FROM, "-wide")]  # noqa: RUF012  Textual declares it so
    DEFAULT_CSS = """
    LibraryView {
        & > #body { height: 1fr; margin: 1 0 0 0; }
        & #list, & #hits { width: 3fr; }
        & #preview { width: 2fr; min-width: 38; display: none; border-left: vkey $foreground 20%; }
        &.-listing #preview { display: block; }
        &.-narrow > #body { layout: vertical; }
        &.-narrow #list, &.-narrow #hits, &.-narrow #empty { width: 1fr; height: 1fr; }
        &.-narrow #preview { width: 1fr; height: 5; padding: 0 1; border-left: none; border-top: hkey $foreground 20%;
            overflow-y: hidden; }
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
    AUTO_FOCUS = ""

    def __init__(self, *, asleep: bool = False, columns: int = 0) -> None:
        wide = "-wide" if columns >= _PREVIEW_FROM else "-narrow"  # as Textual will find, after it has drawn once
        super().__init__(classes=f"{wide} {'-asleep' if asleep else '-listing'}")
        # Held on to, since what is read off the event loop may come when the screen is being taken down.
        self.head = TitleLine("upverdict", id="title")
        self.search_line = SearchLine()
        self.debates = LibraryList(id="list")
        self.hits = HitList(id="hits")
        self.preview = Preview(id="preview")
        self.empty = Static("", id="empty", markup=False)
        self.sorry = Static(CALLED, id="sorry", markup=False)
        self._filter = 0
        self._tag = ""
        self._listed = (0, "")  # the filter and the tag by which the list is shown
        self._stock = Stock()
        self._wanted = ""  # the words of the search whose hits are or will be shown
        self._told, self._unclear = "", ""  # what of them was understood as a filter, what could not be
        self._offered = ""  # the debate at the cursor and its state, as the footer was told
        self._read = False
        self._covered = False

    @property
    def services(self) -> ShelfServices:
        return cast("ShelfServices", self.app)

    @property
    def library(self) -> Library:
        return self.services.library

    def compose(self) -> ComposeResult:
        yield self.head
        yield self.search_line
        with Horizontal(id="body"):
            yield self.debates
            yield self.hits
            yield self.empty
            yield self.preview
        yield self.sorry
        yield KeysLine()

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

    async def _read_file(self, read: Callable[..., T], *given: Any) -> T:
        """Read on a thread; ends the worker that waits for it when the screen is gone by then."""
        try:
            return await asyncio.to_thread(read, *given)
        finally:
            if not (self.is_running and self.app.is_running):
                raise asyncio.CancelledError

    def on_mount(self) -> None:
        if not self.has_class("-asleep"):
            self._wake()

    def _wake(self) -> None:
        self.remove_class("-asleep")
        self.add_class("-listing")
        self.debates.focus()
        stock, first = self.services.first_look() or (Stock(), [])
        if _any(stock):
            self._show_list(stock, first)
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
            (now_at, newest), self.services.back_at = self.services.back_at or ("", False), None
            self.refresh_list(now_at, newest=newest)

    def _begin_anew(self) -> None:
        self.run_worker(later(self._begin), group="begin", exclusive=True)

    async def _begin(self) -> None:
        """Read the list from its first row on, or say why that can't be."""
        try:
            stock = await self._read_file(self.library.stock, today())
        except UserError as e:
            self._sorry(e)
            return
        if _any(stock):
            self._show_list(stock)
        else:
            await self._welcome()

    def _show_list(self, stock: Stock, first: list[Row] | None = None) -> None:
        self._read = True
        self._stock = stock
        self._show_total()
        if self.has_class("-welcome") or self.has_class("-sorry"):
            self.remove_class("-welcome", "-sorry")
            self.debates.focus()
        self.add_class("-listing")
        self._listed = self._filter, self._tag
        whole = first if not self._filtered else None  # what was read first is the first page of all
        self.debates.show(partial(self._fetch, self.filter, self._tag), self._expected, whole)
        self.refresh_bindings()

    @property
    def filter(self) -> Filter:
        """Which debates are shown; beside it there may be a tag that they must have."""
        return FILTERS[self._filter]

    @property
    def _filtered(self) -> bool:
        return bool(self._filter or self._tag)

    @property
    def _expected(self) -> int:
        """How many rows there are, if that is known before they are read."""
        if self._tag or self.filter.states:
            return 0
        stock = self._stock
        return stock.due if self.filter.due else stock.archived if self.filter.archived else stock.listed

    async def _fetch(self, only: Filter, tag: str, after: After | None, limit: int) -> list[Row]:
        def read() -> list[Row]:
            tags, due = (tag,) * bool(tag), today() * only.due
            return self.library.page(after, limit, only.states or None, tags=tags, archived=only.archived, due=due)

        return await self._read_file(read)

    def refresh_list(self, now_at: str = "", *, newest: bool = False) -> None:
        """Read anew what is shown, and keep the place, or go to the debate with this id, which may be the `newest`."""
        self.run_worker(later(self._reread, now_at, newest), group="begin", exclusive=True)

    async def _reread(self, now_at: str, newest: bool) -> None:
        if _any(self._stock) and not self.has_class("-sorry"):
            try:
                self._stock = await self._read_file(self.library.stock, today())
            except UserError as e:
                self._sorry(e)
                return
        overtaken = self._listed != (self._filter, self._tag)  # by which the list is not shown yet
        if overtaken or not _any(self._stock) or self.has_class("-welcome") or self.has_class("-sorry"):
            await self._begin()
            return
        self._show_total()
        self.preview.forget()
        self.debates.reread(self._expected, now_at, newest=newest and not self._filtered)
        if self.searching:
            self._look(self._wanted)

    def _show_total(self) -> None:
        stock = self._stock
        words = [count(stock.listed, "debate")]
        if stock.due and not self.filter.due:
            words.append(f"{stock.due:,} due")
        if self._filtered:
            found = f": {self.debates.length:,}" if self.debates.complete else ""
            words.append(self._filter_words + found)
        if not _any(stock):
            words = ["no debate yet"]
        if self.services.read_only:
            words.append(READ_ONLY)
        self.head.aside = " · ".join(words)

    @property
    def _filter_words(self) -> str:
        """`only due, tagged work`."""
        return ", ".join(filter(None, (self.filter.words, f"tagged {one_line(self._tag)}" * bool(self._tag))))

    def _sorry(self, error: UserError) -> None:
        """The file can't be read: say so in place of the list, and what can be done."""
        self.remove_class("-welcome", "-none", "-searching")
        self.add_class("-sorry")
        self.head.aside = ""
        ways = f"{key_of('library.refresh')} tries again · {key_of('library.quit')} leaves"
        words = f"{one_line(str(error))}\n\n{ways}. Another file: upverdict --db FILE"
        self.sorry.update(Content.assemble(("The debates can't be shown.", "bold $text-error"), f"\n\n{words}"))
        self.set_focus(None)
        self.refresh_bindings()

    @on(LibraryList.Failed)
    def _list_failed(self, event: LibraryList.Failed) -> None:
        self._sorry(event.error)

    @on(LibraryList.Read)
    def _list_read(self) -> None:
        if self._filtered:
            self._show_total()
        self._show_nothing()
        self._offer()

    def _show_nothing(self) -> None:
        """Where nothing is to be shown, say what was looked for."""
        words = ""
        if self.searching and not self.hits.length:
            back = f"{key_of('library.back')} goes back to the list."
            wanted = f"“{one_line(self._wanted)}”"
            alone = f"Nothing asked, said, ruled or noted has {wanted} in it. "
            words = f"Nothing fits {wanted}. " if self._told else alone
            words += f"{self._unclear[:1].upper()}{self._unclear[1:]}. " * bool(self._unclear) + back
        elif not self.searching and self.debates.complete and not self.debates.length:
            words = self._why_none()
        if words:
            self.empty.update(words)
            self.preview.say("")
        self.set_class(bool(words), "-none")

    def _why_none(self) -> str:
        if not self._filtered:
            return f"Every debate is archived. {key_of('library.filter')} shows them."
        keys = [key_of("library.filter")] * bool(self._filter) + [key_of("library.tag")] * bool(self._tag)
        return f"No debate to show: {self._filter_words}. {' or '.join(keys)} shows others."

    async def _welcome(self) -> None:
        """An empty library: the screen is about the first debate."""
        from upverdict.tui.widgets.question import QuestionField
        from upverdict.tui.widgets.welcome import Welcome

        self._read, self._stock = True, Stock()
        self._show_total()
        known = self.query(Welcome)
        welcome = known.first() if known else Welcome()
        if not known:
            await self.mount(welcome, after="#body")
        self.remove_class("-listing", "-searching", "-none", "-sorry")
        self.add_class("-welcome")
        question = welcome.query_one(QuestionField)
        question.focus()
        self.refresh_bindings()
        await self._restore(question)
        here = await self.services.here()
        if welcome.is_attached:
            welcome.show(here)

    def on_question_field_ready(self, event: QuestionField.Ready) -> None:
        self.problem("")
        self.services.serve(self._start, event.text)

    async def _start(self, question: str) -> None:
        from upverdict.core.session import Order

        await self.services.start_debate(Order(question=question))

    async def _restore(self, question: QuestionField) -> None:
        """What was written and not started the last time, such as where nothing could answer yet."""
        try:
            kept = await self._read_file(self.library.draft, FIRST_QUESTION)
        except UserError:
            return  # a file that can't be read is told when a debate is to start
        if kept and not question.text:
            question.fill(clean(kept))

    async def keep_draft(self) -> None:
        """Keep what was written and not started."""
        if self.has_class("-welcome"):
            from upverdict.tui.widgets.question import QuestionField

            await self.services.keep_drafts({FIRST_QUESTION: self.query_one(QuestionField).text})

    async def forget_draft(self) -> None:
        """A debate was started with what was written here."""
        from upverdict.tui.widgets.question import QuestionField

        for field in self.query(QuestionField):
            field.clear()
            await self.services.keep_drafts({FIRST_QUESTION: ""})

    def problem(self, words: str) -> None:
        """Why no debate could be started, where the question is; as a notification where there is none."""
        from upverdict.tui.widgets.welcome import Welcome

        if self.has_class("-welcome"):
            self.query_one(Welcome).problem(words)
        elif words:
            self.notify(words, severity="error")

    def note(self, doing: str) -> None:
        """What is done before the debate begins that this screen waits for; nothing takes it away."""
        if self.has_class("-asleep"):
            self.sorry.update(one_line(doing) or CALLED)

    # Searching

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        self._look(event.value)

    def _look(self, words: str) -> None:
        """Search for these words; a search for others that still runs is interrupted."""
        self._wanted = words
        self.library.interrupt()
        if words.strip():
            self.hits.look(words, self._search)
            return
        self.hits.give_up()
        self._show_hits(False)
        self.search_line.say("")

    async def _search(self, words: str, limit: int, ranked: bool) -> Found:
        return await self._read_file(self.library.find, words, limit, ranked)

    @on(HitList.Came)
    def _hits_came(self, event: HitList.Came) -> None:
        if self._wanted.strip():
            self._told, self._unclear = event.told, event.unclear
            self._show_hits(event.asked)
            self.search_line.say(event.said)

    @on(HitList.Failed)
    def _search_failed(self, event: HitList.Failed) -> None:
        self.search_line.say("")
        self.notify(one_line(str(event.error)), title="The search failed", severity="error")

    def _show_hits(self, searching: bool) -> None:
        self.set_class(searching, "-searching")
        self._show_nothing()
        self._offer()
        self._glance()

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
        self._glance()

    def _offer(self) -> None:
        """Have the footer say what can be done with the debate at the cursor, if that has changed."""
        current = self.current
        offered = f"{current.id} {current.state} {is_archived(current)}" if current else ""
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _glance(self) -> None:
        """Have the debate at the cursor shown beside the list, where there is room for it."""
        if self.preview.display:
            current = self.current
            self.preview.want((current.id, current.state) if current else None, self._unfold)

    async def _unfold(self, id: str, state: State) -> Glance:
        return await self._read_file(lambda: glance(self.library.debate(id), state))

    def on_resize(self) -> None:
        self._glance()


def _any(stock: Stock) -> bool:
    """Whether anything is kept."""
    return bool(stock.listed or stock.archived)


def is_archived(row: Row | Hit | None) -> bool:
    """Whether the row at the cursor is put away."""
    return row is not None and row.archived
