"""Frozen values that are cheap to declare. Knows nothing of debates.

`dataclasses` compiles some six methods for every class it decorates, half a millisecond each class: with the events
that was a fifth of the time in which `show` has to be done. Here all classes share the same methods.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, dataclass_transform

_V = TypeVar("_V", bound="Value")


class Value:
    """A value: equal to another of its class with equal fields, never changed, hashable when its fields are.

    Its fields are the annotations of its class after those of its base, `ClassVar`s aside; a class attribute of the
    same name is the field's default. `replace` makes a changed copy.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ()
    """The names of the fields, in order."""
    _defaults: ClassVar[dict[str, Any]] = {}
    _names: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        own = [name for name, hint in cls.__annotations__.items() if not str(hint).startswith("ClassVar")]
        cls.FIELDS = (*cls.FIELDS, *own)
        cls._names = frozenset(cls.FIELDS)
        cls._defaults = cls._defaults | {name: vars(cls)[name] for name in own if name in vars(cls)}

    def __init__(self, *given: Any, **named: Any) -> None:
        if given:
            if len(given) > len(self.FIELDS):
                raise TypeError(f"{type(self).__name__} has {len(self.FIELDS)} fields, {len(given)} were given")
            placed = dict(zip(self.FIELDS, given, strict=False))
            if twice := placed.keys() & named.keys():
                raise TypeError(f"{type(self).__name__} was given {', '.join(sorted(twice))} twice")
            named |= placed
        values = self._defaults | named
        if values.keys() != self._names:
            wrong = ", ".join(sorted(values.keys() ^ self._names))
            raise TypeError(f"{type(self).__name__} lacks or does not know {wrong}")
        vars(self).update(values)

    def __setattr__(self, name: str, _: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} can't be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} can't be deleted")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.FIELDS)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.FIELDS)})"


@dataclass_transform(frozen_default=True)
class Simple(Value):
    """A value made with its fields in order or by name."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Named(Value):
    """A value made by the names of its fields only, so that those of a base may have defaults."""


def replace(value: _V, **changes: Any) -> _V:
    """A copy of the value with other fields. Raises TypeError for a field it does not have."""
    return type(value)(**(vars(value) | changes))


def is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    """Whether a value from a file is of the kind; `true` is no number, although Python has it for one."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
