"""What requests cost, by the list prices of `models.toml`. A price that is not known is unknown, never 0. Pure but for
the data file, which is read once.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from upverdict.core.endpoints import BUILTIN, CLAUDE
from upverdict.core.folded import Spent

MILLION = Decimal(1_000_000)


@functools.cache
def _table() -> dict[str, Any]:
    path = Path(__file__).with_name("models.toml")
    return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)


def date() -> str:
    """The day on which the prices were looked up, ISO 8601."""
    return str(_table()["date"])


def cost(spent: Spent) -> Decimal | None:
    """US dollars of one request; None where its price is not known.

    A model is known by its name, with or without a date behind it, where it is Claude's own endpoint that was asked:
    others sell the same names at prices of their own. The built-in model costs nothing.
    """
    if spent.endpoint == BUILTIN:
        return Decimal(0)
    if spent.endpoint != CLAUDE:
        return None
    prices: dict[str, dict[str, Any]] = _table()["prices"]
    price = next((p for name, p in prices.items() if spent.model == name or spent.model.startswith(f"{name}-")), None)
    if price is None:
        return None
    used = spent.usage
    prompt = used.input + used.cache_read + used.cache_write
    factor = price.get("factor", 1) if prompt > price.get("long", prompt) else 1
    fields = ("input", "output", "cache_write", "cache_read")
    return sum((getattr(used, f) * Decimal(price[f]) for f in fields), Decimal(0)) * factor / MILLION


def total(spent: Iterable[Spent]) -> Decimal | None:
    """US dollars of all these requests; None where the price of one that used something is not known."""
    found = Decimal(0)
    for one in spent:
        if (price := cost(one)) is None:
            return None
        found += price
    return found


def shown(dollars: Decimal | None) -> str:
    """`$0.04`, `$0.0007` where that is less than a cent, `price unknown`."""
    if dollars is None:
        return "price unknown"
    return f"${dollars:.2f}" if dollars >= Decimal("0.01") or not dollars else f"${dollars:.4f}"
