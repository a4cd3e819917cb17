from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lavdlike.server.host import listening as place_module
from lavdlike.server.host.listening import ListenError, listen_at_port, listen_at_socket


@contextmanager
def busy(address: str = "127.0.0.1", port: int = 0, *, reuse: bool = True) -> Iterator[int]:
    """A port of another process (as far as sockets can tell)."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
        other.bind((address, port))
        other.listen()
        yield other.getsockname()[1]


def has_ipv6() -> bool:
    try:
        with busy("::1"):
            return True
    except OSError:
        return False


def test_both_loopback_addresses_have_the_same_port() -> None:
    with closing(listen_at_port(None, 0)) as place:
        found = {listener.getsockname()[:2] for listener in place.listeners}
        expected = {("127.0.0.1", place.port)} | ({("::1", place.port)} if has_ipv6() else set())
        assert found == expected
        assert (place.host, place.beyond_machine, place.names) == ("localhost", False, frozenset())


def test_without_ipv6_one_loopback_address_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_module, "LOOPBACK", ("127.0.0.1", "2001:db8::1"))  # an address nobody has here
    with closing(listen_at_port(None, 0)) as place:
        assert len(place.listeners) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1", "::"])  # noqa: S104
@pytest.mark.parametrize("reuse", [True, False])
def test_a_busy_port_is_never_shared_and_the_next_free_one_taken(address: str, *, reuse: bool) -> None:
    if ":" in address and not has_ipv6():
        address = "127.0.0.1"
    with busy(address, reuse=reuse) as port, closing(listen_at_port(None, port)) as place:
        assert place.port is not None
        assert place.port > port
        assert all(listener.getsockname()[1] == place.port for listener in place.listeners)


def test_a_port_whose_owner_ended_a_moment_ago_is_free() -> None:
    """Its connections are still in TIME_WAIT."""
    with busy() as port, socket.create_connection(("127.0.0.1", port)):
        pass
    with closing(listen_at_port("127.0.0.1", port)) as place:
        assert place.port == port


def test_all_ports_busy_is_an_error_that_names_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_module, "PORTS_TRIED", 1)
    with busy() as port, pytest.raises(ListenError, match=r"no free port.*--port"):
        listen_at_port(None, port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "256.1.1.1", "a" * 300, "\x00"])
def test_an_unknown_host_is_an_error_that_names_it(host: str) -> None:
    with pytest.raises(ListenError, match="--host"):
        listen_at_port(host, 0)


def test_an_address_of_another_machine_is_an_error() -> None:
    with pytest.raises(ListenError, match=r"192\.0\.2\.1"):
        listen_at_port("192.0.2.1", 0)


def test_a_name_of_a_loopback_address_is_one_of_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Debian has the machine's own name at 127.0.1.1: the printed link has it."""
    monkeypatch.setattr(place_module, "_addresses_of", lambda _host: ("127.0.1.1",))
    with closing(listen_at_port("Lab", 0)) as place:
        assert (place.host, place.names, place.beyond_machine) == ("Lab", frozenset({"lab"}), False)


def test_beyond_this_machine_the_page_has_a_name_that_others_can_use() -> None:
    with closing(listen_at_port("0.0.0.0", 0)) as place:  # noqa: S104
        assert place.beyond_machine
        assert place.host == socket.gethostname().lower()
        assert place.host in place.names


def test_a_unix_socket_is_for_its_user_alone_and_removed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "s"
    previous = os.umask(0)
    try:
        place = listen_at_socket(path)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
    place.close()
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o600, 0o660, 0o666])
@pytest.mark.parametrize("mask", [0, 0o077])
def test_a_unix_socket_has_the_mode_that_was_asked_for(tmp_path: Path, mode: int, mask: int) -> None:
    previous = os.umask(mask)
    try:
        with closing(listen_at_socket(tmp_path / "s", mode=mode)):
            assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == mode
            assert os.umask(mask) == mask
    finally:
        os.umask(previous)


def test_a_unix_socket_can_be_given_to_a_group_of_its_user(tmp_path: Path) -> None:
    import grp

    group = os.getegid()
    for name in (str(group), grp.getgrgid(group).gr_name):
        with closing(listen_at_socket(tmp_path / "s", mode=0o660, group=name)):
            found = (tmp_path / "s").stat()
            assert (found.st_gid, stat.S_IMODE(found.st_mode)) == (group, 0o660)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to any group")
def test_the_group_is_that_which_was_named(tmp_path: Path) -> None:
    with closing(listen_at_socket(tmp_path / "s", mode=0o660, group="65534")):
        assert (tmp_path / "s").stat().st_gid == 65534


@pytest.mark.parametrize("group", ["no-such-group", "99999999999999999999", "\x00"])
def test_a_group_that_there_is_not_is_an_error_that_names_it_and_leaves_nothing(
    tmp_path: Path, group: str
) -> None:
    with pytest.raises(ListenError, match="--uds-group"):
        listen_at_socket(tmp_path / "s", mode=0o660, group=group)
    assert not list(tmp_path.iterdir())


def test_a_group_that_its_user_is_not_in_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(ListenError, match="a group that you are in"):
        listen_at_socket(tmp_path / "s", mode=0o660, group=str(os.getegid()))
    assert not list(tmp_path.iterdir())


def test_a_unix_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as ended:
        ended.bind(str(path))
    with closing(listen_at_socket(path)):
        pass


def test_a_unix_socket_in_use_and_other_files_stay(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with closing(listen_at_socket(path)), pytest.raises(ListenError, match="another server"):
        listen_at_socket(path)
    path.write_text("mine")
    with pytest.raises(ListenError, match="no socket"):
        listen_at_socket(path)
    assert path.read_text() == "mine"


def test_a_path_that_no_socket_can_have_is_said(tmp_path: Path) -> None:
    with pytest.raises(ListenError, match="too long"):
        listen_at_socket(tmp_path / ("x" * 200))
    with pytest.raises(ListenError, match="No such file"):
        listen_at_socket(tmp_path / "missing" / "s")
