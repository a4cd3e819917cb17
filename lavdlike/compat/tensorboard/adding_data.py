"""The methods of `SummaryWriter` for distributions, curves, vectors, meshes and layouts of charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.compat.tensorboard import counting, written_events
from lavdlike.compat.tensorboard.adding import Family, Target
from lavdlike.compat.tensorboard.given_values import number_of
from lavdlike.kinds import numbers

_CHARTS = "custom_scalars"


class DataCalls(Family):
    """Numbers in shapes of their own."""

    _charts: dict[str, dict[str, Any]]

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: Any = None,
        bins: Any = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """Log how values are distributed, in the original's bins or in those of `numpy.histogram`."""
        target = self._target(tag, global_step, walltime, "histogram")
        if type(bins) is str and bins == "tensorflow" and self._may_wait("histogram", target):
            given = counting.snapshot(values)
            self._later.put(given.nbytes, self._count_histogram, given, bins, max_bins, target)
            return
        self._count_histogram(values, bins, max_bins, target)

    def add_histogram_raw(
        self,
        tag: str,
        min: Any,  # noqa: A002 - as the original's
        max: Any,  # noqa: A002
        num: Any,
        sum: Any,  # noqa: A002
        sum_squares: Any,
        bucket_limits: Any,
        bucket_counts: Any,
        global_step: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log a histogram that was counted already; `bucket_limits` are the upper ones."""
        given = {"min": min, "max": max, "sum": sum, "sum_squares": sum_squares}
        sums = {name: float(number_of(value, argument=name)) for name, value in given.items()}
        edges, counts = counting.raw_histogram(sums["min"], bucket_limits, bucket_counts)
        number = int(number_of(num, argument="num"))
        target = self._target(tag, global_step, walltime, "histogram")
        self._put_histogram(counting.Histogram(edges, counts, sums, number), target)

    def add_pr_curve(
        self,
        tag: str,
        labels: Any,
        predictions: Any,
        global_step: Any = None,
        num_thresholds: int | None = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log precision and recall at evenly spaced thresholds, 127 at most."""
        count = min(
            counting.MAX_THRESHOLDS if num_thresholds is None else num_thresholds, counting.MAX_THRESHOLDS
        )
        curve = counting.curve(labels, predictions, count, weights)
        self._put_curve(curve, self._target(tag, global_step, walltime, "pr_curve"))

    def add_pr_curve_raw(
        self,
        tag: str,
        true_positive_counts: Any,
        false_positive_counts: Any,
        true_negative_counts: Any,
        false_negative_counts: Any,
        precision: Any,
        recall: Any,
        global_step: Any = None,
        num_thresholds: int | None = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log a curve that was computed already, at evenly spaced thresholds."""
        del weights, num_thresholds  # the counts have them
        counts = (true_positive_counts, false_positive_counts, true_negative_counts, false_negative_counts)
        rows = (*counts, precision, recall)
        curve = counting.Curve(*(numbers.to_reals(row, argument="a curve's row").ravel() for row in rows))
        self._put_curve(curve, self._target(tag, global_step, walltime, "pr_curve"))

    def add_embedding(
        self,
        mat: Any,
        metadata: Sequence[Any] | None = None,
        label_img: Any = None,
        global_step: Any = None,
        tag: str = "default",
        metadata_header: Sequence[str] | None = None,
    ) -> None:
        """Log vectors with what is known of each, and a picture of each (n x C x H x W)."""
        labels: Any = metadata
        if metadata is not None and metadata_header:
            columns = list(zip(*metadata, strict=True))
            if len(columns) != len(metadata_header):
                raise ValueError(
                    f"metadata must have {len(metadata_header)} fields each, as the header, not {len(columns)}"
                )
            labels = dict(zip(map(str, metadata_header), map(list, columns), strict=True))
        target = self._target(tag, global_step, None, "embedding")
        images = None if label_img is None else _pictures(label_img)
        self.logger.log_embedding(mat, *target.item, labels=labels, images=images)
        self._not_in_event_files("embeddings")

    def add_mesh(
        self,
        tag: str,
        vertices: Any,
        colors: Any = None,
        faces: Any = None,
        config_dict: Mapping[str, Any] | None = None,
        global_step: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log meshes or point clouds, B x n x 3: one as `tag`, several as `tag/000`, `tag/001`, ...

        How three.js is to draw it (`config_dict`) is kept in the JSON file beside it.
        """
        corners = _batch(vertices, "vertices")
        shades, sides = (None if each is None else _batch(each, name) for each, name in _named(colors, faces))
        target = self._target(tag, global_step, walltime, "mesh")
        for number, points in enumerate(corners):
            label = target.label if len(corners) == 1 else f"{target.label}/{number:03}"
            painted = None if shades is None else _colours(shades[number])
            joined = None if sides is None else sides[number]
            self.logger.log_mesh(points, label, target.step, faces=joined, colors=painted)
        if config_dict:
            self.logger.log_json("mesh_config", config_dict, *target.item)
        self._not_in_event_files("meshes")

    def add_tensor(
        self, tag: str, tensor: Any, global_step: Any = None, walltime: float | None = None
    ) -> None:
        """Log an array of any shape."""
        self.logger.log_array(tensor, *self._target(tag, global_step, walltime, "tensor").item)
        self._not_in_event_files("tensors")

    def add_custom_scalars(self, layout: Mapping[str, Mapping[str, Any]]) -> None:
        """Lay out charts, in `custom_scalars.json`: the page of the run suggests them.

        Args:
            layout: {category: {title: ["Multiline", tags] or ["Margin", [value, lower, upper]]}}.

        Raises:
            ValueError: it is none.
        """
        if not isinstance(layout, Mapping):
            raise ValueError(f"layout must be a dict, not {type(layout).__name__}")
        checked: dict[str, dict[str, Any]] = {}
        for category, charts in layout.items():
            if not isinstance(charts, Mapping):
                raise ValueError(f"layout[{category!r}] must be a dict, not {type(charts).__name__}")
            checked[str(category)] = {str(title): _chart(chart, title) for title, chart in charts.items()}
        self._charts = checked
        self.logger.log_json(_CHARTS, checked, _CHARTS)
        self._not_in_event_files("layouts of charts")

    def add_custom_scalars_multilinechart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """Keep one chart of several tags, as `add_custom_scalars` keeps many."""
        self.add_custom_scalars({category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """Keep one chart of a value with a band, of three tags, as `add_custom_scalars` keeps many."""
        self.add_custom_scalars({category: {title: ["Margin", tags]}})

    def _count_histogram(self, values: Any, bins: Any, max_bins: int | None, target: Target) -> None:
        self._put_histogram(counting.histogram(values, bins, max_bins), target)

    def _put_histogram(self, counted: counting.Histogram, target: Target) -> None:
        self._later.drain()  # what was logged under this name before; nothing, for the thread that makes these calls
        edges, counts, sums, number = counted
        self.logger.log_histogram(None, *target.item, edges=edges, counts=counts, sums=sums)
        if self._event_file is not None:
            message = written_events.histogram(target.tag, edges.tolist(), counts.tolist(), sums, number)
            self._event_file.add(message, target.number, target.wall_time)

    def _put_curve(self, curve: counting.Curve, target: Target) -> None:
        thresholds = counting.thresholds(len(curve.precision))
        self.logger.log_pr_curve(
            None, None, *target.item, thresholds=thresholds, precision=curve.precision, recall=curve.recall
        )
        if self._event_file is not None:
            message = written_events.curve(target.tag, curve, len(thresholds))
            self._event_file.add(message, target.number, target.wall_time)


def _named(colors: Any, faces: Any) -> tuple[tuple[Any, str], ...]:
    return (colors, "colors"), (faces, "faces")


def _batch(values: Any, argument: str) -> Any:
    """B x n x 3; what has no B is one."""
    array = numbers.to_array(values, argument=argument)
    return array[None] if array.ndim == 2 else array


def _colours(colours: Any) -> Any:
    """Bytes, of levels up to 255 in whatever type they are."""
    return (
        colours
        if colours.dtype.kind == "f" and colours.size and colours.max() <= 1
        else colours.astype("uint8")
    )


def _pictures(images: Any) -> list[Any]:
    from lavdlike.compat.tensorboard import pixels

    return pixels.pictures(images, "NCHW", "label_img")


def _chart(chart: Any, title: object) -> list[Any]:
    is_pair = isinstance(chart, (list, tuple)) and len(chart) == 2 and isinstance(chart[1], (list, tuple))
    if not is_pair or chart[0] not in ("Multiline", "Margin"):
        raise ValueError(
            f"the chart {title!r} must be ['Multiline', tags] or ['Margin', tags], not {chart!r:.80}"
        )
    tags = [str(tag) for tag in chart[1]]
    if chart[0] == "Margin" and len(tags) != 3:
        raise ValueError(
            f"the chart {title!r} must have 3 tags, of value, lower and upper bound, not {len(tags)}"
        )
    return [chart[0], tags]
