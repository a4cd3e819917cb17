"""The arguments of `lavdlike run`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lavdlike.launch.printed_scalars import PATTERN, PrintedScalars


class RunOptions(NamedTuple):
    """What is to be run, and how it is kept.

    `words` or `module`: the program and its arguments. `stand_ins`: words, None for all that there are. `pattern`: of
    numbers in what it prints, "" for none. `system`: whether to keep how busy the host is.
    """

    words: list[str]
    module: list[str]
    root: Path
    name: str | None
    tags: list[str]
    stand_ins: list[str] | None
    pattern: str
    system: bool = True


def parse(arguments: Sequence[str]) -> RunOptions:
    """What stands behind `lavdlike run`; a mistake ends the process with exit code 2."""
    options = _parser().parse_args(arguments)
    return RunOptions(
        words=options.program[options.program[:1] == ["--"] :],
        module=options.module or [],
        root=options.root,
        name=options.name,
        tags=options.tag,
        stand_ins=options.stand_ins,
        pattern="" if options.no_scalars else options.pattern,
        system=not options.no_system,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lavdlike run",
        usage="lavdlike run [options] {script.py | -m module | -- program} ...",
        description="Run a program as it is, and keep what it prints, its numbers and how it ended as an experiment. "
        "In Python, writers of other tools (TensorBoard, wandb) write it as well.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--root",
        metavar="ROOT",
        type=Path,
        default=Path("log"),
        help="folder of all experiments (default: log)",
    )
    add("--name", help="of the experiment; it goes on if it exists (default: the script's name and the time)")
    add("--tag", action="append", default=[], help="a word to find it by; may be given several times")
    add(
        "--as",
        dest="stand_ins",
        metavar="A,B",
        type=lambda text: [word for word in text.split(",") if word and word != "none"],
        help="which tools to stand in for: tensorboard,wandb,trackio,streamvis,ploteries,visdom; none (default: all)",
    )
    add(
        "--pattern",
        metavar="REGEX",
        type=_pattern,
        default=PATTERN,
        help="numbers in what it prints, with the groups name, value and perhaps step (default: loss=0.42, loss: 0.42)",
    )
    add("--no-scalars", action="store_true", help="take no numbers from what it prints")
    add("--no-system", action="store_true", help="do not keep how busy the host is")
    add("-m", dest="module", nargs=argparse.REMAINDER, help="a module and its arguments, as for python -m")
    add("program", nargs=argparse.REMAINDER, help="a script or program and its arguments")
    return parser


def _pattern(text: str) -> str:
    try:
        PrintedScalars(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
