"""`--max-cost`: never passed, all that was said is kept, and rather fewer rounds than no verdict."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from tests import scripted
from tests.core.test_runner import Held
from tests.council import council, council_but
from tests.program import upverdict
from tests.scripted import Gate, ScriptedEndpoint, ScriptLike
from upverdict.core import endpoints, plain_statement, plain_verdict, prices
from upverdict.core.prices import Own, Price
from upverdict.core.runner import Runner
from upverdict.core.till import Till

OPUS = Price(Decimal(4), Decimal(20), Decimal(5), Decimal("0.2"))
"""The price of the scripted model, dear enough."""


@asynccontextmanager
async def limited(script: ScriptLike, limit: str | None, price: Price = OPUS, **options: object) -> AsyncIterator[Held]:
    """A debate whose model costs `price`, with a limit in US dollars."""
    async with ScriptedEndpoint(script) as server:
        one = Held(server, **options)  # type: ignore[arg-type]
        one.limit(None if limit is None else Decimal(limit), price)
        try:
            yield one
        finally:
            await one.lines.close()


def spent(d: Held) -> Decimal:
    found = prices.total(d.debate.spent)
    assert found is not None
    return found


@pytest.mark.parametrize("depth", ["quick", "standard", "thorough"])
@pytest.mark.parametrize("limit", ["0.02", "0.08", "0.11", "0.14", "0.17", "0.20", "0.30", "1"])
async def test_no_limit_is_ever_passed_and_what_was_said_stays(limit: str, depth: str) -> None:
    async with limited(council(), limit, auto=True, depth=depth) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert spent(d) <= Decimal(limit)
        assert len(d.debate.spent) == len(d.server.asks), "what was asked is counted"
        assert all(s.state == "finished" for s in d.debate.statements.values()), "nobody was cut off for it"
        if d.debate.outcome == "failed":
            assert d.debate.error
            assert d.debate.error.kind == "limit"
            assert d.debate.verdict is None
        else:
            assert d.debate.outcome == "finished"


async def test_a_verdict_after_fewer_rounds_is_better_than_none() -> None:
    async with limited(council(), "0.13", auto=True, rounds=3) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        assert d.debate.round < 3
        assert "cost" in d.debate.floors_closed.values()
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.checked
        told = list(plain_verdict.notes(d.debate, d.debate.verdict.ruling))
        left_out = 3 - d.debate.round
        what = f"{left_out} rounds" if left_out > 1 else "a round"
        assert f"The limit of costs left no room for {what} of rebuttals." in told


async def test_what_the_user_said_reaches_the_judge_where_no_voice_can_be_paid_to_answer_it() -> None:
    async with limited(council(), "0.13", auto=True, rebuttals=("I can't be on call at night.",)) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        assert d.debate.round == 0
        ruled = next(r for r in d.server.asks if "Give your ruling" in r.last_text)
        assert "I can't be on call at night." in ruled.prompt
        heading = plain_statement.heading(d.debate, d.debate.statements["Y1"])
        assert heading == "You, the fifth voice · answered by nobody, for the limit of costs"


async def test_where_the_second_pass_or_the_check_cannot_be_paid_the_first_pass_rules_without_it() -> None:
    seen = set()
    for limit in ("0.085", "0.09", "0.095", "0.10", "0.105", "0.11", "0.12", "0.13", "0.15"):
        async with limited(council(), limit, auto=True, depth="standard", rounds=0) as d:
            await asyncio.wait_for(d.runner.run(), 30)
            assert spent(d) <= Decimal(limit)
            if d.debate.verdict and d.debate.verdict.ruling:
                ruling = d.debate.verdict.ruling
                assert ruling.checked
                seen.add((ruling.passes, any("could not be held" in s for s in ruling.struck)))
    assert (2, False) in seen
    assert (1, False) in seen or (1, True) in seen


async def test_a_stream_that_does_not_end_is_stopped_before_the_limit() -> None:
    """This endpoint keeps to no `max_tokens`."""
    endless = scripted.text("I go on and on about it, and never come to an end of it. " * 4_000)
    async with limited(council_but({"builder opening": endless}), "0.16", auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        builder = d.debate.statements["B1"]
        assert builder.state == "partial"
        assert builder.error
        assert builder.error.kind == "limit"
        assert builder.text.startswith("I go on and on")
        counted = next(s for s in d.debate.spent if s.statement == "B1")
        assert counted.estimated
        assert spent(d) <= Decimal("0.16")
        assert [s.state for s in d.debate.in_round(0).values() if s.voice != "builder"] == ["finished"] * 3


async def test_each_request_is_told_how_much_it_may_write() -> None:
    async with limited(council(), "0.16", auto=True, rounds=0) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        rooms = [r.json["max_tokens"] for r in d.server.asks[:4]]
        assert all(900 <= room < 4096 for room in rooms)
    async with limited(council(), None, auto=True, rounds=0) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert {r.json["max_tokens"] for r in d.server.asks[:4]} == {4096}


async def test_retries_are_paid_from_the_same_purse() -> None:
    """Each attempt of one voice writes much and breaks off."""
    cut = scripted.text("A point that I make at great length. " * 60, at={2_200: scripted.reset()})
    async with limited(council_but({"skeptic": cut}), "0.15", auto=True, rounds=0) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        attempts = [s for s in d.debate.spent if s.statement == "S1"]
        assert attempts
        assert all(s.estimated and s.usage.output >= 550 for s in attempts)
        assert spent(d) <= Decimal("0.15")
        assert d.debate.statements["S1"].text


async def test_what_is_cancelled_is_counted() -> None:
    gate = Gate()
    slow = scripted.text("I have said this much, and then " + "more " * 40, at={32: scripted.hold(gate)})
    async with limited(council_but({"builder opening": slow}), None) as d:
        run = asyncio.create_task(d.runner.run())
        await d.until(lambda x: "B1" in x.statements and len(x.statements["B1"].text) >= 31)
        d.runner.stop("builder")
        await d.until(lambda x: not x.statements["B1"].live and x.floor == 0)
        counted = next(s for s in d.debate.spent if s.statement == "B1")
        asked = next(r for r in d.server.asks if "You are now The Builder" in r.last_text)
        assert counted.estimated
        assert counted.usage.input == scripted.messages.tokens(asked.prompt), "as the endpoint said at the start"
        assert counted.usage.output == 11, "32 bytes, three to a token"
        assert d.debate.statements["B1"].usage == counted.usage
        d.runner.interrupt()
        await asyncio.wait_for(run, 20)
        gate.open()


async def test_what_was_never_answered_is_reckoned_with_too() -> None:
    async with limited(council_but({"builder opening": scripted.never()}), None) as d:
        run = asyncio.create_task(d.runner.run())
        await d.server.wait_for(lambda rs: len([r for r in rs if r.path == "/v1/messages"]) == 4)
        await d.until(lambda x: sum(s.state == "finished" for s in x.statements.values()) == 3)
        d.runner.stop("builder")
        await d.until(lambda x: x.floor == 0)
        counted = next(s for s in d.debate.spent if s.statement == "B1")
        assert counted.estimated
        assert counted.usage.output == 0
        assert counted.usage.input > 0
        d.runner.interrupt()
        await asyncio.wait_for(run, 20)


async def test_what_failed_before_it_was_heard_costs_nothing() -> None:
    async with limited(council_but({"builder opening": scripted.status(529)}), None, auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert not [s for s in d.debate.spent if s.statement == "B1"]


async def test_a_debate_that_was_stopped_goes_on_with_a_higher_limit_and_asks_nothing_twice() -> None:
    async with limited(council(), "0.09", auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "failed"
        asked, cost = len(d.server.asks), spent(d)
        assert asked == 4
        again = Held(d.server, d.recording.events, auto=True)
        again.limit(cost + Decimal("0.001"), OPUS)
        await asyncio.wait_for(again.runner.run(), 30)
        assert len(d.server.asks) == asked, "what was spent before counts"
        third = Held(d.server, [*d.recording.events, *again.recording.events], auto=True)
        third.limit(Decimal(1), OPUS)
        await asyncio.wait_for(third.runner.run(), 30)
        await again.lines.close()
        await third.lines.close()
        assert third.debate.outcome == "finished"
        assert not [r for r in d.server.asks[asked:] if "Write your opening" in r.last_text]


async def test_who_pushes_back_is_held_to_the_limit_too() -> None:
    async with limited(council(), "1", auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        cost, asked = spent(d), len(d.server.asks)
        from upverdict.core import protocol
        from upverdict.core.text import sentences

        words = "You all forget who is on call at night."
        again = Held(d.server, d.recording.events, auto=True)
        again.log.append(protocol.user_comment(again.debate, words, sentences(words)))
        again.limit(cost + Decimal("0.01"), OPUS)
        await asyncio.wait_for(again.runner.run(), 30)
        await again.lines.close()
        assert len(d.server.asks) == asked
        assert again.debate.error
        assert again.debate.error.kind == "limit"
        assert again.debate.verdict, "the verdict before stands"


async def test_a_model_that_answers_in_place_of_the_one_asked_has_the_price_of_that() -> None:
    other = scripted.text("I am another one than you asked, and I say so.", model="other-2")
    async with limited(council_but({"builder opening": other}), "0.5", auto=True) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        assert {s.model for s in d.debate.spent} == {"scripted-1", "other-2"}
        assert spent(d) > 0


async def test_where_nobody_knows_what_the_model_that_answered_costs_no_more_is_asked() -> None:
    other = scripted.text("I am another one than you asked, and I say so.", model="claude-unheard-of")
    async with ScriptedEndpoint(council_but({"builder opening": other})) as server:
        d = Held(server, auto=True, name="claude", model="claude-opus-5-5", abilities={"kind": "claude"})
        d.runner = Runner(d.log, d.lines, auto=True, till=Till(d.log, d.lines, Decimal(1)))
        await asyncio.wait_for(d.runner.run(), 30)
        await d.lines.close()
        assert len(server.asks) == 4
        assert d.debate.error
        assert d.debate.error.message == (
            "claude-unheard-of has answered, and what it costs is not known: --max-cost can't hold any more."
        )


# -- on the command line -------------------------------------------------------------------------------------------


def priced(home: Path, words: str = "input = 4\noutput = 20") -> None:
    (home / "config" / "config.toml").write_text(f'depth = "quick"\n[prices."dear-1"]\n{words}\n', "utf-8")


def test_a_cent_on_an_expensive_model_stops_in_time_and_keeps_everything(at_home: Path) -> None:
    """The openings can be paid for a cent, the rebuttals and the verdict can't."""
    priced(at_home, "input = 0.4\noutput = 2")
    with ScriptedEndpoint.in_thread(council()) as server:
        done = upverdict("ask", "Rent or run?", "--endpoint", server.url, "--model", "dear-1", "--max-cost", "0.01")
        assert done.code == 1
        assert "could pass the limit of $0.01, of which $0.00" in done.err
        assert "--max-cost USD` goes on." in done.err
        assert len(server.asks) == 4
        kept = upverdict("show", "last", "--json").json
        assert [s["state"] for s in kept["statements"]] == ["finished"] * 4
        assert all(s["text"] in done.out for s in kept["statements"])
        assert 0 < kept["cost_usd"] <= 0.01
        more = upverdict("continue", kept["id"], "--max-cost", "$1")
        assert more.code == 0
        assert upverdict("show", "last", "--json").json["verdicts"]


def test_a_limit_that_pays_for_no_opening_asks_nobody(at_home: Path) -> None:
    priced(at_home)
    with ScriptedEndpoint.in_thread(council()) as server:
        done = upverdict("ask", "Rent or run?", "--endpoint", server.url, "--model", "dear-1", "--max-cost", "0.01")
        assert done.code == 1
        words = re.search(r"limit of \$0.01, of which \$0.00 is spent\. With (\$[\d.]+) it can go on\.", done.err)
        assert words
        assert not server.asks
        assert upverdict("continue", "last", "--max-cost", words[1]).code == 0, "so much is enough for a verdict"


@pytest.mark.parametrize("given", ["0", "-1", "nan", "inf", "much", ""])
def test_a_limit_is_more_than_nothing(given: str) -> None:
    done = upverdict("ask", "Rent or run?", "--max-cost", given)
    assert done.code == 2
    assert "like 0.50" in done.err


def test_where_a_price_is_not_known_no_limit_is_promised(at_home: Path) -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        ask = ("ask", "Rent or run?", "--endpoint", server.url, "--max-cost", "5")
        done = upverdict(*ask, "--model", "dear-1")
        assert done.code == 2
        assert "--max-cost can't hold: what dear-1 costs at http://127.0.0.1" in done.err
        assert "which The Builder is to use" in done.err
        assert '[prices."dear-1"]' in done.err
        assert "Name the model with --model" in upverdict(*ask).err
        priced(at_home)
        mixed = upverdict(*ask, "--model", "dear-1", "--voice-model", "skeptic=other")
        assert mixed.code == 2
        assert "which The Skeptic is to use" in mixed.err
        assert not server.asks
        assert not upverdict("list").out, "nothing was begun"
        assert upverdict("ask", "Rent or run?", "--endpoint", server.url).code == 0
        kept = upverdict("push-back", "last", "You forget the nights.", "--model", "dear-1", "--max-cost", "1")
        assert kept.code == 2
        assert "has cost until now is not known" in kept.err


def test_the_limit_of_the_configuration_holds_for_every_debate(at_home: Path) -> None:
    priced(at_home)
    config = at_home / "config" / "config.toml"
    config.write_text("max_cost = 0.01\n" + config.read_text("utf-8"), "utf-8")
    with ScriptedEndpoint.in_thread(council()) as server:
        ask = ("ask", "Rent or run?", "--endpoint", server.url, "--model", "dear-1")
        assert upverdict(*ask).code == 1
        assert not server.asks
        assert upverdict(*ask, "--max-cost", "2").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("max_cost = 0", "max_cost must be a number of US dollars over 0."),
        ('max_cost = "5"', "max_cost must be a number of US dollars over 0."),
        ("prices = 5", 'prices must be tables such as [prices."model-name"].'),
        ("[prices.gpt-5.1]\ninput = 1", '[prices."gpt-5"] must hold prices. A name with a dot in it'),
        ('[prices."m"]\ninput = 1', '[prices."m"] lacks output'),
        ('[prices."m"]\ninput = 1\noutput = -1', '[prices."m"]: output must be a number of US dollars, 0 or more.'),
        ('[prices."m"]\ninput = true\noutput = 1', '[prices."m"]: input must be a number'),
        ('[prices."m"]\ninput = 1\noutput = 1\nread = 2', '[prices."m"] has unknown keys: read.'),
        ('[prices."m"]\ninput = 1\noutput = 1\nendpoint = 5', "endpoint must be a name or an address."),
    ],
)
def test_what_is_wrong_with_prices_is_said(at_home: Path, words: str, said: str) -> None:
    (at_home / "config" / "config.toml").write_text(words, "utf-8")
    done = upverdict("list")
    assert done.code == 2
    assert said in done.err


def test_prices_of_ones_own() -> None:
    own = prices.parse(
        {
            "m": {"input": 1, "output": 2.5},
            "claude-opus-5-5": {"input": 3, "output": 15, "cache_write": 4, "cache_read": 0.3, "search": 8},
            "n": {"input": 0, "output": 0, "endpoint": "http://127.0.0.1:4000/v1/"},
        }
    )

    def price(endpoint: str, model: str, own: tuple[Own, ...] = own) -> Price | None:
        kinds = {"claude": endpoints.claude(), "builtin": endpoints.builtin()}
        named = dataclasses.replace(endpoints.server("http://127.0.0.1:9"), name=endpoint)
        return prices.at(kinds.get(endpoint, named), model, own)

    plain = price("http://127.0.0.1:1", "m")
    assert plain == Price(Decimal(1), Decimal("2.5"), Decimal(1), Decimal(1))
    assert price("http://127.0.0.1:1", "m-20261101") == plain
    assert price("http://127.0.0.1:1", "m-2") is None
    claude = price("claude", "claude-opus-5-5")
    assert claude
    assert claude.search == 8
    assert price("http://127.0.0.1:4000", "n") == prices.FREE
    assert price("http://127.0.0.1:4001", "n") is None
    assert price("builtin", "m") == prices.FREE
    both = (Own("m", OPUS), Own("m", prices.FREE, "here"))
    assert price("here", "m", both) == prices.FREE
    assert price("there", "m", both) == OPUS
    lab = dataclasses.replace(endpoints.claude(), name="lab")
    assert prices.at(lab, "claude-sonnet-5-5") == prices.listed("claude-sonnet-5-5"), "Claude by another name"
    haiku = prices.to_keep(lab, "claude-haiku-5-5")
    assert haiku
    assert prices.kept(haiku.rates) == haiku
    assert prices.to_keep(endpoints.claude(), "claude-haiku-5-5") is None
