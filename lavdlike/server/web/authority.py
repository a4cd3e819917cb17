"""What stands in `Host` and behind the scheme of an `Origin`: a name and perhaps a port, and nothing else.

Strict on purpose: `127.0.0.1:4343@evil.example` begins like a name of ours.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

_AUTHORITY = re.compile(r"(?:([a-z0-9._-]+)|\[([0-9a-f:.]+)\])(?::([0-9]{1,5}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Authority(NamedTuple):
    """`name`: lower case; an IPv6 address in its shortest form, without brackets. `port`: None if none is given."""

    name: str
    port: int | None = None

    def __str__(self) -> str:
        """As browsers write it."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port is None else f"{name}:{self.port}"


class Origin(NamedTuple):
    scheme: str
    authority: Authority

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def authority_of(text: str) -> Authority | None:
    """`localhost:4343`, `[::1]`, `lab.example.org`; None for what is no name with or without a port."""
    found = _AUTHORITY.fullmatch(text.lower()) if text.isascii() else None
    if found is None:
        return None
    name, address, digits = found.groups()
    port = None if digits is None else int(digits)
    if port is not None and not 0 < port <= 65535:
        return None
    if address is None:
        return Authority(name, port)
    try:
        return Authority(str(IPv6Address(address)), port)
    except ValueError:
        return None


def origin_of(text: str) -> Origin | None:
    """`https://lab.example.org:8443`; None for all else. The usual port of a scheme is left out, as browsers do."""
    scheme, _, rest = text.lower().partition("://")
    authority = authority_of(rest)
    if scheme not in _DEFAULT_PORTS or authority is None:
        return None
    if authority.port == _DEFAULT_PORTS[scheme]:
        authority = Authority(authority.name)
    return Origin(scheme, authority)


def is_same_address(name: str, address: str) -> bool:
    """Whether a name is an address, and the same as another: IPv4 within IPv6 (`::ffff:10.0.0.1`) counts as IPv4."""
    try:
        one, other = (ip_address(text.partition("%")[0]) for text in (name, address))
    except ValueError:
        return False
    return _plain(one) == _plain(other)


def _plain(address: object) -> object:
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
