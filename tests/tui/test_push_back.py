"""From a kept verdict into the council and back: the whole way, with the app, its file and a scripted endpoint."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from tests.council import council
from tests.scripted import ScriptedEndpoint
from tests.tui.shelf import Shown, config_in, listed, showing
from tests.tui.stage import places, screen_text, until
from upverdict.core.session import Choice, Order, start
from upverdict.core.store.writer import Store
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.page_parts import Words

SAID = "The price doubled in May."


@asynccontextmanager
async def kept(folder: Path) -> AsyncIterator[tuple[Shown, Pilot[int], VerdictScreen, ScriptedEndpoint]]:
    """A debate that has its verdict, which is on the screen."""
    async with ScriptedEndpoint(council()) as server:
        config = config_in(folder)
        store = await Store.open(config.db)
        order = Order("Rent or own?", rounds=0, auto=True, choice=Choice(server.url, "m"))
        session = await start(store, order, config)
        await session.run()
        await session.close()
        await store.close()
        async with showing(folder) as (app, pilot):
            await listed(app, pilot, 1)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, VerdictScreen) and app.screen.page.stops)
            screen = app.screen
            assert isinstance(screen, VerdictScreen)
            yield app, pilot, screen, server


async def write(app: Shown, pilot: Pilot[int], words: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, PushBack) and isinstance(app.focused, Composer))
    app.screen.query_one(Composer).insert(words)
    await pilot.press("enter")


async def ruled_again(app: Shown, pilot: Pilot[int], before: VerdictScreen) -> VerdictScreen:
    """The screen of the verdict that came of it."""

    def there() -> bool:
        return isinstance(app.screen, VerdictScreen) and app.screen is not before and bool(app.screen.page.stops)

    await until(pilot, there, "the new verdict")
    screen = app.screen
    assert isinstance(screen, VerdictScreen)
    return screen


async def test_an_objection_is_answered_and_leads_to_a_new_verdict(tmp_path: Path) -> None:
    async with kept(tmp_path) as (app, pilot, screen, server):
        asked = len(server.requests)
        await pilot.press("p")
        await write(app, pilot, SAID)
        again = await ruled_again(app, pilot, screen)
        assert [s.id for s in again.debate.answers(again.debate.comments[0]).values()] == ["B2", "S2", "R2", "C2"]
        assert [p.jump.quote.statement for p in places(again, "said") if isinstance(p.jump, Words)] == [
            "Y1",
            "B2",
            "S2",
            "R2",
            "C2",
        ]
        assert again.shown.version == 2
        assert "you pushed back (Y1)" in screen_text(app)
        assert len(server.requests) > asked + 4
        held = app.screen_stack[-2]
        assert isinstance(held, DebateScreen)
        panes = {p.letter: p.view for p in held.council.panes}
        assert panes["Y"].text_of("Y1") == SAID
        assert panes["B"].text_of("B2") == again.debate.statements["B2"].text
        await until(pilot, lambda: "Esc to debate" in screen_text(app).splitlines()[-1], "which has not been left")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is held)
        await until(pilot, lambda: "DISCUSSION 1" in screen_text(app))
        library = app.library
        assert library.draft(f"{again.debate.id}.comment") == "", "what was sent is no draft"


async def test_a_finding_goes_to_the_judge_alone(tmp_path: Path) -> None:
    async with kept(tmp_path) as (app, pilot, screen, _):
        await pilot.press("f")
        assert len(places(screen, "flip")) == 1, "so nobody need choose it first"
        await write(app, pilot, SAID)
        again = await ruled_again(app, pilot, screen)
        assert again.shown.version == 2
        assert again.debate.comments[0].fact == screen.shown.ruling.flips[0].fact  # type: ignore[union-attr]
        assert not any(s.voice != "you" for s in again.debate.statements.values() if s.round == "discussion")


async def test_a_second_objection_follows_the_first(tmp_path: Path) -> None:
    async with kept(tmp_path) as (app, pilot, screen, _):
        await pilot.press("p")
        await write(app, pilot, SAID)
        again = await ruled_again(app, pilot, screen)
        await until(pilot, lambda: again.debate.outcome == "finished")
        await pilot.press("p")
        await write(app, pilot, "And again in June.")
        third = await ruled_again(app, pilot, again)
        assert third.shown.version == 3
        assert len(third.debate.comments) == 2


async def test_what_cannot_be_sent_stays_written(tmp_path: Path) -> None:
    async with kept(tmp_path) as (app, pilot, screen, _):
        other = await Store.open(app.config.db)
        holding = other.recorder(screen.debate.id)  # another window has the debate
        await pilot.press("p")
        await write(app, pilot, SAID)
        await until(pilot, lambda: app.screen.query_one("#problem").display)
        assert isinstance(app.screen, PushBack)
        assert app.screen.query_one(Composer).text == SAID
        await holding.close()
        await other.close()
        await pilot.press("enter")
        again = await ruled_again(app, pilot, screen)
        assert again.shown.version == 2
