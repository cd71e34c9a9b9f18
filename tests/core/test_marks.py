"""Marks of sources in a stream: found wherever it is cut, gone from the text, in their place."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from upverdict.core.marks import LONGEST, Cited, Marks, without

Place = tuple[int, tuple[str, ...]]


def read(*pieces: str, sources: str = "123") -> tuple[str, list[Place]]:
    """The text without its marks, and each mark with the place behind which it stands."""
    marks = Marks(lambda id: id in set(sources))
    text, places = "", []
    for part in [p for piece in pieces for p in marks.feed(piece)] + marks.finish():
        if isinstance(part, Cited):
            places.append((len(text), part.ids))
        else:
            text += part
    return text, places


@pytest.mark.parametrize(
    ("written", "text", "places"),
    [
        ("It costs 400 [source 1].", "It costs 400.", [(12, ("1",))]),
        ("It costs. [source 1] So rent.", "It costs. So rent.", [(9, ("1",))]),
        ("It costs[source 1].", "It costs.", [(8, ("1",))]),
        ("It costs [Source 1, 2].", "It costs.", [(8, ("1", "2"))]),
        ("It costs [sources 1 and 3].", "It costs.", [(8, ("1", "3"))]),
        ("It costs [source 1; source 2].", "It costs.", [(8, ("1", "2"))]),
        ("It costs [source 1-3].", "It costs.", [(8, ("1", "2", "3"))]),
        ("It costs [source 1][source 2].", "It costs.", [(8, ("1", "2"))]),
        ("It costs [source 1] [source 2] [source 1] more.", "It costs more.", [(8, ("1", "2"))]),
        ("It costs ([source 1]).", "It costs.", [(8, ("1",))]),
        ("It costs (see [source 1]).", "It costs (see).", [(13, ("1",))]),
        ("It costs [source 1]more.", "It costs more.", [(8, ("1",))]),
        ("費用は四百です[source 1]。", "費用は四百です。", [(7, ("1",))]),
        ("It costs [source 1]", "It costs", [(8, ("1",))]),
        ("It costs.\n\n[source 1]\n\nRent.", "It costs.\n\nRent.", [(9, ("1",))]),
        ("It costs.\n\n[source 1] says so.", "It costs.\n\nsays so.", [(11, ("1",))]),
        ("[source 1] It costs.", "It costs.", [(0, ("1",))]),
        ("[source 2]\nIt costs.", "It costs.", [(0, ("2",))]),
        ("[source 2]", "", [(0, ("2",))]),
        ("A [source 9].", "A [source 9].", []),
        ("A [source 1, 9].", "A [source 1, 9].", []),
        ("A [source 3-1].", "A [source 3-1].", []),
        ("A [source 1] [source 9].", "A [source 9].", [(1, ("1",))]),
        ("Items a[1], [sources], [source], (source 1), [the source 1], [9], [x1].",) * 2 + ([],),
        (
            "It costs [1]. So rent [2, 3], or [1-2].",
            "It costs. So rent, or.",
            [(8, ("1",)), (17, ("2", "3")), (21, ("1", "2"))],
        ),
        ("[2] says so.", "says so.", [(0, ("2",))]),
        ("An open [source 1 that never ends",) * 2 + ([],),
        ("An open [sour",) * 2 + ([],),
        ("An open (",) * 2 + ([],),
        ("[[source 1]]", "[]", [(1, ("1",))]),
        ("A [source 1" + " " * LONGEST + "].",) * 2 + ([],),
        ("No marks,  two  blanks \n\n and lines. ",) * 2 + ([],),
    ],
)
def test_what_is_a_mark_and_what_is_prose(written: str, text: str, places: list[Place]) -> None:
    assert read(written) == (text, places)
    assert read(*written) == (text, places), "a character at a time"


PIECES = st.lists(
    st.sampled_from(
        [
            "[source 1]",
            "[source 9]",
            "[Source 2, 3]",
            "([source 1])",
            "[",
            "]",
            "(",
            ")",
            "sour",
            "ce 1",
            " ",
            "\n",
            "\u00a0",
        ]
    )
    | st.sampled_from([".", ",", "words", "a", "1", "and", "[source 1" + " " * 70 + "]", "。", "“", "”"])
    | st.text(max_size=4)
).map("".join)


@settings(max_examples=400)
@example("[source 1" + " " * (LONGEST - 10) + "]", [LONGEST - 1])
@given(PIECES, st.lists(st.integers(0, 300)))
def test_however_the_stream_is_cut_the_text_and_the_marks_are_the_same(written: str, cuts: list[int]) -> None:
    bounds = sorted({0, len(written), *(min(c, len(written)) for c in cuts)})
    pieces = [written[a:b] for a, b in pairwise(bounds)]
    text, places = read(written)
    assert read(*pieces) == (text, places)
    assert read(*written) == (text, places)
    assert all(0 <= place <= len(text) for place, _ in places)
    assert [place for place, _ in places] == sorted(place for place, _ in places)
    bare = "".join(without(written).split())
    assert len("".join(text.split())) >= len(bare), "no word goes but marks"


def test_little_is_held_back() -> None:
    marks = Marks(lambda _: True)
    for piece in ("A list [", "and ", "[source of", "x" * 10):
        marks.feed(piece)
    assert marks.feed("y") == ["y"]
    assert marks.feed(" [source 1" + " " * LONGEST) != [], "what goes on for too long is prose"
