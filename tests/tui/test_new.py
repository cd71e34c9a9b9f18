"""The form for a new debate: a question and Enter is enough, and what is wrong is said beside the field."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Button, Input

from tests.scripted import ScriptedEndpoint, debate_script
from tests.tui.shelf import Shown, debate, keep, showing
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, screen_text, text_of, until
from upverdict.core.session import MAX_BACKGROUND, MAX_QUESTION, Choice, Order
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.new_words import depth, plan
from upverdict.tui.services import Foretold
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.council_field import CouncilField
from upverdict.tui.widgets.question import BackgroundField, QuestionField
from upverdict.tui.widgets.stepper import Stepper
from upverdict.tui.widgets.title_line import TitleLine

COUNCIL = ("builder", "skeptic", "researcher", "contrarian")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.setattr("upverdict.core.builtin.available", lambda gguf=None: None)


class Form:
    """The form on the screen, with the orders that it gave."""

    def __init__(self, app: Shown, pilot: Pilot[int]) -> None:
        self.app, self.pilot = app, pilot
        self.orders: list[Order] = []
        app.start_debate = self._start  # type: ignore[method-assign]

    async def _start(self, order: Order) -> None:
        self.orders.append(order)

    @property
    def screen(self) -> NewScreen:
        assert isinstance(self.app.screen, NewScreen)
        return self.app.screen

    def list(self, id: str) -> ChoiceList:
        return self.screen.query_one(f"#{id}", ChoiceList)

    def field(self, id: str) -> Input:
        return self.screen.query_one(f"#{id}", Input)

    @property
    def focused(self) -> str | None:
        """The id of the field that has the keys."""
        return self.app.focused.id if self.app.focused else None

    def wrong(self, place: str) -> str:
        """The sentence beside a field, if it is shown."""
        line = self.screen.query_one(f"#{place}-wrong")
        return text_of(self.screen, f"#{place}-wrong") if line.display else ""

    def sees_focused(self) -> bool:
        return self.app.focused is not None and self.screen.region.contains_region(self.app.focused.region)

    async def ask(self, question: str = "Tea?") -> None:
        self.screen.query_one(QuestionField).text = question
        self.screen.query_one(QuestionField).focus()
        await self.pilot.press("enter")
        await self.pilot.pause()


@asynccontextmanager
async def form(folder: Path, size: tuple[int, int] = WIDE, **config: Any) -> AsyncIterator[Form]:
    await keep(folder / "debates.db", debate(0))
    async with showing(folder, size, **config) as (app, pilot):
        await until(pilot, lambda: app.shelf.debates.current)
        await pilot.press("n")
        await until(
            pilot, lambda: isinstance(app.screen, NewScreen) and app.screen.query_one("#endpoint", ChoiceList).length
        )
        yield Form(app, pilot)


async def test_the_form_tells_what_it_would_cost_and_tells_it_anew_when_it_changes(tmp_path: Path) -> None:
    async with form(tmp_path, max_cost=0.75) as f:

        def told() -> str:
            return f.screen.query_one(TitleLine).aside

        await until(f.pilot, lambda: told().startswith("About $"))
        assert "list prices of" in told()
        assert "at most $0.75" in told()
        assert told().endswith("Enter starts; everything else has a default")
        f.list("council").focus()
        await until(
            f.pilot, lambda: told().endswith("Ctrl+S starts; everything else has a default"), "here it is another"
        )
        await f.pilot.press("enter")
        await until(f.pilot, lambda: f.focused == "endpoint", "Enter goes on to the next field")
        f.screen.query_one(QuestionField).focus()
        await until(f.pilot, lambda: told().endswith("Enter starts; everything else has a default"))
        first = told()
        f.screen.query_one("#rounds", Stepper).value = 9
        await until(f.pilot, lambda: told() != first and told().startswith("About $"))
        f.field("address").value = "http://127.0.0.1:9"
        await until(f.pilot, lambda: told().startswith("Price unknown"))
        f.field("address").value = "nonsense"
        await until(f.pilot, lambda: told() == "Enter starts; everything else has a default")


async def test_a_question_and_enter_is_enough(tmp_path: Path) -> None:
    async with form(tmp_path) as new:
        assert isinstance(new.app.focused, QuestionField)
        await new.pilot.press(*"Rent", "space", *"or", "space", *"buy", "question_mark", "enter")
        await until(new.pilot, lambda: new.orders)
        assert new.orders == [
            Order(
                question="Rent or buy?", rounds=1, council=COUNCIL, choice=Choice("claude"), auto=False, depth="quick"
            )
        ]


def test_what_will_happen_is_told_as_it_will() -> None:
    order = Order("Tea?", council=COUNCIL, rounds=1, depth="standard")
    told = plan(order, small=False)
    assert told[0] == "The judge frames the question; you may change that."
    assert told[1:3] == [
        "Four openings at once, none knows another.",
        "One round of rebuttals: each answers the others.",
    ]
    assert told[-2:] == [
        "After each round the floor is yours: speak, or pass.",
        "The judge rules twice, in opposite orders; code proves every quote.",
    ]
    small = plan(order, small=True)
    assert small[:-1] == told[1:-1], "no frame (`framing.TOO_SMALL`)"
    assert small[-1].startswith("The judge rules in a sentence or two")
    quick = plan(replace(order, depth="quick", rounds=0, auto=True), small=False)
    assert quick == [told[1], "Nobody waits for you.", "The judge rules once; code proves every quote."]
    assert depth("standard", small=False) == "frame, two rulings: +2 calls"
    assert "replies" in depth("thorough", small=True)


async def test_everything_can_be_chosen_with_the_keys(tmp_path: Path) -> None:
    async with form(tmp_path) as new:
        await new.pilot.press(*"Why", "ctrl+j", *"now", "tab", *"Because", "enter", *"so", "tab")
        await new.pilot.press(*"a.txt", "enter", "tab")
        assert new.app.focused is new.list("council")
        await new.pilot.press("down", "space", "tab", "down", "space", "tab", "tab")
        await new.pilot.press(*"tiny", "tab", "right", "right", "left", "right", "tab", "right", "2")
        await until(
            new.pilot, lambda: text_of(new.screen, "#depth-note") == "no frame: a small model judges", "as it will be"
        )
        assert "rules in a sentence or two" in text_of(new.screen, "#plan-steps")
        await new.pilot.press("right", "right", "tab", "space", "tab", *"0,50", "ctrl+s")
        await until(new.pilot, lambda: new.orders)
        assert new.orders == [
            Order(
                question="Why\nnow",
                background="Because\nso",
                rounds=3,
                council=("builder", "researcher", "contrarian"),
                choice=Choice("builtin", "tiny"),
                auto=True,
                depth="thorough",
                sources=("a.txt",),
                max_cost=0.5,
            )
        ]


async def test_the_mouse_does_what_the_keys_do(tmp_path: Path) -> None:
    async with form(tmp_path) as new:
        await new.ask("")
        new.screen.query_one(QuestionField).text = "Tea?"
        await new.pilot.click("#council", offset=(3, 3))
        await new.pilot.click("#rounds", offset=(5, 0))
        await new.pilot.click("#go")
        await until(new.pilot, lambda: new.orders)
        assert new.orders[0].council == COUNCIL[:3]
        assert new.orders[0].rounds == 2


async def test_an_address_takes_the_place_of_what_was_found(tmp_path: Path) -> None:
    async with form(tmp_path) as new:
        assert new.list("endpoint").chosen == ("claude",)
        new.field("address").value = " http://127.0.0.1:11434 "
        await new.ask()
        assert new.orders[0].choice == Choice("http://127.0.0.1:11434")
        await until(new.pilot, lambda: new.list("endpoint").chosen == (), "it shows that the address counts")
        assert "none of these" in text_of(new.screen, "#endpoint-why")
        assert text_of(new.screen, "#endpoint-note") == ""
        new.field("address").value = ""
        await until(new.pilot, lambda: new.list("endpoint").chosen == ("claude",))
        new.field("address").value = "http://127.0.0.1:11434"
        new.list("endpoint").focus()
        await new.pilot.press("down", "space")
        await until(new.pilot, lambda: new.field("address").value == "", "what was chosen last counts")
        await new.ask()
        assert new.orders[-1].choice.endpoint == "builtin"


async def test_the_configuration_gives_the_defaults(tmp_path: Path) -> None:
    config: dict[str, Any] = {
        "rounds": 3,
        "council": ("skeptic", "contrarian"),
        "endpoint": "http://localhost:9999",
        "model": "mine",
        "auto": True,
        "depth": "standard",
    }
    async with form(tmp_path, **config) as new:
        assert new.field("model").placeholder == "as usual: mine"
        await new.ask()
        assert new.orders == [
            Order(
                "Tea?",
                "",
                3,
                ("skeptic", "contrarian"),
                {},
                Choice("http://localhost:9999"),
                (),
                True,
                "standard",
            )
        ]


@pytest.mark.parametrize(
    ("question", "words"),
    [("", "A debate needs a question."), (" \n ", "A debate needs a question."), ("x" * (MAX_QUESTION + 1), "20,000")],
)
async def test_a_question_that_will_not_do(tmp_path: Path, question: str, words: str) -> None:
    async with form(tmp_path) as new:
        await new.ask(question)
        assert words in new.wrong("question")
        assert isinstance(new.app.focused, QuestionField)
        assert new.orders == []
        await new.ask("Better?")
        assert new.wrong("question") == ""
        assert len(new.orders) == 1


async def test_other_fields_that_will_not_do(tmp_path: Path) -> None:
    async with form(tmp_path) as new:
        new.screen.query_one(BackgroundField).text = "y" * (MAX_BACKGROUND + 1)
        new.list("council").focus()
        await new.pilot.press("space", "down", "space", "down", "space")
        for address in ("localhost:11434", "ftp://somewhere", "http://me:secret@host"):
            new.field("address").value = address
            await new.ask()
            assert new.orders == []
            assert "200,000" in new.wrong("background")
            assert "2 to 8 voices; 1 is chosen" in new.wrong("council")
            assert new.wrong("endpoint")
            assert "secret" not in new.wrong("endpoint")
        assert new.focused == "background"
        new.screen.query_one(BackgroundField).text = ""
        await new.ask()
        assert new.focused == "council"
        await new.pilot.press("space")
        await new.ask()
        assert new.focused == "address"
        new.field("address").value = ""
        await new.ask()
        assert [o.council for o in new.orders] == [("researcher", "contrarian")]


async def test_nothing_to_talk_to_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    monkeypatch.setattr("upverdict.core.builtin.available", lambda gguf=None: "It is not installed.")
    async with form(tmp_path) as new:
        shown = screen_text(new.app)
        assert "no key: set ANTHROPIC_API_KEY" in shown
        assert "It is not installed." in shown
        new.list("endpoint").focus()
        await new.pilot.press("space")  # what can't be used can't be chosen
        await new.ask()
        assert "nothing to talk to" in new.wrong("endpoint")
        new.field("address").value = "http://127.0.0.1:8080"
        await new.ask()
        assert new.orders[0].choice == Choice("http://127.0.0.1:8080")


async def test_a_broken_persona_is_named_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "personas"
    folder.mkdir(parents=True)
    (folder / "clown.md").write_text("---\nname: [b]Clown[/b]\ncolour: red\n---\nBe funny.\n", "utf-8")
    async with form(tmp_path) as new:
        await until(new.pilot, lambda: new.wrong("council"))
        assert "clown.md:" in new.wrong("council")
        await new.ask()
        assert new.orders == []
        assert "clown.md:" in new.wrong("council")


async def test_a_persona_of_ones_own_can_be_seated(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "personas"
    folder.mkdir(parents=True)
    text = '---\nname: The [red]Clown[/]\nletter: K\ntagline: Laughs\ncolour: "#ff0000"\n---\nBe funny.\n'
    (folder / "clown.md").write_text(text, "utf-8")
    async with form(tmp_path) as new:
        await until(new.pilot, lambda: "The [red]Clown[/]" in screen_text(new.app))
        new.list("council").focus()
        await new.pilot.press("end", "space", "up", "space")  # the judge always sits
        await new.ask()
        assert new.orders[0].council == (*COUNCIL, "clown")


async def test_what_was_not_started_is_kept_as_a_draft(tmp_path: Path) -> None:
    async with form(tmp_path) as new:
        new.screen.query_one(QuestionField).text = "Half a question"
        new.screen.query_one(BackgroundField).text = "and a\nlot of background"
        new.field("address").value = "http://127.0.0.1:9"
        new.screen.query_one(CouncilField).give("judge", "big@claude")
        await new.pilot.press("escape")
        await until(new.pilot, lambda: new.app.screen is new.app.shelf)
    async with showing(tmp_path) as (app, pilot):  # the next start of the program
        await until(pilot, lambda: app.shelf.debates.current)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NewScreen) and app.screen.query_one(QuestionField).text)
        assert app.screen.query_one(QuestionField).text == "Half a question"
        assert app.screen.query_one(BackgroundField).text == "and a\nlot of background"
        assert app.screen.query_one("#address", Input).value == "http://127.0.0.1:9"
        assert app.screen.query_one(CouncilField).given == {"judge": "big@claude"}
        await until(pilot, lambda: "kept from last time" in text_of(app.screen, "#endpoint-why"))
        app.screen.query_one(QuestionField).text = "Another half"
        app.screen.query_one("#address", Input).value = "nonsense"
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value == 0)
    assert Library(tmp_path / "debates.db").draft("new") == "Another half"
    assert Library(tmp_path / "debates.db").draft("new.address") == "", "what will not do is not kept"


async def test_a_debate_starts_and_the_draft_is_forgotten(tmp_path: Path) -> None:
    async with ScriptedEndpoint(debate_script()) as server:
        await keep(tmp_path / "debates.db", debate(0))
        async with showing(tmp_path) as (app, pilot):
            await until(pilot, lambda: app.shelf.debates.current)
            await app.keep_drafts({"new": "A draft?", "new.background": "more"})
            await pilot.press("n")
            await until(pilot, lambda: isinstance(app.screen, NewScreen) and app.screen.query_one(BackgroundField).text)
            app.screen.query_one("#address", Input).value = server.url
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, DebateScreen))
            assert app.session
            assert app.session.log.debate.question == "A draft?"
            assert app.session.log.debate.background == "more"
            assert len(app.screen_stack) == 2  # leaving it lands in the library
            await server.wait_for(lambda requests: len(requests) >= 4)
            await app.leave()
        assert Library(tmp_path / "debates.db").draft("new") == ""


async def test_why_it_could_not_be_started_is_on_the_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any) -> Store:
        raise StoreError("debates.db is read-only: [b]nothing[/b] new is kept.", "readonly")

    monkeypatch.setattr(Store, "open", refuse)
    await keep_without_opening(tmp_path)
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.screen.query(QuestionField))
        await pilot.press(*"Tea", "ctrl+n")
        await until(
            pilot, lambda: isinstance(app.screen, NewScreen) and app.screen.query_one("#endpoint", ChoiceList).length
        )
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one("#problem-wrong").display)
        assert "[b]nothing[/b] new is kept" in text_of(app.screen, "#problem-wrong")
        assert app.screen.query_one(QuestionField).text == "Tea"


async def keep_without_opening(folder: Path) -> None:
    """No file at all: an empty library."""
    assert not (folder / "debates.db").exists()


async def test_rounds_stay_within_their_limits_and_digits_work(tmp_path: Path) -> None:
    async with form(tmp_path) as new:
        stepper = new.screen.query_one("#rounds", Stepper)
        stepper.focus()
        await new.pilot.press("left", "left")
        assert stepper.value == 0
        assert "no rebuttals" in text_of(new.screen, "#rounds-note")
        await new.pilot.press("9", "right")
        assert stepper.value == 9


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL, NARROW])
async def test_every_field_can_be_reached_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with form(tmp_path, size) as new:
        assert "Question" in screen_text(new.app)
        reached = []
        for _ in new.screen.focus_chain:
            reached.append(new.focused)
            await until(new.pilot, new.sees_focused, f"{new.focused} in sight")
            await new.pilot.press("tab")
        assert reached == [
            "question",
            "background",
            "sources",
            "council",
            "endpoint",
            "address",
            "model",
            "rounds",
            "depth",
            "auto",
            "limit",
            "go",
        ]
        assert isinstance(new.screen.query_one("#go"), Button)
        for line in screen_text(new.app).splitlines():
            assert len(line) <= size[0]


@pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE])
async def test_the_whole_form_is_in_sight(tmp_path: Path, size: tuple[int, int]) -> None:
    async with form(tmp_path, size=size) as f:
        await until(f.pilot, lambda: f.list("endpoint").chosen)
        assert f.screen.query_one("#form").max_scroll_y == 0
        assert f.screen.region.contains_region(f.screen.query_one("#go", Button).region)


async def at_form(app: Shown, pilot: Pilot[int]) -> QuestionField:
    await until(pilot, lambda: isinstance(app.screen, NewScreen) and app.screen.query_one("#endpoint").length)
    return app.screen.query_one(QuestionField)


async def test_a_question_that_became_a_debate_is_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ScriptedEndpoint(debate_script()) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        async with showing(tmp_path) as (app, pilot):
            await until(pilot, lambda: app.screen.query(QuestionField))
            await pilot.press(*"Tea", "enter")
            await until(pilot, lambda: isinstance(app.screen, DebateScreen))
            while not app.screen.query("#yes"):  # out of the composer first, if it has the keys already
                await pilot.press("escape")
            await pilot.press("y")
            await until(pilot, lambda: app.screen is app.shelf and app.shelf.debates.current)
            await app.keep_drafts({"new": "A draft"})
            await pilot.press("n")
            question = await at_form(app, pilot)
            await until(pilot, lambda: question.text == "A draft")
            await pilot.press(*" more")
            assert question.text == "A draft more"


async def test_what_the_form_made_of_a_question_is_where_it_came_from(tmp_path: Path) -> None:
    async with showing(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.screen.query(QuestionField))
        await pilot.press(*"Tea", "ctrl+n")
        question = await at_form(app, pilot)
        await pilot.press(*" now", "escape")
        await until(pilot, lambda: app.screen is app.shelf)
        assert question.text == "Tea now", "it is written on at its end"
        assert app.shelf.query_one(QuestionField).text == "Tea now"
        await pilot.press(*" or")
        assert app.shelf.query_one(QuestionField).text == "Tea now or"
        await pilot.press("ctrl+n")
        assert (await at_form(app, pilot)).text == "Tea now or"


async def test_what_is_pressed_right_after_tab_is_written_into_the_next_field(tmp_path: Path) -> None:
    """As a terminal hands it on that has got it at once."""

    def burst(*keys: str) -> None:
        driver = new.app._driver
        assert driver is not None
        for key in keys:
            driver.send_message(events.Key(key, key if len(key) == 1 else None))

    async with form(tmp_path) as new:
        question, background = new.screen.query_one(QuestionField), new.screen.query_one(BackgroundField)
        burst("a", "b", "tab", "c", "d", "shift+tab", "e")
        await until(new.pilot, lambda: (question.text, background.text) == ("abe", "cd"))


async def test_what_comes_while_the_form_is_being_left_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the screen has at work ends before anything that stands on it is taken away."""
    at_work: list[NewScreen] = []
    there: list[bool] = []

    async def foretell(order: Order) -> Foretold:
        at_work.append(screen)
        try:
            await asyncio.Event().wait()
        finally:
            there.append(bool(screen.query(CouncilField)))
        return Foretold()

    async with form(tmp_path) as f:
        app, pilot, screen = f.app, f.pilot, f.screen
        monkeypatch.setattr(app, "foretell", foretell)
        screen.query_one(QuestionField).text = "Tea?"
        await until(pilot, lambda: at_work)
        await pilot.press("escape")
        await until(pilot, lambda: there and app.screen is app.shelf)
        assert there == [True]
        assert app._exception is None
