"""Choosing a sentence of a pane, quoting it into the composer, copying it; with keys and with the mouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.council import council_but
from tests.scripted import Gate, hold, text
from tests.tui.stage import MEDIUM, SMALL, WIDE, Live, Stage, live, screen_text, stamped, until
from tests.tui.test_debate_kept import JUDGE, SEATS, debate, opening, pane, shown
from upverdict.core import events as ev
from upverdict.core import quoted, rulings
from upverdict.core.text import sentences
from upverdict.tui.screens.replay import ReplayScreen
from upverdict.tui.widgets.pane import VoicePane

FIRST, SECOND, THIRD = "The first thing is known.", "The second thing costs money.", "The third thing is late."
WORDS = f"{FIRST} {SECOND} {THIRD}"
LONG = " ".join(f"This is the sentence with the number {n}, and it says next to nothing." for n in range(60))
SCRIPTS = {
    "japanese": "自社運用は紙の上では安い。しかし二人の当番が要る。誰が払うのか？",
    "arabic": "الاستضافة تبدو رخيصة على الورق. لكنها تحتاج إلى شخصين كل ليلة. من يدفع لهما في النهاية؟",
    "marks": "Le cafe\u0301 ne de\u0301pend de rien. A\u0308rger bleibt immer u\u0308brig. Et voila\u0300, c’est tout.",
    "emoji": "Ship it 👩‍👩‍👧 together today 🚀. Then rest for a while 🏖️. 🇫🇷 And then look back at it.",
}


def chosen(s: Live) -> str | None:
    found = s.council.chosen
    return found.chosen_id if found else None


def below(p: VoicePane) -> str:
    return str(p.border_subtitle)


def marked(p: VoicePane) -> str:
    """What is highlighted of a pane."""
    passage = p.view.shown
    return p.view.text_of(passage.key)[passage.start : passage.end] if passage else ""


def in_sight(p: VoicePane) -> bool:
    """Whether a row of the pane that is on the screen is highlighted."""
    return any(found for _, found, _ in p.view._looks(round(p.view.scroll_y), p.view.size.height))


async def to_pane(s: Live, letter: str = "B") -> VoicePane:
    await s.pilot.press("escape")
    await s.until(lambda: not s.screen.composing)
    s.council.focus_pane(s.pane(letter))
    await s.pilot.pause()
    return s.pane(letter)


async def test_q_quotes_the_chosen_sentence_where_the_cursor_is_and_code_proves_it(tmp_path: Path) -> None:
    async with live(council_but({"builder": text(WORDS)}), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press(*"before after", *["left"] * 6)
        builder = await to_pane(s)
        await s.pilot.press("shift+down")
        first = chosen(s)
        await s.pilot.press(*["shift+up"] * 5)
        assert chosen(s) == "B1.1"
        await s.pilot.press("shift+down")
        assert chosen(s) == "B1.2"
        assert first in ("B1.1", "B1.2", "B1.3")
        assert marked(builder) == SECOND
        assert below(builder).startswith("B1.2 · q quotes")
        await s.pilot.press("q")
        await s.until(lambda: s.composer.has_focus)
        assert s.composer.text == f"before The Builder (B1.2): “{SECOND}” after"
        await s.pilot.press(*"and so ")
        assert s.composer.text == f"before The Builder (B1.2): “{SECOND}”and so  after", "the cursor is behind it"
        await s.pilot.press("enter")
        await s.until(lambda: "Y1" in s.debate.statements)
        (found,) = quoted.inside(s.debate, s.debate.statements["Y1"])
        assert (found.voice, found.sentence, found.exact) == ("builder", "B1.2", True)
        assert s.council.chosen is None, "what was sent needs its sentence no more"
        await s.floor(1)
        (ask,) = [r for r in s.server.asks if "You are now The Skeptic" in r.prompt and "rebuttal 1." in r.last_text]
        assert f"The Builder (B1.2): “{SECOND}” [verified: B1.2]" in ask.prompt


async def test_q_chooses_first_and_quotes_then_and_esc_lets_go(tmp_path: Path) -> None:
    async with live(council_but({"builder": text(WORDS)}), tmp_path) as s:
        await s.floor(0)
        builder = await to_pane(s)
        await s.pilot.press("q")
        assert chosen(s) == "B1.1", "the first one that is seen"
        assert s.app.told[-1] == "B1.1 is chosen: q quotes it. Shift+↑ or Shift+↓: another."
        assert s.composer.text == ""
        await s.pilot.press("escape")
        assert chosen(s) is None
        assert marked(builder) == ""
        assert s.app.screen is s.screen, "the debate is not left by that"
        assert below(builder) == ""
        await s.pilot.press("q", "q")
        assert "The Builder (B1." in s.composer.text


async def test_sentences_are_walked_through_from_statement_to_statement(tmp_path: Path) -> None:
    script = council_but({"builder": text("One is said. Two is said."), "builder rebuttal 1": text("To you: no. Yes!")})
    async with live(script, tmp_path) as s:
        await s.floor(0)
        await s.write("What now, everybody?")
        await s.floor(1)
        await to_pane(s)
        await s.pilot.press("shift+up", *["shift+up"] * 4)
        seen = [chosen(s)]
        for _ in range(4):
            await s.pilot.press("shift+down")
            seen.append(chosen(s))
        assert seen == ["B1.1", "B1.2", "B2.1", "B2.2", "B2.2"]
        yours = await to_pane(s, "Y")
        await s.until(lambda: yours.view.has_focus)
        await s.pilot.press("shift+up")
        assert chosen(s) == "Y1.1"
        assert marked(s.pane("B")) == "", "there is one choice"
        await s.pilot.press("q")
        assert s.composer.text == "I said (Y1.1): “What now, everybody?” "


async def test_the_pane_does_not_follow_while_a_sentence_is_chosen(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder": text(f"{LONG} {LONG}", at={len(LONG): hold(gate)})})
    async with live(script, tmp_path, size=MEDIUM) as s:
        await s.until(lambda: len(s.said("B1")) >= len(LONG) - 20)
        builder = s.pane("B")
        s.council.focus_pane(builder)
        await s.pilot.pause()
        assert builder.view.following
        await s.pilot.press("shift+up")
        here, top = chosen(s), builder.view.scroll_y
        assert not builder.view.following
        gate.open()
        await s.floor(0)
        assert chosen(s) == here
        assert builder.view.scroll_y == top
        assert in_sight(builder)
        for size in (SMALL, WIDE, (60, 20), MEDIUM):
            await s.pilot.resize_terminal(*size)
            await s.until(lambda size=size: s.app.size == size and in_sight(builder), f"{size}")
            assert chosen(s) == here
        s.app.theme = "textual-light"
        await s.pilot.pause()
        assert chosen(s) == here
        await s.pilot.press("end")
        await s.until(lambda: builder.view.following)
        assert chosen(s) is None


async def test_a_pane_whose_tail_only_the_composer_hid_follows_again_when_the_words_are_sent(tmp_path: Path) -> None:
    async with live(council_but({"builder": text(LONG)}), tmp_path) as s:
        await s.floor(0)
        builder = await to_pane(s)
        top, height = builder.view.scroll_y, builder.view.size.height
        await s.pilot.press("shift+down", "q")
        s.composer.insert("This takes more than a line. " * 9)
        await s.until(lambda: builder.view.size.height < height)
        assert builder.view.scroll_y == top < builder.view.max_scroll_y
        await s.pilot.press("enter")
        await s.until(lambda: builder.view.following)
        await s.floor(1)
        assert builder.view.following
        assert builder.view.scroll_y == builder.view.max_scroll_y


async def test_the_chosen_sentence_is_scrolled_into_sight_and_no_further(tmp_path: Path) -> None:
    async with live(council_but({"builder": text(LONG)}), tmp_path) as s:
        await s.floor(0)
        builder = await to_pane(s)
        await s.pilot.press("shift+up")
        top = builder.view.scroll_y
        await s.pilot.press("shift+up")
        assert builder.view.scroll_y == top, "it was in sight"
        for _ in range(70):
            await s.pilot.press("shift+up")
            assert in_sight(builder)
        assert chosen(s) == "B1.1"
        assert builder.view.scroll_y == 0
        for _ in range(70):
            await s.pilot.press("shift+down")
            assert in_sight(builder)
        assert chosen(s) == "B1.60"


@pytest.mark.parametrize("script", SCRIPTS)
async def test_every_script_has_its_sentences_and_its_quotes(script: str, tmp_path: Path) -> None:
    words = SCRIPTS[script]
    spans = sentences(words)
    assert len(spans) == 3
    async with live(council_but({"builder": text(words)}), tmp_path) as s:
        await s.floor(0)
        builder = await to_pane(s)
        await s.pilot.press(*["shift+up"] * 3)
        for n, (begin, end) in enumerate(spans):
            assert (chosen(s), marked(builder)) == (f"B1.{n + 1}", words[begin:end])
            assert in_sight(builder)
            await s.pilot.press("q")
            assert s.composer.text.endswith(("” ", "」 "))
            await s.pilot.press("escape")
            await s.pilot.press("shift+down")
        assert all(words[a:b] in s.composer.text for a, b in spans)
        s.screen.action_speak()
        await s.pilot.press("enter")
        await s.until(lambda: "Y1" in s.debate.statements)
        found = quoted.inside(s.debate, s.debate.statements["Y1"])
        assert [q.sentence for q in found] == ["B1.1", "B1.2", "B1.3"]


async def test_a_click_chooses_a_sentence_and_again_lets_it_go(tmp_path: Path) -> None:
    async with live(council_but({"builder": text(WORDS)}), tmp_path) as s:
        await s.floor(0)
        view = s.pane("B").view
        lines = screen_text(s.app).splitlines()
        row = next(n for n, line in enumerate(lines) if "second" in line)
        at = (lines[row].index("second") - view.region.x + 2, row - view.region.y)
        await s.pilot.click(view, offset=at)
        assert chosen(s) == "B1.2"
        assert s.council.focused is s.pane("B")
        await s.pilot.click(view, offset=(at[0] + 3, at[1]))
        assert chosen(s) is None
        await s.pilot.click(view, offset=(2, 0))
        assert chosen(s) is None, "a heading is no sentence"


async def test_the_mouse_still_selects_and_q_quotes_whole_words_of_that(tmp_path: Path) -> None:
    async with live(council_but({"builder": text(WORDS)}), tmp_path) as s:
        await s.floor(0)
        view = s.pane("B").view
        lines = screen_text(s.app).splitlines()
        row = next(n for n, line in enumerate(lines) if FIRST[:20] in line)
        x, y = lines[row].index(FIRST[:20]) - view.region.x, row - view.region.y
        await s.pilot.mouse_down(view, offset=(x + 2, y))
        await s.pilot.hover(view, offset=(x + 12, y))
        await s.pilot.mouse_up(view, offset=(x + 12, y))
        assert s.screen.get_selected_text() == WORDS[2:13]
        assert chosen(s) is None, "the end of a selection is no click"
        assert s.council.focused is s.pane("B")
        await s.pilot.press("q")
        assert s.composer.text == "The Builder (B1.1): “first” "
        assert s.screen.selections == {}


async def test_what_is_selected_in_two_statements_is_not_quoted_and_says_why(tmp_path: Path) -> None:
    async with live(council_but({"builder": text(WORDS)}), tmp_path) as s:
        await s.floor(0)
        await s.write("What now, everybody?")
        await s.floor(1)
        builder = await to_pane(s)
        builder.view.text_select_all()
        await s.pilot.press("q")
        assert s.composer.text == ""
        assert s.app.told[-1].startswith("To be quoted, words are selected within one statement")


async def test_y_copies_the_chosen_sentence_with_who_said_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with live(council_but({"builder": text(WORDS)}), tmp_path) as s:
        copied: list[str] = []
        monkeypatch.setattr(s.app, "copy_to_clipboard", copied.append)
        await s.floor(0)
        await to_pane(s)
        await s.pilot.press("shift+up", "shift+up", "shift+up", "y", "escape", "y")
        assert copied == [f"The Builder (B1.1): “{FIRST}”", WORDS]


async def test_a_voice_that_has_said_no_whole_sentence_has_none_to_choose(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder": text(f"{FIRST} Half of {SECOND}", at={len(FIRST) + 9: hold(gate)})})
    async with live(script, tmp_path) as s:
        await s.until(lambda: s.said("B1").startswith(f"{FIRST} Half"))
        s.council.focus_pane(s.pane("B"))
        await s.pilot.press("shift+down", "shift+down")
        assert chosen(s) == "B1.1", "the second one is still being written"
        gate.open()
        await s.floor(0)
        assert chosen(s) == "B1.1"
        await to_pane(s)
        await s.pilot.press("shift+down", "shift+down")
        assert chosen(s) == "B1.2"


async def test_a_statement_that_is_asked_for_again_lets_its_sentence_go(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder": text(f"{WORDS} And more.", at={len(WORDS) + 3: hold(gate)})})
    async with live(script, tmp_path) as s:
        await s.until(lambda: s.said("B1").startswith(WORDS))
        s.council.focus_pane(s.pane("B"))
        await s.pilot.press("shift+up")
        assert chosen(s)
        await s.pilot.press("x")
        await s.until(lambda: s.pane("B").look.word == "stopped")
        assert chosen(s), "what was said stays said"
        gate.open()
        await s.pilot.press("R")
        await s.until(lambda: "B1 before 0" in s.pane("B").view.keys)
        assert chosen(s) is None


async def test_another_passage_that_is_shown_takes_the_place_of_the_chosen_one() -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, debate(builder=WORDS), "finished")
        builder = pane(screen, "B")
        await until(pilot, lambda: builder.view.has_focus)
        await pilot.press("shift+up", "shift+up", "shift+up")
        assert builder.chosen_id == "B1.1"
        screen.go_to(rulings.PullQuote("builder", "B1", THIRD, WORDS.index(THIRD), len(WORDS)))
        await until(pilot, lambda: marked(builder) == THIRD)
        assert builder.chosen_id is None
        await pilot.press("shift+up")
        assert builder.chosen_id == "B1.2", "from where the reader was led"


async def test_a_kept_debate_is_read_by_sentences_and_quotes_nothing() -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        screen = await shown(app, pilot, debate(builder=WORDS), "interrupted")
        builder = pane(screen, "B")
        await until(pilot, lambda: builder.view.has_focus)
        await pilot.press("shift+up")
        assert builder.chosen_id is not None
        assert "q quotes" not in below(builder)
        assert "y copies" in below(builder)
        assert screen.check_action("quote", ()) is False
        await pilot.press("q")
        assert builder.chosen_id is not None
        await pilot.press("escape")
        assert builder.chosen_id is None
        assert app.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not screen)


async def test_a_replay_is_read_by_sentences_until_it_leaps() -> None:
    app = Stage()
    said = opening("builder", "B1", WORDS)
    events = stamped(ev.DebateStarted(question="Who is right?", council=SEATS, judge=JUDGE), *said)
    async with app.run_test(size=WIDE) as pilot:
        screen = ReplayScreen(events, "interrupted")
        await app.push_screen(screen)
        await pilot.press("a")
        builder = pane(screen, "B")
        await until(pilot, lambda: "B1" in builder.view.keys and builder.view.text_of("B1") == WORDS)
        await pilot.press("1", "shift+up")
        assert builder.chosen_id is not None
        await pilot.press("escape")
        assert builder.chosen_id is None
        assert app.screen is screen
        await pilot.press("shift+up", "ctrl+home")
        await until(pilot, lambda: builder.chosen_id is None)
