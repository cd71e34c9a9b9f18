"""Whatever was said and whatever a judge answers: what code lets through is proven."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.talk import NAMES, Talk
from tests.core.test_quotes import LANGUAGES
from tests.core.test_runner import held
from tests.council import council
from tests.lies import assert_proven
from upverdict.core import checking, jsonform, rulings, verdict
from upverdict.core import events as ev
from upverdict.core.answer import Unreadable, read
from upverdict.core.debate import Debate
from upverdict.core.document import document
from upverdict.core.forming import Former
from upverdict.core.neutral import Labels
from upverdict.core.text import sentences

SAID = """\
you should not never unless rent run it the model a machine costs 400 dollars 12 % of all four agree but only half The
Skeptic says “you should not rent it” and VOICE1 V1.1.1 [B1.1] 日本 語 です。 مرحبا 👩‍💻 «no» . ! ?"""
WORDS = st.sampled_from(SAID.split()) | st.just("\n\n")
TEXTS = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)


@st.composite
def talks(draw: Any) -> Talk:
    """A debate of two to four voices with openings, perhaps a rebuttal round and the user between."""
    t = Talk(voices=draw(st.integers(2, 4)))
    seats = t.debate.council
    for number in range(draw(st.integers(1, 2))):
        for seat in seats:
            words = draw(TEXTS)
            if draw(st.integers(0, 9)):
                t.say(seat.voice, number, words)
            else:
                t.fail(seat.voice, number, words)
        t.floor(number)
        if number == 0 and draw(st.booleans()):
            t.user(draw(TEXTS))
    return t


@st.composite
def answers(draw: Any, debate: Debate, labels: Labels) -> dict[str, Any]:
    """A ruling built of what was said, of what was not, and of both in the wrong places."""
    said = [words for _, _, words in debate.passages()] or [""]
    ids = [labels.id(id) for _, id, _ in debate.passages()] + ["V9.1.1", "V1.1.99", "B1.1", "", "☃"]
    names = [f"VOICE{n}" for n in range(1, 6)] + ["The Builder", "V1", ""]

    def piece() -> str:
        words = draw(st.sampled_from(said))
        begin = draw(st.integers(0, max(0, len(words) - 1)))
        cut = words[begin : begin + draw(st.integers(1, 80))]
        return draw(st.sampled_from([words, cut, cut.replace("not ", ""), cut.upper(), draw(TEXTS)]))

    def some() -> list[str]:
        return draw(st.lists(st.sampled_from(ids), max_size=5))  # type: ignore[no-any-return]

    def claims() -> list[dict[str, Any]]:
        return [{"claim": piece(), "support": some(), "against": some()} for _ in range(draw(st.integers(0, 3)))]

    return {
        "headline": piece() or "x",
        "decision": piece() or "x",
        "pull_quotes": [
            {"voice": draw(st.sampled_from(names)), "quote": piece()} for _ in range(draw(st.integers(0, 5)))
        ],
        "agreed": claims(),
        "split": claims(),
        "flips": [{"fact": piece(), "check": piece()} for _ in range(draw(st.integers(0, 2)))],
        "because": some(),
    }


@settings(max_examples=300)
@given(st.data())
def test_whatever_a_judge_answers_only_what_is_proven_is_ruled(data: st.DataObject) -> None:
    t = data.draw(talks())
    labels = Labels(t.debate, data.draw(st.integers(1, 3)))
    answer = json.dumps(data.draw(answers(t.debate, labels)))
    try:
        proposal = read(answer, t.debate, labels)
    except Unreadable:
        return
    assert all(isinstance(fault, str) for fault in verdict.faults(t.debate, proposal))
    ruling = verdict.rule(t.debate, proposal)
    says = st.sampled_from(checking.SAYS)
    checks = [{id: data.draw(says) for id in ids} for _, ids in checking.cited(ruling)]
    found = checking.apply(t.debate, ruling, checks)
    checked: dict[tuple[str, str], set[str]] = {}
    for (claim, _), check in zip(checking.cited(ruling), checks, strict=True):
        for id, what in check.items():
            checked.setdefault((claim.claim, id), set()).add(what)
    for claim in (*found.agreed, *found.split):
        for side, what in ((claim.support, "entails"), (claim.against, "contradicts")):
            assert all(what in checked[claim.claim, id] for ids in side.values() for id in ids)
    t.log.append(ev.VerdictStarted(version=1, cause="debate"))
    t.log.append(ev.VerdictRuled(version=1, ruling=found))
    told = document(t.debate, "finished")
    assert_proven(told)
    kept = jsonform.from_json(jsonform.to_json(t.events[-1]))
    assert isinstance(kept, ev.VerdictRuled)
    assert kept.ruling == found


@settings(max_examples=300)
@given(st.data())
def test_however_an_answer_comes_only_what_is_proven_is_shown_while_it_forms(data: st.DataObject) -> None:
    t = data.draw(talks())
    labels = Labels(t.debate, 1)
    found = data.draw(answers(t.debate, labels))
    order = data.draw(st.permutations(list(found)))
    answer = json.dumps({key: found[key] for key in order}, ensure_ascii=data.draw(st.booleans()))
    shown: list[tuple[str, str, rulings.PullQuote | None]] = []
    former = Former(t.debate, labels, lambda part, words, quote: shown.append((part, words, quote)))
    at = 0
    while at < len(answer):
        size = data.draw(st.integers(1, 200))
        former.feed(answer[at : at + size])
        at += size
    for part, words, quote in shown:
        if quote is not None:
            assert t.debate.statements[quote.statement].text[quote.start : quote.end] == quote.text == words
            assert t.debate.statements[quote.statement].voice == quote.voice
        elif part != "claims":
            assert verdict.sound(t.debate, words)


@pytest.mark.parametrize("language", ["en", "de", "ja", "ar"])
async def test_every_quote_of_a_debate_in_any_language_is_its_span(language: str) -> None:
    async with held(
        council(language), auto=True, depth="thorough", rebuttals=("That is not an answer to me. 👩‍💻",)
    ) as d:
        await d.runner.run()
        assert d.debate.outcome == "finished"
        told = document(d.debate, "finished")
        assert_proven(told)
        (found,) = told["verdicts"]  # type: ignore[misc,assignment]
        quotes: Any = found["pull_quotes"]  # type: ignore[index,call-overload]
        assert {q["voice"] for q in quotes} == {*NAMES[:4], "you"}
        texts = {s.id: s.text for s in d.debate.statements.values()}
        assert all(texts[q["statement"]][q["start"] : q["end"]] == q["text"] for q in quotes)


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_a_quote_proposed_from_any_sentence_of_any_language_is_its_span(words: str) -> None:
    t = Talk()
    t.say("builder", 0, words)
    t.say("skeptic", 0, "I say nothing of the kind, and so it is.")
    for begin, end in sentences(words):
        proposal = verdict.Proposal("h", "d", (("builder", words[begin:end]),), (), (), ())
        quote = next(q for q in verdict.rule(t.debate, proposal).pull_quotes if q.voice == "builder")
        assert t.debate.statements["B1"].text[quote.start : quote.end] == quote.text
        assert quote.text in words
