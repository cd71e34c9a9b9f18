"""The first two lines of the debate screen: the question with its facts, and the steps of the debate.

Drawn from plain values; the steps are read off the fold by a pure function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.text import clean
from upverdict.tui.colours import LINE, MUTED
from upverdict.tui.widgets.statement_words import CUT, DONE, FAILED, WAITING, WRITING

NONE = "–"
"""The sign of a step that was left out."""
_GAP = 3
_LONGEST, _SHORTEST = 7, 1
"""Dashes between two steps."""
_NAME = "upverdict   "
_NAMED = 100
"""Cells from which the program's name has room before the question."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a debate: what it is called, and its sign: done, under way, to come, failed."""

    name: str
    sign: str


class Course(NamedTuple):
    """What came of a debate whose end is known: how many rounds of rebuttals, and whether there were replies."""

    rounds: int
    replies: bool


def course(events: Sequence[ev.Event]) -> Course | None:
    """That of a debate that came to its verdict; None where one does not know what would have come."""
    if not any(isinstance(e, ev.VerdictStarted) for e in events):
        return None
    begun = [e for e in events if isinstance(e, ev.StatementStarted)]
    rounds = max((e.number for e in begun if e.round == "rebuttal"), default=0)
    return Course(rounds, any(e.round == "reply" for e in begun))


def steps(debate: Debate, known: Course | None = None, *, ordered: bool = False) -> list[Step]:
    """Frame, openings, floor, rebuttals, floor, …, replies, verdict, and what comes after it, as far as it is known.

    `ordered`: the verdict was called for while a round goes on, after which no floor waits.
    """
    called = bool(debate.verdict or debate.judging or debate.verdict_called) or ordered
    last = max(debate.round, 0) if called else debate.rounds_wanted
    if known is not None:
        last, called = known.rounds, not known.replies
    found: list[Step] = _frame(debate)
    for number in range(last + 1):
        name = "Openings" if not number else "Rebuttals" if last == 1 else f"Rebuttal {number}"
        found.append(Step(name, _round_sign(debate, number)))
        closed = number in debate.floors_closed
        if ordered and number == last and not closed and debate.floor != number:
            break
        found.append(Step("Floor", DONE if closed else WRITING if debate.floor == number else WAITING))
    return [*found, *_replies(debate, called), Step("Verdict", _verdict_sign(debate, "debate")), *_after(debate)]


def _frame(debate: Debate) -> list[Step]:
    """No step where the question is argued as it was asked: a quick debate's, or one for a small model."""
    framing = debate.framing
    settled = framing.settled
    if debate.depth == "quick" or (settled and settled.by == "none" and not framing.attempt):
        return []
    if settled:
        return [Step("no frame", NONE) if settled.by == "none" else Step("Frame", DONE)]
    if framing.error and not framing.live:
        return [Step("Frame", FAILED)]
    unsafe = debate.outcome == "failed" and framing.proposal is not None
    return [Step("Frame", FAILED if unsafe else WRITING if framing.attempt else WAITING)]


def _replies(debate: Debate, called: bool) -> list[Step]:
    """Only a thorough debate has them, and one whose verdict was called before them has none."""
    said = debate.replies.values()
    if debate.depth != "thorough" or (called and not said):
        return []
    return [Step("Replies", WAITING if not said else WRITING if any(s.live for s in said) else DONE)]


def _after(debate: Debate) -> list[Step]:
    """The last thing that the user said after a verdict: what the council answered, and how the judge ruled on it."""
    if not debate.comments:
        return []
    comment = debate.comments[-1]
    if comment.upheld:
        return [Step("Discussion", DONE)]
    ruled = next((v for v in debate.verdicts if v.cause == comment.statement.id), None)
    number = ruled.version if ruled else max((v.version for v in debate.verdicts), default=0) + 1
    verdict = Step(f"Verdict {number}", _verdict_sign(debate, comment.statement.id))
    if comment.about == "finding":
        return [verdict]
    said = debate.answers(comment).values()
    talking = not ruled and debate.outcome == "running"
    return [Step("Discussion", DONE if ruled else WRITING if talking else CUT if said else WAITING), verdict]


def _round_sign(debate: Debate, number: int) -> str:
    if debate.round < number:
        return WAITING
    over = debate.round > number or number in debate.floors_closed or debate.floor == number
    said = debate.in_round(number).values()
    if over and not any(s.live for s in said):
        return DONE
    return FAILED if debate.outcome == "failed" and not any(s.spoken for s in said) else WRITING


def _verdict_sign(debate: Debate, cause: str) -> str:
    """How it stands with the latest version that was made because of `cause`."""
    last = next((v for v in reversed(debate.verdicts) if v.cause == cause), None)
    if last is None:
        return WAITING
    if last.live:
        return WRITING
    if last.ruling:
        return DONE
    return FAILED if last.error else WAITING


class ProgressLine(Widget):
    """The steps in one row: with their names where there is room, else as signs with the name of the current one."""

    DEFAULT_CSS = """
    ProgressLine { height: 1; padding: 0 1; }
    """

    steps: reactive[tuple[Step, ...]] = reactive((), layout=False)

    def render(self) -> Content:
        return line(self.steps, self.content_size.width)


def line(steps: Sequence[Step], width: int) -> Content:
    """The row, `width` cells or less."""
    if not steps:
        return Content("")
    words = sum(cell_len(step.name) + 2 for step in steps)
    dashes = min(_LONGEST, (width - words) // max(1, len(steps) - 1) - 2)
    if dashes >= _SHORTEST:
        bar = Content.styled(f" {'─' * dashes} ", LINE)
        return bar.join(_step(step) for step in steps)
    at = max((n for n, s in enumerate(steps) if s.sign != WAITING), default=0)  # a frame that was cut is behind us
    signs, name, count = [s.sign for s in steps], f"  {steps[at].name}", f"  step {at + 1} of {len(steps)}"
    forms = ((" ".join(signs), name, count), ("".join(signs), name, count), ("".join(signs), name, ""))
    found = next((f for f in forms if sum(map(cell_len, f)) <= width), ("", name.strip(), count))
    return Content.assemble((found[0], "$text-accent"), found[1], (found[2], MUTED))


def _step(step: Step) -> Content:
    style = {DONE: "$text-success", WRITING: "bold $text-accent", FAILED: "bold $text-error"}.get(step.sign, MUTED)
    return Content.styled(f"{step.sign} {step.name}", style)


class HeadLine(Widget):
    """The program's name and the question at the left, facts at the right. Where room is scarce the name goes first,
    then the facts that are least needed; the question gives way to the others.
    """

    DEFAULT_CSS = """
    HeadLine { height: 1; padding: 0 1; background: $panel; color: $foreground; }
    """

    question: reactive[str] = reactive("", layout=False)
    facts: reactive[tuple[str, ...]] = reactive((), layout=False)
    """All of them, the most dispensable first."""
    forms: reactive[tuple[tuple[str, ...], ...]] = reactive((), layout=False)
    """Those that are needed, and how they can be said in fewer words (`first_line.forms`)."""

    def render(self) -> Content:
        width = self.content_size.width
        left = " ".join(clean(self.question).split())
        name = _NAME if width >= _NAMED else ""
        width -= len(name)
        right = " · ".join(fitting(self.facts, self.forms, cell_len(left), width))
        room = width - (cell_len(right) + _GAP if right else 0)
        if cell_len(left) > room:
            left = set_cell_size(left, max(0, room - 1)).rstrip() + "…"
        gap = " " * (width - cell_len(left) - cell_len(right))
        return Content.assemble((name, "bold $text-accent"), (left, "bold"), gap, (right, MUTED))


def fitting(facts: tuple[str, ...], forms: tuple[tuple[str, ...], ...], question: int, width: int) -> tuple[str, ...]:
    """Which facts stand beside a question of so many cells: as many as leave it half of the width, and in any case
    those that are needed, as long as it has two fifths; none, where there is no room for any."""
    least = len(forms[0]) if forms else 0
    half = min(question, width // 2)
    for dropped in range(len(facts) - least):
        if _cells(facts[dropped:]) + half <= width:
            return facts[dropped:]
    narrow = min(question, 2 * width // 5)
    return next((form for form in forms if _cells(form) + narrow <= width), ())


def _cells(facts: tuple[str, ...]) -> int:
    return cell_len(" · ".join(facts)) + _GAP
