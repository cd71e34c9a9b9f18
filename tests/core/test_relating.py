"""Which kept debates are about the same: by rare words of question and verdict, at a bounded cost, in any script."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.talk import Talk
from tests.core.test_store_kit import RULING, named
from upverdict.core.store import relating
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.values import replace


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "debates.db")
    yield opened
    await opened.close()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "debates.db")
    yield opened
    opened.close()


async def keep(store: Store, *questions: str, headline: str = "") -> list[str]:
    """A debate a question, the newest last; their ids."""
    logs = []
    for n, question in enumerate(questions):
        said = Talk(question=question)
        if headline:
            said.everybody(0)
            said.ruled(replace(RULING, headline=headline, decision=""))
        logs.append(named(f"26{n:04}-aaaaa", said.events, timedelta(minutes=n)))
    await store.import_debates(logs)
    return [log[0].debate for log in logs]


async def test_debates_that_share_rare_words_are_related_and_say_which(store: Store, library: Library) -> None:
    own, near, far, nearer, _ = await keep(
        store,
        "Should we self-host the model on a GPU?",
        "Which GPU should we buy?",
        "Should we rewrite the billing service?",
        "Is a GPU worth it, or do we self-host on what we have?",
        "Was sollten wir tun?",
    )
    found = library.related(own)
    assert [(r.row.id, set(r.shared)) for r in found] == [(nearer, {"self-host", "GPU"}), (near, {"GPU"})]
    assert [r.row.question for r in found][1] == "Which GPU should we buy?"
    assert library.related(far) == []
    assert [r.row.id for r in library.related(own, limit=1)] == [nearer]


async def test_the_words_of_a_verdict_count_too_and_those_that_all_use_do_not(store: Store, library: Library) -> None:
    plain = [
        f"What should {name} do?" for name in ("Ada", "Bob", "Cem", "Dov", "Eli", "Fay", "Gil", "Hal", "Ina", "Jo")
    ]
    ids = await keep(store, "Rent or own?", *plain, headline="Measure the teleprinter first.")
    assert library.related(ids[0]) == [], "every one of them has the teleprinter"
    other = Talk(question="Is morse dead?")
    other.everybody(0)
    other.ruled(replace(RULING, headline="Ask Ada about it.", decision=""))
    await store.import_events(named("270101-aaaaa", other.events, timedelta(days=1)))
    assert [(r.row.id, r.shared) for r in library.related(ids[1])] == [("270101-aaaaa", ("Ada",))]


async def test_a_question_that_is_not_asked_yet_finds_those_alike_that_have_a_verdict(
    store: Store, library: Library
) -> None:
    (ruled,) = await keep(store, "Should we self-host the model on a GPU?", headline="Rent one first.")
    await store.import_events(named("270101-aaaaa", Talk(question="Which GPU do we buy?").events, timedelta(days=1)))
    found = library.decided("Buy a GPU, or rent?")
    assert [(r.row.id, r.row.headline, set(r.shared)) for r in found] == [(ruled, "Rent one first.", {"rent", "GPU"})]
    assert library.decided("Is morse dead?") == [] == library.decided("") == library.decided('"*^ NEAR(')
    await store.delete(ruled)
    assert library.decided("Buy a GPU, or rent?") == []


async def test_what_was_deleted_and_what_is_not_kept_is_related_to_nothing(store: Store, library: Library) -> None:
    assert library.related("261124-none0") == []
    one, other = await keep(store, "Is morse dead?", "Who speaks morse?")
    assert [r.row.id for r in library.related(one)] == [other]
    await store.delete(other)
    assert library.related(one) == []
    assert Library(library.path.with_name("none.db")).related(one) == []


async def test_a_word_that_very_many_have_is_not_followed(
    store: Store, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relating, "MOST_HITS", 3)
    ids = await keep(store, "Is morse dead?", "Is morse good?", "Is morse slow?", "Is morse fun?", "Is telex dead?")
    assert [(r.row.id, r.shared) for r in library.related(ids[0])] == [(ids[4], ("dead",))]


SPACELESS = "自分のサーバーを借りるべきか、それともAPIを使うべきか？"


@example(SPACELESS)
@example("تشغيل النماذج محليا؟")
@example("it's C++ a-b AND NOT \"NEAR( * ^ question : x")
@example("’’ --- '' \0 \ud800 １２３")
@given(st.text())
def test_every_text_has_words_that_can_be_looked_for(text: str) -> None:
    import sqlite3

    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE VIRTUAL TABLE debates_fts USING fts5(question, background, headline, decision)")
    found = relating.words(text, text)
    assert len(found) <= relating.MOST_PIECES
    for word in found:
        assert word in text
        assert conn.execute(relating._HITS, (relating._match(word), 3)).fetchall() == []
    conn.close()


async def test_words_are_found_in_scripts_without_spaces(store: Store, library: Library) -> None:
    rent, own, _, decided = await keep(
        store,
        "东京应该租房吗？我们预算不多。",
        "在东京租房还是买房？",
        "猫好还是狗好？",
        "コーヒーをやめてカフェイン抜きの珈琲にするべきか？",
        headline="！",
    )
    assert [(r.row.id, set(r.shared) >= {"东京", "租房"}) for r in library.related(rent)] == [(own, True)]
    (found,) = library.decided("珈琲とカフェインは体に悪いか？")
    assert (found.row.id, set(found.shared)) == (decided, {"珈琲", "カフェイン"})


async def test_a_script_without_spaces_is_no_error(store: Store, library: Library) -> None:
    ids = await keep(store, SPACELESS, SPACELESS, "API？", "ทำงานที่บ้านดีกว่าไหม")
    assert [r.row.id for r in library.related(ids[0])] == [ids[1]]
    assert library.related(ids[3]) == []
