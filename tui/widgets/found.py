"""What is here to argue with: endpoints, personas, defaults; looked up off the event loop. Opens no connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upverdict.core.config import Config
    from upverdict.core.endpoints import Found
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
    """Runs on a thread: it reads the personas' files and looks for installed packages."""
    from upverdict.core import builtin, endpoints
    from upverdict.personas import loader

    found = tuple(endpoints.find(builtin.available()))
    usable = [f.name for f in found if f.usable]
    used = config.endpoint or (usable[0] if usable else "")
    seated = config.council or loader.DEFAULT_COUNCIL
    try:
        personas = tuple(p for p in loader.load_all(config.personas).values() if p.slug != loader.JUDGE)
    except loader.PersonaError as e:
        return Here(found, used, (), seated, f"{e} Mend it, or take the file away.")
    return Here(found, used, personas, seated)
