"""The score: each check of protocol.md's list that code can make, what fails the whole, and how it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.talk import Talk
from tests.core.test_runner import held
from tests.council import council
from tests.program import upverdict
from upverdict.core import events as ev
from upverdict.core import quoted, score, sourcing, verdict
from upverdict.core.checks import Check
from upverdict.core.rulings import Claim, Glance, Moved, PullQuote, Ruling, Stance
from upverdict.core.store.writer import Store
from upverdict.core.values import replace

SAID = {
    "builder": "A server is a product that you did not plan to build. Rent until the load is known.",
    "skeptic": "The bill arrives on the day when nobody looks at it. Somebody has to be on call at night.",
    "researcher": "Most teams never use half of what they buy for this. Count the requests before you decide.",
    "contrarian": "Everybody rents and nobody asks what a privacy officer would say. Own the one thing that matters.",
}
QUOTED = {  # by whom, of whom: a ring
    "builder": ("skeptic", "The bill arrives on the day when nobody looks at it."),
    "skeptic": ("researcher", "Most teams never use half of what they buy for this."),
    "researcher": ("contrarian", "Own the one thing that matters."),
    "contrarian": ("builder", "Rent until the load is known."),
}
YOURS = "We are two people and our data may not leave the house."


def talk(user: str = "") -> Talk:
    """Openings, and what the user says after them."""
    t = Talk()
    for voice, words in SAID.items():
        t.say(voice, 0, words)
    if user:
        t.user(user)
    t.floor(0)
    return t


def rebut(t: Talk, said: dict[str, str] | None = None, *, to_you: str = "") -> None:
    """Everybody answers the next one with a quote; `said` has other words for some."""
    for voice, (target, words) in QUOTED.items():
        own = f"The {target.title()} says “{words}” That is not how it goes. {to_you}"
        t.say(voice, 1, (said or {}).get(voice, own))
    t.floor(1)


def ruling(t: Talk, **changes: object) -> Ruling:
    claim = Claim("Rent at first.", {"builder": ("B1.2",), "researcher": ("R1.2",)}, {})
    made = replace(verdict.own(t.debate), headline="Rent.", decision="Rent now.", agreed=(claim,), checked=True)
    return replace(made, **changes)


def whole(user: str = "", **changes: object) -> Talk:
    t = talk(user)
    rebut(t, to_you=f"You say “{YOURS}” and that is so." if user else "")
    t.ruled(ruling(t, **changes))
    return t


def check(t: Talk, key: str) -> Check:
    (found,) = [c for c in score.score(t.debate).checks if c.key == key]
    return found


def told(t: Talk, key: str) -> tuple[int | None, int, int]:
    found = check(t, key)
    return found.points, found.found, found.of


def test_a_debate_in_which_all_is_as_it_should_be() -> None:
    t = whole(YOURS)
    found = score.score(t.debate)
    assert list(score.lines(found)) == [
        "Score of verdict 1: 12 of 12",
        "  2/2  Pull quotes proven: 5 of 5.",
        "  2/2  Quotes inside the debate verbatim: 8 of 8.",
        "  2/2  Rebuttals that name and quote an opponent: 4 of 4.",
        "  2/2  Voices attacked: 4 of 4; sentences contested: 4.",
        "  2/2  Voices that took up your words: 4 of 4.",
        "   –   This model casts no ballots: nobody says whether it moved.",
        "   –   No voice gives a figure of its own.",
        "  2/2  Claims that cite sentences of the voices they name: 1 of 1, each held against these.",
        "Reasons, distinct voices, whole splits and useful advice take a reader: they are not scored.",
    ]
    assert [c.number for c in found.checks] == [1, 2, 3, 4, 5, 6, 8, 10]


def test_a_debate_without_a_verdict_has_no_score() -> None:
    t = talk()
    with pytest.raises(ValueError, match="no verdict"):
        score.score(t.debate)


def test_openings_alone_are_scored_by_what_there_is() -> None:
    t = talk()
    t.ruled(ruling(t))
    assert {c.key: c.points for c in score.score(t.debate).checks} == {
        "pull_quotes": 2,
        "quotes_verbatim": None,
        "opponents": None,
        "attacked": None,
        "fifth_voice": None,
        "moves": None,
        "figures": None,
        "claims": 2,
    }


# -- pull quotes, and what fails the whole ---------------------------------------------------------------------------


def test_a_voice_without_a_pull_quote_costs_points() -> None:
    t = whole()
    kept = verdict.own(t.debate).pull_quotes[:3]
    t = whole(pull_quotes=kept)
    assert told(t, "pull_quotes") == (0, 3, 4)
    assert score.score(t.debate).failed == ()


@pytest.mark.parametrize(
    "quote",
    [
        PullQuote("builder", "B1", "A server is a gift to build.", 0, 28),
        PullQuote("builder", "B1", "A server is a product", 1, 22),
        PullQuote("builder", "S1", SAID["skeptic"], 0, len(SAID["skeptic"])),
        PullQuote("builder", "B9", "A server is a product", 0, 21),
        PullQuote("builder", "B1", "", 5, 5),
        PullQuote("builder", "B1", "", -3, -3),
    ],
)
def test_a_pull_quote_that_was_not_said_so_fails_the_whole(quote: PullQuote) -> None:
    t = whole()
    others = [q for q in verdict.own(t.debate).pull_quotes if q.voice != "builder"]
    t = whole(pull_quotes=(quote, *others))
    assert told(t, "pull_quotes") == (0, 3, 4)
    found = score.score(t.debate)
    assert found.failed == (f"The Builder did not say the pull quote of {quote.statement}.",)
    assert found.points == 0
    assert found.possible > 0
    assert f"  Failed as a whole: {found.failed[0]}" in list(score.lines(found))


def test_words_that_a_voice_only_quotes_are_not_its_own() -> None:
    t = talk()
    rebut(t)
    words = QUOTED["builder"][1]
    begin = t.debate.statements["B2"].text.index(words)
    others = [q for q in verdict.own(t.debate).pull_quotes if q.voice != "builder"]
    t.ruled(ruling(t, pull_quotes=(PullQuote("builder", "B2", words, begin, begin + len(words)), *others)))
    assert score.score(t.debate).failed == ("The Builder did not say the pull quote of B2.",)


def moved_by(sentence: str) -> tuple[Moved, ...]:
    return (Moved("builder", Stance("rent", 60), Stance("buy", 60), sentence),)


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        (
            {"agreed": (Claim("Rent.", {"builder": ("B1.2",), "skeptic": ("R1.2",)}, {}),)},
            "A claim cites R1.2, which that voice did not say.",
        ),
        (
            {"split": (Claim("Rent.", {"builder": ("B1.2",)}, {"skeptic": ("S1.99",)}),)},
            "A claim cites S1.99, which that voice did not say.",
        ),
        ({"glance": (Glance("builder", "Buy at once."),)}, "The Builder did not begin with the words of the glance."),
        ({"glance": (Glance("nobody", "Buy at once."),)}, "Somebody who has no seat did not begin with"),
        ({"moved": moved_by("B1.1")}, "The Builder is said to be moved by B1.1, which no other voice said."),
        ({"moved": moved_by("S7.1")}, "The Builder is said to be moved by S7.1, which no other voice said."),
        ({"headline": "Rent\x1b[31m."}, "A text holds a control character."),
        ({"decision": "Rent \u202enow."}, "A text holds a control character."),
    ],
)
def test_a_false_attribution_or_a_control_fails_the_whole(changes: dict[str, object], failed: str) -> None:
    found = score.score(whole(**changes).debate)
    assert len(found.failed) == 1
    assert found.failed[0].startswith(failed)
    assert found.points == 0


def test_what_is_true_of_the_voices_fails_nothing() -> None:
    assert score.score(whole(moved=moved_by("S1.1")).debate).failed == ()


def test_a_control_in_a_statement_fails_the_whole() -> None:
    t = talk()
    rebut(t, {"builder": "Rent \x07 now. The bell is in the words."})
    t.ruled(ruling(t))
    assert score.score(t.debate).failed == ("A text holds a control character.",)


# -- quotes inside the debate, opponents, attacks -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The Skeptic says “the BILL arrives on the day when nobody looks at it”, but it does not.", (2, 4, 4)),
        ("The Skeptic says “the bill arrives on the day when nobody looks for it”, but it does not.", (0, 3, 4)),
        ("The Skeptic says “bills are always a surprise to you”, but it does not.", (0, 3, 4)),
        ("The Skeptic calls it “on call”, a “night job” and so on.", (2, 3, 3)),
        ("I said “Rent until the load is known” and hold it.", (2, 3, 3)),
        ("You ask “Self-host LLMs or use an API?” and I say rent.", (2, 3, 3)),
    ],
)
def test_quotes_inside_the_debate(words: str, expected: tuple[int | None, int, int]) -> None:
    t = talk()
    rebut(t, {"builder": words})
    t.ruled(ruling(t))
    assert told(t, "quotes_verbatim") == expected


def test_from_80_per_cent_on_there_is_one_point() -> None:
    t = talk(YOURS)
    made_up = "The Skeptic says “bills are always a surprise to you”. You say “" + YOURS + "” and that is so."
    rebut(t, {"builder": made_up}, to_you=f"You say “{YOURS}” and that is so.")
    t.ruled(ruling(t))
    assert told(t, "quotes_verbatim") == (1, 7, 8)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("The Skeptic says “The bill arrives on the day when nobody looks at it.” No.", 4),
        ("[S1.1] “The bill arrives on the day when nobody looks at it.” No.", 4),
        ("Somebody says “The bill arrives on the day when nobody looks at it.” No.", 3),
        ("The Researcher says “The bill arrives on the day when nobody looks at it.” No.", 3),
        ("The Skeptic is wrong about bills, and a skeptic should know.", 3),
    ],
)
def test_a_rebuttal_names_and_quotes_the_same_opponent(words: str, found: int) -> None:
    t = talk()
    rebut(t, {"builder": words})
    t.ruled(ruling(t))
    assert told(t, "opponents") == (2 if found == 4 else 0, found, 4)


def test_to_quote_the_user_alone_is_no_attack_and_names_no_opponent() -> None:
    t = talk(YOURS)
    rebut(t, dict.fromkeys(SAID, f"You say “{YOURS}” and that is so."))
    t.ruled(ruling(t))
    assert told(t, "opponents") == (0, 0, 4)
    assert told(t, "attacked") == (0, 0, 4)
    assert told(t, "fifth_voice") == (2, 4, 4)


def test_a_voice_that_nobody_attacks_costs_the_point() -> None:
    t = talk()
    rebut(t, {"builder": "The Researcher says “Count the requests before you decide.” That is late."})
    t.ruled(ruling(t))
    assert check(t, "attacked").words == "Voices attacked: 3 of 4; sentences contested: 4."
    assert told(t, "attacked") == (0, 3, 4)


def test_few_contested_sentences_give_one_point() -> None:
    t = Talk(voices=2)
    for voice in ("builder", "skeptic"):
        t.say(voice, 0, SAID[voice])
    t.say("builder", 1, "The Skeptic says “Somebody has to be on call at night.” No.")
    t.say("skeptic", 1, "The Builder says “Rent until the load is known.” It never is.")
    t.ruled(ruling(t, agreed=()))
    assert told(t, "attacked") == (1, 2, 2)


def ballot(t: Talk, voice: str, number: int, option: str = "rent", **more: object) -> None:
    id = f"{t.debate.letter(voice)}{number + 1}"
    round: ev.Round = "rebuttal" if number else "opening"
    cast = replace(ev.Ballot(option, 60), **more)
    t.log.append(ev.BallotCast(voice=voice, round=round, statement=id, ballot=cast))


@pytest.mark.parametrize(
    ("move", "found"),
    [
        (ev.Move("skeptic", "Somebody has to be on call at night.", "refute"), 4),
        (ev.Move("skeptic", "Somebody has to be on call at night.", "narrow"), 4),
        (ev.Move("skeptic", "Somebody has to be on call at night.", "concede"), 3),
        (ev.Move("skeptic", "nobody is ever on call here", "refute", sentence="S1.1"), 3),
        (ev.Move("skeptic", "Rent until the load is known.", "refute", sentence="B1.2"), 3),
    ],
)
def test_a_move_is_an_attack_where_its_quote_is_found_again(move: ev.Move, found: int) -> None:
    t = talk()
    rebut(t)
    ballot(t, "builder", 1, moves=(move,))
    t.ruled(ruling(t))
    assert told(t, "attacked") == (2 if found == 4 else 0, found, 4)


# -- the fifth voice, ballots ----------------------------------------------------------------------------------------


def test_who_spoke_only_after_the_verdict_is_not_told_to_have_been_silent() -> None:
    t = whole()
    assert check(t, "fifth_voice").words == "You did not speak."
    t.upheld(t.comment("You forget who is on call at night."))
    assert check(t, "fifth_voice").words == "You spoke only after the verdict, when no round had to answer."


def test_who_dodges_the_fifth_voice_is_named() -> None:
    t = talk(YOURS)
    answer = f"You say “{YOURS}” and that is so."
    rebut(t, {"contrarian": "The Builder is wrong, and I have no more to say."}, to_you=answer)
    t.ruled(ruling(t))
    assert told(t, "fifth_voice") == (0, 3, 4)
    assert check(t, "fifth_voice").words == (
        "Voices that took up your words: 3 of 4; no reply to Y1 from The Contrarian."
    )


def test_words_that_no_round_was_left_for_are_not_held_against_the_council() -> None:
    t = talk()
    rebut(t)
    t.user(YOURS)
    t.ruled(ruling(t))
    assert told(t, "fifth_voice") == (None, 0, 0)
    assert "no round left" in check(t, "fifth_voice").words


MOVES: list[tuple[Callable[[Talk], None], tuple[int | None, int, int]]] = [
    (lambda t: ballot(t, "builder", 1, change_if="The load is steady."), (2, 1, 1)),
    (lambda t: ballot(t, "builder", 1), (0, 0, 1)),
    (lambda t: ballot(t, "builder", 1, "buy", moved_by="S1.2"), (2, 1, 1)),
    (lambda t: ballot(t, "builder", 1, "buy", change_if="The load is steady."), (0, 0, 1)),
    (lambda t: ballot(t, "builder", 1, "buy", moved_by="B1.1"), (0, 0, 1)),
    (lambda t: ballot(t, "builder", 1, "buy", moved_by="S9.9"), (0, 0, 1)),
]


@pytest.mark.parametrize(("cast", "expected"), MOVES)
def test_who_moved_says_why_and_who_held_says_what_would_move_it(
    cast: Callable[[Talk], None], expected: tuple[int | None, int, int]
) -> None:
    t = talk()
    ballot(t, "builder", 0)
    rebut(t)
    cast(t)
    t.ruled(ruling(t))
    assert told(t, "moves") == expected
    assert check(t, "moves").words.endswith("no ballot from The Skeptic, The Researcher, The Contrarian.")


# -- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sourced"),
    [
        ("Some 40 % of them fail.", [False]),
        ("About 40 % of them fail, roughly.", [False]),
        ("I estimate that 40 % of them fail.", [True]),
        ("Some 40 % of them fail. That is an estimate of mine.", [True]),
        ("Some 40 % of them fail. They do. That is an estimate of mine.", [False]),
        ("Do not underestimate the 40 % that fail.", [False]),
        ("According to Gartner, 40 % of them fail.", [True]),
        ("According to the Skeptic, 40 % of them fail.", [False]),
        ("According to me, 40 % of them fail.", [False]),
        ("Some 40 % of them fail (Smith and Jones, 2024).", [True]),
        ("Some 40 % of them fail, as Smith et al. (2024) counted.", [True]),
        ("Some 40 % of them fail (since 2019).", [False]),
        ("Some 40 % of them fail: https://example.org/123/45.", [True]),
        ("In 2024 they began to fail.", []),
        ("Two people can do it.", []),
        ("Laut Bitkom scheitern 40 %.", [True]),
        ("Geschätzt scheitern 40 %.", [True]),
        ("総務省によると40%が失敗する。", [True]),
        ("推定で40%が失敗する。", [True]),
        ("40%が失敗する。", [False]),
        ("Of 12 teams 40 % fail (Smith, 2024).", [True, True]),
    ],
)
def test_a_figure_is_sourced_where_its_words_say_so(words: str, sourced: list[bool]) -> None:
    t = Talk()
    t.say("builder", 0, words)
    t.say("skeptic", 0, SAID["skeptic"])
    assert list(sourcing.judged(t.debate).values()) == sourced


def test_figures_that_were_given_or_sourced_before_need_no_source() -> None:
    t = Talk(question="Is a server for 900 requests a day worth it?")
    t.say("builder", 0, "At 900 requests it is not. According to Gartner, 40 % of them fail.")
    t.say("skeptic", 0, "Some 40 % of them fail, and 70 % pay.")
    t.user("We pay 55 dollars.")
    t.floor(0)
    t.say("researcher", 1, "Your 55 dollars, the 40 % and “70 % of all people pay for it” make 12 reasons.")
    t.ruled(ruling(t, agreed=()))
    assert sourcing.judged(t.debate) == {
        ("builder", (40.0, True)): True,
        ("skeptic", (40.0, True)): False,  # it had not read the Builder's
        ("skeptic", (70.0, True)): False,
        ("researcher", (12.0, False)): False,
    }
    assert told(t, "figures") == (0, 1, 4)


# -- claims ----------------------------------------------------------------------------------------------------------


def test_claims_that_no_checker_has_read_give_one_point_at_most() -> None:
    assert told(whole(), "claims") == (2, 1, 1)
    assert told(whole(checked=False), "claims") == (1, 1, 1)
    lone = Claim("Rent.", {}, {"builder": ("B1.2",)})
    assert told(whole(checked=False, split=(lone,)), "claims") == (0, 1, 2)
    assert told(whole(agreed=()), "claims") == (None, 0, 0)
    plain = check(whole(plain=True), "claims")
    assert plain.points is None
    assert plain.words.startswith("A plain verdict")


def test_it_is_the_latest_verdict_that_is_scored() -> None:
    t = whole(headline="Rent\x07.")
    t.ruled(ruling(t, agreed=()), t.comment("No."))
    found = score.score(t.debate)
    assert found.version == 2
    assert found.failed == ("A text holds a control character.",), "the first one is still shown"


def test_what_was_said_after_a_verdict_is_not_asked_of_it() -> None:
    t = whole()
    t.upheld(t.comment("No."))
    assert told(t, "pull_quotes") == (2, 4, 4)
    t.ruled(ruling(t), t.comment("The law forbids it."))
    assert told(t, "pull_quotes") == (2, 5, 5)


@pytest.mark.parametrize("language", ["en", "de", "ja", "ar"])
async def test_a_debate_over_a_real_socket_proves_all_its_quotes(language: str) -> None:
    async with held(council(language), auto=True, rebuttals=(YOURS,)) as d:
        await asyncio.wait_for(d.runner.run(), 30)
    found = score.score(d.debate)
    assert found.failed == ()
    points = {c.key: c.points for c in found.checks}
    for key in ("pull_quotes", "quotes_verbatim", "opponents", "attacked", "fifth_voice"):
        assert points[key] == 2, key
    inner = [q for s in d.debate.statements.values() for q in quoted.inside(d.debate, s)]
    assert len(inner) == 8


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_command(at_home: Path) -> None:
    async def keep(*talks: Talk) -> None:
        store = await Store.open(at_home / "debates.db")
        await store.import_debates([t.events for t in talks])
        await store.close()

    bad = whole(glance=(Glance("builder", "Buy at once."),))
    asyncio.run(keep(bad))
    text, data = upverdict("score", "last"), upverdict("score", "last", "--json")
    assert (text.code, data.code) == (0, 0), "a bad score is no error"
    assert text.out.splitlines() == list(score.lines(score.score(bad.debate)))
    assert data.json == {"id": bad.debate.id, **score.score(bad.debate).document()}
    assert (data.json["points"], len(data.json["failed"])) == (0, 1)
    assert upverdict("score", "nosuch").code == 4


def test_the_command_has_a_sentence_for_a_debate_without_a_verdict(at_home: Path) -> None:
    async def keep() -> None:
        store = await Store.open(at_home / "debates.db")
        await store.import_debates([talk().events])
        await store.close()

    asyncio.run(keep())
    done = upverdict("score", "last")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "upverdict: 261124-abcde has no verdict yet: there is nothing to score. "
        "`upverdict continue 261124-abcde` finishes it.\n"
    )
