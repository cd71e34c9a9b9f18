"""The document: a folded debate as the JSON of design.md. Pure; `show --json` and every export print it."""

from __future__ import annotations

from upverdict.core import events as ev
from upverdict.core import jsonform
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Comment, Statement, Verdict
from upverdict.core.rulings import Ruling


def document(debate: Debate, state: State) -> dict[str, jsonform.Json]:
    """The whole debate. `state` is the caller's: only the store knows whether a running one has a living process."""
    return {
        "id": debate.id,
        "question": debate.question,
        "title": debate.shelf.title,
        "background": debate.background,
        "state": state,
        "created_at": debate.created_at,
        "tags": list(debate.shelf.tags),
        "archived": debate.shelf.archived,
        "note": debate.shelf.note,
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
        "statements": [_statement(debate, s) for s in debate.statements.values()],
        "verdicts": [_verdict(v, v.ruling) for v in debate.verdicts if v.ruling],
        "choice": debate.shelf.choice,
        "outcome": debate.shelf.outcome,
        "revisit": jsonform.plain(debate.shelf.revisit),
        "sources": [
            {
                "id": s.id,
                "url": s.url,
                "title": s.title,
                "kind": s.kind,
                "status": s.status,
                "chars": len(s.text),
                "cited_by": debate.cited_by(s.id),
            }
            for s in debate.sources.values()
        ],
        "discussion": [entry for comment in debate.comments for entry in _discussed(debate, comment)],
        "usage": jsonform.plain(debate.usage),
        "cost_usd": cost(debate),
        "spent": _spent(debate),
        "rounds": debate.rounds,
        "depth": debate.depth,
        "frame": _frame(debate),
        "error": jsonform.plain(debate.error) if debate.error else None,
    }


def verdict(debate: Debate, version: int) -> dict[str, jsonform.Json]:
    """One version of the verdict, as it stands in the document.

    Raises KeyError when there is none with this number.
    """
    found = {v.version: (v, v.ruling) for v in debate.verdicts if v.ruling}
    return _verdict(*found[version])


def _verdict(verdict: Verdict, ruling: Ruling) -> dict[str, jsonform.Json]:
    return {
        "version": verdict.version,
        "cause": verdict.cause,
        **jsonform.plain(ruling),
        "model": verdict.model,
        "usage": jsonform.plain(verdict.usage),
    }


def _statement(debate: Debate, statement: Statement) -> dict[str, jsonform.Json]:
    """A statement; the user's with the voices that dodged it."""
    doc = statement.document()
    if statement.answered_in is not None:
        from upverdict.core import answering  # see plain_statement.no_reply

        doc["no_reply"] = list(answering.no_reply(debate, statement))
    return doc


def cost(debate: Debate) -> float | None:
    """What its requests cost at list prices; None where one of these is not known, never 0 for that."""
    if not any(one.endpoint for one in debate.spent):
        return None
    from upverdict.core import prices  # browsing what was never priced needs no table

    dollars = prices.total(debate.spent)
    return None if dollars is None else float(dollars)


def _spent(debate: Debate) -> jsonform.Json:
    """Its parts: statements, frame, verdicts; they are the whole."""
    if not debate.spent:
        return []
    from upverdict.core import spending

    return [spending.document(part) for part in spending.parts(debate)]


def _frame(debate: Debate) -> jsonform.Json:
    """The frame that was settled on, whose it is, and why there is none."""
    settled = debate.framing.settled
    if settled is None:
        return None
    frame = jsonform.plain(settled.frame) if settled.by != "none" else {}
    return {**frame, "by": settled.by, "note": settled.note}


def _discussed(debate: Debate, comment: Comment) -> list[jsonform.Json]:
    """A comment or a finding, and what the council said to it.

    `version` is the verdict that it led to; None where the judge found nothing new and `upheld` the one before, or has
    not looked yet.
    """
    said = comment.statement
    first: jsonform.Json = {
        "voice": ev.USER,
        "statement": said.id,
        "about": comment.about,
        "fact": comment.fact,
        "text": said.text,
        "at": comment.at,
        "version": comment.version or None,
        "upheld": comment.upheld,
    }
    entries = [first]
    for answer in debate.answers(comment).values():
        entries.append({"voice": answer.voice, "statement": answer.id, "text": answer.text})
    return entries
