"""The search of a static site: which words which debates have, parted into files that a page loads when they are typed.

Pure. A word is what `site_search.js` takes for one too: letters and digits without their marks, in small letters; of a
script without spaces, two letters that stand beside each other. Debates have numbers, the newest is 0.
"""

from __future__ import annotations

import json
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator

LISTED = 500
"""Debates whose titles one file has."""
LONGEST = 32
"""Letters of a word that count; what is longer is no word that somebody looks for."""

# As in site_search.js: Han, kana, Thai, Lao, Burmese, Khmer.
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff"
)
_WORD = re.compile(f"[{_SPACELESS}]+|[^\\W_{_SPACELESS}]+")
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")
_MARK = re.compile("[\u0300-\u036f]")


def words(text: str) -> set[str]:
    """The words of a text, as they are looked for."""
    plain = _MARK.sub("", unicodedata.normalize("NFKD", text).lower())
    found: set[str] = set()
    for word in _WORD.findall(plain):
        if _IS_SPACELESS.match(word):
            found.update({word[n : n + 2] for n in range(len(word) - 1)} or {word})
        else:
            found.add(word[:LONGEST])
    return found


def shard_of(word: str) -> str:
    """The file that has a word: by its first two letters, as their numbers in Unicode."""
    return "-".join(f"{ord(c):x}" for c in word[:2])


class Index:
    """Words of debates. `add` them in the order of their numbers."""

    def __init__(self) -> None:
        self._of: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._debates = 0

    def add(self, texts: Iterable[str]) -> None:
        """The next debate, with all that it is found by."""
        for word in {word for text in texts for word in words(text)}:
            self._of[word].append(self._debates)
        self._debates += 1

    def files(self) -> Iterator[tuple[str, str]]:
        """Each file's name and script, and last the list of them."""
        shards: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._of):
            shards[shard_of(word)].append(word)
        for shard, of in sorted(shards.items()):
            yield f"w-{shard}.js", script("words", shard, [[word, _differences(self._of[word])] for word in of])
        yield "shards.js", script("shards", sorted(shards))


def _differences(numbers: Iterable[int]) -> list[int]:
    """Each number as what it is more than the one before: shorter, where there are many."""
    found, before = [], 0
    for number in numbers:
        found.append(number - before)
        before = number
    return found


def script(what: str, *given: object) -> str:
    """A script that hands something to the page that loads it, as data: all of it is one string of JSON."""
    told = json.dumps(json.dumps(given, ensure_ascii=False, separators=(",", ":")), ensure_ascii=True)
    return f"upverdict.{what}(...JSON.parse({told}));\n"
