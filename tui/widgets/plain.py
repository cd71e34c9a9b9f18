"""Kept text as one plain line of a list: cleaned, cut to cells, ages in words. Knows no widget and no debate."""

from __future__ import annotations

from datetime import date, datetime

from rich.cells import cell_len, set_cell_size

from upverdict.core.text import clean
from upverdict.tui.widgets.pane_text import wrap

_DAYS, _MONTHS = 60, 730  # how many days are told as days, and as months


def one_line(text: str) -> str:
    """Text of whatever origin as one line that does nothing to a terminal."""
    return " ".join(clean(text).split())


def fit(text: str, cells: int) -> str:
    """The text in at most `cells` cells, cut with `…`."""
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(0, cells - 1)).rstrip() + "…" if cells > 0 else ""


def in_rows(text: str, cells: int, rows: int) -> str:
    """One line of text as so many rows of `cells` cells at most; what has no room gives way to `…` behind a word."""
    lines = [text[start:end] for start, end in wrap(text, cells, cells)]
    if len(lines) <= rows:
        return "\n".join(lines)
    last = lines[rows - 1]
    if cell_len(last) + 1 > cells:
        last = last.rpartition(" ")[0] or last[:-1]
    return "\n".join([*lines[: rows - 1], last.rstrip(" ,;:.—–-") + "…"])


def window(text: str, spans: tuple[tuple[int, int], ...], cells: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A part of `text` of at most `cells` cells that shows the first span, and the spans as they lie in that part."""
    if cell_len(text) <= cells:
        return text, spans
    first, end = spans[0] if spans else (0, 0)
    begin = 0
    if cell_len(text[:end]) > cells - 1:
        begin = _word_before(text, max(0, first - cells // 3))
    lead = "…" if begin else ""
    shown = fit(lead + text[begin:], cells)
    shift = len(lead) - begin
    moved = ((max(a + shift, len(lead)), min(b + shift, len(shown))) for a, b in spans)
    return shown, tuple((a, b) for a, b in moved if a < b)


def _word_before(text: str, at: int) -> int:
    """Where the next word at or after `at` begins, if that is not far."""
    space = text.find(" ", at, at + 16)
    return space + 1 if at and space >= 0 else at


def age(at: str, now: datetime, *, clock: bool = False) -> str:
    """How long ago the day of `at` (UTC, ISO 8601) was by the local calendar: `today`, `9 d`, `3 mo`, `2 y`; with
    `clock` the time of the same day instead of the word: `09:41`.

    What is no time, or lies ahead, says nothing.
    """
    try:
        then = datetime.fromisoformat(at).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        return ""
    days = (now.date() - then.date()).days
    if days < 1:
        return "" if days else f"{then:%H:%M}" if clock else "today"
    if days < _DAYS:
        return f"{days} d"
    return f"{days // 30} mo" if days < _MONTHS else f"{days // 365} y"


def today() -> str:
    """By the local calendar, as an ISO date: what is due by it."""
    return date.today().isoformat()


def moment(at: str) -> str:
    """`24 Nov 2026, 10:00` in local time; what is no time is said as it stands."""
    try:
        then = datetime.fromisoformat(at).astimezone()
    except (ValueError, OverflowError):
        return one_line(at)
    return f"{then.day} {then:%b %Y, %H:%M}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 debate`, `128 debates`, `12,345 debates`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
