"""One version of a verdict as the parts of a page, in the order of its sections. Reads the fold; decides nothing.

The words for missing voices and tallies are `core`'s; an empty section is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from textual.content import Content

from upverdict.core import citing, movement, past, plain_statement, plain_verdict, rulings, versions
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Shelf, Statement, Verdict
from upverdict.core.text import length, sentences
from upverdict.tui.colours import MUTED
from upverdict.tui.keyboard import key_of
from upverdict.tui.widgets import shelf_parts
from upverdict.tui.widgets import verdict_parts as parts
from upverdict.tui.widgets.page_parts import Other, Part, Whole, section, text
from upverdict.tui.widgets.plain import age, count, one_line
from upverdict.tui.widgets.prose import prose
from upverdict.tui.widgets.sources import source_parts
from upverdict.tui.widgets.statement_words import heading
from upverdict.tui.widgets.verdict_versions import CHANGED, THE_SAME, changed, in_short, listed

if TYPE_CHECKING:
    from upverdict.core.store.reader import Related

MORE = "Keep reading"
"""The last section: where to read on."""


@dataclass(frozen=True)
class Page:
    """What a page is made of. `state` is the debate's as a reader knows it; `colour` gives a voice's own, `shelf` says
    how the debate is kept now. On a `high` screen there is room around the headline.
    """

    debate: Debate
    verdict: Verdict
    state: State
    colour: parts.Colour
    shelf: Shelf
    high: bool = False

    @property
    def ruling(self) -> rulings.Ruling:
        assert self.verdict.ruling is not None, "only a verdict that was reached is shown"
        return self.verdict.ruling

    @property
    def latest(self) -> bool:
        """Whether no later version was reached."""
        return self.verdict is self.debate.verdict

    def made(self) -> Iterator[Part]:
        """Everything from the question to where to read on."""
        ruling = self.ruling
        yield text(one_line(self.shelf.title or self.debate.question), "question", style=MUTED, above=1, below=0)
        yield from shelf_parts.about(self.debate, self.shelf)
        yield from self._standing()
        notes = list(plain_verdict.notes(self.debate, ruling))
        if ruling.missing:  # the first line of a verdict owns up to who was not heard
            yield _grave(notes.pop(0))
        yield Part(
            Content(one_line(ruling.headline)),
            "headline",
            style="bold $text-primary",
            bar="$primary",
            indent=2,
            above=1,
            banner=2 if self.high else 1,
        )
        if (before := versions.before(self.debate, self.verdict)) is not None:
            yield from in_short(before, self.verdict)
        yield from (text(note, "note", style=MUTED, below=n + 1 == len(notes)) for n, note in enumerate(notes))
        if self.debate.judge and (
            other := plain_statement.stood_in(
                self.debate, self.debate.judge.voice, self.verdict.model, self.verdict.asked
            )
        ):
            yield _grave(other)
        yield from section("What you decided", shelf_parts.DECIDED, shelf_parts.decided(self.shelf))
        yield from section("What each said", "What each said", self._quotes())
        yield from section("Where they agreed", "Where they agreed", self._claims(ruling.agreed))
        yield from section("Where they split", "Where they split", self._claims(ruling.split))
        yield from section("The verdict", "The verdict", self._decision())
        yield from section("Verdicts before", "Verdicts before", self._past())
        yield from section("What would flip it", "What would flip it", self._flips())
        yield from section("Who moved, as they say themselves", "Who moved", self._moved())
        yield from section("Who dissents, as they say themselves", "Who dissents", self._dissent())
        yield from section("At a glance", "At a glance", self._glances())
        cited, _ = citing.by_use(self.debate)
        title = "Sources cited" if cited else "Sources, none of them cited"
        yield from section(title, "Sources", source_parts(self.debate))
        yield from section("Discussion", "Discussion", self._discussion())
        yield from section("Versions", "Versions", listed(self.debate, self.verdict))
        if before is not None:
            found = changed(self.debate, before, self.verdict, self._proof)
            yield from section(f"What changed since version {before.version}", CHANGED, found)
        yield from section("Keep reading", MORE, self._whole())

    # -- how the verdict stands ----------------------------------------------------------------------------------------

    def _standing(self) -> Iterator[Part]:
        """Which version this is, and what became of what was said after it."""
        reached = [v for v in self.debate.verdicts if v.ruling]
        if len(reached) > 1:
            which = f"Version {self.verdict.version} of {reached[-1].version}"
            # The keys stand where no line breaks.
            keys = (f"{key_of('verdict.older')} older",) * (self.verdict is not reached[0])
            keys += (f"{key_of('verdict.newer')} newer",) * (not self.latest)
            yield _note(" · ".join((which, *keys, versions.cause(self.debate, self.verdict))))
            before = versions.before(self.debate, self.verdict)
            if before is not None and before.ruling and not versions.changes(before.ruling, self.ruling):
                yield _note(THE_SAME)
        last = self.debate.comments[-1] if self.debate.comments else None
        if last is not None and last.upheld and self.latest:
            yield _note(plain_statement.outcome(last))
        if self.latest and self.state in ("interrupted", "failed"):
            go_on = f"{key_of('verdict.continue')} goes on with the debate."
            yield _grave(f"The judge has not ruled on what you said after it. {go_on}")

    # -- sections ------------------------------------------------------------------------------------------------------

    def _quotes(self) -> Iterator[Part]:
        for q in self.ruling.pull_quotes:
            place = heading(self.debate.statements[q.statement]).lower()
            yield parts.pull_quote(q, self._who(q.voice), place)

    def _claims(self, claims: Iterable[rulings.Claim]) -> Iterator[Part]:
        for claim in claims:
            sides = (("", claim.support), ("against ", claim.against))
            proofs = [
                parts.Proof(id, words, self.colour(voice), self._sentences.get(id), where)
                for where, cited in sides
                for id, voice, words in plain_verdict.proofs(self.debate, cited)
            ]
            yield from parts.claim(claim.claim, plain_verdict.tally(claim, self.ruling), proofs)

    def _decision(self) -> Iterator[Part]:
        if self.ruling.option:
            yield text(f"Decided for “{one_line(self.ruling.option)}”.", "option", style=MUTED)
        if decision := plain_verdict.beyond_headline(self.ruling):
            yield text(prose(decision), "decision")

    def _past(self) -> Iterator[Part]:
        for source, one in plain_verdict.reconciled(self.debate, self.ruling):
            yield Part(
                Content.styled(one_line(source.title), "bold"),
                "past",
                jump=Other(past.id_of(source)),
                bar="$accent",
                below=0,
            )
            proofs = [p for ids in one.support.values() for id in ids if (p := self._proof(id))]
            yield from parts.claim(one.why, rulings.HOLDS[one.holds], proofs)

    def _flips(self) -> Iterator[Part]:
        can_find = self.latest and self.state == "finished"
        return (parts.flip(flip, number, open=can_find) for number, flip in enumerate(self.ruling.flips, 1))

    def _moved(self) -> Iterator[Part]:
        for one in self.ruling.moved:
            before, after = one.before, one.after
            if before.option == after.option:
                shift = f"“{before.option}” all along, but {before.confidence} → {after.confidence} of 100 sure"
            else:
                shift = f"from “{before.option}” ({before.confidence}) to “{after.option}” ({after.confidence} of 100)"
            yield from parts.moved(self._who(one.voice), shift, self._cast(one.voice, after), self._proof(one.moved_by))

    def _dissent(self) -> Iterator[Part]:
        for one in self.ruling.dissent:
            yield parts.dissent(self._who(one.voice), one.stance, one.crux, self._cast(one.voice, one.stance))

    def _glances(self) -> Iterator[Part]:
        for one in self.ruling.glance:
            spoken = next((s for s in self.debate.of(one.voice) if s.spoken), None)
            opening = self._sentences.get(f"{spoken.id}.1") if spoken else None
            yield parts.glance(self.debate.seat(one.voice), one.lead, self.colour(one.voice), opening)

    def _discussion(self) -> Iterator[Part]:
        for comment in self.debate.comments:
            about = f"on “{one_line(comment.fact)}”" if comment.about == "finding" else "pushed back"
            yield self._said(comment.statement, about)
            for answer in self.debate.answers(comment).values():
                yield self._said(answer, "")
            yield text(plain_statement.outcome(comment), "note", style=MUTED)

    def _said(self, statement: Statement, note: str) -> Part:
        words = "\n".join(filter(None, (statement.text.strip(), plain_statement.ending(statement))))
        place = " · ".join(filter(None, (statement.id, note)))
        return parts.said(self._who(statement.voice), place, words, self._sentences.get(f"{statement.id}.1"))

    def _whole(self) -> Iterator[Part]:
        said = [s for s in self.debate.statements.values() if s.text.strip()]
        spoken = sum(length(s.text) for s in said)
        words = Content.assemble(
            ("This debate, whole", "bold"), (f"  {count(len(said), 'statement')}, {count(spoken, 'word')}", MUTED)
        )
        yield Part(words, "whole", jump=Whole(), bar="$accent")

    # -- what the parts lead to ----------------------------------------------------------------------------------------

    def _who(self, voice: str) -> parts.Who:
        return parts.Who(self.debate.letter(voice), self.debate.name(voice), self.colour(voice))

    @cached_property
    def _sentences(self) -> dict[str, rulings.PullQuote]:
        """Every numbered sentence in its statement."""
        found = {}
        for statement in self.debate.statements.values():
            for n, (start, end) in enumerate(statement.spans or sentences(statement.text), 1):
                quote = rulings.PullQuote(statement.voice, statement.id, statement.text[start:end], start, end)
                found[f"{statement.id}.{n}"] = quote
        return found

    def _proof(self, id: str) -> parts.Proof | None:
        """The sentence with this id; None when there is none."""
        quote = self._sentences.get(id)
        return None if quote is None else parts.Proof(id, quote.text, self.colour(quote.voice), quote)

    def _cast(self, voice: str, stance: rulings.Stance) -> rulings.PullQuote | None:
        """The beginning of the statement with which a voice said so of itself."""
        statement = movement.cast_with(self.debate, voice, stance)
        return self._sentences.get(f"{statement.id}.1") if statement else None


def related_parts(related: Iterable[Related]) -> Iterator[Part]:
    """Other debates that are about the same, with the words that they share with this one."""
    for one in related:
        row = one.row
        lines = [Content.styled(one_line(row.called), "bold")]
        lines += [Content(one_line(row.headline))] if row.headline else []
        shared = f"also about: {', '.join(map(one_line, one.shared))}"
        when = age(row.created_at, datetime.now().astimezone())
        lines.append(Content.styled(" · ".join(filter(None, (shared, row.state, when))), MUTED))
        yield Part(Content("\n").join(lines), "related", jump=Other(row.id), bar="$accent")


def _note(words: str) -> Part:
    return text(words, "note", style=MUTED, below=0)


def _grave(words: str) -> Part:
    return text(f"! {words}", "grave", style="bold $text-warning", below=0)
