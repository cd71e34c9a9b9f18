"""The document: a folded debate as the JSON of design.md. Pure; `show --json` and every export print it."""

from __future__ import annotations

from upverdict.core import events as ev
from upverdict.core.debate import Debate, State


def document(debate: Debate, state: State) -> dict[str, ev.Json]:
    """The whole debate. `state` is the caller's: only the store knows whether a running one has a living process."""
    return {
        "id": debate.id,
        "question": debate.question,
        "background": debate.background,
        "state": state,
        "created_at": debate.created_at,
        "council": [
            {
                "voice": s.voice,
                "letter": s.letter,
                "name": s.name,
                "tagline": s.tagline,
                "model": s.model,
                "endpoint": s.endpoint,
            }
            for s in debate.council
        ],
        "statements": [s.document() for s in debate.statements.values()],
        "verdicts": [
            {"version": v.version, "cause": v.cause, **ev.plain(v.ruling), "model": v.model, "usage": ev.plain(v.usage)}
            for v in debate.verdicts
            if v.ruling
        ],
        "sources": [],
        "discussion": [{"voice": ev.USER, "text": text, "at": at} for text, at in debate.discussion],
        "usage": ev.plain(debate.usage),
        # No price table yet: a price that is not known is said to be unknown, never 0.
        "cost_usd": None,
        "rounds": debate.rounds,
        "error": ev.plain(debate.error) if debate.error else None,
    }
