"""The protocol as a table: these events in, those asks out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk import NAMES, Talk
from upverdict.core import events as ev
from upverdict.core import jsonform, protocol, rulings
from upverdict.core.protocol import AskJudge, AskVoices, Fail, Finish, OpenFloor, Rest, Wait, WaitForUser, next_step

Make = Callable[[Talk], None]
RULING = rulings.Ruling("Use an API.", "If small, use an API.")


def opened(t: Talk) -> None:
    t.everybody(0)


def floored(t: Talk) -> None:
    opened(t)
    t.log.append(ev.FloorOpened(number=0))


def passed(t: Talk) -> None:
    opened(t)
    t.floor(0)


def rebutted(t: Talk) -> None:
    passed(t)
    t.everybody(1)


def done(t: Talk) -> None:
    rebutted(t)
    t.floor(1)


def judging(t: Talk) -> None:
    done(t)
    t.log.append(ev.VerdictStarted(version=1, cause="debate"))


def ruled(t: Talk) -> None:
    judging(t)
    t.log.append(ev.VerdictRuled(version=1, ruling=RULING))


def ids(step: object) -> list[str]:
    assert isinstance(step, AskVoices)
    return [a.statement for a in step.asks]


def test_a_debate_from_its_beginning_to_its_end() -> None:
    t = Talk()
    assert ids(next_step(t.debate)) == ["B1", "S1", "R1", "C1"]
    t.everybody(0)
    assert next_step(t.debate) == OpenFloor(0)
    t.log.append(ev.FloorOpened(number=0))
    assert next_step(t.debate) == WaitForUser(0)
    t.log.append(ev.FloorClosed(number=0, reason="passed"))
    assert ids(next_step(t.debate)) == ["B2", "S2", "R2", "C2"]
    t.everybody(1)
    assert next_step(t.debate) == OpenFloor(1)
    t.floor(1)
    assert next_step(t.debate) == AskJudge(1, 1)
    t.log.append(ev.VerdictStarted(version=1, cause="debate"))
    assert next_step(t.debate) == Wait()
    t.log.append(ev.VerdictRuled(version=1, ruling=RULING))
    assert next_step(t.debate) == Finish()
    t.log.append(ev.DebateFinished())
    assert next_step(t.debate) == Rest()


def _one_lives(t: Talk) -> None:
    t.begin("builder")
    for voice in NAMES[1:4]:
        t.say(voice, 0, "A first word of mine.")


def _one_failed(t: Talk) -> None:
    t.fail("builder", 0)
    for voice in NAMES[1:4]:
        t.say(voice, 0, "A first word of mine.")


def _all_failed(t: Talk) -> None:
    for voice in NAMES[:4]:
        t.fail(voice, 0)


def _retry(t: Talk) -> None:
    _one_failed(t)
    t.log.append(ev.FloorOpened(number=0))
    t.log.append(ev.RetryRequested(voice="builder", statement="B1"))


def _spoke_at_the_end(t: Talk) -> None:
    rebutted(t)
    t.log.append(ev.FloorOpened(number=1))
    t.user("Answer me this.")
    t.log.append(ev.FloorClosed(number=1, reason="spoke"))


def _spoke_to_the_judge(t: Talk) -> None:
    judging(t)
    t.user("Wait, one thing more.")


def _verdict_called(t: Talk) -> None:
    opened(t)
    t.floor(0, "verdict")


def _called_then_spoke(t: Talk) -> None:
    _verdict_called(t)
    t.user("No, hear me first.")


def _judge_failed(t: Talk) -> None:
    judging(t)
    t.log.append(ev.VerdictFailed(version=1, error=ev.Fault("cut", "The connection broke.")))


def _judge_failed_and_resumed(t: Talk) -> None:
    _judge_failed(t)
    t.log.append(ev.DebateFailed(error=ev.Fault("cut", "The connection broke.")))
    t.log.append(ev.DebateResumed())


def _killed_in_the_openings(t: Talk) -> None:
    t.say("builder", 0, "A whole opening.")
    t.begin("skeptic")
    t.words("skeptic", 0, "Half an op")
    t.fail("researcher", 0)
    t.log.append(ev.DebateResumed())


def _killed_by_the_judge(t: Talk) -> None:
    judging(t)
    t.log.append(ev.DebateResumed())


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_one_lives, Wait()),
        (_one_failed, OpenFloor(0)),
        (_spoke_to_the_judge, ["B3", "S3", "R3", "C3"]),
        (_spoke_at_the_end, ["B3", "S3", "R3", "C3"]),
        (_retry, ["B1"]),
        (_verdict_called, AskJudge(1, 1)),
        (_called_then_spoke, ["B2", "S2", "R2", "C2"]),
        (_judge_failed, Fail(ev.Fault("cut", "The connection broke."))),
        (_judge_failed_and_resumed, AskJudge(1, 2)),
        (_killed_in_the_openings, ["S1", "R1", "C1"]),
        (_killed_by_the_judge, AskJudge(1, 2)),
    ],
)
def test_what_comes_next(make: Make, expected: object) -> None:
    t = Talk()
    make(t)
    step = next_step(t.debate)
    assert (ids(step) if isinstance(expected, list) else step) == expected


def test_when_nobody_could_speak_the_debate_fails_with_the_reason() -> None:
    t = Talk()
    _all_failed(t)
    step = next_step(t.debate)
    assert isinstance(step, Fail)
    assert step.error.message == "No voice could speak: The endpoint is overloaded."
    t.log.append(ev.DebateFailed(error=step.error))
    assert next_step(t.debate) == Rest()
    t.log.append(ev.DebateResumed())
    assert ids(next_step(t.debate)) == ["B1", "S1", "R1", "C1"]
    assert [a.attempt for a in protocol.asks(t.debate, 0)] == [2, 2, 2, 2]


def test_a_voice_that_failed_is_asked_again_in_the_next_round() -> None:
    t = Talk()
    _one_failed(t)
    t.floor(0)
    assert ids(next_step(t.debate)) == ["B2", "S2", "R2", "C2"]
    assert "builder" not in protocol.ring(t.debate, 1).values()


def test_more_rounds_and_none() -> None:
    t = Talk(rounds=0)
    passed(t)
    assert next_step(t.debate) == AskJudge(1, 1)
    t = Talk(rounds=2)
    done(t)
    assert ids(next_step(t.debate)) == ["B3", "S3", "R3", "C3"]


def test_the_user_is_answered_in_the_next_round_whenever_they_speak() -> None:
    t = Talk()
    t.begin("builder")
    t.user("While you open.")
    assert t.debate.statements["Y1"].answered_in == 1
    assert [s.id for s in t.debate.unanswered] == ["Y1"]
    t = Talk()
    passed(t)
    t.begin("builder", 1)
    t.user("In the middle of the rebuttals.")
    assert t.debate.statements["Y1"].answered_in == 2
    assert t.debate.rounds_wanted == 2


def test_what_the_user_says_last_is_no_longer_unanswered_when_its_round_has_begun() -> None:
    t = Talk()
    _spoke_at_the_end(t)
    assert t.debate.unanswered
    t.begin("builder", 2)
    assert not t.debate.unanswered


@given(st.integers(2, 8), st.integers(1, 9), st.integers(0, 2**31))
def test_everybody_attacks_another_and_is_attacked(voices: int, number: int, seed: int) -> None:
    t = Talk(voices)
    t.debate.seed = seed
    opened(t)
    targets = protocol.ring(t.debate, number)
    assert all(voice != target for voice, target in targets.items())
    assert set(targets.values()) == {s.voice for s in t.debate.council} == set(targets)


def test_the_ring_turns_from_round_to_round() -> None:
    t = Talk()
    opened(t)
    attacks = [(v, w) for n in (1, 2, 3) for v, w in protocol.ring(t.debate, n).items()]
    assert protocol.order(t.debate, 1) == protocol.order(t.debate, 1)
    assert len({protocol.order(t.debate, n) for n in range(6)}) > 1
    assert len(attacks) == 12


def test_a_stopped_voice_can_be_asked_again_until_the_next_round() -> None:
    t = Talk()
    t.begin("builder")
    assert not protocol.can_retry(t.debate, "builder")
    t.log.append(ev.StatementStopped(voice="builder", round="opening", statement="B1"))
    assert protocol.can_retry(t.debate, "builder")
    assert not protocol.can_retry(t.debate, "skeptic")
    for voice in NAMES[1:4]:
        t.say(voice, 0, "A first word of mine.")
    t.floor(0)
    assert not protocol.can_retry(t.debate, "builder")


@pytest.mark.parametrize("make", [opened, floored, passed, rebutted, done, judging, ruled, _killed_in_the_openings])
def test_the_fold_of_a_log_is_the_debate_that_grew_with_it(make: Make) -> None:
    from upverdict.core.debate import Debate
    from upverdict.core.document import document

    t = Talk()
    make(t)
    again = Debate.fold(jsonform.from_json(jsonform.to_json(e)) for e in t.events)
    assert document(again, "running") == document(t.debate, "running")
    assert [e.seq for e in t.events] == list(range(1, len(t.events) + 1))


def test_a_gap_in_the_log_is_refused() -> None:
    from upverdict.core.debate import Debate

    t = Talk()
    opened(t)
    with pytest.raises(ValueError, match="does not follow"):
        Debate.fold([t.events[0], t.events[2]])
