"""What is found: what is here to argue with, and where a search hit stands."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from upverdict.core.errors import UserError
from upverdict.tui.widgets.plain import one_line

if TYPE_CHECKING:
    from upverdict.core.config import Config
    from upverdict.core.debate import Debate
    from upverdict.core.endpoints import Found
    from upverdict.core.rulings import PullQuote
    from upverdict.personas.loader import Persona


@dataclass(frozen=True, slots=True)
class Here:
    """What can be used comes first. `used` is the name of the endpoint that a debate uses where nobody chooses, empty
    when there is none.

    `nothing` is why there is none, in a sentence. `trouble` is why the personas can't be read; there are none then, and
    no judge.
    """

    endpoints: tuple[Found, ...]
    used: str
    personas: tuple[Persona, ...]
    seated: tuple[str, ...]
    trouble: str = ""
    nothing: str = ""
    judge: Persona | None = None

    def named(self, name: str) -> Found | None:
        """The endpoint of this name."""
        return next((f for f in self.endpoints if f.name == name), None)


def look(config: Config) -> Here:
    """Runs on a thread: it reads the personas' files, looks for installed packages and for servers of this machine."""
    from upverdict.core.choosing import Book

    found: tuple[Found, ...] = ()
    try:
        rows, nothing = asyncio.run(Book(config).overview())
        found = tuple(sorted(rows, key=lambda f: not f.usable))
    except UserError as e:
        nothing = str(e)
    used = next((f.name for f in found if f.used and f.usable), "")
    meant = None if used else next((f for f in found if f.used or f.name == config.endpoint), None)
    if meant is not None:
        begun = f"{meant.name} can't be used: "
        nothing = begun + meant.note.removeprefix(begun)
    return replace(seats(config), endpoints=found, used=used, nothing=nothing)


def seats(config: Config) -> Here:
    """Who is here to sit, without what answers for them. Reads the personas' files."""
    from upverdict.personas import loader

    seated = config.council or loader.DEFAULT_COUNCIL
    try:
        personas = loader.load_all(config.personas)
    except loader.PersonaError as e:
        return Here((), "", (), seated, f"{e} Mend it, or take the file away.")
    judge = personas.pop(loader.JUDGE, None)
    return Here((), "", tuple(personas.values()), seated, judge=judge)


def brief(found: Found) -> str:
    """What stands behind an endpoint's name: the model that it is asked with and how many others it has, and why it is
    used where nobody chooses; or why it can't be used."""
    if not found.usable:
        return one_line(found.note)
    return one_line(
        " · ".join(filter(None, (_models(found) or found.note, f"the default: {found.why}" if found.used else "")))
    )


def met(found: Found) -> str:
    """The same for who sees it for the first time: what it is in place of why it is used."""
    return one_line(" · ".join(filter(None, (_models(found), found.note))) if found.usable else found.note)


def _models(found: Found) -> str:
    others = len(found.models) - 1
    return found.model + (f" and {others} more" if others > 0 and found.model else "")


def at_length(found: Found) -> str:
    """All that is known of an endpoint, for the one that is looked at."""
    from upverdict.core.reaching import facts

    known = facts(found.can, found.small, found.window) if found.usable else ""
    where = found.url if found.kind == "server" and found.url not in (found.name, *found.note.split()) else ""
    return one_line(" · ".join(filter(None, (found.note, where, known))))


def passage(debate: Debate, statement: str, words: str) -> PullQuote | None:
    """Where a search found `words` (a snippet, one line, with `…` where it was cut) in a statement; None if it is not
    there. What can't be found again in it is its beginning."""
    from upverdict.core.rulings import PullQuote

    said = debate.statements.get(statement)
    if said is None:
        return None
    sought = r"\s+".join(re.escape(word) for word in words.strip("… ").split())
    found = re.search(sought, said.text) if sought else None
    start, end = found.span() if found else (0, 0)
    return PullQuote(said.voice, said.id, said.text[start:end], start, end)
