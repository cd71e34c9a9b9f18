"""What becomes of a wish to keep a debate otherwise: the events that follow from it, or a sentence why not. Pure.

Every function returns what is to be appended to the log, nothing where all is so already, and raises WrongUse for what
can't be. What a person writes is cleaned here.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from upverdict.core import events as ev
from upverdict.core.errors import WrongUse
from upverdict.core.folded import Shelf
from upverdict.core.text import clean

MAX_TAG = 40
"""Characters of a tag: some words."""
MAX_TAGS = 20
"""Tags of one debate."""
MAX_TITLE = 200
"""Characters of a title: a line of a list."""
MAX_NOTE = 20_000
MAX_DECIDED = 4_000
"""Characters of what was decided, and of how it turned out."""
MAX_FACT = 500
MAX_CONDITIONS = 10


# -- tags --------------------------------------------------------------------------------------------------------------


def tag(written: str) -> str:
    """A tag as it is kept: in small letters, so that there is one spelling of each, without the `#` that some write."""
    kept = _one_line(written).lstrip("# ")
    kept = unicodedata.normalize("NFC", unicodedata.normalize("NFC", kept).lower())
    if not any(c.isalnum() or unicodedata.category(c).startswith("S") for c in kept):
        raise WrongUse(f"“{_one_line(written)}” is no tag: a tag is a word, or a few. Nothing was changed.")
    if '"' in kept or "," in kept:
        raise WrongUse(f"“{kept}” is no tag: it can have neither a comma nor a quotation mark. Nothing was changed.")
    if len(kept) > MAX_TAG:
        raise WrongUse(f"“{kept[:MAX_TAG]}…” is too long for a tag: it has at most {MAX_TAG} characters.")
    return kept


def tags(written: Iterable[str]) -> tuple[str, ...]:
    """Tags in the order in which they were written, each once; commas part them."""
    return tuple(dict.fromkeys(tag(one) for words in written for one in words.split(",") if one.strip()))


def tagged(shelf: Shelf, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Sequence[ev.Event]:
    """With some tags more and some less."""
    more, less = tags(add), tags(remove)
    if lacking := [one for one in less if one not in shelf.tags]:
        raise WrongUse(f"It has no tag {lacking[0]}. Nothing was changed.")
    now = tuple(sorted({*shelf.tags, *more} - set(less)))
    if len(now) > MAX_TAGS:
        raise WrongUse(f"A debate has at most {MAX_TAGS} tags; this would make it {len(now)}. Nothing was changed.")
    return () if now == shelf.tags else (ev.DebateTagged(tags=now),)


# -- words -------------------------------------------------------------------------------------------------------------


def renamed(shelf: Shelf, question: str, title: str) -> Sequence[ev.Event]:
    """Called so; by its question again where the title is empty or says the same."""
    kept = _one_line(title)
    _limit("title", kept, MAX_TITLE)
    kept = "" if kept == _one_line(question) else kept
    return () if kept == shelf.title else (ev.DebateRenamed(title=kept),)


def noted(shelf: Shelf, text: str) -> Sequence[ev.Event]:
    """With this note in place of the one before."""
    kept = _text("note", text, MAX_NOTE)
    return () if kept == shelf.note else (ev.DebateNoted(text=kept),)


def archived(shelf: Shelf, away: bool) -> Sequence[ev.Event]:
    """Put away, or taken back."""
    return () if away == shelf.archived else (ev.DebateArchived(archived=away),)


def decided(shelf: Shelf, choice: str | None = None, outcome: str | None = None) -> Sequence[ev.Event]:
    """What was decided in the end, and how it turned out; None leaves it as it is."""
    made: list[ev.Event] = []
    if choice is not None and (kept := _text("decision", choice, MAX_DECIDED)) != shelf.choice:
        made.append(ev.ChoiceMade(text=kept))
    if outcome is not None and (kept := _text("outcome", outcome, MAX_DECIDED)) != shelf.outcome:
        made.append(ev.OutcomeTold(text=kept))
    return made


# -- looking again -----------------------------------------------------------------------------------------------------


def revisited(shelf: Shelf, conditions: Iterable[ev.Revisit]) -> Sequence[ev.Event]:
    """To be looked at again on these conditions alone, those with a day first; each fact has one day at most."""
    kept: dict[str, ev.Revisit] = {}
    for one in conditions:
        fact = _one_line(one.fact)
        _limit("condition", fact, MAX_FACT)
        if fact or one.when:
            kept[fact.casefold()] = ev.Revisit(one.when, fact)
    if len(kept) > MAX_CONDITIONS:
        raise WrongUse(f"A verdict has at most {MAX_CONDITIONS} conditions. Nothing was changed.")
    now = tuple(sorted(kept.values(), key=lambda one: (not one.when, one.when)))
    return () if now == shelf.revisit else (ev.RevisitSet(conditions=now),)


_DAY = r"\d{4}-\d\d?-\d\d?|(?:in\s+)?\+?\s*\d{1,4}\s*(?:d|w|m|y|days?|weeks?|months?|years?)|today|tomorrow"
_CONDITION = re.compile(rf"(?:on\s+)?(?P<day>{_DAY})\s*(?::\s*(?P<then>.*))?|(?:if\s*:)?\s*(?P<fact>.*)", re.IGNORECASE)


def conditions(written: str, today: date, known: Iterable[ev.Revisit] = ()) -> tuple[ev.Revisit, ...]:
    """Conditions as they are written one a line, in the words of `plain_shelf.condition` or shorter: `3 months: the
    prices double`, `2027-03-01`, `we have a team`. The days of those that are `known` may be over.
    """
    days = {one.when for one in known}
    found = []
    for line in clean(written).splitlines():
        match = _CONDITION.fullmatch(_one_line(line))
        if match is None or not line.strip():
            continue
        named = match["day"] or ""
        when = named if named in days else day(named, today) if named else ""
        found.append(ev.Revisit(when, (match["then"] if named else match["fact"]) or ""))
    return tuple(found)


_FAR = re.compile(r"(?:in\s+)?\+?\s*(\d{1,4})\s*(d|w|m|y|days?|weeks?|months?|years?)")


def day(written: str, today: date) -> str:
    """An ISO date out of what a person writes: `2027-03-01`, or how far off it is: `3 months`, `6w`, `tomorrow`."""
    words = " ".join(written.lower().split())
    try:
        if found := _FAR.fullmatch(words):
            then = _later(today, int(found[1]), found[2][0])
        elif words in ("today", "tomorrow"):
            then = today + timedelta(days=words == "tomorrow")
        else:
            then = date.fromisoformat(words)
    except (ValueError, OverflowError):
        raise WrongUse(
            f"“{_one_line(written)}” is no day. Write it like {_later(today, 3, 'm')}, or how far off it is: 3 months, "
            "6 weeks, 90 days."
        ) from None
    if then < today:
        raise WrongUse(f"{then} is over already: name today or a day to come.")
    return then.isoformat()


def _later(today: date, number: int, unit: str) -> date:
    """Raises ValueError and OverflowError where there is no such day."""
    if unit in "dw":
        return today + timedelta(days=number * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 + number * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


# -- what is written ---------------------------------------------------------------------------------------------------


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _text(what: str, text: str, limit: int) -> str:
    kept = clean(text).strip()
    _limit(what, kept, limit)
    return kept


def _limit(what: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise WrongUse(
            f"The {what} has {len(text):,} characters; there is room for {limit:,}. Nothing was changed: shorten it."
        )
