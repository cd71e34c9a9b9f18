"""What a whole debate costs: by hand, to the cent, over an endpoint that keeps prompts; and its parts are the whole."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import scripted
from tests.core.talk import Talk
from tests.core.test_limit import OPUS, limited
from tests.core.test_runner import Held
from tests.council import council, council_but
from tests.program import upverdict
from tests.scripted import Recorded, Reply, ScriptedEndpoint
from upverdict.core import events as ev
from upverdict.core import prices, spending
from upverdict.core.document import document


class Caching:
    """Plays the council, and counts as an endpoint does that keeps the marked beginning of a prompt.

    It can be read once the answer to the request that brought it has begun. Its tokens are made up: 1,800 for the rules
    and the question, 2,600 more for the openings.
    """

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.council = council(tail=lambda ask, _: "" if ask.voice == "judge" else "\n" + BALLOT)

    def __call__(self, request: Recorded) -> Reply:
        ask = scripted.recognise(request)
        words = self.council.words(ask, request) + self.council.tail(ask, request)  # type: ignore[attr-defined]
        beginning = marked(request)
        if not beginning:
            used = {"frame": (800, 150), "verdict": (5_000, 700), "check": (900, 120)}[ask.step]
            return scripted.text(words, usage=scripted.Usage(*used))
        before = [kept for kept in self.kept if beginning.startswith(kept)]
        whole = 1_800 if ask.step == "opening" else 4_400
        read = whole if beginning in before else 1_800 if before else 0
        own, said = (150, 400) if ask.step == "opening" else (220, 250)

        async def begun(_: scripted.Exchange) -> None:
            self.kept.add(beginning)

        usage = scripted.Usage(own, said, cache_read=read, cache_write=whole - read)
        return scripted.text(words, usage=usage, at={scripted.OPENED: begun})


BALLOT = '```ballot\n{"option": "2", "confidence": 70, "crux": "who is on call"}\n```'


def marked(request: Recorded) -> str:
    """The beginning of a request that is to be kept, as it goes over the wire, or nothing."""
    blocks = request.json["messages"][0]["content"]
    marks = [n for n, block in enumerate(blocks) if "cache_control" in block]
    if not marks:
        return ""
    shared = [block["text"] for block in blocks[: marks[-1] + 1]]
    return json.dumps([request.json.get("tools"), request.json["system"], *shared])[:-1]


async def test_a_debate_on_a_caching_endpoint_adds_up_to_the_cent_by_hand() -> None:
    async with ScriptedEndpoint(Caching()) as server:
        d = Held(
            server,
            auto=True,
            depth="standard",
            name="claude",
            model="claude-sonnet-5-5",
            judge_model="claude-opus-5-5",
            caching=True,
            abilities={"kind": "claude"},
        )
        await asyncio.wait_for(d.runner.run(), 30)
        await d.lines.close()
        assert d.debate.outcome == "finished"
        voices = [r for r in server.asks if marked(r)]
        for first, title in ((0, "opening"), (4, "rebuttal")):
            lead, *others = voices[first : first + 4]
            assert all(f"Write your {title}" in r.last_text for r in (lead, *others))
            assert lead.answered is not None
            assert all(o.at >= lead.answered for o in others), "the first event before the other three requests"
            assert len({r.body.partition(b"You are now")[0] for r in (lead, *others)}) == 1, "identical bytes"
            assert len({marked(r) for r in (lead, *others)}) == 1
        assert marked(voices[4]).startswith(marked(voices[0])), "the beginning grows, it does not change"

        # Sonnet, a million tokens: read 2, written 10, kept 2.50, read from the cache 0.20.
        #   openings:  4 x (150 read + 400 written), 1 x 1,800 kept, 3 x 1,800 from the cache
        #   rebuttals: 4 x (220 read + 250 written), 1 x 2,600 kept, 1 x 1,800 and 3 x 4,400 from the cache
        sonnet = (1_480 * 2 + 2_600 * 10) + (4_400 * Decimal("2.50") + 20_400 * Decimal("0.20"))
        # Opus: read 4, written 20: the frame, two passes, the check.
        opus = (800 + 2 * 5_000 + 900) * 4 + (150 + 2 * 700 + 120) * 20
        assert (sonnet, opus) == (Decimal(44_040), 80_200)
        assert d.debate.usage == ev.Usage(1_480 + 11_700, 2_600 + 1_670, 20_400, 4_400)
        assert prices.total(d.debate.spent) == Decimal("0.12424")
        whole = document(d.debate, "finished")
        assert whole["cost_usd"] == 0.12424
        assert prices.shown(prices.total(d.debate.spent)) == "$0.12"
        shown = "\n".join(spending.lines(d.debate))
        # B1 filled the cache: (150 x 2 + 400 x 10 + 1,800 x 2.50) / 1,000,000
        assert [line.split()[-5:] for line in shown.splitlines() if line.startswith("B1")] == [
            ["150", "1,800", "0", "400", "$0.0088"]
        ]
        assert [line.split() for line in shown.splitlines() if line.startswith("Total")] == [
            ["Total", "12", "13,180", "4,400", "20,400", "4,270", "$0.1242"]
        ]


async def test_without_a_head_start_it_would_cost_more() -> None:
    """What the staggered start is for: were all four to come at once, each would fill the cache for itself."""
    script = Caching()
    async with ScriptedEndpoint(script) as server:
        d = Held(
            server,
            auto=True,
            rounds=0,
            name="claude",
            model="claude-sonnet-5-5",
            caching=True,
            abilities={"kind": "claude"},
        )
        await asyncio.wait_for(d.runner.run(), 30)
        await d.lines.close()
    openings = [one for one in d.debate.spent if one.statement.endswith("1") and one.voice != "judge"]
    assert sorted(one.usage.cache_write for one in openings) == [0, 0, 0, 1_800]
    assert prices.total(openings) == Decimal("0.02278")  # against 4 x 0.0088 = 0.0352


async def test_every_request_is_in_the_sum_whatever_became_of_it() -> None:
    cut = scripted.text("I begin to say it, and " * 8, at={30: scripted.reset()})
    endings = {
        "builder opening": scripted.in_turn(cut, council()),
        "skeptic opening": scripted.status(403),
        "judge check": scripted.in_turn(scripted.text("That is no JSON."), council()),
        "judge verdict": scripted.in_turn(cut, council()),
        "judge frame": scripted.in_turn(scripted.text("No."), council()),
    }
    async with limited(council_but(endings), None, auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 30)
        assert d.debate.outcome == "finished"
        answered = [r for r in d.server.asks if r.status == 200]
        found = spending.parts(d.debate)
        assert sum(part.requests for part in found) == len(answered)
        assert sum((part.usage for part in found), ev.Usage()) == d.debate.usage
        by_id = {part.id: part for part in found}
        assert by_id["B1"].requests == 2
        assert by_id["B1"].estimated
        assert by_id["frame"].requests == 2
        judged = [r for r in answered if scripted.recognise(r).label in ("judge verdict", "judge check")]
        assert by_id["verdict 1"].requests == len(judged) > 4, "two passes, one of them again, and two checks at least"
        assert by_id["verdict 1"].estimated
        assert "S1" not in by_id
        verdict = document(d.debate, "finished")["verdicts"][0]  # type: ignore[index,call-overload]
        assert verdict["usage"] == document_usage(by_id["verdict 1"].usage)  # type: ignore[index,call-overload]


def document_usage(usage: ev.Usage) -> dict[str, int]:
    return {field: getattr(usage, field) for field in usage.FIELDS}


COUNTS = st.integers(0, 200_000)
USAGES = st.builds(ev.Usage, COUNTS, COUNTS, COUNTS, COUNTS, st.integers(0, 3))
WHERE = st.sampled_from(
    [
        ("claude", "claude-sonnet-5-5", ()),
        ("claude", "claude-haiku-5-5-20260901", ()),
        ("http://127.0.0.1:9", "m", OPUS.rates),
        ("builtin", "smollm2", ()),
        ("http://127.0.0.1:9", "unknown", ()),
    ]
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["B1", "S1", "frame", "verdict 1"]), USAGES, WHERE, st.booleans()), max_size=12)
)
def test_the_parts_are_the_whole(counted: list[tuple[str, ev.Usage, tuple[str, str, tuple[float, ...]], bool]]) -> None:
    t = Talk()
    t.say("builder", 0, "A word of mine, and that is all.")
    t.say("skeptic", 0, "A word of mine, and that is all.")
    t.log.append(ev.VerdictStarted(version=1, cause="debate"))
    for id, usage, (endpoint, model, rates), estimated in counted:
        t.log.append(
            ev.UsageCounted(
                voice="builder",
                statement=id,
                model=model,
                usage=usage,
                endpoint=endpoint,
                estimated=estimated,
                rates=rates,
            )
        )
    doc = document(t.debate, "running")
    found = spending.parts(t.debate)
    assert sum((part.usage for part in found), ev.Usage()) == t.debate.usage
    whole = prices.total(t.debate.spent)
    if whole is None:
        assert any(part.dollars is None for part in found)
    else:
        assert sum((part.dollars or Decimal(0) for part in found), Decimal(0)) == whole
    parts = doc["spent"]
    assert isinstance(parts, list)
    for field in ev.Usage.FIELDS:
        assert sum(part["usage"][field] for part in parts) == getattr(t.debate.usage, field)  # type: ignore[index,call-overload,misc]
    for id in ("B1", "S1"):
        mine = sum((u for i, u, _, _ in counted if i == id), ev.Usage())
        assert t.debate.statements[id].usage == mine


def test_searches_are_paid_by_the_thousand() -> None:
    from upverdict.core.folded import Spent

    used = Spent("claude", "claude-sonnet-5-5", ev.Usage(1_000, 100, searches=3))
    assert prices.cost(used) == Decimal("0.033")  # 0.002 + 0.001 + 3 x 0.010


def test_the_command_shows_parts_and_says_what_is_not_known() -> None:
    with ScriptedEndpoint.in_thread(council()) as server:
        assert upverdict("ask", "Rent or run?", "--endpoint", server.url, "--model", "dear-1").code == 0
    shown = upverdict("cost", "last")
    assert shown.code == 0
    assert "B1  The Builder · Opening" in shown.out
    assert "Verdict 1" in shown.out
    assert "What dear-1 costs is not known" in shown.out
    assert "from cache" not in shown.out, "nothing was"
    told = upverdict("cost", "last", "--json").json
    kept = upverdict("show", "last", "--json").json
    assert told["cost_usd"] is None
    assert told["parts"] == kept["spent"]
    assert told["usage"] == kept["usage"]
    assert sum(part["usage"]["output"] for part in told["parts"]) == kept["usage"]["output"]
