"""Screens in every state that they can be in, for what must hold of all of them: contrast, room, widths.

Made from events; nobody is asked. `UpverdictApp` shows them, so that its themes and keys are the ones that count.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from tests.core.talk import Recording
from tests.tui.stage import stamped
from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.core.log import Log
from upverdict.core.text import sentences
from upverdict.personas.loader import load_all
from upverdict.tui.screens.debate import DebateScreen

QUESTION = "Self-host LLMs or use API access?"
NASTY = ("#000000", "#ffffff", "#121212", "no colour", "#ff0000", "#0178d4", "#808080", "")
"""What a persona's file may hold, or an imported debate: colours that vanish, the screen's own, none."""
NAMES = ("Builder", "Skeptic", "Researcher", "Contrarian", "Gardener", "Teacher", "Nurse", "Pilot")
LETTERS = "BSRCGTNP"
SAID = (
    "# A title of mine\n\nIt is **not** the price but *the people* that decide, ~~and~~ so `nvidia-smi` says.\n\n"
    "- one thing\n- and another\n\n> What was said before.\n\n```\nprint(1)\n```\n\nSo measure for a quarter first."
)
LONG = "\n\n".join(f"Paragraph {n}. " + "Some words that fill the lines of a pane. " * 6 for n in range(1, 13))
FAULT = ev.Fault("overloaded", "The endpoint is overloaded.", True)
QUOTED = "So measure for a quarter first."


def shipped() -> tuple[ev.Seat, ...]:
    """The council that comes with the program."""
    return tuple(
        ev.Seat(p.slug, p.letter, p.name, p.tagline, p.colour, "", "claude", "m")
        for p in load_all().values()
        if p.slug != "judge"
    )


def seats(count: int, colours: Sequence[str] = ()) -> tuple[ev.Seat, ...]:
    """A council of so many voices, in these colours, or in the shipped ones."""
    colours = colours or [seat.colour for seat in shipped()]
    return tuple(
        ev.Seat(
            NAMES[n].lower(),
            LETTERS[n],
            f"The {NAMES[n]}",
            "asks what a week of work buys, and whom it costs",
            colours[n % len(colours)],
            "",
            "claude" if n % 2 else "http://127.0.0.1:8080",
            "a-model",
        )
        for n in range(count)
    )


JUDGE = ev.Seat("judge", "J", "The Judge", "", "#858b98", "", "claude", "m")


class Record:
    """Events of a debate, in the making."""

    def __init__(self, council: Sequence[ev.Seat], question: str = QUESTION, rounds: int = 1) -> None:
        self.council = council
        self.events: list[ev.Event] = [
            ev.DebateStarted(
                question=question, background="", council=tuple(council), judge=JUDGE, rounds=rounds, seed=1
            )
        ]

    def add(self, *events: ev.Event) -> Record:
        self.events += events
        return self

    def say(self, n: int, number: int, text: str) -> Record:
        """A whole statement of the voice at this place."""
        place = self.place(n, number)
        kind: Any = {k: place[k] for k in ("voice", "round", "statement")}
        return self.add(
            ev.StatementStarted(**place),
            ev.TextDelta(text=text, **kind),
            ev.StatementFinished(sentences=sentences(text), **kind),
        )

    def place(self, n: int, number: int) -> dict[str, Any]:
        """Where the statement of a voice in a round belongs."""
        seat = self.council[n]
        round = "rebuttal" if number else "opening"
        return {"voice": seat.voice, "round": round, "number": number, "statement": f"{seat.letter}{number + 1}"}

    def round(self, number: int, text: str = SAID) -> Record:
        """Everybody speaks, at some length."""
        for n in range(len(self.council)):
            self.say(n, number, f"{self.council[n].name} on {number}: " + text)
        return self

    def user(self, text: str, answered_in: int = 1) -> Record:
        return self.add(ev.UserSpoke(statement="Y1", text=text, sentences=sentences(text), answered_in=answered_in))

    def states(self, number: int) -> Record:
        """A round under way: every voice is in a state of its own."""
        for n in range(len(self.council)):
            self._state(n, number)
        return self

    def _state(self, n: int, number: int) -> None:
        place = self.place(n, number)
        kind: Any = {k: place[k] for k in ("voice", "round", "statement")}
        begun = ev.StatementStarted(**place)
        words = ev.TextDelta(text="To the Skeptic: that is **not so**, since", **kind)
        searched = ev.SearchStarted(query="gpu utilisation 2026", **kind)
        found = ev.SearchFinished(query="gpu", results=(ev.Result("https://e.example", "E"),), **kind)
        failed = ev.SearchFinished(query="gpu", error="the server is gone", **kind)
        self.add(
            *(
                (begun, found, failed, words),
                (begun, words, ev.StatementFailed(error=FAULT, **kind)),
                (begun, searched),
                (
                    begun,
                    ev.Retrying(voice=place["voice"], statement=place["statement"], attempt=2, delay=4, error=FAULT),
                ),
                (begun, ev.Thinking(**kind)),
                (begun, words, ev.StatementStopped(**kind)),
                (begun, words, ev.StatementFinished(sentences=(), stop_reason="max_tokens", partial=True, **kind)),
                (begun,),
            )[n]
        )

    def source(self) -> Record:
        """One source that is cited, and one that is not."""
        seat = self.council[0]
        read = ev.Source("1", "https://example.org/report", "How busy are private clusters?", "search", "found")
        return self.add(
            ev.SourceFound(source=read, voice=seat.voice, statement=f"{seat.letter}1"),
            ev.SourceFound(source=ev.Source("2", "notes.md", "Notes of ours", "file", "read", "Idle at night.")),
            ev.SourceCited(
                voice=seat.voice, round="opening", statement=f"{seat.letter}1", source="1", after=40, quote="They idle."
            ),
        )

    def ruled(self, ruling: rulings.Ruling, cause: str = "debate") -> Record:
        version = 1 + sum(isinstance(e, ev.VerdictStarted) for e in self.events)
        return self.add(
            ev.VerdictStarted(version=version, cause=cause),
            ev.VerdictRuled(version=version, ruling=ruling),
            ev.DebateFinished(),
        )

    @property
    def debate(self) -> Debate:
        return Debate.fold(stamped(*self.events))


def ruling(record: Record, headline: str = "Rent now, measure for a quarter, own what never sleeps.") -> rulings.Ruling:
    """A ruling with every section that there is."""
    said = {s.voice: s for s in record.debate.statements.values() if s.round == "opening"}
    first, second, *_ = (seat.voice for seat in record.council)
    quotes = []
    for voice, statement in said.items():
        start = statement.text.index(QUOTED)
        quotes.append(rulings.PullQuote(voice, statement.id, QUOTED, start, start + len(QUOTED)))
    ids = {voice: (f"{statement.id}.1",) for voice, statement in said.items()}
    return rulings.Ruling(
        headline=headline,
        decision="If the load is steady, **own** it.\n\n- Otherwise rent, says `the bill`.",
        pull_quotes=tuple(quotes),
        agreed=(rulings.Claim("Measure before anything else.", ids, {}),),
        split=(rulings.Claim("Own the machine.", {first: ids[first]}, {second: ids[second]}),),
        flips=(rulings.Flip("The bill doubles.", "Look at last month's bill."), rulings.Flip("A third one joins.", "")),
        glance=tuple(rulings.Glance(voice, "It is the people that decide.") for voice in said),
        heard=tuple(said)[:-1],
        missing=tuple(said)[-1:],
        option="rent",
        moved=(rulings.Moved(second, rulings.Stance("own", 70), rulings.Stance("rent", 55), ids[first][0]),),
        dissent=(rulings.Dissent(first, rulings.Stance("own", 80), "Whether the load is steady."),),
        passes=3,
        close=True,
        checked=True,
    )


def under_way(council: Sequence[ev.Seat]) -> Record:
    """A rebuttal round in which every voice is in another state; the user has spoken."""
    return Record(council).round(0).add(ev.FloorOpened(number=0)).user("We are two. Answer that.").source().states(1)


def finished(council: Sequence[ev.Seat], *, versions: int = 1) -> Record:
    """A debate with its verdict, and what came after it."""
    record = Record(council, rounds=0).round(0).source().add(ev.FloorOpened(number=0))
    record.user("We are two.", 1)
    record.add(ev.FloorClosed(number=0, reason="verdict")).ruled(ruling(record))
    for number in range(2, versions + 1):
        id = f"Y{number}"
        text = f"The price doubled {number} times."
        record.add(ev.CommentAdded(statement=id, text=text, sentences=sentences(text), number=number - 1))
        seat = record.council[0]
        place: Any = {"voice": seat.voice, "round": "discussion", "statement": f"{seat.letter}{number}"}
        record.add(
            ev.StatementStarted(number=number - 1, **place),
            ev.TextDelta(text="Then it is another matter.", **place),
            ev.StatementFinished(sentences=sentences("Then it is another matter."), **place),
        )
        record.ruled(ruling(record, f"Own it, since the price doubled {number} times."), id)
    return record


class Held:
    """What the debate screen asks of a session, over events that are there already. It runs until it is interrupted."""

    def __init__(self, record: Record) -> None:
        self.log = Log("01debate", Recording())
        for event in record.events:
            self.log.append(event)
        self._over = asyncio.Event()
        self.runner: Any = SimpleNamespace(
            till=SimpleNamespace(running=Decimal("0.0412"), limit=Decimal("0.50")),
            verdict_wanted=False,
            auto=False,
            trouble=None,
            interrupt=self._over.set,
        )

    async def run(self) -> None:
        await self._over.wait()

    async def close(self) -> None:
        self.log.close()

    def screen(self) -> DebateScreen:
        """The screen that holds it."""
        session: Any = self
        return DebateScreen.live(session)
