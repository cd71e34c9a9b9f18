"""Replies that a well-behaved Messages endpoint gives, with places where something may go wrong. Knows no debate.

A `Reply` says how to answer one request. Acts are what happens in the middle of one: `text("…", at={120: reset()})`
sends 120 characters and resets the connection. Acts are in `faults.py`.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.scripted import messages
from tests.scripted.exchange import Exchange, Pace, ScriptError
from tests.scripted.gate import Gate
from tests.scripted.messages import Thinking, Usage

Act = Callable[[Exchange], Awaitable[None]]
"""Something that happens in the middle of an answer. It returns, and the answer goes on, or it ends the answer."""

HEAD = -2
"""The place after the HTTP head, before any event."""
OPENED = -1
"""The place after `message_start`, before the first block."""
CLOSING = sys.maxsize
"""The place after `message_delta`, before `message_stop`."""

_FLUSH = 16 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """How to answer one request. `label` goes into the log; `pace` None is the server's."""

    play: Act
    label: str = ""
    pace: Pace | None = None

    def labelled(self, label: str) -> Reply:
        return dataclasses.replace(self, label=label)

    def paced(self, pace: Pace) -> Reply:
        return dataclasses.replace(self, pace=pace)

    def after(self, gate: Gate) -> Reply:
        """The same, not begun before the gate lets it through: until then not even a status is sent."""

        async def play(x: Exchange) -> None:
            await x.hold(gate)
            await self.play(x)

        return dataclasses.replace(self, play=play)


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message: what `text` plays. `at` says after how many characters of text which act is due."""

    blocks: tuple[Thinking | str, ...]
    at: Mapping[int, Act]
    end: Mapping[str, Any]
    usage: Usage
    model: str | None
    headers: Mapping[str, str]
    named: bool

    def __post_init__(self) -> None:
        length = sum(len(b) for b in self.blocks if isinstance(b, str))
        if wrong := [a for a in self.at if a not in (HEAD, OPENED, CLOSING) and not 0 <= a <= length]:
            raise ScriptError(f"a text of {length} characters has no place {wrong[0]}")

    async def play(self, x: Exchange) -> None:
        if x.request.streaming:
            await _Playing(self, x).run()
            return
        for place in sorted(self.at):
            await self.at[place](x)
        content = [messages.block_object(b) for b in self.blocks]
        x.say("".join(b for b in self.blocks if isinstance(b, str)))
        await x.respond_json(200, self.object(x, content, self.output(), self.end), self.headers)

    def object(
        self, x: Exchange, content: Sequence[Mapping[str, Any]], output: int, end: Mapping[str, Any]
    ) -> dict[str, Any]:
        usage = messages.usage_object(self.usage, input=messages.tokens(x.request.prompt), output=output)
        return messages.message(x.request.number, self.model or x.request.model, content, usage, **end)

    def output(self) -> int:
        """The tokens of all blocks, at the measure of this endpoint."""
        return sum(messages.tokens(b.text if isinstance(b, Thinking) else b) for b in self.blocks)


class _Playing:
    """One message on its way out: what is gathered, where in the text it stands and how many tokens are done."""

    def __init__(self, message: Message, x: Exchange) -> None:
        self.message = message
        self.x = x
        self.out = bytearray()
        self.text = ""
        self.place = 0
        self.tokens = 0.0
        self.acts = sorted(a for a in message.at if 0 <= a < CLOSING)

    async def run(self) -> None:
        x, message = self.x, self.message
        await x.start_stream(message.headers)
        await self.act(HEAD)
        opened = message.object(x, [], 1, {})
        # usage at the start counts one token of output, as the real one does
        opened["usage"]["output_tokens"] = 1
        self.add(messages.event({"type": "message_start", "message": opened}))
        await self.act(OPENED)
        for index, block in enumerate(message.blocks):
            await self.block(index, block)
        output = messages.usage_object(message.usage, input=0, output=message.output())["output_tokens"]
        usage = {"output_tokens": output}
        self.add(messages.event({"type": "message_delta", "delta": dict(message.end), "usage": usage}))
        await self.act(CLOSING)
        self.add(messages.event({"type": "message_stop"}))
        await self.flush()
        await x.finish()

    async def block(self, index: int, block: Thinking | str) -> None:
        self.add(messages.block_start(index, block))
        if index == 0:
            self.add(messages.PING)
        await self.flush()
        if isinstance(block, Thinking):
            await self.deltas(index, "thinking", block.text)
            self.add(messages.delta(index, "signature", block.signature))
        else:
            self.x.text_index = index
            await self.deltas(index, "text", block)
        self.add(messages.block_stop(index))

    async def deltas(self, index: int, kind: str, words: str) -> None:
        speaks, at = kind == "text", 0
        if speaks:
            await self.due_acts()
        while at < len(words):
            end = at + self.x.pace.characters
            if speaks and self.acts:
                end = min(end, at + self.acts[0] - self.place)
            piece = words[at:end]
            if not self.x.overdue(self.tokens):
                await self.flush()
                await self.x.until(self.tokens)
            self.add(messages.delta(index, kind, piece), piece if speaks else "")
            at, self.tokens = at + len(piece), self.tokens + len(piece) / messages.CHARACTERS_PER_TOKEN
            if speaks:
                self.place += len(piece)
                await self.due_acts()
            if len(self.out) >= _FLUSH:
                await self.flush()

    async def due_acts(self) -> None:
        while self.acts and self.acts[0] == self.place:
            await self.act(self.acts.pop(0))

    async def act(self, place: int) -> None:
        act = self.message.at.get(place)
        if act is not None:
            await self.flush()
            await act(self.x)
            self.x.rewind(self.tokens)

    def add(self, data: bytes, text: str = "") -> None:
        self.out += data if self.message.named else data.partition(b"\n")[2]
        self.text += text

    async def flush(self) -> None:
        # noted first: what a client has seen is then always in the log
        data, text = self.out, self.text
        self.out, self.text = bytearray(), ""
        if text:
            self.x.say(text)
        await self.x.send(data)


def text(
    *blocks: Thinking | str,
    at: Mapping[int, Act] | None = None,
    stop_reason: str | None = "end_turn",
    stop_sequence: str | None = None,
    stop_details: Mapping[str, Any] | None = None,
    usage: Usage | None = None,
    model: str | None = None,
    headers: Mapping[str, str] | None = None,
    named: bool = True,
    pace: Pace | None = None,
    label: str = "",
) -> Reply:
    """A message of these blocks: streamed where the request asks for it, else as one JSON object.

    Without `stream` the acts of `at` are played in their order before the answer. `model` None echoes the request's.
    `named=False` leaves out the names of the events. Raises `ScriptError` for a place that the text does not have.
    """
    end = {"stop_reason": stop_reason, "stop_sequence": stop_sequence, "stop_details": stop_details}
    whole = Message(blocks, at or {}, end, usage or Usage(), model, headers or {}, named)
    return Reply(whole.play, label, pace)


Item = Mapping[str, Any] | bytes | float | int | Gate | Act


def events(items: Sequence[Item], *, headers: Mapping[str, str] | None = None, label: str = "") -> Reply:
    """A stream of exactly these items, then the proper end of HTTP: for all that `text` has no words for.

    An item is an event as an object (named by its `type`), raw bytes, a number of seconds to wait after the item
    before, a gate to wait at, or an act.
    """

    async def play(x: Exchange) -> None:
        await x.start_stream(headers)
        for item in items:
            await _item(x, item)
        await x.finish()

    return Reply(play, label)


async def _item(x: Exchange, item: Item) -> None:
    if isinstance(item, bytes):
        await x.send(item)
    elif isinstance(item, Gate):
        await x.hold(item)
    elif isinstance(item, Mapping):
        data = item.get("delta", {})
        if item.get("type") == "content_block_delta" and data.get("type") == "text_delta":
            x.say(data["text"])
        await x.send(messages.event(item))
    elif isinstance(item, int | float):
        await x.pause(item)
    else:
        await item(x)


def json_reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None, label: str = "") -> Reply:
    """Any JSON with any status."""
    return Reply(lambda x: x.respond_json(status, body, headers), label)
