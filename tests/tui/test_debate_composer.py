"""Writing to the council: lines, pastes, drafts that survive, and text of any origin shown as text."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.events import Key, Paste
from textual.widget import Widget

from tests.council import council, council_but
from tests.scripted import Gate, hold, text
from tests.tui.stage import MEDIUM, Live, live, screen_text
from upverdict.core.lines import Lines
from upverdict.core.prompts import Traits
from upverdict.core.store.writer import Store

HOSTILE = "[bold red]loud[/] [@click=app.bell]press[/] \x1b[31mred\x1b[0m \x1b]0;title\x07 \u202eback **strong** end"


async def test_lines_are_broken_by_ctrl_j_and_sent_by_enter(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press(*"one", "ctrl+j", *"two", "shift+enter", *"three", "enter")
        await s.until(lambda: "Y1" in s.debate.statements)
        assert s.debate.statements["Y1"].text == "one\ntwo\nthree"
        assert s.app.focused is s.composer, "sending takes no keys away"


async def test_esc_leaves_the_composer_and_tab_r_and_i_enter_it(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press("escape")
        await s.until(lambda: s.council.focused is s.pane("B"))
        for key in ("tab", "r", "i"):
            await s.pilot.press(key)
            await s.until(lambda: s.composer.has_focus, key)
            assert s.composer.text == "", "the key that leads here is not written"
            await s.pilot.press("tab" if key == "r" else "escape")
            await s.until(lambda: s.council.focused is s.pane("B"), f"back after {key}")


async def test_keys_close_behind_the_one_that_leads_here_are_not_lost(tmp_path: Path) -> None:
    gate = Gate()
    async with live(council_but({"builder": text("Hm. And on.", at={4: hold(gate)})}), tmp_path) as s:
        await s.until(lambda: s.said("B1"))
        for number, focus in enumerate((None, s.pane("B").view, s.pane("C").view)):
            s.screen.set_focus(focus)
            await s.pilot.pause()
            for key in "rnvxyz 1 done":
                s.app.post_message(Key("space" if key == " " else key, key))
            s.app.post_message(Key("enter", "\r"))
            await s.until(partial(has_said, s, number + 1))
            assert s.debate.statements[f"Y{number + 1}"].text == "nvxyz 1 done"
        assert s.pane("B").look.word == "writing"


def has_said(s: Live, times: int) -> bool:
    return f"Y{times}" in s.debate.statements


async def test_a_paste_of_100_kb_is_sent_whole(tmp_path: Path) -> None:
    pasted = "A line of what was pasted, with words.\n" * 2600
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        s.app.post_message(Paste(pasted))
        await s.until(lambda: len(s.composer.text) == len(pasted))
        assert s.composer.region.height <= 8
        await s.pilot.press("enter")
        await s.until(lambda: "Y1" in s.debate.statements)
        assert s.debate.statements["Y1"].text == pasted.strip()


async def test_a_draft_survives_the_program(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press(*"half a thou")
        id = s.debate.id
    store = await Store.open(tmp_path / "debates.db")
    assert await store.draft(id) == "half a thou"
    await store.close()


async def test_a_draft_is_kept_while_the_program_runs_and_is_forgotten_when_it_is_sent(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        await s.pilot.press(*"not yet")
        drafts: list[str] = []

        async def look() -> None:
            drafts.append(await (await s.app.store()).draft(s.debate.id))

        async def draft_is(wanted: str) -> None:
            while not drafts or drafts[-1] != wanted:
                await look()
                await s.pilot.pause(0.02)

        await draft_is("not yet")
        await s.pilot.press("enter")
        await draft_is("")


async def test_a_draft_is_kept_while_one_types_on_and_on(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        store = await s.app.store()
        for _ in range(10_000):
            await s.pilot.press("a")
            if await store.draft(s.debate.id):
                break
        assert set(await store.draft(s.debate.id)) == {"a"}


async def test_a_draft_that_comes_back_is_not_undone(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        s.composer.insert("mine")
        await s.screen.leave()
        again = type(s.screen)(s.session)
        await s.app.push_screen(again)
        await s.until(lambda: again.composer.text == "mine")
        again.composer.undo()
        assert again.composer.text == "mine"


async def test_what_waits_for_the_council_is_told_in_the_frame(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder": text("Hm. And on.", at={4: hold(gate)})})
    async with live(script, tmp_path) as s:
        await s.until(lambda: s.said("B1"))
        assert s.composer.aside == "answered in rebuttal 1"
        await s.write("The first thing.")
        await s.until(lambda: s.composer.aside == "queued for rebuttal 1: Y1")
        await s.write("The second thing.")
        await s.until(lambda: s.composer.aside == "queued for rebuttal 1: Y1, Y2")
        assert "queued for rebuttal 1: Y1, Y2" in screen_text(s.app)
        assert s.pane("Y").look.note == "The council answers in rebuttal 1."
        for words in ("The third thing.", "The fourth thing."):
            await s.write(words)
        await s.until(lambda: s.composer.aside == "queued for rebuttal 1: 4 statements")
        await s.pilot.resize_terminal(70, 24)
        await s.until(lambda: s.composer.aside == "queued for rebuttal 1: 4 statements · Esc, then 5 shows it")
        await s.pilot.press("escape", "5")
        await s.until(lambda: s.composer.aside == "queued for rebuttal 1: 4 statements")
        gate.open()
        await s.floor(0)
        assert s.composer.aside == "queued for rebuttal 1: 4 statements"
        await s.pilot.press("n")
        await s.until(lambda: "B2" in s.debate.statements)
        assert (s.composer.aside, s.composer.brief) == (
            "answered in rebuttal 2, added for it",
            "answered in rebuttal 2",
        )


async def test_what_does_not_fit_into_the_window_is_not_sent_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        monkeypatch.setattr(Lines, "traits", lambda *_: Traits(window=4096))
        pasted = "A line of what was pasted, with words.\n" * 2600
        s.app.post_message(Paste(pasted))
        await s.until(lambda: len(s.composer.text) == len(pasted))
        await s.pilot.press("enter")
        await s.until(lambda: s.app.told)
        assert s.app.told[-1].startswith("Not sent, and kept here: with what was said before, this is at least")
        assert s.composer.text == pasted
        assert "Y1" not in s.debate.statements
        await s.pilot.press("f7", *"short enough", "enter")
        await s.until(lambda: "Y1" in s.debate.statements)


async def test_a_draft_comes_back_when_the_debate_does(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder": text("Hm. And on.", at={4: hold(gate)})})
    async with live(script, tmp_path) as s:
        await (await s.app.store()).save_draft("other", "of another debate")
        await s.until(lambda: s.said("B1"))
        assert s.composer.text == ""
        s.composer.insert("mine")
        await s.screen.leave()
        again = type(s.screen)(s.session)
        await s.app.push_screen(again)
        await s.until(lambda: again.composer.text == "mine")


async def test_text_of_any_origin_is_shown_as_text(tmp_path: Path) -> None:
    script = council_but({"builder": text(HOSTILE), "skeptic": text(HOSTILE * 3)})
    async with live(script, tmp_path) as s:
        await s.floor(0)
        await s.write(HOSTILE)
        await s.until(lambda: "Y1" in s.debate.statements)
        await s.floor(1)
        seen = screen_text(s.app)
        assert "[bold red]loud[/]" in seen
        assert "[@click=app.bell]press[/]" in seen.replace("\n", "") or "[@click=app.bell]" in seen
        assert not [c for c in seen if c in "\x1b\x07\u202e" or (ord(c) < 32 and c != "\n")]
        for letter in "BSY":
            assert s.pane(letter).view.text_of(f"{letter}1").endswith("end")


def has_width(widget: Widget, width: int) -> bool:
    return widget.region.width == width


async def test_what_stands_in_the_frame_fits_every_width(tmp_path: Path) -> None:
    async with live(council(), tmp_path, size=MEDIUM) as s:
        await s.floor(0)
        for width in (30, 44, 60, 80, 160):
            await s.pilot.resize_terminal(width, 30)
            await s.until(partial(has_width, s.composer, width))
            row = screen_text(s.app).splitlines()[s.composer.region.y]
            assert "You, the fifth voice" in row
            assert "…" not in row
            assert ("answered in rebuttal 1" in row) == (width >= 60)
            below = screen_text(s.app).splitlines()[s.composer.region.y + 1]
            assert ("every voice must answer you." in below) == (width >= 60)


async def test_more_text_than_there_is_room_for_takes_nothing_from_the_frame(tmp_path: Path) -> None:
    async with live(council(), tmp_path) as s:
        await s.floor(0)
        s.composer.insert("\n".join(f"Line {n}." for n in range(40)))
        await s.until(lambda: s.composer.show_vertical_scrollbar)
        await s.until(lambda: " answered in rebuttal 1 ━┓" in screen_text(s.app))
