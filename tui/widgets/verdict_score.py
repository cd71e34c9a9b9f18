"""What code can check of a debate, as parts of a page: the points, and where something failed the way to the words."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from upverdict.core.checks import POINTS, Check
from upverdict.core.debate import Debate
from upverdict.core.quotes import sentence_at
from upverdict.core.score import Score
from upverdict.core.text import shorten
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets import verdict_parts as parts
from upverdict.tui.widgets.page_parts import More, Part, section, text
from upverdict.tui.widgets.plain import one_line

_POINTS = 11
"""Cells for the points of a check: few enough to stand beside its words on the narrowest screen."""
MOST_SHOWN = 5
"""Places where one check found something wanting that are shown."""
MOST_QUOTED = 120
"""Characters of one of them."""


def scored(debate: Debate, score: Score, colour: parts.Colour) -> Iterator[Part]:
    """The score of the latest version."""
    title = f"What code can check: {score.points} of {score.possible}"
    yield from section(title, "What code can check", _checks(debate, score, colour))


def _checks(debate: Debate, score: Score, colour: parts.Colour) -> Iterator[Part]:
    for words in score.failed:
        yield text(f"! {words}", "grave", style="bold $text-warning", below=0)
    for n, check in enumerate(score.checks, 1):
        points = "–" if check.points is None else f"{check.points} of {POINTS}"
        sign = "  " if check.points is None else "✓ " if check.points == POINTS else "! "
        style = "bold $text-warning" if sign == "! " else MUTED
        last = n == len(score.checks)
        places = list(_places(debate, check, colour))
        more = len(places) - MOST_SHOWN
        yield Part(
            Content.styled(one_line(check.words), MUTED if check.points is None else ""),
            "check",
            tag=Content.styled(f"{sign}{points}", style),
            cells=_POINTS,
            below=int(last and not places),
        )
        yield from places if more <= 0 else places[:MOST_SHOWN]
        if more > 0:
            rest = More(tuple(places[MOST_SHOWN:]))
            yield Part(Content.styled(f"and {more} more", MUTED), "more", jump=rest, indent=_POINTS)


def _places(debate: Debate, check: Check, colour: parts.Colour) -> Iterator[Part]:
    """Where a check found something wanting."""
    for n, place in enumerate(check.wanting, 1):
        id = sentence_at(debate.statements[place.statement], place.start)
        proof = parts.Proof(id, shorten(place.text, MOST_QUOTED), colour(place.voice), place)
        yield parts.cited_sentence(proof, 7, kind="wanting", indent=_POINTS, below=int(n == len(check.wanting)))
