"""`upverdict endpoints` and `endpoints check`: what can be talked to, in words and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import scripted
from tests.endpoints import kinds
from tests.program import upverdict
from tests.scripted import Reply, ThreadedEndpoint


def ports(*servers: ThreadedEndpoint) -> str:
    return ",".join(s.url.rpartition(":")[2] for s in servers)


def test_all_of_them_as_a_table_of_80_columns_and_as_json(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"model-with-a-rather-long-name-{i}" for i in range(7)]
    with (
        ThreadedEndpoint(kinds.ollama(*names)) as ollama,
        ThreadedEndpoint(kinds.llamacpp("smol", n_ctx=4096)) as llama,
        ThreadedEndpoint(kinds.litellm("gpt", key="sk-master")) as lite,
        ThreadedEndpoint(kinds.unsaid("mystery")) as other,
    ):
        monkeypatch.setenv("UPVERDICT_PROBE", ports(ollama, llama, lite, other))
        (at_home / "config" / "config.toml").write_text(
            f'[endpoints.lab]\nurl = "https://models.test/v1"\nkey_env = "LAB_KEY"\nmodel = "qwen"\nstructured = true\n'
            f'search = "web_search_20250305"\n[endpoints.local]\nurl = "{other.url}"\nwindow = 16384\n',
            "utf-8",
        )
        done = upverdict("endpoints", timeout=60)
        assert done.code == 0, done.err
        monkeypatch.setenv("LAB_KEY", "sk-lab")
        rows = {r["name"]: r for r in upverdict("endpoints", "--json").lines}
    assert list(rows) == ["lab", "local", "ollama", "llamacpp", "litellm", "claude", "builtin"]
    assert max(len(line) for line in done.out.splitlines()) <= 80
    assert "- lab       There is no key for lab: LAB_KEY is not set." in done.out
    assert "* local" in done.out
    assert "A debate would use local: named in config.toml, found on this machine." in done.out.replace("\n", " ")
    assert f"7 models: {', '.join(names[:3])}, and 4 more" in " ".join(done.out.split())
    assert "window: 4,096 tokens; small: gets short, plain questions" in done.out
    assert "It wants a key that it knows: name its url and key_env under" in " ".join(done.out.split())
    assert [name for name, r in rows.items() if not r["usable"]] == ["litellm", "claude"]
    assert [name for name, r in rows.items() if r["used"]] == ["local"]
    assert rows["ollama"]["models"] == names
    assert rows["lab"]["can"] == ["structured answers", "search (web_search_20250305)"]
    assert "sk-lab" not in str(rows)
    assert rows["local"] | {"url": ""} == {
        "name": "local", "kind": "server", "url": "", "model": "mystery", "models": ["mystery"], "can": [],
        "small": False, "window": 16384, "usable": True, "note": f"yours, {other.url}", "used": True,
        "why": "named in config.toml, found on this machine",
    }  # fmt: skip


def test_one_that_answers_is_told_with_its_model_and_its_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    script = scripted.text("Hello there.", usage=scripted.Usage(input=21, output=3))
    with ThreadedEndpoint(kinds.vllm("mistral", script=script)) as server:
        monkeypatch.setenv("UPVERDICT_PROBE", ports(server))
        done = upverdict("endpoints", "check", "vllm")
        assert done.code == 0, done.err
        for words in (
            "vllm answers.",
            server.url,
            "mistral",
            "“Hello there.”",
            "21 read, 3 written",
            "structured",
            "16,384",
        ):
            assert words in done.out
        found = upverdict("endpoints", "check", server.url, "--model", "other", "--json").json
        assert (found["reached"], found["model"], found["fault"]) == (True, "other", None)
        assert found["usage"] == {"input": 21, "output": 3}
        assert found["first_word_seconds"] >= 0
        asked = [r for r in server.asks if r.model]
        assert [r.streaming for r in asked] == [True, True]
        assert all((r.json or {})["max_tokens"] < 100 for r in asked)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (scripted.status(401), "auth"),
        (scripted.status(404, message="model: mystery"), "not_found"),
        (scripted.html(), "not_messages"),
        (scripted.text("x", at={0: scripted.reset()}), "cut"),
    ],
)
def test_a_fault_is_a_sentence_and_exit_code_3(reply: Reply, kind: str) -> None:
    with ThreadedEndpoint(kinds.unsaid(script=reply)) as server:
        found = upverdict("endpoints", "check", server.url, "--json")
        assert (found.code, found.json["reached"], found.json["fault"]["kind"]) == (3, False, kind)
        done = upverdict("endpoints", "check", server.url)
        assert done.code == 3
        assert " ".join(found.json["fault"]["message"].split()) in " ".join(done.out.split())
        assert max(map(len, done.out.splitlines())) <= 80


def test_one_that_only_thinks_is_reached() -> None:
    with ThreadedEndpoint(kinds.unsaid(script=scripted.text("", stop_reason="max_tokens"))) as server:
        done = upverdict("endpoints", "check", server.url)
        assert done.code == 0
        assert "it thinks, and had no more room" in done.out


def test_what_can_not_be_had_is_said_on_stderr() -> None:
    for name, words in (("nowhere", "There is no endpoint 'nowhere'"), ("claude", "no key for Claude")):
        done = upverdict("endpoints", "check", name)
        assert (done.code, done.out) == (3, "")
        assert words in done.err


def test_a_key_goes_where_its_header_says(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_KEY", "sk-lab-0123456789")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-mine")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-api-key: sk-custom\nX-Team: secret")
    with ThreadedEndpoint(kinds.unsaid("mystery", api_key="sk-lab-0123456789")) as server:
        for header in ("x-api-key", "authorization"):
            text = f'[endpoints.lab]\nurl = "{server.url}"\nkey_env = "LAB_KEY"\nkey_header = "{header}"\n'
            (at_home / "config" / "config.toml").write_text(text, "utf-8")
            before = len(server.requests)
            assert upverdict("endpoints", "check", "lab").code == 0
            for request in server.requests[before:]:
                assert request.key == "sk-lab-0123456789"
                assert ("authorization" in request.headers) is (header == "authorization")
                assert ("x-api-key" in request.headers) is (header == "x-api-key")
                assert "sk-ant" not in str(request.headers)
                assert "secret" not in str(request.headers)
        server.endpoint.script = scripted.status(403, message="the key sk-lab-0123456789 may not do this")
        refused = upverdict("endpoints", "check", "lab")
        assert refused.code == 3
        assert "(key) may not do this" in refused.out
        assert "sk-lab" not in refused.out
