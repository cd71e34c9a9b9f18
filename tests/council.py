"""Short names for the scripted council that most tests speak to."""

from __future__ import annotations

from typing import Any

from tests.scripted import Script, ScriptLike, by_voice, debate_script

council = debate_script


def council_but(overrides: dict[str, ScriptLike], **options: Any) -> Script:
    """The council, with other replies for some voices or steps: `council_but({"skeptic opening": status(529)})`."""
    return by_voice(overrides, council(**options))
