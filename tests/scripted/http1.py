"""HTTP/1.1 on one connection, read and written by hand. Knows nothing of messages, scripts or the log."""

from __future__ import annotations

import asyncio
import http
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 64 * 1024 * 1024
_PHRASES = {status.value: status.phrase for status in http.HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` have lower-case names; a name that came twice has its values joined by a comma."""

    method: str
    target: str
    version: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def keeps_alive(self) -> bool:
        wanted = self.headers.get("connection", "").lower()
        return wanted != "close" if self.version == "HTTP/1.1" else wanted == "keep-alive"


class BadRequest(Exception):
    """Bytes that are no request; `status` is what to answer before closing."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Gone(Exception):
    """The client went away between two requests."""


class Connection(asyncio.Protocol):
    """One connection: `serve` gets each request in turn and writes its answer with `write`.

    When the client goes away in the middle of an answer, the task that serves is cancelled and `gone` is true.
    """

    def __init__(self, number: int, serve: Callable[[Connection, Request], Awaitable[bool]]) -> None:
        self.number = number
        self.gone = False
        self.idle = True
        self.closed = asyncio.Event()
        self._serve = serve
        self._buffer = bytearray()
        self._more = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._ending = False
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._task = asyncio.get_running_loop().create_task(self._run())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._more.set()

    def eof_received(self) -> bool:
        self._leave()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        self.closed.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # What an answer uses.

    async def write(self, data: bytes | bytearray) -> None:
        """Sends, waiting while the client reads too slowly."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)
        if not self._writable.is_set():
            await self._writable.wait()

    def close(self) -> None:
        """Ends the connection after what was written: a FIN."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Ends the connection at once by a RST; what was not sent yet is lost."""
        if self._transport is None or self.closed.is_set():
            return
        raw = self._transport.get_extra_info("socket")
        if raw is not None:
            # struct linger is two ints, and two shorts on Windows
            linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()

    async def end(self) -> None:
        """Gives up whatever this connection is doing, resets it and waits until it is closed."""
        self._ending = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        self.reset()
        if self._transport is not None:  # else its TLS handshake never came to an end
            await self.closed.wait()

    # The loop over requests.

    def _leave(self) -> None:
        if not self.gone:
            self.gone = True
            self._more.set()
            if not self.idle and self._task is not None:
                self._task.cancel()

    async def _run(self) -> None:
        keeps = True
        try:
            while keeps:
                try:
                    request = await self._read()
                except Gone:
                    break
                except BadRequest as e:
                    await self.write(head(e.status, {"connection": "close", "content-length": "0"}))
                    break
                self.idle = False
                keeps = await self._serve(self, request)
                self.idle = True
        except asyncio.CancelledError:
            pass  # the client has left, or the endpoint ends: this was the task's last act
        finally:
            if self._ending:
                self.reset()
            else:
                self.close()

    async def _read(self) -> Request:
        while not self._buffer:
            await self._wait()
        if self._buffer.startswith(b"\x16"):
            raise BadRequest(400, "TLS is spoken to a port that has none")
        raw = await self._until(b"\r\n\r\n", HEAD_LIMIT)
        first, *lines = raw.decode("latin-1").split("\r\n")
        method, target, version = _request_line(first)
        headers = _headers(lines)
        if headers.get("expect", "").lower() == "100-continue":
            await self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Request(method, target, version, headers, await self._body(headers))

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return await self._chunks()
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            raise BadRequest(400, "content-length is no number")
        if int(length) > BODY_LIMIT:
            raise BadRequest(413, "body too long")
        return await self._exactly(int(length))

    async def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            line = (await self._until(b"\r\n", HEAD_LIMIT)).partition(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError:
                raise BadRequest(400, "size of a chunk is no number") from None
            if size == 0:
                break
            body += await self._exactly(size)
            await self._until(b"\r\n", HEAD_LIMIT)
            if len(body) > BODY_LIMIT:
                raise BadRequest(413, "body too long")
        while await self._until(b"\r\n", HEAD_LIMIT):  # trailers
            pass
        return bytes(body)

    async def _until(self, mark: bytes, limit: int) -> bytes:
        start = 0
        while (at := self._buffer.find(mark, start)) < 0:
            if len(self._buffer) > limit:
                raise BadRequest(431, "head too long")
            start = max(0, len(self._buffer) - len(mark) + 1)
            await self._wait()
        found = bytes(self._buffer[:at])
        del self._buffer[: at + len(mark)]
        return found

    async def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._wait()
        found = bytes(self._buffer[:size])
        del self._buffer[:size]
        return found

    async def _wait(self) -> None:
        if self.gone:
            raise Gone
        self._more.clear()
        await self._more.wait()


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers. Names and values are the script's own and are not checked."""
    first = f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}"
    return "\r\n".join([first, *(f"{k}: {v}" for k, v in headers.items()), "", ""]).encode("latin-1")


def chunk(data: bytes | bytearray) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


LAST_CHUNK = b"0\r\n\r\n"


def _request_line(line: str) -> tuple[str, str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequest(400, "no request line")
    return parts[0], parts[1], parts[2]


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "broken header")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
