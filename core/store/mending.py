"""Makes the best log of a debate out of what a damaged file still tells of it. Pure; knows no connection and no SQL.

The log is the truth, so whatever of it can be read stays, in its order. Where a part is missing, the readable tables
stand in for it: they have the words of every statement that ended, and every verdict. What neither has is lost, and
said so: a statement in whose middle words are missing is partial.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from upverdict.core import events as ev
from upverdict.core import jsonform, rulings
from upverdict.core.debate import Debate
from upverdict.core.store.packing import EventRow, Place, events_of
from upverdict.core.text import sentences
from upverdict.core.values import replace

_ENDS = (ev.StatementFinished, ev.StatementFailed, ev.StatementStopped)
_OWN = (ev.UserSpoke, ev.CommentAdded)
_LATER = (ev.FloorOpened, ev.VerdictStarted, ev.VerdictRuled, ev.DebateFinished)
"""What comes only when every voice of a round is done."""
_PERHAPS = "perhaps its end"
"""Where nothing tells how many events there were."""
_UNREADABLE = "Its question could not be read."


class Head(NamedTuple):
    """What the table `debates` tells of one."""

    question: str
    background: str
    state: str
    created_at: str
    updated_at: str
    last_seq: int


class Said(NamedTuple):
    """What the table `statements` tells of one."""

    statement: str
    voice: str
    name: str
    round: str
    number: int
    state: str
    at: str
    text: str


class Ruled(NamedTuple):
    """What the table `verdicts` tells of one; `ruling` is JSON."""

    version: int
    cause: str
    at: str
    ruling: str


class Remains(NamedTuple):
    """What can be read of one debate: rows of its log in order, and of the tables."""

    id: str
    rows: Sequence[EventRow]
    head: Head | None = None
    said: Sequence[Said] = ()
    ruled: Sequence[Ruled] = ()


class Mended(NamedTuple):
    """The log of a debate as far as it could be had; `lost` says in a few words what of it could not, if anything."""

    events: list[ev.Event]
    lost: str = ""


def mend(remains: Remains) -> Mended | None:
    """The best log. None where too little is left: nobody knows who sat in the council, or what was asked."""
    known = _readable(remains)
    if _whole(remains, known):
        return Mended([known[seq] for seq in sorted(known)], "" if remains.head else _PERHAPS)
    return _Mending(remains, known).mended()


def _whole(remains: Remains, known: dict[int, ev.Event]) -> bool:
    if not known or max(known) != len(known) or (remains.head and remains.head.last_seq > len(known)):
        return False
    return _folds(known[seq] for seq in sorted(known))


def _folds(events: Iterable[ev.Event]) -> bool:
    try:
        return bool(Debate.fold(events).council)
    except (ValueError, KeyError, StopIteration):
        return False


class _Places(dict[str, Place]):
    """Who writes a statement, and in which round; where nothing tells, as its id suggests."""

    def __init__(self, letters: dict[str, str]) -> None:
        super().__init__()
        self._letters = letters

    def __missing__(self, id: str) -> Place:
        letter, number = _parted(id)
        if not letter:
            raise KeyError(id)
        return self._letters.setdefault(letter, letter.lower()), "opening" if number == 1 else "rebuttal"


def _parted(id: str) -> tuple[str, int]:
    match = re.fullmatch(r"(\D+)(\d{1,6})", id)
    return (match[1], int(match[2])) if match else ("", 0)


def _readable(remains: Remains) -> dict[int, ev.Event]:
    """The events of the rows that can be read, by their numbers. Words that came in pieces need to know whose they are,
    which other rows tell.
    """
    known: dict[int, ev.Event] = {}
    letters = {_parted(one.statement)[0]: one.voice for one in remains.said}
    places = _Places(letters)
    pieces: list[EventRow] = []
    for row in remains.rows:
        if row.body.startswith("["):
            pieces.append(row)
            continue
        for event in _decoded(remains.id, row, {}):
            known[event.seq] = event
            if isinstance(event, ev.DebateStarted):
                letters |= {s.letter: s.voice for s in event.council}
            elif hasattr(event, "round") and hasattr(event, "statement"):
                places[event.statement] = (event.voice, event.round)  # type: ignore[attr-defined]
                letters.setdefault(_parted(event.statement)[0], event.voice)  # type: ignore[attr-defined]
    for one in remains.said:
        if one.round in ("opening", "rebuttal", "reply", "discussion"):
            places.setdefault(one.statement, (one.voice, one.round))  # type: ignore[arg-type]
    for row in pieces:
        known |= {event.seq: event for event in _decoded(remains.id, row, places)}
    return known


def _decoded(debate: str, row: EventRow, places: dict[str, Place]) -> list[ev.Event]:
    try:
        return list(events_of(debate, row, places))
    except jsonform.BadEvent:
        return []


Placed = tuple[float, int, ev.Event]
"""An event, and where it belongs: behind the event with this number; those of one place by the second number."""


class _Mending:
    def __init__(self, remains: Remains, known: dict[int, ev.Event]) -> None:
        self._remains = remains
        self._known = known
        self._seqs = sorted(known)
        self._said = {one.statement: one for one in remains.said}
        self._cut: list[str] = []
        self._guessed = False
        self._struck = False

    def mended(self) -> Mended | None:
        begun = self._known.get(1)
        if not isinstance(begun, ev.DebateStarted):
            made = self._begun()
            if made is None:
                return None
            begun, self._guessed = made, True
        placed: list[Placed] = [(0.0, 0, begun)]
        dropped: set[int] = {1}
        for id, seqs in self._statements().items():
            self._restore(id, seqs, placed, dropped)
        for ruled in self._remains.ruled:
            self._rule(ruled, placed)
        placed += [(float(seq), 1, self._known[seq]) for seq in self._seqs if seq not in dropped]
        placed.sort(key=lambda p: p[:2])
        events = self._fitted(event for _, _, event in placed)
        self._close(events)
        return Mended(events, self._lost())

    # -- the beginning ----------------------------------------------------------------------------------------------

    def _begun(self) -> ev.DebateStarted | None:
        """The beginning as the tables tell it; the council from whoever said something."""
        names: dict[str, tuple[str, str]] = {}
        for one in self._remains.said:
            names.setdefault(one.voice, (_parted(one.statement)[0], one.name))
        for seq in self._seqs:
            event = self._known[seq]
            voice, id = getattr(event, "voice", ""), getattr(event, "statement", "")
            if voice and id and _parted(id)[0] and isinstance(event, (ev.StatementStarted, ev.TextDelta, *_ENDS)):
                names.setdefault(voice, (_parted(id)[0], voice.replace("-", " ").title()))
        names.pop(ev.USER, None)
        head = self._remains.head
        if not names:
            return None
        council = tuple(_seat(voice, letter, name) for voice, (letter, name) in names.items())
        at = head.created_at if head else self._known[self._seqs[0]].at if self._seqs else self._remains.said[0].at
        return ev.DebateStarted(
            at=at,
            debate=self._remains.id,
            question=(head.question if head else "") or _UNREADABLE,
            background=head.background if head else "",
            council=council,
            judge=_seat("judge", "J", "The Judge"),
        )

    # -- statements -------------------------------------------------------------------------------------------------

    def _statements(self) -> dict[str, list[int]]:
        """The events of each statement that begin, write and end its last attempt, by number; none for one that only
        the table knows.
        """
        found: dict[str, list[int]] = defaultdict(list)
        for seq in self._seqs:
            event = self._known[seq]
            if isinstance(event, ev.StatementStarted):
                found[event.statement] = [seq]
            elif isinstance(event, (ev.TextDelta, *_ENDS, *_OWN)):
                found[event.statement].append(seq)
        return {**{id: [] for id in self._said}, **found}

    def _restore(self, id: str, seqs: list[int], placed: list[Placed], dropped: set[int]) -> None:
        """Have one statement whole, if that can be: from the log, else from the table, else as much as there is."""
        told = self._said.get(id)
        events = [self._known[seq] for seq in seqs]
        if any(isinstance(e, _OWN) for e in events):
            return
        if not events:
            if told is not None and told.text.strip():
                self._put(self._before(told.at), self._from_table(told, None), placed)
            return
        begun, ended = isinstance(events[0], ev.StatementStarted), isinstance(events[-1], _ENDS)
        text = "".join(e.text for e in events if isinstance(e, ev.TextDelta))
        if begun and ended and self._unbroken(seqs[0], seqs[-1]):
            return
        if told is not None and len(told.text) >= len(text):
            if not (begun and ended and told.text == text):
                dropped.update(seqs)
                self._put(seqs[0], self._from_table(told, events), placed)
            return
        self._from_log(id, seqs, events, text, placed, dropped)

    def _from_table(self, told: Said, events: list[ev.Event] | None) -> list[ev.Event]:
        """A statement as the table has it, with its own first and last event where these could be read."""
        spans = sentences(told.text)
        common: dict[str, Any] = {"debate": self._remains.id, "statement": told.statement}
        if told.voice == ev.USER:
            common |= {"text": told.text, "sentences": spans, "at": told.at}
            if told.round == "discussion":
                return [ev.CommentAdded(number=told.number, **common)]
            return [ev.UserSpoke(answered_in=told.number, **common)]
        common |= {"voice": told.voice, "round": told.round}
        first = events[0] if events and isinstance(events[0], ev.StatementStarted) else None
        last = events[-1] if events and isinstance(events[-1], _ENDS) else None
        at = events[0].at if events else told.at
        begun = first or ev.StatementStarted(at=at, number=told.number, **common)
        if last is None or not _fit(last.sentences, told.text):
            last = ev.StatementFinished(at=told.at, sentences=spans, partial=told.state != "finished", **common)
        return [begun, ev.TextDelta(at=at, text=told.text, **common), last]

    def _from_log(
        self, id: str, seqs: list[int], events: list[ev.Event], text: str, placed: list[Placed], dropped: set[int]
    ) -> None:
        """A statement of which only a part of the log is left: what there is, marked as partial."""
        first, last = events[0], events[-1]
        whole = isinstance(last, _ENDS) and bool(last.sentences) and _fit(last.sentences, text, end=True)
        voice, round = first.voice, first.round  # type: ignore[attr-defined]
        common: dict[str, Any] = {"debate": self._remains.id, "statement": id, "voice": voice, "round": round}
        if not isinstance(first, ev.StatementStarted):
            number = 0 if round == "opening" else max(1, _parted(id)[1] - 1)
            self._put(seqs[0], [ev.StatementStarted(at=first.at, number=number, **common)], placed)
        if whole:
            return
        over = isinstance(last, _ENDS) or any(
            isinstance(self._known[seq], _LATER) for seq in self._seqs[bisect_left(self._seqs, seqs[-1]) :]
        )
        if not over:  # the log ends in it, as that of any debate that was broken off
            return
        if isinstance(last, _ENDS):
            dropped.add(seqs[-1])
        if text.strip():
            self._cut.append(id)
        end = ev.StatementFinished(at=last.at, sentences=sentences(text), partial=True, stop_reason="lost", **common)
        placed.append((float(seqs[-1]), 2, end))

    # -- verdicts ---------------------------------------------------------------------------------------------------

    def _rule(self, told: Ruled, placed: list[Placed]) -> None:
        """A verdict that the table has and the log has not any more."""
        if any(isinstance(e, ev.VerdictRuled) and e.version == told.version for e in self._known.values()):
            return
        try:
            ruling: rulings.Ruling = jsonform.built(rulings.Ruling, json.loads(told.ruling))
        except ValueError:
            return
        common: dict[str, Any] = {"at": told.at, "debate": self._remains.id, "version": told.version}
        begun = [ev.VerdictStarted(cause=told.cause, **common)]
        if any(isinstance(e, ev.VerdictStarted) and e.version == told.version for e in self._known.values()):
            begun = []
        ended = ev.DebateFinished(at=told.at, debate=self._remains.id)
        self._put(self._before(told.at), [*begun, ev.VerdictRuled(ruling=ruling, **common), ended], placed)

    # -- the whole --------------------------------------------------------------------------------------------------

    def _fitted(self, events: Iterable[ev.Event]) -> list[ev.Event]:
        """Those that fit the ones before, numbered anew."""
        taken: list[ev.Event] = []
        fold = Debate()
        for event in events:
            if isinstance(event, ev.DebateStarted) and taken:
                continue
            fit = self._proven(event, fold) if isinstance(event, ev.VerdictRuled) else event
            numbered = replace(fit, seq=len(taken) + 1)
            try:
                fold.apply(numbered)
            except (ValueError, KeyError, StopIteration):
                fold = Debate.fold(taken)  # what does not fit may be half in
                continue
            taken.append(numbered)
        return taken

    def _proven(self, event: ev.VerdictRuled, fold: Debate) -> ev.VerdictRuled:
        """The verdict with only those quotes and sentences that are still there."""
        ruling = event.ruling
        texts = {id: statement.text for id, statement in fold.statements.items()}
        there = {id for statement in fold.statements.values() for id, _ in statement.sentences}
        quotes = tuple(q for q in ruling.pull_quotes if texts.get(q.statement, "")[q.start : q.end] == q.text)

        def claims(given: tuple[rulings.Claim, ...]) -> tuple[rulings.Claim, ...]:
            return tuple(replace(c, support=_known(c.support, there), against=_known(c.against, there)) for c in given)

        proven = replace(
            ruling,
            pull_quotes=quotes,
            agreed=claims(ruling.agreed),
            split=claims(ruling.split),
            moved=tuple(m if m.moved_by in there else replace(m, moved_by="") for m in ruling.moved),
            because=tuple(id for id in ruling.because if id in there),
            past=tuple(replace(p, support=_known(p.support, there)) for p in ruling.past),
        )
        self._struck |= proven != ruling
        return replace(event, ruling=proven)

    def _close(self, events: list[ev.Event]) -> None:
        """An end that was lost behind a verdict that was not."""
        head, fold = self._remains.head, Debate.fold(events)
        if head and head.state == "finished" and fold.outcome == "running" and fold.verdict and not fold.judging:
            end = ev.DebateFinished(seq=len(events) + 1, at=head.updated_at, debate=self._remains.id)
            events.append(end)

    def _lost(self) -> str:
        last = max(self._seqs[-1] if self._seqs else 0, self._remains.head.last_seq if self._remains.head else 0)
        words = [f"{last - len(self._seqs):,} of {last:,} events"] if last > len(self._seqs) else []
        if self._remains.head is None:
            words.append(_PERHAPS)
        if self._guessed:
            words.append("its beginning, which is guessed")
        if self._cut:
            words.append(f"words of {', '.join(self._cut)}")
        if self._struck:
            words.append("proofs of its verdict")
        return ", ".join(words)

    # -- places -----------------------------------------------------------------------------------------------------

    def _unbroken(self, first: int, last: int) -> bool:
        return bisect_left(self._seqs, last) - bisect_left(self._seqs, first) == last - first

    def _before(self, at: str) -> float:
        """Where an event of that time belongs."""
        return next((seq - 0.5 for seq in self._seqs if seq > 1 and self._known[seq].at > at), float("inf"))

    def _put(self, place: float, events: Iterable[ev.Event], placed: list[Placed]) -> None:
        """In this place, before what stands there already and behind what was put there before."""
        many = sum(1 for where, _, _ in placed if where == place)
        placed += [(place, -1000 + many + n, event) for n, event in enumerate(events)]


def _seat(voice: str, letter: str, name: str) -> ev.Seat:
    return ev.Seat(voice, letter, name, "", "#888888", "", "", "")


def _fit(spans: Sequence[tuple[int, int]], text: str, *, end: bool = False) -> bool:
    """Whether sentences can be those of a text, and with `end`, whether it has words behind the last of them."""
    if not spans:
        return not end
    return spans[-1][1] <= len(text) and not (end and text[spans[-1][1] :].strip())


def _known(cited: Any, there: set[str]) -> dict[str, tuple[str, ...]]:
    kept = {voice: tuple(id for id in ids if id in there) for voice, ids in cited.items()}
    return {voice: ids for voice, ids in kept.items() if ids}


def in_order(rows: Iterable[EventRow]) -> Iterator[EventRow]:
    """The rows of a log in order, each number once."""
    seen = 0
    for row in sorted(rows, key=lambda r: r.seq):
        if row.seq > seen and row.size > 0:
            seen = row.seq + row.size - 1
            yield row
