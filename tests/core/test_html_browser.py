"""The page of HTML in a real browser: nothing in its console, no request but for the file, nothing that shuts a reader
out, in light and dark, wide and narrow; every anchor leads to its words; hostile words are words; it can be printed.

Wants Debian's `chromium` and axe-core (`python -m tests.axe`); one browser looks at everything.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests import axe
from tests.browser import Browser, chromium
from tests.core.talk import Talk
from tests.core.test_html_page import HOSTILE
from tests.core.test_markdown import fold, letters
from tests.great import great
from tests.scripted.texts import ARABIC
from upverdict.core import html_page, html_sheet
from upverdict.core.debate import Debate, State
from upverdict.core.text import clean

PHONE, DESK = 360, 1280
WIDE = "\n\n".join(
    (
        "x" * 300,
        f"| {' | '.join(f'column {n}' for n in range(12))} |\n|{'---|' * 12}\n| {' | '.join(['words'] * 12)} |",
        f"```\n{'a long line of code ' * 20}\n{'y' * 300}\n```",
        f"> - **{'bold' * 60}**",
        f"# {'Title' * 50}",
        f"https://e.example/{'z' * 300}",
    )
)
AXE = """
axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(
    one => `${one.impact} ${one.id}: ${one.help}: ${one.nodes[0].html}`))
"""
WITHOUT_MARKS = "one => (one.querySelectorAll('.cite').forEach(mark => mark.remove()), one)"
WORDS_OF = f"id => ({WITHOUT_MARKS})(document.getElementById(id).cloneNode(true)).textContent"
MARKED = """
new Promise(told => {
    const look = () => {
        const one = document.querySelector(":target"), box = one?.getBoundingClientRect();
        if (box?.top >= 0 && box.bottom <= innerHeight) told([one.id, getComputedStyle(one).backgroundColor]);
        else requestAnimationFrame(look);
    };
    look();
})
"""
"""What is led to, once it is in sight."""
DANGLING = "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById(a.hash.slice(1)))"
ACTING = "document.querySelectorAll('script, img, iframe, object, embed, form, [onclick], [onerror]')"
ELSEWHERE = "[...document.querySelectorAll('a')].filter(a => !/^(https|file):$/.test(a.protocol))"


def wide() -> Debate:
    """Statements with everything that is wider than a phone."""
    talk = Talk(question=f"Is {'long' * 60} too long?")
    talk.say("builder", 0, WIDE)
    talk.say("skeptic", 0, WIDE.replace("\n", "\n\u202e"))
    talk.fail("researcher", 0, "\u0301" * 300 + "\u0e49" * 300)
    talk.say("contrarian", 0, "W" * 5000)
    return talk.debate


def arabic() -> Debate:
    talk = Talk(question="هل نستأجر أم نشتري؟")
    for seat, words in zip(talk.debate.council, ARABIC.openings.values(), strict=False):
        talk.say(seat.voice, 0, words)
    return talk.debate


PAGES: dict[str, tuple[Debate, State]] = {
    "great": (Debate.fold(great()), "finished"),
    "hostile": (fold(great(), HOSTILE), "finished"),
    "wide": (wide(), "interrupted"),
    "arabic": (arabic(), "failed"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as files, each alone."""
    made = tmp_path_factory.mktemp("pages")
    for name, (debate, state) in PAGES.items():
        (made / f"{name}.html").write_text(html_page.page(debate, state, html_sheet.sheet()), "utf-8")
    return made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def wrong(browser: Browser, file: Path, width: int) -> list[Any]:
    """All that is to be said against the page that is open."""
    found: list[Any] = list(browser.complaints())
    found += [url for url in browser.requests() if url != file.as_uri()]
    browser.run(f"{axe.source()}; null")
    found += browser.run(AXE)
    across = browser.run("document.documentElement.scrollWidth")
    return found + ([f"{across} pixels wide"] if across > width else [])


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [
        *(("great", width, dark) for width in (PHONE, DESK) for dark in (False, True)),
        *(("hostile", PHONE, False), ("hostile", DESK, True)),
        *(("wide", PHONE, True), ("wide", DESK, False)),
        ("arabic", PHONE, False),
    ],
)
def test_nothing_is_wrong_with_a_page(browser: Browser, folder: Path, name: str, width: int, dark: bool) -> None:
    file = folder / f"{name}.html"
    browser.open(file.as_uri(), width=width, dark=dark)
    assert wrong(browser, file, width) == []
    background = browser.run("getComputedStyle(document.documentElement).backgroundColor")
    assert background == ("rgb(23, 24, 27)" if dark else "rgb(251, 250, 247)"), "its style is in force"


def test_what_is_wrong_would_be_seen(browser: Browser, folder: Path) -> None:
    file = folder / "wrong.html"
    page = (folder / "arabic.html").read_text("utf-8")
    planted = '<script>console.log("here")</script><p style="width:3000px">a</p><img src="http://127.0.0.1:1/x.png"/>'
    file.write_text(page.replace("</main>", f"{planted}</main>"), "utf-8")
    browser.open(file.as_uri())
    held_back = wrong(browser, file, DESK)
    forbidden = {kind for one in held_back for kind in re.findall('"violatedDirective": "([^"]+)"', one)}
    assert forbidden == {"script-src-elem", "style-src-attr", "img-src"}
    assert any(one.startswith("critical image-alt") for one in held_back)
    assert not any("consoleAPICalled" in one or one.endswith("pixels wide") for one in held_back)
    policy = page[page.index("<meta http-equiv") : page.index("<meta name=")]
    file.write_text(file.read_text("utf-8").replace(policy, ""), "utf-8")
    browser.open(file.as_uri())
    let_go = wrong(browser, file, DESK)
    assert "http://127.0.0.1:1/x.png" in let_go
    assert any('"here"' in one for one in let_go)
    assert any(one.endswith("pixels wide") for one in let_go)


def test_every_anchor_leads_to_its_words(browser: Browser, folder: Path) -> None:
    debate, _ = PAGES["great"]
    address = (folder / "great.html").as_uri()
    browser.open(address)
    said = {id: words.replace("**", "") for s in debate.statements.values() for id, words in s.sentences}
    assert browser.run(f"{json.dumps(list(said))}.map({WORDS_OF})") == list(said.values())
    assert browser.run(f"{DANGLING}.length") == 0
    for id in ("B1.3", "C4.2"):
        browser.open(f"{address}#{id}")
        assert browser.run(MARKED) == [id, "rgb(255, 242, 184)"]


def test_hostile_words_are_words(browser: Browser, folder: Path) -> None:
    debate, _ = PAGES["hostile"]
    browser.open((folder / "hostile.html").as_uri())
    assert browser.run(f"{ACTING}.length") == 0
    assert browser.run(f"{ELSEWHERE}.length") == 0
    shown = letters(browser.run(f"({WITHOUT_MARKS})(document.body.cloneNode(true)).textContent"))
    for text in (debate.question, *(s.text for s in debate.statements.values())):
        assert letters(clean(text)) in shown
    assert "<script>alert(1)</script>" in browser.run("document.title")
    assert "\u202e" not in browser.run("document.documentElement.outerHTML")


def test_it_is_printed_whole_and_without_what_paper_has_no_use_for(browser: Browser, folder: Path) -> None:
    debate, _ = PAGES["great"]
    browser.open((folder / "great.html").as_uri(), dark=True)
    paper = letters(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(browser.printed())).pages))
    for statement in debate.statements.values():
        for _, words in statement.sentences:
            assert letters(words)[:40] in paper
    assert letters("https://example.org/gpu/10") in paper
    assert letters("Skip to the debate") not in paper
    browser.look(794, print=True, dark=True)
    assert browser.run("getComputedStyle(document.body).color") == "rgb(31, 29, 26)", "paper is light"
    displays = "['.contents', '.a', '.skip'].map(name => getComputedStyle(document.querySelector(name)).display)"
    assert browser.run(displays) == ["none"] * 3


def test_what_is_missing_is_said_with_where_it_is_had(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(axe, "SCRIPT", tmp_path / "axe.js")
    with pytest.raises(AssertionError, match="apt-get install chromium"), chromium(tmp_path):
        pass
    with pytest.raises(AssertionError, match=r"python -m tests\.axe"):
        axe.source()
    with pytest.raises(SystemExit, match="apt-get install npm"):
        axe.fetch()
