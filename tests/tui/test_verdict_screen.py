"""The verdict screen: every section, what is missing left out, quotes that lead to their sentence."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Static

from tests.tui.stage import Stage, click, places, screen_text, stamped, until
from upverdict.core import events as ev
from upverdict.core import plain_verdict, rulings
from upverdict.core.debate import Debate
from upverdict.core.folded import Shelf
from upverdict.core.score import score
from upverdict.core.values import replace
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.widgets.page_rows import Rows
from upverdict.tui.widgets.pane import VoicePane
from upverdict.tui.widgets.verdict_page import Page
from upverdict.tui.widgets.verdict_score import scored

SEATS = tuple(
    ev.Seat(name.lower(), name[0], f"The {name}", f"the {name.lower()} tagline", "#4c86e0", "", "claude", "m")
    for name in ("Builder", "Skeptic", "Researcher")
)
JUDGE = ev.Seat("judge", "J", "The Judge", "weighs", "#858b98", "", "claude", "m")
PADDING = "Something else is said here as well. " * 60
QUOTED = "The idle hour is what you pay for."

RULING = rulings.Ruling(
    headline="Rent now, measure for a quarter, and own only what never sleeps.",
    decision="If the load is steady, own it.\n\n- Otherwise **rent**.",
    pull_quotes=(
        rulings.PullQuote("builder", "B1", QUOTED, len(PADDING), len(PADDING) + len(QUOTED)),
        rulings.PullQuote("skeptic", "S1", "No.", 0, 3),
        rulings.PullQuote(ev.USER, "Y1", "We are two.", 0, 11),
    ),
    agreed=(rulings.Claim("Measure first.", {"builder": ("B1.1",), "skeptic": ("S1.1",), ev.USER: ("Y1.1",)}, {}),),
    split=(rulings.Claim("Own the machine.", {"builder": ("B1.2",)}, {"skeptic": ("S1.1",)}),),
    flips=(rulings.Flip("The bill doubles.", "Look at last month's bill."),),
    glance=(rulings.Glance("builder", "The lead of the Builder."), rulings.Glance("skeptic", "No.")),
    heard=("builder", "skeptic"),
    missing=("researcher",),
)


def debate(ruling: rulings.Ruling = RULING) -> Debate:
    fault = ev.Fault("overloaded", "Overloaded.", True)
    made: list[ev.Event] = [ev.DebateStarted(question="Rent or own?", council=SEATS, judge=JUDGE)]
    for seat, words in zip(SEATS, (PADDING + QUOTED + " " + PADDING, "No.", ""), strict=True):
        id = f"{seat.letter}1"
        made.append(ev.StatementStarted(voice=seat.voice, round="opening", number=0, statement=id))
        if words:
            made.append(ev.TextDelta(voice=seat.voice, round="opening", statement=id, text=words))
            made.append(ev.StatementFinished(voice=seat.voice, round="opening", statement=id, sentences=()))
        else:
            made.append(ev.StatementFailed(voice=seat.voice, round="opening", statement=id, error=fault))
    made += [
        ev.FloorOpened(number=0),
        ev.UserSpoke(statement="Y1", text="We are two.", sentences=((0, 11),), answered_in=1),
        ev.FloorClosed(number=0, reason="verdict"),
        ev.VerdictStarted(version=1, cause="debate"),
        ev.VerdictRuled(version=1, ruling=ruling),
        ev.DebateFinished(),
    ]
    return Debate.fold(stamped(*made))


async def opened(app: Stage, pilot: Any, kept: Debate) -> VerdictScreen:
    screen = VerdictScreen(kept, "finished")
    await app.push_screen(screen)
    await until(pilot, lambda: screen.page.sections)
    return screen


def test_a_check_without_points_has_its_dash_beside_its_words() -> None:
    parts = list(scored(debate(), score(debate()), lambda voice: "#fff"))
    rows = Rows(Static())
    rows.put(parts)
    rows.count(60)
    checks = [part for part in parts if part.kind == "check"]
    assert any(part.tag and part.tag.plain.strip() == "–" for part in checks)
    assert not any(over for *_, over in map(rows.columns, checks))


@pytest.mark.parametrize("width", [60, 80, 160])
async def test_everything_that_was_ruled_is_on_the_screen(width: int) -> None:
    app = Stage()
    async with app.run_test(size=(width, 120)) as pilot:
        await opened(app, pilot, debate())
        seen = " ".join(screen_text(app).replace("▌", " ").split())
        order = [
            "Rent or own?",
            "! Drawn up without The Researcher: 2 of 3 voices were heard.",
            "Rent now, measure for a quarter, and own only what never sleeps.",
            "WHAT EACH SAID",
            f"“{QUOTED}”",
            "B The Builder",
            "“We are two.”",
            "WHERE THEY AGREED",
            "all three",
            "Measure first.",
            "B1.1 “Something else is said here as well.”",
            "S1.1 “No.”",
            "Y1.1 “We are two.”",
            "WHERE THEY SPLIT",
            "one of three",
            "B1.2 “Something else is said here as well.”",
            "against S1.1 “No.”",
            "THE VERDICT",
            "If the load is steady, own it.",
            "• Otherwise rent.",
            "WHAT WOULD FLIP IT",
            "The bill doubles.",
            "Look at last month's bill.",
            "AT A GLANCE",
            "The lead of the Builder.",
            "KEEP READING",
        ]
        places = [seen.find(words) for words in order]
        assert -1 not in places, [w for w, p in zip(order, places, strict=True) if p < 0]
        assert places == sorted(places)
        rows = screen_text(app).splitlines()
        assert max(len(row.rstrip(" ▁▂▃▄▅▆▇█")) - row.index("▌") for row in rows if "▌" in row) <= 100
        beside = 28 if width == 160 else 0  # the contents
        left = next(row for row in rows if "▌ “" in row).index("▌") - beside
        assert abs(left - max(0, width - beside - 100) // 2) <= 3, "in the middle of what the contents leave"


async def test_what_a_ruling_lacks_is_left_out() -> None:
    bare = rulings.Ruling("Only this.", "And that.", heard=("builder",), plain=True)
    app = Stage()
    async with app.run_test(size=(80, 60)) as pilot:
        await opened(app, pilot, debate(bare))
        seen = screen_text(app)
        assert "Only this." in seen
        assert "A plain verdict" in seen
        for title in ("WHAT EACH SAID", "AGREED", "SPLIT", "FLIP", "GLANCE"):
            assert title not in seen


@pytest.mark.parametrize(
    ("decision", "left"),
    [
        ("Rent now.", ""),
        ("Rent now.\n\nMeasure for a quarter.", "Measure for a quarter."),
        ("Rent now, if you are two.", "Rent now, if you are two."),
        ("", ""),
    ],
)
def test_the_headline_is_not_said_again_as_the_verdict(decision: str, left: str) -> None:
    ruling = replace(RULING, headline="Rent now.", decision=decision)
    made = list(Page(debate(ruling), debate(ruling).verdicts[0], "finished", lambda voice: "#fff", Shelf()).made())
    assert [part.body.plain for part in made if part.kind == "decision"] == [left] * bool(left)
    assert ("The verdict" in {part.section for part in made}) == bool(left)
    told = "\n".join(plain_verdict.verdict_lines(debate(ruling), debate(ruling).verdicts[0]))
    assert told.count("Rent now.") == 1


async def test_enter_on_a_quote_goes_to_its_sentence_and_esc_comes_back() -> None:
    app = Stage()
    async with app.run_test(size=(120, 30)) as pilot:
        verdict = await opened(app, pilot, debate())
        assert verdict.page.current is places(verdict, "quote")[0], "Enter has something to open at once"
        assert "to the sentence" in screen_text(app).splitlines()[-1]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DebateView) and app.screen.query(VoicePane))
        view = next(p for p in app.screen.query(VoicePane) if p.voice == "builder").view
        await until(pilot, lambda: view.has_focus and not view.following and view.scroll_y > 0)
        row = next(n for n, line in enumerate(screen_text(app).splitlines()) if "idle" in line)
        assert view.region.y <= row < view.region.bottom
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is verdict)
        assert verdict.page.current is places(verdict, "quote")[0], "where the user was"


async def test_places_are_a_list_and_a_click_opens_one() -> None:
    app = Stage()
    async with app.run_test(size=(120, 40)) as pilot:
        verdict = await opened(app, pilot, debate())
        quotes = places(verdict, "quote")
        await pilot.press("down", "down", "up")
        await until(pilot, lambda: verdict.page.current is quotes[1])
        await pilot.press("tab", "tab", "tab", "shift+tab", "shift+tab")
        await until(pilot, lambda: verdict.page.current is quotes[2])
        await click(app, pilot, f"“{QUOTED}")
        await until(pilot, lambda: isinstance(app.screen, DebateView))
        for key in ("o", "escape"):
            await pilot.press(key)
            await until(pilot, lambda: app.screen is verdict)
            await pilot.press("d")
            await until(pilot, lambda: isinstance(app.screen, DebateView))


async def test_beyond_the_last_quote_the_page_is_scrolled() -> None:
    app = Stage()
    async with app.run_test(size=(60, 16)) as pilot:
        verdict = await opened(app, pilot, debate(replace(RULING, agreed=(), split=(), flips=(), glance=())))
        page, quotes = verdict.page, places(verdict, "quote")
        assert page.scroll_y == 0, "the headline is in sight first"
        await pilot.press("tab", "tab")
        await until(pilot, lambda: page.current is quotes[2])
        low = page.scroll_y
        await pilot.press("down", "down")
        assert (page.scroll_y, page.current) == (low + 2, quotes[2]), "nothing jumps while one reads below the quotes"


async def test_the_verdict_is_copied_as_text() -> None:
    app = Stage()
    async with app.run_test(size=(80, 30)) as pilot:
        await opened(app, pilot, debate())
        await pilot.press("y")
        await until(pilot, lambda: "# Verdict: Rent now" in app.clipboard)
        assert QUOTED in app.clipboard


async def test_text_of_a_model_is_text_here_too() -> None:
    loud = "[bold]x[/bold] [@click=app.quit]y[/] \x1b[31m"
    hostile = replace(
        RULING,
        headline=loud,
        decision=f"{loud} So be it.",
        agreed=(rulings.Claim(loud, {"builder": ("B1.1",), "skeptic": ("S1.1",)}, {}),),
        flips=(rulings.Flip(loud, loud),),
        glance=(rulings.Glance("builder", loud),),
    )
    app = Stage()
    async with app.run_test(size=(80, 90)) as pilot:
        await opened(app, pilot, debate(hostile))
        seen = screen_text(app)
        assert seen.count("[bold]x[/bold] [@click=app.quit]y[/]") == 6
        assert "\x1b" not in seen
