"""What is found: what is here to argue with, and where a search hit stands."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upverdict.core.config import Config
    from upverdict.core.debate import Debate
    from upverdict.core.endpoints import Found
    from upverdict.core.rulings import PullQuote
    from upverdict.personas.loader import Persona


@dataclass(frozen=True, slots=True)
class Here:
    """`used` is the name of the endpoint that a debate uses where nobody chooses, empty when there is none.

    `trouble` is why the personas can't be read; there are none then.
    """

    endpoints: tuple[Found, ...]
    used: str
    personas: tuple[Persona, ...]
    seated: tuple[str, ...]
    trouble: str = ""


def look(config: Config) -> Here:
    """Runs on a thread: it reads the personas' files, looks for installed packages and for servers of this machine."""
    from upverdict.core.choosing import Book
    from upverdict.personas import loader

    rows, _ = asyncio.run(Book(config).overview())
    used = next((f.name for f in rows if f.used), "")
    found = tuple(rows)
    seated = config.council or loader.DEFAULT_COUNCIL
    try:
        personas = tuple(p for p in loader.load_all(config.personas).values() if p.slug != loader.JUDGE)
    except loader.PersonaError as e:
        return Here(found, used, (), seated, f"{e} Mend it, or take the file away.")
    return Here(found, used, personas, seated)


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
