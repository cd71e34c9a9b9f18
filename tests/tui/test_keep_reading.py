"""Where to read on below a verdict: debates of the file that are about the same, opened over it and left again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.shelf import Shown, config_in, debate, keep, listed, showing
from tests.tui.stage import click, places, screen_text, until
from upverdict.core.store.errors import StoreError
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.page_parts import Other

OTHERS = [debate(n, f"What would {n}{n} do?") for n in range(4, 16)]
"""Debates with which the others share the word that all headlines have."""
QUESTIONS = ("Should we self-host on a GPU?", "Which GPU is cheap?", "Is tea better?", "Do juniors need an office?")


async def test_debates_about_the_same_stand_below_and_open_over_it(tmp_path: Path) -> None:
    await keep(config_in(tmp_path).db, *(debate(n, q) for n, q in enumerate(QUESTIONS)), *OTHERS)
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 16)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and places(app.screen, "related"))
        first = app.screen
        assert isinstance(first, VerdictScreen)
        (near,) = places(first, "related")
        assert isinstance(near.jump, Other)
        assert near.body.plain.splitlines()[0] == QUESTIONS[1]
        assert "also about: GPU · finished" in near.body.plain
        await until(pilot, lambda: "What code can check" in first.page.sections)
        assert first.page.parts[-1] is near, "what comes later stands before it"
        await pilot.press("end")
        await until(pilot, lambda: "open it" in screen_text(app).splitlines()[-1])
        assert "to library" in screen_text(app).splitlines()[-1], "Esc says where it goes"
        place = first.page.scroll_y
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and app.screen is not first)
        assert isinstance(app.screen, VerdictScreen)
        assert app.screen.debate.question == QUESTIONS[1]
        await until(pilot, lambda: "Esc back" in screen_text(app).splitlines()[-1])
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is first)
        assert (first.page.scroll_y, first.page.current) == (place, near), "where the user was"
        await click(app, pilot, "also about")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and app.screen is not first)


async def test_a_related_debate_without_a_verdict_opens_too(tmp_path: Path) -> None:
    await keep(config_in(tmp_path).db, debate(0, QUESTIONS[0]), debate(1, QUESTIONS[1], "interrupted"))
    async with showing(tmp_path, (80, 24)) as (app, pilot):
        await listed(app, pilot, 2)
        await app.open_debate("d99999")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and places(app.screen, "related"))
        first = app.screen
        await pilot.press("end")
        await until(pilot, lambda: "interrupted" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DebateView))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is first)


async def test_where_nothing_is_about_the_same_nothing_is_shown(tmp_path: Path) -> None:
    await keep(config_in(tmp_path).db, debate(0, QUESTIONS[0]), debate(1, QUESTIONS[2]), *OTHERS)
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 14)
        await app.open_debate("d99999")
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        screen = app.screen
        assert isinstance(screen, VerdictScreen)
        await until(pilot, lambda: "What code can check" in screen.page.sections)
        assert not places(screen, "related")
        assert "also about" not in " ".join(part.body.plain for part in screen.page.parts)


async def test_a_file_that_cannot_be_read_is_told_and_the_rest_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(config_in(tmp_path).db, debate(0, QUESTIONS[0]), debate(1, QUESTIONS[1]))
    async with showing(tmp_path) as (app, pilot):
        await listed(app, pilot, 2)

        def fail(id: str, limit: int = 5) -> None:
            raise StoreError("The disk is gone.")

        monkeypatch.setattr(app.library, "related", fail)
        await app.open_debate("d99999")
        assert isinstance(app, Shown)
        await until(pilot, lambda: "The disk is gone." in app.told)
        screen = app.screen
        assert isinstance(screen, VerdictScreen)
        await until(pilot, lambda: "What code can check" in screen.page.sections)
