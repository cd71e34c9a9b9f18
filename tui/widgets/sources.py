"""The sources of a debate as parts of a page: each place where one is cited can be gone to.

Addresses are words: nothing here is a link, and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from upverdict.core import citing
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.text import clean, shorten
from upverdict.tui.colours import MUTED
from upverdict.tui.widgets import verdict_parts as parts
from upverdict.tui.widgets.page_parts import Part, Words
from upverdict.tui.widgets.plain import one_line

MOST_QUOTED = 200
"""Characters of what a source says that are shown beside it."""
MOST_SHOWN = 76
"""Characters of a sentence that cites one, which is there to be gone to."""


def source_parts(debate: Debate) -> Iterator[Part]:
    """Every source, the cited ones first, each with the sentences that cite it; nothing where there is none."""
    cited, others = citing.by_use(debate)
    for source in cited:
        places = list(citing.sentences_citing(debate, source.id))
        yield Part(
            _words(debate, source),
            "source",
            tag=Content.styled(clean(source.id), "bold $text-accent"),
            cells=4,
            below=0 if places else 1,
        )
        for n, (id, quote) in enumerate(places):
            yield Part(
                parts.quoted(shorten(quote.text, MOST_SHOWN)).stylize_before(MUTED),
                "citing",
                tag=Content.styled(id, MUTED),
                cells=7,
                jump=Words(quote),
                indent=4,
                below=int(n + 1 == len(places)),
            )
    for source in others:
        yield Part(
            _words(debate, source).stylize(MUTED),
            "unused",
            tag=Content.styled(clean(source.id), MUTED),
            cells=4,
        )


def _words(debate: Debate, source: ev.Source) -> Content:
    by = debate.cited_by(source.id)
    use = f"cited by {', '.join(by)}" if by else "not cited"
    title, address = one_line(source.title), clean(source.url)
    lines = [
        Content.styled(title or address, "bold" if by else ""),
        Content.styled(address, MUTED) if title and title != address else Content(""),
        Content.styled(f"{use} · {citing.how_found(source)}", MUTED),
    ]
    if quote := citing.first_quote(debate, source.id):
        lines.insert(1, Content(f"“{shorten(one_line(quote), MOST_QUOTED)}”"))
    return Content("\n").join(line for line in lines if line.plain)
