"""Debates with everything in them, and plain ones, made from events: what the verdict screen is shown and measured on.

The words are made up, and every citation is one that code can prove.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.text import lead, sentences
from upverdict.core.values import replace

COUNCIL = tuple(
    ev.Seat(name.lower(), name[0], f"The {name}", tagline, colour, "", "claude", "claude-sonnet-4-5")
    for name, tagline, colour in (
        ("Builder", "has shipped production systems and carries the pager", "#cf7430"),
        ("Skeptic", "finds the catch nobody priced in", "#22978c"),
        ("Researcher", "data, primary sources, confidence levels", "#4c86e0"),
        ("Contrarian", "argues the unfashionable side", "#b95fbd"),
        ("Gardener", "thinks in seasons, not in sprints", "#5f9e3a"),
        ("Teacher", "asks who has to learn what", "#c8862d"),
        ("Nurse", "knows who is awake at three in the morning", "#d1617a"),
        ("Pilot", "has a checklist for that", "#7d7fd6"),
    )
)
JUDGE = ev.Seat("judge", "J", "The Judge", "weighs what was said", "#858b98", "", "claude", "claude-opus-4-5")
QUESTION = "Self-host LLMs or use API access?"
API, OWN = "Start with an API", "Own the hardware"

_OPENINGS = (
    "Self-hosting is a product you did not plan to build. The model file is the easy part. With an API you buy the "
    "right to be wrong about your own traffic.\n\n"
    "Put a thin layer of your own in front of whichever endpoint you call.",
    "The hidden cost is the idle hour: a rented GPU bills you at three in the morning as it does at noon. Prices "
    "change on a page you don't control. You are choosing who may surprise you.",
    "The figure that decides this is utilisation. Below a third, an owned machine costs several times its price per "
    "useful token. Fifty questions of your own tell you more than any leaderboard.",
    "The consensus has the order wrong. **What you learn by running a model cannot be bought later.** A small machine "
    "in the corner teaches the team more than a year of invoices.",
    "A garden is planted for the season it grows in. Whoever plants for next year waters twice.",
    "Nobody on the team has run an accelerator. Somebody would have to learn it, and that is a quarter of a year.",
    "Who answers at three in the morning? If it is nobody, the machine is not yours. It is only near you.",
    "There is a checklist for moving: logs, a set of questions with answers, a date. Without it nobody moves.",
)
_REBUTTALS = (
    "To {who}: “{quote}” is true of a team of twenty. You are two, and the pager has one owner. Keep the layer thin "
    "and the bill in sight.",
    "{who} says “{quote}”. That prices the good month and leaves out the bad one. Ask what a doubled bill would do.",
    "To {who}: “{quote}” needs a log before it needs an opinion. I have no published number for your load, so take an "
    "estimate of a fifth, and replace it with your own.",
    "{who} holds that “{quote}”. I concede the idle hour. I do not concede the lesson that it pays for.",
)


def great(id: str = "261124-great", voices: int = 4, rebuttals: int = 3, versions: int = 4) -> list[ev.Event]:
    """A debate of `voices * (rebuttals + 1)` statements of the council's before the verdict, and the user's; ten
    sources, a fifth voice, and `versions` of the verdict, the later ones after what the user said of them.
    """
    return list(_stamped(id, _great(COUNCIL[:voices], rebuttals, versions)))


def plain(id: str = "261124-plain") -> list[ev.Event]:
    """The plain verdict of a model that can't keep to a form, with one voice heard of two."""
    return list(_stamped(id, _plain()))


def unruled(id: str = "261124-floor", voices: int = 4, rebuttals: int = 4) -> list[ev.Event]:
    """A debate of so many statements that was left before its verdict."""
    return list(_stamped(id, [*_talk(COUNCIL[:voices], rebuttals), ev.DebateInterrupted()]))


def _plain() -> Iterator[ev.Event]:
    seats = COUNCIL[:2]
    yield ev.DebateStarted(question="Tabs or spaces?", council=seats, judge=JUDGE, rounds=0)
    yield from _said(seats[0], 0, "Spaces look the same to everybody. That is all they do, and it is enough.")
    place: Any = {"voice": seats[1].voice, "round": "opening", "statement": "S1"}
    yield ev.StatementStarted(number=0, **place)
    yield ev.StatementFailed(error=ev.Fault("overloaded", "The endpoint is overloaded.", True), **place)
    yield ev.VerdictStarted(version=1, cause="debate")
    quote = rulings.PullQuote("builder", "B1", "Spaces look the same to everybody.", 0, 34)
    ruling = rulings.Ruling(
        "Use spaces.",
        "Use spaces. They look the same everywhere.",
        (quote,),
        glance=(rulings.Glance("builder", "Spaces look the same to everybody."),),
        heard=("builder",),
        missing=("skeptic",),
        plain=True,
    )
    yield ev.VerdictRuled(version=1, ruling=ruling)
    yield ev.DebateFinished()


def _talk(seats: tuple[ev.Seat, ...], rebuttals: int) -> Iterator[ev.Event]:
    yield ev.DebateStarted(
        question=QUESTION,
        background="Two people, an app for pharmacies, bursts in the morning.",
        council=seats,
        judge=JUDGE,
        rounds=rebuttals,
        depth="standard",
    )
    frame = ev.Frame(
        "Should a team of two run its own language model?", ("There is a budget.",), (API, OWN), "contested"
    )
    yield ev.FrameDrawn(frame=frame)
    yield ev.FrameSettled(frame=frame, by="judge")
    for n in range(1, 11):
        title = f"Utilisation of accelerators, part {n}" if n % 3 else ""
        source = ev.Source(str(n), f"https://example.org/gpu/{n}", title, "search")
        yield ev.SourceFound(source=source, voice="researcher", statement="R1")
    for n, seat in enumerate(seats):
        yield from _said(seat, 0, _OPENINGS[n], ev.Ballot(OWN if n in (2, 3) else API, 60 + n))
    yield ev.FloorOpened(number=0)
    words = "You all assume a platform team. We are two people, and one of us is on holiday."
    yield ev.UserSpoke(statement="Y1", text=words, sentences=sentences(words), answered_in=1)
    yield ev.FloorClosed(number=0, reason="spoke")
    for number in range(1, rebuttals + 1):
        for n, seat in enumerate(seats):
            other = seats[(n + number) % len(seats)]
            quote = _OPENINGS[seats.index(other)].split(". ")[0]
            quote = quote[:1].lower() + quote[1:]
            moved = f"{other.letter}1.1" if n == 2 and number == rebuttals else ""
            ballot = ev.Ballot(
                API if n != 3 else OWN,
                60 + n * 5,
                crux="Who is awake when it breaks.",
                change_if="A month of logs that shows a load above a half." if n != 1 else "",
                moved_by=moved,
            )
            text = _REBUTTALS[n % len(_REBUTTALS)].format(who=other.name, quote=quote)
            if number == 1:
                text = f"Two people can't carry a pager: “one of us is on holiday” says it. {text}"
            yield from _said(seat, number, text, ballot)
        yield ev.FloorOpened(number=number)
        yield ev.FloorClosed(number=number, reason="passed")


def _great(seats: tuple[ev.Seat, ...], rebuttals: int, versions: int) -> Iterator[ev.Event]:
    texts = {f"{seat.letter}1": _OPENINGS[n] for n, seat in enumerate(seats)}
    yield from _talk(seats, rebuttals)
    first = _ruling(seats, texts)
    yield ev.VerdictStarted(version=1, cause="debate")
    yield ev.VerdictRuled(version=1, ruling=first)
    yield ev.DebateFinished()
    ruling, spoken = first, rebuttals + 1
    for version in range(2, versions + 1):
        number, id = version - 1, f"Y{version}"
        fact = first.flips[0].fact if version == 3 else ""
        words = (
            "The bill doubled in May, and nobody had noticed." if fact else "You forget who pays. Ask the pharmacies."
        )
        yield ev.CommentAdded(
            text=words,
            statement=id,
            sentences=sentences(words),
            number=number,
            about="finding" if fact else "comment",
            fact=fact,
        )
        if not fact:
            spoken += 1
            for seat in seats[:2]:
                reply = f"You say “You forget who pays.” {seat.name} had it in mind and did not say so."
                yield from _said(seat, number, reply, round="discussion", at=spoken)
        long = "a month" if version % 2 else "two quarters"
        ruling = replace(
            ruling,
            headline=f"Rent now, measure for {long}, and own what never sleeps.",
            decision=ruling.decision + ("" if version > 2 else "\n\nAsk the pharmacies before you sign."),
            agreed=ruling.agreed[: 5 - version] if version > 2 else ruling.agreed,
            because=(f"{id}.1",),
        )
        yield ev.VerdictStarted(version=version, cause=id)
        yield ev.VerdictRuled(version=version, ruling=ruling)
        yield ev.DebateFinished()


def _ruling(seats: tuple[ev.Seat, ...], texts: dict[str, str]) -> rulings.Ruling:
    def cited(*letters: str, n: int = 1) -> dict[str, tuple[str, ...]]:
        return {seat.voice: (f"{seat.letter}1.{n}",) for seat in seats if seat.letter in letters}

    quotes = []
    for seat in seats:
        text = texts[f"{seat.letter}1"]
        start, end = sentences(text)[-1]
        quotes.append(rulings.PullQuote(seat.voice, f"{seat.letter}1", text[start:end], start, end))
    words = "We are two people, and one of us is on holiday."
    quotes.append(rulings.PullQuote(ev.USER, "Y1", words, 32, 32 + len(words)))
    everybody = {seat.voice: (f"{seat.letter}1.1", f"{seat.letter}1.2") for seat in seats}
    return rulings.Ruling(
        headline="Start with an API, measure for a quarter, and own only what never sleeps.",
        decision=(
            "Use an API for now, behind a thin layer of your own. The load is not known, and nobody is awake at night "
            "to look after a machine.\n\n- **Log every prompt** with its latency and its cost.\n- Keep fifty questions "
            "of your own with answers that you trust.\n- Ask again when the load has been steady for a quarter.\n\n"
            "If your customers' contracts forbid sending their data away, none of this holds, and you own the hardware."
        ),
        pull_quotes=tuple(quotes),
        agreed=(
            rulings.Claim("Measure the load before anything is bought.", everybody, {}),
            rulings.Claim("The idle hour is what makes owned hardware dear.", cited("B", "S", "R"), {}),
            rulings.Claim("A thin layer in front of the endpoint keeps the way out open.", cited("B", "R", n=2), {}),
            rulings.Claim("Two people can't carry a pager.", {**cited("B", "S"), ev.USER: ("Y1.2",)}, {}),
        ),
        split=(
            rulings.Claim("Running a model teaches what can't be bought later.", cited("C", n=2), cited("B", "S", n=2)),
            rulings.Claim("Leaderboards tell little about your own questions.", cited("R", n=3), cited("S", n=3)),
        ),
        flips=(
            rulings.Flip("The monthly bill of the API doubles.", "Look at the last three invoices."),
            rulings.Flip("A customer's contract forbids sending data to a third party.", "Ask the three largest ones."),
            rulings.Flip("A third person joins who has run accelerators before.", ""),
        ),
        glance=tuple(rulings.Glance(seat.voice, lead(texts[f"{seat.letter}1"])) for seat in seats),
        heard=tuple(seat.voice for seat in seats),
        option=API,
        moved=(rulings.Moved("researcher", rulings.Stance(OWN, 62), rulings.Stance(API, 70), "S1.1"),),
        dissent=(rulings.Dissent("contrarian", rulings.Stance(OWN, 75), "Who is awake when it breaks."),),
        passes=2,
        checked=True,
        struck=("1 × claim with a figure that nobody said",),
    )


def _said(
    seat: ev.Seat,
    number: int,
    words: str,
    ballot: ev.Ballot | None = None,
    round: ev.Round | None = None,
    at: int | None = None,
) -> Iterator[ev.Event]:
    id = f"{seat.letter}{(number if at is None else at - 1) + 1}"
    place: Any = {"voice": seat.voice, "round": round or ("rebuttal" if number else "opening"), "statement": id}
    yield ev.StatementStarted(number=number, **place)
    yield ev.TextDelta(text=words, **place)
    if seat.voice == "researcher" and round is None:
        for source in range(1, 7):
            yield ev.SourceCited(source=str(source), after=sentences(words)[source % 2][1], quote="", **place)
    if ballot is not None:
        yield ev.BallotCast(ballot=ballot, **place)
    yield ev.UsageCounted(voice=seat.voice, statement=id, model=seat.model, usage=ev.Usage(900, 200))
    yield ev.StatementFinished(sentences=sentences(words), **place)


def _stamped(id: str, made: Iterable[ev.Event]) -> Iterator[ev.Event]:
    begin = datetime(2026, 11, 24, 10, tzinfo=UTC)
    for seq, event in enumerate(made, 1):
        at = (begin + timedelta(seconds=seq)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield replace(event, seq=seq, at=at, debate=id)
