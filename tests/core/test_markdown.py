"""Text as Markdown shows as that text: what a parser of CommonMark makes of it, with raw HTML and tables allowed."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.great import great, plain, unruled
from upverdict.core import citing, jsonform, markdown
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.endpoints import host
from upverdict.core.markdown_page import page
from upverdict.core.text import clean

PIECES = (
    *("# ", "###", "- ", "+ ", "* ", "1. ", "2) ", "> ", "```", "~~~", "***", "---", "===", ":-", "-:", "    ", "\t"),
    *("\n", "\n\n", " ", "  \n", "\\\n", "\u00a0", "\u3000", "\r"),
    *("<script>alert(1)</script>", "<!--", "-->", "<b", "</a>", "<img src=x onerror=alert(1)>", "<?php", "<![CDATA["),
    *("[x](javascript:alert(1))", "![x](https://e.example/p.png)", "[a]: https://e.example", "[a]", "[^1]", "](", "!["),
    *("<https://e.example>", "<a@e.example>", "https://e.example", "http:\\//e.example", "www.e.example", "@somebody"),
    *("&lt;", "&#60;", "\\&amp;", "\\", "*", "**", "_", "__", "~~", "`", "``", "|", "| a | b |\n| --- | --- |\n", "$"),
    *("word", "Wörter", "言葉", "שלום", "🙂", ".", ",", "“", "\x1b[31m", "\u202e"),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)
KEPT = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "code_inline"}
KEPT |= {"strong_open", "strong_close", "em_open", "em_close"}


@cache
def parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(source: str) -> Iterator[Token]:
    for token in parser().parse(source):
        yield token
        yield from token.children or ()


def letters(text: str) -> str:
    """What a reader would call words, whatever stands between them."""
    return "".join(c for c in text if c.isalnum())


def seen(source: str) -> str:
    """What a reader sees of a page."""
    return html.unescape(re.sub(r"<[^>]*>", "", parser().render(source)))


@given(TEXTS)
@example("~~~~x~~~~")
@example("`a` ```b\n# c")
@example("***\n---\n- - -\n===")
@example("a\n:-:\nb")
@example("[a]: https://e.example\n\n[a]")
@example("    code\n\n\tmore")
def test_a_text_is_paragraphs_with_bold_italics_and_code_and_nothing_else(text: str) -> None:
    source = "\n".join(markdown.block(text))
    assert {t.type for t in tokens(source)} <= KEPT
    assert letters(seen(source)) == letters(clean(text))


@pytest.mark.parametrize("piece", PIECES)
def test_no_piece_acts_at_the_beginning_of_a_line_or_behind_a_word(piece: str) -> None:
    for text in (f"{piece}word", f"word\n{piece}word", f"word {piece}", f"word\n{piece}", f"{piece} {piece}\nword"):
        source = "\n".join(markdown.block(text))
        assert {t.type for t in tokens(source)} <= KEPT
        assert letters(seen(source)) == letters(clean(text))


@given(TEXTS)
@example("a #")
@example("# a ##")
@example("www.e.example https://e.example HTTP://E.example")
def test_a_text_in_one_line_is_only_text_wherever_it_stands(text: str) -> None:
    words = markdown.line(text)
    assert "\n" not in words
    assert not re.search(r"://|www\.", words, re.IGNORECASE), "GitHub would make links of these"
    assume(words)
    for place in ("# {}", "- {}", "- a\n  - {}", "1. {}", "> {}", "| a |\n| --- |\n| {} |"):
        source = place.format(words)
        shape = [t.type for t in tokens(place.format("x")) if t.type != "text"]
        assert [t.type for t in tokens(source) if t.type not in ("text", "text_special")] == shape
        assert letters(seen(source)) == "a" * place.count("a") + letters(clean(text))


@given(TEXTS)
def test_bold_text_is_bold_and_one_line(text: str) -> None:
    found = [t.type for t in tokens(f"- {markdown.bold(text)} (x)") if t.type.startswith("strong")]
    assert found == (["strong_open", "strong_close"] if clean(text).split() else [])


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("A **bold** and *leaning* `code`.", "A **bold** and *leaning* `code`."),
        ("snake_case costs $40", r"snake\_case costs \$40"),
        ("R&D, AT&T; &amp; a > b, C# and 5 - 3", r"R&D, AT\&T; \&amp; a > b, C# and 5 - 3"),
        ("one\ntwo\n\n\n  three", "one\\\ntwo\n\n\u00a0\u00a0three"),
        ("1986. A good year", r"1986\. A good year"),
        ("-5 is no item, - this is", "-5 is no item, - this is"),
        ("`` a`b `` and `<b>`", "``a`b`` and `<b>`"),
        ("`open and **open", r"\`open and \*\*open"),
        ("", ""),
    ],
)
def test_only_what_would_act_is_escaped(text: str, source: str) -> None:
    assert "\n".join(markdown.block(text)) == source


def test_a_paragraph_too_long_to_be_looked_through_shows_its_marks() -> None:
    text = "*a* <b> " * markdown.MOST_STYLED
    source = "\n".join(markdown.block(text))
    assert source.startswith(r"\*a\* \<b>")
    assert letters(source) == letters(text)


# -- the page ---------------------------------------------------------------------------------------------------------

WRITTEN = {
    *("text", "question", "background", "headline", "decision", "claim", "fact", "check", "lead", "option", "crux"),
    *("restatement", "presuppositions", "options", "title", "url", "name", "tagline", "quote", "message", "model"),
    *("struck", "change_if", "note"),
}
"""The fields of events that models, people, files and servers fill."""


def tainted(value: Any, words: str, key: str = "") -> Any:
    """The same with these words behind everything that somebody has written."""
    if isinstance(value, dict):
        return {name: tainted(inner, words, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [tainted(inner, words, key) for inner in value]
    return f"{value} {words}" if isinstance(value, str) and key in WRITTEN else value


def fold(events: list[ev.Event], words: str) -> Debate:
    lines = (json.loads(jsonform.to_json(event)) for event in events)
    return Debate.fold(jsonform.from_json(json.dumps(tainted(line, words))) for line in lines)


@settings(max_examples=40, deadline=None)
@given(TEXTS)
@example("<script>alert(1)</script> [x](javascript:alert(1)) ![x](https://e.example/p.png) <https://e.example>")
def test_nothing_that_somebody_wrote_acts_on_the_page_and_no_word_of_it_is_lost(words: str) -> None:
    debate = fold(great(), words)
    source = page(debate, "finished")
    found = list(tokens(source))
    for token in found:
        if token.type == "html_inline":
            assert re.fullmatch(r'<a id="[a-z0-9-]+">|</a>', token.content)
        elif token.type == "link_open":
            target = str(token.attrs["href"])
            auto = token.info == "auto" and target.startswith("https://example.org/")
            assert target.startswith("#") or auto
    kinds = [t.type for t in found]
    assert not {"html_block", "image", "fence", "code_block", "hr"} & set(kinds)
    usual = [t.type for t in tokens(page(Debate.fold(great()), "finished"))]
    for kind in ("heading_open", "table_open", "tr_open", "blockquote_open"):
        assert kinds.count(kind) == usual.count(kind)
    shown = letters(seen(source))
    verdict = debate.verdict
    assert verdict
    assert verdict.ruling
    said = [citing.marked(s) for s in debate.statements.values()]
    for text in (debate.question, debate.background, verdict.ruling.decision, *said):
        assert letters(clean(text)) in shown


def test_the_verdict_comes_first_and_every_link_leads_to_a_statement() -> None:
    debate = Debate.fold(great())
    source = page(debate, "finished")
    titles = re.findall(r"^(#+) (.*)", source, re.MULTILINE)
    assert titles[0] == ("#", debate.question)
    assert titles[1][1] == "Verdict (version 4): Rent now, measure for two quarters, and own what never sleeps."
    order = ["What each said", "Where they agreed", "Where they split", "What would flip it", "At a glance"]
    order += ["Sources cited", "Versions", "The debate", "Openings", "The floor before rebuttal 1", "Rebuttal 1"]
    order += ["Discussion", "About this debate"]
    names = [name for _, name in titles]
    assert [name for name in names if name in order] == order
    anchors = re.findall(r'<a id="([^"]+)"></a>', source)
    assert anchors == [id.lower() for id in anchors]
    assert sorted(anchors) == sorted(id.lower() for id in debate.statements)
    targets = re.findall(r"\]\(#([^)]+)\)", source)
    assert set(targets) <= set(anchors)
    assert {"b1", "y1"} <= set(targets)


def test_without_a_verdict_it_says_why_and_has_what_was_said() -> None:
    source = page(Debate.fold(unruled()), "interrupted")
    assert "*There is no verdict yet: the debate was interrupted, and this is as far as it had come.*" in source
    assert "## Verdict" not in source
    assert "The model file is the easy part." in source
    running = page(Debate.fold(great()[:40]), "running")
    assert "the debate goes on" in running


def test_it_owns_up_to_whoever_is_missing() -> None:
    source = page(Debate.fold(plain()), "finished")
    assert "*Drawn up without The Skeptic: 1 of 2 voices were heard.*" in source
    assert "The endpoint is overloaded." in source


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("claude", "claude"),
        ("llamacpp-8081", "llamacpp-8081"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("https://me:secret@llm.example.com/v1?key=secret#secret", "llm.example.com"),
        ("http://[::1]:8080/secret", "[::1]:8080"),
        ("http://llm.example.com:99999/secret", "a server"),
        ("me:secret@host", "a server"),
    ],
)
def test_of_an_endpoints_address_only_its_host_is_told(endpoint: str, told: str) -> None:
    assert host(endpoint) == told
