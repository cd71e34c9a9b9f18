"""The fifth voice, whenever it speaks: after the openings, in the middle of a round, after the last one."""

from __future__ import annotations

import asyncio

from tests import scripted
from tests.core.test_runner import held
from tests.council import council_but
from tests.program import upverdict
from tests.scripted import Gate, ScriptedEndpoint
from upverdict.core import answering, plaintext
from upverdict.core import events as ev
from upverdict.core.document import document

WORDS = (
    "You all assume a platform team, and there is none.",
    "None of you has said what it costs to stop.",
    "One last thing: we will move house in the spring.",
)
ALL = {"builder": True, "skeptic": True, "researcher": True, "contrarian": True}
DODGE = "It is late, and I would rather talk about the weather, which has been fine for weeks on end."


async def test_whenever_it_speaks_all_answer_in_the_round_after_and_who_dodges_is_named() -> None:
    gate = Gate()
    slow = scripted.text("To the Skeptic: I begin and then I pause before I go on.", at={20: scripted.hold(gate)})
    script = council_but({"builder rebuttal 1": slow, "contrarian rebuttal 2": scripted.text(DODGE)})
    async with held(script) as d:
        run = asyncio.create_task(d.runner.run())
        await d.until(lambda x: x.floor == 0)
        d.runner.speak(WORDS[0])
        await d.until(lambda x: "B2" in x.statements and x.statements["B2"].text)
        d.runner.speak(WORDS[1])
        assert d.debate.statements["B2"].live, "in the middle of a round"
        gate.open()
        await d.until(lambda x: x.floor == 1)
        d.runner.pass_floor()
        await d.until(lambda x: x.floor == 2)
        d.runner.speak(WORDS[2])
        await d.until(lambda x: x.floor == 3)
        d.runner.pass_floor()
        await asyncio.wait_for(run, 20)
        said = d.debate.of(ev.USER)
        assert [(s.id, s.text, s.answered_in) for s in said] == [
            ("Y1", WORDS[0], 1),
            ("Y2", WORDS[1], 2),
            ("Y3", WORDS[2], 3),
        ]
        for statement in said:
            asked = [r for r in d.server.asks if f"rebuttal {statement.answered_in}." in r.last_text]
            assert len(asked) == 4
            assert all(f"({statement.id} above): answer that too" in r.last_text for r in asked)
            assert all(statement.text in r.prompt for r in asked)
        # The Builder was slow in round 1 and did not come to it; the Contrarian dodged in round 2.
        assert answering.answers(d.debate, said[0]) == ALL | {"builder": False}
        assert answering.answers(d.debate, said[1]) == ALL | {"contrarian": False}
        assert answering.answers(d.debate, said[2]) == ALL
        told = "\n".join(plaintext.whole(d.debate, "finished"))
        assert "[No reply to Y1 from The Builder.]" in told
        assert "[No reply to Y2 from The Contrarian.]" in told
        assert "No reply to Y3" not in told
        doc = document(d.debate, "finished")
        dodged = {s["id"]: s["no_reply"] for s in doc["statements"] if s["voice"] == "you"}  # type: ignore[union-attr,index,call-overload]
        assert dodged == {"Y1": ["builder"], "Y2": ["contrarian"], "Y3": []}
        ruling = d.debate.verdict.ruling if d.debate.verdict else None
        assert ruling
        assert ev.USER in [q.voice for q in ruling.pull_quotes]
        assert any(ev.USER in c.support or ev.USER in c.against for c in (*ruling.agreed, *ruling.split))


def test_without_a_screen_it_speaks_after_the_openings_and_after_the_last_round() -> None:
    script = council_but({"skeptic rebuttal 2": scripted.text(DODGE)})
    with ScriptedEndpoint.in_thread(script) as server:
        given = ("--rebuttal", WORDS[0], "--rebuttal", WORDS[2], "--rounds", "1", "--endpoint", server.url)
        done = upverdict("ask", "Rent or run?", *given)
        assert done.code == 0, done.err
        for number in (1, 2):
            assert len([r for r in server.asks if f"Write your rebuttal {number}." in r.last_text]) == 4
    assert "[No reply to Y2 from The Skeptic.]" in done.out
    assert "No reply to Y1" not in done.out
    assert "[No reply to Y2 from The Skeptic.]" in upverdict("show", "last").out
