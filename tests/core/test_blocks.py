"""The block behind a statement never shows, and the prose comes through whole, however the stream is cut."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upverdict.core.blocks import KEYS, MAX_BLOCK, Divider

OBJECT: dict[str, Any] = {
    "option": 2,
    "confidence": 70,
    "crux": 'whether "days, not months" {really} holds \\ or not',
    "moves": [{"target": "S", "quote": "it hides } who pays", "act": "refute", "why": "```"}],
}
PLAIN = json.dumps(OBJECT)
TRICKY = (
    "You should not self-host — unless you have a platform team.",
    '```python\nplan = {"option": 1, "confidence": 50}\n```',
    '~~~\n{not an object}\n\n{"option": 1, "confidence": 2}\n~~~',
    '```json\n{"option": "--verbose", "help": "says more"}\n```',
    '```json\n{"name": "upverdict"}\n```',
    '```\n{\n  "a": {"option": 1}\n}\n```',
    '{"a": [1, 2], "option": "x"}',
    '{"option": "x"} is how the flag is written.',
    '{\n  "args": [\n    {"option": "a", "confidence": 3},\n    {"option": "b", "confidence": 4}\n  ]\n}',
    "{sic} he wrote, and {option} is empty.",
    '{"optional": true}',
    "Ballot papers are secret.",
    "Ballot: the word, in prose.",
    "**Ballot**\n\nis a heading here.",
    "* a point\n* ball\n# B",
    "`code` and ~5 more, ``two`` too.",
    "```inline``` is no fence.",
    '  indented, "quoted", with a brace { at the end',
    "日本語の文。「引用」です。",
)


def cut(text: str, sizes: list[int]) -> tuple[str, dict[str, Any] | None]:
    """What is shown of the text in pieces of these sizes, over and over, and the block."""
    divider, shown, at, turn = Divider(), [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        shown.append(divider.feed(text[at : at + size]))
        at, turn = at + size, turn + 1
    return "".join([*shown, divider.finish()]), divider.block


cuts = st.lists(st.integers(1, 12), min_size=1, max_size=6) | st.just([100_000])
words = st.text(alphabet="abB.,:\"'`~{}[]#*_ \n\té日", max_size=40).filter(
    lambda s: not any(line.lstrip().startswith(("```", "~~~")) for line in s.split("\n"))
)
prose = st.lists(st.sampled_from(TRICKY) | words, max_size=5).map("\n\n".join).map(str.strip)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=6)
labels = st.sampled_from(["", "Ballot:\n", "**Ballot**\n\n", "## Ballot\n", "**Ballot:** ", "ballot\n", "_Ballot_:\n"])


@st.composite
def blocks(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A block in one of the forms in which models write it, and its object."""
    found = draw(objects)
    text = json.dumps(found, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2])))
    marks = draw(st.sampled_from(["", "```", "~~~", "````"]))
    if marks:
        name = draw(st.sampled_from(["ballot", "json", "", "JSON", " ballot", "json ballot"]))
        text = f"{marks}{name}\n{text}\n{marks}"
    return draw(labels) + text, found


@given(prose, blocks(), prose.map(lambda p: f"{p}\n\nThe end." if p else ""), cuts)
def test_no_character_of_a_block_shows_and_no_word_is_lost(
    before: str, block: tuple[str, dict[str, Any]], after: str, sizes: list[int]
) -> None:
    text, found = block
    seen = cut("\n\n".join(filter(None, (before, text, after))), sizes)
    assert seen == ("\n\n".join(filter(None, (before, after))), found)


@given(st.lists(st.sampled_from(TRICKY) | words, max_size=6), st.sampled_from(["\n", "\n\n", " \n \n  "]), cuts)
def test_prose_without_a_block_comes_through_whole(parts: list[str], gap: str, sizes: list[int]) -> None:
    text = gap.join([*parts, "The end."])
    assert cut(text, sizes) == (text, None)


SHARDS = (
    "`",
    "``",
    "```",
    "~~~",
    "{",
    "}",
    '"',
    "\n",
    " ",
    "\\",
    ":",
    ",",
    "[",
    "]",
    "ballot",
    "json",
    "option",
    "a",
    "1",
)
SHARDS += ('{"option"', '"confidence": 7', '{"option": 1, "confidence": 7}', "Ballot:", "**", "true", "Words.")


@given(st.lists(st.sampled_from(SHARDS), max_size=40).map("".join), cuts)
def test_what_shows_does_not_depend_on_how_the_text_is_cut(text: str, sizes: list[int]) -> None:
    whole, block = cut(text, [100_000])
    assert cut(text, sizes) == (whole, block)
    rest = iter(text)
    assert all(c in rest for c in whole), "nothing is added or reordered"
    if "option" not in text and "confidence" not in text and "ballot" not in text.lower():
        assert text.startswith(whole)
        assert re.fullmatch(r"\s*([`~\s{}\"]|json\S*)*", text[len(whole) :]), (
            "only what a block that is cut off begins with"
        )


@given(st.text(max_size=200), cuts)
def test_any_text_at_all(text: str, sizes: list[int]) -> None:
    assert cut(text + " end", sizes)[0] == text + " end"


@pytest.mark.parametrize(
    "form", ["```ballot\n{}\n```", "```json\n{}\n```", "~~~\n{}\n~~~", "{}", "**Ballot**\n\n```\n{}\n```"]
)
def test_a_block_that_is_cut_off_is_dropped(form: str) -> None:
    block = form.replace("{}", PLAIN)
    begin = block.index("{") if "**" in form else 0
    for end in range(begin + 1, len(block)):
        shown, found = cut("You should wait.\n\n" + block[:end], [3])
        assert shown == "You should wait."
        assert found in (None, OBJECT)


@pytest.mark.parametrize(
    ("text", "shown", "block"),
    [
        ("Wait.\n```ballot\n{'option': 2}\n```\nGo.", "Wait.\nGo.", None),
        ('Wait.\n```ballot\n{"option": 2, "confidence": 70,}\n```', "Wait.", None),
        ('Wait.\n```ballot\n{"option": 2, "confidence": 70\n```\n\nGo.', "Wait.\n\nGo.", None),
        ("Wait.\n```ballot\noption: 2\nconfidence: 70\n```\n\nGo.", "Wait.\n\nGo.", None),
        ("Wait.\n```ballot\n[1, 2]\n```", "Wait.", None),
        ("Wait.\n```ballot\n```\nGo.", "Wait.\nGo.", None),
        ('Wait.\n```ballot\n{"option": 2}}\n```\nGo.', "Wait.\nGo.", {"option": 2}),
        ('Wait.\n```ballot {"option": 2} ```\nGo.', "Wait.\nGo.", {"option": 2}),
        ('Wait.\n```json\n{"option": "A, "confidence": 70}\n```\nGo.', "Wait.\nGo.", None),
        ('Wait.\n{"option": 2, "confidence": 70,}\nGo.', "Wait.\nGo.", None),
        # a fence that never closes, and a quotation mark too many, swallow no prose
        ('```ballot\n{"option": 2}\n\nGo on.\n\nAnd on.', "Go on.\n\nAnd on.", {"option": 2}),
        ('{"option": "A, "confidence": 70}\n\nGo on "so".', 'Go on "so".', None),
        ('{"option": 2, "confidence": 70\n\nGo on.', "Go on.", None),
        ('{"option": 2, "confidence": 70} Go on.', "Go on.", {"option": 2, "confidence": 70}),
        ('Wait.\n\n{"ballot": {"option": 2, "crux": "x"}}', "Wait.", {"option": 2, "crux": "x"}),
        # the last good one counts
        ('```ballot\n{"option": 1}\n```\nGo.\n```ballot\n{"option": 2}\n```', "Go.", {"option": 2}),
        ('```ballot\n{"option": 1}\n```\nGo.\n```ballot\n{"option": }\n```', "Go.", {"option": 1}),
        ('```ballot\n{"option": 1}\n{"option": 2}\n```\nGo.', "Go.", {"option": 2}),
        # what is shown, or dropped, at the end of the stream
        ("He called it\nBallot:", "He called it\nBallot:", None),
        ("```\ncode\n```", "```\ncode\n```", None),
        ("Wait.\nBallot:\n```json", "Wait.", None),
        # nested in what is no block
        ("````\n```ballot\n{}\n```\n````\nGo.", "````\n```ballot\n{}\n```\n````\nGo.", None),
        ('[\n{"option": 1, "confidence": 2}\n]', '[\n{"option": 1, "confidence": 2}\n]', None),
    ],
)
def test_odd_blocks(text: str, shown: str, block: dict[str, Any] | None) -> None:
    for size in (1, 2, 5, 1000):
        assert cut(text, [size]) == (shown, block)


def test_an_object_that_does_not_end_is_prose_after_all() -> None:
    long = '{"option": "' + "x" * MAX_BLOCK
    assert cut(f'{long}"}}\n\nGo.', [4]) == (f'{long}"}}\n\nGo.', None)
    divider = Divider()
    shown = "".join(divider.feed(long[n : n + 4]) for n in range(0, len(long), 4))
    assert len(shown) > MAX_BLOCK, "shown as soon as it is too long, not at the end"
    fits = {"option": "x" * (MAX_BLOCK - 20)}
    assert cut(json.dumps(fits), [7]) == ("", fits)


def test_prose_is_shown_at_once() -> None:
    """All but white space, and what could become a block as far as it has come."""
    divider = Divider()
    assert [divider.feed(p) for p in ("You", " may", " wait", ".\n", "```py", "thon\n{", "}\n```", "\n{sic")] == [
        "You",
        " may",
        " wait",
        ".",
        "\n```py",
        "thon\n{",
        "}",
        "\n```\n{sic",
    ]
    assert [divider.feed(p) for p in ("\nBal", "loons", '\n{"opt', 'ics": 1', "\n``", "` x`", "\nB")] == [
        "",
        "\nBalloons",
        "",
        '\n{"optics": 1',
        "",
        "\n``` x`",
        "",
    ]


class Counted(Divider):
    """Counts the characters that each decision may look at."""

    looked = 0

    def _step(self, final: bool) -> bool:
        Counted.looked += min(len(self._held), 2 * 200) if self._opening is None else 4
        return super()._step(final)


@pytest.mark.parametrize(
    "unit", ["word ", "\n", "{", "```\n", '{"option": "', '\n{"option":1,"confidence":', "``` ballot ", "*"]
)
def test_the_work_grows_with_the_text_alone(unit: str) -> None:
    """Twice the text is about twice the decisions: nothing is decided over and over."""

    def steps(length: int) -> int:
        Counted.looked = 0
        divider, text = Counted(), (unit * length)[:length]
        for at in range(0, length, 4):
            divider.feed(text[at : at + 4])
        divider.finish()
        return Counted.looked

    assert steps(50_000) < 2.6 * steps(25_000)
