"""Animations that stop each other."""

from __future__ import annotations

from textual.reactive import var
from textual.widget import Widget

from tests.tui.stage import Stage, until


class Mover(Widget):
    """Whose place stops another's way."""

    place: var[float] = var(0.0)
    other: Mover | None = None

    def watch_place(self) -> None:
        if self.other is not None and self.place > 0:
            self.app.animator.force_stop_animation(self.other, "place")


async def test_an_animation_that_another_one_stops_ends_nothing() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        first, second = Mover(), Mover()
        await app.mount(first, second)
        first.other = second
        for mover in (first, second):
            app.animator.animate(mover, "place", 1.0, duration=0.05, level="none")
        await until(pilot, lambda: first.place == second.place == 1.0)
