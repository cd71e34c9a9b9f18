"""How a person keeps a debate, as plain text: beside its question and beside its verdict. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upverdict.core.debate import Debate
    from upverdict.core.events import Revisit


def condition(when: str, fact: str) -> str:
    """`on 2027-03-01: the prices double`, or one half of it."""
    return f"on {when}{': ' * bool(fact)}{fact}" if when else f"if: {fact}"


def conditions(revisit: tuple[Revisit, ...]) -> Iterator[str]:
    """When to look at a verdict again, one line for each condition."""
    return (condition(one.when, one.fact) for one in revisit)


def about(debate: Debate) -> Iterator[str]:
    """What stands under the question: what was asked where it is called otherwise, tags, note."""
    shelf = debate.shelf
    if shelf.title:
        yield f"Asked: {' '.join(debate.question.split())}"
    if kept := [*[f"tags: {', '.join(shelf.tags)}"] * bool(shelf.tags), *["archived"] * shelf.archived]:
        yield f"[{' · '.join(kept)}]"
    if shelf.note:
        first, *rest = shelf.note.splitlines()
        yield from (f"Note: {first}", *(f"      {line}".rstrip() for line in rest))


def decided(debate: Debate) -> Iterator[str]:
    """What stands beside the verdict: what the user decided, how it turned out, when to look again."""
    shelf = debate.shelf
    for title, text, at in (
        ("What you decided", shelf.choice, shelf.choice_at),
        ("How it turned out", shelf.outcome, shelf.outcome_at),
    ):
        if text:
            yield from (f"{title} ({at[:10]})", *(f"  {line}".rstrip() for line in text.splitlines()), "")
    if shelf.revisit:
        yield from ("When to look at it again", *(f"  - {line}" for line in conditions(shelf.revisit)), "")
