"""What judges that lie leave on the screens: nothing that nobody said."""

from __future__ import annotations

import asyncio

import pytest

from tests.core.test_runner import held
from tests.lies import LIES, SPOKEN, liar
from tests.tui.stage import Stage, screen_text, until
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.verdict import VerdictScreen

TALL = (120, 220)


@pytest.mark.parametrize("name", LIES)
async def test_a_lie_of_the_judges_is_on_no_screen(name: str) -> None:
    lie = LIES[name]
    async with held(liar(lie), auto=True, depth="standard") as d:
        await asyncio.wait_for(d.runner.run(), 60)
    app = Stage()
    async with app.run_test(size=TALL) as pilot:
        screen = VerdictScreen(d.debate, "finished") if d.debate.verdict else DebateView(d.debate, "failed")
        await app.push_screen(screen)
        words = SPOKEN["contrarian"].split()[0]
        await until(pilot, lambda: words in screen_text(app))
        shown = screen_text(app)
        assert not [mark for mark in lie.marks if mark in shown]
        if d.debate.verdict and d.debate.verdict.ruling:
            flat = " ".join(shown.replace("│", " ").replace("▌", " ").replace("┃", " ").split())
            for quote in d.debate.verdict.ruling.pull_quotes:
                assert " ".join(quote.text.split()[:4]) in flat, "the proven words are what is shown"
