"""Who speaks on a page of HTML and where their words stand: letters, colours, anchors, links. Pure; reads the fold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from upverdict.core import events as ev
from upverdict.core import inks
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement
from upverdict.core.html_parts import Html, el, joined, to
from upverdict.core.html_prose import Sentence, prose, spans, styled
from upverdict.core.rulings import PullQuote
from upverdict.core.text import clean
from upverdict.core.text import sentences as split
from upverdict.core.tongue import tongue

LIGHT = (inks.parsed("#fbfaf7"), inks.parsed("#f3f0e9"), inks.parsed("#fff2b8"))
DARK = (inks.parsed("#17181b"), inks.parsed("#212327"), inks.parsed("#4a3d12"))
"""What words stand on, by day and by night: the page's ground, a raised one, and a marked one (`html_page.css`)."""

_ID = re.compile(r"[A-Za-z][0-9]{1,4}")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_USER_CLASS = "vy"


class Voices:
    """The voices of one debate, and where everything that they said stands on its page."""

    def __init__(self, debate: Debate) -> None:
        self.debate = debate
        seats = [*debate.council, debate.judge] if debate.judge else [*debate.council]
        self._seats = {seat.voice: f"v{n}" for n, seat in enumerate(seats, 1)}
        self._anchors = {id: id if _ID.fullmatch(id) else f"statement-{n}" for n, id in enumerate(debate.statements, 1)}
        self._sources = {id: f"source-{n}" for n, id in enumerate(debate.sources, 1)}
        self._spans = {s.id: s.spans or split(s.text) for s in debate.statements.values()}
        language = tongue("\n".join([debate.question, *(s.text[:4000] for s in debate.statements.values())]))
        self.lang = "" if language == "en" else language
        """The language of what was said, where it is not the page's own."""

    # -- as they look --------------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The style of each voice's colour, readable by day and by night."""
        colours = {cls: inks.parsed(self.debate.seat(voice).colour) for voice, cls in self._seats.items()}
        by_day, by_night = (
            "".join(f".{cls}{{--voice:{inks.written(inks.readable(c, papers))}}}" for cls, c in colours.items())
            for papers in (LIGHT, DARK)
        )
        return f"{by_day}\n@media screen and (prefers-color-scheme:dark){{{by_night}}}\n"

    def cls(self, voice: str) -> str:
        """The class that gives a voice its colour."""
        return _USER_CLASS if voice == ev.USER else self._seats[voice]

    def chip(self, voice: str) -> Html:
        """The letter in its colour; the name stands beside it."""
        return el("span", self.debate.letter(voice), class_=f"chip {self.cls(voice)}", aria_hidden="true")

    def name(self, voice: str) -> Html:
        """Letter and name."""
        return joined(self.chip(voice), " ", el("b", one_line(self.debate.name(voice)), class_="name", dir="auto"))

    # -- what they said ------------------------------------------------------------------------------------------------

    def said(self, name: str, words: str, class_: str = "") -> Html:
        """An element with words of theirs, or of the debate's, in one line."""
        return el(
            name, words if isinstance(words, Html) else one_line(words), class_=class_, dir="auto", lang=self.lang
        )

    def words(self, inner: Html) -> Html:
        """Blocks of theirs."""
        return el("div", inner, class_="words", lang=self.lang)

    def text(self, text: str) -> Html:
        """A text of theirs that has no sentences to go to."""
        return self.words(prose(text))

    def quoted(self, words: str) -> Html:
        """The words in quotation marks, in one line with their styles."""
        return joined("“", styled(words), "”")

    # -- where it stands -----------------------------------------------------------------------------------------------

    def anchor(self, statement: str) -> str:
        return self._anchors[statement]

    def source(self, id: str) -> str:
        """The anchor of a source."""
        return self._sources[id]

    def sentences(self, statement: Statement) -> Iterator[Sentence]:
        return spans(self.anchor(statement.id), self._spans[statement.id])

    def ref(self, id: str, voice: str = "") -> Html:
        """The id of a statement or of a sentence, which leads to it; plain where there is none."""
        statement, _, number = id.partition(".")
        found = self.debate.statements.get(statement)
        if found is None or (number and not self._has(statement, number)):
            return el("span", id, class_="ref")
        place = f"{self.anchor(statement)}.{number}" if number else self.anchor(statement)
        return to(place, id, class_=f"ref {self.cls(voice or found.voice)}")

    def _has(self, statement: str, number: str) -> bool:
        """Whether the statement has a sentence of this number, as it is written in ids: `3`, not `03`."""
        return _NUMBER.fullmatch(number) is not None and int(number) <= len(self._spans[statement])

    def quote_ref(self, quote: PullQuote) -> Html:
        """The sentence in which a quote begins; its statement where there is none."""
        found = self.debate.statements.get(quote.statement)
        n = found.sentence_of(quote.start + 1) if found is not None else -1
        return self.ref(f"{quote.statement}.{n + 1}" if n >= 0 else quote.statement, quote.voice)


def one_line(text: str) -> str:
    return " ".join(clean(text).split())
