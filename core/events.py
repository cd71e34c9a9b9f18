"""The facts of a debate as frozen values, and their one JSON form. Knows no clock, no file and no fold.

A debate is the list of its events, numbered from 1 without gaps. Everything that is shown, saved, replayed or
exported is folded from them (`debate.py`). An event is made by its maker without number, time and debate; the
log (`log.py`) stamps these three when it appends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias, get_args, get_type_hints

from upverdict.core.values import Named, Simple, Value

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Round: TypeAlias = Literal["opening", "rebuttal", "reply", "discussion"]

USER = "you"
"""The voice of the person: the fifth, with the letter `Y`."""
USER_LETTER = "Y"


class Seat(Simple):
    """One persona as it was when the debate began: an edited file never rewrites history.

    `prompt` is the persona file's body; `model` is empty where the endpoint chooses its own.
    """

    voice: str
    letter: str
    name: str
    tagline: str
    colour: str
    prompt: str
    endpoint: str
    model: str


class Usage(Simple):
    """Tokens of one request, as the endpoint counted them."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
        )


class Fault(Simple):
    """Why something failed, in words for a person, never with a key in them.

    `kind` is one of `wire.FAULTS`; `transient` says whether asking again can help.
    """

    kind: str
    message: str
    transient: bool = False


class PullQuote(Simple):
    """A span of a statement: `text` is `statement.text[start:end]`, in characters. Only code makes one."""

    voice: str
    statement: str
    text: str
    start: int
    end: int


class Claim(Simple):
    """What the verdict says of the council, with the sentences for and against it, by voice."""

    claim: str
    support: Mapping[str, tuple[str, ...]]
    against: Mapping[str, tuple[str, ...]]


class Flip(Simple):
    """A fact that would flip the verdict, and its cheapest check."""

    fact: str
    check: str


class Glance(Simple):
    """One voice at a glance: the first sentence of its opening, taken by code."""

    voice: str
    lead: str


class Ruling(Simple):
    """What a verdict says. `plain` marks one drawn up for a model that can't keep to a schema."""

    headline: str
    decision: str
    pull_quotes: tuple[PullQuote, ...] = ()
    agreed: tuple[Claim, ...] = ()
    split: tuple[Claim, ...] = ()
    flips: tuple[Flip, ...] = ()
    glance: tuple[Glance, ...] = ()
    heard: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    plain: bool = False


class Event(Named):
    """The header of every event. `at` is UTC, ISO 8601 with milliseconds and `Z`; `seq` 0 means: not appended."""

    KIND: ClassVar[str] = ""
    seq: int = 0
    at: str = ""
    debate: str = ""


class DebateStarted(Event):
    """The question, the council and the rules of this debate. `seed` orders what is shuffled.

    `rebuttals` are what the user ordered to be said, one at each floor.
    """

    KIND: ClassVar[str] = "debate_started"
    question: str
    background: str = ""
    council: tuple[Seat, ...]
    judge: Seat
    rounds: int = 1
    seed: int = 0
    rebuttals: tuple[str, ...] = ()


class DebateResumed(Event):
    """A later process took the debate up again: what the latest step still lacks is asked anew."""

    KIND: ClassVar[str] = "debate_resumed"


class StatementStarted(Event):
    """A voice is asked. The same `statement` again, with a higher `attempt`, begins its text anew."""

    KIND: ClassVar[str] = "statement_started"
    voice: str
    round: Round
    number: int
    statement: str
    attempt: int = 1


class TextDelta(Event):
    """Words of a statement, cleaned."""

    KIND: ClassVar[str] = "text_delta"
    voice: str
    round: Round
    statement: str
    text: str


class UsageCounted(Event):
    """What one request used. `statement` is its statement, or `verdict 1`. `model` is the one that really answered."""

    KIND: ClassVar[str] = "usage"
    voice: str
    statement: str
    model: str
    usage: Usage


class StatementFinished(Event):
    """A statement is whole, or cut off by a limit (`partial`). `sentences` are spans of its text, in characters."""

    KIND: ClassVar[str] = "statement_finished"
    voice: str
    round: Round
    statement: str
    sentences: tuple[tuple[int, int], ...]
    stop_reason: str = "end_turn"
    partial: bool = False


class StatementFailed(Event):
    """A voice could not finish; what it had said is kept, with its sentences."""

    KIND: ClassVar[str] = "statement_failed"
    voice: str
    round: Round
    statement: str
    sentences: tuple[tuple[int, int], ...] = ()
    error: Fault


class StatementStopped(Event):
    """The user stopped a voice; what it had said is kept, with its sentences."""

    KIND: ClassVar[str] = "statement_stopped"
    voice: str
    round: Round
    statement: str
    sentences: tuple[tuple[int, int], ...] = ()


class Retrying(Event):
    """An attempt failed in a way that can pass; the next one starts in `delay` seconds, or when the user says so.

    `statement` is a statement's id, or `verdict 1`.
    """

    KIND: ClassVar[str] = "retrying"
    voice: str
    statement: str
    attempt: int
    delay: float
    error: Fault


class RetryRequested(Event):
    """The user asks a voice again that failed or was stopped in the round that is open."""

    KIND: ClassVar[str] = "retry_requested"
    voice: str
    statement: str


class FloorOpened(Event):
    """The pause in which the user may speak, after the round with this `number` (0: the openings)."""

    KIND: ClassVar[str] = "floor_opened"
    number: int


class FloorClosed(Event):
    """The debate goes on: the user spoke, passed, called the verdict, or `auto` never waits."""

    KIND: ClassVar[str] = "floor_closed"
    number: int
    reason: Literal["spoke", "passed", "verdict", "auto"]


class UserSpoke(Event):
    """The fifth voice. Every voice answers it in the round `answered_in`."""

    KIND: ClassVar[str] = "user_spoke"
    statement: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    answered_in: int


class VerdictStarted(Event):
    """The judge begins version `version`. `cause` says why: `debate`, or what came after it."""

    KIND: ClassVar[str] = "verdict_started"
    version: int
    cause: str
    attempt: int = 1


class VerdictDelta(Event):
    """Words of the judge as they come, not yet proven."""

    KIND: ClassVar[str] = "verdict_delta"
    version: int
    text: str


class VerdictRuled(Event):
    """A verdict, proven by code."""

    KIND: ClassVar[str] = "verdict_ruled"
    version: int
    ruling: Ruling


class VerdictFailed(Event):
    """The judge could not rule. No statement is lost: `continue` asks for the verdict alone."""

    KIND: ClassVar[str] = "verdict_failed"
    version: int
    error: Fault


class CommentAdded(Event):
    """What the user said after the verdict."""

    KIND: ClassVar[str] = "comment_added"
    text: str


class DebateFinished(Event):
    """A verdict was reached."""

    KIND: ClassVar[str] = "debate_finished"


class DebateInterrupted(Event):
    """The user left before the verdict. What was said is kept and can be continued."""

    KIND: ClassVar[str] = "debate_interrupted"


class DebateFailed(Event):
    """The debate ended without a verdict. What was said is kept and can be continued."""

    KIND: ClassVar[str] = "debate_failed"
    error: Fault


class BadEvent(ValueError):
    """A line that is no event of ours: damaged, or of a newer version."""


KINDS: Mapping[str, type[Event]] = MappingProxyType({kind.KIND: kind for kind in Event.__subclasses__()})
"""Every kind of event by its name on the wire."""


def to_json(event: Event) -> str:
    """One line: the header, the kind, then the event's own fields, in the order in which they are declared."""
    head = {"seq": event.seq, "at": event.at, "debate": event.debate, "kind": event.KIND}
    return json.dumps(head | own(event), ensure_ascii=False, separators=(",", ":"))


def from_json(line: str | bytes) -> Event:
    """The event of one line.

    Raises `BadEvent` when the line is not JSON, names an unknown kind or does not fit its kind.
    """
    try:
        raw = json.loads(line)
    except ValueError as e:
        raise BadEvent(f"not JSON: {e}") from e
    if not isinstance(raw, dict):
        raise BadEvent("not an object")
    cls = KINDS.get(str(raw.pop("kind", "")))
    if cls is None:
        raise BadEvent("unknown kind of event")
    value: Event = _build(cls, raw)
    return value


def own(event: Event) -> dict[str, Any]:
    """The JSON form of an event's own fields, without the header."""
    return {name: _plain(getattr(event, name)) for name in event.FIELDS[len(Event.FIELDS) :]}


_hints: dict[type[Value], dict[str, Any]] = {}


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return {name: _plain(getattr(value, name)) for name in value.FIELDS}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return value


plain = _plain
"""The JSON form of any value in this module: values as objects, tuples as arrays."""


def _build(cls: type[Value], raw: Any) -> Any:
    if not isinstance(raw, dict):
        raise BadEvent(f"{cls.__name__} wants an object")
    hints = _hints.get(cls)
    if hints is None:
        hints = _hints[cls] = get_type_hints(cls)
    if unknown := raw.keys() - set(cls.FIELDS):
        raise BadEvent(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
    try:
        return cls(**{name: _value(hints[name], v) for name, v in raw.items()})
    except TypeError as e:
        raise BadEvent(f"{cls.__name__}: {e}") from e


def _value(hint: Any, raw: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Value):
        return _build(hint, raw)
    args = get_args(hint)
    origin = getattr(hint, "__origin__", None)
    if origin is tuple:
        if not isinstance(raw, list):
            raise BadEvent("wants an array")
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_value(args[0], v) for v in raw)
        if len(raw) != len(args):
            raise BadEvent(f"wants {len(args)} values")
        return tuple(_value(a, v) for a, v in zip(args, raw, strict=True))
    if origin is Mapping:
        if not isinstance(raw, dict):
            raise BadEvent("wants an object")
        return {k: _value(args[1], v) for k, v in raw.items()}
    if origin is Literal:
        if raw not in args:
            raise BadEvent(f"{raw!r} is none of {', '.join(map(str, args))}")
        return raw
    wanted = (int, float) if hint is float else hint
    if not isinstance(raw, wanted) or (isinstance(raw, bool) and hint is not bool):
        raise BadEvent(f"wants {getattr(hint, '__name__', hint)}, found {type(raw).__name__}")
    return raw
