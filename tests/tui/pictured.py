"""What snapshots are taken of: the app with nothing about it that changes from day to day or from machine to machine.

Screens come from events; the clocks stand still, and what is found here to argue with is always the same.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime, tzinfo
from types import SimpleNamespace
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from tests.great import COUNCIL, QUESTION, great, unruled
from tests.tui.scenes import Held, Record
from tests.tui.shelf import Shown, debate, found, kept_as, listed
from tests.tui.stage import screen_text, undrawn, until
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.endpoints import Found
from upverdict.core.session import Order
from upverdict.personas import loader
from upverdict.tui.screens.debate import DebateScreen
from upverdict.tui.screens.debate_view import DebateView
from upverdict.tui.screens.dialog import Confirm
from upverdict.tui.screens.frame import FrameScreen, Written
from upverdict.tui.screens.help import HelpScreen
from upverdict.tui.screens.keeping import Decision
from upverdict.tui.screens.new import NewScreen
from upverdict.tui.screens.push_back import PushBack
from upverdict.tui.screens.replay import ReplayScreen
from upverdict.tui.screens.sources import SourcesScreen
from upverdict.tui.screens.tags import TagsScreen
from upverdict.tui.screens.verdict import VerdictScreen
from upverdict.tui.screens.voice_model import VoiceModel
from upverdict.tui.services import Foretold
from upverdict.tui.widgets.composer import Composer
from upverdict.tui.widgets.found import Here
from upverdict.tui.widgets.question import QuestionField
from upverdict.tui.widgets.statements import StatementsView

GREAT = kept_as(
    great(),
    ev.DebateTagged(tags=("infrastructure", "work")),
    ev.ChoiceMade(text="We start with the API, and look at our own hardware when the bill passes 2,000 a month."),
    ev.RevisitSet(
        conditions=(
            ev.Revisit("2026-11-20", "the bill passes 2,000 a month"),
            ev.Revisit("", "we have a platform team"),
        )
    ),
)
KEPT = (
    GREAT,
    kept_as(
        debate(5, "Should the API be ours or theirs?", said="Own the layer, rent the model, log every prompt."),
        ev.DebateTagged(tags=("work",)),
    ),
    debate(40, "Should we rewrite the billing service?", "interrupted", "Days, not months, and the API stays."),
    debate(220, "Is remote work better for juniors?", said="A junior learns by overhearing."),
    debate(900, "お茶とコーヒー、どちらを出すべきか？", said="両方を出しなさい。"),
    kept_as(
        debate(1900, "Buy the house now or rent for three more years?", "failed", "The rate decides it."),
        ev.DebateRenamed(title="The house"),
        ev.DebateTagged(tags=("home",)),
    ),
    debate(20000, "Tabs or spaces?", said="Spaces look the same to everybody."),
)
"""The library's debates, the newest first."""
FRAME = ev.Frame(
    "Should a team of two run its own language model?",
    ("There is a budget.", "The data may leave the house."),
    ("Start with an API", "Own the hardware"),
    "contested",
)


class Clock:
    """Seconds that go by when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Today(datetime):
    """The day on which every snapshot is taken."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Today:
        return cls(2026, 11, 24, 18, 0, tzinfo=tz)

    @classmethod
    def today(cls) -> Any:
        """As a date."""
        return date(2026, 11, 24)


class Pictured(Shown):
    """Shut when it has run: the snapshots' plugin runs it by itself. `clock` is the one that the screens have."""

    clock: Clock

    async def here(self) -> Here:
        personas = loader.load_all()
        judge = personas.pop(loader.JUDGE)
        claude = Found("claude", "claude", True, "its key is set", "claude-sonnet", used=True, why="its key is set")
        server = Found("llamacpp", "server", True, "llama.cpp, found on this machine", "qwen", "http://127.0.0.1:8080")
        none = Found("ollama", "server", False, "nothing answers at http://127.0.0.1:11434")
        return Here((claude, server, none), "claude", tuple(personas.values()), loader.DEFAULT_COUNCIL, judge=judge)

    async def foretell(self, order: Order) -> Foretold:
        return Foretold("About $0.12")

    def get_ready(self) -> None:
        """For no debate: what that needs would be imported while the picture is taken."""

    async def run_async(self, **how: Any) -> int | None:
        try:
            return await super().run_async(**how)
        finally:
            await self.shut()

    def export_screenshot(self, **how: Any) -> str:
        """Without the addresses of fonts, which a viewer would ask for, and of who makes such pictures."""
        return re.sub(r"\s*(@font-face\s*{[^}]*}|<!--.*?-->)", "", super().export_screenshot(**how))


STILL = 4
"""So many looks in a row that see the same, all of them with nothing waiting to be laid out or drawn."""


def stillness(app: Shown) -> Callable[[], bool]:
    """A predicate: all is drawn."""
    last: object = None
    same = 0

    def still() -> bool:
        nonlocal last, same
        now = [list(strip) for strip in app.screen._compositor.render_strips()]
        same = same + 1 if now == last and not busy(app) else 0
        last = now
        return same >= STILL

    return still


def busy(app: Shown) -> bool:
    """Whether anything waits to be laid out or drawn, or a pane's bar to be shown; a screen that is covered waits."""
    top = app.screen
    views = (v for screen in (top, *app._background_screens) for v in screen.query(StatementsView) if v.is_on_screen)
    return bool(undrawn(top) or any(view.size and not drawn(view) for view in views))


def drawn(view: StatementsView) -> bool:
    """Whether all of a pane is wrapped, and its bar stands where it belongs."""
    rows, bar = view._stack.rows, view.show_vertical_scrollbar
    there = not bar or (view.vertical_scrollbar.window_virtual_size, view.vertical_scrollbar.position) == (
        rows,
        view.scroll_y,
    )
    return view._asleep and bar == (rows > view.size.height) and there


# -- the screens -------------------------------------------------------------------------------------------------------


async def welcome(app: Pictured, pilot: Pilot[int]) -> None:
    """On an empty file."""
    await until(pilot, lambda: "the default" in screen_text(app), "what is found")


async def library(app: Pictured, pilot: Pilot[int]) -> None:
    await pilot.press("down")
    await until(pilot, lambda: app.shelf.preview.shown or not app.shelf.preview.display, "the preview")


async def search(app: Pictured, pilot: Pilot[int]) -> None:
    await found(app, pilot, "api", 3)
    await pilot.press("down")


async def new(app: Pictured, pilot: Pilot[int]) -> None:
    await pilot.press("n")
    await until(pilot, lambda: isinstance(app.screen, NewScreen) and app.screen.query_one("#council").size.height > 3)
    app.screen.query_one(QuestionField).insert(QUESTION)
    await until(pilot, lambda: "About $0.12" in screen_text(app), "what it would cost")


async def voice_model(app: Pictured, pilot: Pilot[int]) -> None:
    """Over the form."""
    await new(app, pilot)
    app.screen.query_one("#council").focus()
    await pilot.press("m")
    await until(pilot, lambda: isinstance(app.screen, VoiceModel))


async def themes(app: Pictured, pilot: Pilot[int]) -> None:
    """The list to choose from."""
    app.action_change_theme()
    await until(pilot, lambda: app.screen.query(OptionList) and app.screen.query_one(OptionList).option_count > 0)
    await app.workers.wait_for_complete([w for w in app.workers if w.group == "search"])


async def frame(app: Pictured, pilot: Pilot[int]) -> None:
    await app.push_screen(Held(Record(COUNCIL[:4], QUESTION)).screen())
    await app.push_screen(FrameScreen(QUESTION, Written.of(FRAME), lambda _: None, ""))


async def live(app: Pictured, pilot: Pilot[int]) -> None:
    """Openings being written; one is searching, one has failed, one is asked again soon."""
    record = Record(COUNCIL[:4], QUESTION)
    held = Held(record)
    screen = held.screen()
    await app.push_screen(screen)
    places = [record.place(n, 0) for n in range(4)]
    builder, skeptic, researcher, _ = ({k: v for k, v in p.items() if k != "number"} for p in places)
    said = {s.statement: s for s in great() if isinstance(s, ev.TextDelta)}

    async def happen(*events: ev.Event) -> None:
        for event in events:
            held.log.append(event)
        await until(pilot, lambda: screen.council.debate.seq == held.log.debate.seq, "all has come")
        await until(pilot, lambda: all(p["statement"] in v.keys for p, v in zip(places, views(screen), strict=True)))

    await happen(*(ev.StatementStarted(**place) for place in places))
    app.clock.now += 5
    results = tuple(ev.Result(f"https://example.org/{n}", f"Utilisation, part {n}") for n in range(3))
    overloaded = ev.Fault("overloaded", "The endpoint is overloaded.", True)
    refused = ev.Fault("refused", "The model declined to answer.", False)
    await happen(
        ev.TextDelta(text=said["S1"].text[:90], **skeptic),
        ev.StatementFailed(error=refused, **skeptic),
        ev.SearchStarted(query="gpu utilisation 2026", **researcher),
        ev.SearchFinished(query="gpu utilisation 2026", results=results, **researcher),
        ev.SearchStarted(query="rented accelerators, price an hour", **researcher),
        ev.Retrying(voice="contrarian", statement="C1", attempt=2, delay=6, error=overloaded),
        ev.TextDelta(text=said["B1"].text[:160], **builder),
    )
    await until(pilot, lambda: said["B1"].text[:20] in views(screen)[0].text_of("B1"), "its words")
    app.clock.now += 2
    screen._tick()


def views(screen: DebateScreen) -> list[StatementsView]:
    """The panes of the council."""
    return [pane.view for pane in screen.council._panes[:-1]]


async def floor(app: Pictured, pilot: Pilot[int]) -> None:
    """After a rebuttal; something is being written, and was said before."""
    left: Any = SimpleNamespace(events=unruled(rebuttals=1)[:-2])
    screen = Held(left).screen()
    await app.push_screen(screen)
    composer = screen.query_one(Composer)
    composer.focus()
    composer.insert("And what does it cost at a tenth of that load?")
    screen._tick()


async def kept(app: Pictured, pilot: Pilot[int]) -> None:
    """A debate with a sentence that its verdict quotes."""
    made = Debate.fold(great())
    ruling = made.verdicts[0].ruling
    assert ruling is not None
    await app.push_screen(DebateView(made, "finished", visiting=True, quote=ruling.pull_quotes[1]))
    await until(pilot, lambda: any(view._marked for view in app.screen.query(StatementsView)), "the quote")


async def verdict(app: Pictured, pilot: Pilot[int]) -> None:
    screen = VerdictScreen(Debate.fold(GREAT), "finished")
    await app.push_screen(screen)
    await until(pilot, lambda: {"What code can check", "Keep reading"} <= set(screen.page.sections), "all of the page")


async def versions(app: Pictured, pilot: Pilot[int]) -> None:
    """Further down on the page of the verdict."""
    await verdict(app, pilot)
    screen: Any = app.screen
    screen.page.go_to_section("Versions")


async def push_back(app: Pictured, pilot: Pilot[int]) -> None:
    await verdict(app, pilot)
    await pilot.press("p")
    await until(pilot, lambda: isinstance(app.screen, PushBack))
    app.screen.query_one(Composer).insert("You forget who pays. Ask the pharmacies.")


async def sources(app: Pictured, pilot: Pilot[int]) -> None:
    await app.push_screen(DebateView(Debate.fold(great()), "finished"))
    await pilot.press("s")
    await until(pilot, lambda: isinstance(app.screen, SourcesScreen))


async def help(app: Pictured, pilot: Pilot[int]) -> None:
    await app.push_screen(DebateView(Debate.fold(great()), "finished"))
    await pilot.press("question_mark")
    await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def palette(app: Pictured, pilot: Pilot[int]) -> None:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: app.screen.query(OptionList))
    await pilot.press(*"deb")
    await until(pilot, lambda: app.screen.query_one(Input).value == "deb" and not app.screen._show_busy)
    await until(pilot, lambda: app.screen.query_one(OptionList).option_count > 0, "what is found")
    await app.workers.wait_for_complete([w for w in app.workers if w.group == "search"])


async def dialog(app: Pictured, pilot: Pilot[int]) -> None:
    await pilot.press("d")
    await until(pilot, lambda: isinstance(app.screen, Confirm))


async def tags(app: Pictured, pilot: Pilot[int]) -> None:
    """Of the debate at the cursor."""
    await library(app, pilot)
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, TagsScreen) and app.screen.rows.length == 3)
    await pilot.press("down", "down")


async def decision(app: Pictured, pilot: Pilot[int]) -> None:
    """Of the newest debate; something is wrong with it."""
    await pilot.press("w")
    await until(pilot, lambda: isinstance(app.screen, Decision))
    app.screen.query_one("#revisit", TextArea).insert("\n2026-11-01: it was due")
    await pilot.press("ctrl+s")
    await until(pilot, lambda: "over already" in screen_text(app), "it is said")


async def replay(app: Pictured, pilot: Pilot[int]) -> None:
    """Held in the middle."""
    await app.push_screen(ReplayScreen(great(), "finished"))
    await pilot.press(*"nnnnnn")
    await until(pilot, lambda: "Paused" in screen_text(app), "it is held")


SCREENS: dict[str, Callable[[Pictured, Pilot[int]], Awaitable[None]]] = {
    p.__name__: p
    for p in (
        welcome,
        library,
        search,
        new,
        voice_model,
        frame,
        live,
        floor,
        kept,
        verdict,
        versions,
        push_back,
        sources,
        help,
        palette,
        themes,
        dialog,
        tags,
        decision,
        replay,
    )
}


async def ready(app: Pictured, pilot: Pilot[int], name: str) -> None:
    """Bring a screen to the front, and wait until all of it is drawn."""
    if name != "welcome":
        await listed(app, pilot, len(KEPT))
        await until(pilot, stillness(app), "the library stands still")  # it may lie beneath what comes
    await SCREENS[name](app, pilot)
    await until(pilot, stillness(app), "nothing moves")
