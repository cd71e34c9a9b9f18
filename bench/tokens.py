"""What a debate asks and how much it makes the endpoint read: requests, input tokens and shared prefixes, as a table.

    python -m bench.tokens [--depth standard] [--rounds 1]

A debate of the four built-in personas against the scripted endpoint, from the log of its requests. Tokens are the
scripted endpoint's own count (its `messages.tokens`), not Claude's; `shared` are the bytes with which every request of
a step begins, system text included, and `extends` says whether they go on from those of the step before.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from itertools import groupby, takewhile
from pathlib import Path

from tests.council import council
from tests.scripted import Recorded, ScriptedEndpoint
from tests.scripted.debate import recognise
from tests.scripted.messages import tokens

QUESTION = "Self-host LLMs or use API access?"


async def held(depth: str, rounds: int) -> list[Recorded]:
    """The requests of one debate."""
    from upverdict.core.config import Config
    from upverdict.core.session import Choice, Order, start
    from upverdict.core.store.writer import Store

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with ScriptedEndpoint(council()) as server:
            store = await Store.open(folder / "debates.db")
            order = Order(QUESTION, rounds=rounds, depth=depth, choice=Choice(server.url, "scripted-1"), auto=True)
            session = await start(store, order, Config(folder=folder, db=store.path))
            await session.run()
            assert session.log.debate.outcome == "finished", session.log.debate.error
            await session.close()
            await store.close()
            return [r for r in server.asks if r.target.startswith("/v1/messages")]


def table(requests: list[Recorded]) -> None:
    print("| step | requests | input tokens | of which shared by the step | shared prefix, bytes | extends |")
    print("| --- | --- | --- | --- | --- | --- |")
    total, before = 0, b""
    for step, group in groupby(requests, key=_step):
        asked = list(group)
        texts = ["\n\n".join(r.texts).encode() for r in asked]
        # The blocks are compared as the endpoint caches them: whole, from the first.
        blocks = [list(r.texts) for r in asked]
        alike = takewhile(lambda row: len(set(row)) == 1, zip(*blocks, strict=False))
        shared = "\n\n".join(row[0] for row in alike).encode() if len(asked) > 1 else b""
        assert all(text.startswith(shared) for text in texts)
        read = sum(tokens(r.prompt) for r in asked)
        total += read
        extends = "yes" if before and shared.startswith(before) else "no" if shared else ""
        shared_tokens = f"{len(asked)} × {tokens(shared.decode()):,}" if shared else ""
        size = f"{len(shared):,}" if shared else ""
        print(f"| {step} | {len(asked)} | {read:,} | {shared_tokens} | {size} | {extends} |")
        before = shared or before
    print(f"| all | {len(requests)} | {total:,} | | | |")


def _step(request: Recorded) -> str:
    ask = recognise(request)
    return f"{ask.step} {ask.number}" if ask.step == "rebuttal" else ask.step


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--depth", default="standard")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    os.environ.pop("ANTHROPIC_BASE_URL", None)
    table(asyncio.run(held(given.depth, given.rounds)))


if __name__ == "__main__":
    main()
