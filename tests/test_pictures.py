"""The pictures that the README shows are there, are told in words, and are no burden to a clone."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"
STILL, MOVING = 150_000, 3_000_000
"""The most bytes of a picture and of the recording."""


def shown() -> dict[str, str]:
    """What the README shows of the folder: by name, the words for who sees no picture."""
    words = (ROOT / "README.md").read_text("utf-8")
    return {name: alt for alt, name in re.findall(r"!\[([^\]]*)\]\(docs/pictures/([^)]+)\)", words)}


def test_the_readme_shows_every_picture_that_is_kept_and_no_other() -> None:
    assert sorted(shown()) == sorted(file.name for file in FOLDER.iterdir())
    assert "debate.webp" in shown()


def test_every_picture_is_told_in_words_of_its_own() -> None:
    told = list(shown().values())
    assert all(len(alt.split()) >= 4 for alt in told), told
    assert len(set(told)) == len(told)


def test_no_picture_is_a_burden() -> None:
    sizes = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
    most = {name: STILL if name.endswith(".png") else MOVING for name in sizes}
    assert {name: size for name, size in sizes.items() if size > most[name]} == {}
