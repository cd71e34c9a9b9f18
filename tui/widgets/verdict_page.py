"""One version of a verdict as the widgets of a page, in the order of its sections. Reads the fold; decides nothing.

The words for missing voices and tallies are `core`'s; an empty section is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from upverdict.core import citing, plain_statement, plain_verdict, rulings, versions
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Statement, Verdict
from upverdict.core.score import POINTS, Score
from upverdict.core.text import clean, length, sentences
from upverdict.tui.colours import MUTED
from upverdict.tui.keyboard import key_of
from upverdict.tui.widgets import verdict_parts as parts
from upverdict.tui.widgets.plain import one_line
from upverdict.tui.widgets.prose import prose
from upverdict.tui.widgets.sources import source_parts
from upverdict.tui.widgets.statement_words import heading
from upverdict.tui.widgets.verdict_stops import Flip, Mover, PullQuote, Said

THE_SAME = "It says the same as before."


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of. `state` is the debate's as a reader knows it; `colour` gives a voice's own.

    `score` is that of the latest version, if it is known already.
    """

    debate: Debate
    verdict: Verdict
    state: State
    colour: parts.Colour
    score: Score | None = None

    @property
    def ruling(self) -> rulings.Ruling:
        assert self.verdict.ruling is not None, "only a verdict that was reached is shown"
        return self.verdict.ruling

    @property
    def latest(self) -> bool:
        """Whether no later version was reached."""
        return self.verdict is self.debate.verdict

    def parts(self) -> Iterator[Widget]:
        """Everything from the question to where to read on."""
        ruling = self.ruling
        yield _text(one_line(self.debate.question), id="question")
        yield from self._standing()
        notes = list(plain_verdict.notes(self.debate, ruling))
        if ruling.missing:  # the first line of a verdict owns up to who was not heard
            yield _text(f"! {notes.pop(0)}", classes="remark -above -grave")
        yield _text(one_line(ruling.headline), id="headline")
        yield from (_text(note, classes="remark") for note in notes)
        if self.debate.judge and (
            other := plain_statement.stood_in(
                self.debate, self.debate.judge.voice, self.verdict.model, self.verdict.asked
            )
        ):
            yield _text(f"! {other}", id="stood-in", classes="remark -grave")
        yield from _section("What each said", self._quotes())
        yield from _section("Where they agreed", self._claims(ruling.agreed))
        yield from _section("Where they split", self._claims(ruling.split))
        yield from _section("The verdict", self._decision())
        yield from _section("What would flip it", self._flips())
        yield from _section("Who moved, as they say themselves", self._moved())
        yield from _section("Who dissents, as they say themselves", self._dissent())
        yield from _section("At a glance", self._glances())
        cited, _ = citing.by_use(self.debate)
        title = "Sources cited" if cited else "Sources, none of them cited"
        yield from _section(title, source_parts(self.debate), id="sources")
        yield from _section("Discussion", self._discussion())
        yield from _section("Versions", self._versions())
        if (before := versions.before(self.debate, self.verdict)) is not None:
            yield from _section(f"What changed since version {before.version}", self._changes(before))
        yield from self.scored()
        yield _text(self._keep_reading(), id="more")

    # -- how the verdict stands ----------------------------------------------------------------------------------------

    def _standing(self) -> Iterator[Static]:
        """Which version this is, and what became of what was said after it."""
        if len(reached := self._reached) > 1:
            which = f"Version {self.verdict.version} of {reached[-1].version}"
            # The keys stand where no line breaks.
            keys = ("[ older",) * (self.verdict is not reached[0]) + ("] newer",) * (not self.latest)
            line = " · ".join((which, *keys, versions.cause(self.debate, self.verdict)))
            yield _text(line, classes="remark -above")
            before = versions.before(self.debate, self.verdict)
            if before is not None and before.ruling and not versions.changes(before.ruling, self.ruling):
                yield _text(THE_SAME, classes="remark -above")
        last = self.debate.comments[-1] if self.debate.comments else None
        if last is not None and last.upheld and self.latest:
            yield _text(plain_statement.outcome(last), classes="remark -above")
        if self.latest and self.state in ("interrupted", "failed"):
            go_on = f"{key_of('verdict.continue')} goes on with the debate."
            begun = f"The judge has not ruled on what you said after it. {go_on}"
            yield _text(f"! {begun}", classes="remark -above -grave")

    @property
    def _reached(self) -> list[Verdict]:
        return [v for v in self.debate.verdicts if v.ruling]

    # -- sections ------------------------------------------------------------------------------------------------------

    def _quotes(self) -> Iterator[Widget]:
        for q in self.ruling.pull_quotes:
            place = "  " + heading(self.debate.statements[q.statement]).lower()
            yield PullQuote(q, self.debate.letter(q.voice), self.debate.name(q.voice), place, self.colour(q.voice))

    def _claims(self, claims: Iterable[rulings.Claim]) -> Iterator[Widget]:
        for claim in claims:
            support, against = (plain_verdict.proofs(self.debate, cited) for cited in (claim.support, claim.against))
            yield parts.claim(claim.claim, plain_verdict.tally(claim, self.ruling), support, against, self.colour)

    def _decision(self) -> Iterator[Widget]:
        if self.ruling.option:
            yield _text(f"Decided for “{one_line(self.ruling.option)}”.", classes="remark")
        yield _text(prose(self.ruling.decision), id="decision")

    def _flips(self) -> Iterator[Widget]:
        can_find = self.latest and self.state == "finished"
        for number, flip in enumerate(self.ruling.flips, 1):
            yield Flip(flip, number, open=can_find)

    def _moved(self) -> Iterator[Widget]:
        for one in self.ruling.moved:
            before, after = one.before, one.after
            if before.option == after.option:
                shift = f"“{before.option}” all along, but {before.confidence} → {after.confidence} of 100 sure"
            else:
                shift = f"from “{before.option}” ({before.confidence}) to “{after.option}” ({after.confidence} of 100)"
            letter, name = self.debate.letter(one.voice), self.debate.name(one.voice)
            said = self._sentence(one.moved_by)
            yield Mover(letter, name, shift, one.moved_by, said, self.colour(one.voice))

    def _dissent(self) -> Iterator[Widget]:
        for one in self.ruling.dissent:
            letter, name = self.debate.letter(one.voice), self.debate.name(one.voice)
            yield parts.dissent(letter, name, one.stance, one.crux, self.colour(one.voice))

    def _glances(self) -> Iterator[Widget]:
        return (parts.glance(self.debate.seat(g.voice), g.lead, self.colour(g.voice)) for g in self.ruling.glance)

    def _discussion(self) -> Iterator[Widget]:
        for comment in self.debate.comments:
            about = f"on “{one_line(comment.fact)}”" if comment.about == "finding" else "pushed back"
            yield self._said(comment.statement, about)
            for answer in self.debate.answers(comment).values():
                yield self._said(answer, "")
            yield _text(plain_statement.outcome(comment), classes="remark")

    def _versions(self) -> Iterator[Widget]:
        """Every version with why there is one, where there are several."""
        if len(reached := self._reached) > 1:
            for one in reached:
                assert one.ruling is not None, "it was reached"
                here = "▸ " if one is self.verdict else "  "
                why = Content.styled(f"\n{clean(versions.cause(self.debate, one))}", MUTED)
                yield parts.Entry(
                    Content(f"{here}version {one.version}"), Content.assemble(one_line(one.ruling.headline), why)
                )

    def _changes(self, before: Verdict) -> Iterator[Widget]:
        """What was new, and what the ruling says otherwise than the one before, section by section."""
        assert before.ruling is not None, "it was reached"
        for id in self.ruling.because:
            if (new := self._sentence(id)) is not None:
                yield parts.change("new", [("", f"{id} “{new.text}”")])
        sections: dict[str, list[tuple[str, str]]] = {}
        for change in versions.changes(before.ruling, self.ruling):
            who = f"{self.debate.name(change.voice)}: " if change.voice else ""
            lines = sections.setdefault(plain_verdict.SECTIONS[change.section].lower(), [])
            match change.kind:
                case "changed":
                    lines += [("-", f"{who}{change.was}"), ("+", f"{who}{change.text}")]
                case "moved":
                    lines.append(("+", f"{change.text} (it was {change.was} before)"))
                case "added" | "removed":
                    lines.append(("+" if change.kind == "added" else "-", f"{who}{change.text}"))
        for section, lines in sections.items():
            yield parts.change(section, lines)
        if not sections:
            yield _text(THE_SAME, classes="remark")

    def scored(self) -> Iterator[Widget]:
        """The score of the latest version, where it is known."""
        if self.score is None or self.score.version != self.verdict.version:
            return
        found: list[Widget] = [_text(f"! {words}", classes="remark -grave") for words in self.score.failed]
        for check in self.score.checks:
            points = "–" if check.points is None else f"{check.points} of {POINTS}"
            found.append(parts.Entry(Content(points), Content(one_line(check.words)), tight=True))
        sum = f"What code can check: {self.score.points} of {self.score.possible}"
        yield from _section(sum, found)

    def _said(self, statement: Statement, note: str) -> Widget:
        text = "\n".join(filter(None, (statement.text.strip(), plain_statement.ending(statement))))
        letter, name = self.debate.letter(statement.voice), self.debate.name(statement.voice)
        place = " · ".join(filter(None, (statement.id, note)))
        quote = self._sentence(f"{statement.id}.1")
        return Said(letter, name, place, text, quote, self.colour(statement.voice))

    def _sentence(self, id: str) -> rulings.PullQuote | None:
        """A sentence in its statement; None when there is none with this id."""
        statement = self.debate.statements.get(id.partition(".")[0])
        number = (
            next((n for n, (known, _) in enumerate(statement.sentences) if known == id), None) if statement else None
        )
        if statement is None or number is None:
            return None
        start, end = (statement.spans or sentences(statement.text))[number]
        return rulings.PullQuote(statement.voice, statement.id, statement.text[start:end], start, end)

    def _keep_reading(self) -> str:
        said = [s for s in self.debate.statements.values() if s.text.strip()]
        spoken = sum(length(s.text) for s in said)
        opens = f"{key_of('verdict.debate')} opens the whole debate"
        return f"Keep reading: {opens}, {len(said)} statements, {spoken:,} words."


def _section(title: str, content: Iterable[Widget], id: str | None = None) -> Iterator[Widget]:
    """A title and what stands under it."""
    found = list(content)
    if found:
        yield _text(title.upper(), id=id, classes="section")
        yield from found


def _text(words: str | Content, *, id: str | None = None, classes: str | None = None) -> Static:
    return Static(clean(words) if isinstance(words, str) else words, markup=False, id=id, classes=classes)
