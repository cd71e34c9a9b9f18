"""Claude's search, citations, thinking, refusals and stand-ins on the screen: streams of its SDK's types go in."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

import pytest
from anthropic import types

from tests import shapes
from tests.council import council_but
from tests.scripted import Gate, in_turn, rules, status
from tests.scripted.server import MODEL
from tests.shapes import SITES, Block, results, said, search, search_error, thought
from tests.tui.stage import MEDIUM, SMALL, Live, Stage, live, places, screen_text, stamped, until
from upverdict.core import endpoints, rulings
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.sources import SourcesScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.council import Council
from upverdict.tui.widgets.pane import VoicePane
from upverdict.tui.widgets.pane_rows import Row
from upverdict.tui.widgets.preview import glance

JUDGE = ev.Seat("judge", "J", "The Judge", "", "", "", "claude", "m")
QUOTE = "GPUs in private clusters sit idle most of the day."
WORDS = "Below seventy percent the sums turn. Most private GPUs idle all day. So measure your own load first."
SAID: tuple[Block, ...] = (
    said("Below seventy percent the sums turn. "),
    said("Most private GPUs idle all day.", cites=[(*SITES[0], QUOTE)]),
    said(" So measure your own load first."),
)

claude = functools.partial(shapes.claude, model=MODEL)
"""By the model that is asked for."""


def rows(pane: VoicePane, statement: str = "R1") -> list[str]:
    """What the pane has drawn of a statement, from its heading to its note."""
    stack = pane.view._stack
    block = stack[statement]
    return [row(block.row(n)) for n in range(block.drawn)]


def row(drawn: Row) -> str:
    return drawn.text.rstrip()


def flat(pane: VoicePane, statement: str = "R1") -> str:
    return " ".join(" ".join(rows(pane, statement)).split())


async def settled(s: Live) -> None:
    """Wait until the Researcher's opening is whole on the screen."""
    await s.until(lambda: s.debate.floor == 0 and s.pane("R").look.sign == "●", "the opening")
    await s.until(lambda: not any(block.stale for block in s.pane("R").view._stack.blocks), "drawn")


async def test_what_the_researcher_does_is_seen_as_it_happens(tmp_path: Path) -> None:
    gates = [Gate() for _ in range(4)]
    stream = claude(
        gates[0],
        thought("Which figure is it?"),
        gates[1],
        search("t1", "gpu utilisation 2026"),
        gates[2],
        results("t1", *SITES),
        *SAID[:2],
        gates[3],
        SAID[2],
        searches=1,
    )
    async with live(council_but({"researcher opening": stream}), tmp_path) as s:
        pane = s.pane("R")
        await s.until(lambda: pane.look.word.startswith("waiting") and pane.look.sign == "◌")
        gates[0].open()
        await s.until(lambda: pane.look.word.startswith("thinking"))
        assert "◔" in pane.look.sign
        gates[1].open()
        await s.until(lambda: pane.look.word.startswith("searching"))
        await s.until(lambda: rows(pane)[1:] == ["⌕ gpu utilisation 2026", "▌"])
        gates[2].open()
        await s.until(lambda: "day.¹" in flat(pane), "the mark comes with the words that it stands behind")
        assert pane.look.word == "writing"
        assert rows(pane)[1] == "⌕ gpu utilisation 2026 · 2 results"
        gates[3].open()
        await settled(s)
        assert flat(pane).endswith(WORDS.replace("day.", "day.¹"))
        assert s.said("R1") == WORDS, "marks are no part of the words"
        await s.until(lambda: s.composer.has_focus)
        await s.pilot.press("escape", "s")
        await s.until(lambda: isinstance(s.app.screen, SourcesScreen))
        assert SITES[0][0] in screen_text(s.app)
        await s.pilot.press("enter")
        await s.until(lambda: pane.view._stack["R1"].highlight is not None)
        start, end = pane.view._stack["R1"].highlight or (0, 0)
        assert WORDS[start:end] == "Most private GPUs idle all day."
        assert s.debate.statements["R1"].text == WORDS


@pytest.mark.parametrize("size", [MEDIUM, SMALL])
async def test_a_small_screen_shows_the_search_too(tmp_path: Path, size: tuple[int, int]) -> None:
    gate = Gate()
    stream = claude(search("t1", "gpu utilisation 2026"), gate, results("t1", *SITES), *SAID, searches=1)
    async with live(council_but({"researcher opening": stream}), tmp_path, size=size) as s:
        s.council.focus_pane(s.pane("R"))
        await s.until(lambda: "⌕ gpu utilisation 2026" in screen_text(s.app))
        await s.until(lambda: "searching" in screen_text(s.app))
        gate.open()
        await settled(s)
        assert "2 results" in screen_text(s.app)
        assert "day.¹" in flat(s.pane("R"))


async def test_a_search_that_fails_says_why_and_keeps_saying_it(tmp_path: Path) -> None:
    stream = claude(search("t1", "gpu"), search_error("t1", "unavailable"), said("Without a source, then."))
    async with live(council_but({"researcher opening": stream}), tmp_path) as s:
        await settled(s)
        assert "⌕ gpu failed: the search is out of order for now Without a source, then." in flat(s.pane("R")).replace(
            " · ", " "
        )


async def test_a_paused_turn_goes_on_in_the_same_statement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = endpoints.server
    monkeypatch.setattr(
        endpoints, "server", lambda *given: dataclasses.replace(plain(*given), search="web_search_20250305")
    )
    first = claude(search("t1", "one"), results("t1", *SITES), SAID[0], stop_reason="pause_turn", searches=1)
    second = claude(search("t2", "two"), results("t2"), *SAID[1:], searches=1)
    gone_on = (lambda asked: asked.json["messages"][-1]["role"] == "assistant", second)
    script = rules(gone_on, otherwise=council_but({"researcher opening": first}))
    async with live(script, tmp_path) as s:
        await settled(s)
        found = rows(s.pane("R"))
        assert found[1:3] == ["⌕ one · 2 results", "⌕ two · no results"]
        assert flat(s.pane("R")).endswith(WORDS.replace("day.", "day.¹"))


async def test_truncation_refusal_and_room_that_went_into_thoughts_are_told(tmp_path: Path) -> None:
    why = types.RefusalStopDetails(type="refusal", category="bio", explanation="This could help to do harm.")
    script = council_but(
        {
            "builder opening": claude(said("Half a sen"), stop_reason="max_tokens"),
            "skeptic opening": claude(said("I would "), stop_reason="refusal", refusal=why),
            "researcher opening": claude(thought("Hm, "), stop_reason="max_tokens"),
        }
    )
    async with live(script, tmp_path) as s:
        await s.floor(0)
        builder, skeptic, researcher = (s.pane(x).look for x in "BSR")
        assert (builder.sign, builder.word) == ("◑", "cut off")
        assert builder.note.startswith("Cut off at the limit of length.")
        assert (skeptic.sign, skeptic.word, skeptic.style) == ("✗", "refused", "error")
        assert "refused to answer (bio): This could help to do harm." in skeptic.note
        assert "What it had said is kept." in skeptic.note
        assert (researcher.sign, researcher.word) == ("✗", "failed")
        assert "used up its room before it wrote a word" in researcher.note


async def test_a_model_that_stands_in_is_named(tmp_path: Path) -> None:
    script = council_but(
        {
            "skeptic opening": claude(said("I stand in."), model="claude-haiku-5-5"),
            "builder opening": claude(said("Half a sen"), stop_reason="max_tokens", model="claude-haiku-5-5"),
        }
    )
    asked = "claude-sonnet-5-5"
    async with live(script, tmp_path, model=asked) as s:
        await s.floor(0)
        assert s.pane("S").look.note == f"Answered by claude-haiku-5-5, not {asked}."
        assert s.pane("S").look.style == "warning"
        assert s.pane("B").look.note.startswith(f"Answered by claude-haiku-5-5, not {asked}.\nCut off at the limit")
        assert s.pane("C").look.note == ""
        await s.until(lambda: f"Answered by claude-haiku-5-5, not {asked}." in flat(s.pane("S"), "S1"))


async def test_what_an_attempt_looked_up_and_cited_stays_above_the_next_one(tmp_path: Path) -> None:
    broken = claude(search("t1", "one"), results("t1", *SITES), *SAID[:2], stop_reason=None)
    again = claude(search("t2", "two"), results("t2", SITES[0]), said("Again.", cites=[(*SITES[1], "Two an hour.")]))
    async with live(council_but({"researcher opening": in_turn(broken, again)}), tmp_path) as s:
        await settled(s)
        pane = s.pane("R")
        assert pane.view.keys[:2] == ["R1 before 0", "R1"]
        await s.until(lambda: "Again.²" in flat(pane))
        live_rows = rows(pane, "R1 before 0") + rows(pane)
        assert "⌕ one · 2 results" in rows(pane, "R1 before 0")
        assert "day.¹" in flat(pane, "R1 before 0")
        assert rows(pane)[1:3] == ["⌕ two · 1 result", "Again.²"]
        kept = DebateScreen.kept(s.debate, "interrupted")
        await s.app.push_screen(kept)
        await s.pilot.pause()
        same = next(p for p in kept.query(VoicePane) if p.letter == "R")
        await s.until(lambda: rows(same, "R1 before 0") + rows(same) == live_rows, "the same as it was live")


async def test_what_broke_off_and_never_came_back_is_as_it_was(tmp_path: Path) -> None:
    broken = claude(search("t1", "one"), results("t1", *SITES), *SAID[:2], stop_reason=None)
    async with live(council_but({"researcher opening": in_turn(broken, *[status(500)] * 5)}), tmp_path) as s:
        await s.floor(0)
        pane = s.pane("R")
        await s.until(lambda: "day.¹" in flat(pane))
        assert rows(pane)[1] == "⌕ one · 2 results"
        assert pane.view.keys == ["R1"]


# -- the sources ------------------------------------------------------------------------------------------------------


def debate(verdict: bool = True, cites: bool = True, model: str = "m") -> Debate:
    """The Researcher searched and cited; a file of the user's and a hostile title are there, too."""
    seats = tuple(
        ev.Seat(v, v[0].upper(), f"The {v.title()}", "", "#4c86e0", "", "claude", "m")
        for v in ("builder", "researcher")
    )
    own = {"voice": "researcher", "round": "opening", "statement": "R1"}
    padding = "Something else is said here as well. " * 60
    made: list[ev.Event] = [
        ev.DebateStarted(question="Rent or own?", council=seats, judge=JUDGE),
        ev.SourceFound(source=ev.Source("1", "bill.pdf", "The [b]bill[/b]", "file", "cut", "Two thousand.")),
        ev.StatementStarted(voice="builder", round="opening", number=0, statement="B1"),
        ev.TextDelta(voice="builder", round="opening", statement="B1", text="No."),
        ev.StatementFinished(voice="builder", round="opening", statement="B1", sentences=((0, 3),)),
        ev.StatementStarted(voice="researcher", round="opening", number=0, statement="R1"),
        ev.SearchStarted(**own, query="[red]gpu[/red]"),  # type: ignore[arg-type]
        ev.SearchFinished(**own, query="[red]gpu[/red]", results=(ev.Result("https://e.org", "E"),)),  # type: ignore[arg-type]
        ev.TextDelta(**own, text=padding + "They idle. " + padding),  # type: ignore[arg-type]
    ]  # fmt: skip
    if cites:
        found = ev.Source("2", "https://example.org/[link]", "Idle [link=https://x]GPUs[/link]", "search")
        made += [
            ev.SourceFound(source=found, voice="researcher", statement="R1"),
            ev.SourceCited(**own, source="2", after=len(padding) + 10, quote=QUOTE),  # type: ignore[arg-type]
        ]
    made.append(ev.StatementFinished(**own, sentences=()))  # type: ignore[arg-type]
    if verdict:
        ruling = rulings.Ruling("A headline.", "Do it.", heard=("builder", "researcher"))
        made += [
            ev.FloorOpened(number=0),
            ev.FloorClosed(number=0, reason="verdict"),
            ev.VerdictStarted(version=1, cause="debate"),
            ev.UsageCounted(voice="judge", statement="verdict 1", model=model, usage=ev.Usage(1, 1)),
            ev.VerdictRuled(version=1, ruling=ruling),
            ev.DebateFinished(),
        ]
    return Debate.fold(stamped(*made))


async def test_the_verdict_lists_the_sources_and_leads_to_the_words_that_rest_on_them() -> None:
    app = Stage()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.push_screen(VerdictScreen(debate(), "finished"))
        await until(pilot, lambda: "A headline." in screen_text(app))
        assert app.screen.check_action("to_sources", ())
        await pilot.press("s")
        await until(pilot, lambda: "SOURCES CITED" in screen_text(app))
        seen = screen_text(app)
        for words in (
            "2   Idle [link=https://x]GPUs[/link]", f"“{QUOTE}”", "https://example.org/[link]",
            "cited by R1 · found by a search", "1   The [b]bill[/b]",
            "not cited · a file of yours, only its beginning was read",
        ):  # fmt: skip
            assert words in seen
        assert seen.index("Idle [link") < seen.index("The [b]bill"), "what nobody cites comes last"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DebateView))
        await until(pilot, lambda: "They idle.²" in screen_text(app))
        pane = next(p for p in app.screen.query(VoicePane) if p.letter == "R")
        start, end = pane.view._stack["R1"].highlight or (0, 0)
        assert pane.view.text_of("R1")[start:end] == "They idle."
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))


async def test_without_a_verdict_a_key_shows_the_sources() -> None:
    app = Stage()
    async with app.run_test(size=(100, 30)) as pilot:
        screen = DebateScreen.kept(debate(verdict=False), "interrupted")
        await app.push_screen(screen)
        await until(pilot, lambda: screen.facts.sources)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SourcesScreen))
        assert "https://example.org/[link]" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SourcesScreen))
        await pilot.press("enter")
        pane = next(p for p in screen.query(VoicePane) if p.letter == "R")
        await until(pilot, lambda: app.screen is screen and "idle.²" in screen_text(app))
        start, end = pane.view._stack["R1"].highlight or (0, 0)
        assert pane.view.text_of("R1")[start:end] == "They idle."
        await pilot.press("y")
        await until(pilot, lambda: "[2] Idle [link" in app.clipboard)
        assert "They idle. [2]" in app.clipboard


async def test_where_there_are_no_sources_nothing_speaks_of_them() -> None:
    app = Stage()
    bare = Debate.fold(
        e for e in stamped(ev.DebateStarted(question="Q?", council=debate().council, judge=debate().council[0]))
    )
    async with app.run_test(size=(100, 30)) as pilot:
        screen = DebateScreen.kept(bare, "interrupted")
        await app.push_screen(screen)
        await until(pilot, lambda: screen.query_one(Council))
        assert not screen.check_action("show_sources", ())
        assert "source" not in glance(bare, "interrupted").facts
    assert glance(debate(), "finished").facts.endswith("2 statements · 2 sources")


async def test_sources_that_nobody_cites_are_listed_all_the_same() -> None:
    app = Stage()
    async with app.run_test(size=(100, 30)) as pilot:
        screen = VerdictScreen(debate(cites=False), "finished")
        await app.push_screen(screen)
        await until(pilot, lambda: "SOURCES, NONE OF THEM CITED" in screen_text(app))
        await pilot.press("s")
        await until(pilot, lambda: "not cited" in screen_text(app))
        assert not places(screen, "citing")


async def test_a_judge_that_stands_in_is_named_on_the_verdict() -> None:
    app = Stage()
    async with app.run_test(size=(100, 30)) as pilot:
        await app.push_screen(VerdictScreen(debate(model="claude-haiku-5-5"), "finished"))
        await until(pilot, lambda: "Answered by claude-haiku-5-5, not m." in screen_text(app))


async def test_a_long_query_never_hides_what_came_of_it(tmp_path: Path) -> None:
    query = "how long the graphics processors of private clusters stand idle on an average day in 2026 日本語"
    gate = Gate()
    stream = claude(search("t1", query), results("t1", *SITES), said("One. "), gate, said("Two."))
    async with live(council_but({"researcher opening": stream}), tmp_path) as s:
        pane = s.pane("R")
        await s.until(lambda: "One." in flat(pane))
        assert " ".join(" ".join(rows(pane)[1:5]).split()) == f"⌕ {query} 2 results"
        gate.open()
        await settled(s)
        assert rows(pane)[1].endswith("… · 2 results")
        assert rows(pane)[2] == "One. Two."
