"""The sources of a debate as parts of a page: those that are cited can be opened, the others stand below.

Addresses are words: nothing here is a link, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from upverdict.core import citing, rulings
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.text import clean, shorten
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.verdict_stops import Cited

MOST_QUOTED = 200
"""Characters of what a source says that are shown beside it."""


class SourceCited(Cited):
    """A source that statements cite. Enter goes to the first sentence that does."""

    def __init__(self, words: Content, quote: rulings.PullQuote | None) -> None:
        super().__init__(words, quote, "")


def source_parts(debate: Debate) -> Iterator[Widget]:
    """Every source; nothing where there is none."""
    cited, others = citing.by_use(debate)
    for source in cited:
        yield SourceCited(_words(debate, source), citing.first_sentence(debate, source.id))
    for source in others:
        yield Static(_words(debate, source).stylize(MUTED), markup=False, classes="source -unused")


def _words(debate: Debate, source: ev.Source) -> Content:
    by = debate.cited_by(source.id)
    use = f"cited by {', '.join(by)}" if by else "not cited"
    title, address = one_line(source.title), clean(source.url)
    lines = [
        Content.assemble((f"{clean(source.id)}  ", "bold $text-accent"), (title or address, "bold" if by else "")),
        Content.styled(address, MUTED) if title and title != address else Content(""),
        Content.styled(f"{use} · {citing.how_found(source)}", MUTED),
    ]
    if quote := citing.first_quote(debate, source.id):
        lines.insert(1, Content(f"“{shorten(one_line(quote), MOST_QUOTED)}”"))
    return Content("\n").join(line for line in lines if line.plain)
