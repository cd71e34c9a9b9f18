"""A verdict as plain text: what was decided, the proof of it, and what it must own up to. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from upverdict.core import events as ev
from upverdict.core import plain_statement, rulings
from upverdict.core.ballots import fold_option
from upverdict.core.debate import Debate
from upverdict.core.folded import Verdict
from upverdict.core.text import clean, sentences, shorten
from upverdict.core.way_on import bare

MAX_PROOF = 200
"""Characters of a cited sentence: enough to see what it says; the whole one stands in the debate."""


def verdict_lines(debate: Debate, verdict: Verdict) -> Iterator[str]:
    """The ruling: headline, decision, quotes, agreed, split, flips, glance; of a later version first why there is one,
    and last what it says otherwise.
    """
    ruling = verdict.ruling
    assert ruling is not None, "only a verdict that was reached is shown"
    version = f" (version {verdict.version})" if verdict.version > 1 else ""
    yield f"# Verdict{version}: {ruling.headline}"
    if version:
        from upverdict.core import versions

        yield f"Version {verdict.version}: {versions.cause(debate, verdict)}"
    yield ""
    for note in notes(debate, ruling):
        yield f"[{note}]"
    if debate.judge and (other := plain_statement.stood_in(debate, debate.judge.voice, verdict.model, verdict.asked)):
        yield f"[{other}]"
    if decision := beyond_headline(ruling):
        yield from ("", decision)
    yield ""
    if ruling.option:
        yield from (f"Decided for: {ruling.option}", "")
    yield "What each said"
    for quote in ruling.pull_quotes:
        words = " ".join(quote.text.split())
        yield f"  {debate.letter(quote.voice)}  “{words}” — {debate.name(quote.voice)}, {quote.statement}"
    for title, claims in (("Agreed", ruling.agreed), ("Split", ruling.split)):
        if claims:
            yield from ("", title)
            for claim in claims:
                yield from claim_lines(debate, ruling, claim)
    if lines := list(past_lines(debate, ruling)):
        yield from ("", "Verdicts before", *lines)
    if ruling.dissent:
        yield from ("", "Who dissents, by the last ballot")
        yield from (f"  {line}" for line in dissent_lines(debate, ruling))
    if ruling.flips:
        yield from ("", "What would flip it")
        for number, flip in enumerate(ruling.flips, 1):
            yield f"  {number}. {flip.fact}" + (f" To find out: {flip.check}" if flip.check else "")
    if ruling.moved:
        yield from ("", "Who moved, as they say themselves")
        yield from (f"  {line}" for line in moved_lines(debate, ruling))
    if ruling.glance:
        yield from ("", "At a glance")
        yield from (f"  {debate.letter(g.voice)}  {debate.name(g.voice)}: {g.lead}" for g in ruling.glance)
    if version:
        yield from ("", *changed_lines(debate, verdict))
    yield ""


def beyond_headline(ruling: rulings.Ruling) -> str:
    """The decision, without a first sentence that is the headline: a plain ruling takes its headline from there."""
    spans = sentences(ruling.decision)
    if spans and fold_option(ruling.decision[slice(*spans[0])]) == fold_option(ruling.headline):
        return ruling.decision[spans[0][1] :].strip()
    return ruling.decision


SECTIONS = {
    "headline": "Headline",
    "option": "Decided for",
    "decision": "Decision",
    "agreed": "Agreed",
    "split": "Split",
    "flips": "What would flip it",
    "dissent": "Dissent",
    "past": "Verdicts before",
}
"""What a section of a ruling is called where two versions are compared (`versions.Section`)."""


def changed_lines(debate: Debate, verdict: Verdict) -> Iterator[str]:
    """What this version says otherwise than the one before: `-` what was said, `+` what is said now.

    Nothing for a version that has none before it.
    """
    from upverdict.core import versions  # it compares texts: most debates have one version and need none of that

    before = versions.before(debate, verdict)
    if before is None or before.ruling is None or verdict.ruling is None:
        return
    changes = versions.changes(before.ruling, verdict.ruling)
    if not changes:
        yield f"Nothing changed since version {before.version}."
        return
    yield f"What changed since version {before.version}:"
    for section, found in groupby(changes, key=lambda c: c.section):
        yield f"  {SECTIONS[section]}"
        for change in found:
            who = f"{debate.name(change.voice)}: " if change.voice else ""
            match change.kind:
                case "changed":
                    yield from (f"    - {who}{change.was}", f"    + {who}{change.text}")
                case "moved":
                    yield f"    + {change.text} (it was {change.was} before)"
                case _:
                    yield f"    {'-' if change.kind == 'removed' else '+'} {who}{change.text}"


def earlier_lines(debate: Debate, verdict: Verdict) -> Iterator[str]:
    """One line for each version before this one; nothing where it is the first."""
    from upverdict.core import versions

    earlier = [v for v in debate.verdicts if v.version < verdict.version]
    if earlier:
        yield f"Earlier versions ({bare('show', debate.id, '--version N')} shows one whole)"
    for one in earlier:
        if one.ruling:
            yield f"  {one.version}  {versions.cause(debate, one)}: {one.ruling.headline}"


def reconciled(debate: Debate, ruling: rulings.Ruling) -> Iterator[tuple[ev.Source, rulings.Past]]:
    """The past verdicts of which this one says whether they hold."""
    return ((debate.sources[one.source], one) for one in ruling.past if one.holds and one.source in debate.sources)


def past_lines(debate: Debate, ruling: rulings.Ruling) -> Iterator[str]:
    """`- Verdict of 2026-11-24: … (source 2) holds in part: …`, then the sentences that say so."""
    for source, one in reconciled(debate, ruling):
        yield f"  - {clean(source.title)} (source {one.source})"
        yield f"    It {rulings.HOLDS[one.holds]}: {one.why}"
        for id, _, words in proofs(debate, one.support):
            yield f"      {id} “{words}”"


def moved_lines(debate: Debate, ruling: rulings.Ruling) -> Iterator[str]:
    """`The Skeptic: from “API” (60) to “self-host” (80), moved by B1.3 “…”`."""
    for one in ruling.moved:
        before, after = (f"“{clean(s.option)}” ({s.confidence})" for s in (one.before, one.after))
        line = f"{debate.name(one.voice)}: from {before} to {after}"
        said = next((words for _, id, words in debate.passages() if id == one.moved_by), "")
        yield f"{line}, moved by {one.moved_by} “{shorten(' '.join(clean(said).split()), MAX_PROOF)}”" if said else line


def dissent_lines(debate: Debate, ruling: rulings.Ruling) -> Iterator[str]:
    """`The Contrarian: “leave it” (80). It turns on: who is on call.`"""
    for one in ruling.dissent:
        line = f"{debate.name(one.voice)}: “{clean(one.stance.option)}” ({one.stance.confidence})"
        yield f"{line}. It turns on: {clean(one.crux)}" if one.crux else line


def notes(debate: Debate, ruling: rulings.Ruling) -> Iterator[str]:
    """What the verdict must own up to: who is missing, that it is plain, that one model spoke for all."""
    if ruling.missing:
        names = ", ".join(debate.name(v) for v in ruling.missing)
        yield f"Drawn up without {names}: {len(ruling.heard)} of {len(debate.council)} voices were heard."
    left_out = debate.rounds_wanted - debate.round
    if "cost" in debate.floors_closed.values() and left_out > 0:
        what = f"{left_out} rounds of rebuttals" if left_out > 1 else "a round of rebuttals"
        yield f"The limit of costs left no room for {what}."
    if lacks := _lacking(debate, ruling):
        yield f"Incomplete: {'; '.join(lacks)}."
    for one in ruling.past:
        if not one.holds and one.source in debate.sources:
            yield f"It does not say whether source {one.source}, a verdict of before, still holds."
    if ruling.plain:
        yield "A plain verdict: this model can't weigh claims one by one. The quotes are proven all the same."
    if ruling.close and ruling.passes > 2:
        yield "A close call: the judge's first two passes, in opposite orders, differed, and a third one decided."
    elif ruling.close:
        yield "A close call: the judge's two passes differed, a third could not be had, and the first one stands."
    elif ruling.passes > 1:
        yield "The judge ruled twice, in opposite orders, and decided the same."
    elif debate.depth != "quick" and not ruling.plain and ruling.checked:
        yield "The judge ruled once: its other pass could not be had."
    if not ruling.checked and (ruling.agreed or ruling.split):
        yield "Its claims cite sentences, but nobody has held them against these."
    if ruling.struck:
        yield f"Left out of the judge's ruling, for want of proof: {'; '.join(map(_counted, ruling.struck))}."
    yield from _models(debate, ruling)


_STRUCK = re.compile(r"(\d+) × (sentence|claim|line|pull quote)(?: of the judge's)?(.*?)(?:, without proof)?")
"""What was left out of a ruling, as it is kept (`verdict.py`)."""


def _counted(struck: str) -> str:
    """What was left out, behind whose it is and why: `2 sentences that counted voices`."""
    if (kept := _STRUCK.fullmatch(struck)) is None:
        return struck
    number, what, rest = kept.groups()
    if number == "1":
        return f"1 {what}{rest}"
    return f"{number} {what}s{rest.replace('that was not said so by its', 'that were not said so by their')}"


def _models(debate: Debate, ruling: rulings.Ruling) -> Iterator[str]:
    """Where fewer models than personas spoke: what they agree on has fewer sources than voices."""
    said = [s for s in debate.statements.values() if s.model and s.voice in ruling.heard]
    models = list(dict.fromkeys(s.model for s in said))
    if len(models) == 1 and len(ruling.heard) > 1:
        who = f"{len(ruling.heard)} personas, one model ({clean(models[0])})"
        yield f"{who}: their agreement is not independent evidence."
    elif 1 < len(models) < len(ruling.heard):
        groups = (
            f"{', '.join(debate.name(v) for v in dict.fromkeys(s.voice for s in said if s.model == m))} by {clean(m)}"
            for m in models
        )
        who = f"{len(ruling.heard)} personas, {len(models)} models ({'; '.join(groups)})"
        yield f"{who}: agreement within one model is not independent evidence."


def _lacking(debate: Debate, ruling: rulings.Ruling) -> list[str]:
    """What the voices that were heard did not say, or not to its end."""
    found = []
    for number in range(debate.round + 1):
        round = f"rebuttal {number}" if number else "opening"
        said = debate.in_round(number)
        for seat in debate.council:
            statement = said.get(seat.voice)
            if seat.voice not in ruling.heard or (statement and statement.state == "finished"):
                continue
            if statement is None or not statement.spoken:
                found.append(f"{seat.name} gave no {round}")
            else:
                how = "was stopped by you" if statement.stop_reason == "stopped" else "was cut off"
                found.append(f"{seat.name}'s {round} {how}")
    return found


def claim_lines(debate: Debate, ruling: rulings.Ruling, claim: rulings.Claim) -> Iterator[str]:
    """The claim and how many hold it, then the sentences for and against it, which show whether that is so."""
    yield f"  - {claim.claim} ({tally(claim, ruling)})"
    for where, cited in (("", claim.support), ("against ", claim.against)):
        for id, _, words in proofs(debate, cited):
            yield f"      {where}{id} “{words}”"


def proofs(debate: Debate, cited: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
    """The sentences that a claim cites: id, voice, words in one line, cut where they are many."""
    said = {id: words for _, id, words in debate.passages(cited)}
    for voice, ids in cited.items():
        for id in ids:
            yield id, voice, shorten(" ".join(clean(said.get(id, "")).split()), MAX_PROOF)


def listened_to(ruling: rulings.Ruling) -> int:
    """How many voices a ruling heard. The user is one where it quotes the user; what was said later is not in it."""
    return len(ruling.heard) + any(q.voice == ev.USER for q in ruling.pull_quotes)


def tally(claim: rulings.Claim, ruling: rulings.Ruling) -> str:
    """`both`, `all four`, `three of five`: how many voices support a claim; `all four heard` where one is missing."""
    n, of = len(claim.support), listened_to(ruling)
    if n != of:
        return f"{_NUMBERS[n]} of {_NUMBERS[of]}"
    all_of_them = "both" if of == 2 else f"all {_NUMBERS[of]}"
    return f"{all_of_them} heard" if ruling.missing else all_of_them


_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
