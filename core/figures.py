"""Figures in a text, and those that nobody has said; words that count heads. Pure.

A judge likes to add a threshold of its own, or to say that all agreed. A figure in a verdict must occur in what was
said, and only code counts voices (protocol.md, The verdict).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

Figure = tuple[float, bool]
"""A value, and whether it is a percentage."""

_UNITS = {
    w: n
    for n, words in {
        2: "two zwei deux dos", 3: "three drei trois tres", 4: "four vier quatre cuatro", 5: "five fünf cinq cinco",
        6: "six sechs seis", 7: "seven sieben sept siete", 8: "eight acht huit ocho", 9: "nine neun neuf nueve",
        1: "one",
    }.items()
    for w in words.split()
}  # fmt: skip
_WORDS = {
    w: n
    for n, words in {
        10: "ten zehn dix diez", 11: "eleven elf onze", 12: "twelve dozen zwölf douze doce", 13: "thirteen",
        14: "fourteen", 15: "fifteen quinze quince", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen",
        20: "twenty zwanzig vingt veinte", 30: "thirty dreißig trente treinta", 40: "forty vierzig quarante cuarenta",
        50: "fifty fünfzig cinquante cincuenta", 60: "sixty sechzig soixante sesenta", 70: "seventy siebzig setenta",
        80: "eighty achtzig ochenta", 90: "ninety neunzig noventa", 100: "hundred hundert cien",
        1_000: "thousand tausend mille", 1_000_000: "million millionen millions millones",
    }.items()
    for w in words.split()
}  # fmt: skip
_SCALES = {
    "k": 1e3, "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6,
    "million": 1e6, "millions": 1e6, "millionen": 1e6, "millones": 1e6, "bn": 1e9, "billion": 1e9, "mrd": 1e9,
    "milliarden": 1e9, "hundred": 1e2, "万": 1e4, "億": 1e8, "亿": 1e8, "千": 1e3,
}  # fmt: skip
_PERCENT = r"%|٪|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b|パーセント|بالمئة|في المئة"
_NUMBER = r"(\d+(?:[.,'\u202f\u00a0 ]\d{3})*(?:[.,]\d+)?)"
# No figure begins in a word (V8), but scripts without spaces, and the Arabic "and", put words right before one.
_START = r"(?<![^\W\u0620-\u064a\u0e00-\u0e4f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<!\.)"
_DIGITS = re.compile(
    rf"{_START}{_NUMBER}\s?-?({'|'.join(_SCALES)})?(?!\d|[a-z])\s?({_PERCENT})?|"
    rf"{_START}(\d+(?:[.,]\d+)?)(?:[a-z]+)?\s?({_PERCENT})?",
    re.IGNORECASE,
)
_SPELT = re.compile(
    rf"\b(?:({'|'.join(w for w, n in _WORDS.items() if 20 <= n <= 90)})[- ]({'|'.join(_UNITS)})|"
    rf"({'|'.join(_WORDS)}))\b\s?({_PERCENT})?|"
    rf"\b({'|'.join(_UNITS)})\s({_PERCENT})",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"\b({'|'.join(_UNITS)})\b", re.IGNORECASE)
_THRESHOLD = re.compile(
    rf"\b(?:than|least|most|over|under|above|below|within|exceeds?|reaches|als|mindestens|höchstens|unter|über|que|moins|"
    rf"menos|más|plus)\s(?:de\s)?({'|'.join(_UNITS)})\b",
    re.IGNORECASE,
)
_HAN = re.compile(r"[一二三四五六七八九十百千]{2,}|[一二三四五六七八九十](?=倍|万|億)")
_TENTHS = re.compile(r"([1-9一二三四五六七八九])割")
_HAN_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")}
_NO_FIGURES = re.compile(
    r"\b[A-Z]\d+(?:\.\d+){1,2}\b|(?m:^\s*\d{1,2}[.)]\s)|(?i:\b(?:option|step)\s\d\b)|第\s?\d+|\d\s?つ"
)


def figures(text: str, *, small: bool = False) -> list[tuple[Figure, str]]:
    """Every figure in the text with the words that say it. Sentence ids, list numbers and `option 2` are none.

    Words below ten are figures where they are a threshold ("fewer than three"); with `small`, wherever they stand.
    """
    plain = _NO_FIGURES.sub(" ", unicodedata.normalize("NFKC", text))
    plain = _TENTHS.sub(lambda m: f"{m[1] if m[1].isdigit() else _han(m[1])}0%", plain)
    found: list[tuple[Figure, str]] = []
    for m in _DIGITS.finditer(plain):
        scale = _SCALES.get((m[2] or "").lower(), 1)
        found.append(((_read(m[1] or m[4]) * scale, bool(m[3] or m[5])), m[0].strip()))
    plain = _DIGITS.sub(" ", plain)  # of "2 million", "million" is no second figure
    for m in _SPELT.finditer(plain):
        found.append(((float(_spelt(m)), bool(m[4] or m[6])), m[0].strip()))
    found += [((float(_UNITS[m[1].lower()]), False), m[0]) for m in (_UNIT if small else _THRESHOLD).finditer(plain)]
    return found + [((float(_han(m[0])), False), m[0]) for m in _HAN.finditer(plain)]


def _spelt(m: re.Match[str]) -> int:
    if m[1]:
        return _WORDS[m[1].lower()] + _UNITS[m[2].lower()]
    return _WORDS[m[3].lower()] if m[3] else _UNITS[m[5].lower()]


def _read(digits: str) -> float:
    """The value of a run of digits: marks before groups of three set off thousands, a last one is the decimal mark."""
    whole = re.sub(r"[\s,.'\u00a0\u202f]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:[.,' \u202f\u00a0]\d{3})+", digits) or len(re.findall(r"[.,]", digits)) > 1:
        return float(whole)
    return float(re.sub(r"[\s'\u00a0\u202f]", "", digits).replace(",", "."))


def _han(numeral: str) -> int:
    total, last = 0, 0
    for c in numeral:
        if (scale := {"十": 10, "百": 100, "千": 1000}.get(c)) is not None:
            total, last = total + (last or 1) * scale, 0
        else:
            last = last * 10 + _HAN_DIGITS[c] if last else _HAN_DIGITS[c]
    return total + last


def unsaid(text: str, said: Iterable[str]) -> list[str]:
    """The figures of the text, as it words them, that occur in nothing that was said."""
    known: set[Figure] = set()
    for words in said:
        known |= {figure for figure, _ in figures(words, small=True)}
    return list(dict.fromkeys(words for figure, words in figures(text) if figure not in known))


_HEADS = re.compile(
    r"\b(?:(?:all|both|each|most|none|many|several|two|three|four|five|six|seven|eight|nine|half|\d)\s(?:of\s)?"
    r"(?:the\s|these\s|our\s)?(?:\w+\s)?(?:voices?|advisors?|advisers?|debaters?|personas?|panelists?|speakers?|sides)|"
    r"(?:all|both|everyone|everybody|nobody|no one|most|none)(?:\sof\s(?:them|the\scouncil|those\sheard))?"
    r"(?:\s(?:two|three|four|five|six|seven|eight|nine|\d))?\s"
    r"(?:\w+ly\s)?(?:agree|agrees|agreed|concur|concurs|concurred|disputes?|disputed|objects?|objected|disagrees?|dissents?)|"
    r"(?:the\s)?(?:whole\s)?(?:council|panel)\s(?:\w+ly\s)?(?:agrees?|agreed|concurs?|decided|is\sunited|was\sunited)|"
    r"(?:\w+|\d)\s(?:out\s)?of\s(?:the\s)?(?:two|three|four|five|six|seven|eight|nine|\d)\s(?:\w+\s)?"
    r"(?:voices?|advisors?|advisers?|agree|agreed|hold|favou?r|say|said)|"
    r"unanimous(?:ly)?|unanimity|consensus|(?:the\s)?majority|"
    r"alle (?:vier|stimmen|berater)|einstimmig|einhellig|sind sich einig|unanime(?:ment|mente)?|por unanimidad|"
    r"tous (?:les )?(?:quatre|conseillers)|todos (?:los )?(?:cuatro|consejeros))\b|"
    r"全員(?:一致|が(?:同意|賛成))|満場一致|四人とも|بالإجماع|اتفق الجميع|一致同意",
    re.IGNORECASE,
)


def counts_heads(text: str) -> str:
    """The words in the text that say how many voices agree; empty where there are none."""
    found = _HEADS.search(text)
    return found[0] if found else ""
