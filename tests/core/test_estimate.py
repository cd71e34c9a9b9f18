"""What a debate is likely to take: by hand where it can be, and against what debates then really take."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.core.test_limit import OPUS, limited
from tests.council import council
from tests.program import upverdict
from tests.scripted import ScriptedEndpoint
from upverdict.core import estimate, prices
from upverdict.core.debate import Debate
from upverdict.core.estimate import Plan, Range, Voice
from upverdict.core.folded import FRAME_ID

BALLOT = '\n```ballot\n{"option": "2", "confidence": 70, "crux": "who is on call"}\n```'


def plan(debate: Debate, price: prices.Price | None = OPUS, **more: Any) -> Plan:
    """The plan of a debate that was held, as it stood before it began."""
    assert debate.judge
    voices = [Voice(s.model, len(s.prompt.encode()), price, **more) for s in (*debate.council, debate.judge)]
    given = len((debate.question + debate.background).encode())
    return Plan(given, tuple(voices[:-1]), voices[-1], debate.rounds, debate.depth)


def within(number: int, range: Range) -> bool:
    return range.low <= number <= range.high


@pytest.mark.parametrize("depth", ["quick", "standard", "thorough"])
@pytest.mark.parametrize("rounds", [0, 1, 2])
async def test_what_a_debate_takes_lies_within_its_estimate(depth: str, rounds: int) -> None:
    def tail(ask: Any, _request: Any) -> str:
        return BALLOT if ask.step in ("opening", "rebuttal") else ""

    async with limited(council(tail=tail), None, auto=True, depth=depth, rounds=rounds) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        found = estimate.steps(plan(d.debate))
        whole = estimate.total(found)
        assert within(len(d.debate.spent), whole.requests)
        assert within(d.debate.usage.input, whole.read)
        assert within(d.debate.usage.output, whole.written)
        cost = prices.total(d.debate.spent)
        assert cost is not None
        assert whole.dollars
        assert whole.dollars[0] <= cost <= whole.dollars[1]
        by_name = {step.name: step for step in found}
        openings = [one for one in d.debate.spent if one.statement in ("B1", "S1", "R1", "C1")]
        assert within(sum(one.usage.input for one in openings), by_name["Openings"].read)
        assert within(sum(one.usage.output for one in openings), by_name["Openings"].written)
        assert ("Frame" in by_name) == any(one.statement == FRAME_ID for one in d.debate.spent)


FLAT = prices.Price(Decimal(1), Decimal(10), Decimal(2), Decimal("0.1"))


def test_the_openings_by_hand() -> None:
    """At the low end 4.2 bytes to a token, 200 words of 6 bytes and 20 tokens of the block behind them."""
    voice = Voice("m", 420, FLAT)
    found = estimate.steps(Plan(4_200, (voice,) * 4, voice, rounds=0, depth="quick"))
    shell = estimate.shell()
    shared, own = round((shell.shared + 4_200) / 4.2), round((shell.own + 420) / 4.2)
    assert [step.name for step in found] == ["Openings", "Verdict"]
    openings = found[0]
    assert openings.requests == (4, 4)
    assert openings.read.low == 4 * (shared + own)
    assert openings.written.low == 4 * (286 + 20)
    assert openings.dollars
    assert openings.dollars[0] == Decimal(openings.read.low + 10 * openings.written.low) / 1_000_000


def test_where_the_beginning_is_kept_it_is_cheaper_by_what_the_others_need_not_send() -> None:
    plain, kept = Voice("m", 420, FLAT), Voice("m", 420, FLAT, shares="here m")
    dear, cheap = (
        estimate.steps(Plan(42_000, (voice,) * 4, Voice("j", 0, FLAT), rounds=1, depth="quick"))
        for voice in (plain, kept)
    )
    for a, b in zip(dear, cheap, strict=True):
        assert a.read.low == b.read.low
        assert a.written == b.written
    shared = round((estimate.shell().shared + 42_000) / 4.2)
    assert dear[0].dollars
    assert cheap[0].dollars
    saved = dear[0].dollars[0] - cheap[0].dollars[0]
    # four times read at 1, against once kept at 2 and three times read from the cache at 0.1
    assert saved == Decimal(shared) * (4 - 2 - Decimal("0.3")) / 1_000_000
    assert dear[1].dollars
    assert cheap[1].dollars
    assert cheap[1].dollars[0] < dear[1].dollars[0]


def test_more_of_everything_costs_more() -> None:
    voice, judge = Voice("m", 1_000, OPUS), Voice("j", 1_000, OPUS)
    least = Plan(200, (voice,) * 2, judge, rounds=0, depth="quick")

    def cost(**more: Any) -> Decimal:
        from upverdict.core.values import replace

        dollars = estimate.total(estimate.steps(replace(least, **more))).dollars
        assert dollars
        return dollars[1]

    base = cost()
    assert cost(given=20_000) > base
    assert cost(council=(voice,) * 4) > base
    assert cost(rounds=2) > cost(rounds=1) > base
    assert cost(depth="thorough") > cost(depth="standard") > base
    assert cost(depth="standard", framed=True) < cost(depth="standard")
    assert cost(dense=2.0) > base
    assert cost(council=(Voice("m", 1_000, OPUS, searches=3), voice)) > base
    assert cost(judge=Voice("j", 1_000, OPUS, thinks=True)) > base


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("0.051", "0.094", "about $0.05–0.09"),
        ("0.050", "0.0501", "about $0.05"),
        ("0.001", "0.08", "up to $0.08"),
        ("0.001", "0.004", "under $0.01"),
        ("0", "0", "nothing"),
    ],
)
def test_how_dollars_are_told(low: str, high: str, words: str) -> None:
    assert estimate.shown((Decimal(low), Decimal(high))) == words
    assert estimate.shown(None) == "price unknown"


def test_one_unknown_price_makes_the_whole_unknown() -> None:
    voice, unknown = Voice("claude-opus-5-5", 400, prices.listed("claude-opus-5-5")), Voice("m-1", 400, None)
    whole = Plan(200, (voice, voice), voice)
    assert estimate.told(whole).startswith("About $")
    assert estimate.told(whole).endswith(f"by list prices of {prices.date()}")
    mixed = Plan(200, (voice, unknown), voice)
    assert estimate.total(estimate.steps(mixed)).dollars is None
    assert estimate.sentence(mixed) == ""
    assert estimate.told(mixed) == "Price unknown"
    assert "What m-1 costs is not known." in "\n".join(estimate.lines(mixed))
    free = Voice("smollm2", 400, prices.FREE, small=True)
    assert estimate.told(Plan(200, (free, free), free)) == "Costs nothing"


def test_the_program_tells_before_it_asks(at_home: Path) -> None:
    config = at_home / "config" / "config.toml"
    config.write_text('depth = "quick"\n[prices."dear-1"]\ninput = 4\noutput = 20\n', "utf-8")
    with ScriptedEndpoint.in_thread(council()) as server:
        ask = ("ask", "Rent or run?", "--endpoint", server.url, "--model", "dear-1")
        told = upverdict(*ask, "--estimate")
        assert told.code == 0
        assert told.out.splitlines()[1].startswith("Openings")
        assert "By your prices." in told.out
        as_json = upverdict(*ask, "--estimate", "--json", "--depth", "thorough").json
        assert [step["name"] for step in as_json["steps"]] == ["Frame", "Openings", "Rebuttals", "Replies", "Verdict"]
        low, high = as_json["total"]["cost_usd"]
        assert 0 < low < high
        assert not server.asks
        assert not upverdict("list").out
        held = upverdict(*ask)
        assert held.code == 0
        line = next(line for line in held.err.splitlines() if line.startswith("About $"))
        assert line.endswith(", by your prices.")
        dollars = [float(part) for part in line.removeprefix("About $").partition(",")[0].split("–")]
        assert dollars[0] <= upverdict("show", "last", "--json").json["cost_usd"] <= dollars[1]
        unknown = upverdict("ask", "Rent or run?", "--endpoint", server.url, "--model", "other", "--estimate")
        assert "price unknown" in unknown.out
        assert "What other costs is not known." in unknown.out


def test_what_claude_would_cost_is_told_before_there_is_a_key() -> None:
    done = upverdict("ask", "Rent or run?", "--endpoint", "claude", "--estimate", "--json")
    assert done.code == 0
    low, high = done.json["total"]["cost_usd"]
    assert high > low > 0
    assert upverdict("ask", "Rent or run?", "--endpoint", "claude").code == 3
