"""Prompts for tiny models, such as the built-in one: one plain question, few words, a transcript that fits. Pure.

What was tried with SmolLM2-135M: rules, fences and personas are read as a text to be continued, and come back as
nonsense; a plain question about the voice's own concern, without anything around it, is answered. A rebuttal stays with
its opponent only where its first words are given (`Prompt.lead`): the opponent's name and a sentence that it really
said. So the words of others stand in plain quotation marks here, on one line each; such a model has no tools and obeys
nobody anyway. Reading is the slow part on a small machine (wire.md): the transcript is capped, first sentences first,
shared out evenly, so that nobody is left out.
"""

from __future__ import annotations

from upverdict.core import events as ev
from upverdict.core import prompts, protocol
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement
from upverdict.core.prompts import Prompt, Traits, to_answer
from upverdict.core.quotes import pick
from upverdict.core.text import length, shorten

TRANSCRIPT_WORDS = 240
"""Words of what was said that a prompt carries: about 330 tokens, read in a few seconds on two cores (wire.md)."""

ANSWER_TOKENS, RULING_TOKENS = 240, 120
"""Room for a statement and for the ruling; a tiny model loses the thread after that."""

SOURCE_CHARACTERS = 600
"""Of all sources together: as much as of the background."""
SOURCES_SHORTENED = (
    f"This model is too small for your sources: it is shown {SOURCE_CHARACTERS} characters of them, and cites none."
)

_STYLE = "You give clear advice in one short paragraph of plain English. You never write lists or code."
_CONCERNS = {
    "builder": "How would it work in practice?",
    "skeptic": "What are the hidden costs?",
    "researcher": "What usually happens to people who do this?",
    "contrarian": "What do most people get wrong about this?",
}
"""What each built-in voice is asked about, in place of its persona."""


def asked(debate: Debate, ask: protocol.Ask, traits: Traits) -> Prompt:
    """What a voice is asked for a statement, in the form that its model can take."""
    return statement(debate, ask, traits) if traits.small else prompts.statement(debate, ask, traits)


def statement(debate: Debate, ask: protocol.Ask, traits: Traits) -> Prompt:
    """A statement, in the shortest form that still has the question, the concern and whom to answer."""
    question = shorten(debate.question, 600)
    if debate.background:
        question = f"{shorten(debate.background, 600)}\n\n{question}"
    if given := [s for s in debate.sources.values() if s.text]:
        share = SOURCE_CHARACTERS // len(given)
        question = "\n".join([*(shorten(s.text, share) for s in given), "", question])
    seat = debate.seat(ask.voice)
    concern = _CONCERNS.get(ask.voice) or f"You are {seat.name}: {seat.tagline}. What do you say?"
    if ask.round == "opening":
        return Prompt(_STYLE, (), f"{question} {concern}", ANSWER_TOKENS)
    rounds = ask.number if ask.round == "rebuttal" else debate.round + 1
    before = [s for n in range(rounds) for s in debate.in_round(n).values() if s.spoken and s.voice != ask.voice]
    due = _due(debate, ask)
    # Whom it answers comes last, and is asked about: a tiny model takes up what it read last.
    last = due or [s for s in before if s.voice == ask.target][-1:]
    others = [s for s in before if s not in last]
    blocks = [question, "\n".join(_lines(debate, others, traits, 100)), "\n".join(_lines(debate, last, traits, 80))]
    asked = "me" if due else debate.name(ask.target) if ask.target else "them"
    own = "\n\n".join(b for b in (*blocks, f"Do you agree with {asked}? {concern}") if b)
    return Prompt(_STYLE, (), own, ANSWER_TOKENS, lead=_lead(debate, last))


def _due(debate: Debate, ask: protocol.Ask) -> list[Statement]:
    """What the user said that this statement has to answer."""
    if ask.round == "discussion":
        return [debate.comments[ask.number - 1].statement]
    return to_answer(debate, ask.number) if ask.round == "rebuttal" else []


def _lead(debate: Debate, answered: list[Statement]) -> str:
    """The answer's first words: whom it answers, the user before all, with a sentence that was really said."""
    quote = pick(answered)
    if quote is None:
        return ""
    who = "You say" if quote.voice == ev.USER else f"{debate.name(quote.voice)} says"
    return f"{who} “{shorten(quote.text.rstrip('.!?'), 160)}”, but"


def ruling(debate: Debate, traits: Traits) -> Prompt:
    """Plain mode: what to do, in a sentence or two; code picks and proves the rest (wire.md, How the judge rules)."""
    said = [s for s in debate.statements.values() if s.spoken]
    lines = "\n".join(_lines(debate, said, traits, TRANSCRIPT_WORDS))
    own = f"{shorten(debate.question, 600)}\n\n{lines}\n\nIn one or two sentences, what should I do?"
    system = "You answer in one or two short sentences of plain English."
    return Prompt(system, (), own, RULING_TOKENS, lead="You should")


def _lines(debate: Debate, said: list[Statement], traits: Traits, words: int) -> list[str]:
    """What was said, a line a statement: as many first sentences of each as its even share of `words` holds."""
    room = min(words, (traits.window or 4096) // 8)
    share = max(8, room // max(1, len(said)))
    lines = []
    for one in said:
        first: list[str] = []
        for _, sentence in one.sentences:
            if first and length(" ".join([*first, sentence])) > share:
                break
            first.append(sentence)
        who = "I say" if one.voice == ev.USER else f"{debate.name(one.voice)} says"
        lines.append(f"{who}: “{shorten(' '.join(first), share * 10)}”")
    return lines
