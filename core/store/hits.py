"""What a search gives: debates, and the places that show why. Values only; knows no connection. Cheap to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from upverdict.core.store.understanding import Meaning

State = Literal["running", "interrupted", "finished", "failed"]  # `debate.State`, which is dear to import
Where = Literal["question", "title", "background", "verdict", "choice", "outcome", "note", "statement"]


Spans = tuple[tuple[int, int], ...]
"""Half-open ranges of characters of a snippet that match."""


class Hit(NamedTuple):
    """One debate that a search found, and the place that shows why.

    `where` says what matched; `statement`, `voice` and `name` tell whose words they are when it is a statement.
    `spans` are the matching ranges of `snippet`, which is one line. `more` places of the debate matched besides, as
    far as was looked.
    """

    id: str
    question: str
    state: State
    headline: str
    created_at: str
    where: Where
    statement: str
    voice: str
    name: str
    snippet: str
    spans: Spans
    more: int
    title: str = ""
    archived: bool = False

    @property
    def called(self) -> str:
        """As the user has named it, else its question."""
        return self.title or self.question


class Found(NamedTuple):
    """The hits, and what the search was understood as."""

    hits: list[Hit]
    meaning: Meaning
