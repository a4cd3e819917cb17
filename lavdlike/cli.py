"""The command line: arguments -> calls."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike.disk.stores.store_addresses import with_addresses
from lavdlike.errors import EditError, NoFolderError, NotFoundError, UsageError
from lavdlike.shell import arguments as shell_arguments
from lavdlike.shell.output import open_missing_streams, say
from lavdlike.shell.text import escaped
from lavdlike.writing.launched import VARIABLE

if TYPE_CHECKING:
    from lavdlike.reading.listing import Listing


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
            return _passwd(arguments[1:])
        if arguments[:1] == ["visdom"]:
            return _serve_visdom(arguments[1:])
        _check_command(arguments)
        return _serve(arguments)
    except (UsageError, NotFoundError, NoFolderError) as error:
        say(f"lavdlike: {escaped(with_addresses(str(error)))}", sys.stderr)
        return 2
    except EditError as error:
        say(f"lavdlike: {escaped(with_addresses(str(error)))}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _check_command(arguments: Sequence[str]) -> None:
    """Raises UsageError: something else than options stands behind a root, as behind a command that is misspelt."""
    if len(arguments) < 2 or any(each.startswith("-") for each in arguments[:2]):
        return
    near = difflib.get_close_matches(
        arguments[0], [*shell_arguments.COMMANDS, "run", "demo", "passwd", "visdom"], n=3
    )
    if near and not Path(arguments[0]).exists():
        raise UsageError(f"there is no command {arguments[0]!r}. Perhaps: {', '.join(near)}")


def _run_shell_command(options: argparse.Namespace) -> int:
    if options.command in ("ls", "show", "tail"):
        return _read(options)
    if options.command in ("inspect", "check", "convert"):
        return _look_into(options)
    if options.command in ("push", "pull"):
        return _copy(options)
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


def _copy(options: argparse.Namespace) -> int:
    from lavdlike.shell import pushing

    copy = pushing.push if options.command == "push" else pushing.pull
    return copy(options.folder, options.address, as_json=options.json)


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


def _serve(arguments: Sequence[str]) -> int:
    from lavdlike.server.host.serve_arguments import parser

    options = parser(shell_arguments.COMMANDS).parse_intermixed_args(arguments)
    # Not before, as --help needs none of what a server does.
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


def _serve_visdom(arguments: Sequence[str]) -> int:
    from lavdlike.visdom_server.visdom_arguments import parse

    options = parse(arguments, os.environ)
    from lavdlike.visdom_server.serving import run

    return run(options)


def _passwd(arguments: Sequence[str]) -> int:
    from lavdlike.server.host.passwd import passwd
    from lavdlike.server.host.passwd_arguments import parser

    options = parser().parse_args(arguments)
    return passwd(
        options.file.absolute(),
        options.name,
        may_edit=options.may_edit,
        token=options.token,
        from_stdin=options.password_stdin,
    )
