"""Figures in a text, and those that nobody has said. Pure.

A judge likes to add a threshold of its own. A figure in a verdict must occur in what was said (protocol.md, The
verdict), in whatever spelling: digits, words, kanji; a share as a percentage, a fraction or a word for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Literal

from upverdict.core import numerals
from upverdict.core.heads import counts_heads as counts_heads
from upverdict.core.numerals import ARABIC, ARABIC_PARTS, HALVES, HAN_COUNTERS, PARTS, POWERS, TENS, TIMES, UNITS, WORDS

Figure = tuple[float, bool]
"""A value, and whether it is a percentage; a fraction is one, rounded."""

_Sort = Literal["figure", "small", "loose"]
# A figure wherever it stands; one only in what a judge writes; none, but who says it has said the value.

_SCALES = {
    "k": 1e3, "thousand": 1e3, "tausend": 1e3, "mille": 1e3, "mil": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6,
    "million": 1e6, "millions": 1e6, "millionen": 1e6, "millones": 1e6, "bn": 1e9, "billion": 1e9, "mrd": 1e9,
    "milliarden": 1e9, "hundred": 1e2, "万": 1e4, "億": 1e8, "亿": 1e8, "千": 1e3,
}  # fmt: skip


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_PERCENT = r"%|٪|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b|パーセント|بالمئة|في المئة"
_NUMBER = r"(\d+(?:[.,'\u202f\u00a0 ]\d{3})*(?:[.,]\d+)?)"
# No figure begins in a word (V8), but scripts without spaces, and the Arabic "and", put words right before one.
_START = r"(?<![^\W\u0620-\u064a\u0e00-\u0e4f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<!\.)"
_DIGITS = re.compile(
    rf"{_START}{_NUMBER}\s?-?({'|'.join(_SCALES)})?(?!\d|[a-z])\s?({_PERCENT})?|"
    rf"{_START}(\d+(?:[.,]\d+)?)(?:[a-z]+)?\s?({_PERCENT})?"
)
_COUNT = rf"(?:(?:{_any(TENS)})(?:-|\s(?:y\s)?)(?:{_any(UNITS)})|{_any([*WORDS, *UNITS])})"
_POWER = rf"(?:{_any(POWERS)})"
_SPELT = re.compile(
    rf"\b(?:((?:{_COUNT}[\s-])?{_POWER}(?:[\s-]{_POWER})?(?:\s(?:and\s)?{_COUNT}(?:\s{_POWER})?)?|{_COUNT}))\b"
    rf"(?:\s?({_PERCENT}))?"
)
_WORD = re.compile(rf"\b(?:{_any([*POWERS, *WORDS, *UNITS])})\b")
_HALF = re.compile(
    rf"\bhalf\sa\s(million|thousand|billion|dozen)\b|"
    rf"(?<!\bfirst\s)(?<!second\s)(?<!other\s)(?<!latter\s)\b(?:{_any(HALVES)})\b(?!-\w)"
)
_ENDS = r"(?=\s(?:of|less|more|cheaper|fewer|der|des|de|du|del|von|weniger|mehr)\b|\s?[.,;:!?)]|\s?\Z)"
_PART = re.compile(
    rf"\b({_COUNT})[\s-]({_any(PARTS)})\b{_ENDS}|"
    rf"\b(?:an?|one|eine?[mnrs]?|une?|el)[\s-]({_any(PARTS)})\b{_ENDS}(?<!un tiers)|"
    r"\b(?:un|le)\s(tiers)(?=\s(?:de|des|du)\b)"
)
_TIME = re.compile(
    rf"(?<!think\s)\b({_any(TIMES)})\b(?!-|\s(?:checks?|checked|checking|down|edged|digits?|standards?|entry|click)\b)"
)
_RATIO = re.compile(r"(?<![\d/.⁄])([1-9])[/⁄]([2-9]|10)(?![\d/⁄])")
_ARABIC_WORD = re.compile(rf"(?<!\w)(?:[وفبلك]?(?:ال)?|لل)({_any((*ARABIC, *ARABIC_PARTS))})(?!\w)")
_LAST = re.compile(r"(\w{1,20})[\s-](?:de\s)?\Z")
_NEXT = re.compile(r"[\s-]([^\W\d_]{1,30})(?:[\s-]([^\W\d_]{1,30}))?")
_HAN = re.compile(
    r"(?<!第)(?!一一)([一二三四五六七八九十百千]{2,12}[万億亿]?)|(?<!第)([一二三四五六七八九十两兩][万億亿])|"
    rf"(?<![第数])([二三四五六七八九十百千两兩])(?={HAN_COUNTERS})|[数几幾]([十百千万])"
)
_HAN_PART = re.compile(r"([二三四五六七八九十]|[2-9]|10)分[の之]([一二三四五六七八九]|[1-9])")
_HAN_HALF = re.compile(r"(?<![大多])半(?=分|数|減|减|年|日|月|額|额)|一半")
_HAN_DOUBLE = re.compile(r"(?<![\d一二三四五六七八九十百千万億数几何两兩])(?<!\d\s)倍(?![率数])")
_TENTHS = re.compile(r"([1-9一二三四五六七八九])割")
_NO_FIGURES = re.compile(
    r"\b[A-Z]\d+(?:\.\d+){1,2}\b|(?m:^[ \t]*\d{1,2}[.)]\s)|\b(?:D?DoS|DOS|Sept)\b|"
    r"(?i:\b(?:option|step)\s\d\b)|第\s?\d+|\d\s?つ"
)


def figures(text: str, *, small: bool = False) -> list[tuple[Figure, str]]:
    """Every figure in the text with the words that say it. Sentence ids, list numbers and `option 2` are none.

    Words below ten are figures where they are a threshold ("fewer than three"); with `small`, wherever they stand, and
    fractions and multiples too.
    """
    return [(figure, words) for figure, words, sort in _all(text) if small or sort == "figure"]


def unsaid(text: str, said: Iterable[str]) -> list[str]:
    """The figures of the text, as it words them, that occur in nothing that was said.

    Here a word below ten is one where it counts something that the text does not lay out itself ("two years", not
    "two options"), and so are fractions and multiples ("half of the load", "twice as much").
    """
    known = _known(tuple(said))
    return list(dict.fromkeys(words for figure, words, sort in _all(text) if sort != "loose" and figure not in known))


@lru_cache(maxsize=16)
def _known(said: tuple[str, ...]) -> frozenset[Figure]:
    """The figures of what was said. A ruling asks for the same texts at each of its sentences."""
    return frozenset().union(*map(_known_of, said))


@lru_cache(maxsize=256)
def _known_of(text: str) -> frozenset[Figure]:
    return frozenset(figure for figure, _, _ in _all(text))


def _all(text: str) -> list[tuple[Figure, str, _Sort]]:
    """The figures of every sort; what one reading has taken, the next does not see: "2 million" holds no "million"."""
    plain = unicodedata.normalize("NFKC", re.sub(r"(?<=\d)(?=[¼-¾⅐-⅞])", " ", text))
    plain = _NO_FIGURES.sub(" ", plain).lower()
    plain = _TENTHS.sub(lambda m: f"{m[1] if m[1].isdigit() else numerals.han(m[1])}0%", plain)
    found: list[tuple[Figure, str, _Sort]] = []
    for pattern, read in _READINGS:
        if matches := list(pattern.finditer(plain)):
            found += [(figure, m[0].strip(), sort) for m in matches for figure, sort in (read(m),)]
            plain = pattern.sub(" ", plain)
    return found


def _share(parts: float, whole: float) -> tuple[Figure, _Sort]:
    return (float(round(100 * parts / whole)), True), "small"


def _ratio(m: re.Match[str]) -> tuple[Figure, _Sort]:
    return _share(int(m[1]), int(m[2]))


def _han_part(m: re.Match[str]) -> tuple[Figure, _Sort]:
    whole, parts = (int(n) if n.isdigit() else numerals.han(n) for n in m.groups())
    return _share(parts, whole)


def _half(m: re.Match[str]) -> tuple[Figure, _Sort]:
    if m.re is _HALF and m[1]:
        scale = m[1]
        return ((POWERS[scale] if scale in POWERS else WORDS[scale]) / 2, False), "figure"
    return _share(1, 2)


def _part(m: re.Match[str]) -> tuple[Figure, _Sort]:
    if one := m[3] or m[4]:
        return _share(1, PARTS[one])
    return _share(_value(m[1]), PARTS[m[2]])


def _times(m: re.Match[str]) -> tuple[Figure, _Sort]:
    return (float(TIMES[m[1]] if m.re is _TIME else 2), False), "small"


def _digits(m: re.Match[str]) -> tuple[Figure, _Sort]:
    return (_read(m[1] or m[4]) * _SCALES.get(m[2] or "", 1), bool(m[3] or m[5])), "figure"


def _spelt(m: re.Match[str]) -> tuple[Figure, _Sort]:
    value, word = _value(m[1]), m[1]
    if m[2]:
        return (value, True), "figure"
    if word in POWERS and word not in _SCALES and word != "hundert":
        return (value, False), "small"
    return (value, False), _sort(m, word) if word in UNITS else "figure"


def _value(words: str) -> float:
    return float(numerals.spelt(_WORD.findall(words)))


def _sort(m: re.Match[str], word: str) -> _Sort:
    """What a word below ten is where it stands."""
    last = _LAST.search(m.string, max(0, m.start() - 24), m.start())
    before = last[1] if last else ""
    if word == "one":
        return "loose"
    if before in numerals.THRESHOLD:
        return "figure"
    after = _NEXT.match(m.string, m.end())
    nouns = set(after.groups()) if after else set()
    if not after or after[1] in numerals.NO_NOUN or nouns & numerals.LAID_OUT:
        return "loose"
    pair = _value(word) == 2 and before in numerals.DEFINITE
    return "loose" if pair or before.removesuffix("s") in numerals.PLACES else "small"


def _arabic(m: re.Match[str]) -> tuple[Figure, _Sort]:
    part = ARABIC_PARTS.get(m[1])
    return ((float(ARABIC[m[1]]), False) if part is None else (float(part), True)), "small"


def _han(m: re.Match[str]) -> tuple[Figure, _Sort]:
    numeral = m[1] or m[2] or m[3] or m[4]
    power = numerals.HAN_POWERS[numeral[-1]] if numeral[-1] in "万億亿" else 1
    value = numerals.han(numeral[:-1]) * power if power > 1 and len(numeral) > 1 else numerals.han(numeral)
    return (float(value), False), "figure" if m[1] or m[2] else "small"


_READINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[Figure, _Sort]]], ...] = (
    (_RATIO, _ratio),
    (_HAN_PART, _han_part),
    (_HAN_HALF, _half),
    (_HAN_DOUBLE, _times),
    (_HALF, _half),
    (_PART, _part),
    (_DIGITS, _digits),
    (_TIME, _times),
    (_SPELT, _spelt),
    (_ARABIC_WORD, _arabic),
    (_HAN, _han),
)


def _read(digits: str) -> float:
    """The value of a run of digits: marks before groups of three set off thousands, a last one is the decimal mark."""
    whole = re.sub(r"[\s,.'\u00a0\u202f]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:[.,' \u202f\u00a0]\d{3})+", digits) or len(re.findall(r"[.,]", digits)) > 1:
        return float(whole)
    return float(re.sub(r"[\s'\u00a0\u202f]", "", digits).replace(",", "."))
