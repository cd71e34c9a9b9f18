"""What a debate costs: by hand, to the cent; and unknown where it is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.core.talk import Talk
from tests.council import council
from tests.program import upverdict
from tests.scripted import ScriptedEndpoint
from upverdict.core import events as ev
from upverdict.core import prices
from upverdict.core.document import document
from upverdict.core.folded import Spent


def spent(model: str, *usage: int, endpoint: str = "claude") -> Spent:
    return Spent(endpoint, model, ev.Usage(*usage))


@pytest.mark.parametrize(
    ("one", "dollars"),
    [
        (spent("claude-sonnet-5-5", 1_000_000, 0), "2"),
        (spent("claude-sonnet-5-5", 0, 1_000_000), "10"),
        (spent("claude-sonnet-5-5", 1_000, 600, 20_000, 4_000), "0.022"),  # 0.002 + 0.006 + 0.004 + 0.010
        (spent("claude-opus-5-5-20260901", 3_000, 500), "0.022"),  # 0.012 + 0.010
        (spent("claude-haiku-5-5", 100_000, 1_000), "0.0105"),
        (spent("claude-haiku-5-5", 100_001, 1_000), "0.0525005"),  # five times as much, from the first token
        (spent("claude-haiku-5-5", 1, 1_000, 100_000), "0.0075005"),  # what is read from the cache counts as prompt
        (spent("smollm2", 5_000, 900, endpoint="builtin"), "0"),
    ],
)
def test_a_request_by_hand(one: Spent, dollars: str) -> None:
    assert prices.cost(one) == Decimal(dollars)


@pytest.mark.parametrize(
    "one",
    [
        spent("claude-sonnet-9", 1, 1),
        spent("claude-sonnet-5-55", 1, 1),
        spent("", 1, 1),
        spent("claude-sonnet-5-5", 1, 1, endpoint="http://127.0.0.1:4000"),
        spent("claude-sonnet-5-5", 1, 1, endpoint=""),
    ],
)
def test_a_price_that_is_not_known_is_unknown(one: Spent) -> None:
    assert prices.cost(one) is None
    assert prices.total([spent("claude-sonnet-5-5", 1, 1), one]) is None
    assert prices.shown(None) == "price unknown"


def test_a_debate_adds_up_to_the_cent() -> None:
    t = Talk()
    assert document(t.debate, "running")["cost_usd"] is None, "nothing was asked yet"
    for voice in ("builder", "skeptic"):
        t.say(voice, 0, "A word of mine, and that is all.")
        usage = ev.Usage(input=900, output=420, cache_read=11_000, cache_write=2_000 if voice == "builder" else 0)
        t.log.append(
            ev.UsageCounted(
                voice=voice,
                statement=f"{voice[0].upper()}1",
                model="claude-sonnet-5-5",
                usage=usage,
                endpoint="claude",
            )
        )
    # 2 x (900 x 2 + 420 x 10 + 11,000 x 0.20) + 2,000 x 2.50, for a million each
    assert prices.total(t.debate.spent) == Decimal("0.0214")
    assert document(t.debate, "running")["cost_usd"] == 0.0214
    assert prices.shown(prices.total(t.debate.spent)) == "$0.02"
    assert prices.shown(Decimal("0.0007")) == "$0.0007"


def test_what_it_took_is_told_and_a_server_of_ones_own_has_no_price() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        done = upverdict("ask", "Rent or run?", "--endpoint", server.url)
        assert done.code == 0
        assert "10 requests, " in done.err
        assert "tokens read, " in done.err
        assert "$" not in done.err
    assert upverdict("show", "last", "--json").json["cost_usd"] is None
