"""A page of HTML as a test reads it: with a parser of XML, which forgives nothing that was not escaped."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from upverdict.core.html_parts import Html


def parsed(page: str) -> ElementTree.Element:
    """The root of a whole page, or of a part of one in an element of its own. Raises ParseError."""
    inner = page.partition("<!DOCTYPE html>")[2] if page.startswith("<!DOCTYPE") else f"<root>{page}</root>"
    return ElementTree.fromstring(inner)


def text_of(element: ElementTree.Element, *, without: str = "") -> str:
    """All its text; a break and the end of a block part words. Not that of elements of the class `without`."""
    return "".join(_texts(element, without))


def _texts(element: ElementTree.Element, without: str) -> Iterator[str]:
    if not (without and without in element.get("class", "").split()):
        yield element.text or ""
        for child in element:
            yield from _texts(child, without)
            yield child.tail or ""
    if element.tag in ("br", "p", "li", "td", "th", "tr", "hr"):
        yield "\n"


def shown(html: Html) -> str:
    """What a reader sees of a text: its words, and the numbers of its lists."""
    root = parsed(html)
    for item in root.iter("li"):
        if number := item.get("value"):
            item.text = f"{number}. {item.text or ''}"
    return text_of(root, without="cite")
