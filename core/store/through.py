"""All debates of a file one after another, however many there are. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from upverdict.core.store.reader import Library

_PAGE = 500


def in_order(library: Library) -> Iterator[str]:
    """The ids of the debates in the order in which they came into the file, deleted ones left out, archived ones not.

    Those that come meanwhile are handed out, too. Raises StoreError.
    """
    after = 0
    sql = "SELECT number, id FROM debates WHERE number > ? AND deleted_at IS NULL ORDER BY number LIMIT ?"
    while True:
        with library.reading() as conn:
            found = conn.execute(sql, (after, _PAGE)).fetchall() if conn is not None else []
        if not found:
            return
        for _, id in found:
            yield id
        after = found[-1][0]
