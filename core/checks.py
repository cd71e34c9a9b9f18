"""One check of a debate: how many points it gives, and the words that it wants. Pure; checks nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from upverdict.core.folded import Statement
from upverdict.core.jsonform import Json
from upverdict.core.rulings import PullQuote
from upverdict.core.text import Span
from upverdict.core.text import sentences as split
from upverdict.core.values import Simple

POINTS = 2
"""The most that a check gives (protocol.md, last section: 0 to 2 on each)."""
NEARLY = 80
"""Per cent from which there is one point. Protocol.md sets it for quotes inside the debate; the other counts, for which
it sets nothing, are held to the same."""


class Check(Simple):
    """One check. `number` is that of protocol.md's list, `found` of `of` are as they should be, `words` is a sentence.

    `points` is None where there is nothing to check; `words` says why. `wanting` are the places, in words that were
    said, where something is not as it should be: whoever reads the score can go there. Not where nobody said anything.
    """

    number: int
    key: str
    points: int | None
    found: int
    of: int
    words: str
    wanting: tuple[PullQuote, ...] = ()

    def document(self) -> dict[str, Json]:
        """The check as JSON."""
        return {name: getattr(self, name) for name in self.FIELDS if name != "wanting"}


def rated(number: int, key: str, found: int, of: int, words: str, wanting: Iterable[PullQuote | None] = ()) -> Check:
    """A check of which `found` of `of` are as they should be."""
    points = POINTS if found == of else 1 if found * 100 >= of * NEARLY else 0
    return Check(number, key, points, found, of, words, tuple(unique(wanting)))


def idle(number: int, key: str, words: str) -> Check:
    """A check for which there is nothing to check."""
    return Check(number, key, None, 0, 0, words)


def unique(places: Iterable[PullQuote | None]) -> Iterator[PullQuote]:
    """Each place once, in order; those that there are not left out."""
    return iter(dict.fromkeys(place for place in places if place is not None))


def span(statement: Statement, place: Span) -> PullQuote:
    """These characters of a statement."""
    return PullQuote(statement.voice, statement.id, statement.text[place[0] : place[1]], *place)


def beginning(statement: Statement | None) -> PullQuote | None:
    """The first sentence of a statement; None where it has none."""
    spans = (statement.spans or split(statement.text)) if statement else ()
    return span(statement, spans[0]) if statement and spans else None
