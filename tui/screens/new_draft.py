"""What is kept of a new debate that was not started, and put back into the form: words only, by key."""

from __future__ import annotations

from collections.abc import Mapping

from textual.screen import Screen
from textual.widgets import TextArea

from upverdict.core.text import clean
from upverdict.tui.widgets.council_field import CouncilField
from upverdict.tui.widgets.endpoint_field import EndpointField

_TEXTS = {"question": "new", "background": "new.background", "sources": "new.sources"}
"""Under which key what is written in a field is kept."""
_ADDRESS, _VOICES = "new.address", "new.voices"
KEYS = (*_TEXTS.values(), _ADDRESS, _VOICES)


def written(form: Screen[str]) -> dict[str, str]:
    """What stands in the form, but for an address that will not do. Who answers for a voice is a line of its own:
    `VOICE=MODEL[@ENDPOINT]`."""
    texts = {key: form.query_one(f"#{at}", TextArea).text for at, key in _TEXTS.items()}
    given = form.query_one(CouncilField).given
    voices = "\n".join(f"{voice}={words}" for voice, words in given.items())
    return texts | {_ADDRESS: form.query_one(EndpointField).to_keep, _VOICES: voices}


def restore(form: Screen[str], kept: Mapping[str, str]) -> None:
    """Put back what was kept, where nothing is written now."""
    for at, key in _TEXTS.items():
        field = form.query_one(f"#{at}", TextArea)
        if kept[key] and not field.text:
            field.text = clean(kept[key])
            field.move_cursor(field.document.end)
    form.query_one(EndpointField).restore(clean(kept[_ADDRESS]))
    council = form.query_one(CouncilField)
    for line in clean(kept[_VOICES]).splitlines():
        voice, _, words = line.partition("=")
        if words and voice not in council.given:
            council.give(voice, words)
