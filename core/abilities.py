"""What a model can do on its endpoint: declared, or told by the endpoint itself, never assumed. Pure but for the data
file, which is read once.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upverdict.core.endpoints import CLAUDE, Endpoint, goes_by


@dataclass(frozen=True, slots=True)
class Abilities:
    """`structured`: it holds an answer to a JSON Schema. `search` is the type of its search tool, empty where it has
    none. `effort`: it takes how hard to work. `thinking` is the way of thinking to ask for, empty where nothing is.
    """

    structured: bool = False
    search: str = ""
    effort: bool = False
    thinking: str = ""

    def without(self, ability: str) -> Abilities:
        """The same without one of its fields, for a server that has refused it."""
        left = {name: getattr(self, name) for name in self.__slots__ if name != ability}
        return Abilities(**left)


def words(can: Abilities, caching: bool) -> tuple[str, ...]:
    """What goes beyond plain answers, for a person; `caching`: it keeps the marked beginning of a prompt."""
    has = {
        "structured answers": can.structured,
        "caching": caching,
        "effort": can.effort,
        f"thinking ({can.thinking})": can.thinking,
        f"search ({can.search})": can.search,
    }
    return tuple(word for word, there in has.items() if there)


_REFUSED = {
    "thinking": re.compile(r"\bthinking\b|\bbetween_tools\b"),
    "effort": re.compile(r"\beffort\b"),
    "structured": re.compile(r"\boutput_config\b|\boutput_format\b|\bjson_schema\b|\bstructured outputs?\b"),
    "search": re.compile(r"\bweb[_ ]search|\btools\.\d|\btools?\b.{0,60}(?:\bnot\b|n't\b|\bun\w+)"),
}
"""How a server's refusal names each of them; the more exact ones first."""

WAYS = ("adaptive", "between_tools", "disabled", "enabled")
"""The ways of thinking that can be asked for (`ThinkingConfigParam` of the SDK)."""


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("models.toml").read_text("utf-8"))


def declared(endpoint: Endpoint, model: str) -> Abilities | None:
    """What is known of a model before anybody asks; None where the endpoint has to be asked.

    Claude's models are known by name, with or without a date behind it; of every other endpoint its configuration says
    it all.
    """
    if endpoint.kind != CLAUDE:
        return Abilities(endpoint.structured, endpoint.search, endpoint.effort, endpoint.thinking)
    ways: dict[str, str] = _table()["thinking"]
    for name, way in ways.items():
        if goes_by(model, name):
            return Abilities(True, _search(), True, way)
    return None


def told(capabilities: Any) -> Abilities:
    """What the endpoint says of a model (`ModelInfo.capabilities` of the SDK); nothing where it says nothing."""

    def can(*path: str) -> bool:
        at = capabilities
        for name in (*path, "supported"):
            at = getattr(at, name, None)
        return at is True

    ways = [way for way in ("between_tools", "adaptive") if can("thinking", "types", way)]
    return Abilities(
        structured=can("structured_outputs"),
        search=_search() if can("server_tools", "web_search") else "",
        effort=can("effort", "medium") and can("effort", "high"),  # those that prompts ask for
        thinking=ways[0] if ways else "",
    )


def refused(message: str, had: Abilities) -> str:
    """Which of these abilities a server's refusal of a request is about; empty where it is about none."""
    words = message.lower()
    return next((a for a, pattern in _REFUSED.items() if getattr(had, a) and pattern.search(words)), "")


def _search() -> str:
    return str(_table()["tools"]["search"])
