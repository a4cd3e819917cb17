"""Files that scripts name."""

from __future__ import annotations

import os
from pathlib import Path

from lavdlike.compat.visdom.given_options import check


def read_file(file: str | os.PathLike[str]) -> bytes:
    check(Path(file).is_file(), f"there is no file {os.fspath(file)!r}")
    return Path(file).read_bytes()
