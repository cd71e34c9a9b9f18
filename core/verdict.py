"""From a judge's answer to a ruling in which code has proven what it can. Pure; asks nobody.

What a judge writes is a proposal: quotes are looked up (`quotes.py`), cited sentences must exist, who agrees and who
splits follows from the citations, a figure must have been said (`figures.py`), no head is counted but by code, and who
moved, who dissents, the glance and the voices heard are code's own. What falls away is told in `Ruling.struck`, without
its words: nobody has proven them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from upverdict.core import events as ev
from upverdict.core import figures, marks, movement, past, quoted, quotes, rulings
from upverdict.core.debate import Debate
from upverdict.core.neutral import named
from upverdict.core.text import bounded, clean, lead, sentences, shorten
from upverdict.core.values import replace

Cited = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A claim, the ids of the sentences for it, the ids of those against it."""


Reconciled = tuple[str, str, str, tuple[str, ...]]
"""A source that is a past verdict, whether it holds, why, and the ids of the sentences that say so."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A judge's answer that has the right form, under the voices' own names; nothing in it is proven yet."""

    headline: str
    decision: str
    pull_quotes: tuple[tuple[str, str], ...]  # (voice, words)
    agreed: tuple[Cited, ...]
    split: tuple[Cited, ...]
    flips: tuple[rulings.Flip, ...]
    option: str = ""
    because: tuple[str, ...] = ()
    past: tuple[Reconciled, ...] = ()


MAX_DECISION = 2_400
"""Characters of a decision: twice what is asked for (judge_prompt.py)."""

NOTHING_PROVEN = "Nothing that the judge advised could be proven; what was said stands below."
"""The headline where no sentence of the judge's is left."""


def faults(debate: Debate, proposal: Proposal) -> list[str]:
    """What the judge may still mend, in sentences for the judge."""
    found = []
    texts = [proposal.headline, proposal.decision, *(f"{f.fact} {f.check}" for f in proposal.flips)]
    texts += [why for _, _, why, _ in proposal.past]
    claims = [claim for claim, _, _ in (*proposal.agreed, *proposal.split)]
    said = list(_said(debate))
    if unsaid := figures.unsaid("\n".join((*texts, *claims)), said):
        found.append(f"No voice said {', '.join(unsaid[:6])}: leave out figures that were not said.")
    heads = [h for t in (*texts, *claims) if (h := figures.counts_heads(t))]
    if heads:
        found.append(f"Do not count voices (“{heads[0]}”): that is done elsewhere.")
    if any(named(debate, t) for t in (*texts, *claims)):
        found.append("Name no voice in headline, decision, claims and flips.")
    if made_up := [q for t in (*texts, *claims) for q in quoted.unproven(t, debate)]:
        found.append(f"Nobody said “{shorten(made_up[0], 80)}”: put no words in quotation marks that were not said.")
    known = {id for _, id, _ in debate.passages()}
    cited = {id for _, s, a in (*proposal.agreed, *proposal.split) for id in (*s, *a)}
    cited |= {id for _, _, _, ids in proposal.past for id in ids}
    if cited - known:
        found.append("Some sentences that you cite do not exist.")
    proven = {v for v, words in proposal.pull_quotes if quotes.prove(words, v, debate.of(v))}
    if wrong := {v for v, _ in proposal.pull_quotes} - proven:
        found.append(f"{len(wrong)} of the pull quotes are not what that voice said, word for word.")
    told = {source for source, holds, why, ids in proposal.past if holds in rulings.HOLDS and why and known & set(ids)}
    if untold := [one.id for one in past.given(debate.sources.values()) if one.id not in told]:
        found.append(
            f"In past, say of source {' and '.join(untold)} whether that verdict holds (yes, partly or no) and why, "
            "and cite the sentences that say so."
        )
    return found


def rule(debate: Debate, proposal: Proposal) -> rulings.Ruling:
    """The ruling: of the proposal, only what the record bears out; and what code alone says. Claims are unchecked."""
    struck: Counter[str] = Counter()
    said, new = list(_said(debate)), fresh(debate)
    headline = _sound(debate, proposal.headline, said, struck, "sentence of the headline")
    decision = _sound(debate, proposal.decision, said, struck, "sentence of the decision")
    agreed, split = _claims(debate, proposal, said, struck)
    flips = []
    for flip in proposal.flips:
        if (why := _unsound(debate, f"{flip.fact} {flip.check}", said)) is None:
            flips.append(flip)
        else:
            struck[f"line of what would flip it {why}"] += 1
    proven = _proven(debate, proposal.pull_quotes)
    struck["pull quote that was not said so by its voice; code picked another"] = len(
        {v for v, _ in proposal.pull_quotes} - proven.keys()
    )
    reconciled = tuple(_reconciled(debate, proposal, said, struck))
    return replace(
        own(debate, proven),
        headline=headline or lead(decision, 240) or NOTHING_PROVEN,
        decision=decision,
        option=proposal.option,
        agreed=tuple(agreed),
        split=tuple(split),
        flips=tuple(flips),
        dissent=movement.dissent(debate, proposal.option),
        struck=tuple(_told(struck)),
        because=tuple(id for id in dict.fromkeys(proposal.because) if id in new),
        past=reconciled,
    )


def _reconciled(debate: Debate, proposal: Proposal, said: list[str], struck: Counter[str]) -> Iterator[rulings.Past]:
    """For each past verdict whether it holds, as far as sentences can prove why."""
    by = {id: statement.voice for statement, id, _ in debate.passages()}
    for one in past.given(debate.sources.values()):
        found = next((p for p in proposal.past if p[0] == one.id and p[1] in rulings.HOLDS), None)
        if found is None:
            yield rulings.Past(one.id, "", "", {})
            continue
        _, holds, why, ids = found
        support = by_voice(ids, by)
        if unsound := _unsound(debate, why, said):
            struck[f"line on a verdict of before {unsound}"] += 1
        elif not (support and why):
            struck["line on a verdict of before without sentences that could prove it"] += 1
        else:
            yield rulings.Past(one.id, holds, why, support)  # type: ignore[arg-type]
            continue
        yield rulings.Past(one.id, "", "", {})


def fresh(debate: Debate) -> frozenset[str]:
    """The sentences that were said since the verdict that is being looked at again."""
    if debate.comment is None:
        return frozenset()
    said = (debate.comment.statement, *debate.answers(debate.comment).values())
    return frozenset(id for statement in said if statement.spoken for id, _ in statement.sentences)


def _told(struck: Mapping[str, int]) -> Iterator[str]:
    for what, times in struck.items():
        if times:
            yield f"{times} × {what}"


def _said(debate: Debate) -> Iterator[str]:
    """Where a figure may come from: what was said, and what the user gave the council to begin with."""
    yield from (debate.question, debate.background)
    if frame := debate.frame:
        yield from (frame.restatement, *frame.presuppositions, *frame.options)
    yield from (s.text for s in debate.statements.values() if s.spoken)


def _sound(debate: Debate, text: str, said: list[str], struck: Counter[str], what: str) -> str:
    """The sentences of the judge's that may stand, in their paragraphs."""
    kept, at = "", 0
    for begin, end in sentences(text):
        if (why := _unsound(debate, text[begin:end], said, kept + text[at:begin])) is None:
            kept += text[at:end]
        else:
            struck[f"{what} {why}"] += 1
        at = end
    return kept.strip()


def _unsound(debate: Debate, text: str, said: list[str], before: str = "") -> str | None:
    """Why words of the judge's own can't stand, behind what stands before them; None when they can.

    A sentence can say alone what it does not say there: `2.` numbers a line where it begins one.
    """
    before = before[-_BEFORE:]
    if figures.counts_heads(text) or (figures.counts_heads(before + text) and not figures.counts_heads(before)):
        return "that counted voices"
    if figures.unsaid(text, said) or len(figures.unsaid(before + text, said)) > len(figures.unsaid(before, said)):
        return "with a figure that nobody said"
    if quoted.left_open(text) or quoted.unproven(text, debate):
        return "with a quotation that nobody said"
    return "that told who said what, without proof" if named(debate, text) else None


_BEFORE = 200
"""Characters before a sentence that may change what it says: a numeral and what it counts stand closer together."""


def sound(debate: Debate, text: str, before: str = "") -> bool:
    """Whether a sentence of the judge's may be shown behind what stands before it."""
    return _unsound(debate, text, list(_said(debate)), before) is None


def _claims(
    debate: Debate, proposal: Proposal, said: list[str], struck: Counter[str]
) -> tuple[list[rulings.Claim], list[rulings.Claim]]:
    """The claims that have sentences to stand on. Where each belongs follows from who stands where."""
    by = {id: statement.voice for statement, id, _ in debate.passages()}
    agreed: list[rulings.Claim] = []
    split: list[rulings.Claim] = []
    for claim, support, against in (*proposal.agreed, *proposal.split):
        both = set(support) & set(against)  # a sentence that is to prove both sides proves neither
        sides = [by_voice([id for id in ids if id not in both], by) for ids in (support, against)]
        if why := _unsound(debate, claim, said):
            struck[f"claim {why}"] += 1
        elif not place(rulings.Claim(claim, *sides), agreed, split):
            struck["claim without sentences that could prove it"] += 1
    return agreed, split


def place(claim: rulings.Claim, agreed: list[rulings.Claim], split: list[rulings.Claim]) -> bool:
    """Put a claim where it belongs: what two hold and none contests is agreed, what some hold and others contest is
    split; False for what is neither.
    """
    if claim.support and claim.against:
        split.append(claim)
    elif len(claim.support) > 1:
        agreed.append(claim)
    else:
        return False
    return True


def own(debate: Debate, proven: Mapping[str, rulings.PullQuote] | None = None) -> rulings.Ruling:
    """What code says without the judge: quotes that it picks, who moved, the glance, who was heard, who is missing."""
    heard = debate.heard
    speakers = [*heard, *([ev.USER] if debate.user_spoke else [])]
    chosen = [(proven or {}).get(voice) or quotes.pick(debate.of(voice)) for voice in speakers]
    return rulings.Ruling(
        headline="",
        decision="",
        pull_quotes=tuple(quote for quote in chosen if quote),
        glance=tuple(rulings.Glance(v, _lead(debate, v)) for v in heard),
        heard=heard,
        missing=tuple(s.voice for s in debate.council if s.voice not in heard),
        moved=movement.moved(debate),
        past=tuple(rulings.Past(one.id, "", "", {}) for one in past.given(debate.sources.values())),
    )


def _lead(debate: Debate, voice: str) -> str:
    return next((lead(s.text) for s in debate.of(voice) if s.spoken), "")


def plain(debate: Debate, answer: str) -> rulings.Ruling:
    """A ruling from a plain answer (wire.md, plain mode): the judge says what to do, code proves the rest.

    The first sentence is the headline. A last sentence that the limit of length cut off is left out, unless there is
    no other.
    """
    text = clean(answer).strip()
    if debate.sources:
        text = marks.without(text)
    ends = [end for _, end in sentences(text)]
    if len(ends) > 1 and text[ends[-1] - 1].isalnum():
        ends.pop()
    struck: Counter[str] = Counter()
    advice = bounded(text[: ends[-1]] if ends else "", MAX_DECISION)
    decision = _sound(debate, advice, list(_said(debate)), struck, "sentence of the judge's")
    return replace(
        own(debate),
        headline=lead(decision, 240) or (NOTHING_PROVEN if ends else ""),
        decision=decision,
        plain=True,
        struck=tuple(_told(struck)),
    )


def _proven(debate: Debate, proposed: Iterable[tuple[str, str]]) -> dict[str, rulings.PullQuote]:
    """For each voice the first proposed quote that is proven."""
    proven: dict[str, rulings.PullQuote] = {}
    for voice, words in proposed:
        if voice not in proven and (quote := quotes.prove(words, voice, debate.of(voice))):
            proven[voice] = quote
    return proven


def by_voice(ids: Iterable[str], voices: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The cited sentences that exist, by the voice that said them; `voices` gives the voice of each sentence."""
    found: dict[str, tuple[str, ...]] = {}
    for id in dict.fromkeys(ids):
        if voice := voices.get(id):
            found[voice] = (*found.get(voice, ()), id)
    return found
