"""Plays every fault and prints, as Markdown, what a person reads: `python -m tests.fault_table [WORDS OF A NAME …]`.

Each fault is played for one voice, for all, for the judge, and for the judge while it frames the question. The program
runs as a process of its own for the exit code and stderr, then on a screen for what is to be read there. Waits that are
long for real are played faster, on a hurried clock; nothing of the product's limits is changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import scripted
from tests.council import council, council_but
from tests.fault_cases import CASES, Case
from tests.hurried import hurried, no_such_hosts
from tests.scripted import Script, ScriptedEndpoint, ThreadedEndpoint
from tests.scripted.texts import VOICES
from tests.tui import stage
from upverdict.core.retrying import Retries

ROOT = Path(__file__).parent.parent
WHO = {"one voice": "skeptic", "all": "", "judge": "judge verdict", "frame": "judge frame"}
QUESTION = "Self-host LLMs or use API access?"


@dataclass
class Row:
    """What one fault was for one who met it."""

    fault: str
    who: str
    code: int = -1
    stderr: list[str] = field(default_factory=list)
    asks: int = 0
    kept: str = ""
    after: str = ""
    screen: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        cells = (
            self.fault,
            self.who,
            str(self.code),
            "<br>".join(self.stderr),
            "<br>".join(self.screen),
            str(self.asks),
        )
        return "| " + " | ".join(c.replace("|", "\\|") for c in (*cells, self.kept, self.after)) + " |"


HEAD = """| fault | for | exit | stderr | screen | requests | kept | continue asks |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def _script(case: Case, who: str) -> Script:
    return council_but({WHO[who]: case.reply}) if WHO[who] else scripted.script.as_script(case.reply)


def _elsewhere(case: Case, who: str, stack: contextlib.ExitStack) -> dict[str, str]:
    """Models at an address where the fault is, for those that no script of an endpoint can play, by voice."""
    if case.place == "dns":
        url = "http://no-such-host.invalid:8080"
    elif case.place == "refused":
        with socket.create_server(("127.0.0.1", 0)) as taken:
            url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    else:
        tls = scripted.self_signed() if case.place == "tls" else None
        server = stack.enter_context(ScriptedEndpoint.in_thread(council(), tls=tls))
        url = server.url.replace("http:", "https:")
    voices = (WHO[who].partition(" ")[0],) if WHO[who] else (*VOICES, "judge")
    return dict.fromkeys(voices, f"scripted-1@{url}")


def _run(case: Case, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "UPVERDICT_"))}
    env = {k: v for k, v in env.items() if not k.lower().endswith("_proxy")}
    env |= {"UPVERDICT_CONFIG": str(home), "UPVERDICT_DB": str(home / "debates.db"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.hurried", str(case.factor), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=env, timeout=300, check=False)


def _asks(server: ThreadedEndpoint) -> int:
    """How often a model was asked; that the program looks what kind of server it is asks none."""
    return sum(bool(request.model) for request in server.asks)


def _told(stderr: str) -> list[str]:
    """The lines of stderr, those that differ in a name or a number only once, and how often."""
    seen: dict[str, list[str]] = {}
    for line in stderr.splitlines():
        seen.setdefault(re.sub(r"The (Builder|Skeptic|Researcher|Contrarian)|\d+", "…", line), []).append(line)
    lines = [lines[0] + (f" (×{len(lines)})" if len(lines) > 1 else "") for lines in seen.values()]
    return [re.sub(r"\d{6}-[a-z0-9]{5}", "ID", re.sub(r"127\.0\.0\.1:\d+", "HOST", line)) for line in lines]


def _kept(home: Path, case: Case) -> str:
    document = json.loads(_run(case, home, "show", "last", "--json").stdout or "{}")
    states: dict[str, int] = {}
    for statement in document.get("statements", ()):
        states[statement["state"]] = states.get(statement["state"], 0) + 1
    rulings = sum(bool(v.get("headline")) for v in document.get("verdicts", ()))
    said = ", ".join(f"{n} {state}" for state, n in states.items()) or "no statement"
    return f"{document.get('state')}: {said}" + (f", {rulings} verdict" if rulings else "")


def _as_process(case: Case, who: str, home: Path) -> Row:
    row = Row(case.name, who)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(ScriptedEndpoint.in_thread(council()))
        options = ["--depth", "standard" if who == "frame" else "quick", "--model", "scripted-1"]
        if case.place == "answer":
            server.endpoint.script = _script(case, who)
        else:
            options += [f"--voice-model={voice}={model}" for voice, model in _elsewhere(case, who, stack).items()]
        done = _run(case, home, "ask", QUESTION, *options, "--endpoint", server.url)
        row.asks = _asks(server)
        row.code, row.stderr = done.returncode, _told(done.stderr)
        if "Traceback" in done.stderr + done.stdout:
            row.stderr.append("**TRACEBACK**")
        row.kept = _kept(home, case)
        if done.returncode != 0:
            server.endpoint.script = council()
            asked = _asks(server)
            again = _run(case, home, "continue", "last", "--endpoint", server.url, "--model", "scripted-1")
            row.after = f"{_asks(server) - asked} (exit {again.returncode})"
    return row


async def _on_screen(case: Case, who: str, folder: Path) -> list[str]:
    """The words of the pane or of the line beneath, in the order in which they came."""
    seen: list[str] = []

    def note(words: str) -> None:
        words = re.sub(r"127\.0\.0\.1:\d+", "HOST", re.sub(r"\b(?:in )?\d+ s\b", "N s", words))
        if words and words not in seen:
            seen.append(words)

    with contextlib.ExitStack() as stack:
        script = _script(case, who) if case.place == "answer" else council()
        depth = "standard" if who == "frame" else "quick"
        options: dict[str, Any] = {"auto": True, "depth": depth, "size": (140, 40), "retries": Retries()}
        models = _elsewhere(case, who, stack) if case.place != "answer" else {}
        async with stage.live(script, folder, model="scripted-1", voice_models=models, **options) as s:
            letter = {"one voice": "S", "all": "B"}.get(who, "")
            while not s.screen.over:
                await s.pilot.pause(0.01)
                if letter and s.pane(letter).look.style in ("warning", "error"):
                    note(f"pane: {s.pane(letter).look.word}: {s.pane(letter).look.note}")
                if who in ("judge", "frame") and "judge" in s.standing.lower():
                    note(s.standing)
            await s.pilot.pause()
            if letter and s.pane(letter).look.style in ("warning", "error"):
                note(f"pane: {s.pane(letter).look.word}: {s.pane(letter).look.note}")
            note(s.standing)
    return seen


def play(case: Case, who: str) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        row = _as_process(case, who, home)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: hurried(case.factor)) as runner:
        row.screen = runner.run(_on_screen(case, who, Path(folder)))
    return row


def main(words: Sequence[str]) -> int:
    no_such_hosts()
    print(HEAD)
    for case in CASES:
        if words and not any(word in case.name for word in words):
            continue
        for who in WHO:
            print(play(case, who).markdown(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
