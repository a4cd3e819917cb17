"""The methods of `Logger` for kinds that are not lavdlike's own: any file, and any key of a JSON file."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavdlike.kinds import places, plain
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_flag, check_text

if TYPE_CHECKING:
    from lavdlike.writing.writer import Writer

# Larger files are copied as they are: what waits for a full disk waits in memory.
_MAX_KEPT_BYTES = 64 * 2**20
# What the logger itself appends to, directly in an experiment.
_APPENDED = re.compile(r"(scalars(\.[^/]+)?\.tsv|system\.[^/]+\.tsv|(events|stdout|stderr)(\.[^/]+)?\.log)\Z")


class FileCalls(Family):
    """Files and JSON of any kind."""

    def log_file(
        self,
        content: Any,
        name: str,
        step: int | None = None,
        extension: str | None = None,
        *,
        append: bool = False,
    ) -> None:
        r"""Log a file of any kind to `<name><extension>`: whole or not at all, unless it is appended to.

        Args:
            content: bytes; a string, written as UTF-8; a path (`pathlib.Path`), whose file is copied; or an open file,
                which is read to its end.
            extension: with its dot, as `.tar`; by default that of the path or the open file, `.txt` of a string, and
                `.bin` of bytes.
            append: whether the content, whole lines, goes behind what the file holds.

        Raises:
            ValueError: none of these; or a file that the logger appends to (`scalars.tsv`, `events.log`, ...).
            OSError: the path cannot be read.

        >>> with Logger("example") as logger:
        ...     logger.log_file("a,b\n1,2\n", "pairs", step=1, extension=".csv")  # 0001/pairs.csv
        ...     logger.log_file(Path("log/example/0001/pairs.csv"), "copy")  # copy.csv
        ...     logger.log_file("3,4\n", "copy", extension=".csv", append=True)
        """
        writer = self._active
        if writer is None:
            return
        check_flag(append, "append")
        path = self._checked_path(name, step, _extension_of(content) if extension is None else extension)
        if _APPENDED.match(path.relative_to(self.log_dir).as_posix()):
            raise ValueError(f"{path.name} is what the logger appends to; choose another name")
        if append:
            lines = Path(content).read_bytes() if isinstance(content, os.PathLike) else _bytes_of(content)
            if lines and not lines.endswith(b"\n"):
                raise ValueError(
                    "content that is appended must be whole lines: it does not end with a newline"
                )
            writer.append_to(path, lines)
        elif isinstance(content, os.PathLike):
            _copy(writer, Path(content), path)
        else:
            writer.replace(path, _bytes_of(content))

    def log_json(self, key: str, value: Mapping[str, Any], name: str, step: int | None = None) -> None:
        """Log an object at a key of `<name>.json`; the keys that other calls wrote there are kept.

        The key is what says the kind: for those of lavdlike, docs/format.md says what has to stand there.

        Args:
            value: a dict of what JSON has; arrays, tensors and numbers of other libraries become lists and numbers.

        Raises:
            ValueError: names the first thing in it that JSON has not.

        >>> with Logger("example") as logger:
        ...     logger.log_json("spectra", {"counts": [3, 5, 2]}, "sample", step=1)
        """
        writer = self._active
        if writer is None:
            return
        check_text(key, "key")
        if not key:
            raise ValueError("key must not be empty")
        if not isinstance(value, Mapping):
            raise ValueError(f"value must be a dict, not {type(value).__name__}")
        writer.merge(self._checked_path(name, step, ".json"), {key: plain.plain(value, "value")})


def _extension_of(content: Any) -> str:
    if isinstance(content, str):
        return ".txt"
    if isinstance(content, (bytes, bytearray, memoryview)):
        return ".bin"
    source = getattr(content, "name", None) if hasattr(content, "read") else content
    if not isinstance(source, (str, os.PathLike)):
        return ".bin"
    return places.split_suffix(Path(source).name)[1] or ".bin"


def _bytes_of(content: Any) -> bytes:
    if hasattr(content, "read"):
        content = content.read()
    if isinstance(content, str):
        return content.encode(errors="replace")
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    raise ValueError(f"content must be bytes, a string, a path or an open file, not {type(content).__name__}")


def _copy(writer: Writer, source: Path, path: Path) -> None:
    """What is wrong with the caller's file is the caller's to know; what is wrong with the disk is not."""
    with source.open("rb") as file:
        if os.fstat(file.fileno()).st_size <= _MAX_KEPT_BYTES:
            writer.replace(path, file.read())
            return

        def copy(temporary: Path) -> None:
            with temporary.open("wb") as target:
                shutil.copyfileobj(file, target, 2**20)

        writer.replace_with(path, copy)
