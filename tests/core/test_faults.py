"""Every fault in a debate: for one voice, for all, for the judge. What is kept, what is asked again, what is said.

`python -m tests.fault_table` shows the same as a person reads it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests import scripted
from tests.core.test_runner import Held, held
from tests.council import council, council_but
from tests.fault_cases import CASES, Case
from tests.hurried import no_such_hosts
from tests.scripted import Reply, ScriptedEndpoint
from tests.scripted.tls import CERTIFICATE
from upverdict.core import endpoints
from upverdict.core import events as ev
from upverdict.core.faults import FAULTS, WireError
from upverdict.core.prompts import Prompt
from upverdict.core.retrying import Retries
from upverdict.core.wire import Limits, Wire

QUICK = Retries(first=0.01)
LIMITS = Limits(connect=2, first=0.5, between=0.3)

FINAL = {
    "401": "auth",
    "402": "denied",
    "403": "denied",
    "404 model": "not_found",
    "404 address": "not_found",
    "413": "too_large",
    "429 retry-after 3600": "rate_limit",
    "HTML with 200": "not_messages",
    "JSON with 200": "not_messages",
    "refusal": "refused",
    "too long (llama.cpp)": "too_large",
    "too long (Claude)": "too_large",
    "401 first in the stream": "auth",
    "302": "not_messages",
}
"""By its name, the kind of every fault that is asked once and not again."""
TWICE = {
    "never answers": "stalled",
    "stalls": "stalled",
    "pings only": "stalled",
    "garbage in the stream": "garbled",
    "malformed JSON": "garbled",
    "nothing said": "empty",
}
FOUR_TIMES = {
    "429": "rate_limit",
    "429 retry-after past": "rate_limit",
    "429 retry-after garbage": "rate_limit",
    "500": "server",
    "529": "overloaded",
    "529 in the stream": "overloaded",
    "529 first in the stream": "overloaded",
    "reset before an answer": "cut",
    "closed before an answer": "cut",
    "cut in mid-stream": "cut",
    "closed in mid-stream": "cut",
    "no message_stop": "cut",
    "502 web page": "server",
}
ASKED = [(FINAL, 1), (TWICE, 2), (FOUR_TIMES, 4)]
BY_NAME = {case.name: case for case in CASES}
SPOKEN = {
    "529 in the stream",
    "cut in mid-stream",
    "closed in mid-stream",
    "stalls",
    "pings only",
    "malformed JSON",
} | {
    "garbage in the stream",
    "no message_stop",
}
"""Those that come after a sentence, which is kept."""
WAITED = {"429 retry-after 5", "429 retry-after skewed"}
"""Those that wait for seconds; their waits are a test of their own."""


def test_every_fault_of_the_list_is_held_here() -> None:
    known = {name for names, _ in ASKED for name in names} | WAITED
    assert known == {case.name for case in CASES if case.place == "answer"}


@pytest.mark.parametrize(
    ("case", "kind", "times"),
    [(BY_NAME[name], kind, times) for names, times in ASKED for name, kind in names.items()],
    ids=lambda x: x.name if isinstance(x, Case) else "",
)
async def test_one_voice_fails_in_words_and_the_others_go_on(case: Case, kind: str, times: int) -> None:
    script = council_but({"skeptic opening": case.reply})
    async with held(script, auto=True, retries=QUICK, limits=LIMITS, rounds=0) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        skeptic = d.debate.statements["S1"]
        assert skeptic.error
        assert (skeptic.error.kind, kind in FAULTS) == (kind, True)
        asks = sum("You are now The Skeptic" in r.last_text for r in d.server.asks)
        again = 2 * times if "before an answer" in case.name else times  # a connection that was kept may just have died
        assert times <= asks <= again
        assert (f"asked {times} times" in skeptic.error.message) == (times > 1)
        assert skeptic.state == ("partial" if case.name in SPOKEN else "failed")
        assert skeptic.text.startswith("These words were on the screen.") == (case.name in SPOKEN)
        assert d.debate.outcome == "finished"
        assert [s.state for s in d.debate.statements.values() if s is not skeptic] == ["finished"] * 3
        assert d.debate.verdict
        assert d.debate.verdict.ruling
        assert d.debate.verdict.ruling.missing == (() if case.name in SPOKEN else ("skeptic",))


@pytest.mark.parametrize(
    "name", ["401", "404 model", "429 retry-after 3600", "529", "HTML with 200", "cut in mid-stream"]
)
async def test_all_fail_in_words_and_continue_asks_what_is_missing(name: str) -> None:
    async with held(BY_NAME[name].reply, auto=True, retries=QUICK, limits=LIMITS, rounds=0) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        spoke = name in SPOKEN
        if not spoke:
            assert d.debate.outcome == "failed"
            assert d.debate.error
            assert d.debate.error.message.startswith("No voice could speak: ")
            assert len(d.server.asks) == 4 * (1 if name in FINAL else 4)
        asked = len(d.server.asks)
        again = Held(d.server, d.recording.events, auto=True, retries=QUICK, limits=LIMITS)
        d.server.script = council()
        await asyncio.wait_for(again.runner.run(), 30)
        await again.lines.close()
        assert again.debate.outcome == "finished"
        openings = sum("Write your opening" in r.last_text for r in d.server.asks[asked:])
        assert openings == 4
        kept = [s.earlier[-1:] for s in again.debate.statements.values()]
        assert all(bool(words) == spoke for words in kept), "what was said stands beside what is said now"


@pytest.mark.parametrize("name", ["401", "413", "429 retry-after 3600", "500", "stalls", "no message_stop", "302"])
async def test_a_judge_that_fails_costs_no_statement_and_is_asked_alone_later(name: str) -> None:
    script = council_but({"judge verdict": BY_NAME[name].reply})
    async with held(script, auto=True, retries=QUICK, limits=LIMITS, rounds=0) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "failed"
        assert [s.state for s in d.debate.statements.values()] == ["finished"] * 4
        times = next(times for names, times in ASKED if name in names)
        assert len(d.server.asks) == 4 + times
        d.server.script = council()
        again = Held(d.server, d.recording.events, auto=True, retries=QUICK, limits=LIMITS)
        await asyncio.wait_for(again.runner.run(), 30)
        await again.lines.close()
        assert again.debate.outcome == "finished"
        assert len(d.server.asks) == 4 + times + 2, "the ruling, and the check of its claims"


async def test_whoever_has_not_begun_waits_while_the_endpoint_turns_the_first_one_away() -> None:
    script = council_but(
        {"builder opening": scripted.in_turn(scripted.status(429, retry_after=0.3), council())},
    )
    async with held(script, auto=True, retries=Retries(first=0.02), caching=True, rounds=0) as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        assert [r.status for r in d.server.asks[:5]] == [429, 200, 200, 200, 200], "nobody else was turned away"
        waits = {e.statement: e for e in d.recording.events if isinstance(e, ev.Retrying)}
        assert set(waits) == {"B1", "S1", "R1", "C1"}, "and everybody can see why"
        assert all(e.error.kind == "rate_limit" for e in waits.values())
        assert {id: s.attempt for id, s in d.debate.statements.items()} == {"B1": 2, "S1": 1, "R1": 1, "C1": 1}


# -- what the wire makes of them -----------------------------------------------------------------------------------


PROMPT = Prompt("system", ("shared",), "own", 100)


async def refused(url: str, model: str = "some-model") -> WireError:
    wire = Wire(endpoints.server(url, model), LIMITS)
    try:
        with pytest.raises(WireError) as caught:
            await wire.ask(PROMPT, model, lambda _: None)
    finally:
        await wire.close()
    return caught.value


async def answered(reply: Reply) -> WireError:
    async with ScriptedEndpoint(reply) as server:
        return await refused(server.url)


def _at(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(1_800_000_000 + seconds, UTC), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-7"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Mon, 99 Foo 2026 99:99:99 GMT"}, None),
        ({"retry-after": _at(9), "date": _at(0)}, 9),
        ({"retry-after": _at(-9), "date": _at(0)}, 0),
        ({"retry-after": _at(-(10**9))}, 0),  # against our own clock
    ],
)
async def test_what_a_server_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    error = await answered(scripted.status(429, headers=headers))
    assert error.retry_after == seconds
    assert error.fault.transient


async def test_a_server_that_says_not_to_ask_again_is_not_asked_again() -> None:
    assert not (await answered(scripted.status(529, headers={"x-should-retry": "false"}))).fault.transient


async def test_a_wait_that_is_too_long_is_said_and_left_to_the_user() -> None:
    error = await answered(BY_NAME["429 retry-after 3600"].reply)
    assert error.fault.message.endswith("It asks to wait 60 minutes.")
    assert Retries().over(1, error)
    assert (await answered(scripted.status(503, retry_after=86400))).fault.message.endswith("It asks to wait 24 hours.")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (scripted.status(401), "wants a key: invalid x-api-key. Name its url and key_env under [endpoints.NAME] in"),
        (scripted.status(404, message="model: some-model"), "does not know the model some-model"),
        (scripted.json_reply({"error": "model 'some-model' not found"}, 404), "does not know the model some-model"),
        (scripted.json_reply({"detail": "Not Found"}, 404), "has no Messages API there, or no model some-model"),
        (scripted.status(404), "`upverdict endpoints` shows what there is; --model and --endpoint choose."),
        (scripted.status(413), "--model takes one with a larger window; else begin anew with less background"),
        (BY_NAME["too long (llama.cpp)"].reply, "found the debate too long for the model's window"),
        (BY_NAME["too long (Claude)"].reply, "found the debate too long for the model's window"),
        (scripted.status(400, message="Your credit balance is too low."), "wants to be paid first"),
        (scripted.status(400, message="temperature: is not supported"), "refused the request: temperature"),
        (scripted.html(), "answered with a web page. Is the address right, or does the network want a login?"),
        (scripted.empty(), "does not speak the Messages API"),
        (BY_NAME["302"].reply, "sends us on to another address"),
    ],
)
async def test_a_sentence_says_what_to_do(reply: Reply, words: str) -> None:
    assert words in (await answered(reply)).fault.message


async def test_a_key_that_is_refused_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedEndpoint(scripted.status(401)) as server:
        monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "a-token-of-this-gateway")
        gateway = endpoints.server(server.url, "m", "a-token-of-this-gateway")
        for endpoint, name in ((gateway, "ANTHROPIC_AUTH_TOKEN"), (replace(gateway, key_env="LAB_KEY"), "LAB_KEY")):
            wire = Wire(endpoint, LIMITS)
            with pytest.raises(WireError, match=rf"did not accept the key: invalid x-api-key\. Check {name}\."):
                await wire.ask(PROMPT, "m", lambda _: None)
            await wire.close()


async def test_where_nothing_listens_that_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = await refused(f"http://127.0.0.1:{port}")
    assert (
        error.fault.message
        == f"http://127.0.0.1:{port} can't be reached: nothing listens there. Is the server running?"
    )
    assert error.fault.transient


async def test_a_host_that_is_not_found_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)  # put back afterwards
    no_such_hosts()
    error = await refused("http://no-such-host.invalid")
    assert error.fault.message.startswith("There is no host no-such-host.invalid to be found.")
    assert (error.fault.kind, error.fault.transient) == ("unreachable", True)


async def test_a_certificate_that_nobody_trusts_is_said_and_can_be_named(
    monkeypatch: pytest.MonkeyPatch, at_home: Path
) -> None:
    async with ScriptedEndpoint(scripted.text("x"), tls=scripted.self_signed()) as server:
        error = await refused(server.url)
        assert (error.fault.kind, error.fault.transient) == ("untrusted", False)
        assert "is not trusted (self-signed certificate)" in error.fault.message
        assert "SSL_CERT_FILE" in error.fault.message
        assert not server.requests, "nothing was sent, no key least of all"
        (at_home / "own.pem").write_text(CERTIFICATE)
        monkeypatch.setenv("SSL_CERT_FILE", str(at_home / "own.pem"))
        heard: list[str] = []
        wire = Wire(endpoints.server(server.url, "m"), Limits())
        await wire.ask(PROMPT, "m", heard.append)
        await wire.close()
        assert heard


async def test_a_server_without_tls_at_an_https_address_is_said() -> None:
    async with ScriptedEndpoint(scripted.text("x")) as server:
        error = await refused(server.url.replace("http:", "https:"))
    assert (error.fault.kind, error.fault.transient) == ("untrusted", False)
    assert "does not speak TLS. Does its address begin with http://" in error.fault.message


@asynccontextmanager
async def forgetful(replies: int) -> AsyncIterator[ScriptedEndpoint]:
    """A server that closes a kept connection when the second request comes on it, `replies` times."""
    dropped = 0

    def script(request: scripted.Recorded) -> Reply:
        nonlocal dropped
        seen = sum(r.connection == request.connection for r in server.requests)
        if seen > 1 and dropped < replies:
            dropped += 1
            return scripted.hung_up()
        return scripted.text("Words.")

    async with ScriptedEndpoint(script) as server:
        yield server


async def test_a_kept_connection_that_has_died_is_replaced_at_once_and_nobody_hears_of_it() -> None:
    async with forgetful(1) as server:
        wire = Wire(endpoints.server(server.url, "m"), LIMITS)
        heard: list[str] = []
        await asyncio.gather(*(wire.ask(PROMPT, "m", heard.append) for _ in range(3)))
        await wire.ask(PROMPT, "m", heard.append)
        await wire.close()
        assert "".join(heard) == "Words." * 4
        assert server.asks[-1].outcome == "finished"
        assert any(r.outcome == "cut" for r in server.asks), "there was one that died"
