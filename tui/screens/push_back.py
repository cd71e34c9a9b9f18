"""Where the user answers a verdict: an objection, or what was found out about a fact that would flip it.

Sends it to the app; knows not how the council takes it. What was written and not sent is kept.
"""

from __future__ import annotations

from typing import ClassVar, Protocol, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static, TextArea

from upverdict.core.debate import Debate
from upverdict.core.text import clean
from upverdict.tui.screens.box import BoxScreen
from upverdict.tui.screens.draft_keeper import DraftKeeper
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.keys_line import KeysLine
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.told import Told
from upverdict.tui.workers import Serves, later


class Host(Serves, Protocol):
    """What this screen asks of the app that shows it."""

    async def push_back(self, id: str, text: str, flip: int | None = None) -> None: ...


class AnswerField(Composer):
    """The composer, in a dialog."""

    SEND = "answer.send"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "send", id="answer.send", tooltip="Send it"),
        Binding("escape", "leave", "close", id="answer.leave", tooltip="Back to the verdict; what you wrote is kept"),
    ]


class PushBack(BoxScreen[None]):
    """Over the verdict. With `flip`, from 1, it is about that fact of the latest ruling."""

    DEFAULT_CSS = """
    PushBack {
        & > #box { width: 88; padding: 1 2; }
        & #ask { text-style: bold; width: 1fr; height: auto; }
        & #about { height: auto; max-height: 8; margin: 1 0 0 0; scrollbar-size-vertical: 1; }
        & #about > Static { width: 1fr; height: auto; }
        & #more { color: $text-muted; width: 1fr; height: auto; margin: 1 0 1 0; }
        & Composer { background: $surface; max-height: 10; }
        & #problem { margin: 1 0 0 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="push.close", tooltip="Back to the verdict; what you wrote is kept"),
    ]
    AUTO_FOCUS = "Composer"

    def __init__(self, debate: Debate, flip: int | None = None) -> None:
        super().__init__()
        self._debate = debate
        self._flip = flip
        self.composer = AnswerField(placeholder="Write it here.")
        key = f"{debate.id}.{'comment' if flip is None else 'finding'}"
        # What came too late for the verdict is an objection to it.
        self._draft = DraftKeeper(self, self.composer, key, instead=debate.id if flip is None else "")

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            if self._flip is None:
                yield Static("Push back", id="ask", markup=False)
            else:
                yield Static("What did you find out?", id="ask", markup=False)
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(self._fact(self._flip), markup=False)
            yield Static(self._follows(), id="more", markup=False)
            yield self.composer
            yield Told("problem")
        yield KeysLine()

    def _fact(self, number: int) -> str:
        verdict = self._debate.verdict
        assert verdict is not None, "only a verdict that was reached is pushed back"
        assert verdict.ruling is not None, "Debate.verdict is one that was reached"
        flip = verdict.ruling.flips[number - 1]
        check = f"\nTo find out: {one_line(flip.check)}" if flip.check else ""
        return f"“{one_line(flip.fact)}”{check}"

    def _follows(self) -> str:
        if self._flip is not None:
            return "Only the judge is asked: where what you found out changes anything, the verdict has a new version."
        seat = self._debate.council[0]
        return (
            f"Whoever you mean answers you: write a name ({one_line(seat.name)}) or the number of a sentence "
            f"({one_line(seat.letter)}1.2). Name nobody, and all do. Then the judge looks again, and rules anew if "
            "something new was said."
        )

    def on_mount(self) -> None:
        self.run_worker(later(self._draft.load))

    # -- sending -------------------------------------------------------------------------------------------------------

    def on_composer_sent(self, event: Composer.Sent) -> None:
        event.stop()
        if not clean(event.text).strip():
            self.problem("There is nothing to say yet: write it first.")
            return
        self.problem("")
        app = cast("Host", self.app)
        app.serve(app.push_back, self._debate.id, event.text, self._flip)

    def problem(self, words: str) -> None:
        """Why it could not be sent; none takes it away."""
        self.query_one(Told).say(words)

    # -- leaving, and what was written ---------------------------------------------------------------------------------

    def on_composer_left(self) -> None:
        self.run_worker(later(self.action_close))

    def clicked_beside(self) -> None:
        self.run_worker(later(self.action_close))

    async def action_close(self) -> None:
        await self.keep_draft()
        self.dismiss()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._draft.changed()

    async def keep_draft(self) -> None:
        """Keep what was written and not sent."""
        await self._draft.save()

    async def forget_draft(self) -> None:
        """It was sent."""
        await self._draft.forget()
