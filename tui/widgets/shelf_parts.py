"""How a debate is kept, as parts of its verdict's page: tags, what is due, what was decided. Reads the fold."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from upverdict.core import plain_shelf
from upverdict.core.debate import Debate
from upverdict.core.folded import Shelf
from upverdict.core.text import clean
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.page_parts import Part, text
from upverdict.tui.widgets.plain import moment, one_line
from upverdict.tui.widgets.preview import due_now

DECIDED = "What you decided"
"""The section's name."""


def about(debate: Debate, shelf: Shelf) -> Iterator[Part]:
    """What stands under the name of a debate: the question where that is another, tags, that it is due."""
    if shelf.title:
        yield text(f"You asked: {one_line(debate.question)}", "asked", style=MUTED, below=0)
    kept = [f"#{one_line(tag)}" for tag in shelf.tags] + ["archived"] * shelf.archived
    if kept:
        yield text(" ".join(kept), "tags", style="$text-accent", below=0)
    if due := due_now(shelf):
        yield text(f"! {due}", "due", style="bold $text-warning", below=0)


def decided(shelf: Shelf) -> Iterator[Part]:
    """What was decided in the end, how it turned out, when to look again, and the note."""
    for tag, words, at in (
        ("You decided", shelf.choice, shelf.choice_at),
        ("It turned out", shelf.outcome, shelf.outcome_at),
        ("Look again", "\n".join(plain_shelf.conditions(shelf.revisit)), ""),
        ("Your note", shelf.note, ""),
    ):
        if words:
            when = Content.styled(f"\n{moment(at)}", MUTED) if at else Content("")
            yield Part(Content.assemble(clean(words), when), "decided", tag=Content.styled(tag, MUTED))
