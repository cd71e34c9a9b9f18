"""From a block's object to a ballot: read with tolerance, its quotes proven by code. Pure; knows no stream.

What a voice says of itself is a proposal like a judge's: options are those of the frame or the voice's own words,
quotes are looked up (`quotes.py`), sentences must exist and be another voice's. What can't be used is left out.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from typing import Any

from upverdict.core import events as ev
from upverdict.core import marks, quoted, quotes
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement
from upverdict.core.text import clean, is_spaceless, length, sentences, shorten
from upverdict.core.values import is_a

MAX_OPTION, MAX_LINE = 120, 320
"""Characters of an option in a voice's own words, and of a crux, a reason or a quote: twice a long sentence."""
MAX_MOVES = 6
"""Moves of one statement; a rebuttal of 180 words has no room for more."""
MIN_QUOTE, MIN_QUOTE_SPACELESS = 4, 8
"""Words of a move's quote (protocol.md, One call a statement), and characters where a script puts no spaces."""

_NUMBERED = re.compile(
    r"(?:option|choice|number|no\.?|#)?\s*[(\[]?\s*(\d{1,3})\s*[)\]]?"  # 2, option 2, #2, (2)
    r"(?:(?:[:.)]|\s[-–—])(?:\s+(.*))?|\s*\((.*)\))?",  # 2: words, 2) words, 2 – words, 2 (words)
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?:other|something else|none of (?:these|the above))\s*(?:[:(]|\s[-–—])\s*(.+)", re.IGNORECASE)
_CONFIDENCE = re.compile(r"[~≈]?\s*(\d{1,3}(?:[.,]\d{1,9})?)\s*(%|percent|٪|/\s*100)?", re.IGNORECASE)
_SENTENCE = re.compile(r"\w+\.\d+")
_ADDRESS = re.compile(r"([a-z])\d+(?:\.\d+)?")  # a statement's or a sentence's id in place of its voice
_USER = frozenset(("you", "y", "user", "fifth voice", "you fifth voice", "person"))
_ACTS: dict[ev.Act, str] = {  # by how their words and synonyms begin
    "refute": r"refut|rebut|reject|contest|challeng|counter|disput|den(?:y|ie)|oppos|disagre|attack|contradict",
    "narrow": r"narrow|qualif|limit|refin|restrict|nuanc",
    "concede": r"conced|concess|agree|accept|grant|acknowledg|credit|admit|support|endors|concur",
}
_NEGATIONS = frozenset(("not", "no", "never", "don't", "doesn't", "cannot", "can't", "without"))


def read(debate: Debate, voice: str, statement_id: str, block: Any) -> ev.Ballot | None:
    """The ballot in the object of the block behind statement `statement_id` of `voice`.

    None when it says no option or no confidence that can be used. `block` may be any JSON value; nothing is raised.
    """
    if not isinstance(block, dict):
        return None
    fields = {_name(key): value for key, value in block.items()} | block
    option = _option(fields.get("option"), debate.frame.options if debate.frame else ())
    confidence = _confidence(fields.get("confidence"))
    if not option or confidence is None:
        return None
    before = said_before(debate, voice, statement_id)
    return ev.Ballot(
        option=option,
        confidence=confidence,
        crux=_line(fields.get("crux")),
        moves=_moves(debate, voice, before, fields.get("moves")),
        change_if=_line(fields.get("change_if")),
        moved_by=cited(before, fields.get("moved_by")),
    )


def fold_option(option: str) -> str:
    """An option as it compares with another: case, marks, white space and the full stop at its end folded away."""
    return quotes.fold(option).text.strip(" .,;:!?'\"")


def said_before(debate: Debate, voice: str, statement_id: str) -> list[Statement]:
    """What the others had said when this statement was asked for, in order: a round's voices don't hear each other."""
    own = debate.statements.get(statement_id)
    earlier = itertools.takewhile(lambda s: s.id != statement_id, debate.statements.values())
    return [s for s in earlier if s.voice != voice and s.spoken and not (own and quoted.beside(s, own))]


def cited(statements: list[Statement], raw: Any) -> str:
    """The first sentence's id in `raw` that is one of these statements'; empty if there is none."""
    if isinstance(raw, list):
        return next((id for one in raw[:MAX_MOVES] if not isinstance(one, list) and (id := cited(statements, one))), "")
    if not isinstance(raw, str):
        return ""
    known = {id.casefold(): id for s in statements for id, _ in s.sentences}
    found = (known.get(token.casefold(), "") for token in _SENTENCE.findall(clean(raw[:MAX_LINE])))
    return next(filter(None, found), "")


def _name(key: Any) -> str:
    return str(key)[:MAX_LINE].strip().lower().replace(" ", "_").replace("-", "_")


def _line(raw: Any, limit: int = MAX_LINE) -> str:
    """Words on one line, cleaned, without marks of sources; empty for what is no text."""
    return shorten(marks.without(clean(raw)), limit) if isinstance(raw, str) else ""


# -- option and confidence -----------------------------------------------------------------------------------------


def _option(raw: Any, options: tuple[str, ...]) -> str:
    """One of the frame's options, as it stands there, or the voice's own words; empty when it says neither."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if is_a(raw, int):
        return options[raw - 1] if 1 <= raw <= len(options) else ""
    if not isinstance(raw, str):
        return ""
    words = " ".join(clean(raw).split()).strip("\"'“”„«»`*[] ")
    if same := _same(words, options):
        return same
    if numbered := _NUMBERED.fullmatch(unicodedata.normalize("NFKC", words)):
        number, rest = int(numbered[1]), numbered[2] or numbered[3] or ""
        if same := _same(rest, options) or (options[number - 1] if 1 <= number <= len(options) else ""):
            return same
        words = rest
    if other := _OTHER.fullmatch(words):
        words = other[1].removesuffix(")") if "(" not in other[1] else other[1]
        if same := _same(words, options):
            return same
    return shorten(words, MAX_OPTION) if any(c.isalnum() for c in words) else ""


def _same(words: str, options: tuple[str, ...]) -> str:
    """The option that these words are, but for folding."""
    folded = fold_option(words)
    return next((o for o in options if folded and fold_option(o) == folded), "")


def _confidence(raw: Any) -> int | None:
    """0 to 100, from a number, a percentage or a share; None for anything else."""
    if isinstance(raw, str):
        found = _CONFIDENCE.fullmatch(clean(raw).strip())
        if found is None:
            return None
        raw = float(found[1].replace(",", "."))
        if found[2]:
            return _percent(raw)
    if not is_a(raw, (int, float)):
        return None
    return _percent(raw * 100 if isinstance(raw, float) and 0 < raw < 1 else raw)


def _percent(number: float) -> int | None:
    """Rounded half up. Nothing beyond 0 to 100 is made to fit: it would be a figure that nobody gave."""
    return math.floor(number + 0.5) if 0 <= number <= 100 else None


# -- moves ---------------------------------------------------------------------------------------------------------


def _moves(debate: Debate, voice: str, before: list[Statement], raw: Any) -> tuple[ev.Move, ...]:
    listed = raw if isinstance(raw, list) else [raw]
    found = (_move(debate, voice, before, one) for one in listed[: 4 * MAX_MOVES] if isinstance(one, dict))
    return tuple(itertools.islice(filter(None, found), MAX_MOVES))


def _move(debate: Debate, voice: str, before: list[Statement], raw: dict[str, Any]) -> ev.Move | None:
    """One move; None when it says nobody else, nothing known, or no quote long enough to be one."""
    fields = {_name(key): value for key, value in raw.items()} | raw
    target, act = _target(debate, fields.get("target")), _act(fields.get("act"))
    quote = _line(fields.get("quote")).strip("\"'“”„«»‘’ ")
    if not target or target == voice or act is None or not _enough(quote):
        return None
    quote, sentence = _proven(quote, [s for s in before if s.voice == target])
    return ev.Move(target=target, quote=quote, act=act, why=_line(fields.get("why")), sentence=sentence)


def _target(debate: Debate, raw: Any) -> str:
    """The voice that is meant by its letter, name or slug, or by an id of something it said; empty for nobody."""
    words = _words(_line(raw))
    for seat in debate.council:
        letter, name = seat.letter.casefold(), _words(seat.name)
        if words and words in (seat.voice.casefold(), letter, name, f"{letter} {name}", f"{name} {letter}"):
            return seat.voice
    if words in _USER:
        return ev.USER
    address = _ADDRESS.fullmatch(words)
    return _target(debate, address[1]) if address else ""


def _words(name: str) -> str:
    """A name as it compares: small letters, without marks and its article."""
    words = [word.strip("._'-") for word in re.findall(r"[\w.'-]+", name.casefold())]
    return " ".join(word for word in words if word and word != "the")


def _act(raw: Any) -> ev.Act | None:
    """The one act that these words name; None when they name several, or none, or deny it."""
    words = re.findall(r"[\w']+", _line(raw).casefold().replace("’", "'"))
    if _NEGATIONS.intersection(words):
        return None
    named = {act for act, stems in _ACTS.items() for word in words if re.match(stems, word)}
    return named.pop() if len(named) == 1 else None


def _enough(quote: str) -> bool:
    if is_spaceless(quote):
        return length(quote) >= MIN_QUOTE_SPACELESS
    return sum(any(c.isalnum() for c in word) for word in quote.split()) >= MIN_QUOTE


def _proven(quote: str, said: list[Statement]) -> tuple[str, str]:
    """The source's own words and their sentence's id, letter for letter before alike, the latest first.

    The quote as it is, with no id, when the target did not say it, or only quoted somebody else with it.
    """
    places = [(s, span) for s in reversed(said) if (span := quotes.find(quote, s)) and not quotes.borrowed(s, span)]
    if not places:
        return quote, ""
    wanted = fold_option(quote)
    exact = (p for p in places if fold_option(p[0].text[p[1][0] : p[1][1]]) == wanted)
    statement, span = next(exact, places[0])
    begin, end = quotes.guard(statement, span)
    return statement.text[begin:end], _sentence_at(statement, begin)


def _sentence_at(statement: Statement, place: int) -> str:
    """As `quotes.sentence_at`; a statement that was cut off by the end of its process has no spans of its own."""
    if statement.spans:
        return quotes.sentence_at(statement, place)
    spans = sentences(statement.text)
    return f"{statement.id}.{next((n for n, (_, end) in enumerate(spans, 1) if place < end), len(spans))}"
