"""What a verdict says as sections of a page of HTML, each claim with the words that prove it. Pure; reads the fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from upverdict.core import events as ev
from upverdict.core import plain_statement, plain_verdict, rulings, versions
from upverdict.core.folded import Verdict
from upverdict.core.html_parts import Html, el, escaped, joined, labelled, lined, listing, to
from upverdict.core.html_prose import prose
from upverdict.core.html_voices import Voices, one_line
from upverdict.core.text import shorten


class Section(NamedTuple):
    """A section of the page. `id` is its anchor, `name` what the contents call it; there is none without a `body`."""

    id: str
    name: str
    title: str
    body: Html


class Ruled:
    """One version of the verdict that was reached."""

    def __init__(self, voices: Voices, verdict: Verdict) -> None:
        assert verdict.ruling is not None, "only a verdict that was reached is shown"
        self.voices = voices
        self.debate = voices.debate
        self.verdict = verdict
        self.ruling: rulings.Ruling = verdict.ruling

    def top(self, level: str = "h1") -> Html:
        """The headline, what was decided, and what it must own up to."""
        voices, ruling = self.voices, self.ruling
        notes = list(plain_verdict.notes(self.debate, ruling))
        grave = notes.pop(0) if ruling.missing else ""
        decision = plain_verdict.beyond_headline(ruling)
        other = self._stood_in()
        return lined(
            grave and el("p", grave, class_="grave"),
            voices.said(level, ruling.headline, "headline"),
            decision and el("div", prose(decision), class_="words decision", lang=voices.lang),
            ruling.option and el("div", labelled("Decided for", voices.said("b", ruling.option)), class_="option"),
            other and el("p", other, class_="grave"),
            listing("ul", (el("li", note) for note in notes), class_="notes"),
        )

    def _stood_in(self) -> str:
        """Which model ruled, where it is not the one that was asked."""
        judge, verdict = self.debate.judge, self.verdict
        return plain_statement.stood_in(self.debate, judge.voice, verdict.model, verdict.asked) if judge else ""

    def sections(self) -> Iterator[Section]:
        """What proves it, section by section, in the order of the verdict's screen."""
        ruling = self.ruling
        yield Section("said", "What each said", "What each said", self._quotes())
        yield Section("agreed", "Agreed", "Where they agreed", self._claims(ruling.agreed))
        yield Section("split", "Split", "Where they split", self._claims(ruling.split))
        yield Section("past", "Verdicts before", "Verdicts before", self._past())
        yield Section("flips", "What would flip it", "What would flip it", self._flips())
        yield Section("moved", "Who moved", "Who moved, as they say themselves", self._moved())
        yield Section("dissent", "Who dissents", "Who dissents, by the last ballot", self._dissent())
        yield Section("glance", "At a glance", "At a glance", self._glance())

    # -- sections ------------------------------------------------------------------------------------------------------

    def _quotes(self) -> Html:
        return listing("div", map(self._quote, self.ruling.pull_quotes), class_="quotes")

    def _quote(self, quote: rulings.PullQuote) -> Html:
        voices = self.voices
        statement = self.debate.statements.get(quote.statement)
        where = plain_statement.heading(self.debate, statement).rpartition(" · ")[2] if statement else ""
        told = el("span", where and f" {where}", class_="where")
        return el(
            "figure",
            el("blockquote", voices.said("p", voices.quoted(quote.text))),
            el("figcaption", voices.name(quote.voice), " ", voices.quote_ref(quote), told),
            class_=f"quote {voices.cls(quote.voice)}",
        )

    def _claims(self, claims: Iterable[rulings.Claim]) -> Html:
        return listing("ul", map(self._claim, claims), class_="claims")

    def _claim(self, claim: rulings.Claim) -> Html:
        tally = plain_verdict.tally(claim, self.ruling)
        return el(
            "li",
            self.voices.said("p", claim.claim, "held"),
            el("p", tally, " ", *map(self.voices.chip, claim.support), class_="tally"),
            self._proofs(claim.support, "for it", ""),
            self._proofs(claim.against, "against it", "against"),
        )

    def _past(self) -> Html:
        made = (
            el(
                "li",
                self.voices.said("p", source.title, "held"),
                el(
                    "p",
                    joined(to(self.voices.source(source.id), f"source {source.id}"), f" {rulings.HOLDS[one.holds]}"),
                    class_="tally",
                ),
                self.voices.said("p", one.why),
                self._proofs(one.support, "for it", ""),
            )
            for source, one in plain_verdict.reconciled(self.debate, self.ruling)
        )
        return listing("ul", made, class_="claims")

    def _proofs(self, cited: Mapping[str, tuple[str, ...]], name: str, side: str) -> Html:
        label = joined(el("span", side, class_="side"), " ") if side else ""
        made = (
            el("li", self.voices.ref(id, voice), " ", label, self.voices.said("span", self.voices.quoted(words)))
            for id, voice, words in plain_verdict.proofs(self.debate, cited)
        )
        return listing("ul", made, class_=f"proofs {side}".strip(), aria_label=f"Said {name}")

    def _flips(self) -> Html:
        made = (
            el(
                "li",
                self.voices.said("p", flip.fact, "held"),
                labelled("To find out", self.voices.said("span", flip.check) if flip.check else ""),
            )
            for flip in self.ruling.flips
        )
        return listing("ol", made, class_="flips")

    def _moved(self) -> Html:
        made = (
            el(
                "li",
                el("p", self.voices.name(one.voice), " ", self._shift(one)),
                labelled("moved by", *self._proof(one.moved_by)) if one.moved_by else "",
                class_=self.voices.cls(one.voice),
            )
            for one in self.ruling.moved
        )
        return listing("ul", made, class_="people")

    def _shift(self, moved: rulings.Moved) -> Html:
        before, after = moved.before, moved.after
        if before.option == after.option:
            sure = f", but {before.confidence} → {after.confidence} of 100 sure"
            return joined(self._option(before.option), " all along", sure)
        return joined(
            *("from ", self._option(before.option), f" ({before.confidence}) "),
            *("to ", self._option(after.option), f" ({after.confidence} of 100)"),
        )

    def _option(self, option: str) -> Html:
        return joined("“", self.voices.said("span", option), "”")

    def _proof(self, id: str) -> Iterator[Html]:
        """A sentence with its id before it."""
        found = next(((s, words) for s, found, words in self.debate.passages() if found == id), None)
        yield self.voices.ref(id)
        if found is not None:
            words = shorten(one_line(found[1]), plain_verdict.MAX_PROOF)
            yield joined(" ", self.voices.said("span", self.voices.quoted(words)))

    def _dissent(self) -> Html:
        made = (
            el(
                "li",
                el("p", self.voices.name(one.voice), *self._stays(one.stance)),
                labelled("It turns on", self.voices.said("span", one.crux) if one.crux else ""),
                class_=self.voices.cls(one.voice),
            )
            for one in self.ruling.dissent
        )
        return listing("ul", made, class_="people")

    def _stays(self, stance: rulings.Stance) -> Iterator[str]:
        yield from (" stays with ", self._option(stance.option), f" ({stance.confidence} of 100)")

    def _glance(self) -> Html:
        return listing("ul", map(self._at_a_glance, self.ruling.glance), class_="glance")

    def _at_a_glance(self, one: rulings.Glance) -> Html:
        voices = self.voices
        tagline = "" if one.voice == ev.USER else self.debate.seat(one.voice).tagline
        spoken = next((s for s in self.debate.of(one.voice) if s.spoken), None)
        place = joined(" ", voices.ref(f"{spoken.id}.1")) if spoken else ""
        return el(
            "li",
            el("p", voices.name(one.voice), " ", tagline and voices.said("span", tagline, "tagline"), class_="who"),
            el("p", voices.said("span", one.lead or "—"), place, class_="lead"),
            class_=voices.cls(one.voice),
        )

    # -- versions ------------------------------------------------------------------------------------------------------

    def why(self) -> Html:
        """Why there is this version, after its number."""
        return joined(f"Version {self.verdict.version}, {versions.cause(self.debate, self.verdict)}")

    def changed(self, level: str = "h3") -> Html:
        """What it says otherwise than the version before; nothing where it is the first."""
        before = versions.before(self.debate, self.verdict)
        if before is None or before.ruling is None:
            return Html()
        new = listing("ul", (el("li", *self._proof(id)) for id in self.ruling.because), class_="proofs")
        found = versions.changes(before.ruling, self.ruling)
        parts = [
            lined(el("dt", plain_verdict.SECTIONS[section]), *(el("dd", *self._change(change)) for change in changes))
            for section, changes in groupby(found, key=lambda c: c.section)
        ]
        return lined(
            el(level, f"What changed since version {before.version}"),
            el("p", "What was new:", class_="label") if new else "",
            new,
            el("dl", *parts, class_="changes") if parts else el("p", "Nothing: it says the same as before."),
        )

    def _change(self, change: versions.Change) -> Iterator[Html]:
        who = joined(self.voices.name(change.voice), " ") if change.voice else Html()
        match change.kind:
            case "changed":
                yield joined(who, self._line("del", "before:", change.was), self._line("ins", "now:", change.text))
            case "moved":
                yield joined(who, self._line("ins", f"moved here from {change.was}:", change.text))
            case "added":
                yield joined(who, self._line("ins", "new:", change.text))
            case "removed":
                yield joined(who, self._line("del", "gone:", change.text))

    def _line(self, name: str, sign: str, words: str) -> Html:
        return el("p", el("span", sign, class_="label"), " ", self.voices.said(name, words))

    def folded(self) -> Html:
        """The whole version behind its headline, to be opened."""
        sections = [joined(el("h4", section.title), section.body) for section in self.sections() if section.body]
        return el(
            "details",
            el("summary", self.why(), ": ", self.voices.said("b", self.ruling.headline)),
            el("div", self.top("h3"), *sections, self.changed("h4")),
            class_="version",
        )


def parts_of(sections: Iterable[Section]) -> list[Section]:
    """The sections that there are."""
    return [section for section in sections if section.body]


def titled(section: Section) -> Html:
    """A section under its title."""
    id = escaped(section.id)
    return el("section", el("h2", section.title, id=f"{id}-title"), section.body, id=id, aria_labelledby=f"{id}-title")
