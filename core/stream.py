"""What one answer's stream has brought, told from its raw events. Opens no connection, imports no SDK."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from upverdict.core.events import Fault, Usage
from upverdict.core.faults import WireError, transient
from upverdict.core.text import clean, shorten


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer ended: the model that really gave it, why it ended, what it used, whether it was cut short."""

    model: str
    stop_reason: str
    usage: Usage
    partial: bool = False


@dataclass(slots=True)
class Stream:
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


def take(event: Any, seen: Stream) -> str:
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


def answer(seen: Stream, redact: Callable[[str], str]) -> Answer:
    """The answer of a stream that ended by itself; an early end is an error that nobody raised (wire.md)."""
    if not seen.started:
        raise WireError(Fault("not_messages", "The server answered, but it does not speak the Messages API.", False))
    if not seen.ended or not seen.stop_reason:
        raise transient("cut", "The answer ended in the middle, without its last part.")
    if seen.stop_reason == "refusal":
        reason = f": {shorten(redact(clean(seen.refusal)), 200)}" if seen.refusal else "."
        raise WireError(Fault("refused", f"The model refused to answer{reason}", False))
    if not seen.length:
        raise transient("empty", "The model answered without a word.")
    cut = seen.stop_reason in ("max_tokens", "model_context_window_exceeded")
    return Answer(seen.model, seen.stop_reason, seen.usage, cut)
