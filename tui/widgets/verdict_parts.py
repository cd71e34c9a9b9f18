"""The parts of a verdict's page: quotes, claims, flips, who moved, the discussion. Knows no debate.

Letters and sentence ids carry the colour of their voice, and the letter says the same without colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.page_parts import TAG, Fact, Jump, Part, Words
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.prose import prose

Colour = Callable[[str], str]
"""From a voice to its colour as `#rrggbb`."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A cited sentence: its id, its words, the colour of its voice; `quote` is where it stands, `where` which side."""

    id: str
    words: str
    colour: str
    quote: rulings.PullQuote | None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """A voice as it is shown."""

    letter: str
    name: str
    colour: str

    def told(self, *more: Content | str | tuple[str, str]) -> Content:
        """Letter and name, and what comes behind them."""
        return Content.assemble(chip(self.letter, self.colour), (f" {clean(self.name)}", f"bold {self.colour}"), *more)


def chip(letter: str, colour: str) -> Content:
    """The letter in its box."""
    return Content.styled(f" {clean(letter)} ", f"bold reverse {colour}")


def quoted(words: str) -> Content:
    """The words in quotation marks, on one line."""
    return Content.assemble("“", prose(one_line(words)), "”")


def words_of(quote: rulings.PullQuote | None) -> Jump | None:
    """Where the words stand."""
    return None if quote is None else Words(quote)


def pull_quote(quote: rulings.PullQuote, who: Who, place: str) -> Part:
    """What one voice said, word for word."""
    said = quoted(quote.text).stylize("bold")
    return Part(
        Content.assemble(said, "\n", who.told((f"  {place}", MUTED))), "quote", jump=Words(quote), bar=who.colour
    )


def claim(words: str, tally: str, proofs: Iterable[Proof]) -> Iterator[Part]:
    """A claim with its tally; below it the sentences for and against it, each with its id and in its own words."""
    found = list(proofs)
    cited = bool(found)
    yield Part(Content.styled(clean(words), "bold"), "claim", tag=Content.styled(tally, MUTED), below=not cited)
    cells = max((cell_len(f"{p.where}{p.id}") for p in found), default=0) + 2
    for n, proof in enumerate(found):
        yield cited_sentence(proof, cells, below=n + 1 == len(found))


def cited_sentence(proof: Proof, cells: int, *, kind: str = "proof", indent: int = TAG, below: int = 0) -> Part:
    """A sentence with its id before it, so many cells from the left."""
    return Part(
        quoted(proof.words),
        kind,
        tag=Content.assemble((proof.where, MUTED), (clean(proof.id), f"bold {proof.colour}")),
        cells=cells,
        jump=words_of(proof.quote),
        indent=indent,
        below=below,
    )


def flip(fact: rulings.Flip, number: int, *, open: bool) -> Part:
    """A fact that would flip the verdict, and its cheapest check; `number` counts from 1.

    Where it is `open`, the user can say what was found out about it.
    """
    check = Content.styled(f"\nTo find out: {clean(fact.check)}", MUTED) if fact.check else Content("")
    words = Content.assemble(clean(fact.fact), check)
    tag = Content.styled(str(number), "bold $text-accent")
    return Part(words, "flip", tag=tag, cells=3, jump=Fact(number) if open else None, bar="$accent")


def moved(who: Who, shift: str, ballot: rulings.PullQuote | None, by: Proof | None) -> Iterator[Part]:
    """A voice that moved, which leads to what it said then; below it the sentence that moved it, if it named one."""
    yield Part(
        who.told(f"  {clean(shift)}"), "mover", jump=words_of(ballot), bar=who.colour, below=1 if by is None else 0
    )
    if by is not None:
        yield Part(
            Content.assemble(("moved by ", MUTED), (clean(by.id), f"bold {by.colour}"), " ", quoted(by.words)),
            "moved-by",
            jump=words_of(by.quote),
            bar=who.colour,
        )


def dissent(who: Who, stance: rulings.Stance, crux: str, ballot: rulings.PullQuote | None) -> Part:
    """A voice whose last ballot was for something else, and what it turns on for it; leads to what it said then."""
    head = who.told(f"  stays with “{clean(stance.option)}” ({stance.confidence} of 100)")
    return Part(
        Content.assemble(head, "\n" + clean(crux) if crux else ""), "dissent", jump=words_of(ballot), bar=who.colour
    )


def glance(seat: ev.Seat, lead: str, colour: str, opening: rulings.PullQuote | None) -> Part:
    """One voice: letter, name, tagline, and the sentence that it began with; leads to its opening."""
    head = Who(seat.letter, seat.name, colour).told((f"  {clean(seat.tagline)}", MUTED))
    return Part(
        Content.assemble(head, "\n", prose(one_line(lead)) if lead else "—"),
        "glance",
        jump=words_of(opening),
        bar=colour,
    )


def said(who: Who, place: str, text: str, quote: rulings.PullQuote | None) -> Part:
    """What somebody said after the verdict, whole, under its id and what it was about."""
    head = who.told((f"  {clean(place)}", MUTED))
    return Part(Content.assemble(head, "\n", prose(text)), "said", jump=words_of(quote), bar=who.colour)
