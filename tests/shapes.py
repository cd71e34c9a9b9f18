"""Answers of Claude's as its SDK declares them: every event is made by the SDK's own types, then sent as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from anthropic import types

from tests.scripted import Gate, Reply, events

Event = Mapping[str, Any]
Block = list[Event]
"""The events of one block, but for its index."""

SITES = (
    ("https://example.org/utilisation", "GPU utilisation in practice"),
    ("https://example.com/prices", "What an hour costs"),
)
"""Results of a search: address and title."""


def said(*pieces: str, cites: Sequence[tuple[str, str, str]] = ()) -> Block:
    """A text, with what it cites: address, title, and what the source says. The citations come before the words."""
    found = [
        types.CitationsWebSearchResultLocation(
            type="web_search_result_location", url=url, title=title, cited_text=quote, encrypted_index="aW5kZXg="
        )
        for url, title, quote in cites
    ]
    return [
        _start(types.TextBlock(type="text", text="", citations=[] if cites else None)),
        *(_delta(types.CitationsDelta(type="citations_delta", citation=c)) for c in found),
        *(_delta(types.TextDelta(type="text_delta", text=piece)) for piece in pieces),
    ]


def thought(*pieces: str) -> Block:
    return [
        _start(types.ThinkingBlock(type="thinking", thinking="", signature="")),
        *(_delta(types.ThinkingDelta(type="thinking_delta", thinking=piece)) for piece in pieces),
        _delta(types.SignatureDelta(type="signature_delta", signature="c2ln")),
    ]


def search(id: str, query: str) -> Block:
    """The model asks for a search; its input comes in pieces, as it does on the wire."""
    asked = json.dumps({"query": query}, ensure_ascii=False)
    half = len(asked) // 2
    return [
        _start(types.ServerToolUseBlock(type="server_tool_use", id=id, name="web_search", input={})),
        *(
            _delta(types.InputJSONDelta(type="input_json_delta", partial_json=piece))
            for piece in ("", asked[:half], asked[half:])
        ),
    ]


def results(id: str, *sites: tuple[str, str]) -> Block:
    found = [
        types.WebSearchResultBlock(type="web_search_result", url=url, title=title, encrypted_content="eA==")
        for url, title in sites
    ]
    return [_start(types.WebSearchToolResultBlock(type="web_search_tool_result", tool_use_id=id, content=found))]


def search_error(id: str, code: Any) -> Block:
    error = types.WebSearchToolResultErrorObject(type="web_search_tool_result_error", error_code=code)
    return [_start(types.WebSearchToolResultBlock(type="web_search_tool_result", tool_use_id=id, content=error))]


def claude(
    *blocks: Block | Gate | float,
    stop_reason: Any = "end_turn",
    refusal: types.RefusalStopDetails | None = None,
    usage: Mapping[str, int] | None = None,
    searches: int = 0,
    model: str = "claude-sonnet-5-5",
    every: float = 0,
    before_stop: Sequence[Event] = (),
    breaks_off: bool = False,
) -> Reply:
    """A whole stream of these blocks, an event `every` so many seconds. `usage` is of `MessageDeltaUsage`. Where a gate
    stands, it waits for it to open; where a number, so many seconds. `breaks_off`: it ends in the last block.
    """
    *whole, last = _events(blocks, stop_reason, refusal, usage or {}, searches, model)
    whole += [*before_stop, last]
    if breaks_off:
        stops = [n for n, e in enumerate(whole) if isinstance(e, Mapping) and e["type"] == "content_block_stop"]
        whole = whole[: stops[-1]]
    return events([item for event in whole for item in ((event, every) if every else (event,))])


def _events(
    blocks: Sequence[Block | Gate | float],
    stop_reason: Any,
    refusal: types.RefusalStopDetails | None,
    usage: Mapping[str, int],
    searches: int,
    model: str,
) -> Iterator[Event | Gate | float]:
    counted = {"input_tokens": 100, "output_tokens": 20} | dict(usage)
    begun = types.Message(
        id="msg_1",
        type="message",
        role="assistant",
        model=model,
        content=[],
        usage=types.Usage.model_validate(counted | {"output_tokens": 1}),
    )
    yield _plain(types.RawMessageStartEvent(type="message_start", message=begun))
    index = -1
    for block in blocks:
        if isinstance(block, Gate | int | float):
            yield block
            continue
        index += 1
        for event in block:
            yield {**event, "index": index}
        yield _plain(types.RawContentBlockStopEvent(type="content_block_stop", index=index))
    tools = types.ServerToolUsage(web_search_requests=searches, web_fetch_requests=0) if searches else None
    delta = types.raw_message_delta_event.Delta(stop_reason=stop_reason, stop_details=refusal)
    total = types.MessageDeltaUsage.model_validate(counted | {"server_tool_use": tools})
    yield _plain(types.RawMessageDeltaEvent(type="message_delta", delta=delta, usage=total))
    yield _plain(types.RawMessageStopEvent(type="message_stop"))


def _start(block: Any) -> Event:
    return _plain(types.RawContentBlockStartEvent(type="content_block_start", index=0, content_block=block))


def _delta(delta: Any) -> Event:
    return _plain(types.RawContentBlockDeltaEvent(type="content_block_delta", index=0, delta=delta))


def _plain(event: Any) -> dict[str, Any]:
    whole: dict[str, Any] = event.model_dump(mode="json")
    return whole
