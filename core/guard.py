"""What lies between the SDK and the network: how much a server may send, what may go out to it, dead connections.

A part of the wire. Imports `httpx2`: only the wire imports this, with the first request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

import httpx2

from upverdict.core.endpoints import key_headers
from upverdict.core.events import Fault
from upverdict.core.faults import WireError

MAX_STREAM = 16_000_000
"""Bytes of a whole streamed answer. One of 400,000 characters in pieces of four takes about 12 million."""
MAX_EVENT, MAX_LINES = 4_000_000, 1_000
"""Bytes and lines of one event. The longest known ones carry search results; an event has two lines.

The SDK gathers an event line by line and copies it each time: many short lines would hold up the whole program.
"""
MAX_BODY = 4_000_000
"""Bytes of an answer that is not streamed: an error's words, a list of models."""

_BREAKS = (b"\n\n", b"\r\r", b"\r\n\r\n")


class Client(httpx2.AsyncClient):
    """Sends to one endpoint. `secrets` gathers what goes out as a key, to be taken out of what a server says.

    `key` is the only credential that goes out, in `header`, and the headers in `withheld` are left out; None leaves all
    of that to the SDK.
    """

    def __init__(self, where: str, key: str | None, withheld: Collection[str], header: str, **options: Any) -> None:
        super().__init__(event_hooks={"request": [self._before], "response": [self._after]}, **options)
        self.secrets: set[str] = set()
        self._where = where
        self._key = key
        self._withheld = withheld
        self._header = header

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """As httpx2 does it, but where a connection that was kept from before has died, once more at once."""
        opened = False

        async def trace(event: str, _: Any) -> None:
            nonlocal opened
            opened = opened or event.startswith("connection.connect")

        request.extensions = {**request.extensions, "trace": trace}
        try:
            return await super().send(request, **options)
        except (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError):
            if opened:
                raise
        return await super().send(request, **options)

    async def _before(self, request: httpx2.Request) -> None:
        # What is not compressed can't grow here: a hundred kilobytes may hold a hundred megabytes of zeros.
        request.headers["accept-encoding"] = "identity"
        if self._key is not None:
            for name in (*self._withheld, "x-api-key", "authorization"):
                request.headers.pop(name, None)
            request.headers.update(key_headers(self._key, self._header))
        for name in ("authorization", "x-api-key", "proxy-authorization", *self._withheld):
            if value := request.headers.get(name, ""):
                self.secrets |= {value, value.rpartition(" ")[2]}

    async def _after(self, response: httpx2.Response) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            raise WireError(Fault("garbled", f"{self._where} sent a compressed answer that nobody asked for.", False))
        if response.status_code == 200 and kind == "text/html":
            raise WireError(
                Fault(
                    "not_messages",
                    f"{self._where} answered with a web page. Is the address right, or does the network want a login?",
                    False,
                )
            )
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        streamed = response.status_code == 200 and kind == "text/event-stream"
        response.stream = _Bounded(response.stream, self._where, streamed)


class _Bounded(httpx2.AsyncByteStream):
    """The bytes of one answer, until they are too many."""

    def __init__(self, stream: httpx2.AsyncByteStream, where: str, streamed: bool) -> None:
        self._stream = stream
        self._where = where
        self._streamed = streamed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = size = lines = 0
        end = b""
        async for chunk in self._stream:
            total += len(chunk)
            if total > (MAX_STREAM if self._streamed else MAX_BODY):
                raise _too_much(self._where)
            if self._streamed:
                seen = end + chunk
                at = max(seen.rfind(mark) for mark in _BREAKS)
                if at >= 0:
                    size = lines = 0
                rest = seen[at:] if at >= 0 else chunk
                size += len(rest)
                lines += rest.count(b"\n") + rest.count(b"\r")
                if size > MAX_EVENT or lines > MAX_LINES:
                    raise _too_much(self._where)
                end = seen[-3:]
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def _too_much(where: str) -> WireError:
    return WireError(Fault("garbled", f"{where} sent far more than an answer can be; it was cut off.", False))
