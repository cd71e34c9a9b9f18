"""A search and what it found: two lines a debate, the question and the place that shows why. Knows no store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.message import Message

from upverdict.core.errors import UserError
from upverdict.core.store.errors import Overtaken
from upverdict.core.store.hits import Found, Hit
from upverdict.tui.widgets.library_list import STATE_LOOKS, standing
from upverdict.tui.widgets.plain import fit, one_line, window
from upverdict.tui.widgets.row_list import Part, RowList
from upverdict.tui.workers import later

HITS = 50
"""Hits that a search asks for: what is not among them wants better words, not scrolling."""
_GAP = 2

Search = Callable[[str, int, bool], Awaitable[Found]]
"""Finds words: at most so many hits, the newest first or the best first. Raises Overtaken, UserError."""


class HitList(RowList):
    """Hits, with the words that match picked out of a snippet. `look` finds them."""

    class Came(Message):
        """Hits are there, in an order that `said` tells of. `asked` is whether there was anything to look for."""

        def __init__(self, found: Found, order: str) -> None:
            super().__init__()
            meaning = found.meaning
            self.asked = not meaning.empty or not meaning.unclear
            self.told, self.unclear = (one_line(" · ".join(words)) for words in (meaning.told, meaning.unclear))
            counted = _found(found.hits, order) if self.asked else ""
            unclear = self.unclear if found.hits or not self.asked else ""  # else it is told at length
            self.said = " · ".join(filter(None, (counted, self.told, unclear)))

    class Failed(Message):
        """The file can't be searched."""

        def __init__(self, error: UserError) -> None:
            super().__init__()
            self.error = error

    ROW_HEIGHT = 2
    DEFAULT_CSS: ClassVar[str] = """
    HitList { height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hits: list[Hit] = []
        self._moved = False
        self._now = datetime.now().astimezone()

    @property
    def hits(self) -> Sequence[Hit]:
        return self._hits

    @property
    def current(self) -> Hit | None:
        """The hit at the cursor."""
        return self._hits[self.cursor] if self._hits else None

    def look(self, words: str, search: Search) -> None:
        """The newest hits at once, the best ones when they are ready. What is still being looked for is given up."""
        self.run_worker(later(self._look, words, search), group="search", exclusive=True)

    def give_up(self) -> None:
        """Nothing is looked for any more."""
        self.workers.cancel_group(self, "search")

    async def _look(self, words: str, search: Search) -> None:
        try:
            newest = await search(words, HITS, False)
            self.begin(newest.hits)
            self.post_message(self.Came(newest, "newest first"))
            if len(newest.hits) > 1 and newest.meaning.match:
                best = await search(words, HITS, True)
                self.rank(best.hits)
                self.post_message(self.Came(best, "best first"))
        except Overtaken:
            return
        except UserError as e:
            self.post_message(self.Failed(e))

    def begin(self, hits: Sequence[Hit]) -> None:
        """The hits of other words: from the first one on."""
        self._moved = False
        self._show(hits, 0)

    def rank(self, hits: Sequence[Hit]) -> None:
        """The same search in another order. A cursor that the user has moved stays on its debate."""
        current = self.current
        places = {hit.id: place for place, hit in enumerate(hits)}
        kept = places.get(current.id, 0) if current is not None and self._moved else 0
        moved = self._moved
        self._show(hits, kept)
        self._moved = moved

    def _show(self, hits: Sequence[Hit], cursor: int) -> None:
        self._hits = list(hits)
        self._now = datetime.now().astimezone()
        self.set_length(len(self._hits))
        if cursor != self.cursor:
            self.cursor = cursor
        else:
            self.show_cursor()
            self.post_message(self.Moved(self))

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        self._moved = True

    def parts(self, index: int, line: int, width: int) -> Sequence[Part]:
        hit = self._hits[index]
        return self._title(hit, width - 1) if line == 0 else self._snippet(hit, width - 1)

    def _title(self, hit: Hit, width: int) -> Sequence[Part]:
        word, old = standing(hit.state, hit.created_at, self._now, width)
        room = width - (cell_len(word + old) + _GAP if word else 0)
        away = "  archived" if hit.archived else ""
        question = fit(one_line(hit.called), room - len(away))
        gap = " " * max(0, width - cell_len(question + away + word + old))
        return (
            Part(question, "strong"),
            Part(away, "muted"),
            Part(gap),
            Part(word, STATE_LOOKS.get(hit.state, "")),
            Part(old, "muted"),
        )

    def _snippet(self, hit: Hit, width: int) -> Sequence[Part]:
        where = f"  {fit(one_line(hit.name) if hit.where == 'statement' else hit.where, 22)}: "
        more = f"  +{hit.more}" if hit.more else ""
        text, spans = window(hit.snippet, hit.spans, width - cell_len(where + more))
        parts = [Part(where, "muted")]
        done = 0
        for begin, end in spans:
            parts += [Part(one_piece(text[done:begin]), "muted"), Part(one_piece(text[begin:end]), "match")]
            done = end
        return (*parts, Part(one_piece(text[done:]), "muted"), Part(more, "muted"))


def _found(hits: Sequence[Hit], order: str) -> str:
    if len(hits) < 2:
        return "1 found" if hits else "nothing found"
    return f"{len(hits)}{'+' if len(hits) == HITS else ''} found, {order}"


def one_piece(text: str) -> str:
    """A piece of a line without what acts on a terminal; the spaces at its ends are kept."""
    inner = one_line(text)
    if not inner:
        return " " if text else ""
    return " " * text[0].isspace() + inner + " " * text[-1].isspace()
