"""A debate as one page of HTML, to be read by whoever was not there: the verdict first, then all that was said. Pure.

The page needs no script and asks nothing of anybody: its style is inside, its only links to elsewhere are the addresses
of sources. Its policy forbids everything else, so that a mistake of ours could not act either. Whatever a model, a
person, a file or a server has written goes through `html_parts.py` or `html_prose.py`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from upverdict.core import page_facts, plain_shelf
from upverdict.core.debate import Debate, State
from upverdict.core.html_debate import Said
from upverdict.core.html_parts import Html, el, joined, labelled, lined, listing, to
from upverdict.core.html_verdict import Ruled, Section, parts_of, titled
from upverdict.core.html_voices import Voices, one_line
from upverdict.core.text import shorten

MOST_TITLED = 120
"""Characters of a question in the title of a page."""
MOST_DESCRIBED = 200
"""Characters of a verdict in the description of a page."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-[0-9]{2}")
MADE_BY = el("meta", name="generator", content="upverdict")
"""In the head of every page, before anything that somebody said."""
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%23b4552d'/%3E"
    "%3Cpath d='M3.6 9.6 8 5.2l4.4 4.4' fill='none' stroke='white' stroke-width='2.2'/%3E%3C/svg%3E"
)


def page(debate: Debate, state: State, sheet: str, home: str = "") -> str:
    """The whole page, with `sheet` for its style. `state` is the debate's as a reader knows it. `home` is where the
    list is that the page belongs to; empty where it stands alone.
    """
    voices = Voices(debate)
    verdict = debate.verdict
    told = verdict.ruling.headline if verdict and verdict.ruling else page_facts.standing(debate, state)
    return document(
        title=shorten(one_line(debate.title), MOST_TITLED) or debate.id,
        description=shorten(one_line(told), MOST_DESCRIBED),
        style=f"\n{sheet}{voices.rules()}",
        body=body(voices, state, home),
    )


def document(*, title: str, description: str, style: str, body: Html, scripts: Sequence[str] = ()) -> str:
    """A page around its body. `style` is CSS of ours, never text of others; `scripts` are files of ours beside it."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    policy += "; script-src 'self'" if scripts else ""
    head = lined(
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="color-scheme", content="light dark"),
        MADE_BY,
        el("title", title),
        el("meta", name="description", content=description) if description else "",
        el("link", rel="icon", href=_ICON),
        el("style", Html(style)),
        *(el("script", src=script, defer="defer") for script in scripts),
    )
    return f"<!DOCTYPE html>\n{el('html', head, body, lang='en')}\n"


def body(voices: Voices, state: State, home: str = "") -> Html:
    """The body of a debate's page; `home` as of `page`."""
    debate = voices.debate
    verdict = debate.verdict
    ruled = Ruled(voices, verdict) if verdict else None
    said = Said(voices)
    sections = parts_of(
        [
            *(ruled.sections() if ruled else ()),
            said.whole(),
            said.sources(),
            said.discussion(),
            _versions(voices, ruled),
            said.about(state),
        ]
    )
    return el(
        "body",
        to("debate" if any(s.id == "debate" for s in sections) else "about", "Skip to the debate", class_="skip"),
        el(
            "header",
            el("p", el("a", "All debates", href=home), class_="kicker") if home else "",
            *_top(voices, ruled, state),
            class_="top",
        ),
        _contents(sections),
        el("main", *(joined("\n", titled(section)) for section in sections), "\n"),
        el("footer", el("p", page_facts.MADE)),
    )


def _top(voices: Voices, ruled: Ruled | None, state: State) -> Iterator[Html]:
    """What was asked, what was decided, and how that stands."""
    debate = voices.debate
    day = debate.created_at[:10]
    spoken = el("time", day_of(day), datetime=day) if _DAY.fullmatch(day) else day
    council = f"{len(debate.council)} voices" + (", and you" if debate.user_spoke else "")
    yield el("p", f"A debate of {council} · ", spoken, class_="kicker")
    yield voices.said("h1" if ruled is None else "p", debate.title, "question")
    if debate.shelf.title:
        yield el("div", labelled("Asked", voices.said("span", debate.question)), class_="asked")
    if note := page_facts.standing(debate, state):
        yield el("p", note, class_="grave")
    if ruled is not None:
        yield ruled.top()
    yield _since(voices)


def _since(voices: Voices) -> Html:
    """What came of it. A note is left out: it is its owner's, and a page goes to others."""
    shelf = voices.debate.shelf
    told = (("What was decided in the end", shelf.choice), ("How it turned out", shelf.outcome))
    again = listing("ul", (voices.said("li", one) for one in plain_shelf.conditions(shelf.revisit)))
    parts = [lined(el("p", title, class_="label"), voices.text(text)) for title, text in told if text.strip()]
    parts += [lined(el("p", "When to look at it again", class_="label"), again)] if again else []
    return listing("div", parts, class_="since frame")


def day_of(day: str) -> str:
    """`24 November 2026`; what is no ISO date stays as it is."""
    if not _DAY.fullmatch(day):
        return day
    year, month, number = day.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


def _contents(sections: Iterable[Section]) -> Html:
    """The way to each section."""
    return el(
        "nav", el("ul", *(el("li", to(s.id, s.name)) for s in sections)), class_="contents", aria_label="Contents"
    )


def _versions(voices: Voices, latest: Ruled | None) -> Section:
    """What the latest version says otherwise, and the earlier ones whole, where there are several."""
    reached = [Ruled(voices, v) for v in voices.debate.verdicts if v.ruling]
    if latest is None or len(reached) < 2:
        return Section("versions", "", "", Html())
    body = lined(
        el("p", latest.why(), ": ", el("b", "the one above"), class_="where"),
        latest.changed(),
        el("h3", "Earlier versions"),
        *(one.folded() for one in reversed(reached[:-1])),
    )
    return Section("versions", "Versions", "Versions of the verdict", body)
