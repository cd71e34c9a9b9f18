"""The user's sources on the form for a new debate: read before it begins, and what is wrong said beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from tests.core.talk import Talk
from tests.core.test_store_kit import RULING
from tests.scripted import ScriptedEndpoint, debate_script, never
from tests.tui.shelf import Shown, debate, keep, names, showing
from tests.tui.stage import MEDIUM, SMALL, screen_text, text_of, until
from upverdict.core.session import Order
from upverdict.core.store.reader import Library
from upverdict.tui.screens import new_words
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.past_field import PastField
from upverdict.tui.widgets.title_line import TitleLine


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")


async def at_form(app: Shown, pilot: Pilot[int]) -> NewScreen:
    await until(pilot, lambda: app.shelf.debates.current)
    await pilot.press("n")
    await until(pilot, lambda: isinstance(app.screen, NewScreen))
    assert isinstance(app.screen, NewScreen)
    return app.screen


def fill(screen: NewScreen, **fields: str) -> None:
    for id, text in fields.items():
        screen.query_one(f"#{id}", TextArea).text = text


def wrong(screen: NewScreen, place: str) -> str:
    line = screen.query_one(f"#{place}-wrong")
    return text_of(screen, f"#{place}-wrong") if line.display else ""


async def test_what_can_not_be_read_is_said_beside_the_sources_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "here.md").write_text("# Numbers\n\nForty per cent.\n", "utf-8")
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        screen = await at_form(app, pilot)
        sources = f"{tmp_path / 'here.md'}\n{tmp_path / '[b]gone[/b].txt'}\n"
        fill(screen, question="Tea?", background="Some.", sources=sources)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: wrong(screen, "sources"))
        assert "[b]gone[/b].txt is no file that is here." in wrong(screen, "sources").replace("\n", "")
        assert wrong(screen, "problem") == ""
        assert app.focused is screen.query_one("#sources")
        assert screen.query_one("#question", TextArea).text == "Tea?"
        assert screen.query_one("#background", TextArea).text == "Some."
        assert screen.query_one("#sources", TextArea).text == sources
        assert Library(tmp_path / "debates.db").count() == 1, "no debate was begun"
        fill(screen, sources="\n".join(f"file-{n}" for n in range(11)))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "10 sources at most" in wrong(screen, "sources"))


async def test_reading_is_told_and_can_be_stopped(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    slow = ScriptedEndpoint(debate_script(), routes={"GET /page": never()})
    async with slow as server, showing(tmp_path) as (app, pilot):
        screen = await at_form(app, pilot)
        assert "stop" not in names(app)
        fill(screen, question="Tea?", sources=f"{server.url}/page\n{server.url}/page?2")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.query_one("#sources-note").display)
        assert "reading 2 sources … Esc stops it." in screen_text(app)
        assert screen.query_one(TitleLine).aside.startswith("reading 2 sources …")
        await until(pilot, lambda: names(app).get("stop") == "Esc")
        await pilot.press("escape")
        await until(pilot, lambda: not screen.query_one("#sources-note").display)
        assert app.screen is screen, "the form is still there"
        assert screen.query_one("#sources", TextArea).text.startswith(server.url)
        assert "reading" not in screen.query_one(TitleLine).aside
        fill(screen, sources="nowhere.txt")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "nowhere.txt is no file" in wrong(screen, "sources"))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.shelf)


async def test_the_council_reads_them_and_the_draft_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my notes.txt").write_text("Forty per cent of it.", "utf-8")
    async with ScriptedEndpoint(debate_script()) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        await keep(tmp_path / "debates.db", debate(0))
        async with showing(tmp_path) as (app, pilot):
            screen = await at_form(app, pilot)
            fill(screen, question="Half?", sources=f'"{tmp_path / "my notes.txt"}"')
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is app.shelf)
        async with showing(tmp_path) as (app, pilot):  # the next start of the program
            screen = await at_form(app, pilot)
            await until(pilot, lambda: "my notes.txt" in screen.query_one("#sources", TextArea).text)
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, DebateScreen))
            assert app.session
            assert [s.text for s in app.session.log.debate.sources.values()] == ["Forty per cent of it."]
            await app.leave()
        assert Library(tmp_path / "debates.db").draft("new.sources") == ""


async def test_a_verdict_on_something_alike_is_offered_as_a_source(tmp_path: Path) -> None:
    ruled = Talk(question="Self-host [b]LLMs[/b]?")
    ruled.everybody(0)
    ruled.ruled(RULING)
    await keep(tmp_path / "debates.db", ruled.events, debate(0))
    async with showing(tmp_path, size=SMALL) as (app, pilot):
        orders: list[Order] = []

        async def start(order: Order) -> None:
            orders.append(order)

        app.start_debate = start  # type: ignore[method-assign]
        screen = await at_form(app, pilot)
        offered, rows = screen.query_one(PastField), screen.query_one("#past", ChoiceList)
        fill(screen, question="Tea?")
        assert not offered.display
        fill(screen, question="Do we self-host our LLMs?")
        await until(pilot, lambda: offered.display)
        rows.focus()
        await until(pilot, lambda: rows.has_focus)
        assert "Self-host [b]LLMs[/b]? — " in screen_text(app), "words, no markup"
        await pilot.press("space", "ctrl+s")
        await until(pilot, lambda: orders)
        assert orders[0].sources == ("debate:261124-abcde",)
        fill(screen, question="Tea?")
        await until(pilot, lambda: not offered.display)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(orders) > 1)
        assert orders[1].sources == ()


async def test_a_limit_that_can_not_hold_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path) as (app, pilot):
        screen = await at_form(app, pilot)
        fill(screen, question="Tea?")
        screen.query_one("#limit").focus()
        await pilot.press(*"cheap", "ctrl+s")
        await until(pilot, lambda: "number of US dollars" in wrong(screen, "limit"))
        await pilot.press(*["backspace"] * 5, *"0.50", "ctrl+s")
        await until(pilot, lambda: "can't hold" in wrong(screen, "limit"))
        assert app.focused is screen.query_one("#limit")


@pytest.mark.parametrize(("words", "dollars"), [("", None), (" 0.5 ", 0.5), ("$2", 2.0), ("1,25", 1.25)])
def test_a_limit_is_read_as_people_write_it(words: str, dollars: float | None) -> None:
    assert new_words.limit(words) == dollars
    assert new_words.wrong_limit(words) == ""


@pytest.mark.parametrize("words", ["0", "-1", "nan", "inf", "a lot"])
def test_what_is_no_limit_is_told(words: str) -> None:
    assert "number of US dollars over 0" in new_words.wrong_limit(words)


def test_sources_are_read_one_a_line() -> None:
    assert new_words.sources(" https://a.b/c \n\n'/my notes.txt'\n\"\n") == ("https://a.b/c", "/my notes.txt", '"')


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
async def test_what_is_wrong_with_the_limit_is_in_sight_beside_it_until_it_is_changed(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, size) as (app, pilot):
        screen = await at_form(app, pilot)
        fill(screen, question="Tea?")
        screen.query_one("#address", Input).value = "http://127.0.0.1:9"
        limit, said = screen.query_one("#limit"), screen.query_one("#limit-wrong")

        def in_sight() -> bool:
            form = screen.query_one("#form").region
            return all(form.contains_region(part.region) for part in (limit, said))

        screen.set_focus(limit)
        await pilot.press(*"abc")
        screen.set_focus(screen.query_one("#question"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said.display and in_sight())
        assert "number of US dollars" in screen_text(app)
        assert app.focused is limit
        assert said.region.y == limit.region.bottom
        await pilot.press("backspace")
        await until(pilot, lambda: not said.display)
        await pilot.press(*["backspace"] * 2, *"0.50", "ctrl+s")
        await until(pilot, lambda: said.display and in_sight())
        assert wrong(screen, "limit").startswith("The limit can't hold: what the model of http://127.0.0.1:9 costs")
        assert "Write the model's name into Model" in wrong(screen, "limit")
        assert "--m" not in wrong(screen, "limit")
