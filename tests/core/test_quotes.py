"""Quotes are what was said: found, folded, alike, or picked by code; never what a model made up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk import Talk
from upverdict.core import events as ev
from upverdict.core import plain_verdict, quoted, quotes, rulings, verdict
from upverdict.core.answer import MAX_DECISION, MAX_LINE, Unreadable, read
from upverdict.core.forming import Former
from upverdict.core.neutral import Labels
from upverdict.core.values import replace

BUILDER = (
    "Self-hosting wins on paper — until the pager rings. You should not self-host, unless you have a platform team. "
    "A rewrite costs “days, not months” for two people. The API bill is 400 dollars a month."
)
LANGUAGES = {
    "English": BUILDER,
    "Japanese": "自前のサーバーは安く見える。しかし、運用の人手が要る。二人なら借りるべきだ。",
    "Arabic": "الاستضافة الذاتية تبدو أرخص. لكنها تحتاج إلى فريق كامل. استأجر الخدمة أولا.",
    "emoji": "Ship it 🚀 with two people 👩‍💻👨‍💻 and no pager. Then wait 🇯🇵 for the bill — it comes.",
}


def talk(words: str = BUILDER) -> Talk:
    t = Talk()
    t.say("builder", 0, words)
    t.say("skeptic", 0, "The paper hides who pays. Everybody pays in sleep.")
    return t


def proven(proposed: str, voice: str = "builder", words: str = BUILDER) -> rulings.PullQuote | None:
    t = talk(words)
    quote = quotes.prove(proposed, voice, t.debate.of(voice))
    if quote is not None:
        assert t.debate.statements[quote.statement].text[quote.start : quote.end] == quote.text
        assert quote.voice == voice
    return quote


@pytest.mark.parametrize(
    ("proposed", "expected"),
    [
        ("Self-hosting wins on paper", "Self-hosting wins on paper — until the pager rings."),
        ("The API bill is 400 dollars a month.", "The API bill is 400 dollars a month."),
        ("the api bill is 400 dollars", "The API bill is 400 dollars a month."),
        ('A rewrite costs "days, not months" for two people', "A rewrite costs “days, not months” for two people."),
        ("“A rewrite costs 'days, not months' for two people.”", "A rewrite costs “days, not months” for two people."),
        ("You should not self-host", "You should not self-host, unless you have a platform team."),
        ("self-host, unless you have a platform team", "You should not self-host, unless you have a platform team."),
        # one letter wrong: the source's words replace it
        ("The API bill is 400 dollar a month.", "The API bill is 400 dollars a month."),
        # alike but with another figure, or without its "not": another claim
        ("The API bill is 900 dollars a month.", None),
        ("You should self-host, unless you have a platform team.", None),
        ("Nobody ever said this at all.", None),
        ("wins on", None),
        ("elf-hosting wins on pap", None),
        ("", None),
        ("…", None),
    ],
)
def test_what_is_proven(proposed: str, expected: str | None) -> None:
    quote = proven(proposed)
    assert (quote.text if quote else None) == expected


def test_a_quote_of_another_voice_is_none() -> None:
    assert proven("Everybody pays in sleep") is None
    assert proven("Everybody pays in sleep", "skeptic") is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_found_in_every_language(language: str) -> None:
    words = LANGUAGES[language]
    for _, sentence in talk(words).debate.statements["B1"].sentences:
        assert (quote := proven(sentence, words=words))
        assert quote.text == sentence


def test_words_that_a_voice_only_quotes_are_not_its_own() -> None:
    t = talk()
    t.say(
        "skeptic", 1, "To the Builder: “The API bill is 400 dollars a month.” That is a guess, and nobody checked it."
    )
    own = t.debate.of("skeptic")
    assert quotes.prove("The API bill is 400 dollars a month.", "skeptic", own) is None
    assert quotes.prove("“The API bill is 400 dollars a month.” That", "skeptic", own) is None
    assert (picked := quotes.pick(own))
    assert picked.text == "That is a guess, and nobody checked it."


@given(st.text(max_size=200), st.text(max_size=60))
def test_whatever_is_proposed_only_what_was_said_comes_out(said: str, proposed: str) -> None:
    t = Talk()
    t.say("builder", 0, said or "x")
    quote = quotes.prove(proposed, "builder", t.debate.of("builder"))
    assert quote is None or t.debate.statements["B1"].text[quote.start : quote.end] == quote.text


@given(st.text(min_size=1, max_size=200))
def test_what_code_picks_was_said(said: str) -> None:
    t = Talk()
    t.say("builder", 0, said)
    quote = quotes.pick(t.debate.of("builder"))
    assert quote is None or t.debate.statements["B1"].text[quote.start : quote.end] == quote.text


@pytest.mark.parametrize(("said", "shown"), [("a" * 1000, "a" * 280), ("word " * 1000, "word " * 55 + "word")])
def test_what_code_picks_is_no_longer_than_a_quote_may_be(said: str, shown: str) -> None:
    t = Talk()
    t.say("builder", 0, said)
    assert (quote := quotes.pick(t.debate.of("builder")))
    assert quote.text == shown


def test_folding_knows_where_each_character_came_from() -> None:
    folded = quotes.fold("A  “Ⅳ”—ß…")
    assert folded.text == 'a "iv"-ss.'
    assert len(folded.places) == len(folded.text)


# -- the ruling -----------------------------------------------------------------------------------------------------


def propose(**changes: object) -> str:
    import json

    answer: dict[str, object] = {
        "headline": "Rent, until you have a team.",
        "decision": "If you are two, rent.",
        "pull_quotes": [{"voice": "B", "quote": "The API bill is 400 dollars a month."}],
        "agreed": [{"claim": "Somebody pays.", "support": ["B1.4", "S1.1"], "against": []}],
        "split": [{"claim": "Paper is right.", "support": ["B1.1"], "against": ["S1.1"]}],
        "flips": [{"fact": "A platform team.", "check": "Count heads."}],
    }
    return json.dumps(answer | changes)


def ruled(answer: str, t: Talk | None = None) -> rulings.Ruling:
    """The ruling of an answer that names voices by their letters, as the judge's labels have them."""
    t = t or talk()
    labels = Labels(t.debate, 1)
    answer = re.sub(r"\b[BSY]\d+\.\d+\b", lambda m: labels.id(m[0]), answer)
    for voice in labels.order:
        answer = answer.replace(f'"voice": "{t.debate.letter(voice)}"', f'"voice": "{labels.label(voice)}"')
    return verdict.rule(t.debate, read(answer, t.debate, labels))


def test_a_ruling_keeps_what_the_record_bears_out() -> None:
    ruling = ruled("Here it is:\n```json\n" + propose() + "\n```\nDone.")
    assert ruling.headline == "Rent, until you have a team."
    assert [q.text for q in ruling.pull_quotes] == ["The API bill is 400 dollars a month.", "The paper hides who pays."]
    assert ruling.agreed == (rulings.Claim("Somebody pays.", {"builder": ("B1.4",), "skeptic": ("S1.1",)}, {}),)
    assert ruling.split[0].against == {"skeptic": ("S1.1",)}
    assert ruling.heard == ("builder", "skeptic")
    assert ruling.missing == ("researcher", "contrarian")
    assert [g.lead for g in ruling.glance] == [
        "Self-hosting wins on paper — until the pager rings.",
        "The paper hides who pays.",
    ]


def test_a_sentence_that_is_to_prove_both_sides_proves_neither() -> None:
    claims = [{"claim": "Both.", "support": ["B1.1", "S1.1"], "against": ["[S1.1]"]}]
    ruling = ruled(propose(agreed=claims, split=[]))
    assert ruling.agreed == ruling.split == ()


def test_a_judge_who_cannot_stop_is_cut_short() -> None:
    ruling = ruled(propose(headline="very " * 4000, decision="If so,\n\n" + "then " * 4000))
    assert len(ruling.headline) <= MAX_LINE
    assert ruling.headline.endswith("…")
    assert len(ruling.decision) <= MAX_DECISION + 2
    assert ruling.decision.startswith("If so,\n\nthen")


def test_a_verdict_owns_up_to_what_voices_did_not_say() -> None:
    t = talk()
    fault = ev.Fault("cut", "Cut.", True)
    t.say("builder", 1, "I answer.")
    t.begin("skeptic", 1)
    t.log.append(ev.StatementFailed(voice="skeptic", round="rebuttal", statement="S2", error=fault))
    notes = list(plain_verdict.notes(t.debate, ruled(propose(), t)))
    assert "Incomplete: The Skeptic gave no rebuttal 1." in notes


def test_what_was_left_out_is_counted_once_and_in_words() -> None:
    struck = (
        "2 × sentence of the judge's that told who said what, without proof",
        "1 × claim without sentences that could prove it",
        "2 × pull quote that was not said so by its voice; code picked another",
    )
    t = talk()
    notes = list(plain_verdict.notes(t.debate, replace(ruled(propose(), t), struck=struck)))
    told = (
        "Left out of the judge's ruling, for want of proof: 2 sentences that told who said what; 1 claim without "
        "sentences that could prove it; 2 pull quotes that were not said so by their voice; code picked another."
    )
    assert told in notes


def test_a_place_that_cuts_a_word_does_not_hide_a_later_one() -> None:
    t = Talk()
    t.say("builder", 0, "The bills cost us dearly. Yet the bill cost us sleep, too.")
    (statement,) = t.debate.of("builder")
    span = quotes.find("the bill cost us", statement)
    assert span is not None
    assert statement.text[span[0] : span[1]] == "the bill cost us"
    cutting = quotes.find("e bill cost us sleep", statement)
    assert cutting is None or statement.text[cutting[0] : cutting[1]] != "e bill cost us sleep"


def test_a_lying_judge_gets_nothing_through() -> None:
    ruling = ruled(
        propose(
            pull_quotes=[
                {"voice": "B", "quote": "Everybody pays in sleep."},
                {"voice": "S", "quote": "I agree with the Builder on everything."},
                {"voice": "Z", "quote": "The paper hides who pays."},
            ],
            agreed=[
                {"claim": "No such sentence.", "support": ["B9.9", "S9.9"]},
                {"claim": "Only one.", "support": ["B1.1", "B1.2"]},
                {"claim": "All agreed, one against.", "support": ["B1.1"], "against": ["S1.2"]},
            ],
            split=[{"claim": "Nobody against.", "support": ["B1.1"], "against": ["C7.1"]}],
        )
    )
    assert {q.voice: q.text for q in ruling.pull_quotes} == {
        "builder": "Self-hosting wins on paper — until the pager rings.",
        "skeptic": "The paper hides who pays.",
    }
    assert ruling.agreed == ()
    assert ruling.split == ()
    assert sum(int(s.split(" ", 1)[0]) for s in ruling.struck if "claim" in s) == 4


def test_what_the_judge_adds_of_its_own_is_struck() -> None:
    t = talk()
    ruling = ruled(
        propose(
            headline="Rent below 70 % load.",
            decision="If you are two, rent. Above 12 people, buy. The Skeptic has shown that. All four agree.\n\nRent.",
            flips=[{"fact": "A load of 55 %.", "check": "Look."}, {"fact": "A team.", "check": "Count heads."}],
        ),
        t,
    )
    assert ruling.headline == "If you are two, rent."
    assert ruling.decision == "If you are two, rent.\n\nRent."
    assert [f.fact for f in ruling.flips] == ["A team."]
    assert not any(figure in str(ruling) for figure in ("70", "12", "55", "Skeptic has", "All four"))
    assert {s.partition(" × ")[2] for s in ruling.struck} >= {
        "sentence of the headline with a figure that nobody said",
        "sentence of the decision that counted voices",
        "sentence of the decision that told who said what, without proof",
        "line of what would flip it with a figure that nobody said",
    }


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("I would rather not.", "no JSON"),
        (propose()[:-40], "broken"),
        ("{" * 100_000, "nested|broken"),
        (propose(headline=3), "headline"),
        (propose(headline=""), "headline"),
        ('{"decision": "x"}', "headline"),
        (propose(agreed="all"), "agreed"),
    ],
)
def test_what_can_not_be_used_is_said(answer: str, complaint: str) -> None:
    t = talk()
    with pytest.raises(Unreadable, match=complaint):
        read(answer, t.debate, Labels(t.debate, 1))


def test_counts_are_made_by_code() -> None:
    claim = rulings.Claim("c", {"builder": ("B1.1",), "skeptic": ("S1.1",)}, {})
    heard = ("builder", "skeptic", "researcher", "contrarian")
    assert plain_verdict.tally(claim, rulings.Ruling("h", "d", heard=heard[:2])) == "both"
    assert plain_verdict.tally(claim, rulings.Ruling("h", "d", heard=heard[:2], missing=heard[2:])) == "both heard"
    assert plain_verdict.tally(claim, rulings.Ruling("h", "d", heard=heard)) == "two of four"


def test_the_users_words_are_quoted_like_any_voice() -> None:
    t = talk()
    t.user("We are two people without a pager. What then?")
    ruling = ruled(propose(pull_quotes=[{"voice": "Y", "quote": "two people without a pager"}]), t)
    assert [q.text for q in ruling.pull_quotes if q.voice == ev.USER] == ["We are two people without a pager."]


def test_a_plain_ruling_says_so_and_its_quotes_are_proven() -> None:
    t = talk()
    ruling = verdict.plain(t.debate, "Rent\x1b[31m it. Do so unless you have a team. And then you sh")
    assert ruling.plain
    assert ruling.headline == "Rent it."
    assert ruling.decision == "Rent it. Do so unless you have a team."
    assert all(t.debate.statements[q.statement].text[q.start : q.end] == q.text for q in ruling.pull_quotes)


@pytest.mark.parametrize("answer", ["Rent it. 7. Keep the keys.", "Rent it.\n\n1. Ask first. 7. Keep the keys."])
def test_a_numeral_that_numbers_no_line_must_have_been_said(answer: str) -> None:
    t = talk()
    ruling = verdict.plain(t.debate, answer)
    assert "Rent it." in ruling.decision
    assert "7." not in ruling.decision
    assert ruling.struck == ("1 × sentence of the judge's with a figure that nobody said",)
    shown: list[str] = []
    former = Former(t.debate, None, lambda part, words, quote: shown.append(words))
    former.feed(answer + " So.")
    assert "Rent it." in shown
    assert not any("7." in words for words in shown)


def test_a_numeral_that_numbers_a_line_stands() -> None:
    t = talk()
    ruling = verdict.plain(t.debate, "Rent it.\n\n1. Ask first.\n7. Keep the keys.")
    assert ruling.decision == "Rent it.\n\n1. Ask first.\n7. Keep the keys."
    assert not ruling.struck


def test_what_two_voices_quote_of_the_user_was_said_by_the_user() -> None:
    t = Talk()
    t.everybody(0)
    t.user("We are two people and nobody is on call.")
    t.floor(0)
    t.say("builder", 1, "You say “We are two people and nobody is on call.” So rent.")
    t.say("skeptic", 1, "I hear “We are two people and nobody is on call.” Then who pays?")
    (quote,) = quoted.inside(t.debate, t.debate.statements["S2"])
    assert (quote.voice, quote.sentence, quote.exact) == (ev.USER, "Y1.1", True)


def test_a_quotation_is_not_proven_by_whoever_made_it_up_before() -> None:
    t = Talk(rounds=2)
    t.everybody(0)
    t.say("builder", 1, "The Skeptic says “servers never fail on a Sunday”, which is wrong.")
    t.floor(1)
    t.say("researcher", 2, "The Skeptic says “servers never fail on a Sunday”, and I doubt it.")
    (quote,) = quoted.inside(t.debate, t.debate.statements["R3"])
    assert (quote.voice, quote.sentence, quote.exact) == ("", "", False)


def test_voices_of_one_round_do_not_quote_each_other() -> None:
    t = Talk()
    t.say("builder", 0, "Servers fail on a Sunday night. Rent.")
    t.say("skeptic", 0, "Some say “servers fail on a Sunday night”, and they may.")
    (quote,) = quoted.inside(t.debate, t.debate.statements["S1"])
    assert quote.voice == ""
