"""Makes debates out of events for tests: a log with a fixed clock, and short ways to let voices speak."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from upverdict.core import events as ev
from upverdict.core import protocol
from upverdict.core.debate import Debate
from upverdict.core.log import Log
from upverdict.core.rulings import Ruling
from upverdict.core.text import sentences

NAMES = ("builder", "skeptic", "researcher", "contrarian", "gardener", "teacher", "nurse", "pilot")


def seat(voice: str, letter: str = "") -> ev.Seat:
    return ev.Seat(
        voice=voice,
        letter=letter or voice[0].upper(),
        name=f"The {voice.title()}",
        tagline="says what only this voice says",
        colour="#aa5500",
        prompt=f"You are the {voice}.",
        endpoint="http://127.0.0.1:1",
        model="model-a",
    )


class Recording:
    """A recorder that keeps everything in a list."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []

    def put(self, event: ev.Event) -> None:
        self.events.append(event)


class Talk:
    """A debate that is being made. Each method appends what it says and returns nothing."""

    def __init__(self, voices: int = 4, rounds: int = 1, question: str = "Self-host LLMs or use an API?") -> None:
        self.recording = Recording()
        self.ticks = 0
        self.log = Log("261124-abcde", self.recording, now=self._now)
        self.log.append(
            ev.DebateStarted(
                question=question,
                background="We are two people.",
                council=tuple(seat(v) for v in NAMES[:voices]),
                judge=seat("judge", "J"),
                rounds=rounds,
                seed=7,
            )
        )

    def _now(self) -> datetime:
        self.ticks += 1
        return datetime(2026, 11, 24, 10, tzinfo=UTC) + timedelta(milliseconds=137 * self.ticks)

    @property
    def debate(self) -> Debate:
        return self.log.debate

    @property
    def events(self) -> list[ev.Event]:
        return self.recording.events

    def begin(self, voice: str, number: int = 0, attempt: int = 1) -> str:
        id = f"{self.debate.letter(voice)}{number + 1}"
        self.log.append(
            ev.StatementStarted(voice=voice, round=_round(number), number=number, statement=id, attempt=attempt)
        )
        return id

    def words(self, voice: str, number: int, words: str) -> None:
        id = f"{self.debate.letter(voice)}{number + 1}"
        self.log.append(ev.TextDelta(voice=voice, round=_round(number), statement=id, text=words))

    def say(self, voice: str, number: int, words: str, *, partial: bool = False) -> None:
        """A whole statement."""
        id = self.begin(voice, number)
        for piece in (words[: len(words) // 2], words[len(words) // 2 :]):
            if piece:
                self.words(voice, number, piece)
        self.log.append(
            ev.StatementFinished(
                voice=voice,
                round=_round(number),
                statement=id,
                sentences=sentences(words),
                stop_reason="max_tokens" if partial else "end_turn",
                partial=partial,
            )
        )

    def fail(self, voice: str, number: int, words: str = "", *, transient: bool = False) -> None:
        id = self.begin(voice, number)
        if words:
            self.words(voice, number, words)
        fault = ev.Fault("overloaded", "The endpoint is overloaded.", transient)
        self.log.append(
            ev.StatementFailed(voice=voice, round=_round(number), statement=id, sentences=sentences(words), error=fault)
        )

    def everybody(self, number: int) -> None:
        """Every voice says something of its own in this round."""
        for s in self.debate.council:
            self.say(s.voice, number, f"{s.name} opens round {number}. It holds its own point about costs and people.")

    def floor(self, number: int, reason: str = "passed") -> None:
        self.log.append(ev.FloorOpened(number=number))
        self.log.append(ev.FloorClosed(number=number, reason=reason))  # type: ignore[arg-type]

    def user(self, words: str) -> None:
        self.log.append(protocol.user_statement(self.debate, words, sentences(words)))

    # -- the verdict, and what comes after it ----------------------------------------------------------------------

    def ruled(self, ruling: Ruling, cause: str = "debate") -> None:
        """The judge rules: version 1 after the debate, others after what the user said (`cause`: its id)."""
        version = len(self.debate.verdicts) + 1
        self.log.append(ev.VerdictStarted(version=version, cause=cause))
        self.log.append(ev.VerdictRuled(version=version, ruling=ruling))
        self.log.append(ev.DebateFinished())

    def upheld(self, cause: str) -> None:
        """The judge looks again and finds nothing new."""
        latest = len(self.debate.verdicts)
        self.log.append(ev.VerdictStarted(version=latest + 1, cause=cause))
        self.log.append(ev.VerdictUpheld(version=latest + 1, stands=latest))
        self.log.append(ev.DebateFinished())

    def comment(self, words: str, fact: str | None = None) -> str:
        """The user pushes back, or with `fact` tells what was found out about it. Returns the id of what was said."""
        event = protocol.user_comment(self.debate, words, sentences(words), fact)
        self.log.append(event)
        return event.statement

    def answer(self, voice: str, words: str) -> str:
        """A voice answers the latest comment. Returns the statement's id."""
        number = self.debate.comments[-1].number
        id = f"{self.debate.letter(voice)}{len(self.debate.of(voice)) + 1}"
        self.log.append(ev.StatementStarted(voice=voice, round="discussion", number=number, statement=id))
        self.log.append(ev.TextDelta(voice=voice, round="discussion", statement=id, text=words))
        self.log.append(ev.StatementFinished(voice=voice, round="discussion", statement=id, sentences=sentences(words)))
        return id

    # -- how the user keeps it -------------------------------------------------------------------------------------

    def tag(self, *tags: str) -> None:
        """These are all its tags."""
        self.log.append(ev.DebateTagged(tags=tuple(sorted(tags))))

    def rename(self, title: str) -> None:
        self.log.append(ev.DebateRenamed(title=title))

    def note(self, text: str) -> None:
        self.log.append(ev.DebateNoted(text=text))

    def archive(self, archived: bool = True) -> None:
        self.log.append(ev.DebateArchived(archived=archived))

    def choose(self, text: str) -> None:
        """What the user decided in the end."""
        self.log.append(ev.ChoiceMade(text=text))

    def turned_out(self, text: str) -> None:
        self.log.append(ev.OutcomeTold(text=text))

    def revisit(self, *conditions: tuple[str, str]) -> None:
        """When to look at the verdict again: days with facts."""
        self.log.append(ev.RevisitSet(conditions=tuple(ev.Revisit(*one) for one in conditions)))

    def shelve(self) -> None:
        """Everything at once."""
        self.tag("work", "öffentlich")
        self.rename("Where the models run")
        self.note("Asked for the board.\nSee also the spreadsheet.")
        self.choose("We rent for a year.")
        self.turned_out("It was cheaper than feared.")
        self.revisit(("2027-03-01", "the prices double"), ("", "we have a platform team"))


def _round(number: int) -> ev.Round:
    return "opening" if number == 0 else "rebuttal"
