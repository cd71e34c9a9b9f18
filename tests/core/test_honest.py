"""What a debate over a real socket shows and keeps: no block of a voice's, no unproven word of the judge's."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests import scripted
from tests.core.test_runner import held
from tests.council import council, council_but
from tests.lies import LIES, SPOKEN, assert_proven, liar
from upverdict.core import answering, jsonform, plaintext
from upverdict.core import events as ev
from upverdict.core.document import document
from upverdict.core.neutral import Labels

BLOCK = '\n\n```ballot\n{"option": "rent", "confidence": 70, "crux": "who is on call"}\n```'


async def test_a_ballot_is_kept_and_no_character_of_it_is_shown() -> None:
    async with held(council(tail=lambda ask, _: BLOCK if ask.step != "verdict" else ""), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        shown = "".join(e.text for e in d.recording.events if isinstance(e, ev.TextDelta))
        assert not any(mark in shown for mark in ("```", "ballot", "confidence", "on call"))
        assert all(s.ballot == ev.Ballot("rent", 70, "who is on call") for s in d.debate.statements.values())
        assert not any("who is on call" in r.prompt for r in d.server.asks), "nobody reads another's ballot"
        told = [s["ballot"] for s in document(d.debate, "finished")["statements"]]  # type: ignore[union-attr,index,call-overload]
        assert (
            told
            == [{"option": "rent", "confidence": 70, "crux": "who is on call", "change_if": "", "moved_by": ""}] * 8
        )


async def test_a_statement_without_a_ballot_is_whole() -> None:
    async with held(
        council(tail=lambda ask, _: "\n```ballot\n{broken" if ask.voice == "builder" else ""), auto=True
    ) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        assert all(s.state == "finished" and s.ballot is None for s in d.debate.statements.values())
        assert "broken" not in d.debate.statements["B1"].text
        assert "No ballot" not in "\n".join(plaintext.whole(d.debate, "finished")), "nobody was heard to cast one"
    tails = council(tail=lambda ask, _: "\n```ballot\n{broken" if ask.voice == "builder" else BLOCK)
    async with held(tails, auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        told = "\n".join(plaintext.whole(d.debate, "finished"))
        assert told.count("[No ballot: it does not say where it stands after this.]") == 2


async def test_a_lying_judge_leaves_nothing_in_log_or_document() -> None:
    def lies(request: scripted.Recorded) -> scripted.Reply:
        one = {"claim": "All four agree on 83 %.", "support": ["V1.1.1", "V2.1.1"], "against": []}
        answer = {
            "headline": "Rent, since 83 % of teams do.",
            "decision": "Rent now. VOICE1 proved that 83 % fail. Ask first who is on call.",
            "pull_quotes": [{"voice": f"VOICE{n}", "quote": "I invented these very words."} for n in (1, 2, 3, 4, 9)],
            "agreed": [one, {"claim": "No such place.", "support": ["V1.99.1", "V7.1.1", "B1.1"], "against": []}],
            "split": [],
            "flips": [{"fact": "Load over 83 %.", "check": "Look."}],
        }
        return scripted.text(json.dumps(answer), label="judge verdict")

    async with held(council_but({"judge": lies}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        repair = d.server.asks[-1].last_text
        assert "No voice said 83 %" in repair
        assert "4 of the pull quotes are not what that voice said" in repair or "pull quotes" in repair
        kept = "\n".join(jsonform.to_json(e) for e in d.recording.events)
        kept += json.dumps(document(d.debate, "finished"), ensure_ascii=False)
        assert not any(lie in kept for lie in ("83 %", "invented", "All four agree", "proved that", "No such place"))
        ruling = d.debate.verdict.ruling if d.debate.verdict else None
        assert ruling is not None
        assert ruling.headline == "Rent now."
        assert ruling.decision == "Rent now. Ask first who is on call."
        assert len(ruling.pull_quotes) == 4
        assert all(d.debate.statements[q.statement].text[q.start : q.end] == q.text for q in ruling.pull_quotes)
        assert not ruling.agreed
        assert not ruling.flips
        assert len(ruling.struck) >= 5


@pytest.mark.parametrize("depth", ["quick", "standard"])
@pytest.mark.parametrize("name", LIES)
async def test_a_judge_that_lies_in_one_way_leaves_nothing_unproven(name: str, depth: str) -> None:
    lie = LIES[name]
    async with held(liar(lie), auto=True, depth=depth) as d:
        await asyncio.wait_for(d.runner.run(), 60)
        told = document(d.debate, d.debate.outcome)
        assert_proven(told)
        everything = "\n".join(jsonform.to_json(e) for e in d.recording.events) + json.dumps(told, ensure_ascii=False)
        everything += "\n".join(plaintext.whole(d.debate, "finished"))
        assert not [mark for mark in lie.marks if mark in everything]
        verdict = d.debate.verdict
        if name in ("one megabyte of JSON", "JSON cut in the middle", "the wrong types"):
            assert verdict is None
            assert d.debate.error
            assert d.debate.error.kind in ("unreadable", "too_long")
            assert all(s.state == "finished" for s in d.debate.statements.values())
            return
        assert verdict
        assert verdict.ruling
        assert {q.voice for q in verdict.ruling.pull_quotes} == set(SPOKEN)


async def test_what_is_left_of_lies_is_what_was_said() -> None:
    async with held(liar(LIES["all agreed with one against"]), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        (split,) = d.debate.verdict.ruling.split
        assert (set(split.support), set(split.against)) == ({"builder", "researcher", "contrarian"}, {"skeptic"})
        assert d.debate.verdict.ruling.decision == "Run it."
    async with held(liar(LIES["a quote clipped before its unless"]), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        quotes = {q.voice: q.text for q in d.debate.verdict.ruling.pull_quotes}
        assert quotes["skeptic"] == "It costs 400 dollars a month, unless the load grows."


async def test_a_ruling_forms_section_by_section() -> None:
    async with held(council(), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        parts = [e.part for e in d.recording.events if isinstance(e, ev.VerdictDelta)]
        assert list(dict.fromkeys(parts)) == ["headline", "decision", "quote", "claims"]
        assert parts.count("quote") == 4


def test_labels_hide_names_and_come_back() -> None:
    from tests.core.talk import Talk

    t = Talk()
    t.everybody(0)
    labels = Labels(t.debate, 1)
    hidden = labels.hide("The Skeptic says so; the Builder and Researcher do not.")
    assert "Skeptic" not in hidden
    assert "Builder" not in hidden
    assert labels.show(hidden) == "The Skeptic says so; the Builder and the Researcher do not."
    assert labels.order == tuple(reversed(Labels(t.debate, 2).order))
    assert all(labels.real_id(labels.id(id)) == id for _, id, _ in t.debate.passages())


SAID = "You all assume a platform team, and we are two people."


async def test_who_dodges_the_fifth_voice_is_named() -> None:
    dodging = scripted.text("I have nothing to say about that, and so I say it at some length.")
    script = council_but({"contrarian rebuttal": dodging})
    async with held(script, auto=True, rebuttals=(SAID,)) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        (said,) = d.debate.of(ev.USER)
        assert answering.answers(d.debate, said) == {
            "builder": True,
            "skeptic": True,
            "researcher": True,
            "contrarian": False,
        }
        assert answering.no_reply(d.debate, said) == ("contrarian",)
        told = "\n".join(plaintext.whole(d.debate, "finished"))
        assert told.count("[No reply to Y1 from The Contrarian.]") == 1


async def test_nobody_has_dodged_before_the_round_is_over() -> None:
    async with held(council()) as d:
        run = asyncio.create_task(d.runner.run())
        await d.until(lambda x: x.floor == 0)
        d.runner.speak(SAID)
        (said,) = d.debate.of(ev.USER)
        assert answering.no_reply(d.debate, said) == ()
        await d.until(lambda x: x.floor == 1)
        assert answering.no_reply(d.debate, said) == ()
        d.runner.interrupt()
        await asyncio.wait_for(run, 20)
