"""Reads back what a `Writer`, or any `Logger`, wrote: arrays of numpy with their types, by figure."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike import json_file, layout
from lavdlike.compat.ploteries import kept_figures, plot_traces
from lavdlike.compat.ploteries.kept_figures import Definition, label_of_figure
from lavdlike.errors import LogFormatError
from lavdlike.kinds import places, plots, scalars

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TIME_STEP = "Time step"
_ARRAYS = ".npy"


def read(path: str | os.PathLike[str]) -> StoredData:
    """The data of an experiment.

    Raises:
        FileNotFoundError: there is no such folder.

    >>> import numpy as np
    >>> with Logger("example") as logger:
    ...     logger.log_array(np.zeros(2, "f4"), "weights", step=3)
    >>> read("log/example")["weights"]["data"]
    array([[0., 0.]], dtype=float32)
    """
    folder = Path(path)
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}: give that of an experiment")
    return StoredData(folder)


class _Record(NamedTuple):
    """`created`: Unix seconds; None if that is not known."""

    step: int
    created: float | None
    data: Any


class StoredData(Mapping[str, Any]):
    """Data by the names of figures, and of arrays at steps (`Logger.log_array`); read anew at each access.

    Each is a dict: `meta`, records of `index` (the step) and `writer_id`; `created`, as `datetime64[us]` in UTC; and
    `data`: of scalars an array [step, line], of arrays of one shape one array of all of them, of others a list.
    Besides a name, a dict is taken: `{"data": name, "index": "latest"}`, or a step in place of "latest".
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __iter__(self) -> Iterator[str]:
        known = kept_figures.read(self._folder).values()
        figures = [found.figure for found in known]
        return iter(dict.fromkeys([*figures, *self._array_labels()]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, key: Any) -> dict[str, Any]:
        asked = key if isinstance(key, Mapping) else {"data": key}
        name, index = str(asked.get("data")), asked.get("index")
        if index not in (None, "latest") and type(index) is not int:
            raise ValueError(f"index must be 'latest' or a step, not {index!r}")
        found = self._definition(name)
        if found is None and name not in self._array_labels():
            raise KeyError(name)
        records = self._records(found, name)
        if index is not None:
            step = records[-1].step if index == "latest" and records else index
            records = [record for record in records if record.step == step]
        return _as_store(records, _stacked(found))

    def _definition(self, name: str) -> Definition | None:
        known = kept_figures.read(self._folder)
        by_figure = (found for found in known.values() if found.figure == name)
        return known.get(name) or next(by_figure, None)

    def _records(self, found: Definition | None, name: str) -> list[_Record]:
        if found is None:
            return self._of_files(name, _ARRAYS, _array)
        if found.calls == "add_scalars":
            return _of_scalars(self._folder, found)
        if found.calls == "add_plots":
            return self._of_files(found.labels[0], plots.SUFFIX, _plot_values)
        if found.calls == "add_histograms":
            return self._of_files(label_of_figure(found.figure), _ARRAYS, _array)
        return _of_table(self._folder / layout.native(f"{found.labels[0]}.csv"), found)

    def _of_files(self, label: str, suffix: str, value_of: Callable[[Path], Any]) -> list[_Record]:
        records = []
        for step, folder in _steps(self._folder):
            path = folder / layout.native(label + suffix)
            try:
                created = path.stat().st_mtime
                records.append(_Record(step, created, value_of(path)))
            except FileNotFoundError:
                continue
            except (ValueError, TypeError, KeyError, LogFormatError) as error:
                raise LogFormatError(str(path), f"cannot be read back: {error}") from None
        return records

    def _array_labels(self) -> list[str]:
        labels: dict[str, None] = {}
        for _, folder in _steps(self._folder):
            for path in sorted(folder.rglob(f"*{_ARRAYS}")):
                labels[places.split_label(path.relative_to(folder).as_posix())[0]] = None
        of_figures = {
            label_of_figure(found.figure)
            for found in kept_figures.read(self._folder).values()
            if found.calls == "add_histograms"
        }
        return [label for label in labels if label not in of_figures]


def _steps(folder: Path) -> list[tuple[int, Path]]:
    numbered = ((layout.step_of_folder(path.name), path) for path in folder.iterdir() if path.is_dir())
    return sorted((step, path) for step, path in numbered if step is not None)


def _array(path: Path) -> NDArray[Any]:
    import numpy as np

    found: NDArray[Any] = np.load(path, allow_pickle=False)
    return found


def _plot_values(path: Path) -> list[dict[str, Any]]:
    return plot_traces.values_of(json_file.read_object(path.read_bytes(), path.name))


def _of_scalars(folder: Path, found: Definition) -> list[_Record]:
    import numpy as np

    points: dict[int, dict[str, scalars.ScalarPoint]] = {}
    for file in sorted(folder.glob("scalars*.tsv")):
        with file.open("rb") as lines:
            for line in lines:
                point = scalars.parse_line(line.rstrip(b"\n")) if line.endswith(b"\n") else None
                if not isinstance(point, scalars.ScalarPoint):
                    continue
                if point.label == scalars.REWIND:
                    points = {step: row for step, row in points.items() if step < point.step}
                elif point.label in found.labels:
                    points.setdefault(point.step, {})[point.label] = point
    whole = {step: row for step, row in points.items() if len(row) == len(found.labels)}
    return [
        _Record(
            step,
            max(point.wall_time for point in row.values()),
            np.array([row[label].value for label in found.labels], np.dtype(found.dtype)),
        )
        for step, row in sorted(whole.items())
    ]


def _of_table(path: Path, found: Definition) -> list[_Record]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
    except FileNotFoundError:
        return []
    records = []
    for row in rows:
        cells = dict(zip(header, row, strict=False))
        step = cells.pop(TIME_STEP, "")
        values = {name: cell if name in found.texts else _value(cell) for name, cell in cells.items()}
        if step.isdecimal():
            records.append(_Record(int(step), None, values))
    return sorted(records, key=lambda record: record.step)


def _value(cell: str) -> Any:
    """A number, a boolean, None, or the text."""
    words = {"": None, "True": True, "False": False}
    if cell in words:
        return words[cell]
    for type_ in (int, float):
        try:
            return type_(cell)
        except ValueError:
            continue
    return cell


def _stacked(found: Definition | None) -> bool:
    """Whether arrays of one shape and type are one array."""
    return found is None or found.calls == "add_scalars"


def _as_store(records: list[_Record], is_stacked: bool) -> dict[str, Any]:  # noqa: FBT001
    import numpy as np

    meta = np.zeros(len(records), [("index", "i8"), ("writer_id", "i8")])
    meta["index"] = [record.step for record in records]
    meta["writer_id"] = 1
    created = np.array([_time(record.created) for record in records], "datetime64[us]")
    data: Any = [record.data for record in records]
    if is_stacked and len({(each.shape, each.dtype) for each in data}) == 1:
        data = np.stack(data)
    return {"meta": meta, "created": created, "data": data}


def _time(seconds: float | None) -> np.datetime64:
    import numpy as np

    if seconds is None:
        return np.datetime64("NaT")
    return np.datetime64(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), "us")
