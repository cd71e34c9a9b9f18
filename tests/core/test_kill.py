"""Kill -9 at random moments: what was shown is kept, what lacks is asked, what is finished is not asked again.

`pytest tests/core/test_kill.py --kills 20` for more moments than the usual ones.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.council import council
from tests.program import started, upverdict
from tests.scripted import Pace, Recorded, ScriptedEndpoint, recognise

KEPT_WITHIN = 0.25
"""Seconds after which a printed word is in the file (design.md, What a person can rely on)."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "moment" in metafunc.fixturenames:
        draw = random.Random()
        kills = metafunc.config.getoption("--kills")
        moments = [round(draw.uniform(0, 7), 3) for _ in range(kills)]
        metafunc.parametrize("moment", moments, ids=map(str, range(kills)))  # the same names in every process


def test_kill_9(moment: float) -> None:
    """`moment`: seconds after the first event at which the process is killed."""
    with ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=100)) as server:
        lines, killed = _run_until_killed(server.url, moment)
        printed = _words(e for at, e in lines if at <= killed - KEPT_WITHIN)
        events = [e for _, e in lines]
        listed = upverdict("list", "--json").lines
        if not listed:
            assert not printed, "a debate with printed words is in the library"
            return
        document = upverdict("show", "last", "--json").json
        said = {s["id"]: s["text"] for s in document["statements"]}
        for id, words in printed.items():
            assert said.get(id, "").startswith(words), f"{id} lost {words[len(said.get(id, '')) :]!r}"
        if any(e["kind"] == "debate_finished" for e in events):
            return
        assert listed[0]["state"] == document["state"] == "interrupted"
        before = _asked(server.asks)
        finished = {s["id"] for s in document["statements"] if s["state"] == "finished"}
        server.endpoint.pace = Pace()
        assert upverdict("continue", "last").code == 0
        after = _asked(server.asks)
        assert {id: after[id] for id in finished} == {id: before[id] for id in finished}
        done = upverdict("show", "last", "--json").json
        assert done["state"] == "finished"
        assert len(done["statements"]) == 8
        assert all(s["state"] == "finished" for s in done["statements"])
        everything = {s["id"]: [s["text"], *s["earlier"]] for s in done["statements"]}
        for id, words in printed.items():
            assert any(text.startswith(words) for text in everything[id]), "what a broken attempt said is kept too"


def _run_until_killed(url: str, moment: float) -> tuple[list[tuple[float, Any]], float]:
    """The events that were printed, with the time at which each was read, and the time of the kill."""
    process = started("ask", "Self-host LLMs or use API access?", "--json", "--endpoint", url)
    lines: list[tuple[float, Any]] = []
    first = threading.Event()

    def read() -> None:
        assert process.stdout
        for line in process.stdout:
            if line.endswith("\n"):  # the last one may be cut in the middle
                lines.append((time.monotonic(), json.loads(line)))
                first.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert first.wait(60)
    over = threading.Event()
    over.wait(moment)
    process.kill()
    killed = time.monotonic()
    reader.join()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        assert pipe
        pipe.close()
    return lines, killed


def _words(events: Any) -> dict[str, str]:
    """What each statement's latest attempt had said."""
    words: dict[str, str] = defaultdict(str)
    for event in events:
        if event["kind"] == "statement_started":
            words[event["statement"]] = ""
        elif event["kind"] == "text_delta":
            words[event["statement"]] += event["text"]
    return words


def _asked(requests: list[Recorded]) -> Counter[str]:
    """How often each statement was asked for."""
    asks = [recognise(r) for r in requests]
    rounds = [(a.voice, a.number if a.step == "rebuttal" else 0) for a in asks if a.step in ("opening", "rebuttal")]
    return Counter(f"{voice[0].upper()}{number + 1}" for voice, number in rounds)
