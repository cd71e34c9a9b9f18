"""The personas: the packaged files, what a file may be, how a council is seated."""

from __future__ import annotations

import colorsys
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upverdict.personas import frontmatter
from upverdict.personas.loader import (
    DEFAULT_COUNCIL,
    FILE_MAX,
    JUDGE,
    NAME_MAX,
    TAGLINE_MAX,
    CouncilError,
    Persona,
    PersonaError,
    check,
    council,
    files,
    load,
    load_all,
    render,
    template,
)

PACKAGED = load_all()
HEAD = ["name: The Baker", "letter: K", "tagline: Smells what is done before the clock", 'colour: "#aa7744"']


def text_of(*head: str, body: str = "You are the Baker.\n") -> str:
    return "\n".join(["---", *(head or HEAD), "---", body])


def write(folder: Path, text: str | bytes, name: str = "baker.md") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def persona(slug: str, letter: str, name: str) -> Persona:
    return Persona(
        slug=slug, name=name, letter=letter, tagline="Speaks", colour="#777777", prompt="Speak.", path=Path(slug)
    )


# The packaged files


def test_the_packaged_personas_come_in_the_order_of_the_screen() -> None:
    assert list(PACKAGED) == [*DEFAULT_COUNCIL, JUDGE]
    assert [p.letter for p in PACKAGED.values()] == ["B", "S", "R", "C", "J"]
    assert [slug for slug, p in PACKAGED.items() if p.search] == ["researcher"]
    assert council(PACKAGED, DEFAULT_COUNCIL) == tuple(PACKAGED[slug] for slug in DEFAULT_COUNCIL)


@pytest.mark.parametrize("slug", PACKAGED)
def test_a_packaged_persona_is_short_and_explains_itself_to_people_only(slug: str) -> None:
    packaged = PACKAGED[slug]
    assert check(packaged.path) == []
    assert 7 <= len(packaged.tagline.split()) <= 9
    assert 150 <= len(packaged.prompt.split()) <= 260
    paragraphs = packaged.prompt.split("\n\n")
    assert packaged.path.read_text(encoding="utf-8").count("<!-- why: ") == len(paragraphs)
    assert "why:" not in packaged.prompt
    assert not re.search(r"(?m)^(#|[-*] )", packaged.prompt), "headings and lists are answered with headings and lists"


def test_the_packaged_personas_share_no_sentence() -> None:
    said = [set(re.split(r"(?<=[.:;]) ", " ".join(p.prompt.split()))) for p in PACKAGED.values()]
    assert all(not one & other for one, other in itertools.combinations(said, 2))


@pytest.mark.parametrize("slug", DEFAULT_COUNCIL)
def test_every_advisor_knows_its_job_its_first_sentence_and_its_rebuttal(slug: str) -> None:
    for rule in ("Your job in this council", "The first sentence of your opening", "In rebuttal", "estimate"):
        assert rule in PACKAGED[slug].prompt


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The contrast of WCAG 2.1 between two colours with parts from 0 to 1."""

    def luminance(rgb: tuple[float, ...]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


# Grounds of Textual's own themes: the darkest, a light one of the dark, the lightest, a dark one of the light.
@pytest.mark.parametrize(("ground", "ink"), [("#100f0f", 1), ("#3b4252", 1), ("#fffaf3", 0), ("#cccccc", 0)])
@pytest.mark.parametrize("slug", PACKAGED)
def test_half_way_to_black_or_white_every_colour_can_be_read(slug: str, ground: str, ink: int) -> None:
    half = tuple((part + ink) / 2 for part in rgb(PACKAGED[slug].colour))
    assert contrast(half, rgb(ground)) >= 4.5


def test_the_colours_of_the_council_are_apart_in_hue() -> None:
    hues = [colorsys.rgb_to_hls(*rgb(PACKAGED[slug].colour))[0] * 360 for slug in DEFAULT_COUNCIL]
    for one, other in itertools.combinations(hues, 2):
        assert min(abs(one - other), 360 - abs(one - other)) >= 40


# What a file may be


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    head = [*HEAD[:3], 'colour: "#AA77fF"', "model: qwen3:8b  # a small one", "search: true", "# a comment", ""]
    path = write(tmp_path, text_of(*head, body="\nOne.\n\n\n\nTwo.  \n"))
    assert load(path) == Persona(
        slug="baker",
        name="The Baker",
        letter="K",
        tagline="Smells what is done before the clock",
        colour="#aa77ff",
        model="qwen3:8b",
        search=True,
        prompt="One.\n\nTwo.",
        path=path,
    )


def test_line_ends_of_windows_and_a_byte_order_mark_are_no_matter(tmp_path: Path) -> None:
    plain = load(write(tmp_path, text_of()))
    assert load(write(tmp_path, b"\xef\xbb\xbf" + text_of().replace("\n", "\r\n").encode())) == plain


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("The Baker", "The Baker"),
        ('"The Baker"   # who bakes', "The Baker"),
        ("'The Baker''s'", "The Baker's"),
        ("The Baker's", "The Baker's"),
        (r'"The \"Baker\" \\"', 'The "Baker" \\'),
        ('"A # B"', "A # B"),
        ("A#B", "A#B"),
        ("A # B", "A"),
        ('" Baker "', "Baker"),
        ('"true"', "true"),
        ("パン職人", "パン職人"),
        ("می‌خواهم", "می‌خواهم"),
        ("42", "42"),
    ],
)
def test_how_a_value_is_written(tmp_path: Path, written: str, name: str) -> None:
    assert load(write(tmp_path, text_of(f"name: {written}", *HEAD[1:]))).name == name


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ("A.\n<!-- why: x -->\nB.", "A.\nB."),
        ("A.\n\n<!-- why:\n\nx -->\n\nB.", "A.\n\nB."),
        ("A <!-- x --> B.", "A B."),
        ("A <!-- x -->B.", "A B."),
        ("A<!-- x -->, B.", "A, B."),
        ("A. <!-- x --> <!-- y -->\nB.", "A.\nB."),
        ("<!-- x --> <!-- y -->\nB.", "B."),
        ("A.\n  <!-- x\n  y -->  \nB.", "A.\nB."),
        ("A --> B <!---->", "A --> B"),
        ("---\nB.", "---\nB."),
    ],
)
def test_comments_never_reach_the_prompt(tmp_path: Path, body: str, prompt: str) -> None:
    assert load(write(tmp_path, text_of(body=body))).prompt == prompt


def without(key: str) -> list[str]:
    return [line for line in HEAD if not line.startswith(key)]


WRONG: list[tuple[str, str | bytes, int, str]] = [
    ("empty", "", 1, "no front matter"),
    ("no front matter", "You are the Baker.", 1, "no front matter"),
    ("blank first line", "\n" + text_of(), 1, "no front matter"),
    ("unterminated", "---\nname: The Baker\n", 1, "never ends"),
    ("unknown key", text_of(*HEAD, "modle: x"), 6, "unknown key modle; did you mean model?"),
    ("capital key", text_of("Name: The Baker", *HEAD[1:]), 2, "unknown key Name; did you mean name?"),
    ("far key", text_of(*HEAD, "zzz: x"), 6, "unknown key zzz; there are name, letter,"),
    ("missing name", text_of(*without("name")), 5, "the key name is missing"),
    ("missing letter", text_of(*without("letter")), 5, "the key letter is missing"),
    ("missing tagline", text_of(*without("tagline")), 5, "the key tagline is missing"),
    ("missing colour", text_of(*without("colour")), 5, "the key colour is missing"),
    ("duplicate key", text_of(*HEAD, "name: Else"), 6, "name stands here a second time, first in line 2"),
    ("no key", text_of(*HEAD, "Baker"), 6, "expected “key: value”, found “Baker”"),
    ("no space", text_of(*HEAD, "model:x"), 6, "expected “key: value”"),
    ("indented", text_of(*HEAD, "  model: x"), 6, "not indented"),
    ("list", text_of(*HEAD, "- model"), 6, "expected “key: value”"),
    ("empty value", text_of("name:", *HEAD[1:]), 2, "the value of name is missing"),
    ("empty quotes", text_of('name: ""', *HEAD[1:]), 2, "name is empty"),
    ("empty model", text_of(*HEAD, 'model: ""'), 6, "model is empty; leave the line out"),
    ("bare colour", text_of(*HEAD[:3], "colour: #aa7744"), 5, "begins a comment"),
    ("YAML list", text_of("name: [a]", *HEAD[1:]), 2, "needs quotes"),
    ("YAML key", text_of("name: a: b", *HEAD[1:]), 2, "needs quotes"),
    ("YAML block", text_of("name: |", "  Baker", *HEAD[1:]), 2, "needs quotes"),
    ("open double", text_of('name: "Baker', *HEAD[1:]), 2, "second quote"),
    ("bad escape", text_of(r'name: "Ba\ker"', *HEAD[1:]), 2, "second quote"),
    ("open single", text_of("name: 'Ba'ker'", *HEAD[1:]), 2, "second quote"),
    ("tab", text_of("name: The\tBaker", *HEAD[1:]), 2, "has a tab"),
    ("no text", text_of("name: true", *HEAD[1:]), 2, "name must be text"),
    ("unreadable name", text_of('name: "—"', *HEAD[1:]), 2, "no letter or digit"),
    ("long name", text_of("name: " + "x" * (NAME_MAX + 1), *HEAD[1:]), 2, f"at most {NAME_MAX}"),
    ("long tagline", text_of(*without("tagline"), "tagline: " + "x" * (TAGLINE_MAX + 1)), 5, f"at most {TAGLINE_MAX}"),
    ("small letter", text_of(*without("letter"), "letter: k"), 5, "one capital from A to Z, found “k”"),
    ("two letters", text_of(*without("letter"), "letter: KK"), 5, "one capital"),
    ("foreign letter", text_of(*without("letter"), "letter: Ä"), 5, "one capital"),
    ("letter of the user", text_of(*without("letter"), "letter: Y"), 5, "that of the person"),
    ("letter of the judge", text_of(*without("letter"), "letter: J"), 5, "is the judge's"),
    ("named colour", text_of(*HEAD[:3], "colour: red"), 5, 'must look like "#d0742a", found “red”'),
    ("short colour", text_of(*HEAD[:3], 'colour: "#abc"'), 5, "must look like"),
    ("words for search", text_of(*HEAD, "search: yes"), 6, "search must be true or false, found “yes”"),
    ("words for model", text_of(*HEAD, "model: a b"), 6, "one word"),
    ("no prompt", text_of(body="\n\n"), 7, "there is no prompt"),
    ("only comments", text_of(body="<!-- why: x -->\n"), 7, "there is no prompt"),
    ("only signs", text_of(body="---\n"), 7, "there is no prompt"),
    ("open comment", text_of(body="A.\n\n<!-- why: x\n"), 9, "never ends"),
    ("comment in comment", text_of(body="A.\n<!-- x <!-- y --> z -->"), 8, "another <!-- inside"),
    ("comment of two", text_of(body="A.\n<!<!-- x -->-- y -->"), 7, "inside one another"),
    ("not UTF-8", text_of().encode() + b"\n\xe9t\xe9", 9, "not UTF-8: byte 0xE9"),
    ("UTF-16", text_of().encode("utf-16"), 1, "not UTF-8"),
    ("too large", text_of(body="x" * FILE_MAX), 0, "larger than 64 kB"),
    ("escape", text_of(body="A.\nB\x1b[31m"), 8, "U+001B is a control character"),
    ("escape in a key", text_of("na\x1b]0;me: x", *HEAD[1:]), 2, "U+001B"),
    ("NUL", text_of(body="A\0"), 7, "U+0000"),
    ("lone CR", text_of(body="A.\rB"), 7, "U+000D"),
    ("C1", text_of(body="A\x9b31m"), 7, "U+009B is a control character"),
    ("bidi", text_of("name: The \u202erekaB", *HEAD[1:]), 2, "U+202E is a control of the writing direction"),
    ("isolate", text_of(body="A\u2066B"), 7, "U+2066 is a control of the writing direction"),
    ("zero width", text_of(body="A\u200bB"), 7, "U+200B is an invisible character"),
    ("tag", text_of(body="A\U000e0041B"), 7, "U+E0041 is an invisible character"),
    ("line separator", text_of(body="A\u2028B"), 7, "U+2028 is a line break"),
    ("inner mark", text_of(body="A\ufeffB"), 7, "U+FEFF is an invisible character"),
]


@pytest.mark.parametrize(("text", "line", "why"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, text: str | bytes, line: int, why: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(PersonaError) as caught:
        load(path)
    error = caught.value
    assert (error.path, error.line) == (path, line)
    assert why in str(error)
    assert str(error).startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert str(error).endswith((".", "?"))
    assert str(error).isprintable()
    assert check(path)[0] == str(error)


@pytest.mark.parametrize("char", [chr(c) for c in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if chr(c) not in "\n\t"])
def test_every_control_character_is_refused(tmp_path: Path, char: str) -> None:
    with pytest.raises(PersonaError, match=f"U\\+{ord(char):04X}"):
        load(write(tmp_path, text_of(body=f"A{char}B")))


def test_a_tab_and_joiners_stay_in_a_prompt(tmp_path: Path) -> None:
    body = "A\tB 👩\u200d🔬 می\u200cکنیم"
    assert load(write(tmp_path, text_of(body=body))).prompt == body


def test_check_lists_every_problem_by_line(tmp_path: Path) -> None:
    text = text_of("name: The\x1bBaker", "letter: kk", "nmae: x", "colour: red", body="")
    path = write(tmp_path, text, "My Baker.md")
    places = [sentence.removeprefix(str(path)).split(" ")[0] for sentence in check(path)]
    assert places == [":", ":2:", ":3:", ":4:", ":5:", ":6:", ":7:"]
    assert "tagline is missing" in check(path)[5]
    path = write(tmp_path, text_of(*HEAD, "nmae: x", body="A\x1b"))
    assert [sentence.removeprefix(str(path)).split(" ")[0] for sentence in check(path)] == [":6:", ":8:"]


def test_a_bad_value_is_told_once(tmp_path: Path) -> None:
    assert len(check(write(tmp_path, text_of(*HEAD[:3], "colour: #aa7744")))) == 1
    assert len(check(write(tmp_path, text_of(body="<!-- open")))) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (text_of(body="<!--" * 16_000), "never ends"),
        (text_of(body="<!--" * 16_000 + "-->"), "another <!-- inside"),
        (text_of(body="<!---->" * 9_000), "there is no prompt"),
        (text_of(body=" " * 60_000), "there is no prompt"),
        (text_of("name: a" + " " * 60_000 + "b", *HEAD[1:]), "name has 60002 characters"),
        (text_of("k" * 60_000 + ": b", *HEAD), "unknown key kkk"),
        ("---\n" * 16_000, "the key name is missing"),
    ],
    ids=["openings", "opening", "comments", "spaces", "value", "key", "fences"],
)
def test_a_file_made_to_be_slow_is_only_refused(tmp_path: Path, text: str, why: str) -> None:
    # A pattern that backtracks, or a lazy one, takes ten seconds and more here, and the run is seen to hang.
    with pytest.raises(PersonaError, match=why):
        load(write(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("you.md", "the voice of the person"),
        ("con.md", "a device on Windows"),
        ("Baker.md", "a to z, digits and single hyphens"),
        ("my_baker.md", "a to z"),
        ("my.baker.md", "a to z"),
        ("bäcker.md", "a to z"),
        ("-baker.md", "a to z"),
        ("x" * (NAME_MAX + 1) + ".md", f"at most {NAME_MAX}"),
    ],
)
def test_what_a_file_may_be_called(tmp_path: Path, name: str, why: str) -> None:
    # Windows cannot make one of these, and need not: the name is judged before the text.
    assert why in check(tmp_path / name)[1]


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(PersonaError, match="there is no such file"):
        load(tmp_path / "baker.md")
    with pytest.raises(PersonaError, match="is not a file"):
        load(tmp_path)
    with pytest.raises(PersonaError, match=r"is not a file|there is no such file"):
        load(Path(os.devnull))


def test_a_hostile_path_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    problems = check(tmp_path / "a\x1b[31m.md")
    assert "a<U+001B>[31m.md: there is no such file." in problems[0]
    assert all(problem.isprintable() for problem in problems)


def outcome(path: Path) -> Persona | PersonaError:
    try:
        return load(path)
    except PersonaError as e:
        return e


marks = st.text(alphabet="-\n:#<!> \"'\\ab\0\r\t")
anything = st.one_of(st.text().map(str.encode), marks.map(str.encode), st.binary())


@pytest.mark.parametrize("place", ["whole", "head", "value", "body"])
@given(raw=anything)
@settings(deadline=None)
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
    name=legible.map(lambda s: s[:NAME_MAX].strip()).filter(lambda s: any(c.isalnum() for c in s)),
    tagline=legible.map(lambda s: s[:TAGLINE_MAX].strip()).filter(lambda s: any(c.isalnum() for c in s)),
    letter=st.sampled_from("ABCDEFGHIKLMNOPQRSTUVWXZ"),
    colour=st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}"),
    model=st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=200),
    search=st.booleans(),
    prompt=prompts,
)
@settings(deadline=None)
def test_a_rendered_persona_loads_as_itself(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    tagline: str,
    letter: str,
    colour: str,
    model: str,
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
        search=search,
        prompt=prompt,
        path=path,
    )
    path.write_bytes(render(written).encode())
    assert load(path) == written


@pytest.mark.parametrize("slug", PACKAGED)
def test_a_packaged_persona_round_trips(tmp_path: Path, slug: str) -> None:
    again = load(write(tmp_path, render(PACKAGED[slug]), f"{slug}.md"))
    assert (again.prompt, again.name, again.search) == (
        PACKAGED[slug].prompt,
        PACKAGED[slug].name,
        PACKAGED[slug].search,
    )


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


# The user's own


def test_the_users_own_add_to_and_replace_the_packaged(tmp_path: Path) -> None:
    write(tmp_path, text_of(), "baker.md")
    write(tmp_path, text_of(), "architect.md")
    write(tmp_path, text_of("name: Mine", *HEAD[1:]), "skeptic.md")
    write(tmp_path, text_of("name: Mine", "letter: J", *HEAD[2:]), "judge.md")
    for other in ("README.md", ".hidden.md", "notes.txt"):
        write(tmp_path, "no persona", other)
    (tmp_path / "folder.md").mkdir()
    personas = load_all(tmp_path)
    assert list(personas) == [*DEFAULT_COUNCIL, "architect", "baker", "judge"]
    assert personas["skeptic"].name == personas["judge"].name == "Mine"
    assert files(tmp_path)["skeptic"] == tmp_path / "skeptic.md"
    assert personas["builder"] == PACKAGED["builder"]


def test_a_judge_of_the_users_keeps_its_letter(tmp_path: Path) -> None:
    with pytest.raises(PersonaError, match="the judge's letter is J, found “K”"):
        load(write(tmp_path, text_of(), "judge.md"))


def test_a_folder_that_is_missing_holds_none_and_one_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    assert load_all(tmp_path / "none") == PACKAGED
    with pytest.raises(PersonaError, match="the folder of personas cannot be read"):
        load_all(write(tmp_path, "x", "file"))


def test_one_broken_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    write(tmp_path, text_of(*HEAD, "x: y"))
    with pytest.raises(PersonaError, match=r"baker\.md:6: unknown key x"):
        load_all(tmp_path)
    assert "baker" in files(tmp_path)


# The council

EIGHT = {slug: persona(slug, "A", slug.title()) for slug in ("ada", "bob", "aab", "cy", "yj", "éa", "aa", "a")}


@pytest.mark.parametrize(
    ("seats", "letters"),
    [
        ([("b", "B", "Bo"), ("c", "C", "Cy")], "BC"),
        ([("bo", "B", "Bo"), ("bear", "B", "Bear")], "BE"),
        # The economist claims E first; it does not lose it to the bear, who stands before it.
        ([("bo", "B", "Bo"), ("bear", "B", "Bear"), ("economist", "E", "Economist")], "BAE"),
        ([("a", "B", "Bb"), ("b", "B", "B Y J")], "BA"),
        ([("a", "B", "Bo"), ("b", "B", "bö"), ("c", "B", "пекарь")], "BAC"),
        ([(p.slug, p.letter, p.name) for p in EIGHT.values()], "ABCDEFGH"),
    ],
)
def test_every_seat_has_a_letter_of_its_own(seats: list[tuple[str, str, str]], letters: str) -> None:
    personas = {slug: persona(slug, letter, name) for slug, letter, name in seats}
    seated = council(personas, list(personas))
    assert [p.slug for p in seated] == list(personas)
    assert "".join(p.letter for p in seated) == letters
    assert [p.prompt for p in seated] == [p.prompt for p in personas.values()]


@given(st.lists(st.tuples(st.sampled_from("ABCEZ"), st.text()), min_size=2, max_size=8))
def test_letters_never_clash(claims: list[tuple[str, str]]) -> None:
    personas = {str(i): persona(str(i), letter, f"{name} {i}") for i, (letter, name) in enumerate(claims)}
    letters = [p.letter for p in council(personas, list(personas))]
    assert len(set(letters)) == len(letters)
    assert not {"Y", "J"} & set(letters)
    assert letters[0] == claims[0][0]


@pytest.mark.parametrize(
    ("slugs", "why"),
    [
        ([], "two to eight voices; 0 are named"),
        (["builder"], "two to eight voices; 1 are named"),
        (["builder", "skeptik"], "There is no persona “skeptik”; did you mean skeptic?"),
        (["builder", "Skeptic"], "There is no persona “Skeptic”; did you mean skeptic?"),
        (["builder", "zzz"], "“zzz”; there are builder, skeptic, researcher, contrarian."),
        (["builder", "\x1b[31m"], "“<U+001B>[31m”"),
        (["builder", "judge"], "cannot sit in the council"),
        (["builder", "skeptic", "builder"], "“builder” is named twice"),
    ],
)
def test_a_council_that_cannot_sit(slugs: list[str], why: str) -> None:
    with pytest.raises(CouncilError) as caught:
        council(PACKAGED, slugs)
    assert why in str(caught.value)


def test_nine_are_too_many_and_one_name_is_for_one_voice() -> None:
    nine = {str(i): persona(str(i), "A", f"Voice {i}") for i in range(9)}
    with pytest.raises(CouncilError, match="9 are named"):
        council(nine, list(nine))
    twins = {"a": persona("a", "A", "The Twin"), "b": persona("b", "B", "the twin")}
    with pytest.raises(CouncilError, match="“a” and “b” are both called the twin"):
        council(twins, ["a", "b"])


# The lowest layer


def test_loading_costs_no_heavy_import_and_knows_no_other_layer() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from upverdict.personas.loader import load_all; load_all()\n"
        "print('\\n'.join(sorted(set(sys.modules) - before)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [m for m in out if m.startswith("upverdict.")] == [
        "upverdict.personas",
        "upverdict.personas.frontmatter",
        "upverdict.personas.loader",
    ]
    heavy = {"yaml", "pydantic", "difflib", "unicodedata", "asyncio", "importlib.resources", "textual", "anthropic"}
    assert not heavy & set(out)
