"""Who sits in a new debate, and with which model each of them and the judge answer. Knows no debate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from upverdict.personas.loader import COUNCIL_MAX, COUNCIL_MIN, CouncilError, Persona, council
from upverdict.tui.keyboard import key_of
from upverdict.tui.widgets.choice_list import Choice, ChoiceList
from upverdict.tui.widgets.found import Here
from upverdict.tui.widgets.plain import one_line


class CouncilField(ChoiceList):
    """The personas, each chosen or not, then the judge, who always sits. `m` asks for the model of one of them.

    Behind a name stands what it is asked with, where that is something of its own.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "ask_model", "model", id="council.model", tooltip="Say who answers for the voice at the cursor"),
    ]

    class ModelWanted(ChoiceList.Moved):
        """Somebody wants to say who answers for the voice at the cursor."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(many=True, id=id)
        self._here: Here | None = None
        self._apart: Mapping[str, str] = {}
        self._own: dict[str, str] = {}

    @property
    def own(self) -> dict[str, str]:
        """By voice, what the user has chosen here: `MODEL`, `MODEL@ENDPOINT` or `@ENDPOINT`; of those who sit."""
        sitting = {*self.chosen, *(c.value for c in self._choices if c.fixed)}
        return {voice: words for voice, words in self._own.items() if voice in sitting}

    @property
    def given(self) -> dict[str, str]:
        """The same, of all for whom it was said."""
        return dict(self._own)

    def own_of(self, voice: str) -> str:
        return self._own.get(voice, "")

    def apart_of(self, voice: str) -> str:
        return self._apart.get(voice, "")

    def seat(self, here: Here) -> None:
        """Those who can sit; those who sit stay there."""
        seated = self.chosen if self._here is not None else here.seated
        self._here = here
        self._offer(seated)

    def tell(self, apart: Mapping[str, str]) -> None:
        """Who is asked with something of their own, for whatever reason."""
        if dict(apart) != self._apart:
            self._apart = dict(apart)
            self._redraw()

    def give(self, voice: str, words: str) -> None:
        """The user has said who answers for a voice; empty: as usual."""
        self._own.pop(voice, None)
        if words:
            self._own[voice] = words
        self._apart = {v: w for v, w in self._apart.items() if v != voice}
        self._redraw()
        self.post_message(self.Changed(self))

    def go_to(self, voice: str) -> None:
        """Put the cursor on the row of a voice."""
        if voice in self.values:
            self.cursor = self.values.index(voice)

    def _offer(self, seated: tuple[str, ...]) -> None:
        if self._here is not None:
            self.offer(self._rows(self._here), seated)

    def _redraw(self) -> None:
        if self._here is not None:
            self._choices = self._rows(self._here)
            self.refresh()

    def _rows(self, here: Here) -> list[Choice]:
        rows = [self._row(p) for p in here.personas]
        return rows + ([self._row(here.judge, fixed=True)] if here.judge else [])

    def _row(self, persona: Persona, *, fixed: bool = False) -> Choice:
        own = " @ ".join(part.strip() for part in self._own.get(persona.slug, "").rsplit("@", 1)).strip()
        return Choice(
            persona.slug,
            one_line(persona.name),
            one_line(persona.tagline),
            persona.letter,
            persona.colour,
            fixed=fixed,
            aside=one_line(self._apart.get(persona.slug, "") or own),
        )

    def action_ask_model(self) -> None:
        if self.current is not None:
            self.post_message(self.ModelWanted(self))

    def wrong(self) -> str:
        """What is wrong with the council, in a sentence."""
        if self._here is None or self._here.trouble:
            return self._here.trouble if self._here else ""
        if not COUNCIL_MIN <= len(self.chosen) <= COUNCIL_MAX:
            many = len(self.chosen)
            return (
                f"A council has {COUNCIL_MIN} to {COUNCIL_MAX} voices; {many or 'none'} {'is' if many < 2 else 'are'} "
                f"chosen. {key_of('choice.choose')} chooses."
            )
        try:
            council({p.slug: p for p in self._here.personas}, self.chosen)
        except CouncilError as e:
            return one_line(str(e))
        return ""
