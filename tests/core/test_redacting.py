"""Keys are taken out of a server's words, however it repeats them."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upverdict.core.redacting import MARK, Veil, redact

KEY = "sk-up-7Qx+R4vT/9bNw2LkZ"


@pytest.mark.parametrize(
    "said",
    [
        KEY,
        KEY.upper(),
        f"Bearer {KEY}",
        f"Authorization: bearer {KEY.lower()}",
        base64.b64encode(KEY.encode()).decode(),
        quote(KEY, safe=""),
        KEY.encode().hex(),
        f"İstanbul {KEY[:14]}",
        KEY[:14] + "…",
        f"{KEY[:8]}…{KEY[-8:]}",
        "sk-up-*******kZ",
        "sk-...2LkZ",
        f"{KEY[:12]} {KEY[12:]}",
        KEY * 3,
    ],
)
def test_no_part_of_a_key_is_left(said: str) -> None:
    left = redact(f"Incorrect API key provided: {said}. Find it on your page.", [KEY])
    assert "(key)" in left
    assert left.startswith("Incorrect API key provided: ")
    lower = left.lower().replace("(key)", "")
    assert not any(KEY[n : n + 5].lower() in lower for n in range(len(KEY) - 4))


@pytest.mark.parametrize("before", [b"", b":", b"u:", b"me:", b"user:"])
def test_a_key_in_base64_is_found_behind_whatever_words(before: bytes) -> None:
    encoded = base64.b64encode(before + KEY.encode() + b"!").decode()
    left = redact(f"You sent {encoded}.", [KEY]).replace("(key)", "")
    assert not any(encoded[n : n + 8] in left for n in range(4, len(encoded) - 12))


@pytest.mark.parametrize("words", ["model: none", "ollama is not here", "Overloaded", "The key is too short."])
def test_words_without_a_key_stay(words: str) -> None:
    assert redact(words, ["none", "ollama", "", KEY]) == words


@given(st.text(max_size=40), st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=7, max_size=60))
def test_a_key_is_found_anywhere_and_what_is_left_is_of_the_words(around: str, key: str) -> None:
    left = redact(around + " " + key + " " + around, [key])
    assert key not in left.replace("(key)", "\0")


@given(st.lists(st.text("sk-ecrt1 x", max_size=6), max_size=12), st.integers(1, 5))
def test_a_veil_lets_all_words_through_but_secrets_however_they_are_cut(pieces: list[str], size: int) -> None:
    secret = "sk-secret-1"
    whole = "".join([*pieces[: len(pieces) // 2], secret, *pieces[len(pieces) // 2 :]])
    heard: list[str] = []
    veil = Veil(lambda: [secret, "none"], heard.append)
    for at in range(0, len(whole), size):
        veil(whole[at : at + size])
    veil.finish()
    assert "".join(heard) == whole.replace(secret, MARK)


def test_a_veil_holds_back_only_what_may_become_a_secret() -> None:
    heard: list[str] = []
    veil = Veil(lambda: ["sk-secret-1"], heard.append)
    veil("So the risk")
    assert heard == ["So the ri"], "what may begin one"
    veil(" is real.")
    assert "".join(heard) == "So the risk is real."
