"""Takes words from the panes into the composer: what the mouse has selected, else the chosen sentence."""

from __future__ import annotations

from upverdict.core import quoting
from upverdict.core.folded import Statement
from upverdict.core.text import Span
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.widgets.composer import Composer


class Quoter:
    """Of one screen with its composer."""

    def __init__(self, screen: DebateView, composer: Composer) -> None:
        self._screen = screen
        self._composer = composer

    def quote(self) -> bool:
        """Whether words were taken over. Where neither words nor a sentence are chosen, a sentence is: the next press
        quotes it.
        """
        pane = self._screen.pane_at_hand
        if self._screen.selections:
            found = [said for pane in self._screen.council.panes for said in pane.selected()]
            if len(found) == 1:
                return self._take(*found[0])
            self._screen.notify("To be quoted, words are selected within one statement.")
        elif pane.chosen is not None:
            return self._take(*pane.chosen)
        else:
            self._screen.action_sentence(0)
            if (id := pane.chosen_id) is not None:
                before, after = key_of("debate.sentence.before"), key_of("debate.sentence.after")
                self._screen.notify(
                    f"{id} is chosen: {key_of('debate.quote')} quotes it. {before} or {after}: another."
                )
        return False

    def _take(self, statement: Statement, span: Span) -> bool:
        words = quoting.attributed(self._screen.debate, statement, span)
        if not words:
            self._screen.notify("There is no word in what is selected.")
            return False
        self._composer.quote(words)
        self._screen.clear_selection()
        return True
