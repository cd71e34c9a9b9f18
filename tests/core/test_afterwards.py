"""After the rebuttals of a thorough debate, and after a verdict: replies, comments, findings, versions."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import scripted
from tests.core.talk import Talk
from tests.core.test_runner import Held, held
from tests.council import council, council_but
from tests.program import upverdict
from tests.scripted import Recorded, Reply, ScriptedEndpoint
from upverdict.core import events as ev
from upverdict.core import protocol
from upverdict.core.document import document
from upverdict.core.text import sentences

PUSHED = "You forget that nobody here can be on call at night."


async def test_in_a_thorough_debate_whoever_was_refuted_replies_once() -> None:
    async with held(council(), auto=True, depth="thorough") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        refuted = protocol.refuted(d.debate)
        assert set(refuted) == {"builder", "skeptic", "researcher", "contrarian"}, "the ring attacks everybody"
        replies = [s for s in d.debate.statements.values() if s.round == "reply"]
        assert [(s.id, s.voice, s.target) for s in replies] == [
            (f"{v[0].upper()}3", v, refuted[v]) for v in ("builder", "skeptic", "researcher", "contrarian")
        ]
        judge = next(r for r in d.server.asks if "Give your ruling" in r.last_text)
        assert "Replies:" in judge.prompt
        asked = [r for r in d.server.asks if "Write your reply to" in r.last_text]
        assert len({str(r.json["messages"][0]["content"][:-1]) for r in asked}) == 1
        assert [s["round"] for s in document(d.debate, "finished")["statements"]].count("reply") == 4  # type: ignore[union-attr,index,call-overload]
    async with held(council(), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert not d.debate.replies


async def commented(d: Held, words: str, script: Any = None, fact: str | None = None) -> Held:
    """The debate with a comment after its verdict, run to its end again."""
    again = Held(d.server, d.recording.events, auto=True)
    if script is not None:
        d.server.script = script
    again.log.append(protocol.user_comment(again.debate, words, sentences(words), fact))
    await asyncio.wait_for(again.runner.run(), 30)
    await again.lines.close()
    again.recording.events[:0] = d.recording.events
    return again


async def test_a_comment_is_answered_by_all_and_ruled_on_anew() -> None:
    async with held(council(), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        asked = len(d.server.asks)
        again = await commented(d, PUSHED)
        assert again.debate.outcome == "finished"
        voices = [r for r in d.server.asks[asked:] if "pushes back" in r.last_text]
        assert len(voices) == 4
        assert all(PUSHED in r.prompt for r in voices)
        assert len({str(r.json["messages"][0]["content"][:-1]) for r in voices}) == 1
        assert [v.version for v in again.debate.verdicts] == [1, 2]
        second = again.debate.verdicts[1]
        assert second.cause == "Y1"
        assert second.ruling
        assert second.ruling.because
        assert all(id.split(".")[0] in ("Y1", "B3", "S3", "R3", "C3") for id in second.ruling.because)
        told = document(again.debate, "finished")
        assert [(e["voice"], e["statement"]) for e in told["discussion"]] == [  # type: ignore[union-attr,index,call-overload]
            ("you", "Y1"),
            ("builder", "B3"),
            ("skeptic", "S3"),
            ("researcher", "R3"),
            ("contrarian", "C3"),
        ]
        quoted = {q.voice for q in second.ruling.pull_quotes}
        assert "you" in quoted


async def test_only_those_whom_a_comment_names_answer_it() -> None:
    async with held(council(), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        again = await commented(d, "The Skeptic never answered B1.2, which is the point.")
        answers = again.debate.answers(again.debate.comments[0])
        assert set(answers) == {"builder", "skeptic"}


async def test_where_nothing_new_bears_on_it_the_verdict_stands() -> None:
    def unmoved(request: Recorded) -> Reply:
        known = re.findall(r"\[(V\d+\.1\.1)\]", request.prompt)  # an old sentence is no reason to rule anew
        answer = {"headline": "Rent it.", "decision": "Rent it now.", "because": known[:1]}
        return scripted.text(json.dumps(answer), label="judge verdict")

    async with held(council(), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        again = await commented(d, PUSHED, council_but({"judge verdict": unmoved}))
        assert again.debate.outcome == "finished"
        assert [v.version for v in again.debate.verdicts] == [1]
        assert [(e.version, e.stands) for e in again.recording.events if isinstance(e, ev.VerdictUpheld)] == [(2, 1)]
        assert again.debate.comments[0].upheld
        third = await commented(again, "And once more: nobody is on call.", council())
        assert [v.version for v in third.debate.verdicts] == [1, 2]


async def test_a_finding_goes_to_the_judge_alone() -> None:
    async with held(council(), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        asked = len(d.server.asks)
        again = await commented(d, "I measured 40 requests an hour.", fact="The load is steady.")
        said = [r.last_text for r in d.server.asks[asked:]]
        assert not any("You are now" in words for words in said)
        assert "The person found something out" in said[0]
        assert "The load is steady." in d.server.asks[asked].prompt
        assert again.debate.verdicts[1].ruling
        assert again.debate.comments[0].about == "finding"


async def test_a_discussion_that_was_cut_off_goes_on_where_it_was() -> None:
    async with held(council(), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        broken = await commented(d, PUSHED, council_but({"judge verdict": scripted.status(403)}))
        assert broken.debate.outcome == "failed"
        assert broken.debate.verdict
        assert broken.debate.verdict.version == 1
        asked = len(d.server.asks)
        d.server.script = council()
        again = Held(d.server, broken.recording.events, auto=True)
        await asyncio.wait_for(again.runner.run(), 30)
        await again.lines.close()
        assert again.debate.outcome == "finished"
        assert [v.version for v in again.debate.verdicts if v.ruling] == [1, 2]
        assert not any("You are now" in r.last_text for r in d.server.asks[asked:]), "nobody is asked twice"


def test_push_back_from_the_command_line() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        assert upverdict("ask", "Rent or run?", "--endpoint", server.url).code == 0
        done = upverdict("push-back", "last", PUSHED)
        assert done.code == 0, done.err
        assert PUSHED in done.out
        assert "# Verdict (version 2)" in done.out
        assert "## You, the fifth voice · on verdict 1" in done.out
        assert "Opening" not in done.out, "what was said before the verdict is not told again"
        found = upverdict("push-back", "last", "--flip", "1", "I asked:", "nobody is.", "--json")
        assert found.code == 0
        (comment,) = [e for e in found.lines if e["kind"] == "comment_added"]
        assert (comment["about"], comment["text"]) == ("finding", "I asked: nobody is.")
        document = upverdict("show", "last", "--json").json
        assert [v["version"] for v in document["verdicts"]] == [1, 2, 3]
        assert document["state"] == "finished"
        texts = {s["id"]: s["text"] for s in document["statements"]}
        for verdict in document["verdicts"]:
            assert all(texts[q["statement"]][q["start"] : q["end"]] == q["text"] for q in verdict["pull_quotes"])
        wrong = upverdict("push-back", "last", "--flip", "9", "x y z")
        assert wrong.code == 2
        assert "none has the number 9" in wrong.err
        assert upverdict("push-back", "last", " ").code == 2


@pytest.mark.parametrize("rounds", [0, 1])
def test_what_has_no_verdict_cannot_be_pushed_back_against(at_home: Path, rounds: int) -> None:
    with ScriptedEndpoint.in_thread(council_but({"judge": scripted.status(403)})) as server:
        assert upverdict("ask", "Rent or run?", "--rounds", str(rounds), "--endpoint", server.url).code == 1
        done = upverdict("push-back", "last", PUSHED)
        assert done.code == 2
        assert "no verdict yet" in done.err
        assert upverdict("show", "last", "--json").json["discussion"] == []


async def test_a_comment_whose_voice_cannot_speak_goes_to_the_judge_all_the_same() -> None:
    async with held(council_but({"builder": scripted.status(403)}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        again = await commented(d, "The Builder is missing here, and nobody is on call.")
        assert again.debate.outcome == "finished"
        assert [v.version for v in again.debate.verdicts] == [1, 2]
        assert [e.voice for e in again.recording.events if isinstance(e, ev.StatementFailed)][-1] == "builder"


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("We keep it all in S3, and use R2 too.", "BSRC"),
        ("Vitamin B12 costs more.", "BSRC"),
        ("I am a builder myself.", "BSRC"),
        ("What S1.1 says is wrong.", "S"),
        ("the skeptic forgets me, and so does Builder.", "BS"),
        ("Skepticの主張は違う。", "S"),
        ("S1.99 is no sentence.", "BSRC"),
    ],
)
def test_who_is_concerned_by_a_comment(words: str, who: str) -> None:
    t = Talk()
    t.everybody(0)
    assert "".join(t.debate.letter(v) for v in protocol.concerned(t.debate, words)) == who


async def test_a_plain_verdict_that_says_the_same_after_a_comment_stands() -> None:
    nonsense = council_but({"judge verdict": scripted.text("Rent it, and ask again in a year.")})
    async with held(nonsense, auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        again = await commented(d, "Thanks, that is all I wanted.")
        assert [v.version for v in again.debate.verdicts] == [1]
        assert again.debate.comments[0].upheld
        other = await commented(again, PUSHED, council_but({"judge verdict": scripted.text("Run it yourself now.")}))
        assert [v.version for v in other.debate.verdicts] == [1, 2]
        assert other.debate.verdicts[1].ruling
        assert other.debate.verdicts[1].ruling.because == (), "a plain ruling cites nothing"


async def test_raw_json_is_no_plain_verdict() -> None:
    raw = 'Here you are: {"headline": "Rent it", "decision": "Rent'
    async with held(council_but({"judge verdict": scripted.text(raw)}), auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "failed"
        assert d.debate.error
        assert d.debate.error.kind == "unreadable"
