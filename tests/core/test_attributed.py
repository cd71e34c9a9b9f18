"""Words that the user takes over from a voice: in a form that code can prove, with who said them, in every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk import Talk
from upverdict.core import answering, quoted, quoting, text, transcript
from upverdict.core.neutral import Labels

SAID = "Self-hosting wins on paper. It then needs two people who are on call. Who pays for them?"
NESTED = "The Skeptic says “days, not months” and forgets the migration of old invoices."
JAPANESE = "自社運用は紙の上では安い。しかし二人の当番が要る。誰が払うのか？"
ARABIC = "الاستضافة الذاتية تبدو رخيصة على الورق. لكنها تحتاج إلى شخصين مناوبين كل ليلة. من يدفع لهما في النهاية؟"
MARKED = "Le cafe\u0301 du coin ne de\u0301pend de personne, bien su\u0302r. A\u0308rger bleibt aber immer u\u0308brig."
EMOJI = "Shipping it 👩‍👩‍👧 together is really what counts 🚀. Then rest 🏖️ for a while, and look back."


def talk(words: str) -> Talk:
    t = Talk()
    t.say("builder", 0, words)
    for voice in ("skeptic", "researcher", "contrarian"):
        t.say(voice, 0, f"The {voice} has a point of its own about costs and people.")
    t.floor(0, "spoke")
    return t


@pytest.mark.parametrize("words", [SAID, NESTED, JAPANESE, ARABIC, MARKED, EMOJI])
def test_every_sentence_that_is_quoted_is_proven_with_its_voice_and_its_id(words: str) -> None:
    for n in range(len(text.sentences(words))):
        t = talk(words)
        statement = t.debate.statements["B1"]
        (begin, end) = quoting.ready(statement)[n]
        taken = quoting.attributed(t.debate, statement, (begin, end))
        assert taken.startswith(f"The Builder (B1.{n + 1}): ")
        assert taken[-1] in "”»」"
        t.user(f"You forget something. {taken} That is what I doubt.")
        (found,) = quoted.inside(t.debate, t.debate.statements["Y1"])
        assert (found.voice, found.sentence, found.text) == ("builder", f"B1.{n + 1}", words[begin:end])
        assert f"[verified: B1.{n + 1}]" in transcript.numbered(t.debate, t.debate.statements["Y1"])


@pytest.mark.parametrize(
    ("words", "cut", "taken"),
    [
        (SAID, (7, 24), "wins on"),
        (SAID, (2, 9), "Self-hosting"),
        (SAID, (5, 26), "hosting wins on paper"),
        (SAID, (12, 13), ""),
        (ARABIC, (3, 24), "الذاتية تبدو"),
        (MARKED, (3, 7), "cafe\u0301"),
        (MARKED, (0, 7), "Le"),
        (EMOJI, (13, 25), "👩‍👩‍👧 together"),
        ("- an item of a list", (0, 19), "an item of a list"),
        ("Two\n\nparagraphs of words", (0, 24), "Two paragraphs of words"),
    ],
)
def test_what_is_selected_is_cut_to_whole_words(words: str, cut: tuple[int, int], taken: str) -> None:
    t = talk(words)
    found = quoting.attributed(t.debate, t.debate.statements["B1"], cut)
    assert found == (f"The Builder (B1.1): “{taken}”" if taken else "")


@given(st.text(min_size=1, max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_no_cut_goes_out_of_the_text(words: str, begin: int, end: int) -> None:
    first, last = quoting.whole_words(words, (min(begin, end), max(begin, end)))
    assert 0 <= first <= last <= len(words)
    assert first in (0, last) or not unicodedata.combining(words[first])


def test_a_quotation_within_closes_nothing() -> None:
    t = talk(NESTED)
    statement = t.debate.statements["B1"]
    assert quoting.attributed(t.debate, statement, quoting.ready(statement)[0]) == f"The Builder (B1.1): «{NESTED}»"


def test_the_user_can_remind_of_what_he_said() -> None:
    t = talk(SAID)
    t.user("We are only two people here.")
    statement = t.debate.statements["Y1"]
    taken = quoting.attributed(t.debate, statement, quoting.ready(statement)[0])
    assert taken == "I said (Y1.1): “We are only two people here.”"
    t.user(f"{taken} Nobody heard it.")
    assert [q.sentence for q in quoted.inside(t.debate, t.debate.statements["Y2"])] == ["Y1.1"]


def test_the_sentence_that_is_being_written_is_not_offered() -> None:
    t = Talk()
    t.begin("builder")
    t.words("builder", 0, "One whole sentence. And half of")
    statement = t.debate.statements["B1"]
    assert [statement.text[a:b] for a, b in quoting.ready(statement)] == ["One whole sentence."]


def test_the_judge_reads_the_id_under_the_label_of_the_voice() -> None:
    t = talk(SAID)
    t.user("The Builder (B1.2): “It then needs two people who are on call.” And (C9.1) is no sentence.")
    labels = Labels(t.debate, 1)
    read = labels.hide(transcript.numbered(t.debate, t.debate.statements["Y1"], labels.id))
    assert f"{labels.label('builder')} ({labels.id('B1.2')}): “It then" in read
    assert "(C9.1)" in read
    assert "B1.2" not in read
    assert labels.show(f"({labels.id('B1.2')})") == "(B1.2)"


def test_who_repeats_only_what_the_user_quoted_has_not_answered_him() -> None:
    t = talk(SAID)
    t.user("The Builder (B1.2): “It then needs two people who are on call.” We are only two, and both of us sleep.")
    t.say("skeptic", 1, "The Builder is right that it then needs two people who are on call.")
    t.say("researcher", 1, "You say that we are only two, and both of us sleep: then nobody is left.")
    answers = answering.answers(t.debate, t.debate.statements["Y1"])
    assert answers == {"skeptic": False, "researcher": True}


def test_where_the_user_says_next_to_nothing_himself_his_quotation_counts() -> None:
    t = talk(SAID)
    t.user("The Builder (B1.2): “It then needs two people who are on call.” Really?")
    t.say("skeptic", 1, "The Builder is right that it then needs two people who are on call.")
    assert answering.answers(t.debate, t.debate.statements["Y1"]) == {"skeptic": True}
