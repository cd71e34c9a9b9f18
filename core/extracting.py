"""From a page's or a file's bytes to its text: HTML, Markdown, plain text, PDF. Opens nothing.

What is read was made by anybody. So this runs as a program of its own (`python -m upverdict.core.extracting KIND
CHARSET`, bytes on stdin, JSON on stdout), which `sources.py` can end, without the user's keys and with bounded memory.
"""

from __future__ import annotations

import codecs
import io
import json
import logging
import re
import sys
from contextlib import suppress
from typing import Any, Literal, TypeAlias, get_args

from upverdict.core.text import clean, shorten

Kind: TypeAlias = Literal["html", "markdown", "text", "pdf"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MAX_TEXT = 40_000
"""Characters of one source that the council reads: some 10,000 tokens."""
MAX_TITLE = 160
MAX_PAGES = 400
"""Pages of a PDF that are looked at; those that are read end where the text is long enough."""
MAX_MEMORY = 1_500_000_000
"""Bytes of addresses that the program may take, where the system can hold it to that (Linux)."""
MAX_SECONDS = 60
"""Of a processor: in case that nobody is left to end it."""

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATIN = frozenset(
    ("latin-1", "iso8859-1", "ascii")
)  # what these labels mean on the web (https://encoding.spec.whatwg.org)


class Unreadable(ValueError):
    """There is no text to be had; the words say why, after the source's name."""


def kind_of(data: bytes, media: str = "", suffix: str = "") -> Kind | None:
    """What the bytes are, by their beginning, the type that a server gives, and the ending of a file's name (with its
    dot). None where it is nothing that is read.
    """
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if media == "application/pdf" or suffix == ".pdf":
        return None
    if _is_binary(head):
        return None
    if media in ("text/html", "application/xhtml+xml") or suffix in (".html", ".htm", ".xhtml"):
        return "html"
    if media in ("text/markdown", "text/x-markdown") or suffix in (".md", ".markdown"):
        return "markdown"
    if media and not media.startswith("text/") and media not in ("application/octet-stream", "binary/octet-stream"):
        return None
    if media in ("text/css", "text/javascript"):
        return None
    if re.match(rb"\s*(?:<!doctype html|<html)", head.lstrip(b"\xef\xbb\xbf"), re.IGNORECASE) and media != "text/plain":
        return "html"
    return "text"


def _is_binary(head: bytes) -> bool:
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return False
    return any(byte < 9 or 13 < byte < 27 for byte in head)


def extract(kind: Kind, data: bytes, charset: str = "", limit: int = MAX_TEXT) -> tuple[str, str, bool]:
    """The title, the text, and whether there was more than `limit` characters of it.

    Raises Unreadable.
    """
    more = False
    match kind:
        case "pdf":
            title, text, more = _pdf(data, limit)
        case "html":
            title, text, more = _html(decode(data, charset or _declared(data)))
        case _:
            text = decode(data, charset)
            title = _heading(text) if kind == "markdown" else ""
    text = tidy(text)
    if not text:
        raise Unreadable("has no text that can be read.")
    shown = text if len(text) <= limit else cut(text, limit)
    return shorten(clean(title), MAX_TITLE), shown, more or shown is not text


def decode(data: bytes, charset: str = "") -> str:
    """The text of the bytes: by the mark at their beginning, the encoding that is declared, UTF-8, or Latin-1."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace")
    with suppress(LookupError, UnicodeError, ValueError):
        name = codecs.lookup(charset).name
        return data.decode("cp1252" if name in _LATIN else name, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        # A file that was cut off may end within a character.
        cut_off = e.reason == "unexpected end of data"
        return data.decode("utf-8" if cut_off else "cp1252", "replace")


def _declared(data: bytes) -> str:
    """The encoding that a page names itself. That it is UTF-16 can't be true where that could be read."""
    found = _XML.match(data[:512].lstrip()) or _META.search(data[:4096])
    name = found[1].decode("ascii", "replace") if found else ""
    return "" if name.lower().startswith("utf-16") else name


def tidy(text: str) -> str:
    """Cleaned, without trailing blanks, runs of blanks within a line and more than one empty line."""
    lines = re.sub(r"(?<=\S)[^\S\n]+", " ", clean(text)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def cut(text: str, limit: int) -> str:
    """Its first characters, up to the end of a word."""
    head = text[:limit]
    at = max(head.rfind(" "), head.rfind("\n"))
    return (head[:at] if at > limit * 3 // 4 else head).rstrip()


def _heading(markdown: str) -> str:
    found = re.search(r"^ {0,3}#{1,6}[ \t]+(\S[^\n]{0,400})", markdown[:20_000], re.MULTILINE)
    return found[1].rstrip("# ") if found else ""


MAX_HTML = 1_000_000
"""Characters of a page, scripts and pictures aside, that are looked at: some two seconds of work, which grows faster
than they do. A page with 40,000 characters of text seldom has ten times as many."""

_UNREAD = re.compile(
    r"<(script|style|svg|template)\b.*?</\1\s*>|<!--.*?-->|\bdata:[^\s\"'>]{500,}", re.IGNORECASE | re.DOTALL
)


def _html(html: str) -> tuple[str, str, bool]:
    """The title and the main text, or all of the text, where there is no telling what is the main one; whether the page
    was cut.
    """
    import trafilatura

    html = re.sub(r"^\s*<\?xml[^>]*>", "", html)  # lxml takes no declared encoding in a str
    if len(html) > MAX_HTML:
        html = _UNREAD.sub("", html)
    more = len(html) > MAX_HTML
    html = html[:MAX_HTML]
    tree = trafilatura.load_html(html)
    if tree is None:
        return "", "", more
    titles = (tree.xpath(where) for where in ("//title//text()", "//h1//text()"))
    title = next((words for found in titles if (words := " ".join("".join(map(str, found)).split()))), "")
    main = trafilatura.extract(
        html, output_format="markdown", include_comments=False, include_tables=True, favor_recall=True
    )
    return title, main or _all_text(tree), more


_FURNITURE = "//nav|//footer|//aside|//script|//style|//noscript|//template|//form|//svg|//title"


def _all_text(tree: Any) -> str:
    """The text of a page that is too short or too odd to tell what of it is the main part, a block a line."""
    import trafilatura

    for element in tree.xpath(_FURNITURE):
        element.drop_tree()
    return trafilatura.html2txt(tree)


def _pdf(data: bytes, limit: int) -> tuple[str, str, bool]:
    """The title, the text of the first pages, and whether some were left out."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("is locked with a password. Unlock it, or copy out the text.")
        texts: list[str] = []
        length, count = 0, len(reader.pages)
        for page in reader.pages[:MAX_PAGES]:
            texts.append(page.extract_text())
            length += len(texts[-1])
            if length > limit:
                break
        title = str((reader.metadata and reader.metadata.title) or "")
    except (Unreadable, MemoryError):
        raise
    except DependencyError as e:
        raise Unreadable("is encrypted in a way that is not read. Save it without, or copy out the text.") from e
    except Exception as e:  # pypdf raises whatever it stumbles over
        raise Unreadable("is damaged: it is no PDF that can be read.") from e
    if not "".join(texts).strip():
        raise Unreadable("has no text: its pages are pictures. Run it through a text recognition first.")
    return title, "\n\n".join(texts), len(texts) < count


def main() -> None:
    """One source from stdin to stdout."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limits, macOS does not hold to this one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    logging.disable()
    kind, charset = sys.argv[1:3]
    answer: dict[str, Any]
    try:
        title, text, more = extract(kind, sys.stdin.buffer.read(), charset)  # type: ignore[arg-type]
        answer = {"title": title, "text": text, "cut": more}
    except Unreadable as e:
        answer = {"problem": str(e)}
    except (MemoryError, RecursionError):
        answer = {"problem": "takes too much memory to read."}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
