"""Which endpoint and which model a new debate asks: what was found, or an address; its models, or a name.

Knows no debate. What is found comes when it comes: until then it can be written in as well.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from upverdict.core.endpoints import EndpointError, Found, server
from upverdict.tui.widgets import choice_list
from upverdict.tui.widgets.choice_list import ChoiceList
from upverdict.tui.widgets.found import Here, at_length, brief
from upverdict.tui.widgets.plain import one_line

LOOKING = "looking for what can answer …"
OWN_MODEL = "the endpoint's own"
EXAMPLE = "http://host:8080"


def usual_model(name: str) -> str:
    """What stands in the field of the model while it is empty: what is asked then, and no name alone, which would look
    as if it were written there."""
    return f"as usual: {one_line(name)}" if name else OWN_MODEL


_MANY = 2
"""Models from which there is something to choose."""


class EndpointField(Vertical):
    """The list `#endpoint` with a word on the row at its cursor, `#address`, `#model`, and the list `#models`.

    With the class `-low` it takes as few rows as it can.
    """

    DEFAULT_CSS = """
    EndpointField {
        height: auto;
        & #who { height: auto; }
        & #endpoint { max-height: 12; }
        & #models { margin: 0 0 0 12; max-height: 8; display: none; }
        & #models.-offered { display: block; }
        &.-none > .-why, &.-none #endpoint-why { height: auto; max-height: 3; text-wrap: wrap; }
        &.-low #endpoint { max-height: 6; }
        &.-low #models { max-height: 3; }
        &.-low #endpoint-note { display: none; }
        &.-low:focus-within #endpoint-note, &.-low.-none #endpoint-note { display: block; }
        &.-low #who { layout: horizontal; height: 1; }
        &.-low #who > .line { width: 1fr; }
        &.-low #who > .line > .label { width: 11; }
        &.-low #who > .-second { margin: 0 0 0 2; }
        &.-low #who > .-second > .label { width: 7; }
    }
    """

    def __init__(self, model: str = "", *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._here: Here | None = None
        self._listed = ""
        self._picked = ""
        """The endpoint that is chosen in the list; none is marked there while an address takes its place."""
        self._usual = model
        self._restored = ""
        """The address that was kept from the last time."""
        self._refused = ""
        """The address at which no debate could be begun."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="line -why"):
            yield Static("Endpoint", classes="label", markup=False)
            yield Static(LOOKING, classes="note", id="endpoint-why", markup=False)
        yield ChoiceList(many=False, id="endpoint")
        yield Static("", classes="note", id="endpoint-note", markup=False)
        with Container(id="who"):
            with Horizontal(classes="line"):
                yield Static("or address", classes="label", markup=False)
                yield Input(placeholder=EXAMPLE, compact=True, id="address")
            with Horizontal(classes="line -second"):
                yield Static("Model", classes="label", markup=False)
                yield Input(placeholder=usual_model(self._usual), compact=True, id="model")
        yield ChoiceList(many=False, id="models")

    # What there is to choose from

    def looking(self) -> None:
        self.query_one("#endpoint-why", Static).update(LOOKING)

    def offer(self, here: Here) -> None:
        """What was found. What was chosen before stays so, if it is still there."""
        before = self._chosen if self._here is not None else ""
        self._here = here
        found = before and here.named(before)
        chosen = before if found and found.usable else here.used
        rows = [choice_list.Choice(f.name, one_line(f.name), brief(f), usable=f.usable) for f in here.endpoints]
        self._picked = chosen
        self.query_one("#endpoint", ChoiceList).offer(rows, [] if self.address else [chosen])
        self.set_class(not chosen, "-none")
        if chosen and here.named(chosen) is None:
            self.query_one("#address", Input).value = chosen

    @on(ChoiceList.Picked, "#endpoint")
    def _pick(self) -> None:
        """What was chosen last counts."""
        self._picked = next(iter(self.query_one("#endpoint", ChoiceList).chosen), "")
        self.query_one("#address", Input).value = ""

    @on(ChoiceList.Changed, "#endpoint")
    @on(ChoiceList.Moved, "#endpoint")
    @on(Input.Changed, "#address")
    def _say(self) -> None:
        """What is asked, what the endpoint at the cursor is or what to do to have it, and which models there are."""
        if self._here is None:
            return
        rows = self.query_one("#endpoint", ChoiceList)
        at = self._here.named(rows.current.value) if rows.current else None
        rows.mark(*([] if self.address else [self._chosen]))
        looked_at = at if rows.has_focus or not self.address else None
        self.query_one("#endpoint-note", Static).update(at_length(looked_at) if looked_at else "")
        self.query_one("#endpoint-why", Static).update(self._why(self._here))
        chosen = None if self.address else self._here.named(self._chosen)
        own = chosen.model if chosen else self._usual if self.address else ""
        self.query_one("#model", Input).placeholder = usual_model(own)
        self._offer_models(chosen)

    def _why(self, here: Here) -> str:
        """Who is asked, and why."""
        if self.address:
            return "the address below is asked" + (
                ", kept from last time" if self.address == self._restored else ", none of these"
            )
        if not self._chosen:
            return one_line(here.nothing) or "none of these can be used yet"
        return f"{one_line(self._chosen)} is asked" + ("" if self._chosen == here.used else ": your choice")

    def _offer_models(self, found: Found | None) -> None:
        """The models of what is chosen, where there are several; one that was chosen elsewhere is not asked here."""
        name = found.name if found else ""
        models = found.models if found and len(found.models) >= _MANY else ()
        rows, field = self.query_one("#models", ChoiceList), self.query_one("#model", Input)
        if name != self._listed and field.value and field.value in rows.values and field.value not in models:
            field.value = ""
        self._listed = name
        rows.offer(
            [choice_list.Choice(m, one_line(m)) for m in models], [field.value or (found.model if found else "")]
        )
        rows.set_class(bool(models), "-offered")

    @on(ChoiceList.Picked, "#models")
    def _chose_model(self) -> None:
        self.query_one("#model", Input).value = next(iter(self.query_one("#models", ChoiceList).chosen), "")

    @on(Input.Changed, "#model")
    def _wrote_model(self) -> None:
        found = self._here.named(self._chosen) if self._here else None
        self.query_one("#models", ChoiceList).mark(self.model or (found.model if found else ""))

    # What was chosen

    @property
    def _chosen(self) -> str:
        return self._picked

    @property
    def address(self) -> str:
        """The address that was written."""
        return self.query_one("#address", Input).value.strip()

    @property
    def to_keep(self) -> str:
        """The address, if it will do for the next time."""
        return "" if self.address == self._refused or (self.address and self.wrong()) else self.address

    def restore(self, address: str) -> None:
        """An address that was kept; one that is written by now stays."""
        if address and not self.address:
            self._restored = address
            self.query_one("#address", Input).value = address

    def refused(self) -> None:
        """With this address no debate could be begun."""
        self._refused = self.address

    @property
    def asked(self) -> str:
        """What is asked, by its name or its address; empty while nothing is found."""
        return self.address or self._chosen

    @property
    def model(self) -> str:
        """The model that was written or chosen; empty leaves it to the endpoint."""
        return self.query_one("#model", Input).value.strip()

    def wrong(self) -> str:
        """What is wrong with it, in a sentence."""
        if "://" in self.address:
            try:
                server(self.address)
            except EndpointError as e:
                return one_line(str(e))
        elif self.address:
            return "Write the address like http://127.0.0.1:8080."
        elif self._here is not None and not self._chosen:
            if self._here.nothing and any(f.usable for f in self._here.endpoints):
                return f"{one_line(self._here.nothing)} Choose another."
            return "There is nothing to talk to yet. Give a server's address, or do what one of the lines above says."
        return ""

    @property
    def to_mend(self) -> Widget:
        """Where something has to be mended."""
        return self.query_one("#address" if self.address else "#endpoint")
