"""The only module that talks to an endpoint: a request becomes text, usage and an end, or one of our own errors.

Imports `anthropic` with the first request, on a thread: it costs a second. Knows no debate. Never yields: the text
goes to a callback, so that a cancelled voice leaves no half-open generator behind.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from upverdict.core.endpoints import KEY_VARIABLES, Endpoint
from upverdict.core.events import Fault, Usage
from upverdict.core.prompts import Prompt
from upverdict.core.text import clean, shorten

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

FAULTS = (
    "auth", "denied", "not_found", "too_large", "rate_limit", "overloaded", "server", "bad_request",
    "unreachable", "cut", "stalled", "garbled", "not_messages", "refused", "empty", "too_long",
    "stopped", "builtin", "storage", "unreadable", "unsafe",
)  # fmt: skip
"""Every kind of `Fault`."""

MAX_ANSWER = 400_000
"""Characters of one answer that are read; no statement is that long, a runaway server may be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to wait. `first` is for the first word (a small model reads slowly), `between` for the next.

    Pings of a server do not count as words: they would keep a stalled stream alive for ever (wire.md, Faults).
    """

    connect: float = 15.0
    first: float = 180.0
    between: float = 60.0


LOCAL_LIMITS = Limits(connect=5.0, first=600.0, between=120.0)
"""For loopback: two cores read a long prompt in minutes, not seconds (wire.md, The built-in server)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer ended: the model that really gave it, why it ended, what it used, whether it was cut short."""

    model: str
    stop_reason: str
    usage: Usage
    partial: bool = False


class _Ours(Exception):
    """Carries an error of the callback past the translation of the server's errors."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class WireError(Exception):
    """A request failed. `fault` is for a person; `usage` and `model` are what was counted before it failed."""

    def __init__(self, fault: Fault, retry_after: float | None = None, usage: Usage | None = None) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.retry_after = retry_after
        self.usage = usage or Usage()
        self.model = ""


@dataclass(slots=True)
class _Stream:
    """What has been seen of one answer."""

    model: str = ""
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    stop_reason: str = ""
    ended: bool = False
    length: int = 0
    refusal: str = ""
    started: bool = False

    @property
    def usage(self) -> Usage:
        return Usage(self.input, self.output, self.cache_read, self.cache_write)

    def count(self, usage: Any) -> None:
        """Take over what a usage block says; the later one of a stream is the whole, not an addition."""
        for ours, theirs in _USAGE:
            value = getattr(usage, theirs, None)
            if value is not None:
                setattr(self, ours, int(value))


_USAGE = (
    ("input", "input_tokens"),
    ("output", "output_tokens"),
    ("cache_read", "cache_read_input_tokens"),
    ("cache_write", "cache_creation_input_tokens"),
)


@dataclass(slots=True)
class Wire:
    """The connection to one endpoint. Made cheaply; connects with the first request; `close` ends every connection."""

    endpoint: Endpoint
    limits: Limits | None = None
    _client: AsyncAnthropic | None = field(default=None, repr=False)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def ask(
        self, prompt: Prompt, model: str, on_text: Callable[[str], None], on_start: Callable[[], object] | None = None
    ) -> Answer:
        """Stream the answer to `prompt`; every piece of text goes to `on_text` as it comes, uncleaned.

        `on_start` is called when the answer has begun: from then on the endpoint can serve what it was to keep of the
        prompt to other requests. Raises `WireError`; a cancelled request closes its stream.
        """
        seen = _Stream(model=model)
        limits = self._limits
        hear = _Lead(prompt.lead, on_text)
        try:
            client = await self._connected()
            async with asyncio.timeout(limits.first) as timer:
                await self._read(client, prompt, model, seen, hear, timer, on_start)
            hear.finish()
            return _answer(seen, self._redact)
        except WireError as e:
            e.usage, e.model = seen.usage, seen.model
            raise
        except _Ours as carried:
            raise carried.error from None
        except Exception as e:
            # The SDK and its transport raise a dozen kinds of errors, bare AssertionErrors among them (wire.md).
            error = self._translate(e, seen)
            error.usage, error.model = seen.usage, seen.model
            raise error from e

    async def _read(
        self,
        client: AsyncAnthropic,
        prompt: Prompt,
        model: str,
        seen: _Stream,
        on_text: Callable[[str], None],
        timer: asyncio.Timeout,
        on_start: Callable[[], object] | None,
    ) -> None:
        between = self._limits.between
        now = asyncio.get_running_loop().time
        stream = await client.messages.create(
            model=model,
            max_tokens=prompt.max_tokens,
            system=prompt.system,
            messages=_messages(prompt, mark=self.endpoint.caching and prompt.reused),
            stream=True,
            extra_headers=self._headers(),
            **self._form(prompt),
        )
        async with stream:
            async for event in stream:
                text = _take(event, seen)
                if on_start and seen.started:
                    on_start()
                    on_start = None
                if text:
                    timer.reschedule(now() + between)
                    try:
                        on_text(text)
                    except Exception as e:  # a mistake of ours must not be blamed on the server
                        raise _Ours(e) from e
                    if seen.length > MAX_ANSWER:
                        raise WireError(Fault("too_long", "The answer had no end; it was cut off.", False))

    def _form(self, prompt: Prompt) -> dict[str, Any]:
        """What holds the answer to its schema, where the endpoint can: elsewhere it would be an error, or ignored."""
        if prompt.schema is None or not self.endpoint.structured:
            return {}
        return {"output_config": {"format": {"type": "json_schema", "schema": dict(prompt.schema)}}}

    async def models(self) -> list[str]:
        """The models that the endpoint names, the first being its own choice; empty where it names none."""
        try:
            client = await self._connected()
            async with asyncio.timeout(self._limits.connect):
                page = await client.models.list(extra_headers=self._headers())
            return [m.id for m in page.data if m.id]
        except Exception as e:
            raise self._translate(e, _Stream()) from e

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    @property
    def _limits(self) -> Limits:
        return self.limits or (LOCAL_LIMITS if self.endpoint.loopback else Limits())

    async def _connected(self) -> AsyncAnthropic:
        async with self._making:
            if self._client is None:
                # Importing the SDK takes a second, loading the certificates a tenth of one: not on the event loop.
                self._client = await asyncio.to_thread(self._make)
        return self._client

    def _make(self) -> AsyncAnthropic:
        import anthropic
        import httpx2

        # The SDK warns on stderr when nobody listens to its logger, in the middle of a screen.
        logging.getLogger("anthropic").addHandler(logging.NullHandler())
        limits = self._limits
        timeout = httpx2.Timeout(limits.first, connect=limits.connect)
        return anthropic.AsyncAnthropic(
            base_url=self.endpoint.url,
            api_key=self.endpoint.key,
            # Retries are ours, so that they can be seen and cut short; the SDK's sleep without a word.
            max_retries=0,
            timeout=timeout,
            # Nothing of a debate goes into anybody's traces.
            open_telemetry=False,
            # A proxy of the environment would capture loopback too.
            http_client=httpx2.AsyncClient(
                trust_env=not self.endpoint.loopback,
                timeout=timeout,
                # Without TLS there is nothing to verify; elsewhere the certificates are always checked.
                verify=not self.endpoint.url.startswith("http://"),
            ),
        )

    def _redact(self, words: str) -> str:
        """A server's words without a key: some echo what they were sent."""
        for secret in (self.endpoint.key, *(os.environ.get(name) for name in KEY_VARIABLES)):
            if secret and len(secret) > 6:
                words = words.replace(secret, "(key)")
        return words

    def _headers(self) -> dict[str, Any]:
        """What keeps the environment's headers for Claude from going to another host."""
        if self.endpoint.kind == "claude":
            return {}
        import anthropic

        custom = os.environ.get("ANTHROPIC_CUSTOM_HEADERS", "")
        names = [line.partition(":")[0].strip() for line in custom.split("\n") if ":" in line]
        return dict.fromkeys(names, anthropic.omit) | {"Authorization": f"Bearer {self.endpoint.key}"}

    def _translate(self, error: Exception, seen: _Stream) -> WireError:
        """Our own error for whatever the SDK, its transport or a parser raised."""
        import anthropic
        import httpx2

        where = self.endpoint.name
        if isinstance(error, anthropic.APIStatusError):
            return _status(error, where, self._redact)
        if isinstance(error, httpx2.ConnectTimeout) or isinstance(error.__cause__, httpx2.ConnectTimeout):
            seconds = f"{self._limits.connect:g} seconds"
            return _transient(
                "unreachable",
                f"{where} can't be reached: no connection within {seconds}. Is it running, is the network up?",
            )
        if isinstance(error, TimeoutError | httpx2.TimeoutException | anthropic.APITimeoutError):
            waited = self._limits.between if seen.length else self._limits.first
            return _transient("stalled", f"{where} sent no word for {waited:.0f} seconds.")
        if isinstance(error, anthropic.APIConnectionError | httpx2.ConnectError):
            return _transient(
                "unreachable",
                f"{where} can't be reached{self._redact(_cause(error))}. Is it running, is the network up?",
            )
        if isinstance(error, httpx2.TransportError | httpx2.StreamError):
            return _transient("cut", f"The connection to {where} broke in the middle of the answer.")
        if isinstance(error, ValueError):
            return _transient("garbled", f"{where} sent something that can't be read.")
        if isinstance(error, AssertionError | LookupError | AttributeError | TypeError):
            return WireError(Fault("not_messages", f"{where} answered, but it does not speak the Messages API.", False))
        kind = "auth" if isinstance(error, anthropic.AnthropicError) else "server"  # a profile that can't be read, say
        return WireError(Fault(kind, f"{where}: {shorten(self._redact(clean(str(error))), 200)}", False))


def _messages(prompt: Prompt, *, mark: bool) -> list[Any]:
    """The one turn of the user's. `mark`: everything up to the last shared block is to be kept (wire.md, Caching)."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": t} for t in (*prompt.shared, prompt.own)]
    if mark and prompt.shared:
        blocks[len(prompt.shared) - 1]["cache_control"] = {"type": "ephemeral"}
    begun = [{"role": "assistant", "content": prompt.lead}] if prompt.lead else []
    return [{"role": "user", "content": blocks}, *begun]


class _Lead:
    """Hands on an answer whose first words were given. Some servers repeat them, others go on."""

    def __init__(self, lead: str, on_text: Callable[[str], None]) -> None:
        self._lead = lead
        self._on_text = on_text
        self._held: str | None = "" if lead else None

    def __call__(self, piece: str) -> None:
        if self._held is None:
            self._on_text(piece)
            return
        self._held += piece
        if len(self._held) >= len(self._lead) or not self._lead.startswith(self._held):
            self.finish()

    def finish(self) -> None:
        """Hand on what was held back until it was clear whether the words are repeated."""
        if self._held:
            rest = self._held.removeprefix(self._lead)
            joint = "" if rest[:1].isspace() or self._held.startswith(self._lead) else " "
            self._on_text(self._lead + joint + rest)
        self._held = None


def _take(event: Any, seen: _Stream) -> str:
    """Note what one raw event of the stream says; the text that it brings."""
    match event.type:
        case "content_block_delta":
            if not seen.started:
                raise WireError(Fault("not_messages", "The server sent words before its message began.", False))
            if event.delta.type == "text_delta":
                seen.length += len(event.delta.text)
                return str(event.delta.text)
        case "message_start":
            seen.started = True
            seen.model = str(event.message.model or seen.model)
            seen.count(event.message.usage)
        case "message_delta":
            seen.stop_reason = str(event.delta.stop_reason or "")
            details = getattr(event.delta, "stop_details", None)
            seen.refusal = str(getattr(details, "explanation", None) or "")
            seen.count(event.usage)
        case "message_stop":
            seen.ended = True
    return ""


def _answer(seen: _Stream, redact: Callable[[str], str]) -> Answer:
    """The answer of a stream that ended by itself; an early end is an error that nobody raised (wire.md)."""
    if not seen.started:
        raise WireError(Fault("not_messages", "The server answered, but it does not speak the Messages API.", False))
    if not seen.ended or not seen.stop_reason:
        raise _transient("cut", "The answer ended in the middle, without its last part.")
    if seen.stop_reason == "refusal":
        reason = f": {shorten(redact(clean(seen.refusal)), 200)}" if seen.refusal else "."
        raise WireError(Fault("refused", f"The model refused to answer{reason}", False))
    if not seen.length:
        raise _transient("empty", "The model answered without a word.")
    cut = seen.stop_reason in ("max_tokens", "model_context_window_exceeded")
    return Answer(seen.model, seen.stop_reason, seen.usage, cut)


_BY_STATUS = {
    400: ("bad_request", "refused the request", False),
    401: ("auth", "did not accept the key", False),
    402: ("denied", "wants to be paid first", False),
    403: ("denied", "does not allow this", False),
    404: ("not_found", "does not know this model or address", False),
    408: ("stalled", "took too long", True),
    409: ("server", "was in conflict with itself", True),
    413: ("too_large", "found the debate too long for one request", False),
    429: ("rate_limit", "is asked too often", True),
    529: ("overloaded", "is overloaded", True),
}
_BY_TYPE = {
    "overloaded_error": ("overloaded", "is overloaded", True),
    "rate_limit_error": ("rate_limit", "is asked too often", True),
    "api_error": ("server", "had an error of its own", True),
    "timeout_error": ("stalled", "took too long", True),
    "exceed_context_size_error": ("too_large", "found the debate too long for the model's window", False),
}


def _status(error: Any, where: str, redact: Callable[[str], str]) -> WireError:
    """The error of a status, or of an `error` event in a stream, which comes with status 200."""
    status = int(error.status_code)
    known = _BY_TYPE.get(_error_type(error)) or _BY_STATUS.get(status)
    kind, words, transient = known or ("server", f"answered with status {status}", status >= 500)
    detail = _detail(error, redact)
    fault = Fault(kind, f"{where} {words}{': ' + detail if detail else ''}.", transient)
    return WireError(fault, _retry_after(error))


def _error_type(error: Any) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    kind = inner.get("type") if isinstance(inner, dict) else None
    return str(getattr(error, "type", None) or kind or "")


def _detail(error: Any, redact: Callable[[str], str]) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    message = inner.get("message") if isinstance(inner, dict) else None
    # Before it is shortened: a key that is cut in two is no key any more, but most of one.
    return shorten(redact(clean(str(message))), 160).rstrip(".") if message else ""


def _retry_after(error: Any) -> float | None:
    """Seconds, from a header that holds seconds or a date."""
    value = error.response.headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except ValueError:
            return None


def _cause(error: Exception) -> str:
    cause = error.__cause__ or error
    words = shorten(clean(str(cause)), 120).rstrip(".")
    return f" ({words})" if words and words != "Connection error" else ""


def _transient(kind: str, message: str) -> WireError:
    return WireError(Fault(kind, message, True))
