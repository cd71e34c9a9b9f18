"""Endpoints of `config.toml`: what may stand there, and the sentence for what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from upverdict.core.config import load
from upverdict.core.errors import WrongUse
from upverdict.core.named import NamedEndpoint

URL = 'url = "http://127.0.0.1:8000"\n'


def config(path: Path, text: str) -> object:
    (path / "config.toml").write_text(text, "utf-8")
    return load(env={"UPVERDICT_CONFIG": str(path)})


def test_an_endpoint_with_everything_that_can_be_said(tmp_path: Path) -> None:
    (path := tmp_path / "config.toml").write_text(
        """
endpoint = "lab"
probe = [8080, 9000, 8080]
[endpoints.lab]
url = "http://127.0.0.1:8000/v1"
model = "qwen"
judge_model = "qwen-large"
key_env = "LAB_KEY"
key_header = "x-api-key"
structured = true
caching = false
effort = false
search = "web_search_20250305"
thinking = "adaptive"
small = false
window = 32768
[endpoints."big.one"]
url = "https://models.test"
[voices]
skeptic = "llama3:8b@ollama"
judge = " @claude "
""",
        "utf-8",
    )
    found = load(env={"UPVERDICT_CONFIG": str(path)})
    assert found.endpoints == (
        NamedEndpoint(
            "lab", "http://127.0.0.1:8000/v1", "qwen", "qwen-large", "LAB_KEY", "x-api-key",
            True, False, False, "web_search_20250305", "adaptive", False, 32768,
        ),
        NamedEndpoint("big.one", "https://models.test"),
    )  # fmt: skip
    assert found.voices == (("skeptic", "llama3:8b@ollama"), ("judge", "@claude"))
    assert found.probe == (8080, 9000)
    assert hash(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("endpoints = 3", "endpoints must be tables"),
        ("[endpoints]\nlab = 3", "endpoints.lab must be a table"),
        ("[endpoints.lab]", "endpoints.lab lacks its address"),
        (f"[endpoints.claude]\n{URL}", "claude is a name of this program's own"),
        (f"[endpoints.builtin]\n{URL}", "builtin is a name of this program's own"),
        (f'[endpoints."a@b"]\n{URL}', "a name is made of letters"),
        (f'[endpoints.lab]\n{URL}key = "sk-secret"', "endpoints.lab.key: a key never stands in the file"),
        (f'[endpoints.lab]\n{URL}API_KEY = "sk-secret"', "a key never stands in the file"),
        (f'[endpoints.lab]\n{URL}key_env = "sk-secret"', "endpoints.lab.key_env must be the name of"),
        (f"[endpoints.lab]\n{URL}colour = 3", "endpoints.lab has an unknown key 'colour'"),
        (f"[endpoints.lab]\n{URL}structured = 1", "endpoints.lab.structured must be true or false"),
        (f"[endpoints.lab]\n{URL}window = true", "endpoints.lab.window must be a number"),
        (f"[endpoints.lab]\n{URL}window = 0", "endpoints.lab.window is a number of tokens"),
        (f"[endpoints.lab]\n{URL}model = 3", "endpoints.lab.model must be text"),
        (f'[endpoints.lab]\n{URL}model = ""', "endpoints.lab.model is empty"),
        (f'[endpoints.lab]\n{URL}model = "a b"', "endpoints.lab.model must be one word"),
        (f'[endpoints.lab]\n{URL}search = "Web Search"', "endpoints.lab.search must be a word"),
        (f'[endpoints.lab]\n{URL}key_header = "cookie"', "key_header must be one of authorization, x-api-key"),
        ('[endpoints.lab]\nurl = "lab:8000"', "endpoints.lab.url: lab:8000 is no address"),
        ('[endpoints.lab]\nurl = "http://me:sk-secret@lab"', "endpoints.lab.url: An address must not hold a password"),
        (f'[endpoints.lab]\n{URL}key_env = "ANTHROPIC_API_KEY"', "goes to https://api.anthropic.com alone"),
        ('[endpoints.lab]\nurl = "http://api.anthropic.com"\nkey_env = "ANTHROPIC_API_KEY"', "alone"),
        ("voices = 3", "voices must be a table"),
        ("[voices]\nskeptic = 3", "voices.skeptic must be MODEL"),
        ('[voices]\nskeptic = "@"', "voices.skeptic must be MODEL"),
        ("probe = 3", "probe must be true, false or a list of ports"),
        ("probe = [true]", "probe must be true, false or a list of ports"),
        ("probe = [70000]", "probe must be true, false or a list of ports"),
        ("auto = 1", "auto must be true or false"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(WrongUse) as caught:
        config(tmp_path, text)
    assert words in str(caught.value)
    assert str(tmp_path / "config.toml") in str(caught.value)
    assert "sk-secret" not in str(caught.value)


def test_claudes_own_key_may_be_named_for_claudes_own_address(tmp_path: Path) -> None:
    config(tmp_path, '[endpoints.mine]\nurl = "https://api.anthropic.com/v1"\nkey_env = "ANTHROPIC_API_KEY"')
