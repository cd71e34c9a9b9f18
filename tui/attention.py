"""What calls a person back to the terminal: its bell, or a notification of the desktop by the terminal's own sequence.

Pure: what is to be written comes out as text. A sequence goes only to a terminal that is known to have it; every other
one rings. Sources: iTerm2's documentation (OSC 9), urxvt's extension that foot, Ghostty, WezTerm, Konsole and Contour
took over (OSC 777), kitty's desktop notifications (OSC 99), tmux' FAQ (passthrough).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from textual.message import Message

from upverdict.tui.widgets.plain import fit, one_line

BELL = "\a"
NAME = "upverdict"
_CELLS = 160
"""Of a notification: what desktops show of one before they cut it."""

Kind = Literal["9", "777", "99"]

_BY_PROGRAM: dict[str, Kind] = {
    "iTerm.app": "9",
    "ghostty": "777",
    "WezTerm": "777",
    "WarpTerminal": "777",
    "kitty": "99",
}
"""By what a terminal writes into TERM_PROGRAM."""
_BY_TERM: dict[str, Kind] = {
    "xterm-kitty": "99",
    "xterm-ghostty": "777",
    "wezterm": "777",
    "foot": "777",
    "foot-extra": "777",
    "foot-direct": "777",
    "contour": "777",
}
"""By TERM, which comes through `ssh` too."""
_BY_MARK: dict[str, Kind] = {
    "KITTY_WINDOW_ID": "99",
    "GHOSTTY_RESOURCES_DIR": "777",
    "WEZTERM_PANE": "777",
    "ITERM_SESSION_ID": "9",
    "KONSOLE_VERSION": "777",
}
"""By a variable of its own: all that is left of the outer terminal within tmux."""
_PLAIN_TERMS = ("xterm", "xterm-256color", "xterm-direct", "konsole", "konsole-256color")
"""What many terminals call themselves. Another name is another terminal's, started from the one that left its mark."""


class Attention(Message):
    """The debate waits for the user, or its verdict is in: `words` say which, in one line."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


def call(words: str, way: str, env: Mapping[str, str], *, focused: bool, focus_told: bool) -> str:
    """What is to be written to call the user by `way`, one of `core.config.NOTIFY`; nothing where that is `off`.

    `focused`: the window has the keys, as far as the terminal said; `focus_told`: it has said so at least once. Where
    the window has them no notification is shown: tmux alone is not believed before it has told anything, since it does
    so only where it is set up to.
    """
    ring = way in ("bell", "both")
    multiplexed = in_tmux(env)
    if way not in ("desktop", "both") or (focused and (focus_told or not multiplexed)):
        return BELL if ring else ""
    shown = notification(words, env)
    # Within tmux a notification comes through only where `allow-passthrough` is on, and nothing tells whether it is.
    return shown + (BELL if ring or not shown or multiplexed else "")


def notification(words: str, env: Mapping[str, str]) -> str:
    """The sequence that has the terminal show these words on the desktop; empty where it is not known to have one."""
    body = fit(one_line(words), _CELLS)
    match known(env):
        case "9":
            shown = f"\x1b]9;{NAME}: {body}\x07"
        case "777":
            shown = f"\x1b]777;notify;{NAME};{body.replace(';', ',')}\x07"
        case "99":
            shown = f"\x1b]99;o=unfocused;{NAME}: {body}\x1b\\"
        case None:
            return ""
    return f"\x1bPtmux;{shown.replace(chr(27), chr(27) * 2)}\x1b\\" if in_tmux(env) else shown


def known(env: Mapping[str, str]) -> Kind | None:
    """Which sequence the terminal has, by what the environment says of it; None where that is not known."""
    term, program = env.get("TERM", ""), env.get("TERM_PROGRAM", "")
    if in_tmux(env):
        return _marked(env)
    if "STY" in env or term.startswith(("screen", "tmux")):  # nothing comes through
        return None
    if program:
        return _BY_PROGRAM.get(program)
    if term in _BY_TERM:
        return _BY_TERM[term]
    return _marked(env) if term in _PLAIN_TERMS else None


def _marked(env: Mapping[str, str]) -> Kind | None:
    if env.get("LC_TERMINAL") == "iTerm2":  # comes through `ssh`
        return "9"
    return next((kind for mark, kind in _BY_MARK.items() if env.get(mark)), None)


def in_tmux(env: Mapping[str, str]) -> bool:
    """Whether tmux stands between the program and the terminal."""
    return bool(env.get("TMUX"))
