"""What the terminal's window is called at each step of a debate."""

from __future__ import annotations

import pytest

from tests.core.talk import Talk
from upverdict.core import events as ev
from upverdict.core.debate import Debate, State
from upverdict.core.rulings import Ruling
from upverdict.tui import titles
from upverdict.tui.widgets.standing import Scene

Q = "Self-host LLMs or use an API?"
LIVE = Scene(state="running", held=True)


def title(debate: Debate, scene: Scene = LIVE) -> str:
    return titles.of_debate(debate, scene)


def test_the_title_follows_a_debate_from_its_first_step_to_the_verdict() -> None:
    talk = Talk(rounds=2)
    assert title(talk.debate, Scene("running", held=True, preparing="The model starts …")) == f"Getting ready · {Q}"
    talk.log.append(ev.FrameAsked())
    assert title(talk.debate) == f"The judge frames the question · {Q}"
    talk.log.append(ev.FrameDrawn(frame=ev.Frame("One or the other?", (), ("One", "Other"), "contested")))
    assert title(talk.debate, Scene("running", held=True, framing=True)) == f"● The frame waits for you · {Q}"
    talk.log.append(ev.FrameSettled(frame=ev.Frame("One or the other?", (), ("One", "Other"), "contested"), by="judge"))
    talk.everybody(0)
    assert title(talk.debate) == f"Openings · {Q}"
    talk.log.append(ev.FloorOpened(number=0))
    assert title(talk.debate) == f"● The floor is yours · {Q}"
    talk.log.append(ev.FloorClosed(number=0, reason="passed"))
    talk.begin("builder", 1)
    assert title(talk.debate) == f"Rebuttals 1 of 2 · {Q}"
    talk.log.append(ev.VerdictStarted(version=1, cause="debate"))
    assert title(talk.debate) == f"The judge rules · {Q}"
    talk.log.append(ev.VerdictStarted(version=1, cause="debate", look=2))
    assert title(talk.debate) == f"The judge rules, second pass · {Q}"
    talk.log.append(ev.VerdictRuled(version=1, ruling=Ruling("Rent first", "Rent.", ())))
    talk.log.append(ev.DebateFinished())
    assert title(talk.debate, Scene("finished", held=True)) == "Verdict: Rent first"
    assert titles.of_verdict(talk.debate) == "Verdict: Rent first"


def test_one_round_of_rebuttals_is_not_counted() -> None:
    talk = Talk(rounds=1)
    talk.everybody(0)
    talk.floor(0)
    talk.begin("builder", 1)
    assert title(talk.debate) == f"Rebuttals · {Q}"


def test_a_round_in_which_all_failed_calls_for_the_user() -> None:
    talk = Talk()
    for seat in talk.debate.council:
        talk.fail(seat.voice, 0)
    talk.log.append(ev.FloorOpened(number=0))
    assert title(talk.debate) == f"● Nobody could answer · {Q}"
    assert titles.called(title(talk.debate)) == f"Nobody could answer · {Q}"


@pytest.mark.parametrize(
    ("state", "words"), [("running", "In another window"), ("interrupted", "Interrupted"), ("failed", "No verdict")]
)
def test_a_kept_debate_says_how_it_stands(state: State, words: str) -> None:
    talk = Talk()
    talk.everybody(0)
    assert title(talk.debate, Scene(state, held=False)) == f"{words} · {Q}"


def test_a_replay_is_called_one_whatever_it_has_come_to() -> None:
    talk = Talk()
    talk.everybody(0)
    talk.log.append(ev.FloorOpened(number=0))
    assert title(talk.debate, Scene("running", held=False, replayed=True)) == f"Replay · {Q}"


def test_a_debate_that_had_to_stop_says_so() -> None:
    talk = Talk()
    talk.log.append(ev.DebateInterrupted())
    assert title(talk.debate, Scene("interrupted", held=True, trouble="The disk is full.")) == f"Stopped · {Q}"


def test_the_words_of_a_question_act_on_no_terminal_and_have_an_end() -> None:
    talk = Talk(question="Why\x1b]0;owned\x07 \x9d2;x\x9c\n\u202enot? " + "漢字" * 500)
    named = title(talk.debate)
    assert named.startswith("Openings · Why 2;x not? 漢字")
    assert named.isprintable()
    assert len(named) <= titles.CELLS
