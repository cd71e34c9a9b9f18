"""Takes keys out of words that come from elsewhere: a server may repeat what it was sent, whole or in part. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

MARK = "(key)"
LEAST = 7
"""Characters of a secret; what is shorter (`none`, `ollama`) guards nothing and may be any word."""
PART = 8
"""So many characters in a row of a longer secret give it away."""

_SHAPES = re.compile(r"\b(?:sk|pk|key|gsk|xai|hf)[-_][\w*.…•-]{6,}|(?i:\b(bearer|basic)\s+)[\w+/=~.*…•-]{6,}")
"""What looks like a key, with stars or dots in its middle too: of a shortened one, its ends alone are left."""


def redact(words: str, secrets: Iterable[str]) -> str:
    """`words` without the secrets, in any case, or encoded, and without parts of them."""
    for secret in sorted({s.strip() for s in secrets}, key=len, reverse=True):
        if len(secret) < LEAST:
            continue
        for form in _forms(secret):
            words = re.sub(re.escape(form), MARK, words, flags=re.IGNORECASE)
        if len(secret) >= 2 * PART:
            words = _without_parts(words, secret.lower())
    return _SHAPES.sub(lambda found: f"{found[1]} {MARK}" if found[1] else MARK, words)


def _forms(secret: str) -> Iterable[str]:
    """The secret as it is, as a part of an address, in hexadecimal digits, and in base64, behind whatever words
    (without the characters at both ends, which vary with what stands beside it).
    """
    raw = secret.encode()
    yield from dict.fromkeys((secret, quote(secret, safe=""), raw.hex()))
    for shift in range(3):
        yield base64.b64encode(bytes(shift) + raw).decode()[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]


def _without_parts(words: str, secret: str) -> str:
    """Without every run of characters of the secret, from `PART` on."""
    # Place by place: a letter that has no single lower form stands in no key.
    lower, kept, at = "".join(c.lower() if len(c.lower()) == 1 else c for c in words), [], 0
    while at < len(words):
        length = 0
        if lower[at : at + PART] in secret and at + PART <= len(words):
            length = PART
            while at + length < len(words) and lower[at : at + length + 1] in secret:
                length += 1
        kept.append(MARK if length else words[at])
        at += length or 1
    return "".join(kept)


def veiled(words: str, secrets: Iterable[str]) -> str:
    """`words` without whole secrets: for what a model says, in which nothing else may be changed."""
    for secret in {s.strip() for s in secrets}:
        if len(secret) >= LEAST:
            words = words.replace(secret, MARK)
    return words


class Veil:
    """Takes whole secrets out of words that come in pieces; holds back only what may become one.

    For the words of an answer: a server that mirrors what it was sent would have a voice say the key, which would be
    kept and sent on to other endpoints.
    """

    def __init__(self, secrets: Callable[[], Iterable[str]], on_text: Callable[[str], object]) -> None:
        self._known = secrets
        self._secrets: tuple[str, ...] | None = None  # asked for with the first words: then all have gone out
        self._on_text = on_text
        self._held = ""

    def __call__(self, piece: str) -> None:
        if self._secrets is None:
            self._secrets = tuple(s for s in {s.strip() for s in self._known()} if len(s) >= LEAST)
        words = veiled(self._held + piece, self._secrets)
        keep = max((_begun(words, secret) for secret in self._secrets), default=0)
        self._held = words[len(words) - keep :]
        if len(words) > keep:
            self._on_text(words[: len(words) - keep])

    def finish(self) -> None:
        """Hand on what was held back and has become nothing."""
        held, self._held = self._held, ""
        if held:
            self._on_text(held)


def _begun(words: str, secret: str) -> int:
    """How many of the last characters are the first ones of the secret."""
    longest = min(len(secret) - 1, len(words))
    return next((n for n in range(longest, 0, -1) if words.endswith(secret[:n])), 0)
