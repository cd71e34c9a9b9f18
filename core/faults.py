"""Every way in which asking can fail, and the sentence for it. Imports the SDK when there is an error to translate."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from upverdict.core.events import Fault, Usage
from upverdict.core.text import clean, shorten

FAULTS = (
    "auth", "denied", "not_found", "too_large", "rate_limit", "overloaded", "server", "bad_request",
    "unreachable", "cut", "stalled", "garbled", "not_messages", "refused", "empty", "too_long",
    "stopped", "builtin", "storage", "unreadable", "unsafe", "limit",
)  # fmt: skip
"""Every kind of `Fault`."""


class WireError(Exception):
    """A request failed. `fault` is for a person; `usage` and `model` are what was counted before it failed."""

    def __init__(self, fault: Fault, retry_after: float | None = None, usage: Usage | None = None) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.retry_after = retry_after
        self.usage = usage or Usage()
        self.model = ""


def translate(error: Exception, where: str, connect: float, silent: float, redact: Callable[[str], str]) -> WireError:
    """Our own error for whatever the SDK, its transport or a parser raised (wire.md, Faults).

    `where` is the endpoint's name; `connect` and `silent` are the seconds that were waited for a connection, and for
    the next word.
    """
    import anthropic
    import httpx2

    if isinstance(error, anthropic.APIStatusError):
        return _status(error, where, redact)
    if isinstance(error, httpx2.ConnectTimeout) or isinstance(error.__cause__, httpx2.ConnectTimeout):
        return transient(
            "unreachable",
            f"{where} can't be reached: no connection within {connect:g} seconds. Is it running, is the network up?",
        )
    if isinstance(error, TimeoutError | httpx2.TimeoutException | anthropic.APITimeoutError):
        return transient("stalled", f"{where} sent no word for {silent:.0f} seconds.")
    if isinstance(error, anthropic.APIConnectionError | httpx2.ConnectError):
        return transient(
            "unreachable",
            f"{where} can't be reached{redact(_cause(error))}. Is it running, is the network up?",
        )
    if isinstance(error, httpx2.TransportError | httpx2.StreamError):
        return transient("cut", f"The connection to {where} broke in the middle of the answer.")
    if isinstance(error, ValueError):
        return transient("garbled", f"{where} sent something that can't be read.")
    if isinstance(error, AssertionError | LookupError | AttributeError | TypeError):
        return WireError(Fault("not_messages", f"{where} answered, but it does not speak the Messages API.", False))
    kind = "auth" if isinstance(error, anthropic.AnthropicError) else "server"  # a profile that can't be read, say
    return WireError(Fault(kind, f"{where}: {shorten(redact(clean(str(error))), 200)}", False))


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


def transient(kind: str, message: str) -> WireError:
    """An error after which asking again can help."""
    return WireError(Fault(kind, message, True))
