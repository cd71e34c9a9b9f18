"""What can go wrong on the wire: acts for the middle of an answer, and replies that are wrong from the start.

Knows no debate. Each says in one line what the client sees; `test_scripted.py` shows how the SDK shows it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from tests.scripted import messages, replies
from tests.scripted.exchange import Exchange, ReplyEnded, ScriptError
from tests.scripted.gate import Gate
from tests.scripted.replies import Act, Reply

_STATUS_OF = {type: status for status, type in messages.ERROR_TYPES.items() if status not in (405, 408)}


# Acts: for `text(at={…})` and `events([…])`.


def reset() -> Act:
    """The connection is reset (RST): before the head, or after what was sent."""

    async def act(x: Exchange) -> None:
        x.reset()

    return act


def close() -> Act:
    """The connection is closed (FIN) while the body is unfinished."""

    async def act(x: Exchange) -> None:
        x.close()

    return act


def stop() -> Act:
    """The body ends properly, but too early: HTTP is content, the message is not whole."""

    async def act(x: Exchange) -> None:
        _needs_stream(x, "stop")
        await x.stop()

    return act


def error_event(type: str = "overloaded_error", message: str = "Overloaded") -> Act:
    """`event: error`, then the end of the body. To a request without `stream`: the status of that type."""

    async def act(x: Exchange) -> None:
        if not x.started:
            await x.fail(_STATUS_OF.get(type, 500), type, message)
            raise ReplyEnded
        await x.send(messages.event(messages.error_body(type, message, x.request_id)))
        await x.finish()
        raise ReplyEnded

    return act


def hold(gate: Gate) -> Act:
    """Silence until the gate opens; then the answer goes on."""
    return lambda x: x.hold(gate)


def stall(ping_every: float | None = None, gate: Gate | None = None) -> Act:
    """Silence, or pings only, for ever (or until the gate opens)."""
    return lambda x: x.hold(gate, ping_every)


def raw(data: bytes) -> Act:
    """Bytes of any kind in the body; then the answer goes on."""

    async def act(x: Exchange) -> None:
        _needs_stream(x, "raw")
        await x.send(data)

    return act


def garbage() -> Act:
    """Bytes that are no UTF-8, as a line of their own; then the answer goes on."""
    return raw(b"\xff\xfe\x00\x80 not an event \xc3\x28\n\n")


def malformed_json() -> Act:
    """A delta whose data ends in the middle; then the answer goes on."""

    async def act(x: Exchange) -> None:
        _needs_stream(x, "malformed_json")
        data = f'{{"type":"content_block_delta","index":{x.text_index},"delta":{{"type":"text_del'
        await x.send(messages.sse("content_block_delta", data))

    return act


def stray_delta(text: str = "stray") -> Act:
    """A delta for a block that was never opened; then the answer goes on."""

    async def act(x: Exchange) -> None:
        _needs_stream(x, "stray_delta")
        await x.send(messages.delta(7, "text", text))

    return act


def drip(seconds: float = 1.0, size: int = 1) -> Act:
    """From here on the body comes in fragments of `size` bytes, one every `seconds`."""

    async def act(x: Exchange) -> None:
        x.drip(seconds, size)

    return act


def _needs_stream(x: Exchange, name: str) -> None:
    if not x.started:
        raise ScriptError(f"{name}() needs a streamed answer that has begun")


# Replies that are wrong from the start.


def status(
    code: int,
    type: str | None = None,
    message: str | None = None,
    *,
    retry_after: float | str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """An HTTP error before the stream, with the typed body of Anthropic's API."""
    type = type or messages.ERROR_TYPES.get(code, "api_error" if code >= 500 else "invalid_request_error")
    words = message or messages.ERROR_WORDS.get(code, "Error")
    more = {"retry-after": f"{retry_after}"} if retry_after is not None else {}
    return Reply(lambda x: x.fail(code, type, words, more | dict(headers or {})), f"status {code}")


def error_first(type: str = "overloaded_error", message: str = "Overloaded") -> Reply:
    """Status 200, and `event: error` as the first event."""
    return replies.text("", at={replies.HEAD: error_event(type, message)}, label="error first")


def refused() -> Reply:
    """The connection is reset before a head."""
    return Reply(reset(), "reset before the head")


def hung_up() -> Reply:
    """The connection is closed before a head."""
    return Reply(close(), "closed before the head")


def never() -> Reply:
    """Accepted and never answered."""
    return Reply(stall(), "never answered")


def html() -> Reply:
    """A web page with status 200, as captive portals and wrong addresses give."""
    page = b"<!doctype html><title>Welcome</title><p>Please log in to the network.</p>\n"
    return Reply(lambda x: x.respond(200, page, "text/html; charset=utf-8"), "html")


def json_instead(words: str = "Hello.") -> Reply:
    """A whole JSON message with status 200, though a stream was asked for."""

    def play(x: Exchange) -> Awaitable[None]:
        usage = {"input_tokens": 1, "output_tokens": 1}
        body = messages.message(
            x.request.number, x.request.model, [messages.block_object(words)], usage, stop_reason="end_turn"
        )
        return x.respond_json(200, body)

    return Reply(play, "json instead")


def unnamed(words: str = "Hello.") -> Reply:
    """A stream whose events have data but no names."""
    return replies.text(words, named=False, label="unnamed events")


def empty() -> Reply:
    """A stream with no event at all."""
    return replies.events([], label="empty stream")


def flood(
    piece: bytes,
    limit: int = 100_000_000,
    *,
    code: int = 200,
    content_type: str = "text/event-stream",
    headers: Mapping[str, str] | None = None,
    first: bytes = b"",
) -> Reply:
    """`first`, then the same bytes again and again, `limit` of them in all or until the client has enough."""
    many = piece * (64 * 1024 // len(piece) or 1)

    async def play(x: Exchange) -> None:
        await x.start(code, content_type, headers)
        await x.send(first)
        for _ in range(limit // len(many)):
            await x.send(many)
        await x.finish()

    return Reply(play, "flood")


def endless(limit: int = 64 * 1024 * 1024, *, lines: bool = True) -> Reply:
    """Text without end, up to about `limit` bytes; without `lines` it is one line of one event, never finished."""
    piece = messages.delta(0, "text", "and on it goes ") * 64 if lines else b"and on it goes " * 512

    async def play(x: Exchange) -> None:
        await x.start_stream()
        start = messages.message(x.request.number, x.request.model, [], {"input_tokens": 1, "output_tokens": 1})
        await x.send(messages.event({"type": "message_start", "message": start}) + messages.block_start(0, ""))
        if not lines:
            await x.send(b"event: content_block_delta\ndata: ")
        for _ in range(limit // len(piece)):
            await x.send(piece)
        await x.stop()

    return Reply(play, "endless")
