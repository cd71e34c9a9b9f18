"""A debate as one page of Markdown, to be read on a forge: the verdict first, then all that was said. Pure.

Everything that a model, a person, a file or a server has written goes through `markdown.py`. The only HTML on the page
are the anchors of statements; the only links lead to these, and to the addresses of sources, which are shown whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from upverdict.core import citing, markdown, page_facts, plain_shelf, plain_statement, plain_verdict, rulings, versions
from upverdict.core import events as ev
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Statement, Verdict
from upverdict.core.markdown import bold, line, styled
from upverdict.core.text import shorten

MOST_QUOTED = 200
"""Characters of what a source says that are shown with it."""

_ID = re.compile(r"[A-Za-z][0-9]{1,4}")


def page(debate: Debate, state: State, number: int = 1) -> str:
    """The whole page. `state` is the debate's as a reader knows it; `number` counts the pages of one file, so that the
    links of each lead to places of its own."""
    return "\n".join([*_Page(debate, f"{number}-" if number > 1 else "").made(state)]).rstrip("\n") + "\n"


class _Page:
    def __init__(self, debate: Debate, before: str) -> None:
        self.debate = debate
        self._before = before

    def made(self, state: State) -> Iterator[str]:
        """Its lines."""
        debate = self.debate
        yield from (f"# {line(debate.title)}", "")
        if debate.shelf.title:
            yield from (f"Asked: {line(debate.question)}", "")
        if verdict := debate.verdict:
            yield from self._verdict(verdict)
        yield from self._decided()
        yield from self._standing(state)
        yield from self._sources()
        if verdict:
            yield from self._versions(verdict)
        yield from self._debate()
        yield from self._discussion()
        yield from self._about(state)

    # -- the verdict ---------------------------------------------------------------------------------------------------

    def _verdict(self, verdict: Verdict) -> Iterator[str]:
        debate, ruling = self.debate, verdict.ruling
        assert ruling is not None, "only a verdict that was reached is shown"
        which = f" (version {verdict.version})" if verdict.version > 1 else ""
        yield from (f"## Verdict{which}: {line(ruling.headline)}", "")
        for note in plain_verdict.notes(debate, ruling):
            yield from (_note(note), "")
        if debate.judge and (
            other := plain_statement.stood_in(debate, debate.judge.voice, verdict.model, verdict.asked)
        ):
            yield from (_note(other), "")
        if decision := plain_verdict.beyond_headline(ruling):
            yield from (*markdown.block(decision), "")
        if ruling.option:
            yield from (f"**Decided for:** {line(ruling.option)}", "")
        yield from _section("What each said", self._quotes(ruling))
        yield from _section("Where they agreed", self._claims(ruling, ruling.agreed))
        yield from _section("Where they split", self._claims(ruling, ruling.split))
        yield from _section("Verdicts before", self._past(ruling))
        yield from _section("What would flip it", self._flips(ruling))
        yield from _section("Who moved, as they say themselves", _listed(plain_verdict.moved_lines(debate, ruling)))
        yield from _section("Who dissents, by the last ballot", _listed(plain_verdict.dissent_lines(debate, ruling)))
        yield from _section("At a glance", self._glance(ruling))

    def _decided(self) -> Iterator[str]:
        """What came of it. A note is left out: it is its owner's, and a page goes to others."""
        shelf = self.debate.shelf
        yield from _section("What was decided in the end", markdown.block(shelf.choice) if shelf.choice else ())
        yield from _section("How it turned out", markdown.block(shelf.outcome) if shelf.outcome else ())
        yield from _section("When to look at it again", _listed(plain_shelf.conditions(shelf.revisit)))

    def _quotes(self, ruling: rulings.Ruling) -> Iterator[str]:
        for n, quote in enumerate(ruling.pull_quotes):
            said = self.debate.statements[quote.statement]
            where = plain_statement.heading(self.debate, said).rpartition(" · ")[2]
            who = f"— {bold(self.debate.name(quote.voice))}, {self._link(quote.statement)} · {line(where)}"
            yield from (*("",) * bool(n), *markdown.quoted((f"“{styled(quote.text)}”", "", who)))

    def _claims(self, ruling: rulings.Ruling, claims: Iterable[rulings.Claim]) -> Iterator[str]:
        for claim in claims:
            yield f"- {bold(claim.claim)} ({plain_verdict.tally(claim, ruling)})"
            for where, cited in (("", claim.support), ("against: ", claim.against)):
                for id, voice, words in plain_verdict.proofs(self.debate, cited):
                    yield f"  - {where}{self._link(id)} {line(self.debate.name(voice))}: “{styled(words)}”"

    def _past(self, ruling: rulings.Ruling) -> Iterator[str]:
        for source, one in plain_verdict.reconciled(self.debate, ruling):
            yield f"- {bold(source.title)} ({line(f'[{source.id}]')}) {rulings.HOLDS[one.holds]}: {line(one.why)}"
            for id, voice, words in plain_verdict.proofs(self.debate, one.support):
                yield f"  - {self._link(id)} {line(self.debate.name(voice))}: “{styled(words)}”"

    def _flips(self, ruling: rulings.Ruling) -> Iterator[str]:
        for number, flip in enumerate(ruling.flips, 1):
            yield f"{number}. {line(flip.fact)}" + (f" *To find out:* {line(flip.check)}" if flip.check else "")

    def _glance(self, ruling: rulings.Ruling) -> Iterator[str]:
        rows = [
            (
                bold(self.debate.letter(g.voice)),
                line(self.debate.name(g.voice)),
                line(self._tagline(g.voice)),
                line(g.lead),
            )
            for g in ruling.glance
        ]
        if rows:
            yield from markdown.table(("", "Voice", "Who that is", "In a sentence"), rows)

    def _tagline(self, voice: str) -> str:
        return "" if voice == ev.USER else self.debate.seat(voice).tagline

    def _standing(self, state: State) -> Iterator[str]:
        if note := page_facts.standing(self.debate, state):
            yield from (_note(note), "")

    def _sources(self) -> Iterator[str]:
        for title, listed in zip(("Sources cited", "Sources not cited"), citing.by_use(self.debate), strict=True):
            yield from _section(title, (self._source(one) for one in listed))

    def _source(self, source: ev.Source) -> str:
        address = _address(source.url)
        title = bold(source.title) if source.title and source.title != source.url else ""
        quote = shorten(citing.first_quote(self.debate, source.id), MOST_QUOTED)
        said = f"“{line(quote)}”" if quote else ""
        use = f"cited in {', '.join(map(self._link, self.debate.cited_by(source.id)))}"
        parts = (title, address, said, use * bool(self.debate.cited_by(source.id)), citing.how_found(source))
        return f"- {line(f'[{source.id}]')} {' · '.join(filter(None, parts))}"

    def _versions(self, verdict: Verdict) -> Iterator[str]:
        """Every version with why there is one, and what the last one says otherwise, where there are several."""
        reached = [v for v in self.debate.verdicts if v.ruling]
        if len(reached) < 2:
            return
        yield from _section("Versions", (self._version(one) for one in reached))
        before = versions.before(self.debate, verdict)
        if before is not None and before.ruling and verdict.ruling:
            found = versions.changes(before.ruling, verdict.ruling)
            changed = self._changes(found) if found else iter(("Nothing.",))
            yield from _section(f"What changed since version {before.version}", changed)

    def _version(self, one: Verdict) -> str:
        headline = one.ruling.headline if one.ruling else ""
        return f"- Version {one.version}, {line(versions.cause(self.debate, one))}: {bold(headline)}"

    def _changes(self, found: Iterable[versions.Change]) -> Iterator[str]:
        for section, changes in groupby(found, key=lambda c: c.section):
            yield f"- **{plain_verdict.SECTIONS[section]}**"
            for change in changes:
                who = f"{line(self.debate.name(change.voice))}: " if change.voice else ""
                now = f"{who}{line(change.text)}"
                match change.kind:
                    case "changed":
                        yield from (f"  - *before:* {who}{line(change.was)}", f"  - *now:* {now}")
                    case "moved":
                        yield f"  - *moved here from {line(change.was)}:* {now}"
                    case "added":
                        yield f"  - *new:* {now}"
                    case "removed":
                        yield f"  - *gone:* {now}"

    # -- the debate ----------------------------------------------------------------------------------------------------

    def _debate(self) -> Iterator[str]:
        debate = self.debate
        yield from ("## The debate", "")
        if debate.background:
            yield from ("### Background", "", *markdown.block(debate.background), "")
        yield from self._frame()
        for title, statements in page_facts.rounds(debate):
            yield from (f"### {title}", "")
            for statement in statements:
                yield from self._statement(statement)

    def _frame(self) -> Iterator[str]:
        """How the question was understood, or why it stands as it was asked."""
        settled = self.debate.framing.settled
        if settled is None:
            return
        if settled.by == "none":
            yield from (_note(settled.note), "")
            return
        frame = settled.frame
        yield from ("### The frame", "", *markdown.block(frame.restatement), "")
        if frame.presuppositions:
            yield from ("It takes for granted:", "", *_listed(frame.presuppositions), "")
        if frame.options:
            yield from ("The options, besides something else:", "")
            yield from (f"{n}. {line(option)}" for n, option in enumerate(frame.options, 1))
            yield ""

    def _statement(self, statement: Statement, level: str = "####") -> Iterator[str]:
        """Its heading with its anchor, its words with its marks, and what is to be known of it."""
        heading = f"{statement.id} · {plain_statement.heading(self.debate, statement)}"
        yield from (f'{level} <a id="{self._anchor(statement.id)}"></a>{line(heading)}', "")
        for broken_off in statement.earlier:
            yield from (*markdown.block(broken_off), "", _note(f"[{plain_statement.ASKED_AGAIN}]"), "")
        if statement.text.strip():
            yield from (*markdown.block(citing.marked(statement).rstrip()), "")
        for remark in plain_statement.remarks(self.debate, statement):
            yield from (_note(remark), "")

    def _discussion(self) -> Iterator[str]:
        if self.debate.comments:
            yield from ("## Discussion", "")
        for comment in self.debate.comments:
            yield from self._statement(comment.statement, "###")
            if comment.fact:
                yield from (_note(f"What you found out about “{comment.fact}”"), "")
            for answer in self.debate.answers(comment).values():
                yield from self._statement(answer, "###")
            yield from (_note(plain_statement.outcome(comment)), "")

    # -- facts ---------------------------------------------------------------------------------------------------------

    def _about(self, state: State) -> Iterator[str]:
        debate = self.debate
        yield from ("## About this debate", "")
        rows = ((bold(seat.letter), *map(line, (seat.name, *who))) for seat, *who in page_facts.asked(debate))
        yield from markdown.table(("", "Voice", "Model", "Endpoint"), rows)
        yield ""
        yield from _listed([*page_facts.facts(debate, state), page_facts.MADE])

    # -- links ---------------------------------------------------------------------------------------------------------

    def _anchor(self, statement: str) -> str:
        if _ID.fullmatch(statement):
            return f"{self._before}{statement.lower()}"
        return f"{self._before}statement-{list(self.debate.statements).index(statement) + 1}"

    def _link(self, id: str) -> str:
        """The id of a statement or a sentence, which leads to the statement."""
        statement = id.partition(".")[0]
        return f"[{line(id)}](#{self._anchor(statement)})" if statement in self.debate.statements else line(id)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A section under its title; nothing where it has no line."""
    found = list(lines)
    if found:
        yield from (f"### {title}", "", *found, "")


def _listed(lines: Iterable[str]) -> Iterator[str]:
    return (f"- {line(one)}" for one in lines)


def _note(words: str) -> str:
    """Words of the program's about what was said, without the brackets that plain text puts around them."""
    inner = line(words[1:-1] if words.startswith("[") and words.endswith("]") else words)
    return f"*{inner}*" if inner else ""


def _address(url: str) -> str:
    """The address of a source, as a link where it is one of the web that hides nothing, else as text."""
    return f"<{url}>" if page_facts.is_web(url) else line(url)
