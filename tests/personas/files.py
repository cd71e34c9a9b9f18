"""What the tests of personas share: the packaged ones, and files of one's own with whatever is in them."""

from __future__ import annotations

from pathlib import Path

from upverdict.personas.loader import Persona, load_all

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
