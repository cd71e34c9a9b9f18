"""The terminal's window on a real pseudo-terminal: its title, what calls the user back, and what is left of both."""

from __future__ import annotations

import os
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.council import council
from tests.scripted import Pace, ScriptedEndpoint
from tests.tui.shelf import showing
from upverdict.core.config import load
from upverdict.core.errors import WrongUse
from upverdict.tui.attention import Attention
from upverdict.tui.window import has_title

if sys.platform == "win32":  # there are no pseudo-terminals of this kind
    collect_ignore = [__file__]

from tests.tui.terminal import Terminal

QUESTION = "Self-host LLMs or use API access?"
COMPOSING = "┏━ You, the fifth voice"
GIVEN_BACK = "\x1b]0;\x07\x1b[23;0t"


def environment(**more: str) -> dict[str, str]:
    """This process's, without what tells of the terminal that the tests were started from."""
    marks = ("TMUX", "STY", "TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID", "WEZTERM_PANE", "ITERM_SESSION_ID")
    marks += ("GHOSTTY_RESOURCES_DIR", "KONSOLE_VERSION")
    return {name: value for name, value in os.environ.items() if name not in marks} | more


def prefer(folder: Path, way: str) -> None:
    (folder / "config" / "config.toml").write_text(f'depth = "quick"\nnotify = "{way}"\n', "utf-8")


def bells(written: str) -> int:
    """How often the terminal rang; the bell that ends a title or a notification is none."""
    return re.sub(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)", "", written).count("\a")


def titles(written: str) -> list[str]:
    return re.findall(r"\x1b\]0;([^\x07]*)\x07", written)


def test_the_window_is_called_by_what_happens_and_rings_when_the_user_is_wanted() -> None:
    with (
        ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=400)) as server,
        Terminal("--endpoint", server.url, QUESTION, environment=environment()) as terminal,
    ):
        terminal.wait_for(lambda t: t.title == f"Openings · {QUESTION}")
        terminal.wait_for(lambda t: t.title == f"● The floor is yours · {QUESTION}")
        terminal.wait_for(lambda t: bells(t.written) == 1)
        terminal.wait_for(lambda t: COMPOSING in t.text)
        terminal.keys("\x12")  # Ctrl+R: the verdict
        terminal.wait_for(lambda t: t.title.startswith("Verdict: "))
        terminal.wait_for(lambda t: bells(t.written) == 2)
        terminal.wait_for_text("WHAT EACH SAID")
        terminal.keys("\x1b")
        terminal.wait_for(lambda t: "o opens it" in t.text)
        terminal.keys("\x1b")
        terminal.wait_for(lambda t: t.title == "upverdict")
        terminal.keys("q")
        assert terminal.process.wait(30) == 0
        terminal.wait_for(lambda t: t.written.rstrip().endswith(GIVEN_BACK))
        named = titles(terminal.written)
    assert named[0] == "upverdict"
    assert all(a != b for a, b in pairwise(named)), "nothing is written for the same title"


def test_suspended_the_window_has_its_own_title_and_back_again_ours() -> None:
    with (
        ScriptedEndpoint.in_thread(council()) as server,
        Terminal("--endpoint", server.url, QUESTION, environment=environment(), shell=True) as terminal,
    ):
        terminal.wait_for(lambda t: t.title.startswith("● The floor is yours"))
        terminal.wait_for(lambda t: COMPOSING in t.text)
        terminal.keys("\x1b")
        terminal.wait_for(lambda t: COMPOSING not in t.text)
        before = len(terminal.written)
        terminal.keys("\x1a")  # Ctrl+Z
        terminal.wait_for(lambda t: GIVEN_BACK in t.written[before:])
        terminal.wait_for(lambda t: any(line.startswith("shell>") for line in t.lines))
        gone = terminal.written[before:]
        assert gone.index(GIVEN_BACK) < gone.index("\x1b[?1049l")
        before = len(terminal.written)
        terminal.keys("fg\n")
        terminal.wait_for(lambda t: t.title == f"● The floor is yours · {QUESTION}")
        terminal.wait_for(lambda t: "The floor is yours" in t.text)
        assert terminal.written[before:].count("\x1b[22;0t") == 1
        terminal.keys("\x11")
        terminal.wait_for(lambda t: t.written.count(GIVEN_BACK) == 2)
        terminal.wait_for_text("shell> ")


@pytest.mark.parametrize("term", ["linux", "dumb"])
def test_a_terminal_without_a_window_is_written_no_title(term: str) -> None:
    with (
        ScriptedEndpoint.in_thread(council()) as server,
        Terminal("--endpoint", server.url, QUESTION, environment=environment(), term=term) as terminal,
    ):
        terminal.wait_for_text("The floor is yours")
        terminal.wait_for(lambda t: bells(t.written) == 1)
        terminal.keys("\x11")
        assert terminal.process.wait(30) == 130
    commands = set(re.findall(r"\x1b\](\d*)", terminal.written))
    assert commands <= {"22"}, "Textual's own, for the shape of the mouse's pointer"
    assert not re.search(r"\x1b\[2[23];0t", terminal.written)


def test_a_window_without_the_keys_shows_a_notification(at_home: Path) -> None:
    prefer(at_home, "desktop")
    with (
        ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=150)) as server,
        Terminal(
            "--endpoint", server.url, QUESTION, environment=environment(TERM_PROGRAM="ghostty"), term="xterm-ghostty"
        ) as terminal,
    ):
        terminal.wait_for(lambda t: t.text.count("writing") == 4)
        terminal.keys("\x1b[O")  # the window loses the keys
        terminal.wait_for(lambda t: f"\x1b]777;notify;upverdict;The floor is yours · {QUESTION}\x07" in t.written)
        assert bells(terminal.written) == 0
        terminal.keys("\x1b[I")
        terminal.wait_for(lambda t: COMPOSING in t.text)
        terminal.keys("\x12")
        terminal.wait_for_text("WHAT EACH SAID")
        terminal.keys("\x11")
        assert terminal.process.wait(30) == 0
    assert terminal.written.count("\x1b]777") == 1, "who looks at it need not be told"


def test_who_wants_to_hear_nothing_hears_nothing(at_home: Path) -> None:
    prefer(at_home, "off")
    with (
        ScriptedEndpoint.in_thread(council()) as server,
        Terminal("--auto", "--endpoint", server.url, QUESTION, environment=environment()) as terminal,
    ):
        terminal.wait_for_text("WHAT EACH SAID")
        terminal.keys("\x11")
        assert terminal.process.wait(30) == 0
    assert bells(terminal.written) == 0


@pytest.mark.parametrize(("way", "rings"), [("bell", 1), ("both", 1), ("desktop", 0), ("off", 0)])
async def test_what_can_not_be_done_rings_only_where_a_bell_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, rings: int
) -> None:
    async with showing(tmp_path, notify=way) as (app, _):
        written: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(type(app), "is_headless", False)
            patch.setattr(app._driver, "write", written.append)
            app.bell()
        assert written.count("\a") == rings


def test_another_way_to_call_is_refused_in_a_sentence(at_home: Path) -> None:
    for value, said in (
        ('"loud"', "notify must be one of bell, desktop, both, off"),
        ("true", "must be text in quotes"),
    ):
        (at_home / "config" / "config.toml").write_text(f"notify = {value}\n", "utf-8")
        with pytest.raises(WrongUse, match=said):
            load(env={"UPVERDICT_CONFIG": str(at_home / "config")})
    (at_home / "config" / "config.toml").write_text("", "utf-8")
    assert load(env={"UPVERDICT_CONFIG": str(at_home / "config")}).notify == "bell"


class Output:
    def __init__(self, terminal: bool) -> None:
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("term", "terminal", "named"),
    [
        ("xterm-256color", True, True),
        ("tmux-256color", True, True),
        ("xterm-256color", False, False),
        ("linux", True, False),
        ("dumb", True, False),
        ("", True, False),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="there the window gives no title back")
def test_what_is_no_terminal_with_a_window_has_no_title(term: str, terminal: bool, named: bool) -> None:
    assert has_title({"TERM": term}, Output(terminal)) == named
    assert not has_title({"TERM": term}, None)


async def test_without_a_terminal_nobody_is_called(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with showing(tmp_path, notify="both") as (app, pilot):
        app.post_message(Attention("The floor is yours"))
        app.post_message(Attention("The verdict is in"))
        await pilot.pause()
    told = capsys.readouterr()
    assert "\a" not in told.out + told.err
    assert "\x1b]" not in told.out + told.err
