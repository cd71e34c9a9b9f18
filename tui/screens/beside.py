"""Sentences beside the fields of a form: what is wrong there, until they are filled in otherwise. Knows no field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widget import Widget

from upverdict.tui.widgets.told import Told


class Beside:
    """By place; the sentence of a place is said in the `Told` of the id `PLACE-wrong`, the form scrolls in `#form`.

    `stands` gives what the sentence of each place hangs on, as that is filled in now.
    """

    def __init__(self, form: Screen[Any], stands: Callable[[], Mapping[str, object]]) -> None:
        self._form = form
        self._stands = stands
        self._blamed: dict[str, object] = {}
        """By place that a sentence stands beside, as what its field stood when that was said."""

    def say(self, place: str, words: str) -> None:
        """A sentence beside a field; none takes it away."""
        self._line(place).say(words)
        self._blamed.pop(place, None)
        if words:
            self._blamed[place] = self._stands()[place]

    def changed(self) -> None:
        """Take away what was said beside fields that are filled in otherwise by now."""
        if self._blamed:
            now = self._stands()
            for place in [p for p, then in self._blamed.items() if now[p] != then]:
                self.say(place, "")

    def stay(self) -> None:
        """What is filled in otherwise by now nobody has mended: all that is said stays."""
        now = self._stands()
        self._blamed = {place: now[place] for place in self._blamed}

    def show(self, place: str, *fields: Widget) -> None:
        """Bring the sentence of a place and these in sight: the last one whatever there is no room for.

        With a scrollbar beside them, all are laid out anew first.
        """
        self._form.call_after_refresh(self._form.call_after_refresh, self._scroll_to, self._line(place), *fields)

    def _scroll_to(self, *parts: Widget) -> None:
        form = self._form.query_one("#form", VerticalScroll)
        for part in parts:
            form.scroll_to_widget(part, animate=False, force=True, immediate=True)

    def _line(self, place: str) -> Told:
        return self._form.query_one(f"#{place}-wrong", Told)
