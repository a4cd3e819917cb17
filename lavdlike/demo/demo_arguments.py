"""The arguments of `lavdlike demo`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout

_LONGEST_S = 86_400


class DemoOptions(NamedTuple):
    """`scope`: the name of the experiment."""

    root: Path
    scope: str
    seconds: float


def parse(arguments: Sequence[str]) -> DemoOptions:
    """What stands behind `lavdlike demo`; a mistake ends the process with exit code 2."""
    options = _parser().parse_args(arguments)
    return DemoOptions(options.root, options.scope, options.seconds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lavdlike demo",
        description="Write an experiment with items of every kind into the folder ROOT, as a training of a minute "
        "does. Look at it meanwhile: lavdlike ROOT.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("root", metavar="ROOT", type=Path, help="folder of all experiments; is made if it is not there")
    add(
        "--scope",
        metavar="NAME",
        type=_name,
        default="demo",
        help="name of the experiment; one that is there goes on (default: demo)",
    )
    add("--seconds", metavar="S", type=_seconds, default=60.0, help="how long it takes (default: 60)")
    return parser


def _name(text: str) -> str:
    try:
        return layout.check_experiment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_S:
        raise argparse.ArgumentTypeError(f"not a number of seconds from 0 to {_LONGEST_S:,}: {text!r}")
    return seconds
