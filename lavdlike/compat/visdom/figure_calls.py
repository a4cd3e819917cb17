"""Visdom's calls for plots that are drawn once: bars, boxes, shares, meshes, curves of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.compat.visdom.given_options import array_of, check, layout_of, options_of, without_none
from lavdlike.compat.visdom.sending import Opts, Sending
from lavdlike.kinds import pr_curves


class FigureCalls(Sending):
    """A figure of plotly each."""

    def bar(
        self, X: Any, Y: Any = None, win: str | None = None, env: str | None = None, opts: Opts = None
    ) -> Any:
        """Draw bars: X, n or n x m of them, m beside or on each other (`stacked`); Y: n places on the x axis."""
        import numpy as np

        options = options_of(opts, stacked=False)
        heights = np.squeeze(array_of(X, "X"))
        heights = heights.reshape(-1) if heights.ndim == 0 else heights
        check(heights.ndim in (1, 2), "X must have one or two dimensions")
        rows, legend = options.get("rownames"), options.get("legend")
        if heights.ndim == 1:
            check(not (legend and rows), "opts: of one row of bars, either legend or rownames may be given")
            heights = heights[None, :] if legend else heights[:, None]
        places = np.arange(1, len(heights) + 1) if Y is None else np.atleast_1d(np.squeeze(array_of(Y, "Y")))
        check(places.shape == (len(heights),), "Y must be one for each row of X")
        check(rows is None or len(rows) == len(heights), "opts: rownames must be one for each row of X")
        check(not legend or len(legend) == heights.shape[1], "opts: legend must be one for each column of X")
        traces = [
            without_none(
                {
                    "y": column.tolist(),
                    "x": places.tolist() if rows is None else list(rows),
                    "type": "bar",
                    "name": legend[place] if legend else None,
                }
            )
            for place, column in enumerate(heights.T)
        ]
        return self._send_plot(traces, options, win, env)

    def histogram(self, X: Any, win: str | None = None, env: str | None = None, opts: Opts = None) -> Any:
        """Draw how values are distributed: counts in `numbins` bins (30) from the smallest to the largest."""
        import numpy as np

        values = np.ravel(array_of(X, "X"))
        check(len(values), "X must have values")
        options = options_of(opts, numbins=min(30, len(values)))
        counts, edges = np.histogram(values, bins=int(options["numbins"]), range=(values.min(), values.max()))
        return self.bar(counts, (edges[:-1] + edges[1:]) / 2, win, env, options)

    def boxplot(self, X: Any, win: str | None = None, env: str | None = None, opts: Opts = None) -> Any:
        """Draw a box for each column of X, n or n x m."""
        return self._send_columns("box", X, win, env, opts)

    def violin(self, X: Any, win: str | None = None, env: str | None = None, opts: Opts = None) -> Any:
        """Draw a violin for each column of X, n or n x m."""
        options = options_of(opts)
        sideways = options.get("orientation") == "h"
        check(sideways or options.get("orientation", "v") == "v", "opts: orientation must be 'v' or 'h'")
        looks = {
            "box": {"visible": options.get("showbox", True)},
            "meanline": {"visible": options.get("showmeanline", True)},
            "points": options.get("points", False),
            "jitter": options.get("jitter"),
            "bandwidth": options.get("bandwidth"),
            "side": options.get("side"),
            "orientation": "h" if sideways else None,
        }
        return self._send_columns(
            "violin", X, win, env, opts, without_none(looks), axis="x" if sideways else "y"
        )

    def pie(self, X: Any, win: str | None = None, env: str | None = None, opts: Opts = None) -> Any:
        """Draw shares of a whole."""
        import numpy as np

        values = np.squeeze(array_of(X, "X"))
        check(values.ndim == 1, "X must have one dimension")
        check((values >= 0).all(), "X must not be below 0")
        options = options_of(opts)
        trace = {"values": values.tolist(), "labels": options.get("legend"), "type": "pie"}
        return self._send_plot([without_none(trace)], options, win, env)

    def sunburst(
        self,
        labels: Any,
        parents: Any,
        values: Any = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw parts of parts: each label with that of its parent, "" for the whole."""
        names, above = (_texts(each, what) for each, what in ((labels, "labels"), (parents, "parents")))
        check(len(names) == len(above), "parents must be one for each label")
        options = options_of(opts)
        sizes = None if values is None else array_of(values, "values").ravel().tolist()
        check(sizes is None or len(sizes) == len(names), "values must be one for each label")
        font = {"size": options.get("font_size", options.get("size")), "color": options.get("font_color")}
        width = options.get("line_width", options.get("marker_width"))
        trace = {
            "labels": names,
            "parents": above,
            "values": sizes,
            "outsidetextfont": font,
            "leaf": {"opacity": options.get("opacity")},
            "marker": {"line": {"width": width}},
            "type": "sunburst",
        }
        return self._send_plot([without_none(trace)], options, win, env)

    def mesh(
        self, X: Any, Y: Any = None, win: str | None = None, env: str | None = None, opts: Opts = None
    ) -> Any:
        """Draw corners, n x 3 (or n x 2, in the plane), and triangles between them: places of three corners each."""
        options = options_of(opts)
        corners, faces = array_of(X, "X"), array_of(Y, "Y")
        check(corners.ndim == 2 and corners.shape[1] in (2, 3), "X must be n x 2 or n x 3")
        check(
            faces is None or (faces.ndim == 2 and faces.shape[1] == corners.shape[1]),
            "Y must have as many columns",
        )
        axes = dict(zip("xyz", corners.T.tolist(), strict=False))
        ends = {} if faces is None else dict(zip("ijk", faces.T.tolist(), strict=False))
        looks = {"color": options.get("color"), "opacity": options.get("opacity")}
        type_ = "mesh3d" if corners.shape[1] == 3 else "mesh"
        return self._send_plot([without_none({**axes, **ends, **looks, "type": type_})], options, win, env)

    def sankey(
        self,
        source: Any,
        target: Any,
        value: Any,
        labels: Sequence[Any] | None = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw flows between nodes, which are named by their places in `labels`."""
        ends = [
            array_of(each, what).ravel().tolist() for each, what in ((source, "source"), (target, "target"))
        ]
        sizes = array_of(value, "value").ravel().tolist()
        check(len(ends[0]) == len(ends[1]) == len(sizes), "source, target and value must be equally many")
        options = options_of(opts)
        nodes = {
            "label": None if labels is None else [str(label) for label in labels],
            "color": options.get("nodecolor"),
            "pad": options.get("pad"),
            "thickness": options.get("thickness"),
        }
        links = {"source": ends[0], "target": ends[1], "value": sizes, "color": options.get("linkcolor")}
        trace = {"type": "sankey", "orientation": options.get("orientation"), "node": nodes, "link": links}
        return self._send_plot([without_none(trace)], options, win, env)

    def parallel_coordinates(
        self, X: Any, Y: Any = None, win: str | None = None, env: str | None = None, opts: Opts = None
    ) -> Any:
        """Draw a line through m axes for each row of X, n x m, in the colour of its value in Y."""
        table, colors = array_of(X, "X"), array_of(Y, "Y")
        check(table.ndim == 2, "X must have two dimensions")
        check(colors is None or colors.shape == (len(table),), "Y must be one for each row of X")
        options = options_of(opts, colormap="Viridis")
        most = options.get("max_experiments")
        if most is not None:
            check(colors is not None, "opts: max_experiments needs Y")
            kept = (-colors).argsort(kind="stable")[: int(most)]
            table, colors = table[kept], colors[kept]
        names = next(
            (options[key] for key in ("dimensions", "columnnames", "legend") if options.get(key)),
            range(1, table.shape[1] + 1),
        )
        check(len(names) == table.shape[1], "opts: columnnames must be one for each column of X")
        axes = [
            {"label": str(name), "values": column.tolist()}
            | {
                key: options[of][place]
                for key, of in _AXIS_OPTIONS.items()
                if place in (options.get(of) or {})
            }
            for place, (name, column) in enumerate(zip(names, table.T, strict=True))
        ]
        line = None if colors is None else {"color": colors.tolist(), "colorscale": options["colormap"]}
        if line is not None and options.get("reversescale"):
            line["reversescale"] = True
        return self._send_plot(
            [without_none({"type": "parcoords", "dimensions": axes, "line": line})], options, win, env
        )

    def roc_curve(
        self,
        y_true: Any = None,
        y_score: Any = None,
        fpr: Any = None,
        tpr: Any = None,
        pos_label: float = 1,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw true positives over false ones: rates that are given, or those of scores at all thresholds."""
        import numpy as np

        if fpr is None or tpr is None:
            right, scores = _scored(y_true, y_score, pos_label)
            order = np.argsort(-scores, kind="stable")
            last = np.append(np.diff(scores[order]) != 0, True)  # of each score
            hits, misses = np.cumsum(right[order])[last], np.cumsum(~right[order])[last]
            tpr, fpr = (np.append(0, each / max(each[-1], 1)) for each in (hits, misses))
        x, y = array_of(fpr, "fpr"), array_of(tpr, "tpr")
        check(x.shape == y.shape and x.ndim == 1, "fpr and tpr must be equally many")
        options = options_of(opts, xlabel="False positive rate", ylabel="True positive rate", showlegend=True)
        area = float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum())
        chance = {"x": [0, 1], "y": [0, 1], "mode": "lines", "line": {"dash": "dash"}, "name": "chance"}
        curve = {"x": x.tolist(), "y": y.tolist(), "mode": "lines", "name": f"AUC = {area:.3f}"}
        return self._send_plot([{**each, "type": "scatter"} for each in (curve, chance)], options, win, env)

    def pr_curve(
        self,
        y_true: Any = None,
        y_score: Any = None,
        precision: Any = None,
        recall: Any = None,
        pos_label: float = 1,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw precision over recall: both given, or those of scores at all thresholds."""
        name = None
        if precision is None or recall is None:
            right, scores = _scored(y_true, y_score, pos_label)
            content = pr_curves.of_predictions(right.astype(int), scores)
            precision, recall = content.precision, content.recall
            name = f"AP = {content.average_precision:.3f}"
        x, y = array_of(recall, "recall"), array_of(precision, "precision")
        check(x.shape == y.shape and x.ndim == 1, "precision and recall must be equally many")
        options = options_of(opts, xlabel="Recall", ylabel="Precision", showlegend=name is not None)
        trace = {"x": x.tolist(), "y": y.tolist(), "mode": "lines", "type": "scatter", "name": name}
        return self._send_plot([without_none(trace)], options, win, env)

    def _send_columns(
        self,
        type_: str,
        X: Any,
        win: str | None,
        env: str | None,
        opts: Opts,
        looks: Mapping[str, Any] | None = None,
        axis: str = "y",
    ) -> Any:
        import numpy as np

        values = np.squeeze(array_of(X, "X"))
        values = values[:, None] if values.ndim == 1 else values
        check(values.ndim == 2, "X must have one or two dimensions")
        options = options_of(opts)
        names = options.get("legend") or [f"column {place}" for place in range(values.shape[1])]
        check(len(names) == values.shape[1], "opts: legend must be one for each column of X")
        traces = [
            {axis: column.tolist(), "type": type_, "name": str(name), **(looks or {})}
            for name, column in zip(names, values.T, strict=True)
        ]
        return self._send_plot(traces, options, win, env, layout=layout_of(options))


# Of an axis of parallel coordinates in plotly's layout, and the option that has it by the place of the axis, from 0.
_AXIS_OPTIONS = {
    "range": "ranges",
    "constraintrange": "constraintranges",
    "tickvals": "tickvals",
    "ticktext": "ticktext",
}


def _texts(given: Any, what: str) -> list[str]:
    entries = given.tolist() if hasattr(given, "tolist") else given
    check(isinstance(entries, (list, tuple)), f"{what} must be a list")
    return [str(entry) for entry in entries]


def _scored(y_true: Any, y_score: Any, pos_label: float) -> tuple[Any, Any]:
    check(y_true is not None and y_score is not None, "give y_true and y_score, or the curve itself")
    right, scores = array_of(y_true, "y_true").ravel() == pos_label, array_of(y_score, "y_score").ravel()
    check(right.shape == scores.shape, "y_true and y_score must be equally many")
    return right, scores
