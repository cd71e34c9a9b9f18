"""What a person wants to keep of a debate, as events: a table of wishes, and sentences for what can't be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.test_store_kit import finished
from upverdict.core import events as ev
from upverdict.core import plain_shelf, shelving
from upverdict.core.errors import WrongUse
from upverdict.core.folded import Shelf
from upverdict.core.text import clean

TODAY = date(2026, 11, 30)


def kept() -> Shelf:
    t = finished()
    t.shelve()
    return t.debate.shelf


Wish = Callable[[Shelf], Sequence[ev.Event]]


@pytest.mark.parametrize(
    ("wish", "made"),
    [
        (lambda s: shelving.tagged(s, ["Home"]), [ev.DebateTagged(tags=("home", "work", "öffentlich"))]),
        (lambda s: shelving.tagged(s, [" #next   year,b", "B"], ["WORK"]), [
            ev.DebateTagged(tags=("b", "next year", "öffentlich"))
        ]),
        (lambda s: shelving.tagged(s, ["o\u0308ffentlich", "work"]), []),
        (shelving.tagged, []),
        (lambda s: shelving.tagged(s, [","]), []),
        (lambda s: shelving.renamed(s, "Why?", "  A\nname "), [ev.DebateRenamed(title="A name")]),
        (lambda s: shelving.renamed(s, "Why?", "Why?"), [ev.DebateRenamed(title="")]),
        (lambda s: shelving.renamed(s, "Why?", "Where the models run"), []),
        (lambda s: shelving.noted(s, "a\x1b[31m\nb\n"), [ev.DebateNoted(text="a\nb")]),
        (lambda s: shelving.noted(s, "Asked for the board.\nSee also the spreadsheet."), []),
        (lambda s: shelving.archived(s, True), [ev.DebateArchived(archived=True)]),
        (lambda s: shelving.archived(s, False), []),
        (lambda s: shelving.decided(s, "We buy."), [ev.ChoiceMade(text="We buy.")]),
        (lambda s: shelving.decided(s, "We rent for a year. ", "Bad."), [ev.OutcomeTold(text="Bad.")]),
        (lambda s: shelving.decided(s, "", ""), [ev.ChoiceMade(text=""), ev.OutcomeTold(text="")]),
        (shelving.decided, []),
        (lambda s: shelving.revisited(s, s.revisit), []),
        (lambda s: shelving.revisited(s, ()), [ev.RevisitSet(conditions=())]),
        (lambda s: shelving.revisited(s, [*s.revisit, ev.Revisit("2026-12-01", " The prices\ndouble")]), [
            ev.RevisitSet(conditions=(
                ev.Revisit("2026-12-01", "The prices double"), ev.Revisit("", "we have a platform team")
            ))
        ]),
        (lambda s: shelving.revisited(s, [ev.Revisit("", "b"), ev.Revisit("", ""), ev.Revisit("2027-01-01", "")]), [
            ev.RevisitSet(conditions=(ev.Revisit("2027-01-01", ""), ev.Revisit("", "b")))
        ]),
    ],
)  # fmt: skip
def test_a_wish_becomes_what_it_changes(wish: Wish, made: list[ev.Event]) -> None:
    assert list(wish(kept())) == made


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (lambda s: shelving.tagged(s, ["#"]), "is no tag"),
        (lambda s: shelving.tagged(s, ["\x1b[31m"]), "is no tag"),
        (lambda s: shelving.tagged(s, ['say "x"']), "quotation mark"),
        (lambda s: shelving.tagged(s, ["x" * 41]), "at most 40"),
        (lambda s: shelving.tagged(s, map(str, range(19))), "at most 20 tags"),
        (lambda s: shelving.tagged(s, (), ["home"]), "no tag home"),
        (lambda s: shelving.renamed(s, "Why?", "x" * 201), "201 characters; there is room for 200"),
        (lambda s: shelving.noted(s, "x" * 20_001), "room for 20,000"),
        (lambda s: shelving.decided(s, "x" * 4_001), "decision has 4,001"),
        (lambda s: shelving.decided(s, outcome="x" * 4_001), "outcome has 4,001"),
        (lambda s: shelving.revisited(s, [ev.Revisit("", "x" * 501)]), "room for 500"),
        (lambda s: shelving.revisited(s, [ev.Revisit("", str(n)) for n in range(11)]), "at most 10"),
    ],
)
def test_what_can_not_be_is_said(wish: Wish, words: str) -> None:
    with pytest.raises(WrongUse, match=words):
        wish(kept())


@example("# #a")
@example("\u0130")
@given(st.text())
def test_a_tag_is_spelled_in_one_way_or_refused(written: str) -> None:
    with suppress(WrongUse):
        tag = shelving.tag(written)
        assert tag == clean(tag) == " ".join(tag.split()) == shelving.tag(tag)
        assert 0 < len(tag) <= shelving.MAX_TAG
        assert shelving.tags([f" #{tag} , "]) == (tag,)


@pytest.mark.parametrize(
    ("written", "then"),
    [
        ("2027-03-01", "2027-03-01"),
        (" 2026-11-30 ", "2026-11-30"),
        ("today", "2026-11-30"),
        ("Tomorrow", "2026-12-01"),
        ("90 days", "2027-02-28"),
        ("in 1 day", "2026-12-01"),
        ("+6w", "2027-01-11"),
        ("3 Months", "2027-02-28"),
        ("13m", "2027-12-30"),
        ("1y", "2027-11-30"),
    ],
)
def test_days(written: str, then: str) -> None:
    assert shelving.day(written, TODAY) == then


@pytest.mark.parametrize("written", ["", "soon", "01.03.2027", "2027-02-30", "9999 years", "-3 days", "3"])
def test_what_is_no_day(written: str) -> None:
    with pytest.raises(WrongUse, match="2027-02-28"):
        shelving.day(written, TODAY)
    with pytest.raises(WrongUse, match="over already"):
        shelving.day("2026-11-29", TODAY)


def test_the_last_day_of_a_leap_year() -> None:
    assert shelving.day("1 year", date(2028, 2, 29)) == "2029-02-28"


def test_conditions_are_read_as_they_are_written() -> None:
    written = """
      on 2027-03-01: The prices: do they double?
    3 months: we have a team
    tomorrow
    if: tomorrow never comes
    3 months of losses

    on 2026-01-01: it was due long ago"""
    known = (ev.Revisit("2026-01-01", "it was due"),)
    assert shelving.conditions(written, TODAY, known) == (
        ev.Revisit("2027-03-01", "The prices: do they double?"),
        ev.Revisit("2027-02-28", "we have a team"),
        ev.Revisit("2026-12-01", ""),
        ev.Revisit("", "tomorrow never comes"),
        ev.Revisit("", "3 months of losses"),
        ev.Revisit("2026-01-01", "it was due long ago"),
    )
    with pytest.raises(WrongUse, match="over already"):
        shelving.conditions(written, TODAY)
    with pytest.raises(WrongUse, match="is no day"):
        shelving.conditions("2027-13-01: x", TODAY)


@given(st.lists(st.tuples(st.sampled_from(["", "2027-01-01", "2020-02-02"]), st.text(max_size=20)), max_size=4))
def test_what_is_shown_of_conditions_is_read_as_the_same(given: list[tuple[str, str]]) -> None:
    made = shelving.revisited(Shelf(), [ev.Revisit(*one) for one in given])
    for event in made:
        assert isinstance(event, ev.RevisitSet)
        written = "\n".join(plain_shelf.conditions(event.conditions))
        assert shelving.conditions(written, TODAY, event.conditions) == event.conditions
