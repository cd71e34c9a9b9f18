"""From an order and its seats to what is estimated (`estimate.py`): lengths, prices, and what endpoints do. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from upverdict.core import abilities, prices
from upverdict.core import events as ev
from upverdict.core.endpoints import CLAUDE, Endpoint
from upverdict.core.estimate import Plan, Voice
from upverdict.core.prompts import SEARCHES
from upverdict.core.seating import Seating

AT_WILL = "between_tools"
"""The way of thinking that is none before an answer without tools (wire.md, Claude)."""


def plan(
    seating: Seating,
    texts: Iterable[str],
    *,
    rounds: int,
    depth: str,
    framed: bool,
    own: Iterable[prices.Own] = (),
) -> Plan:
    """What is to be argued. `texts` are what all read from the start; `framed`: the frame is given."""
    given = "".join(texts)
    length = len(given.encode())

    def voice(seat: ev.Seat) -> Voice:
        return _voice(seat, seating.endpoints[seat.endpoint], own)

    return Plan(
        given=length,
        council=tuple(voice(seat) for seat in seating.council),
        judge=voice(seating.judge),
        rounds=rounds,
        depth=depth,
        framed=framed,
        dense=length / len(given) if given else 1.0,
    )


def _voice(seat: ev.Seat, endpoint: Endpoint, own: Iterable[prices.Own]) -> Voice:
    model = seat.model or endpoint.model
    can = abilities.declared(endpoint, model) or abilities.Abilities()
    small, _ = endpoint.size(model)
    return Voice(
        name=model,
        persona=len(seat.prompt.encode()),
        price=prices.at(endpoint, model, own),
        shares=f"{endpoint.name} {model}" if endpoint.caching else "",
        small=small,
        thinks=(bool(can.thinking) and can.thinking != AT_WILL) or (endpoint.kind == CLAUDE and not can.thinking),
        searches=SEARCHES if seat.search and can.search else 0,
    )
