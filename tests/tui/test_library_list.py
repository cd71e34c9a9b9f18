"""The window of a long list, and what stands in a row: without a screen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from upverdict.core.store.reader import After, Row
from upverdict.tui.widgets import library_pages
from upverdict.tui.widgets.library_list import standing
from upverdict.tui.widgets.library_pages import PAGE, Pages
from upverdict.tui.widgets.plain import age, fit, window


def made_row(number: int) -> Row:
    return Row(f"d{number:06}", f"Question {number}", "finished", "", "", 4, 1, 8, f"{10**9 - number}", "")


class Shelf:
    """A list of rows that is read by keyset, and counts how."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.gone: set[int] = set()
        self.reads = 0

    def page(self, after: After | None, limit: int) -> list[Row]:
        self.reads += 1
        first = 0 if after is None else 10**9 - int(after[0]) + 1
        return [made_row(n) for n in range(first, self.count) if n not in self.gone][:limit]


def fill(pages: Pages, shelf: Shelf, wanted: range) -> None:
    while (span := pages.lacking(wanted)) is not None:
        pages.take(span, shelf.page(span.after, span.limit))


def test_the_end_of_a_long_list_is_reached_and_little_of_it_is_kept() -> None:
    shelf, pages = Shelf(100_000), Pages(100_000)
    fill(pages, shelf, range(0, 40))
    assert shelf.reads == 1
    fill(pages, shelf, range(99_950, 100_000))
    assert [pages.row(n) for n in range(99_950, 100_000)] == [made_row(n) for n in range(99_950, 100_000)]
    assert pages.held <= library_pages.KEPT_PAGES * PAGE
    assert len(pages._anchors) <= library_pages.ANCHORS + 1
    fill(pages, shelf, range(50_000, 50_040))
    assert pages.row(50_000) == made_row(50_000)
    assert pages.held <= library_pages.KEPT_PAGES * PAGE
    assert pages.length == 100_000


def test_going_on_page_by_page_reads_each_page_once() -> None:
    shelf, pages = Shelf(1_000), Pages(1_000)
    for first in range(0, 1_000, 20):
        fill(pages, shelf, range(first, first + 40))
    assert shelf.reads == 11  # ten full pages, and the one that says that there are no more
    assert pages.complete


def test_what_is_kept_does_not_grow_with_a_list_that_is_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_pages, "ANCHORS", 8)
    shelf, pages = Shelf(20_000), Pages(20_000)
    for first in range(0, 20_000, PAGE):
        fill(pages, shelf, range(first, first + 40))
        assert len(pages._anchors) <= 10
    fill(pages, shelf, range(7_777, 7_817))
    assert pages.row(7_777) == made_row(7_777)


def test_what_is_looked_at_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_pages, "KEPT_PAGES", 2)
    shelf, pages = Shelf(1_000), Pages(1_000)
    for first in (0, PAGE, 20, 2 * PAGE):  # the first page is looked at again before the third is read
        fill(pages, shelf, range(first, first + 40))
    assert pages.row(20) == made_row(20)
    assert pages.row(PAGE) is None


def test_a_list_shorter_than_expected_tells_its_length_and_a_longer_one_too() -> None:
    shelf, pages = Shelf(250), Pages(900)
    fill(pages, shelf, range(880, 900))
    assert (pages.length, pages.complete) == (250, True)
    shelf, pages = Shelf(450), Pages(120)
    fill(pages, shelf, range(380, 400))
    assert pages.length == 400
    assert not pages.complete
    fill(pages, shelf, range(440, 480))
    assert (pages.length, pages.complete) == (450, True)


def test_rows_that_end_with_a_page_end_the_list() -> None:
    shelf, pages = Shelf(2 * PAGE), Pages(0)
    fill(pages, shelf, range(0, 40))
    fill(pages, shelf, range(150, 250))
    assert (pages.length, pages.complete) == (2 * PAGE, True)
    assert pages.lacking(range(150, 250)) is None


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-24T09:00:00.000Z", "today"),
        ("2026-11-23T23:59:00.000Z", "1 d"),
        ("2026-11-15T09:00:00.000Z", "9 d"),
        ("2026-08-24T09:00:00.000Z", "3 mo"),
        ("2023-11-24T09:00:00.000Z", "3 y"),
        ("2026-12-24T09:00:00.000Z", ""),
        ("long ago", ""),
    ],
)
def test_how_long_ago(at: str, words: str) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert age(at, now) == words
    assert age(at, now, clock=True) == ("09:00" if words == "today" else words)


def test_no_dot_stands_before_an_age_that_is_not_known() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert standing("finished", "2026-11-24T10:00:00.000Z", now, 60)[1].startswith(" · ")
    _, ahead = standing("finished", "2026-11-26T10:00:00.000Z", now, 60)
    assert (ahead.strip(), len(ahead)) == ("", len(standing("finished", "2026-11-20T10:00:00.000Z", now, 60)[1]))


def test_text_is_cut_by_cells() -> None:
    assert fit("日本語日本語", 7) == "日本語…"
    assert fit("short", 5) == "short"
    assert fit("longer", 0) == ""


def test_a_snippet_is_cut_so_that_the_match_is_seen() -> None:
    text = "a long way before anything happens, and then the needle and more of it after that"
    at = text.index("needle")
    shown, spans = window(text, ((at, at + 6),), 40)
    assert len(shown) <= 40
    assert [shown[a:b] for a, b in spans] == ["needle"]
