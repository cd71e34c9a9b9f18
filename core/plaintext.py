"""A debate as plain text for a terminal or a pipe, from its question to its verdict. Pure; no colour, no escape."""

from __future__ import annotations

from collections.abc import Iterator

from upverdict.core import citing, plain_shelf, plain_statement, plain_verdict
from upverdict.core.debate import Debate


def why_not(debate: Debate) -> str:
    """Why there is no verdict, and whose fault it was where that was the judge's."""
    if debate.error is None:
        return "The debate ended without a verdict."
    failed = debate.verdicts[-1].error if debate.verdicts else None
    judges = failed is not None and failed.kind != "stopped"
    return f"The judge could not rule: {debate.error.message}" if judges else debate.error.message


def unspoken(debate: Debate) -> Iterator[str]:
    """Which voices broke off or said nothing in a statement, and why: one line for each and each reason."""
    said = (f"{debate.name(s.voice)}: {s.error.message}" for s in debate.statements.values() if s.error)
    yield from dict.fromkeys(said)


def whole(debate: Debate, state: str) -> Iterator[str]:
    """The debate from its question to its verdict."""
    yield from _title(debate, state)
    if kept := list(plain_shelf.about(debate)):
        yield from (*kept, "")
    if debate.background:
        yield from (debate.background, "")
    yield from plain_statement.frame_lines(debate)
    for statement in debate.statements.values():
        if statement.round != "discussion":
            yield from plain_statement.statement_lines(debate, statement)
    for comment in debate.comments:
        yield from plain_statement.comment_lines(debate, comment)
    if verdict := debate.verdict:
        yield from plain_verdict.verdict_lines(debate, verdict)
        if verdict.version > 1:
            yield from (*plain_verdict.earlier_lines(debate, verdict), "")
    yield from plain_shelf.decided(debate)
    yield from citing.source_lines(debate)
    if debate.error:
        yield f"[{'No new verdict' if debate.verdict else 'No verdict'}: {debate.error.message}]"


def version(debate: Debate, state: str, number: int) -> Iterator[str]:
    """One version of the verdict, under its question.

    Raises KeyError when there is none with this number.
    """
    verdict = {v.version: v for v in debate.verdicts if v.ruling}[number]
    yield from _title(debate, state)
    yield from plain_verdict.verdict_lines(debate, verdict)


def _title(debate: Debate, state: str) -> Iterator[str]:
    yield f"# {debate.title}"
    yield f"{debate.id} · {state} · {debate.created_at[:16].replace('T', ' ')} UTC"
    yield ""
