"""Puts a debate together for a front end: personas become seats, endpoints lines, the log gets its recorder.

Both front ends start and resume debates here and nowhere else. Knows no screen and no terminal.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from upverdict.core import endpoints, estimate, planning, prices, protocol
from upverdict.core import events as ev
from upverdict.core.choosing import Book
from upverdict.core.config import DEPTHS, Config
from upverdict.core.debate import Debate
from upverdict.core.endpoints import Endpoint
from upverdict.core.errors import NothingToTalkTo, UserError, WrongUse
from upverdict.core.lines import Lines
from upverdict.core.log import Log, utc_now
from upverdict.core.retrying import Retries
from upverdict.core.runner import Runner
from upverdict.core.seating import Seating, chosen, seat, troubled
from upverdict.core.store.ids import new_id
from upverdict.core.text import clean, sentences
from upverdict.core.till import Till
from upverdict.core.way_on import to_type

if TYPE_CHECKING:
    from upverdict.core.store.reader import Library
    from upverdict.core.store.writer import Recorder, Store

MAX_QUESTION = 20_000
"""Characters of a question; a longer text belongs into the background."""
MAX_BACKGROUND = 200_000
"""Characters of background, about 50,000 tokens: what voices can still be asked to read."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which endpoint and model answer; empty fields leave it to the environment, the configuration, the default."""

    endpoint: str = ""
    model: str = ""
    gguf: Path | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What the user wants argued, and how. Where `rounds` is None or `depth` empty, the configuration says it.

    `frame` is one of the user's own; `sources` are addresses of pages, paths of files, and `debate:ID`
    (`past.py`). `max_cost` is in US dollars, for the whole debate.
    """

    question: str
    background: str = ""
    rounds: int | None = None
    council: tuple[str, ...] = ()
    voice_models: Mapping[str, str] = field(default_factory=dict)
    choice: Choice = Choice()
    rebuttals: tuple[str, ...] = ()
    auto: bool = False
    depth: str = ""
    frame: ev.Frame | None = None
    sources: tuple[str, ...] = ()
    max_cost: float | None = None


@dataclass(slots=True)
class Session:
    """One debate that is being held. `run` it, then `close` it; `note` tells what is being prepared."""

    log: Log
    runner: Runner
    lines: Lines
    recorder: Recorder
    said: str = ""
    """Who answers and why, in one line, where a debate begins."""
    estimate: str = ""
    """What it is likely to cost, in one line, where that is known."""

    async def run(self) -> None:
        """Run the debate to its end, an interruption or a standstill; all that was said is on disk afterwards."""
        try:
            await self.runner.run()
        finally:
            await self.recorder.flush()

    async def close(self) -> None:
        self.log.close()
        await self.lines.close()
        await self.recorder.close()


async def start(
    store: Store,
    order: Order,
    config: Config,
    *,
    on_note: Callable[[str], None] = lambda _: None,
    retries: Retries | None = None,
    env: Mapping[str, str] = os.environ,
) -> Session:
    """A new debate, with its first event in the log and on its way to the file; nobody is asked before `run`.

    Raises UserError when the order makes no sense or there is nothing to talk to.
    """
    question, background = clean(order.question).strip(), clean(order.background).strip()
    if not question:
        raise WrongUse("A debate needs a question.")
    if len(question) > MAX_QUESTION:
        raise WrongUse(
            f"The question has over {MAX_QUESTION:,} characters. Ask shortly; put the rest into the background."
        )
    if len(background) > MAX_BACKGROUND:
        raise WrongUse(
            f"The background has over {MAX_BACKGROUND:,} characters. Shorten it to what the council must know."
        )
    rebuttals = tuple(clean(r).strip() for r in order.rebuttals)
    if not all(rebuttals):
        raise WrongUse("A rebuttal is empty. Say something with --rebuttal, or leave it out.")
    seating = await seat(order, config, Book(config, env, order.choice.gguf))
    rounds, depth = _extent(order, config)
    if depth not in DEPTHS:
        raise WrongUse(f"There is no depth {depth!r}. Known are {', '.join(DEPTHS)}.")
    lines = Lines(seating.endpoints, order.choice.gguf, on_note=on_note)
    limit = limit_of(lines, (*seating.council, seating.judge), order.max_cost or config.max_cost, config)
    read = await _sources(order, seating, store.path, on_note)
    recorder = store.recorder(new_id(utc_now()))
    log = Log(recorder.debate_id, recorder)
    log.append(
        ev.DebateStarted(
            question=question,
            background=background,
            council=seating.council,
            judge=seating.judge,
            rounds=rounds,
            seed=secrets.randbelow(2**31),
            rebuttals=rebuttals,
            depth=depth,  # type: ignore[arg-type]
        )
    )
    for source in read:
        log.append(ev.SourceFound(source=source))
    if order.frame:
        log.append(ev.FrameSettled(frame=order.frame, by="file"))
    till = Till(log, lines, limit, config.prices)
    runner = Runner(log, lines, auto=order.auto or config.auto, retries=retries, till=till)
    plan = _plan(order, config, seating, read)
    return Session(log, runner, lines, recorder, seating.said, estimate.sentence(plan))


async def estimated(order: Order, config: Config, env: Mapping[str, str] = os.environ) -> estimate.Plan:
    """What a debate is to be, for an estimate of its costs: the user's sources are read, nobody is asked.

    Raises UserError where `start` does so for its council, endpoints or sources; but Claude needs no key to be named.
    """
    if order.choice.endpoint == endpoints.CLAUDE and not endpoints.has_claude_credential(env):
        env = {**env, endpoints.API_KEY: "nobody is asked"}
    seating = await seat(order, config, Book(config, env, order.choice.gguf))
    return _plan(order, config, seating, await _sources(order, seating, config.db, lambda _: None))


async def foreseen(
    order: Order, config: Config, env: Mapping[str, str] = os.environ
) -> tuple[estimate.Plan | None, dict[str, str]]:
    """The same while an order is still being written: its sources are not read, and there is no plan where it can't be
    begun as it is. And who is asked with something of their own (`Seating.apart`), or can't be (`troubled`)."""
    book = Book(config, env, order.choice.gguf)
    try:
        seating = await seat(order, config, book)
    except UserError:
        return None, await troubled(order, config, book)
    return _plan(order, config, seating, ()), seating.apart | await troubled(order, config, book)


def _extent(order: Order, config: Config) -> tuple[int, str]:
    """Rounds and depth, by the order, else by the configuration."""
    return config.rounds if order.rounds is None else order.rounds, order.depth or config.depth


def _plan(order: Order, config: Config, seating: Seating, read: Iterable[ev.Source]) -> estimate.Plan:
    rounds, depth = _extent(order, config)
    return planning.plan(
        seating,
        (clean(order.question), clean(order.background), *(source.text for source in read)),
        rounds=max(rounds, len(order.rebuttals)),
        depth=depth,
        framed=order.frame is not None,
        own=config.prices,
    )


async def _sources(order: Order, seating: Seating, db: Path, on_note: Callable[[str], None]) -> tuple[ev.Source, ...]:
    """What the user's sources say. Raises WrongUse when one can't be read."""
    if not order.sources:
        return ()
    from upverdict.core import small, sources

    on_note(f"reading {len(order.sources)} source{'s' if len(order.sources) > 1 else ''} …")
    try:
        read = await sources.read_all(order.sources, partial(_past, db))
    finally:
        on_note("")
    for one in read:
        if one.status == "cut":
            on_note(f"Of source {one.id}, {one.title}, the council reads the first {len(one.text):,} characters.")
    if any(seating.endpoints[s.endpoint].size(s.model)[0] for s in seating.council):
        on_note(small.SOURCES_SHORTENED)
    return read


def _past(db: Path, wanted: str, id: str) -> ev.Source:
    """What a debate of this file decided. Raises NoSuchDebate and other UserErrors."""
    from upverdict.core import past
    from upverdict.core.store.reader import Library

    library = Library(db)
    try:
        return past.source(library.debate(library.resolve(wanted)), id)
    finally:
        library.close()


async def resume(
    store: Store,
    library: Library,
    id: str,
    config: Config,
    choice: Choice,
    *,
    auto: bool = False,
    rebuttals: tuple[str, ...] = (),
    on_note: Callable[[str], None] = lambda _: None,
    retries: Retries | None = None,
    env: Mapping[str, str] = os.environ,
) -> Session:
    """A kept debate that is taken up again; only what it lacks is asked.

    The seats keep their endpoints, unless the choice names another. Raises UserError as `start` does, and StoreError
    when another process holds the debate.
    """
    async with _taken_up(store, library, id) as (recorder, log):
        if log.debate.outcome == "finished":
            raise WrongUse(f"{id} has its verdict already: {to_type('show', id)} shows it.")
        known = await _endpoints(log.debate, choice, config, env)
        lines = Lines(known, choice.gguf, choice.model, on_note=on_note)
        till = _till(log, lines, config)
    log.append(ev.DebateResumed())
    runner = Runner(log, lines, auto=auto or config.auto, rebuttals=rebuttals, retries=retries, till=till)
    return Session(log, runner, lines, recorder)


async def push_back(
    store: Store,
    library: Library,
    id: str,
    config: Config,
    choice: Choice,
    text: str,
    *,
    flip: int | None = None,
    on_note: Callable[[str], None] = lambda _: None,
    retries: Retries | None = None,
    env: Mapping[str, str] = os.environ,
) -> Session:
    """A finished debate that is taken up with what the user says of its verdict.

    A comment is answered by the voices that it concerns, then the judge looks again. With `flip`, the number (from 1)
    of what would flip the latest verdict, `text` is what was found out about it, and the judge alone looks again.
    Raises UserError as `resume` does, and WrongUse where there is nothing said, no verdict, or no such flip.
    """
    said = clean(text).strip()
    if not said:
        raise WrongUse("There is nothing to push back with. Say what the verdict gets wrong, or what you found out.")
    async with _taken_up(store, library, id) as (recorder, log):
        debate = log.debate
        ruling = debate.verdict.ruling if debate.verdict else None
        if ruling is None or debate.outcome != "finished":
            what = "no verdict yet" if ruling is None else "a comment that is not settled yet"
            raise WrongUse(f"{id} has {what}. {to_type('continue', id)} goes on with it.")
        if flip is not None and not 0 < flip <= len(ruling.flips):
            raise WrongUse(
                f"Of the facts that would flip the verdict, {len(ruling.flips)} in all, none has the number {flip}. "
                f"{to_type('show', id)} lists them."
            )
        known = await _endpoints(debate, choice, config, env)
        lines = Lines(known, choice.gguf, choice.model, on_note=on_note)
        till = _till(log, lines, config)
    fact = ruling.flips[flip - 1].fact if flip else None
    log.append(protocol.user_comment(debate, said, sentences(said), fact))
    return Session(log, Runner(log, lines, auto=True, retries=retries, till=till), lines, recorder)


def limit_of(lines: Lines, seats: Iterable[ev.Seat], dollars: float | None, config: Config) -> Decimal | None:
    """The limit of costs, where there is one.

    Raises WrongUse where a model has no known price: a limit could not hold.
    """
    if dollars is None:
        return None
    for place in seats:
        endpoint, model = lines.expected(place)
        if prices.at(endpoint, model, config.prices) is None:
            name = clean(endpoint.name)
            what = f"{clean(model)} costs at {name}" if model else f"the model of {name} costs"
            said = f"can't hold: what {what}, which {place.name} is to use, is not known. Nobody was asked. "
            give = (
                f'{"G" if model else "g"}ive its price in config.toml: [prices."{clean(model) or "MODEL"}"] '
                "with input and output, in US dollars for a million tokens."
            )
            raise WrongUse(
                f"--max-cost {said}" + ("" if model else "Name the model with --model, and ") + give,
                about="limit",
                on_form=f"The limit {said}" + ("" if model else "Write the model's name into Model, and ") + give,
            )
    return Decimal(str(dollars))


def _till(log: Log, lines: Lines, config: Config) -> Till:
    """The till of a debate that is taken up: what it cost before counts.

    Raises WrongUse as `limit_of` does, and where nobody knows what it cost before.
    """
    debate = log.debate
    seats = (*debate.council, debate.judge) if debate.judge else debate.council
    till = Till(log, lines, limit_of(lines, seats, config.max_cost, config), config.prices)
    if till.limit is not None and till.spent is None:
        raise WrongUse(
            f"--max-cost can't hold: what {debate.id} has cost until now is not known. Nobody was asked. Give the "
            'prices of its models in config.toml: [prices."MODEL"] with input and output.'
        )
    return till


@asynccontextmanager
async def _taken_up(store: Store, library: Library, id: str) -> AsyncIterator[tuple[Recorder, Log]]:
    """A kept debate, held for this process; let go again where something in it raises."""
    recorder = store.recorder(id)
    try:
        # Read when nobody else can write it any more: the recorder holds the debate.
        yield recorder, Log(id, recorder, await asyncio.to_thread(lambda: list(library.events(id))))
    except BaseException:
        await recorder.close()
        raise


def _same_file(debate: Debate, choice: Choice) -> None:
    """A debate that a GGUF file of the user's began is not gone on with by another model unasked.

    Raises WrongUse. Where the file is, is not kept: it may be a private place, and is another one tomorrow.
    """
    own = {s.model for s in debate.council if s.endpoint == endpoints.BUILTIN and s.model}
    if own and not (choice.gguf or choice.endpoint):
        raise WrongUse(
            f"{debate.id} was begun with a model from a file of yours, {clean(own.pop())}. To go on with it, add "
            "--gguf FILE; to go on with another model, --endpoint."
        )


async def _endpoints(debate: Debate, choice: Choice, config: Config, env: Mapping[str, str]) -> dict[str, Endpoint]:
    """The endpoint of every seat, by the name that the seat carries; the choice's own, where it names one."""
    _same_file(debate, choice)
    book = Book(config, env, choice.gguf)
    known: dict[str, Endpoint] = {}
    for place in [*debate.council, debate.judge] if debate.judge else debate.council:
        if place.endpoint not in known:
            named = choice.endpoint if choice.endpoint or choice.gguf else place.endpoint
            try:
                found = await chosen(book, named, choice.model, given=bool(choice.gguf))
            except NothingToTalkTo as e:
                if choice.endpoint:
                    raise
                raise NothingToTalkTo(
                    f"For the voice {place.voice}: {e} Nothing was changed; with --endpoint NAME all voices are asked "
                    "there."
                ) from e
            known[place.endpoint] = found.endpoint
    return known
