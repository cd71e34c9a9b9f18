"""What a debate costs, on its screen: about, while voices write; within a limit, and what to do when it is reached."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests import scripted
from tests.council import council, council_but
from tests.scripted import Gate
from tests.tui.stage import Live, live
from upverdict.core import prices
from upverdict.core.debate import Debate
from upverdict.core.prices import Own, Price
from upverdict.tui.widgets import first_line
from upverdict.tui.widgets.first_line import Costs
from upverdict.tui.widgets.progress import HeadLine

DEAR = Own("dear-1", Price(Decimal(4), Decimal(20), Decimal(5), Decimal("0.2")))


def cost(s: Live) -> str:
    """What the first line says of costs."""
    facts = s.screen.query_one(HeadLine).facts
    return next((fact for fact in facts if "$" in fact), "")


async def test_the_sum_runs_while_voices_write_and_is_exact_when_they_have_ended(tmp_path: Path) -> None:
    gate = Gate()
    script = council_but({"builder opening": scripted.text("I say " * 200, at={900: scripted.hold(gate)})})
    settings = {"prices": (DEAR,)}
    async with live(script, tmp_path, model="dear-1", settings=settings, max_cost=0.5) as s:
        await s.until(lambda: sum(x.state == "finished" for x in s.debate.statements.values()) == 3)
        await s.until(lambda: len(s.debate.statements["B1"].text) > 800 and cost(s).startswith("~$"))
        running, spent = s.session.runner.till.running, s.session.runner.till.spent
        assert running is not None
        assert spent is not None
        assert running > spent, "what is under way is in it"
        assert cost(s) == f"~{prices.shown(running)} of $0.50"
        gate.open()
        await s.floor(0)
        await s.until(lambda: cost(s) and not cost(s).startswith("~"))
        assert cost(s) == f"{prices.shown(prices.total(s.debate.spent))} of $0.50"


async def test_where_the_limit_is_reached_the_screen_says_what_to_do(tmp_path: Path) -> None:
    settings = {"prices": (DEAR,), "max_cost": 0.01, "auto": True}
    async with live(council(), tmp_path, model="dear-1", settings=settings) as s:
        await s.until(lambda: s.screen.over)
        assert "The openings could pass the limit of $0.01, of which $0.00 is spent." in s.standing
        assert [s.pane(x).look.word for x in "BSRC"] == ["not asked"] * 4, "nobody waits any more"
        assert f"`upverdict continue {s.debate.id} --max-cost USD` goes on" in s.standing
        assert not s.server.asks


async def test_the_screen_says_why_the_judge_rules_early(tmp_path: Path) -> None:
    gate = Gate()
    slow = scripted.text("{", at={0: scripted.hold(gate)})
    settings = {"prices": (DEAR,), "auto": True}
    async with live(council_but({"judge": slow}), tmp_path, model="dear-1", settings=settings, max_cost=0.14) as s:
        await s.until(lambda: s.debate.judging)
        assert s.debate.floors_closed == {0: "cost"}
        await s.until(lambda: "the limit of costs has no room for another round" in s.standing)
        gate.open()


@pytest.mark.parametrize(
    ("costs", "shown"),
    [
        (Costs(), ""),
        (Costs(limit=Decimal("0.1")), "$0.00 of $0.10"),
        (Costs(running=Decimal("0.031")), "~$0.03"),
        (Costs(running=Decimal("0.031"), limit=Decimal("0.1")), "~$0.03 of $0.10"),
        (Costs(running=Decimal(0)), ""),
    ],
)
def test_how_it_is_written(costs: Costs, shown: str) -> None:
    assert first_line.cost(Debate(), costs) == shown
