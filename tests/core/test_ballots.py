"""Ballots: what a voice says of itself is read with tolerance and proven where it can be; who moved, who dissents."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk import Talk
from upverdict.core import ballots, movement
from upverdict.core import events as ev
from upverdict.core.rulings import Dissent, Moved, Stance

KEYS = ["option", "confidence", "crux", "moves", "change_if", "moved_by", "target", "quote", "act", "why"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
FRAME = ev.Frame("Rent or buy?", (), ("Rent an API", "Buy a machine"), "contested")


def talk(framed: bool = True) -> Talk:
    t = Talk()
    if framed:
        t.log.append(ev.FrameSettled(frame=FRAME, by="judge"))
    t.say("builder", 0, "Buying wins once the load is steady. Nobody counts the pager.")
    t.say("skeptic", 0, "The pager is what you pay for in the end. Renting hides that bill.")
    t.begin("builder", 1)
    return t


def read(block: Any, *, framed: bool = True) -> ev.Ballot | None:
    return ballots.read(talk(framed).debate, "builder", "B2", block)


@pytest.mark.parametrize(
    ("given_option", "option"),
    [
        (2, "Buy a machine"),
        ("1", "Rent an API"),
        ("option 2", "Buy a machine"),
        ("buy a MACHINE", "Buy a machine"),
        ("other: wait a year", "wait a year"),
    ],
)
def test_an_option_is_one_of_the_frame_or_the_voices_own(given_option: Any, option: str) -> None:
    ballot = read({"option": given_option, "confidence": 50})
    assert ballot is not None
    assert ballot.option == option


@pytest.mark.parametrize(
    ("said", "confidence"), [(70, 70), ("70%", 70), (0.7, 70), ("85", 85), (None, None), ("sure", None), (True, None)]
)
def test_confidence_is_zero_to_a_hundred_or_there_is_no_ballot(said: Any, confidence: int | None) -> None:
    ballot = read({"option": 1, "confidence": said})
    assert (ballot.confidence if ballot else None) == confidence


@pytest.mark.parametrize("block", [None, [], 3, {}, {"option": 1}, {"confidence": 3}, {"option": "", "confidence": 3}])
def test_what_is_no_ballot_is_none(block: Any) -> None:
    assert read(block) is None


@given(JSON)
def test_no_block_at_all_breaks_it(block: Any) -> None:
    ballot = read(block)
    assert ballot is None or (0 <= ballot.confidence <= 100 and ballot.option)


def test_moves_are_proven_by_code() -> None:
    moves = [
        {"target": "S", "quote": "the PAGER is what you pay for", "act": "refute", "why": "It is cheap."},
        {"target": "The Skeptic", "quote": "these words were never said by it", "act": "concede"},
        {"target": "B", "quote": "Buying wins once the load is steady", "act": "refute"},
        {"target": "S", "quote": "hides", "act": "refute"},
        {"target": "nobody", "quote": "The pager is what you pay for", "act": "refute"},
    ]
    ballot = read({"option": 1, "confidence": 9, "moves": moves, "moved_by": "[s1.2]"})
    assert ballot is not None
    assert ballot.moves == (
        ev.Move("skeptic", "The pager is what you pay for in the end.", "refute", "It is cheap.", "S1.1"),
        ev.Move("skeptic", "these words were never said by it", "concede"),
    )
    assert ballot.moved_by == "S1.2"


@pytest.mark.parametrize("by", ["B1.1", "S9.9", "me", None, 3])
def test_nobody_is_moved_by_itself_or_by_what_was_not_said(by: Any) -> None:
    ballot = read({"option": 1, "confidence": 9, "moved_by": by})
    assert ballot is not None
    assert ballot.moved_by == ""


def voted(first: tuple[str, int], last: tuple[str, int], *, framed: bool = True, crux: str = "") -> Talk:
    t = talk(framed)
    for statement, round, (option, confidence) in (("B1", "opening", first), ("B2", "rebuttal", last)):
        ballot = ev.Ballot(option, confidence, crux=crux, moved_by="S1.1" if statement == "B2" else "")
        t.log.append(ev.BallotCast(voice="builder", round=round, statement=statement, ballot=ballot))  # type: ignore[arg-type]
    return t


@pytest.mark.parametrize(
    ("first", "last", "has_moved"),
    [
        (("Rent an API", 60), ("Rent an API", 74), False),
        (("Rent an API", 60), ("Rent an API", 75), True),
        (("Rent an API", 60), ("Rent an API", 45), True),
        (("Rent an API", 60), ("rent an api", 60), False),
        (("Rent an API", 60), ("Buy a machine", 60), True),
    ],
)
def test_who_moved_is_told_from_first_and_last_ballot(first: Any, last: Any, has_moved: bool) -> None:
    found = movement.moved(voted(first, last).debate)
    assert found == ((Moved("builder", Stance(*first), Stance(*last), "S1.1"),) if has_moved else ())


def test_whoever_ends_elsewhere_than_the_verdict_dissents() -> None:
    t = voted(("Rent an API", 60), ("Buy a machine", 80), crux="The load.")
    assert movement.dissent(t.debate, "Rent an API") == (Dissent("builder", Stance("Buy a machine", 80), "The load."),)
    assert movement.dissent(t.debate, "buy a machine") == ()
    assert movement.dissent(t.debate, "") == ()
    assert movement.dissent(voted(("x", 1), ("y", 2), framed=False).debate, "z") == ()
