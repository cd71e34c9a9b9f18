"""The lists of a static site: its debates, the newest first, so many on a page, and the field for a search. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from upverdict.core import page_facts
from upverdict.core.html_page import day_of, document
from upverdict.core.html_parts import Html, el, joined, lined
from upverdict.core.html_voices import one_line
from upverdict.core.text import shorten

SHOWN = 100
"""Debates on a page."""
MOST_TITLED = 200
MOST_TOLD = 300
"""Characters of a title and of a headline."""


class Listed(NamedTuple):
    """A debate as it stands in a list."""

    id: str
    title: str
    headline: str
    day: str
    state: str
    tags: tuple[str, ...]


def name_of(page: int) -> str:
    """The file of the list's page with this number, from 1."""
    return "index.html" if page == 1 else f"page-{page}.html"


def page(title: str, number: int, pages: int, count: int, listed: Sequence[Listed], sheet: str) -> str:
    """The page with this number, from 1, of so many, in a site of `count` debates. `sheet` is its style."""
    told = f"{count:,} {'debate' if count == 1 else 'debates'}"
    where = f" · page {number:,} of {pages:,}" if pages > 1 else ""
    body = el(
        "body",
        el("header", el("p", f"{told}{where}", class_="kicker"), el("h1", title, class_="headline"), class_="top"),
        el("main", "\n", _search(), "\n", _list(listed), "\n", _ways(number, pages), "\n"),
        el("footer", el("p", page_facts.MADE)),
    )
    return document(
        title=title if number == 1 else f"{title}, page {number}",
        description=f"{told}, with what was decided and every word that was said.",
        style=f"\n{sheet}",
        body=body,
        scripts=("search.js",),
    )


def _search() -> Html:
    """Out of sight until the script is there that makes it work."""
    field = el("input", id="words", type="search", autocomplete="off", spellcheck="false", aria_describedby="told")
    return lined(
        el(
            "form",
            el("label", "Search questions, verdicts, quotes and tags", for_="words"),
            field,
            el("p", id="told", role="status", class_="where"),
            el("ol", id="found", class_="debates"),
            id="search",
            role="search",
            hidden="hidden",
        ),
        el("noscript", el("p", "The search needs JavaScript; the lists and the debates don't.", class_="where")),
    )


def _list(listed: Sequence[Listed]) -> Html:
    if not listed:
        return el("p", "No debates yet.")
    return el("section", el("h2", "Newest first"), el("ol", *map(_item, listed), class_="debates"), class_="newest")


def _item(one: Listed) -> Html:
    facts = [day_of(one.day), *([one.state] if one.state != "finished" else []), *one.tags]
    title = shorten(one_line(one.title), MOST_TITLED) or one.id
    headline = shorten(one_line(one.headline), MOST_TOLD)
    return el(
        "li",
        el("a", title, href=f"debates/{one.id}.html", dir="auto"),
        el("p", headline, dir="auto") if headline else "",
        el("p", " · ".join(facts), class_="where"),
    )


def _ways(number: int, pages: int) -> Html:
    """To the pages beside this one, and to both ends."""
    if pages < 2:
        return Html()
    ways = []
    if number > 1:
        ways += [el("a", "Newest", href=name_of(1)), el("a", "Newer", href=name_of(number - 1), rel="prev")]
    if number < pages:
        ways += [el("a", "Older", href=name_of(number + 1), rel="next"), el("a", "Oldest", href=name_of(pages))]
    return el("nav", joined(*(el("span", way) for way in ways)), class_="ways", aria_label="Pages")
