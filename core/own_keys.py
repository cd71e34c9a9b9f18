"""The table `[keys]` of `config.toml`: which keys the user wants for what. Knows no key and nothing that one does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from upverdict.core.errors import WrongUse
from upverdict.core.values import Simple


class OwnKeys(Simple):
    """One line of the table. `where` says, for a sentence, in which file and line it stands."""

    id: str
    keys: tuple[str, ...]
    where: str


def parse(table: object, path: Path) -> tuple[OwnKeys, ...]:
    """The table as it was read; `"debate.zoom" = "Z"` and `debate.zoom = "Z"` are the same.

    Raises WrongUse where something else than a key or a list of keys stands in it.
    """
    lines = path.read_text("utf-8").splitlines()
    if not isinstance(table, dict):
        raise WrongUse(f'{path}: keys must be a table: [keys] with lines such as "debate.zoom" = "Z".')
    found = []
    for id, given in _flat(table):
        where = f"{path}, {_line(lines, id)}"
        keys = [given] if isinstance(given, str) else given
        if not (isinstance(keys, list) and keys and all(isinstance(key, str) and key.strip() for key in keys)):
            raise WrongUse(f'{where} must be a key such as "Z", or a list of keys such as ["Z", "ctrl+y"].')
        found.append(OwnKeys(id, tuple(dict.fromkeys(keys)), where))
    return tuple(found)


def _flat(table: dict[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _line(lines: list[str], id: str) -> str:
    """`line 7, "debate.zoom"`; without the line where the id is written in a way that is not looked for."""
    written = re.compile(rf"""\s*(?:keys\.)?["']?{re.escape(id)}["']?\s*=""")
    at = next((n for n, line in enumerate(lines, 1) if written.match(line)), None)
    return f'line {at}, "{id}"' if at else f'keys, "{id}"'
