"""One kept debate at a glance, beside the list or in a few rows below it. Knows the fold; reads no file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.color import Color
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker

from upverdict.core import plain_shelf
from upverdict.core.errors import UserError
from upverdict.core.store.reader import State
from upverdict.core.text import clean, lead, shorten
from upverdict.tui.colours import MUTED, plain, readable
from upverdict.tui.keyboard import key_of
from upverdict.tui.widgets.plain import count, fit, in_rows, moment, one_line, today
from upverdict.tui.widgets.prose import prose
from upverdict.tui.workers import later

if TYPE_CHECKING:
    from upverdict.core.debate import Debate  # dear to import, and needed only when a debate is looked at
    from upverdict.core.folded import Shelf

_REST_SECONDS = 0.06  # how long the cursor must rest on a debate before it is unfolded
_LEAD = 160  # characters of what a voice said
_DECISION = 1_200  # characters of the decision: more than any screen shows beside a list
_WRITTEN = 400  # characters of what the user has written
_BRIEF = 6  # rows under which only what came of the debate has room


@dataclass(frozen=True, slots=True)
class Voice:
    """A seat: its letter, name and colour, and the first sentence of what it said, if it said anything."""

    letter: str
    name: str
    colour: str
    lead: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What the preview says of a debate as it stands; plain text all of it.

    `due` says that it is to be looked at again now; `came` is what the user has written of it, each with what it is.
    """

    id: str
    state: State
    question: str
    headline: str
    decision: str
    standing: str
    facts: str
    hint: str
    voices: tuple[Voice, ...]
    tags: str = ""
    due: str = ""
    came: tuple[tuple[str, str], ...] = ()


def glance(debate: Debate, state: State) -> Glance:
    """Drawn up off the event loop: a long debate takes some milliseconds to fold."""
    verdict = debate.verdict
    ruling = verdict.ruling if verdict else None
    leads = {g.voice: g.lead for g in ruling.glance} if ruling else {}
    voices = []
    for seat in debate.council:
        said = next((s.text for s in debate.of(seat.voice) if s.text), "")
        first = leads.get(seat.voice) or lead(said[: 4 * _LEAD], _LEAD)
        voices.append(Voice(one_line(seat.letter), one_line(seat.name), seat.colour, _without_marks(first)))
    spoken = sum(1 for s in debate.statements.values() if s.text)
    facts = [
        count(len(debate.council), "voice"),
        _so_far(debate),
        count(spoken, "statement"),
        *([count(len(debate.sources), "source")] if debate.sources else []),
    ]
    return Glance(
        id=debate.id,
        state=state,
        question=one_line(debate.title),
        headline=one_line(ruling.headline) if ruling else "",
        decision=_beyond(one_line(ruling.headline), _decision(ruling.decision)) if ruling else "",
        standing=f"{state} · {moment(debate.created_at)}",
        facts=" · ".join(facts),
        hint=_hint(debate, state),
        voices=tuple(voices),
        tags=" ".join(f"#{one_line(tag)}" for tag in debate.shelf.tags),
        due=due_now(debate.shelf),
        came=tuple(_came(debate)),
    )


def due_now(shelf: Shelf) -> str:
    """That it is to be looked at again, and why, where the day has come; else nothing."""
    day = today()
    found = [one for one in shelf.revisit if one.when and one.when <= day]
    if not found:
        return ""
    since = "today" if found[0].when == day else f"since {one_line(found[0].when)}"
    why = one_line(found[0].fact)
    return f"To be looked at again {since} ({key_of('keep.decision')} sets another day){': ' * bool(why)}{why}"


def _came(debate: Debate) -> Iterator[tuple[str, str]]:
    """What the user has written of a debate: each a short text, under what it is."""
    shelf = debate.shelf
    for what, words in (
        ("You decided", shelf.choice),
        ("It turned out", shelf.outcome),
        ("Look again", " · ".join(plain_shelf.conditions(shelf.revisit))),
        ("Note", shelf.note),
    ):
        if words:
            yield what, shorten(clean(words), _WRITTEN)


def _without_marks(text: str) -> str:
    """What is emphasized is read as its words: a glance has no room for more."""
    return prose(one_line(text)).plain


def _decision(text: str) -> str:
    """As much of a decision as is shown, with `…` where it was cut."""
    return _without_marks(text[:_DECISION]) + ("…" if len(text) > _DECISION else "")


def _beyond(headline: str, decision: str) -> str:
    """What a decision says more than its headline: a small model's begins with the same sentence."""
    same = headline.rstrip(" .…")
    if not same or not decision.lower().startswith(same.lower()):
        return decision
    rest = decision[len(same) :]
    return decision if rest[:1].isalnum() else rest.lstrip(" .…,;:")


def _so_far(debate: Debate) -> str:
    if debate.round > 0:
        return count(debate.round, "rebuttal round")
    return "openings only" if debate.round == 0 or debate.depth == "quick" else "frame only"


def _hint(debate: Debate, state: str) -> str:
    if state == "running":
        return f"Another window is at this debate. {key_of('library.refresh')} shows what has come since."
    if state == "failed":
        why = one_line(debate.error.message) if debate.error else "It ended without a verdict."
        return f"{why} What was said is kept; {key_of('library.continue')} tries again."
    if state == "interrupted":
        return f"What was said is kept; {key_of('library.continue')} asks only what is missing."
    return ""


def brief(seen: Glance, width: int, rows: int) -> tuple[str, str, str]:
    """What a debate is called, what came of it and how it stands, in so many rows at most, cut with `…`; what has no
    room is empty."""
    head = in_rows(seen.headline or seen.question, width, max(1, min(2, rows - 1)))
    free = rows - 2 - head.count("\n")
    came = in_rows(seen.hint or seen.due or seen.decision, width, free) if free > 0 else ""
    return head, came, fit(f"{seen.standing} · {seen.facts}", width) if rows > 1 else ""


Unfold = Callable[[str, State], Awaitable[Glance]]
"""Reads a debate, known to be in that state. Raises UserError."""


class Preview(VerticalScroll, can_focus=False):
    """A glance, or a few words in its place."""

    DEFAULT_CSS: ClassVar[str] = """
    Preview {
        padding: 0 1 0 2;
        scrollbar-size-vertical: 1;
        & > #glance { width: 1fr; height: auto; padding: 0 1 0 0; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._glance: Glance | None = None
        self._wanted: tuple[str, State] | None = None
        self._unfold: Unfold | None = None
        self._rest: Timer | None = None
        self._work: Worker[None] | None = None
        self._words = Static("", id="glance", markup=False)

    def compose(self) -> ComposeResult:
        yield self._words

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._paint())

    def on_resize(self) -> None:
        self._paint()

    @property
    def shown(self) -> str:
        """The id of the debate that is shown, or nothing."""
        return self._glance.id if self._glance else ""

    @property
    def _as_shown(self) -> tuple[str, State] | None:
        return (self._glance.id, self._glance.state) if self._glance else None

    # What is looked at

    def want(self, debate: tuple[str, State] | None, unfold: Unfold) -> None:
        """Show this debate when nothing else is wanted for a moment; `unfold` reads it off the event loop.

        The first one of all is not waited for.
        """
        first = self._unfold is None
        self._wanted, self._unfold = debate, unfold
        if self._rest is not None:
            self._rest.stop()
        self._rest = None if first else self.set_timer(_REST_SECONDS, self._rested)
        if first:
            self._rested()

    def _rested(self) -> None:
        if self._work is None or self._work.is_finished:
            self._work = self.run_worker(later(self._load), group="glance")

    async def _load(self) -> None:
        """Unfold what is wanted, and go on while something else is wanted by then: never two at once."""
        while (wanted := self._wanted) is not None and wanted != self._as_shown and self._unfold is not None:
            try:
                glance = await self._unfold(*wanted)
            except UserError as e:
                self.say(one_line(str(e)))
                return
            if wanted == self._wanted:
                self.show(glance)

    def show(self, glance: Glance) -> None:
        new = glance.id != self.shown
        self._glance = glance
        self._paint()
        if new:
            self.scroll_home(animate=False)

    def forget(self) -> None:
        """What is shown may be out of date: `shown` names nothing, and the words stay until others come."""
        self._glance = None

    def say(self, words: str) -> None:
        """These words instead of a debate; none leaves the place empty."""
        self._glance = None
        self._words.update(Content.styled(words, MUTED))

    def _paint(self) -> None:
        if (seen := self._glance) is None:
            return
        if self.size.height < _BRIEF:
            width = self._words.content_size.width or self.size.width
            looks = ("bold", "$text-warning" if seen.hint or seen.due else "", MUTED)
            rows = [Content.styled(*row) for row in zip(brief(seen, width, self.size.height), looks, strict=True)]
            self._words.update(Content("\n").join(row for row in rows if row.plain))
            return
        parts = [
            Content.styled(seen.question if seen.headline else "", MUTED),
            Content.styled(seen.headline or seen.question, "bold"),
            Content.styled(f"{seen.standing}\n{seen.facts}", MUTED),
            Content.styled(seen.tags, "$text-accent"),
            Content.styled(seen.hint, "$text-warning"),
            Content.styled(seen.due, "$text-warning"),
            *(Content.assemble((f"{what}  ", MUTED), words) for what, words in seen.came),
            self._voices(seen),
            Content(seen.decision),
        ]
        self._words.update(Content("\n\n").join(part for part in parts if part.plain))

    def _voices(self, seen: Glance) -> Content:
        behind = self.background_colors[1] if self.is_attached else Color(0, 0, 0)
        lines = []
        for voice in seen.voices:
            ink = "bold" if plain(self) else f"bold {readable(voice.colour, behind).hex6}"
            said = Content.styled(f"  {voice.lead}", "") if voice.lead else Content.styled("  said nothing", MUTED)
            lines.append(Content.assemble((f"{voice.letter} {voice.name}", ink), said))
        return Content("\n").join(lines)
