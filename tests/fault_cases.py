"""Every fault of a network, a server or a model that the program is made for, as a script plays it.

Knows no test: `python -m tests.fault_table` plays all of them and prints what a person reads; what must stay so is held
by `tests/core/test_faults.py`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Literal

from tests import scripted
from tests.scripted import Reply

Place = Literal["answer", "refused", "dns", "tls", "plain"]
"""Where it fails: in an answer, or before there is a server at all."""


@dataclass(frozen=True)
class Case:
    """One fault. `factor` is how much faster its waits are played."""

    name: str
    reply: Reply = field(default_factory=scripted.empty)
    place: Place = "answer"
    factor: float = 20


WORDS = "These words were on the screen. And then there was no"
_LATER = len("These words were on the screen. And")


def _after(act: scripted.Act) -> Reply:
    """A fault after a sentence and a half."""
    return scripted.text(WORDS, at={_LATER: act})


def _date(seconds: float) -> str:
    """An HTTP date so many seconds from now."""
    return formatdate(time.time() + seconds, usegmt=True)


def _skewed(seconds: float) -> Reply:
    """A server whose clock is an hour ahead asks to wait until a date of its own."""
    return scripted.status(429, retry_after=_date(3600 + seconds), headers={"date": _date(3600)})


_TOO_LONG = scripted.json_reply(
    {
        "error": {
            "code": 400,
            "message": "the request exceeds the available context size. try increasing the context size or enable "
            "context shift",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": 9000,
            "n_ctx": 4096,
        }
    },
    400,
)
"""As llama.cpp says it (wire.md, The built-in server)."""

CASES = (
    Case("401", scripted.status(401)),
    Case("402", scripted.status(402)),
    Case("403", scripted.status(403)),
    Case("404 model", scripted.status(404, message="model: scripted-1")),
    Case("404 address", scripted.json_reply({"detail": "Not Found"}, 404)),
    Case("413", scripted.status(413)),
    Case("429", scripted.status(429)),
    Case("429 retry-after 5", scripted.status(429, retry_after=5)),
    Case("429 retry-after 3600", scripted.status(429, retry_after=3600)),
    Case("429 retry-after past", scripted.status(429, retry_after=_date(-3600))),
    Case("429 retry-after skewed", _skewed(5)),
    Case("429 retry-after garbage", scripted.status(429, retry_after="soon; or not")),
    Case("500", scripted.status(500)),
    Case("529", scripted.status(529)),
    Case("529 in the stream", _after(scripted.error_event())),
    Case("529 first in the stream", scripted.error_first()),
    Case("connection refused", place="refused"),
    Case("reset before an answer", scripted.refused()),
    Case("closed before an answer", scripted.hung_up()),
    Case("no such host", place="dns"),
    Case("certificate self-signed", place="tls"),
    Case("plain HTTP on https", place="plain"),
    Case("cut in mid-stream", _after(scripted.reset())),
    Case("closed in mid-stream", _after(scripted.close())),
    Case("never answers", scripted.never(), factor=100),
    Case("stalls", _after(scripted.stall()), factor=40),
    Case("pings only", _after(scripted.stall(ping_every=0.05)), factor=40),
    Case("garbage in the stream", _after(scripted.garbage())),
    Case("malformed JSON", _after(scripted.malformed_json())),
    Case("HTML with 200", scripted.html()),
    Case("JSON with 200", scripted.json_instead()),
    Case("no message_stop", scripted.text(WORDS, at={scripted.CLOSING: scripted.stop()})),
    Case("nothing said", scripted.text("")),
    Case("refusal", scripted.text("", stop_reason="refusal")),
    Case("too long (llama.cpp)", _TOO_LONG),
    Case("too long (Claude)", scripted.status(400, message="prompt is too long: 210034 tokens > 200000 maximum")),
    Case("401 first in the stream", scripted.error_first("authentication_error", "OAuth token has expired.")),
    Case("502 web page", Reply(lambda x: x.respond(502, b"<html><h1>Bad Gateway</h1></html>", "text/html"))),
    Case("302", Reply(lambda x: x.respond(302, b"", headers={"location": "https://login.example/"}))),
)
