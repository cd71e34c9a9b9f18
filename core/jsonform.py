"""The one JSON form of events and of the values in them. Knows no file and no fold."""

from __future__ import annotations

import json
from collections.abc import Mapping
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


_hints: dict[type[Value], dict[str, Any]] = {}


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
    hints = _hints.get(cls)
    if hints is None:
        hints = _hints[cls] = get_type_hints(cls)
    if unknown := raw.keys() - set(cls.FIELDS):
        if lax:
            return _build(cls, {name: v for name, v in raw.items() if name in cls.FIELDS}, lax)
        raise BadEvent(f"{cls.__name__} has no field {', '.join(sorted(unknown))}")
    try:
        return cls(**{name: _value(hints[name], v, lax) for name, v in raw.items()})
    except TypeError as e:
        raise BadEvent(f"{cls.__name__}: {e}") from e


def _value(hint: Any, raw: Any, lax: bool) -> Any:
    if isinstance(hint, type) and issubclass(hint, Value):
        return _build(hint, raw, lax)
    args = get_args(hint)
    origin = getattr(hint, "__origin__", None)
    if origin is tuple:
        if not isinstance(raw, list):
            raise BadEvent("wants an array")
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_value(args[0], v, lax) for v in raw)
        if len(raw) != len(args):
            raise BadEvent(f"wants {len(args)} values")
        return tuple(_value(a, v, lax) for a, v in zip(args, raw, strict=True))
    if origin is Mapping:
        if not isinstance(raw, dict):
            raise BadEvent("wants an object")
        return {k: _value(args[1], v, lax) for k, v in raw.items()}
    if origin is Literal:
        if raw not in args:
            raise BadEvent(f"{raw!r} is none of {', '.join(map(str, args))}")
        return raw
    wanted = (int, float) if hint is float else hint
    if not is_a(raw, wanted):
        raise BadEvent(f"wants {getattr(hint, '__name__', hint)}, found {type(raw).__name__}")
    return raw
