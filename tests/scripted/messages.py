"""The shapes of the Messages wire: JSON objects and server-sent events. Knows no socket, no clock and no script.

Shapes from the types of the `anthropic` SDK, 2.13 (`types/raw_message_stream_event.py`, `types/message.py`,
`types/shared/error_type.py`); the type of a 413 is from the public documentation, the SDK has no name for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CHARACTERS_PER_TOKEN = 4
"""This endpoint's own measure of a token: it counts none for real."""

ERROR_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
ERROR_WORDS: Mapping[int, str] = {
    400: "messages: at least one message is required",
    401: "invalid x-api-key",
    402: "Your credit balance is too low to access the API.",
    403: "Your API key does not have permission to use the specified resource.",
    404: "model: no-such-model",
    405: "Method not allowed",
    408: "Request timed out",
    409: "The request conflicts with another one.",
    413: "Request exceeds the maximum size",
    429: "This request would exceed your rate limit.",
    500: "Internal server error",
    504: "The request took too long.",
    529: "Overloaded",
}


@dataclass(frozen=True, slots=True)
class Thinking:
    """A block of thinking, with its signature."""

    text: str
    signature: str = "c2lnbmF0dXJl"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply says it used; None: estimated from the lengths of prompt and reply."""

    input: int | None = None
    output: int | None = None
    cache_read: int = 0
    cache_write: int = 0


def tokens(text: str) -> int:
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def sse(name: str | None, data: Any) -> bytes:
    """One event. `data` that is text already goes out as it is, so that it may be malformed."""
    body = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = f"event: {name}\n" if name is not None else ""
    return f"{head}data: {body}\n\n".encode()


def event(data: Mapping[str, Any]) -> bytes:
    """One event, named by its own type."""
    return sse(str(data["type"]), data)


PING = event({"type": "ping"})


def error_body(type: str, message: str, request_id: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "error", "error": {"type": type, "message": message}}
    return body | {"request_id": request_id} if request_id else body


def message(
    number: int, model: str, content: Sequence[Mapping[str, Any]], usage: Mapping[str, int], **more: Any
) -> dict[str, Any]:
    """A whole message; `more` are `stop_reason`, `stop_sequence` and `stop_details`."""
    head = {"id": f"msg_{number:06}", "type": "message", "role": "assistant", "model": model, "content": list(content)}
    return head | {"stop_reason": None, "stop_sequence": None, "stop_details": None} | more | {"usage": dict(usage)}


def usage_object(usage: Usage, *, input: int, output: int) -> dict[str, int]:
    return {
        "input_tokens": input if usage.input is None else usage.input,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "output_tokens": output if usage.output is None else usage.output,
    }


def block_object(block: Thinking | str, *, empty: bool = False) -> dict[str, Any]:
    """A content block, whole or as it stands in `content_block_start`."""
    if isinstance(block, Thinking):
        text, signature = ("", "") if empty else (block.text, block.signature)
        return {"type": "thinking", "thinking": text, "signature": signature}
    return {"type": "text", "text": "" if empty else block}


def block_start(index: int, block: Thinking | str) -> bytes:
    return event({"type": "content_block_start", "index": index, "content_block": block_object(block, empty=True)})


def block_stop(index: int) -> bytes:
    return event({"type": "content_block_stop", "index": index})


def delta(index: int, kind: str, value: str) -> bytes:
    """One delta: `kind` is `text`, `thinking` or `signature`, the name of its field too."""
    return event({"type": "content_block_delta", "index": index, "delta": {"type": f"{kind}_delta", kind: value}})
