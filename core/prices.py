"""What requests cost: by the user's own prices from `config.toml`, else by the list prices of `models.toml`. A price
that is not known is unknown, never 0. Pure but for the data file, which is read once.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from upverdict.core.endpoints import BUILTIN, CLAUDE, Endpoint, goes_by, stripped
from upverdict.core.events import Usage
from upverdict.core.folded import Spent
from upverdict.core.text import clean
from upverdict.core.values import Simple, is_a

RATES = ("input", "output", "cache_write", "cache_read")
MILLION = Decimal(1_000_000)
THOUSAND = Decimal(1_000)


class Price(Simple):
    """US dollars for a million tokens read, written, put into an endpoint's cache, read from it; and 1,000 searches.

    A prompt of more than `long` tokens costs `factor` times as much, and so does its answer; `long` 0 is never.
    """

    input: Decimal
    output: Decimal
    cache_write: Decimal
    cache_read: Decimal
    search: Decimal = Decimal(0)
    long: int = 0
    factor: Decimal = Decimal(1)

    def of(self, used: Usage) -> Decimal:
        """US dollars of what one request used."""
        factor = self.factor if self.long and used.read > self.long else 1
        tokens = (
            used.input * self.input
            + used.output * self.output
            + used.cache_write * self.cache_write
            + used.cache_read * self.cache_read
        )
        return tokens * factor / MILLION + used.searches * self.search / THOUSAND

    @property
    def rates(self) -> tuple[float, ...]:
        """How an event keeps it (`events.UsageCounted`)."""
        return tuple(float(getattr(self, field)) for field in self.FIELDS)

    @property
    def free(self) -> bool:
        return not any(getattr(self, field) for field in (*RATES, "search"))


FREE = Price(Decimal(0), Decimal(0), Decimal(0), Decimal(0))


class Own(Simple):
    """A price of the user's own. `endpoint` is the name or address that it holds for; empty: wherever it is asked."""

    model: str
    price: Price
    endpoint: str = ""


def parse(raw: Any) -> tuple[Own, ...]:
    """The user's own prices, from the table `prices` of `config.toml`: a table for each model, by its name.

    `input` and `output` are needed; what is put into a cache and read from it costs what is read, unless it is given.
    Raises ValueError with a sentence that says what is wrong.
    """
    if not isinstance(raw, dict):
        raise ValueError('prices must be tables such as [prices."model-name"].')
    return tuple(_own(model, given) for model, given in raw.items())


def _own(model: str, given: Any) -> Own:
    where = f'[prices."{model}"]'
    if not isinstance(given, dict) or any(isinstance(v, dict) for v in given.values()):
        raise ValueError(f"{where} must hold prices. A name with a dot in it stands in quotation marks.")
    known = (*RATES, "search", "endpoint")
    if unknown := given.keys() - set(known):
        raise ValueError(f"{where} has unknown keys: {', '.join(sorted(unknown))}. Known are: {', '.join(known)}.")
    for field in ("input", "output"):
        if field not in given:
            raise ValueError(f"{where} lacks {field}: US dollars for a million tokens.")
    rates = {field: _rate(where, field, given.get(field, given["input"])) for field in RATES}
    endpoint = given.get("endpoint", "")
    if not isinstance(endpoint, str):
        raise ValueError(f"{where}: endpoint must be a name or an address.")
    price = Price(**rates, search=_rate(where, "search", given.get("search", 0)))  # type: ignore[arg-type]
    return Own(model, price, stripped(endpoint))


def _rate(where: str, field: str, given: Any) -> Decimal:
    if not is_a(given, (int, float)) or not 0 <= given < 1e6:
        raise ValueError(f"{where}: {field} must be a number of US dollars, 0 or more.")
    return Decimal(str(given))


@functools.cache
def _table() -> dict[str, Any]:
    path = Path(__file__).with_name("models.toml")
    return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)


def date() -> str:
    """The day on which the list prices were looked up, ISO 8601."""
    return str(_table()["date"])


@functools.cache
def _list() -> Mapping[str, Price]:
    table = _table()
    search = Decimal(table["search"]["thousand"])
    return {
        name: Price(
            **{field: Decimal(given[field]) for field in RATES},
            search=search,
            long=given.get("long", 0),
            factor=Decimal(given.get("factor", 1)),
        )
        for name, given in table["prices"].items()
    }


def listed(model: str) -> Price | None:
    """The list price of a model of Claude's; None where it is not known."""
    return next((p for name, p in _list().items() if goes_by(model, name)), None)


def own_price(names: tuple[str, ...], model: str, own: Iterable[Own]) -> Price | None:
    """The user's own price of a model at the endpoint that goes by these; one for this endpoint alone comes first."""
    fitting = [o for o in own if model and goes_by(model, o.model) and o.endpoint in ("", *names)]
    return max(fitting, key=lambda o: bool(o.endpoint)).price if fitting else None


def at(endpoint: Endpoint, model: str, own: Iterable[Own] = ()) -> Price | None:
    """What a model costs at an endpoint; None where that is not known.

    The user's own price comes first. A list price holds where it is Claude's own endpoint that is asked: others sell
    the same names at prices of their own. The built-in model costs nothing.
    """
    if endpoint.kind == BUILTIN:
        return FREE
    mine = own_price((endpoint.name, endpoint.url), model, own)
    return mine if mine is not None or endpoint.kind != CLAUDE else listed(model)


def to_keep(endpoint: Endpoint, model: str, own: Iterable[Own] = ()) -> Price | None:
    """The price that an event has to keep, since nobody could tell it later by the endpoint's name and the model."""
    if endpoint.name in (BUILTIN, CLAUDE):
        return own_price((endpoint.name, endpoint.url), model, own) if endpoint.kind != BUILTIN else None
    return at(endpoint, model, own)


def kept(rates: Iterable[float]) -> Price:
    """The price that an event has kept."""
    read, written, put, taken, search, long, factor = (Decimal(str(rate)) for rate in rates)
    return Price(read, written, put, taken, search, int(long), factor)


def cost(spent: Spent, own: Iterable[Own] = ()) -> Decimal | None:
    """US dollars of one request; None where its price is not known.

    With `own`, one of before the user gave its price costs what it would now.
    """
    if spent.rates:
        return kept(spent.rates).of(spent.usage)
    if mine := own_price((spent.endpoint,), spent.model, own):
        return mine.of(spent.usage)
    if spent.endpoint == BUILTIN:
        return Decimal(0)
    found = listed(spent.model) if spent.endpoint == CLAUDE else None
    return None if found is None else found.of(spent.usage)


def total(spent: Iterable[Spent], own: Iterable[Own] = ()) -> Decimal | None:
    """US dollars of all these requests; None where the price of one of them is not known."""
    found = Decimal(0)
    for one in spent:
        if (dollars := cost(one, own)) is None:
            return None
        found += dollars
    return found


def source(spent: Iterable[Spent]) -> str:
    """By whose prices these cost what they cost: `at list prices of 2026-11-24`, `at your prices`, or both."""
    own = {bool(one.rates) for one in spent if one.endpoint != BUILTIN}
    listed = f"at list prices of {date()}"
    return {frozenset({True}): "at your prices", frozenset({True, False}): f"at your prices, else {listed}"}.get(
        frozenset(own), listed
    )


def unknown(models: Iterable[str]) -> str:
    """What is said of models whose prices are not known, but for the full stop."""
    names = sorted({clean(model) or "a model without a name" for model in models})
    return f"What {', '.join(names)} costs is not known. [prices] in config.toml can say it"


def shown(dollars: Decimal | None) -> str:
    """`$0.04`, `$0.0007` where that is less than a cent, `price unknown`."""
    if dollars is None:
        return "price unknown"
    return f"${dollars:.2f}" if dollars >= Decimal("0.01") or not dollars else f"${dollars:.4f}"
