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
        self._watching = False
        self._shown: tuple[Widget, ...] = ()
        self._stood: tuple[object, ...] = ()
        """The size of the form and where in it those shown stood when it was scrolled to them."""

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
                self._shown = ()
                self.say(place, "")

    def stay(self) -> None:
        """What is filled in otherwise by now nobody has mended: all that is said stays."""
        now = self._stands()
        self._blamed = {place: now[place] for place in self._blamed}

    def show(self, place: str, *fields: Widget) -> None:
        """Bring the sentence of a place and these in sight: the last one whatever there is no room for.

        What was said and taken away is laid out first, with a scrollbar beside it once more: it is done anew whenever
        they stand elsewhere, until another field has the keys or what was said is mended.
        """
        if not self._watching:
            self._watching = True
            self._form.screen_layout_refresh_signal.subscribe(self._form, lambda _: self._scroll())
        self._shown, self._stood = (self._line(place), *fields), ()
        self._form.call_after_refresh(self._scroll)

    def taken(self, by: Widget) -> None:
        """Something has the keys now: where that is another field, what is in sight stays where it is."""
        if not any(part in by.ancestors_with_self for part in self._shown):
            self._shown = ()

    def _scroll(self) -> None:
        form = self._form.query_one("#form", VerticalScroll)
        stand = (form.size, *(part.region.translate(form.scroll_offset) for part in self._shown))
        if stand == self._stood:
            return  # the form was scrolled, by us or by the user
        self._stood = stand
        for part in self._shown:
            form.scroll_to_widget(part, animate=False, force=True, immediate=True)

    def _line(self, place: str) -> Told:
        return self._form.query_one(f"#{place}-wrong", Told)
