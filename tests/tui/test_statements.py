"""The text pane in a running app: following, resizing, highlights, selection, and what is painted when."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Region
from textual.pilot import Pilot
from textual.selection import SELECT_ALL

from upverdict.tui.widgets.statements import StatementsView

LONG = "\n\n".join(" ".join(f"word{100 * part + i}" for i in range(25)) for part in range(12))
"""No row of it is like another, at any width."""
WIDTH, HEIGHT = 40, 12


class Pane(App[None]):
    """Two panes side by side, and what they said of following."""

    CSS = "StatementsView { width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str | None, bool]] = []

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield StatementsView(id="left")
            yield StatementsView(id="right")

    def on_statements_view_follow_changed(self, message: StatementsView.FollowChanged) -> None:
        self.told.append((message.control.id, message.following))

    @property
    def left(self) -> StatementsView:
        return self.query_one("#left", StatementsView)

    @property
    def right(self) -> StatementsView:
        return self.query_one("#right", StatementsView)


async def until(pilot: Pilot[None], holds: Callable[[], object]) -> None:
    """Wait until it holds; fail when it does not for long."""
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end, "it never came about"
        await pilot.pause(0.01)
    await pilot.pause()


def screen(view: StatementsView) -> list[str]:
    """The rows of the pane as they are drawn."""
    strips = view.render_lines(Region(0, 0, view.size.width, view.size.height))
    assert all(strip.cell_length == view.size.width for strip in strips)
    return [strip.text.rstrip() for strip in strips]


def seen(view: StatementsView) -> str:
    return "\n".join(screen(view))


async def filled(pilot: Pilot[None], view: StatementsView, text: str = LONG) -> None:
    """The pane shows the end of `text`, being written."""
    view.begin("B1", "OPENING")
    view.append("B1", text)
    await until(pilot, lambda: "▌" in seen(view))


@pytest.fixture
def app() -> Pane:
    return Pane()


SIZE = (2 * (WIDTH + 2), HEIGHT)  # beside the text a free column and the scrollbar


async def test_statements_stack_with_heading_cursor_and_note(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        view.begin("B1", "OPENING", live=False)
        view.set_heading("B1", "OPENING", "2w")
        view.append("B1", "Be **brief**.\n")
        view.begin("B2", "REBUTTAL 1")
        view.append("B2", "No")
        view.set_note("B2", "failed: overloaded. Press R to ask the voice again", "error")
        await until(pilot, lambda: "overloaded" in seen(view))
        assert screen(view)[:7] == [
            "OPENING" + " " * (WIDTH - 9) + "2w",
            "Be brief.",
            "",
            "REBUTTAL 1",
            "No▌",
            "failed: overloaded. Press R to ask the",
            "voice again",
        ]
        view.set_live("B2", False)
        view.set_note("B2", "")
        view.begin("B1", "OPENING, again")
        await until(pilot, lambda: screen(view)[:5] == ["OPENING, again", "▌", "", "REBUTTAL 1", "No"])
        assert view.keys == ["B1", "B2"]
        assert view.text_of("B2") == "No"
        with pytest.raises(KeyError):
            view.append("B3", "x")


async def test_the_tail_is_followed_until_the_user_scrolls_and_again_from_the_end(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await filled(pilot, app.left)
        await filled(pilot, app.right)
        assert app.left.scroll_y == app.left.max_scroll_y > 0
        await pilot._post_mouse_events([_wheel_up()], app.left, offset=(3, 3))
        await until(pilot, lambda: not app.left.following)
        before = screen(app.left)
        for view in (app.left, app.right):
            view.append("B1", " and so on" * 200 + " END")
        await until(pilot, lambda: "END▌" in seen(app.right))
        await until(pilot, lambda: app.left.virtual_size.height == app.right.virtual_size.height)
        assert screen(app.left) == before
        assert app.right.following
        app.left.focus()
        await pilot.press("G")
        await until(pilot, lambda: "END▌" in seen(app.left))
        assert app.told == [("left", False), ("left", True)]


@pytest.mark.parametrize("keys", [["up"], ["pageup"], ["home"]])
async def test_keys_stop_following_and_end_takes_it_up(app: Pane, keys: list[str]) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await filled(pilot, app.left)
        app.left.focus()
        await pilot.press(*keys)
        await until(pilot, lambda: not app.left.following)
        await pilot.press("end")
        await until(pilot, lambda: app.left.following and app.left.scroll_y == app.left.max_scroll_y)


async def test_dragging_the_scrollbar_stops_following(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await filled(pilot, app.left)
        bar = app.left.vertical_scrollbar
        await until(pilot, lambda: bar.position == app.left.max_scroll_y)
        await pilot.mouse_down(bar, offset=(0, HEIGHT - 1))
        await pilot.hover(bar, offset=(0, 1))
        await pilot.mouse_up(bar, offset=(0, 1))
        await until(pilot, lambda: not app.left.following)


async def test_a_resize_loses_no_text_and_keeps_the_tail_or_the_place(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        for view in (app.left, app.right):
            await filled(pilot, view)
        app.left.scroll_to(y=20, animate=False)
        await until(pilot, lambda: not app.left.following)
        top = screen(app.left)[0]
        start = app.left.text_of("B1").index(top)
        for width in (60, 120, 50, 200, 90, SIZE[0]):
            await pilot.resize_terminal(width, HEIGHT)
            await until(pilot, lambda width=width: app.size.width == width)  # type: ignore[misc]
            if app.left.max_scroll_y > app.left.scroll_y:
                row = screen(app.left)[0]
                at = app.left.text_of("B1").index(row)
                assert at <= start < at + len(row) + 1
            assert "▌" in seen(app.right)
            assert app.right.following
            assert app.left.text_of("B1") == LONG
        assert screen(app.left)[0] == top


async def test_a_taller_and_narrower_pane_does_not_take_the_reader_to_the_end(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        await filled(pilot, view)
        view.scroll_to(y=view.max_scroll_y - 2, animate=False)
        await until(pilot, lambda: not view.following)
        start = LONG.index(screen(view)[0])
        await pilot.resize_terminal(SIZE[0] - 20, HEIGHT + 6)
        await until(pilot, lambda: view.size.height == HEIGHT + 6)
        row = screen(view)[0]
        assert LONG.index(row) <= start < LONG.index(row) + len(row) + 1
        assert not view.following


async def test_a_change_above_what_is_read_does_not_move_it(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        view.begin("B1", "OPENING", live=False)
        view.set_text("B1", "Short.")
        view.begin("B2", "REBUTTAL 1")
        view.append("B2", LONG)
        await until(pilot, lambda: "▌" in seen(view))
        view.scroll_to(y=20, animate=False)
        await until(pilot, lambda: not view.following)
        before = screen(view)
        app.screen.selections = {view: SELECT_ALL}
        view.set_note("B1", "partial: it was cut off by a limit of the endpoint, so this is not all", "warning")
        await until(pilot, lambda: view.scroll_y == 22)
        assert screen(view) == before
        assert not app.screen.selections  # it was counted in rows


async def test_a_highlight_is_found_through_marks_and_shown(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        text = LONG + "\n\nAt last *the* **very words** and `more`.\n\n" + LONG
        start, end = text.index("*the*"), text.index(" and `more`")
        view.begin("B1", "OPENING", live=False)
        view.set_text("B1", text)
        view.highlight("B1", start, end)
        await until(pilot, lambda: "very words" in seen(view))
        style = view.get_visual_style("statements--highlight").rich_style
        strips = view.render_lines(Region(0, 0, view.size.width, view.size.height))
        found = [s.text for strip in strips for s in strip if s.style and s.style.bgcolor == style.bgcolor]
        assert "".join(found) == "the very words"
        assert not view.following
        view.clear_highlight()
        strips = view.render_lines(Region(0, 0, view.size.width, view.size.height))
        assert not any(s.style and s.style.bgcolor == style.bgcolor for strip in strips for s in strip)


async def test_what_is_said_and_sought_before_the_pane_is_shown_is_not_lost(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = StatementsView()
        view.begin("B1", "OPENING")
        view.append("B1", LONG)
        view.highlight("B1", LONG.index("word503"), LONG.index("word504"))
        view.display = False
        await app.query_one(Horizontal).mount(view)
        view.append("B1", " END")
        assert view.text_of("B1") == LONG + " END"
        view.display = True
        await until(pilot, lambda: "word503" in seen(view))
        assert not view.following
        assert view.key_in_view == "B1"
        view.clear()
        await until(pilot, lambda: not seen(view).strip())
        assert view.keys == []
        assert view.key_in_view is None


async def test_the_mouse_selects_what_was_written(app: Pane) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        view.begin("B1", "OPENING", live=False)
        view.set_text("B1", "Some **bold words** and 日本語の文 that goes on into a second row.\n\nEnd.")
        await until(pilot, lambda: "End." in seen(view))
        await pilot.mouse_down(view, offset=(5, 1))
        await pilot.hover(view, offset=(13, 1))
        await pilot.mouse_up(view, offset=(13, 1))
        assert app.screen.get_selected_text() == "bold word"
        await pilot.mouse_down(view, offset=(20, 1))
        await pilot.hover(view, offset=(1, 2))
        await pilot.mouse_up(view, offset=(1, 2))
        assert app.screen.get_selected_text() == "日本語の文 that goes on"
        selected = [s for strip in view.render_lines(Region(0, 1, WIDTH, 1)) for s in strip if "日" in s.text]
        assert selected[0].style != view.get_visual_style().rich_style
        app.screen.selections = {view: SELECT_ALL}
        assert app.screen.get_selected_text() == view.text_of("B1")


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "no color"])
async def test_nothing_hostile_reaches_a_segment_in_any_theme(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if theme == "no color":
        monkeypatch.setenv("NO_COLOR", "1")
    hostile = "\x1b[31m\x1b]0;t\x07\x9b2J [red]tag[/] \u202et\u2066\ud800a\tb\x00"
    app = Pane()
    async with app.run_test(size=SIZE) as pilot:
        if theme != "no color":
            app.theme = theme
        view = app.left
        view.begin("B1", hostile)
        view.set_heading("B1", hostile, hostile[:2])
        for ch in hostile:
            view.append("B1", ch)
        view.set_note("B1", hostile, "warning")
        await until(pilot, lambda: seen(view).count("[red]tag[/]") == 3)
        segments = [s for strip in view.render_lines(Region(0, 0, WIDTH, HEIGHT)) for s in strip]
        assert not {ch for s in segments for ch in s.text} & {
            chr(c) for c in (*range(32), *range(127, 160), 0x202E, 0x2066)
        }
        assert not any(s.style and (s.style.link or s.style.meta) for s in segments)
        if theme == "no color":
            triplets = [c.triplet for s in segments if s.style and (c := s.style.color) and c.triplet]
            assert all(t.red == t.green == t.blue for t in triplets)


async def test_a_frame_repaints_only_what_changed_and_asks_for_no_layout(
    app: Pane, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        view.begin("B1", "OPENING")
        view.append("B1", "First paragraph.\n\nSecond")
        await until(pilot, lambda: "Second▌" in seen(view))
        painted: list[tuple[Region, ...]] = []
        layouts: list[object] = []
        refresh = view.refresh

        def spy(*regions: Region, layout: bool = False, **how: bool) -> StatementsView:
            painted.append(regions)
            layouts.extend([1] if layout else [])
            return refresh(*regions, layout=layout, **how)

        monkeypatch.setattr(view, "refresh", spy)
        app.screen.screen_layout_refresh_signal.subscribe(app, layouts.append, immediate=True)
        for ch in " paragraph":
            view.append("B1", ch)
        await until(pilot, lambda: "Second paragraph▌" in seen(view))
        assert {region for regions in painted for region in regions} == {Region(0, 3, WIDTH, 1)}
        assert all(painted)
        view.append("B1", "\n\nword" * HEIGHT)
        await until(pilot, lambda: view.vertical_scrollbar.region.height == HEIGHT and view._asleep)
        layouts.clear()
        view.append("B1", " and more words" * 100 + " END")
        await until(pilot, lambda: "END▌" in seen(view))
        assert not layouts


async def test_the_clock_stops_when_nothing_comes(app: Pane, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await filled(pilot, app.left, "Words")
        await until(pilot, lambda: app.left._asleep)
        frames: list[bool] = []
        draw = app.left._draw

        def counted() -> bool:
            frames.append(draw())
            return frames[-1]

        monkeypatch.setattr(app.left, "_draw", counted)
        await pilot.pause(0.2)
        assert not frames
        app.left.append("B1", " more")
        await until(pilot, lambda: "Words more▌" in seen(app.left))
        assert frames


@pytest.mark.parametrize("columns", [2, 4, 7, 11])
async def test_a_sliver_of_a_pane_still_draws(app: Pane, columns: int) -> None:
    async with app.run_test(size=(columns, 8)) as pilot:
        view = app.left
        view.begin("B1", "日本語の見出し")
        view.append("B1", "- 日本語 word\n> quote\n\n**b**")
        await until(pilot, lambda: view._stack.rows > 0 or view.scrollable_content_region.width <= 0)
        screen(view)


def _wheel_up() -> type:
    from textual.events import MouseScrollUp

    return MouseScrollUp


async def test_the_bar_of_a_pane_at_rest_is_right_at_once(app: Pane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("upverdict.tui.widgets.statements.BAR_PERIOD", 1e9)
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        await filled(pilot, view)
        for width in (SIZE[0] - 20, SIZE[0], SIZE[0] - 30):
            await until(pilot, lambda: view._asleep)
            await pilot.resize_terminal(width, HEIGHT)
            await until(pilot, lambda: view._text_width == view._stack.width)
            bar = view.vertical_scrollbar
            assert (bar.window_virtual_size, bar.position) == (view._stack.rows, view.scroll_y)


async def test_a_bar_that_comes_when_the_pane_is_at_rest_is_where_the_pane_is(
    app: Pane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("upverdict.tui.widgets.statements.BAR_PERIOD", 1e9)
    async with app.run_test(size=SIZE) as pilot:
        view = app.left
        with app.batch_update():  # nothing is laid out meanwhile
            view.begin("B1", "OPENING")
            view.append("B1", LONG)
            await until(pilot, lambda: view._stack.rows > HEIGHT and view._asleep)
            assert not view.show_vertical_scrollbar
        await until(pilot, lambda: view.show_vertical_scrollbar)
        bar = view.vertical_scrollbar
        assert (bar.window_virtual_size, bar.position) == (view._stack.rows, view.scroll_y)
        assert view.scroll_y == view.max_scroll_y > 0
