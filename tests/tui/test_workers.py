"""Workers end before what they draw on is taken away, and leave no coroutine behind."""

from __future__ import annotations

import asyncio
import gc

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from upverdict.tui.workers import Orderly, later


class Going(Static):
    """Says when it is gone."""

    def __init__(self) -> None:
        super().__init__("going")
        self.gone = asyncio.Event()

    def on_unmount(self) -> None:
        self.gone.set()


class Slow(Static):
    """Takes its time to go."""

    async def on_unmount(self) -> None:
        await asyncio.sleep(0.05)


class Working(Screen[None]):
    """Has a worker that draws on a widget once that is gone."""

    def compose(self) -> ComposeResult:
        yield Going()
        yield Slow("slow")

    def on_mount(self) -> None:
        self.worker = self.run_worker(later(self._work))

    async def _work(self) -> None:
        going = self.query_one(Going)
        await going.gone.wait()
        assert going.screen


class OrderlyApp(Orderly[None]):
    """An app as ours."""


@pytest.mark.parametrize("leave", ["the screen", "the program"])
async def test_a_worker_ends_before_its_widgets(leave: str) -> None:
    app: App[None] = OrderlyApp()
    async with app.run_test() as pilot:
        working = Working()
        await app.push_screen(working)
        await pilot.pause()
        if leave == "the screen":
            app.pop_screen()
            await pilot.pause(0.1)
            assert not working.is_attached
    assert working.worker.is_cancelled


async def test_one_that_never_begins_leaves_no_coroutine() -> None:
    begun = []

    async def work() -> None:
        begun.append("work")

    app: App[None] = OrderlyApp()
    async with app.run_test():
        app.run_worker(later(work)).cancel()
        app.run_worker(later(work), exclusive=True)
        app.run_worker(later(work), exclusive=True)
    gc.collect()
    assert len(begun) < 3
