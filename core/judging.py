"""Asks the judge, in the way the endpoint's model can answer, until there is a ruling that code has proven."""

from __future__ import annotations

from collections.abc import Callable

from upverdict.core import answer, judge_prompt, rulings, small, verdict
from upverdict.core import events as ev
from upverdict.core.forming import Former
from upverdict.core.lines import Line
from upverdict.core.log import Log
from upverdict.core.neutral import Labels
from upverdict.core.pen import Pen
from upverdict.core.prompts import Prompt
from upverdict.core.wire import WireError

Count = Callable[[str, ev.Usage], None]
"""Takes the model and the usage of each request."""


async def judge(log: Log, line: Line, version: int, count: Count) -> rulings.Ruling:
    """The ruling on the debate as it stands.

    Raises WireError when the judge can't be asked, or when nothing it says can be used.
    """
    if not line.traits.small:
        proposal = await _proposed(log, line, version, count)
        if proposal is not None:
            return verdict.rule(log.debate, proposal)
    return await _plain(log, line, version, count)


async def _proposed(log: Log, line: Line, version: int, count: Count) -> verdict.Proposal | None:
    """What the judge proposes, after one repair turn with what is wrong with it (wire.md, How the judge rules).

    None when neither answer can be read. What the second one makes no better is the first one's, and code strikes
    what nobody said.
    """
    debate, labels = log.debate, Labels(log.debate, 1)
    first: verdict.Proposal | None = None
    try:
        first = answer.read(
            await _ask(log, line, version, judge_prompt.rules(debate, 1), labels, count), debate, labels
        )
        complaint = " ".join(verdict.faults(debate, first))
    except answer.Unreadable as e:
        complaint = str(e)
    if not complaint:
        return first
    begin_again(log)
    try:
        again = await _ask(log, line, version, judge_prompt.rules(debate, 1, complaint), labels, count)
        return answer.read(again, debate, labels)
    except answer.Unreadable:
        begin_again(log)
        return first


def begin_again(log: Log) -> None:
    """The judge is asked once more for the version that it is at; the draft begins anew."""
    latest = log.debate.verdicts[-1]
    log.append(ev.VerdictStarted(version=latest.version, cause=latest.cause, attempt=latest.attempt + 1))


async def _plain(log: Log, line: Line, version: int, count: Count) -> rulings.Ruling:
    """One plain question for a model that can't keep to a form."""
    traits = line.traits
    prompt = small.ruling(log.debate, traits) if traits.small else judge_prompt.rules(log.debate, 1, plain=True)
    ruling = verdict.plain(log.debate, await _ask(log, line, version, prompt, None, count))
    if not ruling.headline or not ruling.decision:
        raise WireError(ev.Fault("unreadable", "The judge said nothing that can be used.", True))
    return ruling


async def _ask(log: Log, line: Line, version: int, prompt: Prompt, labels: Labels | None, count: Count) -> str:
    """One answer of the judge, what of it may be shown in the log while it comes; `labels` None: in plain words."""

    def put(part: ev.Part, words: str, quote: rulings.PullQuote | None) -> None:
        place = {"voice": quote.voice, "statement": quote.statement, "start": quote.start} if quote else {}
        log.append(ev.VerdictDelta(version=version, text=words, part=part, **place))  # type: ignore[arg-type]

    pen = Pen(Former(log.debate, labels, put).feed)
    try:
        given = await line.wire.ask(prompt, line.model, pen.write)
    finally:
        pen.close()
    count(given.model, given.usage)
    return pen.text.strip()
