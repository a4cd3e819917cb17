"""wandb's tables (`.table.json`): of one file, of what was added so far (incremental), of the parts of an artifact, or
two of one that are joined.

In the run's own folder pictures in cells are only named ("Image"). The table with its pictures is an artifact, which
wandb keeps elsewhere until it is uploaded; where that is in the same root it is what is shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.sources import json_tables
from lavdlike.sources.members import MAX_BYTES, Beside
from lavdlike.sources.wandb_files.wandb_artifacts import Artifact

PARTITIONED = "partitioned-table"
JOINED = "joined-table"
_MAX_SHOWN = 200
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
    return _below((beside(part.local or part.path) for part in parts[:count]), name, shown)


def made_of_artifact(artifact: Artifact, entry: str, name: str, shown: str, beside: Beside) -> bytes:
    """A partitioned table: the file at `entry` says in which folder of the artifact its parts are."""
    named = json.loads(beside(artifact.files[entry]))
    folder = named.get("parts_path") if isinstance(named, dict) else None
    if not isinstance(folder, str):
        raise LogFormatError(shown, "it does not say where its parts are")
    paths = [path for path in sorted(artifact.files) if path.startswith(f"{folder.rstrip('/')}/")]
    tables = (artifact.files[path] for path in paths if path.endswith(".table.json"))
    return _below((beside(local) for local in tables), name, shown)


def made_of_join(entry: str, local: Callable[[str], str], name: str, shown: str, beside: Beside) -> bytes:
    """Two tables beside each other, outer: rows of both with the same key in one, the others with gaps.

    Args:
        entry: where the file lies that says which tables they are, and by which columns rows are joined.
        local: path in the artifact -> where it lies; "" if nobody knows.

    Raises:
        LogFormatError: there is no such table, or no such column.
    """
    said = json.loads(beside(entry))
    key = said["join_key"]
    left_key, right_key = (key, key) if isinstance(key, str) else key
    left, right = (
        _Side.of(beside(local(said[f"table{n}"])), each, shown) for n, each in ((1, left_key), (2, right_key))
    )
    others = [column for column in right.columns if column != right_key]
    columns = [*left.columns, *(f"{each} (2)" if each in left.columns else each for each in others)]
    return json_tables.csv_of(columns, _outer(left, right), shown, lambda value: _media_cell(value, name))


class _Side(NamedTuple):
    """A table that is joined. `key`: the place of the column by which; `rows` are as long as `columns`."""

    columns: list[str]
    key: int
    rows: Iterator[list[Any]]

    @classmethod
    def of(cls, data: bytes, key: str, shown: str) -> _Side:
        columns, rows = json_tables.rows_of(data, shown)
        if key not in columns:
            raise LogFormatError(shown, f"a table that is joined has no column {str(key)[:_MAX_SHOWN]!r}")
        count = len(columns)
        return cls(columns, columns.index(key), (([*row, *[None] * count])[:count] for row in rows))

    def key_of(self, row: list[Any]) -> object:
        value = row[self.key]
        return value if isinstance(value, str | int | float) else json.dumps(value)

    def others_of(self, row: list[Any]) -> list[Any]:
        return [value for place, value in enumerate(row) if place != self.key]


def _outer(left: _Side, right: _Side) -> Iterator[list[Any]]:
    """In the order of the left one; then what the right one has alone."""
    by_key: dict[object, list[list[Any]]] = {}
    for row in right.rows:
        by_key.setdefault(right.key_of(row), []).append(row)
    gaps = [None] * (len(right.columns) - 1)
    found: set[object] = set()
    for row in left.rows:
        key = left.key_of(row)
        found.add(key)
        matching = [right.others_of(match) for match in by_key.get(key, ())]
        yield from ([*row, *others] for others in matching or [gaps])
    for key, alone in by_key.items():
        for row in alone if key not in found else ():
            of_left: list[Any] = [None] * len(left.columns)
            of_left[left.key] = row[right.key]
            yield [*of_left, *right.others_of(row)]


def _below(files: Iterable[bytes], name: str, shown: str) -> bytes:
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
