"""What was decided before on something alike, to be given to the council. Out of sight where nothing was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from upverdict.core.past import named
from upverdict.tui.widgets.choice_list import Choice, ChoiceList
from upverdict.tui.widgets.plain import age, one_line

if TYPE_CHECKING:
    from upverdict.core.store.reader import Related

NOTE = "Verdicts of before: choose one, and the council says if it still holds."


class PastField(Vertical):
    """`offer` what there is; `sources` are those that were chosen, each as it is named among sources."""

    DEFAULT_CSS = """
    PastField {
        display: none;
        height: auto;
        &.-offered { display: block; }
        & > Static { color: $text-muted; height: auto; padding: 0 2; }
        & > ChoiceList { padding: 0 1; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(NOTE, markup=False)
        yield ChoiceList(many=True, id="past")

    def offer(self, found: Sequence[Related]) -> None:
        """These, the nearest first. What was chosen stays chosen while it is among them."""
        rows = [one.row for one in found]
        now = datetime.now().astimezone()
        choices = [
            Choice(row.id, age(row.created_at, now), f"{one_line(row.question)} — {one_line(row.headline)}")
            for row in rows
        ]
        listed = self._list
        if listed.values == tuple(c.value for c in choices):
            return
        listed.offer(choices, listed.chosen)
        self.set_class(bool(choices), "-offered")

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(map(named, self._list.chosen))

    @property
    def _list(self) -> ChoiceList:
        return self.query_one(ChoiceList)
