"""The program on a real pseudo-terminal, as a person has it: typing while four voices stream, scrolling, leaving."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import string
import sys
from contextlib import closing

import pytest

from tests.conftest import Sockets
from tests.council import council
from tests.program import upverdict
from tests.scripted import Pace, ScriptedEndpoint

if sys.platform == "win32":  # there are no pseudo-terminals of this kind
    collect_ignore = [__file__]

from tests.tui.terminal import Terminal

QUESTION = "Self-host LLMs or use API access?"
LONG = Pace(tokens_per_second=100)


def drafted(terminal: Terminal) -> str:
    """What stands in the composer: the words between its frame's sides, joined; nothing while that is being drawn."""
    lines = terminal.lines
    top = next((i for i, line in enumerate(lines) if "You, the fifth voice" in line), len(lines))
    bottom = next((i for i, line in enumerate(lines) if i > top and ("╰" in line or "┗" in line)), top)
    return "".join(re.sub(r"[│┃▁-█]", "", line).strip() for line in lines[top + 1 : bottom])


def test_500_keys_typed_while_four_panes_stream_all_arrive_in_order() -> None:
    draw = random.Random(4)
    typed = "".join(draw.choice(string.ascii_letters + string.digits) for _ in range(500))
    with (
        ScriptedEndpoint.in_thread(council(characters=6000), pace=LONG) as server,
        Terminal("--endpoint", server.url, QUESTION) as terminal,
    ):
        terminal.wait_for(lambda t: t.text.count("writing") == 4)
        terminal.keys("r")
        terminal.wait_for(lambda t: "┏━ You, the fifth voice" in t.text)
        for at in range(0, 500, 5):
            terminal.keys(typed[at : at + 5])
            if at % 100 == 0:
                seen = [terminal.column(n, 4) for n in range(4)]
                terminal.wait_for(lambda t, seen=seen: all(t.column(n, 4) != seen[n] for n in range(4)))
        terminal.wait_for(lambda t: typed.endswith(drafted(t)[-40:]) and len(drafted(t)) >= 40)
        assert "writing" in terminal.text, "the voices still speak"
        terminal.keys("\r")
        terminal.wait_for_text("BEFORE REBUTTAL")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.process.wait(30)
    document = upverdict("show", "last", "--json").json
    (yours,) = [s for s in document["statements"] if s["voice"] == "you"]
    assert yours["text"] == typed


def test_100_kb_pasted_while_four_panes_stream_arrive_whole_and_lose_no_key() -> None:
    draw = random.Random(7)
    words = ["self-host", "it", "日本語", "e\u0301tude", "الكلمة", "👩‍👩‍👧", "costs", "money,", "they", "say."]
    lines = [" ".join(draw.choice(words) for _ in range(draw.randrange(400))) for _ in range(60)]
    pasted = "\n".join(lines)[:100_000] + "\nthe end "
    with (
        ScriptedEndpoint.in_thread(council(characters=9000), pace=LONG) as server,
        Terminal("--endpoint", server.url, QUESTION) as terminal,
    ):
        terminal.wait_for(lambda t: t.text.count("writing") == 4)
        terminal.keys("r")
        terminal.wait_for(lambda t: "┏━ You, the fifth voice" in t.text)
        terminal.keys("before ")
        terminal.keys("\x1b[200~" + pasted.replace("\n", "\r") + "\x1b[201~ZZZ")  # as terminals do
        terminal.keys("YYY")
        terminal.wait_for_text("the end ZZZYYY")
        assert "writing" in terminal.text, "the voices still speak"
        terminal.keys("\r")
        terminal.wait_for_text("queued for rebuttal 1: Y1")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.process.wait(30)
    document = upverdict("show", "last", "--json").json
    (yours,) = [s for s in document["statements"] if s["voice"] == "you"]
    assert yours["text"] == f"before {pasted}ZZZYYY"


def test_what_was_typed_survives_kill_9_and_comes_back() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        with Terminal("--endpoint", server.url, QUESTION) as terminal:
            terminal.wait_for_text("The floor is yours")
            terminal.keys("half a thought")
            terminal.wait_for(lambda t: drafted(t) == "half a thought")
            terminal.wait_for(lambda _: "half a thought" in _drafts())
            terminal.process.kill()
            terminal.process.wait(30)
        with Terminal("--endpoint", server.url) as terminal:
            terminal.wait_for_text(QUESTION)
            terminal.keys("c")
            terminal.wait_for(lambda t: "You, the fifth voice" in t.text and drafted(t) == "half a thought")


def _drafts() -> list[str]:
    with closing(sqlite3.connect(os.environ["UPVERDICT_DB"])) as file:
        return [text for (text,) in file.execute("select text from drafts")]


def test_scrolling_one_pane_back_does_not_stop_the_others() -> None:
    with (
        ScriptedEndpoint.in_thread(council(characters=30000), pace=LONG) as server,
        Terminal("--endpoint", server.url, QUESTION) as terminal,
    ):
        terminal.wait_for(lambda t: t.text.count("OPENING") == 4)
        terminal.wait_for(lambda t: "OPENING" not in t.text)  # every pane is over its end, and follows
        terminal.keys("1")
        terminal.wait_for(lambda t: "┏━  B" in t.text)
        terminal.keys("\x1b[5~\x1b[5~")  # page up, twice
        terminal.wait_for(lambda t: "more below" in t.column(0, 4))
        _let_the_others_go_on(terminal)
        back = _prose(terminal.column(0, 4))
        for _ in range(3):
            _let_the_others_go_on(terminal)
        assert _prose(terminal.column(0, 4)) == back
        terminal.keys("\x1b[F")  # End
        terminal.wait_for(lambda t: "more below" not in t.column(0, 4) and _prose(t.column(0, 4)) != back)


def _let_the_others_go_on(terminal: Terminal) -> None:
    """Wait until each of the other three panes shows other words than now."""
    seen = [_prose(terminal.column(n, 4)) for n in (1, 2, 3)]
    terminal.wait_for(lambda t: all(_prose(t.column(n, 4)) != seen[n - 1] for n in (1, 2, 3)))


def _shown(terminal: Terminal, number: int) -> str:
    """What stands in a pane under the heading of its first statement, without white space: lines may end anywhere."""
    _, heading, said = _prose(terminal.column(number, 4)).partition("OPENING")
    return "".join(said.replace("writing", "", 1).replace("▌", "").split()) if heading else ""  # and the cursor


def _prose(column: str) -> str:
    """The words inside a pane, without its frame's lines, its counters and its scrollbar."""
    return "\n".join(re.sub(r"[│╭╰─╮╯┃━┏┗▁-█]", "", line).strip() for line in column.splitlines()[5:38])


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGHUP])
def test_losing_the_terminal_keeps_every_word(signal_number: signal.Signals) -> None:
    with (
        ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=60)) as server,
        Terminal("--endpoint", server.url, QUESTION) as terminal,
    ):
        terminal.wait_for(lambda t: t.text.count("writing") == 4)
        terminal.wait_for(lambda t: all(len(_shown(t, n)) > 60 for n in range(4)))
        shown = [_shown(terminal, n) for n in range(4)]
        terminal.process.send_signal(signal_number)
        terminal.process.wait(30)
    document = upverdict("show", "last", "--json").json
    assert document["state"] == "interrupted"
    kept = ["".join(s["text"].split()) for s in document["statements"]]
    assert len(kept) == 4
    for k, s in zip(sorted(kept), sorted(shown), strict=True):
        assert k[: len(s)] == s


def test_ctrl_z_goes_to_the_shell_and_fg_comes_back_whole() -> None:
    typed = "".join(random.Random(5).choice(string.ascii_letters) for _ in range(300))
    with (
        ScriptedEndpoint.in_thread(council(characters=6000), pace=LONG) as server,
        Terminal("--endpoint", server.url, QUESTION, shell=True) as terminal,
    ):
        terminal.wait_for(lambda t: t.text.count("writing") == 4)
        for _ in range(2):
            terminal.keys("\x1a")
            terminal.wait_for(lambda t: any(line.startswith("shell>") for line in t.lines))
            terminal.keys("echo in the $((1 + 1))nd place\n")
            terminal.wait_for_text("in the 2nd place")
            terminal.keys("fg\n")
            terminal.wait_for(lambda t: "shell>" not in t.text and t.text.count("writing") == 4)
        seen = [terminal.column(n, 4) for n in range(4)]
        terminal.wait_for(lambda t: all(t.column(n, 4) != seen[n] for n in range(4)))
        terminal.keys("r")
        terminal.wait_for(lambda t: "┏━ You, the fifth voice" in t.text)
        for at in range(0, len(typed), 3):
            terminal.keys(typed[at : at + 3])
        terminal.wait_for(lambda t: drafted(t) == typed)
        terminal.keys("\x1a")
        terminal.wait_for(lambda t: drafted(t) != typed and typed.startswith(drafted(t)))
        assert "The Builder" in terminal.text, "in a text it undoes"
        terminal.keys("\x19" * 10)
        terminal.wait_for(lambda t: drafted(t) == typed)
        terminal.keys("\r")
        terminal.wait_for_text("BEFORE REBUTTAL")
        terminal.keys("\x11")
        terminal.wait_for_text("shell> ")
    document = upverdict("show", "last", "--json").json
    (yours,) = [s for s in document["statements"] if s["voice"] == "you"]
    assert yours["text"] == typed


def test_where_no_shell_waits_ctrl_z_says_so_and_stops_nothing() -> None:
    with Terminal() as terminal:
        terminal.wait_for(lambda t: "Enter starts" in t.text and "Esc leave" in t.text)  # not the list's keys any more
        terminal.keys("\x1b")  # in the question it would undo
        terminal.wait_for_text("q quit")
        terminal.keys("\x1a")
        terminal.wait_for_text("no shell to go back to")
        terminal.keys("\x11")
        assert terminal.process.wait(30) == 0


def test_a_program_that_is_stopped_from_without_goes_on_with_every_key() -> None:
    typed = "".join(random.Random(6).choice(string.ascii_letters) for _ in range(300))
    with (
        ScriptedEndpoint.in_thread(council(characters=20_000), pace=LONG) as server,
        Terminal("--endpoint", server.url, QUESTION) as terminal,
    ):
        terminal.wait_for(lambda t: t.text.count("writing") == 4)
        terminal.keys("r")
        terminal.wait_for(lambda t: "┏━ You, the fifth voice" in t.text)
        for at in range(0, len(typed), 3):
            if at % 60 == 0:
                terminal.process.send_signal(signal.SIGSTOP)
                terminal.process.send_signal(signal.SIGCONT)
            terminal.keys(typed[at : at + 3])
        terminal.wait_for(lambda t: drafted(t) == typed)
        assert "writing" in terminal.text


def test_a_whole_debate_on_the_screen_and_found_again_in_the_library() -> None:
    with (
        ScriptedEndpoint.in_thread(council()) as server,
        Terminal("--endpoint", server.url, QUESTION) as terminal,
    ):
        terminal.wait_for_text("The floor is yours")
        terminal.keys("We are two people.\r")
        terminal.wait_for(
            lambda t: "The floor is yours" in t.text and "verdict" in t.text and "BEFORE REBUTTAL 1" in t.text
        )
        terminal.wait_for(lambda t: "on to the verdict" in t.text)
        terminal.keys("\x0e")  # Ctrl+N
        terminal.wait_for_text("WHAT EACH SAID")
        terminal.keys("\x11")  # Ctrl+Q
        assert terminal.process.wait(30) == 0
    with Terminal() as terminal:
        terminal.wait_for_text(QUESTION)
        terminal.wait_for_text("verdict")
        terminal.keys("/utilisation")  # typed as fast as a paste: no letter may act as a key of the list
        terminal.wait_for(lambda t: t.text.lower().count("utilisation") >= 2)
        terminal.keys("\x11")
        assert terminal.process.wait(30) == 0


def test_the_library_screen_opens_no_socket(sockets: Sockets) -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        assert upverdict("ask", QUESTION, "--endpoint", server.url).code == 0
    assert sockets.opened(), "a debate does open some: the watch works"
    sockets.forget()
    with Terminal() as terminal:
        terminal.wait_for_text(QUESTION)
        terminal.keys("\r")
        terminal.wait_for_text("WHAT EACH SAID")
        terminal.keys("\r")  # to the sentence of the first quote
        terminal.wait_for_text("Esc goes back to the verdict")
        terminal.keys("\x1b")
        terminal.wait_for_text("WHAT EACH SAID")
        terminal.keys("\x1b")
        terminal.wait_for_text("1 debate")
        terminal.keys("/utilisation")
        terminal.wait_for(lambda t: "/ utilisation" in t.text and t.text.count("utilisation") > 1)
        terminal.keys("\x1b")
        terminal.wait_for(lambda t: "/ utilisation" not in t.text)
        terminal.keys("n")
        terminal.wait_for_text("New debate")
        terminal.wait_for_text("builtin")
        terminal.keys("\x1b")
        terminal.wait_for_text("1 debate")
        terminal.keys("q")
        assert terminal.process.wait(30) == 0
    assert sockets.opened() == []
