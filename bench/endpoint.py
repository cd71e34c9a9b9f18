"""The scripted council as a process: for benchmarks, pictures and trying by hand. Prints its address, then serves.

python -m bench.endpoint [--rate TOKENS_A_SECOND] [--port N] [--log FILE] [--language en|de|ja|ar]
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tests.council import council
from tests.scripted import Pace, ScriptedEndpoint


async def serve(rate: float, port: int, log: Path | None, language: str, characters: int | None) -> None:
    pace = Pace(tokens_per_second=rate) if rate else Pace()
    async with ScriptedEndpoint(council(language, characters=characters), pace=pace, port=port, log=log) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--characters", type=int)
    given = parser.parse_args()
    try:
        asyncio.run(serve(given.rate, given.port, given.log, given.language, given.characters))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
