"""The keys with which a debate is kept, in the library and beside its verdict. Knows no widget."""

from __future__ import annotations

from textual.binding import Binding

TAGS = Binding("t", "keep_tags", "tags", id="keep.tags", tooltip="Choose the tags of the debate")
DECISION = Binding(
    "w",
    "keep_decision",
    "I decided",
    id="keep.decision",
    tooltip="Write what you decided, how it turned out, and when to look at the verdict again",
)
NAME = Binding("m", "keep_name", "name, note", id="keep.name", tooltip="Give the debate a name, or write a note on it")
