"""How the program looks: themes that are remembered, no colour where none is wanted, no motion where none is wanted."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual import constants
from textual.color import Color
from textual.widgets import TextArea

from tests.program import COMMAND
from tests.pseudo_terminal import PseudoTerminal
from tests.tui.shelf import Shown, debate, keep, showing
from tests.tui.stage import screen_text, until
from tests.tui.terminal import Terminal
from upverdict.core import remembered
from upverdict.core.config import Config
from upverdict.core.errors import UserError, WrongUse
from upverdict.tui.app import UpverdictApp
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.question import QuestionField
from upverdict.tui.without_colour import WithoutColour

COLOUR = re.compile(rb"\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)(?:;[0-9]+)*m")
"""What sets a colour on a terminal: SGR 30 to 37, 40 to 47, 90 to 97, 100 to 107, 38 and 48."""


# -- what is remembered -----------------------------------------------------------------------------------------------


def test_what_is_remembered_comes_back_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "made" / "state.json"
    assert remembered.recall(path) == {}
    remembered.remember(path, theme="nord")
    remembered.remember(path, other="kept")
    assert remembered.recall(path) == {"theme": "nord", "other": "kept"}
    assert [p.name for p in path.parent.iterdir()] == ["state.json"], "nothing half-written is left"


def test_the_folder_is_the_platforms_unless_it_is_named(tmp_path: Path) -> None:
    assert remembered.place({"UPVERDICT_STATE": str(tmp_path / "s.json")}) == tmp_path / "s.json"
    assert remembered.place({}).name == "state.json"


@pytest.mark.parametrize("text", ["{", "[" * 2000, "\udcff"], ids=["half", "deep", "no text"])
def test_a_file_that_is_broken_is_a_sentence_and_made_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text, "utf-8", errors="surrogateescape")
    with pytest.raises(UserError, match=r"state\.json, where the theme is remembered, can't be read: it is not valid"):
        remembered.recall(path)
    remembered.remember(path, theme="nord")
    assert remembered.recall(path) == {"theme": "nord"}


def test_what_is_no_text_in_it_counts_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"theme": 3, "other": "x"}), "utf-8")
    assert remembered.recall(path) == {"other": "x"}
    path.write_text("[1]", "utf-8")
    assert remembered.recall(path) == {}


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UserError, match=r"can't be remembered in .*It stays until you leave\."):
        remembered.remember(tmp_path / "file" / "state.json", theme="nord")


# -- themes -----------------------------------------------------------------------------------------------------------


async def choose(app: Shown, pilot: object, words: str) -> None:
    """Choose a theme as a person does: the palette, `Theme`, a few letters, Enter."""
    await pilot.press("ctrl+p")  # type: ignore[attr-defined]
    await until(pilot, lambda: len(app.screen_stack) == 2)  # type: ignore[arg-type]
    await pilot.press(*"theme")  # type: ignore[attr-defined]
    await until(pilot, lambda: "Change how everything looks" in screen_text(app))  # type: ignore[arg-type]
    await pilot.press("down", "enter")  # type: ignore[attr-defined]
    await until(pilot, lambda: "Which theme?" in screen_text(app))  # type: ignore[arg-type]
    await until(pilot, lambda: f"{app.theme}  in use" in screen_text(app))  # type: ignore[arg-type]
    assert "ansi" not in screen_text(app), "how readable those are is not known"
    await pilot.press(*words)  # type: ignore[attr-defined]


async def test_a_theme_that_was_chosen_is_there_at_the_next_start(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        before = app.theme
        await choose(app, pilot, "gruvbox")
        await until(pilot, lambda: app.theme == "gruvbox", "it is shown while it is chosen")
        ground = Color.parse(app.theme_variables["background"])
        await until(pilot, lambda: app.screen.styles.background.with_alpha(1) == ground, "in the palette, too")
        assert app.screen.styles.background.a == 0, "nothing lies over what it is shown on"
        await pilot.press("escape")
        await until(pilot, lambda: app.theme == before, "it was not chosen")
        assert not remembered.place().exists()
        await choose(app, pilot, "gruvbox")
        await until(pilot, lambda: app.theme == "gruvbox")
        await pilot.press("down", "enter")
        await until(pilot, remembered.place().exists)
        assert app.theme == "gruvbox"
    async with showing(tmp_path) as (app, _):
        assert app.theme == "gruvbox"
    async with showing(tmp_path, theme="nord") as (app, pilot):
        assert app.theme == "nord", "what the user wrote down wins"
        app.choose_theme("dracula")
        await until(pilot, lambda: app.told)
        assert "config.toml names nord: that comes back with the next start" in app.told[-1]
    assert remembered.recall(remembered.place()) == {"theme": "gruvbox"}


async def test_what_cannot_be_read_or_written_is_told_and_the_program_goes_on(tmp_path: Path) -> None:
    remembered.place().write_text("{", "utf-8")
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.told)
        assert "can't be read: it is not valid JSON" in app.told[-1]
        assert app.theme in app.available_themes
    remembered.place().unlink()
    remembered.place().mkdir()
    async with showing(tmp_path) as (app, pilot):
        app.choose_theme("nord")
        await until(pilot, lambda: any("can't be remembered" in told for told in app.told))
        assert app.theme == "nord"


async def test_a_theme_of_another_release_is_none(tmp_path: Path) -> None:
    remembered.remember(remembered.place(), theme="gone")
    async with showing(tmp_path) as (app, _):
        assert app.theme in app.available_themes
        assert not app.told


def test_a_theme_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    config = Config(folder=tmp_path, db=tmp_path / "debates.db", theme="nonsense")
    with pytest.raises(WrongUse, match=r"config\.toml: there is no theme 'nonsense'. There are: .*nord, plain, "):
        UpverdictApp(config, None)


@pytest.mark.parametrize("theme", ["plain", "plain-light"])
async def test_the_plain_themes_have_two_colours_on_a_list(tmp_path: Path, theme: str) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    async with showing(tmp_path, (80, 24), theme=theme) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        assert theme in app.available_themes
        strips = [strip for y in range(2) for strip in [app.shelf.debates.render_line(y)]]
        colours = {(s.style.color.triplet, s.style.bgcolor.triplet) for strip in strips for s in strip if s.style}
        ink, paper = ((255, 255, 255), (0, 0, 0)) if theme == "plain" else ((0, 0, 0), (255, 255, 255))
        assert {tuple(map(tuple, pair)) for pair in colours} == {(ink, paper), (paper, ink)}


# -- no colour --------------------------------------------------------------------------------------------------------


def drawn(*segments: tuple[str, Style]) -> list[tuple[str, str]]:
    made = WithoutColour().apply([Segment(text, style) for text, style in segments], Color(0, 0, 0))
    return [(segment.text, str(segment.style)) for segment in made]


def test_what_a_background_marks_is_reversed_without_it() -> None:
    assert drawn(("a", Style.parse("#ffffff on #000000"))) == [("a", "none")]
    assert drawn(("a", Style.parse("bold #000000 on #ffffff"))) == [("a", "bold reverse")]
    assert drawn(("a", Style.parse("reverse #ffffff on #000000"))) == [("a", "reverse")]
    assert drawn(("a", Style.parse("#555555 on #000000"))) == [("a", "dim")]
    assert drawn(("▁▁", Style.parse("#000000 on #000000"))) == [("  ", "dim")], "nor is it seen now"
    assert drawn(("a", Style.parse("underline"))) == [("a", "underline")]


def screen_of(folder: Path, *wanted: bytes, **env: str) -> bytes:
    """All bytes that the program sends to its terminal until these are among them."""
    code = "import os, sys; os.environ.update(NO_COLOR=sys.argv.pop(1)); " + COMMAND[2]
    terminal = PseudoTerminal([sys.executable, "-c", code, env["NO_COLOR"]], 100, 30)
    seen = b""
    try:
        while not all(part in seen for part in wanted) and (more := terminal.read()):
            seen += more
    finally:
        terminal.kill()
        terminal.close()
    return seen


async def test_no_color_is_honoured_when_it_says_something(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    assert not COLOUR.search(screen_of(tmp_path, b"Question 0?", b"palette", NO_COLOR="1"))
    assert COLOUR.search(screen_of(tmp_path, b"Question 0?", b"palette", NO_COLOR="")), (
        "set to nothing, it says nothing"
    )


async def test_without_colour_the_theme_is_the_plain_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    remembered.remember(remembered.place(), theme="gruvbox")
    async with showing(tmp_path) as (app, _):
        assert app.theme == "plain"
        assert app.colourless
    monkeypatch.setenv("NO_COLOR", "")
    async with showing(tmp_path) as (app, _):
        assert app.theme == "gruvbox"
        assert not app.colourless


async def test_what_the_palette_would_do_is_reversed_without_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, (80, 24)) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "New debate" in screen_text(app))
        await pilot.press("down", "up")
        strips = app.screen._compositor.render_strips()
        marked = {s.text.strip() for strip in strips for s in strip if s.style and s.style.reverse and s.text.strip()}
        assert "Open this debate" in marked, "what can be done here comes first, in the order of the help"
        assert not any("New" in text for text in marked)
        assert not any(s.style.color or s.style.bgcolor for strip in strips for s in strip if s.style)


async def test_headless_output_has_no_colour_on_a_terminal_either(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    terminal = PseudoTerminal([*COMMAND, "show", "last"], 100, 30)
    seen = b""
    while more := terminal.read():
        seen += more
    assert terminal.process.wait(30) == 0
    terminal.close()
    assert b"Question 0?" in seen
    assert b"\x1b" not in seen


async def test_where_the_keys_are_is_told_by_a_shape(tmp_path: Path) -> None:
    """A field's border is heavy, a place on a page has a mark: no colour need tell it."""
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await app.open_debate("d99999")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and "▸ ▌ “" in screen_text(app))
        assert screen_text(app).count("▸ ▌") == 1
        await pilot.press("escape", "n")
        await until(pilot, lambda: isinstance(app.screen, NewScreen) and isinstance(app.focused, QuestionField))
        borders = {field.has_focus: field.styles.border_top[0] for field in app.screen.query("Field").results(TextArea)}
        assert borders == {True: "heavy", False: "round"}


async def test_what_is_told_is_plain_text(tmp_path: Path) -> None:
    async with showing(tmp_path, notes=True) as (app, pilot):
        app.notify("The \x1b]0;x\x07[b]Bold\x9b2J\u202e[/] One")
        await until(pilot, lambda: "The [b]Bold[/] One" in screen_text(app))
        app.screen.notify("A [/]screen's[b]")
        await until(pilot, lambda: "A [/]screen's[b]" in screen_text(app))


async def test_where_a_picture_was_saved_is_told_without_marks(tmp_path: Path) -> None:
    async with showing(tmp_path) as (app, pilot):
        app.deliver_screenshot("it[b].svg", str(tmp_path))
        await until(pilot, lambda: app.told)
        assert app.told == [f"The picture of this screen was saved to {tmp_path / 'it[b].svg'}."]


# -- no motion --------------------------------------------------------------------------------------------------------


async def test_nothing_moves_where_no_motion_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "TEXTUAL_ANIMATIONS", "full")
    async with showing(tmp_path, motion=False) as (app, pilot):
        await until(pilot, lambda: app.shelf.query(QuestionField))
        assert app.animation_level == "none"
        assert not app.shelf.query_one(QuestionField).cursor_blink
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen.query("CommandInput"))
        assert not app.screen.query_one("CommandInput").cursor_blink  # type: ignore[attr-defined]
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.shelf.query(QuestionField))
        assert app.animation_level == "full"
        assert app.shelf.query_one(QuestionField).cursor_blink


def test_the_wish_is_known_before_textual_is_loaded(tmp_path: Path) -> None:
    code = (
        "from upverdict.core.config import load\n"
        "from upverdict.core.values import replace\n"
        "import upverdict.tui.launch as launch, upverdict.tui, sys, types\n"
        "app = types.ModuleType('upverdict.tui.app'); app.run = lambda *given: 0\n"
        "sys.modules['upverdict.tui.app'] = app\n"
        "launch.screen(replace(load(), motion=False), None)\n"
        "from textual import constants; print(constants.TEXTUAL_ANIMATIONS, constants.SMOOTH_SCROLL)\n"
    )
    env = {k: v for k, v in os.environ.items() if not k.startswith("TEXTUAL")}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, env=env)
    assert ran.stdout.split() == ["none", "False"]


async def test_frames_come_all_the_same(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    (tmp_path / "config" / "config.toml").write_text("motion = false\n", "utf-8")
    with Terminal() as terminal:
        terminal.wait_for(lambda t: any("Question 1?" in line for line in t.lines))
        terminal.keys("j")
        terminal.wait_for(lambda t: any("▌Question 1?" in line for line in t.lines))
        terminal.keys("\x11")
        assert terminal.process.wait(30) == 0
