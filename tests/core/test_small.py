"""Prompts for tiny models fit, name whom they answer with words that were said, and leave nobody out."""

from __future__ import annotations

import pytest

from tests.core.talk import Talk
from upverdict.core import protocol, small
from upverdict.core.prompts import Traits
from upverdict.core.text import length

TINY = Traits(small=True, window=4096)


def opened(words: int = 300) -> Talk:
    t = Talk()
    for seat in t.debate.council:
        t.say(
            seat.voice,
            0,
            f"{seat.name} says that this is the point of it all. " + "More words follow here. " * (words // 4),
        )
    t.floor(0)
    return t


def ask_of(t: Talk, voice: str, number: int) -> protocol.Ask:
    return next(a for a in protocol.asks(t.debate, number) if a.voice == voice)


@pytest.mark.parametrize("words", [10, 300, 5000])
def test_a_rebuttal_is_short_and_begins_with_a_sentence_of_its_target(words: int) -> None:
    t = opened(words)
    ask = ask_of(t, "builder", 1)
    prompt = small.statement(t.debate, ask, TINY)
    target = t.debate.name(ask.target)
    assert prompt.lead == f"{target} says “{target} says that this is the point of it all”, but"
    assert length(prompt.own) < 400
    for seat in t.debate.council:
        assert (f"{seat.name} says: “" in prompt.own) == (seat.voice != "builder")
    assert t.debate.question in prompt.own


def test_the_user_is_answered_first() -> None:
    t = opened()
    t.user("We are two people without a server.")
    prompt = small.statement(t.debate, ask_of(t, "skeptic", 1), TINY)
    assert prompt.lead == "You say “We are two people without a server”, but"
    assert "I say: “We are two people without a server.”" in prompt.own


def test_an_opening_has_no_given_words_and_hears_nobody() -> None:
    t = Talk()
    prompt = small.statement(t.debate, ask_of(t, "contrarian", 0), TINY)
    assert prompt.lead == ""
    assert "says:" not in prompt.own


def test_the_ruling_reads_everybody() -> None:
    t = opened()
    t.user("We are two people without a server.")
    prompt = small.ruling(t.debate, TINY)
    assert all(f"{s.name} says: “" in prompt.own for s in t.debate.council)
    assert "I say: “" in prompt.own


def test_a_persona_of_ones_own_is_asked_by_its_name_and_tagline() -> None:
    t = Talk(5)
    prompt = small.statement(t.debate, ask_of(t, "gardener", 0), TINY)
    assert "You are The Gardener: says what only this voice says." in prompt.own
