"""Text in scripts that put no spaces between words, made findable. Pure; knows no connection.

FTS5's tokenizer (unicode61) takes a whole run of Chinese or Thai letters as one word, so that nothing in it is found.
Here a separator goes around each letter of such a script: a letter with its marks is a word of the index then, a run of
them in a query is a phrase. The other ways measure worse or can't be had (`bench/scripts.py`): trigrams find no word of
two letters, the usual ones in Chinese, and an SQLite with ICU is not what Python comes with.
"""

from __future__ import annotations

import re

SEPARATOR = "\x1f"
"""Between letters: a control character, which no kept text has (`text.clean`), in one byte. Nothing for unicode61."""

# Han with what is written among it, kana (also halfwidth), Bopomofo, Thai, Lao, Burmese, Khmer, and their relatives.
# Hangul and Tibetan part words or syllables themselves.
_LETTERS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f"
    "\u3031-\u303c\u3041-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua980-\ua9ff\uaa60-\uaa7f"
    "\uf900-\ufaff\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
_LETTER = re.compile(f"[{_LETTERS}]")
# Between a letter of theirs and anything that begins a word; between the end of another word and such a letter.
_BOUNDARY = re.compile(f"(?<=[{_LETTERS}])(?=\\w)|(?<=[^\\W{_LETTERS}]|[\u0300-\u036f])(?=[{_LETTERS}])(?=\\w)")


def spaced(text: str) -> str | None:
    """The text with separators, or None where it needs none."""
    if text.isascii() or not _LETTER.search(text):
        return None
    return _BOUNDARY.sub(SEPARATOR, text)


def sought(text: str) -> str:
    """The words of a query, as they are in the index."""
    return spaced(text) or text


def joined(text: str) -> str:
    """The text as it was before it was spaced."""
    return text.replace(SEPARATOR, "")


def grows(text: str) -> bool:
    """Whether the last word may be a part of a longer one: a letter of these scripts is a word of its own, but more
    marks may follow it in some."""
    return not ("\u2e80" <= text[-1] <= "\u9fff" or text[-1] >= "\uf900")
