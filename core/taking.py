"""Takes what an answer brings besides its words into the log: thinking, searches, citations. Knows no wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upverdict.core import events as ev
from upverdict.core import stream
from upverdict.core.log import Log
from upverdict.core.pen import Pen
from upverdict.core.protocol import Ask


class Taking:
    """For one attempt at one statement, whose words `pen` writes. `on_start` hears once that the answer has begun."""

    def __init__(self, log: Log, ask: Ask, pen: Pen, on_start: Callable[[], object] | None = None) -> None:
        self._log = log
        self._ask = ask
        self._pen = pen
        self._on_start = on_start
        self._of: dict[str, Any] = {"voice": ask.voice, "round": ask.round, "statement": ask.statement}

    def __call__(self, note: stream.Note) -> None:
        match note:
            case stream.Begun():
                if self._on_start is not None:
                    self._on_start()
                    self._on_start = None
            case stream.Thinks():
                if self._log.debate.statements[self._ask.statement].state != "thinking":
                    self._pen.place()  # what was said before stands before
                    self._log.append(ev.Thinking(**self._of))
            case stream.Searches(query):
                self._pen.place()
                self._log.append(ev.SearchStarted(**self._of, query=query))
            case stream.Found(query, results, error):
                self._log.append(ev.SearchFinished(**self._of, query=query, results=results, error=error))
            case stream.Cites(source, quote):
                place = self._pen.place()
                if place and not self._pen.in_block:
                    self._cite(self._numbered(source), place, quote)

    def _cite(self, source: str, place: int, quote: str) -> None:
        statement = self._log.debate.statements[self._ask.statement]
        if (source, place) not in {(c.source, c.after) for c in statement.citations}:
            self._log.append(ev.SourceCited(**self._of, source=source, after=place, quote=quote))

    def _numbered(self, found: ev.Result) -> str:
        """The id of a source, which gets the next number when it is cited for the first time."""
        sources = self._log.debate.sources
        known = next((s.id for s in sources.values() if s.url == found.url), "")
        if known:
            return known
        source = ev.Source(str(len(sources) + 1), found.url, found.title, "search")
        self._log.append(ev.SourceFound(source=source, voice=self._ask.voice, statement=self._ask.statement))
        return source.id
