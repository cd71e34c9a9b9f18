"""Who is asked with something of their own, before anybody is asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.endpoints import kinds
from upverdict.core.choosing import Book
from upverdict.core.config import Config
from upverdict.core.errors import UserError
from upverdict.core.seating import seat
from upverdict.core.session import Choice, Order, foreseen

CLAUDE = Choice("claude")


def form(folder: Path, choice: Choice = CLAUDE, **order: Any) -> tuple[Order, Config]:
    voices = order.pop("voices", {})
    config = Config(folder=folder, db=folder / "debates.db", voices=tuple(voices.items()))
    return Order("Tea?", choice=choice, **order), config


async def apart(folder: Path, choice: Choice = CLAUDE, **order: Any) -> dict[str, str]:
    plan, found = await foreseen(*form(folder, choice, **order))
    assert plan is not None
    return found


async def test_only_who_is_asked_otherwise_than_the_rest_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    async with kinds.ollama("llama3:8b") as server:
        port = server.url.rpartition(":")[2]
        monkeypatch.setenv("UPVERDICT_PROBE", port)
        assert await apart(tmp_path) == {}, "the judge's own default is nobody's wish"
        assert await apart(tmp_path, voices={"skeptic": "@ollama"}) == {"skeptic": "llama3:8b @ ollama"}
        given = {"builder": "claude-haiku-5-5", "judge": "qwen@ollama"}
        assert await apart(tmp_path, voice_models=given) == {"builder": "claude-haiku-5-5", "judge": "qwen @ ollama"}
        everybody = dict.fromkeys(("builder", "skeptic", "researcher", "contrarian", "judge"), "@ollama")
        assert await apart(tmp_path, voices=everybody) == {}


async def test_what_is_wrong_with_an_order_says_which_part_of_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def about(choice: Choice = CLAUDE, **order: Any) -> str:
        filled_in, config = form(tmp_path, choice, **order)
        with pytest.raises(UserError) as e:
            await seat(filled_in, config, Book(config, os.environ, None))
        assert (await foreseen(filled_in, config))[0] is None, "what can't be begun has no plan"
        return e.value.about

    monkeypatch.setattr("upverdict.core.builtin.available", lambda gguf=None: "It is not installed.")
    assert await about() == "endpoint"
    assert await about(Choice()) == "endpoint"
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    assert await about(council=("builder", "nobody")) == "council"
    assert await about(voice_models={"skeptic": "x@claudee"}) == "council"
    assert await about(voices={"skeptic": "@ollama"}) == "council"
