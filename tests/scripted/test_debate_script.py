"""The script of a debate: who is recognised, and that what is quoted was said."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from tests.scripted import Ask, Recorded, ScriptedEndpoint, by_voice, by_words, debate_script, in_turn, prose, status
from tests.scripted.debate import Debate, find_spoken, sentences
from tests.scripted.texts import ENGLISH, HOSTING, LANGUAGES, VOICES

PERSONA = "You are now The Builder. Who you are:\nIn a rebuttal you quote the Researcher.\n\nNever a verdict.\n\n"
QUESTION = "Should we rewrite the billing service?"


def request(*texts: str, system: str = "", **more: Any) -> Recorded:
    blocks = [{"type": "text", "text": t} for t in texts]
    body = {"model": "m", "max_tokens": 8, "system": system, "messages": [{"role": "user", "content": blocks}]} | more
    return Recorded(1, 1, 0.0, "POST", "/v1/messages", {}, b"", body)


def words(script: Any, asked: Recorded) -> str:
    assert isinstance(script, Debate)
    return script.words(by_words(asked), asked)


@pytest.mark.parametrize(
    ("asked", "ask"),
    [
        (request(QUESTION, "You are now the Builder. Open."), Ask("builder", "opening")),
        (request(QUESTION, system="You are the Skeptic."), Ask("skeptic", "opening")),
        (request(QUESTION, "Speak as the Researcher."), Ask("researcher", "opening")),
        (
            request("The Builder: x", "You are now the Contrarian. Rebuttal 2: answer the Builder."),
            Ask("contrarian", "rebuttal", 2, "builder"),
        ),
        (request("…", "You are the Builder. The user comments: no."), Ask("builder", "opening")),
        (request("…", "You are the Builder. A comment came in."), Ask("builder", "discussion")),
        (request("…", "Draw up the verdict on what the Builder and the Skeptic said."), Ask("judge", "verdict")),
        (request("…", system="You are the judge."), Ask("judge", "verdict")),
        (request("…", "The voices heard: B The Builder. Give your ruling now.", system="S"), Ask("judge", "verdict")),
        (request("Say this decision in one short sentence.", system="You decide."), Ask("judge", "verdict")),
        (
            request("Write one paragraph that answers The Skeptic.", system="You are The Builder: has shipped."),
            Ask("builder", "rebuttal", 1, "skeptic"),
        ),
        (request("Restate this question."), Ask("", "other")),
        (request("Q", PERSONA + "Write your opening. You have heard no other voice yet."), Ask("builder", "opening")),
        (
            request("Q", PERSONA + "Write your rebuttal 2. Answer The Skeptic first: name it."),
            Ask("builder", "rebuttal", 2, "skeptic"),
        ),
    ],
)
def test_who_is_asked_for_what(asked: Recorded, ask: Ask) -> None:
    assert by_words(asked) == ask


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_voice_opens_in_words_of_its_own(language: str) -> None:
    script = debate_script(language)
    said = [words(script, request(QUESTION, f"You are the {v}.")) for v in VOICES]
    assert len(set(said)) == 4
    assert said == [words(script, request(QUESTION, f"You are the {v}.")) for v in VOICES]


@pytest.mark.parametrize("texts", [ENGLISH.openings, HOSTING])
def test_english_keeps_the_lengths_of_the_protocol(texts: dict[str, str]) -> None:
    for voice in VOICES:
        assert 180 <= len(texts[voice].split()) <= 320
        quoted = ENGLISH.to.format(who="The Builder", quote="x " * 20) + ENGLISH.rebuttals[voice]
        assert 120 <= len(quoted.split()) <= 180
    assert 12 <= len(ENGLISH.headline.split()) <= 25


def recorded(form: str, voice: str, text: str) -> str:
    """A statement as a prompt might show it."""
    if form == "ids":
        return "\n".join(f"[{voice[0].upper()}1.{n}] {s}" for n, s in enumerate(sentences(text), 1))
    return f"## The {voice.title()}\n{text}" if form == "names" else " ".join(f"<s>{s}</s>" for s in sentences(text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["ids", "names", "one line"])
def test_a_rebuttal_quotes_another_voice_word_for_word(language: str, form: str) -> None:
    texts = LANGUAGES[language]
    shared = "\n\n".join(recorded(form, v, texts.openings[v]) for v in VOICES)
    for voice in VOICES:
        said = words(debate_script(language), request(shared, f"You are now the {voice}. Rebuttal 1."))
        target = VOICES[(VOICES.index(voice) + 1) % 4]
        theirs = [s for s in sentences(texts.openings[target]) if s in said]
        assert len(theirs) == 1
        assert theirs[0] in shared


def test_a_rebuttal_quotes_unknown_words_too() -> None:
    shared = "B1.1 Bread is better than cake.\nB1.2 It keeps for days.\nS1.1 Cake wins on Sundays, says nobody.\n"
    said = words(debate_script(), request(shared, "You are now the Builder. Write rebuttal 1, answer the Skeptic."))
    assert "“Cake wins on Sundays, says nobody.”" in said
    shared = "The Builder\nBread is better than cake. Yes.\n\nThe Skeptic:\nCake wins on Sundays, says nobody.\n"
    said = words(debate_script(), request(shared, "You are now the Builder. Write rebuttal 1, answer the Skeptic."))
    assert "“Cake wins on Sundays, says nobody.”" in said


@pytest.mark.parametrize(
    "shared",
    [
        "[B1.1] Bread is better than cake.\n[Y1.1] We are two people, answer that.\n",
        "<<statement B1 by The Builder ab>>\nBread is better than cake.\n<</statement B1 by The Builder ab>>\n\n"
        "<<statement Y1 by You ab>>\nWe are two people, answer that. Now!\n<</statement Y1 by You ab>>",
        "<<The Builder said ab>>\nBread is better than cake.\n<</The Builder said ab>>\n\n"
        "<<The person who asks says ab>>\nWe are two people, answer that.\n<</The person who asks says ab>>",
    ],
)
def test_the_fifth_voice_is_answered_with_a_quote(shared: str) -> None:
    for voice in VOICES:
        said = words(debate_script(), request(shared, f"You are now the {voice}. Rebuttal 1."))
        assert "“We are two people, answer that.”" in said


def test_a_second_round_quotes_something_else() -> None:
    shared = ENGLISH.openings["skeptic"]
    said = [words(debate_script(), request(shared, f"You are the Builder. Rebuttal {n}.")) for n in (1, 2)]
    assert said[0] != said[1]


def test_without_statements_nothing_is_quoted() -> None:
    said = words(debate_script(), request(QUESTION, "You are the Builder. Rebuttal 1."))
    assert "“" not in said
    assert find_spoken(QUESTION, ENGLISH) == []


def test_the_judge_answers_as_it_is_asked() -> None:
    shared = "\n".join(f"[{v[0].upper()}1.1] {sentences(ENGLISH.openings[v])[0]}" for v in VOICES)
    rules = "Sentences have numbers such as [B1.3]; cite them by these numbers."
    ruled = json.loads(words(debate_script(), request(shared, "Give the verdict as JSON.", system=rules)))
    assert {q["voice"] for q in ruled["pull_quotes"]} == set("BSRC")
    assert all(q["quote"] in shared for q in ruled["pull_quotes"])
    assert set(ruled["agreed"][0]["support"]) == {"B1.1", "S1.1", "R1.1", "C1.1"}
    schema = {"format": {"type": "json_schema", "schema": {}}}
    assert json.loads(words(debate_script(), request(shared, "Give the verdict.", output_config=schema)))["headline"]
    plain = words(debate_script(), request(shared, "Give the verdict: HEADLINE: and DECISION: lines."))
    assert plain.startswith("HEADLINE: ")
    assert words(debate_script(), request(shared, "Give the verdict.")).startswith(ENGLISH.headline)
    one = "You are the judge. Say this decision in one short sentence."
    assert words(debate_script(), request(one)) == ENGLISH.headline
    own = debate_script(judge=lambda _asked, spoken, _texts: {"seen": len(spoken)})
    assert json.loads(words(own, request(shared, "Verdict.")))["seen"] == 4


def test_prose_has_exactly_its_length() -> None:
    for size in (0, 1, 2, 2_000, 50_000):
        assert len(prose(size)) == len(prose(size).strip()) == size
    assert prose(300, 1) == prose(300, 1) != prose(300, 2)
    assert len(words(debate_script(characters=777), request("You are the Builder."))) == 777


@pytest.mark.asyncio
async def test_one_voice_fails_twice_and_then_speaks() -> None:
    base = debate_script(tail=lambda ask, _: f"\n```{ask.voice}```")
    script = by_voice({"skeptic opening": in_turn(status(529), status(529), base)}, base)
    async with (
        ScriptedEndpoint(script) as server,
        httpx2.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        answers = [
            await client.post("/v1/messages", json=request(QUESTION, f"You are the {voice}.").json)
            for voice in ("skeptic", "builder", "skeptic", "skeptic")
        ]
        warm = await client.post("/v1/messages", json=request("You are the Builder.", max_tokens=0).json)
    assert [a.status_code for a in answers] == [529, 200, 529, 200]
    assert answers[3].json()["content"][0]["text"] == ENGLISH.openings["skeptic"] + "\n```skeptic```"
    assert [r.label for r in server.requests][:3] == [
        "skeptic opening: status 529",
        "builder opening",
        "skeptic opening: status 529",
    ]
    assert (warm.json()["stop_reason"], warm.json()["content"]) == ("max_tokens", [])
