"""When a fault is tried again: how often, after how long, and that nobody comes back together."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from tests.core.talk import NAMES, Talk
from tests.hurried import leaping
from upverdict.core import events as ev
from upverdict.core.faults import WireError
from upverdict.core.retrying import Retries, Waits

WHERE = "http://127.0.0.1:1 model-a"


def fault(kind: str, retry_after: float | None = None, *, transient: bool = True) -> WireError:
    return WireError(ev.Fault(kind, "It failed.", transient), retry_after)


@pytest.mark.parametrize(
    ("kind", "transient", "retry_after", "attempts"),
    [
        ("auth", False, None, 1),
        ("server", True, None, 4),
        ("cut", True, None, 4),
        ("stalled", True, None, 2),  # each has cost minutes
        ("garbled", True, None, 2),
        ("empty", True, None, 2),
        ("rate_limit", True, 60.0, 4),
        ("rate_limit", True, 61.0, 1),  # nobody sleeps that long unasked
    ],
)
def test_how_often_a_fault_is_tried(kind: str, transient: bool, retry_after: float | None, attempts: int) -> None:
    error = fault(kind, retry_after, transient=transient)
    assert [Retries().over(n, error) for n in range(1, 5)].index(True) + 1 == attempts


def test_waits_grow_are_spread_and_never_shorter_than_what_the_server_asks() -> None:
    for failed, least in ((1, 1.0), (2, 2.0), (3, 4.0)):
        waits = [Retries().delay(failed, None) for _ in range(50)]
        assert all(least <= w <= 1.5 * least for w in waits)
        assert len(set(waits)) > 1
    asked = [Retries().delay(1, 20.0) for _ in range(50)]
    assert all(20.0 <= w <= 20.5 for w in asked)
    assert len(set(asked)) > 1
    assert all(Retries().delay(1, 0.0) >= 1.0 for _ in range(20)), "a date in the past is no leave to hammer"
    assert Retries().delay(30, None) <= 90


def asked() -> Talk:
    """A debate whose openings are asked for."""
    talk = Talk()
    for voice in NAMES[:4]:
        talk.begin(voice)
    return talk


def _waits(talk: Talk) -> list[ev.Retrying]:
    return [e for e in talk.recording.events if isinstance(e, ev.Retrying)]


def test_four_that_are_turned_away_together_come_back_apart() -> None:
    talk, came = asked(), dict[str, float]()

    async def come(waits: Waits, id: str, retry_after: float | None) -> None:
        await waits.before("builder", id, 2, 1, fault("rate_limit", retry_after), WHERE)
        came[id] = asyncio.get_running_loop().time()

    async def all_of_them() -> None:
        waits = Waits(talk.log, None)
        async with asyncio.timeout(120):
            await asyncio.gather(*(come(waits, id, 5.0) for id in ("B1", "S1", "R1", "C1")))

    with asyncio.Runner(loop_factory=leaping) as runner:
        runner.run(all_of_them())
    delays = sorted(e.delay for e in _waits(talk))
    assert len(delays) == 4
    assert delays[0] >= 5
    assert all(later - sooner >= 0.49 for sooner, later in itertools.pairwise(delays))
    assert len(came) == 4


def test_other_endpoints_do_not_wait_for_one_that_turns_somebody_away() -> None:
    talk = asked()

    async def both() -> None:
        waits = Waits(talk.log, Retries(first=0.01))
        await waits.before("builder", "B1", 2, 1, fault("rate_limit", 0.0), WHERE)
        turned = asyncio.create_task(waits.before("builder", "B1", 2, 1, fault("rate_limit", 30.0), WHERE))
        await asyncio.sleep(0)
        assert not await waits.admitted("skeptic", "S1", 1, "another"), "it goes at once"
        waiting = asyncio.create_task(waits.admitted("skeptic", "S1", 1, WHERE))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        assert _waits(talk)[-1].statement == "S1"
        assert _waits(talk)[-1].delay > 29
        assert waits.hurry("S1")
        assert waits.hurry("B1")
        assert await waiting
        await turned

    asyncio.run(both())
