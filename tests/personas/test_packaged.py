"""The personas that come with the program: what they are, and what loading them costs."""

from __future__ import annotations

import colorsys
import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.personas.files import PACKAGED, write
from upverdict.personas.loader import DEFAULT_COUNCIL, JUDGE, check, council, load, render


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


@pytest.mark.parametrize("slug", PACKAGED)
def test_a_packaged_persona_round_trips(tmp_path: Path, slug: str) -> None:
    again = load(write(tmp_path, render(PACKAGED[slug]), f"{slug}.md"))
    assert (again.prompt, again.name, again.search) == (
        PACKAGED[slug].prompt,
        PACKAGED[slug].name,
        PACKAGED[slug].search,
    )


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
