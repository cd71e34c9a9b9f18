"""Servers that mean no good: they never answer, drip, or send without end. Memory and patience have bounds."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import scripted
from tests.scripted import Pace, Reply, ScriptedEndpoint
from upverdict.core import endpoints
from upverdict.core.faults import WireError
from upverdict.core.prompts import Prompt
from upverdict.core.stream import MAX_PARTS
from upverdict.core.wire import Limits, Wire

ROOT = Path(__file__).parent.parent.parent
PROMPT = Prompt("system", ("shared",), "own", 100)
QUICK = Limits(connect=2, first=0.8, between=0.4, whole=1.5)
MEGABYTE = 1_000_000
START = b'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant",'
START += (
    b'"model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}'
)
START += b"\n\n"
PING = b'event: ping\ndata: {"type":"ping"}\n\n'
BLOCK = b'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text",'
BLOCK += b'"text":""}}\n\n'


def flooded(server: Any, *model: str) -> dict[str, Any]:
    """What came of asking a server, in a process whose memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.flooded", server.url, *model],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


LINE = scripted.flood(b"and on it goes ", first=START + b"event: content_block_delta\ndata: ")
PINGS = scripted.flood(PING, first=START)
RETURNS = scripted.flood(b"a\r")
ERROR = scripted.flood(b'{"error": "', code=500, content_type="application/json")
FLOODS = {
    "a line": (LINE, "garbled"),
    "comments": (scripted.flood(b": " + b"." * 200 + b"\n\n"), "garbled"),
    "blocks": (scripted.flood(BLOCK, first=START), "garbled"),
    "lines": (scripted.flood(b"a\n"), "garbled"),
    "words": (scripted.endless(100 * MEGABYTE), "too_long"),
    "an error": (ERROR, "garbled"),
    "a page": (scripted.flood(b"<p>Welcome</p>", content_type="text/html"), "not_messages"),
    "packed": (
        scripted.flood(b"\0", headers={"content-encoding": "gzip"}, first=gzip.compress(bytes(MEGABYTE))),
        "garbled",
    ),
}


@pytest.mark.parametrize(("reply", "kind"), FLOODS.values(), ids=FLOODS)
async def test_a_hundred_megabytes_are_not_read_to_their_end(reply: Reply, kind: str) -> None:
    async with ScriptedEndpoint(reply) as server:
        wire = Wire(endpoints.server(server.url, "m"), Limits())
        with pytest.raises(WireError) as caught:
            await asyncio.wait_for(wire.ask(PROMPT, "m", lambda _: None), 60)
        assert server.connections == 0 or await server.wait_for(lambda rs: rs[0].outcome == "aborted")
        await wire.close()
        assert len(server.asks) == 1
    assert caught.value.fault.kind == kind
    assert not caught.value.fault.transient, "it would come again"


CITATION = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta",'
)
CITATION += b'"citation":{"type":"web_search_result_location","url":"https://e.com/","title":"t","cited_text":"c",'
CITATION += b'"encrypted_index":""}}}\n\n'
CITATION += b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n'
THOUGHT = BLOCK.replace(b'"text","text":""', b'"thinking","thinking":"","signature":""')


@pytest.mark.parametrize("piece", [BLOCK + CITATION, THOUGHT], ids=["citations", "thoughts"])
async def test_an_answer_in_parts_without_end_makes_few_events(piece: bytes) -> None:
    notes: list[object] = []
    async with ScriptedEndpoint(scripted.flood(piece, first=START)) as server:
        wire = Wire(endpoints.server(server.url, "m"), Limits())
        with pytest.raises(WireError) as caught:
            await wire.ask(PROMPT, "m", lambda _: None, notes.append)
        await wire.close()
    assert caught.value.fault.kind == "garbled"
    assert not caught.value.fault.transient
    assert len(notes) <= MAX_PARTS + 10


@pytest.mark.parametrize("reply", [LINE, PINGS, RETURNS, ERROR], ids=["a line", "pings", "returns", "an error"])
def test_a_hundred_megabytes_neither_fill_the_memory_nor_hold_up_the_program(reply: Reply) -> None:
    with ScriptedEndpoint.in_thread(reply) as server:
        told = flooded(server, "m")
    assert told["fault"] == "garbled", told
    assert told["grown"] < 100 * MEGABYTE
    assert told["gap"] < 10, "a key that is pressed meanwhile has its answer"


def test_a_list_of_models_without_end_is_cut_off() -> None:
    endless = scripted.flood(b'{"id": "model"},', content_type="application/json", first=b'{"data": [')
    with ScriptedEndpoint.in_thread(scripted.text("x"), routes={"GET /v1/models": endless}) as server:
        told = flooded(server)
        assert not server.asks
    assert told["fault"] == "garbled"
    assert "far more" in told["message"]
    assert told["grown"] < 100 * MEGABYTE


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def bare(talk: Talk) -> AsyncIterator[tuple[str, list[asyncio.Future[None]]]]:
    """A server that speaks as it likes: its address, and its connections, which must all be closed in the end."""
    served: list[asyncio.Future[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        served.append(over)
        try:
            await talk(reader, writer)
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        finally:
            over.set_result(None)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", served
        await asyncio.wait_for(asyncio.gather(*served), 10)
    finally:
        server.close()


async def _never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


async def _drips_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.02)


async def _endless_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for n in range(100_000):
        writer.write(b"X-%d: %s\r\n" % (n, b"a" * 1000))
        await writer.drain()


@pytest.mark.parametrize(
    ("talk", "kind"),
    [(_never, "stalled"), (_drips_headers, "stalled"), (_endless_headers, "not_messages")],
    ids=["never answers", "drips headers", "endless headers"],
)
async def test_a_server_without_a_head_is_given_up_and_its_connection_closed(talk: Talk, kind: str) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    beating = asyncio.create_task(beat())
    async with bare(talk) as (url, served):
        wire = Wire(endpoints.server(url, "m"), QUICK)
        with pytest.raises(WireError) as caught:
            await asyncio.wait_for(wire.ask(PROMPT, "m", lambda _: None), 30)
        await wire.close()
        assert served, "it was asked"
    beating.cancel()
    assert caught.value.fault.kind == kind
    assert beats, "others had their turns"


async def test_a_list_of_models_that_never_comes_is_said_with_the_seconds_that_were_waited() -> None:
    limits = Limits(connect=0.5, first=50, between=50)
    async with bare(_never) as (url, _):
        wire = Wire(endpoints.server(url), limits)
        with pytest.raises(WireError, match=r"sent no word for 0\.5 seconds"):
            await wire.models()
        await wire.close()


@pytest.mark.parametrize(
    ("pace", "kind"),
    [
        (Pace(fragment=1, drip=0.01), "stalled"),  # not one whole event within the limit
        (Pace(tokens_per_second=10, characters=1), "slow"),  # words all the time, and no end
    ],
)
async def test_a_stream_that_drips_is_given_up_and_its_words_are_kept(pace: Pace, kind: str) -> None:
    heard: list[str] = []
    async with ScriptedEndpoint(scripted.text("Words and more of them. " * 50, pace=pace)) as server:
        wire = Wire(endpoints.server(server.url, "m"), QUICK)
        with pytest.raises(WireError) as caught:
            await asyncio.wait_for(wire.ask(PROMPT, "m", heard.append), 30)
        await server.wait_for(lambda rs: rs[0].outcome == "aborted")
        await wire.close()
    assert caught.value.fault.kind == kind
    assert bool(heard) == (kind == "slow")
    assert not caught.value.fault.transient or kind == "stalled"
