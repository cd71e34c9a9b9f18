"""One voice of the debate: its border and letter, its tagline, and all that it says. Knows no debate, only statements.

What it says is drawn by `StatementsView`; this puts the frame around it and the state into its headings.
"""

from __future__ import annotations

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.css.types import EdgeType
from textual.geometry import Offset
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from upverdict.core import events as ev
from upverdict.core import plain_statement, quoting
from upverdict.core.folded import Statement
from upverdict.core.text import Span, clean
from upverdict.tui.colours import MUTED, ink, voice_colour
from upverdict.tui.keyboard import key_of
from upverdict.tui.widgets.plain import in_rows
from upverdict.tui.widgets.row_list import OTHER_BUTTON
from upverdict.tui.widgets.sentence_view import AROUND, Passage, SentenceView
from upverdict.tui.widgets.statement_words import WAITING, Look, heading, looked_up, mark, sentence

TAGLINE_ROWS = 2
"""Rows that a tagline has at most."""
SHORT = 10
"""Rows of a pane under which it goes for now: while a verdict takes shape below, for example."""
YOU_NAME, YOU_TAGLINE = "You", "the fifth voice"
_LEAST_CORNERS = 6
"""Cells of the row below that are no words: at each end a corner, an edge and a space."""
CELLS_AROUND = 7
"""Of a title: two corners, a space on each side, the letter in its box."""


class VoiceStatements(SentenceView):
    """A voice's statements, their headings in the voice's colour."""

    COLOURED = frozenset({"statements--heading", "statements--cursor", "statements--marker"})

    def __init__(self) -> None:
        super().__init__()
        self._colour: Color | None = None

    def on_resize(self) -> None:
        """Keep the tail in sight when only the height has changed: no row is new then, so nothing else does."""
        self.call_after_refresh(self._keep_tail)

    def _keep_tail(self) -> None:
        if self.following:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True)
        elif isinstance(self.parent, VoicePane):
            self.parent.say_below()

    @property
    def has_more_below(self) -> bool:
        """Whether rows are out of sight below. Where a place was gone to, the tail may be in sight and not followed."""
        return not self.following and round(self.scroll_y) < self.max_scroll_y

    def recolour(self, colour: Color) -> None:
        if colour != self._colour:
            self._colour = colour
            self.notify_style_update()
            self.refresh()

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        style = super().get_visual_style(*component_classes, partial=partial)
        if self._colour is None or self.COLOURED.isdisjoint(component_classes):
            return style
        return style + Style(foreground=self._colour)


class VoicePane(Vertical):
    """The pane of one voice. `number` is the key that takes the user there."""

    DEFAULT_CSS = """
    VoicePane {
        padding: 0 0 0 1;
        border: round $foreground 40%;
        background: $background;
        border-title-style: none;
        border-subtitle-color: $text-muted;
        & > #tagline { height: auto; max-height: 2; color: $text-muted; margin: 0 1 1 0; }
        & > StatementsView {
            height: 1fr;
            max-width: 112;
            scrollbar-color: $foreground 25%;
            scrollbar-color-hover: $foreground 40%;
            scrollbar-color-active: $foreground 50%;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-background-active: $background;
        }
        &.-low > #tagline, &.-short > #tagline { display: none; }
    }
    """

    class ZoomWanted(Message):
        """The title was double-clicked."""

        def __init__(self, pane: VoicePane) -> None:
            super().__init__()
            self.pane = pane

    class Chosen(Message):
        """The mouse has chosen a sentence of this pane."""

        def __init__(self, pane: VoicePane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(
        self, number: int, voice: str, letter: str, name: str, tagline: str, colour: str, asked: str = ""
    ) -> None:
        super().__init__(id=f"pane-{number}")
        self.number = number
        self.voice = voice
        self.letter = clean(letter)
        self.title = " ".join(clean(name).split())
        self.tagline = " ".join(clean(tagline).split())
        self.asked = " ".join(asked.split())
        """What it is asked with, where not all are asked alike."""
        self.look = Look(WAITING, "waiting")
        self.view = VoiceStatements()
        self.quotable = False
        """Whether a sentence that is chosen can be quoted: somebody hears the user."""
        self._colour = colour
        self._said: dict[str, Statement] = {}
        self._told = (False, False)  # which sides have more
        self._room = 0  # the cells for which the tagline was fitted
        self.rate = 0
        """Tokens a second while the voice writes, about; 0 where it does not."""

    @classmethod
    def of_seat(cls, number: int, seat: ev.Seat, asked: str = "") -> VoicePane:
        return cls(number, seat.voice, seat.letter, seat.name, seat.tagline, seat.colour, asked)

    @classmethod
    def of_user(cls, number: int) -> VoicePane:
        return cls(number, ev.USER, ev.USER_LETTER, YOU_NAME, YOU_TAGLINE, "")

    def compose(self) -> ComposeResult:
        yield Static(self.tagline, id="tagline", markup=False)
        yield self.view

    def on_mount(self) -> None:
        self.paint()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.paint())
        self.watch(self.view, "following", self.say_below, init=False)
        self.watch(self.view, "held", self.say_below, init=False)
        self.watch(self.view, "scroll_y", self._scrolled, init=False)

    # What is said

    def expect(self, key: str, heading: str, look: Look) -> None:
        """Nothing has been said yet; this is what will be."""
        self.look = look
        self.view.begin(key, heading, live=False)
        self.view.set_heading(key, heading, look.word)
        self.view.set_note(key, look.note, look.style)

    def begin(self, statement: Statement) -> None:
        """The voice is asked. What it had said when it was asked before stays above: nothing that was shown is lost."""
        id = statement.id
        self._said[id] = statement
        if id in self.view.keys and self.view.text_of(id):
            number = sum(key.startswith(f"{id} before ") for key in self.view.keys)
            kept = f"{id} before {number}"
            self.view.rename(id, kept)
            self._set_aside(kept, statement, number)
        self.view.begin(id, _heading(statement))

    def _set_aside(self, key: str, statement: Statement, number: int) -> None:
        self.view.set_live(key, False)
        if number < len(before := statement.attempts_before):
            self.view.set_above(key, looked_up(before[number].searches))
        self.view.set_heading(key, _heading(statement), "before")
        self.view.set_note(key, sentence(plain_statement.ASKED_AGAIN), "warning")

    def end(self, id: str) -> None:
        """The voice has ended. Where it said nothing this time, what it had said before counts, as in the fold."""
        before = [key for key in self.view.keys if key.startswith(f"{id} before ")]
        self.view.set_live(id, False)
        if before and not self.view.text_of(id).strip():
            self.view.drop(id)
            self.view.rename(before[-1], id)

    def load(self, statement: Statement) -> None:
        """A statement as it stands, with what it had said in attempts before above it. None of it is here yet."""
        self._said[statement.id] = statement
        for number, before in enumerate(statement.attempts_before):
            key = f"{statement.id} before {number}"
            self.view.begin(key, _heading(statement))
            self.view.set_text(key, before.text)
            for citation in before.citations:
                self.cite(key, citation.after, citation.source)
            self._set_aside(key, statement, number)
        self.view.begin(statement.id, _heading(statement), live=statement.live)
        if not statement.live:
            self.view.set_text(statement.id, statement.text)
        elif statement.text:
            self.view.append(statement.id, statement.text)
        for citation in statement.citations:
            self.cite(statement.id, citation.after, citation.source)

    def cite(self, key: str, after: int, source: str) -> None:
        """A statement, by its id or the key of an attempt, cites a source behind `after` characters."""
        self.view.cite(key, after, mark(source))

    def show(self, statement: Statement, look: Look, *, latest: bool) -> None:
        """The state of a statement; the latest one's is the pane's own. One that is still to be begun here is left out:
        the fold may be ahead of what was handed on.
        """
        if statement.id not in self.view.keys:
            return
        self.view.set_heading(statement.id, _heading(statement), look.word)
        self.view.set_note(statement.id, look.note, look.style)
        self.view.set_above(statement.id, look.looked_up)
        if latest:
            self.look = look

    def show_rate(self, rate: int) -> None:
        """Tokens a second while the voice writes; 0 shows nothing."""
        if rate != self.rate:
            self.rate = rate
            self.say_below()
        else:
            self._scrolled()

    def _scrolled(self) -> None:
        if self._sides() != self._told:
            self.say_below()

    def _sides(self) -> tuple[bool, bool]:
        """Whether it is told that there is more above, and below. Above only of the user's own words in a pane of a few
        rows, where two statements hide one another; an advisor's pane always has more above.
        """
        above = self.voice == ev.USER and self.has_class("-short") and self.view.scroll_y > 0
        return above, self.view.has_more_below

    def on_resize(self) -> None:
        self.set_class(self.outer_size.height < SHORT, "-short")
        self.say_below()
        room = self.content_size.width - 1
        if room > 0 and room != self._room:
            self._room = room
            self.query_one("#tagline", Static).update(in_rows(self.tagline, room, TAGLINE_ROWS))

    def say_below(self) -> None:
        """Which sentence is chosen and what can be done with it; that there is more, and the key that goes there, and
        how fast the voice writes, where there is room for both.
        """
        if (id := self.chosen_id) is not None:
            self.border_subtitle = Content(self._offer(id))
            return
        rate = f"~{self.rate} tok/s" if self.rate else ""
        above, below = self._told = self._sides()
        sides = ("more above" if above else "", f"more below · {key_of('debate.follow')}" if below else "")
        more = " · ".join(filter(None, sides))
        both = " · ".join(filter(None, (more, rate)))
        fits = cell_len(both) + _LEAST_CORNERS <= self.outer_size.width
        self.border_subtitle = Content(both if fits else more or rate)

    def _offer(self, id: str) -> str:
        """The sentence, and the keys that there is room for; none where they are letters."""
        words = id
        if self.view.has_focus:
            quotes = [f"{key_of('debate.quote')} quotes"] if self.quotable else []
            for key in (*quotes, f"{key_of('debate.copy')} copies", key_of("debate.back")):
                if cell_len(longer := f"{words} · {key}") + _LEAST_CORNERS <= self.region.width:
                    words = longer
        return words

    # Sentences

    @property
    def chosen(self) -> tuple[Statement, Span] | None:
        """The statement and the span of the sentence that is chosen."""
        held = self.view.held
        if held is None or held.key not in self._said:
            return None
        statement = self._said[held.key]
        return statement, (held.start, held.end)

    @property
    def chosen_id(self) -> str | None:
        """`B1.3`."""
        found = self.chosen
        return quoting.id_at(found[0], found[1][0]) if found else None

    def step(self, direction: int) -> bool:
        """Choose the sentence before (-1) or after (1) the one that is chosen or shown; where none is, the last that is
        in sight, or the first, as with 0. False: there is none that is whole.
        """
        shown = self.view.shown
        if shown is None or shown.key not in self._said or not direction:
            found = self._in_sight(last=direction < 0)
            return found is not None and self.choose(*found)
        every = [(id, n) for id in self._order() for n in range(len(quoting.ready(self._said[id])))]
        spans = quoting.ready(self._said[shown.key])
        here = (shown.key, quoting.nearest(spans, shown.start))
        if here not in every:
            return False
        id, n = every[max(0, min(every.index(here) + direction, len(every) - 1))]
        return self._hold(id, quoting.ready(self._said[id])[n])

    def choose(self, key: str, at: int) -> bool:
        """Choose the sentence at a character of a statement, or the nearest one: where that is none (what was said in
        an attempt before is no part of the debate), of the next statement. False: there is none that is whole.
        """
        keys, order = self.view.keys, self._order()
        if key in order:
            return self._hold(key, (spans := quoting.ready(self._said[key]))[quoting.nearest(spans, at)])
        after = [id for id in order if key in keys and keys.index(id) > keys.index(key)]
        id = after[0] if after else order[-1] if order else ""
        return bool(id) and self._hold(id, quoting.ready(self._said[id])[0 if after else -1])

    def _order(self) -> list[str]:
        """The statements that have a whole sentence, as they stand."""
        return [id for id in self.view.keys if id in self._said and quoting.ready(self._said[id])]

    def _in_sight(self, *, last: bool) -> tuple[str, int] | None:
        """Where the first sentence that begins in sight begins, or what is said in the last row."""
        rows = range(AROUND if self.view.scroll_y else 0, self.view.size.height)  # none for which it would be scrolled
        row = next(filter(self.view.is_text, reversed(rows) if last else rows), 0)
        found = self.view.where(row)
        if last or found is None or found[0] not in self._said:
            return found
        key, at = found
        begins = next((start for start, _ in quoting.ready(self._said[key]) if start >= at), at)
        return (key, begins) if self.view.in_sight(key, begins) else found

    def _hold(self, id: str, span: Span) -> bool:
        self.view.hold(Passage(id, *span))
        return True

    def selected(self) -> list[tuple[Statement, Span]]:
        """What the mouse has selected of statements of this voice."""
        return [(self._said[p.key], (p.start, p.end)) for p in self.view.selected() if p.key in self._said]

    # How it looks

    @property
    def colour(self) -> Color:
        """The persona's colour, readable on the pane's background; the user's is the theme's own."""
        return voice_colour(self._colour, self)

    def paint(self) -> None:
        """Border and title in the persona's colour; the border is heavy where the keys go."""
        colour = self.colour
        edge: EdgeType = "heavy" if self.view.has_focus else "round"
        self.styles.border = (edge, colour)
        self.view.recolour(colour)
        self.border_title = Content.assemble(
            (f" {self.letter} ", f"bold reverse {ink(colour)}"),
            (f" {self.title}", f"bold {ink(colour)}"),
            (f"  {self.asked}" if self.asked else "", MUTED),
        )

    def on_descendant_focus(self) -> None:
        self.paint()
        self.say_below()

    def on_descendant_blur(self) -> None:
        self.paint()
        self.say_below()

    def on_click(self, event: events.Click) -> None:
        """Anywhere: the pane gets the keys. Once on a sentence: it is chosen; on the one that is, it is let go. Twice
        on the title: it is zoomed. On `more below`: to the last word. The other button asks only what can be done.
        """
        on_title = event.screen_y == self.region.y
        if on_title and event.chain == 2:
            self.post_message(self.ZoomWanted(self))
            return
        if event.screen_y == self.region.bottom - 1 and not self.view.following:
            self.view.action_follow()
        if not self.view.has_focus:
            self.screen.set_focus(self.view, scroll_visible=False)
        if (
            event.chain == 1 and event.button != OTHER_BUTTON and self.view.text_selection is None
        ):  # else it was the end of a selection
            self._click(event.screen_offset - self.view.region.offset)

    def _click(self, at: Offset) -> None:
        view = self.view
        found = view.where(at.y, at.x) if 0 <= at.x < view.size.width and 0 <= at.y < view.size.height else None
        if found is None or not view.is_text(at.y):
            return
        before = view.held
        if self.choose(*found):
            if view.held == before:
                view.let_go()
            else:
                self.post_message(self.Chosen(self))


def _heading(statement: Statement) -> str:
    """The user's with its id, by which others call it: several may stand before one round."""
    return f"{statement.id} · {heading(statement)}" if statement.voice == ev.USER else heading(statement)
