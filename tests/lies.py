"""Judges that lie, each in one way, over a council whose words are known; and what must hold of every document.

`LIES` are by name. A lie's `marks` are words of the judge's that nobody said: they must be on no screen, in no log and
in no document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests import scripted
from tests.council import council
from tests.scripted import Recorded, Reply, Script, by_voice
from upverdict.core import figures

SPOKEN = {
    "builder": "You should run it yourself. It costs 400 dollars a month. Somebody must be awake at night for it.",
    "skeptic": "You should never run it yourself. It costs 400 dollars a month, unless the load grows. "
    "The bill hides sleep.",
    "researcher": "You should run it yourself. A month of logs tells you the load. Most teams never read theirs.",
    "contrarian": "You should run it yourself. Renting is the habit of people who fear a pager. Fear is no plan.",
}
"""The openings. The rebuttals repeat none of it."""
LATER = "To the others: what you leave out is the person who answers the phone. That is where it breaks in practice."


@dataclass(frozen=True)
class Lie:
    """`answer` gives the judge's answer from the request; `marks` are words that must be nowhere."""

    answer: Callable[[Seen], Any]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What a judge was shown: the ids of sentences by their words, and the label of each voice of `SPOKEN`."""

    ids: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Recorded) -> Seen:
        ids = {words.strip(): id for id, words in re.findall(r"\[(V\d+\.\d+\.\d+)\] ([^\[\n]*)", request.prompt)}
        labels = {}
        for voice, said in SPOKEN.items():
            last = said.rpartition(". ")[2]
            labels[voice] = f"VOICE{next((i for w, i in ids.items() if w == last), 'V0.')[1:].partition('.')[0]}"
        return cls(ids, labels)

    def everybody(self, words: str) -> list[str]:
        """The ids of the sentences that hold these words."""
        return [id for said, id in self.ids.items() if words in said]

    def firsts(self) -> list[str]:
        return sorted({f"{id[:2]}.1.1" for id in self.ids.values()})


def _ruling(seen: Seen, **changes: Any) -> dict[str, Any]:
    quotes = [{"voice": seen.labels[v], "quote": said.partition(". ")[0] + "."} for v, said in SPOKEN.items()]
    return {
        "option": 1,
        "headline": "Run it yourself where somebody answers the phone at night, and rent it otherwise.",
        "decision": "If somebody answers the phone, run it. Otherwise rent it. Either way, look at a month of logs.",
        "pull_quotes": quotes,
        "agreed": [],
        "split": [],
        "flips": [{"fact": "Nobody can be found for the nights.", "check": "Ask around."}],
    } | changes


def _quotes(seen: Seen, words: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"voice": seen.labels[voice], "quote": said} for voice, said in words.items()]


def _claim(words: str, support: list[str], against: list[str] | None = None) -> dict[str, Any]:
    return {"claim": words, "support": support, "against": against or []}


LIES: dict[str, Lie] = {
    "invented quotes": Lie(
        lambda s: _ruling(s, pull_quotes=_quotes(s, dict.fromkeys(SPOKEN, "Zebras would choose to rent it at once."))),
        ("Zebras",),
    ),
    "quotes of the wrong voice": Lie(
        lambda s: _ruling(
            s, pull_quotes=_quotes(s, {"builder": "The bill hides sleep.", "skeptic": "Fear is no plan."})
        )
    ),
    "a quote without its not": Lie(
        lambda s: _ruling(s, pull_quotes=_quotes(s, {"skeptic": "You should run it yourself."}))
    ),
    "a quote clipped before its unless": Lie(
        lambda s: _ruling(s, pull_quotes=_quotes(s, {"skeptic": "It costs 400 dollars a month"}))
    ),
    "a claim whose sentences say the opposite": Lie(
        lambda s: _ruling(s, agreed=[_claim("You should never run it yourself.", s.everybody("You should run it"))]),
        ("never run it yourself. (",),
    ),
    "a claim that its sentences are silent about": Lie(
        lambda s: _ruling(s, agreed=[_claim("Zebras are cheaper than horses.", s.firsts())]), ("Zebras",)
    ),
    "all agreed with one against": Lie(
        lambda s: _ruling(
            s,
            headline="Unanimous zebras: all four agree to run it.",
            decision="The whole council agrees on zebras. Run it.",
            agreed=[
                _claim("All four agree on zebras.", s.firsts()),
                _claim("You should run it yourself.", s.firsts()),
            ],
        ),
        ("zebras",),
    ),
    "a threshold that nobody said": Lie(
        lambda s: _ruling(
            s,
            headline="Run it above 7777 requests of load.",
            decision="Run it above seventy-seven percent. Rent below that.",
            agreed=[_claim("Above 7777 requests you should run it yourself.", s.everybody("You should run it"))],
            flips=[{"fact": "The load falls under 7777 requests.", "check": "Look."}],
        ),
        ("7777", "seventy-seven"),
    ),
    "ids that do not exist": Lie(
        lambda s: _ruling(
            s,
            agreed=[_claim("Zebras hold.", ["V9.1.1", "V1.99.1", "V1.1.99", "B1.1", "", "☃"])],
            split=[_claim("Zebras split.", ["V0.1.1"], ["V-1.1.1"])],
        ),
        ("Zebras",),
    ),
    "who said what, in the decision": Lie(
        lambda s: _ruling(
            s, decision=f"{s.labels['skeptic']} proved the zebras right. The Builder loves zebras. Run it."
        ),
        ("zebras",),
    ),
    "quotations in the judge's own text": Lie(
        lambda s: _ruling(
            s,
            headline="One advisor put it so: “renting is a tax on zebras”.",
            decision="As was said, 'zebras were wrong all along about it'. Run it. «Zebras win every time», they say.",
            agreed=[_claim("It holds, as “zebras were wrong” shows.", s.everybody("You should run it"))],
            flips=[{"fact": "Somebody says “zebras are not for rent” again.", "check": "Ask."}],
        ),
        ("zebras", "Zebras"),
    ),
    "heads counted in other words": Lie(
        lambda s: _ruling(
            s,
            headline="All four recommend zebras.",
            decision="Three of four want zebras. Only one voice opposed zebras. A 3-1 vote for zebras. Run it.",
            agreed=[_claim("Every voice backs zebras.", s.everybody("You should run it"))],
            flips=[{"fact": "The council recommends zebras.", "check": "Ask."}],
        ),
        ("zebras",),
    ),
    "figures in words": Lie(
        lambda s: _ruling(
            s,
            headline="Run it only when you have seven zebras.",
            decision="Wait eleven zebras. A third of the zebras is enough. Hundreds of zebras are not. Run it.",
            flips=[{"fact": "Half of the zebras leave.", "check": "Count twice as many zebras."}],
        ),
        ("zebras",),
    ),
    "one megabyte of JSON": Lie(lambda s: _ruling(s, headline="zebra " * 170_000), ("zebra",)),
    "JSON cut in the middle": Lie(
        lambda s: json.dumps(_ruling(s, pull_quotes=_quotes(s, {"skeptic": "Zebras are what I want."})))[:350],
        ("Zebras",),
    ),
    "not JSON at all": Lie(
        lambda _: "Run it. The Skeptic said “zebras win by 7777 dollars”. All four agree on zebras.", ("7777", "zebras")
    ),
    "the wrong types": Lie(
        lambda s: _ruling(s, agreed="zebras", pull_quotes={"zebra": 1}, headline=["zebra"]), ("zebra",)
    ),
}


def liar(lie: Lie) -> Script:
    """The council with a judge that tells this lie in every pass and every repair, and an honest checker."""

    def judge(request: Recorded) -> Reply:
        answer = lie.answer(Seen.of(request))
        words = answer if isinstance(answer, str) else json.dumps(answer)
        pace = scripted.Pace(characters=max(4, len(words) // 1_000))  # a megabyte in 250,000 pieces takes a minute
        return scripted.text(words, label="judge verdict", pace=pace)

    openings = {f"{voice} opening": scripted.text(said) for voice, said in SPOKEN.items()}
    return by_voice(
        openings | {"rebuttal": scripted.text(LATER), "judge verdict": judge, "judge check": honest}, council()
    )


def honest(request: Recorded) -> Reply:
    """A checker that knows the one contested sentence of `SPOKEN`, with and without its `never`."""
    checks, claim = [], ""
    for line in request.last_text.splitlines():
        if found := re.match(r"Claim \d+: (.*)", line):
            claim = found[1]
        elif found := re.match(r"\[(\d+\.\d+)\] (.*)", line):
            same = re.sub(r" never\b", "", claim) == re.sub(r" never\b", "", found[2])
            alike = ("never" in claim) == ("never" in found[2])
            says = "silent" if not same else "entails" if alike else "contradicts"
            checks.append({"sentence": found[1], "says": says})
    return scripted.text(json.dumps({"checks": checks}), label="judge check")


def _in_one_line(words: str) -> str:
    """Without what a quotation may differ in: case and white space (`quotes.fold`)."""
    return " ".join(words.split()).casefold()


def assert_proven(document: Mapping[str, Any]) -> None:
    """What holds of every verdict of every document: protocol.md, Quotes and The verdict."""
    statements = {s["id"]: s for s in document["statements"]}
    voice_of = {sentence["id"]: s["voice"] for s in document["statements"] for sentence in s["sentences"]}
    said = [document["question"], document["background"], *(s["text"] for s in document["statements"])]
    if frame := document.get("frame"):
        said += [frame.get("restatement", ""), *frame.get("options", []), *frame.get("presuppositions", [])]
    for verdict in document["verdicts"]:
        for quote in verdict["pull_quotes"]:
            statement = statements[quote["statement"]]
            assert statement["text"][quote["start"] : quote["end"]] == quote["text"]
            assert statement["voice"] == quote["voice"]
        for claim in (*verdict["agreed"], *verdict["split"]):
            for side in ("support", "against"):
                assert all(voice_of[id] == voice for voice, ids in claim[side].items() for id in ids)
            assert not set(claim["support"]) & set(claim["against"])
        assert all(len(c["support"]) > 1 and not c["against"] for c in verdict["agreed"])
        assert all(c["support"] and c["against"] for c in verdict["split"])
        own = [verdict["headline"], verdict["decision"], *(c["claim"] for c in (*verdict["agreed"], *verdict["split"]))]
        own += [f"{f['fact']} {f['check']}" for f in verdict["flips"]]
        for text in own:  # by itself, not by the code that is under test
            for words in re.findall(r"“([^”]{12,})”|«([^»]{12,})»", text):
                quoted = _in_one_line("".join(words)).strip(" .,!?")
                assert any(quoted in _in_one_line(one) for one in said), (quoted, said, text)
        assert [(text, unsaid) for text in own if (unsaid := figures.unsaid(text, said))] == []
        assert [text for text in own if figures.counts_heads(text)] == []
