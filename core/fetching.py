"""A page of the web as bytes: read with limits, from nowhere but where it may be read from (`addresses.py`).

What is asked for carries nothing of the user's: no cookie, no credential, no page that led there. Knows no debate.
"""

from __future__ import annotations

import asyncio
import re
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from upverdict.core import addresses
from upverdict.core.text import clean, shorten

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 10_000_000
"""Of a page or a file, unpacked: a book has about one million characters."""
MAX_REDIRECTS = 5
CONNECT_SECONDS, TOTAL_SECONDS = 10.0, 30.0
"""To reach one address, and for all of a page, its redirects with it."""
MAX_DIALLED = 4
"""Addresses of one host that are tried."""

HEADERS = {
    "User-Agent": "upverdict (reads a page that its user named)",
    "Accept": "text/html, application/xhtml+xml, text/markdown, text/plain, application/pdf",
    "Accept-Encoding": "gzip, identity",
    "Connection": "close",
}

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, by its name server. Raises OSError."""


class Unusable(ValueError):
    """A source that can't be read; the text is the reason, a sentence that goes on after the source's name."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was there. `media` is the type that the server gives, `charset` its encoding; both may be empty.
    `cut`: there was more than `MAX_BYTES`.
    """

    data: bytes
    media: str
    charset: str
    cut: bool = False


def parse(url: str) -> httpx.URL:
    """The address, without its fragment.

    Raises Unusable for one that is not http(s), has no host, or carries a user's name or password: what is named as
    a source is kept, shown and sent to an endpoint.
    """
    import httpx

    if not re.match(r"https?:", url.strip(), re.IGNORECASE):
        raise Unusable("is no page of the web: only http and https are read. Name a file by its path.")
    try:
        parsed = httpx.URL(url.strip())
        sound = bool(parsed.host) and (parsed.port is None or 0 < parsed.port < 65536)
    except (httpx.InvalidURL, ValueError):
        sound = False
    if not sound or re.search(r"[\s\\%]", parsed.host):
        raise Unusable("is no address of a page. Write it like https://example.com/page.")
    if parsed.userinfo:
        raise Unusable("carries a name or a password, which would be kept and sent on. Leave them out.")
    return parsed.copy_with(fragment=None)


async def fetch(url: str, resolve: Resolve | None = None) -> Fetched:
    """What an address of the user's has.

    A private address (`addresses.names_private`) is read where the user typed it: this host and port, with a step up
    from http to https. To any other, and after any public page on the way, a redirect or a name server that leads
    there is refused. A public host's addresses are looked up once a step, all of them must be public, and the
    connection goes to one of those that were checked: a second answer of the name server's changes nothing.

    Raises Unusable.
    """
    at = typed = parse(url)
    try:
        own = addresses.names_private(typed.host)
        async with asyncio.timeout(TOTAL_SECONDS):
            for _ in range(MAX_REDIRECTS + 1):
                async with _answer(at, own, resolve or _look_up) as response:
                    if response.status_code not in (301, 302, 303, 307, 308):
                        return await _taken(response)
                    at, before = _next(at, response), at
                own = own and _same_place(typed, before) and _same_place(typed, at)
                if not own and addresses.names_private(at.host):
                    raise Unusable(f"leads to a private address ({_shown(at.host)}), which is not read from there.")
    except ValueError as e:
        raise e if isinstance(e, Unusable) else Unusable(f"can't be read: {e}.") from e
    except TimeoutError as e:
        raise Unusable(f"took longer than {TOTAL_SECONDS:.0f} seconds.") from e
    raise Unusable(f"leads on to another page more than {MAX_REDIRECTS} times.")


def _next(at: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Where a redirect leads. Its own fragment, and a password that it carries, are of no use."""
    import httpx

    try:
        return parse(str(at.join(response.headers.get("location", ""))))
    except (httpx.InvalidURL, ValueError) as e:
        raise Unusable("leads to what is no page of the web.") from e


def _same_place(typed: httpx.URL, at: httpx.URL) -> bool:
    ports = {"http": 80, "https": 443}
    one, other = ((url.scheme, url.port or ports[url.scheme]) for url in (typed, at))
    return typed.host == at.host and (one[1] == other[1] or (one, other) == (("http", 80), ("https", 443)))


@asynccontextmanager
async def _answer(url: httpx.URL, own: bool, resolve: Resolve) -> AsyncIterator[httpx.Response]:
    """The answer to one request, its body unread.

    Each has a client of its own: no cookie and no connection of one step reaches the next.
    """
    import httpx

    proxy = "" if own else _proxy(url)
    # Through a proxy the host goes by its name: this machine's name server may know nothing of the world then, and it
    # is the proxy that connects. So a name is not looked up here, and what the proxy may reach is for its owner to say;
    # addresses that stand in the URL itself are checked all the same. A private host is never asked through a proxy.
    targets = [_checked(url.host, own)] if proxy else await _addresses(url, own, resolve)
    timeout = httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)
    failure: httpx.HTTPError | None = None
    try:
        async with httpx.AsyncClient(trust_env=False, proxy=proxy or None, timeout=timeout) as client:
            for target in targets:
                try:
                    response = await client.send(_request(client, url, target), stream=True)
                except (httpx.ConnectError, httpx.ConnectTimeout) as e:
                    failure = e
                    continue
                try:
                    yield response
                finally:
                    await response.aclose()
                break
            else:
                raise Unusable(_why(failure)) from failure
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as e:
        raise Unusable(_why(e)) from e
    except ImportError as e:  # a SOCKS proxy asks for a package that does not come with us
        raise Unusable("can't be read through the proxy of this environment: httpx has no SOCKS here.") from e


def _request(client: httpx.AsyncClient, url: httpx.URL, target: str) -> httpx.Request:
    """A request that goes to the address `target`, for the host of the URL: in its header and in TLS."""
    extensions: dict[str, Any] = {}
    if target != url.host:
        extensions["sni_hostname"] = url.raw_host.decode("ascii")
    request = client.build_request("GET", url.copy_with(host=target), extensions=extensions)
    request.headers.clear()
    request.headers.update({"Host": url.netloc.decode("ascii")} | HEADERS)
    return request


def _proxy(url: httpx.URL) -> str:
    """The proxy of the environment for this page, as httpx finds it; empty where there is none.

    Raises Unusable for one that can't be: it may hold a password, and is not shown.
    """
    from urllib.request import getproxies, proxy_bypass

    import httpx

    proxies = getproxies()
    found = proxies.get(url.scheme) or proxies.get("all") or ""
    if not found or proxy_bypass(url.netloc.decode("ascii")):
        return ""
    try:
        proxy = httpx.URL(found if "://" in found else f"http://{found}")
        sound = proxy.host and 0 < (proxy.port or 1) < 65536
    except (httpx.InvalidURL, ValueError):
        sound = False
    if not sound or proxy.scheme not in ("http", "https", "socks5", "socks5h"):
        raise Unusable("can't be read: the proxy of this environment has no address that makes sense.")
    return str(proxy)


async def _addresses(url: httpx.URL, own: bool, resolve: Resolve) -> list[str]:
    """The addresses of the page's host, all of them such as it may have."""
    if addresses.literal(url.host) is not None:
        return [_checked(url.host, own)]
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = await resolve(url.raw_host.decode("ascii"), port)
    except (OSError, UnicodeError) as e:
        raise Unusable("can't be read: no address is known for its host.") from e
    return [_checked(ip, own) for ip in dict.fromkeys(found)][:MAX_DIALLED]


async def _look_up(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    return [str(found[4][0]) for found in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _checked(host: str, own: bool) -> str:
    """The host, if it is a name or an address that may be read from; `own`: a private one is the user's own choice."""
    ip = addresses.literal(host)
    if ip is None or addresses.is_public(ip) or (own and addresses.is_private(ip)):
        return host
    if own:
        raise Unusable(f"is at {ip}, where no page is.")
    raise Unusable(
        f"leads to an address that is not public ({ip}). If it is a machine of your own, name it by its address."
    )


async def _taken(response: httpx.Response) -> Fetched:
    """The body, as far as the limit goes."""
    status = response.status_code
    if not 200 <= status < 300:
        known = {s.value: f" ({s.phrase})" for s in HTTPStatus}
        raise Unusable(f"can't be read: its server answered {status}{known.get(status, '')}.")
    media, _, parameters = response.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", parameters, re.IGNORECASE)
    data, cut = await _body(response, _Unpacker(response.headers.get("content-encoding", "")))
    return Fetched(data, media.strip().lower(), charset[1] if charset else "", cut)


async def _body(response: httpx.Response, unpacker: _Unpacker) -> tuple[bytes, bool]:
    data = bytearray()
    async for piece in response.aiter_raw():
        data += unpacker.feed(piece, MAX_BYTES + 1 - len(data))
        if len(data) > MAX_BYTES:
            return bytes(data[:MAX_BYTES]), True
    return bytes(data), unpacker.open


class _Unpacker:
    """Undoes the coding of a body. Never makes more than it is asked for, however little was sent: httpx would unpack
    a whole piece at once.
    """

    def __init__(self, coding: str) -> None:
        coding = coding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise Unusable(f"comes packed in a way that is not read ({_shown(coding)}).")
        self._zip = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding.endswith("gzip") else None
        self.open = False
        """Whether a packet has begun and not ended."""

    def feed(self, piece: bytes, limit: int) -> bytes:
        if self._zip is None:
            return piece[:limit]
        out = bytearray()
        try:
            while piece and len(out) < limit:
                if self._zip.eof:  # one packet may stand behind another (RFC 1952, 2.2)
                    self._zip = zlib.decompressobj(zlib.MAX_WBITS | 16)
                out += self._zip.decompress(piece, limit - len(out))
                piece = self._zip.unused_data
                self.open = not self._zip.eof
        except zlib.error as e:
            raise Unusable("can't be read: it comes packed, and the packing is broken.") from e
        return bytes(out)


def _shown(text: str) -> str:
    return shorten(clean(text), 60)


def _why(failure: Exception | None) -> str:
    import ssl

    import httpx

    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"can't be read: its certificate is not valid ({_shown(cause.verify_message)})."
        cause = cause.__cause__ or cause.__context__
    match failure:
        case httpx.ProxyError():
            return "can't be read: the proxy of this environment refused it."
        case httpx.ConnectTimeout():
            return f"can't be read: its server was not reached within {CONNECT_SECONDS:.0f} seconds."
        case httpx.ConnectError():
            return "can't be read: its server can't be reached."
        case httpx.TimeoutException():
            return f"took longer than {TOTAL_SECONDS:.0f} seconds."
    return "can't be read: its server broke off, or does not speak HTTP."
