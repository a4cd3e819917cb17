"""The arguments of the commands of the shell."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from lavdlike.disk.stores.store_addresses import is_store_address, path_of_address
from lavdlike.errors import UsageError
from lavdlike.kinds import outside

# Of `tail`, at first (`logs.MAX_LINES`).
_MAX_LINES = 10_000
_MAX_STEPS = 2**53
_EXPERIMENT = "the folder of one experiment, in ROOT or in a folder of it"

_Add = Callable[..., argparse.Action]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What stands behind `lavdlike`, beginning with one of `COMMANDS`; a mistake ends the process with exit code 2."""
    parser = argparse.ArgumentParser(prog="lavdlike", usage=f"lavdlike {{{','.join(COMMANDS)}}} ...")
    commands = parser.add_subparsers(dest="command", required=True, prog="lavdlike")
    for name, (description, add_arguments) in COMMANDS.items():
        command = commands.add_parser(name, description=description)
        add_arguments(command)
        command.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(_with_filter_attached(arguments))
    if options.command == "trash" and (options.list or options.empty) and len(options.paths) > 1:
        commands.choices["trash"].error("--list and --empty are for one root at a time")
    if options.command == "trash" and (options.list or options.empty) and options.root is not None:
        commands.choices["trash"].error("with --list and --empty the root stands without --root")
    if options.command == "ls" and options.reverse and not options.sort:
        commands.choices["ls"].error("--reverse is for an order: say which with --sort FIELD")
    if (
        options.command == "ls"
        and options.labels
        and (options.columns or options.group_by or options.problems)
    ):
        commands.choices["ls"].error("--labels stands without --columns, --group-by and --problems")
    if options.command == "thin":
        if options.every is None and options.last is None:
            commands.choices["thin"].error("say which steps stay: --every N, --last N, or both")
        options.every, options.last = options.every or 0, 1 if options.last is None else options.last
    return options


def _with_filter_attached(arguments: Sequence[str]) -> list[str]:
    """`-q -tag=bad` as `--query=-tag=bad`: argparse takes a value that begins with a dash for an option."""
    attached: list[str] = []
    for argument in arguments:
        if attached[-1:] in (["-q"], ["--query"]) and "--" not in attached:
            attached[-1] = f"--query={argument}"
        else:
            attached.append(argument)
    return attached


# --- what reads ---------------------------------------------------------------------------------------------


def _ls(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "roots",
        metavar="ROOT",
        nargs="+",
        type=root,
        help="the folder that holds the experiments; several with a name each: a=PATH b=PATH",
    )
    parser.add_argument(
        "--labels",
        action="store_true",
        help="list what each holds instead: a line for each label, with how many points or items there are",
    )
    parser.add_argument(
        "--problems",
        action="store_true",
        help="list what cannot be shown instead; exit code 1 if there is any",
    )
    add = parser.add_argument
    add(
        "-q", "--query", metavar="FILTER", default="", help="only these: 'lr=0.01 -tag=bad min(val/loss)<0.3'"
    )
    add("--columns", metavar="A,B", type=_fields, default=(), help="what is told of each: lr,min(val/loss)")
    add("--sort", metavar="FIELD", default="", help="in the order of a field: min(val/loss)")
    add("--reverse", action="store_true", help="with --sort: the largest first")
    add(
        "--group-by",
        metavar="A,B",
        type=_fields,
        default=(),
        help="a line for each combination of values: lr,folder, or 'name~\"seed(\\d+)\"'",
    )
    _add_follow_links(add)


def _fields(text: str) -> list[str]:
    """Fields between commas; those inside parentheses and quotes are their own."""
    from lavdlike.reading.filter.parser import split_fields
    from lavdlike.reading.filter.syntax import FilterError

    try:
        return split_fields(text)
    except FilterError as error:
        raise argparse.ArgumentTypeError(f"{text!r}, {error}") from None


def _show(parser: argparse.ArgumentParser) -> None:
    _add_experiment(parser.add_argument)
    parser.add_argument("label", metavar="LABEL", nargs="?", help="what it holds there, instead")
    _add_root_option(parser.add_argument)
    _add_follow_links(parser.add_argument)


def _tail(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_experiment(add)
    add(
        "name",
        metavar="LABEL|FILE",
        nargs="?",
        help="of a scalar or a log, or a file's path (default: its log)",
    )
    add("-f", "--follow", action="store_true", help="go on with what is added, until Ctrl-C")
    add(
        "-n", "--lines", metavar="N", type=_lines, default=10, help="how many at first (default: %(default)s)"
    )
    _add_root_option(add)
    _add_follow_links(add)


def _inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="+",
        type=root,
        help="a root, the folder of a run, or a file; several roots with a name each: a=PATH b=PATH",
    )
    _add_follow_links(parser.add_argument)


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "roots",
        metavar="ROOT",
        nargs="+",
        type=root,
        help="the folder that holds the experiments; several with a name each: a=PATH b=PATH",
    )
    parser.add_argument("--url", metavar="LINK", help="of a running server of these roots, with its token")
    _add_follow_links(parser.add_argument)


def _convert(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "source",
        metavar="RUN",
        type=_there,
        help="the folder of a run, or one with runs in it: each is converted",
    )
    add(
        "target",
        metavar="DIR",
        type=path,
        help="a folder that is not there yet; of runs, what they are put into",
    )
    _add_follow_links(add)


def _push(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", type=path, help="what is brought into the store")
    parser.add_argument(
        "address",
        metavar="ADDRESS",
        nargs="?",
        help="s3://BUCKET/FOLDER, gs://..., az://...; not needed for a folder that a Logger with an address wrote",
    )


def _pull(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="FOLDER", type=path, help="where it is put; made if it is not there"
    )
    parser.add_argument("address", metavar="ADDRESS", help="s3://BUCKET/FOLDER, gs://..., az://...")


def _du(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", metavar="ROOT|EXPERIMENT", nargs="+", type=_there, help="a root stands for all in it"
    )


# --- what people say of experiments -------------------------------------------------------------------------


def _tag(parser: argparse.ArgumentParser) -> None:
    _add_experiments(parser.add_argument)
    parser.add_argument("--add", metavar="TAG,...", type=_names, default=[], help="tags to put on them")
    parser.add_argument("--remove", metavar="TAG,...", type=_names, default=[], help="tags to take off")
    _add_root_option(parser.add_argument)


def _note(parser: argparse.ArgumentParser) -> None:
    _add_experiment(parser.add_argument)
    add = parser.add_mutually_exclusive_group().add_argument
    add("--text", metavar="TEXT", help="the notes from now on; an empty text removes them")
    add(
        "--file",
        metavar="FILE",
        type=path,
        help="where the notes are from now on read from; -: standard input",
    )
    add("--edit", action="store_true", help="open them in $VISUAL or $EDITOR")
    _add_root_option(parser.add_argument)


def _star(parser: argparse.ArgumentParser) -> None:
    _add_experiments(parser.add_argument)
    parser.add_argument("--off", action="store_true", help="take the star away")
    _add_root_option(parser.add_argument)


def _title(parser: argparse.ArgumentParser) -> None:
    _add_experiment(parser.add_argument)
    parser.add_argument("title", metavar="TITLE", nargs="?", help="'' removes it; without one, it is printed")
    _add_root_option(parser.add_argument)


def _archive(parser: argparse.ArgumentParser) -> None:
    _add_experiments(parser.add_argument)
    parser.add_argument("--off", action="store_true", help="take them out of the archive")
    _add_root_option(parser.add_argument)


def _board(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="board_command", required=True, metavar="list|show|add|remove")
    for name, description in (
        ("list", "List the boards of a root, or of an experiment in it."),
        ("show", "Print a board and what is wrong with it; exit code 1 if anything is."),
        ("add", "Put panels at the end of a board, which is made if there is none."),
        ("remove", "Take a panel out of a board, or remove the board."),
    ):
        command = commands.add_parser(name, description=description)
        add = command.add_argument
        _add_root(add)
        if name != "list":
            add("name", metavar="BOARD", help="its name, that of its file without .board.yaml")
        if name == "add":
            add(
                "panels",
                metavar="PANEL",
                nargs="*",
                help="in YAML, as in the file: 'images: val/pred'; a label alone is a chart",
            )
            add("--title", metavar="TITLE", help="of the board from now on")
        if name == "remove":
            add("panel", metavar="PANEL", nargs="?", help="its id, its title, or its place from 0")
        add("--experiment", metavar="NAME", help="of the experiment of this name in ROOT, not of ROOT")
        add("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object a line")


# --- what is done to folders --------------------------------------------------------------------------------


def _trash(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        metavar="EXPERIMENT",
        nargs="+",
        type=_there,
        help=f"{_EXPERIMENT}; with --list and --empty, the root",
    )
    add = parser.add_mutually_exclusive_group().add_argument
    add("--list", action="store_true", help="list what is in the trash of the root")
    add("--empty", action="store_true", help="remove for good what is in the trash of the root")
    _add_root_option(parser.add_argument)
    _add_yes(parser.add_argument)


def _restore(parser: argparse.ArgumentParser) -> None:
    _add_root(parser.add_argument)
    parser.add_argument(
        "trashed",
        metavar="ID|NAME",
        nargs="+",
        help="as 'lavdlike trash ROOT --list' has them; a name stands for the newest of it",
    )


def _mv(parser: argparse.ArgumentParser) -> None:
    _add_experiment(parser.add_argument)
    parser.add_argument("name", metavar="NEWNAME", help="another name in the same folder")
    _add_root_option(parser.add_argument)


def _thin(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    _add_experiments(add)
    add(
        "--kinds",
        metavar="KIND,...",
        type=_names,
        required=True,
        help="such as images, arrays, or models for checkpoints (.pt, .ckpt, .safetensors, ...)",
    )
    add("--every", metavar="N", type=_steps, help="keep every Nth step of each label, from its first")
    add("--last", metavar="N", type=_steps, help="keep the last N steps of each label (1 with --every)")
    add("--dry-run", action="store_true", help="only count")
    _add_root_option(add)
    _add_yes(add)


def _undo(parser: argparse.ArgumentParser) -> None:
    _add_root(parser.add_argument)
    parser.add_argument(
        "edit", metavar="ID", nargs="?", help="of an edit, as --list has it, instead of the last"
    )
    parser.add_argument("--list", action="store_true", help="list the last edits of the root")


# By name: what it does, and what adds its arguments.
COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "ls": ("List the experiments in the folder ROOT.", _ls),
    "show": ("Tell what an experiment holds.", _show),
    "tail": ("Print the last lines of a log, or points of a scalar.", _tail),
    "inspect": (
        "Tell whose files these are, what is read of them, by which rule, and what is not.",
        _inspect,
    ),
    "check": (
        "Compare the answers of a running server with the disk; without one, read all that is there.",
        _check,
    ),
    "push": ("Bring a folder into an object store; again: what has changed since.", _push),
    "pull": ("Bring what an object store holds into a folder; again: what has changed since.", _pull),
    "convert": ("Write a run of any program as files of lavdlike, into another folder.", _convert),
    "du": ("Tell what experiments take on the disk, by kind.", _du),
    "tag": ("Add and remove tags of experiments; without an option, print them.", _tag),
    "note": ("Write notes about an experiment; without an option, print them.", _note),
    "star": ("Put a star on experiments.", _star),
    "title": ("Give an experiment a title, which is shown with its name.", _title),
    "archive": (
        "Put experiments into the archive: they stay where they are and are hidden at first.",
        _archive,
    ),
    "board": ("List, show and change boards.", _board),
    "trash": ("Move experiments that do not run to the trash of their root.", _trash),
    "restore": ("Put back what is in the trash.", _restore),
    "mv": ("Give an experiment that does not run another name.", _mv),
    "thin": ("Move files of steps to the trash: all but every Nth and the last N of each label.", _thin),
    "undo": ("Take back the last edit of a root, or another one.", _undo),
}


def _add_root(add: _Add) -> None:
    add("root", metavar="ROOT", type=_there, help="the folder that holds the experiments")


def _add_experiment(add: _Add) -> None:
    add("experiment", metavar="EXPERIMENT", type=_there, help=_EXPERIMENT)


def _add_experiments(add: _Add) -> None:
    add("experiments", metavar="EXPERIMENT", nargs="+", type=_there, help=_EXPERIMENT)


def _add_root_option(add: _Add) -> None:
    add(
        "--root",
        metavar="ROOT",
        type=_there,
        help="the root whose page shows the experiment (default: of the folders above it that list it the one that a "
        "server of yours showed last, else the outermost that was edited in or that holds other runs, else its own "
        "folder)",
    )


def _add_follow_links(add: _Add) -> None:
    add("--follow-links", action="store_true", help="follow links that lead out of ROOT")


def _add_yes(add: _Add) -> None:
    add("-y", "--yes", action="store_true", help="do not ask")


_EMPTY = "must not be empty"


def path(text: str) -> Path:
    """Not an empty one, as of a variable that is not set: it would be the working directory. Also an address."""
    if not text:
        raise argparse.ArgumentTypeError(_EMPTY)
    if not is_store_address(text):
        return Path(text)
    try:
        return path_of_address(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def media(text: str) -> tuple[str, Path]:
    """A folder of media with its name: `images=/data/coco`."""
    name, _, folder = text.partition("=")
    if not outside.is_name(name) or not folder:
        raise argparse.ArgumentTypeError(
            f"{text!r} must be a name and a folder, as images=/data/coco for media://images/0001.jpg"
        )
    if not Path(folder).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {folder}")
    return name, Path(folder).resolve()


def _there(text: str) -> Path:
    """Of what is there: by its path, without the name that it has among several roots."""
    name, equals, alone = text.partition("=")
    if equals and "/" not in name and alone and not Path(text).exists() and Path(alone).exists():
        raise argparse.ArgumentTypeError(
            f"names are for 'lavdlike', 'lavdlike ls' and 'lavdlike inspect'; give the path alone here: {alone}"
        )
    return path(text)


def root(text: str) -> str:
    """As `named_roots.parse_roots` takes it."""
    if not text:
        raise argparse.ArgumentTypeError(_EMPTY)
    return text


def _names(text: str) -> list[str]:
    """What stands between commas."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"names between commas, not {text!r}")
    return names


def _lines(text: str) -> int:
    return _count(text, _MAX_LINES)


def _steps(text: str) -> int:
    return _count(text, _MAX_STEPS)


def _count(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {most}, not {text!r}")
    return int(text)
