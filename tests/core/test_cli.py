"""The command line as a person or a script meets it: real processes, a real file, a scripted endpoint."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests import scripted
from tests.conftest import Sockets
from tests.council import council, council_but
from tests.program import MAIN, ran, started, upverdict
from tests.scripted import Pace, ScriptedEndpoint
from tests.shapes import claude, said

QUESTION = "Self-host LLMs or use API access?"


def test_a_debate_with_the_fifth_voice_as_json_and_as_a_document() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        done = upverdict("ask", QUESTION, "--rebuttal", "We are two people.", "--json", "--endpoint", server.url)
        assert done.code == 0
        events = done.lines
        assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
        kinds = {e["kind"] for e in events}
        assert {"debate_started", "text_delta", "user_spoke", "verdict_ruled", "debate_finished", "usage"} <= kinds
        rebuttals = [r for r in server.asks if "Write your rebuttal 1." in r.last_text]
        assert len(rebuttals) == 4
        assert all("We are two people." in r.prompt for r in rebuttals)
    document = upverdict("show", "last", "--json").json
    assert document["state"] == "finished"
    assert document["question"] == QUESTION
    (yours,) = [s for s in document["statements"] if s["voice"] == "you"]
    assert (yours["id"], yours["text"], yours["answered_in"]) == ("Y1", "We are two people.", 1)
    texts = {s["id"]: s["text"] for s in document["statements"]}
    said = {
        id: "".join(e["text"] for e in events if e["kind"] == "text_delta" and e["statement"] == id) for id in texts
    }
    assert {**said, "Y1": "We are two people."} == texts
    (verdict,) = document["verdicts"]
    assert all(texts[q["statement"]][q["start"] : q["end"]] == q["text"] for q in verdict["pull_quotes"])
    assert {q["voice"] for q in verdict["pull_quotes"]} == {"builder", "skeptic", "researcher", "contrarian", "you"}
    assert document["cost_usd"] is None
    assert document["usage"]["output"] > 0


def test_a_debate_as_text_says_everything_once_and_browsing_finds_it() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        done = upverdict("ask", QUESTION, "--endpoint", server.url)
        assert done.code == 0
        spoken = [r.said for r in server.asks[:8]]
        assert all(done.out.count(words) == 1 for words in spoken)
        assert "# Verdict: " in done.out
        assert "Kept as" in done.err
    id = upverdict("list", "--json").lines[0]["id"]
    assert QUESTION in upverdict("list").out
    shown = upverdict("show", id)
    assert all(words in shown.out for words in spoken)
    word = spoken[0].split()[-2].strip(".,")
    hits = upverdict("search", word, "--json")
    assert hits.code == 0
    assert hits.lines[0]["id"] == id
    assert upverdict("search", "zyzzyva").out == ""
    assert upverdict("delete", id, stdin="n\n").code == 1
    assert upverdict("list", "--json").lines
    assert upverdict("delete", id, "--yes").code == 0
    assert upverdict("list", "--json").out == ""
    assert upverdict("show", id).code == 4
    assert upverdict("search", word).out == ""


def test_interrupted_by_the_user_then_continued() -> None:
    with ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=60)) as server:
        process = started("ask", QUESTION, "--json", "--endpoint", server.url)
        assert process.stdout
        for line in process.stdout:
            if json.loads(line)["kind"] == "text_delta":
                break
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert "continue" in err
        assert '"debate_interrupted"' in out.splitlines()[-1]
        assert upverdict("list", "--json").lines[0]["state"] == "interrupted"
        server.endpoint.pace = Pace()
        asked = len(server.asks)
        done = upverdict("continue", "last", "--json")
        assert done.code == 0
        assert len(server.asks) == asked + 10
        assert upverdict("show", "last", "--json").json["state"] == "finished"


def test_an_output_that_nobody_reads_any_more_ends_in_order() -> None:
    with ScriptedEndpoint.in_thread(council(), pace=Pace(tokens_per_second=60)) as server:
        process = started("ask", QUESTION, "--json", "--endpoint", server.url)
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 1
        assert "Traceback" not in process.stderr.read()
        process.stderr.close()
        assert upverdict("list", "--json").lines[0]["state"] == "interrupted"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ask"], 2, "QUESTION"),
        (["ask", "   "], 2, "needs a question"),
        (["ask", "q", "--rounds", "99"], 2, "rounds"),
        (["ask", "q", "--council", "builder"], 2, "two to eight"),
        (["ask", "q", "--council", "builder,skepptic"], 2, "skeptic"),
        (["ask", "q", "--voice-model", "builder"], 2, "VOICE=MODEL"),
        (["ask", "q", "--voice-model", "nobody=m"], 2, "nobody"),
        (["ask", "q", "--background", "@/no/such/file"], 2, "can't be read"),
        (["ask", "q", "--endpoint", "claude"], 3, "ANTHROPIC_API_KEY"),
        (["ask", "q", "--endpoint", "nowhere"], 3, "nowhere"),
        (["ask", "q", "--endpoint", "ftp://x"], 3, "no address"),
        (["ask", "q", "--gguf", "/no/such/model.gguf"], 2, "no file"),
        (["show", "nosuch"], 4, "no debate"),
        (["continue", "nosuch"], 4, "no debate"),
        (["delete", "nosuch", "--yes"], 4, "no debate"),
        ([""], 2, "needs a question"),
        ([" ", "--rounds", "2"], 2, "needs a question"),
        (["frobnicate", "x"], 2, ""),
        (["serach"], 2, "upverdict search"),
        (["serch", "foo"], 2, "upverdict search"),
        (["serch", "foo", "--limit", "3"], 2, "upverdict search"),
        (["db", "bakcup"], 2, "There is no command db bakcup. Did you mean `upverdict db backup`?"),
        (["endpoints", "zzz"], 2, "There is no command endpoints zzz. `upverdict endpoints --help` lists"),
        (["Should", "we", "self-host"], 2, '"Should we self-host"'),
        (["Should", "we", "--rounds", "2"], 2, "quotation marks"),
        (["ask", "Should", "we", "pay $100"], 2, 'quotation marks: upverdict ask "QUESTION"'),
        (["Should we?", "--roundz", "2"], 2, "--rounds"),
        (["ask", "q", "--rebuttal", "  "], 2, "rebuttal is empty"),
        (["ask", "q", "--endpoint", "http://[::1"], 3, "no address"),
        (["ask", "q", "--endpoint", "http://127.0.0.1:99999"], 3, "no address"),
        (["ask", "q", "--gguf", __file__], 2, "not a GGUF file"),
        (["--gguf", "x.gguf"], 2, "need a question"),
        ([], 2, "needs a terminal"),
        (["--db", "some.db"], 2, "needs a terminal"),
        (["--db", os.path.dirname(__file__), "list"], 2, "is a folder. Name a file in it"),
        (["ask", "q", "--endpoint", "http://127.0.0.1:9", "--db", os.path.dirname(__file__)], 2, "is a folder."),
    ],
)
def test_wrong_use_is_said_in_a_sentence(arguments: list[str], code: int, words: str) -> None:
    done = upverdict(*arguments)
    assert done.code == code
    assert words in done.err
    assert done.out == ""
    assert "upverdict open" not in done.err, "a command that nobody knows"


def test_a_model_that_stands_in_is_told_while_it_speaks_and_in_what_is_kept() -> None:
    other = claude(said("I stand in."), model="claude-haiku-5-5")
    words = "Answered by claude-haiku-5-5, not claude-sonnet-5-5."
    with ScriptedEndpoint.in_thread(council_but({"skeptic": other})) as server:
        done = upverdict("ask", QUESTION, "--endpoint", server.url, "--model", "claude-sonnet-5-5")
    assert done.err.count(f"The Skeptic: {words}") == 1, "once, however often it speaks"
    assert done.err.count("Answered by") == 1
    assert upverdict("show", "last").out.count(f"[{words}]") == 2


def test_an_endpoint_that_is_gone_says_so_and_the_debate_is_kept() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        url = server.url
    done = upverdict("ask", QUESTION, "--endpoint", url, "--json")
    assert done.code == 1
    assert "can't be reached" in done.err
    assert "is kept" in done.err
    assert done.lines[-1]["kind"] == "debate_failed"
    assert upverdict("list", "--json").lines[0]["state"] == "failed"


def test_a_judge_that_fails_exits_1_and_is_asked_alone_when_continued() -> None:
    with ScriptedEndpoint.in_thread(council_but({"judge": scripted.status(403)})) as server:
        assert upverdict("ask", QUESTION, "--endpoint", server.url).code == 1
        server.endpoint.script = council()
        asked = len(server.asks)
        assert upverdict("continue", "last").code == 0
        assert len(server.asks) == asked + 2, "the verdict and its check"


def test_a_judge_that_fails_twice_then_works_costs_no_statement_and_exits_0() -> None:
    flaky = scripted.in_turn(scripted.status(529), scripted.status(500), council())
    with ScriptedEndpoint.in_thread(council_but({"judge verdict": flaky})) as server:
        done = upverdict("ask", QUESTION, "--depth", "standard", "--endpoint", server.url)
        assert done.code == 0, done.err
        assert "Asked again in" in done.err
        asked = [r.last_text for r in server.asks]
    assert len([words for words in asked if "You are now" in words]) == 8, "no statement was asked again"
    assert len(upverdict("show", "last", "--json").json["verdicts"]) == 1


def test_keys_go_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret-of-mine")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-Team: secret-team\nAuthorization: Bearer secret-bearer")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with ScriptedEndpoint.in_thread(council()) as server:
        done = upverdict("ask", QUESTION, "--endpoint", server.url, "--json")
        assert done.code == 0, done.err
        sent = json.dumps([dict(r.headers) for r in server.requests])
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    for secret in ("sk-ant-secret-of-mine", "secret-team", "secret-bearer"):
        assert secret not in sent + done.out + done.err
        assert secret.encode() not in kept


PROBE = """
import sys
from upverdict.core import cli
sys.argv = ["upverdict", *sys.argv[1:]]
code = cli.main(lambda config, order: 0)
heavy = {"textual", "anthropic", "httpx", "httpx2", "rich", "pydantic"}
loaded = sorted({m.split(".")[0] for m in sys.modules} & heavy)
print(code, loaded, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["list"], []),
        (["search", "word"], []),
        (["show", "last"], []),
        (["show", "last", "--json"], []),
        (["score", "last"], []),
        (["personas"], []),
        (["endpoints"], []),
        (["--help"], []),
    ],
)
def test_headless_commands_load_no_screen_and_no_wire(arguments: list[str], heavy: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines()[-1].endswith(str(heavy))


def test_asking_loads_no_screen() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        done = subprocess.run(
            [sys.executable, "-c", PROBE, "ask", QUESTION, "--endpoint", server.url],
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    loaded = done.stderr.splitlines()[-1]
    assert loaded.startswith("0 ")
    assert "anthropic" in loaded
    assert "textual" not in loaded
    assert "rich" not in loaded


def test_browsing_opens_no_socket(sockets: Sockets) -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        assert upverdict("ask", QUESTION, "--endpoint", server.url).code == 0
    assert sockets.opened(), "a debate does open some: the watch works"
    sockets.forget()
    shown = (["show", "last"], ["show", "last", "--json"], ["score", "last"])
    for arguments in (["list"], ["list", "--json"], ["search", "team"], *shown):
        done = upverdict(*arguments)
        assert done.code == 0
        assert done.out
    assert sockets.opened() == []


def test_personas_are_listed_shown_made_and_checked(at_home: Path) -> None:
    rows = upverdict("personas", "list", "--json").lines
    assert [r["voice"] for r in rows][:4] == ["builder", "skeptic", "researcher", "contrarian"]
    assert "name: The Builder" in upverdict("personas", "show", "builder").out
    made = upverdict("personas", "new", "lawyer")
    assert Path(made.out.strip()) == at_home / "config" / "personas" / "lawyer.md"
    assert upverdict("personas", "check").code == 0
    assert upverdict("personas", "new", "lawyer").code == 2
    (at_home / "config" / "personas" / "lawyer.md").write_text("no front matter", "utf-8")
    broken = upverdict("personas", "check")
    assert broken.code == 2
    assert "lawyer.md" in broken.out


def test_an_own_persona_is_seated_and_snapshotted(at_home: Path) -> None:
    upverdict("personas", "new", "lawyer")
    file = at_home / "config" / "personas" / "lawyer.md"
    with ScriptedEndpoint.in_thread(scripted.text("I say what a lawyer says about it. Sign nothing.")) as server:
        done = upverdict("ask", "q", "--council", "builder,lawyer", "--rounds", "0", "--endpoint", server.url, "--json")
        started_event = done.lines[0]
    assert [s["voice"] for s in started_event["council"]] == ["builder", "lawyer"]
    prompt = started_event["council"][1]["prompt"]
    file.unlink()
    document = upverdict("show", "last", "--json").json
    assert [c["name"] for c in document["council"]] == ["The Builder", "The Lawyer"]
    assert prompt


def test_configuration_is_read_and_unknown_keys_are_refused(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = at_home / "config"
    (folder / "config.toml").write_text('rounds = 0\ndepth = "quick"\ncouncil = ["builder", "skeptic"]\n', "utf-8")
    with ScriptedEndpoint.in_thread(council()) as server:
        done = upverdict("ask", QUESTION, "--endpoint", server.url, "--json")
        assert done.code == 0
        assert len(server.asks) == 4
    (folder / "config.toml").write_text('\n\ndepth = "deep"\n', "utf-8")
    assert "config.toml, line 3: depth must be one of quick, standard, thorough" in upverdict("list").err
    (at_home / "mine").write_text("colour = 4\n", "utf-8")
    monkeypatch.setenv("UPVERDICT_CONFIG", str(at_home / "mine"))
    assert "unknown key 'colour'" in upverdict("list").err, "a file of any name is one"
    monkeypatch.setenv("UPVERDICT_CONFIG", str(folder))
    (folder / "config.toml").write_text("auto = true\n[colour]\nx = 3\n", "utf-8")
    done = upverdict("list")
    assert done.code == 2
    assert "line 2: unknown key 'colour'" in done.err


def test_endpoints_say_what_would_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = upverdict("endpoints", "--json").lines
    assert {r["name"]: r["used"] for r in rows} == {"claude": False, "builtin": True}
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret-of-mine")
    done = upverdict("endpoints")
    assert "* claude" in done.out
    assert "sk-ant" not in done.out


def test_an_address_of_the_configuration_is_among_the_endpoints(at_home: Path) -> None:
    (at_home / "config" / "config.toml").write_text('endpoint = "http://127.0.0.1:8080/v1"\n', "utf-8")
    rows = upverdict("endpoints", "--json").lines
    assert [(r["name"], r["usable"], r["used"]) for r in rows][:2] == [
        ("http://127.0.0.1:8080", True, True),
        ("claude", False, False),
    ]
    assert "config.toml" in rows[0]["note"]
    (at_home / "config" / "config.toml").write_text('endpoint = "http://"\n', "utf-8")
    done = upverdict("endpoints")
    assert done.code == 3
    assert "is no address of a server" in done.out


def test_debug_shows_the_traceback_wherever_it_stands() -> None:
    for arguments in (("--debug", "show", "nothing"), ("show", "nothing", "--debug")):
        assert "Traceback" in ran(MAIN, *arguments).err
    assert upverdict("show", "nothing").err == "upverdict: There is no debate nothing.\n"


def test_every_command_is_documented() -> None:
    from upverdict.core.cli import cli

    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
    ctx = click.Context(cli)
    for name in cli.list_commands(ctx):
        command = cli.get_command(ctx, name)
        assert command
        assert command.help
        if not command.hidden:
            assert f"`upverdict {name}" in readme, name
    for option in cli.commands["ask"].params:
        for flag in option.opts:
            if flag.startswith("--"):
                assert f"`{flag}" in readme, flag


def test_the_program_runs_as_installed() -> None:
    script = Path(sys.executable).with_name("upverdict" + (".exe" if os.name == "nt" else ""))
    done = subprocess.run([script, "--version"], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.startswith("upverdict ")
