"""What a person types as a search: taken apart, understood, and always a valid query of SQLite."""

from __future__ import annotations

import sqlite3
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from upverdict.core.store import query, spacing
from upverdict.core.store.query import Filter, Query, Term, parse
from upverdict.core.store.understanding import Meaning, Voice, day_of, understand

TODAY = date(2026, 11, 26)
VOICES = (Voice("builder", "The Builder", "B"), Voice("skeptic", "The Skeptic", "S"), Voice("sage", "Sage", "A"))
TAGS = ("cost", "costly", "long term", "Work")


def meant(text: str) -> Meaning:
    return understand(parse(text), TODAY, lambda: VOICES, lambda: TAGS)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("one", (Term("one", True),)),
        ("one ", (Term("one"),)),
        ("one two", (Term("one"), Term("two", True))),
        ("C++", (Term("C++"),)),
        ('"one two" three ', (Term("one two"), Term("three"))),
        ('"one tw', (Term("one tw", True),)),
        ('"one two"', (Term("one two"),)),
        ("“one two”", (Term("one two"),)),
        ('one"two', (Term("one"), Term("two", True))),
        ("-one", (Term("one", True, True),)),
        ('-"one two" x', (Term("one two", False, True), Term("x", True))),
        ("a-b - -- --x", (Term("a-b"), Term("--x", True))),
        ("－one", (Term("one", True, True),)),
        ("one one one ", (Term("one"),)),
        ("note:this ", (Term("note:this"),)),
        ('() "" *', ()),
        ("a\0b", (Term("ab", True),)),
        ("voice: one", (Term("voice:"), Term("one", True))),
    ],
)
def test_words_and_phrases(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text) == Query(terms, ())


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("voice:skeptic", (Filter("voice", "skeptic", False, True, "voice:skeptic"),)),
        ("VOICE：skeptic ", (Filter("voice", "skeptic", False, False, "VOICE：skeptic"),)),
        ('tag:"long  term"', (Filter("tag", "long term", False, False, 'tag:"long  term"'),)),
        ('tag:"long t', (Filter("tag", "long t", False, True, 'tag:"long t'),)),
        ("-state:failed ", (Filter("state", "failed", True, False, "-state:failed"),)),
        ("after:2026 before:7d ", (Filter("after", "2026", False, False, "after:2026"),
                                   Filter("before", "7d", False, False, "before:7d"))),
    ],
)  # fmt: skip
def test_filters(text: str, filters: tuple[Filter, ...]) -> None:
    assert parse(text) == Query((), filters)


@pytest.mark.parametrize("name", query.FILTERS)
def test_a_filter_without_a_value_is_still_being_typed(name: str) -> None:
    assert parse(f"cost {name}:") == Query((Term("cost"),), (), name)
    meaning = meant(f"cost {name}:")
    assert meaning == meant("cost ")._replace(unclear=meaning.unclear)
    assert meaning.unclear[0].startswith(f"{name}: ")
    assert meant(f"{name}:").empty


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("one two", '"one" AND "two"*'),
        ('"one two" three ', '"one two" AND "three"'),
        ("one -two ", '("one") NOT ("two")'),
        ("one -two -three ", '("one") NOT ("two" OR "three")'),
        ("-two ", ""),
        ('a"', '"a"'),
        ("東京 ", '"東\x1f京"'),
        ("東京", '"東\x1f京"'),
        ("東京2026 ", '"東\x1f京\x1f2026"'),
        ("ＧＰＵ ", '("ＧＰＵ" OR "GPU")'),
        ("ガス ", '("ガ\x1fス" OR "ｶ\x1fﾞ\x1fｽ")'),
        ("กิน", '"กิ\x1fน"*'),
    ],
)
def test_what_sqlite_is_asked(text: str, match: str) -> None:
    assert query.expression(parse(text).terms) == match


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026", date(2026, 1, 1)),
        ("2026-11", date(2026, 11, 1)),
        ("2026-1-2", date(2026, 1, 2)),
        ("2026/11/26", date(2026, 11, 26)),
        ("2026-", date(2026, 1, 1)),
        ("２０２６", date(2026, 1, 1)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 25)),
        ("7d", date(2026, 11, 19)),
        ("2w", date(2026, 11, 12)),
        ("9m", date(2026, 2, 26)),
        ("1y", date(2025, 11, 26)),
        ("0001-01-01", date(1, 1, 1)),
        ("9999m", date(1193, 8, 26)),
        *((text, None) for text in ("", "soon", "0000", "2026-13", "2026-02-30", "26", "9999y", "20261126")),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert day_of(text, TODAY) == day


def test_months_ago_end_where_the_month_does() -> None:
    assert day_of("1m", date(2026, 3, 31)) == date(2026, 2, 28)
    assert day_of("1y", date(2024, 2, 29)) == date(2023, 2, 28)
    assert day_of("12m", date(2026, 1, 1)) == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("voice:skeptic ", Meaning(voices=("skeptic",), told=("Skeptic",))),
        ("voice:S", Meaning(voices=("skeptic",), told=("Skeptic",))),
        ('voice:"the builder"', Meaning(voices=("builder",), told=("Builder",))),
        ("voice:ske", Meaning(voices=("skeptic",), told=("Skeptic",))),
        ("voice:b voice:you ", Meaning(voices=("builder", "you"), told=("Builder", "You"))),
        ("-voice:b ", Meaning(voices=("sage", "skeptic", "you"), told=("not Builder",))),
        ("tag:cost ", Meaning(tags=(("cost",),), told=("tag cost",))),
        ("tag:#cost ", Meaning(tags=(("cost",),), told=("tag cost",))),  # as the screens write it
        ("tag:cos", Meaning(tags=(("cost", "costly"),), told=("tag cost or costly",))),
        ('tag:work tag:"long term"', Meaning(tags=(("Work",), ("long term",)), told=("tag Work", "tag long term"))),
        ("-tag:work ", Meaning(no_tags=("Work",), told=("not tag Work",))),
        ("state:fin", Meaning(states=("finished",), told=("finished",))),
        ("state:f", Meaning(states=("finished", "failed"), told=("finished or failed",))),
        ("-state:failed ", Meaning(states=("running", "interrupted", "finished"), told=("not failed",))),
        ("state:failed -state:failed ", Meaning(states=(), told=("failed", "not failed"))),
        ("state:du", Meaning(due=TODAY, told=("due",))),
        ("-state:due ", Meaning(not_due=TODAY, told=("not due",))),
        ("state:archived state:fin", Meaning(archived=(True,), states=("finished",), told=("archived", "finished"))),
        ("-state:archived ", Meaning(archived=(False,), told=("not archived",))),
        ("state:archived -state:archived ", Meaning(archived=(), told=("archived", "not archived"))),
        ("after:2026-11", Meaning(since=date(2026, 11, 1), told=("from 2026-11-01",))),
        ("-before:2026-11", Meaning(since=date(2026, 11, 1), told=("from 2026-11-01",))),
        ("after:2025 after:2026 ", Meaning(since=date(2026, 1, 1), told=("from 2026-01-01",))),
        ("before:today before:1y ", Meaning(before=date(2025, 11, 26), told=("before 2025-11-26",))),
        ("voice:foo ", Meaning('"voice:foo"', unclear=("no voice “foo” here: searched as words",))),
        ("-tag:f x ", Meaning('("x") NOT ("tag:f")', '"tag:f"', unclear=("no tag “f” here: searched as words",))),
        ("state:gone ", Meaning('"state:gone"', unclear=("no state “gone”: searched as words",))),
        ("before:soon ", Meaning('"before:soon"', unclear=("“soon” is no date: searched as words",))),
        ("before:2026-0", Meaning(unclear=("“2026-0” is no whole date yet",))),
        ("before:tod", Meaning(unclear=("“tod” is no whole date yet",))),
        ("-gpu ", Meaning(without='"gpu"')),
    ],
)  # fmt: skip
def test_meanings(text: str, expected: Meaning) -> None:
    assert meant(text) == expected


def test_only_who_asks_for_them_is_told_of_voices_and_tags() -> None:
    def never() -> tuple[()]:
        raise AssertionError("it was not about them")

    understand(parse("words after:2026 state:failed"), TODAY, never, never)


# -- any text -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:")
    from upverdict.core.store.reindexing import STATEMENTS

    conn.execute("CREATE TABLE statements (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    for statement in STATEMENTS:
        conn.execute(statement)
    return conn


odd = st.text(max_size=30) | st.text(st.characters(codec=None), max_size=20)
typed = st.lists(
    st.sampled_from(
        ['"', "“", "-", " ", "voice:", "tag：", "state:f", "before:", "after:20", "26", "-11", "sk", "東", "ｶﾞ", "กิ",
         "e\u0301", "\0", "\ud800", "*", "NOT", "(", ")", "^", "{", "}", ":", "+", "'", "\x1f",
         "\U000e0100", "\U0001e900"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@settings(max_examples=400)
@given(odd | typed | st.binary(max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape")))
@example("-x " * 400)
@example("x " * 500)
@example('voice:"' * 300)
@example("東" * 3000)
@example("before:" + "9" * 5000)
def test_every_text_is_a_query(index: sqlite3.Connection, text: str) -> None:
    meaning = meant(text)
    for match in filter(None, (meaning.match, meaning.without)):
        index.execute("SELECT rowid FROM statements_fts WHERE statements_fts MATCH ?", (match,)).fetchall()
    for words in (*meaning.told, *meaning.unclear):
        words.encode()


# -- scripts without spaces -----------------------------------------------------------------------------------------


SCRIPTS = {
    1: "我们用API访问东京2026年的服务器。",
    2: "東京タワーへ行くべきか、それともスカイツリー？",
    3: "กินข้าวที่กรุงเทพฯ",
    4: "មាន\u200bភាសាខ្មែរ",
    5: "မြန်မာဘာသာစကား",
    6: "ｶﾞｿﾘﾝの値段",
    7: "हिन्दी में लिखा",
    8: "서울에서 살까",
    9: "ກິນເຂົ້າ",
}


@pytest.fixture(scope="module")
def scripts(index: sqlite3.Connection) -> sqlite3.Connection:
    for id, text in SCRIPTS.items():
        index.execute("INSERT INTO statements (id, text) VALUES (?, ?)", (id, text))
        index.execute("INSERT INTO spaced_statements (id, text) VALUES (?, ?)", (id, spacing.sought(text)))
    index.execute("INSERT INTO statements_fts (statements_fts) VALUES ('rebuild')")
    return index


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("东京", {1: "东京"}),
        ("京东", {}),
        ("我", {1: "我"}),
        ("API访问", {1: "API访问"}),
        ("api", {1: "API"}),
        ("东京2026", {1: "东京2026"}),
        ("东京 服务", {1: "东京"}),
        ("东京 火星", {}),
        ('"东京" -火星', {1: "东京"}),
        ("東京タワー", {2: "東京タワー"}),
        ("タワ", {2: "タワ"}),
        ("ﾀﾜｰ", {2: "タワー"}),
        ("ガソリン", {6: "ｶﾞｿﾘﾝ"}),
        ("กิน", {3: "กิน"}),
        ("กัน", {}),  # another vowel is another word
        ("ก", {3: "กิ"}),  # whose marks are still to come
        ("กรุงเทพ", {3: "กรุงเทพ"}),
        ("ភាសា", {4: "ភាសា"}),
        ("မာဘာ", {5: "မာဘာ"}),
        ("ກິນ", {9: "ກິນ"}),
        ("हिन्द", {7: "हिन्दी"}),
        ("서울", {8: "서울에서"}),
    ],
)
def test_words_in_scripts_without_spaces(scripts: sqlite3.Connection, text: str, found: dict[int, str]) -> None:
    sql = "SELECT rowid, snippet(statements_fts, 0, '<', '>', '…', 64) FROM statements_fts WHERE statements_fts MATCH ?"
    hits = {}
    for id, raw in scripts.execute(sql, (meant(text).match,)):
        snippet, spans = query.spans(raw, "<", ">")
        assert snippet == SCRIPTS[id].replace("\n", " ")
        hits[id] = snippet[slice(*spans[0])]
    assert hits == found


@given(odd)
@example("a" * 50 + "東")
def test_a_text_that_was_parted_is_whole_again(text: str) -> None:
    text = spacing.joined(text)
    parted = spacing.spaced(text)
    assert parted is None or spacing.joined(parted) == text
