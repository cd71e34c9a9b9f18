"""Which sources a debate cites, where, and what is copied of a statement that cites."""

from __future__ import annotations

from tests.core.talk import Talk
from upverdict.core import citing, plain_statement
from upverdict.core import events as ev

TEXT = "They idle all day. We pay for that. Rent it."


def talk(*cites: tuple[str, int, str]) -> Talk:
    """The Builder cites sources behind so many characters; there are a search's 1 and 2, and a file of the user's."""
    made = Talk(voices=2)
    made.log.append(ev.SourceFound(source=ev.Source("1", "https://example.org/idle", "Idle\x1b[2J GPUs", "search")))
    made.log.append(ev.SourceFound(source=ev.Source("2", "https://example.org/2", "", "search")))
    made.log.append(ev.SourceFound(source=ev.Source("3", "bill.pdf", "bill.pdf", "file", "cut", "text")))
    made.say("builder", 0, TEXT)
    for source, after, quote in cites:
        made.log.append(
            ev.SourceCited(voice="builder", round="opening", statement="B1", source=source, after=after, quote=quote)
        )
    return made


def test_what_is_cited_comes_before_what_is_not() -> None:
    cited, others = citing.by_use(talk(("3", 5, ""), ("1", 18, "")).debate)
    assert [s.id for s in cited] == ["1", "3"]
    assert [s.id for s in others] == ["2"]
    assert citing.by_use(Talk().debate) == ([], [])


def test_the_sentence_that_cites_is_the_one_that_the_mark_ends_or_stands_in() -> None:
    for after, words in (
        (18, "They idle all day."),
        (4, "They idle all day."),
        (25, "We pay for that."),
        (44, "Rent it."),
    ):
        ((id, found),) = citing.sentences_citing(talk(("1", after, "")).debate, "1")
        assert id.startswith("B1.")
        assert found.text == words
        assert TEXT[found.start : found.end] == words
        assert (found.voice, found.statement) == ("builder", "B1")
    several = citing.sentences_citing(talk(("1", 44, ""), ("1", 18, ""), ("1", 4, "")).debate, "1")
    assert [quote.text for _, quote in several] == ["They idle all day.", "Rent it."], "in their order, each once"
    assert list(citing.sentences_citing(talk(("1", 18, "")).debate, "2")) == []


def test_how_a_source_came_in_and_what_it_says() -> None:
    debate = talk(("1", 18, ""), ("1", 35, "Idle most of the day."), ("1", 44, "Later.")).debate
    assert [citing.how_found(s) for s in debate.sources.values()] == [
        "found by a search",
        "found by a search",
        "a file of yours, only its beginning was read",
    ]
    assert citing.first_quote(debate, "1") == "Idle most of the day."
    assert citing.first_quote(debate, "2") == ""


def test_what_is_copied_names_its_sources() -> None:
    debate = talk(("3", 35, ""), ("1", 18, ""), ("1", 35, "")).debate
    statement = debate.statements["B1"]
    assert citing.copied(debate, statement, TEXT) == (
        "They idle all day. [1] We pay for that. [3] [1] Rent it.\n\n"
        "[1] Idle GPUs, https://example.org/idle\n[3] bill.pdf"
    )
    assert citing.copied(debate, statement, "Of an attempt before.") == "Of an attempt before."
    debate = talk().debate
    assert citing.copied(debate, debate.statements["B1"], TEXT) == TEXT


def test_what_an_attempt_cited_and_looked_up_stays_with_its_words() -> None:
    made = Talk(voices=2)
    own = {"voice": "builder", "round": "opening", "statement": "B1"}

    def search(query: str) -> None:
        made.log.append(ev.SearchStarted(**own, query=query))  # type: ignore[arg-type]
        made.log.append(ev.SearchFinished(**own, query=query))  # type: ignore[arg-type]

    made.begin("builder")
    search("one")
    made.words("builder", 0, "First.")
    made.log.append(ev.SourceCited(**own, source="1", after=6))  # type: ignore[arg-type]
    made.begin("builder", attempt=2)
    search("two")
    said = made.debate.statements["B1"]
    (before,) = said.attempts_before
    assert (before.text, [c.after for c in before.citations]) == ("First.", [6])
    assert [s.query for s in before.searches] == ["one"]
    assert [s.query for s in said.own_searches] == ["two"]
    made.log.append(ev.StatementFailed(**own, error=ev.Fault("cut", "It broke off.", True)))  # type: ignore[arg-type]
    assert said.text == "First."
    assert said.attempts_before == []
    assert [s.query for s in said.own_searches] == ["one", "two"], "nothing that was shown is lost"


def test_a_quotation_that_its_source_does_not_say_is_told_and_one_of_a_search_is_not() -> None:
    said = "Note “the whole market collapsed in spring” and “the bill was four hundred euros”. Or “a word or two more”."
    made = Talk(voices=2)
    bill = ev.Source("1", "bill.txt", "Bill", "file", "read", "The bill was four hundred euros.")
    made.log.append(ev.SourceFound(source=bill))
    made.log.append(ev.SourceFound(source=ev.Source("2", "https://example.org/2", "", "search")))
    made.say("builder", 0, said)
    for source, words in (("1", "spring”"), ("1", "euros”."), ("2", "more”")):
        after = said.index(words) + len(words)
        made.log.append(ev.SourceCited(voice="builder", round="opening", statement="B1", source=source, after=after))
    statement = made.debate.statements["B1"]
    expected = "Not in source 1: “the whole market collapsed in spring”"
    assert citing.misquoted(made.debate, statement) == expected
    assert f"[{expected}]" in "\n".join(plain_statement.statement_lines(made.debate, statement))
    assert citing.misquoted(made.debate, talk().debate.statements["B1"]) == "", "what cites nothing"
