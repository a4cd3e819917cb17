"""Standard input, output and error of a server, which has to serve where they are closed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO


def open_standard_streams() -> None:
    """Put the null device where one of the three is closed, as some starters of daemons leave them.

    Otherwise the next files and sockets take their numbers, and whatever writes to number 2 writes into one of them.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)  # to child processes, as the three are
    os.close(descriptor)
    sys.stdout = sys.stdout or _null()
    sys.stderr = sys.stderr or _null()


def _null() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
