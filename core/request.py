"""What goes out as a request, and the first words of an answer that were given with it. Pure: knows the shapes of the
Messages API and no connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upverdict.core.abilities import Abilities
from upverdict.core.prompts import Prompt


def messages(prompt: Prompt, can: Abilities, caching: bool) -> list[Any]:
    """The one turn of the user's. An endpoint that keeps beginnings is to keep all up to the last block that others
    share (wire.md, Caching).
    """
    told = (prompt.search_words,) if can.search and prompt.search_words else ()
    blocks: list[dict[str, Any]] = [{"type": "text", "text": t} for t in (*prompt.shared, *told, prompt.own)]
    if caching and prompt.reused and prompt.shared:
        blocks[len(prompt.shared) - 1]["cache_control"] = {"type": "ephemeral"}
    begun = [{"role": "assistant", "content": prompt.lead}] if prompt.lead else []
    return [{"role": "user", "content": blocks}, *begun]


def gone_on(before_now: list[Any], said: list[Any]) -> list[Any]:
    """The messages of the next turn: all that the model has said stands in one turn of its own, unchanged."""
    *before, last = before_now
    if last["role"] == "assistant" and isinstance(last["content"], list):
        return [*before, {"role": "assistant", "content": last["content"] + said}]
    return [*before_now, {"role": "assistant", "content": said}]


def form(prompt: Prompt, can: Abilities) -> dict[str, Any]:
    """What an endpoint is asked to do besides: where it can't, that would be an error, or ignored."""
    asked: dict[str, Any] = {}
    output: dict[str, Any] = {}
    if can.effort and prompt.effort:
        output["effort"] = prompt.effort
    if can.structured and prompt.schema is not None:
        output["format"] = {"type": "json_schema", "schema": dict(prompt.schema)}
    if output:
        asked["output_config"] = output
    if can.thinking == "enabled":
        asked["thinking"] = {"type": "enabled", "budget_tokens": max(1024, prompt.max_tokens // 2)}
    elif can.thinking and not (prompt.thinks and can.thinking == "between_tools"):  # which means: not at all
        asked["thinking"] = {"type": can.thinking}
    if can.search and prompt.searches:
        asked["tools"] = [{"type": can.search, "name": "web_search", "max_uses": prompt.searches}]
    return asked


class Lead:
    """Hands on an answer whose first words were given. Some servers repeat them, others go on."""

    def __init__(self, lead: str, on_text: Callable[[str], object]) -> None:
        self._lead = lead
        self._on_text = on_text
        self._held: str | None = "" if lead else None

    def __call__(self, piece: str) -> None:
        if self._held is None:
            self._on_text(piece)
            return
        self._held += piece
        if len(self._held) >= len(self._lead) or not self._lead.startswith(self._held):
            self.finish()

    def finish(self) -> None:
        """Hand on what was held back until it was clear whether the words are repeated."""
        if self._held:
            rest = self._held.removeprefix(self._lead)
            joint = "" if rest[:1].isspace() or self._held.startswith(self._lead) else " "
            self._on_text(self._lead + joint + rest)
        self._held = None
