"""Words that are numbers, and what they are worth: English, German, French, Spanish, Arabic; kanji digits.

Ordinals are none, and words that mostly mean something else are left out (a French "cent", a Spanish "media").
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNITS = {
    w: n
    for n, words in {
        2: "two zwei deux dos", 3: "three drei trois tres", 4: "four vier quatre cuatro", 5: "five fünf cinq cinco",
        6: "six sechs seis", 7: "seven sieben sept siete", 8: "eight acht huit ocho", 9: "nine neun neuf nueve",
        1: "one",
    }.items()
    for w in words.split()
}  # fmt: skip
TENS = {
    w: n
    for n, words in {
        20: "twenty zwanzig vingt veinte", 30: "thirty dreißig trente treinta", 40: "forty vierzig quarante cuarenta",
        50: "fifty fünfzig cinquante cincuenta", 60: "sixty sechzig soixante sesenta", 70: "seventy siebzig setenta",
        80: "eighty achtzig ochenta quatre-vingt quatre-vingts", 90: "ninety neunzig noventa",
    }.items()
    for w in words.split()
}  # fmt: skip
POWERS = {
    w: n
    for n, words in {
        100: "hundred hundreds hundert hunderte hunderten centaine centaines cien ciento cientos",
        1_000: "thousand thousands tausend tausende tausenden mille millier milliers mil",
        1_000_000: "million millions millionen millones millón",
        1_000_000_000: "billion billions milliarde milliarden milliard milliards",
    }.items()
    for w in words.split()
}  # fmt: skip
_GERMAN = (("zwei", 2), ("drei", 3), ("vier", 4), ("fünf", 5), ("sechs", 6), ("sieben", 7), ("acht", 8), ("neun", 9))
WORDS = TENS | {
    w: n
    for n, words in {
        10: "ten zehn dix diez", 11: "eleven elf onze", 12: "twelve dozen dozens zwölf dutzend dutzende douze douzaine "
        "doce docena docenas", 13: "thirteen dreizehn treize trece", 14: "fourteen vierzehn quatorze catorce",
        15: "fifteen fünfzehn quinze quince", 16: "sixteen sechzehn", 17: "seventeen siebzehn", 18: "eighteen achtzehn",
        19: "nineteen neunzehn", 70: "soixante-dix", 90: "quatre-vingt-dix", 200: "doscientos", 300: "trescientos",
        500: "quinientos",
    }.items()
    for w in words.split()
} | {
    f"{unit}und{tens}": n + TENS[tens]
    for unit, n in (("ein", 1), *_GERMAN)
    for tens in ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
} | {f"{unit}{power}": n * POWERS[power] for unit, n in _GERMAN for power in ("hundert", "tausend")}  # fmt: skip
TIMES = {  # as often, as much: one word that holds a small number
    "twice": 2, "twofold": 2, "double": 2, "doubles": 2, "doubled": 2, "doubling": 2, "thrice": 3, "threefold": 3,
    "triple": 3, "triples": 3, "tripled": 3, "tripling": 3, "quadruple": 4, "fourfold": 4, "fivefold": 5, "tenfold": 10,
    "doppelt": 2, "doppelte": 2, "doppelten": 2, "doppelter": 2, "doppeltes": 2, "verdoppelt": 2, "verdoppeln": 2,
    "dreifach": 3, "dreifache": 3, "dreifachen": 3, "vierfache": 4, "zehnfache": 10, "zweimal": 2, "dreimal": 3,
    "doubler": 2, "tripler": 3, "doble": 2, "dobles": 2, "duplica": 2, "duplican": 2, "duplicar": 2, "triplica": 3,
}  # fmt: skip
HALVES = _words(
    "half halve halves halved halving halb halbe halber halbes halben hälfte halbiert moitié demi demie mitad"
)
PARTS = {
    w: n
    for n, words in {
        3: "third thirds drittel tiers tercio tercios", 4: "quarter quarters viertel quart quarts cuarto cuartos",
        5: "fifth fifths fünftel", 8: "eighth eighths", 10: "tenth tenths zehntel",
    }.items()
    for w in words.split()
}  # fmt: skip
ARABIC_PARTS = {"نصف": 50, "ثلث": 33, "ثلثي": 67, "ثلثا": 67, "ثلثين": 67, "ربع": 25}
ARABIC = {
    w: n
    for n, words in {
        2: "اثنان اثنين اثنتان اثنتين مرتين ضعفي ضعفين", 3: "ثلاثة ثلاث", 4: "أربعة أربع", 5: "خمسة خمس", 6: "ستة ست",
        7: "سبعة سبع", 8: "ثمانية ثماني", 9: "تسعة تسع", 10: "عشرة عشر", 20: "عشرون عشرين", 100: "مئة مائة مئات",
        200: "مئتان مئتين", 1_000: "ألف آلاف", 2_000: "ألفان ألفين", 1_000_000: "مليون ملايين",
    }.items()
    for w in words.split()
}  # fmt: skip

LAID_OUT = _words(
    "option options choice choices path paths way ways route routes alternative alternatives approaches case "
    "cases condition conditions question questions thing things reason reasons step steps part parts point points "
    "side sides sentence sentences answer answers fact facts test tests criteria kinds sorts types factor factors "
    "tier tiers track tracks stage stages phase phases sided fold optionen möglichkeiten wege wegen fälle fällen "
    "bedingungen fragen dinge dingen gründe gründen schritte schritten seiten punkte punkten sätze sätzen choix "
    "voies cas choses raisons étapes côtés opciones caminos casos condiciones preguntas cosas razones pasos lados "
    "puntos frases"
)
"""What a judge counts when it lays out its own text: "two options", "three conditions"."""
NO_NOUN = _words(
    "in or and is are was were to at on for by as if when then than und oder sind ist et ou sont est y o son es"
)
"""Words that a counted noun does not begin with."""
PLACES = _words(
    "option step part point case plan phase stage level tier version number rule question round schritt punkt "
    "teil étape paso punto opción no any"
)
"""After these a number is a place in a row: "option two"."""
DEFINITE = _words(
    "the these those between other die der den diese diesen dieser beiden zwischen les ces entre los las estos estas"
)
"""After these a pair is one that was spoken of: "between the two"."""
THRESHOLD = _words(
    "than least most over under above below within exceed exceeds reaches als mindestens höchstens unter über que "
    "moins menos más plus"
)
"""After these a number is a threshold even where no noun follows: "fewer than three"."""
HAN_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"两": 2, "兩": 2}
HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8, "亿": 10**8}
HAN_COUNTERS = (
    "人|名|年|倍|回|社|台|か月|ヶ月|カ月|ヵ月|个月|個月|週|周|日|天|時間|小时|分間|分钟|件|円|元|ドル|美元|ユーロ|位|次|家|"
    "成|[種种](?![选選方类類情可])|チーム|割|本|枚|箇所|か所|[个個](?![选選方条條问問部步])"
)
"""What stands after a kanji numeral that counts something; a judge's own options it counts without."""


def han(numeral: str) -> int:
    """The value of kanji numerals: by powers (百二十) or digit by digit (二五)."""
    total, last = 0, 0
    for c in numeral:
        if (power := HAN_POWERS.get(c)) is not None:
            total, last = total + (last or 1) * power, 0
        else:
            last = last * 10 + HAN_DIGITS[c] if last else HAN_DIGITS[c]
    return total + last


def spelt(words: list[str]) -> int:
    """The value of a run of number words: "two hundred and fifty thousand". Raises KeyError at a word that is none."""
    total, last = 0, 0
    for word in words:
        if (power := POWERS.get(word)) is None:
            last += WORDS[word] if word in WORDS else UNITS[word]
        elif power == 100:
            last = (last or 1) * power
        else:
            total, last = total + (last or 1) * power, 0
    return total + last
