"""A scripted endpoint: a loopback server that speaks the Anthropic Messages wire, for tests, demos and benches.

    async with ScriptedEndpoint(debate_script(), pace=Pace(tokens_per_second=100)) as server:
        ...                                     # point the program at server.url
        await server.wait_for(lambda requests: len(requests) == 4)

It stands on the standard library's asyncio alone and imports nothing of the program.
"""

from __future__ import annotations

from tests.scripted.debate import (
    Ask,
    Spoken,
    by_voice,
    by_words,
    debate_script,
    recognise,
)
from tests.scripted.exchange import Exchange, Pace, ReplyEnded, ScriptError
from tests.scripted.faults import (
    close,
    drip,
    empty,
    endless,
    error_event,
    error_first,
    flood,
    garbage,
    hold,
    html,
    hung_up,
    json_instead,
    malformed_json,
    never,
    raw,
    refused,
    reset,
    stall,
    status,
    stop,
    stray_delta,
    unnamed,
)
from tests.scripted.gate import Gate
from tests.scripted.messages import Thinking, Usage
from tests.scripted.record import Recorded
from tests.scripted.replies import (
    CLOSING,
    HEAD,
    OPENED,
    Act,
    Reply,
    events,
    json_reply,
    text,
)
from tests.scripted.script import Script, ScriptLike, in_turn, rules
from tests.scripted.server import ScriptedEndpoint, ThreadedEndpoint
from tests.scripted.texts import prose
from tests.scripted.tls import self_signed

__all__ = [
    "CLOSING",
    "HEAD",
    "OPENED",
    "Act",
    "Ask",
    "Exchange",
    "Gate",
    "Pace",
    "Recorded",
    "Reply",
    "ReplyEnded",
    "Script",
    "ScriptError",
    "ScriptLike",
    "ScriptedEndpoint",
    "Spoken",
    "Thinking",
    "ThreadedEndpoint",
    "Usage",
    "by_voice",
    "by_words",
    "close",
    "debate_script",
    "drip",
    "empty",
    "endless",
    "error_event",
    "error_first",
    "events",
    "flood",
    "garbage",
    "hold",
    "html",
    "hung_up",
    "in_turn",
    "json_instead",
    "json_reply",
    "malformed_json",
    "never",
    "prose",
    "raw",
    "recognise",
    "refused",
    "reset",
    "rules",
    "self_signed",
    "stall",
    "status",
    "stop",
    "stray_delta",
    "text",
    "unnamed",
]
