"""What is left of a debate that could not be written to its end, in words. Asked when its file is closed."""

from __future__ import annotations

from pathlib import Path

from upverdict.core.debate import Debate
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.reader import Library
from upverdict.core.way_on import to_type


def reason(trouble: str) -> str:
    """A failure of the file without what it says of the words to come: at the end it is known what became of them."""
    return trouble.partition(" What was written before is safe")[0]


def told(path: Path, said: Debate, error: StoreError) -> str:
    """Why the file could not be written, what it has of the debate as it was said, and how to go on after that."""
    return f"{reason(str(error))} {_left(path, said, error.aside)}"


def _left(path: Path, said: Debate, aside: Path | None) -> str:
    """What became of a debate that could not be written to its end, and how to go on when that is mended."""
    go_on = to_type("continue", said.id)
    library = Library(path)
    try:
        kept = library.debate(said.id)
    except NoSuchDebate:
        if aside is not None:
            return f"What was said is put aside in {aside}; it comes into the file with the next debate, after that."
        return "Nothing of this debate could be kept; ask again after that."
    except StoreError:  # it can't even be read now
        put = f"What could not be written is put aside in {aside}. " if aside else ""
        return f"{put}How much is kept can't be read now; after that, {to_type('show', said.id)} shows it."
    finally:
        library.close()
    words = _words(said) - _words(kept)
    lost = ["the last word" if words == 1 else f"the last {words:,} words"] if words > 0 else []
    if said.verdict and not kept.verdict:
        lost.append("the verdict")
    if not lost:
        return f"What was said is kept as {said.id}; after that, {go_on} goes on."
    what = " and ".join(lost).capitalize() + (" are" if words > 1 or len(lost) > 1 else " is")
    if aside is not None:
        return (
            f"{what} put aside in {aside}, the rest is kept as {said.id}; after that, {go_on} takes all of it up and "
            "goes on."
        )
    return f"{what} lost, the rest is kept as {said.id}; after that, {go_on} goes on from there."


def _words(debate: Debate) -> int:
    return sum(len(s.text.split()) for s in debate.statements.values())
