"""What is started, of what stands behind `lavdlike run`."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout
from lavdlike.errors import UsageError

_SCRIPTS = (".py", ".pyw", ".sh")
_PYTHON = re.compile(r"(python|pypy)[\d.]*(\.exe)?\Z")


class Command(NamedTuple):
    """`argv`: of the program, whose file is `argv[0]`, found on PATH. `title`: what it is called, for people.

    `script`: its own file, if that is known, whose repository is the program's.
    """

    argv: list[str]
    title: str
    script: str = ""


def command_of(words: Sequence[str], module: Sequence[str] = ()) -> Command:
    """The program: a Python script by this Python, a module (`-m`) likewise, any other as it stands there.

    Raises:
        UsageError: there is none, or no such file.
    """
    if module:
        return Command([sys.executable, "-m", *module], module[0])
    words = list(words)
    if not words:
        raise UsageError(
            "say what to run: lavdlike run [options] script.py ..., or -m module ..., or -- program ..."
        )
    if words[0].endswith((".py", ".pyw")):
        if not Path(words[0]).is_file():
            raise UsageError(f"there is no script {words[0]!r}")
        return Command([sys.executable, *words], Path(words[0]).stem, words[0])
    if shutil.which(words[0]) is None:
        raise UsageError(f"there is no program {words[0]!r}")
    return Command(words, _title(words), _script(words))


def experiment_name(title: str, started: str) -> str:
    """A folder's name of what runs and when."""
    return layout.folder_name_of(f"{title}_{started}")


def _title(words: Sequence[str]) -> str:
    """The module or script behind an interpreter, or else the program."""
    name = os.path.basename(words[0])
    if _PYTHON.match(name) and "-m" in words[1:-1]:
        return words[words.index("-m") + 1]
    return Path(_script(words)).stem or name


def _script(words: Sequence[str]) -> str:
    """The program, or the script that it is given if it is none itself: `bash x.sh`, `torchrun --nproc 2 train.py`."""
    scripts = (word for word in words if word.endswith(_SCRIPTS) and Path(word).is_file())
    return next(scripts, words[0])
