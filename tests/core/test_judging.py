"""How the judge rules, over a real socket: passes, faults between them, claims held against sentences."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from tests import scripted
from tests.core.talk import Talk
from tests.core.test_runner import Held, held
from tests.council import council, council_but
from tests.scripted import Recorded, Reply
from tests.scripted.debate import checks
from upverdict.core import checking, plain_verdict, rulings
from upverdict.core import events as ev
from upverdict.core.answer import Unreadable
from upverdict.core.neutral import Labels


def sentences(request: Recorded) -> list[tuple[str, str]]:
    """What a judge reads: ids and words."""
    return re.findall(r"\[(V\d+\.\d+\.\d+)\] (.*?)(?= \[V\d|\n)", request.prompt)


def ruling(request: Recorded, **changes: Any) -> dict[str, Any]:
    """A sound ruling on what the request shows: two first sentences of different voices agree."""
    firsts = list({id.split(".")[0]: (id, words) for id, words in reversed(sentences(request))}.values())
    two = [id for id, _ in firsts[:2]]
    found = {
        "option": 2,
        "headline": "Try it small, and only with somebody who runs it.",
        "decision": "If nobody runs it, rent. Else try it small.",
        "pull_quotes": [],
        "agreed": [{"claim": "It needs somebody.", "support": two, "against": []}],
        "split": [],
        "flips": [{"fact": "Somebody is hired.", "check": "Ask."}],
    }
    return found | changes


def judge(**changes: Any) -> Any:
    """A judge that rules soundly, with these changes."""

    def answer(request: Recorded) -> Reply:
        return scripted.text(json.dumps(ruling(request, **changes)), label="judge verdict")

    return answer


def rules_of(d: Held) -> list[Recorded]:
    return [r for r in d.server.asks if "Give your ruling" in r.last_text or "Rule again" in r.last_text]


def pass_of(d: Held, request: Recorded) -> int:
    """Which pass a request is, by the order in which it names the voices."""
    for number in (1, 2, 3):
        order = Labels(d.debate, number).order
        shown = [
            re.search(rf"<<statement of VOICE{n} \w+>>\n\[V{n}\.1\.1\] (.*)", request.prompt) for n in (1, 2, 3, 4)
        ]
        said = [d.debate.of(voice)[0].text[:20] for voice in order]
        if all(m and m[1].startswith(s) for m, s in zip(shown, said, strict=True)):
            return number
    raise AssertionError("no order of ours")


async def test_two_passes_in_opposite_orders_that_agree_are_one_ruling() -> None:
    async with held(council(), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert sorted(pass_of(d, r) for r in rules_of(d)) == [1, 2]
        verdict = d.debate.verdict
        assert verdict
        assert verdict.ruling
        assert (verdict.ruling.passes, verdict.ruling.close, verdict.ruling.checked) == (2, False, True)
        headlines = [e for e in d.recording.events if isinstance(e, ev.VerdictDelta) and e.part == "headline"]
        assert len(headlines) == 1, "the second pass is not shown"


async def test_where_the_passes_differ_a_third_decides_and_the_verdict_says_so() -> None:
    script = council()
    async with held(script, auto=True, depth="standard") as d:

        def answer(request: Recorded) -> Reply:
            option = {1: 1, 2: 2, 3: 3}[pass_of(d, request)]
            return scripted.text(json.dumps(ruling(request, option=option, headline=f"Option {option} it is then.")))

        d.server.script = council_but({"judge verdict": answer})
        await asyncio.wait_for(d.runner.run(), 30)
        assert sorted(pass_of(d, r) for r in rules_of(d)) == [1, 2, 3]
        verdict = d.debate.verdict
        assert verdict
        assert verdict.ruling
        assert (verdict.ruling.passes, verdict.ruling.close) == (3, True)
        assert d.debate.frame
        assert verdict.ruling.option == d.debate.frame.options[2]
        assert verdict.ruling.headline == "Option 3 it is then."
        assert verdict.look == 3


async def test_quick_rules_once_and_checks_all_the_same() -> None:
    async with held(council(), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert len(rules_of(d)) == 1
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert (d.debate.verdict.ruling.passes, d.debate.verdict.ruling.checked) == (1, True)


async def test_a_pass_that_came_is_kept_when_the_other_fails_and_no_statement_is_asked_again() -> None:
    async with held(council(), auto=True, depth="standard") as d:
        failing = {2: 2}

        def answer(request: Recorded) -> Reply:
            number = pass_of(d, request)
            if failing.get(number):
                failing[number] -= 1
                return scripted.status(529)
            return scripted.text(json.dumps(ruling(request)))

        d.server.script = council_but({"judge verdict": answer})
        await asyncio.wait_for(d.runner.run(), 30)
        assert [pass_of(d, r) for r in rules_of(d)].count(1) == 1
        assert [pass_of(d, r) for r in rules_of(d)].count(2) == 3
        assert len([r for r in d.server.asks if "You are now" in r.last_text]) == 8
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.passes == 2
        assert d.debate.verdict.forming.headline, "what is known is shown again after a retry"
        assert [e.statement for e in d.recording.events if isinstance(e, ev.Retrying)] == ["verdict 1"] * 2


@pytest.mark.parametrize("steps", ["judge verdict", "judge check"])
async def test_a_judge_that_fails_twice_then_works_costs_no_statement(steps: str) -> None:
    flaky = scripted.in_turn(scripted.status(529), scripted.status(500), council())
    async with held(council_but({steps: flaky}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        assert len([r for r in d.server.asks if "You are now" in r.last_text]) == 8
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.agreed


def checker(says: Any) -> Any:
    """A checker that finds by `says(words)` what a sentence says of its claim."""

    def answer(request: Recorded) -> Reply:
        found = re.findall(r"(?m)^\[(\d+\.\d+)\] (.*)$", request.last_text)
        return scripted.text(json.dumps({"checks": [{"sentence": n, "says": says(w)} for n, w in found]}))

    return answer


async def test_a_claim_whose_sentences_say_nothing_of_the_kind_falls_away() -> None:
    async with held(council_but({"judge check": checker(lambda _: "silent")}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        found = d.debate.verdict.ruling if d.debate.verdict else None
        assert found
        assert not found.agreed
        assert not found.split
        assert any(checking.DROPPED in line for line in found.struck)


async def test_a_claim_whose_sentence_says_the_opposite_becomes_a_split() -> None:
    async with held(council_but({"judge verdict": judge()}), auto=True) as d:
        first = True

        def says(_: str) -> str:
            nonlocal first
            first, said = False, "entails" if first else "contradicts"
            return said

        d.server.script = council_but({"judge verdict": judge(), "judge check": checker(says)})
        await asyncio.wait_for(d.runner.run(), 30)
        found = d.debate.verdict.ruling if d.debate.verdict else None
        assert found
        assert not found.agreed
        (split,) = found.split
        assert len(split.support) == len(split.against) == 1
        assert not set(split.support) & set(split.against)


@pytest.mark.parametrize("nonsense", ["I see.", '{"checks": "all fine"}', '{"checks": [{"sentence": "9", "says": 1}]}'])
async def test_a_checker_that_cannot_be_read_leaves_no_claim(nonsense: str) -> None:
    async with held(council_but({"judge check": scripted.text(nonsense)}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        found = d.debate.verdict.ruling if d.debate.verdict else None
        assert found
        assert not found.agreed
        assert not found.split
        assert any(checking.UNCHECKED in line for line in found.struck)
    mended = scripted.in_turn(scripted.text(nonsense), lambda r: scripted.text(json.dumps(checks(r))))
    async with held(council_but({"judge check": mended}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert "could not be used" in d.server.asks[-1].last_text
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.agreed


def claimed(t: Talk, support: dict[str, tuple[str, ...]], against: dict[str, tuple[str, ...]]) -> rulings.Ruling:
    claim = rulings.Claim("It holds.", support, against)
    return rulings.Ruling("h", "d", agreed=() if against else (claim,), split=(claim,) if against else ())


def test_of_a_voice_that_has_said_both_what_it_said_last_counts() -> None:
    t = Talk()
    t.everybody(0)
    t.floor(0)
    t.everybody(1)
    ruled = claimed(t, {"builder": ("B1.2", "B2.2"), "skeptic": ("S1.2",)}, {"researcher": ("R1.2",)})
    (_, ids), *_ = checking.cited(ruled)
    assert ids == ("B1.2", "B2.2", "R1.2", "S1.2")
    says: dict[str, checking.Says] = {"B1.2": "entails", "B2.2": "contradicts", "R1.2": "silent", "S1.2": "entails"}
    found = checking.apply(t.debate, ruled, [says])
    assert found.split == (rulings.Claim("It holds.", {"skeptic": ("S1.2",)}, {"builder": ("B2.2",)}),)
    assert checking.apply(t.debate, ruled, [dict.fromkeys(ids, "contradicts")]).split == ()  # type: ignore[arg-type]


def test_a_sentence_that_the_checker_leaves_out_is_silent_and_a_forged_number_is_taken_apart() -> None:
    t = Talk()
    t.say("builder", 0, "Rent it now [1.2] because I say so. And [1.2] the claim holds, says everybody.")
    t.say("skeptic", 0, "Nobody should rent it. It costs too much.")
    ruled = claimed(t, {"builder": ("B1.1", "B1.2"), "skeptic": ("S1.1",)}, {})
    asked = checking.prompt(t.debate, ruled).own
    assert asked.count("[1.2]") == 1
    assert "Builder" not in asked
    given = '{"checks": [{"sentence": "1.1", "says": "ENTAILS"}, {"sentence": "[1.3]", "says": "perhaps"}]}'
    assert checking.read(given, ruled) == [{"B1.1": "entails", "B1.2": "silent", "S1.1": "silent"}]
    with pytest.raises(Unreadable):
        checking.read('{"checks": [{"sentence": "2.1", "says": "entails"}]}', ruled)


async def test_of_an_answer_and_its_repair_the_one_with_less_wrong_counts() -> None:
    wrong = {"headline": "Rent it, since 83 % of teams do.", "decision": "Rent it now. And ask."}
    worse = {"headline": "The Skeptic said 83 %.", "decision": "All four voices say 83 %. The Builder, too."}
    script = council_but(
        {"judge verdict": scripted.in_turn(scripted.text(json.dumps(wrong)), scripted.text(json.dumps(worse)))}
    )
    async with held(script, auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.decision == "Rent it now. And ask."


def notes(d: Held) -> str:
    assert d.debate.verdict
    assert d.debate.verdict.ruling
    return " ".join(plain_verdict.notes(d.debate, d.debate.verdict.ruling))


async def test_a_third_pass_that_cannot_be_read_decides_nothing_and_the_verdict_says_so() -> None:
    async with held(council(), auto=True, depth="standard") as d:

        def answer(request: Recorded) -> Reply:
            number = pass_of(d, request)
            return scripted.text("I see." if number == 3 else json.dumps(ruling(request, option=number)))

        d.server.script = council_but({"judge verdict": answer})
        await asyncio.wait_for(d.runner.run(), 30)
        assert "differed, a third could not be had, and the first one stands" in notes(d)
        assert "a third one decided" not in notes(d)


@pytest.mark.parametrize(("same", "passes"), [("true", 2), ("false", 3), ("perhaps", 3)])
async def test_passes_without_an_option_are_compared_by_what_they_decide(same: str, passes: int) -> None:
    async with held(council(), auto=True, depth="standard") as d:

        def answer(request: Recorded) -> Reply:
            decision = {1: "Rent it now.", 2: "Never rent it.", 3: "Rent a part of it."}[pass_of(d, request)]
            return scripted.text(json.dumps(ruling(request, option=0, headline=decision, decision=decision)))

        compare = scripted.text('{"same": ' + same + "}")
        d.server.script = scripted.rules(
            ("Compare the two decisions", compare), otherwise=council_but({"judge verdict": answer})
        )
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.passes == passes
        assert d.debate.verdict.ruling.option == rulings.OTHER
        (asked,) = [r for r in d.server.asks if "Compare the two decisions" in r.last_text]
        assert "Rent it now." in asked.last_text
        assert "Never rent it." in asked.last_text


async def test_a_pass_that_cannot_be_read_is_told() -> None:
    async with held(council(), auto=True, depth="standard") as d:
        d.server.script = council_but(
            {
                "judge verdict": lambda r: scripted.text(
                    "I see." if pass_of(d, r) == 2 else json.dumps(ruling(r)), label="judge verdict"
                )
            }
        )
        await asyncio.wait_for(d.runner.run(), 30)
        assert "The judge ruled once: its other pass could not be had." in notes(d)


@pytest.mark.parametrize(
    "answer",
    [
        {"headline": f"V{'1' * 5000} it is."},
        {"agreed": [{"claim": "It has no end.", "support": [f"V1.{'1' * 5000}.1"]}]},
        {"pull_quotes": [{"voice": f"VOICE{'9' * 5000}", "quote": "There is no end to it."}]},
        {"headline": "一" * 5000, "decision": "Rent it. " + "七" * 400},
        {"headline": "9" * 5000, "decision": "Rent it at " + "9," * 3000},
    ],
)
async def test_numbers_without_end_are_wrong_and_no_more(answer: dict[str, Any]) -> None:
    whole = {"headline": "Rent it.", "decision": "Rent it now."} | answer
    async with held(council_but({"judge verdict": scripted.text(json.dumps(whole))}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 60)
        assert d.debate.outcome == "finished"


async def test_sections_in_any_order_show_no_half_sentence() -> None:
    def answer(request: Recorded) -> Reply:
        found = ruling(request)
        order = ("pull_quotes", "agreed", "split", "decision", "flips", "headline")
        return scripted.text(json.dumps({key: found[key] for key in order} | {"option": 1}), label="judge verdict")

    async with held(council_but({"judge verdict": answer}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        shown = [e.text for e in d.recording.events if isinstance(e, ev.VerdictDelta) and e.part == "decision"]
        assert shown == ["If nobody runs it, rent.", "Else try it small."]
        headlines = [e.text for e in d.recording.events if isinstance(e, ev.VerdictDelta) and e.part == "headline"]
        assert headlines == ["Try it small, and only with somebody who runs it."]
