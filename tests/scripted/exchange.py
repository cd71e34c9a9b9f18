"""One request being answered: what a reply writes with, and how fast. Knows no server and no particular reply."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.scripted import http1, messages
from tests.scripted.gate import Gate
from tests.scripted.record import Recorded, RequestLog


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast text comes, and in which pieces.

    `tokens_per_second` None is as fast as the socket takes it; a token is four characters. `first_token` is in seconds
    after the head of the answer. `characters` go into each delta. `fragment` is the most bytes of a body in one write,
    None for no limit, and `drip` the seconds between two fragments. Deltas have absolute deadlines: a late one
    does not delay those after it.
    """

    tokens_per_second: float | None = None
    first_token: float = 0.0
    characters: int = 4
    fragment: int | None = None
    drip: float = 0.0

    def __post_init__(self) -> None:
        if self.characters < 1 or (self.fragment is not None and self.fragment < 1):
            raise ValueError("a piece has at least one character or byte")
        if self.tokens_per_second is not None and self.tokens_per_second <= 0:
            raise ValueError("tokens_per_second must be above 0, or None")
        if self.drip and self.fragment is None:
            raise ValueError("drip needs a fragment")

    def due(self, tokens: float) -> float:
        """Seconds from the head of the answer until this many tokens should be out."""
        return self.first_token + (tokens / self.tokens_per_second if self.tokens_per_second else 0.0)


class ReplyEnded(Exception):
    """The answer is over before its proper end, on purpose. Raised by what ends it, caught by the server."""


class ScriptError(Exception):
    """A script that can't be played: its author's mistake."""


class Exchange:
    """Everything that a reply can do. Exactly one `start`, or `respond`; then one end."""

    def __init__(
        self,
        connection: http1.Connection,
        request: Recorded,
        log: RequestLog,
        pace: Pace,
        headers: Mapping[str, str],
    ) -> None:
        self.request = request
        self.pace = pace
        self.started = False
        self.over = False
        self.closes = False
        self.text_index = 0
        """The index of the content block that deltas go to; an act may read it."""
        self._connection = connection
        self._headers = headers
        self._log = log
        self._chunked = False
        self._origin = 0.0

    async def start(
        self, status: int, content_type: str, headers: Mapping[str, str] | None = None, length: int | None = None
    ) -> None:
        """Sends the head. Without `length` the body is chunked."""
        if self.started:
            raise ScriptError("the answer has already begun")
        self.started = True
        self._chunked = length is None
        size = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
        own = {"content-type": content_type, "request-id": self.request_id} | size
        if self.closes:
            own["connection"] = "close"
        await self._connection.write(http1.head(status, own | dict(self._headers) | dict(headers or {})))
        self._log.answered(self.request, status)
        self.rewind()

    @property
    def request_id(self) -> str:
        return f"req_{self.request.number:06}"

    async def start_stream(self, headers: Mapping[str, str] | None = None) -> None:
        await self.start(200, "text/event-stream; charset=utf-8", {"cache-control": "no-cache"} | dict(headers or {}))

    async def send(self, data: bytes | bytearray) -> None:
        """A piece of the body."""
        if not self.started:
            raise ScriptError("a piece of a body before its head")
        if not data:
            return
        size = self.pace.fragment or len(data)
        for at in range(0, len(data), size):
            part = data[at : at + size]
            await self._connection.write(http1.chunk(part) if self._chunked else part)
            # others must get their turn, as a socket that takes everything never makes us wait
            await asyncio.sleep(self.pace.drip if self.pace.fragment else 0)

    def say(self, text: str) -> None:
        """Notes text that was sent as such."""
        self._log.said(self.request, text)

    async def finish(self) -> None:
        """The proper end of the answer."""
        if self._chunked:
            await self._connection.write(http1.LAST_CHUNK)
        self.over = True
        self._log.ended(self.request, "finished")

    async def respond(
        self, status: int, body: bytes, content_type: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> None:
        """A whole answer of known length."""
        await self.start(status, content_type, headers, length=len(body))
        await self.send(body)
        await self.finish()

    async def respond_json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        await self.respond(status, json.dumps(body, ensure_ascii=False).encode(), headers=headers)

    async def fail(self, status: int, type: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        """An error with a status and a typed body."""
        await self.respond_json(status, messages.error_body(type, message, self.request_id), headers)

    async def stop(self) -> None:
        """The proper end of HTTP, whatever the body still lacked. Never returns."""
        self.over = True
        if self._chunked:
            await self._connection.write(http1.LAST_CHUNK)
        self._log.ended(self.request, "cut")
        raise ReplyEnded

    def close(self) -> None:
        """Closes the connection politely (FIN) in the middle of everything. Never returns."""
        self._end_connection()
        self._connection.close()
        raise ReplyEnded

    def reset(self) -> None:
        """Resets the connection (RST). Never returns."""
        self._end_connection()
        self._connection.reset()
        raise ReplyEnded

    def _end_connection(self) -> None:
        self.over = self.closes = True
        self._log.ended(self.request, "cut")

    async def hold(self, gate: Gate | None, ping_every: float | None = None) -> None:
        """Waits at a gate (None: for ever), in silence or, in a stream, with a ping every so many seconds."""
        waiting = asyncio.ensure_future(gate.wait() if gate is not None else asyncio.Event().wait())
        try:
            await asyncio.sleep(0)  # it stands at the gate before anybody hears of it
            self._log.holds(self.request, True)
            while not (await asyncio.wait({waiting}, timeout=ping_every))[0]:
                if self.started:
                    await self.send(messages.PING)
            await waiting
        finally:
            waiting.cancel()
            self._log.holds(self.request, False)

    # The clock of the deltas.

    def rewind(self, tokens: float = 0.0) -> None:
        """Sets the clock so that `tokens` tokens are due just now (at 0: that the wait for the first one begins)."""
        loop = asyncio.get_running_loop()
        self._origin = loop.time() - (self.pace.due(tokens) if tokens else 0.0)

    def overdue(self, tokens: float) -> bool:
        """Whether this many tokens should be out by now."""
        return self._left(tokens) <= 0

    async def until(self, tokens: float) -> None:
        """Waits until this many tokens are due."""
        await self.pause(max(0.0, self._left(tokens)))

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def drip(self, seconds: float, size: int) -> None:
        """From here on the body goes out in fragments of `size` bytes, one every `seconds`."""
        self.pace = replace(self.pace, fragment=size, drip=seconds)

    def _left(self, tokens: float) -> float:
        return self._origin + self.pace.due(tokens) - asyncio.get_running_loop().time()
