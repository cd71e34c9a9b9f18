"""The frame: what of a judge's or a person's is one, and what a debate does with it and without it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import scripted
from tests.core.talk import Talk
from tests.core.test_runner import Held, held
from tests.council import council, council_but
from tests.program import upverdict
from tests.scripted import Gate, ScriptedEndpoint
from upverdict.core import events as ev
from upverdict.core import framing, protocol
from upverdict.core.answer import Unreadable
from upverdict.core.debate import Debate
from upverdict.core.document import document

SOUND: dict[str, Any] = {
    "restatement": "Is it better to rent models or to run them?",
    "presuppositions": ["There is somebody to run them."],
    "options": ["Rent", "Run them", "Both, by workload"],
    "kind": "contested",
}


def frame_of(**changes: Any) -> scripted.Reply:
    return scripted.text(json.dumps(SOUND | changes), label="judge frame")


def openings(d: Held) -> list[str]:
    return [r.prompt for r in d.server.asks if "Write your opening" in r.last_text]


async def test_the_council_argues_in_the_frame_that_the_judge_draws() -> None:
    async with held(council_but({"judge frame": frame_of()}), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.kinds()[1:5] == ["frame_asked", "usage", "frame_drawn", "frame_settled"]
        assert len(openings(d)) == 4
        assert all("2. Run them" in p and "There is somebody to run them." in p for p in openings(d))
        told = document(d.debate, "finished")["frame"]
        assert told == {**SOUND, "help": "", "by": "judge", "note": ""}
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.option == "Run them"


async def test_the_person_changes_the_frame_before_anybody_opens() -> None:
    async with held(council_but({"judge frame": frame_of()}), depth="standard") as d:
        run = asyncio.create_task(d.runner.run())
        await d.until(lambda x: x.framing.proposal)
        await asyncio.sleep(0.05)
        assert not openings(d)
        with pytest.raises(ValueError, match="2 to 4 options, not 1"):
            d.runner.settle_frame(ev.Frame("Rent?", (), ("Rent",), "contested"))
        with pytest.raises(ValueError, match="kind must be one of settled, contested, values"):
            d.runner.settle_frame(ev.Frame("Rent?", (), ("Rent", "Buy"), "unsafe"))
        d.runner.settle_frame(ev.Frame("Rent\x1b[2J or buy?", (), ("Rent", " Buy "), "values"))
        await d.until(lambda x: x.floor == 0)
        assert all("Rent or buy?" in p and "2. Buy" in p and "Run them" not in p for p in openings(d))
        assert d.debate.framing.settled
        assert d.debate.framing.settled.by == "user"
        with pytest.raises(ValueError, match="not waiting for its frame"):
            d.runner.settle_frame()
        d.runner.interrupt()
        await asyncio.wait_for(run, 20)


async def test_an_unsafe_question_is_declined_with_help_and_nobody_argues_it() -> None:
    unsafe = frame_of(kind="unsafe", options=[], help="Nobody should face this alone: call a helpline, it is free.")
    async with held(council_but({"judge frame": unsafe}), depth="standard") as d:  # not even without `auto` it waits
        await asyncio.wait_for(d.runner.run(), 30)
        assert len(d.server.asks) == 1
        assert not d.debate.statements
        assert d.debate.outcome == "failed"
        assert d.debate.error
        assert d.debate.error.kind == "unsafe"
        assert "call a helpline" in d.debate.error.message
        again = Held(d.server, d.recording.events, auto=True)
        await asyncio.wait_for(again.runner.run(), 30)
        await again.lines.close()
        assert again.debate.outcome == "failed"
        assert len(d.server.asks) == 1, "a second try does not get around it"


async def test_a_settled_question_invites_agreement() -> None:
    async with held(council_but({"judge frame": frame_of(kind="settled")}), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert all("agree freely, and make no dissent that you do not hold" in p for p in openings(d))
    async with held(council_but({"judge frame": frame_of()}), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert not any("agree freely" in p for p in openings(d))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (scripted.text("I would rather talk about it."), "it held no JSON object."),
        (frame_of(options=["Rent"]), "2 to 4 options, not 1"),
        (frame_of(options=["Rent", "rent."]), "two of the options are the same"),
        (frame_of(restatement="Should the 83 % who rent go on?"), "the person gave no figure such as 83 %"),
        (frame_of(presuppositions="all of it"), "presuppositions must be a list"),
        (frame_of(kind="boring"), "kind must be one of settled, contested, values, unsafe"),
    ],
)
async def test_a_frame_that_is_none_is_repaired_once_then_done_without(wrong: scripted.Reply, complaint: str) -> None:
    async with held(
        council_but({"judge frame": scripted.in_turn(wrong, frame_of())}), auto=True, depth="standard"
    ) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert complaint in d.server.asks[1].last_text
        assert d.debate.frame
        assert d.debate.frame.options == tuple(SOUND["options"])
    async with held(council_but({"judge frame": wrong}), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        assert d.debate.frame is None
        assert d.debate.framing.settled
        assert d.debate.framing.settled.note == framing.UNREADABLE
        assert "83" not in "".join(openings(d))


async def test_a_judge_that_cannot_be_asked_for_the_frame_ends_the_debate_and_continue_asks_it_again() -> None:
    async with held(council_but({"judge frame": scripted.status(403)}), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "failed"
        assert not openings(d)
        d.server.script = council()
        again = Held(d.server, d.recording.events, auto=True)
        await asyncio.wait_for(again.runner.run(), 30)
        await again.lines.close()
        assert again.debate.outcome == "finished"
        assert again.debate.frame


async def test_a_fault_that_passes_is_tried_again_and_told() -> None:
    flaky = scripted.in_turn(scripted.status(529), frame_of(restatement="Rent or run?"))
    async with held(council_but({"judge frame": flaky}), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        (at,) = [n for n, e in enumerate(d.recording.events) if isinstance(e, ev.Retrying)]
        meanwhile = Debate.fold(d.recording.events[: at + 1])
        assert meanwhile.framing.error
        assert protocol.next_step(meanwhile) == protocol.Wait(), "whatever else happens while it waits"
        assert d.debate.frame
        assert d.debate.outcome == "finished"


async def test_a_judge_that_is_stopped_while_it_frames_leaves_the_question_as_it_was() -> None:
    gate = Gate()
    slow = scripted.text(json.dumps(SOUND), at={5: scripted.hold(gate)})
    async with held(council_but({"judge frame": slow}), auto=True, depth="standard") as d:
        run = asyncio.create_task(d.runner.run())
        await d.until(lambda x: x.framing.live)
        d.runner.stop()
        await asyncio.wait_for(run, 30)
        assert d.debate.outcome == "finished"
        assert d.debate.framing.settled
        assert d.debate.framing.settled.note == framing.STOPPED


def test_a_frame_of_ones_own_comes_from_a_file(tmp_path: Path) -> None:
    toml = tmp_path / "frame.toml"
    toml.write_text('restatement = "Rent or run?"\noptions = ["Rent", "Run"]\nkind = "values"\n', "utf-8")
    given = tmp_path / "frame.json"
    given.write_text(json.dumps({"restatement": "Rent or run?", "options": ["Rent", "Run"]}), "utf-8")
    with ScriptedEndpoint.in_thread(council()) as server:
        for path, kind in ((toml, "values"), (given, "contested")):
            done = upverdict("ask", "Rent?", "--frame", str(path), "--depth", "standard", "--endpoint", server.url)
            assert done.code == 0, done.err
            assert done.out.count(f"## The frame · {kind}") == 1
            frame = upverdict("show", "last", "--json").json["frame"]
            assert (frame["by"], frame["kind"], frame["options"]) == ("file", kind, ["Rent", "Run"])
        assert not any("Frame the question" in r.last_text for r in server.asks)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the restatement of the question is missing"),
        ("restatement = ", "neither TOML nor JSON"),
        ('{"restatement": ', "neither TOML nor JSON"),
        ('restatement = "x"\noptions = ["a", "b", "c", "d", "e"]', "not 5"),
        ('restatement = "x"\noptions = ["a", "other"]', "not 1"),
        ('restatement = "x"\noptions = ["a", "b"]\nkind = "unsafe"', "kind must be one of settled, contested, values"),
        ('restatement = "x"\noptions = ["a", "b"]\ntitle = "y"', "unknown keys: title"),
        ('restatement = 3\noptions = ["a", "b"]', "restatement must be a text"),
    ],
)
def test_a_broken_frame_file_is_refused_in_a_sentence(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "frame.toml"
    path.write_text(text, "utf-8")
    done = upverdict("ask", "Rent?", "--frame", str(path))
    assert done.code == 2
    assert why in done.err


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
)


@given(
    st.dictionaries(st.sampled_from(ev.Frame.FIELDS), json_values).map(json.dumps)
    | st.text()
    | st.fixed_dictionaries(dict.fromkeys(ev.Frame.FIELDS, json_values)).map(json.dumps)
)
def test_whatever_comes_is_a_sound_frame_or_unreadable(answer: str) -> None:
    debate = Talk().debate
    try:
        frame = framing.read(debate, answer)
    except Unreadable:
        return
    assert frame.kind in framing.KINDS
    assert frame.kind == "unsafe" or 2 <= len(frame.options) <= 4
    assert not any("\x1b" in line for line in (frame.restatement, frame.help, *frame.options, *frame.presuppositions))
