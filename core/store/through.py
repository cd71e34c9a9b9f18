"""All debates of a file one after another, however many there are. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from upverdict.core.store.reader import Library

_PAGE = 500


def oldest_first(library: Library) -> Iterator[str]:
    """The ids of the debates, deleted ones left out, those that are begun meanwhile too. Raises StoreError."""
    after = ("", "")
    sql = (
        "SELECT created_at, id FROM debates WHERE deleted_at IS NULL AND (created_at, id) > (?, ?)"
        " ORDER BY created_at, id LIMIT ?"
    )
    while True:
        with library.reading() as conn:
            found = conn.execute(sql, (*after, _PAGE)).fetchall() if conn is not None else []
        if not found:
            return
        for _, id in found:
            yield id
        after = found[-1]
