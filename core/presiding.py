"""What the judge does in a debate, with its retries: it frames the question, and it rules. Never argues.

A judge that fails costs no statement.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from upverdict.core import events as ev
from upverdict.core import framing, hearing
from upverdict.core.budget import Need
from upverdict.core.folded import FRAME_ID, verdict_id
from upverdict.core.judging import Judging
from upverdict.core.lines import Line, Lines
from upverdict.core.log import Log
from upverdict.core.prompts import Prompt
from upverdict.core.retrying import Waits
from upverdict.core.stream import Answer
from upverdict.core.till import Till


class Presiding:
    """The judge of one debate."""

    def __init__(self, log: Log, lines: Lines, waits: Waits, till: Till) -> None:
        self._log = log
        self._lines = lines
        self._waits = waits
        self._till = till
        seat = log.debate.judge
        assert seat is not None, "a debate is started with its judge"
        self._seat = seat
        self._where = lines.where(seat)

    async def frame(self) -> None:
        """Propose a frame, or settle that there is none: a model that can't frame a question stops no debate."""

        async def work() -> None:
            if not self._till.frames():
                self._log.append(ev.FrameSettled(frame=framing.NONE, by="none", note=framing.TOO_DEAR))
                return
            line = await self._lines.get(self._seat)
            if line.traits.small:
                self._log.append(ev.FrameSettled(frame=framing.NONE, by="none", note=framing.TOO_SMALL))
                return
            frame = await self._framed(line)
            if frame is None:
                self._log.append(ev.FrameSettled(frame=framing.NONE, by="none", note=framing.UNREADABLE))
            else:
                self._log.append(ev.FrameDrawn(frame=frame))

        fault = await self._waits.until_done(
            self._seat.voice, FRAME_ID, work, lambda: self._log.debate.framing.attempt, self._where
        )
        if fault:
            self._log.append(ev.FrameFailed(error=fault))

    async def _framed(self, line: Line) -> ev.Frame | None:
        """The frame, after one repair turn with what is wrong with it; None when neither answer can be used."""
        debate = self._log.debate

        async def ask(complaint: str) -> ev.Frame:
            request = self._asking(FRAME_ID, "frame")
            return framing.read(debate, await hearing.formed(line, framing.prompt(debate, complaint), request))

        return await hearing.repaired(ask)

    async def rule(self, version: int) -> None:
        """Rule as this version, or uphold the one before where nothing new bears on it."""
        id, begun = verdict_id(version), False
        judging = Judging(self._log, version, partial(self._asking, id))

        async def work() -> None:
            nonlocal begun
            if begun:
                judging.begin_again()
            begun = True
            ruling = await judging.rule(await self._lines.get(self._seat))
            debate = self._log.debate
            if ruling is not None:
                self._log.append(ev.VerdictRuled(version=version, ruling=ruling))
            elif debate.verdict:
                self._log.append(ev.VerdictUpheld(version=version, stands=debate.verdict.version))

        latest = self._log.debate.verdicts[-1]
        if fault := await self._waits.until_done(self._seat.voice, id, work, lambda: latest.attempt, self._where):
            self._log.append(ev.VerdictFailed(version=version, error=fault))

    def _asking(self, id: str, need: Need) -> hearing.Ask:
        """How the judge is asked for what is counted under this id."""

        async def ask(line: Line, prompt: Prompt, on_text: Callable[[str], None]) -> Answer:
            return await self._till.ask(line, prompt, self._seat.voice, id, need, on_text)

        return ask
