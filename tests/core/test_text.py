"""Cleaning, sentences, counting, cutting."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upverdict.core import text
from upverdict.core.text import Cleaner, clean, lead, sentences, shorten

HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x9b\x07\\[]0;31mPX^_\r\n\x00\x7f\u200b\u200d\u200e\u202e\u2066\ufeff\x85\u2028"),
    )
)


def split(words: str) -> list[str]:
    return [words[a:b] for a, b in sentences(words)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain", "plain"),
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "alink"),
        ("a\x1bPq#0\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u202eb\u2066c\u200bd\ufeff", "abcd"),
        ("a\tb", "a\tb"),
        ("👩‍💻 می‌خواهم", "👩‍💻 می‌خواهم"),
        ("lone \ud800 surrogate", "lone  surrogate"),
    ],
)
def test_clean_takes_out_what_acts_and_leaves_what_a_script_needs(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@given(HOSTILE)
def test_clean_leaves_no_control_and_is_idempotent(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    assert not [
        c for c in once if (ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u200b"
    ]


@given(st.lists(HOSTILE, max_size=8))
def test_a_cleaner_passes_no_control_however_the_text_is_cut(pieces: list[str]) -> None:
    cleaner = Cleaner()
    out = [cleaner.feed(p) for p in pieces] + [cleaner.finish()]
    assert clean("".join(out)) == "".join(out)
    assert not "".join(out)[:1].isspace()


@pytest.mark.parametrize("cut", range(1, 25))
def test_an_escape_sequence_cut_in_two_leaves_nothing_behind(cut: int) -> None:
    raw = "one \x1b[38;5;196mtwo\x1b]0;x\x07 three"
    cleaner = Cleaner()
    assert cleaner.feed(raw[:cut]) + cleaner.feed(raw[cut:]) + cleaner.finish() == "one two three"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith pays $3.50, e.g. for tea. Right?", ["Dr. Smith pays $3.50, e.g. for tea.", "Right?"]),
        ("“Really?” he asked. Yes.", ["“Really?” he asked.", "Yes."]),
        ("J. K. Rowling wrote. So do I. Fine.", ["J. K. Rowling wrote.", "So do I.", "Fine."]),
        ("これは文です。もう一つ！", ["これは文です。", "もう一つ！"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("Line one\nLine two", ["Line one", "Line two"]),
        ("1. First\n2. Second", ["1. First", "2. Second"]),
        ("It ships in v2.0 today. Good 👍. End", ["It ships in v2.0 today.", "Good 👍.", "End"]),
        ("Wait… what?", ["Wait… what?"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(words: str, expected: list[str]) -> None:
    assert split(words) == expected


@given(st.text())
def test_sentences_are_in_order_apart_and_lose_nothing(words: str) -> None:
    spans = sentences(words)
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in itertools.pairwise(spans))
    covered = {i for a, b in spans for i in range(a, b)}
    assert all(words[i].isspace() for i in range(len(words)) if i not in covered)


def test_the_lead_is_the_first_sentence_whole_or_cut_at_a_word() -> None:
    assert lead("Short one. Another.") == "Short one."
    long = lead("word " * 100 + "end. Next.")
    assert len(long) <= 200
    assert long.endswith("word…")
    assert lead("") == ""


@given(st.text(), st.integers(2, 300))
def test_shorten_keeps_the_limit_and_one_line(words: str, limit: int) -> None:
    short = shorten(words, limit)
    assert len(short) <= limit
    assert "\n" not in short


def test_length_counts_words_or_characters_where_a_script_has_no_spaces() -> None:
    assert text.length_label("three little words") == "3w"
    assert text.length_label("これは 文です") == "6c"
