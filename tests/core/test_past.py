"""A past verdict as a source: what of it is read, how it is reconciled, and what is said where nobody does that."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import scripted
from tests.core.talk import Talk
from tests.core.test_judging import checker
from tests.core.test_store_kit import RULING
from tests.council import council, council_but
from tests.program import upverdict
from tests.scripted import Recorded, Reply, ScriptedEndpoint
from upverdict.core import answer, checking, jsonform, past, plain_verdict, rulings, verdict, versions
from upverdict.core import events as ev
from upverdict.core.errors import WrongUse
from upverdict.core.judge_prompt import rules, schema
from upverdict.core.neutral import Labels
from upverdict.core.values import replace

QUESTION = "Self-host LLMs or use API access?"
PAST = ev.Source("1", "debate:251124-abcde", "Verdict of 2025-11-24: Self-host?", "debate", "read", "Rent it.")


def told(**given: Any) -> Talk:
    """A debate with a past verdict as its source, in which all have spoken."""
    t = Talk(**given)
    t.log.append(ev.SourceFound(source=PAST))
    t.everybody(0)
    return t


def proposed(t: Talk, *entries: dict[str, Any]) -> verdict.Proposal:
    given = {"headline": "Try it small.", "decision": "Try it small.", "past": list(entries)}
    return answer.read(json.dumps(given), t.debate, Labels(t.debate, 1))


def entry(t: Talk, **changes: Any) -> dict[str, Any]:
    of = Labels(t.debate, 1).id("B1.1")
    return {"source": "[source 1]", "holds": "Partly", "why": "It needs a person.", "support": [of]} | changes


def test_a_past_verdict_is_a_source_with_what_it_decided_and_when() -> None:
    t = Talk(question="Self-host\x1b[31m?")
    with pytest.raises(WrongUse, match="261124-abcde has no verdict yet"):
        past.source(t.debate, "1")
    t.everybody(0)
    claim = rulings.Claim("It needs a person.", {"builder": ("B1.1",), "skeptic": ("S1.1",)}, {})
    t.ruled(replace(RULING, agreed=(claim,), flips=(rulings.Flip("Somebody is hired.", "Ask."),)))
    source = past.source(t.debate, "3")
    assert (source.id, source.url, source.kind, source.status) == ("3", "debate:261124-abcde", "debate", "read")
    assert source.title == "Verdict of 2026-11-24: Self-host?"
    for words in (RULING.headline, "- It needs a person. (two of four)", "- Somebody is hired.", "We are two people."):
        assert words in source.text
    assert "\x1b" not in source.text
    assert "turned out" not in source.text
    t.log.append(ev.ChoiceMade(text="We rented."))
    t.log.append(ev.OutcomeTold(text="It cost twice as much."))
    lived = past.source(t.debate, "3").text
    assert "What the person decided in the end: We rented." in lived
    assert "How it turned out, as the person says: It cost twice as much." in lived
    assert past.id_of(source) == "261124-abcde"


def test_the_council_and_the_judge_are_told_to_reconcile_and_only_then() -> None:
    with_one, without = told(), Talk()
    without.everybody(0)
    assert '"past"' in rules(with_one.debate, 1).system
    assert "past" in schema(with_one.debate)["required"]
    assert "past" not in rules(without.debate, 1).system
    assert "past" not in schema(without.debate)["required"]


def test_what_is_said_of_it_needs_sentences_and_holds_to_the_rules_of_all_claims() -> None:
    t = told()
    sound = proposed(t, entry(t))
    assert verdict.faults(t.debate, sound) == []
    (found,) = verdict.rule(t.debate, sound).past
    assert found == rulings.Past("1", "partly", "It needs a person.", {"builder": ("B1.1",)})
    nothing = rulings.Past("1", "", "", {})
    for wrong, struck in (
        ([], False),
        ([entry(t, holds="perhaps")], False),
        ([entry(t, source="2")], False),
        ([entry(t, support=["V9.9.9"])], True),
        ([entry(t, why="It costs 123456 dollars.")], True),
        ([entry(t, why="All four say so.")], True),
    ):
        proposal = proposed(t, *wrong)
        assert verdict.faults(t.debate, proposal), wrong
        ruling = verdict.rule(t.debate, proposal)
        assert ruling.past == (nothing,), wrong
        assert any("verdict of before" in line for line in ruling.struck) == struck, wrong
        unsaid = "It does not say whether source 1, a verdict of before, still holds."
        assert unsaid in plain_verdict.notes(t.debate, ruling)


def test_the_checker_reads_it_too() -> None:
    t = told()
    ruling = verdict.rule(t.debate, proposed(t, entry(t)))
    assert "It needs a person." in checking.prompt(t.debate, ruling).own
    kept = checking.apply(t.debate, ruling, [{"B1.1": "entails"}])
    assert (kept.past, kept.struck) == (ruling.past, ())
    for says in ("silent", "contradicts"):
        dropped = checking.apply(t.debate, ruling, [{"B1.1": says}])  # type: ignore[dict-item]
        assert dropped.past == (rulings.Past("1", "", "", {}),)
        assert dropped.struck == (f"1 × {checking.DROPPED}",)
    assert checking.unchecked(ruling).past == dropped.past
    assert [c.text for c in versions.changes(ruling, dropped)] == ["Source 1 holds in part: It needs a person."]


def test_a_log_of_before_there_were_past_verdicts_is_read_as_before() -> None:
    t = Talk()
    t.everybody(0)
    t.ruled(RULING)
    ruled = t.events[-2] if isinstance(t.events[-2], ev.VerdictRuled) else t.events[-1]
    told = json.loads(jsonform.to_json(ruled))
    assert told["ruling"].pop("past") == []
    assert jsonform.from_json(json.dumps(told)) == ruled


def judge(request: Recorded) -> Reply:
    first = re.findall(r"\[(V\d+\.1\.1)\]", request.prompt)[0]
    ruling = {
        "option": 1,
        "headline": "Rent it until somebody is on call.",
        "decision": "Rent it until somebody is on call.",
        "past": [{"source": "1", "holds": "no", "why": "Nobody is on call any more.", "support": [first]}],
    }
    return scripted.text(json.dumps(ruling), label="judge verdict")


def test_a_person_gives_a_verdict_of_before_to_a_new_debate(at_home: Path) -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        first = upverdict("ask", QUESTION, "--endpoint", server.url)
        assert first.code == 0, first.err
        assert "you had a verdict" not in first.err
    before = upverdict("show", "last", "--json").json
    script = council_but({"judge verdict": judge, "judge check": checker(lambda _: "entails")})
    with ScriptedEndpoint.in_thread(script) as server:
        given = ("--source", f"debate:{before['id']}", "--endpoint", server.url)
        done = upverdict("ask", "And now: self-host LLMs, or API access?", *given)
        asks = server.asks
    assert done.code == 0, done.err
    assert "you had a verdict" not in done.err, "it is a source already"
    openings = [r for r in asks if "Write your opening." in r.prompt]
    assert len(openings) == 4
    for request in openings:
        assert "Source 1 is what a council decided before" in request.prompt
        assert before["verdicts"][-1]["headline"] in request.prompt
    shown = upverdict("show", "last").out
    assert f"Verdict of {before['created_at'][:10]}: {QUESTION} (source 1)" in shown
    assert "It no longer holds: Nobody is on call any more." in shown
    now = upverdict("show", "last", "--json").json
    assert now["sources"][0]["url"] == f"debate:{before['id']}"
    assert now["verdicts"][-1]["past"][0]["holds"] == "no"
    assert "no longer holds: Nobody is on call any more." in upverdict("export", "last").out

    with ScriptedEndpoint.in_thread(council()) as server:
        offered = upverdict("ask", "Self-host our LLMs, after all?", "--depth", "quick", "--endpoint", server.url)
        assert re.search(r"verdict on something alike, “.*\?”: “.*” With --source debate:\S+ the", offered.err)
        asked = len(server.asks)
        for wanted, why in (("261124-zzzzz", "There is no debate 261124-zzzzz."), ("", "There is no debate")):
            refused = upverdict("ask", QUESTION, "--source", f"debate:{wanted}", "--endpoint", server.url)
            assert (refused.code, refused.out) == (2, "")
            assert f"The source debate:{wanted} can't be read. {why}" in refused.err
        assert len(server.asks) == asked
