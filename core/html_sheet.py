"""The style of pages of HTML, as it is shipped with the program, and the script of a static site's search."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sheet() -> str:
    """The style of every page."""
    return _shipped("html_page.css")


@cache
def library_sheet() -> str:
    """The style of a list of debates."""
    return f"{sheet()}\n{_shipped('html_library.css')}"


def search() -> str:
    """The script that searches a static site."""
    return _shipped("site_search.js")


def _shipped(name: str) -> str:
    return files("upverdict.core").joinpath(name).read_text("utf-8")
