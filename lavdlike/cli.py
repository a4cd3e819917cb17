"""The command line: arguments -> calls."""

from __future__ import annotations

import argparse
import difflib
import math
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike import __version__
from lavdlike.errors import EditError, NoFolderError, NotFoundError, UsageError
from lavdlike.shell import arguments as shell_arguments
from lavdlike.shell.output import open_missing_streams, say
from lavdlike.shell.text import escaped
from lavdlike.writing.launched import VARIABLE

if TYPE_CHECKING:
    from lavdlike.reading.listing import Listing
    from lavdlike.server.web.authority import Origin

DEFAULT_PORT = 4343


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command `lavdlike`; returns its exit code."""
    open_missing_streams()
    # A command in a script that `lavdlike run` has started is none of what the script measures.
    os.environ.pop(VARIABLE, None)
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # A root of such a name is given as ./ls.
        if arguments[:1] and arguments[0] in shell_arguments.COMMANDS:
            return _run_shell_command(shell_arguments.parse(arguments))
        if arguments[:1] == ["run"]:
            return _run_program(arguments[1:])
        if arguments[:1] == ["demo"]:
            return _write_demo(arguments[1:])
        if arguments[:1] == ["passwd"]:
            return _passwd(_passwd_parser().parse_args(arguments[1:]))
        _check_command(arguments)
        return _serve(_parser().parse_intermixed_args(arguments))
    except (UsageError, NotFoundError, NoFolderError) as error:
        say(f"lavdlike: {escaped(str(error))}", sys.stderr)
        return 2
    except EditError as error:
        say(f"lavdlike: {escaped(str(error))}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _check_command(arguments: Sequence[str]) -> None:
    """Raises UsageError: something else than options stands behind a root, as behind a command that is misspelt."""
    if len(arguments) < 2 or any(each.startswith("-") for each in arguments[:2]):
        return
    near = difflib.get_close_matches(arguments[0], [*shell_arguments.COMMANDS, "run", "demo", "passwd"], n=3)
    if near and not Path(arguments[0]).exists():
        raise UsageError(f"there is no command {arguments[0]!r}. Perhaps: {', '.join(near)}")


def _run_shell_command(options: argparse.Namespace) -> int:
    if options.command in ("ls", "show", "tail"):
        return _read(options)
    if options.command in ("inspect", "check", "convert"):
        return _look_into(options)
    if options.command == "board":
        return _arrange(options)
    if options.command in ("du", "thin", "trash", "restore"):
        return _clear(options)
    return _edit(options)


def _read(options: argparse.Namespace) -> int:
    from lavdlike.shell import subcommands

    common = {"as_json": options.json, "follow_links": options.follow_links}
    if options.command == "ls":
        shown = {"labels": options.labels, "problems": options.problems}
        return subcommands.ls(options.roots, listing=_listing(options), **shown, **common)
    if options.command == "show":
        return subcommands.show(options.experiment, options.label, root=options.root, **common)
    return subcommands.tail(
        options.experiment,
        options.name,
        follow=options.follow,
        lines=options.lines,
        root=options.root,
        **common,
    )


def _look_into(options: argparse.Namespace) -> int:
    from lavdlike.shell import checking, converting, inspecting

    common = {"as_json": options.json, "follow_links": options.follow_links}
    if options.command == "inspect":
        return inspecting.inspect(options.paths, **common)
    if options.command == "check":
        return checking.check(options.roots, options.url, **common)
    return converting.convert_all(options.source, options.target, **common)


def _listing(options: argparse.Namespace) -> Listing | None:
    """None: all experiments, as they are listed without any of these options."""
    from lavdlike.reading.listing import Listing

    asked = Listing(options.query, options.columns, options.sort, options.group_by, options.reverse)
    return asked if any(asked) else None


def _edit(options: argparse.Namespace) -> int:
    from lavdlike.shell import editing

    as_json = options.json
    common = {"root": options.root, "as_json": as_json}
    calls: dict[str, Callable[[], int]] = {
        "tag": lambda: editing.tag(options.experiments, add=options.add, remove=options.remove, **common),
        "star": lambda: editing.star(options.experiments, on=not options.off, **common),
        "archive": lambda: editing.archive(options.experiments, on=not options.off, **common),
        "title": lambda: editing.title(options.experiment, options.title, **common),
        "mv": lambda: editing.mv(options.experiment, options.name, **common),
        "undo": lambda: (
            editing.list_edits(options.root, as_json=as_json)
            if options.list
            else editing.undo(options.root, options.edit, as_json=as_json)
        ),
        "note": lambda: _note(options),
    }
    return calls[options.command]()


def _note(options: argparse.Namespace) -> int:
    from lavdlike.shell import notes

    common = {"root": options.root, "as_json": options.json}
    if options.edit:
        return notes.edit(options.experiment, **common)
    if options.file is not None:
        return notes.write_from(options.file, options.experiment, **common)
    if options.text is not None:
        return notes.write(options.text, options.experiment, **common)
    return notes.show(options.experiment, **common)


def _arrange(options: argparse.Namespace) -> int:
    from lavdlike.shell.arranging import BoardsOf

    boards, as_json = BoardsOf(options.root, options.experiment), options.json
    if options.board_command == "list":
        return boards.list_all(as_json=as_json)
    if options.board_command == "show":
        return boards.show(options.name, as_json=as_json)
    if options.board_command == "add":
        return boards.add(options.name, options.panels, title=options.title, as_json=as_json)
    return boards.remove(options.name, options.panel, as_json=as_json)


def _clear(options: argparse.Namespace) -> int:
    from lavdlike.shell import clearing

    as_json = options.json
    if options.command == "du":
        return clearing.du(options.paths, as_json=as_json)
    if options.command == "restore":
        return clearing.restore(options.root, options.trashed, as_json=as_json)
    if options.command == "thin":
        return clearing.thin(
            options.experiments,
            kinds=options.kinds,
            every=options.every,
            last=options.last,
            root=options.root,
            dry_run=options.dry_run,
            yes=options.yes,
            as_json=as_json,
        )
    if not options.list and not options.empty:
        return clearing.trash(options.paths, root=options.root, yes=options.yes, as_json=as_json)
    (root,) = options.paths
    if options.list:
        return clearing.list_trash(root, as_json=as_json)
    return clearing.empty_trash(root, yes=options.yes, as_json=as_json)


def _serve(options: argparse.Namespace) -> int:
    from lavdlike.server.host.options import ServeOptions
    from lavdlike.server.host.serve import serve

    return serve(ServeOptions(**vars(options)))


def _run_program(arguments: Sequence[str]) -> int:
    from lavdlike.launch import child_process, running
    from lavdlike.launch.run_arguments import parse

    return child_process.end_as(running.run(parse(arguments)))


def _write_demo(arguments: Sequence[str]) -> int:
    from lavdlike.demo import demo_run
    from lavdlike.demo.demo_arguments import parse

    return demo_run.run(parse(arguments))


def _passwd(options: argparse.Namespace) -> int:
    from lavdlike.server.host.passwd import passwd

    return passwd(
        options.file.absolute(),
        options.name,
        may_edit=options.may_edit,
        token=options.token,
        from_stdin=options.password_stdin,
    )


# --- arguments ----------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lavdlike",
        usage="lavdlike ROOT [ROOT ...] [options]",
        description="Show the experiments in the folder ROOT, or in several, in a browser, live.",
        epilog=f"Without a browser: lavdlike {{{','.join(shell_arguments.COMMANDS)}}} ... (each with --help). "
        "A root of such a name is given as ./ls. Any program as an experiment: lavdlike run script.py ... "
        "Something to look at: lavdlike demo ROOT. "
        "For --users: lavdlike passwd FILE NAME.",
    )
    add = parser.add_argument
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
    _add_listening_options(parser)
    _add_access_options(parser)
    _add_file_options(parser)
    return parser


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
        help="seconds between two looks (default: 5)",
    )


def _add_listening_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("where to listen").add_argument
    add(
        "-p",
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
    add(
        "--uds-mode",
        metavar="MODE",
        type=_socket_mode,
        help="its permissions: 600, 660 or 666 (default: 600)",
    )
    add("--uds-group", metavar="GROUP", help="its group, which may then open it, such as that of nginx")
    add("--base-url", metavar="/PREFIX", type=_base_url, default="", help="the page's path behind a proxy")


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


def _passwd_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lavdlike passwd",
        description="Set the password of a person who signs in to a server with --users FILE, or make them a token.",
    )
    add = parser.add_argument
    add("file", metavar="FILE", type=shell_arguments.path, help="is made if it is not there")
    add("name", metavar="NAME")
    rights = parser.add_mutually_exclusive_group()
    rights.add_argument(
        "--read", dest="may_edit", action="store_false", default=None, help="may read (for who is new)"
    )
    rights.add_argument("--write", dest="may_edit", action="store_true", default=None, help="may edit, too")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--token", action="store_true", help="make a token for scripts, and print it")
    ways.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, one line"
    )
    return parser


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


def _socket_mode(text: str) -> int:
    if text not in ("600", "660", "666"):
        raise argparse.ArgumentTypeError(f"must be 600, 660 or 666, not {text!r}")
    return int(text, 8)


def _header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,63}", text):
        raise argparse.ArgumentTypeError(f"not the name of a header such as X-Remote-User: {text!r}")
    return text


def _base_url(text: str) -> str:
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
