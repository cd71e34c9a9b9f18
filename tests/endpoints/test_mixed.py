"""A model for each voice and the judge, across endpoints: who is asked what, what is said of it, what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import scripted
from tests.council import council_but
from tests.endpoints import kinds
from tests.program import upverdict
from tests.scripted import ScriptedEndpoint, ThreadedEndpoint

QUESTION = "Self-host LLMs or use API access?"


def threaded(endpoint: ScriptedEndpoint) -> ThreadedEndpoint:
    return ThreadedEndpoint(endpoint)


def probe(monkeypatch: pytest.MonkeyPatch, *servers: ThreadedEndpoint) -> None:
    monkeypatch.setenv("UPVERDICT_PROBE", ",".join(s.url.rpartition(":")[2] for s in servers))


def configure(home: Path, text: str) -> None:
    (home / "config" / "config.toml").write_text(f'depth = "quick"\n{text}', "utf-8")


def asked(server: ThreadedEndpoint) -> dict[str, set[str]]:
    """Of each voice (and `judge`): the models that it was asked with. What discovery sends has no model."""
    voices: dict[str, set[str]] = {}
    for request in server.asks:
        if request.model:
            voice = request.label.split()[0]
            voices.setdefault(voice, set()).add(request.model)
    return voices


def test_a_council_of_four_with_two_endpoints_reaches_its_verdict_and_says_who_answered(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with threaded(kinds.ollama("llama3:8b")) as ollama, threaded(kinds.vllm("mistral")) as vllm:
        probe(monkeypatch, ollama, vllm)
        configure(at_home, '[voices]\nresearcher = "@vllm"\ncontrarian = "phi@ollama"\nlawyer-in-waiting = "x"\n')
        refused = upverdict("ask", QUESTION, "--endpoint", "ollama")
        assert refused.code == 2
        assert "lawyer-in-waiting" in refused.err
        configure(at_home, '[voices]\nresearcher = "@vllm"\ncontrarian = "phi@ollama"\n')
        done = upverdict(
            "ask", QUESTION, "--endpoint", "ollama", "--voice-model", "skeptic=mixtral@vllm", "--judge-model", "@vllm",
            "--json",
        )  # fmt: skip
        assert done.code == 0, done.err
        assert (
            "Asking ollama (llama3:8b): your choice; skeptic at vllm (mixtral); researcher at vllm (mistral); "
            "judge at vllm (mistral)." in done.err.replace("\n", " ")
        )
        assert asked(ollama) == {"builder": {"llama3:8b"}, "contrarian": {"phi"}}
        assert asked(vllm) == {"skeptic": {"mixtral"}, "researcher": {"mistral"}, "judge": {"mistral"}}
        assert all("output_config" not in (r.json or {}) for r in ollama.asks)
        assert any("output_config" in (r.json or {}) for r in vllm.asks), "told by what it is, not declared"
    document = upverdict("show", "last", "--json").json
    assert {c["voice"]: (c["endpoint"], c["model"]) for c in document["council"]} == {
        "builder": ("ollama", "llama3:8b"),
        "skeptic": ("vllm", "mixtral"),
        "researcher": ("vllm", "mistral"),
        "contrarian": ("ollama", "phi"),
    }
    assert "one model" not in upverdict("show", "last").out


def test_a_mixed_debate_that_was_broken_off_finds_its_endpoints_again(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = ScriptedEndpoint(council_but({"judge": scripted.status(403)}), models=["qwen"], api_key="sk-lab")
    with threaded(kinds.llamacpp("smol")) as llama, threaded(lab) as server:
        probe(monkeypatch, llama)
        monkeypatch.setenv("LAB_KEY", "sk-lab")
        configure(at_home, f'[endpoints.lab]\nurl = "{server.url}"\nkey_env = "LAB_KEY"\n[voices]\njudge = "@lab"\n')
        done = upverdict("ask", QUESTION, "--endpoint", "llamacpp", "--voice-model", "builder=@lab")
        assert done.code == 1, done.err
        assert "llamacpp (smol): your choice; builder at lab (qwen); judge at lab (qwen)" in done.err
        server.endpoint.script = council_but({})
        before = len(llama.asks), len(server.asks)
        monkeypatch.delenv("LAB_KEY")
        unset = upverdict("continue", "last")
        assert unset.code == 3
        assert unset.err.startswith("upverdict: For the voice builder: There is no key for lab: LAB_KEY is not set.")
        assert "Nothing was changed; with --endpoint NAME all voices are asked there." in " ".join(unset.err.split())
        monkeypatch.setenv("LAB_KEY", "sk-lab")
        assert upverdict("continue", "last").code == 0
        assert {r.key for r in server.asks if r.model} == {"sk-lab"}
        assert not any("sk-lab" in json.dumps(r.headers) for r in llama.requests)
        assert all(r.model == "qwen" for r in server.asks[before[1] :] if r.model)
        assert not [r for r in llama.asks[before[0] :] if r.model], "no statement is asked again"
    kept = b"".join(p.read_bytes() for p in at_home.rglob("*") if p.is_file())
    assert b"sk-lab" not in kept


def test_a_debate_whose_endpoint_has_another_name_now_goes_on_elsewhere_with_the_judges_own_model(
    at_home: Path,
) -> None:
    lab = ScriptedEndpoint(council_but({"judge": scripted.status(403)}), models=["qwen"])
    den = ScriptedEndpoint(council_but({}))
    with threaded(lab) as first, threaded(den) as second:
        configure(at_home, f'[endpoints.lab]\nurl = "{first.url}"\n')
        assert upverdict("ask", QUESTION, "--endpoint", "lab", "--rounds", "0").code == 1
        configure(at_home, f'[endpoints.den]\nurl = "{second.url}"\nmodel = "quick"\njudge_model = "wise"\n')
        gone = upverdict("continue", "last")
        assert gone.code == 3
        assert "For the voice builder: There is no endpoint 'lab'." in gone.err
        assert "with --endpoint NAME all voices are asked there." in " ".join(gone.err.split())
        assert not second.asks
        done = upverdict("continue", "last", "--endpoint", "den")
        assert done.code == 0
        assert "Answered by" not in done.err + upverdict("show", "last").out, "the user chose it: nobody stood in"
        assert asked(second) == {"judge": {"wise"}}
        assert upverdict("push-back", "last", "You forget the nights.", "--endpoint", "den").code == 0
        models = asked(second)
        assert models.pop("judge") == {"wise"}
        assert set().union(*models.values()) == {"quick"}


def test_front_matter_names_an_endpoint_and_the_model_there(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = upverdict("personas", "new", "skeptic")
    file = Path(made.out.strip())
    text = file.read_text("utf-8")
    file.write_text(text.replace("\n---\n", "\nmodel: tiny\nendpoint: llamacpp\n---\n", 1), "utf-8")
    assert upverdict("personas", "check").code == 0
    rows = upverdict("personas", "--json").lines
    assert [(r["model"], r["endpoint"]) for r in rows if r["voice"] == "skeptic"] == [("tiny", "llamacpp")]
    with threaded(kinds.ollama("llama3:8b")) as ollama, threaded(kinds.llamacpp("smol")) as llama:
        probe(monkeypatch, ollama, llama)
        assert upverdict("ask", QUESTION, "--rounds", "0", "--endpoint", "ollama").code == 0
        assert asked(llama) == {"skeptic": {"tiny"}}
        option = ("--voice-model", "skeptic=other")
        assert upverdict("ask", QUESTION, "--rounds", "0", "--endpoint", "ollama", *option).code == 0
        assert asked(llama) == {"skeptic": {"tiny", "other"}}, "the model of the option, where the persona is asked"
        option = ("--voice-model", "skeptic=@ollama")
        assert upverdict("ask", QUESTION, "--rounds", "0", "--endpoint", "ollama", *option).code == 0
        assert asked(ollama)["skeptic"] == {"llama3:8b"}, "that endpoint's own model"
        file.write_text(text.replace("\n---\n", "\nmodel: claude-opus-5-5\n---\n", 1), "utf-8")
        before = len(ollama.asks)
        assert upverdict("ask", QUESTION, "--rounds", "0", "--endpoint", "ollama").code == 0
        assert {r.model for r in ollama.asks[before:] if r.model} == {"llama3:8b"}, "Claude's model is none of Ollama's"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--voice-model", "skeptic=@nowhere"], 3, "For the voice skeptic: There is no endpoint 'nowhere'"),
        (["--voice-model", "skeptic=m@olama"], 3, "For the voice skeptic: There is no endpoint 'olama'; did you mean"),
        (["--voice-model", "skeptic=m@claude"], 3, "For the voice skeptic: There is no key for Claude here"),
        (["--judge-model", "m@ftp://x"], 3, "For the voice judge: ftp://x is no address"),
        (["--judge-model", "m@http://me:secret@x"], 3, "For the voice judge: An address must not hold a password"),
        (["--voice-model", "skeptic=@ollama"], 3, "For the voice skeptic: Nothing is looked for here"),
    ],
)
def test_an_endpoint_that_can_not_be_had_is_said_with_its_voice(arguments: list[str], code: int, words: str) -> None:
    with ScriptedEndpoint.in_thread(council_but({})) as server:
        done = upverdict("ask", QUESTION, "--endpoint", server.url, *arguments)
        assert (done.code, server.asks) == (code, [])
    assert words in done.err
    assert "secret" not in done.err
    assert upverdict("list").out == ""


def test_one_model_at_two_endpoints_is_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    with threaded(kinds.ollama("llama3")) as ollama, threaded(kinds.litellm("llama3")) as lite:
        probe(monkeypatch, ollama, lite)
        done = upverdict("ask", QUESTION, "--endpoint", "ollama", "--voice-model", "skeptic=@litellm")
        assert done.code == 0, done.err
        assert asked(lite) == {"skeptic": {"llama3"}}
        assert "4 personas, one model (llama3)" in done.out
        option = ("--voice-model", "skeptic=phi@litellm", "--voice-model", "builder=phi")
        done = upverdict("ask", QUESTION, "--endpoint", "ollama", *option)
        assert (
            "4 personas, 2 models (The Builder, The Skeptic by phi; The Researcher, The Contrarian by llama3): "
            "agreement within one model is not independent evidence." in done.out
        )
