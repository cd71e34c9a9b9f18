"""Which kept debates are about the same as one: by the rare words of its question and headline. Knows no lock.

A word counts the more, the fewer debates have it in their question or verdict (inverse document frequency). Only words
that a bounded number of debates have are followed, so that it costs the same however many debates there are.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import defaultdict
from typing import Any, NamedTuple

from upverdict.core.store.spacing import sought, spaced

MOST_WORDS = 12
"""Words of a debate that are looked for: the longer ones, which are rarer."""
MOST_PIECES = 40
"""The same where there are pieces of runs without spaces among them, of which each says less."""
MOST_HITS = 600
"""Debates of one word that are looked at. A word that more of them have says little of what one is about."""
FEW = 5
"""In how many debates a word may be that makes two of them related all alone; others do so by twos."""
MOST_SHOWN = 4
"""Words that are told of why two are related."""
LONGEST = 40
"""Characters of a word: what is longer is a line in a script without spaces, or none."""

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_COMMON = frozenset(
    """a about after again all also an and any are as at be because been before better best but by can cannot could did
    do does doing don't each even ever few for from get go good had has have having he her here his how i if in into is
    it its it's just keep least less like long make makes many may me measure might more most much must my need needs
    never new no not now of off on once one only or other our out over own per put quite rather really same say see she
    should since so some start still such take than that the their them then there these they this those through time to
    too two under until up us use used using very want was way we well were what when where whether which while who whom
    whose why will with without worth would year years you your
    aber als am auch auf aus bei bis da das dass dem den der des die doch dort du durch ein eine einem einen einer eines
    er es für ganz gegen haben hat ich ihr im in ist kann kein keine mehr mit muss nach nicht noch nur ob oder ohne
    sein sich sie sind so soll sollen sollte sollten über um und uns unser vom von vor wann war was weil wenn wer werden
    wie wir wird wo würde zu zum zur
    au aux avec ce ces cette comme dans de des doit dois donc du elle en est et faut il ils je la le les leur mais ne
    nos notre nous on ou où par pas plus pour qu que quel quelle qui sa sans se ses si son sont sur un une vos votre
    vous al como con cuál cuando de debe deben debería del donde el ella ellos en entre es esta este hay la las lo los
    más mi muy no nos nuestro para pero por porque que qué se ser si sin sobre su sus también un uno y ya""".split()  # noqa: SIM905  a list would be a page long
)
"""Words that say nothing of what a question is about, in the languages that are met most."""

_HITS = "SELECT rowid FROM debates_fts WHERE debates_fts MATCH ? ORDER BY rowid DESC LIMIT ?"


# In scripts without spaces: a run of Han or of katakana is a word or some, what stands between (hiragana) says little;
# of the others (Thai, Lao, Khmer, Burmese) nothing tells where a word ends.
_HAN = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f]{2,}")
_RUN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{4,}")
_PIECE = {_HAN: 2, _RUN: 5}
"""How many letters of a run are looked for together: most words of Chinese have two."""


def _parted(word: str) -> list[str]:
    """The word itself, or what may be words in it where its script has no spaces."""
    if spaced(word) is None:
        return [word]
    found = [m[0] for m in _KATAKANA.finditer(word)]
    for pattern, size in _PIECE.items():
        for run in pattern.findall(word):
            found += [run[n : n + size] for n in range(max(1, len(run) - size + 1))]
    return found


class Found(NamedTuple):
    """A related debate: `row` as asked for, and the words that both have, the rarest first, as this one writes them."""

    row: tuple[Any, ...]
    shared: tuple[str, ...]


def words(question: str, headline: str) -> list[str]:
    """What a debate may be about: the words of its question that are not common ones, then those of its headline; of
    too many the longer ones, those of the question before others. As they are written first, each once.
    """
    found: dict[str, str] = {}
    for text in (question, headline):
        own: dict[str, str] = {}
        for word in (part for run in _WORD.findall(text) for part in _parted(run)):
            folded = word.casefold().replace("’", "'")
            if 1 < len(folded) <= LONGEST and folded not in _COMMON and not folded.isdigit():
                own.setdefault(folded, word)
        found |= {folded: own[folded] for folded in sorted(own, key=len, reverse=True) if folded not in found}
    most = MOST_PIECES if any(map(spaced, found)) else MOST_WORDS
    return list(found.values())[:most]


def find(conn: sqlite3.Connection, id: str, columns: str, limit: int) -> list[Found]:
    """At most `limit` debates that are about the same, the nearest first; `columns` of each row. Empty for one that is
    not kept, and where nothing else is about the same.
    """
    own = conn.execute("SELECT number, question, headline FROM debates WHERE id = ?", (id,)).fetchone()
    if own is None:
        return []
    shared = _shared(conn, *own)
    return _rows(conn, shared, columns, limit)


def decided(conn: sqlite3.Connection, question: str, columns: str, limit: int) -> list[Found]:
    """As `find`, for a question that is not asked yet: at most `limit` debates that have a verdict.

    Two words have to be shared, where the question has two that say what it is about: it is offered unasked.
    """
    least = min(2, len(words(question, "")))
    shared = {other: both for other, both in _shared(conn, 0, question, "").items() if len(both) >= least}
    return _rows(conn, shared, columns, limit, "AND headline <> ''")


Shared = dict[int, list[tuple[float, str]]]
"""By the number of a debate, what it has in common with another one: each word with its weight."""


def _shared(conn: sqlite3.Connection, number: int, question: str, headline: str) -> Shared:
    """What is in common with the debates that are about the same. `number` is the debate itself, which is none."""
    kept = conn.execute("SELECT count FROM counts WHERE what = 'debates'").fetchone()[0]
    shared: Shared = defaultdict(list)
    rare: set[int] = set()
    for word in words(question, headline):
        hits = [n for (n,) in conn.execute(_HITS, (_match(word), MOST_HITS + 1))]
        if len(hits) > MOST_HITS or (kept > 2 * FEW and len(hits) * 2 > kept):
            continue
        weight = math.log((kept + 1) / len(hits)) if hits else 0.0
        weight *= 2 if word in question else 1  # what was asked says more than how it was answered
        for other in hits:
            shared[other].append((weight, word))
        if len(hits) <= FEW:
            rare.update(hits)
    shared.pop(number, None)
    return {other: both for other, both in shared.items() if len(both) > 1 or other in rare}


def _rows(conn: sqlite3.Connection, shared: Shared, columns: str, limit: int, only: str = "") -> list[Found]:
    """The nearest of them that were not deleted; `only` says in SQL which others are left out."""
    near = sorted(shared, key=lambda other: (sum(weight for weight, _ in shared[other]), other), reverse=True)
    found: list[Found] = []
    sql = f"SELECT {columns} FROM debates WHERE number = ? AND deleted_at IS NULL {only}"
    for other in near:
        if len(found) == limit:
            break
        if (row := conn.execute(sql, (other,)).fetchone()) is not None:
            told = [word for _, word in sorted(shared[other], key=lambda both: -both[0])]
            found.append(Found(row, tuple(told[:MOST_SHOWN])))
    return found


def _match(word: str) -> str:
    """The word in a question or a verdict; nothing in it is an operator."""
    return '{question headline decision} : "' + sought(word).replace('"', '""') + '"'
