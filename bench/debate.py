"""A whole debate against a fast scripted endpoint, beside the bare SDK reading the same streams. Prints ratios.

    python -m bench.debate [--rates 100 400 0] [--repeat 5]

Each run reads ten streams: four openings in parallel, four rebuttals in parallel, a verdict, the check of its claims.
`rate` is tokens a second of each stream, 0 without pacing. Reach: at most 1.10 x the bare SDK; recording at most 5 % of
the run's CPU and no stall of the event loop over 10 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import serving

QUESTION = "Self-host LLMs or use API access?"


@dataclass(frozen=True)
class Run:
    """Seconds on the clock, seconds of CPU, the longest stall of the loop in seconds, the writing thread's CPU."""

    wall: float
    cpu: float
    stall: float
    writing: float = 0.0


class Stalls:
    """The longest time that the event loop came late for a timer of 2 ms."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Stalls:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            due = time.perf_counter() + 0.002
            await asyncio.sleep(0.002)
            self.longest = max(self.longest, time.perf_counter() - due)


async def ours(url: str, folder: Path, record: bool) -> Run:
    """One debate through session, runner, wire and, with `record`, the store."""
    from upverdict.core.config import Config
    from upverdict.core.log import Log
    from upverdict.core.session import Choice, Order, start
    from upverdict.core.store.writer import Store

    store = await Store.open(folder / f"{time.monotonic_ns()}.db")
    order = Order(QUESTION, depth="quick", choice=Choice(url, "scripted-1"), auto=True)
    session = await start(store, order, Config(folder=folder, db=folder / "x"))
    if not record:
        session.log._recorder = None  # the same run without its recorder: only the benchmark does this
    assert isinstance(session.log, Log)
    async with Stalls() as stalls:
        wall, cpu, writing = time.perf_counter(), time.process_time(), _writing_thread()
        await session.runner.run()
        if record:
            await session.recorder.flush()
        wall, cpu, writing = time.perf_counter() - wall, time.process_time() - cpu, _writing_thread() - writing
    assert session.log.debate.outcome == "finished", session.log.debate.error
    await session.close()
    await store.close()
    return Run(wall, cpu, stalls.longest, writing)


def _writing_thread() -> float:
    """Seconds of CPU that the one thread which records has used: the difference of two runs is mostly noise."""
    (thread,) = (t for t in threading.enumerate() if t.name == "upverdict-store" and t.ident)
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident or 0))


async def bare(url: str, bodies: list[list[dict[str, Any]]]) -> Run:
    """The same requests by the SDK alone: each round's in parallel, every event read, the text joined."""
    import anthropic
    import httpx2

    client = anthropic.AsyncAnthropic(
        base_url=url, api_key="none", max_retries=0, http_client=httpx2.AsyncClient(trust_env=False)
    )

    async def read(body: dict[str, Any]) -> str:
        parts = []
        async with await client.messages.create(**body) as stream:
            async for event in stream:
                if event.type == "content_block_delta":
                    parts.append(event.delta.text)
        return "".join(parts)

    async with Stalls() as stalls:
        wall, cpu = time.perf_counter(), time.process_time()
        for together in bodies:
            await asyncio.gather(*(read(body) for body in together))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await client.close()
    return Run(wall, cpu, stalls.longest)


def recorded(log: Path) -> list[list[dict[str, Any]]]:
    """The bodies of the ten requests of a debate, round by round."""
    requests = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    # An empty one asks the server what it is, before the debate.
    bodies = [r["json"] for r in requests if r.get("target", "").startswith("/v1/messages") and r["json"]][:10]
    return [bodies[0:4], bodies[4:8], bodies[8:9], bodies[9:10]]


def measure(rate: float, repeat: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "requests.jsonl"
        with serving(rate, "--log", str(log)) as url:
            asyncio.run(ours(url, folder, record=True))  # warms imports, and leaves the requests to be repeated
            bodies = recorded(log)
            runs: dict[str, list[Run]] = {"bare SDK": [], "upverdict, not recording": [], "upverdict": []}
            for _ in range(repeat):  # side by side, so that a busy machine is busy for all
                runs["bare SDK"].append(asyncio.run(bare(url, bodies)))
                runs["upverdict, not recording"].append(asyncio.run(ours(url, folder, record=False)))
                runs["upverdict"].append(asyncio.run(ours(url, folder, record=True)))
    report(rate, runs)


def report(rate: float, runs: dict[str, list[Run]]) -> None:
    base = runs["bare SDK"]
    print(f"\n{f'{rate:.0f} tokens a second' if rate else 'no pacing'}, median of {len(base)}")
    print("| reader | seconds | x bare | CPU s | x bare | longest stall ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, found in runs.items():
        wall = statistics.median(r.wall for r in found)
        cpu = statistics.median(r.cpu for r in found)
        stall = statistics.median(r.stall for r in found) * 1000
        by_wall = statistics.median(r.wall / b.wall for r, b in zip(found, base, strict=True))
        by_cpu = statistics.median(r.cpu / b.cpu for r, b in zip(found, base, strict=True))
        print(f"| {name} | {wall:.2f} | {by_wall:.2f} | {cpu:.2f} | {by_cpu:.2f} | {stall:.0f} |")
    share = statistics.median(r.writing / r.cpu for r in runs["upverdict"])
    print(f"recording: {100 * share:.1f} % of the run's CPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", type=float, nargs="+", default=[100, 400, 0])
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    for rate in given.rates:
        measure(rate, given.repeat)


if __name__ == "__main__":
    main()
