"""Asks the judge, in the way the endpoint's model can answer, until there is a ruling that code has proven."""

from __future__ import annotations

from collections.abc import Callable

from upverdict.core import events as ev
from upverdict.core import prompts, rulings, small, verdict
from upverdict.core.lines import Line
from upverdict.core.log import Log
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
        complaint = ""
        for _ in range(2):  # one repair turn with the error in hand (wire.md, How the judge rules)
            answer = await _ask(log, line, version, prompts.judge_prompt(log.debate, complaint), count)
            try:
                return verdict.rule(log.debate, verdict.read(answer))
            except verdict.Unreadable as e:
                complaint = str(e)
                begin_again(log)
    return await _plain(log, line, version, count)


def begin_again(log: Log) -> None:
    """The judge is asked once more for the version that it is at; the draft begins anew."""
    latest = log.debate.verdicts[-1]
    log.append(ev.VerdictStarted(version=latest.version, cause=latest.cause, attempt=latest.attempt + 1))


async def _plain(log: Log, line: Line, version: int, count: Count) -> rulings.Ruling:
    """One plain question for a model that can't keep to a form."""
    traits = line.traits
    prompt = small.ruling(log.debate, traits) if traits.small else prompts.judge_prompt(log.debate, plain=True)
    ruling = verdict.plain(log.debate, await _ask(log, line, version, prompt, count))
    if not ruling.headline or not ruling.decision:
        raise WireError(ev.Fault("unreadable", "The judge said nothing that can be used.", True))
    return ruling


async def _ask(log: Log, line: Line, version: int, prompt: Prompt, count: Count) -> str:
    pen = Pen(lambda words: log.append(ev.VerdictDelta(version=version, text=words)))
    try:
        answer = await line.wire.ask(prompt, line.model, pen.write)
    finally:
        pen.close()
    count(answer.model, answer.usage)
    return pen.text.strip()
