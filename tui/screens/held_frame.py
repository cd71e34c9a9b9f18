"""The frame of a debate that is held here, between its proposal and the user's word on it. Knows no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.tui.keyboard import key_of
from upverdict.tui.screens.frame import FrameScreen, Written

if TYPE_CHECKING:
    from upverdict.core.runner import Runner


class HeldFrame:
    """Keeps what the user wrote into it while the screen of the frame is closed."""

    def __init__(self, debate: Debate, runner: Runner) -> None:
        self._debate = debate
        self._runner = runner
        self._written: Written | None = None
        self.open = False
        """Whether the screen of the frame is open."""

    @property
    def waiting(self) -> ev.Frame | None:
        """The proposal, if it waits for the user: a question that is unsafe does not, nor a debate that never waits."""
        framing = self._debate.framing
        if (
            self._debate.outcome != "running"
            or framing.settled is not None
            or framing.proposal is None
            or framing.proposal.kind == "unsafe"
        ):
            return None
        return None if self._runner.auto else framing.proposal

    def screen(self, proposal: ev.Frame, note: str = "") -> FrameScreen:
        """The screen that shows it, with what was written before; hand its result to `closed`."""
        self.open = True
        return FrameScreen(self._debate.question, self._written or Written.of(proposal), self._take, note)

    def closed(self, written: Written | None) -> None:
        """The screen was closed with this on it, or with None since the frame was taken."""
        self.open = False
        self._written = written

    def accept(self) -> bool:
        """Go on with the proposal as it is. False where the user wrote something else: it would be lost."""
        if (proposal := self.waiting) is None:
            return True
        if self._written not in (None, Written.of(proposal)):
            return False
        self._runner.settle_frame(None)
        return True

    def _take(self, frame: ev.Frame) -> None:
        """Raises ValueError when it is none."""
        if (proposal := self.waiting) is None:
            raise ValueError(
                f"The debate does not wait for its frame any more. {key_of('frame.close')} goes back to it."
            )
        self._runner.settle_frame(None if frame == Written.of(proposal).frame() else frame)
