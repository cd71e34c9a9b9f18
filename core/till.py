"""Where every request of a debate goes through: it is let go or held back by the limit, watched, and counted, however
it ends. Knows the log and the lines; reckons by `budget.py`.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterable
from decimal import ROUND_UP, Decimal
from functools import partial
from typing import Literal, TypeAlias

from upverdict.core import budget, judge_prompt, prices, protocol, small
from upverdict.core import events as ev
from upverdict.core.budget import Bill, Need
from upverdict.core.faults import WireError
from upverdict.core.lines import Line, Lines
from upverdict.core.log import Log
from upverdict.core.prompts import Prompt, Traits
from upverdict.core.stream import Answer, Note, Stream
from upverdict.core.text import clean
from upverdict.core.values import replace

NOTHING, CENT = Decimal(0), Decimal("0.01")

Round: TypeAlias = Literal["go", "verdict"] | ev.Fault

_UNHEARD = ("stalled", "cut")
"""Faults of a request that was sent and of which nothing came back: the endpoint may well have read it."""


_WHAT: dict[Need, str] = {
    "opening": "Another opening",
    "rebuttal": "Another rebuttal",
    "short": "Another answer",
    "frame": "The frame",
    "ruling": "The verdict",
    "again": "Another pass of the judge",
    "check": "The check of the claims",
    "comparison": "The comparison of the judge's passes",
}


def need_of(ask: protocol.Ask) -> Need:
    return ask.round if ask.round in ("opening", "rebuttal") else "short"


class LimitReached(WireError):
    """A request that could pass the limit was not made, or was stopped."""

    def __init__(self, words: str) -> None:
        super().__init__(ev.Fault("limit", words, False))


@dataclasses.dataclass(slots=True, eq=False)
class _Live:
    """A request under way: `held` dollars are set aside for it, `allowed` are the tokens that may be written for them.

    `counted` is the usage by which these were reckoned, `before` what the turns cost that are over. `model` is the one
    that the bill is of. One that is not `priced` has a bill of nothing.
    """

    bill: Bill
    priced: bool
    model: str
    line: Line
    seen: Stream = dataclasses.field(default_factory=Stream)
    held: Decimal = NOTHING
    allowed: int = 0
    counted: ev.Usage | None = None
    before: Decimal = NOTHING

    def room(self, used: ev.Usage | None = None) -> int:
        """Tokens that the turn under way may write for what is left of `held`."""
        return self.bill.room(self.held - self.before, used)


class Till:
    """The till of one debate. `limit` is US dollars for the whole debate, what it cost before among them; None: none.

    `own` are the user's own prices.
    """

    def __init__(self, log: Log, lines: Lines, limit: Decimal | None = None, own: Iterable[prices.Own] = ()) -> None:
        self.limit = limit
        self._log = log
        self._lines = lines
        self._own = tuple(own)
        self._live: set[_Live] = set()
        self._coming: dict[str, Decimal] = {}  # statements of the round that have not asked yet, with what they need
        self._kept = NOTHING  # for the verdict, while voices are asked
        self._freed = asyncio.Event()

    # -- reading ----------------------------------------------------------------------------------------------------

    @property
    def spent(self) -> Decimal | None:
        """US dollars of all requests that are over; None where the price of one is not known."""
        return prices.total(self._log.debate.spent, self._own)

    @property
    def running(self) -> Decimal | None:
        """The same with what is under way, as far as that can be guessed; None where nothing is, or has no price."""
        spent = self.spent
        if not self._live or spent is None:
            return None
        for live in self._live:
            if not live.priced:
                return None
            earlier = (turn.usage for turn in live.seen.turns)
            spent += sum(map(live.bill.price.of, (*earlier, budget.latest(live.bill, live.seen))), NOTHING)
        return spent

    @property
    def _free(self) -> Decimal:
        """US dollars that nobody has spent or may still spend. Only where there is a limit. Raises LimitReached."""
        assert self.limit is not None
        if (spent := self.spent) is None:
            unknown = next(s.model for s in self._log.debate.spent if prices.cost(s, self._own) is None)
            raise LimitReached(
                f"{clean(unknown)} has answered, and what it costs is not known: --max-cost can't hold any more."
            )
        return self.limit - spent - sum((live.held for live in self._live), NOTHING)

    def _over(self, what: str, wants: Decimal = NOTHING) -> LimitReached:
        """`wants` are the dollars with which it would go on, where that is known."""
        limit, spent = prices.shown(self.limit), prices.shown(self.spent)
        whole = ((self.spent or NOTHING) + wants).quantize(CENT, ROUND_UP)
        enough = f" With {prices.shown(whole)} it can go on." if wants else ""
        return LimitReached(f"{what} could pass the limit of {limit}, of which {spent} is spent.{enough}")

    # -- what may begin -----------------------------------------------------------------------------------------------

    def round(self, asks: tuple[protocol.Ask, ...]) -> Round:
        """Whether these may be asked, or the verdict has to come first, or why nobody can be asked any more.

        A verdict after fewer rounds is better than none: no round of rebuttals or replies begins where the verdict
        could not be paid after it. Openings, and answers to a comment, begin where they can be paid themselves.
        """
        self._coming.clear()
        self._kept = NOTHING
        if self.limit is None:
            return "go"
        try:
            free = self._free
        except LimitReached as e:
            return e.fault
        needs = self._needs(asks)
        need = sum(needs.values(), NOTHING)
        kept = self._verdict(len(asks))
        if need + kept <= free:
            self._coming, self._kept = needs, kept
            return "go"
        debate, first = self._log.debate, asks[0]
        begun = any(s.round == first.round and s.number == first.number for s in debate.latest.values())
        if begun or not need:
            return "go"  # who can't be paid for is told so one by one
        if first.round in ("rebuttal", "reply"):
            return "verdict"
        if need <= free:
            self._coming = needs
            return "go"
        return self._over("The answers" if debate.comment else "The openings", need + kept).fault

    def frames(self) -> bool:
        """Whether there is room to frame the question, beside the openings."""
        debate = self._log.debate
        if self.limit is None or debate.judge is None:
            return True
        bill = self._bill(debate.judge, tokens=2_000)
        frame = bill.most(budget.LEAST["frame"]) if bill else NOTHING
        return frame + sum(self._needs(protocol.asks(debate, 0)).values(), NOTHING) <= self._free

    def _needs(self, asks: tuple[protocol.Ask, ...]) -> dict[str, Decimal]:
        """What each of these statements takes, at the least that it is to have room for."""
        debate, found = self._log.debate, {}
        for ask in asks:
            bill = self._bill(debate.seat(ask.voice), partial(small.asked, debate, ask))
            if bill is not None:
                # At the least nobody searches.
                found[ask.statement] = replace(bill, searches=0).most(budget.LEAST[need_of(ask)])
        return found

    def _verdict(self, statements: int) -> Decimal:
        """One pass of the judge and its check, after so many statements more."""
        debate = self._log.debate
        if debate.judge is None or (bill := self._bill(debate.judge, lambda _: judge_prompt.rules(debate, 1))) is None:
            return NOTHING
        later = statements * budget.LEAST["opening"]
        ruling = Bill(bill.price, bill.read + later).most(budget.LEAST["ruling"])
        return ruling + self._check(bill.price)

    def _check(self, price: prices.Price) -> Decimal:
        return Bill(price, budget.CHECKED).most(budget.LEAST["check"])

    def _bill(self, seat: ev.Seat, prompt: Callable[[Traits], Prompt] | None = None, tokens: int = 0) -> Bill | None:
        """The bill of a request that is not made yet; None where it costs nothing, or nobody knows what."""
        endpoint, model = self._lines.expected(seat)
        price = prices.at(endpoint, model, self._own)
        if price is None or price.free:
            return None
        if prompt is None:
            return Bill(price, tokens)
        return budget.bill(price, prompt(self._lines.traits(seat)), endpoint.caching)

    # -- asking -------------------------------------------------------------------------------------------------------

    async def ask(
        self,
        line: Line,
        prompt: Prompt,
        voice: str,
        id: str,
        need: Need,
        on_text: Callable[[str], None],
        on_note: Callable[[Note], object] | None = None,
    ) -> Answer:
        """`Wire.ask`, within the limit, and in the log with what it used: whole, failed, stopped or cancelled.

        Where there is no room for it, it waits for those under way, which may take less than they could. Raises
        WireError, `LimitReached` among them.
        """
        endpoint = line.wire.endpoint
        price = prices.at(endpoint, line.model, self._own)
        bill = budget.bill(price or prices.FREE, prompt, endpoint.caching)
        live = _Live(bill, price is not None, line.model, line)
        try:
            prompt = await self._let(live, line, prompt, id, need)
            answer = await line.wire.ask(prompt, line.model, on_text, on_note, live.seen)
        except asyncio.CancelledError:
            self._count(live, voice, id, line, unheard=True)
            raise
        except WireError as e:
            self._count(live, voice, id, line, unheard=e.fault.kind in _UNHEARD)
            raise
        finally:
            self._live.discard(live)
            self._freed.set()
        self._count(live, voice, id, line)
        return answer

    async def _let(self, live: _Live, line: Line, prompt: Prompt, id: str, need: Need) -> Prompt:
        """Set aside what the request may cost; the prompt with the room that leaves it."""
        self._coming.pop(id, None)
        if self.limit is not None and not live.priced:
            raise LimitReached("The price of this model is not known, so --max-cost can't hold.")
        if self.limit is not None and not live.bill.price.free:
            while (held := self._share(live.bill, need, prompt.max_tokens)) is None:
                if not any(other.held for other in self._live):
                    raise self._over(_WHAT[need])
                self._freed.clear()
                await self._freed.wait()
            live.held = held
            live.allowed = live.room()
            prompt = dataclasses.replace(prompt, max_tokens=min(prompt.max_tokens, live.allowed))
        if self.limit is not None:  # for what costs nothing too: another model may answer in its place
            live.seen.watch = lambda: self._watch(live, line, need)
            live.seen.again = lambda: self._again(live, need)
        self._live.add(live)
        return prompt

    def _share(self, bill: Bill, need: Need, full: int) -> Decimal | None:
        """Dollars for a request, None where there are too few. Only the first ruling takes what is kept for later."""
        free = self._free - self._promised
        kept = self._later(bill, need)
        share = budget.grant(free - kept, len(self._awaited), bill, need, full)
        if share is None and need == "ruling":
            share = budget.grant(free, 0, bill, need, full)
        return share

    @property
    def _awaited(self) -> list[Decimal]:
        """What the statements of this round need that have not asked yet. One that is over will not ask any more."""
        statements = self._log.debate.statements
        return [need for id, need in self._coming.items() if id in statements and statements[id].live]

    @property
    def _promised(self) -> Decimal:
        return sum(self._awaited, NOTHING)

    def _later(self, bill: Bill, need: Need) -> Decimal:
        """What has to be left for what comes after this request."""
        if need in ("opening", "rebuttal", "short"):
            return self._kept
        return self._check(bill.price) if need in ("ruling", "again", "comparison") else NOTHING

    def _watch(self, live: _Live, line: Line, need: Need) -> None:
        """Stop an answer before it has cost more than was set aside for it, unless there is more for it now.

        Called with every event of a stream: it reckons in whole tokens as long as it can.
        """
        seen = live.seen
        if not seen.started or seen.stop_reason:
            return
        if seen.model != live.model:  # another one answers, at its own price
            live.model, live.counted = seen.model, None
            if (price := prices.at(line.wire.endpoint, seen.model, self._own)) is not None:
                live.bill = replace(live.bill, price=price)
                self._brace(live, price)
        if (used := seen.latest) != live.counted:
            live.counted = used
            live.allowed = live.room(used)
        written = seen.reckoned(budget.BYTES_PER_TOKEN).output
        if written + budget.MARGIN < live.allowed:
            return
        more = self._spare(live.bill, need)
        if more > 0:
            live.held += more / 2
            live.allowed = live.room(used)
        if written + budget.MARGIN >= live.allowed:
            raise self._over("More of this answer")

    def _brace(self, live: _Live, price: prices.Price) -> None:
        """Set aside what those have already been sent that were asked as this one was and have not begun to answer: the
        model that answered it may well answer them too, at its price."""
        for other in self._live:
            asked = (other.line.wire.endpoint, other.line.model)
            if not other.seen.started and asked == (live.line.wire.endpoint, live.line.model):
                other.held = max(other.held, price.of(replace(other.bill, price=price).reading()))

    def _again(self, live: _Live, need: Need) -> int:
        """Set aside what one more turn of an answer takes; the tokens that it may write."""
        live.before += live.bill.price.of(live.seen.latest)
        live.bill = budget.going_on(live.bill, live.seen)
        least = live.before + live.bill.most(budget.LEAST[need])
        if live.held < least:
            if live.held + self._spare(live.bill, need) < least:
                raise self._over("More of this answer")
            live.held = least
        live.counted = None
        live.allowed = live.room()
        return live.allowed

    def _spare(self, bill: Bill, need: Need) -> Decimal:
        """US dollars that a request under way may still be given."""
        return self._free - self._later(bill, need) - self._promised

    def _count(self, live: _Live, voice: str, id: str, line: Line, *, unheard: bool = False) -> None:
        """Put what a request used into the log. An endpoint that counts no tokens still has said who it is."""
        seen = live.seen
        endpoint = line.wire.endpoint
        # Each turn for itself: prices go by the model and by the length of one request.
        turns = [(t.model, t.usage, False) for t in seen.turns]
        if seen.started or (unheard and seen.sent):
            turns.append((seen.model, budget.latest(live.bill, seen), not seen.stop_reason))
        for model, usage, estimated in turns:
            kept = next(filter(None, (prices.to_keep(endpoint, m, self._own) for m in (model, line.model))), None)
            self._log.append(
                ev.UsageCounted(
                    voice=voice,
                    statement=id,
                    model=model,
                    usage=usage,
                    endpoint=endpoint.name,
                    estimated=estimated,
                    rates=kept.rates if kept else (),
                    asked="" if line.model == self._log.debate.seat(voice).model else line.model,
                )
            )
