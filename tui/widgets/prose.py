"""A text of a model's as styled `Content`: bold, italics, code, list marks; nothing else of Markdown, and no link acts.

For texts that stand still. What grows, and what must be scrolled to a sentence, is drawn by `StatementsView`.
"""

from __future__ import annotations

from textual.content import Content, Span

from upverdict.tui.widgets import markup
from upverdict.tui.widgets.pane_text import clean

_STYLES = (
    (markup.BOLD, "bold"),
    (markup.ITALIC, "italic"),
    (markup.STRIKE, "strike"),
    (markup.CODE, "$text-secondary"),
)


def prose(raw: str) -> Content:
    """The text, line by line as it was written, its marks turned into styles."""
    return Content("\n").join(_line(line) for line in raw.strip().split("\n"))


def _line(raw: str) -> Content:
    start = markup.line_start(raw) or markup.PLAIN
    if start.verbatim:
        return Content(clean(raw)[0])
    shown = markup.inline(raw[start.size :]).shown
    spans = [Span(s, e, style) for s, e, bits in shown.runs for bit, style in _STYLES if bits & bit]
    body = Content(shown.text, spans)
    if start.bits & markup.HEADING:
        return body.stylize("bold")
    return Content.assemble((start.shown or start.hang, "$text-accent"), body)
