"""A text as HTML: no character is lost, nothing acts, and every sentence can be led to."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.test_markdown import TEXTS, letters
from tests.pages_read import parsed, shown, text_of
from upverdict.core.html_parts import Html
from upverdict.core.html_prose import Cite, Sentence, prose, spans, styled
from upverdict.core.text import clean, sentences, traced

BLOCKS = ("p", "ul", "ol", "li", "blockquote", "hr", "div", "pre", "table", "thead", "tbody", "tr", "th", "td", "br")
ALLOWED = {"root", "span", "a", "strong", "em", "s", "code", "sup", *BLOCKS}
ATTRIBUTES = {"dir", "class", "id", "href", "aria-label", "value", "role", "tabindex"}
MARKS = set("#>+*_|:~`\\-.)=")
"""What can be a mark, and is not shown then."""


def told(text: str) -> str:
    """Letters, and everything else that is never a mark; list numbers are `1.` whichever sign stands behind them."""
    return "".join(c for c in clean(text) if not c.isspace() and c not in MARKS)


@given(TEXTS)
@settings(max_examples=300)
@example("| a | b |\n| - | - |\n| - | - |\n| 1 | 2 | 3 |")
@example("| a\\|b | `c\\|d` |\n|---|---|\n| \\\\| | x |")
@example("1. 1. 1\n2. - 3) 4\n\n   5")
@example("> - a\n>   b\nc\n> ```x y\n>   code\n> ```\n")
@example("```\n```\n~~~\n")
@example("```\n1. ")
@example("007. a\n008. b")
@example("# #\n## a ##\n### b#\n# \\#")
@example("- - - a\n***\n`a\nb` **c\nd**")
@example("> " * 30 + "deep")
@example("\t\ta\n\t- b\n\n\tc\r\nd\x0be\u2028f")
@example("0000000001. a\n1234567890. b\n007. c")
def test_no_character_is_lost_and_nothing_acts(text: str) -> None:
    made = prose(text, spans("B1", sentences(text)))
    assert told(shown(made)) == told(text).replace("\uffff", "\ufffd").replace("\ufffe", "\ufffd")
    for element in parsed(made).iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= ATTRIBUTES
        assert element.get("href", "#").startswith("#")


@given(TEXTS)
@settings(max_examples=300)
@example("***\n---\n```\n```\n\na")
@example("a. b\n\n| c. D | e |\n|---|---|\n| f | g. H |")
@example("a **b. C** d `e. F\ng`. H\n\n- i\n- j. K")
def test_every_sentence_has_its_place_once_and_in_order(text: str) -> None:
    text = clean(text)  # as it is kept: sentences are told of what is clean
    found = list(spans("B1", sentences(text)))
    root = parsed(prose(text, found))
    assert [e.get("id") for e in root.iter() if e.get("id")] == [sentence.id for sentence in found]
    place = ""
    said: dict[str, str] = {}
    for span in (e for e in root.iter("span") if e.get("class") == "s"):  # one without an id goes on with the last
        place = span.get("id") or place
        said[place] = said.get(place, "") + letters(text_of(span, without="cite"))
        assert [a.get("href") for a in span.iter("a")] == [f"#{place}"] * (span.get("id") is not None)
    for sentence in found:
        words = letters(text[sentence.start : sentence.end])
        assert words.endswith(said.get(sentence.id, ""))
        number = words.removesuffix(said.get(sentence.id, ""))
        assert not number or number.isdigit(), "what a list's item begins with"


@given(TEXTS, st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=5), st.lists(st.integers(-3, 60)))
@example("*http:\\//e.example*", [(0, 8), (2, 0)], [])
def test_a_file_may_hold_any_places(text: str, odd: list[tuple[int, int]], after: list[int]) -> None:
    given = [Sentence(f"B1.{n}", *span) for n, span in enumerate(odd, 1)]
    cites = [Cite(place, Html(f'<sup class="cite">{n}</sup>')) for n, place in enumerate(after)]
    made = prose(text, given, cites)
    root = parsed(made)
    assert sorted(e.get("id", "") for e in root.iter() if e.get("id")) == sorted(s.id for s in given)
    assert sorted(text_of(e) for e in root.iter("sup")) == sorted(str(n) for n in range(len(after)))
    assert told(shown(made)) == told(text).replace("\uffff", "\ufffd").replace("\ufffe", "\ufffd")


@given(st.text() | TEXTS)
@example("\x1b[31mred\r\n\x1b]0;title\x07\u202e\ud800 end\r")
def test_a_cleaned_text_knows_where_it_came_from(text: str) -> None:
    words, places = traced(text)
    assert words == clean(text)
    assert len(places) == len(words)
    assert list(places) == sorted(set(places))
    assert all(text[place] == char for place, char in zip(places, words, strict=True) if char != "\n")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a <b> & *c*", '<p dir="auto">a &lt;b&gt; &amp; <em>c</em></p>'),
        ("# a\nb\nc", '<p class="h h1" dir="auto">a</p><p dir="auto">b<br/>c</p>'),
        ("3. a\n7. b", '<ol><li value="3" dir="auto">a</li><li value="7" dir="auto">b</li></ol>'),
        ("- a\n  - b", '<ul><li dir="auto">a<ul><li dir="auto">b</li></ul></li></ul>'),
        ("> a", '<blockquote dir="auto"><p dir="auto">a</p></blockquote>'),
        (
            "```py\n a\n\tb\n```",
            '<div class="code"><p class="info" dir="auto">py</p><pre dir="auto"><code> a\n\tb\n</code></pre></div>',
        ),
        (
            "| a | b\\|c |\n|---|--:|\n| - | 1 |",
            '<div class="wide" role="group" aria-label="Table" tabindex="0"><table><thead><tr><th dir="auto">a</th>'
            '<th dir="auto" class="right">b|c</th></tr></thead><tbody><tr><td dir="auto">-</td>'
            '<td dir="auto" class="right">1</td></tr></tbody></table></div>',
        ),
        ("|a|\n|-|\n|b|c|", '<p dir="auto">|a|<br/>|-|<br/>|b|c|</p>'),
        ("[x](javascript:alert(1)) ![y](z)", '<p dir="auto">[x](javascript:alert(1)) ![y](z)</p>'),
        ("    a\n\nb\n===", '<p dir="auto">a</p><p dir="auto">b<br/>===</p>'),
        ("[a]: https://e.example", '<p dir="auto">[a]: https://e.example</p>'),
        (f"*a* {'b' * 20_000}", f'<p dir="auto">*a* {"b" * 20_000}</p>'),
        ("", ""),
    ],
)
def test_a_text_becomes_what_it_looks_like(text: str, html: str) -> None:
    assert prose(text) == html


def test_sentences_and_marks_stand_where_they_were_said() -> None:
    text = "**One. Two** ends.\nThree"
    cites = [Cite(len("**One."), Html("<sup>1</sup>")), Cite(len("**One."), Html("<sup>1</sup>"))]
    cites += [Cite(text.index("\n") + 1, Html("<sup>2</sup>")), Cite(len(text), Html("<sup>3</sup>"))]

    def sentence(n: int, inner: str) -> str:
        return f'<span class="s" id="B1.{n}">{inner}<a class="a" href="#B1.{n}" aria-label="B1.{n}"></a></span>'

    assert prose(text, spans("B1", sentences(text)), cites) == (
        f'<p dir="auto">{sentence(1, "<strong>One.</strong><sup>1</sup>")}<strong> </strong>'
        f"{sentence(2, '<strong>Two</strong> ends.')}<br/>{sentence(3, '<sup>2</sup>Three<sup>3</sup>')}</p>"
    )


def test_a_sentence_that_goes_over_several_blocks_is_led_to_at_its_beginning() -> None:
    made = prose("a\n\n- b\n- c", [Sentence("B1.1", 0, 10)])
    ids = [element.get("id") for element in parsed(made).iter("span")]
    assert ids == ["B1.1", None, None]


def test_places_in_what_had_to_be_cleaned_are_found_again() -> None:
    text = "\u202eOne. \x1b[31mTwo\u202c is it."
    made = prose(text, spans("B1", sentences(text)))
    assert [text_of(e) for e in parsed(made).iter("span")] == ["One.", "Two is it."]


def test_one_line_has_its_styles_and_no_block() -> None:
    assert styled("- *a*\n\n`b` <i>") == "- <em>a</em> <code>b</code> &lt;i&gt;"
