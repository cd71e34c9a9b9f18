"""Takes keys out of words that come from elsewhere: a server may repeat what it was sent, whole or in part. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
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
