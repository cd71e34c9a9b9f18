"""HTML as text that cannot be broken out of: what is no `Html` is escaped where it is put. Pure; shows no debate.

The output is well-formed XML as well, so that a parser that forgives nothing can check it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from upverdict.core.page_facts import is_web
from upverdict.core.text import clean

_NO_TEXT = re.compile("[\ufffe\uffff]")
"""What is no character, neither of XML 1.0 (section 2.2) nor of a text that somebody wrote."""
_EMPTY = frozenset({"br", "hr", "input", "link", "meta"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(text: str) -> str:
    """The text as text of a page or of an attribute, without what acts or hides. `Html` stays as it is."""
    return text if isinstance(text, Html) else literal(clean(text))


def literal(text: str) -> str:
    """Text that is clean already, as text of a page."""
    return _NO_TEXT.sub("\ufffd", escape(text))


def joined(*parts: str) -> Html:
    """The parts one behind the other."""
    return Html("".join(map(escaped, parts)))


def lined(*parts: str) -> Html:
    """The parts that there are, each on lines of its own."""
    return Html("\n".join(map(escaped, filter(None, parts))))


def el(name: str, /, *inner: str, **attributes: str) -> Html:
    """An element. The name of an attribute is written `class_` where Python has it for its own, and `_` for `-`; one
    without a value is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"' for key, value in attributes.items() if value
    )
    if name in _EMPTY:
        return Html(f"<{name}{given}/>")
    return Html(f"<{name}{given}>{joined(*inner)}</{name}>")


def listing(name: str, items: Iterable[str], **attributes: str) -> Html:
    """A list, `ul` or `ol`; nothing where it has no item."""
    found = list(items)
    return el(name, *found, **attributes) if found else Html()


def labelled(label: str, *inner: str) -> Html:
    """What is said, behind a quiet word for what it is; nothing where nothing is."""
    words = joined(*inner)
    return el("p", el("span", label, class_="label"), " ", words) if words else Html()


def out(url: str, *inner: str) -> Html:
    """A link to a page of the web, which is told nothing of this one; where the address is no such thing, no link."""
    if not is_web(url):
        return joined(*inner)
    return el("a", *inner, href=url, rel="noreferrer noopener nofollow", class_="out")


def to(id: str, *inner: str, **attributes: str) -> Html:
    """A link to another place of the page."""
    return el("a", *inner, href=f"#{id}", **attributes)
