"""In which language a text is, where its letters leave no doubt. Pure; a guess is no answer."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

UNKNOWN = "und"
"""What BCP 47 calls a language that is not known."""

SAMPLE = 20_000
"""Characters that are looked at."""
_ONE_LANGUAGE = {"HANGUL": "ko", "THAI": "th", "GREEK": "el", "GEORGIAN": "ka", "ARMENIAN": "hy", "HEBREW": "he"}
"""Scripts in which but one language is written nowadays, or nearly so."""
_ENGLISH = frozenset(
    """a and are as at be but by can for from has have if in is it its not of on or so that the their there this to was
    we what which who will with you""".split()  # noqa: SIM905  a list would be a page long
)
_LEAST = 20
"""Words below which nothing is said of a text in Latin letters."""
_SHARE = 0.25
"""The share of English texts' words that are among `_ENGLISH`; other languages have a few of them, never so many."""


def tongue(text: str) -> str:
    """`ja`, `ko`, `en` …; `und` where it could be several."""
    sample = text[:SAMPLE]
    scripts = Counter(unicodedata.name(c, "").partition(" ")[0] for c in sample if c.isalpha())
    letters = sum(scripts.values())
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > letters / 10:
        return "ja"
    for script, language in _ONE_LANGUAGE.items():
        if scripts[script] * 2 > letters:
            return language
    words = re.findall(r"[^\W\d_]+", sample.lower())
    hits = [word for word in words if word in _ENGLISH]
    english = len(words) >= _LEAST and len(hits) >= len(words) * _SHARE and "the" in hits
    return "en" if english and scripts["LATIN"] > letters * 0.9 else UNKNOWN
