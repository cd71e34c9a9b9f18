"""All that was said in a debate as sections of a page of HTML, every sentence with its anchor. Pure; reads the fold."""

from __future__ import annotations

from collections.abc import Iterator

from upverdict.core import citing, page_facts, plain_statement
from upverdict.core import events as ev
from upverdict.core.debate import Debate, State
from upverdict.core.folded import Comment, Search, Statement
from upverdict.core.html_parts import Html, el, joined, lined, listing, out, to
from upverdict.core.html_prose import Cite, prose
from upverdict.core.html_verdict import Section
from upverdict.core.html_voices import Voices, one_line
from upverdict.core.text import is_spaceless, length, shorten

MOST_QUOTED = 200
"""Characters of what a source says that are shown with it."""
_STATES = {"partial": "partial", "failed": "failed"}


class Said:
    """The statements of a debate, its frame, its sources, and what was said after the verdict."""

    def __init__(self, voices: Voices) -> None:
        self.voices = voices
        self.debate: Debate = voices.debate

    # -- the debate ----------------------------------------------------------------------------------------------------

    def whole(self) -> Section:
        """The debate from its background to its last round."""
        background = self.debate.background
        rounds = [
            lined(el("h3", title, class_="round"), *map(self.statement, statements))
            for title, statements in page_facts.rounds(self.debate)
        ]
        body = lined(
            lined(el("h3", "Background"), self.voices.text(background)) if background.strip() else "",
            self._frame(),
            *rounds,
        )
        return Section("debate", "The debate", "The debate", body)

    def _frame(self) -> Html:
        """How the question was understood, or why it stands as it was asked."""
        settled = self.debate.framing.settled
        if settled is None:
            return Html()
        if settled.by == "none":
            return el("p", settled.note, class_="remark")
        frame, voices = settled.frame, self.voices
        granted = listing("ul", (voices.said("li", one) for one in frame.presuppositions))
        options = listing("ol", (voices.said("li", one) for one in frame.options))
        return el(
            "div",
            el("h3", "How the question was understood"),
            voices.text(frame.restatement),
            lined(el("p", "It takes for granted", class_="label"), granted) if granted else "",
            lined(el("p", "The options, besides something else", class_="label"), options) if options else "",
            class_="frame",
        )

    def statement(self, statement: Statement, level: str = "h4", note: str = "") -> Html:
        """Its heading, its words, and what is to be known of it. `note` stands above its words."""
        voices, id = self.voices, self.voices.anchor(statement.id)
        heading = plain_statement.heading(self.debate, statement)
        where = heading.rpartition(" · ")[2]
        name = voices.name(statement.voice) if statement.voice != ev.USER else self._user()
        state = "unfinished" if statement.live else _STATES.get(statement.state, "")
        told = [where, _length(statement.text), el("strong", state) if state else ""]
        told = [joined(one, " · ") for one in told if one]
        return el(
            "article",
            el(
                "header",
                el(level, name, id=f"{id}-title"),
                el("p", *told, voices.ref(statement.id), class_="where"),
            ),
            note and el("p", note, class_="remark"),
            *map(self._broken_off, statement.earlier),
            listing("ul", map(self._search, statement.own_searches), class_="searches"),
            self._words(statement),
            *(el("p", _bare(remark), class_="remark") for remark in plain_statement.remarks(self.debate, statement)),
            class_=f"statement {voices.cls(statement.voice)}",
            id=id,
            aria_labelledby=f"{id}-title",
        )

    def _user(self) -> Html:
        return joined(self.voices.chip(ev.USER), " ", el("b", "You, the fifth voice", class_="name"))

    def _search(self, search: Search) -> Html:
        """What a voice looked up before it wrote, and what came of it."""
        if search.error:
            came = f"failed: {one_line(search.error)}"
        elif search.results is None:
            came = "not over"
        else:
            found = len(search.results)
            came = f"{found} {'result' if found == 1 else 'results'}"
        return el("li", "Searched for “", self.voices.said("span", search.query), f"”: {came}")

    def _words(self, statement: Statement) -> Html:
        if not statement.text.strip():
            return Html()
        cites = (Cite(c.after, self._cite(c.source)) for c in statement.citations)
        return self.voices.words(prose(statement.text, self.voices.sentences(statement), cites))

    def _cite(self, source: str) -> Html:
        label = f"Source {source}"
        inner = to(self.voices.source(source), source, aria_label=label) if source in self.debate.sources else source
        return el("sup", inner, class_="cite")

    def _broken_off(self, words: str) -> Html:
        """What an attempt before the last one had said."""
        told = f"An attempt before, {_length(words)}: {plain_statement.ASKED_AGAIN}"
        return el("details", el("summary", told), self.voices.text(words), class_="earlier")

    def discussion(self) -> Section:
        """What was said after the verdict."""
        body = lined(*(part for comment in self.debate.comments for part in self._comment(comment)))
        return Section("discussion", "Discussion", "Discussion", body)

    def _comment(self, comment: Comment) -> Iterator[Html]:
        found_out = f"What you found out about “{one_line(comment.fact)}”" if comment.fact else ""
        yield self.statement(comment.statement, "h3", found_out)
        yield from (self.statement(answer, "h3") for answer in self.debate.answers(comment).values())
        yield el("p", plain_statement.outcome(comment), class_="remark outcome")

    # -- sources -------------------------------------------------------------------------------------------------------

    def sources(self) -> Section:
        """Those that are cited, then the others."""
        cited, others = citing.by_use(self.debate)
        body = lined(
            listing("ul", map(self._source, cited), class_="sources"),
            el("h3", "Not cited" if cited else "None of them cited") if others else "",
            listing("ul", map(self._source, others), class_="sources"),
        )
        return Section("sources", "Sources", "Sources", body)

    def _source(self, source: ev.Source) -> Html:
        voices = self.voices
        title = source.title if source.title.strip() and source.title != source.url else ""
        quote = shorten(citing.first_quote(self.debate, source.id), MOST_QUOTED)
        by = self.debate.cited_by(source.id)
        cited = joined("cited in ", *(joined(", " * bool(n), voices.ref(id)) for n, id in enumerate(by))) if by else ""
        return el(
            "li",
            el("span", f"[{source.id}]", class_="number"),
            el(
                "div",
                voices.said("p", out(source.url, voices.said("span", title)), "title") if title else "",
                el("p", out(source.url, one_line(source.url)) if not title else one_line(source.url), class_="url"),
                quote and voices.said("p", voices.quoted(quote), "says"),
                el("p", *(joined(one, " · ") for one in (cited,) if one), citing.how_found(source), class_="where"),
            ),
            id=voices.source(source.id),
        )

    # -- facts ---------------------------------------------------------------------------------------------------------

    def about(self, state: State) -> Section:
        """Who was asked, how good it was and what it cost, quietly."""
        rows = [
            el(
                "tr",
                el("th", self.voices.name(seat.voice), scope="row"),
                el("td", one_line(model) or "—", dir="auto"),
                el("td", one_line(host), dir="auto"),
            )
            for seat, model, host in page_facts.asked(self.debate)
        ]
        head = el("tr", *(el("th", name, scope="col") for name in ("Voice", "Model", "Endpoint")))
        table = el("table", el("thead", head), el("tbody", *rows))
        body = lined(
            el("div", table, class_="wide", role="group", aria_label="Who was asked", tabindex="0"),
            *self._score(state),
            el("ul", *(el("li", fact) for fact in page_facts.facts(self.debate, state)), class_="facts"),
        )
        return Section("about", "About this debate", "About this debate", body)

    def _score(self, state: State) -> Iterator[Html]:
        """What code can tell of how good the debate is, where it is over."""
        if self.debate.verdict is None or state == "running":
            return
        from upverdict.core import score  # it compares texts: a debate without a verdict needs none of that

        title, *checks = score.lines(score.score(self.debate))
        yield el("details", el("summary", title), el("ul", *(el("li", one.strip()) for one in checks)), class_="score")


def _length(text: str) -> str:
    """`142 words`; `310 characters` in a script without spaces; nothing of what is empty."""
    count = length(text)
    unit = "character" if is_spaceless(text) else "word"
    return f"{count:,} {unit}{'' if count == 1 else 's'}" if count else ""


def _bare(remark: str) -> str:
    """Without the brackets that plain text puts around words of the program's."""
    return remark[1:-1] if remark.startswith("[") and remark.endswith("]") else remark
