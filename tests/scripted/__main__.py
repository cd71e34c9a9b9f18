"""The scripted endpoint as a program: `python -m tests.scripted --demo`, from the root of the repository.

Prints its address as the first line of stdout and serves until it gets SIGINT or SIGTERM (or, with
`--until-stdin-ends`, until its standard input ends). What a script raises goes to stderr, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.scripted import fromjson
from tests.scripted.exchange import Pace, ScriptError
from tests.scripted.server import ScriptedEndpoint
from tests.scripted.texts import LANGUAGES


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.scripted", description="A scripted Messages endpoint.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--script", type=Path, metavar="FILE", help="a script as JSON; see tests/scripted/fromjson.py")
    what.add_argument("--demo", action="store_true", help="a whole debate (the default)")
    parser.add_argument(
        "--debate",
        default="tests.scripted.debate:debate_script",
        metavar="MODULE:NAME",
        help="what makes the demo's script",
    )
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--tokens-per-second", type=float, metavar="N", help="of each stream; default: no limit")
    parser.add_argument("--first-token", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--chunk", type=int, default=4, metavar="N", help="characters in a delta")
    parser.add_argument("--characters", type=int, metavar="N", help="made-up statements of exactly this length")
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="en")
    parser.add_argument("--log", type=Path, metavar="FILE", help="append the requests as JSON lines")
    parser.add_argument("--until-stdin-ends", action="store_true")
    return parser.parse_args(arguments)


def _endpoint(a: argparse.Namespace) -> ScriptedEndpoint:
    pace = Pace(a.tokens_per_second, a.first_token, a.chunk)
    if a.script is None:
        module, _, name = a.debate.partition(":")
        make = getattr(importlib.import_module(module), name)
        return ScriptedEndpoint(make(a.language, characters=a.characters), pace=pace, port=a.port, log=a.log)
    made = fromjson.read_script(a.script)
    return ScriptedEndpoint(made.script, **({"pace": pace} | made.options), port=a.port, log=a.log)


async def _serve(endpoint: ScriptedEndpoint, until_stdin_ends: bool) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        # event loops on Windows have no signal handlers; there Ctrl+C raises KeyboardInterrupt in `main`
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    await endpoint.start()
    print(endpoint.url, flush=True)
    if until_stdin_ends:
        threading.Thread(target=_stdin, args=(lambda: loop.call_soon_threadsafe(stop.set),), daemon=True).start()
    await stop.wait()
    await endpoint.stop()
    for e in endpoint.errors:
        print(f"the script failed: {e!r}", file=sys.stderr)
    return 1 if endpoint.errors else 0


def _stdin(ended: Callable[[], object]) -> None:
    # below the buffer of sys.stdin, whose lock a thread that still reads would hold when the program ends
    while os.read(0, 4096):
        pass
    ended()


def main(arguments: list[str] | None = None) -> int:
    a = _arguments(arguments)
    try:
        return asyncio.run(_serve(_endpoint(a), a.until_stdin_ends))
    except KeyboardInterrupt:
        return 130
    except (ScriptError, ValueError, OSError, ImportError, AttributeError) as e:
        print(f"scripted endpoint: {e}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
