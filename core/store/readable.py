"""What the readable tables say of one debate, folded from its events. Pure; knows no connection and no SQL.

The rows are drawn at the very event that ends a statement, so that they come out the same however the log is cut:
while the debate runs, after a crash, or all at once in a rebuild.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from upverdict.core import events as ev
from upverdict.core import jsonform, rulings
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement, Verdict, verdict_id
from upverdict.core.text import length


class DebateRow(NamedTuple):
    """A row of `debates`, without its number and its deletion."""

    id: str
    state: str
    created_at: str
    updated_at: str
    last_seq: int
    council: str
    voices: int
    rounds: int
    statements: int
    question: str
    headline: str
    decision: str
    background: str
    title: str
    archived: int
    due: str
    note: str
    choice: str
    outcome: str
    verdict: str


class StatementRow(NamedTuple):
    """A row of `statements`, without its number: what a voice said."""

    debate: str
    statement: str
    voice: str
    name: str
    round: str
    number: int
    state: str
    words: int
    model: str
    at: str
    text: str


class QuoteRow(NamedTuple):
    """A row of `quotes`."""

    debate: str
    version: int
    voice: str
    statement: str
    text: str
    start: int
    end: int


class VerdictRow(NamedTuple):
    """A row of `verdicts`; `ruling` is JSON."""

    debate: str
    version: int
    cause: str
    headline: str
    decision: str
    model: str
    at: str
    ruling: str


class SourceRow(NamedTuple):
    """A row of `sources`, without its number."""

    debate: str
    source: str
    kind: str
    status: str
    url: str
    title: str
    text: str


class CitationRow(NamedTuple):
    """A row of `citations`, without its number."""

    debate: str
    statement: str
    source: str
    after: int
    quote: str


class TagRow(NamedTuple):
    """A row of `tags`."""

    debate: str
    tag: str
    created_at: str


class RevisitRow(NamedTuple):
    """A row of `revisits`, without its number."""

    debate: str
    date: str
    fact: str


class ShelfRows(NamedTuple):
    """All rows of `tags` and of `revisits` of a debate."""

    tags: tuple[TagRow, ...] = ()
    revisits: tuple[RevisitRow, ...] = ()


class Changes(NamedTuple):
    """The rows that are new or changed. `debate` is None while only words of unfinished statements have come, `shelf`
    while neither tags nor the days of looking again have changed.
    """

    debate: DebateRow | None
    statements: dict[str, tuple[StatementRow, list[CitationRow]]]
    verdicts: dict[int, tuple[VerdictRow, list[QuoteRow]]]
    sources: dict[str, SourceRow]
    shelf: ShelfRows | None = None

    def __or__(self, later: Changes) -> Changes:
        """These and later ones."""
        return Changes(
            later.debate or self.debate,
            self.statements | later.statements,
            self.verdicts | later.verdicts,
            self.sources | later.sources,
            later.shelf or self.shelf,
        )


NOTHING = Changes(None, {}, {}, {})


_ENDS = (ev.StatementFinished, ev.StatementFailed, ev.StatementStopped, ev.UserSpoke, ev.CommentAdded)
_STANDSTILLS = (ev.DebateResumed, ev.DebateFinished, ev.DebateInterrupted, ev.DebateFailed)


class Readable:
    """The fold of one debate and the rows that follow from it. Feed `apply`; collect with `take`."""

    def __init__(self) -> None:
        self.debate = Debate()
        self._last_seq = 0  # not the fold's, which counts an event that it then refuses
        self._ended: dict[str, str] = {}  # statement -> when it ended
        self._ruled: dict[int, str] = {}
        self._rulings: dict[int, Mapping[str, Any]] = {}  # as JSON has them
        self._statements: dict[str, tuple[StatementRow, list[CitationRow]]] = {}
        self._sources: dict[str, SourceRow] = {}
        self._verdicts: dict[int, tuple[VerdictRow, list[QuoteRow]]] = {}
        self._shelf: ShelfRows | None = None
        self._changed = False
        self._interrupted = False

    def apply(self, event: ev.Event) -> None:
        """Fold one event in.

        Raises ValueError for an event that does not follow, or names what the log does not know.
        """
        if isinstance(event, _STANDSTILLS):
            self._cut_off()
        self._interrupted &= isinstance(event, ev.SHELVING)
        try:
            self.debate.apply(event)
        except (KeyError, StopIteration) as e:
            raise ValueError(f"event {event.seq} names {e}, which its log does not know") from e
        self._last_seq = event.seq
        if isinstance(event, ev.TextDelta | ev.VerdictDelta):
            return
        self._changed = True
        if isinstance(event, _ENDS):
            self._end(event.statement, event.at)
        elif isinstance(event, ev.VerdictRuled):
            self._rule(event.version, event.at)
        elif isinstance(event, ev.UsageCounted):
            self._counted(event.statement)
        elif isinstance(event, ev.DebateTagged | ev.RevisitSet):
            self._shelf = self._shelf_rows()
        elif isinstance(event, ev.SourceFound):
            one = event.source
            self._sources[one.id] = SourceRow(
                self.debate.id, one.id, one.kind, one.status, one.url, one.title, one.text
            )

    def interrupt(self) -> None:
        """No process lives that could go on: keep the words of those who were cut off. Not an event of the log."""
        self._cut_off()
        self._interrupted = self._changed = True

    def take(self) -> Changes:
        """The rows changed since the last call."""
        row = self._row() if self._changed else None
        changes = Changes(row, self._statements, self._verdicts, self._sources, self._shelf)
        self._changed, self._statements, self._verdicts, self._sources, self._shelf = False, {}, {}, {}, None
        return changes

    def _cut_off(self) -> None:
        for statement in self.debate.statements.values():
            if statement.live:
                self._end(statement.id, self.debate.updated_at)

    def _end(self, id: str, at: str) -> None:
        self._ended[id] = at
        statement = self.debate.statements[id]
        cited = [CitationRow(self.debate.id, id, c.source, c.after, c.quote) for c in statement.cited]
        self._statements[id] = (self._statement(statement, at), cited)

    def _rule(self, version: int, at: str) -> None:
        self._ruled[version] = at
        verdict = next(v for v in self.debate.verdicts if v.version == version)
        if verdict.ruling is not None:
            self._rulings[version] = plain = jsonform.plain(verdict.ruling)
            self._verdicts[version] = (
                self._verdict(verdict, plain, at),
                self._quotes(version, verdict.ruling),
            )

    def _counted(self, target: str) -> None:
        """The model that really answered is told apart from the words, before or after their end."""
        if target in self._ended and not self.debate.statements[target].live:
            self._end(target, self._ended[target])
        for version, at in self._ruled.items():
            if verdict_id(version) == target:
                self._rule(version, at)

    def _statement(self, statement: Statement, at: str) -> StatementRow:
        text = statement.kept
        state = statement.state
        if statement.live:
            state = "partial" if text.strip() else "failed"
        return StatementRow(
            debate=self.debate.id,
            statement=statement.id,
            voice=statement.voice,
            name=self._name(statement.voice),
            round=statement.round,
            number=statement.number,
            state=state,
            words=length(text),
            model=statement.model,
            at=at,
            text=text,
        )

    def _verdict(self, verdict: Verdict, ruling: Mapping[str, Any], at: str) -> VerdictRow:
        return VerdictRow(
            debate=self.debate.id,
            version=verdict.version,
            cause=verdict.cause,
            headline=ruling["headline"],
            decision=ruling["decision"],
            model=verdict.model,
            at=at,
            ruling=json.dumps(ruling, ensure_ascii=False),
        )

    def _quotes(self, version: int, ruling: rulings.Ruling) -> list[QuoteRow]:
        return [
            QuoteRow(self.debate.id, version, q.voice, q.statement, q.text, q.start, q.end) for q in ruling.pull_quotes
        ]

    def _shelf_rows(self) -> ShelfRows:
        debate, shelf = self.debate, self.debate.shelf
        return ShelfRows(
            tuple(TagRow(debate.id, tag, debate.created_at) for tag in dict.fromkeys(shelf.tags)),
            tuple(RevisitRow(debate.id, one.when, one.fact) for one in shelf.revisit),
        )

    def _name(self, voice: str) -> str:
        try:
            return self.debate.name(voice)
        except KeyError:
            return voice

    def _row(self) -> DebateRow:
        debate = self.debate
        ruling = debate.verdict.ruling if debate.verdict else None
        return DebateRow(
            id=debate.id,
            state="interrupted" if self._interrupted and debate.outcome == "running" else debate.outcome,
            created_at=debate.created_at,
            updated_at=debate.updated_at,
            last_seq=self._last_seq,
            council=", ".join(s.name.removeprefix("The ") for s in debate.council),
            voices=len(debate.council),
            rounds=max(0, debate.round),
            statements=sum(bool(s.kept.strip()) for s in debate.statements.values()),
            question=debate.question,
            headline=ruling.headline if ruling else "",
            decision=ruling.decision if ruling else "",
            background=debate.background,
            title=debate.shelf.title,
            archived=int(debate.shelf.archived),
            due=debate.shelf.due,
            note=debate.shelf.note,
            choice=debate.shelf.choice,
            outcome=debate.shelf.outcome,
            verdict=verdict_words([plain for _, plain in sorted(self._rulings.items())]),
        )


def verdict_words(versions: Sequence[Mapping[str, Any]]) -> str:
    """What is said in the verdicts of a debate beside the headline and the decision of the latest, a sentence a line.

    Rulings as JSON has them, the latest last. Not the quotes: statements have these words.
    """
    said = [text for ruling in versions for text in _sentences(ruling, latest=ruling is versions[-1])]
    return "\n".join(dict.fromkeys(filter(None, said)))  # a later version repeats most of it


def _sentences(ruling: Mapping[str, Any], *, latest: bool) -> Iterator[str]:
    if not latest:
        yield from (ruling["headline"], ruling["decision"])
    yield ruling.get("option", "")  # rulings of older programs lack what was not known to them
    for claim in (*ruling.get("agreed", ()), *ruling.get("split", ())):
        yield claim["claim"]
    for flip in ruling.get("flips", ()):
        yield from (flip["fact"], flip["check"])
    yield from (one.get("crux", "") for one in ruling.get("dissent", ()))
    yield from (one["why"] for one in ruling.get("past", ()))
