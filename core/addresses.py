"""Which addresses a source of the user's may be read from. Pure: opens nothing, asks no name server.

Reading a page makes this machine send a request to wherever the address, a redirect or a name server points. What only
answers inside (the machine itself, the home or company network, a cloud's metadata service) must not be reached by a
page's will, only by the user's own: a private address is read where the user has typed it, and nowhere else.
"""

from __future__ import annotations

import ipaddress
import re

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_HOME = ("localhost", "local", "lan", "internal", "intranet", "private", "corp", "home", "home.arpa", "test")
"""Endings of names that no public name server knows (RFC 6761, 6762, 8375 and what is in use)."""
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "fd20:ce::254", "168.63.129.16", "192.0.0.192"),
    )
)
"""Where clouds hand credentials to whoever asks: AWS, Azure and Google; AWS on IPv6; Alibaba; Google on IPv6; the host
of a machine at Azure, and Oracle, whose addresses look public.
"""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_ODD = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "64:ff9b:1::/48",  # NAT64 of a site's own (RFC 8215)
        "fec0::/10",  # site-local (RFC 3879)
        "::/96",  # IPv4 in IPv6, the old way (RFC 4291)
        "2001::/23",  # for protocols, Teredo among them (RFC 2928)
    )
)
"""What some of the standard library's versions call public."""


def literal(host: str) -> IP | None:
    """The address that the host is, without a name server; None for a name.

    Raises ValueError with the reason for an address that is written in an odd way (`2130706433`, `0x7f.1`, `127.1`,
    `0177.0.0.1`): it is there to pass for something else, and programs disagree about what it says.
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    if ":" in bare:
        raise ValueError("its host is no address")
    # Whatever ends in a number is an IPv4 address to a browser (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    if _NUMBER.fullmatch(bare.rpartition(".")[2]):
        raise ValueError("its host is an address in an odd spelling")
    return None


def inner(ip: IP) -> IP:
    """The IPv4 address that an IPv6 one carries, if it carries one."""
    if isinstance(ip, ipaddress.IPv6Address):
        if found := ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1]):
            return found
        if ip in _NAT64 or (ip in _ODD[3] and int(ip) > 1):
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def is_public(ip: IP) -> bool:
    """Whether the whole internet can reach it: not private, loopback, link-local, shared (CGNAT), unique-local,
    multicast or reserved, and carrying no such address inside.
    """
    if ip in _NAT64:
        return is_public(inner(ip))
    return all(
        a.is_global and not (a.is_multicast or a.is_reserved or a in _METADATA or any(a in net for net in _ODD))
        for a in (ip, inner(ip))
    )


def is_private(ip: IP) -> bool:
    """Whether it is a machine of one's own or one's own network, which a user may name: loopback, private, shared or
    unique-local. Never what hands out credentials, what is link-local, multicast or unspecified.
    """
    ip = inner(ip)
    odd = ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip in _METADATA or ip in _FUTURE
    return not odd and not is_public(ip) and (ip.is_loopback or ip.is_private or ip in _SHARED)


_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598
_FUTURE = ipaddress.ip_network("240.0.0.0/4")  # RFC 1112, with the broadcast address


def names_private(host: str) -> bool:
    """Whether the host says itself that it is no public one: a private address, `localhost`, `nas`, `wiki.corp`.

    Raises ValueError as `literal` does.
    """
    if (ip := literal(host)) is not None:
        return is_private(ip)
    name = host.rstrip(".").lower()
    return "." not in name or any(name.endswith(f".{ending}") for ending in _HOME)
