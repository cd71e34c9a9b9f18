"""Asks the judge, in the way the endpoint's model can answer, until there is a ruling that code has proven.

Two passes in opposite orders, at once; where they differ, a third decides and the verdict says that it was close. Then
a checker holds each claim against the sentences that it cites (protocol.md, The verdict).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from upverdict.core import answer, checking, hearing, judge_prompt, rulings, small, verdict
from upverdict.core import events as ev
from upverdict.core.budget import Need
from upverdict.core.faults import WireError
from upverdict.core.forming import Former
from upverdict.core.lines import Line
from upverdict.core.log import Log
from upverdict.core.neutral import Labels
from upverdict.core.till import LimitReached
from upverdict.core.values import replace

TIEBREAK = 3
"""The number of the pass that decides where the first two differ."""


class Judging:
    """One version of the verdict while the judge is at it. Passes that have come are kept when another one fails."""

    def __init__(self, log: Log, version: int, asking: Callable[[Need], hearing.Ask]) -> None:
        self._log = log
        self._version = version
        self._asking = asking
        self._passes: dict[int, tuple[verdict.Proposal | None, str]] = {}  # what was proposed, and the answer itself

    async def rule(self, line: Line) -> rulings.Ruling | None:
        """The ruling on the debate as it stands; None when the judge finds nothing new that bears on the one before.

        Raises WireError when the judge can't be asked, or when nothing it says can be used; call it again then.
        """
        if line.traits.small:
            return await self._plain(line)
        decided = await self._decided(line)
        if decided is None:
            return await self._plain(line)
        proposal, passes, close = decided
        debate = self._log.debate
        ruling = verdict.rule(debate, proposal)
        if debate.comment and not ruling.because:
            return None
        return await self._checked(line, replace(ruling, passes=passes, close=close))

    def begin_again(self) -> None:
        """The judge is asked once more; what is known of the ruling already is shown anew."""
        self._start()
        if 1 in self._passes and TIEBREAK not in self._passes:
            self._former(Labels(self._log.debate, 1)).feed(self._passes[1][1])

    def _start(self, look: int = 1) -> None:
        latest = self._log.debate.verdicts[-1]
        again = ev.VerdictStarted(version=latest.version, cause=latest.cause, attempt=latest.attempt + 1, look=look)
        self._log.append(again)

    async def _decided(self, line: Line) -> tuple[verdict.Proposal, int, bool] | None:
        """The proposal that counts, how many passes could be read, and whether the first two differed.

        None when no pass could be read. Where the third can't be, the first stands, of two that differ.
        """
        await asyncio.to_thread(answer.form)  # not on the loop: panes are being drawn
        await self._all(line, (1,) if self._log.debate.depth == "quick" else (1, 2))
        read = [found for number in sorted(self._passes) if number < TIEBREAK and (found := self._passes[number][0])]
        if len(read) < 2:
            return (read[0], 1, False) if read else None
        if TIEBREAK not in self._passes and await self._alike(line, *read):
            return read[0], 2, False
        if TIEBREAK not in self._passes:
            self._start(look=TIEBREAK)
        await self._all(line, (TIEBREAK,))
        last = self._passes[TIEBREAK][0]
        return (last, 3, True) if last else (read[0], 2, True)

    async def _alike(self, line: Line, one: verdict.Proposal, other: verdict.Proposal) -> bool:
        """Whether two passes decide the same: by the option where they name one of the frame's, else by their words."""
        fresh = verdict.fresh(self._log.debate)
        if bool(fresh & set(one.because)) != bool(fresh & set(other.because)) or one.option != other.option:
            return False
        if one.option not in ("", rulings.OTHER) or one.headline == other.headline:
            return True
        try:
            prompt = checking.comparison(self._log.debate, one.decision, other.decision)
            return checking.same(await hearing.formed(line, prompt, self._asking("comparison")))
        except (answer.Unreadable, LimitReached):
            return False

    async def _all(self, line: Line, numbers: Iterable[int]) -> None:
        """Ask for these passes that are not there yet. One that fails does not stop the other.

        Raises the first WireError, but where there is one ruling already and no room for another within the limit.
        """
        lacking = [n for n in numbers if n not in self._passes]
        ended = await asyncio.gather(*(self._pass(line, n) for n in lacking), return_exceptions=True)
        for number, found in zip(lacking, ended, strict=True):
            if not isinstance(found, BaseException):
                self._passes[number] = found
            elif isinstance(found, LimitReached) and number > 1:
                self._passes[number] = None, ""
        ended = [found for number, found in zip(lacking, ended, strict=True) if number not in self._passes]
        for failed in ended:
            if isinstance(failed, BaseException):
                raise failed

    async def _pass(self, line: Line, number: int) -> tuple[verdict.Proposal | None, str]:
        """What the judge proposes, after one repair turn with what is wrong with it (wire.md, How the judge rules).

        None when neither answer can be read. Of two that can, the one with less that is wrong counts, and code strikes
        the rest. Only one pass at a time is shown.
        """
        debate, labels, shown = self._log.debate, Labels(self._log.debate, number), number != 2
        first, given, wrong = None, "", 0
        try:
            prompt, request = judge_prompt.rules(debate, number), self._asking("ruling" if number == 1 else "again")
            given = await hearing.formed(line, prompt, request, self._feed(labels, shown))
            first = answer.read(given, debate, labels)
            faults = verdict.faults(debate, first)
            wrong, complaint = len(faults), " ".join(faults)
        except answer.Unreadable as e:
            complaint = str(e)
        if not complaint:
            return first, given
        if shown:
            self._start(look=number)
        prompt = judge_prompt.rules(debate, number, complaint)
        try:
            again = await hearing.formed(line, prompt, self._asking("again"), self._feed(labels, shown))
            second = answer.read(again, debate, labels)
        except (answer.Unreadable, LimitReached):
            return first, given
        better = first is None or len(verdict.faults(debate, second)) < wrong
        return (second, again) if better else (first, given)

    async def _checked(self, line: Line, ruling: rulings.Ruling) -> rulings.Ruling:
        """The ruling with the claims that the checker finds in their sentences; it may repair its answer once."""
        debate = self._log.debate
        if not checking.cited(ruling):
            return replace(ruling, checked=True)

        async def ask(complaint: str) -> rulings.Ruling:
            given = await hearing.formed(line, checking.prompt(debate, ruling, complaint), self._asking("check"))
            return checking.apply(debate, ruling, checking.read(given, ruling))

        try:
            return await hearing.repaired(ask) or checking.unchecked(ruling)
        except LimitReached:  # what nobody has held against its sentences is not said; the rest still is
            return checking.unchecked(ruling)

    async def _plain(self, line: Line) -> rulings.Ruling | None:
        """One plain question for a model that can't keep to a form; None where it says the same as before a comment."""
        traits, debate = line.traits, self._log.debate
        if traits.small:
            prompt = small.ruling(debate, traits)
        else:
            self._start()
            prompt = judge_prompt.rules(debate, 1, plain=True)
        said = await hearing.answered(line, prompt, self._asking("ruling"), self._former(None).feed)
        ruling = verdict.plain(debate, said)
        if not ruling.headline or not ruling.decision or said.startswith(("{", "[", "```")) or '{"' in said:
            raise WireError(ev.Fault("unreadable", "The judge said nothing that can be used.", True))
        stands = debate.verdict.ruling if debate.comment and debate.verdict else None
        if stands and (ruling.headline, ruling.decision) == (stands.headline, stands.decision):
            return None
        return ruling

    def _feed(self, labels: Labels, shown: bool) -> Callable[[str], object]:
        """Where the pieces of an answer go: into the log, as far as they may be shown, or nowhere."""
        return self._former(labels).feed if shown else lambda _: None

    def _former(self, labels: Labels | None) -> Former:
        def put(part: ev.Part, words: str, quote: rulings.PullQuote | None) -> None:
            place = {"voice": quote.voice, "statement": quote.statement, "start": quote.start} if quote else {}
            delta = ev.VerdictDelta(version=self._version, text=words, part=part, **place)  # type: ignore[arg-type]
            self._log.append(delta)

        return Former(self._log.debate, labels, put)
