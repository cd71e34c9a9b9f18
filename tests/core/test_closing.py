"""Whoever leaves leaves nothing open: connections end with the debate, the program, or the voice that is stopped."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests import scripted
from tests.core.test_runner import held
from tests.council import council_but
from tests.program import started
from tests.scripted import Gate, Reply, ScriptedEndpoint

WAITS = {
    "never answers": scripted.never(),
    "stalls": scripted.text("Some words.", at={5: scripted.stall()}),
    "pings": scripted.text("Some words.", at={5: scripted.stall(ping_every=0.02)}),
    "drips": scripted.text("Some words.", at={5: scripted.drip(0.05)}),
    "floods": scripted.flood(b": " + b"." * 500 + b"\n\n"),
}
QUESTION = "Self-host LLMs or use API access?"


async def closed(server: ScriptedEndpoint) -> None:
    """Return when no connection is open any more; a test that waits for ever fails."""
    async with asyncio.timeout(10):
        for connection in list(server._connections):
            await connection.closed.wait()
    assert server.connections == 0


@pytest.mark.parametrize("reply", WAITS.values(), ids=WAITS)
async def test_a_debate_that_is_left_closes_every_connection(reply: Reply) -> None:
    async with held(reply, auto=True) as d:
        run = asyncio.create_task(d.runner.run())
        await d.server.wait_for(lambda rs: sum(r.status == 200 or r.holding for r in rs) >= 4)
        assert d.server.connections == 4
        d.runner.interrupt()
        await asyncio.wait_for(run, 10)
        await d.lines.close()
        await closed(d.server)
        assert d.debate.outcome == "interrupted"


@pytest.mark.parametrize("reply", WAITS.values(), ids=WAITS)
async def test_a_judge_that_is_stopped_closes_its_connection(reply: Reply) -> None:
    async with held(council_but({"judge verdict": reply}), auto=True, rounds=0) as d:
        run = asyncio.create_task(d.runner.run())
        await d.server.wait_for(lambda rs: any("Give your ruling" in r.last_text for r in rs))
        d.runner.stop()
        await asyncio.wait_for(run, 10)
        await d.server.wait_for(lambda rs: rs[-1].outcome == "aborted")
        assert d.debate.error
        assert d.debate.error.kind == "stopped"
        await d.lines.close()
        await closed(d.server)


async def test_a_voice_that_is_stopped_closes_its_connection_and_no_other() -> None:
    gate = Gate()
    slow = scripted.text("And I go on.", at={4: scripted.hold(gate)})
    async with held(council_but({"skeptic": scripted.never(), "builder": slow}), rounds=0) as d:
        run = asyncio.create_task(d.runner.run())
        await d.server.wait_for(lambda rs: sum(r.holding for r in rs) == 2)
        d.runner.stop("skeptic")
        await d.server.wait_for(lambda rs: any(r.outcome == "aborted" for r in rs))
        (left,) = [r for r in d.server.asks if r.outcome == "aborted"]
        assert "The Skeptic" in left.last_text
        gate.open()
        await d.until(lambda x: x.statements["B1"].state == "finished")
        d.runner.interrupt()
        await asyncio.wait_for(run, 10)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("where", ["voices", "models", "judge"])
def test_the_program_that_is_told_to_end_ends_and_closes_everything(where: str, stop: signal.Signals) -> None:
    hanging = scripted.text("Some words.", at={5: scripted.stall(ping_every=0.02)})
    script = council_but({"judge": hanging}) if where == "judge" else hanging
    routes = {"GET /v1/models": scripted.never()} if where == "models" else {}
    with ScriptedEndpoint.in_thread(script, routes=routes) as server:
        model = () if where == "models" else ("--model", "scripted-1")
        process = started("ask", QUESTION, "--rounds", "0", "--endpoint", server.url, *model)
        server.wait_for(lambda rs: any(r.holding for r in rs), within=60)
        process.send_signal(stop)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "Traceback" not in err
        server.wait_for(lambda rs: not any(r.outcome == "open" for r in rs))
        assert server.endpoint.connections == 0
