"""No key is left anywhere, and none goes where it does not belong: files, output, tracebacks, processes, requests."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests import scripted
from tests.council import council, council_but
from tests.program import MAIN, ran, started, upverdict
from tests.scripted import Gate, Recorded, Reply, ScriptedEndpoint
from upverdict.core import endpoints
from upverdict.core.builtin import BuiltinServer
from upverdict.core.faults import WireError
from upverdict.core.prompts import Prompt
from upverdict.core.wire import Limits, Wire

QUESTION = "Self-host LLMs or use API access?"
SECRETS = {
    "ANTHROPIC_API_KEY": "sk-ant-api03-qW7eRt9YzUi4oPa5",
    "ANTHROPIC_AUTH_TOKEN": "tok-Lk2jHg8fDs6aMn3bVc",
    "LAB_KEY": "lab-Xc5vBn7mQw9eRt1yUi/+=",
}
CUSTOM = "cust-Gh4jKl6zXc8vBn2m"
HEADERS = f"X-Team: {CUSTOM}\nx-api-key: {CUSTOM}\nAuthorization: Bearer {CUSTOM}\ncookie: s={CUSTOM}"
ALL = (*SECRETS.values(), CUSTOM)


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, at_home: Path) -> Iterator[scripted.ThreadedEndpoint]:
    """A server that the user has named, with a key of its own, beside keys for Claude."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", HEADERS)
    monkeypatch.setenv("ANTHROPIC_LOG", "debug")
    with ScriptedEndpoint.in_thread(council()) as server:
        (at_home / "config" / "config.toml").write_text(
            f'depth = "quick"\nprobe = false\n[endpoints.lab]\nurl = "{server.url}"\nkey_env = "LAB_KEY"\n'
            'model = "scripted-1"\n',
            "utf-8",
        )
        yield server


def found(text: str) -> list[str]:
    """The parts of keys in a text: whole, in another case, encoded, or eight characters of one."""
    lower = text.lower()
    parts = [key[n : n + 8] for key in ALL for n in range(len(key.rpartition("-")[0]) + 1, len(key) - 7)]
    parts += [base64.b64encode(key.encode()).decode()[:16] for key in ALL]
    return [part for part in parts if part.lower() in lower]


def said(*arguments: str) -> str:
    """All that a command says, whatever comes of it."""
    done = ran(MAIN, *arguments)
    return done.out + done.err


def kept(folder: Path) -> str:
    """Every byte of every file, and every text of the database, unpacked or not."""
    everything = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file()).decode("latin-1")
    with sqlite3.connect(folder / "debates.db") as db:
        everything += "\n".join(db.iterdump())
    db.close()
    return everything


def echo(request: Recorded) -> str:
    """What a careless server says: the headers that it was sent, in several ways."""
    key = request.key
    encoded = base64.b64encode(key.encode()).decode()
    ways = (f"Bearer {key}", key.upper(), encoded, f"{key[:12]}...{key[-9:]}", str(dict(request.headers)))
    return " and ".join(ways)


def careless(request: Recorded) -> Reply:
    """Each voice is refused in another way, and each time is told what it was sent."""
    words = echo(request)
    if "You are now The Builder" in request.last_text:
        return scripted.status(401, message=words, headers={"x-you-sent": request.key})
    if "You are now The Skeptic" in request.last_text:
        return scripted.text("Some words.", at={4: scripted.error_event("permission_error", words)})
    if "You are now The Researcher" in request.last_text:
        return scripted.text("", stop_reason="refusal", stop_details={"category": "cyber", "explanation": words})
    return scripted.json_reply({"error": words}, 400)


def test_no_key_is_left_in_any_file_or_output(lab: scripted.ThreadedEndpoint, at_home: Path) -> None:
    whole = [said("ask", QUESTION, "--endpoint", "lab", "--json")]
    lab.endpoint.script = careless
    for option in ("--json", "--debug"):
        whole.append(said("ask", QUESTION, "--endpoint", "lab", option))
    assert "(key)" in whole[1], "it was echoed, and taken out"
    lab.endpoint.script = council_but({"judge": careless})
    whole.append(said("continue", "last", "--debug"))
    whole += [said("show", "last"), said("show", "last", "--json"), said("list", "--json"), said("search", "key")]
    whole += [said("endpoints"), said("endpoints", "--json"), said("endpoints", "check", "lab")]
    whole += [said("export", "last", "--format", form) for form in ("md", "html", "json", "jsonl")]
    assert [found(text) for text in whole] == [[]] * len(whole)
    assert found(kept(at_home)) == []
    assert len(lab.requests) > 20


def test_no_request_carries_another_endpoints_key_or_header(lab: scripted.ThreadedEndpoint) -> None:
    assert upverdict("ask", QUESTION, "--endpoint", "lab").code == 0
    upverdict("endpoints", "check", "lab")
    asked = len(lab.requests)
    assert asked > 10
    for request in lab.requests:
        assert request.key == SECRETS["LAB_KEY"]
        assert CUSTOM not in str(request.headers)
        assert SECRETS["ANTHROPIC_API_KEY"] not in str(request.headers)
        assert "x-api-key" not in request.headers
    with ScriptedEndpoint.in_thread(council()) as other:
        assert upverdict("ask", QUESTION, "--endpoint", other.url).code == 0, "a server without a name or a key"
        assert {r.path for r in other.requests} >= {"/v1/models", "/v1/messages"}
        for request in other.requests:
            assert not found(str(request.headers)), "by its address it gets nobody's key"


async def test_whatever_is_asked_of_the_sdk_carries_the_endpoints_own_key_alone(
    lab: scripted.ThreadedEndpoint,
) -> None:
    wire = Wire(endpoints.server(lab.url, "scripted-1", SECRETS["LAB_KEY"]), Limits())
    client = await wire._connected()
    await client.messages.count_tokens(model="m", messages=[{"role": "user", "content": "x"}])
    await client.models.retrieve("scripted-1")
    await client.models.list()
    await wire.close()
    assert [r.path for r in lab.requests] == ["/v1/messages/count_tokens", "/v1/models/scripted-1", "/v1/models"]
    assert all(r.key == SECRETS["LAB_KEY"] and CUSTOM not in str(r.headers) for r in lab.requests)


def test_no_key_is_on_a_command_line(lab: scripted.ThreadedEndpoint) -> None:
    lab.endpoint.script = scripted.text("I wait.", at={0: scripted.hold(Gate())})
    process = started("ask", QUESTION, "--endpoint", "lab", "--json")
    try:
        lab.wait_for(lambda rs: any(r.holding for r in rs))
        running = psutil.Process(process.pid)
        for one in (running, *running.children(recursive=True)):
            assert not found(" ".join(one.cmdline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


async def test_the_built_in_models_process_is_told_no_key_but_its_own_and_that_in_silence(
    lab: scripted.ThreadedEndpoint,
) -> None:
    async with BuiltinServer() as server:
        assert server._process
        child = psutil.Process(server._process.pid)
        seen = " ".join(child.cmdline()) + json.dumps(child.environ())
        assert server.key not in seen
        assert not found(seen)


async def test_a_fault_comes_without_what_the_sdk_knew_of_it(lab: scripted.ThreadedEndpoint) -> None:
    lab.endpoint.script = careless
    wire = Wire(endpoints.server(lab.url, "m", SECRETS["LAB_KEY"]), Limits())
    with pytest.raises(WireError) as caught:
        await wire.ask(Prompt("system", (), "own", 100), "m", lambda _: None)
    await wire.close()
    assert caught.value.__suppress_context__, "a traceback would show the SDK's own error, with the server's words"
    assert caught.value.__cause__ is None


async def test_the_sdk_logs_nothing(lab: scripted.ThreadedEndpoint, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("anthropic").setLevel(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.DEBUG)
    handler = logging.StreamHandler()
    logging.getLogger().addHandler(handler)
    try:
        wire = Wire(endpoints.server(lab.url, "m", SECRETS["LAB_KEY"]), Limits())
        await wire.ask(Prompt("system", (), "own", 100), "m", lambda _: None)
        await wire.close()
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger("anthropic").setLevel(logging.NOTSET)
        logging.getLogger("httpx2").setLevel(logging.NOTSET)
    assert capfd.readouterr().err == ""


def test_loopback_is_reached_directly_and_a_proxy_learns_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedEndpoint.in_thread(scripted.status(502)) as proxy, ScriptedEndpoint.in_thread(council()) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        local = server.url.replace("127.0.0.1", "localhost")
        for url in (server.url, local):
            assert upverdict("ask", QUESTION, "--endpoint", url).code == 0
        upverdict("endpoints")
        assert len(server.asks) == 20
        assert not proxy.requests
        assert proxy.endpoint.opened == 0


async def test_claudes_key_stays_inside_tls_and_a_proxys_password_out_of_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRETS["ANTHROPIC_API_KEY"])
    async with ScriptedEndpoint(scripted.status(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//somebody:pr0xyPassw0rd@"))
        wire = Wire(endpoints.claude(), Limits(connect=5, first=5, between=5))
        with pytest.raises(WireError) as caught:
            await asyncio.wait_for(wire.ask(Prompt("system", (), "own", 100), "claude-sonnet-5-5", lambda _: None), 20)
        await wire.close()
        assert [r.method for r in proxy.requests] == ["CONNECT"]
        assert SECRETS["ANTHROPIC_API_KEY"] not in str(proxy.requests[0].headers)
    assert caught.value.fault.kind == "unreachable"
    assert "proxy" in caught.value.fault.message.lower()
    assert "pr0xy" not in str(caught.value)
