"""The lines of a program over the built-in model, for real: one that died is buried and replaced when it is needed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]
import pytest

from tests.core.talk import seat
from upverdict.core import builtin, endpoints
from upverdict.core.faults import WireError
from upverdict.core.lines import Line, Lines
from upverdict.core.prompts import Prompt
from upverdict.core.values import replace

PATIENCE = 60.0
CHILD = Path(builtin.__file__).with_name("builtin_child.py").name
SEATS = [replace(seat(v), endpoint=endpoints.BUILTIN, model="") for v in ("builder", "skeptic", "researcher")]
SHORT = Prompt("You are brief.", (), "Say hello.", 4)
LONG = Prompt("You tell stories.", (), "Write a long story about the sea, at least 2000 words.", 2000)


@pytest.fixture
async def lines() -> AsyncIterator[Lines]:
    lines = Lines({endpoints.BUILTIN: endpoints.builtin()})
    yield lines
    await lines.close()
    assert children() == []


def children() -> list[psutil.Process]:
    """The built-in model's processes among our own children."""
    return [p for p in psutil.Process().children() if CHILD in " ".join(p.cmdline())]


def held() -> int:
    """How many pipes and files this process holds; connections come and go as a server keeps them alive."""
    process = psutil.Process()
    if sys.platform == "win32":
        return int(process.num_handles())
    return int(process.num_fds()) - len(process.net_connections("tcp"))


def connected(url: str) -> bool:
    """Whether this process has a connection to the server."""
    port = urlsplit(url).port
    return any(c.raddr and c.raddr.port == port for c in psutil.Process().net_connections("tcp"))


async def said(line: Line, prompt: Prompt = SHORT) -> str:
    heard: list[str] = []
    async with asyncio.timeout(PATIENCE):
        await line.wire.ask(prompt, line.model, heard.append)
    return "".join(heard)


async def killed(lines: Lines, line: Line) -> psutil.Process:
    """The child, killed in the middle of an answer; whoever was listening heard of it."""
    (child,) = children()
    speaking = asyncio.Event()
    telling = asyncio.create_task(line.wire.ask(LONG, line.model, lambda _: speaking.set()))
    async with asyncio.timeout(PATIENCE):
        await speaking.wait()
        assert connected(line.wire.endpoint.url)
        child.kill()
        with pytest.raises(WireError) as error:
            await telling
        assert error.value.fault.transient
        while lines._server is not None and lines._server.running:  # noqa: ASYNC110 - a thread waits for its end
            await asyncio.sleep(0.01)
    return child


async def test_a_voice_that_asks_after_a_death_is_answered_by_a_new_child(lines: Lines) -> None:
    first = await lines.get(SEATS[0])
    assert (await said(first)).strip()
    assert await lines.get(SEATS[1]) == first
    before = held()
    old = await killed(lines, first)
    second = await lines.get(SEATS[0])
    (child,) = children()
    assert child.pid != old.pid
    assert second.wire is not first.wire
    assert (second.wire.endpoint.url, second.wire.endpoint.key) != (first.wire.endpoint.url, first.wire.endpoint.key)
    assert (second.model, second.traits) == (first.model, first.traits)
    assert (await said(second)).strip()
    assert first.wire._client is None
    assert held() == before, "its pipes are closed"
    assert not connected(first.wire.endpoint.url)
    assert not psutil.pid_exists(old.pid), "its end was asked for"


async def test_voices_that_ask_together_after_a_death_get_one_new_child(lines: Lines) -> None:
    await killed(lines, await lines.get(SEATS[0]))
    found = await asyncio.gather(*map(lines.get, SEATS))
    assert len(children()) == 1
    assert found[0] == found[1] == found[2]
    assert (await said(found[2])).strip()


async def test_a_child_that_died_last_leaves_nothing_when_the_lines_close(lines: Lines) -> None:
    await lines.get(SEATS[0])
    await lines.close()
    before = held()
    await killed(lines, await lines.get(SEATS[0]))
    await lines.close()
    assert held() <= before  # what came before may be let go of meanwhile


async def test_seats_of_two_endpoints_that_both_became_the_built_in_one_share_its_child() -> None:
    lines = Lines({"ollama": endpoints.builtin(), "lab": endpoints.builtin()}, model="any")
    try:
        first, second = await asyncio.gather(
            *(lines.get(replace(SEATS[0], endpoint=name, model="of-another")) for name in ("ollama", "lab"))
        )
        assert first.wire is second.wire
        assert len(children()) == 1
    finally:
        await lines.close()
    assert children() == []
