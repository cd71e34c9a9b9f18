"""Which tags a debate has, and by which tag the library is filtered. Knows no file: the app keeps what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Protocol, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ScreenResultType
from textual.widgets import Input, Static

from upverdict.core import shelving
from upverdict.core.debate import Debate
from upverdict.core.errors import UserError
from upverdict.core.events import Event
from upverdict.tui.screens.box import BoxScreen
from upverdict.tui.widgets.choice_list import Choice, ChoiceList
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.line_input import LineInput
from upverdict.tui.widgets.plain import count, one_line
from upverdict.tui.widgets.question import FIELD_BY_FIELD
from upverdict.tui.widgets.told import Told
from upverdict.tui.workers import later

MOST_ROWS = 200
"""Tags that are listed; of more, those that are used most, and those with the letters that are written."""


class Host(Protocol):
    """What these screens ask of the app that shows them."""

    async def shelve(self, id: str, wish: Callable[[Debate], Sequence[Event]]) -> bool: ...


class TagBox(BoxScreen[ScreenResultType]):
    """A line to write in, over a list of tags: what is written shortens the list."""

    DEFAULT_CSS = """
    TagBox {
        & > #box { width: 60; padding: 1 2 0 2; }
        & #about { color: $text-muted; width: 1fr; height: auto; max-height: 2; margin: 0 0 1 0; }
        & Input { width: 1fr; background: $background; }
        & #choices { max-height: 14; margin: 1 0; }
        & #problem { margin: 0 0 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "choose", id="tags.take", tooltip="Take what is written, or the row"),
        Binding("escape", "close", "close", id="tags.close", tooltip="Back"),
        *FIELD_BY_FIELD,
    ]
    AUTO_FOCUS = ""
    MANY: ClassVar[bool] = True

    def __init__(self, title: str, about: str, known: Iterable[tuple[str, int]]) -> None:
        super().__init__()
        self._title, self._about = title, about
        self._known = list(known)

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = self._title
            yield Static(self._about, id="about", markup=False)
            yield LineInput(placeholder=self.placeholder, compact=True, id="words")
            yield ChoiceList(many=self.MANY, id="choices")
            yield Told("problem")
        yield KeysLine()

    @property
    def placeholder(self) -> str:
        """What the line is for."""
        return "Some letters of a tag"

    @property
    def line(self) -> Input:
        return self.query_one("#words", Input)

    @property
    def rows(self) -> ChoiceList:
        return self.query_one(ChoiceList)

    def on_mount(self) -> None:
        self._list()
        self.line.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "down" and self.line.has_focus and self.rows.length:
            self.rows.focus()

    @on(Input.Changed)
    def _typed(self) -> None:
        self.problem("")
        self._list()

    def _list(self) -> None:
        """The rows with what is written in them."""
        wanted = one_line(self.line.value).lower().lstrip("# ")
        self.rows.offer([c for c in self.choices() if wanted in c.value][:MOST_ROWS], self.chosen())

    def choices(self) -> list[Choice]:
        """All rows."""
        return [Choice(tag, one_line(tag), count(number, "debate")) for tag, number in self._known]

    def chosen(self) -> Sequence[str]:
        """Which of them are marked."""
        return ()

    def problem(self, words: str) -> None:
        """Why it can't be; none takes it away."""
        self.query_one(Told).say(words)

    def clicked_beside(self) -> None:
        self.action_close()

    def action_take(self) -> None:
        """Where the keys are."""
        raise NotImplementedError

    def action_close(self) -> None:
        self.dismiss(None)


class TagsScreen(TagBox[None]):
    """The tags of a debate, among those that others have. Each is kept as soon as it is chosen."""

    def __init__(self, debate: Debate, known: Iterable[tuple[str, int]]) -> None:
        super().__init__("Tags", one_line(debate.title), known)
        self._debate_id: str = debate.id
        self._tags = debate.shelf.tags

    @property
    def placeholder(self) -> str:
        return "A tag, or several with commas between them"

    def choices(self) -> list[Choice]:
        used = dict(self._known)
        known = [tag for tag, _ in self._known if tag not in self._tags]
        rows = [(tag, used.get(tag, 0)) for tag in (*self._tags, *known)]
        return [Choice(tag, one_line(tag), count(n, "debate") if n else "") for tag, n in rows]

    def chosen(self) -> Sequence[str]:
        return self._tags

    def take_shelf(self, debate: Debate) -> None:
        """How the debate is kept now."""
        if debate.id == self._debate_id:
            self._known += [(tag, 0) for tag in self._tags if tag not in dict(self._known)]
            self._tags = debate.shelf.tags
            self._list()

    def action_take(self) -> None:
        """In the line, add what is written; in the list, choose the row, or not."""
        if not self.line.has_focus:
            self.rows.action_choose()
        elif not self.line.value.strip():
            self.rows.focus()
        else:
            try:
                more = shelving.tags([self.line.value])
            except UserError as e:
                self.problem(str(e))
                return
            self.line.value = ""
            self._keep(more, ())

    @on(ChoiceList.Picked)
    def _picked(self) -> None:
        if (row := self.rows.current) is not None:
            away = row.value in self._tags
            self._keep(() if away else (row.value,), (row.value,) if away else ())

    def _keep(self, add: Sequence[str], remove: Sequence[str]) -> None:
        """One after the other: what is pressed quickly is not lost."""
        self.problem("")

        def wish(debate: Debate) -> Sequence[Event]:
            there = [tag for tag in remove if tag in debate.shelf.tags]
            return shelving.tagged(debate.shelf, add, there)

        self.app.run_worker(later(self._kept, wish), group="tags")  # the box may be closed before it is written

    async def _kept(self, wish: Callable[[Debate], Sequence[Event]]) -> None:
        if not await cast("Host", self.app).shelve(self._debate_id, wish) and self.is_attached:
            self._list()


class TagFilter(TagBox[str | None]):
    """By which tag the library is filtered: the tag, `""` for all debates, None for as it was, which is `now`."""

    MANY = False

    def __init__(self, known: Iterable[tuple[str, int]], now: str) -> None:
        super().__init__("Only debates with a tag", "The filter by state stays as it is.", known)
        self._now = now

    def choices(self) -> list[Choice]:
        return [Choice("", "All debates"), *super().choices()]

    def chosen(self) -> Sequence[str]:
        return (self._now,)

    def action_take(self) -> None:
        """In the line, the first row that has what is written; in the list, the row."""
        if self.line.has_focus and not self.line.value.strip():
            self.rows.focus()
        elif self.rows.current is not None:
            self.dismiss(self.rows.current.value)

    @on(ChoiceList.Picked)
    def _picked(self) -> None:
        if self.rows.current is not None:
            self.dismiss(self.rows.current.value)
