"""What a debate has cost, part by part: each statement, the frame, each verdict. Pure; the parts are the whole."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from upverdict.core import events as ev
from upverdict.core import jsonform, plain_statement, prices
from upverdict.core.debate import Debate
from upverdict.core.folded import FRAME_ID, Spent
from upverdict.core.text import table
from upverdict.core.values import Simple


class Part(Simple):
    """What was spent under one id: a statement's, `frame` or `verdict 1`, with retries and what was cancelled.

    `dollars` is None where the price of one request is not known; `estimated`: no endpoint has counted all of it.
    """

    id: str
    voice: str
    requests: int
    usage: ev.Usage
    dollars: Decimal | None
    estimated: bool


def parts(debate: Debate) -> list[Part]:
    """In the order in which they were first asked for."""
    by_id: dict[str, list[Spent]] = {}
    for one in debate.spent:
        by_id.setdefault(one.statement, []).append(one)
    return [_part(id, found) for id, found in by_id.items()]


def _part(id: str, found: list[Spent]) -> Part:
    usage = sum((one.usage for one in found), ev.Usage())
    return Part(id, found[0].voice, len(found), usage, prices.total(found), any(one.estimated for one in found))


def document(part: Part) -> dict[str, jsonform.Json]:
    return {
        "for": part.id,
        "voice": part.voice,
        "requests": part.requests,
        "usage": jsonform.plain(part.usage),
        "cost_usd": None if part.dollars is None else float(part.dollars),
        "estimated": part.estimated,
    }


_HEAD = ("", "requests", "read", "kept", "from cache", "written", "searches", "cost")
"""Tokens read anew, read and kept in the cache, read from it, and written."""


def lines(debate: Debate) -> Iterator[str]:
    """A table, and what is to be known of it."""
    found = parts(debate)
    if not found:
        yield "Nobody was asked yet."
        return
    rows = [_HEAD, *(_row(_name(debate, part), part) for part in found), _row("Total", _part("", debate.spent))]
    shown = [n for n in range(len(_HEAD)) if n in (0, 1, 2, 5, 7) or any(row[n] != "0" for row in rows[1:])]
    yield from table([[row[n] for n in shown] for row in rows])
    yield ""
    known = prices.total(debate.spent)
    if known:
        yield f"Priced {prices.source(debate.spent)}."
    if any(part.estimated for part in found):
        yield "~ is in part an estimate: what was stopped or broke off was not counted by its endpoint to the end."
    if known is None:
        unknown = prices.unknown(s.model for s in debate.spent if prices.cost(s) is None)
        yield f"{unknown}, for later debates."


def _row(name: str, part: Part) -> tuple[str, ...]:
    used = part.usage
    counts = (part.requests, used.input, used.cache_write, used.cache_read, used.output, used.searches)
    dollars = "?" if part.dollars is None else f"${part.dollars:.4f}"
    return (name, *(f"{count:,}" for count in counts), ("~" if part.estimated else "") + dollars)


def _name(debate: Debate, part: Part) -> str:
    if part.id in debate.statements:
        return f"{part.id}  {plain_statement.heading(debate, debate.statements[part.id])}"
    return "The frame" if part.id == FRAME_ID else part.id.capitalize()
