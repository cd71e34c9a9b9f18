"""What a page about a debate tells besides what was said, as words: how it stands, its rounds, who was asked. Pure.

The page of Markdown and that of HTML say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from upverdict.core import document, plain_statement, plaintext
from upverdict.core import events as ev
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Statement

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(?:[/?\#][!#-;=?-\[\]_a-z~]*)?")
_STANDS: dict[State, str] = {
    "running": "There is no verdict yet: the debate goes on, and this is as far as it had come.",
    "interrupted": "There is no verdict yet: the debate was interrupted, and this is as far as it had come.",
}
MADE = "Made with upverdict. Quotes and cited sentences are found in what was said by code, not by a model."


def is_web(url: str) -> bool:
    """Whether it can be a link: an address of the web that hides nothing, without white space, a mark that acts, or a
    name before the host.
    """
    return _ADDRESS.fullmatch(url) is not None


def standing(debate: Debate, state: State) -> str:
    """Why there is no verdict, or none on what was said after it; empty where there is one on everything."""
    if state == "failed":
        return plaintext.why_not(debate)
    if debate.verdict is None:
        return _STANDS.get(state, "")
    last = debate.comments[-1] if debate.comments else None
    return plain_statement.outcome(last) if last is not None and not last.settled else ""


def rounds(debate: Debate) -> Iterator[tuple[str, list[Statement]]]:
    """The rounds before the verdict by their titles, in order, each with what was said in it. The user speaks before
    the round that answers.
    """
    found: dict[tuple[int, int], list[Statement]] = {}
    for statement in debate.statements.values():
        if statement.round != "discussion":
            found.setdefault(_place(statement), []).append(statement)
    for place in sorted(found):
        yield _title(found[place][0]), found[place]


def _place(statement: Statement) -> tuple[int, int]:
    if statement.voice == ev.USER:
        return statement.answered_in or 0, 0
    return statement.number, 2 if statement.round == "reply" else 1


def _title(statement: Statement) -> str:
    if statement.voice == ev.USER:
        return f"The floor before rebuttal {statement.answered_in}"
    match statement.round:
        case "opening":
            return "Openings"
        case "rebuttal":
            return f"Rebuttal {statement.number}"
        case _:
            return "Replies"


def asked(debate: Debate) -> Iterator[tuple[ev.Seat, str, str]]:
    """Every seat, the judge's last, with the models that answered and the hosts that were asked."""
    from upverdict.core.endpoints import host

    for seat in [*debate.council, debate.judge] if debate.judge else debate.council:
        spent = [one for one in debate.spent if one.voice == seat.voice]
        models = dict.fromkeys(one.model for one in spent if one.model) or {seat.model: None}
        hosts = dict.fromkeys(host(one.endpoint) for one in spent if one.endpoint) or {host(seat.endpoint): None}
        yield seat, ", ".join(models), ", ".join(hosts)


def began(debate: Debate) -> str:
    """When, to the minute, in UTC."""
    return f"{debate.created_at[:16].replace('T', ' ')} UTC"


def facts(debate: Debate, state: State) -> Iterator[str]:
    """Which debate this is, how much it was, and what it cost."""
    yield f"Debate {debate.id}, {state}, begun on {began(debate)}"
    ordered = f"{debate.rounds} {'round' if debate.rounds == 1 else 'rounds'} of rebuttals ordered"
    yield f"{len(debate.council)} voices, {ordered}, depth: {debate.depth}"
    if debate.shelf.tags:
        yield f"Tags: {', '.join(debate.shelf.tags)}"
    if debate.spent:
        yield f"{debate.usage.read:,} tokens read, {debate.usage.output:,} written, {_cost(debate)}"


def _cost(debate: Debate) -> str:
    from upverdict.core import prices

    dollars = document.cost(debate)
    if dollars is None:
        return prices.shown(None)
    return f"{prices.shown(Decimal(str(dollars)))} {prices.source(debate.spent)}"
