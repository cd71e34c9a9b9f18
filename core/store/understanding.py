"""What a search means in a library: whose words, which debates, and what is only words after all. Pure; knows no
connection: it is told whose voices and which tags there are.

A filter that is repeated: of voices and states any one, of tags all, of dates the narrower ones. That a debate is due
or archived is asked for as its state is, but beside it: a failed one may be both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from upverdict.core.store import query

STATES = ("running", "interrupted", "finished", "failed")
DUE, ARCHIVED = "due", "archived"
YOU = "you"
_DATES = ("2026", "2026-11", "2026-11-26", "today", "7d", "2w", "3m", "1y")
_MOST_HINTS = 8


class Voice(NamedTuple):
    """Who has spoken in some debate here."""

    voice: str
    name: str
    letter: str


class Meaning(NamedTuple):
    """What to look for. `match` is empty where only filters say what is wanted; `without` is a match, too.

    `voices` and `states` are None where every one will do. Of each of `tags` a debate must have one, and none of
    `no_tags`. It began on the day `since` or later, and before the day `before`.

    It is to be looked at again by the day `due`, and not by `not_due`; `archived` are the ways in which it may stand.

    `told` is what the filters were understood as, each in a few words; `unclear` what was not understood, or not yet.
    """

    match: str = ""
    without: str = ""
    voices: tuple[str, ...] | None = None
    tags: tuple[tuple[str, ...], ...] = ()
    no_tags: tuple[str, ...] = ()
    states: tuple[str, ...] | None = None
    since: date | None = None
    before: date | None = None
    due: date | None = None
    not_due: date | None = None
    archived: tuple[bool, ...] = (False, True)
    told: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether it is about some debates only."""
        days = self.since or self.before or self.due or self.not_due
        return bool(self.tags or self.no_tags or self.states is not None or days or len(self.archived) < 2)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.match or self.without or self.filtered or self.voices is not None)


_T = TypeVar("_T")
Voices = Callable[[], Sequence[Voice]]
Tags = Callable[[], Collection[str]]


def understand(asked: query.Query, today: date, voices: Voices, tags: Tags) -> Meaning:
    """What is meant. `voices` and `tags` are asked only where it is about them."""
    reading = _Reading(asked, today, voices, tags)
    for one in asked.filters:
        reading.take(one)
    if asked.begun:
        reading.hint(asked.begun)
    return reading.meaning()


class _Reading:
    """The filters taken so far."""

    def __init__(self, asked: query.Query, today: date, voices: Voices, tags: Tags) -> None:
        self._today = today
        self._voices = voices
        self._tags = tags
        self._terms = asked.terms
        self._spoken: dict[bool, list[Voice]] = {False: [], True: []}  # by whether they are left out
        self._states: dict[bool, list[str]] = {False: [], True: []}
        self._tagged: list[tuple[str, ...]] = []
        self._untagged: list[str] = []
        self._since: date | None = None
        self._before: date | None = None
        self._due: dict[bool, date | None] = {False: None, True: None}
        self._archived: tuple[bool, ...] = (False, True)
        self._told: list[str] = []
        self._unclear: list[str] = []

    def take(self, one: query.Filter) -> None:
        {"voice": self._voice, "tag": self._tag, "state": self._state}.get(one.name, self._date)(one)

    def hint(self, name: str) -> None:
        """What can come behind the name of a filter."""
        ways: Sequence[str] = _DATES
        if name == "voice":
            ways = self._known_voices()
        elif name == "tag":
            ways = sorted(self._tags()) or ("there is none yet",)
        elif name == "state":
            ways = (*STATES, DUE, ARCHIVED)
        more = " …" * (len(ways) > _MOST_HINTS)
        self._unclear.append(f"{name}: {' · '.join(ways[:_MOST_HINTS])}{more}")

    def _known_voices(self) -> list[str]:
        return [*dict.fromkeys((*(v.voice for v in self._voices()), YOU))]

    def meaning(self) -> Meaning:
        dates = [f"from {self._since}"] * bool(self._since) + [f"before {self._before}"] * bool(self._before)
        return Meaning(
            query.expression(self._terms),
            query.without(self._terms),
            self._chosen_voices(),
            tuple(self._tagged),
            tuple(self._untagged),
            self._chosen_states(),
            self._since,
            self._before,
            self._due[False],
            self._due[True],
            self._archived,
            (*dict.fromkeys((*self._told, *dates)),),
            tuple(self._unclear),
        )

    def _words(self, one: query.Filter, why: str) -> None:
        """It means nothing as a filter: the text of it is looked for."""
        self._terms += query.words(one.typed.removeprefix("-"), left_out=one.left_out)
        self._unclear.append(f"{why}: searched as words")

    def _say(self, one: query.Filter, what: str) -> None:
        self._told.append(f"not {what}" if one.left_out else what)

    def _voice(self, one: query.Filter) -> None:
        known = [Voice(YOU, "You", "Y"), *self._voices()]
        meant = _named(one.value, known, lambda v: (v.voice, v.letter, v.name, _short(v.name)))
        if not meant:
            self._words(one, f"no voice “{one.value}” here")
            return
        self._spoken[one.left_out] += meant
        self._say(one, " or ".join(dict.fromkeys(_short(v.name) for v in meant)))

    def _tag(self, one: query.Filter) -> None:
        meant = _named(one.value.lstrip("# ") or one.value, sorted(self._tags()), lambda tag: (tag,))
        if not meant:
            self._words(one, f"no tag “{one.value}” here")
        elif one.left_out:
            self._untagged += meant
        else:
            self._tagged.append(tuple(meant))
        if meant:
            self._say(one, "tag " + (" or ".join(meant) if len(meant) < 4 else f"{one.value}…"))

    def _state(self, one: query.Filter) -> None:
        meant = _named(one.value, (*STATES, DUE, ARCHIVED), lambda state: (state,))
        if not meant:
            self._words(one, f"no state “{one.value}”")
            return
        if DUE in meant:
            self._due[one.left_out] = self._today
        if ARCHIVED in meant:
            self._archived = tuple(is_it for is_it in self._archived if is_it is not one.left_out)
        self._states[one.left_out] += (state for state in meant if state in STATES)
        self._say(one, " or ".join(meant))

    def _date(self, one: query.Filter) -> None:
        day = day_of(one.value, self._today)
        if day is None and one.unfinished and _BEGUN.fullmatch(_usual(one.value)):
            self._unclear.append(f"“{one.value}” is no whole date yet")
        elif day is None:
            self._words(one, f"“{one.value}” is no date")
        elif (one.name == "before") != one.left_out:
            self._before = min(self._before or day, day)
        else:
            self._since = max(self._since or day, day)

    def _chosen_voices(self) -> tuple[str, ...] | None:
        wanted, unwanted = ([v.voice for v in self._spoken[out]] for out in (False, True))
        if not wanted and not unwanted:
            return None
        every = wanted or [YOU, *(v.voice for v in self._voices())]
        return tuple(sorted({voice for voice in every if voice not in unwanted}))

    def _chosen_states(self) -> tuple[str, ...] | None:
        wanted, unwanted = self._states[False], self._states[True]
        if not wanted and not unwanted:
            return None
        return tuple(s for s in STATES if s not in unwanted and (not wanted or s in wanted))


def _named(value: str, known: Iterable[_T], names: Callable[[_T], Iterable[str]]) -> list[_T]:
    """Those that are called so; else those of whose names one begins so."""
    value = _usual(value)
    called = [(one, [_usual(name) for name in names(one)]) for one in known]
    exact = [one for one, all_ in called if value in all_]
    return exact or [one for one, all_ in called if any(name.startswith(value) for name in all_)]


_DATE = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?[-/.]?")
_AGO = re.compile(r"([0-9]{1,4})([dwmy])")
_BEGUN = re.compile(
    r"[0-9]{1,4}(?:[-/.][0-9]{0,2}){0,2}|[0-9]{1,4}[dwmy]?|t(?:o(?:da?)?)?|y(?:e(?:s(?:t(?:e(?:r(?:da?)?)?)?)?)?)?"
)


def day_of(text: str, today: date) -> date | None:
    """The first day of a year, a month or a day as it is typed; `today`, `yesterday`; `7d`, `2w`, `3m`, `1y` ago.

    None for anything else, and for what the calendar does not have.
    """
    text = _usual(text)
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    try:
        if whole := _DATE.fullmatch(text):
            year, month, day = (int(part or 1) for part in whole.groups())
            return date(year, month, day)
        if ago := _AGO.fullmatch(text):
            return _ago(int(ago[1]), ago[2], today)
    except (ValueError, OverflowError):
        pass
    return None


def _ago(count: int, unit: str, today: date) -> date:
    if unit in "dw":
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(last, first + timedelta(days=today.day - 1))


def _usual(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _short(name: str) -> str:
    return name.removeprefix("The ")
