"""What a person sees of a fault, and can do about it: a wait that counts down, R, x, leaving; keys work meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import scripted
from tests.council import council, council_but
from tests.fault_cases import CASES
from tests.tui.stage import live
from upverdict.core.retrying import Retries

BY_NAME = {case.name: case.reply for case in CASES}
SLOW = Retries(tries=2, first=30.0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("401", "wants a key: invalid x-api-key. Name its url and key_env under [endpoints.NAME] in config.toml."),
        (
            "404 model",
            "does not know the model scripted-1: model: scripted-1. `upverdict endpoints` shows what there is;",
        ),
        (
            "429 retry-after 3600",
            "is asked too often: This request would exceed your rate limit. It asks to wait 60 minutes.",
        ),
        ("too long (Claude)", "found the debate too long for the model's window: prompt is too long"),
        ("HTML with 200", "answered with a web page. Is the address right, or does the network want a login?"),
        ("cut in mid-stream", "broke in the middle of the answer. It was asked 2 times. What it had said is kept."),
    ],
)
async def test_a_voice_that_fails_says_why_and_can_be_asked_again(name: str, words: str, tmp_path: Path) -> None:
    script = council_but({"skeptic opening": BY_NAME[name]})
    async with live(script, tmp_path, model="scripted-1") as s:
        await s.floor(0)
        look = s.pane("S").look
        assert look.style == "error"
        assert words in look.note
        assert look.note.endswith("Esc, then R asks again.")
        assert s.debate.in_round(0)["builder"].state == "finished"
        s.server.script = council()
        await s.pilot.press("escape", "2", "R")
        await s.until(lambda: s.debate.statements["S1"].state == "finished")
        assert s.debate.floor == 0


async def test_a_wait_is_counted_down_for_each_and_r_ends_it(tmp_path: Path) -> None:
    script = council_but({"opening": scripted.status(429, retry_after=40)})
    async with live(script, tmp_path, retries=SLOW) as s:
        said = s.debate.statements
        await s.until(lambda: len(said) == 4 and all(x.retry_delay for x in said.values()), "all wait")
        await s.until(lambda: all(s.pane(x).look.brief for x in "BSRC"))
        delays = [x.retry_delay for x in said.values()]
        assert min(delays) >= 40
        assert len({int(d // 10) for d in delays}) > 1, "they come back apart"
        note = s.pane("C").look.note
        assert "is asked too often" in note
        assert note.endswith("\u00a0s · R\u00a0now")
        s.server.script = council()
        await s.pilot.press("2", "R")
        await s.until(lambda: s.debate.statements["S1"].state == "finished")
        assert s.debate.statements["B1"].state == "retrying"


@pytest.mark.parametrize("name", ["never answers", "stalls", "pings only"])
async def test_x_stops_a_voice_that_hangs_and_the_others_are_unharmed(name: str, tmp_path: Path) -> None:
    async with live(council_but({"skeptic opening": BY_NAME[name]}), tmp_path) as s:
        await s.until(lambda: sum(x.state == "finished" for x in s.debate.statements.values()) == 3)
        await s.server.wait_for(lambda rs: any(r.holding for r in rs))
        await s.pilot.press("2", "x")
        await s.floor(0)
        await s.server.wait_for(lambda rs: any(r.outcome == "aborted" for r in rs))
        assert s.pane("S").look.word == "stopped"


async def test_x_stops_a_judge_that_hangs_and_c_asks_it_alone_later(tmp_path: Path) -> None:
    async with live(council_but({"judge": scripted.never()}), tmp_path, auto=True, rounds=0) as s:
        await s.until(lambda: s.debate.judging)
        await s.server.wait_for(lambda rs: any(r.holding for r in rs))
        await s.pilot.press("x")
        await s.until(lambda: s.screen.over)
        assert "You stopped the judge. Every statement is kept. c asks for the verdict again" in s.standing
        await s.server.wait_for(lambda rs: rs[-1].outcome == "aborted")


@pytest.mark.parametrize("name", ["never answers", "stalls", "pings only"])
async def test_a_screen_that_is_left_meanwhile_leaves_no_connection(name: str, tmp_path: Path) -> None:
    async with live(BY_NAME[name], tmp_path, model="scripted-1") as s:
        await s.server.wait_for(lambda rs: sum(r.holding for r in rs) == 4)
        assert s.server.connections >= 4
        await s.pilot.press("escape")
        await s.pilot.pause()
        await s.pilot.press("y")
        await s.until(lambda: s.screen not in s.app.screen_stack, "the screen is left")
        await s.until(lambda: s.server.connections == 0, "every connection is closed")
        assert s.debate.outcome == "interrupted"
