"""The only module that talks to an endpoint: a request becomes text, usage and an end, or one of our own errors.

Imports `anthropic` with the first request, on a thread: it costs a second. Knows no debate. Never yields: the text
goes to a callback, so that a cancelled voice leaves no half-open generator behind.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from upverdict.core import abilities, request
from upverdict.core.abilities import Abilities
from upverdict.core.endpoints import API_KEY, KEY_VARIABLES, NO_KEY, TOKEN, Endpoint, has_claude_credential
from upverdict.core.events import Fault
from upverdict.core.faults import Asked, WireError, proxy_unusable, said, translate
from upverdict.core.prompts import Prompt
from upverdict.core.redacting import Veil, redact, veiled
from upverdict.core.stream import MAX_PARTS, Answer, Begun, Found, Note, Stream, without

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

    from upverdict.core.guard import Client

_T = TypeVar("_T")

MAX_ANSWER = 400_000
"""Characters of one answer that are read; no statement is that long, a runaway server may be."""
MAX_WRITTEN = 4 * MAX_ANSWER
"""Bytes of an answer with its thoughts and searches."""
MAX_PAUSES = 5
"""How often an endpoint that pauses a long turn is asked to go on (wire.md, Faults)."""

_ALIVE = ("message_start", "content_block_start", "content_block_delta", "content_block_stop")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to wait. `first` is for the first word (a small model reads slowly), `between` for the next, `whole` for
    the last; `busy` is for whatever comes next while the model thinks or the endpoint searches.

    Pings of a server do not count as words: they would keep a stalled stream alive for ever (wire.md, Faults).
    """

    connect: float = 15.0
    first: float = 180.0
    between: float = 60.0
    whole: float = 1800.0
    busy: float = 600.0


LOCAL_LIMITS = Limits(connect=5.0, first=600.0, between=120.0, whole=3600.0)
"""For loopback: two cores read a long prompt in minutes, not seconds (wire.md, The built-in server)."""


def _ours(callback: Callable[[_T], object]) -> Callable[[_T], object]:
    """The callback, with its errors marked as ours: a mistake of ours must not be blamed on the server."""

    def call(value: _T) -> None:
        try:
            callback(value)
        except Exception as e:
            raise _Ours(e) from e

    return call


class _Ours(Exception):
    """Carries an error of the callback past the translation of the server's errors."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@dataclass(slots=True)
class Wire:
    """The connection to one endpoint. Made cheaply; connects with the first request; `close` ends every connection."""

    endpoint: Endpoint
    limits: Limits | None = None
    _client: AsyncAnthropic | None = field(default=None, repr=False)
    _abilities: dict[str, Abilities] = field(default_factory=dict, repr=False)
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _sender: Client | None = field(default=None, repr=False)

    async def ask(
        self,
        prompt: Prompt,
        model: str,
        on_text: Callable[[str], None],
        on_note: Callable[[Note], object] | None = None,
        seen: Stream | None = None,
    ) -> Answer:
        """Stream the answer to `prompt`; every piece of text goes to `on_text` as it comes, uncleaned.

        What else it brings goes to `on_note`, in its order among the words. An endpoint that pauses a long turn is
        asked to go on. `seen` tells while it goes on, and after it has failed or was cancelled, what has come and what
        that used. Raises `WireError`; a cancelled request closes its stream.
        """
        seen = seen or Stream()
        seen.model = model
        tell = _ours(on_note or (lambda _: None))

        def note(one: Note) -> None:
            tell(without(one, self._veiled))

        veil = Veil(lambda: self._secrets, _ours(on_text))
        hear = request.Lead(prompt.lead, veil)
        try:
            client = await self._connected()
            can = await self.abilities(model)
            while True:
                try:
                    await self._answer(client, prompt, model, can, seen, hear, note)
                    break
                except Exception as e:
                    if seen.begun or not (what := self._refused(e, seen, can, prompt)):
                        raise
                    can = can.without(what)
                    if what == "search" and prompt.may_search:
                        note(Found("", error=f"{self.endpoint.name} does not allow its search"))
                finally:
                    if seen.begun:  # so it was right to leave out what was refused
                        self._abilities[model] = can
            hear.finish()
            veil.finish()
            return seen.answer(self._redact)
        except _Ours as carried:
            raise carried.error from None
        except Exception as e:
            # The SDK and its transport raise a dozen kinds of errors, bare AssertionErrors among them (wire.md).
            error = e if isinstance(e, WireError) else self._translated(e, seen)
            veil.finish()
            for mark in seen.close():  # the words stay, and what they rest on with them
                note(mark)
            raise error from None  # the SDK's own says what the server said, unredacted

    async def abilities(self, model: str) -> Abilities:
        """What a model can do here; asked of the endpoint once, where nobody has declared it.

        An endpoint that doesn't say can do nothing of it. Raises WireError when it can't be reached.
        """
        async with self._learning:
            if model not in self._abilities:
                can = abilities.declared(self.endpoint, model)
                self._abilities[model] = await self._asked_of(model) if can is None else can
        return self._abilities[model]

    async def _asked_of(self, model: str) -> Abilities:
        try:
            client = await self._connected()
            async with asyncio.timeout(self._limits.connect):
                info = await client.models.retrieve(model)
        except Exception as e:
            error = self._translated(e, Stream(model=model), self._limits.connect)
            if error.fault.kind == "denied":  # some keys may ask a model, and not ask about it
                return Abilities()
            raise error from None
        return abilities.told(info.capabilities)

    def _refused(self, error: Exception, seen: Stream, can: Abilities, prompt: Prompt) -> str:
        """Which ability that the request relied on a server refused it for; empty where it was for something else."""
        if self._translated(error, seen).fault.kind not in ("bad_request", "denied"):
            return ""
        asked = Abilities(
            structured=can.structured and prompt.schema is not None,
            search=can.search if prompt.searches else "",
            effort=can.effort and bool(prompt.effort),
            thinking=can.thinking,
        )
        return abilities.refused(said(error), asked)

    async def _answer(
        self,
        client: AsyncAnthropic,
        prompt: Prompt,
        model: str,
        can: Abilities,
        seen: Stream,
        on_text: Callable[[str], object],
        on_note: Callable[[Note], object],
    ) -> None:
        """One answer, in as many turns as the endpoint makes of it."""
        body = {
            "model": model,
            "max_tokens": prompt.max_tokens,
            "system": prompt.system,
            "messages": request.messages(prompt, can, self.endpoint.caching),
            **request.form(prompt, can),
        }
        seen.keep = "tools" in body

        def hear(event: Any) -> None:
            for piece in seen.take(event):
                if isinstance(piece, Begun):
                    seen.model = self._veiled(seen.model)
                if isinstance(piece, str):
                    on_text(piece)
                else:
                    on_note(piece)
            if seen.watch is not None:
                seen.watch()
            if seen.length > MAX_ANSWER or seen.written > MAX_WRITTEN:
                raise WireError(Fault("too_long", "The answer had no end; it was cut off.", False))
            if seen.parts > MAX_PARTS:
                words = f"{self.endpoint.name} sent an answer in far more parts than one can have; it was cut off."
                raise WireError(Fault("garbled", words, False))

        now = asyncio.get_running_loop().time
        end = now() + self._limits.whole
        try:
            async with asyncio.timeout(self._limits.first) as timer:

                def alive(seconds: float) -> None:
                    seen.waits = seconds
                    timer.reschedule(min(now() + seconds, end))

                for paused in range(MAX_PAUSES + 1):
                    alive(self._limits.first)
                    seen.sent = True
                    await self._turn(client, body, alive, hear, seen)
                    if seen.stop_reason != "pause_turn" or not seen.said or paused == MAX_PAUSES:
                        break
                    room = prompt.max_tokens if seen.again is None else seen.again()
                    body["max_tokens"] = min(prompt.max_tokens, room)
                    body["messages"] = request.gone_on(body["messages"], seen.said)
                    seen.turn()
        except TimeoutError:
            if now() < end:
                raise
            words = f"{self.endpoint.name} had not ended its answer after {self._limits.whole / 60:g} minutes."
            raise WireError(Fault("slow", words, False)) from None

    async def _turn(
        self,
        client: AsyncAnthropic,
        body: dict[str, Any],
        alive: Callable[[float], None],
        hear: Callable[[Any], None],
        seen: Stream,
    ) -> None:
        """One request. `alive` is told how long the next sign of life may take; a ping is none (wire.md)."""
        limits = self._limits
        async with await client.messages.create(stream=True, **body) as stream:
            async for event in stream:
                hear(event)
                if event.type in _ALIVE:
                    speaks = event.type == "content_block_delta" and event.delta.type == "text_delta"
                    alive(limits.busy if seen.busy else limits.between if speaks else limits.first)

    async def models(self) -> list[str]:
        """The models that the endpoint names, the first being its own choice; empty where it names none."""
        try:
            client = await self._connected()
            async with asyncio.timeout(self._limits.connect):
                page = await client.models.list()
            return [m.id for m in page.data if m.id]
        except Exception as e:
            raise self._translated(e, Stream(), self._limits.connect) from None

    async def prepare(self) -> None:
        """Do what takes long before a first request, on a thread; connects to nothing."""
        await self._connected()

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

        from upverdict.core.guard import Client

        for name in ("anthropic", "httpx2"):
            # Both log to stderr, in the middle of a screen, and ANTHROPIC_LOG has them say what was sent, and how.
            logger = logging.getLogger(name)
            logger.addHandler(logging.NullHandler())
            logger.propagate = False
        limits, claudes = self._limits, self.endpoint.kind == "claude"
        timeout = httpx2.Timeout(limits.first, connect=limits.connect)
        try:
            self._sender = Client(
                self.endpoint.name,
                None if claudes else self.endpoint.key,
                () if claudes else _custom_headers(),
                self.endpoint.key_header,
                # A proxy of the environment would capture loopback too.
                trust_env=not self.endpoint.loopback,
                timeout=timeout,
                # Without TLS there is nothing to verify; elsewhere the certificates are always checked.
                verify=httpx2.create_ssl_context() if self.endpoint.url.startswith("https://") else False,
            )
        except (ValueError, ImportError, httpx2.InvalidURL):  # of a proxy's address that is none, or of a kind we lack
            raise proxy_unusable() from None
        return anthropic.AsyncAnthropic(
            base_url=self.endpoint.url,
            api_key=self.endpoint.key,
            # Retries are ours, so that they can be seen and cut short; the SDK's sleep without a word.
            max_retries=0,
            timeout=timeout,
            # Nothing of a debate goes into anybody's traces.
            open_telemetry=False,
            http_client=self._sender,
        )

    def _translated(self, error: Exception, seen: Stream, waited: float = 0.0) -> WireError:
        """`waited` is how long the next word was waited for, where that was not as long as for one of an answer."""
        limits, endpoint = self._limits, self.endpoint
        asked = Asked(
            endpoint.name,
            endpoint.url,
            endpoint.loopback,
            seen.model,
            endpoint.key not in ("", NO_KEY),
            self._key_from(),
            limits.connect,
            waited or seen.waits or limits.first,
        )
        return translate(error, asked, self._redact)

    def _key_from(self) -> str:
        """The variable that holds the key that goes out; empty where none does."""
        if self.endpoint.key_env:
            return self.endpoint.key_env
        if self.endpoint.kind == "claude":
            return has_claude_credential(os.environ) or API_KEY
        return TOKEN if self.endpoint.key and self.endpoint.key == os.environ.get(TOKEN, "").strip() else ""

    @property
    def _secrets(self) -> set[str]:
        """What goes out as a key, and what may not."""
        known = {self.endpoint.key or "", *(os.environ.get(name, "") for name in KEY_VARIABLES)}
        return known | (self._sender.secrets if self._sender else set())

    def _veiled(self, words: str) -> str:
        return veiled(words, self._secrets)

    def _redact(self, words: str) -> str:
        """A server's words without a key: some echo what they were sent."""
        return redact(words, self._secrets)


def _custom_headers() -> tuple[str, ...]:
    """The names of the environment's headers for Claude, which go to no other host."""
    lines = os.environ.get("ANTHROPIC_CUSTOM_HEADERS", "").split("\n")
    return tuple(line.partition(":")[0].strip() for line in lines if ":" in line)
