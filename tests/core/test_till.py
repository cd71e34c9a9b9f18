"""What a request is given and what is left for the others: turns, other models, voices that never ask."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from tests import scripted, shapes
from tests.core.test_limit import OPUS, spent
from tests.core.test_runner import Held
from tests.council import council_but
from tests.scripted import Gate, Reply, ScriptedEndpoint, ScriptLike
from upverdict.core import events as ev
from upverdict.core.prices import FREE, Own, Price
from upverdict.core.runner import Runner
from upverdict.core.till import Till
from upverdict.core.values import replace

CHEAP = Price(Decimal("0.1"), Decimal("0.5"), Decimal("0.1"), Decimal("0.1"))
SEARCHED = replace(OPUS, search=Decimal(10))
SEARCH = {"abilities": {"search": "web_search_20250305"}, "searchers": ("researcher",)}


def held(server: ScriptedEndpoint, limit: str | None, *own: Own, **options: object) -> Held:
    """A debate of one round with a limit; its till is the runner's."""
    d = Held(server, auto=True, rounds=0, **options)
    dollars = None if limit is None else Decimal(limit)
    d.runner = Runner(d.log, d.lines, auto=True, till=Till(d.log, d.lines, dollars, own))
    return d


def turn(begins: int, ends: int, stop_reason: str = "pause_turn") -> Reply:
    """One turn of an answer that searches three times: tokens of its prompt before and after what is found."""
    words = [shapes.said("Some words of mine. " * 3)]
    usage = {"input_tokens": ends, "output_tokens": 60}
    sent = [*shapes._events(words, stop_reason, None, usage, 3, "scripted-1")]
    assert isinstance(sent[0], dict)
    sent[0]["message"]["usage"]["input_tokens"] = begins
    return scripted.events(sent)


@pytest.mark.parametrize("limit", ["0.3", "0.5", "0.6", "0.8", "4"])
async def test_an_answer_in_many_turns_stops_before_the_limit(limit: str) -> None:
    """Each turn reads all that the ones before have found, and searches anew."""
    turns = scripted.in_turn(
        turn(3_000, 33_000), turn(33_500, 63_000), turn(63_500, 93_000), turn(93_500, 123_000),
        turn(123_500, 153_000), turn(153_500, 180_000, "end_turn"),
    )  # fmt: skip
    others: dict[str, ScriptLike] = dict.fromkeys(("builder", "skeptic", "contrarian"), scripted.status(401))
    async with ScriptedEndpoint(council_but({"researcher opening": turns} | others)) as server:
        d = held(server, limit, Own("scripted-1", SEARCHED), **SEARCH)
        await asyncio.wait_for(d.runner.run(), 30)
        await d.lines.close()
        assert Decimal("0.1") < spent(d) <= Decimal(limit)
        said = d.debate.statements["R1"]
        assert said.text.startswith("Some words of mine.")
        asked = [r for r in server.asks if "You are now The Researcher" in str(r.texts)]
        assert len([s for s in d.debate.spent if s.statement == "R1"]) == len(asked), "each turn is counted once"
        if limit == "4":
            assert said.state == "finished"
        else:
            assert said.error
            assert said.error.kind == "limit"


@pytest.mark.parametrize("price", [CHEAP, FREE])
async def test_a_dearer_model_that_answers_instead_is_stopped_at_its_own_price(price: Price) -> None:
    dear = scripted.text("I am another model, and dear. " * 400, model="other-2")
    names = ("builder", "skeptic", "researcher", "contrarian")
    async with ScriptedEndpoint(council_but({f"{name} opening": dear for name in names})) as server:
        d = held(server, "0.1", Own("scripted-1", price), Own("other-2", OPUS))
        await asyncio.wait_for(d.runner.run(), 30)
        await d.lines.close()
        assert {s.model for s in d.debate.spent if s.statement[0] in "BSRC"} == {"other-2"}
        assert Decimal("0.03") < spent(d) <= Decimal("0.1")
        assert any(s.error and s.error.kind == "limit" for s in d.debate.statements.values())


@pytest.mark.parametrize("price", [CHEAP, FREE])
async def test_a_dearer_model_that_answers_one_may_answer_the_others_too(price: Price) -> None:
    """Three are sent and not answered when it is known: what their prompts cost then is left for them."""
    gate = Gate()
    dear = scripted.text("I am another model, and dear. " * 800, model="other-2")
    names = ("skeptic", "researcher", "contrarian")
    script = council_but({f"{name} opening": dear.after(gate) for name in names} | {"builder opening": dear})
    async with ScriptedEndpoint(script) as server:
        d = held(server, "0.1", Own("scripted-1", price), Own("other-2", OPUS))
        happened = d.log.subscribe()
        run = asyncio.create_task(d.runner.run())
        while not isinstance(await happened.get(), ev.UsageCounted):
            pass
        assert len(server.asks) == 4
        gate.open()
        await asyncio.wait_for(run, 30)
        await d.lines.close()
        assert {s.statement for s in d.debate.spent if s.model == "other-2"} >= {"B1", "S1", "R1", "C1"}
        assert Decimal("0.03") < spent(d) <= Decimal("0.1")


async def test_what_a_voice_that_was_stopped_would_have_needed_is_there_for_the_judge() -> None:
    """Two voices are stopped while they wait for the one that fills the cache: the rest is enough for a verdict."""
    gate = Gate()
    first = scripted.text("A few words of mine about it.").after(gate)
    short = scripted.text("A few words of mine too.")
    script = council_but({"builder opening": first, "contrarian opening": short})
    async with ScriptedEndpoint(script) as server:
        d = held(server, "0.2", Own("scripted-1", OPUS), caching=True)
        run = asyncio.create_task(d.runner.run())
        await server.wait_for(lambda requests: len(requests) == 1)
        d.runner.stop("skeptic")
        d.runner.stop("researcher")
        gate.open()
        await asyncio.wait_for(run, 30)
        await d.lines.close()
        assert spent(d) <= Decimal("0.2")
        ruled = next(r for r in server.asks if "Give your ruling" in r.last_text)
        assert ruled.json["max_tokens"] > 2_500, "more than the least that it is asked with"


async def test_nobody_has_searched_for_an_answer_that_never_began() -> None:
    async with ScriptedEndpoint(council_but({"researcher opening": scripted.never()})) as server:
        d = held(server, None, Own("scripted-1", SEARCHED), **SEARCH)
        run = asyncio.create_task(d.runner.run())
        await server.wait_for(lambda requests: len([r for r in requests if r.path == "/v1/messages"]) == 4)
        await d.until(lambda x: sum(s.state == "finished" for s in x.statements.values()) == 3)
        d.runner.stop("researcher")
        await asyncio.wait_for(run, 30)
        await d.lines.close()
        (counted,) = [s for s in d.debate.spent if s.statement == "R1"]
        assert counted.estimated
        assert counted.usage.searches == 0
        assert 0 < counted.usage.input < 5_000
