"""Where the server listens: addresses, port or unix socket, what a browser calls it. A port is never shared."""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

LOOPBACK = ("127.0.0.1", "::1")
PORTS_TRIED = 100
PRIVATE_MODE = 0o600
_BACKLOG = 1024
_GROUP_DIGITS = 9
# This machine has no such address: IPv6 (or IPv4) is switched off.
_NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)


class ListenError(Exception):
    """No socket could be made; the text is for the person who started the server."""


@dataclass(frozen=True)
class Listener:
    """Where a server listens. One of `port` and `socket_path` is None.

    `host`: what stands in the page's address; `names`: beside loopback names, those by which it may be called;
    `beyond_machine`: whether other machines can reach it.
    """

    listeners: list[socket.socket]
    host: str
    port: int | None = None
    socket_path: Path | None = None
    names: frozenset[str] = frozenset()
    beyond_machine: bool = False

    @property
    def label(self) -> str:
        """Tells places of one machine apart in names of files."""
        return str(self.port) if self.port is not None else "socket"

    def close(self) -> None:
        for listener in self.listeners:
            listener.close()
        if self.socket_path is not None:
            self.socket_path.unlink(missing_ok=True)


def listen_at_port(host: str | None, port: int) -> Listener:
    """Listen at `host` (None: at the loopback addresses) and `port`, or the next port that is free (0: any).

    Raises:
        ListenError: no such host, no permission, or no free port.
    """
    addresses = LOOPBACK if host is None else _addresses_of(host)
    listeners = listen(addresses, port)
    port = int(listeners[0].getsockname()[1])
    parsed = [ip_address(address.partition("%")[0]) for address in addresses]
    if host is None:
        return Listener(listeners, "localhost", port)
    names = frozenset({host.lower()})
    # Also of a name: many systems have this machine's own at a loopback address.
    if all(address.is_loopback for address in parsed):
        return Listener(listeners, _in_address(host), port, names=names)
    own_name = socket.gethostname().lower()
    shown = own_name if any(address.is_unspecified for address in parsed) else _in_address(host)
    return Listener(listeners, shown, port, names=names | {own_name}, beyond_machine=True)


def listen_at_socket(path: Path, *, mode: int = PRIVATE_MODE, group: str = "") -> Listener:
    """Listen at a unix socket; browsers reach it through `ssh -L`, so by any loopback name.

    Args:
        mode: its permissions: whoever may write to it may connect.
        group: by name or number; "" for that of new files.

    Raises:
        ListenError: something else stands there, or the file cannot be made.
    """
    return Listener([listen_unix(path, mode, group)], "localhost", socket_path=path)


def listen(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    """Listen at every address on one and the same port: `port` or the next that is free on all of them (0: any).

    Of several addresses those that this machine does not have are left out.
    """
    last = min(port + PORTS_TRIED, 65536)
    candidates = [0] * PORTS_TRIED if port == 0 else range(port, last)
    for candidate in candidates:
        sockets = _listen_at_port(addresses, candidate)
        if sockets:
            return sockets
    raise ListenError(f"no free port from {port} to {last - 1}; give another with --port")


def listen_unix(path: Path, mode: int = PRIVATE_MODE, group: str = "") -> socket.socket:
    """Listen at a unix socket, by default for this user alone. What an ended server left behind is replaced."""
    group_id = _group_id(group) if group else -1
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # From the first moment, so that no chmod could be led elsewhere by a link. Nobody can connect before `listen`.
    previous_mask = os.umask(0o777 & ~mode)
    try:
        _remove_stale(path)
        listener.bind(os.fspath(path))
        if group:
            _give_to_group(path, group_id, group)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = (
            "the path is too long for a socket" if "too long" in str(error) else error.strerror or str(error)
        )
        raise ListenError(f"--uds {path}: {reason}") from None
    except ListenError:
        listener.close()
        raise
    finally:
        os.umask(previous_mask)
    return listener


def _group_id(group: str) -> int:
    if group.isdecimal() and len(group) <= _GROUP_DIGITS:
        return int(group)  # which need not have a name, as in containers
    try:
        import grp

        return grp.getgrnam(group).gr_gid
    except (ImportError, KeyError, ValueError):
        raise ListenError(f"--uds-group {group}: there is no such group") from None


def _give_to_group(path: Path, group_id: int, group: str) -> None:
    try:
        os.chown(path, -1, group_id, follow_symlinks=False)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise ListenError(
            f"--uds-group {group}: {error.strerror}; a socket can be given to a group that you are in"
        ) from None


def _addresses_of(host: str) -> tuple[str, ...]:
    """The addresses that a `--host` names."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ListenError(f"--host {host}: no such host") from None
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listen_at_port(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    """Sockets at every address of this machine; none if the port is busy at one of them."""
    sockets: list[socket.socket] = []
    missing = ""
    for address in addresses:
        try:
            sockets.append(_listener(address, port or (_port_of(sockets[0]) if sockets else 0)))
        except OSError as error:
            if error.errno in _NO_SUCH_ADDRESS:
                missing = f"cannot listen at {address}: {error.strerror}"
                continue
            for opened in sockets:
                opened.close()
            if error.errno == errno.EADDRINUSE:
                return []
            raise ListenError(f"cannot listen at {address}, port {port}: {error.strerror}") from None
    if not sockets:
        raise ListenError(missing)
    return sockets


def _listener(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Connections of an ended server do not hold the port. (A listening socket of another process still does.)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, address != "::")
        listener.bind((address, port))
        # At once: two sockets may be bound to one port with SO_REUSEADDR, but only one of them can listen.
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _remove_stale(path: Path) -> None:
    """Remove a socket file that nobody listens at; anything else that stands there stays, and is an error."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise ListenError(f"--uds {path}: a file stands there that is no socket")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise ListenError(f"--uds {path}: another server listens there")
