"""The keys of a replay, and when each of them does something. None of them changes the debate. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.screen import Screen

from upverdict.tui.screens import debate_keys


@dataclass(frozen=True, slots=True)
class Facts:
    """What the keys depend on: how the replay stands. `first`: at its beginning; `fastest` and `slowest`: at an end of
    the speeds."""

    paused: bool = False
    over: bool = False
    first: bool = False
    fastest: bool = False
    slowest: bool = True


def enabled(action: str, facts: Facts) -> bool | None:
    """Whether the key of an action of the replay's own does something now; None for the actions of others."""
    match action:
        case "pause":
            return not facts.paused and not facts.over
        case "go_on":
            return facts.paused and not facts.over
        case "again":
            return facts.over
        case "at_once" | "step":
            return not facts.over
        case "faster":
            return not facts.fastest
        case "slower":
            return not facts.slowest
        case "step_back" | "restart":
            return not facts.first
    return None


PAIRED = frozenset({"faster", "slower", "step", "step_back"})
"""The actions of keys that stand in the last line two by two, whether both do something or one."""
_SPEED, _STEP = Binding.Group("speed"), Binding.Group("step")

OWN: list[BindingType] = [
    Binding("space", "pause", "pause", id="replay.pause", tooltip="Hold the replay where it is"),
    Binding("space", "go_on", "go on", id="replay.go_on", tooltip="Go on with the replay"),
    Binding("space", "again", "again", id="replay.again", tooltip="Replay it once more, from its beginning"),
    Binding(
        "plus,equals_sign",
        "faster",
        "speed",
        group=_SPEED,
        id="replay.faster",
        tooltip="Faster: 1×, 4×, 16× as fast as it was said",
    ),
    Binding("minus", "slower", "slower", group=_SPEED, id="replay.slower", tooltip="Slower: 16×, 4×, 1×"),
    Binding(
        "n",
        "step",
        "step",
        group=_STEP,
        id="replay.step",
        tooltip="To where the next statement begins or ends; it waits there",
    ),
    Binding(
        "b",
        "step_back",
        "step back",
        group=_STEP,
        id="replay.step_back",
        tooltip="To where a statement began or ended before; it waits there",
    ),
    Binding("a", "at_once", "at once", id="replay.at_once", tooltip="All the rest at once"),
    Binding(
        "ctrl+home", "restart", "from the beginning", show=False, id="replay.restart", tooltip="Back to the beginning"
    ),
]

LOOKING = frozenset(
    {
        "open_verdict",
        "pane",
        "show_frame",
        "zoom",
        "back",
        "page",
        "copy",
        "export",
        "sentence",
        "show_sources",
        "to_panes",
        "follow",
        "swap",
        "neighbour",
    }
)
"""The actions of the debate screen that only look at it, or take a copy."""
_TEXTUALS = ("screen.copy_text", "app.focus_previous")


def _looking() -> list[BindingType]:
    made = Binding.make_bindings([*debate_keys.BINDINGS, *Screen.BINDINGS])
    return [b for b in made if b.action.partition("(")[0] in LOOKING or b.action in _TEXTUALS]


BINDINGS: list[BindingType] = [*OWN, *_looking()]
