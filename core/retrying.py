"""When a fault that can pass is tried again, and the waits between. Knows the log; asks nobody."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from upverdict.core import events as ev
from upverdict.core.faults import WireError
from upverdict.core.log import Log


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and after how many seconds a fault that can pass is tried again.

    The waits double from `first` and are spread by up to half, so that four voices that failed together do not come
    back together; a server's own `retry-after` counts up to `cap`.
    """

    tries: int = 4
    first: float = 1.0
    cap: float = 60.0

    def delay(self, failed: int, retry_after: float | None) -> float:
        """Seconds to wait after the attempt with number `failed` (from 1)."""
        own = min(self.cap, self.first * 2.0 ** (failed - 1)) * (1 + random.random() / 2)
        return own if retry_after is None else min(self.cap, max(own, retry_after))

    def over(self, failed: int, error: WireError) -> bool:
        """Whether there is no use in trying again after `failed` attempts."""
        return not error.fault.transient or failed >= self.tries


class Waits:
    """The waits of one debate. Ids are those of `Retrying`: a statement's, `verdict 1`, `frame`."""

    def __init__(self, log: Log, retries: Retries | None) -> None:
        self.retries = retries or Retries()
        self._log = log
        self._hurried: dict[str, asyncio.Event] = {}

    def hurry(self, id: str) -> bool:
        """End the wait of this id at once; False when it does not wait."""
        if waiting := self._hurried.get(id):
            waiting.set()
        return waiting is not None

    async def before(self, voice: str, id: str, attempt: int, failed: int, error: WireError) -> None:
        """Say that and why attempt number `attempt` is to come, then wait, unless the user is in a hurry."""
        delay = self.retries.delay(failed, error.retry_after)
        hurry = self._hurried[id] = asyncio.Event()
        self._log.append(
            ev.Retrying(voice=voice, statement=id, attempt=attempt, delay=round(delay, 3), error=error.fault)
        )
        try:
            async with asyncio.timeout(delay):
                await hurry.wait()
        except TimeoutError:
            return
        finally:
            del self._hurried[id]

    async def until_done(
        self, voice: str, id: str, work: Callable[[], Awaitable[None]], attempt: Callable[[], int]
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
                    return e.fault
                await self.before(voice, id, attempt() + 1, failed, e)
            else:
                return None
