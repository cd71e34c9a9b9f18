"""Which reply a request gets: one, one after another, or by rules. Knows neither sockets nor debates."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from tests.scripted.exchange import ScriptError
from tests.scripted.record import Recorded
from tests.scripted.replies import Reply

Script: TypeAlias = Callable[[Recorded], "Reply | Awaitable[Reply]"]
ScriptLike: TypeAlias = "Reply | Script | Sequence[ScriptLike]"
"""A reply for every request; or a function of the request; or a list, played once from its first to its last."""
Matcher: TypeAlias = "str | Callable[[Recorded], bool]"
"""Whether a rule is meant: a string is looked for in the request's last block of text."""


def as_script(like: ScriptLike) -> Script:
    """A list becomes a script that ends: one request too many is a `ScriptError`, so that a test sees it."""
    if isinstance(like, Reply):
        return lambda _: like
    if isinstance(like, Sequence):
        return _InTurn(like, repeats=False)
    return like


async def reply_of(script: Script, request: Recorded) -> Reply:
    reply = script(request)
    if inspect.isawaitable(reply):
        reply = await reply
    if not isinstance(reply, Reply):
        raise ScriptError(f"a script gave {type(reply).__name__}, not a Reply")
    return reply


def in_turn(*items: ScriptLike) -> Script:
    """One after the other; the last one stays: `in_turn(status(529), status(529), base)` fails twice."""
    return _InTurn(items, repeats=True)


def rules(*cases: tuple[Matcher, ScriptLike], otherwise: ScriptLike) -> Script:
    """The first case that matches."""
    made = [(matcher, as_script(like)) for matcher, like in cases]
    last = as_script(otherwise)

    async def script(request: Recorded) -> Reply:
        found = next((s for matcher, s in made if _matches(matcher, request)), last)
        return await reply_of(found, request)

    return script


def _matches(matcher: Matcher, request: Recorded) -> bool:
    return matcher in request.last_text if isinstance(matcher, str) else matcher(request)


class _InTurn:
    def __init__(self, items: Sequence[ScriptLike], *, repeats: bool) -> None:
        if not items:
            raise ScriptError("a script needs at least one reply")
        self._scripts = [as_script(item) for item in items]
        self._repeats = repeats
        self._played = 0

    async def __call__(self, request: Recorded) -> Reply:
        if self._played >= len(self._scripts) and not self._repeats:
            raise ScriptError(f"the script has {len(self._scripts)} replies, and one more was asked for: {request}")
        script = self._scripts[min(self._played, len(self._scripts) - 1)]
        self._played += 1
        return await reply_of(script, request)
