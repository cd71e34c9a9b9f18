"""The text of a pane as plain functions: what may reach a terminal, wrapping, marks, growth."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from upverdict.tui.widgets import markup, pane_pieces, pane_text
from upverdict.tui.widgets.markup import BOLD, CODE, HEADING, ITALIC, MARKER, add_bits, inline
from upverdict.tui.widgets.pane_pieces import WINDOW, Pieces
from upverdict.tui.widgets.pane_rows import Body
from upverdict.tui.widgets.pane_text import MAX_JOINED, clean, clusters, snap, wrap

HOSTILE = "".join(map(chr, (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x61C, *range(0x200E, 0x2010)))) + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, 0xD800, 0xDFFF, 0x2028, 0x2029))
)
FORBIDDEN = set(HOSTILE) - {"\n"}
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
SCRAPS = [
    *"ab  \n\n*_`~#->1.\\[]()日本。「」éاれ",
    *("**", "```", "\n- ", "1. ", "e\u0301", FAMILY, "\u2764\ufe0f", "\U0001f1eb\U0001f1f7", "\u200d", "\t", "\u3000"),
    *("\x1b[31m", "\u202e", "word ", "\n\n## "),
]
texts = st.lists(st.one_of(st.sampled_from(SCRAPS), st.characters()), max_size=80).map("".join)
widths = st.integers(4, 30)


def body(raw: str, width: int = 20, *, live: bool = False) -> Body:
    """`raw`, come at once."""
    pieces = Pieces()
    pieces.feed(raw)
    pieces.parse(live)
    rows = Body(width)
    rows.update(pieces, live)
    return rows


def lines(raw: str, width: int = 20) -> list[str]:
    return [row.text for row in body(raw, width).rows]


def facts(rows: Body) -> list[object]:
    return [(r.text, r.runs, list(r.offsets), r.lead, r.start) for r in rows.rows]


def bits_of(raw: str, word: str) -> int:
    """The marks of `word` in `raw`."""
    for row in body(raw, 80).rows:
        if (at := row.text.find(word)) >= 0:
            return next((bits for s, e, bits in row.runs if s <= at and at + len(word) <= e), 0)
    raise AssertionError(f"{word!r} is not shown")


# What may reach a terminal


@given(texts)
def test_clean_lets_no_control_through_and_knows_where_each_character_came_from(raw: str) -> None:
    text, offsets = clean(raw + HOSTILE + raw)
    assert not FORBIDDEN & set(text)
    assert len(text) == len(offsets)
    assert list(offsets) == sorted(offsets)
    text.encode()


@given(texts)
def test_plain_text_is_kept(raw: str) -> None:
    text, offsets = clean(raw)
    assert all(text[i] in (raw[o], " ", "\u00a0", "\ufffd") for i, o in enumerate(offsets))
    assert [ch for ch in raw if "!" <= ch <= "~"] == [ch for ch in text if "!" <= ch <= "~"]


def test_marks_without_end_are_cut() -> None:
    assert len(clean("e" + "\u0301" * 10_000)[0]) == MAX_JOINED + 1


# Wrapping


@given(texts, widths, widths)
def test_no_line_is_too_wide_and_nothing_but_spaces_is_lost(raw: str, first: int, rest: int) -> None:
    text, _ = clean(raw)
    at = 0
    for number, (start, end) in enumerate(wrap(text, first, rest)):
        assert set(text[at:start]) <= set(" \n")
        assert "\n" not in text[start:end]
        assert cell_len(text[start:end]) <= (rest if number else first)
        at = end
    assert set(text[at:]) <= {" "}


def test_no_line_is_too_wide_whatever_joins_what_again_and_again() -> None:
    signs = (
        "a",
        "1",
        "機",
        "\u0600",
        "\u0301",
        "\u0903",
        "\u0e33",
        "\u115f",
        "\u1160",
        "\u200c",
        "\u200d",
        "\u20e3",
        "\ufe0f",
    )
    emoji = ("\U0001f1ef", "\U0001f3fb", "\U0001f469", "\U000e0061")
    for unit in (u for n in (1, 2, 3) for u in product((*signs, *emoji), repeat=n)):
        text, _ = clean("".join(unit) * 25)
        assert max(cell_len(text[start:end]) for start, end in wrap(text, 4, 4)) <= 4, ascii(unit)


@given(texts, widths)
def test_no_line_cuts_a_cluster(raw: str, width: int) -> None:
    text = clean(raw)[0].replace("\n", "")
    edges = {0, *(start for start, _, _ in clusters(text)), *(end for _, end, _ in clusters(text))}
    for start, end in wrap(text, width, width):
        assert {start, end} <= edges


@given(st.text("ab c", max_size=60), widths, widths)
def test_the_fast_way_and_the_careful_way_agree(text: str, first: int, rest: int) -> None:
    fast: list[tuple[int, int]] = []
    careful: list[tuple[int, int]] = []
    pane_text._wrap_simple(text, 0, len(text), first, rest, fast)
    pane_text._wrap_clusters(text, 0, len(text), first, rest, careful)
    assert [text[s:e] for s, e in fast] == [text[s:e] for s, e in careful]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the quick brown fox", ["the quick", "brown fox"]),
        ("a  " + "x" * 12, ["a", "x" * 10, "xx"]),
        ("日本語は空白がありません", ["日本語は空", "白がありま", "せん"]),
        ("これは文です。次の文", ["これは文で", "す。次の文"]),
        ("あいうえお。", ["あいうえ", "お。"]),
        ("abcd" + FAMILY * 4, ["abcd" + FAMILY * 3, FAMILY]),
        ("e\u0301" * 12, ["e\u0301" * 10, "e\u0301" * 2]),
        ("a" + "\U0001f1eb\U0001f1f7" * 5, ["a" + "\U0001f1eb\U0001f1f7" * 4, "\U0001f1eb\U0001f1f7"]),
        (" " * 10 + "word", ["word"]),
        ("السلام عليكم ورحمة", ["السلام", "عليكم", "ورحمة"]),
        ("one\n\ntwo", ["one", "", "two"]),
    ],
)
def test_wrapping_by_example(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in wrap(text, 10, 10)] == expected


def test_a_part_of_a_cluster_is_widened_to_the_whole() -> None:
    assert snap(f"a{FAMILY}b", 2, 3) == (1, 1 + len(FAMILY))
    assert snap("abc", 1, 2) == (1, 2)
    assert snap(f"a{FAMILY}", 2, 2) == (2, 2)


# Marks


@pytest.mark.parametrize(
    ("raw", "word", "bits"),
    [
        ("it is **very** so", "very", BOLD),
        ("it is *very* so", "very", ITALIC),
        ("it is ***very*** so", "very", BOLD | ITALIC),
        ("run `a*b*c` now", "a*b*c", CODE),
        ("a `` `tick` `` b", "`tick`", CODE),
        ("two\n**lines of\nbold** text", "bold", BOLD),
        ("2 * 3 * 4", "2 * 3 * 4", 0),
        ("snake_case_name", "snake_case_name", 0),
        ("\\*not\\*", "*not*", 0),
        ("[red]x[/red]", "[red]x[/red]", 0),
        ("<b>raw</b> &amp;", "<b>raw</b> &amp;", 0),
        ("see [here](https://x.y)", "see [here](https://x.y)", 0),
        ("## A heading", "A heading", HEADING),
        ("```py\na = *b*\n```", "a = *b*", CODE),
        ("- item", "•", MARKER),
        ("2. item", "2.", MARKER),
        ("1986 was it", "1986 was it", 0),
    ],
)
def test_marks_by_example(raw: str, word: str, bits: int) -> None:
    assert bits_of(raw, word) == bits


def test_lists_hang_and_quotes_have_a_bar() -> None:
    assert lines("- one two three four\n- five") == ["• one two three four", "• five"]
    assert lines("- one two three four five six") == ["• one two three four", "  five six"]
    assert lines("> one two three four five") == ["▎ one two three four", "▎ five"]
    assert lines("a\n\n\n\nb\n\n") == ["a", "", "b"]


def test_a_paragraph_that_was_closed_in_between_hangs_to_its_end() -> None:
    text = "word " * WINDOW
    for marker, before in (("- ", "  "), ("> ", "▎ ")):
        rows = lines(marker + text)
        assert {row[:2] for row in rows[1:]} == {before}
        assert "".join(row[2:] + " " for row in rows) == text


def test_a_span_is_found_in_a_row_that_hangs() -> None:
    raw = "- one two three four **five** six"
    row = body(raw).rows[1]
    start, end = row.span(raw.index("**five"), raw.index(" six"))
    assert row.text[start:end] == "five"
    assert row.position(start) == raw.index("five")
    assert row.position_after(end) == raw.index("** six")


def test_an_open_mark_styles_what_is_being_written_and_is_shown_when_nothing_closes_it() -> None:
    assert body("so **very go", live=True).rows[0].text == "so very go▌"
    assert body("so **very go").rows[0].text == "so **very go"
    assert body("so `very go", live=True).rows[0].text == "so very go▌"
    assert body("3 * 4", live=True).rows[0].text == "3 * 4▌"


@given(texts, st.booleans())
@example("*__`_", True)  # closing it makes a span of something else
@example("a `` `tick` `` b", False)
def test_every_shown_character_stands_where_its_offset_says(raw: str, closing: bool) -> None:
    parsed = inline(raw, closing)
    shown = parsed.shown
    assert len(shown.text) == len(shown.offsets)
    assert list(shown.offsets) == sorted(shown.offsets)
    assert all(shown.text[i] in (raw[o], " ", "\u00a0", "\ufffd") for i, o in enumerate(shown.offsets))
    at = 0
    for start, end, bits in shown.runs:
        assert at <= start < end <= len(shown.text)
        assert bits
        at = end


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([1, 2, 4])), max_size=6))
def test_bits_add_up(spans: list[tuple[int, int, int]]) -> None:
    runs: tuple[markup.Run, ...] = ()
    expected = [0] * 12
    for start, end, bits in spans:
        runs = add_bits(runs, start, end, bits)
        expected = [old | (bits if start <= i < end else 0) for i, old in enumerate(expected)]
    assert [next((b for s, e, b in runs if s <= i < e), 0) for i in range(12)] == expected
    assert all(a[1] <= b[0] for a, b in pairwise(runs))


# A statement as it grows


@given(texts, st.lists(st.integers(0, 2_000), max_size=12), widths, st.sampled_from([1, 1, 25]))
@example("*a\n-5*", [4], 20, 1)  # a line that might have begun a list
@example("*a\n1. b*", [4], 20, 1)  # and one that did
@example("```a`\n# h", [4], 20, 1)  # a fence that was none
@example("a\n\n", [], 20, 1)  # a cursor in a row that is closed
@example("```\nx\n```\n", [6], 20, 1)
def test_how_text_arrives_makes_no_difference(raw: str, cuts: list[int], width: int, times: int) -> None:
    raw *= times
    pieces, rows, at = Pieces(), Body(width), 0
    seen: list[object] = []
    for cut in [*sorted({c for c in cuts if c < len(raw)}), len(raw)]:
        pieces.feed(raw[at:cut])
        at = cut
        pieces.parse(live=True)
        changed = rows.update(pieces, live=True)
        now = facts(rows)
        assert seen[:changed] == now[:changed]
        seen = now
    pieces.parse(live=False)
    rows.update(pieces, live=False)
    assert pieces.text == raw
    assert facts(rows) == facts(body(raw, width))


@pytest.mark.parametrize(
    "unit",
    ["a sentence of it. ", "word ", "x", "日本語の文。", "**bold** ", "- a\n", "a\n", "*", "`", "\n", "> ", "e\u0301"],
)
def test_a_statement_without_paragraphs_stays_linear(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []

    def counted(raw: str, closing: bool = False) -> markup.Inline:
        parsed.append(len(raw))
        return inline(raw, closing)

    monkeypatch.setattr(pane_pieces, "inline", counted)
    raw, step = (unit * 20_000)[:20_000], 100
    pieces = Pieces()
    for at in range(0, len(raw), step):
        pieces.feed(raw[at : at + step])
        pieces.parse(live=True)
        assert sum(len(piece.shown.text) for piece in pieces.tail) <= 2 * WINDOW
    # A frame may parse a window for the screen, and once in a window another two to find where to close it.
    assert sum(parsed) <= len(raw) / step * 2 * WINDOW + 4 * len(raw)


def test_rows_of_closed_pieces_are_never_made_again() -> None:
    pieces, rows = Pieces(), Body(30)
    pieces.feed("One paragraph that is finished.\n\nAnother one.\n\nAnd")
    pieces.parse()
    rows.update(pieces, live=False)
    before = list(rows.rows)
    pieces.feed(" a third")
    pieces.parse()
    assert rows.update(pieces, live=False) == len(before) - 1
    assert all(a is b for a, b in zip(before[:-1], rows.rows, strict=False))
