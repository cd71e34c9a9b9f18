"""The style of every page of HTML, as it is shipped with the program (`html_page.css`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sheet() -> str:
    """The text of the sheet."""
    return files("upverdict.core").joinpath("html_page.css").read_text("utf-8")
