"""The user's sources: what is read, as what, from where; what never is. Real sockets, files and processes."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import os
from pathlib import Path

import pytest

from tests.pages import answer, article, pdf, redirect, web
from upverdict.core import addresses, extracting, fetching, sources
from upverdict.core.errors import NoSuchDebate, WrongUse
from upverdict.core.events import Source
from upverdict.core.text import clean

PUBLIC = ("8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808")
OWN = ("127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "100.64.0.1", "::1", "fd12::1", "::ffff:127.0.0.1")
NEVER = (
    *("169.254.169.254", "169.254.1.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
    *("192.88.99.1", "::", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "ff02::1", "fec0::1"),
    *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"),
    *("168.63.129.16", "192.0.0.192", "::ffff:168.63.129.16", "64:ff9b::a83f:8110"),
)


@pytest.mark.parametrize("ip", PUBLIC)
def test_what_all_the_world_can_reach_is_public(ip: str) -> None:
    assert addresses.is_public(ipaddress.ip_address(ip))
    assert not addresses.names_private(ip)


@pytest.mark.parametrize("ip", OWN)
def test_a_machine_of_ones_own_can_be_named_and_is_not_public(ip: str) -> None:
    assert not addresses.is_public(ipaddress.ip_address(ip))
    assert addresses.names_private(ip)


@pytest.mark.parametrize("ip", NEVER)
def test_what_hands_out_credentials_or_is_no_machine_is_neither(ip: str) -> None:
    assert not addresses.is_public(ipaddress.ip_address(ip))
    assert not addresses.names_private(ip)


@pytest.mark.parametrize("ip", ["2002:7f00:1::", "64:ff9b::7f00:1", "::7f00:1", "2001:0:53aa:64c:0:fbff:80ff:fffe"])
def test_an_address_that_carries_a_private_one_is_not_public(ip: str) -> None:
    assert not addresses.is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "0x7f.1", "127.0.0.1.5", "1.2.3.08"]
)
def test_an_address_in_an_odd_spelling_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="odd spelling"):
        addresses.literal(host)


def nothing_kept(wanted: str, id: str) -> Source:
    raise NoSuchDebate(wanted)


def test_names_say_whether_they_are_private() -> None:
    for name in ("localhost", "nas", "wiki.corp", "printer.local", "a.home.arpa", "x.localhost", "LOCALHOST."):
        assert addresses.names_private(name), name
    for name in ("example.com", "localhost.example.com", "corp.com", "127.0.0.1.nip.io"):
        assert not addresses.names_private(name), name


async def read(named: str, resolve: fetching.Resolve | None = None) -> Source:
    return await sources.read(named, "1", resolve)


async def refused(named: str, resolve: fetching.Resolve | None = None) -> str:
    with pytest.raises(WrongUse) as e:
        await read(named, resolve)
    return str(e.value)


# -- pages ---------------------------------------------------------------------------------------------------------


async def test_a_page_comes_as_its_words_without_menu_script_and_footer() -> None:
    said = "A GPU costs 400 dollars a month.", "Nobody was paged at night, in none of the weeks that we looked at."
    page = article(*said, *(f"In week {n} there was nothing to be said of any night, nor of a day." for n in range(9)))
    async with web({"/costs": answer(page), "/short": answer(article(*said, title="Costs & more"))}) as site:
        found, short = await read(f"{site.url}/costs#top"), await read(f"{site.url}/short")
    assert (found.title, found.kind, found.status, found.url) == ("A page", "page", "read", f"{site.url}/costs")
    assert "\n\n".join(said) in found.text
    assert short.text == "\n\n".join(("# Costs & more", *said))
    assert not any(word in found.text for word in ("About", "secret", "Imprint"))
    head = site.heads[0]
    assert "upverdict" in head
    assert not any(f"{name}:" in head.lower() for name in ("cookie", "authorization", "referer"))


@pytest.mark.parametrize(
    ("body", "media", "words"),
    [
        ("Prix : 400 €.".encode("cp1252"), "text/plain; charset=ISO-8859-1", "Prix : 400 €."),
        ("価格は四百です。".encode("shift_jis"), 'text/plain; charset="Shift_JIS"', "価格は四百です。"),
        ("\ufeffDas heißt so.".encode(), "text/plain; charset=latin-1", "Das heißt so."),
        ("Das heißt so.".encode("utf-16"), "text/plain", "Das heißt so."),
        ("Das heißt so.".encode(), "text/plain; charset=no-such-thing", "Das heißt so."),
        (b"plain words", "text/plain; charset=zip", "plain words"),
        ("Straße".encode("latin-1"), "text/plain", "Straße"),
        ("<meta charset=windows-1251><p>Сколько это стоит в месяц?".encode("cp1251"), "text/html", "Сколько это стоит"),
        (b"# A heading\n\n- a\n-   b  \n\n\n\nc", "text/markdown", "# A heading\n\n- a\n- b\n\nc"),
        (b"words", "", "words"),
        (b'<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>So it is here.</p>'
         b"</body></html>", "application/xhtml+xml", "So it is here."),
    ],
)  # fmt: skip
async def test_text_is_read_in_the_encoding_that_it_has(body: bytes, media: str, words: str) -> None:
    async with web({"/": answer(body, media)}) as site:
        assert words in (await read(f"{site.url}/")).text


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (answer(b"\x89PNG\r\n\x1a\n\0\0", "image/png"), "of a kind that is not read (image/png)"),
        (answer(b"\x89PNG\r\n\x1a\n\0\0", "text/html"), "of a kind that is not read"),
        (answer(b"PK\x03\x04\0", "application/zip"), "of a kind that is not read"),
        (answer(b"not at all", "application/pdf"), "of a kind that is not read"),
        (answer(b"%PDF-1.7\nbroken", "application/pdf"), "is damaged"),
        (answer(pdf("", ""), "application/pdf"), "its pages are pictures"),
        (answer(b""), "is empty"),
        (answer(b"<html><body><script>only()</script></body></html>"), "has no text"),
        (answer(b"", status="404 Not Found"), "answered 404 (Not Found)"),
        (answer(b"x", status="503 Service Unavailable"), "answered 503"),
        (answer(b"x", Content_Encoding="br"), "packed in a way that is not read (br)"),
        (answer(b"x", Content_Encoding="gzip, gzip"), "packed in a way that is not read"),
        (answer(b"no gzip", Content_Encoding="gzip"), "the packing is broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "broke off"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "does not speak HTTP"),
        (b"", "broke off"),
        (redirect("file:///etc/passwd"), "leads to what is no page of the web"),
        (redirect("http://user:word@example.com/"), "leads to what is no page of the web"),
        (redirect(""), "more than 5 times"),
    ],
)
async def test_what_is_no_text_is_refused_in_a_sentence(page: bytes, why: str) -> None:
    async with web({"/page": page}) as site:
        said = await refused(f"{site.url}/page")
    assert said.startswith(f"The source {site.url}/page ")
    assert why in said
    assert "word@" not in said


async def test_a_locked_pdf_and_a_whole_one() -> None:
    pages = {
        "/locked": answer(pdf("A secret.", password="word"), "application/pdf"),
        "/whole": answer(pdf("A GPU costs 400 dollars.", "So rent.", title="Costs"), "application/octet-stream"),
    }
    async with web(pages) as site:
        assert "locked with a password" in await refused(f"{site.url}/locked")
        found = await read(f"{site.url}/whole")
    assert (found.title, found.status) == ("Costs", "read")
    assert found.text == "A GPU costs 400 dollars.\n\nSo rent."


async def test_a_huge_page_is_read_to_the_limit_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", 200_000)
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"word " * 10_000)
            sent += 50_000
            await writer.drain()

    async with web({"/": endless}) as site:
        found = await read(f"{site.url}/")
    assert found.status == "cut"
    assert extracting.MAX_TEXT * 3 // 4 < len(found.text) <= extracting.MAX_TEXT
    assert found.text.endswith("word")
    assert sent < 50_000_000, "the connection was closed, and the server noticed"


async def test_a_small_packet_that_unpacks_to_much_is_cut_as_it_unpacks() -> None:
    bomb = gzip.compress(b"bang " * 20_000_000, 9)
    assert len(bomb) * 100 < 100_000_000
    async with web({"/": answer(bomb, "text/plain", Content_Encoding="gzip")}) as site:
        fetched = await fetching.fetch(f"{site.url}/")
    assert (len(fetched.data), fetched.cut) == (fetching.MAX_BYTES, True)


async def test_packets_in_a_row_are_all_read_and_one_that_is_cut_off_is_told() -> None:
    one, two = gzip.compress(b"The first half. "), gzip.compress(b"The second half.")
    async with web(
        {
            "/both": answer(one + two, "text/plain", Content_Encoding="gzip"),
            "/cut": answer((one + two)[:-12], "text/plain", Content_Encoding="gzip"),
        }
    ) as site:
        both, cut = await read(f"{site.url}/both"), await read(f"{site.url}/cut")
    assert (both.text, both.status) == ("The first half. The second half.", "read")
    assert cut.text.startswith("The first half.")
    assert cut.status == "cut"


def test_of_a_page_without_end_the_beginning_is_read_and_what_is_no_text_does_not_count() -> None:
    filler = "<p>" + "Words that say little and go on. " * 20 + "</p>\n"
    heavy = f"<script>{'x();' * 500_000}</script><img src='data:image/png;base64,{'A' * 2_000_000}'>"
    page = f"<html><head><title>Long</title></head><body><article>{heavy}<p>It begins here.</p>{filler * 4_000}"
    assert len(page) > 6_000_000
    title, text, more = extracting.extract("html", page.encode(), limit=2_000_000)
    assert title == "Long"
    assert "It begins here." in text
    assert more, "the rest was not looked at, and that is told"
    short = f"<html><body><article>{heavy}<p>It begins here.</p>{filler * 10}</article></body></html>"
    assert extracting.extract("html", short.encode())[2] is False


def test_blanks_without_end_cost_no_time() -> None:
    # A pattern that tries each of them anew would take hours.
    assert extracting.tidy(f"a\n{' ' * 3_000_000}b  c \t\n \n\n \nd ") == f"a\n{' ' * 3_000_000}b c\n\nd"


@pytest.mark.parametrize("proxy", ["127.0.0.1:99999", "http://:1", "ftp://me:secret-word@127.0.0.1:1", "://x"])
async def test_a_proxy_that_can_not_be_is_said_without_its_password(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    said = await refused("http://example.com/")
    assert "the proxy of this environment has no address that makes sense" in said
    assert "secret-word" not in said


async def test_a_server_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.5)

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with web({"/": drip}) as site:
        assert "took longer than" in await refused(f"{site.url}/")


async def test_a_source_that_never_becomes_text_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "READING_SECONDS", 0.0)
    async with web({"/": answer(article("Words."))}) as site:
        assert "could not be turned to text within" in await refused(f"{site.url}/")


async def test_nobody_answers_there() -> None:
    async with web() as site:
        gone = site.url
    assert "can't be reached" in await refused(f"{gone}/")


# -- where it may be read from -------------------------------------------------------------------------------------


async def test_a_redirect_is_followed_and_the_address_that_was_named_is_kept() -> None:
    async with web(
        {"/a": redirect("/b", 301), "/b": redirect("c?x=1", 307), "/c?x=1": answer(article("Here."))}
    ) as site:
        found = await read(f"{site.url}/a")
    assert found.url == f"{site.url}/a"
    assert site.asked == ["/a", "/b", "/c?x=1"]


async def test_a_redirect_that_goes_in_circles_ends() -> None:
    async with web({"/a": redirect("/b"), "/b": redirect("/a")}) as site:
        assert "more than 5 times" in await refused(f"{site.url}/a")
    assert len(site.asked) == fetching.MAX_REDIRECTS + 1


async def test_a_private_page_leads_to_no_other_private_place() -> None:
    async with web({"/": answer(article("A secret."))}) as other, web({"/a": redirect(f"{other.url}/")}) as site:
        assert "leads to a private address (127.0.0.1)" in await refused(f"{site.url}/a")
    assert other.asked == []


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "//nas/secret",
    ],
)
async def test_a_public_page_leads_to_nothing_private(to: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public page comes through a proxy on loopback: nothing in the tests reaches the world."""
    async with web({"/": answer(article("A secret."))}) as inside:
        pages = {"http://example.com/": redirect(to.format(port=inside.port))}
        async with web(pages) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            said = await refused("http://example.com/")
    assert proxy.asked == ["http://example.com/"]
    assert inside.asked == []
    assert "leads to" in said or "odd spelling" in said


async def test_a_private_page_may_lead_out_but_not_back_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async with web() as site:
        site.pages = {"/": redirect("http://example.com/"), "/secret": answer(article("A secret."))}
        pages = {"http://example.com/": redirect(f"{site.url}/secret")}
        async with web(pages) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            assert "leads to a private address" in await refused(f"{site.url}/")
    assert site.asked == ["/"]


async def test_loopback_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with web() as proxy, web({"/": answer(article("Here it is."))}) as site:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert "Here it is." in (await read(f"{site.url}/")).text
    assert proxy.asked == []


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
async def test_a_public_name_at_a_private_address_is_not_asked(ip: str) -> None:
    async with web({"/": answer(article("A secret."))}) as inside:

        async def resolve(host: str, port: int) -> list[str]:
            return ["93.184.215.14", ip]

        said = await refused(f"http://rebound.example.com:{inside.port}/", resolve)
    assert "leads to an address that is not public" in said
    assert inside.asked == []


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name server that answers otherwise the second time is not asked a second time."""
    answers = iter([["127.0.0.1"]])

    async def resolve(host: str, port: int) -> list[str]:
        return next(answers)

    async with web({"/": answer(article("Here it is."))}) as site:
        found = await read(f"http://nas:{site.port}/", resolve)
    assert "Here it is." in found.text
    assert f"host: nas:{site.port}" in site.heads[0].lower()


async def test_a_private_name_at_an_address_of_credentials_is_not_asked() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["169.254.169.254"]

    assert "is at 169.254.169.254, where no page is" in await refused("http://metadata.internal/", resolve)


async def test_a_name_that_nobody_knows() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    assert "no address is known" in await refused("http://nowhere.example.com/", resolve)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("http://me:secret@example.com/", "carries a name or a password"),
        ("http://secret@example.com/", "carries a name or a password"),
        ("file:///etc/passwd", "only http and https are read"),
        ("ftp://example.com/x", "only http and https are read"),
        ("data:text/plain,x", "only http and https are read"),
        ("http:///x", "is no address of a page"),
        ("http://a b/", "is no address of a page"),
        ("http://example.com:99999/", "is no address of a page"),
        ("http://169.254.169.254/", "not public (169.254.169.254)"),
        ("http://0x7f.1/", "odd spelling"),
    ],
)
async def test_an_address_that_is_not_read(named: str, why: str) -> None:
    said = await refused(named)
    assert why in said
    assert "secret" not in said


# -- files ---------------------------------------------------------------------------------------------------------


async def test_of_a_file_only_the_name_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "private" / "notes.md"
    path.parent.mkdir()
    path.write_text("\ufeff# Our costs\n\nA GPU costs 400 dollars.\x1b[31m\u202e Obey.", "utf-8")
    found = await read(str(path))
    assert (found.url, found.title, found.kind) == ("notes.md", "Our costs", "file")
    assert found.text == "# Our costs\n\nA GPU costs 400 dollars. Obey."
    assert str(tmp_path) not in repr(found)


async def test_a_file_of_html_and_one_of_pdf(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_bytes(article("A GPU costs 400 dollars.", title="Costs &amp; \x1b[31mmore"))
    (tmp_path / "b").write_bytes(pdf("A GPU costs 400 dollars."))
    html, printed = await read(str(tmp_path / "a.htm")), await read(str(tmp_path / "b"))
    assert html.title == clean(html.title)
    assert html.title.startswith("Costs &")
    assert (printed.title, printed.text) == ("b", "A GPU costs 400 dollars.")


async def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "a device or a pipe" in await refused(str(tmp_path / "pipe"))
    assert "a device or a pipe" in await refused("/dev/zero")
    assert "is a folder" in await refused(str(tmp_path))
    assert "is no file that is here." in await refused(str(tmp_path / "none.txt"))
    assert "write https:// before it" in await refused("example.com/page")
    assert "no name of a file" in await refused("a\0b")
    (tmp_path / "archive.docx").write_bytes(b"PK\x03\x04\0\0")
    assert "Read are HTML, Markdown, plain text and PDF" in await refused(str(tmp_path / "archive.docx"))


# -- all of them ---------------------------------------------------------------------------------------------------


def test_what_all_have_is_shared_out_and_short_ones_stay_whole() -> None:
    def source(id: str, length: int) -> Source:
        return Source(id, id, id, "file", "read", ("word " * length)[:length])

    short, long, longer = sources.shared_out([source("1", 100), source("2", 5_000), source("3", 9_000)], 4_100)
    assert (short.status, len(short.text)) == ("read", 100)
    assert long.status == longer.status == "cut"
    assert 1_900 < len(long.text) == len(longer.text) <= 2_000
    assert sources.shared_out([source("1", 10), source("2", 10)], 20)[1].status == "read"
    assert sources.shared_out([]) == ()


async def test_every_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Good words.")
    with pytest.raises(WrongUse) as e:
        await sources.read_all(["nowhere.txt", str(tmp_path / "good.txt"), "ftp://example.com/"], nothing_kept)
    assert "nowhere.txt is no file" in str(e.value)
    assert "ftp://example.com/ is no page" in str(e.value)
    assert "good.txt" not in str(e.value)
    with pytest.raises(WrongUse, match="10 sources at most"):
        await sources.read_all([f"{n}.txt" for n in range(11)], nothing_kept)


async def test_what_reads_strangers_bytes_has_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-very-secret")
    monkeypatch.setenv("ROUTER_KEY", "very-secret")
    (tmp_path / "sitecustomize.py").write_text(
        f"import os, json\nopen({str(tmp_path / 'seen')!r}, 'w').write(json.dumps(dict(os.environ)))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "a.txt").write_text("Words.")
    await read(str(tmp_path / "a.txt"))
    seen = (tmp_path / "seen").read_text()
    assert "PYTHONPATH" in seen
    assert "very-secret" not in seen
