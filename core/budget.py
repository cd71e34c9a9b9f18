"""How much a request can cost before anybody knows, and what may still be asked within a limit. Pure: no clock, no log.

Whatever is not counted by an endpoint yet is guessed, and guessed high: a limit that is passed is no limit.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Literal, TypeAlias

from upverdict.core.events import Usage
from upverdict.core.prices import Price
from upverdict.core.prompts import Prompt
from upverdict.core.stream import Stream
from upverdict.core.values import Simple, replace

BYTES_PER_TOKEN = 3
"""Bytes of UTF-8 in a token, at the least that prose has in the mean. English has about four; our own guess, since
endpoints do not tell before they have read."""
FRAMING = 40
"""Tokens of a request that are no text of ours: roles, blocks, marks. Our own guess, high."""
MARGIN = 32
"""Tokens before the end of its room at which an answer is stopped: what comes in one piece, and a piece on its way."""

Need: TypeAlias = Literal["opening", "rebuttal", "short", "frame", "ruling", "again", "check", "comparison"]
"""What an answer is for: an opening; a rebuttal; a reply or an answer to a comment; a frame; the judge's first pass;
another pass or a repair of it; the check of its claims; the comparison of two passes."""

LEAST: dict[Need, int] = {
    "opening": 900,
    "rebuttal": 600,
    "short": 450,
    "frame": 700,
    "ruling": 2_500,
    "again": 2_500,
    "check": 900,
    "comparison": 120,
}
"""Tokens that an answer is to have room for, or is not asked for: half as much again as one of the lengths of
protocol.md takes, with its machine block. `Prompt.max_tokens` is what it may take where there is room."""

CHECKED = 2_000
"""Tokens of claims with their sentences, as the checker reads them; known only when the judge has ruled."""


def tokens(text: str) -> int:
    """Tokens of a text, at the most."""
    return math.ceil(len(text.encode()) / BYTES_PER_TOKEN)


def size(prompt: Prompt) -> int:
    """Tokens of a prompt, at the most."""
    return FRAMING + sum(tokens(text) for text in prompt.texts)


SEARCHED = 10_000
"""Tokens of what one search finds, which the model reads: our own guess, high."""


class Bill(Simple):
    """What one request costs: `read` tokens at the most, as long as nobody has counted them, at this price.

    `cached`: the endpoint may keep all of it, which is dearer than to read it. It may search `searches` times besides.
    """

    price: Price
    read: int
    cached: bool = False
    searches: int = 0

    def most(self, written: int) -> Decimal:
        """US dollars at the most for an answer of so many tokens."""
        return self.price.of(self.unread(written))

    def unread(self, written: int = 0) -> Usage:
        """The usage to reckon with before the endpoint has counted."""
        return self.reading() + Usage(output=written) + self._found(self.searches)

    def reading(self) -> Usage:
        """That of the prompt alone: before an answer has begun, nobody has searched for it."""
        dearer = self.cached and self.price.cache_write > self.price.input
        return Usage(cache_write=self.read) if dearer else Usage(self.read)

    def _found(self, searches: int) -> Usage:
        return Usage(input=searches * SEARCHED, searches=searches)

    def room(self, dollars: Decimal, used: Usage | None = None) -> int:
        """Tokens that may be written for so many dollars, reading included: what was `used` for that, if it is known,
        and the searches that may still come. Negative where that alone costs more.
        """
        reading = self.unread()
        if used is not None:
            reading = Usage(used.input, 0, used.cache_read, used.cache_write, used.searches)
            reading += self._found(max(0, self.searches - used.searches))
        before = self.price.of(reading)
        each = self.price.of(reading + Usage(output=1)) - before
        if not each:
            return 10**9 if dollars >= before else -1
        return math.floor((dollars - before) / each)


def bill(price: Price, prompt: Prompt, caching: bool) -> Bill:
    """The bill of a prompt at an endpoint that keeps the beginning of prompts, or does not."""
    return Bill(price, size(prompt), caching and prompt.reused, prompt.searches)


def latest(bill: Bill, seen: Stream) -> Usage:
    """What the latest request of an answer has used: as far as the endpoint has counted, and guessed beyond that."""
    reading = bill.reading() if seen.sent and not seen.started else Usage()
    return seen.reckoned(BYTES_PER_TOKEN) + reading


def going_on(bill: Bill, seen: Stream) -> Bill:
    """The bill of the next turn of an answer, which reads what the latest one has read, found and written, and may
    search as often again."""
    return replace(bill, read=max(bill.read, seen.latest.read + seen.latest.output))


def grant(free: Decimal, others: int, bill: Bill, need: Need, full: int) -> Decimal | None:
    """Dollars that a request may cost, of those that are free for it and `others` after it; None: too little.

    Between what it needs at the least and what it could take at the most (`full` tokens), an even share.
    """
    least = bill.most(min(full, LEAST[need]))
    if free < least:
        return None
    return min(bill.most(full), max(least, free / (1 + others)))
