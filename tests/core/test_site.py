"""A library as a static site: what is written, brought up to date, refused; and its search in a real browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import axe
from tests.browser import Browser, chromium
from tests.core.talk import Talk
from tests.core.test_store_kit import RULING
from tests.program import upverdict
from tests.tui.shelf import debate, keep
from upverdict.core import events as ev
from upverdict.core import site_index
from upverdict.core.store.reader import Library
from upverdict.core.values import replace

HOSTILE = "</script><script>document.title='run'</script>\u202e <b>Tea</b>?"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Three debates: one with a verdict and a tag, one hostile, one in Japanese."""
    ruled = Talk(question="Self-host LLMs or use an API?")
    ruled.everybody(0)
    ruled.log.append(ev.DebateTagged(tags=("infrastructure",)))
    ruled.ruled(replace(RULING, headline="Rent it, zeppelins apart."))
    path = tmp_path / "debates.db"
    asyncio.run(keep(path, ruled.events, debate(0, HOSTILE), debate(1, "東京で珈琲を飲むべきか?", state="failed")))
    return path


def made(db: Path, folder: Path, *more: str) -> str:
    done = upverdict("site", str(folder), "--db", str(db), *more)
    assert done.code == 0, done.err
    return done.err


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Crème brûlée, 3rd!", {"creme", "brulee", "3rd"}),
        ("東京の珈琲", {"東京", "京の", "の珈", "珈琲"}),
        ("a_b東 x", {"a", "b", "東", "x"}),
        ("", set()),
        ("w" * 99, {"w" * site_index.LONGEST}),
    ],
)
def test_words(text: str, found: set[str]) -> None:
    assert site_index.words(text) == found


def test_files_of_the_index_hold_every_word_once_and_no_text_that_acts() -> None:
    index = site_index.Index()
    index.add(["tea time", "tea"])
    index.add([HOSTILE])
    files = dict(index.files())
    assert list(files)[-1] == "shards.js"
    assert files["w-74-65.js"] == 'upverdict.words(...JSON.parse("[\\"74-65\\",[[\\"tea\\",[0,1]]]]"));\n'
    assert "</script" not in "".join(files.values())


def test_a_site_is_brought_up_to_date_and_nothing_else_is_touched(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "site"
    assert "3 pages written, 0 were up to date" in made(db, folder)
    assert "0 pages written, 3 were up to date" in made(db, folder)
    assert upverdict("note", "261124-abcde", "A note.", "--db", str(db)).code == 0
    pages = json.loads((folder / "upverdict-site.json").read_text())["pages"]
    gone = next(id for id in pages if id != "261124-abcde")
    assert upverdict("delete", "--yes", "--db", str(db), gone).code == 0
    told = made(db, folder)
    assert "1 page written, 1 was up to date, 1 removed." in told
    assert len(list((folder / "debates").iterdir())) == 2
    (folder / "debates" / "261124-abcde.html").unlink()
    assert "1 page written" in made(db, folder)
    assert "1 debate in" in made(db, tmp_path / "tagged", "--tag", "infrastructure", "--title", "Ours <b>")
    assert "Ours &lt;b&gt;" in (tmp_path / "tagged" / "index.html").read_text()
    assert "1 was up to date" in made(db, tmp_path / "tagged", "--tag", "Infrastructure", "--title", "Ours <b>")
    (tmp_path / "out" / "mine.html").write_text("Mine.")
    pages |= {"../../mine": "1 finished"}
    (folder / "upverdict-site.json").write_text(json.dumps({"version": 1, "pages": pages}))
    made(db, folder)
    assert (tmp_path / "out" / "mine.html").exists(), "what goes is a page of the site"
    (folder / "upverdict-site.json").write_text("rubbish")
    (folder / "debates" / "mine.html").write_text("Mine.")
    (folder / "debates" / "261101-gone0.html").write_bytes((folder / "debates" / "261124-abcde.html").read_bytes())
    assert "2 pages written, 0 were up to date, 1 removed." in made(db, folder)
    there = {page.stem for page in (folder / "debates").iterdir()}
    assert there == {*pages, "mine"} - {gone, "../../mine"}


def test_what_can_not_be_done_is_a_sentence(db: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("Mine.")
    for where, why in ((other, "holds other files"), (db, "is a file"), (db / "x", "can't be written to")):
        refused = upverdict("site", str(where), "--db", str(db))
        assert refused.code != 0
        assert why in refused.err
    assert [p.name for p in other.iterdir()] == ["mine.txt"]


def test_a_tag_that_no_debate_has_empties_no_site(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    made(db, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for given, told in (
        (("nope",), "No debate has the tag nope. Nothing was changed. The tags that there are: infrastructure."),
        (("Infrastructure", "nope"), "No debate has the tags infrastructure and nope."),
        (("",), "“” is no tag"),
    ):
        for where in (folder, tmp_path / "other"):
            refused = upverdict(
                "site", str(where), "--db", str(db), *(part for tag in given for part in ("--tag", tag))
            )
            assert refused.code == 2
            assert told in refused.err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "other").exists()
    [tagged] = Library(db).page(tags=["infrastructure"])
    assert upverdict("archive", tagged.id, "--db", str(db)).code == 0
    refused = upverdict("site", str(folder), "--tag", "infrastructure", "--db", str(db))
    assert (refused.code, "--archived takes those" in refused.err) == (2, True), refused.err
    assert "1 debate in" in made(db, folder, "--tag", "infrastructure", "--archived")
    assert "0 debates in" in made(tmp_path / "none.db", tmp_path / "empty")
    again = upverdict("site", str(tmp_path / "empty"), "--db", str(tmp_path / "none.db"))
    assert (again.code, again.out) == (2, "")
    assert "all pages in" in again.err


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    with chromium(tmp_path) as opened:
        yield opened


def test_the_site_is_searched_in_a_browser_without_a_server(db: Path, tmp_path: Path, browser: Browser) -> None:
    folder = tmp_path / "site"
    made(db, folder)
    browser.open((folder / "index.html").as_uri())

    def found(words: str) -> list[str]:
        return list(
            browser.run(
                f"""(async () => {{
                    const field = document.getElementById("words"), told = document.getElementById("told");
                    told.textContent = "…"; field.value = {json.dumps(words)};
                    field.dispatchEvent(new Event("input"));
                    while (told.textContent === "…") await new Promise((next) => setTimeout(next, 5));
                    return [...document.querySelectorAll("#found a")].map((a) => a.textContent);
                }})()"""
            )
        )

    ruled = "Self-host LLMs or use an API?"
    assert found("zeppelins") == found("ZEPP") == found("self infra") == [ruled]
    assert found("珈琲") == found("東") == ["東京で珈琲を飲むべきか?"]
    assert found("zeppelins tea") == []
    assert browser.run("document.getElementById('told').textContent") == "Nothing found."
    (hostile,) = found("tea")
    assert "<b>Tea</b>?" in hostile
    assert browser.run("document.title") == "Debates"
    assert found("script") == [hostile]
    browser.run(axe.source())
    for dark, width in ((False, 1280), (True, 360)):
        browser.look(width, dark=dark)
        wrong = browser.run("axe.run().then((r) => r.violations.filter((v) => v.impact !== 'minor').map((v) => v.id))")
        assert wrong == []
        assert browser.run("document.documentElement.scrollWidth <= window.innerWidth")
    href = browser.run("document.querySelector('#found a').href")
    assert browser.complaints() == []
    inside = folder.as_uri()
    assert all(url.startswith(inside) or url.startswith("data:") for url in browser.requests())
    browser.open(href)
    assert browser.run("document.querySelector('a[href=\"../index.html\"]').textContent") == "All debates"
    assert browser.complaints() == []
