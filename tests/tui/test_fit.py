"""Every screen at every size from 60x20 to 240x70, and that a smaller window says so and breaks nothing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fit import MOST, faults, sight
from tests.tui.fronts import (
    Prepare,
    asked,
    asked_at_length,
    council_of,
    decision,
    floor_of,
    frame,
    framed,
    help_of_a_debate,
    highlight,
    library,
    many_versions,
    new_debate,
    nothing_found,
    pushed_back,
    replay_over,
    replayed,
    search,
    shelf,
    sources,
    verdict,
    zoomed_of,
)
from tests.tui.scenes import LONG, Held, Record, seats
from tests.tui.shelf import Shown, showing
from tests.tui.stage import screen_text, until
from upverdict.core import events as ev
from upverdict.tui.widgets.council import Council
from upverdict.tui.widgets.statements import StatementsView

CORNERS = ((60, 20), (240, 20), (60, 70), (240, 70))
EDGES = ((79, 23), (79, 45), (80, 24), (119, 23), (119, 24), (120, 24), (100, 30), (160, 45))
"""Where a screen begins to be laid out otherwise, and what most people have."""
TINY = ((59, 19), (40, 10), (20, 5), (3, 2), (1, 1))

KEPT = (
    library,
    search,
    nothing_found,
    highlight,
    replayed,
    replay_over,
    verdict,
    many_versions,
    sources,
    framed,
    help_of_a_debate,
)
FORMS = (new_debate, frame, asked, asked_at_length, pushed_back, decision)
COUNCILS = (
    *((f"council of {n}", council_of(n)) for n in range(2, 9)),
    *((f"floor of {n}", floor_of(n)) for n in (2, 4, 8)),
    *((f"zoomed of {n}", zoomed_of(n)) for n in (4, 8)),
)
EVERY = [pytest.param(p, id=name) for name, p in (*((p.__name__, p) for p in (*KEPT, *FORMS)), *COUNCILS)]


def sizes(name: str) -> list[tuple[int, int]]:
    """The corners, two edges, and one of all other sizes: others for every screen, for each the same every time."""
    chance = random.Random(name)
    drawn = (chance.randint(60, 240), chance.randint(20, 70))
    return [*CORNERS, *chance.sample(EDGES, 2), drawn]


async def settled(app: Shown, pilot: Pilot[int], size: tuple[int, int]) -> list[str]:
    """What is still wrong when everything has had its time to be laid out."""
    for _ in range(20):
        await pilot.pause()
        if not (found := list(faults(app, size))):
            break
    return found


@pytest.mark.parametrize("prepare", EVERY)
async def test_nothing_that_matters_is_out_of_reach_at_any_size(
    tmp_path: Path, prepare: Prepare, request: pytest.FixtureRequest
) -> None:
    async with shelf(tmp_path, (160, 45)) as (app, pilot):
        await prepare(app, pilot)
        for size in sizes(request.node.name):
            await pilot.resize_terminal(*size)
            assert not await settled(app, pilot, size), size


@pytest.mark.parametrize("prepare", FORMS)
async def test_every_field_and_button_comes_in_sight_with_the_keys(tmp_path: Path, prepare: Prepare) -> None:
    async with shelf(tmp_path, (160, 45)) as (app, pilot):
        await prepare(app, pilot)
        for size in ((60, 20), (80, 24), (79, 40), (120, 20), (240, 70)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            for field in app.screen.focus_chain[:MOST]:
                app.screen.set_focus(field)
                for _ in range(20):
                    await pilot.pause()
                    if not (found := list(sight(field))):
                        break
                assert not found, size


@pytest.mark.parametrize("prepare", EVERY[: len(KEPT) + len(FORMS) + 1])
async def test_a_window_that_is_too_small_breaks_nothing(tmp_path: Path, prepare: Prepare) -> None:
    async with shelf(tmp_path, (100, 30)) as (app, pilot):
        await prepare(app, pilot)
        for size in (*TINY, (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert not await settled(app, pilot, (100, 30)), "and all is well when it is larger again"


async def test_a_window_that_is_too_small_says_so(tmp_path: Path) -> None:
    async with showing(tmp_path, (100, 30), notes=True) as (app, pilot):
        for size in ((40, 10), (39, 10), (60, 20), (59, 20), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            if size == (40, 10):
                await until(pilot, lambda: "This window has" in screen_text(app))
        said = [words for words in app.told if words.startswith("This window has")]
        assert [words.partition(":")[0] for words in said] == [
            "This window has 40 × 10 cells",
            "This window has 59 × 20 cells",
        ]


ROOMY, TIGHT = (200, 50), (70, 24)


async def test_200_to_70_columns_and_back_in_mid_stream_loses_no_text_and_no_place(tmp_path: Path) -> None:
    """One pane is read, one follows, one shows a quote; words come in all of them at every size."""
    record = Record(seats(4)).round(0, LONG).add(ev.FloorOpened(number=0), ev.FloorClosed(number=0, reason="passed"))
    for n in range(4):
        record.add(ev.StatementStarted(**record.place(n, 1)))
    held = Held(record)
    async with shelf(tmp_path, ROOMY) as (app, pilot):
        screen = held.screen()
        await app.push_screen(screen)
        council = screen.query_one(Council)
        read, following, quoted, other = (pane.view for pane in council.panes[:4])
        await until(pilot, lambda: all(view.max_scroll_y > 40 for view in (read, following, quoted, other)))
        read.scroll_to(y=30, animate=False)
        text = held.log.debate.statements["R1"].text
        start = text.index("Paragraph 7.")
        quoted.highlight("R1", start, start + 12)
        await until(pilot, lambda: not read.following and not quoted.following and "Paragraph 7." in rows(app, quoted))
        row = read._stack.place(round(read.scroll_y))
        assert row is not None
        place = held.log.debate.statements[row.key].text[row.at :].split("\n")[0][:24].rsplit(" ", 1)[0]
        said = dict.fromkeys("BSRC", "")
        for number, size in enumerate((TIGHT, ROOMY, TIGHT, (130, 30), ROOMY)):
            for n, letter in enumerate("BSRC"):
                words = f"Sentence {number} of {letter}, with some words behind it that fill a line or two of it. "
                said[letter] += words
                kind: Any = {k: v for k, v in record.place(n, 1).items() if k != "number"}
                held.log.append(ev.TextDelta(text=words, **kind))
            await pilot.resize_terminal(*size)
            for pane, view in zip(council.panes[:4], (read, following, quoted, other), strict=True):
                council.focus_pane(pane)
                if size == TIGHT and number == 2:
                    council.zoom(pane)
                last = said[pane.letter].rstrip()
                await until(
                    pilot,
                    lambda view=view, last=last, id=f"{pane.letter}2": view.text_of(id).rstrip() == last,
                    f"{size}",
                )
                if view in (following, other):
                    words = f"Sentence {number} of {pane.letter}"
                    await until(pilot, lambda view=view, words=words: words in rows(app, view), f"its tail at {size}")
                    assert view.following
                elif view is quoted:
                    await until(pilot, lambda: "Paragraph 7." in rows(app, quoted), f"the quote at {size}")
                else:
                    await until(pilot, lambda: place in rows(app, read), f"{place!r} at {size}")
                    assert not read.following
                council.zoom(None)
        read.scroll_home(animate=False)
        council.focus_pane(council.panes[0])
        await until(pilot, lambda: "Builder on 0: Paragraph 1." in rows(app, read), "nothing above was lost")


def rows(app: Shown, view: StatementsView) -> str:
    """What is seen of a pane, its words joined as they follow one another."""
    region = view.region
    seen = screen_text(app).splitlines()[region.y : region.bottom]
    return " ".join(" ".join(row[region.x : region.right] for row in seen).split())
