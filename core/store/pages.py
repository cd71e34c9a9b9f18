"""Reads the rows of a damaged SQLite file page by page, without SQLite: a bad page costs its own rows only.

Knows the format of the file (https://www.sqlite.org/fileformat2.html; the numbers of its sections are in the comments)
and none of the tables in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from mmap import mmap
from typing import NamedTuple

Value = int | float | str | bytes | None

_MAGIC = b"SQLite format 3\0"
_LEAF, _INTERIOR = 0x0D, 0x05
_PAGE_SIZES = frozenset(1 << n for n in range(9, 17))
_USUAL_SIZE = 4096
_WAL_MAGICS = {0x377F0682: "little", 0x377F0683: "big"}  # 4.1


class BadPage(Exception):
    """A page, or a row of it, is not what it should be."""


class Row(NamedTuple):
    """One row of a table, with its rowid; its INTEGER PRIMARY KEY, which that is, stands as None among the values."""

    rowid: int
    values: tuple[Value, ...]


class Table(NamedTuple):
    """A table as the schema has it: the first page of its tree, and how it was made."""

    root: int
    sql: str


class Image:
    """The pages of a file, numbered from 1, with those of its write-ahead log laid over them.

    `wal` are the bytes of that log, as far as they are one; only what was committed counts.
    """

    def __init__(self, data: bytes | mmap, wal: bytes = b"") -> None:
        self._data = memoryview(data)
        self.size, self._usable = _sizes(bytes(self._data[:100]), wal)
        self._over = _committed(wal, self.size)
        self.count = max(-(-len(self._data) // self.size), max(self._over, default=0))

    @property
    def laid_over(self) -> bool:
        """Whether there is a page of a write-ahead log among them."""
        return bool(self._over)

    def page(self, number: int) -> bytes:
        """Raises BadPage when there is no such page, or only a part of it."""
        if (over := self._over.get(number)) is not None:
            return over
        page = bytes(self._data[(number - 1) * self.size : number * self.size]) if number > 0 else b""
        if len(page) != self.size:
            raise BadPage(f"page {number} is not there")
        return page

    def kind(self, number: int) -> int:
        """The byte that says what a page of a tree is; 0 where there is no page."""
        start = 100 if number == 1 else 0
        if (over := self._over.get(number)) is not None:
            return over[start]
        whole = 0 < number * self.size <= len(self._data)
        return self._data[(number - 1) * self.size + start] if whole else 0

    def tables(self) -> dict[str, Table]:
        """Each table by its name, as far as the schema can be read."""
        found: dict[str, Table] = {}
        pages, _ = self.tree(1)
        for number in pages:
            for row in self.rows(number):
                if row is not None and len(row.values) == 5 and row.values[0] == "table":
                    _, name, _, root, sql = row.values
                    if isinstance(name, str) and isinstance(root, int) and root > 0:
                        found[name] = Table(root, sql if isinstance(sql, str) else "")
        return found

    def tree(self, root: int) -> tuple[list[int], bool]:
        """The leaves of a table's tree in order, and whether all of it could be walked."""
        leaves: list[int] = []
        whole = True
        seen: set[int] = set()
        waiting = [root]
        while waiting:
            number = waiting.pop()
            if number in seen or self.kind(number) not in (_LEAF, _INTERIOR):
                whole = False
                continue
            seen.add(number)
            if self.kind(number) == _LEAF:
                leaves.append(number)
                continue
            try:
                waiting += reversed(self._children(number))
            except BadPage:
                whole = False
        return leaves, whole

    def leaves(self) -> Iterator[int]:
        """Every page that is, or could be, a leaf of a table's tree."""
        return (number for number in range(1, self.count + 1) if self.kind(number) == _LEAF)

    def free(self) -> set[int] | None:
        """The pages that hold nothing, from which SQLite takes new ones (1.5); None where their list is not sound."""
        seen: set[int] = set()
        try:
            head = self.page(1)
            trunk, left = int.from_bytes(head[32:36], "big"), int.from_bytes(head[36:40], "big")
            while trunk and trunk not in seen:
                page = self.page(trunk)
                count = int.from_bytes(page[4:8], "big")
                free = {int.from_bytes(page[at : at + 4], "big") for at in range(8, min(8 + 4 * count, self.size), 4)}
                if len(free) != count or not all(0 < number <= self.count for number in free) or free & seen:
                    return None
                seen |= free | {trunk}
                trunk = int.from_bytes(page[:4], "big")
        except BadPage:
            return None
        return seen if len(seen) == left else None

    def rows(self, number: int) -> Iterator[Row | None]:
        """The rows of a leaf, in order; None for one that can't be read."""
        try:
            page = self.page(number)
            cells = self._cells(page, number, 8)
        except BadPage:
            yield None
            return
        for cell in cells:
            try:
                yield self._row(page, cell)
            except (BadPage, IndexError, UnicodeDecodeError):
                yield None

    def _cells(self, page: bytes, number: int, header: int) -> list[int]:
        """Where the cells of a page begin (1.6)."""
        start = 100 if number == 1 else 0
        count = int.from_bytes(page[start + 3 : start + 5], "big")
        end = start + header + 2 * count
        if end > self._usable:
            raise BadPage(f"page {number} says that it has {count} rows")
        return [int.from_bytes(page[at : at + 2], "big") for at in range(start + header, end, 2)]

    def _children(self, number: int) -> list[int]:
        page = self.page(number)
        start = 100 if number == 1 else 0
        cells = self._cells(page, number, 12)
        return [int.from_bytes(page[at : at + 4], "big") for at in (*cells, start + 8)]

    def _row(self, page: bytes, at: int) -> Row:
        length, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if not 0 < length <= self.count * self.size:
            raise BadPage("a row is longer than the file")
        rowid -= (rowid >> 63) << 64
        return Row(rowid, _values(self._payload(page, at, length)))

    def _payload(self, page: bytes, at: int, length: int) -> bytes:
        """The bytes of a row, of which the page holds the beginning only when it is long (1.6, at its end)."""
        most = self._usable - 35
        here = length
        if length > most:
            least = (self._usable - 12) * 32 // 255 - 23
            here = least + (length - least) % (self._usable - 4)
            here = here if here <= most else least
        if at + here > self._usable:
            raise BadPage("a row ends behind its page")
        payload = bytearray(page[at : at + here])
        following = int.from_bytes(page[at + here : at + here + 4], "big") if here < length else 0
        while len(payload) < length:
            more = self.page(following)
            following = int.from_bytes(more[:4], "big")
            payload += more[4 : 4 + min(self._usable - 4, length - len(payload))]
        return bytes(payload)


def is_database(head: bytes) -> bool:
    """Whether a file with this beginning is an SQLite file."""
    return head.startswith(_MAGIC)


def _sizes(head: bytes, wal: bytes) -> tuple[int, int]:
    """The bytes of a page, and how many of them are used (1.3.2, 1.3.4); a guess where neither file can tell."""
    if is_database(head) and len(head) >= 100:
        size = int.from_bytes(head[16:18], "big")
        size = 65536 if size == 1 else size
        if size in _PAGE_SIZES and head[20] <= size - 480:
            return size, size - head[20]
    told = int.from_bytes(wal[8:12], "big") if int.from_bytes(wal[:4], "big") in _WAL_MAGICS else 0
    size = told if told in _PAGE_SIZES else _USUAL_SIZE
    return size, size


def _committed(wal: bytes, size: int) -> Mapping[int, bytes]:
    """The pages in a write-ahead log, the latest of each, up to its last commit (4.1 to 4.3)."""
    order = _WAL_MAGICS.get(int.from_bytes(wal[:4], "big"))
    if order is None or len(wal) < 32 or int.from_bytes(wal[8:12], "big") != size:
        return {}
    sums = _checksum(wal[:24], (0, 0), order)
    if sums != (int.from_bytes(wal[24:28], "big"), int.from_bytes(wal[28:32], "big")):
        return {}
    found: dict[int, bytes] = {}
    since: dict[int, bytes] = {}
    salt = wal[16:24]
    for at in range(32, len(wal) - 24 - size + 1, 24 + size):
        head, page = wal[at : at + 24], wal[at + 24 : at + 24 + size]
        sums = _checksum(page, _checksum(head[:8], sums, order), order)
        told = (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
        if head[8:16] != salt or told != sums:
            break
        since[int.from_bytes(head[:4], "big")] = page
        if int.from_bytes(head[4:8], "big"):
            found |= since
            since = {}
    return found


def _checksum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    words = array("I", data)
    if order != _NATIVE:
        words.byteswap()
    first, second = sums
    for n in range(0, len(words), 2):
        first = (first + words[n] + second) & 0xFFFFFFFF
        second = (second + words[n + 1] + first) & 0xFFFFFFFF
    return first, second


_NATIVE = "little" if array("H", b"\x01\x00")[0] == 1 else "big"


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends (1.6)."""
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9


_WHOLE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def _values(payload: bytes) -> tuple[Value, ...]:
    """The values of a row (2.1)."""
    import struct

    end, at = _varint(payload, 0)
    if end > len(payload):
        raise BadPage("the head of a row is longer than the row")
    body = end
    values: list[Value] = []
    while at < end:
        kind, at = _varint(payload, at)
        if kind in (10, 11):
            raise BadPage("a value of no kind")
        size = (kind - 12) // 2 if kind >= 12 else _WHOLE.get(kind, 8 if kind == 7 else 0)
        raw = payload[body : body + size]
        if len(raw) != size:
            raise BadPage("a value ends behind its row")
        body += size
        if kind >= 12:
            values.append(raw if kind % 2 == 0 else raw.decode())
        elif kind == 7:
            values.append(struct.unpack(">d", raw)[0])
        else:
            values.append(
                None if kind == 0 else kind - 8 if kind in (8, 9) else int.from_bytes(raw, "big", signed=True)
            )
    if body != len(payload):
        raise BadPage("a row is longer than its values")
    return tuple(values)
