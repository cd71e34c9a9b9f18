"""The keys of the verdict screen; those of the page itself are `widgets/page_view.py`'s. Knows no widget."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from upverdict.tui.screens import keep_keys

WRITING = frozenset(("push_back", "find", "look_again", "take_up", "keep_tags", "keep_name", "keep_decision"))
"""What can't be done with a file that can't be written."""

BINDINGS: list[BindingType] = [
    Binding(
        "p",
        "push_back",
        "push back",
        id="verdict.push",
        tooltip="Object: the council answers you, the judge looks again",
    ),
    Binding(
        "f",
        "find",
        "I found out",
        id="verdict.find",
        tooltip="Say what you found out about a fact that would flip the verdict; from elsewhere, go to these",
    ),
    Binding("c", "take_up", "continue", id="verdict.continue", tooltip="Go on with what was said after the verdict"),
    Binding("d", "read_debate", "whole debate", id="verdict.debate", tooltip="Read the whole debate"),
    Binding("n", "section(1)", "next section", id="verdict.section.next", tooltip="To the next section of the page"),
    Binding(
        "b",
        "section(-1)",
        "section before",
        show=False,
        id="verdict.section.back",
        tooltip="To the section before, or to the top of this one",
    ),
    keep_keys.DECISION,
    Binding(
        "l",
        "look_again",
        "look again",
        id="verdict.look",
        tooltip="Have the verdict looked at again if this comes about, or on a day; from elsewhere, go to these facts",
    ),
    Binding(
        "left_square_bracket",
        "version(-1)",
        "older",
        key_display="[",
        id="verdict.older",
        tooltip="The version of the verdict before this one",
    ),
    Binding(
        "right_square_bracket",
        "version(1)",
        "newer",
        key_display="]",
        id="verdict.newer",
        tooltip="The version of the verdict after this one",
    ),
    keep_keys.TAGS,
    keep_keys.NAME,
    Binding("P", "replay", "replay", key_display="P", id="verdict.replay", tooltip="See the debate said once more"),
    Binding(
        "e",
        "export",
        "export",
        id="verdict.export",
        tooltip="Write the whole debate into a Markdown file here",
    ),
    Binding("y", "copy", "copy", id="verdict.copy", tooltip="Copy the verdict as text"),
    Binding("s", "to_sources", "sources", id="verdict.sources", tooltip="To the sources that were cited"),
    Binding("escape", "back", "back", id="verdict.back", tooltip="Go back"),
    Binding(
        "escape",
        "back_to_debate",
        "to debate",
        id="verdict.back.debate",
        tooltip="Where its debate lies beneath: back to that",
    ),
    Binding(
        "escape",
        "back_to_library",
        "to library",
        id="verdict.back.library",
        tooltip="Where the library lies beneath: back to that",
    ),
]
