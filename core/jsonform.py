"""The one JSON form of events and of the values in them. Knows no file and no fold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, TypeVar, get_args, get_type_hints

from upverdict.core.events import KINDS, Event, Unknown
from upverdict.core.text import escaped
from upverdict.core.values import Value, is_a

_V = TypeVar("_V", bound=Value)
Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


class BadEvent(ValueError):
    """A line that is no event of ours: damaged, or of a newer version."""


def to_json(event: Event) -> str:
    """One line: the header, the kind, then the event's own fields, in the order in which they are declared."""
    head = {"seq": event.seq, "at": event.at, "debate": event.debate, "kind": event.KIND}
    if isinstance(event, Unknown):  # as it was written, for a program that knows it
        head["kind"], body = event.name, json.loads(event.body)
        return json.dumps(head | body, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(head | own(event), ensure_ascii=False, separators=(",", ":"))


def from_json(line: str | bytes, *, lax: bool = False) -> Event:
    """The event of one line. `lax` leaves out fields that a newer version added.

    Raises `BadEvent` when the line is not JSON, names an unknown kind or does not fit its kind.
    """
    try:
        raw = json.loads(line)
    except ValueError as e:
        raise BadEvent(f"not JSON: {e}") from e
    return from_raw(raw, lax=lax)


def from_raw(raw: Any, *, lax: bool = False) -> Event:
    """The event of what stood in a line, once that is read. `lax` and `BadEvent` are as of `from_json`."""
    if not isinstance(raw, dict):
        raise BadEvent("not an object")
    fields = dict(raw)
    cls = KINDS.get(str(fields.pop("kind", "")))
    if cls is None:
        raise BadEvent("unknown kind of event")
    value: Event = _build(cls, fields, lax)
    return value


def built(cls: type[_V], raw: Any) -> _V:
    """The value of a class from its JSON form. Raises `BadEvent` when it does not fit."""
    value: _V = _build(cls, raw, False)
    return value


def line(value: Any) -> str:
    """Any JSON as one line that a terminal may be shown."""
    return escaped(json.dumps(value, ensure_ascii=False))


def own(event: Event) -> dict[str, Any]:
    """The JSON form of an event's own fields, without the header."""
    return {name: plain(getattr(event, name)) for name in event.FIELDS[len(Event.FIELDS) :]}


_Reader = Callable[[Any, bool], Any]
"""Makes a value of its JSON; the second says whether fields of a newer version are left out. Raises BadEvent."""
_readers: dict[type[Value], dict[str, _Reader]] = {}


def plain(value: Any) -> Any:
    """The JSON form of any value: values as objects, tuples as arrays."""
    if isinstance(value, Value):
        return {name: plain(getattr(value, name)) for name in value.FIELDS}
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return value


def _build(cls: type[Value], raw: Any, lax: bool) -> Any:
    if not isinstance(raw, dict):
        raise BadEvent(f"{cls.__name__} wants an object")
    readers = _readers.get(cls) or _readers_of(cls)
    if unknown := raw.keys() - readers.keys():
        if lax:
            return _build(cls, {name: v for name, v in raw.items() if name in readers}, lax)
        raise BadEvent(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
    try:
        return cls(**{name: readers[name](v, lax) for name, v in raw.items()})
    except TypeError as e:
        raise BadEvent(f"{cls.__name__}: {e}") from e


def _readers_of(cls: type[Value]) -> dict[str, _Reader]:
    hints = get_type_hints(cls)
    readers = _readers[cls] = {name: _reader(hints[name]) for name in cls.FIELDS}
    return readers


def _reader(hint: Any) -> _Reader:
    """What makes a value of this type of its JSON: decided once a field, since a log has thousands of values."""
    if isinstance(hint, type) and issubclass(hint, Value):
        return lambda raw, lax: _build(hint, raw, lax)
    args = get_args(hint)
    origin = getattr(hint, "__origin__", None)
    if origin is tuple:
        return _many(_reader(args[0])) if args[-1] is Ellipsis else _some(tuple(map(_reader, args)))
    if origin is Mapping:
        return _mapping(_reader(args[1]))
    if origin is Literal:
        return _literal(args)
    return _plain((int, float) if hint is float else hint, getattr(hint, "__name__", str(hint)))


def _many(one: _Reader) -> _Reader:
    def read(raw: Any, lax: bool) -> Any:
        if not isinstance(raw, list):
            raise BadEvent("wants an array")
        return tuple([one(v, lax) for v in raw])

    return read


def _some(each: tuple[_Reader, ...]) -> _Reader:
    def read(raw: Any, lax: bool) -> Any:
        if not isinstance(raw, list):
            raise BadEvent("wants an array")
        if len(raw) != len(each):
            raise BadEvent(f"wants {len(each)} values")
        return tuple([one(v, lax) for one, v in zip(each, raw, strict=True)])

    return read


def _mapping(one: _Reader) -> _Reader:
    def read(raw: Any, lax: bool) -> Any:
        if not isinstance(raw, dict):
            raise BadEvent("wants an object")
        return {k: one(v, lax) for k, v in raw.items()}

    return read


def _literal(words: tuple[Any, ...]) -> _Reader:
    def read(raw: Any, _: bool) -> Any:
        if raw not in words:
            raise BadEvent(f"{raw!r} is none of {', '.join(map(str, words))}")
        return raw

    return read


def _plain(wanted: Any, name: str) -> _Reader:
    def read(raw: Any, _: bool) -> Any:
        if not is_a(raw, wanted):
            raise BadEvent(f"wants {name}, found {type(raw).__name__}")
        return raw

    return read
