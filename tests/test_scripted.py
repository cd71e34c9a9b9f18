"""The scripted endpoint as the real SDK sees it: what streams whole, and how each fault surfaces.

This is the table "faults as the SDK shows them" as a test: a new SDK that shows one differently fails here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import AsyncAnthropic

from tests.scripted import (
    CLOSING,
    HEAD,
    OPENED,
    Gate,
    Pace,
    Reply,
    ScriptedEndpoint,
    Thinking,
    Usage,
    close,
    drip,
    empty,
    endless,
    error_event,
    error_first,
    events,
    garbage,
    hold,
    html,
    hung_up,
    json_instead,
    malformed_json,
    never,
    refused,
    reset,
    stall,
    status,
    stop,
    stray_delta,
    text,
    unnamed,
)

WORDS = "Self-hosting is a product that you did not plan to build."
ASK: dict[str, Any] = {"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "Self-host?"}]}
ENDS_OF_PATIENCE = httpx2.Timeout(10.0, read=0.5)


@asynccontextmanager
async def sdk(server: ScriptedEndpoint, patience: httpx2.Timeout | None = None) -> AsyncIterator[AsyncAnthropic]:
    http = httpx2.AsyncClient(trust_env=False)
    limit = patience or httpx2.Timeout(10.0)
    async with AsyncAnthropic(
        base_url=server.url, api_key="x", max_retries=0, http_client=http, timeout=limit
    ) as client:
        yield client


async def read(client: AsyncAnthropic) -> tuple[str, list[Any]]:
    """The raw way: the text and all events."""
    seen = [event async for event in await client.messages.create(**ASK, stream=True)]
    return text_of(seen), seen


def text_of(seen: list[Any]) -> str:
    deltas = [e.delta for e in seen if e.type == "content_block_delta"]
    return "".join(d.text for d in deltas if d.type == "text_delta")


async def gather(client: AsyncAnthropic) -> Any:
    """The way of the SDK's helper: the final message."""
    async with client.messages.stream(**ASK) as stream:
        return await stream.get_final_message()


# What works.


@pytest.mark.asyncio
async def test_a_text_streams_as_the_sdk_expects_it() -> None:
    reply = text(WORDS, usage=Usage(11, 22, 33, 44), pace=Pace(characters=5))
    async with ScriptedEndpoint(reply) as server, sdk(server) as client:
        said, seen = await read(client)
        message = await gather(client)
    assert said == message.content[0].text == WORDS
    assert [e.type for e in seen if e.type != "content_block_delta"] == [
        "message_start",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert {len(e.delta.text) for e in seen[2:-4]} == {5}
    assert (message.stop_reason, message.model, message.id) == ("end_turn", "m", "msg_000002")
    usage = message.usage
    counted = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
    )
    assert counted == (11, 22, 33, 44)


@pytest.mark.asyncio
async def test_a_request_without_stream_gets_the_same_message() -> None:
    reply = text(Thinking("Hm.", "sig"), WORDS, stop_reason="max_tokens", model="really-this")
    async with ScriptedEndpoint(reply) as server, sdk(server) as client:
        whole = await client.messages.create(**ASK)
        streamed = await gather(client)
    for message in (whole, streamed):
        assert [b.type for b in message.content] == ["thinking", "text"]
        assert (message.content[0].thinking, message.content[0].signature) == ("Hm.", "sig")
        assert (message.content[1].text, message.stop_reason, message.model) == (WORDS, "max_tokens", "really-this")
    assert whole.usage == streamed.usage


@pytest.mark.asyncio
async def test_a_refusal_carries_its_details() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "No."}
    async with ScriptedEndpoint(text("", stop_reason="refusal", stop_details=details)) as server, sdk(server) as client:
        message = await gather(client)
    assert message.stop_reason == "refusal"
    assert message.stop_details.explanation == "No."


@pytest.mark.asyncio
async def test_letters_survive_any_cut_of_the_bytes() -> None:
    words = "für 日本語 🏳️\u200d🌈 e\u0301 عربي"
    reply = text(words, at={0: drip(0.0, size=1)}, pace=Pace(characters=1))
    async with ScriptedEndpoint(reply) as server, sdk(server) as client:
        said, _ = await read(client)
        assert server.requests[0].said == words
    assert said == words


@pytest.mark.asyncio
async def test_events_go_out_as_they_were_given() -> None:
    gate = Gate()
    start = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": {}}
    use = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {}}
    query = {"type": "input_json_delta", "partial_json": '{"query": "gpu"}'}
    reply = events(
        [
            {"type": "message_start", "message": start},
            {"type": "content_block_start", "index": 0, "content_block": use},
            gate,
            0.0,
            {"type": "content_block_delta", "index": 0, "delta": query},
            b'event: message_stop\ndata: {"type": "message_stop"}\n\n',
        ]
    )
    async with ScriptedEndpoint(reply) as server, sdk(server) as client:
        stream = aiter(await client.messages.create(**ASK, stream=True))
        assert [(await anext(stream)).type for _ in range(2)] == ["message_start", "content_block_start"]
        gate.open()
        rest = [e async for e in stream]
    assert rest[0].delta.partial_json == '{"query": "gpu"}'
    assert rest[1].type == "message_stop"


@pytest.mark.asyncio
async def test_models_and_counting() -> None:
    async with ScriptedEndpoint(text(WORDS), models=["one", "two"], only_models=True) as server, sdk(server) as client:
        assert [m.id async for m in client.models.list()] == ["one", "two"]
        assert (await client.models.retrieve("two")).capabilities is None
        counted = await client.messages.count_tokens(model="one", messages=ASK["messages"])
        assert counted.input_tokens == 3
        with pytest.raises(anthropic.NotFoundError, match="model: m"):
            await read(client)


@pytest.mark.asyncio
@pytest.mark.parametrize(("pace", "comes"), [(Pace(1e-6, characters=5), 5), (Pace(first_token=1e6), 0)])
async def test_text_waits_for_its_time(pace: Pace, comes: int) -> None:
    async with ScriptedEndpoint(text(WORDS, pace=pace)) as server:
        async with sdk(server) as client:
            stream = aiter(await client.messages.create(**ASK, stream=True))
            seen = [await anext(stream) for _ in range(3 if comes else 2)]
        await server.wait_for(lambda requests: requests[0].outcome == "aborted")
        assert text_of(seen) == server.requests[0].said == WORDS[:comes]


# What fails before the stream.


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("code", "kind", "type"),
    [
        (400, anthropic.BadRequestError, "invalid_request_error"),
        (401, anthropic.AuthenticationError, "authentication_error"),
        (402, anthropic.PaymentRequiredError, "billing_error"),
        (403, anthropic.PermissionDeniedError, "permission_error"),
        (404, anthropic.NotFoundError, "not_found_error"),
        (408, anthropic.RequestTimeoutError, "timeout_error"),
        (409, anthropic.ConflictError, "conflict_error"),
        (413, anthropic.ContentTooLargeError, "request_too_large"),
        (429, anthropic.RateLimitError, "rate_limit_error"),
        (500, anthropic.InternalServerError, "api_error"),
        (529, anthropic.OverloadedError, "overloaded_error"),
    ],
)
async def test_a_status_is_a_typed_error(code: int, kind: type[anthropic.APIStatusError], type: str) -> None:
    async with ScriptedEndpoint(status(code)) as server, sdk(server) as client:
        for ask in (read, gather):
            with pytest.raises(kind) as caught:
                await ask(client)
            assert (caught.value.status_code, caught.value.type) == (code, type)
            assert caught.value.request_id == f"req_{server.requests[-1].number:06}"
            assert "retry-after" not in caught.value.response.headers


@pytest.mark.asyncio
async def test_retry_after_comes_through() -> None:
    async with ScriptedEndpoint(status(429, retry_after=7)) as server, sdk(server) as client:
        with pytest.raises(anthropic.RateLimitError) as caught:
            await read(client)
    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.asyncio
@pytest.mark.parametrize("reply", [refused(), hung_up()])
async def test_no_head_is_a_connection_error(reply: Reply) -> None:
    async with ScriptedEndpoint(reply) as server, sdk(server) as client:
        with pytest.raises(anthropic.APIConnectionError) as caught:
            await read(client)
        assert not isinstance(caught.value, anthropic.APITimeoutError)
        assert server.requests[0].outcome == "cut"


@pytest.mark.asyncio
async def test_never_answering_is_a_timeout_error() -> None:
    async with ScriptedEndpoint(never()) as server, sdk(server, ENDS_OF_PATIENCE) as client:
        with pytest.raises(anthropic.APITimeoutError):
            await read(client)
        await server.wait_for(lambda requests: requests[0].outcome == "aborted")
        assert server.requests[0].answered is None


# What fails in mid-stream. `messages.create(stream=True)` and `messages.stream` differ.


@pytest.mark.asyncio
@pytest.mark.parametrize("reply", [error_first(), text(WORDS, at={21: error_event()})])
async def test_an_error_event_is_a_plain_status_error_with_status_200(reply: Reply) -> None:
    async with ScriptedEndpoint(reply) as server, sdk(server) as client:
        for ask in (read, gather):
            with pytest.raises(anthropic.APIStatusError) as caught:
                await ask(client)
            assert type(caught.value) is anthropic.APIStatusError
            assert (caught.value.status_code, caught.value.type) == (200, "overloaded_error")


@pytest.mark.asyncio
@pytest.mark.parametrize(("act", "kind"), [(reset(), httpx2.ReadError), (close(), httpx2.RemoteProtocolError)])
async def test_a_broken_stream_is_a_raw_error_of_httpx2(act: Any, kind: type[Exception]) -> None:
    async with ScriptedEndpoint(text(WORDS, at={21: act})) as server, sdk(server) as client:
        for ask in (read, gather):
            with pytest.raises(kind) as caught:
                await ask(client)
            assert not isinstance(caught.value, anthropic.APIError)
        assert [(r.outcome, r.said) for r in server.requests] == [("cut", WORDS[:21])] * 2


@pytest.mark.asyncio
async def test_what_came_before_a_reset_is_read() -> None:
    gate = Gate()

    async def after_the_gate(x: Any) -> None:
        await x.hold(gate)
        x.reset()

    seen: list[Any] = []

    async def read_all(client: AsyncAnthropic) -> None:
        async for event in await client.messages.create(**ASK, stream=True):
            seen.append(event)
            if text_of(seen) == WORDS[:21]:
                gate.open()

    async with ScriptedEndpoint(text(WORDS, at={21: after_the_gate})) as server, sdk(server) as client:
        with pytest.raises(httpx2.ReadError):
            await read_all(client)
    assert text_of(seen) == WORDS[:21]


@pytest.mark.asyncio
async def test_silence_is_a_raw_read_timeout() -> None:
    async with ScriptedEndpoint(text(WORDS, at={21: stall()})) as server, sdk(server, ENDS_OF_PATIENCE) as client:
        for ask in (read, gather):
            with pytest.raises(httpx2.ReadTimeout):
                await ask(client)
        await server.wait_for(lambda requests: [r.outcome for r in requests] == ["aborted"] * 2)


@pytest.mark.asyncio
async def test_pings_keep_a_stalled_stream_from_timing_out() -> None:
    gate = Gate()
    reply = text(WORDS, at={21: stall(ping_every=0.01, gate=gate)})
    async with ScriptedEndpoint(reply) as server, sdk(server, ENDS_OF_PATIENCE) as client:
        stream = aiter(await client.messages.create(**ASK, stream=True))
        seen = [await anext(stream)]
        while len(text_of(seen)) < 21:
            seen.append(await anext(stream))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.8):  # longer than the client's patience with silence
                await anext(stream)
        gate.open()


@pytest.mark.asyncio
async def test_an_early_end_raises_nothing() -> None:
    async with ScriptedEndpoint(text(WORDS, at={21: stop()})) as server, sdk(server) as client:
        said, seen = await read(client)
        message = await gather(client)
    assert (said, seen[-1].type) == (WORDS[:21], "content_block_delta")
    assert (message.content[0].text, message.stop_reason) == (WORDS[:21], None)


@pytest.mark.asyncio
async def test_a_missing_message_stop_raises_nothing() -> None:
    async with ScriptedEndpoint(text(WORDS, at={CLOSING: stop()})) as server, sdk(server) as client:
        said, seen = await read(client)
        message = await gather(client)
    assert (said, seen[-1].type) == (WORDS, "message_delta")
    assert message.stop_reason == "end_turn"


@pytest.mark.asyncio
@pytest.mark.parametrize("reply", [empty(), html(), json_instead(), unnamed()], ids=lambda r: r.label)
async def test_what_is_no_message_stream_has_no_events(reply: Reply) -> None:
    async with ScriptedEndpoint(reply) as server, sdk(server) as client:
        assert await read(client) == ("", [])
        with pytest.raises(AssertionError):
            await gather(client)


@pytest.mark.asyncio
@pytest.mark.parametrize(("act", "kind"), [(malformed_json(), json.JSONDecodeError), (garbage(), UnicodeDecodeError)])
async def test_broken_data_is_an_error_of_the_decoder(act: Any, kind: type[Exception]) -> None:
    async with ScriptedEndpoint(text(WORDS, at={21: act})) as server, sdk(server) as client:
        for ask in (read, gather):
            with pytest.raises(kind):
                await ask(client)


@pytest.mark.asyncio
async def test_a_delta_before_its_block_only_troubles_the_helper() -> None:
    async with ScriptedEndpoint(text(WORDS, at={OPENED: stray_delta("!")})) as server, sdk(server) as client:
        assert (await read(client))[0] == "!" + WORDS
        with pytest.raises(IndexError):
            await gather(client)


@pytest.mark.asyncio
async def test_a_delta_before_the_message_troubles_nobody() -> None:
    async with ScriptedEndpoint(text(WORDS, at={HEAD: stray_delta("!")})) as server, sdk(server) as client:
        assert (await read(client))[0] == "!" + WORDS
        assert (await gather(client)).content[0].text == WORDS


@pytest.mark.asyncio
@pytest.mark.parametrize("lines", [True, False])
async def test_an_endless_body_has_its_bound(lines: bool) -> None:
    async with ScriptedEndpoint(endless(100_000, lines=lines)) as server, sdk(server) as client:
        said, seen = await read(client)
        assert (len(said) > 5_000) is lines
        assert seen[-1].type == ("content_block_delta" if lines else "content_block_start")
        assert server.requests[0].outcome == "cut"


@pytest.mark.asyncio
async def test_a_client_that_leaves_an_endless_body_is_noticed() -> None:
    async with ScriptedEndpoint(endless()) as server:
        async with sdk(server) as client:
            stream = await client.messages.create(**ASK, stream=True)
            await anext(aiter(stream))
            await stream.close()
        await server.wait_for(lambda requests: requests[0].outcome == "aborted")


@pytest.mark.asyncio
async def test_a_fault_in_an_answer_without_stream_has_its_status() -> None:
    async with ScriptedEndpoint(text(WORDS, at={21: error_event()})) as server, sdk(server) as client:
        with pytest.raises(anthropic.OverloadedError):
            await client.messages.create(**ASK)


@pytest.mark.asyncio
async def test_a_held_answer_comes_when_its_gate_opens() -> None:
    gate = Gate()
    async with ScriptedEndpoint(text(WORDS, at={21: hold(gate)})) as server, sdk(server) as client:
        stream = aiter(await client.messages.create(**ASK, stream=True))
        held = await server.wait_for(lambda requests: requests[0].holding and requests[0])
        assert (held.said, gate.waiting) == (WORDS[:21], 1)
        gate.open()
        assert text_of([e async for e in stream]) == WORDS
