"""Kept debates for the library's tests, made from events through the store, and an app that shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.tui.stage import text_of, until
from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.config import Config
from upverdict.core.session import Order
from upverdict.core.store.writer import Store
from upverdict.core.text import sentences
from upverdict.core.values import replace
from upverdict.tui.app import UpverdictApp
from upverdict.tui.screens.library import LibraryScreen
from upverdict.tui.widgets.keys_line import KeysLine

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
COUNCIL = tuple(
    ev.Seat(voice, voice[0].upper(), f"The {voice.title()}", "made up", colour, "", "http://127.0.0.1:9", "m")
    for voice, colour in (("builder", "#cf7430"), ("skeptic", "#22978c"))
)
JUDGE = ev.Seat("judge", "J", "The Judge", "", "#858b98", "", "http://127.0.0.1:9", "m")


def debate(number: int, question: str = "", state: str = "finished", said: str = "A plain answer.") -> list[ev.Event]:
    """The log of a debate; the higher the number, the older it is. `state` is how it stands in the end."""
    made: list[ev.Event] = [ev.DebateStarted(question=question or f"Question {number}?", council=COUNCIL, judge=JUDGE)]
    for seat in COUNCIL:
        id, text = f"{seat.letter}1", f"{seat.name} says: {said}"
        place: Any = {"voice": seat.voice, "round": "opening", "statement": id}
        made += [
            ev.StatementStarted(number=0, **place),
            ev.TextDelta(text=text, **place),
            ev.StatementFinished(sentences=sentences(text), **place),
        ]
    made.append(ev.FloorOpened(number=0))
    if state == "interrupted":
        made.append(ev.DebateInterrupted())
    elif state == "failed":
        made.append(ev.DebateFailed(error=ev.Fault("overloaded", "The endpoint is overloaded.", True)))
    else:
        quote = rulings.PullQuote("builder", "B1", "The Builder", 0, 11)
        ruling = rulings.Ruling(f"Headline {number}", f"Decision {number}.", (quote,), heard=("builder", "skeptic"))
        made += [
            ev.FloorClosed(number=0, reason="passed"),
            ev.VerdictStarted(version=1, cause="debate"),
            ev.VerdictRuled(version=1, ruling=ruling),
            ev.DebateFinished(),
        ]
    return list(_stamped(made, f"d{99999 - number:05}", NOON - timedelta(hours=number)))


def _stamped(made: Iterable[ev.Event], id: str, begin: datetime) -> Iterator[ev.Event]:
    for seq, event in enumerate(made, 1):
        at = (begin + timedelta(seconds=seq)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield replace(event, seq=seq, at=at, debate=id)


def kept_as(log: list[ev.Event], *shelving: ev.Event) -> list[ev.Event]:
    """A debate as its user keeps it: with these at the end of its log."""
    last = log[-1]
    more = [replace(e, seq=last.seq + n, at=last.at, debate=last.debate) for n, e in enumerate(shelving, 1)]
    return [*log, *more]


async def keep(db: Path, *debates: list[ev.Event]) -> None:
    """Put them into the file, as another process would."""
    store = await Store.open(db)
    try:
        await store.import_debates(reversed(debates))
    finally:
        await store.close()


class Shown(UpverdictApp):
    """The app, with what it told in notifications."""

    def __init__(self, config: Config, order: Order | None = None) -> None:
        self.told: list[str] = []
        super().__init__(config, order)

    def notify(self, message: str, **how: Any) -> None:
        self.told.append(message)
        super().notify(message, **how)

    @property
    def shelf(self) -> LibraryScreen:
        """The library, wherever it lies."""
        screen = self.screen_stack[0]
        assert isinstance(screen, LibraryScreen)
        return screen


def config_in(folder: Path, **more: Any) -> Config:
    return Config(folder=folder / "config", db=folder / "debates.db", **({"depth": "quick"} | more))


@asynccontextmanager
async def showing(
    folder: Path,
    size: tuple[int, int] = (160, 45),
    order: Order | None = None,
    *,
    notes: bool = False,
    **more: Any,
) -> AsyncIterator[tuple[Shown, Pilot[int]]]:
    """The app on the file of a folder, until it is left in order. With `notes`, what it tells is on the screen, too."""
    app = Shown(config_in(folder, **more), order)
    try:
        async with app.run_test(size=size, notifications=notes) as pilot:
            yield app, pilot
    finally:
        await app.shut()


def names(app: Shown) -> dict[str, str]:
    """What the last line offers: name and key."""
    return {key.name: key.shown for key in app.screen.query_one(KeysLine).shown}


async def listed(app: Shown, pilot: Pilot[int], count: int) -> None:
    await until(pilot, lambda: app.shelf.debates.length == count and app.shelf.debates.current, f"{count} debates")


async def found(app: Shown, pilot: Pilot[int], words: str, count: int) -> None:
    """Type into the search and wait for its ranked hits."""
    await pilot.press("slash", *["space" if c == " " else c for c in words])
    await until(pilot, lambda: app.shelf.searching and len(app.shelf.hits.hits) == count, f"{count} hits")
    await until(pilot, lambda: "best first" in text_of(app.shelf, "#found") or count < 2)
