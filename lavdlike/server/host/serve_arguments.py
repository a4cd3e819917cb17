"""The arguments of `lavdlike ROOT`, which serves a page."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lavdlike import __version__
from lavdlike.shell import arguments as shell_arguments

if TYPE_CHECKING:
    from lavdlike.server.web.authority import Origin

DEFAULT_PORT = 4343


def parser(commands: Iterable[str]) -> argparse.ArgumentParser:
    """Of `lavdlike ROOT ...`: its options are those of `options.ServeOptions`.

    Args:
        commands: of the shell, named behind the help.
    """
    parsed = argparse.ArgumentParser(
        prog="lavdlike",
        usage="lavdlike ROOT [ROOT ...] [options]",
        description="Show the experiments in the folder ROOT, or in several, in a browser, live.",
        epilog=f"Without a browser: lavdlike {{{','.join(commands)}}} ... (each with --help). "
        "A root of such a name is given as ./ls. Any program as an experiment: lavdlike run script.py ... "
        "Something to look at: lavdlike demo ROOT. In place of Visdom's server: lavdlike visdom ROOT. "
        "For --users: lavdlike passwd FILE NAME.",
    )
    add = parsed.add_argument
    add(
        "roots",
        metavar="ROOT",
        nargs="+",
        type=shell_arguments.root,
        help="the folder that holds the experiments; several with a name each: a=PATH b=PATH",
    )
    add("-v", "--version", action="version", version=f"lavdlike {__version__}")
    add("--verbose", action="store_true", help="log more, with tracebacks")
    add("--no-browser", action="store_true", help="do not open the page in a browser")
    _add_shown_options(add)
    _add_listening_options(parsed)
    _add_access_options(parsed)
    _add_file_options(parsed)
    return parsed


def _add_shown_options(add: Callable[..., object]) -> None:
    """What is shown beside the roots."""
    add(
        "--board",
        metavar="FILE",
        type=shell_arguments.path,
        action="append",
        default=[],
        help="open the page with this board, or schema of Streamvis, which need not lie in ROOT; several as well",
    )
    add(
        "--style",
        metavar="FILE",
        type=shell_arguments.path,
        help="a style sheet of yours for the page, loaded behind its own",
    )
    add(
        "--media",
        metavar="NAME=FOLDER",
        type=shell_arguments.media,
        action="append",
        default=[],
        help="where pictures and videos lie that runs name as media://NAME/...; several as well",
    )


def _add_file_options(parser: argparse.ArgumentParser) -> None:
    """What files may do, and how their changes are noticed."""
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
        help="seconds between two looks, or two lists of an object store (default: 5)",
    )

    add = parser.add_argument_group(
        "roots in object stores, such as s3://bucket/logs (docs/remote.md)"
    ).add_argument
    add(
        "--cache",
        metavar="PLACE",
        type=shell_arguments.path,
        help="a folder for copies of what is looked at (default: in your cache folder)",
    )
    add(
        "--cache-size",
        metavar="GIB",
        type=_gibibytes,
        default=4.0,
        help="the most that copies of one store take (default: %(default)g GiB)",
    )
    add(
        "--requests-per-minute",
        metavar="N",
        type=_count,
        default=1200,
        help="the most requests to one store, more wait; 0: any (default: %(default)s)",
    )


def _add_listening_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("where to listen").add_argument
    add(
        "-p",
        "--port",
        type=port,
        default=DEFAULT_PORT,
        help="if busy, the next free one; 0: any (default: %(default)s)",
    )
    add(
        "--host",
        type=loopback_or_host,
        help="name or address (default: 127.0.0.1 and ::1, this machine only)",
    )
    add("--uds", metavar="PATH|auto", help="a unix socket that only you can open, instead of a port")
    add(
        "--uds-mode",
        metavar="MODE",
        type=_socket_mode,
        help="its permissions: 600, 660 or 666 (default: 600)",
    )
    add("--uds-group", metavar="GROUP", help="its group, which may then open it, such as that of nginx")
    add("--base-url", metavar="/PREFIX", type=base_url, default="", help="the page's path behind a proxy")


def _add_access_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("who may read and edit").add_argument
    add("--readonly", action="store_true", help="let nobody change anything")
    add("--no-token", action="store_true", help="let every user of this machine read")
    add(
        "--allow-edits",
        action="store_true",
        help="with --no-token or --uds: let whoever can read edit, too",
    )
    add(
        "--token-file",
        metavar="FILE",
        type=shell_arguments.path,
        help="a token that stays, in a file that only you can read (or in the variable LAVDLIKE_TOKEN)",
    )
    add(
        "--users",
        metavar="FILE",
        type=shell_arguments.path,
        help="people who sign in by name and password; made with 'lavdlike passwd FILE NAME'",
    )
    add("--new-key", action="store_true", help="end all sign-ins of before")
    add(
        "--proxy-user-header",
        metavar="NAME",
        type=_header,
        help="with --uds: the header in which a proxy says who asks, such as X-Remote-User",
    )
    add_names(add)


def add_names(add: Callable[..., object]) -> None:
    """By which names the server may be called beside those of this machine."""
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


def port(text: str) -> int:
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


def _gibibytes(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if not 0.01 <= size <= 1e6:
        raise argparse.ArgumentTypeError(f"not a number of GiB from 0.01 on: {text!r}")
    return size


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"not a number, 0 or more: {text!r}")
    return int(text)


def loopback_or_host(text: str) -> str | None:
    """None stands for both loopback addresses, which is the default."""
    return None if text in ("127.0.0.1", "localhost") else text


def _socket_mode(text: str) -> int:
    if text not in ("600", "660", "666"):
        raise argparse.ArgumentTypeError(f"must be 600, 660 or 666, not {text!r}")
    return int(text, 8)


def _header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", text):
        raise argparse.ArgumentTypeError(f"not the name of a header such as X-Remote-User: {text!r}")
    return text


def base_url(text: str) -> str:
    names = [name for name in text.split("/") if name]
    if not all(re.fullmatch(r"[A-Za-z0-9._~-]+", name) and name.strip(".") for name in names):
        raise argparse.ArgumentTypeError(f"not a path such as /lavd: {text!r}")
    return "".join(f"/{name}" for name in names)


def _host(text: str) -> str:
    """As `AccessRules.hosts` has it."""
    from lavdlike.server.web.authority import authority_of

    authority = authority_of(text)
    if authority is None:
        raise argparse.ArgumentTypeError(
            f"not a name such as lab.example.org or lab.example.org:8080: {text!r}"
        )
    return authority.name if authority.port is None else str(authority)


def _origin(text: str) -> Origin:
    from lavdlike.server.web.authority import origin_of

    origin = origin_of(text)
    if origin is None:
        raise argparse.ArgumentTypeError(f"not an origin such as https://lab.example.org: {text!r}")
    return origin
