"""`Writer`: what a script that was written for Ploteries calls."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike import layout
from lavdlike.compat import writer_folders
from lavdlike.compat.ploteries import bin_counts, kept_figures, plot_traces
from lavdlike.compat.ploteries.kept_figures import Definition, label_of_figure
from lavdlike.compat.ploteries.stored_data import TIME_STEP, StoredData
from lavdlike.kinds import numbers
from lavdlike.logger import Logger
from lavdlike.writing.launched import launched_run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SUFFIX = ".pltr"
_CHARTS = "custom_scalars"


class Writer:
    """Takes every call of Ploteries' `Writer`, and writes an experiment of lavdlike. Several threads may call it.

    Args:
        path: the folder of the experiment, the folder above it being the root: `Writer("runs/a")` and
            `Writer("runs/a.pltr")` are shown by `lavdlike runs`. Under `lavdlike run` it is that run.

    Raises:
        ValueError: there can be no such folder, or it is a data store of Ploteries.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        folder = os.fspath(path)
        if Path(folder).is_file():
            raise ValueError(
                f"path must be a folder, {folder!r} is a file: lavdlike shows a data store of Ploteries as it is"
                " (lavdlike FOLDER), new experiments need a folder of their own"
            )
        folder = folder.removesuffix(_SUFFIX)
        run = launched_run()
        place = (
            writer_folders.place_of(folder)
            if run is None
            else writer_folders.place_in_run(run, folder, is_default=False)
        )
        self.logger = Logger(place.name, place.log_dir)
        self._definitions = kept_figures.read(self.logger.log_dir)
        self._lock = threading.RLock()

    @property
    def data_store(self) -> StoredData:
        """What was written so far, as `lavdlike.compat.ploteries.read` gives it."""
        self.flush()
        return StoredData(self.logger.log_dir)

    def flush(self) -> None:
        """Wait until everything is with the disk."""
        self.logger.flush()

    def add_scalar(self, *args: Any, **kwargs: Any) -> None:
        """As `add_scalars`."""
        self.add_scalars(*args, **kwargs)

    def add_scalars(
        self,
        figure_name: str,
        values: Any,
        global_step: Any,
        traces_kwargs: Sequence[Mapping[str, Any]] | None = None,
        layout_kwargs: Mapping[str, Any] | None = None,
        data_name: str | None = None,
        smoothing: bool = True,  # noqa: FBT001, FBT002 - as the original's
    ) -> None:
        """Log a number at a step, or one for each line of a figure: labels `figure/<name of its trace>`.

        Args:
            traces_kwargs: a dict for each value; its `name` is that of the line. Of this and the next, what the first
                call says holds.
            layout_kwargs, smoothing: taken; the page has its own.
            data_name: of the data, where they are read back.

        Raises:
            ValueError: the values are no numbers in one dimension, or others than at first.
        """
        del layout_kwargs, smoothing
        array = numbers.to_array(values, argument="values")
        array = array[None] if array.ndim == 0 else array
        if array.ndim != 1 or not array.size or array.dtype.kind not in "biuf":
            raise ValueError(
                f"values must be numbers in one dimension, not an array of shape {array.shape} of {array.dtype}"
            )
        with self._lock:
            data, found = self._known("add_scalars", figure_name, data_name, len(array))
            if found is None:
                labels = _labels(figure_name, len(array), traces_kwargs)
                found = Definition(figure_name, "add_scalars", labels, dtype=array.dtype.str)
                self._define(data, found)
                self._lay_out_charts()
            elif found.dtype != (wider := _promoted(found.dtype, array.dtype)):
                self._define(data, msgspec.structs.replace(found, dtype=wider))
        self.logger.log_scalars(dict(zip(found.labels, array.tolist(), strict=True)), _step(global_step))

    def add_plots(
        self,
        figure_name: str,
        values: Sequence[Mapping[str, Any]],
        global_step: Any,
        traces_kwargs: Sequence[Mapping[str, Any]] | None = None,
        layout_kwargs: Mapping[str, Any] | None = None,
        data_name: str | None = None,
    ) -> None:
        """Log a figure of plotly of a step, `<figure>.plotly.json`.

        Args:
            values: what changes of each trace: `[{"x": [0, 1], "y": [2, 3]}, ...]`, in which arrays may stand.
            traces_kwargs, layout_kwargs: what stays, as the first call says it; kept in `ploteries.json`.

        Raises:
            ValueError: they are none.
        """
        values = _dicts(values, "values")
        with self._lock:
            data, found = self._known("add_plots", figure_name, data_name, 1)
            if found is None:
                found = Definition(
                    figure_name,
                    "add_plots",
                    [label_of_figure(figure_name)],
                    traces=[plot_traces.nested(trace) for trace in _of_traces(traces_kwargs, len(values))],
                    layout=plot_traces.nested(layout_kwargs or {}),
                )
                self._define(data, found)
        figure = plot_traces.figure_of(values, found.traces, found.layout)
        self.logger.log_plot(figure, found.labels[0], _step(global_step))

    def add_histograms(
        self,
        figure_name: str,
        values: Sequence[Any],
        global_step: Any,
        traces_kwargs: Sequence[Mapping[str, Any]] | None = None,
        layout_kwargs: Mapping[str, Any] | None = None,
        data_name: str | None = None,
        compute_histogram: bool = True,  # noqa: FBT001, FBT002 - as the original's
        histogram_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        """Log how values are distributed: a histogram for each of `values`, all over the same bins.

        The centres and counts are records in `<figure>.npy` as well, to be read back.

        Args:
            values: arrays; or, without `compute_histogram`, counts of the bins that `bin_centers` names.
            layout_kwargs: taken; the page has its own.
            histogram_kwargs: `bins` or `bin_centers`, and `normalize`, as `compute_histogram` takes them.

        Raises:
            ValueError: no numbers; no bins.
        """
        import numpy as np

        del layout_kwargs
        options = dict(histogram_kwargs or {})
        given = [numbers.to_array(each, argument="values").reshape(-1) for each in values]
        if not given:
            raise ValueError("values must be a list of arrays, one for each histogram; it is empty")
        centers = options.pop("bin_centers", None)
        if centers is None and not compute_histogram:
            raise ValueError("without compute_histogram, histogram_kwargs must have 'bin_centers'")
        if centers is None:
            centers = bin_counts.counted(np.concatenate(given), options.get("bins", 20))[0]
        options.pop("bins", None)
        centers = numbers.to_array(centers, argument="bin_centers")
        shown = kept = given
        if compute_histogram:  # how many they are is what the page shows
            shown = [bin_counts.counted(each, bin_centers=centers, normalize=False)[1] for each in given]
            counts = [self.compute_histogram(each, bin_centers=centers, **options)[1] for each in given]
            kept = [count.astype(np.promote_types(count.dtype, centers.dtype)) for count in counts]
        if any(count.shape != centers.shape for count in kept):
            raise ValueError(f"each of values must have {centers.size} counts, one for each of bin_centers")
        with self._lock:
            data, found = self._known("add_histograms", figure_name, data_name, len(kept))
            if found is None:
                labels = _labels(figure_name, len(kept), traces_kwargs)
                found = Definition(figure_name, "add_histograms", labels)
                self._define(data, found)
        step, edges = _step(global_step), bin_counts.finite_edges(centers)
        for label, count in zip(found.labels, shown, strict=True):
            self.logger.log_histogram(None, label, step, edges=edges, counts=count)
        self.logger.log_array(bin_counts.records(centers, kept), label_of_figure(figure_name), step)

    def add_histogram(self, figure_name: str, values: Any, global_step: Any, **kwargs: Any) -> None:
        """As `add_histograms`, of one array."""
        self.add_histograms(figure_name, [values], global_step, **kwargs)

    @staticmethod
    def compute_histogram(
        dat: Any,
        bins: Any = 20,
        bin_centers: Any = None,
        normalize: bool = True,  # noqa: FBT001, FBT002 - as the original's
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Centres of bins and the parts of the values in them (`lavdlike.compat.ploteries.bin_counts`)."""
        return bin_counts.counted(dat, bins, bin_centers, normalize=normalize)

    def add_table(
        self,
        figure_name: str,
        values: Mapping[str, Any],
        global_step: Any,
        data_name: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Append a row to the table `<figure>.csv`, behind its step.

        Args:
            values: {column: cell}. With a new column the table is written anew.
            kwargs: taken; the page sorts and cuts as one wants.

        Raises:
            ValueError: no dict.
        """
        del kwargs
        cells = {str(name): cell for name, cell in _dicts([values], "values")[0].items()}
        if TIME_STEP in cells:
            raise ValueError(f"values must not have the column {TIME_STEP!r}: that is the table's own")
        step = _step(global_step)
        with self._lock:
            data, found = self._known("add_table", figure_name, data_name, 1)
            before = found or Definition(figure_name, "add_table", [label_of_figure(figure_name)])
            columns = list(dict.fromkeys([*before.columns, *cells]))
            others = {name for name in before.columns if name not in before.texts}
            mixed = others | {name for name, cell in cells.items() if not isinstance(cell, str)}
            after = msgspec.structs.replace(
                before, columns=columns, texts=[name for name in columns if name not in mixed]
            )
            if after != found:
                self._define(data, after)
            header = [TIME_STEP, *columns]
            row = [step, *(cells.get(name) for name in columns)]
            if found is not None and columns != found.columns:
                self.logger.log_table([*self._rows(after.labels[0]), row], after.labels[0], header=header)
            else:
                self.logger.log_table([row], after.labels[0], header=header, append=True)

    def _known(
        self, calls: str, figure: str, data_name: str | None, lines: int
    ) -> tuple[str, Definition | None]:
        """The name of the data, and what is known of them."""
        data = data_name or kept_figures.data_name(calls, figure)
        found = self._definitions.get(data)
        if found is not None and (found.calls, len(found.labels)) != (calls, lines):
            raise ValueError(
                f"{figure!r} has {len(found.labels)} lines by {found.calls}, not {lines} by {calls}:"
                " give it another name, or its data another data_name"
            )
        return data, found

    def _define(self, data: str, definition: Definition) -> None:
        self._definitions[data] = definition
        self.logger.log_json(kept_figures.key_of(data), msgspec.to_builtins(definition), kept_figures.FILE)

    def _lay_out_charts(self) -> None:
        """Lines of one figure are one chart, which the page of the run suggests."""
        charts: dict[str, dict[str, Any]] = {}
        for found in self._definitions.values():
            if found.calls == "add_scalars" and len(found.labels) > 1:
                head, _, title = found.figure.strip("/").rpartition("/")
                lines = [_pattern_of(label) for label in found.labels]
                charts.setdefault(head or "Figures", {})[title] = ["Multiline", lines]
        if charts:
            self.logger.log_json(_CHARTS, charts, _CHARTS)

    def _rows(self, label: str) -> list[list[str]]:
        """The cells of the rows that a table has."""
        path = self.logger.get_file_path(label, extension=".csv")
        with contextlib.suppress(FileNotFoundError), path.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))[1:]
        return []


def _labels(figure: str, lines: int, traces_kwargs: Sequence[Mapping[str, Any]] | None) -> list[str]:
    """Those of the lines of a figure."""
    given = _of_traces(traces_kwargs, lines)
    if lines == 1:
        return [label_of_figure(figure)]
    labels: list[str] = []
    for place in range(lines):
        name = given[place].get("name") if given else None
        label = label_of_figure(f"{figure}/{name if isinstance(name, str) and name.strip('/') else place}")
        labels.append(f"{label}-{place}" if label in labels else label)
    return labels


def _pattern_of(label: str) -> str:
    """What stands for just this label in a layout of charts, which takes regular expressions as well."""
    escaped = re.escape(label)
    return label if escaped == label else f"{escaped}$"


def _of_traces(traces_kwargs: Sequence[Mapping[str, Any]] | None, lines: int) -> list[Mapping[str, Any]]:
    given = _dicts(traces_kwargs or (), "traces_kwargs")
    if given and len(given) != lines:
        raise ValueError(f"traces_kwargs must have a dict for each of {lines} values, it has {len(given)}")
    return given


def _step(step: Any) -> int:
    checked = layout.check_step(step, argument="global_step")
    if checked is None:
        raise ValueError("global_step must be a whole number, not None")
    return checked


def _dicts(values: Any, argument: str) -> list[Mapping[str, Any]]:
    found = list(values) if isinstance(values, Sequence) and not isinstance(values, (str, bytes)) else None
    if found is None or not all(isinstance(value, Mapping) for value in found):
        raise ValueError(f"{argument} must be a list of dicts, one for each trace")
    return found


def _promoted(before: str, given: np.dtype[Any]) -> str:
    """A type that holds the values of both."""
    import numpy as np

    return np.promote_types(np.dtype(before), given).str
