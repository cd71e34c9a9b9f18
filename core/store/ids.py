"""The ids of debates: short enough to type, made without asking the file. Knows no file and no event."""

from __future__ import annotations

import os
import re
from datetime import datetime

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in small letters: no i, l, o or u, which are read as digits or make words."""

LAST = "last"
_VALID = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z]|-(?!-)){0,62}[0-9A-Za-z]")
_MISREAD = str.maketrans("oil", "011")


def new_id(now: datetime) -> str:
    """`261124-k7f2m`: the date of `now` as it stands, and five random characters (33 million a day)."""
    return f"{now:%y%m%d}-" + "".join(CROCKFORD[b % 32] for b in os.urandom(5))


def is_id(text: str) -> bool:
    """Whether the text can name a debate: letters, digits and single hyphens, so that it can name a file too.

    `last` is the newest one wherever a debate is named.
    """
    return _VALID.fullmatch(text) is not None and text.lower() != LAST


def reread(text: str) -> str:
    """An id as it was meant: small letters, and the digits for which o, i and l are often taken."""
    return text.strip().lower().translate(_MISREAD)
