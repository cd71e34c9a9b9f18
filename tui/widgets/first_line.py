"""What stands in the first line right of the question: who is asked, what it took, where the debate is. Pure: reads the
fold; knows no widget and no clock.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from upverdict.core import prices
from upverdict.core.debate import Debate
from upverdict.core.endpoints import BUILTIN, host
from upverdict.core.text import clean


class Costs(NamedTuple):
    """What stands of costs beside the fold: US dollars with what is under way, about, and the limit."""

    running: Decimal | None = None
    limit: Decimal | None = None


def facts(debate: Debate, *, seconds: int | None, costs: Costs = Costs()) -> list[str]:  # noqa: B008  a frozen value
    """What stands right of the question, the most dispensable first: endpoint, tokens, cost, round, time."""
    used = debate.usage.input + debate.usage.output + debate.usage.cache_read + debate.usage.cache_write
    found = [endpoints(debate), f"{amount(used)} tok" if used else "", *_needed(debate, seconds, costs)]
    return [f for f in found if f]


def forms(debate: Debate, *, seconds: int | None, costs: Costs) -> tuple[tuple[str, ...], ...]:
    """The facts that a person needs, for where not all have room, the fullest first: what it cost, the round, the time;
    the same in fewer words; the round and the time; the time."""
    needed = _needed(debate, seconds, costs)
    spent, _, _ = needed[0].partition(" of ")
    brief = [spent, stage(debate).replace(" of ", "/"), needed[-1]]
    found = (needed, brief, brief[1:], brief[2:])
    return tuple(tuple(f for f in form if f) for form in found)


def _needed(debate: Debate, seconds: int | None, costs: Costs) -> list[str]:
    time = debate.created_at[:10] if seconds is None else clock(seconds)
    return [cost(debate, costs), stage(debate), time]


def clock(seconds: int) -> str:
    """`00:41`, `1:02:03`."""
    minutes, left = divmod(seconds, 60)
    return f"{minutes:02}:{left:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{left:02}"


def cost(debate: Debate, costs: Costs) -> str:
    """`$0.03`, `~$0.03` while somebody writes, `$0.03 of $0.10` within a limit; nothing where no price is known."""
    spent = prices.total(debate.spent) if costs.running is None else costs.running
    if spent is None or not (spent or costs.limit):
        return ""
    about = "" if costs.running is None else "~"
    limit = "" if costs.limit is None else f" of {prices.shown(costs.limit)}"
    return f"{about}{prices.shown(spent)}{limit}"


def endpoints(debate: Debate) -> str:
    """Who answers: the endpoint's name, the host of an address; the built-in model owns up to being tiny. Where several
    do, the two, or how many they are; where it is another one for the judge alone, that one too."""
    names = list(dict.fromkeys(host(clean(s.endpoint)) for s in debate.council))
    judge = host(clean(debate.judge.endpoint)) if debate.judge and debate.judge.endpoint else ""
    if len(names) == 1:
        models = {s.model for s in debate.council}
        several = f", {len(models)} models" if len(models) > 1 else ""
        alone = "built-in model, for trying only" if names[0] == BUILTIN and judge in ("", BUILTIN) else names[0]
        return alone + several + (f", judge at {judge}" if judge and judge not in names else "")
    names += [judge] if judge and judge not in names else []
    return " + ".join(names) if len(names) == 2 else f"{len(names)} endpoints"


def asked(debate: Debate) -> dict[str, str]:
    """With what each voice of the council is asked, by voice, where that is not the same for all: its model, and its
    endpoint where these differ."""
    seats = debate.council
    if len({(s.endpoint, s.model) for s in seats}) < 2:
        return {}
    several = len({s.endpoint for s in seats}) > 1
    return {
        s.voice: " ".join([clean(s.model), *([f"@ {host(clean(s.endpoint))}"] if several else [])]).strip()
        for s in seats
    }


def stage(debate: Debate) -> str:
    """`frame`, `openings`, `rebuttal 1 of 2`, `the floor`, `replies`, `verdict`, `discussion`."""
    if debate.verdict and debate.comment and not debate.judging and debate.outcome == "running":
        return "discussion"
    if debate.verdict or debate.judging:
        return "verdict"
    if debate.floor is not None:
        return "the floor"
    if debate.replies:
        return "replies"
    if debate.round < 0 and debate.depth != "quick" and debate.framing.settled is None:
        return "frame"
    if debate.round > 0:
        return f"rebuttal {debate.round} of {max(debate.rounds_wanted, debate.round)}"
    return "openings"


def amount(tokens: int) -> str:
    """`640`, `6.1k`, `1.2M`."""
    for limit, divisor, unit in ((1_000, 1, ""), (1_000_000, 1_000, "k"), (10**12, 1_000_000, "M")):
        if tokens < limit:
            return f"{tokens / divisor:.1f}{unit}" if unit else str(tokens)
    return f"{tokens:.0e}"
