"""The command line: arguments -> calls."""

from __future__ import annotations

import argparse
import math
import os
import re
import shlex
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavdlike import __version__
from lavdlike.errors import NoPlaceError, NotFoundError
from lavdlike.layout import COMMAND_FILE, EXPERIMENT_FILE, SCALARS_FILE, step_of_folder
from lavdlike.server.journal import escaped

if TYPE_CHECKING:
    from lavdlike.server.place import Place

DEFAULT_PORT = 4343

_SHELL_COMMANDS = ("ls", "show", "tail")
# Of `tail`, at first (`logs.MAX_LINES`).
_MAX_LINES = 10_000

_HOST = r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?"


class UsageError(Exception):
    """What was asked for cannot be done; the text says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command `lavdlike`; returns its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # A root of such a name is given as ./ls.
        if arguments[:1] and arguments[0] in _SHELL_COMMANDS:
            return _run_shell_command(_shell_parser().parse_args(arguments))
        return _serve(_parser().parse_args(arguments))
    except (UsageError, NotFoundError, NoPlaceError) as error:
        _note(str(error))
        return 2
    except KeyboardInterrupt:
        return 130


def _run_shell_command(options: argparse.Namespace) -> int:
    from lavdlike import shell

    common = {"as_json": options.json, "follow_links": options.follow_links}
    if options.command == "ls":
        return shell.ls(options.root, problems=options.problems, **common)
    if options.command == "show":
        return shell.show(options.experiment, options.label, **common)
    return shell.tail(options.experiment, options.name, follow=options.follow, lines=options.lines, **common)


def _serve(options: argparse.Namespace) -> int:
    root: Path = options.root.absolute()
    _check_root(root)
    # Only now: nobody should wait for these to learn of a mistyped name.
    from lavdlike.server.access import AccessRules
    from lavdlike.server.app import create_app
    from lavdlike.server.connections import Server, raise_descriptor_limit
    from lavdlike.server.credentials import Credentials, new_token
    from lavdlike.server.desktop import has_desktop, open_in_browser
    from lavdlike.server.journal import open_journal
    from lavdlike.server.memory import collect_garbage_seldom, give_back_freed_memory
    from lavdlike.server.settings import Settings
    from lavdlike.server.user_files import link_files, runtime_folder, signing_key

    open_journal(verbose=options.verbose)
    raise_descriptor_limit()
    give_back_freed_memory()
    collect_garbage_seldom()
    key, key_fault = signing_key(root)
    if key_fault:
        _note(f"sign-ins will not outlive this server, because their key cannot be kept: {key_fault}")
    with runtime_folder() as folder, closing(_place(options, folder)) as place:
        needs_token = place.port is not None and not options.no_token
        credentials = Credentials(key, new_token() if needs_token else None)
        link = _link(place, options.base_url, credentials.token)
        rules = AccessRules(
            hosts=place.names.union(options.allowed_host, map(_host_of, options.allowed_origin)),
            origins=frozenset(options.allowed_origin),
            base_url=options.base_url,
        )
        settings = Settings(
            root, options.watch, options.poll_interval, options.follow_links, options.allow_html_scripts
        )
        app = create_app(settings, credentials, rules)
        with (
            link_files(folder, link, f"{credentials.instance}-{place.label}") as files,
            Patience(f"reading {root}") as patience,
        ):

            def announce() -> None:
                patience.end()
                print(_announcement(root, place, link, files.text), flush=True)
                if not options.no_browser and place.port is not None and has_desktop():
                    open_in_browser(files.page)

            Server(app, on_started=announce).run(place.listeners)
    if sys.stderr.isatty():
        print(file=sys.stderr)  # after the terminal's ^C
    return 0


# --- the root -----------------------------------------------------------------------------------------------


def _check_root(root: Path) -> None:
    """Raise `UsageError` unless `root` is a folder that can be listed; say so if it looks like an experiment."""
    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in islice(entries, 1000)]
    except FileNotFoundError:
        raise UsageError(f"there is no folder {root}") from None
    except NotADirectoryError:
        raise UsageError(f"{root} is a file; give the folder that holds the experiments") from None
    except OSError as error:
        raise UsageError(f"cannot read {root}: {error.strerror}") from None
    sign = _sign_of_experiment(names)
    if sign:
        _note(
            f"{root} holds {sign}, so it looks like one experiment, not like a folder of experiments. "
            f"Perhaps you mean: lavdlike {shlex.quote(str(root.parent))}"
        )


def _sign_of_experiment(names: list[str]) -> str:
    for name in (EXPERIMENT_FILE, SCALARS_FILE, COMMAND_FILE):
        if name in names:
            return name
    # Steps are written with zeros in front; experiments may well be named 1, 2, 3.
    steps = sorted(name for name in names if name.startswith("0") and step_of_folder(name) is not None)
    return f"the step {steps[0]}" if steps else ""


# --- the place ----------------------------------------------------------------------------------------------


def _place(options: argparse.Namespace, folder: Path) -> Place:
    """Listen where the options say; a socket of our own choice goes to `folder`."""
    from lavdlike.server.place import ListenError, place_at_port, place_at_socket

    try:
        if options.uds:
            own = folder / f"{os.getpid()}.sock"
            return place_at_socket(own if options.uds == "auto" else Path(options.uds).absolute())
        place = place_at_port(options.host, options.port)
    except ListenError as error:
        raise UsageError(str(error)) from None
    if place.beyond_machine and options.no_token:
        place.close()
        raise UsageError(
            "--no-token is for this machine alone; with --host, whoever reaches the port could read"
        )
    if place.beyond_machine:
        _note(
            "other machines can reach this server, and what it sends is not encrypted; safer is to leave out --host "
            f"and to run 'ssh -L {place.port}:localhost:{place.port} {socket.gethostname()}' on your computer"
        )
    elif options.no_token:
        _note("every user of this machine can read what is shown (--no-token)")
    if place.port != options.port and options.port != 0:
        _note(f"port {options.port} is busy, so this is port {place.port}")
    return place


def _link(place: Place, base_url: str, token: str | None) -> str:
    port = 8080 if place.port is None else place.port  # of a socket: as the line at the start proposes
    return f"http://{place.host}:{port}{base_url}/" + (f"#token={token}" if token is not None else "")


def _announcement(root: Path, place: Place, link: str, link_file: Path) -> str:
    """The line to read at the start. What a batch system writes to a log file must not hold the token."""
    shown = escaped(str(root))
    if place.port is None:
        path = shlex.quote(escaped(str(place.socket_path)))
        return (
            f"lavdlike shows {shown} at the socket {path}\n"
            f"On your computer run 'ssh -L 8080:{path} {socket.gethostname()}', then open {link}"
        )
    address, _, token = link.partition("#")
    if token and not sys.stdout.isatty():
        return (
            f"lavdlike shows {shown} at {address} (the link with its token is in {escaped(str(link_file))})"
        )
    return f"lavdlike shows {shown} at {link}"


def _host_of(origin: str) -> str:
    return origin.partition("://")[2]


# --- arguments ----------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lavdlike",
        usage="lavdlike ROOT [options]",
        description="Show the experiments in the folder ROOT in a browser, live.",
        epilog="Without a browser: lavdlike ls ROOT, lavdlike show ROOT/EXPERIMENT, lavdlike tail ROOT/EXPERIMENT "
        "(each with --help).",
    )
    add = parser.add_argument
    add("root", metavar="ROOT", type=Path, help="the folder that holds the experiments")
    add("-v", "--version", action="version", version=f"lavdlike {__version__}")
    add("--verbose", action="store_true", help="log more, with tracebacks")
    add("--no-browser", action="store_true", help="do not open the page in a browser")

    add = parser.add_argument_group("where to listen").add_argument
    add(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="if busy, the next free one; 0: any (default: %(default)s)",
    )
    add(
        "--host",
        type=_loopback_or_host,
        help="name or address (default: 127.0.0.1 and ::1, this machine only)",
    )
    add("--uds", metavar="PATH|auto", help="a unix socket that only you can open, instead of a port")
    add("--base-url", metavar="/PREFIX", type=_base_url, default="", help="the page's path behind a proxy")

    add = parser.add_argument_group("who may read").add_argument
    add("--no-token", action="store_true", help="let every user of this machine read")
    add(
        "--allowed-host",
        metavar="NAME",
        type=_host,
        action="append",
        default=[],
        help="a further name of this server",
    )
    add(
        "--allowed-origin",
        metavar="ORIGIN",
        type=_origin,
        action="append",
        default=[],
        help="what a browser calls the page behind a proxy, such as https://lab.example.org",
    )

    add = parser.add_argument_group("what files may do").add_argument
    add(
        "--allow-html-scripts",
        action="store_true",
        help="run the scripts of HTML files, in frames that reach neither the page nor the network",
    )
    add("--follow-links", action="store_true", help="follow links that lead out of ROOT")

    add = parser.add_argument_group("how changes are noticed").add_argument
    add(
        "--watch",
        choices=["auto", "inotify", "poll"],
        default="auto",
        help="auto polls where changes are not reported, as on network file systems (default: %(default)s)",
    )
    add(
        "--poll-interval",
        metavar="S",
        type=_seconds,
        default=5.0,
        help="seconds between two looks (default: 5)",
    )
    return parser


def _shell_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lavdlike", usage="lavdlike {ls,show,tail} ...")
    commands = parser.add_subparsers(dest="command", required=True)
    experiment_help = "the folder of one experiment, ROOT/EXPERIMENT"

    add = commands.add_parser("ls", description="List the experiments in the folder ROOT.").add_argument
    add("root", metavar="ROOT", type=Path, help="the folder that holds the experiments")
    add(
        "--problems",
        action="store_true",
        help="list what cannot be shown instead; exit code 1 if there is any",
    )
    _add_shell_options(add)

    add = commands.add_parser("show", description="Tell what an experiment holds.").add_argument
    add("experiment", metavar="EXPERIMENT", type=Path, help=experiment_help)
    add("label", metavar="LABEL", nargs="?", help="what it holds there, instead")
    _add_shell_options(add)

    add = commands.add_parser(
        "tail", description="Print the last lines of a log, or points of a scalar."
    ).add_argument
    add("experiment", metavar="EXPERIMENT", type=Path, help=experiment_help)
    add(
        "name",
        metavar="LABEL|FILE",
        nargs="?",
        help="of a scalar or a log, or a file's path (default: its log)",
    )
    add("-f", "--follow", action="store_true", help="go on with what is added, until Ctrl-C")
    add(
        "-n", "--lines", metavar="N", type=_count, default=10, help="how many at first (default: %(default)s)"
    )
    _add_shell_options(add)
    return parser


def _add_shell_options(add: Callable[..., argparse.Action]) -> None:
    add("--json", action="store_true", help="one JSON object a line")
    add("--follow-links", action="store_true", help="follow links that lead out of ROOT")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_LINES:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {_MAX_LINES}, not {text!r}")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"not a port from 0 to 65535: {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"not a number of seconds from 0.1 to 3600: {text!r}")
    return seconds


def _loopback_or_host(text: str) -> str | None:
    """None stands for both loopback addresses, which is the default."""
    return None if text in ("127.0.0.1", "localhost") else text


def _base_url(text: str) -> str:
    names = [name for name in text.split("/") if name]
    if not all(re.fullmatch(r"[A-Za-z0-9._~-]+", name) and name.strip(".") for name in names):
        raise argparse.ArgumentTypeError(f"not a path such as /lavd: {text!r}")
    return "".join(f"/{name}" for name in names)


def _host(text: str) -> str:
    host = text.lower()
    if not re.fullmatch(_HOST, host):
        raise argparse.ArgumentTypeError(
            f"not a name such as lab.example.org or lab.example.org:8080: {text!r}"
        )
    return host[1:-1] if host.endswith("]") else host


def _origin(text: str) -> str:
    origin = text.lower()
    if not re.fullmatch(rf"https?://{_HOST}", origin):
        raise argparse.ArgumentTypeError(f"not an origin such as https://lab.example.org: {text!r}")
    return origin


# --- what is said -------------------------------------------------------------------------------------------


def _note(text: str) -> None:
    print(f"lavdlike: {escaped(text)}", file=sys.stderr, flush=True)


class Patience:
    """A spinner for work that takes longer than a second, if somebody sits at the terminal."""

    DELAY_S = 1.0

    def __init__(self, text: str) -> None:
        self._text = text
        self._timer = threading.Timer(self.DELAY_S, self._spin)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._ended = False
        self._spinner: Any = None

    def __enter__(self) -> Patience:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            self._timer.cancel()
            if self._spinner is not None:
                self._spinner.stop()
                self._spinner = None

    def _spin(self) -> None:
        from halo import Halo  # 20 ms that most starts do not need

        with self._lock:
            if not self._ended:
                self._spinner = Halo(escaped(self._text), stream=sys.stderr).start()
