"""What the judge is asked, pass by pass, and the form of its answer. Pure: a debate in, a prompt out. No I/O.

The judge's own text is a file (`personas/judge.md`); here is what the form needs. Voices stand under neutral labels in
the order of the pass (`neutral.py`); ballots are not shown to it.
"""

from __future__ import annotations

from typing import Any

from upverdict.core import past, transcript
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement
from upverdict.core.neutral import Labels
from upverdict.core.prompts import (
    Fence,
    Prompt,
    found_block,
    given,
    json_schema,
    question_block,
    sources_block,
    to_answer,
)
from upverdict.core.rulings import HOLDS

JUDGE_TOKENS = 8192
"""Room for a ruling, thinking included (wire.md, Claude)."""
JUDGE_EFFORT = "high"
"""wire.md, Claude."""

_WHO = "This describes who you are and how you weigh. Rule by it; the form and the rules below it cannot change:"

_RULES = """\
{rule}

Weigh sourced evidence, and objections that nobody answered. Ignore length, eloquence and how many said a thing. You
argue nothing yourself. The voices stand under labels such as VOICE1, in no order of merit; every sentence of theirs
has a number such as [V1.2.3]. Behind a quotation, [verified: V2.1.3] says that it was really said there, [unverified]
that nobody said it: weigh no words that nobody said.{sources}

Answer with one JSON object and nothing else, in the language of the question:
{{{option}"headline": "12 to 25 words: what was decided, with its main condition",
 "decision": "if ..., then ... by the reader's situation, and one action for everybody; 60 to 160 words",
 "pull_quotes": [{{"voice": "a label", "quote": "its strongest sentence, word for word"}}],
 "agreed": [{{"claim": "what two voices or more hold", "support": ["V1.1.2", "V3.1.4"], "against": []}}],
 "split": [{{"claim": "a claim on which they divide", "support": ["V1.1.2"], "against": ["V4.2.1"]}}],
 "flips": [{{"fact": "a fact that would reverse the decision", "check": "the cheapest way to find it out"}}]{more}}}
One pull quote for each voice; one to four claims each in agreed and split; one to three flips. Each claim is held \
against the sentences that you cite for it and against it, and nothing else: cite those that say it. Headline, \
decision and flips tell the reader what to do. Name no voice in your text and do not tell who said what: the numbers \
do that. Put no words in quotation marks that nobody said. Never write how many voices agree: that is counted. A \
figure may stand in your text only if a voice said it."""


_SOURCES = """

Sources stand as numbered text. [source 1] behind a sentence says that its voice rests it on source 1; [verified: \
source 1] behind a quotation, that source 1 has these words. Look whether the source says so: where it does not, the \
sentence has no evidence. A source is what its author claims, it is no voice. In support and against cite sentences \
of voices only, and leave the marks of sources out of your text."""


_PAST = """

What a council decided before, on a question like this one, stands as source {which}. It binds nobody: rule on what \
was said here. But say of each such source, in past, whether that verdict still holds, and why: what of it holds, or \
what has changed since or was wrong then. Cite the sentences that say so."""

_PAST_FORM = """,
 "past": [{"source": "the number of a verdict of before", "holds": "yes, partly or no", "why": "10 to 40 words", \
"support": ["V1.1.2"]}]"""


def rules(debate: Debate, number: int, complaint: str = "", plain: bool = False) -> Prompt:
    """Pass `number` (from 1) of the ruling on the debate as it stands; `complaint` is why an answer was refused.

    `plain` asks for the decision alone, in words: for a model that did not keep to the form.
    """
    fence, labels = Fence(debate), Labels(debate, number)
    assert debate.judge is not None, "a debate is started with its judge"
    option = (
        '"option": the number of the option that you decide for, or 0 for something else,\n ' if debate.frame else ""
    )
    because = ""
    if debate.comment:
        because = ',\n "because": ["the numbers of new sentences that bear on the decision; none if nothing is new"]'
    verdicts = [one.id for one in past.given(debate.sources.values())]
    sources = _SOURCES if given(debate) or any(s.citations for s in debate.statements.values()) else ""
    if verdicts:
        sources += _PAST.format(which=" and ".join(verdicts))
    form = _RULES.format(
        rule=fence.rule, option=option, more=(_PAST_FORM if verdicts else "") + because, sources=sources
    )
    own = f"The voices heard: {', '.join(labels.label(v) for v in labels.order)}. {_task(debate)}"
    if plain:
        own += " Leave out the JSON: say in two or three sentences of plain words what to do, and when not."
    elif complaint:
        own += f"\nYour last answer could not be used as it is: {complaint} Answer with the JSON object alone."
    system = f"{_WHO}\n{fence('persona', debate.judge.prompt)}\n\n{form}"
    return Prompt(
        system,
        tuple(_record(debate, labels, fence)),
        own,
        JUDGE_TOKENS,
        schema=None if plain else schema(debate),
        effort=JUDGE_EFFORT,
        thinks=True,
    )


def _task(debate: Debate) -> str:
    comment = debate.comment
    if comment is None:
        return "Give your ruling now."
    what = (
        "The person found something out" if comment.about == "finding" else "The person pushed back, and was answered"
    )
    return (
        f"{what} after the verdict above. Rule again on the whole debate. Keep what still holds, in the words of the "
        "verdict above; change what the new sentences change, and cite these in because."
    )


def _record(debate: Debate, labels: Labels, fence: Fence) -> list[str]:
    """The debate in the order of this pass, round by round, then what came after the verdict."""

    def block(title: str, statements: list[Statement]) -> str:
        fenced = [
            fence(
                f"statement of {labels.label(s.voice)}",
                labels.hide(transcript.numbered(debate, s, labels.id)),
            )
            for s in statements
        ]
        return "\n\n".join([title, *fenced, *found_block(debate, statements, fence)])

    def ordered(said: dict[str, Statement], number: int | None = None) -> list[Statement]:
        found = [said[v] for v in labels.order if v in said and said[v].spoken]
        return found if number is None else [s for s in found if s.number == number]

    blocks = [question_block(debate, fence), *sources_block(debate, fence)]
    for number in range(debate.round + 1):
        title = f"Rebuttal {number}:" if number else "The openings:"
        blocks.append(block(title, ordered(debate.in_round(number)) + to_answer(debate, number + 1)))
        if replies := ordered(debate.replies, number):
            blocks.append(block("Replies:", replies))
    for comment in debate.comments:
        standing = next((v.ruling for v in debate.verdicts if v.version == comment.stood), None)
        words = f"{standing.headline}\n{standing.decision}" if standing else ""
        fact = "\nIt is about this: " + fence("fact", labels.hide(comment.fact)) if comment.fact else ""
        title = f"The verdict then:\n{fence('verdict', labels.hide(words))}\n\nSaid after it:{fact}"
        blocks.append(block(title, [comment.statement, *ordered(debate.answers(comment))]))
    return blocks


def schema(debate: Debate) -> dict[str, Any]:
    """The JSON Schema of a ruling on this debate, for endpoints that hold a model to one (wire.md, Claude)."""
    text: dict[str, Any] = {"type": "string"}
    ids = {"type": "array", "items": text}
    claims = {"type": "array", "items": json_schema({"claim": text, "support": ids, "against": ids})}
    fields: dict[str, Any] = {"option": {"type": "integer"}} if debate.frame else {}
    fields |= {
        "headline": text,
        "decision": text,
        "pull_quotes": {"type": "array", "items": json_schema({"voice": text, "quote": text})},
        "agreed": claims,
        "split": claims,
        "flips": {"type": "array", "items": json_schema({"fact": text, "check": text})},
    }
    if past.given(debate.sources.values()):
        one = json_schema(
            {"source": text, "holds": {"type": "string", "enum": list(HOLDS)}, "why": text, "support": ids}
        )
        fields["past"] = {"type": "array", "items": one}
    return json_schema(fields | ({"because": ids} if debate.comment else {}))
