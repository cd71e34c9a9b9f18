"""The debate screen with real parts: a session, a store and a scripted endpoint; keys go in, what is seen comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.council import council, council_but
from tests.scripted import Gate, Pace, Recorded, Reply, Script, error_event, hold, in_turn, status, text
from tests.scripted.script import reply_of
from tests.tui.stage import PATIENCE, Live, live, screen_text
from upverdict.core.retrying import Retries
from upverdict.core.store.reader import Library
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets import composer
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.pane import VoicePane

LONG = "A sentence that goes on for a while and says very little. " * 60
SLOW = Retries(tries=2, first=30.0)


def held(gate: Gate, words: str = "The first words. ") -> Reply:
    """A statement that stops after some words until the gate opens."""
    return text(words + "And the rest of it.", at={len(words): hold(gate)})


async def settled(s: Live, letters: str = "BSRC") -> None:
    """Wait until the openings of these voices have their first words on the screen."""
    await s.until(lambda: all("first words" in s.said(f"{x}1") for x in letters), "first words")


# -- streaming --------------------------------------------------------------------------------------------------------


async def test_every_voice_shows_its_words_and_its_state(tmp_path: Path) -> None:
    gate, silence = Gate(), Gate()
    script = council_but(
        {
            "builder": held(gate),
            "skeptic": text("All said."),
            "researcher": text("Later.").after(silence),
            "contrarian": status(400, message="This prompt is too odd."),
        }
    )
    async with live(script, tmp_path) as s:
        await s.until(lambda: s.pane("B").look.word == "writing" and s.pane("C").look.word == "failed")
        await s.until(lambda: s.pane("S").look.word == "2w" and s.pane("R").look.word.startswith("waiting"))
        await s.until(lambda: "The first words." in screen_text(s.app))  # they may come in two pieces
        seen = screen_text(s.app)
        for words in ("The Builder", "The first words.", "writing", "All said.", "waiting", "failed", "too odd"):
            assert words in seen
        assert s.pane("C").look.note.endswith("This prompt is too odd. R asks again.")
        assert "2 of 4 done" in s.standing
        assert "◐ Openings" in seen
        gate.open()
        silence.open()
        await s.floor(0)
        assert "● Openings" in screen_text(s.app)
        assert s.said("R1") == "Later."


async def test_the_whole_debate_with_the_user_in_it(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        assert s.app.focused is s.composer, "the floor gives the keys to the composer"
        assert not s.screen.check_action("replay", ())
        assert s.composer.aside == "answered in rebuttal 1"
        await s.pilot.press(*"We are only two people.", "enter")
        await s.until(lambda: "Y1" in s.debate.statements and s.pane("Y").display)
        assert s.said("Y1") == "We are only two people."
        assert s.composer.text == ""
        await s.floor(1)
        assert all("We are only two people." in s.said(f"{letter}2") for letter in "BSRC")
        await s.pilot.press("ctrl+n")
        await s.until(lambda: isinstance(s.app.screen, VerdictScreen), "the verdict opens by itself")
        await s.pilot.press("escape")
        await s.until(lambda: s.app.screen is s.screen)
        assert "The verdict is in" in s.standing
        assert not s.composer.display
        await s.until(lambda: s.screen.over)
        await s.pilot.press("P")
        await s.until(lambda: s.app.replayed == [s.debate.id], "it can be replayed as soon as it is over")
        kept = Library(tmp_path / "debates.db").debate(s.debate.id)
        assert kept.verdict is not None
        assert {k: v.text for k, v in kept.statements.items()} == {k: s.said(k) for k in s.debate.statements}


async def test_typing_loses_no_key_and_no_focus_while_all_panes_stream(tmp_path: Path) -> None:
    script = council_but({voice: text(LONG) for voice in ("builder", "skeptic", "researcher", "contrarian")})
    async with live(script, tmp_path, pace=Pace(100), rounds=0) as s:
        await s.until(lambda: all(s.said(f"{letter}1") for letter in "BSRC"))
        await s.pilot.press("r")
        typed = "nvxzR1y?. " * 12
        before = {letter: len(s.said(f"{letter}1")) for letter in "BSRC"}
        await s.pilot.press(*["space" if c == " " else c for c in typed])
        assert s.composer.text == typed
        assert s.app.focused is s.composer
        assert all(len(s.said(f"{letter}1")) > before[letter] for letter in "BSRC"), "the streams went on"
        assert s.council.zoomed is None
        assert all(x.stop_reason != "stopped" for x in s.debate.statements.values())
        await s.floor(0)
        assert s.composer.text == typed


async def test_a_screen_that_is_left_in_mid_stream_loses_no_word(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({voice: held(gate) for voice in ("builder", "skeptic", "researcher", "contrarian")})
    async with live(script, tmp_path) as s:
        await settled(s)
        await s.pilot.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Confirm))
        await s.pilot.press("escape")
        await s.until(lambda: s.app.screen is s.screen)
        assert s.debate.outcome == "running"
        await s.pilot.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Confirm))
        await s.pilot.press("y")
        await s.until(lambda: s.screen not in s.app.screen_stack, "the screen is left")
        library = Library(tmp_path / "debates.db")
        assert library.state(s.debate.id) == "interrupted"
        kept = library.debate(s.debate.id)
        assert all(kept.statements[f"{letter}1"].text.strip() == "The first words." for letter in "BSRC")


async def test_the_program_ends_in_mid_stream_and_loses_no_word(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder": held(gate)})
    async with live(script, tmp_path) as s:
        await settled(s, "B")
        id = s.debate.id
    library = Library(tmp_path / "debates.db")
    assert library.state(id) == "interrupted"
    assert library.debate(id).statements["B1"].text.strip() == "The first words."


# -- the floor --------------------------------------------------------------------------------------------------------


async def test_n_passes_and_v_calls_the_verdict(tmp_path: Path) -> None:
    async with live(council(), tmp_path, rounds=2) as s:
        await s.floor(0)
        await s.pilot.press("escape", "n")
        await s.floor(1)
        assert s.debate.floors_closed == {0: "passed"}
        await s.until(lambda: s.app.focused is s.composer)
        await s.pilot.press("escape", "v")
        await s.until(lambda: s.debate.verdict is not None)
        assert s.debate.floors_closed == {0: "passed", 1: "verdict"}
        assert s.debate.round == 1


async def test_v_in_mid_round_says_that_the_verdict_follows(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"builder": held(gate)}), tmp_path) as s:
        await settled(s, "B")
        await s.pilot.press("v")
        await s.until(lambda: "The verdict follows this round" in s.standing)
        assert not s.debate.verdicts
        await s.pilot.press("v")
        await s.until(lambda: "The verdict follows" not in s.standing, "taken back")
        await s.pilot.press("v")
        await s.until(lambda: "The verdict follows this round" in s.standing)
        gate.open()
        await s.until(lambda: s.debate.verdict is not None)
        assert s.debate.round == 0


async def test_keys_meant_for_a_pane_are_no_rebuttal_when_the_floor_opens(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"builder": held(gate)}), tmp_path) as s:
        await settled(s, "B")
        await s.pilot.press("2")
        gate.open()
        await s.until(lambda: s.debate.floor == 0 and "floor is yours" in s.standing)
        await s.pilot.press("x", "R")
        assert s.composer.text == ""
        await s.until(lambda: s.app.focused is s.composer, "when the keys rest, they go to the composer")


async def test_the_key_that_asks_for_the_composer_is_no_word_where_the_floor_gave_it_just_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composer, "UNASKED", PATIENCE)
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        await s.until(lambda: s.screen.composing)
        await s.pilot.press(*"right")
        assert s.composer.text == "ight"
        await s.pilot.press("escape", *"r", *"r")
        assert s.composer.text == "ightr", "who asks for it writes all he writes"


async def test_x_stops_the_judge_and_c_asks_him_again(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"judge": text("x").after(gate)}), tmp_path, rounds=0) as s:
        await s.floor(0)
        await s.pilot.press("escape", "n")
        await s.until(lambda: "judge weighs" in s.standing)
        await s.until(lambda: "stop" in screen_text(s.app).splitlines()[-1])
        await s.pilot.press("x")
        await s.until(lambda: s.screen.over)
        assert s.standing.startswith("You stopped the judge. Every statement is kept. c asks for the verdict again")
        await s.pilot.press("c")
        await s.until(lambda: s.app.continued == [s.debate.id])


async def test_v_with_an_unanswered_word_of_the_user_asks_first(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"builder opening": held(gate)}), tmp_path) as s:
        await settled(s, "B")
        await s.write("And who pays for it?")
        await s.until(lambda: s.debate.unanswered)
        gate.open()
        await s.floor(0)
        await s.pilot.press("ctrl+r")
        await s.until(lambda: isinstance(s.app.screen, Confirm))
        await s.pilot.press("n")
        await s.until(lambda: s.app.screen is s.screen)
        assert s.debate.floor == 0, "no is no"
        await s.pilot.press("ctrl+r")
        await s.until(lambda: isinstance(s.app.screen, Confirm))
        await s.pilot.press("y")
        await s.until(lambda: s.debate.verdict is not None)
        assert s.debate.round == 0


async def test_the_floor_does_not_take_the_keys_from_one_who_reads_back(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder": text(LONG), "skeptic": held(gate)})
    async with live(script, tmp_path) as s:
        await s.until(lambda: s.pane("B").look.sign == "●")
        await s.pilot.press("1", "home")
        await s.until(lambda: not s.pane("B").view.following)
        gate.open()
        await s.floor(0)
        assert s.app.focused is s.pane("B").view
        assert s.pane("B").view.scroll_y == 0


async def test_the_floor_does_not_take_the_keys_from_one_who_has_left_the_composer(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"builder opening": held(gate)}), tmp_path) as s:
        await settled(s, "B")
        await s.pilot.press("r", "escape")
        await s.until(lambda: s.council.focused is s.pane("B"))
        s.screen._pressed -= 60  # a minute without a key
        gate.open()
        await s.floor(0)
        assert "r speaks" in s.standing
        await s.pilot.press("f", "2", "enter")
        assert s.composer.text == ""
        assert s.debate.floor == 0


async def test_nothing_to_say_is_not_sent(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press("space", "enter")
        await s.until(lambda: s.app.told)
        assert "Ctrl+N goes on" in s.app.told[-1]
        assert s.debate.floor == 0


# -- stopping and asking again ----------------------------------------------------------------------------------------


async def test_x_stops_the_focused_voice_or_all(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({v: held(gate) for v in ("builder", "skeptic", "researcher", "contrarian")})
    async with live(script, tmp_path) as s:
        await settled(s)
        await s.pilot.press("2", "x")
        await s.until(lambda: s.pane("S").look.word == "stopped")
        assert s.pane("B").look.word == "writing"
        assert s.pane("S").look.note == "You stopped it. R asks again."
        assert "You stopped it." in screen_text(s.app)
        await s.pilot.press("X")
        await s.until(lambda: all(s.pane(x).look.word == "stopped" for x in "BSRC"))
        await s.floor(0)


async def test_x_stops_all_while_no_pane_has_the_keys(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({v: held(gate) for v in ("builder", "skeptic", "researcher", "contrarian")})
    async with live(script, tmp_path) as s:
        await settled(s)
        await s.pilot.press("y")
        await s.until(lambda: s.app.told)
        assert "Choose a pane" in s.app.told[-1]
        await s.pilot.press("x")
        await s.until(lambda: all(s.pane(x).look.word == "stopped" for x in "BSRC"))


async def test_r_asks_a_failed_voice_again(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but(
        {"skeptic": in_turn(status(400, message="Odd."), text("Now it works.")), "builder": held(gate)}
    )
    async with live(script, tmp_path) as s:
        await s.until(lambda: s.pane("S").look.word == "failed")
        await s.pilot.press("3")
        await s.until(lambda: "again" not in offered(s), "the Researcher has nothing to say again")
        await s.pilot.press("R")
        assert s.app.told == ["There is nothing to be asked again."]
        await s.pilot.press("2")
        await s.until(lambda: "again" in offered(s))
        await s.pilot.press("R")
        await s.until(lambda: s.said("S1") == "Now it works.")
        await s.until(lambda: s.pane("S").look.word == "3w")
        gate.open()
        await s.floor(0)


async def test_when_all_fail_the_screen_says_so_and_how_to_ask_again(tmp_path: Path) -> None:
    voices = ("builder", "skeptic", "researcher", "contrarian")
    broken = text("I was just about to say", at={12: error_event()})
    once = {f"{v} rebuttal 1": in_turn(broken, broken, text("Here I am.")) for v in voices}
    async with live(council_but(once), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press("ctrl+n")
        await s.floor(1)
        assert s.standing.startswith("All 4 failed: Esc, then R on each asks again.")
        await s.until(lambda: s.pane("S").look.note.endswith(" Esc, then R asks again."))
        await s.pilot.press("escape")
        await s.until(lambda: s.standing.startswith("All 4 failed: R on each asks again."))
        await s.until(lambda: s.pane("S").look.note.endswith(" R asks again."))
        assert "Esc, then" not in s.pane("S").look.note
        await s.pilot.press("2", "R")
        await s.until(lambda: s.said("S2") == "Here I am.")
        await s.until(lambda: s.standing.startswith("The floor is yours."))


async def test_a_retry_counts_down_and_r_hurries_it(tmp_path: Path) -> None:
    script = council_but({"skeptic": in_turn(status(529), text("Here I am."))})
    async with live(script, tmp_path, retries=SLOW) as s:
        await s.until(lambda: s.pane("S").look.sign == "↻")
        await s.until(lambda: s.pane("S").look.note.endswith("\u00a0s · R\u00a0now"))
        assert s.pane("S").look.word == "retrying", "the seconds are counted once"
        await s.pilot.press("2", "R")
        await s.until(lambda: s.said("S1") == "Here I am.")


async def test_what_an_attempt_before_had_said_stays_on_the_screen(tmp_path: Path) -> None:
    broken = text("I was just about to say", at={12: error_event()})
    async with live(council_but({"skeptic": in_turn(broken, text("Here I am."))}), tmp_path) as s:
        await s.until(lambda: s.said("S1") == "Here I am.")
        assert s.pane("S").view.keys == ["S1 before 0", "S1"]
        assert s.said("S1 before 0") == s.debate.statements["S1"].earlier[0] == "I was just a"
        assert "Asked again from the" in screen_text(s.app)
        kept = DebateScreen.kept(s.debate, "running")
        await s.app.push_screen(kept)
        await s.until(lambda: "Asked again from the" in screen_text(s.app), "as it was kept, too")
        view = next(p.view for p in kept.query(VoicePane) if p.letter == "S")
        assert [view.text_of(key) for key in view.keys] == ["I was just a", "Here I am."]


async def test_words_of_a_voice_whose_retries_fail_stay_its_statement(tmp_path: Path) -> None:
    broken = text("I was just about to say", at={12: error_event()})
    async with live(council_but({"skeptic opening": in_turn(broken, status(529))}), tmp_path) as s:
        await s.until(lambda: s.pane("S").look.word == "failed")
        await s.floor(0)
        assert s.pane("S").view.keys == ["S1"]
        assert s.said("S1") == s.debate.statements["S1"].text == "I was just a"
        assert "Asked again" not in screen_text(s.app)


async def test_r_hurries_a_judge_who_is_asked_again(tmp_path: Path) -> None:
    script = council_but({"judge": in_turn(status(529), council())})
    async with live(script, tmp_path, rounds=0, retries=SLOW) as s:
        await s.floor(0)
        await s.pilot.press("escape", "n")
        await s.until(lambda: s.standing.startswith("The judge:") and s.standing.endswith("s · R\u00a0now"))
        await s.pilot.press("R")
        await s.until(lambda: s.debate.verdict is not None)


# -- failure ----------------------------------------------------------------------------------------------------------


async def test_a_judge_that_fails_costs_no_word_and_c_goes_on(tmp_path: Path) -> None:
    async with live(council_but({"judge": status(400, message="No ruling today.")}), tmp_path, rounds=0) as s:
        await s.floor(0)
        await s.pilot.press("escape", "n")
        await s.until(lambda: s.screen.over and "could not rule" in s.standing)
        assert "Every statement is kept" in s.standing
        assert "✗ Verdict" in screen_text(s.app)
        await s.pilot.press("c")
        await s.until(lambda: s.app.continued == [s.debate.id])


async def test_when_nobody_can_speak_the_screen_says_why(tmp_path: Path) -> None:
    async with live(status(401, message="The key is not valid."), tmp_path) as s:
        await s.until(lambda: s.screen.over)
        assert s.standing.startswith("No verdict. No voice could speak")
        assert "c tries again" in s.standing
        assert not s.composer.display


async def test_what_was_written_too_late_stays(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"judge": text("x").after(gate)}), tmp_path, rounds=0) as s:
        await s.floor(0)
        await s.pilot.press("ctrl+n", *"wait")
        await s.until(lambda: s.debate.judging and "judge weighs" in s.standing)
        assert not s.composer.check_action("call_verdict", ()), "he is at it already"
        s.session.runner.interrupt()
        await s.until(lambda: s.screen.over)
        assert s.composer.display
        assert s.composer.text == "wait"
        await s.pilot.press("enter")
        await s.until(lambda: s.app.told)
        assert s.composer.text == "wait"


async def test_the_verdict_does_not_break_in_on_one_who_writes(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"judge": _after(gate, council())})
    async with live(script, tmp_path, rounds=0) as s:
        await s.floor(0)
        await s.pilot.press("ctrl+n", *"but ")
        await s.until(lambda: s.debate.judging)
        gate.open()
        await s.until(lambda: s.debate.outcome == "finished" and s.app.told)
        assert s.app.screen is s.screen
        assert "verdict is in" in s.app.told[-1]
        await s.until(lambda: s.standing.endswith("Enter pushes back with what you wrote · Esc, then o opens it"))
        await s.pilot.press(*"ok")
        assert s.composer.text == "but ok"
        assert "Enter send" not in screen_text(s.app)
        assert {"send", "verdict"}.isdisjoint(offered(s))
        assert "push back" in offered(s)
        await s.pilot.press("escape")
        await s.until(lambda: not s.screen.composing)
        assert "speak" not in offered(s)
        assert "o opens it · Esc goes back" in s.standing
        await s.pilot.press("o")
        await s.until(lambda: isinstance(s.app.screen, VerdictScreen))
        await s.pilot.press("escape")
        await s.until(lambda: s.app.screen is s.screen)
        s.composer.focus()
        await s.until(lambda: s.screen.composing)
        await s.pilot.press("enter")
        await s.until(lambda: isinstance(s.app.screen, PushBack) and s.app.screen.composer.text == "but ok")
        store = await s.app.store()
        assert await store.draft(s.debate.id) == "", "it is an objection now"
        assert await store.draft(f"{s.debate.id}.comment") == "but ok"
        await s.pilot.press("ctrl+end", *"ay", "enter")
        await s.until(lambda: s.app.pushed == [(s.debate.id, "but okay", None)])


async def test_what_was_written_when_the_judge_was_stopped_can_be_sent_after_c(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"judge": text("x").after(gate)}), tmp_path, rounds=0) as s:
        await s.floor(0)
        await s.pilot.press("ctrl+n")
        await s.until(lambda: s.debate.judging and "judge weighs" in s.standing)
        await s.pilot.press(*"wait", "escape", "x")
        await s.until(lambda: s.screen.over and "c asks for the verdict again" in s.standing)
        assert "it can be sent after c" in screen_text(s.app)
        assert "speak" not in offered(s)
        await s.pilot.press("tab")
        await s.until(lambda: "Esc, then c asks for the verdict again" in s.standing)
        await s.pilot.press("enter")
        await s.until(lambda: s.app.told and "Esc, then c goes on" in s.app.told[-1])
        await s.pilot.press("escape", "c")
        await s.until(lambda: s.app.continued == [s.debate.id])
        assert await (await s.app.store()).draft(s.debate.id) == "wait"


async def test_who_speaks_while_the_judge_rules_knows_that_it_costs_a_round(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"judge": in_turn(text("x").after(gate), council())}), tmp_path, rounds=0) as s:
        await s.floor(0)
        assert "answered in rebuttal 1" in screen_text(s.app)
        await s.pilot.press("ctrl+n")
        await s.until(
            lambda: s.debate.judging and "answered in rebuttal 1: the judge waits for it" in screen_text(s.app)
        )
        await s.write("But the price doubled.")
        await s.floor(1)
        assert s.app.told == ["The judge waits: the council answers you first, then he rules on all of it."]
        assert "answered in rebuttal 2" in screen_text(s.app)


def offered(s: Live) -> set[str]:
    """What the last line of the screen offers."""
    return {key.name for key in s.app.screen.query_one(KeysLine).shown}


def _after(gate: Gate, script: Script) -> Script:
    """The same replies, held back until the gate opens."""

    async def later(request: Recorded) -> Reply:
        return (await reply_of(script, request)).after(gate)

    return later
