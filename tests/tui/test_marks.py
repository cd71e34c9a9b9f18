"""Marks of sources in a pane: where they stand, that they change no word and no place, and that they cost little."""

from __future__ import annotations

from bisect import bisect_left

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tui.test_pane_text import facts, texts, widths
from upverdict.tui.widgets.markup import add_bits
from upverdict.tui.widgets.pane_pieces import CITED, Pieces
from upverdict.tui.widgets.pane_rows import Above, Block, Body, Row
from upverdict.tui.widgets.pane_stack import Stack

MARKS = "¹²³⁴⁵⁶⁷⁸⁹⁰,"


def body(raw: str, cites: list[tuple[int, str]], width: int = 40, live: bool = False) -> Body:
    pieces, rows = Pieces(), Body(width)
    pieces.feed(raw)
    for after, label in cites:
        pieces.cite(after, label)
    pieces.parse(live)
    rows.update(pieces, live)
    return rows


def lines(raw: str, *places: int, width: int = 40) -> list[str]:
    """The rows with the marks ¹, ², … at these places."""
    return [row.text.rstrip() for row in body(raw, [(p, MARKS[n]) for n, p in enumerate(places)], width).rows]


def unmarked(row: Row) -> str:
    """The row without its marks."""
    marked = {i for s, e, bits in row.runs if bits & CITED for i in range(s, e)}
    return "".join(ch for i, ch in enumerate(row.text) if i not in marked)


@pytest.mark.parametrize(
    ("raw", "places", "shown"),
    [
        ("They idle. We pay.", (10,), ["They idle.¹ We pay."]),
        ("They idle. We pay.", (11,), ["They idle.¹ We pay."]),
        ("They idle. We pay.", (18, 10), ["They idle.² We pay.¹"]),
        ("They idle.", (10, 10), ["They idle.¹,²"]),
        ("They **idle**. We", (13,), ["They idle¹. We"]),
        ("They **idle**. We", (11,), ["They idle¹. We"]),
        ("One.\n\nTwo.", (4, 10), ["One.¹", "", "Two.²"]),
        ("One.\n\nTwo.", (6,), ["One.", "", "¹Two."]),
        ("One.\nTwo.", (5,), ["One.", "¹Two."]),
        ("Two.", (0,), ["¹Two."]),
        ("- one\n- two", (2, 5, 11), ["• ¹one²", "• two³"]),
        ("One.\n\n", (6,), ["One.", "", "¹"]),
        ("", (0,), ["¹"]),
        ("機械は眠らない。夜も。", (8,), ["機械は眠らない。¹夜も。"]),
        ("e\u0301t\u00e9", (1,), ["e\u0301¹t\u00e9"]),
        ("👩‍💻 codes", (1,), ["👩‍💻¹ codes"]),
        ("🇯🇵 wins", (1,), ["🇯🇵¹ wins"]),
        ("x\u200b. y", (3,), ["x.¹ y"]),
        ("Far", (99,), ["Far¹"]),
    ],
)
def test_where_marks_stand(raw: str, places: tuple[int, ...], shown: list[str]) -> None:
    assert lines(raw, *places) == shown


def test_a_mark_stays_with_its_word_where_a_line_breaks() -> None:
    assert lines("one two three four", 13, width=13) == ["one two", "three¹ four"]
    assert lines("機械は眠らない。夜も。", 8, width=16) == ["機械は眠らな", "い。¹夜も。"]


cites = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["¹", "²", "¹²", "[x]"])), max_size=6)


@given(texts, cites, st.lists(st.integers(0, 400), max_size=6), widths, st.sampled_from([1, 1, 25]))
@example("a\n\n**b", [(4, "¹")], [4], 20, 1)
@example("abc.\n\ndef", [(4, "¹")], [6], 20, 1)
@example("a\u200d\u200d", [], [], 4, 25)  # joiners that join nothing hold no letters together
def test_marks_take_nothing_away_and_come_out_the_same_however_they_arrive(
    raw: str, given: list[tuple[int, str]], cuts: list[int], width: int, times: int
) -> None:
    raw *= times
    given = sorted((min(after, len(raw)), label) for after, label in given)
    whole = body(raw, given, width)
    plain = body(raw, [], 10_000).rows
    shown = body(raw, given, 10_000).rows
    drawn = {label for row in shown for s, e, bits in row.runs if bits & CITED for label in [row.text[s:e]]}
    assert {label for _, label in given} == {d.lstrip(",") for d in drawn}
    if not any(after >= len(raw) or not raw[after:].strip() for after, _ in given):
        assert [unmarked(row).rstrip() for row in shown] == [row.text.rstrip() for row in plain]
    pieces, rows, at = Pieces(), Body(width), 0
    seen: list[object] = []
    waiting = list(given)
    for cut in [*sorted({c for c in cuts if c < len(raw)}), len(raw)]:
        pieces.feed(raw[at:cut])
        at = cut
        while waiting and waiting[0][0] <= cut:
            pieces.cite(*waiting.pop(0))
        pieces.parse(live=True)
        changed = rows.update(pieces, live=True)
        now = facts(rows)
        assert seen[:changed] == now[:changed]
        seen = now
    pieces.parse(live=False)
    rows.update(pieces, live=False)
    assert pieces.text == raw
    assert facts(rows) == facts(whole)
    for row in whole.rows:
        assert list(row.offsets) == sorted(row.offsets)
        assert len(row.offsets) == len(row.text) - row.lead
        assert cell_len(row.text) <= max(width, 4)


@given(texts, cites, widths, st.integers(0, 300), st.integers(1, 60))
@example("They idle. We pay.", [(10, "¹")], 20, 0, 10)
@example("日本語。👩‍💻e\u0301", [(1, "¹"), (6, "²")], 8, 0, 7)
def test_a_highlight_covers_the_same_words_with_marks_and_without(
    raw: str, given: list[tuple[int, str]], width: int, start: int, size: int
) -> None:
    def covered(places: list[tuple[int, str]]) -> str:
        block = Block("B1", "OPENING", live=False)
        block.rewrite(raw)
        for after, label in places:
            block.pieces.cite(after, label)
        block.highlight = (start, start + size)
        block.layout(width)
        words = ""
        for index in range(1, block.drawn):
            if (span := block.found(index)) is not None:
                row = block.row(index)
                bits = add_bits(row.runs, *span, 1 << 20)
                words += "".join(row.text[s:e] for s, e, b in bits if b & 1 << 20 and not b & CITED)
        return "".join(words.split())

    assert covered(given) == covered([])


def test_what_is_selected_is_copied_without_marks_and_places_stay_those_of_the_text() -> None:
    raw = "They idle. We pay."
    (row,) = body(raw, [(10, "¹²")]).rows
    assert row.text == "They idle.¹² We pay."
    assert [row.position(n) for n in (9, 12, 13)] == [9, 10, 11]
    assert row.position_after(12) == 10
    assert row.text[slice(*row.span(11, 18))] == "We pay."
    assert row.text[slice(*row.span(0, 9))] == "They idle"


def test_marks_as_they_come_leave_closed_rows_alone() -> None:
    pieces, rows = Pieces(), Body(30)
    made: set[int] = set()
    kept: list[Row] = []
    size = 0
    for n in range(200):
        words = f"Sentence number {n} says something. " + ("\n\n" if n % 9 == 8 else "")
        pieces.feed(words)
        size += len(words)
        pieces.cite(size - len(words) + len(words.rstrip()), "¹")
        pieces.parse(live=True)
        rows.update(pieces, live=True)
        made |= {id(row) for row in rows.rows}
        kept += rows.rows  # so that no id is used twice
    assert sum("¹" in row.text for row in rows.rows) >= 200 / 2
    assert len(made) < 20 * 200, "a mark in the tail has rows made anew that stood already"


def test_a_mark_that_comes_late_makes_anew_what_stands_from_its_paragraph_on() -> None:
    pieces, rows = Pieces(), Body(30)
    pieces.feed("One.\n\nTwo.\n\nThree.\n\nFour")
    pieces.parse(live=True)
    rows.update(pieces, live=True)
    first = rows.rows[0]
    pieces.cite(10, "¹")
    pieces.parse(live=True)
    assert rows.update(pieces, live=True) == 2
    assert [row.text for row in rows.rows] == ["One.", "", "Two.¹", "", "Three.", "", "Four▌"]
    assert rows.rows[0] is first
    assert bisect_left([row.start for row in rows.rows], 6) == 2


@pytest.mark.parametrize(
    ("line", "width", "shown"),
    [
        (Above("gpu use", "3 results"), 30, ["⌕ gpu use · 3 results"]),
        (Above("gpu use in private clusters", "3 results"), 24, ["⌕ gpu use i… · 3 results"]),
        (
            Above("gpu use in private clusters", "3 results", whole=True),
            24,
            ["⌕ gpu use in private", "  clusters", "  3 results"],
        ),
        (Above("gpu", "failed: it is out of order", True, True), 20, ["⌕ gpu", "  failed: it is out", "  of order"]),
        (Above("日本語の検索", "3 results"), 20, ["⌕ 日本… · 3 results"]),
        (Above("two\nlines\x1b[2J", ""), 30, ["⌕ two lines[2J"]),
        (Above("abcdefgh", "3 results"), 8, ["⌕ abcde…"]),
    ],
)
def test_what_was_looked_up_stands_above_the_text_in_no_more_room_than_there_is(
    line: Above, width: int, shown: list[str]
) -> None:
    block = Block("R1", "OPENING", live=False)
    block.rewrite("Said.")
    block.above = (line,)
    block.layout(width)
    rows = [block.row(n).text for n in range(1, block.drawn)]
    assert rows == [*shown, "Said."]
    assert all(cell_len(row) <= width for row in rows)
    assert [block.is_text(n) for n in range(block.drawn)] == [False] * (1 + len(shown)) + [True]
    assert block.row_of(0) == 1 + len(shown)


def test_of_many_lines_the_last_are_shown_and_how_many_there_were() -> None:
    block = Block("R1", "OPENING", live=True)
    block.above = tuple(Above(f"query {n}", "1 result") for n in range(20))
    block.layout(40)
    assert [block.row(n).text for n in range(1, block.drawn)] == [
        "⌕ 14 before these",
        *(f"⌕ query {n} · 1 result" for n in range(14, 20)),
        "▌",
    ]


def test_lines_that_come_move_the_rows_below_and_places_stay() -> None:
    stack = Stack()
    stack.begin("R1", "OPENING", live=False)
    stack["R1"].rewrite("One. " * 20)
    stack.begin("R2", "REBUTTAL 1", live=False)
    stack["R2"].rewrite("Two.")
    stack.layout(20)
    places = [stack.place(n) for n in range(stack.rows)]
    texts = [stack.row(n).text for n in range(stack.rows)]
    written = stack.text((1, 0), (2, 4))
    stack["R1"].above = (Above("gpu", "1 result"),)
    stack["R1"].stale = True
    assert stack.layout(20) == 1
    assert stack.shifted
    for place, text in zip(places, texts, strict=True):
        assert place is not None
        at = stack.row_of(place)
        assert at is not None
        assert stack.row(at).text == text
    assert stack.text((2, 0), (3, 4)) == written
    assert stack.text((1, 0), (1, 5)) == "⌕ gpu"
    above = stack.place(1)
    assert above is not None
    assert stack.row_of(above) == 1
