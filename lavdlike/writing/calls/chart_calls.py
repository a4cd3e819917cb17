"""The methods of `Logger` for what is drawn: plots, figures, histograms, curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from lavdlike import json_file
from lavdlike.kinds import confusion_matrices, figures, histograms, plain, plots, pr_curves
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_choice, check_flag, check_size


class ChartCalls(Family):
    """What the viewer draws."""

    def log_histogram(
        self,
        values: Any,
        name: str,
        step: int | None = None,
        bins: int | Sequence[float] = 30,
        *,
        edges: Any = None,
        counts: Any = None,
        sums: Mapping[str, float] | None = None,
    ) -> None:
        """Log how values are distributed to `<name>.json`: counts between edges, and their sums.

        NaN and infinities are in no bin; how many there were is written too.

        Args:
            values: an array, tensor or nested lists of numbers, of any shape; None if `edges` and `counts` are given.
            bins: how many, of equal width from the smallest to the largest value; or their edges.
            edges, counts: a histogram that was counted elsewhere, with one edge more than counts.
            sums: what is known of its values, `min`, `max`, `sum`, `sum_squares`; without, they are told from the bins.

        >>> with Logger("example") as logger:
        ...     logger.log_histogram([0.5, 0.25, -1.0], "weights", step=1, bins=3)
        ...     logger.log_histogram(None, "sizes", step=1, edges=[0, 10, 100], counts=[7, 2])
        """
        writer = self._active
        if writer is None:
            return
        if (values is None) != (edges is not None and counts is not None):
            raise ValueError("give either values, or None and both edges and counts")
        content = (
            histograms.of_counts(edges, counts, sums)
            if values is None
            else histograms.of_values(values, bins)
        )
        writer.merge(self._checked_path(name, step, ".json"), histograms.to_json(content))

    def log_plot(self, figure: Any, name: str, step: int | None = None, *, growing: bool = False) -> None:
        """Log a figure of plotly to `<name>.plotly.json`; the viewer draws it, to be zoomed and turned.

        Args:
            figure: a `plotly.graph_objects.Figure`, anything else that has its `to_plotly_json`, or a dict with `data`
                and `layout`, in which numpy arrays and tensors may stand.
            growing: to `<name>.plotly.jsonl` instead, for `grow_plot`.

        >>> bars = {"type": "bar", "x": ["cat", "dog"], "y": [3, 5]}
        >>> figure = {"data": [bars], "layout": {"title": {"text": "Pets"}}}
        >>> with Logger("example") as logger:
        ...     logger.log_plot(figure, "pets", step=1)  # 0001/pets.plotly.json
        """
        writer = self._active
        if writer is None:
            return
        check_flag(growing, "growing")
        content = plots.encode_line(plots.figure_of(figure)) if growing else plots.encode(figure)
        path = self._checked_path(name, step, plots.GROWING if growing else plots.SUFFIX)
        writer.replace(path, check_size(content, json_file.MAX_BYTES, "figure"))

    def grow_plot(self, changes: Iterable[Mapping[str, Any]], name: str, step: int | None = None) -> None:
        """Append changes to a plot that was logged with `growing=True`: each is a line of its file.

        Args:
            changes: each a dict. `{"trace": 0, "append": {"x": [3], "y": [0.5]}}` appends to lists of the first trace,
                or of the one of this name; `{"add": trace}`, `{"remove": trace}` and `{"layout": {...}}` are others.
                docs/format.md, "Plots", has all of them.

        >>> curve = {"type": "scatter", "x": [], "y": [], "name": "loss"}
        >>> with Logger("example") as logger:
        ...     logger.log_plot({"data": [curve]}, "curves", growing=True)
        ...     logger.grow_plot([{"trace": "loss", "append": {"x": [1], "y": [0.5]}}], "curves")
        """
        writer = self._active
        if writer is not None:
            lines = b"".join(map(plots.encode_line, plain.listed(changes, "changes", " of dicts")))
            writer.append_to(self._checked_path(name, step, plots.GROWING), lines)

    def log_svg(self, svg: str | bytes, name: str, step: int | None = None) -> None:
        """Log a drawing to `<name>.svg`.

        >>> svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
        >>> with Logger("example") as logger:
        ...     logger.log_svg(svg, "dot", step=1)
        """
        writer = self._active
        if writer is not None:
            content = check_size(figures.encode(svg), figures.MAX_BYTES, "svg")
            writer.replace(self._checked_path(name, step, figures.SUFFIX), content)

    def log_figure(
        self, figure: Any, name: str, step: int | None = None, extension: Literal[".svg", ".png"] = ".svg"
    ) -> None:
        """Log a figure of matplotlib to `<name>.svg`, or as a picture to `<name>.png`.

        Args:
            figure: anything with the method `savefig`, or axes of such a figure. It is not closed.

        >>> import matplotlib.pyplot as plt  # doctest: +SKIP
        >>> figure, axes = plt.subplots()  # doctest: +SKIP
        >>> with Logger("example") as logger:  # doctest: +SKIP
        ...     logger.log_figure(figure, "loss", step=1)
        """
        writer = self._active
        if writer is not None:
            check_choice(extension, (".svg", ".png"), "extension")
            content = check_size(figures.drawn(figure, extension), figures.MAX_BYTES, "figure")
            writer.replace(self._checked_path(name, step, extension), content)

    def log_pr_curve(
        self,
        labels: Any,
        predictions: Any,
        name: str,
        step: int | None = None,
        *,
        thresholds: Any = None,
        precision: Any = None,
        recall: Any = None,
    ) -> None:
        """Log precision and recall of a yes-or-no prediction at all thresholds to `<name>.json`.

        Args:
            labels: an array of 0 and 1 (or bool): what is true.
            predictions: a number for each, larger for what is more surely 1. Both are None if the curve is given.
            thresholds, precision, recall: a curve that was computed elsewhere, at each threshold, rising.

        >>> with Logger("example") as logger:
        ...     logger.log_pr_curve([1, 0, 1, 0], [0.9, 0.6, 0.5, 0.1], "is-bird", step=1)
        """
        writer = self._active
        if writer is not None:
            given = [each is not None for each in (thresholds, precision, recall)]
            if any(given) != all(given) or all(given) != (labels is None and predictions is None):
                raise ValueError(
                    "give labels and predictions, or None for both and thresholds, precision and recall"
                )
            content = (
                pr_curves.of_points(thresholds, precision, recall)
                if all(given)
                else pr_curves.of_predictions(labels, predictions)
            )
            writer.merge(self._checked_path(name, step, ".json"), pr_curves.to_json(content))

    def log_confusion_matrix(
        self, matrix: Any, classes: Sequence[str], name: str, step: int | None = None
    ) -> None:
        """Log how often which class was taken for which to `<name>.json`.

        Args:
            matrix: counts, a row for each actual class, a column for each predicted one; or a tuple of the actual and
                the predicted classes, which are then counted: indices into `classes`, or names.
            classes: the names, in the order of rows and columns.

        >>> with Logger("example") as logger:
        ...     logger.log_confusion_matrix([[8, 2], [1, 9]], ["cat", "dog"], "validation", step=1)
        ...     logger.log_confusion_matrix(([0, 0, 1], [0, 1, 1]), ["cat", "dog"], "test", step=1)
        """
        writer = self._active
        if writer is None:
            return
        if isinstance(matrix, tuple):
            if len(matrix) != 2:
                raise ValueError(
                    "a tuple must be of the actual and the predicted classes; give counts as a list"
                )
            content = confusion_matrices.of_predictions(*matrix, classes)
        else:
            content = confusion_matrices.of_matrix(matrix, classes)
        writer.merge(self._checked_path(name, step, ".json"), confusion_matrices.to_json(content))
