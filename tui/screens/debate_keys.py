"""The keys of the debate screen, and when each of them does something. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

from upverdict.tui.keyboard import key_of

MOST_PANES = 9
"""Eight advisors and the user."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the keys depend on. `running`: the debate is held here; `stopped`: it is not, and can be taken up again.

    `elsewhere`: another window holds it. `kept`: nobody is at it here. `read_only`: nothing can
    be written to the file. `framing`: a frame waits here for the user.
    `sources`: something was named, found or cited.
    """

    running: bool = False
    stopped: bool = False
    elsewhere: bool = False
    kept: bool = False
    read_only: bool = False
    framing: bool = False
    sources: bool = False
    floor: bool = False
    speaking: bool = False
    judging: bool = False
    can_speak: bool = False
    can_retry: bool = False
    verdict: bool = False
    paged: bool = False


def enabled(action: str, facts: Facts) -> bool:
    """Whether the key of an action does something now; what is not named here always does."""
    match action:
        case "speak" | "quote":
            return facts.can_speak
        case "accept_frame":
            return facts.framing
        case "show_sources":
            return facts.sources
        case "pass_floor":
            return facts.floor
        case "call_verdict":
            return facts.running and not facts.judging
        case "stop" | "stop_all":
            return facts.speaking
        case "retry":
            return facts.can_retry
        case "open_verdict":
            return facts.verdict
        case "take_up":
            return facts.stopped and not facts.read_only
        case "replay":
            return facts.kept
        case "catch_up":
            return facts.elsewhere
        case "page":
            return facts.paged
    return True


def why_not(action: str, facts: Facts) -> str:
    """Why the key of an action does nothing now, in a sentence; nothing where the action is another screen's."""
    match action:
        case "speak" | "quote" | "pass_floor" | "accept_frame" | "call_verdict" if not facts.running:
            return _nobody_hears(facts)
        case "pass_floor" | "accept_frame":
            return "Nothing waits for you: the council is at work."
        case "call_verdict":
            return "The judge is at it."
        case "speak" | "quote":
            return "The council can't hear you now."
        case "stop" | "stop_all":
            return "Nobody speaks now."
        case "retry":
            return "There is nothing to be asked again."
        case "open_verdict":
            return "There is no verdict yet."
        case "take_up" if facts.read_only:
            return "Nothing can be written to this file: a newer upverdict wrote it."
        case "take_up":
            return (
                "The debate goes on already." if facts.running or facts.elsewhere else "It is over: nothing is missing."
            )
        case "replay":
            return "It can be replayed when nobody is at it any more."
        case "show_sources":
            return "No source was named, found or cited."
        case "page":
            return "There are no other panes to turn to."
        case "pane":
            return "There is no pane of this number."
    return ""


def _nobody_hears(facts: Facts) -> str:
    if facts.stopped and not facts.read_only:
        return f"Nobody hears you now: {key_of('debate.continue')} goes on with the debate."
    if facts.elsewhere:
        return "Another window is at this debate."
    if facts.verdict:
        return f"The debate is over: {key_of('debate.open')} opens the verdict, {key_of('verdict.push')} there answers."
    return "Nobody hears you now."


def _panes() -> list[BindingType]:
    what = "Go to a voice's pane by its number"
    first = Binding("1", "pane(1)", "pane", key_display="1…", id="debate.pane.1", tooltip=what)
    others = [
        Binding(str(n), f"pane({n})", f"pane {n}", show=False, id=f"debate.pane.{n}", tooltip=what)
        for n in range(2, MOST_PANES + 1)
    ]
    return [first, *others]


_PAGES = Binding.Group("more panes")

BINDINGS: list[BindingType] = [
    Binding("o,enter", "open_verdict", "verdict", id="debate.open", tooltip="Read the verdict"),
    Binding(
        "c", "take_up", "continue", id="debate.continue", tooltip="Go on with the debate: only what is missing is asked"
    ),
    *_panes(),
    Binding("r,i", "speak", "speak", id="debate.speak", tooltip="Write to the council, as the fifth voice"),
    Binding("r", "catch_up", "refresh", id="debate.news", tooltip="Show what another window has written since"),
    Binding(
        "f",
        "show_frame",
        "question",
        id="debate.frame",
        tooltip="See the whole question and how it is understood; change that",
    ),
    Binding("n", "accept_frame", "begin", id="debate.frame.take", tooltip="Begin with the frame as it is"),
    Binding("n", "pass_floor", "go on", id="debate.pass", tooltip="Nothing to say now: the debate goes on"),
    Binding(
        "v",
        "call_verdict",
        "verdict",
        id="debate.verdict",
        tooltip="Call the verdict: now, or after this round; again takes it back",
    ),
    Binding(
        "x",
        "stop",
        "stop",
        id="debate.stop",
        tooltip="Stop the voice of this pane, or all where no pane has the keys; while the judge rules, the judge",
    ),
    Binding("X", "stop_all", "stop all", id="debate.stop.all", tooltip="Stop every voice that speaks"),
    Binding("R", "retry", "again", key_display="R", id="debate.retry", tooltip="Ask the voice of this pane again"),
    Binding("P", "replay", "replay", key_display="P", id="debate.replay", tooltip="See the debate said once more"),
    Binding("z", "zoom", "zoom", id="debate.zoom", tooltip="This pane over the full width, and back"),
    Binding(
        "escape",
        "back",
        "back",
        id="debate.back",
        tooltip="Let a chosen sentence go; else go back: a running debate is kept and can be continued",
    ),
    Binding("comma", "page(-1)", "panes before", group=_PAGES, id="debate.page.back", tooltip="The panes to the left"),
    Binding("full_stop", "page(1)", "more panes", group=_PAGES, id="debate.page.on", tooltip="The panes to the right"),
    Binding(
        "q", "quote", "quote", id="debate.quote", tooltip="Quote the chosen sentence, or what the mouse has selected"
    ),
    Binding(
        "shift+up",
        "sentence(-1)",
        "sentence before",
        show=False,
        id="debate.sentence.before",
        tooltip="Choose a sentence of this pane, then the one before it",
    ),
    Binding(
        "shift+down",
        "sentence(1)",
        "sentence after",
        show=False,
        id="debate.sentence.after",
        tooltip="Choose a sentence of this pane, then the one after it",
    ),
    Binding(
        "e",
        "export",
        "export",
        id="debate.export",
        tooltip="Write the debate into a Markdown file here, as far as it has come",
    ),
    Binding(
        "y",
        "copy",
        "copy",
        id="debate.copy",
        tooltip="Copy the chosen sentence; else the statement, with what it cites",
    ),
    Binding("s", "show_sources", "sources", id="debate.sources", tooltip="See the sources, and where each is cited"),
    Binding(
        "up,down,pageup,pagedown,home",
        "to_panes",
        "to the panes",
        show=False,
        id="debate.panes",
        tooltip="Give the keys to a pane, to scroll it",
    ),
    Binding("end,G", "follow", "follow", show=False, id="debate.follow", tooltip="To the last word, and follow it"),
    Binding("tab", "swap", "to and fro", show=False, id="debate.swap", tooltip="Between the panes and the composer"),
    Binding(
        "left", "neighbour(-1)", "pane to the left", show=False, id="debate.left", tooltip="To the pane at the left"
    ),
    Binding(
        "right", "neighbour(1)", "pane to the right", show=False, id="debate.right", tooltip="To the pane at the right"
    ),
]
