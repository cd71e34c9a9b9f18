"""A ruling while it forms: what of a half-written answer may be shown already. Pure; asks nobody.

Only what code has vetted leaves here: proven quotes, sentences of the judge's without a figure of its own. So no log,
no screen and no export ever holds words that the ruling then loses.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jiter

from upverdict.core import events as ev
from upverdict.core import marks, quotes, verdict
from upverdict.core.answer import MAX_CLAIMS, MAX_QUOTES, one_line
from upverdict.core.debate import Debate
from upverdict.core.neutral import Labels
from upverdict.core.rulings import PullQuote
from upverdict.core.text import clean, sentences

MAX_FORMING = 40_000
"""Characters of an answer that are looked through while they come: ten times a ruling."""

Put = Callable[[ev.Part, str, "PullQuote | None"], object]
"""Takes a piece of the ruling: its part, its words, and the quote where it is one."""


class Former:
    """Feed it the answer as it comes; `labels` None is for an answer in plain words."""

    def __init__(self, debate: Debate, labels: Labels | None, put: Put) -> None:
        self._debate = debate
        self._labels = labels
        self._put = put
        self._answer = ""
        self._headline = False
        self._sentences = 0
        self._shown = ""
        self._quotes = 0
        self._quoted: set[str] = set()
        self._claims = 0

    def feed(self, words: str) -> None:
        if len(self._answer) > MAX_FORMING:
            return
        self._answer += words
        if self._labels is None:
            self._decide(self._answer, whole=False)
            return
        begin = self._answer.find("{")
        if begin < 0:
            return
        try:
            found = jiter.from_json(self._answer[begin:].encode(), partial_mode="trailing-strings")
        except ValueError:
            return  # no JSON, or an object with something behind it: the whole answer is read when it has ended
        if isinstance(found, dict):
            self._take(found, self._labels)

    def _take(self, found: dict[str, Any], labels: Labels) -> None:
        """A field is whole when another one has begun behind it, whichever comes first."""
        headline, decision = found.get("headline"), found.get("decision")
        still = next(reversed(found), "")
        if isinstance(headline, str) and still != "headline" and not self._headline:
            self._headline = True
            line = one_line(labels.show(headline))  # what is shown is what has to be sound
            if verdict.sound(self._debate, line):
                self._put("headline", line, None)
        if isinstance(decision, str):
            self._decide(labels.show(decision), whole=still != "decision")
        self._quote(found.get("pull_quotes"), labels, whole=still != "pull_quotes")
        claims = [c for key in ("agreed", "split") if isinstance(found.get(key), list) for c in found[key][:MAX_CLAIMS]]
        if len(claims) > self._claims:
            self._claims = len(claims)
            self._put("claims", "1 claim to check" if len(claims) == 1 else f"{len(claims)} claims to check", None)

    def _decide(self, text: str, *, whole: bool) -> None:
        """The sentences that have ended."""
        text = clean(text)
        if self._debate.sources:
            text = marks.without(text)
        spans = [(0, 0), *sentences(text)]
        for (_, last), (begin, end) in pairwise(spans[self._sentences : None if whole else -1]):
            self._sentences += 1
            if verdict.sound(self._debate, text[begin:end], self._shown + text[last:begin]):
                self._shown += text[last:end]
                self._put("decision", text[begin:end], None)

    def _quote(self, proposed: Any, labels: Labels, *, whole: bool) -> None:
        ended = proposed[: None if whole else -1][:MAX_QUOTES] if isinstance(proposed, list) else []
        for one in ended[self._quotes :]:
            self._quotes += 1
            said = one if isinstance(one, dict) else {}
            voice, words = labels.voice(str(said.get("voice", ""))), labels.show(clean(str(said.get("quote", ""))))
            if voice in self._quoted or not voice:
                continue
            if quote := quotes.prove(words, voice, self._debate.of(voice)):
                self._quoted.add(voice)
                self._put("quote", quote.text, quote)
