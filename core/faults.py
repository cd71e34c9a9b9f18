"""Every way in which asking can fail, and the sentence for it. Imports the SDK when there is an error to translate."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from upverdict.core.events import Fault
from upverdict.core.text import clean, shorten

FAULTS = (
    "auth", "denied", "not_found", "too_large", "rate_limit", "overloaded", "server", "bad_request",
    "unreachable", "untrusted", "cut", "stalled", "slow", "garbled", "not_messages", "refused", "empty", "too_long",
    "stopped", "builtin", "storage", "unreadable", "unsafe", "limit",
)  # fmt: skip
"""Every kind of `Fault`."""

MAX_WAIT = 60.0
"""Seconds that a server may have us wait before the next try; what asks for more is told to the user, who decides."""

_READ = 4_000
"""Characters of a server's words that are looked at; some 160 are shown."""


class WireError(Exception):
    """A request failed. `fault` is for a person; `retry_after` are seconds that the server asks for."""

    def __init__(self, fault: Fault, retry_after: float | None = None) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked for what, as far as a sentence about its failure needs it.

    `name` is the endpoint's; `keyed`: a key was sent; `key_from` is the variable that holds it, empty where it is
    not in one; `connect` and `silent` are the seconds that were waited for a connection, and for the next word.
    """

    name: str
    url: str = ""
    loopback: bool = False
    model: str = ""
    keyed: bool = False
    key_from: str = ""
    connect: float = 0.0
    silent: float = 0.0


def translate(error: Exception, asked: Asked, redact: Callable[[str], str]) -> WireError:
    """Our own error for whatever the SDK, its transport or a parser raised (wire.md, Faults)."""
    import anthropic
    import httpx2

    chain = list(_chain(error))
    for one in chain:
        if isinstance(one, WireError):
            return one
    where = asked.name
    if isinstance(error, anthropic.APIStatusError):
        return _status(error, asked, redact)
    if any(isinstance(one, httpx2.ConnectTimeout) for one in chain):
        return transient(
            "unreachable",
            f"{where} can't be reached: no connection within {asked.connect:g} seconds. {_reach(asked)}",
        )
    if isinstance(error, TimeoutError | httpx2.TimeoutException | anthropic.APITimeoutError):
        return transient("stalled", f"{where} sent no word for {asked.silent:g} seconds.")
    if isinstance(error, anthropic.APIConnectionError | httpx2.ConnectError):
        return _unconnected(chain, asked, redact)
    if isinstance(error, httpx2.TransportError | httpx2.StreamError):
        return transient("cut", f"The connection to {where} broke in the middle of the answer.")
    if isinstance(error, ValueError):
        return transient("garbled", f"{where} sent something that can't be read.")
    if isinstance(error, AssertionError | LookupError | AttributeError | TypeError):
        return not_messages(where)
    kind = "auth" if isinstance(error, anthropic.AnthropicError) else "server"  # a profile that can't be read, say
    return WireError(Fault(kind, f"{where}: {shorten(redact(clean(str(error)[:_READ])), 200)}", False))


def not_messages(where: str) -> WireError:
    """Something answers there, but no Messages endpoint."""
    words = f"{where} answered, but it does not speak the Messages API. Is its address right?"
    return WireError(Fault("not_messages", words, False))


def proxy_unusable() -> WireError:
    """The environment names a proxy that can't be one. It may hold a password, so that it is not shown."""
    words = (
        "The proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names can't be used. Write it like http://host:port, or "
        "leave it out."
    )
    return WireError(Fault("unreachable", words, False))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what it came from; of several at once, the first."""
    while error is not None:
        yield error
        several = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        error = several[0] if several else error.__cause__ or error.__context__


# -- no connection ---------------------------------------------------------------------------------------------------


def _unconnected(chain: list[BaseException], asked: Asked, redact: Callable[[str], str]) -> WireError:
    import socket
    import ssl

    import httpx2

    where = asked.name
    for one in chain:
        if isinstance(one, ssl.SSLCertVerificationError):
            return WireError(
                Fault(
                    "untrusted",
                    f"The certificate of {where} is not trusted ({one.verify_message}). Is this the right server? "
                    "Where it is your own, name the file of its certificate in SSL_CERT_FILE.",
                    False,
                )
            )
        if isinstance(one, ssl.SSLError) and one.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
            words = f"{where} does not speak TLS. Does its address begin with http:// instead?"
            return WireError(Fault("untrusted", words, False))
        if isinstance(one, OverflowError):  # a port over 65535; an endpoint's own is checked
            return proxy_unusable()
        if isinstance(one, socket.gaierror):
            host = urlsplit(asked.url).hostname or where
            words = f"There is no host {host} to be found. Is the address right, is the network up?"
            return transient("unreachable", words)
        if isinstance(one, ConnectionRefusedError):
            return transient("unreachable", f"{where} can't be reached: nothing listens there. {_reach(asked)}")
    if any(isinstance(one, httpx2.ProxyError) for one in chain):
        words = f"The proxy on the way to {where} let nobody through{redact(_cause(chain))}."
        return transient("unreachable", f"{words} Are HTTPS_PROXY and its like right?")
    if any(isinstance(one, httpx2.ConnectError) for one in chain):
        return transient("unreachable", f"{where} can't be reached{redact(_cause(chain))}. {_reach(asked)}")
    if any(isinstance(one, httpx2.RemoteProtocolError) and "disconnected" not in str(one) for one in chain):
        return not_messages(where)  # no HTTP at all, or a head without an end
    return transient("cut", f"{where} broke off the connection before it answered.")


def _reach(asked: Asked) -> str:
    return "Is the server running?" if asked.loopback else "Is it running, is the network up?"


def _cause(chain: list[BaseException]) -> str:
    words = next((str(one) for one in chain[1:] if str(one)), "")
    words = shorten(clean(words[:_READ]), 120).rstrip(".")
    return f" ({words})" if words else ""


# -- errors that the server tells ------------------------------------------------------------------------------------

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
    "authentication_error": ("auth", "did not accept the key", False),
    "billing_error": ("denied", "wants to be paid first", False),
    "permission_error": ("denied", "does not allow this", False),
    "not_found_error": ("not_found", "does not know this model or address", False),
    "request_too_large": ("too_large", "found the debate too long for one request", False),
    "overloaded_error": ("overloaded", "is overloaded", True),
    "rate_limit_error": ("rate_limit", "is asked too often", True),
    "api_error": ("server", "had an error of its own", True),
    "timeout_error": ("stalled", "took too long", True),
    "exceed_context_size_error": ("too_large", "found the debate too long for the model's window", False),
}
_TOO_LONG = re.compile(
    r"prompt is too long|context[ _](?:length|window|size)|maximum context|too many (?:input )?tokens", re.IGNORECASE
)
"""How servers say in a plain 400 that a request does not fit: Claude, vLLM, OpenRouter, llama.cpp before 2026."""
_UNPAID = re.compile(r"credit balance|insufficient[ _](?:quota|funds|credits)", re.IGNORECASE)


def _status(error: Any, asked: Asked, redact: Callable[[str], str]) -> WireError:
    """The error of a status, or of an `error` event in a stream, which comes with status 200."""
    status = int(error.status_code)
    detail = _detail(error, redact)
    known = _BY_TYPE.get(_error_type(error)) or _BY_STATUS.get(status)
    if status == 400 and _TOO_LONG.search(detail):
        known = _BY_TYPE["exceed_context_size_error"]
    elif status in (400, 403, 429) and _UNPAID.search(detail):
        known = _BY_STATUS[402]
    if known is None and 300 <= status < 400:
        known = ("not_messages", "sends us on to another address, which must be named itself", False)
    if known is None and status == 200:
        known = ("server", "broke off with an error", True)
    kind, words, transient = known or ("server", f"answered with status {status}", status >= 500)
    if error.response.headers.get("x-should-retry", "") == "false":
        transient = False
    if kind == "not_found":
        words = _unknown(detail, asked)
    if kind == "auth" and not asked.keyed:
        words = "wants a key"
    wait = _retry_after(error) if transient else None
    advice = _advice(kind, asked) if wait is None or wait <= MAX_WAIT else f"It asks to wait {_duration(wait)}."
    fault = Fault(
        kind, f"{asked.name} {words}{': ' + detail if detail else ''}.{' ' * bool(advice)}{advice}", transient
    )
    return WireError(fault, wait)


def _unknown(detail: str, asked: Asked) -> str:
    """What a 404 means: servers say one for a model that they don't have and for an address that is none of theirs."""
    if re.search(r"(?<!/)\bmodels?\b", detail, re.IGNORECASE):  # not of a route, /v1/models
        return f"does not know the model {asked.model}" if asked.model else "does not know this model"
    return f"has no Messages API there, or no model {asked.model}" if asked.model else "has no Messages API there"


def _advice(kind: str, asked: Asked) -> str:
    """What a person can do about it."""
    match kind:
        case "auth" if asked.key_from:
            return f"Check {asked.key_from}."
        case "auth" if asked.keyed:
            return "Check its key."
        case "auth":
            return "Name its url and key_env under [endpoints.NAME] in config.toml."
        case "not_found":
            return "`upverdict endpoints` shows what there is; --model and --endpoint choose."
        case "denied":
            return "--model and --endpoint choose another."
        case "too_large":
            return "--model takes one with a larger window; else begin anew with less background or fewer rounds."
    return ""


def _error_type(error: Any) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    inner = body.get("error")
    kind = inner.get("type") if isinstance(inner, dict) else None
    return str(getattr(error, "type", None) or kind or "")


def said(error: Exception) -> str:
    """A server's own words, as they came, up to a bound; empty where it said none."""
    body = getattr(error, "body", None)
    inner = body.get("error") if isinstance(body, dict) else None
    message = inner.get("message") if isinstance(inner, dict) else inner
    return message[:_READ] if isinstance(message, str) else ""


def _detail(error: Any, redact: Callable[[str], str]) -> str:
    # Before it is shortened: a key that is cut in two is no key any more, but most of one.
    return shorten(redact(clean(said(error))), 160).rstrip(".")


def _retry_after(error: Any) -> float | None:
    """Seconds, from a header that holds seconds or a date; None where it says nothing that makes sense.

    A date is held against the server's own clock, where it tells that: ours may be wrong, or its.
    """
    headers = error.response.headers
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        due = _moment(value)
        if due is None:
            return None
        said = _moment(headers.get("date", ""))
        seconds = due - (time.time() if said is None else said)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _moment(date: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:,.0f} hours"


def transient(kind: str, message: str) -> WireError:
    """An error after which asking again can help."""
    return WireError(Fault(kind, message, True))
