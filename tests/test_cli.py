from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

import lavdlike
from lavdlike import cli
from tests.limits import LIMIT_S
from tests.serving import wait_until

PROJECT = Path(__file__).resolve().parent.parent


@dataclass
class Started:
    """A server in a process of its own, and its first line."""

    process: subprocess.Popen[str]
    line: str

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+/", self.line)
        assert found, self.line
        return found[0]

    def stop(self, *signals: int) -> tuple[int, str]:
        """Send signals; the exit code and what was written to standard error."""
        for number in signals or (signal.SIGINT,):
            self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, errors


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home of its own, no desktop, and this tree."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "HOME": str(tmp_path / "home"),
        "XDG_STATE_HOME": str(tmp_path / "s"),  # short: the path of a socket is at most 107 bytes long
        "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path]),
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "log" / "experiment" / "0001").mkdir(parents=True)
    return tmp_path / "log"


def run(environment: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lavdlike.server", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


@contextmanager
def started(environment: dict[str, str], *arguments: str | Path) -> Iterator[Started]:
    process = subprocess.Popen(
        [sys.executable, "-m", "lavdlike.server", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            yield Started(process, line)
        finally:
            process.kill()


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, timeout=LIMIT_S, trust_env=False)


# --- what cannot be done ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "there is no folder"),
        ("file", "is a file; give the folder that holds the experiments"),
        ("file/inside", "is a file"),
        ("bad\n\x1b[31mname", r"there is no folder {}bad\n\x1b[31mname"),
    ],
)
def test_a_root_that_is_none_is_one_clear_line(
    tmp_path: Path, environment: dict[str, str], name: str, said: str
) -> None:
    (tmp_path / "file").touch()
    done = run(environment, tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lavdlike: ")
    assert done.stderr.count("\n") == 1
    assert said.format(f"{tmp_path}/") in done.stderr


def test_a_root_that_may_not_be_read_is_one_clear_line(root: Path) -> None:
    """In a child, as an ordinary user, to whom permissions apply."""
    script = """
import os, sys
from lavdlike import cli
cli.main(["/no/such/root"])  # imports what an ordinary user may not find
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
sys.exit(cli.main([sys.argv[1]]))
"""
    root.chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", script, root], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    root.chmod(0o700)
    assert done.returncode == 2
    assert done.stderr.splitlines()[1:] == [f"lavdlike: cannot read {root}: no permission to read it"]


def test_full_disks_are_said_in_one_line_each(root: Path, environment: dict[str, str]) -> None:
    """A limit of 0 bytes for every file, for want of a full disk."""
    script = """
import resource, sys
from lavdlike import cli
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
sys.exit(cli.main([sys.argv[1], "--port", "0"]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, root],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    key, link = done.stderr.splitlines()
    assert "sign-ins will not outlive this server" in key
    assert "no folder to keep the link in" in link


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "65536"],
        ["-p", "x"],
        ["--port", "-1"],
        ["--port", "x"],
        ["--poll-interval", "0"],
        ["--poll-interval", "nan"],
        ["--base-url", "/a b"],
        ["--base-url", "/../x"],
        ["--allowed-host", "https://x"],
        ["--allowed-host", "*"],
        ["--allowed-host", "lab.example.org:65536"],
        ["--allowed-host", "[::x]"],
        ["--allowed-origin", "https://lab.example.org:0"],
        ["--allowed-origin", "https://lab.example.org:80@evil.example"],
        ["--allowed-origin", "lab.example.org"],
        ["--allowed-origin", "https://lab.example.org/path"],
        ["--allowed-origin", "null"],
        ["--watch", "sometimes"],
        ["--host", "no.such.host.invalid"],
        ["--host", "0.0.0.0", "--no-token"],  # noqa: S104
        ["--uds", "/no/such/folder/socket"],
        ["--uds-mode", "777"],
        ["--uds-mode", "660"],
        ["--uds-group", "no-such-group", "--uds", "socket"],
        ["--readonly", "--allow-edits"],
        ["--allow-edits"],
        ["--token-file", "missing"],
        ["--users", "missing"],
        ["--users", "missing", "--no-token"],
        ["--proxy-user-header", "X-Remote-User"],
        ["--proxy-user-header", "X Remote", "--uds", "socket"],
        ["--unknown"],
        [],
    ],
)
@pytest.mark.usefixtures("kept_loggers")
def test_wrong_options_end_with_2_and_say_which(
    root: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(root.parent / "state"))
    try:
        code = cli.main([str(root), *arguments] if arguments else [])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code == 2
    assert (arguments[0] if arguments else "ROOT") in capsys.readouterr().err


def test_a_command_that_is_misspelt_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["tga", "log/run"]) == 2
    assert capsys.readouterr().err == "lavdlike: there is no command 'tga'. Perhaps: tag\n"
    assert cli.main(["tga"]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("-v", "--version"):
        with pytest.raises(SystemExit) as ended:
            cli.main([option])
        assert ended.value.code == 0
        assert capsys.readouterr().out == f"lavdlike {lavdlike.__version__}\n"


# --- serving ------------------------------------------------------------------------------------------------


def test_one_line_says_where_and_where_the_token_is(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0") as server:
        assert server.line.startswith(f"lavdlike shows {root} at http://localhost:")
        found = re.search(r"\(the link with its token is in (.+)\)", server.line)
        assert found
        link, readers_link = Path(found[1]).read_text().splitlines()
        address, _, token = link.partition("#token=")
        assert address == readers_link.partition("#token=")[0] == server.url
        assert token not in server.line
        if (command_line := Path(f"/proc/{server.process.pid}/cmdline")).exists():
            assert token not in command_line.read_text()
            assert token not in command_line.with_name("environ").read_text()
        assert get(f"{address}api/session").json()["needs_token"]
        assert get(f"{address}api/nothing").status_code == 401
        assert get(f"{address}api/nothing", Authorization=f"Bearer {token}").status_code == 404
        assert get(f"{address}api/x?token={token}", Authorization="Bearer wrong").status_code == 401
        code, errors = server.stop()
    assert (code, errors) == (0, "")
    assert not Path(found[1]).exists()


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&- 2>&-", ">/dev/full 2>/dev/full"])
def test_it_serves_without_anybody_to_tell(root: Path, environment: dict[str, str], closed: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = [sys.executable, "-m", "lavdlike", str(root), "-p", str(port), "--no-token", "--no-browser"]
    process = subprocess.Popen(["sh", "-c", f'exec "$@" {closed}', "-", *server], env=environment)
    with process:
        try:
            wait_until(lambda: _answers(f"http://127.0.0.1:{port}/api/session"))
            process.send_signal(signal.SIGINT)
            assert process.wait(LIMIT_S) == 0
        finally:
            process.kill()


def _answers(url: str) -> bool:
    try:
        return get(url).status_code == 200
    except httpx.TransportError:
        return False


def test_a_root_that_the_encoding_lacks_is_written_with_escapes(
    root: Path, environment: dict[str, str]
) -> None:
    odd = root.rename(root.with_name("größe"))
    with started({**environment, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "1"}, odd, "-p", "0") as server:
        assert server.line.startswith(rf"lavdlike shows {root.parent}/gr\xf6\xdfe at http")
        assert server.stop() == (0, "")


def test_both_loopback_addresses_answer(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0") as server:
        port = httpx.URL(server.url).port
        answered = [get(f"http://{host}:{port}/api/session").status_code for host in _loopback_hosts()]
    assert set(answered) == {200}


def _loopback_hosts() -> list[str]:
    hosts = ["127.0.0.1", "localhost"]
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        hosts.append("[::1]")
    except OSError:
        pass  # this machine has no IPv6
    return hosts


def test_a_busy_port_is_said_and_the_next_one_taken(root: Path, environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with started(environment, root, "--port", str(port)) as server:
            taken = httpx.URL(server.url).port
            code, errors = server.stop()
    assert taken is not None
    assert taken > port
    assert (code, errors) == (0, f"lavdlike: port {port} is busy, so this is port {taken}\n")


def test_without_a_token_it_says_who_can_read(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0", "--no-token") as server:
        assert "#token" not in server.line
        assert "link" not in server.line
        assert not get(f"{server.url}api/session").json()["needs_token"]
        assert not get(f"{server.url}api/root").json()["editing"]["allowed"]
        code, errors = server.stop()
    assert (code, errors.count("\n")) == (0, 1)
    assert "every user of this machine can read" in errors


def test_beyond_this_machine_it_warns_and_wants_the_token(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0", "--host", "0.0.0.0") as server:  # noqa: S104
        port = httpx.URL(server.url).port
        assert get(f"http://127.0.0.1:{port}/api/session").json()["needs_token"]
        _, errors = server.stop()
    assert "not encrypted" in errors
    assert "ssh -L" in errors


def test_a_unix_socket_serves_its_user_without_a_token(root: Path, environment: dict[str, str]) -> None:
    path = root.parent / "socket"
    with started(environment, root, "--uds", path) as server:
        assert f"at the socket {path}" in server.line
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
            assert not client.get("http://localhost:8080/api/session").json()["needs_token"]
            assert client.get("http://evil.example/api/session").status_code == 403
        code, _ = server.stop(signal.SIGTERM)
    assert code == 0
    assert not path.exists()


@pytest.mark.parametrize("option", ["--no-token", "--uds"])
def test_nothing_that_a_start_without_a_token_gives_opens_a_later_one_with_it(
    root: Path, environment: dict[str, str], option: str
) -> None:
    open_to_all = [option, root.parent / "socket"] if option == "--uds" else [option]
    with started(environment, root, "--port", "0") as server:  # which makes the key
        server.stop()
    with started(environment, root, "--port", "0", *open_to_all) as server:
        given = sign_in_at(server)
        assert server.stop()[0] == 0
    assert given.status_code == 200
    assert "Set-Cookie" not in given.headers
    with started(environment, root, "--port", "0") as server:
        cookie_name = f"lavdlike-{get(f'{server.url}api/session').json()['instance']}"
        assert given.json()["instance"] not in cookie_name
        for secret in given.json().values():
            taken = {"Cookie": f"{cookie_name}={secret}", "X-Lavdlike-Page": secret}
            assert get(f"{server.url}api/root", **taken).status_code == 401
            assert get(f"{server.url}api/root", Authorization=f"Bearer x{secret}").status_code == 401
            assert get(f"{server.url}api/files/a?key={secret}", **taken).status_code == 401
        server.stop()


def sign_in_at(server: Started) -> httpx.Response:
    """Ask a server at a port or a socket for a sign-in, with a token that it does not know."""
    found = re.search(r"at the socket (\S+)", server.line)
    transport = httpx.HTTPTransport(uds=found[1] if found else None)
    with httpx.Client(transport=transport, timeout=LIMIT_S) as client:
        url = "http://localhost:8080/" if found else server.url
        return client.post(f"{url}api/sign-in", json={"token": "of an old link"})


def ask_socket(folder: Path, *, as_nobody: bool) -> str:
    """The answer to `GET /api/root` at the socket `at` of a folder, for this user or for another one."""
    script = f"""
import os, socket
{"os.setgroups([]); os.setgid(65534); os.setuid(65534)" if as_nobody else ""}
with socket.socket(socket.AF_UNIX) as client:
    client.connect("at")
    client.sendall(b"GET /api/root HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
    while piece := client.recv(65536):
        print(piece.decode(), end="")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="the system does not say who connects")
def test_at_a_socket_its_owner_edits_and_others_read_if_its_mode_lets_them(
    root: Path, environment: dict[str, str]
) -> None:
    folder = root.parent
    folder.chmod(0o755)
    with started(environment, root, "--uds", folder / "at", "--uds-mode", "666") as server:
        assert '"editing":{"allowed":true,' in ask_socket(folder, as_nobody=False)
        if os.geteuid() == 0:
            assert '"editing":{"allowed":false,' in ask_socket(folder, as_nobody=True)
        _, errors = server.stop()
    assert "whoever can open the socket can read what is shown; only you can change it" in errors
    if os.geteuid() == 0:
        with started(environment, root, "--uds", folder / "at"):
            assert "PermissionError" in ask_socket(folder, as_nobody=True)
        with started(environment, root, "--uds", folder / "at", "--uds-group", "65534", "--allow-edits"):
            assert '"editing":{"allowed":true,' in ask_socket(folder, as_nobody=True)


def editing(url: str, **headers: str) -> bool | None:
    """Whether who asks may edit; None if they may not even read."""
    answer = get(f"{url}api/root", **headers)
    return answer.json()["editing"]["allowed"] if answer.status_code == 200 else None


@pytest.mark.parametrize(
    ("options", "owner", "reader", "nobody"),
    [
        ([], True, False, None),
        (["--readonly"], False, None, None),
        (["--no-token", "--allow-edits"], None, None, True),
    ],
)
def test_who_may_edit(
    root: Path, environment: dict[str, str], options: list[str], *, owner: bool, reader: bool, nobody: bool
) -> None:
    with started(environment, root, "--port", "0", *options) as server:
        found = re.search(r"is in (.+)\)", server.line)
        links = Path(found[1]).read_text().splitlines() if found else []
        tokens = [link.partition("#token=")[2] for link in links]
        rights = [editing(server.url, Authorization=f"Bearer {token}") for token in tokens]
        assert [*rights, *[None] * (2 - len(rights))] == [owner, reader]
        assert editing(server.url) == nobody
        assert get(f"{server.url}healthz").text == "ok\n"
        _, errors = server.stop()
    assert ("can read and change what is shown (--no-token)" in errors) == ("--allow-edits" in options)


def test_a_token_that_stays_is_in_no_childs_environment_and_its_sign_ins_end_with_a_new_key(
    root: Path, environment: dict[str, str]
) -> None:
    """A reader's, too, who stays one."""
    token = "Zm9vYmFyLWxvbmctdG9rZW4"  # noqa: S105
    kept = {**environment, "LAVDLIKE_TOKEN": token}
    with started(kept, root, "--port", "0") as server:
        links = Path(re.search(r"is in (.+)\)", server.line)[1]).read_text().splitlines()  # type: ignore[index]
        assert links[0].endswith(f"#token={token}")
        readers_token = links[1].partition("#token=")[2]
        with httpx.Client(base_url=server.url, trust_env=False) as browser:
            signed_in = browser.post("api/sign-in", json={"token": readers_token}).json()
            cookie = {
                "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
                "X-Lavdlike-Page": signed_in["page_secret"],
            }
        assert editing(server.url, **cookie) is False
    (root.parent / "token").write_text(token)
    (root.parent / "token").chmod(0o600)
    with started(environment, root, "--port", "0", "--token-file", root.parent / "token") as server:
        assert token not in server.line
        assert editing(server.url, Authorization=f"Bearer {token}") is True
        assert editing(server.url, Authorization=f"Bearer {readers_token}") is False
        assert editing(server.url, **cookie) is False
    with started(kept, root, "--port", "0", "--new-key") as server:
        assert editing(server.url, **cookie) is None
        assert editing(server.url, Authorization=f"Bearer {readers_token}") is False


def test_people_sign_in_by_name_until_they_are_removed(root: Path, environment: dict[str, str]) -> None:
    users = root.parent / "users"
    made = subprocess.run(
        [sys.executable, "-m", "lavdlike", "passwd", users, "ann", "--write", "--password-stdin"],
        env=environment,
        input="correct horse\n",
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert (made.returncode, made.stdout) == (0, "")
    token = run(environment, "passwd", users, "ann", "--token").stdout.strip()
    with started(environment, root, "--port", "0", "--users", users) as server:
        assert "#token" not in server.line
        assert "(sign in with a name of" in server.line
        assert editing(server.url) is None
        assert editing(server.url, Authorization=f"Bearer {token}") is False
        with httpx.Client(base_url=server.url, trust_env=False, timeout=LIMIT_S) as browser:
            asked = {"name": "ann", "token": "correct horse"}
            signed_in = browser.post("api/sign-in", json=asked).json()
            page = {"X-Lavdlike-Page": signed_in["page_secret"]}
            assert browser.get("api/root", headers=page).json()["editing"] == {
                "allowed": True,
                "user": "ann",
                "reason": "",
            }
            users.write_text("# nobody\n")
            assert browser.get("api/root", headers=page).status_code == 401
            assert editing(server.url, Authorization=f"Bearer {token}") is None


def test_a_socket_of_its_own_choice_is_in_a_private_folder_and_says_how_to_reach_it(
    root: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    with started({**environment, "XDG_RUNTIME_DIR": str(runtime)}, root, "--uds", "auto") as server:
        (path,) = (runtime / "lavdlike").glob("*.sock")
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert server.process.stdout is not None
        hint = server.process.stdout.readline()
        assert f"'ssh -L 8080:{path} {socket.gethostname()}', then open http://localhost:8080/" in hint
        assert server.stop() == (0, "")
    assert not path.exists()


def test_options_of_a_proxy_reach_the_server(root: Path, environment: dict[str, str]) -> None:
    options = [
        "--base-url",
        "lavd/",
        "--allowed-host",
        "[2001:db8::1]",
        "--allowed-origin",
        "https://Lab.example.org",
    ]
    with started(environment, root, "--port", "0", *options) as server:
        assert server.url.endswith("/lavd/")
        assert get(f"{server.url}api/session", Host="[2001:db8::1]:80").status_code == 200
        at_proxy = {"Host": "lab.example.org", "Origin": "https://lab.example.org"}
        assert get(f"{server.url}api/session", **at_proxy).status_code == 200
        assert get(f"{server.url}api/session", Host="other.example.org").status_code == 403


def test_an_allowed_origin_with_a_port_is_answered_as_proxies_pass_it_on(
    root: Path, environment: dict[str, str]
) -> None:
    origins = {  # as it is allowed, and as a browser writes it
        "https://lab.example.org:8443": "https://lab.example.org:8443",
        "https://hub.example.org:443": "https://hub.example.org",
        "http://old.example.org:80": "http://old.example.org",
        "https://[2001:DB8:0::1]:8443": "https://[2001:db8::1]:8443",
    }
    options = [option for allowed in origins for option in ("--allowed-origin", allowed)]
    with started(environment, root, "--port", "0", *options) as server:
        for origin in origins.values():
            name = origin.removeprefix("https://").removeprefix("http://").removesuffix(":8443")
            for host in (name, f"{name}:8443", f"{name}:4343"):
                assert get(f"{server.url}api/session", Host=host, Origin=origin).status_code == 200
                proxied = {"Host": host, "Origin": origin, "Sec-Fetch-Site": "same-origin"}
                assert _signs_in_and_reads(server, proxied)
            other = origin.removesuffix(":8443") + ":1"
            assert get(f"{server.url}api/session", Host=name, Origin=other).status_code == 403
        server.stop()


def _signs_in_and_reads(server: Started, headers: dict[str, str]) -> bool:
    """Whether the page behind the proxy can do all that it does: sign in, read, and hear what changes."""
    found = re.search(r"is in (.+)\)", server.line)
    assert found
    token = Path(found[1]).read_text().splitlines()[0].partition("#token=")[2]
    answer = httpx.post(
        f"{server.url}api/sign-in", json={"token": token}, headers=headers, timeout=LIMIT_S, trust_env=False
    )
    secret = answer.json()["page_secret"]
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    others = {name: value for name, value in headers.items() if name not in ("Origin", "Host")}
    with connect(
        f"ws://{headers['Host']}/api/feed",
        sock=socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 80), timeout=LIMIT_S),
        origin=Origin(headers["Origin"]),
        subprotocols=[Subprotocol("lavdlike.feed"), Subprotocol(f"lavdlike.page.{secret}")],
        additional_headers={**others, "Cookie": cookie},
        proxy=None,
    ) as stream:
        assert stream.recv(LIMIT_S)
    return editing(server.url, **headers, **{"Cookie": cookie, "X-Lavdlike-Page": secret}) is True


def test_a_root_that_holds_steps_is_said_and_its_parent_suggested(
    root: Path, environment: dict[str, str]
) -> None:
    experiment = root / "single"
    (experiment / "0001").mkdir(parents=True)
    with started(environment, experiment, "--port", "0") as server:
        _, errors = server.stop()
    assert "looks like one experiment" in errors
    assert errors.endswith(f"Perhaps you mean: lavdlike {root}\n")


@pytest.mark.parametrize("mark", ["experiment.json", "scalars.tsv", "command.json"])
def test_a_root_that_is_a_run_is_shown_as_one(root: Path, environment: dict[str, str], mark: str) -> None:
    run = root / "single"
    (run / "0001").mkdir(parents=True)
    (run / mark).write_text("{}")
    (root / "beside").mkdir()
    with started(environment, run, "--port", "0", "--no-token") as server:
        shown = httpx.get(f"{server.url}api/root", timeout=LIMIT_S).json()
        _, errors = server.stop()
    assert "looks like" not in errors
    assert (shown["is_run"], shown["path"]) == (True, str(run))
    assert [row["name"] for row in shown["experiments"]] == ["single"]


def test_experiments_with_numbers_for_names_are_no_steps(root: Path, environment: dict[str, str]) -> None:
    for name in ("1", "2", "10"):
        (root / name).mkdir()
    with started(environment, root, "--port", "0") as server:
        assert server.stop() == (0, "")


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGINT] * 2, [signal.SIGHUP]])
def test_it_ends_cleanly_with_open_connections(
    root: Path, environment: dict[str, str], signals: list[signal.Signals]
) -> None:
    with started(environment, root, "--port", "0") as server:
        port = httpx.URL(server.url).port
        assert port is not None
        with socket.create_connection(("127.0.0.1", port)) as half, httpx.Client(trust_env=False) as kept:
            half.sendall(b"GET / HT")
            assert kept.get(f"{server.url}api/session").status_code == 200
            assert server.stop(*signals) == (0, "")


def test_what_clients_send_never_reaches_the_log_raw(root: Path, environment: dict[str, str]) -> None:
    with started(environment, root, "--port", "0", "--verbose") as server:
        port = httpx.URL(server.url).port
        assert port is not None
        for sent in (b"\x1b[31mnonsense\r\n\r\n", b"GET /\x1b[31m HTTP/1.1\r\n\r\n") * 20:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(sent)
                connection.recv(100)
        _, errors = server.stop()
    assert "\x1b" not in errors
    assert 0 < errors.count("Invalid HTTP request received.") <= 10


# --- at a terminal ------------------------------------------------------------------------------------------


@contextmanager
def at_terminal(
    environment: dict[str, str], *arguments: str | Path, script: str = ""
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server, or a script, whose input and output are a terminal."""
    controller, terminal = pty.openpty()
    started_as = ["-c", script] if script else ["-m", "lavdlike.server"]
    process = subprocess.Popen(
        [sys.executable, *started_as, *map(str, arguments)],
        env={**environment, "TERM": "xterm"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        with process:
            try:
                yield process, controller
            finally:
                process.kill()
    finally:
        os.close(controller)


def read_terminal(controller: int, until: str) -> str:
    seen = ""
    while until not in seen:
        assert select.select([controller], [], [], LIMIT_S)[0], f"no {until!r} in {seen!r}"
        try:
            seen += os.read(controller, 65536).decode()
        except OSError:  # the other side is closed
            break
    return seen


def test_at_a_terminal_the_link_has_the_token_and_ctrl_c_ends(
    root: Path, environment: dict[str, str]
) -> None:
    with at_terminal(environment, root, "--port", "0") as (process, controller):
        shown = read_terminal(controller, "\n")
        found = re.search(r"http://localhost:(\d+)/#token=(\S+)\r\n", shown)
        assert found, shown
        url = f"http://localhost:{found[1]}/api/nothing"
        assert get(url, Authorization=f"Bearer {found[2]}").status_code == 404
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT_S) == 0
        assert "Traceback" not in read_terminal(controller, "never")


def test_a_spinner_turns_while_something_takes_long_and_leaves_nothing(environment: dict[str, str]) -> None:
    script = """
import sys
from lavdlike.server.host import serve
serve.Patience.DELAY_S = 0.05
with serve.Patience("reading \\x1b[31m/log"):
    sys.stdin.readline()
print("done")
"""
    del environment["PYTHONWARNINGS"]  # halo calls Thread.setDaemon
    with at_terminal(environment, script=script) as (process, controller):
        read_terminal(controller, r"reading \x1b[31m/log")
        os.write(controller, b"\n")
        shown = read_terminal(controller, "done")
        assert process.wait(LIMIT_S) == 0
    assert "reading" not in shown.partition("done")[0].rpartition("\x1b[K")[2]  # its line was cleared


@pytest.mark.parametrize("remote", [False, True])
def test_a_browser_opens_a_private_file_and_only_at_a_desktop(
    root: Path, environment: dict[str, str], tmp_path: Path, *, remote: bool
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\ncp "${{1#file://}}" {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o700)
    desktop = {**environment, "DISPLAY": ":0", "BROWSER": str(browser)}
    if remote:
        desktop["SSH_CONNECTION"] = "192.0.2.1 1 192.0.2.2 22"
    with at_terminal(desktop, root, "--port", "0") as (process, controller):
        found = re.search(r"http://\S+", read_terminal(controller, "\n"))
        assert found
        if not remote:
            wait_until(opened.exists)
            assert found[0] in opened.read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT_S) == 0
    assert opened.exists() != remote
