"""What can be read of a file that a newer program wrote: all that is understood, and never a word into it.

Knows no connection. What nobody here understands keeps its place in the log and is told of, not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from upverdict.core import events as ev
from upverdict.core import jsonform
from upverdict.core.debate import Debate
from upverdict.core.store import notices
from upverdict.core.store.errors import StoreError
from upverdict.core.store.packing import EventRow, Place, events_of


def understood(path: Path, debate: str, rows: Iterable[EventRow]) -> Iterator[ev.Event]:
    """The log of a debate, each event that can't be understood, or does not fit what is, as an `Unknown` one.

    Raises StoreError when its very beginning is not understood, and ValueError when the log has a gap.
    """
    places: dict[str, Place] = {}
    taken: list[ev.Event] = []
    fold = Debate()
    strange = False
    for row in rows:
        for event in _events(debate, row, places):
            known = event
            try:
                fold.apply(event)
            except (KeyError, StopIteration):
                known = _unknown(event)
                fold = Debate.fold([*taken, known])  # what could not be folded in may be half in
            if not taken and not isinstance(known, ev.DebateStarted):
                raise _not_understood(path, debate)
            strange |= isinstance(known, ev.Unknown)
            taken.append(known)
            yield known
    if strange:
        notices.tell(
            f"A newer upverdict wrote something into debate {debate} that this one does not understand, and does not "
            "show. Update upverdict to see it."
        )


def _events(debate: str, row: EventRow, places: dict[str, Place]) -> list[ev.Event]:
    try:
        return list(events_of(debate, row, places, lax=True))
    except jsonform.BadEvent:
        bodies = [row.body if row.body.startswith("{") else "{}", *["{}"] * (row.size - 1)]
        return [
            ev.Unknown(seq=row.seq + n, at=row.at, debate=debate, name=row.kind, body=body)
            for n, body in enumerate(bodies)
        ]


def _unknown(event: ev.Event) -> ev.Unknown:
    import json

    body = json.dumps(jsonform.own(event), ensure_ascii=False)
    return ev.Unknown(seq=event.seq, at=event.at, debate=event.debate, name=event.KIND, body=body)


def _not_understood(path: Path, debate: str) -> StoreError:
    return StoreError(
        f"Debate {debate} in {path} was begun by a newer upverdict in a way that this one does not understand. It was "
        "left as it is; update upverdict to read it.",
        "version",
    )
