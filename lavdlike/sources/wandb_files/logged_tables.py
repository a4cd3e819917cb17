"""wandb's tables (`.table.json`): of one file, of what was added so far (incremental), or of the parts of an artifact.

In the run's own folder pictures in cells are only named ("Image"). The table with its pictures is an artifact, which
wandb keeps elsewhere until it is uploaded; where that is in the same root it is what is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.sources import json_tables
from lavdlike.sources.members import MAX_BYTES, Beside
from lavdlike.sources.wandb_files.wandb_artifacts import Artifact

PARTITIONED = "partitioned-table"
_MEDIA = "media/"
_NO_MEDIA = (".json", ".npz")


class Part(NamedTuple):
    """One file of a table. `path`: in the run's `files`. `local`: of the same in an artifact; "" if it is not there."""

    path: str
    local: str = ""


def media_of(artifact: Artifact) -> Iterator[tuple[str, str]]:
    """The pictures and the like that cells of a table name: their paths in the artifact, and where they lie."""
    for path, local in artifact.files.items():
        if path.startswith(_MEDIA) and local and not path.endswith(_NO_MEDIA):
            yield path, local


def name_of_media(path: str) -> str:
    """What a medium of a table is called beside it.

    >>> name_of_media("media/images/9c488969e91f7d2271ce.png")
    '9c488969e91f7d2271ce.png'
    """
    return path.rpartition("/")[2]


def made_of_parts(parts: Sequence[Part], count: int, name: str, shown: str, beside: Beside) -> bytes:
    """The first `count` parts below each other, as CSV.

    Args:
        name: of the folder beside the table in which its media stand.
    """
    return _joined((beside(part.local or part.path) for part in parts[:count]), name, shown)


def made_of_artifact(artifact: Artifact, entry: str, name: str, shown: str, beside: Beside) -> bytes:
    """A partitioned table: the file at `entry` says in which folder of the artifact its parts are."""
    named = json.loads(beside(artifact.files[entry]))
    folder = named.get("parts_path") if isinstance(named, dict) else None
    if not isinstance(folder, str):
        raise LogFormatError(shown, "it does not say where its parts are")
    paths = [path for path in sorted(artifact.files) if path.startswith(f"{folder.rstrip('/')}/")]
    tables = (artifact.files[path] for path in paths if path.endswith(".table.json"))
    return _joined((beside(local) for local in tables), name, shown)


def _joined(files: Iterable[bytes], name: str, shown: str) -> bytes:
    columns: list[str] = []
    rows: list[Iterator[list[Any]]] = []
    left = MAX_BYTES
    for data in files:
        left -= len(data)
        if left < 0:
            raise LimitError(shown, f"a table of more than {MAX_BYTES // 2**20} MiB")
        columns_here, rows_here = json_tables.rows_of(data, shown)
        columns = columns or columns_here
        rows.append(rows_here)
    every = (row for some in rows for row in some)
    return json_tables.csv_of(columns, every, shown, lambda value: _media_cell(value, name))


def _media_cell(value: dict[str, Any], name: str) -> str | None:
    path = value.get("path")
    return f"{name}/{name_of_media(path)}" if isinstance(path, str) and "_type" in value else None
