"""What a quote may leave out, what a judge may put in quotation marks, and what looking for them may cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk import Talk
from upverdict.core import answering, quoted, quotes, score, transcript, verdict
from upverdict.core import events as ev
from upverdict.core.neutral import Labels
from upverdict.core.rulings import Ruling
from upverdict.core.turns import turns

TURNED = [
    ("I don't believe renting is cheap at all.", "renting is cheap"),
    ("You shouldn’t run it yourself.", "run it yourself"),
    ("It isn't true that renting is cheap.", "renting is cheap"),
    ("Nobody believes that you should run it yourself.", "you should run it yourself"),
    ("It is a myth that you should run it yourself.", "you should run it yourself"),
    ("Not a single one of the teams that I know of ever found that renting is cheap.", "renting is cheap"),
    ("I cannot say that renting is cheap.", "renting is cheap"),
    ("Run it yourself provided that somebody is on call.", "Run it yourself"),
    ("Run it yourself when somebody is on call, otherwise rent.", "Run it yourself"),
    ("Run it yourself, though it hurts.", "Run it yourself"),
    ("You should _not_ run it yourself.", "run it yourself"),
    ("Man sollte es niemals ganz allein selbst betreiben.", "ganz allein selbst betreiben"),
    ("Man betreibt es gern selbst, außer nachts.", "Man betreibt es gern selbst"),
    ("Kein Mensch sollte es selbst betreiben.", "sollte es selbst betreiben"),
    ("Il ne faut jamais le faire soi-même.", "le faire soi-même"),
    ("Nunca deberías alojarlo tú mismo.", "deberías alojarlo tú mismo"),
    ("Alojarlo tú mismo no sale barato jamás.", "Alojarlo tú mismo"),
    ("自分で運用すべきではない。", "自分で運用すべき"),
    ("夜に対応できる人がいない限り自分で運用すべきだ。", "自分で運用すべきだ"),
    ("你不应该自己运行这个模型。", "应该自己运行这个模型"),
    ("لا يجب أن تستأجر النماذج", "يجب أن تستأجر النماذج"),
    ("استأجر النماذج الآن إذا كنتم اثنين", "استأجر النماذج الآن"),
]
FILLER = "the machine and its bill and the people who pay for it and the nights that they spend awake " * 3
LONG = f"{FILLER}and renting it is cheap for two people and {FILLER.strip()}."


def said(words: str, voice: str = "builder") -> Talk:
    t = Talk()
    t.say(voice, 0, words)
    return t


def shown(words: str, proposed: str) -> str:
    t = said(words)
    quote = quotes.prove(proposed, "builder", t.debate.of("builder"))
    assert quote
    assert t.debate.statements["B1"].text[quote.start : quote.end] == quote.text
    return quote.text


@pytest.mark.parametrize(("sentence", "half"), TURNED)
def test_half_a_sentence_never_stands_for_the_whole(sentence: str, half: str) -> None:
    assert shown(sentence, half) == sentence


@pytest.mark.parametrize(("sentence", "half"), TURNED)
def test_what_turns_a_long_sentence_is_not_dropped_from_it(sentence: str, half: str) -> None:
    gap = "費用と夜の当番と請求書" * 30 if ord(sentence[0]) > 0x2E80 else FILLER
    long = f"{gap}{sentence.rstrip('.。')}{'' if gap != FILLER else ' '}{gap.strip()}"
    assert len(long) > 2 * quotes.WHOLE
    assert shown(long, half) == long


def test_a_part_of_a_long_sentence_may_stand_alone_where_nothing_turns_it() -> None:
    assert len(LONG) > quotes.WHOLE
    assert shown(LONG, "renting it is cheap for two people") == "renting it is cheap for two people"


@given(
    st.lists(st.sampled_from(["rent", "pay", "it", "cheap", "not", "unless", "wenn", "sin", ",", ".", "nobody", "\n"])),
    st.integers(0, 400),
    st.integers(1, 400),
    st.integers(0, 60),
)
def test_a_guarded_quote_never_ends_before_a_turn_of_its_sentence(
    words: list[str], begin: int, size: int, pad: int
) -> None:
    text = " ".join(["We", *["pay"] * pad, *words, "all", *["pay"] * pad])
    statement = said(text).debate.statements["B1"]
    begin = min(begin, len(text) - 1)
    end = min(begin + size, len(text))
    first, last = quotes.guard(statement, (begin, end))
    assert first <= begin < end <= last
    for a, b in statement.spans:
        if a < last and b > first:
            dropped = f"{text[a : max(a, first)]} {text[min(b, last) : b]}".replace(",", " ").replace(".", " ").split()
            assert not {"not", "unless", "wenn", "sin", "nobody"}.intersection(dropped)


def test_words_that_turn_are_known_with_and_without_accents() -> None:
    assert turns("nunca, jamás, jama\u0301s, jamas; ausser, keinesfalls") == [
        *("nunca", "jamas", "jamas", "jamas"),
        *("ausser", "keinesfalls"),
    ]
    assert turns("لَا نستأجر") == ["لا"]
    assert turns("noble knots, butter and iffy notes") == []


def test_a_voice_that_quotes_in_passing_has_not_said_it() -> None:
    t = said("The Skeptic claims “renting is cheap for everybody”, and I would ask how many nights that holds.")
    assert quotes.prove("renting is cheap for everybody", "builder", t.debate.of("builder")) is None


# -- the judge's own quotations -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One voice said “renting is always cheaper than owning”.", ["renting is always cheaper than owning"]),
        ('As was said, "zebras win everything". Rent it.', ["zebras win everything"]),
        ("The Builder holds that “the API bill is 400 dollars a month”.", []),
        ("You said “two people and nobody is on call”, so rent.", []),
        ("Call it “peace of” mind.", []),
        ("It says ‘zebras win every race’ and ‘the API bill is 400 dollars’.", ["zebras win every race"]),
        ("It says 'zebras don't win a race' here.", ["zebras don't win a race"]),
        ("It says 'it's the teams' pagers that wake them' here.", []),
        ("The teams' bills and the users' nights are what counts, as in the '90s and in the teams' budgets.", []),
        (
            "Er sagt »das Leben ist kein Zoo« und ‹die Zebras siegen immer›.",
            ["das Leben ist kein Zoo", "die Zebras siegen immer"],
        ),
        ("彼は『縞馬がいつも勝つ』と言う。", ["縞馬がいつも勝つ"]),
        ("彼は「夜の当番が要る」と言う。", []),
        # only alike, or without the word that turns it: nothing here puts that right
        ("It holds that “the API bill was 400 dollars a month”.", ["the API bill was 400 dollars a month"]),
        ("It holds that “renting is cheap at all”.", ["renting is cheap at all"]),
        # who made it up before is no proof
        ("As was said, “servers never fail on a Sunday”.", ["servers never fail on a Sunday"]),
    ],
)
def test_what_the_judge_quotes_somebody_said(text: str, expected: list[str]) -> None:
    t = said("The API bill is 400 dollars a month. I don't believe renting is cheap at all. 夜の当番が要る。")
    t.say("skeptic", 0, "You hear “servers never fail on a Sunday” a lot. Well, it's the teams' pagers that wake them.")
    t.user("We are two people and nobody is on call.")
    assert quoted.unproven(text, t.debate) == expected


def test_a_judge_that_quotes_without_end_proves_no_more_than_is_looked_for() -> None:
    t = said("The API bill is 400 dollars a month.")
    text = "“The API bill is 400 dollars a month.” " * (quoted.MAX_TRACED + 2)
    assert len(quoted.unproven(text, t.debate)) == 2


def test_a_quote_with_the_tag_that_was_shown_with_it_is_proven() -> None:
    t = said("Nothing is won by renting it, mind you.", "skeptic")
    t.say(
        "builder",
        1,
        "You say “Nothing is won by renting it, mind you” and “zebras win every single race”, which is wrong.",
    )
    labels = Labels(t.debate, 1)
    line = labels.hide(transcript.numbered(t.debate, t.debate.statements["B2"], labels.id))
    proposed = labels.show(line.partition("] ")[2])
    assert "[verified: " in proposed
    assert "[unverified]" in proposed
    span = quotes.find(proposed, t.debate.statements["B2"])
    assert span == t.debate.statements["B2"].spans[0]


# -- quotations in what is said -------------------------------------------------------------------------------------


def test_quotations_are_found_in_the_marks_of_every_language() -> None:
    text = '“a” "b" «c» »d« „e“ „f” 「g」 『h』 ‹i› ”j” ＂k＂ “open «l» 19” rack “m” end “'
    found = [text[a:b] for a, b in quotes.quotations(text)]
    assert found == [*"abcdefghijk", "open «l» 19", "m"]


@given(st.text(alphabet='“”"«»„「」『』a '))
def test_quotations_stand_one_after_the_other(text: str) -> None:
    at = 0
    for begin, end in quotes.quotations(text):
        assert at < begin <= end < len(text)
        at = end + 1


def test_a_long_quotation_is_found_letter_for_letter_and_not_when_it_is_only_alike() -> None:
    words = ("you pay for what you rent and " * 60).strip()
    t = said(words)
    t.say("skeptic", 1, f"So “{words}” is wrong. And “{words[:900]}x{words[900:]}” is, too.")
    exact, alike = quoted.inside(t.debate, t.debate.statements["S2"])
    assert (exact.sentence, exact.exact) == ("B1.1", True)
    assert alike.sentence == ""


def test_what_is_quoted_beyond_the_limit_is_unverified() -> None:
    t = said("The API bill is 400 dollars a month.")
    t.say("skeptic", 1, "“The API bill is 400 dollars a month.” " * (quoted.MAX_TRACED + 3))
    found = quoted.inside(t.debate, t.debate.statements["S2"])
    assert [q.sentence for q in found] == ["B1.1"] * quoted.MAX_TRACED + [""] * 3


def test_quotations_are_looked_for_once_and_again_when_a_voice_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    t = said("The API bill is 400 dollars a month.")
    t.say("skeptic", 1, "You say “The API bill is 400 dollars a month.” and err.")
    looked: list[str] = []
    find = quoted._traced
    monkeypatch.setattr(
        quoted, "_traced", lambda a, b, words, others: looked.append(words) or find(a, b, words, others)
    )
    statement = t.debate.statements["S2"]
    first = quoted.inside(t.debate, statement)
    assert quoted.inside(t.debate, statement) is first
    assert first[0].sentence == "B1.1"
    assert len(looked) == 1
    t.say("researcher", 1, "The next one speaks.")
    assert quoted.inside(t.debate, statement) is first
    t.begin("builder", 0, attempt=2)
    t.words("builder", 0, "I take it back and say another thing.")
    assert quoted.inside(t.debate, statement)[0].sentence == ""
    t.begin("skeptic", 1, attempt=2)
    t.words("skeptic", 1, "You say “I take it back and say another thing.” and err no more.")
    assert quoted.inside(t.debate, t.debate.statements["S2"])[0].sentence == "B1.1"


# -- the fifth voice ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["No.", "Why?", "👍", "?!", "👍 👍 👍", "なぜ?"])
def test_nobody_answers_or_dodges_what_is_too_short_to_be_quoted(words: str) -> None:
    t = Talk()
    t.everybody(0)
    t.log.append(ev.FloorOpened(number=0))
    t.user(words)
    t.log.append(ev.FloorClosed(number=0, reason="spoke"))
    t.say("builder", 1, f"There is no reason why renting should win. {words}")
    for voice in ("skeptic", "researcher", "contrarian"):
        t.say(voice, 1, "I hold my point about costs and people.")
    t.floor(1)
    (statement,) = t.debate.of(ev.USER)
    assert statement.answered_in == 1
    assert answering.answers(t.debate, statement) == {}
    assert answering.no_reply(t.debate, statement) == ()
    t.ruled(Ruling("Rent it.", "Rent it."))
    (check,) = [c for c in score.score(t.debate).checks if c.key == "fifth_voice"]
    assert check.points is None


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("It says “rent it", True),
        ('It says "rent it', True),
        ("Er sagt „miete", True),
        ("Il dit « louez", True),
        ("It says “rent it” and goes.", False),
        ("Er sagt „miete“ und geht.", False),
        ("Er sagt »miete« und geht.", False),
        ('A 19" rack, or a 19” one.', False),
        ("rent it”, it says", False),
    ],
)
def test_a_quotation_that_ends_elsewhere_is_seen(text: str, is_open: bool) -> None:
    assert quoted.left_open(text) == is_open


def test_a_quotation_over_two_paragraphs_does_not_pass_unproven() -> None:
    t = said("You should rent it.")
    for seat in t.debate.council[1:]:
        t.say(seat.voice, 0, "Measure the load first.")
    proposal = verdict.Proposal("Rent it", "Measure first. “You should always\n\nown it”", (), (), (), ())
    ruling = verdict.rule(t.debate, proposal)
    assert "always" not in ruling.decision
    assert "“" not in ruling.decision
    assert any("a quotation that nobody said" in words for words in ruling.struck)
