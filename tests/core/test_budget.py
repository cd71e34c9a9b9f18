"""What a request may cost before it is asked, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from upverdict.core import budget
from upverdict.core.budget import Bill
from upverdict.core.events import Usage
from upverdict.core.prices import Price
from upverdict.core.prompts import Prompt
from upverdict.core.stream import Stream

PRICE = Price(Decimal(4), Decimal(20), Decimal(5), Decimal("0.2"))


def test_a_prompt_is_never_smaller_than_an_endpoint_counts_it() -> None:
    prompt = Prompt("rules " * 100, ("question " * 50, "said " * 50), "you are", 500)
    texts = (prompt.system, *prompt.shared, prompt.own)
    assert budget.size(prompt) > sum(len(t) for t in texts) / 4
    assert budget.tokens("質問です") >= 4, "a script without spaces has about a token a character"
    with_form = Prompt("rules " * 100, ("question " * 50, "said " * 50), "you are", 500, schema={"type": "object"})
    assert budget.size(with_form) > budget.size(prompt)


def test_what_a_request_costs_at_the_most() -> None:
    assert Bill(PRICE, 1_000).most(500) == Decimal("0.014")  # 0.004 + 0.010
    assert Bill(PRICE, 1_000, cached=True).most(500) == Decimal("0.015"), "to keep it is dearer than to read it"


@pytest.mark.parametrize(
    ("dollars", "used", "room"),
    [
        ("0.014", None, 500),
        ("0.01401", None, 500),
        ("0.003", None, -50),
        ("0.014", Usage(input=800, output=77), 540),
        ("0.014", Usage(input=100, cache_read=900), 671),  # 0.014 - 0.0004 - 0.00018, at 0.00002 each
    ],
)
def test_how_much_may_be_written(dollars: str, used: Usage | None, room: int) -> None:
    assert Bill(PRICE, 1_000).room(Decimal(dollars), used) == room


@pytest.mark.parametrize(
    ("free", "others", "share"),
    [
        ("0.0219", 0, None),  # 1,000 read and 900 written take 0.022
        ("0.022", 3, "0.022"),
        ("0.100", 3, "0.025"),
        ("0.100", 0, "0.084"),  # all that it can take: 0.004 + 4,000 x 0.00002
    ],
)
def test_a_share_is_what_it_needs_or_more(free: str, others: int, share: str | None) -> None:
    found = budget.grant(Decimal(free), others, Bill(PRICE, 1_000), "opening", 4_000)
    assert found == (None if share is None else Decimal(share))


def test_what_has_not_ended_is_counted_as_far_as_it_came() -> None:
    bill, seen = Bill(PRICE, 1_000, cached=True), Stream()
    assert budget.latest(bill, seen) == Usage(), "not sent"
    seen.sent = True
    assert budget.latest(bill, seen) == Usage(cache_write=1_000), "nobody has counted it yet"
    seen.started, seen.input, seen.cache_read, seen.output, seen.written = True, 100, 850, 1, 301
    assert budget.latest(bill, seen) == Usage(100, 101, 850), "300 bytes and one are 101 tokens at the most"
    seen.stop_reason, seen.output = "end_turn", 75
    assert budget.latest(bill, seen) == Usage(100, 75, 850)
