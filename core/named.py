"""The endpoints that a user has named in `config.toml`: what may stand there, and what is wrong with what does.

Knows no connection and no value of a key: the file names the environment's variable that holds one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from upverdict.core.abilities import WAYS
from upverdict.core.endpoints import (
    API_KEY,
    BUILTIN,
    CLAUDE,
    CLAUDE_URL,
    KEY_HEADERS,
    EndpointError,
    is_claude,
    server,
)
from upverdict.core.errors import WrongUse
from upverdict.core.values import Simple, is_a

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[a-z0-9_]{1,60}")
_SECRETS = frozenset({"key", "api_key", "apikey", "token", "auth_token", "password", "secret"})


class NamedEndpoint(Simple):
    """`[endpoints.NAME]`. What it can do is None where the file does not say: then it is found, or not used."""

    name: str
    url: str
    """Its address, as it was written."""
    model: str = ""
    """What the voices are asked with; empty: the first model that the server names."""
    judge_model: str = ""
    """What the judge is asked with; empty: the voices' model."""
    key_env: str = ""
    """The environment's variable that holds its key."""
    key_header: str = "authorization"
    """How the key travels: one of `KEY_HEADERS`."""
    structured: bool | None = None
    """Whether it holds an answer to a JSON Schema."""
    caching: bool | None = None
    """Whether it keeps the marked beginning of a prompt."""
    effort: bool | None = None
    """Whether it takes how hard a model is to work."""
    search: str | None = None
    """The type of its search tool."""
    thinking: str | None = None
    """The way of thinking that it is asked for."""
    small: bool | None = None
    """Whether its models need short prompts and plain questions."""
    window: int | None = None
    """Tokens of prompt and answer together."""


_TYPES: dict[str, type] = {
    "url": str, "model": str, "judge_model": str, "key_env": str, "key_header": str,
    "structured": bool, "caching": bool, "effort": bool, "search": str, "thinking": str, "small": bool, "window": int,
}  # fmt: skip
_NAMES_OF_TYPES = {str: "text", bool: "true or false", int: "a number"}


def parse(tables: object, path: Path) -> tuple[NamedEndpoint, ...]:
    """The endpoints of the file at `path`, in its order.

    Raises WrongUse for the first thing that is wrong, with the file and the key.
    """
    if not isinstance(tables, Mapping):
        raise WrongUse(f"{path}: endpoints must be tables such as [endpoints.lab].")
    return tuple(_one(str(name), table, path) for name, table in tables.items())


def _one(name: str, table: object, path: Path) -> NamedEndpoint:
    place = f"{path}: endpoints.{name}"
    if name in (CLAUDE, BUILTIN):
        raise WrongUse(f"{place}: {name} is a name of this program's own; give the endpoint another one.")
    if not _NAME.fullmatch(name):
        raise WrongUse(f"{place}: a name is made of letters, digits, dots, hyphens and underscores, at most 40.")
    if not isinstance(table, Mapping):
        raise WrongUse(f"{place} must be a table: [endpoints.{name}] with url and more below it.")
    _check_keys(place, table)
    found = NamedEndpoint(name=name, **table)
    _check_url(place, found)
    _check_words(place, found)
    return found


def _check_keys(place: str, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key.lower() in _SECRETS:
            raise WrongUse(
                f"{place}.{key}: a key never stands in the file. Put it into an environment variable, and the "
                'variable\'s name here: key_env = "LAB_KEY".'
            )
        if key not in _TYPES:
            raise WrongUse(f"{place} has an unknown key {key!r}. Known are: {', '.join(_TYPES)}.")
        wanted = _TYPES[key]
        if not is_a(value, wanted):
            raise WrongUse(f"{place}.{key} must be {_NAMES_OF_TYPES[wanted]}.")
        if value == "":
            raise WrongUse(f"{place}.{key} is empty; leave the line out.")
    if "url" not in table:
        raise WrongUse(f'{place} lacks its address: url = "http://127.0.0.1:8000".')


def _check_url(place: str, found: NamedEndpoint) -> None:
    try:
        endpoint = server(found.url)
    except EndpointError as e:
        raise WrongUse(f"{place}.url: {e}") from e
    if found.key_env == API_KEY and not is_claude(endpoint.url):
        raise WrongUse(
            f"{place}.key_env: {API_KEY} is the key for Claude and goes to {CLAUDE_URL} alone. Name another variable."
        )


def _check_words(place: str, found: NamedEndpoint) -> None:
    if found.key_env and not _VARIABLE.fullmatch(found.key_env):
        raise WrongUse(f"{place}.key_env must be the name of an environment variable, never the key itself.")
    if found.key_header not in KEY_HEADERS:
        raise WrongUse(f"{place}.key_header must be one of {', '.join(KEY_HEADERS)}.")
    if found.search is not None and not _WORD.fullmatch(found.search):
        raise WrongUse(f"{place}.search must be a word of small letters, digits and underscores.")
    if found.thinking not in (None, *WAYS):
        raise WrongUse(f"{place}.thinking must be one of {', '.join(WAYS)}.")
    for key in ("model", "judge_model"):
        word = getattr(found, key)
        if len(word) > 200 or any(c.isspace() or not c.isprintable() for c in word):
            raise WrongUse(f"{place}.{key} must be one word of at most 200 characters.")
    if found.window is not None and found.window < 512:
        raise WrongUse(f"{place}.window is a number of tokens, at least 512.")
