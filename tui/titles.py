"""What the terminal's window is called: how a debate stands, and what it is about. Pure; knows no terminal."""

from __future__ import annotations

from upverdict.core.debate import Debate
from upverdict.tui.widgets.first_line import stage
from upverdict.tui.widgets.forming import PASSES
from upverdict.tui.widgets.plain import fit, one_line
from upverdict.tui.widgets.standing import Scene, all_failed

CELLS = 120
"""Of a title; a window's list cuts it far earlier, so the state comes first."""
YOURS = "● "
"""Before what waits for the user."""


def of_debate(debate: Debate, scene: Scene) -> str:
    """`● The floor is yours · Self-host LLMs or …`, `Rebuttals 1 of 2 · …`, `Verdict: …`: one line, cleaned."""
    if scene.replayed:
        return fit(f"Replay · {one_line(debate.title)}", CELLS)
    running = scene.held and debate.outcome == "running"
    if not running and debate.verdict is not None and scene.state == "finished" and not scene.trouble:
        return of_verdict(debate)
    state = _running(debate, scene) if running else _over(scene)
    return fit(f"{state} · {one_line(debate.title)}", CELLS)


def of_verdict(debate: Debate) -> str:
    """The headline of the latest verdict."""
    verdict = debate.verdict
    if verdict is None or verdict.ruling is None:
        return ""
    return fit(f"Verdict: {one_line(verdict.ruling.headline)}", CELLS)


def called(title: str) -> str:
    """The title as words that call the user."""
    return title.removeprefix(YOURS)


def _running(debate: Debate, scene: Scene) -> str:
    if scene.preparing:
        return "Getting ready"
    if debate.framing.live:
        return "The judge frames the question"
    if scene.framing:
        return f"{YOURS}The frame waits for you"
    if debate.floor is not None:
        return f"{YOURS}Nobody could answer" if all_failed(debate) else f"{YOURS}The floor is yours"
    if debate.judging is not None:
        return ", ".join(filter(None, ("The judge rules", PASSES.get(debate.judging.look, ""))))
    if debate.verdict is not None and debate.comment is not None:
        return "The council answers you"
    if debate.round > 0 and not debate.replies:
        last = max(debate.rounds_wanted, debate.round)
        return f"Rebuttals {debate.round} of {last}" if last > 1 else "Rebuttals"
    return stage(debate).capitalize()


def _over(scene: Scene) -> str:
    if scene.trouble:
        return "Stopped"
    words = {"running": "In another window", "interrupted": "Interrupted", "failed": "No verdict"}
    return words.get(scene.state, "The whole debate")
