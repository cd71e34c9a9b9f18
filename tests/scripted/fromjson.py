"""Scripts written as JSON, for the program `python -m tests.scripted --script FILE`. Knows no socket.

    {"language": "en", "characters": null, "models": ["scripted-1"], "api_key": "k",
     "pace": {"tokens_per_second": 100, "first_token": 0.3, "characters": 4},
     "voices": {"skeptic": [{"status": 529}, {"status": 429, "retry_after": 2}, "debate"],
                "builder rebuttal": {"text": "Short.", "stop_reason": "max_tokens"},
                "researcher": {"debate": {"at": {"120": "reset"}}}},
     "otherwise": "debate"}

All keys may be left out. A list is played in turn and its last entry stays. A reply is `"debate"`; the name of a fault
(`"refused"`, `"never"`, `"html"`, `"empty"`, …); `{"status": …}`; or `{"text": …}` or `{"debate": …}` with `thinking`,
`stop_reason`, `model` and `at`: by the number of characters (or `head`, `opened`, `closing`), which act is due:
`"reset"`, `"close"`, `"stop"`, `"stall"`, `"pings"`, `"error"`, `"garbage"`, `"malformed_json"`, `"stray_delta"` or
`"drip"`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scripted import debate, faults, replies, script
from tests.scripted.exchange import Pace, ScriptError
from tests.scripted.messages import Thinking
from tests.scripted.record import Recorded
from tests.scripted.replies import Act, Reply
from tests.scripted.script import Script, ScriptLike

ACTS: Mapping[str, Callable[[], Act]] = {
    "reset": faults.reset,
    "close": faults.close,
    "stop": faults.stop,
    "stall": faults.stall,
    "pings": lambda: faults.stall(ping_every=1.0),
    "error": faults.error_event,
    "garbage": faults.garbage,
    "malformed_json": faults.malformed_json,
    "stray_delta": faults.stray_delta,
    "drip": faults.drip,
}
FAULTS: Mapping[str, Callable[[], Reply]] = {
    "refused": faults.refused,
    "hung_up": faults.hung_up,
    "never": faults.never,
    "html": faults.html,
    "json_instead": faults.json_instead,
    "unnamed": faults.unnamed,
    "empty": faults.empty,
    "endless": faults.endless,
    "error_first": faults.error_first,
}
_PLACES = {"head": replies.HEAD, "opened": replies.OPENED, "closing": replies.CLOSING}
_TOP = {"language", "characters", "models", "api_key", "pace", "voices", "otherwise"}


@dataclass(frozen=True, slots=True)
class FromJson:
    """A script and what the server is to be made with: `ScriptedEndpoint(it.script, **it.options)`."""

    script: Script
    options: dict[str, Any] = field(default_factory=dict)


def read_script(file: Path) -> FromJson:
    """Raises `ScriptError` for what is no script, `OSError` for what can't be read."""
    try:
        return make_script(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as e:
        raise ScriptError(f"{file}: {e}") from e


def make_script(raw: Mapping[str, Any]) -> FromJson:
    _known(raw, _TOP)
    options = {key: raw[key] for key in ("models", "api_key") if key in raw}
    if "pace" in raw:
        options["pace"] = Pace(**raw["pace"])
    voices = debate.debate_script(raw.get("language", "en"), characters=raw.get("characters"))
    overrides = {key: _like(value, voices) for key, value in raw.get("voices", {}).items()}
    otherwise = _like(raw.get("otherwise", "debate"), voices)
    return FromJson(debate.by_voice(overrides, otherwise), options)


def _like(raw: Any, voices: Script) -> ScriptLike:
    if isinstance(raw, list):
        return script.in_turn(*(_like(item, voices) for item in raw))
    if raw == "debate":
        return voices
    if isinstance(raw, str):
        fault: Reply = _of(FAULTS, raw)()
        return fault
    if not isinstance(raw, dict):
        raise ScriptError(f"no reply: {raw!r}")
    if "status" in raw:
        return _status(**raw)
    if "debate" in raw:
        assert isinstance(voices, debate.Debate)
        return _changed(voices, raw["debate"])
    if "text" in raw:
        return _text(raw["text"], raw)
    raise ScriptError(f"no reply: {raw!r}")


def _changed(voices: debate.Debate, raw: Mapping[str, Any]) -> Script:
    """The words of the debate, in a message that is not as it should be."""

    def play(request: Recorded) -> Reply:
        ask = debate.recognise(request, voices.matchers)
        return _text(voices.words(ask, request), raw).labelled(ask.label)

    return play


def _text(words: str, raw: Mapping[str, Any]) -> Reply:
    _known(raw, {"text", "thinking", "stop_reason", "model", "at"})
    thinking = [Thinking(raw["thinking"])] if "thinking" in raw else []
    at = {_place(place): _of(ACTS, act)() for place, act in raw.get("at", {}).items()}
    return replies.text(*thinking, words, at=at, stop_reason=raw.get("stop_reason", "end_turn"), model=raw.get("model"))


def _place(name: str) -> int:
    if name not in _PLACES and not name.isdecimal():
        raise ScriptError(f"{name!r} is no place: a number of characters, {', '.join(_PLACES)}")
    return _PLACES[name] if name in _PLACES else int(name)


def _status(status: int, **more: Any) -> Reply:
    _known(more, {"type", "message", "retry_after", "headers"})
    return faults.status(status, **more)


def _of(table: Mapping[str, Callable[[], Any]], name: str) -> Callable[[], Any]:
    if name not in table:
        raise ScriptError(f"{name!r} is none of {', '.join(sorted(table))}")
    return table[name]


def _known(raw: Mapping[str, Any], names: set[str]) -> None:
    if unknown := raw.keys() - names:
        raise ScriptError(f"unknown: {', '.join(sorted(unknown))}")
