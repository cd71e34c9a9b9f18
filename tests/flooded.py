"""Asks one endpoint once, in a process of its own, and prints what that took: `python -m tests.flooded URL [MODEL]`.

One line of JSON: `fault` and `message` of what came of it, `gap` (the longest time, in seconds, that a clock of ten
milliseconds waited for its turn while it was asked), `grown` (by how many bytes the process's memory did, at its
highest), `heard` (characters). Without a model the endpoint's list of models is asked for, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time

import psutil

from upverdict.core.endpoints import server
from upverdict.core.events import Fault
from upverdict.core.faults import WireError
from upverdict.core.prompts import Prompt
from upverdict.core.wire import Limits, Wire

LIMITS = Limits(connect=20, first=20, between=20, whole=40)


async def ask(url: str, model: str) -> dict[str, object]:
    wire, heard, gap = Wire(server(url, model), LIMITS), 0, 0.0
    highest = 0
    process = psutil.Process()

    def hear(words: str) -> None:
        nonlocal heard
        heard += len(words)

    async def tick() -> None:
        nonlocal gap, highest
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            gap = max(gap, time.monotonic() - begun)
            highest = max(highest, process.memory_info().rss)

    with contextlib.suppress(WireError):  # nobody is there: the SDK is imported and a client made all the same
        unheard = Wire(server("http://127.0.0.1:1", "m"), LIMITS)
        await unheard.ask(Prompt("", (), "", 1), "m", hear)
    before = process.memory_info().rss
    ticking = asyncio.create_task(tick())
    fault = Fault("", "", False)
    try:
        await wire.ask(Prompt("system", (), "own", 100), model or (await wire.models())[0], hear)
    except WireError as e:
        fault = e.fault
    await asyncio.sleep(0.02)
    ticking.cancel()
    grown = max(highest, process.memory_info().rss) - before
    await wire.close()
    return {"fault": fault.kind, "message": fault.message, "gap": gap, "grown": grown, "heard": heard}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask(sys.argv[1], "".join(sys.argv[2:])))))
