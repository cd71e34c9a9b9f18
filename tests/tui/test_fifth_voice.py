"""The fifth voice on the screen: its three moments, and who dodged."""

from __future__ import annotations

from pathlib import Path

from tests.core.test_fifth_voice import DODGE, WORDS
from tests.council import council_but
from tests.scripted import Gate, hold, text
from tests.tui.stage import live, screen_text
from upverdict.tui.screens.verdict import VerdictScreen


async def test_it_speaks_after_the_openings_in_mid_round_and_last_and_is_answered_each_time(tmp_path: Path) -> None:
    gate = Gate()
    slow = text("To the Skeptic: “nothing that anybody said here” is what I begin with.", at={30: hold(gate)})
    script = council_but({"builder rebuttal 1": slow, "contrarian rebuttal 3": text(DODGE)})
    async with live(script, tmp_path, size=(120, 45)) as s:
        await s.floor(0)
        await s.write(WORDS[0])
        await s.until(lambda: s.said("B2"), "the Builder has begun its rebuttal")
        await s.write(WORDS[1])
        await s.until(lambda: s.said("Y2") == WORDS[1], "what was sent shows at once")
        assert WORDS[1].split()[0] in screen_text(s.app)
        assert s.council.yours in s.council.visible_panes, "beside the others, of which there are as many as have room"
        assert s.debate.statements["B2"].live
        gate.open()
        await s.floor(1)
        await s.pilot.press("ctrl+n")
        await s.floor(2)
        await s.write(WORDS[2])
        await s.floor(3)
        assert [s.debate.statements[y].answered_in for y in ("Y1", "Y2", "Y3")] == [1, 2, 3]
        for number, words in ((2, WORDS[0]), (3, WORDS[1]), (4, WORDS[2])):
            answers = [s.said(f"{letter}{number}") for letter in "BSRC"]
            assert sum(words in answer for answer in answers) >= 3, "but for the one who dodged"
        await s.pilot.resize_terminal(160, 45)
        await s.until(lambda: len(s.council.visible_panes) == 5)
        yours = s.pane("Y")
        yours.view.scroll_end(animate=False)
        await s.pilot.pause()
        x, y, width, height = yours.region
        lines = screen_text(s.app).splitlines()[y : y + height]
        shown = " ".join(" ".join(line[x + 1 : x + width - 1] for line in lines).split())
        assert (
            f"{WORDS[0]} Answered by the Skeptic, the Researcher and the Contrarian. No reply from the Builder."
            in shown
        )
        assert f"{WORDS[1]} Answered by the Builder, the Skeptic, the Researcher and the Contrarian." in shown
        assert (
            f"{WORDS[2]} Answered by the Builder, the Skeptic and the Researcher. No reply from the Contrarian."
            in shown
        )
        await s.pilot.press("ctrl+n")
        await s.until(lambda: isinstance(s.app.screen, VerdictScreen))
        assert s.debate.verdict
        assert s.debate.verdict.ruling
        assert "you" in [q.voice for q in s.debate.verdict.ruling.pull_quotes]
