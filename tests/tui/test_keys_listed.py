"""Help, last line, palette and README list the same keys, those of the bindings, on every screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import Screen

from docs import keys as listing
from tests.scripted import ScriptedEndpoint, debate_script
from tests.tui.shelf import Shown, debate, keep, showing
from tests.tui.stage import until
from upverdict.core import events as ev
from upverdict.core.session import Choice, Order
from upverdict.tui.commands import HERE, commands
from upverdict.tui.key_table import KEYS, PLACES
from upverdict.tui.keyboard import word
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.frame import FrameScreen, FrameView, Written
from upverdict.tui.screens.help import SEARCH, SIGNS, HelpScreen
from upverdict.tui.screens.keeping import NameAndNote
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.replay import ReplayScreen
from upverdict.tui.screens.sources import SourcesScreen
from upverdict.tui.screens.tags import TagsScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.screens.voice_model import VoiceModel
from upverdict.tui.widgets import statement_words
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.keys_line import KeysLine

FRAME = ev.Frame("Rent or own?", ("There is money.",), ("Rent", "Own"), "contested")
OVER = (
    "frame",
    "frame that was settled",
    "tags",
    "name and note",
    "push back",
    "sources",
    "model of a voice",
    "yes or no",
    "help",
)
"""Screens that lie over others."""


def over(app: Shown, which: str) -> Screen[Any]:
    """One of `OVER`."""
    kept = app.library.debate("d99999")
    made: dict[str, Any] = {
        "frame": lambda: FrameScreen("Rent?", Written.of(FRAME), lambda frame: None),
        "frame that was settled": lambda: FrameView(FRAME, "As it was drawn."),
        "tags": lambda: TagsScreen(kept, [("home", 2), ("work", 1)]),
        "name and note": lambda: NameAndNote(kept),
        "push back": lambda: PushBack(kept),
        "sources": lambda: SourcesScreen(kept),
        "model of a voice": lambda: VoiceModel("The Builder", "", "the usual", []),
        "yes or no": lambda: Confirm("Sure?"),
        "help": lambda: HelpScreen([]),
    }
    screen: Screen[Any] = made[which]()
    return screen


@asynccontextmanager
async def shown(folder: Path, which: str) -> AsyncIterator[tuple[Shown, Pilot[int], Screen[Any]]]:
    """The app with one of the screens of `docs.keys.SCREENS`."""
    if which != "welcome":
        await keep(folder / "debates.db", debate(0), debate(1, state="interrupted"))
    async with ScriptedEndpoint(debate_script()) as server:
        order = Order("Rent or own?", choice=Choice(server.url), depth="quick") if which == "debate" else None
        async with showing(folder, order=order) as (app, pilot):
            if which == "welcome":
                await until(pilot, lambda: app.focused is not None)
            elif which == "debate":
                await until(pilot, lambda: isinstance(app.focused, Composer), "the floor is open")
            else:
                await until(pilot, lambda: app.shelf.current)
            if which == "new debate":
                await pilot.press("n")
                await until(pilot, lambda: isinstance(app.screen, NewScreen))
            elif which in ("kept debate", "verdict"):
                await app.open_debate("d99999" if which == "verdict" else "d99998")
                await until(pilot, lambda: isinstance(app.screen, VerdictScreen) or app.screen.focused)
            elif which == "replay":
                await pilot.press("y")
                await until(pilot, lambda: isinstance(app.screen, ReplayScreen))
            elif which in OVER:
                await app.push_screen(over(app, which))
            await pilot.pause()
            yield app, pilot, app.screen


def in_readme() -> dict[str, dict[str, set[tuple[str, ...]]]]:
    """By place and name: the keys, once for each action of that name."""
    text = (listing.ROOT / "README.md").read_text("utf-8").split(listing.BEGIN)[1].split(listing.END)[0]
    found: dict[str, dict[str, set[tuple[str, ...]]]] = {}
    for place, row in re.findall(r"^\| ([^|]+) \| (.*) \|$", text, re.MULTILINE)[2:]:
        names = found.setdefault(place, {})
        for item in row.split(" · "):
            keys = tuple(re.findall(r"`([^`]+)`", item))
            for name in item.rpartition("` ")[2].split(" / "):
                names.setdefault(name, set()).add(keys)
    return found


def test_what_is_written_down_is_what_is_bound() -> None:
    for path, text in listing.files().items():
        assert path.read_text("utf-8") == text, f"{path.name} is behind the bindings: run python -m docs.keys"


def test_whatever_can_be_searched_for_is_explained_everywhere() -> None:
    from upverdict.core.cli_search import search
    from upverdict.core.store.query import FILTERS

    told = " ".join(words for words, _ in SEARCH)
    text = (listing.ROOT / "README.md").read_text("utf-8").partition("### Searching")[2].partition("###")[0]
    for name in FILTERS:
        assert f"{name}:" in told
        assert f"`{name}:" in text
        assert f"{name}:" in (search.help or "")


def test_every_sign_of_a_state_is_explained() -> None:
    told = " ".join(sign for sign, _ in SIGNS)
    text = (listing.ROOT / "README.md").read_text("utf-8").partition("### Signs")[2].partition("###")[0]
    states = [v for n, v in vars(statement_words).items() if n.isupper() and isinstance(v, str) and len(v) == 1]
    assert len(states) == 10
    for sign in (*states, "✓", "!", "–", "▸", "B1.3", "48w", "tok/s"):
        assert sign in told
        assert sign in text


def test_every_binding_has_an_id_of_its_own_and_says_what_it_does() -> None:
    by_id: dict[str, Binding] = {}
    for kind in listing.kinds():
        for binding in kind.__dict__["BINDINGS"]:
            assert isinstance(binding, Binding)
            if kind is ReplayScreen and binding in listing.taken_over():
                continue
            assert binding.id, binding
            assert binding.tooltip, binding
            known = by_id.setdefault(binding.id, binding)
            assert (known.action, known.tooltip) == (binding.action, binding.tooltip), f"{binding.id} is two actions"
            assert listing.prefix(binding.id) in listing.WHERE
    assert by_id.keys() == KEYS.keys()


@pytest.mark.parametrize("which", listing.SCREENS)
async def test_help_last_line_palette_and_readme_list_the_same_keys(tmp_path: Path, which: str) -> None:
    readme = in_readme()
    async with shown(tmp_path, which) as (app, pilot, screen):
        mine = [command for command in commands(screen) if command.id in KEYS]
        assert mine
        helped: set[tuple[str, str]] = set()
        for command in mine:
            names = readme[listing.WHERE[listing.prefix(command.id)]]
            told = {key for keys in names.values() for group in keys for key in group}
            assert set(command.keys) - {str(n) for n in range(2, 9)} <= told, command
            helped |= {(command.action, key) for key in command.keys}
            assert command.id in PLACES[which][0], f"{command.id}: docs.keys.SCREENS lacks what binds it"
        line = screen.query_one(KeysLine)
        await until(pilot, lambda: line.shown)
        for key in line.shown:
            assert (key.action, word(key.key)) in helped, key
            assert any(key.name in names for names in readme.values()), key
        palette = {c.title: c.help for c in app.get_system_commands(screen)}
        for command in mine:
            if command.enabled and command.id != "app.palette":
                assert set(command.keys) <= set(palette[command.name].split(", ")), command


@pytest.mark.parametrize("which", [*OVER[:-1], "new debate", "debate"])
async def test_f1_shows_the_help_also_where_a_question_mark_would_be_written(tmp_path: Path, which: str) -> None:
    async with shown(tmp_path, which) as (app, pilot, screen):
        line = screen.query_one(KeysLine)
        await until(pilot, lambda: {"help", "palette"} <= {key.name for key in line.shown})
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("f1", "escape")
        await until(pilot, lambda: app.screen is screen, "one help is enough")


async def test_a_line_of_the_help_that_is_clicked_is_done(tmp_path: Path) -> None:
    await keep(tmp_path / "debates.db", debate(0))
    async with showing(tmp_path, (100, 40)) as (app, pilot):
        await until(pilot, lambda: app.shelf.current)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        rows = [command for command in commands(app.shelf) if command.group == HERE]
        now, later = ([command.id for command in rows if command.enabled is can] for can in (True, False))
        assert now[0] == "library.open"
        keys = app.screen.query("#keys > .group-keys").first()
        await pilot.click(keys, offset=(30, now.index("library.delete")))
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("escape", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        keys = app.screen.query("#keys > .group-keys")[1]
        await pilot.click(keys, offset=(30, later.index("library.undo")))
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen), "what can't be done now does nothing"
        await pilot.click(offset=(1, 1))
        await until(pilot, lambda: app.screen is app.shelf)


def test_pushing_back_lists_no_key_of_a_debate_that_runs() -> None:
    assert not {"composer.pass", "composer.verdict", "composer.begin", "composer.recall"} & {*PLACES["push back"][0]}
    assert {"answer.send", "composer.newline"} <= {*PLACES["push back"][0]}
