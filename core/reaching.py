"""The endpoints, for the command line: what can be talked to, and whether one answers. Knows no debate."""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from upverdict.core import errors, jsonform
from upverdict.core.choosing import Book
from upverdict.core.config import Config
from upverdict.core.endpoints import EndpointError, Found
from upverdict.core.text import clean, shorten

if TYPE_CHECKING:
    from upverdict.core.endpoints import Endpoint
    from upverdict.core.lines import Line

SHOWN_MODELS = 3
"""So many names of models stand in a line; `--json` has all."""
MAX_WIDTH = 100
"""Cells of a line; a longer one is hard to read."""
HELLO_TOKENS = 48
"""Room for the answer of a check: a word, and a little thinking where a model does that unasked."""


def listing(config: Config, as_json: bool) -> int:
    """Print what can be talked to; the one that a debate would use has a star. Exit code 3 when there is nothing."""
    rows, wrong = asyncio.run(Book(config).overview())
    if as_json:
        for row in rows:
            print(jsonform.line(_plain(row)))
    else:
        width = _width()
        print("\n".join(clean(line) for line in _table(rows, width)))
        print()
        for row in rows:
            if row.used:
                print(clean(textwrap.fill(f"A debate would use {row.name}: {row.why}.", width)))
    if wrong or not any(row.used and row.usable for row in rows):
        print(f"upverdict: {wrong or 'What a debate would use can not be used; see its line.'}", file=sys.stderr)
        return errors.NOTHING_TO_TALK_TO
    return 0


def _width() -> int:
    """Cells of a line."""
    return max(min(shutil.get_terminal_size().columns, MAX_WIDTH), 60)


def _plain(row: Found) -> dict[str, Any]:
    fields = ("name", "kind", "url", "model", "models", "can", "small", "window", "usable", "note", "used", "why")
    return {name: getattr(row, name) for name in fields}


def _table(rows: list[Found], width: int) -> Iterator[str]:
    """Each endpoint with its name, and beside it what it is, its models and what it can do, in `width` cells."""
    column = min(max(len(row.name) for row in rows), 16)
    for row in rows:
        sign = "*" if row.used else (" " if row.usable else "-")
        inset = " " * (column + 4)
        lines = list(_said(row, width - len(inset)))
        if len(row.name) > column:  # an address: what is said of it stands below
            yield f"{sign} {row.name}"
        else:
            yield f"{sign} {row.name:<{column}}  {lines.pop(0)}"
        yield from (inset + line for line in lines)


def _said(row: Found, width: int) -> Iterator[str]:
    yield from textwrap.wrap(row.note, width, break_on_hyphens=False)
    if row.url and row.url != row.name and row.kind == "server" and row.url not in row.note:
        yield row.url
    if not row.usable:
        return
    if row.models:
        yield from textwrap.wrap(_models(row.models), width, break_on_hyphens=False)
    if known := facts(row.can, row.small, row.window):
        yield from textwrap.wrap(known, width, break_on_hyphens=False)


def _models(models: tuple[str, ...]) -> str:
    first = ", ".join(shorten(name, 60) for name in models[:SHOWN_MODELS])
    more = f", and {len(models) - SHOWN_MODELS} more" if len(models) > SHOWN_MODELS else ""
    return f"{len(models)} model{'s' if len(models) > 1 else ''}: {first}{more}"


def facts(can: tuple[str, ...], small: bool, window: int | None) -> str:
    """What an endpoint can do, in one line; empty where nothing is known."""
    known = [f"can: {', '.join(can)}"] if can else []
    known += [f"window: {window:,} tokens"] if window else []
    return "; ".join([*known, *(["small: gets short, plain questions"] if small else [])])


def checking(config: Config, name: str, model: str, as_json: bool) -> int:
    """Send one tiny request to an endpoint and print what came of it; exit code 3 when it does not answer."""
    return asyncio.run(_check(config, name, model, as_json))


async def _check(config: Config, name: str, model: str, as_json: bool) -> int:
    try:
        endpoint = await Book(config).get(name, model)
    except EndpointError as e:
        raise errors.NothingToTalkTo(str(e)) from e
    found = await _hello(endpoint, model)
    if as_json:
        print(jsonform.line(found))
    else:
        print("\n".join(clean(line) for line in _report(found)))
    return 0 if found["reached"] else errors.NOTHING_TO_TALK_TO


async def _hello(endpoint: Endpoint, model: str) -> dict[str, Any]:
    """What one tiny streamed request tells of an endpoint. Seconds are those from the request on, starting a built-in
    model left out."""
    from upverdict.core import abilities
    from upverdict.core.events import Seat
    from upverdict.core.faults import WireError
    from upverdict.core.lines import Lines
    from upverdict.core.prompts import Prompt
    from upverdict.core.stream import Stream

    seat = Seat(
        voice="check", letter="C", name="", tagline="", colour="", prompt="", endpoint=endpoint.name, model=model
    )
    lines = Lines({endpoint.name: endpoint})
    line: Line | None = None
    heard: list[tuple[float, str]] = []
    fault: WireError | None = None
    seen = Stream()
    can: tuple[str, ...] = ()
    begun = time.monotonic()
    try:
        line = await lines.get(seat)
        await line.wire.prepare()
        prompt = Prompt("You answer in one word.", (), "Say hello.", HELLO_TOKENS)
        begun = time.monotonic()

        def hear(text: str) -> None:
            heard.append((time.monotonic() - begun, text))

        await line.wire.ask(prompt, line.model, hear, seen=seen)
        can = abilities.words(await line.wire.abilities(line.model), line.wire.endpoint.caching)
    except WireError as e:
        # A model that thinks may use up the little room for that: it was reached all the same.
        fault = None if e.fault.kind == "empty" else e
    finally:
        await lines.close()
    served = line.wire.endpoint if line else endpoint
    small, window = served.size(line.model if line else model)
    return {
        "name": endpoint.name,
        "url": served.url,
        "reached": fault is None,
        "fault": {"kind": fault.fault.kind, "message": fault.fault.message} if fault else None,
        "model": seen.model if fault is None else "",
        "answer": shorten(clean("".join(text for _, text in heard)), 80),
        "first_word_seconds": round(heard[0][0], 3) if heard else None,
        "usage": {"input": seen.usage.input, "output": seen.usage.output},
        "can": can,
        "small": small,
        "window": window,
    }


def _report(found: dict[str, Any]) -> Iterator[str]:
    if not found["reached"]:
        yield f"{found['name']} did not answer."
        yield textwrap.indent(textwrap.fill(found["fault"]["message"], _width() - 2, break_on_hyphens=False), "  ")
        return
    yield f"{found['name']} answers."
    yield f"  address     {found['url']}"
    yield f"  model       {found['model'] or 'it does not say'}"
    first = found["first_word_seconds"]
    said = f"after {first:.1f} s: “{found['answer']}”" if first is not None else "none: it thinks, and had no more room"
    yield f"  first word  {said}"
    used = found["usage"]
    counted = f"{used['input']} read, {used['output']} written" if any(used.values()) else "it does not count them"
    yield f"  tokens      {counted}"
    can = ", ".join(found["can"]) or "plain answers only, as far as is known"
    yield f"  can         {can}"
    window = f"{found['window']:,} tokens" if found["window"] else "it does not say"
    yield f"  window      {window}{'; small: gets short, plain questions' if found['small'] else ''}"
