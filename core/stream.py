"""What one answer's stream has brought, told from its raw events. Opens no connection, imports no SDK."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from upverdict.core.events import Fault, Result, Usage
from upverdict.core.faults import WireError, not_messages, transient
from upverdict.core.text import clean, shorten

MAX_ADDRESS, MAX_TITLE, MAX_QUOTE, MAX_QUERY = 2_000, 300, 1_000, 300
"""Characters of what a search says that are kept."""
MAX_MODEL, MAX_REASON = 200, 40
"""Characters of a model's name and of a stop reason that are kept."""
MAX_RESULTS = 30
"""Results of one search that are kept; endpoints give about ten."""
MAX_SEARCHES = 50
"""Searches of one answer that are told; `max_uses` holds them to a few."""
_SPACE = re.compile(r"\s")
MAX_PARTS = 2_000
"""Blocks and citations of one answer. One that cites every sentence has a few hundred; each costs an event."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer ended: the model that really gave it, why it ended, what it used, whether it was cut short."""

    model: str
    stop_reason: str
    usage: Usage
    partial: bool = False


# What an answer brings besides its words; all of it cleaned.


@dataclass(frozen=True, slots=True)
class Begun:
    """The answer has begun: from now on the endpoint can serve what it keeps of the prompt to other requests."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the endpoint has counted up to now, of all turns of this answer."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Thinks:
    """The model has begun to think."""


@dataclass(frozen=True, slots=True)
class Searches:
    """The endpoint searches."""

    query: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to; `error` says in words why it found nothing."""

    query: str
    results: tuple[Result, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One request of an answer that took several."""

    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Cites:
    """The words up to here rest on this source, which says `quote`."""

    source: Result
    quote: str


Note: TypeAlias = Begun | Counted | Thinks | Searches | Found | Cites


def without(note: Note, veil: Callable[[str], str]) -> Note:
    """The same with its words veiled: what a server says may be what it was sent."""

    def plain(result: Result) -> Result:
        return Result(veil(result.url), veil(result.title))

    match note:
        case Searches(query):
            return Searches(veil(query))
        case Found(query, results, error):
            return Found(veil(query), tuple(map(plain, results)), veil(error))
        case Cites(source, quote):
            return Cites(plain(source), veil(quote))
    return note  # has no words


_SEARCH_ERRORS = {
    "max_uses_exceeded": "it has searched as often as it may",
    "too_many_requests": "the search is asked too often",
    "query_too_long": "what it looked for was too long",
    "invalid_tool_input": "what it looked for can't be searched",
    "unavailable": "the search is out of order for now",
    "request_too_large": "the request was too large",
}
"""`WebSearchToolResultErrorCode` of the SDK in words."""


@dataclass(slots=True)
class Stream:
    """What has been seen of one answer, which may come in several turns. `watch` is called after each event of it, and
    may raise; `again` is called before each turn but the first, gives the tokens that it may write, and may raise.

    `keep`: what is said may have to be sent back, as `said`. `waits` are the seconds that the next word may take, where
    anybody has set them. `sent`: the request is on its way, or there. `written` are the bytes, in UTF-8, of all that
    the model has written in this turn, words that nobody is shown among them.
    """

    model: str = ""
    keep: bool = False
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    searches: int = 0
    stop_reason: str = ""
    ended: bool = False
    length: int = 0
    refusal: str = ""
    started: bool = False
    begun: bool = False
    """Whether any turn has: then what was said stands."""
    busy: bool = False
    """Whether the model thinks, or the endpoint searches: nothing comes then for a long time."""
    waits: float = 0.0
    turns: list[Turn] = field(default_factory=list)
    """Those that are over and were gone on from."""
    said: list[dict[str, Any]] = field(default_factory=list)
    sent: bool = False
    written: int = 0
    parts: int = 0
    """Blocks and citations that came, in all turns."""
    watch: Callable[[], object] | None = None
    again: Callable[[], int] | None = None
    _found: int = 0
    _parts: dict[str, list[str]] = field(default_factory=dict)  # of the block that is open, by the name of its field
    _query: str | None = None  # JSON of the search that is being asked for, as far as it has come
    _queries: dict[str, str] = field(default_factory=dict)  # by the id of the tool's use
    _tool: str = ""
    _parted: bool = False
    _cited: dict[Cites, None] = field(default_factory=dict)  # in the block that is open, in order

    @property
    def usage(self) -> Usage:
        return sum((turn.usage for turn in self.turns), self.latest)

    @property
    def latest(self) -> Usage:
        """What the turn that is under way has used, as it was counted."""
        return Usage(self.input, self.output, self.cache_read, self.cache_write, self.searches)

    def reckoned(self, each: int) -> Usage:
        """What this turn used as far as it was counted, and beyond that a token for so many bytes that were written."""
        if not self.started or self.stop_reason:
            return self.latest
        unheard = max(0, math.ceil(self.written / each) - self.output)
        return self.latest + Usage(output=unheard)

    def turn(self) -> None:
        """The model is asked to go on: what was counted stands, the end is open again."""
        self.turns.append(Turn(self.model, self.latest))
        self.said = []
        self.input = self.output = self.cache_read = self.cache_write = self.searches = 0
        self.stop_reason = ""
        self.started = self.ended = False
        self.written = 0

    def count(self, usage: Any) -> None:
        """Take over what a usage block says; the later one of a stream is the whole, not an addition."""
        for ours, theirs in _USAGE:
            value = getattr(usage, theirs, None)
            if value is not None:
                setattr(self, ours, int(value))
        tools = getattr(usage, "server_tool_use", None)
        self.searches = int(getattr(tools, "web_search_requests", None) or self.searches)

    def take(self, event: Any) -> Iterator[str | Note]:
        """Note what one raw event says; the words and notes that it brings."""
        match event.type:
            case "message_start":
                self.started = self.begun = True
                self.model = _line(event.message.model, MAX_MODEL) or self.model
                self.count(event.message.usage)
                yield Begun()
                yield Counted(self.usage)
            case "content_block_start":
                self.parts += 1
                if self.keep:
                    self.said.append(_plain(event.content_block))
                    self._parts = {}
                yield from self._block(event.content_block)
            case "content_block_delta":
                if not self.started:
                    raise WireError(Fault("not_messages", "The server sent words before its message began.", False))
                self.written += _written(event.delta)
                if self.keep:
                    self._keep(event.delta)
                yield from self._delta(event.delta)
            case "content_block_stop":
                if self.keep and self.said:
                    self._whole(self.said[-1])
                yield from self.close()
            case "message_delta":
                self.stop_reason = _line(event.delta.stop_reason, MAX_REASON) or self.stop_reason
                self.refusal = _refusal(getattr(event.delta, "stop_details", None)) or self.refusal
                self.count(event.usage)
                yield Counted(self.usage)
            case "message_stop":
                self.ended = True

    def _block(self, block: Any) -> Iterator[str | Note]:
        match block.type:
            case "text" if block.text:
                yield self._words(str(block.text))
            case "thinking" | "redacted_thinking":
                self._parted, self.busy = self.length > 0, True
                yield Thinks()
            case "server_tool_use" if block.name == "web_search":
                self._parted, self.busy = self.length > 0, True
                self._tool, self._query = block.id, ""
                if block.input:
                    self._query = json.dumps(block.input)
            case "web_search_tool_result":
                self.busy = False
                self._found += 1
                if self._found <= MAX_SEARCHES:
                    yield _found(self._queries.pop(block.tool_use_id, ""), block.content)

    def _delta(self, delta: Any) -> Iterator[str | Note]:
        match delta.type:
            case "text_delta" if delta.text:
                yield self._words(str(delta.text))
            case "input_json_delta" if self._query is not None and len(self._query) < MAX_QUERY * 10:
                self._query += delta.partial_json
            case "citations_delta":
                self.parts += 1
                source = _result(getattr(delta.citation, "url", ""), getattr(delta.citation, "title", ""))
                if source.url:
                    self._cited[Cites(source, _line(delta.citation.cited_text, MAX_QUOTE))] = None

    def _words(self, words: str) -> str:
        """The words, in a paragraph of their own where a search or a thought stands between them and the last ones."""
        self.length += len(words)
        parted, self._parted = self._parted, False
        return f"\n\n{words}" if parted and not words[0].isspace() else words

    def close(self) -> Iterator[Note]:
        """A block is over, or broken off: its citations stand behind its words, and a search in it is under way."""
        yield from self._cited
        self._cited = {}
        if self._query is None:
            self.busy = False
        else:
            try:
                asked = json.loads(self._query or "{}")
            except ValueError:
                asked = {}  # the endpoint will say that it can't be searched
            query = _line(asked.get("query", "") if isinstance(asked, dict) else "", MAX_QUERY)
            self._queries[self._tool] = query
            self._query = None
            yield Searches(query)

    def _keep(self, delta: Any) -> None:
        """Gather a piece of the block that is open; joined once, when it is whole."""
        for name in ("text", "thinking", "partial_json"):
            if piece := getattr(delta, name, None):
                self._parts.setdefault(name, []).append(piece)
        if delta.type == "signature_delta":
            self.said[-1]["signature"] = delta.signature
        elif delta.type == "citations_delta":
            self.said[-1]["citations"] = [*(self.said[-1].get("citations") or ()), _plain(delta.citation)]

    def _whole(self, block: dict[str, Any]) -> None:
        for name, pieces in self._parts.items():
            if name == "partial_json":
                with suppress(ValueError):  # the endpoint has told by now that it can't be used
                    block["input"] = json.loads("".join(pieces))
            else:
                block[name] = (block.get(name) or "") + "".join(pieces)
        self._parts = {}
        if block.get("type") == "text" and not block.get("text"):
            self.said.remove(block)  # an endpoint that makes one does not take it back

    def answer(self, redact: Callable[[str], str]) -> Answer:
        """The answer when its stream has ended by itself; an early end is an error that nobody raised (wire.md)."""
        if not self.started:
            raise not_messages("The server")
        if not self.ended or not self.stop_reason:
            raise transient("cut", "The answer ended in the middle, without its last part.")
        if self.stop_reason == "refusal":
            raise WireError(Fault("refused", f"The model refused to answer{redact(self.refusal)}.", False))
        cut = self.stop_reason in ("max_tokens", "model_context_window_exceeded", "pause_turn")
        if not self.length and cut:
            raise WireError(
                Fault("empty", "The model used up its room before it wrote a word: it thought, or searched, too long.")
            )
        if not self.length:
            raise transient("empty", "The model answered without a word.")
        return Answer(self.model, self.stop_reason, self.usage, cut)


_USAGE = (
    ("input", "input_tokens"),
    ("output", "output_tokens"),
    ("cache_read", "cache_read_input_tokens"),
    ("cache_write", "cache_creation_input_tokens"),
)


def _written(delta: Any) -> int:
    """Bytes of a delta that were written by the model: words, thoughts, what it hands to a tool."""
    return sum(len((getattr(delta, name, None) or "").encode()) for name in ("text", "thinking", "partial_json"))


def _found(query: str, content: Any) -> Found:
    """A list of results, or an object with an error code (wire.md, Claude)."""
    if isinstance(content, list):
        return Found(query, tuple(_result(r.url, r.title) for r in content[:MAX_RESULTS]))
    code = str(getattr(content, "error_code", "") or "it gave no reason")
    return Found(query, error=_SEARCH_ERRORS.get(code) or _line(code.replace("_", " "), MAX_QUERY))


def _result(url: Any, title: Any) -> Result:
    """An address that is none of the web's is left out: nobody could look it up. None has a space or a line's end."""
    address = clean(str(url or "")).strip()
    if len(address) > MAX_ADDRESS or _SPACE.search(address) or not address.lower().startswith(("http://", "https://")):
        address = ""
    return Result(address, _line(title or url, MAX_TITLE))


def _plain(block: Any) -> dict[str, Any]:
    """A block as it came, for the endpoint that sent it; also where it is not quite as its SDK declares it."""
    whole: dict[str, Any] = block.model_dump(mode="json", exclude_unset=True, warnings=False)
    return whole


def _line(words: Any, limit: int) -> str:
    return shorten(clean(str(words or "")), limit)


def _refusal(details: Any) -> str:
    """` (bio): This could …`: the rule that the model went by, and why, in the endpoint's words."""
    category = _line(getattr(details, "category", ""), 40).replace("_", " ")
    explanation = _line(getattr(details, "explanation", ""), 200).rstrip(".")
    return (f" ({category})" if category else "") + (f": {explanation}" if explanation else "")
