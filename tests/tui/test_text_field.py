"""Fields of text: quick and whole with a paragraph of 100 kB, drawn as Textual draws it, undone and redone."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.events import Key, Paste
from textual.widgets import TextArea

from tests.tui.stage import screen_text
from upverdict.tui.widgets import text_field
from upverdict.tui.widgets.composer import Composer, DebateComposer
from upverdict.tui.widgets.text_field import TextField

WORDS = "Self-host because of “costs”; 日本語の文。 e\u0301tude 👩‍👩‍👧 الكلمة and a-very-long-word-" + "x" * 90
PARAGRAPH = " ".join([WORDS] * 40)
LINES = "\n".join(f"line {n} of what was pasted" for n in range(400))


class Fields(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, field: TextArea) -> None:
        super().__init__()
        self.field = field

    def compose(self) -> ComposeResult:
        yield self.field

    def on_mount(self) -> None:
        self.field.focus()


async def drawn(field: TextArea, text: str, keys: list[str]) -> list[list[tuple[str, object]]]:
    """What is on the screen after these keys, with its styles."""
    app = Fields(field)
    async with app.run_test(size=(70, 20)) as pilot:
        field.cursor_blink = False
        field.match_cursor_bracket = False
        app.post_message(Paste(text))
        await pilot.pause()
        await pilot.press(*keys)
        rows = field.render_lines(field.region.reset_offset)
        cells: list[list[tuple[str, object]]] = []
        for row in rows:
            found = [(s.text, s.style) for s in row if s.text]
            cells.append([(c, style) for words, style in found for c in words])
        return cells


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["up", "left", "left"],
        ["pageup", "home"],
        ["ctrl+home", "shift+down", "shift+down", "shift+right"],
        ["up", "shift+up", "shift+left"],
        ["home", "ctrl+j", "up"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("text", [PARAGRAPH, f"short\n{PARAGRAPH}\n", PARAGRAPH.replace(" ", "\t", 5)])
async def test_a_long_line_is_drawn_as_textual_draws_it(text: str, keys: list[str]) -> None:
    assert len(text) > text_field.LONG
    theirs = await drawn(TextArea(highlight_cursor_line=False), text, keys)
    ours = await drawn(TextField(highlight_cursor_line=False), text, keys)
    assert ["".join(c for c, _ in row).rstrip() for row in ours] == [
        "".join(c for c, _ in row).rstrip() for row in theirs
    ]
    assert [[c for c in row if c[0] != " "] for row in ours] == [[c for c in row if c[0] != " "] for row in theirs]


@pytest.mark.parametrize("pasted", [LINES, PARAGRAPH, f"{PARAGRAPH}\n" * 3])
async def test_what_was_pasted_is_undone_and_redone(pasted: str) -> None:
    app = Fields(Composer())
    async with app.run_test(size=(70, 20)) as pilot:
        await pilot.press(*"ab")
        app.post_message(Paste(pasted))
        await pilot.pause()
        await pilot.press(*"cd", "ctrl+j", "e")
        whole = app.field.text
        assert whole == f"ab{pasted}cd\ne"
        for _ in range(4):
            await pilot.press("ctrl+z")
        assert app.field.text == "ab"
        assert app.field.cursor_location == (0, 2)
        await pilot.press("ctrl+z")
        assert app.field.text == ""
        await pilot.press("ctrl+z", *["ctrl+y"] * 6)
        assert app.field.text == whole
        assert app.field.cursor_location == app.field.document.end
        await pilot.press("f7", "delete", "ctrl+z")
        assert app.field.text == whole
        await pilot.press("ctrl+y", "x")
        assert app.field.text == "x"


async def test_a_quotation_is_written_at_the_cursor_and_undone_alone() -> None:
    app = Fields(composer := Composer())
    async with app.run_test(size=(70, 20)) as pilot:
        await pilot.press(*"before after", *["left"] * 5)
        composer.quote("The Builder (B1.1): “words”")
        assert composer.text == "before The Builder (B1.1): “words” after"
        await pilot.press(*"so")
        assert composer.text == "before The Builder (B1.1): “words” soafter"
        await pilot.press("ctrl+z", "ctrl+z")
        assert composer.text == "before after"
        await pilot.press("ctrl+y")
        assert composer.text == "before The Builder (B1.1): “words” after"


async def test_what_was_sent_is_not_undone_back_but_up_brings_it() -> None:
    app = Fields(composer := DebateComposer())
    async with app.run_test(size=(70, 20)) as pilot:
        await pilot.press("up", *"one", "ctrl+j", *"two")
        composer.taken()
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+y")
        assert composer.text == ""
        await pilot.press("up")
        assert composer.text == "one\ntwo"
        await pilot.press("up", "x")
        assert composer.text == "onex\ntwo", "where something is written, it goes a line up"
        await pilot.press("ctrl+z", "ctrl+z")
        assert composer.text == ""


async def test_a_paste_of_100_kb_in_one_paragraph_loses_no_key_that_follows() -> None:
    pasted = (PARAGRAPH * 40)[:100_000].rstrip()
    app = Fields(composer := Composer())
    async with app.run_test(size=(160, 45)) as pilot:
        app.post_message(Paste(pasted))
        for key in "and then":
            app.post_message(Key("space" if key == " " else key, key))
        await pilot.pause()
        assert composer.text == f"{pasted}and then"
        seen = screen_text(app)
        assert "and then" in seen
        assert composer.region.height <= 8
