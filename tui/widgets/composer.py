"""Where the user writes, as the fifth voice. Knows no debate: it is told what stands in its frame.

Nothing but the user's keys ever moves its cursor or changes its text.
"""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import var

from upverdict.tui.colours import MUTED
from upverdict.tui.keyboard import holds, key_of
from upverdict.tui.widgets.text_field import TextField

SPEAK = "Speak to the council at any time; every voice must answer you."
SPEAK_BRIEFLY = "Speak at any time; every voice must answer you."
"""The same, where that has no room in a line."""
UNASKED = 0.4
"""Seconds after the composer got the keys unasked in which the first of them may have been meant for the panes: who
writes because he sees it open needs longer."""
MEANT = ("debate.speak", "debate.stop", "debate.stop.all")
"""The bindings that one presses at just that moment: told a moment before, they are no beginning of a sentence."""
FRAME = "$foreground 40%"
_CORNERS = 6
"""Cells of a title's row that Textual keeps for itself: at each end a corner, an edge and a space."""


_SEND = Binding("enter", "send", "send", id="composer.send", tooltip="Say it to the council")


class Composer(TextField):
    """Several lines of plain text. Enter sends, Ctrl+J or Shift+Enter begins a new line, Esc leaves it."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        min-height: 3;
        max-height: 8;
        padding: 0 1;
        border: round $foreground 40%;
        background: $background;
        border-title-color: $foreground;
        border-title-style: none;
        border-subtitle-color: $text-muted;
        scrollbar-size-vertical: 1;
        &:focus { border: heavy $accent; }
        &.-low { max-height: 4; }
    }
    """
    BINDING_GROUP_TITLE = "In the composer"
    BINDINGS: ClassVar[list[BindingType]] = [
        _SEND,
        Binding(
            "ctrl+j,shift+enter,alt+enter",
            "new_line",
            "new line",
            id="composer.newline",
            tooltip="Begin a new line",
        ),
        Binding("escape", "leave", "to the panes", id="composer.leave", tooltip="Give the keys to the panes"),
    ]

    SEND: ClassVar[str] = "composer.send"
    """The id of the binding that sends."""

    heard: var[bool] = var(True)
    """Whether what is sent reaches anybody now."""
    title: var[str] = var("You, the fifth voice")
    aside: var[str] = var("")
    """What stands at the right of the title: in which round the council answers."""
    brief: var[str] = var("")
    """What stands there where that has no room."""

    class Sent(Message):
        """The user said something. The text is still in the composer: whoever takes it clears it."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The user wants the keys to go to the panes."""

    def __init__(self, text: str = "", *, placeholder: str = SPEAK) -> None:
        super().__init__(
            text,
            id="composer",
            compact=False,
            highlight_cursor_line=False,
            placeholder=placeholder,
        )

    async def _on_key(self, event: events.Key) -> None:
        if holds(self.SEND, event.key):  # TextArea takes Enter for a new line before any binding is looked at
            event.stop()
            event.prevent_default()
            self.action_send()
            return
        await super()._on_key(event)

    def action_send(self) -> None:
        self.post_message(self.Sent(self.text))

    def action_new_line(self) -> None:
        self.insert("\n")

    def quote(self, words: str) -> None:
        """Write these words at the cursor, parted from what stands around them. Nothing is taken away."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        before, after = line[:column][-1:], line[column : column + 1]
        lead = " " if before and not before.isspace() else ""
        self.insert(f"{lead}{words}{'' if after.isspace() else ' '}", maintain_selection_offset=False)

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "send":
            return self.heard
        return super().check_action(action, parameters)

    def on_resize(self) -> None:
        self._frame()
        if self.placeholder in (SPEAK, SPEAK_BRIEFLY):
            self.placeholder = SPEAK if cell_len(SPEAK) < self.content_size.width else SPEAK_BRIEFLY

    def _offer(self) -> None:
        """The last line is told anew what can be done; not while the screen is being taken down."""
        if self.is_attached:
            self.refresh_bindings()

    def watch_heard(self) -> None:
        self._frame()
        self._offer()

    def watch_title(self) -> None:
        self._frame()

    def watch_aside(self) -> None:
        self._frame()

    def watch_brief(self) -> None:
        self._frame()

    def _keys(self) -> str:
        return f"{key_of(self.SEND)} send · {key_of('composer.newline')} new line"

    def _frame(self) -> None:
        """The title's row, with the aside at its right end where there is room; the keys in the row below."""
        self.border_subtitle = self._keys() if self.heard else ""
        room = self.outer_size.width - 2 * _CORNERS - cell_len(self.title)
        aside = next((words for words in (self.aside, self.brief) if cell_len(words) <= room), "")
        if not aside:
            self.border_title = Content.styled(self.title, "bold")
            return
        gap = room - cell_len(aside) + _CORNERS - 2
        edge, style = ("━", "$accent") if self.has_focus else ("─", FRAME)
        self.border_title = Content.assemble((self.title, "bold"), (f" {edge * gap} ", style), (aside, MUTED))

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._frame()


class DebateComposer(Composer):
    """The composer of a debate, from where the floor is passed and the verdict called, too."""

    BINDING_GROUP_TITLE = "In the composer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "accept_frame", "begin", id="composer.begin", tooltip="Begin with the frame as it is"),
        Binding("ctrl+n", "pass_floor", "go on", id="composer.pass", tooltip="Let the council go on"),
        Binding("ctrl+r", "call_verdict", "verdict", id="composer.verdict", tooltip="Call the verdict"),
        _SEND,  # a class that has a key of its base loses what that did
        Binding(
            "enter",
            "push_back",
            "push back",
            id="composer.push",
            tooltip="Push the verdict back with what came too late for it",
        ),
        Binding(
            "up",
            "recall",
            "sent last",
            show=False,
            id="composer.recall",
            tooltip="Bring back what was sent last, where nothing is written; else go a line up",
        ),
    ]

    floor: var[bool] = var(False)
    """Whether the floor is the user's now: only then is there something to pass."""
    framing: var[bool] = var(False)
    """Whether it is a frame that waits for the user: then that is what there is to go on with."""
    debating: var[bool] = var(True)
    """Whether a verdict can still be called."""
    late: var[bool] = var(False)
    """Whether the verdict is in: what is written is an objection to it."""

    class PassWanted(Message, namespace="composer"):
        """The user has nothing to say now."""

    class VerdictWanted(Message, namespace="composer"):
        """The user calls the verdict."""

    def __init__(self) -> None:
        super().__init__()
        self.sent_last = ""
        """What can be brought back into an empty composer."""
        self._given: float | None = None  # when it got the keys unasked, until the first of them

    def given(self) -> None:
        """It gets the keys unasked. One that was to lead here, or to stop somebody, is on its way and is no word."""
        self._given = monotonic()

    async def _on_key(self, event: events.Key) -> None:
        given, self._given = self._given, None
        if given is not None and monotonic() - given < UNASKED and any(holds(id, event.key) for id in MEANT):
            event.stop()
            event.prevent_default()
            return
        if self.check_action("push_back", ()) and holds("composer.push", event.key):
            event.stop()
            event.prevent_default()
            self.action_push_back()
            return
        await super()._on_key(event)

    def taken(self) -> None:
        """What was sent was heard. Undo does not bring it back by accident: it would be said twice."""
        self.sent_last = self.text
        self.load_text("")

    def action_recall(self) -> None:
        if self.text or not self.sent_last:
            self.action_cursor_up()
        else:
            self.insert(self.sent_last, maintain_selection_offset=False)

    def action_pass_floor(self) -> None:
        self.post_message(self.PassWanted())

    action_accept_frame = action_pass_floor

    def action_call_verdict(self) -> None:
        self.post_message(self.VerdictWanted())

    action_push_back = Composer.action_send

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "accept_frame":
            return self.framing
        if action == "pass_floor":
            return self.floor and not self.framing
        if action == "call_verdict":
            return self.debating
        if action == "push_back":
            return self.late
        return super().check_action(action, parameters)

    def watch_floor(self) -> None:
        self._frame()
        self._offer()

    def watch_framing(self) -> None:
        self._offer()

    def watch_debating(self) -> None:
        self._offer()

    def watch_late(self) -> None:
        self._offer()
