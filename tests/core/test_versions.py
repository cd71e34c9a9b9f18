"""Versions of a verdict: why there is one, what it says otherwise, and how `show` tells it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.talk import Talk
from tests.program import upverdict
from upverdict.core import plaintext
from upverdict.core.rulings import Claim, Dissent, Flip, Ruling, Stance
from upverdict.core.store.writer import Store
from upverdict.core.values import replace
from upverdict.core.versions import Change, cause, changes

COSTS = Claim("An API costs more from some load on.", {"builder": ("B1.1",), "skeptic": ("S1.2",)}, {})
DUTY = Claim("Somebody has to be on call.", {"skeptic": ("S1.1",)}, {"contrarian": ("C2.1",)})
FIRST = Ruling(
    headline="Rent until load is known.",
    decision="If you are two people, use the API. Measure for a month. Then look again.",
    agreed=(COSTS,),
    split=(DUTY,),
    flips=(Flip("A load that is steady.", "Look at last month's graph."),),
    option="rent",
    dissent=(Dissent("contrarian", Stance("self-host", 80), "Privacy."),),
    heard=("builder", "skeptic", "researcher", "contrarian"),
)


def talk() -> Talk:
    t = Talk()
    t.everybody(0)
    t.floor(0)
    t.everybody(1)
    t.floor(1)
    t.ruled(FIRST)
    return t


def test_each_version_says_why_it_exists() -> None:
    t = talk()
    pushed = t.comment("You forgot that our data may not leave the house, which is a matter of law and not of taste.")
    t.answer("skeptic", "That is new, and it changes my view.")
    t.ruled(FIRST, pushed)
    found = t.comment("It is steady: 40 requests a minute.", fact="A load that is steady.")
    t.ruled(FIRST, found)
    assert [cause(t.debate, v) for v in t.debate.verdicts] == [
        "after the debate",
        "you pushed back (Y1): “You forgot that our data may not leave the house, which is…”",
        "you found out about “A load that is steady.”: “It is steady: 40 requests a minute.”",
    ]


def test_a_cause_from_a_hostile_file_is_one_line_of_plain_text() -> None:
    t = talk()
    t.ruled(FIRST, "Y9\n\x1b[31mred")
    assert cause(t.debate, t.debate.verdicts[-1]) == "after Y9 red"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"headline": "Rent  until load is known"}, []),
        (
            {"headline": "Buy a server."},
            [Change("headline", "changed", "Buy a server.", "Rent until load is known.")],
        ),
        ({"option": "self-host"}, [Change("option", "changed", "self-host", "rent")]),
        ({"option": ""}, [Change("option", "removed", "rent")]),
        (
            {"decision": "If you are two people, use the API. Then look again. Ask a lawyer first."},
            [
                Change("decision", "removed", "Measure for a month."),
                Change("decision", "added", "Ask a lawyer first."),
            ],
        ),
        (
            {"decision": "If you are two people, use the API. Measure for a week. Then look again."},
            [Change("decision", "changed", "Measure for a week.", "Measure for a month.")],
        ),
        ({"decision": "Measure for a month. Then look again. If you are two people, use the API."}, []),
        ({"agreed": (), "split": (COSTS, DUTY)}, [Change("split", "moved", COSTS.claim, "agreed")]),
        (
            {"agreed": (replace(COSTS, claim="The office is too small."),)},
            [
                Change("agreed", "removed", COSTS.claim),
                Change("agreed", "added", "The office is too small."),
            ],
        ),
        (
            {"agreed": (replace(COSTS, claim="An API costs more from that load on."),)},
            [Change("agreed", "changed", "An API costs more from that load on.", COSTS.claim)],
        ),
        ({"agreed": (replace(COSTS, support={"builder": ("B1.1", "B2.1"), "skeptic": ("S3.1",)}),)}, []),
        (
            {"split": (replace(DUTY, support={"skeptic": ("S1.1",), "builder": ("B2.1",)}),)},
            [
                Change(
                    "split",
                    "changed",
                    "Somebody has to be on call. (held by B, S; contested by C)",
                    "Somebody has to be on call. (held by S; contested by C)",
                )
            ],
        ),
        (
            {"flips": (Flip("A load that is steady.", "Ask for the bill."),)},
            [
                Change(
                    "flips",
                    "changed",
                    "A load that is steady. To find out: Ask for the bill.",
                    "A load that is steady. To find out: Look at last month's graph.",
                )
            ],
        ),
        (
            {"dissent": (Dissent("builder", Stance("self-host", 60)),)},
            [
                Change("dissent", "removed", "“self-host” (80): Privacy.", voice="contrarian"),
                Change("dissent", "added", "“self-host” (60)", voice="builder"),
            ],
        ),
    ],
)
def test_what_changed(changed: dict[str, object], expected: list[Change]) -> None:
    assert changes(FIRST, replace(FIRST, **changed)) == expected


def test_a_claim_that_stands_twice_is_lost_once() -> None:
    twice = replace(FIRST, agreed=(COSTS, COSTS))
    assert changes(twice, FIRST) == [Change("agreed", "removed", COSTS.claim)]
    assert changes(FIRST, twice) == [Change("agreed", "added", COSTS.claim)]


def test_a_figure_or_a_not_that_is_another_is_a_difference() -> None:
    one, other = (replace(FIRST, headline=h) for h in ("Rent below 20 %.", "Rent below 30 %."))
    assert changes(one, other) == [Change("headline", "changed", "Rent below 30 %.", "Rent below 20 %.")]
    denied = replace(FIRST, agreed=(replace(COSTS, claim="An API costs not more from some load on."),))
    assert [c.kind for c in changes(FIRST, denied)] == ["changed"]


WORDS = st.sampled_from(["Rent now.", "Rent later.", "Buy.", "Ask who is on call.", "今すぐ借りる。", "أجّر الآن."])
RULINGS = st.builds(
    Ruling,
    headline=WORDS,
    decision=st.lists(WORDS, max_size=4).map(" ".join),
    agreed=st.lists(st.builds(Claim, WORDS, st.just({"builder": ("B1.1",)}), st.just({})), max_size=3).map(tuple),
    split=st.lists(st.builds(Claim, WORDS, st.just({"builder": ("B1.1",)}), st.just({})), max_size=3).map(tuple),
    flips=st.lists(st.builds(Flip, WORDS, st.just("")), max_size=3).map(tuple),
)


@given(RULINGS, RULINGS)
def test_nothing_is_lost_or_told_twice(before: Ruling, after: Ruling) -> None:
    assert changes(before, before) == []
    told = changes(before, after)
    for section in ("agreed", "split"):
        was, now = ([c.claim for c in getattr(r, section)] for r in (before, after))
        came = [c for c in told if c.section == section]
        into = sum(c.kind in ("added", "moved") for c in came)
        out_of = sum(c.kind == "removed" for c in came)
        out_of += sum(c.kind == "moved" and c.was == section for c in told)
        assert len(now) - len(was) == into - out_of
    facts = [c for c in told if c.section == "flips"]
    grown = sum(c.kind == "added" for c in facts) - sum(c.kind == "removed" for c in facts)
    assert len(after.flips) - len(before.flips) == grown


# -- what is shown -------------------------------------------------------------------------------------------------


def versions() -> Talk:
    """A debate in which a comment is upheld, a second one leads to version 2 and a finding waits for the judge."""
    t = talk()
    t.upheld(t.comment("I do not like it."))
    pushed = t.comment("Our data may not leave the house.")
    t.answer("skeptic", "That is new: I take it up.")
    second = replace(FIRST, headline="Buy one server.", agreed=(), split=(COSTS, DUTY), dissent=())
    t.ruled(second, pushed)
    t.comment("Forty a minute.", fact="A load that is steady.")
    return t


def test_show_tells_the_discussion_then_the_latest_version_and_what_changed() -> None:
    told = "\n".join(plaintext.whole(versions().debate, "finished"))
    places = [
        told.index(words)
        for words in (
            "## You, the fifth voice · on verdict 1\n\nI do not like it.",
            "[You pushed back (Y1); the judge found nothing new in it, and version 1 stands.]",
            "Our data may not leave the house.",
            "## The Skeptic · Discussion\n\nThat is new: I take it up.",
            "[You pushed back (Y2); the judge ruled again, as version 2.]",
            "## You, the fifth voice · on verdict 2\n\n"
            "[What you found out about “A load that is steady.”]\nForty a minute.",
            "[You told what you found out (Y3); the judge has not looked at it yet, and version 2 stands.]",
            "# Verdict (version 2): Buy one server.\n"
            "Version 2: you pushed back (Y2): “Our data may not leave the house.”",
            "What changed since version 1:\n"
            "  Headline\n    - Rent until load is known.\n    + Buy one server.\n"
            f"  Split\n    + {COSTS.claim} (it was agreed before)\n"
            "  Dissent\n    - The Contrarian: “self-host” (80): Privacy.\n",
            "Earlier versions (upverdict show 261124-abcde --version N shows one whole)\n"
            "  1  after the debate: Rent until load is known.",
        )
    ]
    assert places == sorted(places)
    assert told.count("That is new: I take it up.") == 1


def test_a_comment_does_not_change_how_many_an_earlier_verdict_heard() -> None:
    everybody = {v: (f"{v[0].upper()}1.1",) for v in FIRST.heard}
    t = talk()
    t.ruled(replace(FIRST, agreed=(Claim("Ask first.", everybody, {}),)))
    t.upheld(t.comment("I do not like it."))
    assert "  - Ask first. (all four)" in list(plaintext.whole(t.debate, "finished"))


def test_a_debate_with_one_version_tells_of_no_other() -> None:
    told = "\n".join(plaintext.whole(talk().debate, "finished"))
    assert "Version" not in told
    assert "version" not in told


def test_a_new_version_that_says_the_same_says_so() -> None:
    t = talk()
    t.ruled(FIRST, t.comment("I do not like it."))
    assert "Nothing changed since version 1." in list(plaintext.whole(t.debate, "finished"))


def test_the_command_shows_any_version(at_home: Path) -> None:
    async def keep() -> None:
        store = await Store.open(at_home / "debates.db")
        await store.import_debates([versions().events])
        await store.close()

    asyncio.run(keep())
    latest, first = upverdict("show", "last"), upverdict("show", "last", "--version", "1")
    assert "# Verdict (version 2): Buy one server." in latest.out
    assert "# Verdict: Rent until load is known." in first.out
    assert "Buy one server." not in first.out
    told = upverdict("show", "last", "--version", "2", "--json").json
    assert told == upverdict("show", "last", "--json").json["verdicts"][1]
    assert (told["version"], told["cause"]) == (2, "Y2")
    missing = upverdict("show", "last", "--version", "3")
    assert missing.code == 2
    assert missing.err == "upverdict: The verdict of 261124-abcde has no version 3: it has versions 1 to 2.\n"
    assert upverdict("show", "last", "--version", "0").code == 2
