"""A debate as plain text for a terminal or a pipe: statements, verdict, list lines. Pure; no colour, no escape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from upverdict.core import events as ev
from upverdict.core import rulings
from upverdict.core.debate import Debate
from upverdict.core.folded import Citation, Comment, Statement, Verdict
from upverdict.core.text import clean, shorten

ROUND_NAMES = {"opening": "Opening", "rebuttal": "Rebuttal", "reply": "Reply", "discussion": "Discussion"}

ASKED_AGAIN = "asked again from the start"
"""What stands under the words of an attempt that was not the last."""

MAX_PROOF = 200
"""Characters of a cited sentence: enough to see what it says; the whole one stands in the debate."""


def heading(debate: Debate, statement: Statement) -> str:
    """`The Builder · Opening`, `You, the fifth voice · answered in rebuttal 1`, or for a comment `… · on verdict 1`."""
    if comment := next((c for c in debate.comments if c.statement is statement), None):
        return f"You, the fifth voice · on verdict {comment.stood}"
    if statement.voice == ev.USER:
        if "cost" in debate.floors_closed.values() and (statement.answered_in or 0) > debate.round:
            return "You, the fifth voice · answered by nobody, for the limit of costs"
        return f"You, the fifth voice · answered in rebuttal {statement.answered_in}"
    number = f" {statement.number}" if statement.round == "rebuttal" else ""
    return f"{debate.name(statement.voice)} · {ROUND_NAMES[statement.round]}{number}"


def ending(statement: Statement) -> str:
    """What a reader must know of how a statement ended; nothing when it is whole."""
    if statement.error and not statement.live:
        kept = " What it had said is kept." if statement.text else ""
        return f"[{statement.error.message}{kept}]"
    if statement.state == "partial":
        why = {"stopped": "stopped by you", "max_tokens": "cut off at the limit of length"}
        return f"[{why.get(statement.stop_reason, 'cut off')}]"
    if statement.state == "failed":
        return "[said nothing]"
    return "[unfinished]" if statement.live else ""


def why_not(debate: Debate) -> str:
    """Why there is no verdict, and whose fault it was where that was the judge's."""
    if debate.error is None:
        return "The debate ended without a verdict."
    failed = debate.verdicts[-1].error if debate.verdicts else None
    judges = failed is not None and failed.kind != "stopped"
    return f"The judge could not rule: {debate.error.message}" if judges else debate.error.message


def unspoken(debate: Debate) -> Iterator[str]:
    """Which voices broke off or said nothing in a statement, and why: one line for each and each reason."""
    said = (f"{debate.name(s.voice)}: {s.error.message}" for s in debate.statements.values() if s.error)
    yield from dict.fromkeys(said)


def stood_in(debate: Debate, voice: str, model: str, asked: str) -> str:
    """`Answered by claude-haiku-5-5, not claude-sonnet-5-5.`; nothing where the model that was asked for answered."""
    other = debate.stand_in(voice, model, asked)
    return f"Answered by {clean(other)}, not {clean(asked or debate.seat(voice).model)}." if other else ""


def frame_lines(debate: Debate) -> Iterator[str]:
    """How the question is understood, or why it stands as it was asked; nothing where no frame was settled on."""
    settled = debate.framing.settled
    if settled is None:
        return
    if settled.by == "none":
        yield from (f"[{settled.note}]", "")
        return
    frame = settled.frame
    yield f"## The frame · {frame.kind}"
    yield ""
    yield frame.restatement
    if frame.presuppositions:
        yield "It takes for granted:"
        yield from (f"  - {line}" for line in frame.presuppositions)
    if frame.options:
        yield "The options, besides something else:"
        yield from (f"  {n}. {option}" for n, option in enumerate(frame.options, 1))
    yield ""


def statement_lines(debate: Debate, statement: Statement) -> Iterator[str]:
    yield f"## {heading(debate, statement)}"
    yield ""
    for broken_off in statement.earlier:
        yield from (broken_off.strip(), f"[{ASKED_AGAIN}]", "")
    if statement.text:
        yield marked(statement).strip()
    if end := ending(statement):
        yield end
    if statement.voice != ev.USER and (other := stood_in(debate, statement.voice, statement.model, statement.asked)):
        yield f"[{other}]"
    if invented := misquoted(debate, statement):
        yield f"[{invented}]"
    if lacking := no_ballot(debate, statement):
        yield f"[{lacking}]"
    if dodged := no_reply(debate, statement):
        yield f"[{dodged}]"
    yield ""


def marked(statement: Statement) -> str:
    """Its text with the numbers of the sources that it cites, `[1]`, in their places."""
    text, words, at = statement.text, [], 0
    for citation in sorted(statement.citations, key=lambda c: c.after):
        words += [text[at : citation.after], mark(text, citation)]
        at = max(at, citation.after)
    return "".join([*words, text[at:]])


def mark(text: str, citation: Citation) -> str:
    """`[1]`, off the word that it stands behind; at the beginning of a line, off the one before which it stands."""
    before = text[: citation.after]
    return f" [{citation.source}]" if before[-1:].strip() else f"[{citation.source}] "


def source_lines(debate: Debate) -> Iterator[str]:
    """The sources with who cited them, then those that nobody cited; nothing where there are none."""
    cited = {id: debate.cited_by(id) for id in debate.sources}
    for title, wanted in (("Sources cited", True), ("Sources not cited", False)):
        listed = [s for s in debate.sources.values() if bool(cited[s.id]) == wanted]
        if listed:
            yield f"{title}:"
            for one in listed:
                yield from (f"  [{one.id}] {line}" if not n else f"      {line}" for n, line in enumerate(_source(one)))
                if wanted:
                    yield f"      cited in {', '.join(cited[one.id])}"
            yield ""


def _source(source: ev.Source) -> Iterator[str]:
    """Title, and address where that says more; how much of it was read."""
    yield " ".join(clean(source.title).split()) or source.url
    if source.url != source.title:
        yield source.url
    if source.status == "cut":
        yield f"only its first {len(source.text):,} characters were read"


MARKED = 3
"""Characters between a quotation's last word and the mark of its source: the closing mark, a full stop, a blank."""


def misquoted(debate: Debate, statement: Statement) -> str:
    """`Not in source 1: “…”`: what a statement quotes of the user's sources and that none of those it names there says.

    What only the endpoint has read can't be told.
    """
    if not any(debate.sources[c.source].text for c in statement.citations):
        return ""
    from upverdict.core import quoted  # it compares texts: browsing where nobody cites needs none of that

    found = []
    for quote in quoted.inside(debate, statement):
        named = [c.source for c in statement.citations if 0 <= c.after - quote.end <= MARKED]
        texts = [debate.sources[id].text for id in named]
        if named and not quote.exact and all(texts) and not any(quoted.says(text, quote.text) for text in texts):
            found.append(f"Not in source {', '.join(sorted(set(named), key=int))}: “{shorten(quote.text, 60)}”")
    return ". ".join(found)


def no_ballot(debate: Debate, statement: Statement) -> str:
    """What is told of a statement that does not say where its voice stands, in a debate in which others do."""
    if statement.ballot or statement.voice == ev.USER or statement.state != "finished":
        return ""
    others = any(s.ballot for s in debate.statements.values())
    return "No ballot: it does not say where it stands after this." if others else ""


def no_reply(debate: Debate, statement: Statement) -> str:
    """`No reply to Y1 from The Contrarian.`: who dodged the user, once the round that had to answer is over."""
    if statement.answered_in is None:
        return ""
    from upverdict.core import answering  # it compares texts: browsing where nobody spoke needs none of that

    names = [debate.name(voice) for voice in answering.no_reply(debate, statement)]
    return f"No reply to {statement.id} from {', '.join(names)}." if names else ""


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
    if debate.judge and (other := stood_in(debate, debate.judge.voice, verdict.model, verdict.asked)):
        yield f"[{other}]"
    yield from ("", ruling.decision, "")
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


SECTIONS = {
    "headline": "Headline",
    "option": "Decided for",
    "decision": "Decision",
    "agreed": "Agreed",
    "split": "Split",
    "flips": "What would flip it",
    "dissent": "Dissent",
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
    section = ""
    for change in changes:
        if change.section != section:
            section = change.section
            yield f"  {SECTIONS[section]}"
        who = f"{debate.name(change.voice)}: " if change.voice else ""
        match change.kind:
            case "changed":
                yield from (f"    - {who}{change.was}", f"    + {who}{change.text}")
            case "moved":
                yield f"    + {change.text} (it was {change.was} before)"
            case _:
                yield f"    {'-' if change.kind == 'removed' else '+'} {who}{change.text}"


def comment_lines(debate: Debate, comment: Comment) -> Iterator[str]:
    """What the user said after a verdict, what the council answered, and what came of it."""
    said = comment.statement
    yield f"## {heading(debate, said)}"
    yield ""
    if comment.fact:
        yield f"[What you found out about “{' '.join(clean(comment.fact).split())}”]"
    yield from (said.text.strip(), "")
    for answer in debate.answers(comment).values():
        yield from statement_lines(debate, answer)
    if told := outcome(comment):
        yield from (f"[{told}]", "")


def outcome(comment: Comment) -> str:
    """What the judge made of a comment or a finding, as a sentence."""
    what = "You told what you found out" if comment.about == "finding" else "You pushed back"
    what += f" ({comment.statement.id})"
    if comment.upheld:
        return f"{what}; the judge found nothing new in it, and version {comment.stood} stands."
    if comment.version:
        return f"{what}; the judge ruled again, as version {comment.version}."
    return f"{what}; the judge has not looked at it yet, and version {comment.stood} stands."


def earlier_lines(debate: Debate, verdict: Verdict) -> Iterator[str]:
    """One line for each version before this one; nothing where it is the first."""
    from upverdict.core import versions

    earlier = [v for v in debate.verdicts if v.version < verdict.version]
    if earlier:
        yield f"Earlier versions (upverdict show {debate.id} --version N shows one whole)"
    for one in earlier:
        if one.ruling:
            yield f"  {one.version}  {versions.cause(debate, one)}: {one.ruling.headline}"


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
        yield f"Not whole: {'; '.join(lacks)}."
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
        yield f"Left out of the judge's ruling, for want of proof: {'; '.join(ruling.struck)}."
    yield from _models(debate, ruling)


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


def whole(debate: Debate, state: str) -> Iterator[str]:
    """The debate from its question to its verdict."""
    yield from _title(debate, state)
    if debate.background:
        yield from (debate.background, "")
    yield from frame_lines(debate)
    for statement in debate.statements.values():
        if statement.round != "discussion":
            yield from statement_lines(debate, statement)
    for comment in debate.comments:
        yield from comment_lines(debate, comment)
    if verdict := debate.verdict:
        yield from verdict_lines(debate, verdict)
        if verdict.version > 1:
            yield from (*earlier_lines(debate, verdict), "")
    yield from source_lines(debate)
    if debate.error:
        yield f"[{'No new verdict' if debate.verdict else 'No verdict'}: {debate.error.message}]"


def version(debate: Debate, state: str, number: int) -> Iterator[str]:
    """One version of the verdict, under its question.

    Raises KeyError when there is none with this number.
    """
    verdict = {v.version: v for v in debate.verdicts if v.ruling}[number]
    yield from _title(debate, state)
    yield from verdict_lines(debate, verdict)


def _title(debate: Debate, state: str) -> Iterator[str]:
    yield f"# {debate.question}"
    yield f"{debate.id} · {state} · {debate.created_at[:16].replace('T', ' ')} UTC"
    yield ""
