"""A debate as one page of HTML: what stands on it, that it asks nothing of anybody, and that nothing on it acts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings

from tests.core.talk import Talk
from tests.core.test_markdown import TEXTS, fold, letters
from tests.great import great, plain, unruled
from tests.pages_read import parsed, text_of
from tests.tui.scenes import NASTY
from upverdict.core import events as ev
from upverdict.core import html_page, html_sheet, html_voices, inks
from upverdict.core.debate import Debate, State
from upverdict.core.html_voices import Voices
from upverdict.core.text import clean
from upverdict.core.tongue import tongue
from upverdict.core.values import replace

HOSTILE = (
    '</style><script>alert(1)</script> "><img src=x onerror=alert(1)> [x](javascript:alert(1)) &lt; \x1b[31m '
    "\u202edetrever\u202c \ud800 \x00 ' onclick='alert(1)"
)
FRAMED = {"html", "head", "meta", "title", "link", "style", "body", "header", "nav", "main", "footer", "section"}
WORDS = {*("h1", "h2", "h3", "h4", "p", "div", "span", "a", "b", "strong", "em", "s", "code", "pre", "sup", "time")}
LISTS = {"ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "hr", "br"}
OTHERS = {"article", "figure", "figcaption", "blockquote", "details", "summary", "del", "ins"}


def made(debate: Debate, state: State = "finished") -> str:
    return html_page.page(debate, state, html_sheet.sheet())


def read(debate: Debate, state: State = "finished") -> ElementTree.Element:
    return parsed(made(debate, state))


def found_in(root: ElementTree.Element, id: str) -> ElementTree.Element:
    (one,) = (element for element in root.iter() if element.get("id") == id)
    return one


def acts(root: ElementTree.Element) -> list[str]:
    """What on a page could act, load or lead to elsewhere, other than it should."""
    wrong = [e.tag for e in root.iter() if e.tag not in FRAMED | WORDS | LISTS | OTHERS]
    for element in root.iter():
        wrong += [name for name in element.attrib if name.startswith("on") or name in ("style", "src", "action")]
        href = element.get("href", "#")
        outside = element.tag == "a" and re.match(r"https?://", href)
        if outside and set(element.get("rel", "").split()) < {"noreferrer", "noopener", "nofollow"}:
            wrong.append(href)
        if not outside and not href.startswith("#") and element.tag != "link":
            wrong.append(href)
    return wrong


def test_the_verdict_comes_first_then_its_proofs_then_all_that_was_said() -> None:
    root = read(Debate.fold(great()))
    titles = [(e.tag, text_of(e).strip()) for e in root.iter() if re.fullmatch("h[1-6]", e.tag)]
    assert titles[0] == ("h1", "Rent now, measure for two quarters, and own what never sleeps.")
    assert [name for tag, name in titles if tag == "h2"] == [
        *("What each said", "Where they agreed", "Where they split", "What would flip it"),
        *("Who moved, as they say themselves", "Who dissents, by the last ballot", "At a glance", "The debate"),
        *("Sources", "Discussion", "Versions of the verdict", "About this debate"),
    ]
    levels = [int(tag[1]) for tag, _ in titles]
    assert all(after <= before + 1 for before, after in pairwise(levels)), "no level is left out"
    assert titles.count(("h3", "Rebuttal 2")) == 1
    (frame,) = (e for e in root.iter("div") if e.get("class") == "frame")
    assert [text_of(e).strip() for e in frame.iter("li")] == [
        "There is a budget.",
        "Start with an API",
        "Own the hardware",
    ]
    names = [text_of(a) for a in root.iter("a") if a.get("href") == "#agreed"]
    assert names == ["Agreed"]
    assert text_of(next(root.iter("title"))) == "Self-host LLMs or use API access?"


def test_every_sentence_has_an_anchor_and_every_link_leads_somewhere() -> None:
    debate = Debate.fold(great())
    root = read(debate)
    ids = [id for e in root.iter() if (id := e.get("id"))]
    assert [id for id, count in Counter(ids).items() if count > 1] == []
    for statement in debate.statements.values():
        assert text_of(found_in(root, statement.id), without="cite").strip().startswith(debate.letter(statement.voice))
        for id, words in statement.sentences:
            assert text_of(found_in(root, id), without="cite") == words.replace("**", "")
    targets = {href[1:] for a in root.iter("a") if (href := a.get("href", "")).startswith("#")}
    assert targets <= set(ids)
    quotes = [a.get("href") for a in found_in(root, "said").iter("a")]
    assert quotes == ["#B1.4", "#S1.3", "#R1.3", "#C1.3", "#Y1.2"]
    assert text_of(found_in(root, "moved")).count("S1.1") == 1
    (first, *_) = (a.get("href") for sup in found_in(root, "R1").iter("sup") for a in sup.iter("a"))
    assert text_of(found_in(root, str(first)[1:])).startswith("[2]")


def test_it_asks_nothing_of_anybody_and_its_policy_forbids_the_rest() -> None:
    page = made(Debate.fold(great()))
    root = parsed(page)
    assert acts(root) == []
    style = next(root.iter("style")).text or ""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = (e.get("content") for e in root.iter("meta") if e.get("http-equiv"))
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert page.index("Content-Security-Policy") < page.index("<style"), "a policy is none for what stands before it"
    assert not re.search(r"url\(|@import|expression", style)
    assert {e.get("href") for e in root.iter("a") if not e.get("href", "").startswith("#")} == {
        f"https://example.org/gpu/{n}" for n in range(1, 11)
    }


SMALL = great(rebuttals=1, versions=2)
USUAL = Counter(e.tag for e in read(Debate.fold(SMALL)).iter())


@settings(max_examples=25)
@given(TEXTS)
@example(HOSTILE)
@example("\uffff\ufffe\U0001fffe")
def test_nothing_that_somebody_wrote_acts_and_no_word_of_it_is_lost(words: str) -> None:
    debate = fold(SMALL, words)
    page = made(debate)
    assert page.encode(), "it can be written"
    assert clean(page) == page, "nothing acts on whoever prints it, or hides from who reads it"
    root = parsed(page)
    assert acts(root) == []
    counts = Counter(e.tag for e in root.iter())
    for tag in ("html", "h1", "h2", "style", "section", "article", "figure", "meta", "nav", "link"):
        assert counts[tag] == USUAL[tag]
    shown = letters(text_of(root, without="cite"))
    for text in (debate.question, *(s.text for s in debate.statements.values())):
        for line in text.splitlines():
            if not re.search(r"\d", line):  # a number may have become a list's
                assert letters(clean(line)) in shown


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,<b>", "file:///etc/passwd", "notes.md", "//e.example/x"),
        *(
            "https://me:pw@e.example/",
            "https://e.example/\u202egpj",
            'https://e.example/"onclick="x',
            "https://é.example",
        ),
    ],
)
def test_a_source_that_is_no_plain_page_of_the_web_is_text(url: str) -> None:
    talk = Talk()
    talk.log.append(ev.SourceFound(source=ev.Source("1", url, "A title", "page", "read", "words")))
    root = read(talk.debate, "interrupted")
    assert list(found_in(root, "source-1").iter("a")) == []
    assert letters(clean(url)) in letters(text_of(found_in(root, "source-1")))


@pytest.mark.parametrize(
    ("events", "state", "words"),
    [
        (unruled, "interrupted", "There is no verdict yet: the debate was interrupted"),
        (lambda: great()[:40], "running", "There is no verdict yet: the debate goes on"),
        (plain, "finished", "Drawn up without The Skeptic: 1 of 2 voices were heard."),
    ],
)
def test_it_says_how_the_debate_stands(events: Callable[[], list[ev.Event]], state: State, words: str) -> None:
    root = read(Debate.fold(events()), state)
    (grave,) = (text_of(e) for e in root.iter("p") if e.get("class") == "grave")
    assert words in grave
    assert len(list(root.iter("h1"))) == 1


def test_a_failed_debate_says_why_and_a_statement_how_it_ended() -> None:
    talk = Talk()
    talk.say("builder", 0, "It was cut off in the", partial=True)
    talk.fail("skeptic", 0, "I was about to say")
    talk.fail("researcher", 0)
    talk.begin("contrarian")
    talk.words("contrarian", 0, "Half a")
    talk.log.append(ev.DebateFailed(error=ev.Fault("overloaded", "Nobody could speak.", True)))
    root = read(talk.debate, "failed")
    assert "Nobody could speak." in text_of(next(root.iter("header")))
    told = {id: text_of(found_in(root, id)) for id in ("B1", "S1", "R1", "C1")}
    assert "partial" in told["B1"]
    assert "cut off at the limit of length" in told["B1"]
    assert "partial" in told["S1"]
    assert "The endpoint is overloaded. What it had said is kept." in told["S1"]
    assert "failed" in told["R1"]
    assert "unfinished" in told["C1"]


def test_what_was_searched_for_stands_above_what_was_written() -> None:
    talk = Talk()
    talk.begin("builder")
    place: Any = {"voice": "builder", "round": "opening", "statement": "B1"}
    for found in ({"results": (ev.Result("https://e.example", "E"),)}, {"results": ()}, {"error": "it is gone"}):
        talk.log.append(ev.SearchStarted(query="gpu <b>", **place))
        talk.log.append(ev.SearchFinished(query="gpu <b>", **found, **place))
    talk.words("builder", 0, "Words.")
    told = text_of(found_in(read(talk.debate, "running"), "B1")).split("\n")
    start = told.index("Searched for “gpu <b>”: 1 result")
    assert told[start:][:4] == [
        *("Searched for “gpu <b>”: 1 result", "Searched for “gpu <b>”: 0 results"),
        *("Searched for “gpu <b>”: failed: it is gone", "Words."),
    ]


def test_earlier_versions_and_attempts_are_folded_and_whole() -> None:
    root = read(Debate.fold(great()))
    versions = [e for e in root.iter("details") if e.get("class") == "version"]
    assert [text_of(next(e.iter("summary"))).split(",")[0] for e in versions] == ["Version 3", "Version 2", "Version 1"]
    first = text_of(versions[2])
    assert "Start with an API, measure for a quarter, and own only what never sleeps." in first
    assert "Leaderboards tell little about your own questions." in first
    talk = Talk()
    talk.begin("builder")
    talk.words("builder", 0, "First words.")
    talk.begin("builder", attempt=2)
    talk.words("builder", 0, "Others.")
    (earlier,) = read(talk.debate, "running").iter("details")
    assert "An attempt before, 2 words: asked again from the start" in text_of(earlier)
    assert "First words." in text_of(earlier)


def test_it_tells_what_came_of_it_but_not_what_its_owner_noted_for_himself() -> None:
    talk = Talk()
    talk.everybody(0)
    talk.log.append(ev.DebateRenamed(title="The machine"))
    talk.log.append(ev.DebateNoted(text="Nobody's business."))
    talk.log.append(ev.ChoiceMade(text="We *rented*."))
    talk.log.append(ev.OutcomeTold(text="It was dear."))
    talk.log.append(ev.RevisitSet(conditions=(ev.Revisit("2027-03-01", "the prices double"),)))
    page = made(talk.debate, "interrupted")
    root = parsed(page)
    assert text_of(next(root.iter("title"))) == text_of(next(root.iter("h1"))) == "The machine"
    top = " ".join(text_of(next(root.iter("header"))).split())
    assert "Asked Self-host LLMs or use an API?" in top
    assert "What was decided in the end We rented. How it turned out It was dear." in top.replace(" \n", " ")
    assert "on 2027-03-01: the prices double" in top
    assert "Nobody's business" not in page


@pytest.mark.parametrize("id", ["B1.9", "B1.0", "B1.03", "B1.³", f"B1.{'9' * 5000}", "B1.x", "Z9.1", "", "."])
def test_a_sentence_that_does_not_exist_is_led_to_by_nothing(id: str) -> None:
    talk = Talk()
    talk.everybody(0)
    assert "href" not in Voices(talk.debate).ref(id)
    assert Voices(talk.debate).ref("B1.2") == '<a href="#B1.2" class="ref v1">B1.2</a>'


# -- colours, languages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("papers", [html_voices.LIGHT, html_voices.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", [*NASTY, "#ffff00", "#777777", "#0000ff", "#cf7430", "#22978c", "#4c86e0"])
def test_a_voices_colour_can_be_read_whatever_its_file_says(colour: str, papers: tuple[inks.Colour, ...]) -> None:
    ink = inks.readable(inks.parsed(colour), papers)
    assert min(inks.contrast(ink, paper) for paper in papers) >= inks.MIN_CONTRAST


def test_the_papers_are_those_of_the_sheet_and_all_its_inks_can_be_read_on_them() -> None:
    by_day, by_night = (
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block)) for block in html_sheet.sheet().split(":root {")[1:]
    )
    for sheet, papers in ((by_day, html_voices.LIGHT), (by_night, html_voices.DARK)):
        assert tuple(inks.parsed(sheet[name]) for name in ("paper", "raised", "mark")) == papers
        for name in ("ink", "soft", "accent"):
            for paper in ("paper", "raised"):
                assert inks.contrast(inks.parsed(sheet[name]), inks.parsed(sheet[paper])) >= inks.MIN_CONTRAST
        assert inks.contrast(inks.parsed(sheet["ink"]), inks.parsed(sheet["mark"])) >= inks.MIN_CONTRAST


def test_each_voice_has_a_colour_of_its_own_and_no_file_writes_into_the_style() -> None:
    events = great(voices=8, rebuttals=0, versions=1)
    begun = events[0]
    assert isinstance(begun, ev.DebateStarted)
    evil = replace(begun.council[0], colour="}</style><script>")
    rules = Voices(Debate.fold([replace(begun, council=(evil, *begun.council[1:])), *events[1:]])).rules()
    assert "script" not in rules
    assert len(set(re.findall(r"\.(v\d){", rules))) == 9


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("借りるか、買うか？", "ja"),
        ("빌릴까 살까?", "ko"),
        ("เช่าหรือซื้อ", "th"),
        ("هل نستأجر أم نشتري؟", "und"),
        ("租还是买？", "und"),
        ("Снимать или покупать?", "und"),
        ("Rent or own?", "und"),
        ("The load is not known, and nobody is awake at night to look after a machine that you have to own.", "en"),
        ("Wer nachts nicht wach ist, der sollte auch keine Maschine haben, die in der Nacht jemanden braucht, der "
         "was von ihr weiß.", "und"),
        ("", "und"),
        ("123 🙂", "und"),
    ],
)  # fmt: skip
def test_a_language_is_told_only_where_the_letters_leave_no_doubt(text: str, language: str) -> None:
    assert tongue(text) == language


def test_what_was_said_has_its_language_and_its_direction() -> None:
    talk = Talk(question="借りるか、買うか？")
    talk.say("builder", 0, "まず測る。それから決める。")
    root = read(talk.debate, "interrupted")
    assert root.get("lang") == "en", "the page's own words"
    assert next(root.iter("h1")).get("lang") == "ja"
    (words,) = (e for e in found_in(root, "B1") if e.get("class") == "words")
    assert words.get("lang") == "ja"
    assert [p.get("dir") for p in words.iter("p")] == ["auto"]
