"""Keys of the user's own: what can't be had is refused at start, what can be had works and is told everywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.talk import Talk
from tests.program import upverdict
from tests.tui.shelf import debate, keep, names, showing
from tests.tui.stage import screen_text, until
from upverdict.core.config import load
from upverdict.core.errors import WrongUse
from upverdict.core.own_keys import OwnKeys
from upverdict.tui import keyboard
from upverdict.tui.commands import commands
from upverdict.tui.key_table import KEYS
from upverdict.tui.keyboard import from_text, key_of, word
from upverdict.tui.own_keys import read
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.help import HelpScreen
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.question import QuestionField
from upverdict.tui.widgets.standing import Scene, standing
from upverdict.tui.widgets.statement_words import again_key


def own(**keys: str | tuple[str, ...]) -> tuple[OwnKeys, ...]:
    """`debate_zoom="Z"` is `"debate.zoom" = "Z"`."""
    return tuple(
        OwnKeys(name.replace("_", "."), (given,) if isinstance(given, str) else given, "config.toml, line 2")
        for name, given in keys.items()
    )


# -- the file ---------------------------------------------------------------------------------------------------------


def configured(folder: Path, text: str) -> tuple[OwnKeys, ...]:
    (folder / "config" / "config.toml").write_text(text, "utf-8")
    return load().keys


def test_a_key_or_a_list_of_keys_is_read_with_its_line(tmp_path: Path) -> None:
    keys = configured(tmp_path, 'auto = true\n\n[keys]\n"debate.zoom" = "Z"\ndebate.copy = ["k", "ctrl+y"]\n')
    assert [(entry.id, entry.keys) for entry in keys] == [("debate.zoom", ("Z",)), ("debate.copy", ("k", "ctrl+y"))]
    assert [entry.where.partition("config.toml")[2] for entry in keys] == [
        ', line 4, "debate.zoom"',
        ', line 5, "debate.copy"',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keys = 3\n", "keys must be a table"),
        ('[keys]\n"debate.zoom" = 3\n', 'line 2, "debate.zoom" must be a key such as'),
        ('[keys]\n"debate.zoom" = []\n', 'line 2, "debate.zoom" must be a key such as'),
        ('[keys]\n"debate.zoom" = [""]\n', 'line 2, "debate.zoom" must be a key such as'),
        ('motion = "no"\n', "line 1: motion must be true or false"),
    ],
)
def test_what_is_no_key_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        configured(tmp_path, text)


# -- what can be had --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("Z", "Z"),
        ("shift+j", "J"),
        ("Ctrl+Y", "ctrl+y"),
        ("?", "question_mark"),
        (",", "comma"),
        ("F9", "f9"),
        ("PgUp", "pageup"),
        ("alt+ctrl+b", "ctrl+alt+b"),
        ("-", "minus"),
        ("é", "é"),
    ],
)
def test_a_key_may_be_written_as_people_write_it(given: str, named: str) -> None:
    assert read(own(confirm_yes=given)) == {"confirm.yes": (named,)}


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"debate_zom": "Z"}, r'there is no such action. Did you mean "debate\.zoom"\?'),
        (
            {"zoom": "Z"},
            r'there is no such action. Did you mean "debate\.zoom"\? .* before the dot may stand: app, lib',
        ),
        ({"older": "Z"}, r'Did you mean "verdict\.older"\?'),
        (
            {"composer_zzzzzzzzzz": "Z"},
            r'no such action\. Behind "composer\." may stand: send, .* docs/keys\.md',
        ),
        ({"nothing_like_it": "Z"}, r"there is no such action\. An action is named like .* docs/keys\.md"),
        ({"debate_zoom": "hyperspace"}, "there is no key 'hyperspace'"),
        ({"debate_zoom": "ctrl+"}, "there is no key"),
        ({"debate_zoom": "knob+z"}, "there is no key"),
        ({"debate_zoom": "ctrl+m"}, r"can't tell Ctrl\+M from Enter"),
        ({"debate_zoom": "y"}, r'y is the key of "debate\.copy" too \(debate\)'),
        ({"debate_zoom": "ctrl+r"}, r'Ctrl\+R is the key of "composer\.verdict" too'),
        ({"debate_zoom": "k", "debate_copy": "k"}, r'k is the key of "debate\.copy" too'),
        ({"library_new": "ctrl+p"}, r'Ctrl\+P is the key of "app\.palette" too'),
        ({"debate_zoom": "pageup"}, "PgUp is"),
        ({"confirm_yes": "tab"}, "Tab is taken"),
        ({"composer_send": "s"}, "s is needed for writing"),
        ({"composer_send": "space"}, "Space is needed for writing"),
        ({"composer_leave": "backspace"}, "Backspace is needed for writing"),
        ({"app_quit": "Q"}, "Q is needed for writing"),
        ({"composer_send": "ctrl+z"}, r"Ctrl\+Z is taken \(debate: undo\)"),
    ],
)
def test_what_cannot_be_had_is_said_in_a_sentence(keys: dict[str, str], said: str) -> None:
    with pytest.raises(WrongUse, match=r"^config\.toml, line 2: .*" + said):
        read(own(**keys))


def test_keys_that_take_turns_may_take_them_on_another_key() -> None:
    assert read(own(debate_pass="m", debate_frame_take="m"))["debate.pass"] == ("m",)
    assert read(own(debate_zoom="y", debate_copy="z")) == {"debate.zoom": ("y",), "debate.copy": ("z",)}
    assert read(own(composer_send=("ctrl+enter", "f5"), composer_newline="enter"))["composer.newline"] == ("enter",)
    assert read(own(composer_send="f5"))["composer.push"] == ("f5",), "what came too late is sent as all else"


def test_every_key_of_ours_could_be_asked_for_as_it_is() -> None:
    everything = tuple(OwnKeys(id, keys, "here") for id, keys in KEYS.items())
    assert read(everything) == KEYS


def test_a_wrong_key_ends_the_program_with_two(tmp_path: Path) -> None:
    (tmp_path / "config" / "config.toml").write_text('[keys]\n"debate.zoom" = "y"\n', "utf-8")
    from tests.tui.terminal import Terminal

    with Terminal() as terminal:
        terminal.wait_for(lambda t: any("Choose another one for either" in line for line in t.lines))
        assert terminal.process.wait(30) == 2
    assert upverdict("list").code == 0, "what needs no keys asks for none"


# -- what is had ------------------------------------------------------------------------------------------------------


def test_keys_in_words() -> None:
    keyboard.use({})
    assert [word(key) for key in ("ctrl+n", "escape", "question_mark", "G", "slash", "pageup", "f1", "space")] == [
        "Ctrl+N",
        "Esc",
        "?",
        "G",
        "/",
        "PgUp",
        "F1",
        "Space",
    ]
    assert (key_of("debate.retry"), from_text("debate.retry")) == ("R", "Esc, then R")
    keyboard.use({"debate.retry": ("A",), "composer.leave": ("ctrl+l",)})
    assert (key_of("debate.retry"), from_text("debate.retry")) == ("A", "Ctrl+L, then A")
    keyboard.use({"debate.retry": ("A", "f4")})
    assert from_text("debate.retry") == "F4"
    keyboard.use({})


async def test_an_own_key_works_and_is_told_by_all_that_name_it(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0), debate(1))
    wanted = own(library_new="z", library_undo="ctrl+t", library_filter="n")
    async with showing(tmp_path, keys=wanted) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await until(pilot, lambda: names(app).get("new") == "z")
        await until(pilot, lambda: names(app).get("state") == "n")
        told = {command.id: command.keys for command in commands(app.screen)}
        assert told["library.new"] == ["z"]
        assert told["library.undo"] == ["Ctrl+T"]
        palette = {c.title: c.help for c in app.get_system_commands(app.screen)}
        assert palette["New debate"] == "z"
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "Ctrl+T brings it back" in " ".join(screen_text(app).split())
        await pilot.press("y")
        await until(pilot, lambda: app.told and "Ctrl+T brings it back" in app.told[-1])
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.shelf.debates.length == 2)
        await pilot.press("n")
        await until(pilot, lambda: "only interrupted" in app.shelf.head.aside)
        assert app.screen is app.shelf, "n begins no debate any more"
        await pilot.press("z")
        await until(pilot, lambda: isinstance(app.screen, NewScreen))


async def test_an_own_key_of_one_of_two_that_share_a_key_leaves_the_other(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, keys=own(library_back="b")) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        works = {binding.id: key for key, binding in app.shelf._bindings}
        assert works["library.back"] == "b"
        assert works["library.let_go"] == "escape"
        await pilot.press("slash")
        await until(pilot, lambda: app.shelf.focused is not None and app.shelf.focused.id == "words")
        assert "b" not in app.screen.active_bindings, "a letter is written into a field"


async def test_enter_writes_a_line_where_another_key_sends(tmp_path: Path) -> None:
    wanted = own(question_start="f5", question_newline="enter")
    async with showing(tmp_path, keys=wanted) as (app, pilot):
        await until(pilot, lambda: app.shelf.query(QuestionField))
        await until(pilot, lambda: isinstance(app.focused, QuestionField))
        assert "F5 starts" in screen_text(app)
        await pilot.press("a", "enter", "b")
        field = app.shelf.query_one(QuestionField)
        await until(pilot, lambda: field.text == "a\nb")


async def test_an_own_key_of_the_composer_is_in_its_frame(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, keys=own(answer_send="f5", verdict_push="O")) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await app.open_debate("d99999")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, PushBack) and "F5 send" in screen_text(app))
        await pilot.press("f5")
        await until(pilot, lambda: "There is nothing to say yet" in screen_text(app))


async def test_the_help_has_an_own_key_and_is_opened_by_it(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, keys=own(app_help="f2", app_palette="ctrl+g")) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await until(pilot, lambda: names(app).get("help") == "F2")
        await until(pilot, lambda: names(app).get("palette") == "^g")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: names(app).get("palette") == "^g")


# -- sentences that name a key ----------------------------------------------------------------------------------------

NAMED = re.compile(
    r"\b(?:Ctrl\+|Esc\b|Enter\b|Tab\b|F1\b|Space\b|PgUp\b|PgDn\b)"
    r"|(?:^|[ .·(])[a-zA-Z?] (?:opens|asks|goes|shows|begins|pushes|brings|tries|leaves|speaks|sends|calls|on it)\b"
)


def sentences_of(tree: ast.AST) -> Iterator[str]:
    """The texts in a module that may reach the screen: not docstrings, and of a binding only what it says."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Binding":
            yield from sentences_of(ast.List([word.value for word in node.keywords if word.arg == "tooltip"]))
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        yield from sentences_of(node)


def test_no_sentence_on_the_screens_names_a_key_by_itself() -> None:
    """It asks `keyboard`, so that it is true when the user has another one."""
    folder = Path(keyboard.__file__).resolve().parent
    said = {
        (path.name, words)
        for path in folder.rglob("*.py")
        if path.name not in ("keyboard.py", "own_keys.py", "key_table.py")
        for words in sentences_of(ast.parse(path.read_text("utf-8")))
        if NAMED.search(words)
    }
    assert not said


def test_the_line_under_the_panes_names_the_keys_that_there_are() -> None:
    talk = Talk()
    talk.everybody(0)
    interrupted = Scene(state="interrupted", held=False)
    try:
        keyboard.use({"debate.continue": ("C",), "debate.back": ("b",), "composer.leave": ("ctrl+l",)})
        assert "C goes on with the debate · b goes back." in standing(talk.debate, interrupted)[0]
        writing = Scene(state="interrupted", held=False, composing=True)
        assert "Ctrl+L, then C goes on with the debate · Ctrl+L leaves the text." in standing(talk.debate, writing)[0]
        keyboard.use({"debate.retry": ("ctrl+g",)})
        assert again_key(composing=True) == again_key(composing=False) == "Ctrl+G"
    finally:
        keyboard.use({})
