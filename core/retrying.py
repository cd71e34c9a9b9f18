"""When a fault that can pass is tried again, and the waits between. Knows the log; asks nobody."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from upverdict.core import events as ev
from upverdict.core.faults import MAX_WAIT, WireError
from upverdict.core.log import Log
from upverdict.core.values import replace

FEWER: Mapping[str, int] = MappingProxyType({"stalled": 2, "garbled": 2, "empty": 2})
"""Attempts after which these kinds of faults are given up: each has cost minutes, or a whole answer."""
TURNED_AWAY = ("rate_limit", "overloaded")
"""Kinds of faults that say of an endpoint, not of a request, that it takes no more for now."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and after how many seconds a fault that can pass is tried again.

    The waits double from `first` and are spread by up to half; a server's own `retry-after` counts up to `cap`, and
    one that asks for more is not tried again.
    """

    tries: int = 4
    first: float = 1.0
    cap: float = MAX_WAIT

    def delay(self, failed: int, retry_after: float | None) -> float:
        """Seconds to wait after the attempt with number `failed` (from 1)."""
        own = min(self.cap, self.first * 2.0 ** (failed - 1)) * (1 + random.random() / 2)
        # What a server tells everybody at once is spread too, and only to a later moment.
        return own if retry_after is None else max(own, retry_after + self.first * random.random() / 2)

    def over(self, failed: int, error: WireError) -> bool:
        """Whether there is no use in trying again after `failed` attempts."""
        if not error.fault.transient or (error.retry_after or 0.0) > self.cap:
            return True
        return failed >= min(self.tries, FEWER.get(error.fault.kind, self.tries))


def given_up(failed: int, fault: ev.Fault) -> ev.Fault:
    """The fault after which nobody tries again, with how often that was done."""
    return fault if failed < 2 else replace(fault, message=f"{fault.message} It was asked {failed} times.")


class Waits:
    """The waits of one debate. Ids are those of `Retrying`: a statement's, `verdict 1`, `frame`.

    `where` names what is asked, an endpoint and a model: who is turned away there together does not come back
    together, and who has not begun yet waits until it takes requests again.
    """

    def __init__(self, log: Log, retries: Retries | None) -> None:
        self.retries = retries or Retries()
        self._log = log
        self._hurried: dict[str, asyncio.Event] = {}
        self._due: dict[str, list[float]] = {}  # when somebody comes back, on the loop's clock
        self._closed: dict[str, tuple[float, ev.Fault]] = {}  # until when nobody should come, and why

    def hurry(self, id: str) -> bool:
        """End the wait of this id at once; False when it does not wait."""
        if waiting := self._hurried.get(id):
            waiting.set()
        return waiting is not None

    async def before(self, voice: str, id: str, attempt: int, failed: int, error: WireError, where: str = "") -> None:
        """Say that and why attempt number `attempt` is to come, then wait, unless the user is in a hurry."""
        now = asyncio.get_running_loop().time()
        until = now + self.retries.delay(failed, error.retry_after)
        if error.fault.kind in TURNED_AWAY:
            until = max(until, self._closed.get(where, (0.0, error.fault))[0])
            self._closed[where] = until, error.fault
        await self._wait(voice, id, attempt, until, error.fault, where)

    async def admitted(self, voice: str, id: str, attempt: int, where: str) -> bool:
        """Wait, as `before` does, while the endpoint has just turned somebody away; whether there was a wait."""
        waited = False
        while self._closed.get(where, (0.0, None))[0] > asyncio.get_running_loop().time():
            until, fault = self._closed[where]
            waited = True
            if await self._wait(voice, id, attempt, until, fault, where):
                break
        return waited

    async def _wait(self, voice: str, id: str, attempt: int, until: float, fault: ev.Fault, where: str) -> bool:
        """Whether the user was in a hurry."""
        now = asyncio.get_running_loop().time()
        until = self._apart(where, now, until)
        hurry = self._hurried[id] = asyncio.Event()
        self._log.append(
            ev.Retrying(voice=voice, statement=id, attempt=attempt, delay=round(until - now, 3), error=fault)
        )
        try:
            async with asyncio.timeout_at(until):
                await hurry.wait()
        except TimeoutError:
            return False
        finally:
            del self._hurried[id]
        return True

    def _apart(self, where: str, now: float, until: float) -> float:
        """The moment, put off until nobody else comes to the same endpoint at nearly the same time."""
        gap = self.retries.first / 2
        due = sorted(at for at in self._due.get(where, ()) if at > now)
        for at in due:
            if abs(until - at) < gap:
                until = at + gap
        self._due[where] = [*due, until]
        return until

    async def until_done(
        self, voice: str, id: str, work: Callable[[], Awaitable[None]], attempt: Callable[[], int], where: str = ""
    ) -> ev.Fault | None:
        """Do the work again and again until it is done; what went wrong where there is no use in another try.

        `attempt` gives the number of the latest attempt.
        """
        failed = 0
        while True:
            try:
                await work()
            except WireError as e:
                failed += 1
                if self.retries.over(failed, e):
                    return given_up(failed, e.fault)
                await self.before(voice, id, attempt() + 1, failed, e, where)
            else:
                return None
