"""Arbitrary text as a persona's file; what is written by the program, starting files among it, and read again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.personas.files import HEAD, text_of, write
from upverdict.personas import frontmatter
from upverdict.personas.loader import NAME_MAX, TAGLINE_MAX, Persona, PersonaError, check, load, render, template


def outcome(path: Path) -> Persona | PersonaError:
    try:
        return load(path)
    except PersonaError as e:
        return e


marks = st.text(alphabet="-\n:#<!> \"'\\ab\0\r\t")
anything = st.one_of(st.text().map(str.encode), marks.map(str.encode), st.binary())


@pytest.mark.parametrize("place", ["whole", "head", "value", "body"])
@given(raw=anything)
def test_arbitrary_text_is_a_persona_or_a_persona_error(
    tmp_path_factory: pytest.TempPathFactory, place: str, raw: bytes
) -> None:
    around = {
        "whole": "@",
        "head": text_of(*HEAD, "@"),
        "value": text_of(*HEAD, "model: @"),
        "body": text_of(body="A@B"),
    }
    path = write(tmp_path_factory.getbasetemp(), around[place].encode().replace(b"@", raw))
    loaded, problems = outcome(path), check(path)
    if isinstance(loaded, PersonaError):
        assert problems[0] == str(loaded)
        assert all(problem.isprintable() for problem in problems)
    else:
        assert problems == []
        assert "<!--" not in loaded.prompt
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", loaded.prompt + loaded.name + loaded.model)
        assert load(write(path.parent, render(loaded))) == loaded


lines = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp"]), min_size=1).map(str.strip)
legible = lines.filter(lambda s: any(c.isalnum() for c in s))
prompts = st.lists(legible.filter(lambda s: "<!--" not in s and "-->" not in s), min_size=1).map("\n\n".join)


@given(
    name=legible.map(lambda s: re.sub("[<>]", "", s)[:NAME_MAX].strip()).filter(lambda s: any(c.isalnum() for c in s)),
    tagline=legible.map(lambda s: s[:TAGLINE_MAX].strip()).filter(lambda s: any(c.isalnum() for c in s)),
    letter=st.sampled_from("ABCDEFGHIKLMNOPQRSTUVWXZ"),
    colour=st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}"),
    model=st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=200),
    endpoint=st.from_regex(r"([A-Za-z0-9][A-Za-z0-9._-]{0,39})?", fullmatch=True),
    search=st.booleans(),
    prompt=prompts,
)
def test_a_rendered_persona_loads_as_itself(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    tagline: str,
    letter: str,
    colour: str,
    model: str,
    endpoint: str,
    search: bool,
    prompt: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "rendered.md"
    written = Persona(
        slug="rendered",
        name=name,
        letter=letter,
        tagline=tagline,
        colour=colour,
        model=model,
        endpoint=endpoint,
        search=search,
        prompt=prompt,
        path=path,
    )
    path.write_bytes(render(written).encode())
    assert load(path) == written


@given(st.text(), st.lists(st.tuples(st.from_regex(r"[a-z]{1,8}", fullmatch=True), lines)))
def test_what_is_rendered_is_parsed(body: str, entries: list[tuple[str, str]]) -> None:
    entries = list(dict(entries).items())
    parsed = frontmatter.parse(frontmatter.render(entries, "x"))
    assert [(key, entry.value) for key, entry in parsed.entries.items()] == entries
    assert frontmatter.parse(frontmatter.render([], body)).fenced


# Starting files


@pytest.mark.parametrize(
    ("slug", "name", "letter"),
    [
        ("economist", "The Economist", "E"),
        ("the-economist", "The Economist", "E"),
        ("yj-poet", "The Yj Poet", "P"),
        ("42", "The 42", "A"),
        ("the", "The The", "T"),
        ("x" * NAME_MAX, "X" + "x" * (NAME_MAX - 1), "X"),
        ("builder", "The Builder", "B"),
        ("judge", "The Judge", "J"),
    ],
)
def test_a_starting_file_passes_check(tmp_path: Path, slug: str, name: str, letter: str) -> None:
    path = write(tmp_path, template(slug), f"{slug}.md")
    assert check(path) == []
    loaded = load(path)
    assert (loaded.name, loaded.letter) == (name, letter)
    assert "NAME" not in loaded.prompt


@pytest.mark.parametrize("slug", ["you", "", "../judge", "The Baker", "con", "a\x1bb"])
def test_no_starting_file_for_what_cannot_be_a_voice(slug: str) -> None:
    with pytest.raises(PersonaError) as caught:
        template(slug)
    assert str(caught.value).isprintable()
