"""What the endpoint was asked, and what became of each request. Knows neither sockets nor scripts.

All times are seconds since the epoch, taken from one monotonic clock, so that they can be subtracted and can
be compared with the times of another process.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TextIO, TypeVar

Outcome = Literal["open", "finished", "cut", "aborted", "failed"]
T = TypeVar("T")

_SECRET = frozenset({"authorization", "x-api-key", "cookie", "proxy-authorization"})
_EPOCH = time.time() - time.monotonic()


def now() -> float:
    """Seconds since the epoch that never run backwards."""
    return _EPOCH + time.monotonic()


@dataclass(eq=False)
class Recorded:
    """One request. `number` counts from 1; `connection` is the number of the connection that it came on.

    `outcome`: `open` (not yet over), `finished` (answered to its proper end, whatever the status), `cut` (the script
    broke off on purpose), `aborted` (the client went away) or `failed` (the script raised; see the server's `errors`).
    """

    number: int
    connection: int
    at: float
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    json: Any = None
    label: str = ""
    status: int | None = None
    answered: float | None = None
    ended: float | None = None
    outcome: Outcome = "open"
    holding: bool = False
    _said: list[str] = field(default_factory=list, repr=False)

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def said(self) -> str:
        """The text that has been sent so far in text deltas."""
        return "".join(self._said)

    @property
    def model(self) -> str:
        return str(self._field("model", ""))

    @property
    def streaming(self) -> bool:
        return self._field("stream", False) is True

    @property
    def key(self) -> str:
        """The key that the client sent, as a bearer or as `x-api-key`; empty without one."""
        bearer = self.headers.get("authorization", "")
        return bearer.removeprefix("Bearer ") or self.headers.get("x-api-key", "")

    @property
    def texts(self) -> tuple[str, ...]:
        """Every block of text of the request, in order: the system prompt, then the messages."""
        return (*_texts(self._field("system", None)), *self.turns)

    @cached_property
    def turns(self) -> tuple[str, ...]:
        """Every block of text of the messages, in order."""
        found: list[str] = []
        messages = self._field("messages", [])
        for message in messages if isinstance(messages, list) else []:
            found += _texts(message.get("content") if isinstance(message, dict) else None)
        return tuple(found)

    @property
    def prompt(self) -> str:
        return "\n\n".join(self.texts)

    @property
    def last_text(self) -> str:
        """The last text of the user's; an answer that has begun may stand behind it."""
        messages = self._field("messages", [])
        asked = [m for m in messages if isinstance(m, dict) and m.get("role") == "user"] if messages else []
        texts = _texts(asked[-1].get("content")) if asked else self.texts
        return texts[-1] if texts else ""

    def _field(self, name: str, default: Any) -> Any:
        return self.json.get(name, default) if isinstance(self.json, dict) else default

    def __str__(self) -> str:
        name = f" {self.label}" if self.label else ""
        return f"#{self.number}{name} {self.method} {self.target} → {self.status or '-'} {self.outcome}"


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    blocks = content if isinstance(content, list) else []
    return [b["text"] for b in blocks if isinstance(b, dict) and isinstance(b.get("text"), str)]


class RequestLog:
    """Every request in the order of its coming. `file` gets one JSON object a line, without keys.

    A line is `{"what": "request", number, connection, at, method, target, headers, json}`, then for the same number
    `{"what": "answered", number, at, status, label}` and `{"what": <outcome>, number, at, characters}`.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.requests: list[Recorded] = []
        self._waiting: list[tuple[Callable[[list[Recorded]], Any], asyncio.Future[Any]]] = []
        self._file: TextIO | None = None
        if file is not None:
            self._file = file.open("a", encoding="utf-8")

    def add(self, connection: int, method: str, target: str, headers: dict[str, str], body: bytes) -> Recorded:
        try:
            parsed = json.loads(body) if body else None
        except ValueError:
            parsed = None
        request = Recorded(len(self.requests) + 1, connection, now(), method, target, headers, body, parsed)
        self.requests.append(request)
        shown = {k: "(left out)" if k in _SECRET else v for k, v in headers.items()}
        line = {"connection": connection, "method": method, "target": target, "headers": shown, "json": parsed}
        self._write("request", request, request.at, line)
        self.changed()
        return request

    def answered(self, request: Recorded, status: int) -> None:
        request.status, request.answered = status, now()
        self._write("answered", request, request.answered, {"status": status, "label": request.label})
        self.changed()

    def said(self, request: Recorded, text: str) -> None:
        request._said.append(text)
        self.changed()

    def holds(self, request: Recorded, holding: bool) -> None:
        request.holding = holding
        self.changed()

    def ended(self, request: Recorded, outcome: Outcome) -> None:
        """The first outcome stands: a client that leaves after a proper end changes nothing."""
        if request.outcome == "open":
            request.outcome, request.ended = outcome, now()
            self._write(outcome, request, request.ended, {"characters": len(request.said)})
            self.changed()

    def changed(self) -> None:
        """Tries every predicate that somebody waits for."""
        for entry in list(self._waiting) if self._waiting else ():
            predicate, future = entry
            if future.done():
                self._waiting.remove(entry)
                continue
            try:
                value = predicate(self.requests)
            except Exception as e:  # the predicate is the test's: its error belongs to whoever waits
                future.set_exception(e)
                self._waiting.remove(entry)
            else:
                if value:
                    future.set_result(value)
                    self._waiting.remove(entry)

    async def wait_for(self, predicate: Callable[[list[Recorded]], T | Literal[False] | None], within: float) -> T:
        """The first true value of `predicate(requests)`, tried at once and after every change.

        Raises `TimeoutError`, with the requests so far, after `within` seconds.
        """
        entry = (predicate, asyncio.get_running_loop().create_future())
        self._waiting.append(entry)
        self.changed()
        try:
            async with asyncio.timeout(within):
                value: T = await entry[1]
                return value
        except TimeoutError:
            seen = "\n".join(map(str, self.requests)) or "no request"
            raise TimeoutError(f"not within {within} s; the endpoint has seen:\n{seen}") from None
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, what: str, request: Recorded, at: float, more: dict[str, Any]) -> None:
        if self._file is not None:
            line = {"what": what, "number": request.number, "at": round(at, 6)} | more
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
