"""Who can answer, on the form for a new debate: servers that are found, their models, a model for each voice."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.endpoints import kinds
from tests.scripted import ScriptedEndpoint, never
from tests.tui.shelf import debate, keep, showing
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, screen_text, text_of, until
from tests.tui.test_new import COUNCIL, Form, form
from upverdict.core.named import NamedEndpoint
from upverdict.core.session import Choice
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.voice_model import VoiceModel
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.found import Here
from upverdict.tui.widgets.question import QuestionField


@pytest.fixture(autouse=True)
def no_builtin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upverdict.core.builtin.available", lambda gguf=None: "It is not installed.")


def probe(monkeypatch: pytest.MonkeyPatch, *servers: ScriptedEndpoint) -> None:
    monkeypatch.setenv("UPVERDICT_PROBE", ",".join(s.url.rpartition(":")[2] for s in servers))


def row(new: Form, name: str) -> str:
    """The line of an endpoint."""
    rows = new.list("endpoint")
    found = [n for n, value in enumerate(rows.values) if value == name]
    return "".join(p.text for p in rows.parts(found[0], 0, 120)) if found else ""


async def until_found(new: Form, *names: str) -> None:
    """They have 0.3 seconds to answer, of which this process may have none for them: it is looked again."""
    async with asyncio.timeout(30):
        while not set(names) <= set(new.list("endpoint").values):
            await new.pilot.press("ctrl+r")
            await until(new.pilot, lambda: "looking" not in text_of(new.screen, "#endpoint-why"))


async def test_a_server_that_is_found_is_listed_with_its_models_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kinds.ollama("llama3:8b", "[b]qwen[/b]") as ollama, kinds.litellm("gpt", key="sk-1") as litellm:
        probe(monkeypatch, ollama, litellm)
        async with form(tmp_path) as new:
            await until_found(new, "ollama", "litellm")
            assert new.list("endpoint").chosen == ("ollama",)
            assert "llama3:8b and 1 more · the default: Ollama, found on this machine" in row(new, "ollama")
            assert text_of(new.screen, "#endpoint-why") == "ollama is asked"
            assert "It wants a key" in row(new, "litellm")
            assert new.list("models").values == ("llama3:8b", "[b]qwen[/b]")
            assert new.list("models").chosen == ("llama3:8b",), "asked where nobody chooses"
            assert "[b]qwen[/b]" in screen_text(new.app)
            new.list("endpoint").focus()
            await new.pilot.press("down", "space")
            assert new.list("endpoint").chosen == ("ollama",), "what can't be used can't be chosen"
            assert "key_env" in text_of(new.screen, "#endpoint-note"), "it says what to do"
            await new.ask()
            assert new.orders[-1].choice == Choice("ollama")
            new.list("models").focus()
            await new.pilot.press("down", "space")
            assert new.field("model").value == "[b]qwen[/b]"
            await new.ask()
            assert new.orders[-1].choice == Choice("ollama", "[b]qwen[/b]")
            new.field("model").value = "other"
            await until(new.pilot, lambda: new.list("models").chosen == ())
            await new.ask()
            assert new.orders[-1].choice == Choice("ollama", "other")


async def test_the_model_of_one_endpoint_is_not_asked_for_at_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with kinds.ollama("llama3:8b", "phi") as ollama, kinds.vllm("mistral") as vllm:
        probe(monkeypatch, ollama, vllm)
        async with form(tmp_path) as new:
            await until_found(new, "ollama", "vllm")
            new.list("models").focus()
            await new.pilot.press("down", "space")
            assert new.field("model").value == "phi"
            new.list("endpoint").focus()
            await new.pilot.press("end")
            while new.list("endpoint").current and new.list("endpoint").current.value != "vllm":  # type: ignore[union-attr]
                await new.pilot.press("up")
            await new.pilot.press("space")
            await until(new.pilot, lambda: new.field("model").value == "")
            assert new.field("model").placeholder == "as usual: mistral"
            assert not new.list("models").display, "one model is no choice"
            assert text_of(new.screen, "#endpoint-why") == "vllm is asked: your choice"
            await new.pilot.press("ctrl+r")
            await until(new.pilot, lambda: "looking" not in text_of(new.screen, "#endpoint-why"))
            new.field("address").value = "http://127.0.0.1:9"
            await until(new.pilot, lambda: "address below" in text_of(new.screen, "#endpoint-why"))


async def test_the_form_waits_for_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers are looked for behind the form: it is written in and started from before any has answered."""
    gate = asyncio.Event()
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        really = app.here

        async def held_up() -> Here:
            await gate.wait()
            return await really()

        app.here = held_up  # type: ignore[method-assign]
        await until(pilot, lambda: app.shelf.debates.current)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewScreen))
        new = Form(app, pilot)
        await pilot.press(*"Tea", "enter")
        await until(pilot, lambda: new.orders)
        assert (new.orders[0].question, new.orders[0].choice) == ("Tea", Choice())
        assert "looking" in text_of(app.screen, "#endpoint-why")
        await until(pilot, lambda: new.list("council").chosen == COUNCIL, "who sits is known before")
        assert text_of(app.screen, "#depth-note") == "", "what a depth does hangs on who judges"
        gate.set()
        await until(pilot, lambda: new.list("endpoint").length)
        assert app.screen.query_one(QuestionField).text == "Tea"


async def test_a_server_that_gives_no_answer_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with kinds.server({kinds.MODELS: never()}) as server:
        probe(monkeypatch, server)
        async with form(tmp_path) as new:
            await until_found(new, server.url)
            assert "Something listens there" in row(new, server.url)
            assert "There is nothing to talk to" in text_of(new.screen, "#endpoint-why")


async def test_it_can_be_looked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with kinds.ollama("llama3:8b") as server, form(tmp_path) as new:
        assert "ollama" not in new.list("endpoint").values
        new.list("council").focus()
        await new.pilot.press("space")
        probe(monkeypatch, server)  # somebody has started one
        await until_found(new, "ollama")
        assert new.list("endpoint").chosen == ("ollama",)
        assert new.list("council").chosen == ("skeptic", "researcher", "contrarian"), "what was chosen stays"


async def test_who_answers_for_a_voice_is_seen_before_the_start_and_can_be_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    async with kinds.ollama("llama3:8b", "phi") as ollama:
        probe(monkeypatch, ollama)
        voices = (("skeptic", "claude-haiku-5-5"), ("judge", "claude-sonnet-5-5"))
        async with form(tmp_path, voices=voices) as new:
            await until_found(new, "ollama")

            def said(voice: str) -> str:
                rows = new.list("council")
                return "".join(p.text for p in rows.parts(rows.values.index(voice), 0, 120))

            await until(new.pilot, lambda: "claude-haiku-5-5" in said("skeptic"))
            assert "claude-sonnet-5-5" in said("judge")
            assert "claude" not in said("builder"), "the usual is not worth a word"
            new.list("council").focus()
            await new.pilot.press("m")
            await until(new.pilot, lambda: isinstance(new.app.screen, VoiceModel))
            assert "Who answers for The Builder" in screen_text(new.app)
            choices = new.app.screen.query_one(ChoiceList)
            assert choices.values[0] == "", "as usual"
            assert {"claude-sonnet-5-5@claude", "llama3:8b@ollama", "phi@ollama"} == set(choices.values[1:])
            await new.pilot.press("down")
            while choices.current and choices.current.value != "phi@ollama":
                await new.pilot.press("down")
            await new.pilot.press("space")
            await until(new.pilot, lambda: isinstance(new.app.screen, NewScreen))
            await until(new.pilot, lambda: "phi @ ollama" in said("builder"))
            await new.pilot.press("end", "m")
            await until(new.pilot, lambda: isinstance(new.app.screen, VoiceModel))
            await new.pilot.press("enter")
            assert isinstance(new.app.screen, VoiceModel), "nothing written is not taken for a wish"
            await new.pilot.press("shift+tab", *"large", "enter")
            await until(new.pilot, lambda: isinstance(new.app.screen, NewScreen))
            assert "large" in said("judge")
            await new.pilot.press("m")
            await until(new.pilot, lambda: isinstance(new.app.screen, VoiceModel))
            await new.pilot.press(*"phi @ ollama", "enter")  # in place of what was written before
            await until(new.pilot, lambda: isinstance(new.app.screen, NewScreen))
            await until(new.pilot, lambda: "phi @ ollama" in said("judge"))
            await new.pilot.press("m")
            await until(new.pilot, lambda: isinstance(new.app.screen, VoiceModel))
            await new.pilot.press(*"large", "enter")
            await until(new.pilot, lambda: isinstance(new.app.screen, NewScreen))
            await new.pilot.press("m", "escape")
            await until(new.pilot, lambda: isinstance(new.app.screen, NewScreen))
            await new.ask()
            assert new.orders[-1].voice_models == {"builder": "phi@ollama", "judge": "large"}
            new.list("council").focus()
            await new.pilot.press("home", "space")
            await new.ask()
            assert new.orders[-1].voice_models == {"judge": "large"}, "who stays at home is not asked"


async def test_a_voice_that_can_not_be_asked_is_named_beside_the_council(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, voices=(("skeptic", "x@claudee"),)) as (app, pilot):
        await until(pilot, lambda: app.shelf.debates.current)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewScreen))
        council = app.screen.query_one("#council", ChoiceList)
        await until(pilot, lambda: council.length)
        await pilot.press(*"Tea", "enter")
        await until(pilot, lambda: app.screen.query_one("#council-wrong").display)
        assert "did you mean claude?" in text_of(app.screen, "#council-wrong")
        await until(pilot, lambda: council.has_focus and council.current and council.current.value == "skeptic")
        assert app.screen.query_one(QuestionField).text == "Tea"


async def test_where_another_can_be_chosen_it_is_said_which_one_can_not_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setenv("UPVERDICT_PROBE", "9")
    dead, keyless = (
        NamedEndpoint("lab", "http://127.0.0.1:9"),
        NamedEndpoint("far", "https://far.example", key_env="NO"),
    )
    for entry, why in ((dead, "Nothing answers there. Is it running?"), (keyless, "There is no key for far: NO is")):
        async with form(tmp_path / entry.name, endpoint=entry.name, endpoints=(entry,)) as new:
            await new.ask()
            assert new.wrong("endpoint").startswith(f"{entry.name} can't be used: {why}")
            assert new.wrong("endpoint").endswith(" Choose another.")
            assert new.orders == []


async def test_the_row_of_a_voice_that_can_not_be_asked_says_so_before_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setenv("UPVERDICT_PROBE", "9")
    named = (NamedEndpoint("lab", "http://127.0.0.1:9"), NamedEndpoint("far", "https://far.example", key_env="NONE"))
    for words in ("@lab", "x@far", "x@nowhere"):
        folder = tmp_path / words[-3:]
        async with form(folder, endpoints=named, voices=(("skeptic", words),)) as new:
            shown = f"{words}, can't be used:" if words == "x@nowhere" else f"@{words[-3:]}, can't be used:"
            await until(new.pilot, lambda shown=shown: shown in screen_text(new.app))


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL, NARROW])
async def test_many_endpoints_and_models_leave_every_field_in_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with kinds.ollama(*(f"model-{n}" for n in range(40))) as ollama, kinds.vllm("mistral") as vllm:
        probe(monkeypatch, ollama, vllm)
        async with form(tmp_path, size) as new:
            await until_found(new, "ollama", "vllm")
            await until(new.pilot, lambda: new.list("models").length == 40)
            assert new.list("models").size.height <= 8
            reached = []
            for _ in new.screen.focus_chain:
                reached.append(new.focused)
                await until(new.pilot, new.sees_focused, f"{new.focused} in sight")
                await new.pilot.press("tab")
            assert reached[5:8] == ["address", "model", "models"]
