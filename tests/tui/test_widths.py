"""Scripts of every width between frames: each character in its cells, in terminals that count otherwise too."""

from __future__ import annotations

import sys
import time

import pyte
import pytest
from rich.cells import cell_len

from tests.council import council_but
from tests.scripted import ScriptedEndpoint, text
from tests.tui.scenes import QUESTION
from tests.tui.terminal import OldScreen, Terminal
from upverdict.tui.steady import MARK, steady
from upverdict.tui.widgets.pane_text import wrap

TITLE = "\x1b]0;🇯🇵 title\x07"
WORDS = {
    "Japanese": "日本語の文章は、幅が二倍です。半角ｱｲｳも。",
    "Arabic": "مرحبا بالعالم، هذا نص عربي طويل",
    "Hebrew": "שלום עולם",
    "combining": "Ve\u0301rite\u0301 a\u0308o\u0302\u0323 n\u0303",
    "family": "A 👨‍👩‍👧‍👦 family",
    "flags": "🇯🇵🇩🇪 and 🇫🇷, half 🇯 x",
    "selectors": "❤️ ✈️ ☎️ ⌚︎ 1️⃣",
    "skin": "👍🏽 👩🏿‍🚀",
    "tags": "🏴󠁧󠁢󠁥󠁮󠁧󠁿 end",
    "Persian": "می\u200cخواهم",
    "Korean": "한국어 문장",
}
"""What is counted in other ways by pyte, an old terminal as far as emoji go, than by Rich."""


def shown(data: str, columns: int = 60, rows: int = 3) -> list[str]:
    """The cells of the rows of a terminal that was sent this; the second cell of a wide character is empty."""
    screen = OldScreen(columns, rows)
    pyte.Stream(screen).feed(data)
    return ["".join(screen.buffer[y][x].data[:1] or "~" for x in range(columns)) for y in range(rows)]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_frame_stands_where_it_was_put_whatever_is_in_it(words: str) -> None:
    row = f"│{words}{' ' * (48 - cell_len(words))}│ end"
    seen = shown(steady(row))[0]
    assert seen[0] == "│"
    assert seen[49:54] == "│ end"


def test_what_terminals_disagree_about_would_shift_the_frame() -> None:
    row = f"│{WORDS['flags']}{' ' * (48 - cell_len(WORDS['flags']))}│"
    assert shown(row)[0][49] != "│", "or the test above shows nothing"


@pytest.mark.parametrize("words", ["plain", "\x1b[1mbold\x1b[0m │ ● “quoted” … 142w", "日本語", "e\u0301", TITLE])
def test_nothing_else_is_touched(words: str) -> None:
    assert steady(words) == words


def test_what_is_written_from_the_right_is_no_more_than_its_own_run() -> None:
    """Two panes beside each other: the frame between them is in neither run."""
    written = steady("│مرحبا بالعالم│\x1b[1m שלום \x1b[0m│ end")
    assert written == f"│{MARK}مرحبا بالعالم{MARK}│\x1b[1m {MARK}שלום{MARK} \x1b[0m│ end"


def test_a_flood_of_marks_takes_no_time_that_grows_beyond_its_length() -> None:
    for flood in ("\u200d" * 200_000, "م " * 100_000, "🇯" * 100_000, "a\ufe0f" * 100_000, "م" * 50_000 + "x" * 150_000):
        begun = time.process_time()
        steady(flood)
        assert time.process_time() - begun < 5, "seconds, not hours"


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_wrapped_lines_keep_to_their_cells(words: str) -> None:
    for width in (8, 13, 28):
        lines = [(words * 3)[a:b] for a, b in wrap(words * 3, width, width)]
        assert all(cell_len(line) <= width for line in lines)


if sys.platform != "win32":

    def test_the_frames_of_the_panes_stand_in_a_real_terminal() -> None:
        said = "\n\n".join(WORDS.values())
        openings = {f"{voice} opening": text(said) for voice in ("builder", "skeptic", "researcher", "contrarian")}
        question = f"{QUESTION} {WORDS['flags']} {WORDS['Arabic']}"
        with ScriptedEndpoint.in_thread(council_but(openings)) as server:
            options = ("--endpoint", server.url, "--depth", "quick", question)
            with Terminal(*options, columns=160, rows=60) as terminal:
                terminal.wait_for(lambda t: t.text.count("한국어 문장") == 4 and "The floor is yours" in t.text)
                terminal.keys(WORDS["family"] + WORDS["Arabic"] + WORDS["flags"])
                terminal.wait_for(lambda t: "family" in t.text and "half" in t.lines[-3])
                cells = terminal.cells
        top = next(y for y, row in enumerate(cells) if row.count("╭") == 4)
        bottom = next(y for y, row in enumerate(cells) if row.count("╰") == 4)
        for row in cells[top + 1 : bottom]:
            assert [x for x, cell in enumerate(row) if cell == "│"] == [0, 39, 40, 79, 80, 119, 120, 159]
        assert cells[-3][0] == cells[-3][159] == "┃", "and the composer's"
