"""What calls the user: each terminal's own sequence, the bell elsewhere, and nothing that any terminal would print."""

from __future__ import annotations

import re

import pytest

from upverdict.core.config import NOTIFY
from upverdict.tui import attention
from upverdict.tui.steady import steady

WORDS = "The floor is yours · Self-host LLMs or use API access?"
GHOSTTY = {"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"}
IN_TMUX = {"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TMUX": "/tmp/tmux-1000/default,1,0"}


def called(way: str, env: dict[str, str], *, focused: bool = False, told: bool = True) -> str:
    return attention.call(WORDS, way, env, focused=focused, focus_told=told)


@pytest.mark.parametrize(
    ("env", "kind"),
    [
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "9"),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, "9"),
        (GHOSTTY, "777"),
        ({"TERM": "xterm-ghostty"}, "777"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "777"),
        ({"TERM": "foot"}, "777"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "240800"}, "777"),
        ({"TERM": "xterm-kitty"}, "99"),
        ({"TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"}, "99"),
        (IN_TMUX | {"KITTY_WINDOW_ID": "1"}, "99"),
        (IN_TMUX, None),
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "alacritty", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "screen-256color", "STY": "1.pts-0.host", "KITTY_WINDOW_ID": "1"}, None),
        ({"TERM": "linux"}, None),
        ({}, None),
    ],
)
def test_a_terminal_is_known_by_what_it_says_of_itself(env: dict[str, str], kind: str | None) -> None:
    assert attention.known(env) == kind
    assert bool(attention.notification(WORDS, env)) == (kind is not None)


@pytest.mark.parametrize(
    ("env", "written"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, f"\x1b]9;upverdict: {WORDS}\x07"),
        (GHOSTTY, f"\x1b]777;notify;upverdict;{WORDS}\x07"),
        ({"TERM": "xterm-kitty"}, f"\x1b]99;o=unfocused;upverdict: {WORDS}\x1b\\"),
        (
            IN_TMUX | {"GHOSTTY_RESOURCES_DIR": "/usr/share/ghostty"},
            f"\x1bPtmux;\x1b\x1b]777;notify;upverdict;{WORDS}\x07\x1b\\",
        ),
        (IN_TMUX | {"KITTY_WINDOW_ID": "1"}, f"\x1bPtmux;\x1b\x1b]99;o=unfocused;upverdict: {WORDS}\x1b\x1b\\\x1b\\"),
    ],
)
def test_each_sequence_is_the_terminals_own(env: dict[str, str], written: str) -> None:
    assert attention.notification(WORDS, env) == written


@pytest.mark.parametrize(
    ("way", "env", "focused", "told", "rings", "shows"),
    [
        ("bell", GHOSTTY, False, True, True, False),
        ("bell", GHOSTTY, True, True, True, False),
        ("desktop", GHOSTTY, False, True, False, True),
        ("desktop", GHOSTTY, True, False, False, False),
        ("both", GHOSTTY, False, True, True, True),
        ("both", GHOSTTY, True, True, True, False),
        ("off", GHOSTTY, False, True, False, False),
        # One that is not known to show any rings instead.
        ("desktop", {"TERM": "xterm"}, False, True, True, False),
        ("desktop", {"TERM": "xterm"}, True, True, False, False),
        # tmux may hold a notification back, and tells of the focus only where it is set up to.
        ("desktop", IN_TMUX | {"KITTY_WINDOW_ID": "1"}, True, False, True, True),
        ("desktop", IN_TMUX | {"KITTY_WINDOW_ID": "1"}, True, True, False, False),
        ("desktop", IN_TMUX, False, True, True, False),
    ],
)
def test_who_looks_at_the_window_is_not_notified(
    way: str, env: dict[str, str], focused: bool, told: bool, rings: bool, shows: bool
) -> None:
    written = called(way, env, focused=focused, told=told)
    shown = attention.notification(WORDS, env)
    assert (bool(shown) and shown in written) == shows
    assert written.replace(shown, "") == ("\a" if rings else "")


@pytest.mark.parametrize("way", NOTIFY)
def test_words_of_others_act_on_no_terminal(way: str) -> None:
    hostile = "No\x1b]0;owned\x07\x1b\\;\x9d52;c;AAAA\x9c\r\n4;1;\u202eend\x1bPtmux;\x00" + "x" * 5000
    for env in (GHOSTTY, {"TERM": "xterm-kitty"}, {"TERM_PROGRAM": "iTerm.app"}, IN_TMUX | {"WEZTERM_PANE": "1"}):
        written = attention.call(hostile, way, env, focused=False, focus_told=True)
        inside = re.sub(r"^\x1bPtmux;\x1b|\x1b\\(?=\a?$)|\a", "", written).replace("\x1b]", "", 1).replace("\x1b\\", "")
        assert inside.isprintable(), inside
        assert len(written) < 300


@pytest.mark.parametrize("env", [GHOSTTY, {"TERM": "xterm-kitty"}, IN_TMUX | {"KITTY_WINDOW_ID": "1"}])
def test_what_holds_a_picture_in_its_cells_leaves_a_notification_alone(env: dict[str, str]) -> None:
    written = attention.notification("The floor is yours · 👩‍👩‍👧 שלום 🇩🇪", env)
    assert steady(written) == written
