"""The scripted council: the scripted endpoint's debate, recognised by our own prompts, with our own form of ruling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tests.scripted import Ask, Recorded, Script, ScriptLike, Spoken, by_voice, debate_script
from tests.scripted.texts import Texts

LETTERS = {"builder": "B", "skeptic": "S", "researcher": "R", "contrarian": "C", "you": "Y"}


def by_prompt(request: Recorded) -> Ask | None:
    """What one of the program's requests asks for, by the sentences of `core/prompts.py`."""
    last = request.last_text
    if "Give your ruling now." in last:
        return Ask("judge", "verdict")
    seat = re.search(r"You are now The (\w+)\.", last)
    if seat is None:
        return None
    voice = seat[1].lower()
    if "Write your opening." in last:
        return Ask(voice, "opening")
    task = re.search(r"Write your rebuttal (\d+)\.(?: Answer The (\w+) first)?", last)
    assert task, "a request that is neither an opening nor a rebuttal"
    return Ask(voice, "rebuttal", int(task[1]), (task[2] or "").lower())


def ruling(_: Recorded, spoken: Sequence[Spoken], texts: Texts) -> dict[str, Any]:
    """A sound ruling in the program's form, out of the numbered sentences of the request."""
    first = {s.voice: s for s in reversed(spoken) if s.id}
    ids = [s.id for s in first.values()]
    fact, check = texts.flip
    return {
        "headline": texts.headline,
        "decision": texts.decision,
        "pull_quotes": [{"voice": LETTERS[s.voice], "quote": s.text} for s in first.values()],
        "agreed": [{"claim": texts.agreed, "support": ids, "against": []}],
        "split": [{"claim": texts.split, "support": ids[:2], "against": ids[2:]}],
        "flips": [{"fact": fact, "check": check}],
    }


def council(language: str = "en", **options: Any) -> Script:
    """A whole debate; the options are those of `debate_script`."""
    return debate_script(language, matchers=(by_prompt,), judge=options.pop("judge", ruling), **options)


def council_but(overrides: dict[str, ScriptLike], **options: Any) -> Script:
    """The same, with other replies for some voices or steps: `council_but({"skeptic opening": status(529)})`."""
    return by_voice(overrides, council(**options), matchers=(by_prompt,))
