"""A replay on a real pseudo-terminal, as a person has it: begun in the library, sped up, resized, left."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.conftest import Sockets
from tests.core.talk import Talk
from tests.tui.shelf import keep
from upverdict.core import events as ev

if sys.platform == "win32":  # there are no pseudo-terminals of this kind
    collect_ignore = [__file__]

from tests.tui.terminal import Terminal

VOICES = ("builder", "skeptic", "researcher", "contrarian")


def spoken(pieces: int = 200) -> list[ev.Event]:
    """Openings in which all write together, a piece of each about twice a second, and end with a word of their own."""
    t = Talk()
    for voice in VOICES:
        t.begin(voice)
    for n in range(pieces):
        for voice in VOICES:
            t.words(voice, 0, f"{voice}{n} goes on and on. ")
    for voice in VOICES:
        t.words(voice, 0, f"{voice.upper()}-RESTS")
        place = {"voice": voice, "round": "opening", "statement": f"{voice[0].upper()}1"}
        t.log.append(ev.StatementFinished(sentences=(), **place))  # type: ignore[arg-type]
    t.log.append(ev.DebateInterrupted())
    return t.events


def test_a_replay_is_sped_up_resized_in_mid_stream_and_loses_no_word(at_home: Path, sockets: Sockets) -> None:
    asyncio.run(keep(at_home / "debates.db", spoken()))
    with Terminal(columns=200, rows=45) as terminal:
        terminal.wait_for_text("Self-host LLMs or use an API?")
        terminal.keys("y")
        terminal.wait_for_text("Replay 1×")
        terminal.wait_for(lambda t: all(f"{voice}1 goes" in t.text for voice in VOICES))
        terminal.keys("+")
        terminal.wait_for_text("Replay 4×")
        terminal.resize(70, 24)
        terminal.wait_for(lambda t: "Replay 4×" in t.text and "builder" in t.text)
        terminal.keys(" ")
        terminal.wait_for_text("Paused 4×")
        terminal.resize(200, 45)
        terminal.wait_for(lambda t: all(f"The {voice.title()}" in t.text for voice in VOICES))
        terminal.keys(" +")
        terminal.wait_for_text("Replay 16×")
        terminal.wait_for_text("Here the debate was interrupted.")
        terminal.wait_for(lambda t: all(f"{voice.upper()}-RESTS" in t.text for voice in VOICES))
        terminal.wait_for_text("Replay over")
        terminal.keys("1\x1b[H")  # to the beginning of the first pane
        terminal.wait_for_text("builder0 goes")
        terminal.keys("\x1b")
        terminal.wait_for_text("1 debate")
        terminal.keys("q")
        assert terminal.process.wait(30) == 0
    assert sockets.opened() == []
