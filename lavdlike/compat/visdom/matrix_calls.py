"""Visdom's calls for what is drawn of a matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.compat.visdom.given_options import array_of, check, layout_of, options_of, without_none
from lavdlike.compat.visdom.sending import Opts, Sending

_UPDATES = (None, "replace", "remove", "appendRow", "appendColumn", "prependRow", "prependColumn")
_COLORMAP = "Viridis"


class MatrixCalls(Sending):
    """`heatmap`, which can be updated, surfaces, contours, counts of pairs."""

    def heatmap(
        self,
        X: Any,
        win: str | None = None,
        env: str | None = None,
        update: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw a matrix, n x m. `update`: "replace", "remove", or where rows or columns come to: "appendRow", ..."""
        check(update in _UPDATES, f"update must be one of {', '.join(map(str, _UPDATES))}, not {update!r}")
        if update == "remove":
            check(win is not None, "update='remove' needs win")
            return self._send({"data": [], "delete": True, "win": win, "eid": env}, "update")
        matrix = array_of(X, "X")
        check(matrix is not None and matrix.ndim == 2, "X must have two dimensions")
        options = options_of(opts, colormap=_COLORMAP)
        columns, rows = (_names(options.get(key), count, key) for key, count in _sides(matrix.shape))
        trace = {
            "z": matrix.tolist(),
            "x": columns,
            "y": rows,
            "zmin": options.get("xmin"),
            "zmax": options.get("xmax"),
            "type": "heatmap",
            "colorscale": options["colormap"],
        }
        traces = [without_none(trace)]
        color = options.get("nancolor")
        if update is not None:
            is_appended = update != "replace"
            message = {"data": traces, "win": win, "eid": env, "layout": {}, "opts": options}
            return self._send({**message, "append": is_appended, "updateDir": update}, "update")
        if color is not None:  # what is no number is transparent
            behind = {"type": "heatmap", "showscale": False, "colorscale": [[0, color], [1, color]]}
            traces.insert(
                0,
                without_none(
                    {"z": (matrix * 0 == 1).astype(int).tolist(), "x": columns, "y": rows, **behind}
                ),
            )
        return self._send_plot(traces, options, win, env)

    def surf(self, X: Any, win: str | None = None, env: str | None = None, opts: Opts = None) -> Any:
        """Draw a matrix as a surface in space."""
        return self._send_surface("surface", X, win, env, opts)

    def contour(self, X: Any, win: str | None = None, env: str | None = None, opts: Opts = None) -> Any:
        """Draw the contours of a matrix."""
        return self._send_surface("contour", X, win, env, opts)

    def histogram2d(
        self, X: Any, Y: Any, win: str | None = None, env: str | None = None, opts: Opts = None
    ) -> Any:
        """Draw how often pairs of values occur."""
        x, y = (array_of(each, name).ravel() for each, name in ((X, "X"), (Y, "Y")))
        check(x.shape == y.shape, "X and Y must have the same shape")
        options = options_of(opts, colormap=_COLORMAP)
        bins = options.get("numbins")
        trace = {"x": x.tolist(), "y": y.tolist(), "type": "histogram2d", "colorscale": options["colormap"]}
        trace |= {"nbinsx": options.get("xnumbins", bins), "nbinsy": options.get("ynumbins", bins)}
        return self._send_plot(
            [without_none({**trace, "histnorm": options.get("histnorm")})], options, win, env
        )

    def confusion_matrix(
        self,
        y_true: Any = None,
        y_pred: Any = None,
        cm: Any = None,
        labels: Sequence[Any] | None = None,
        normalize: str | None = None,
        update: str | None = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw how often which class (a row) was taken for which: `cm`, or counted of actual and predicted classes.

        Args:
            normalize: "true" divides by the sums of rows, "pred" by those of columns, "all" by that of all.
            update: "replace" for the numbers of a window that is there.
        """
        counts, names = _counted(y_true, y_pred, cm, labels)
        shares = _shares(counts, normalize)
        options = options_of(opts, colormap="Blues", xlabel="Predicted", ylabel="Actual")
        trace = {
            "z": shares.tolist(),
            "x": names,
            "y": names,
            "type": "heatmap",
            "colorscale": options["colormap"],
            "text": _cell_texts(counts, shares, normalize, options),
            "texttemplate": "%{text}",
        }
        if update is not None:
            message = {"data": [trace], "win": win, "eid": env, "layout": {}, "opts": options}
            return self._send({**message, "append": False, "updateDir": "replace"}, "update")
        layout = layout_of(options)
        layout["yaxis"] = {**layout["yaxis"], "autorange": "reversed", "type": "category"}
        layout["xaxis"] = {**layout["xaxis"], "type": "category"}
        return self._send_plot([trace], options, win, env, layout=layout)

    def image_heatmap(
        self, img: Any, heatmap: Any, win: str | None = None, env: str | None = None, opts: Opts = None
    ) -> Any:
        """Draw a picture, C x H x W or H x W, with a matrix over it, H x W."""
        import numpy as np

        picture, matrix = array_of(img, "img"), array_of(heatmap, "heatmap")
        picture = picture[None] if picture.ndim == 2 else picture
        check(picture.ndim == 3 and matrix.ndim == 2, "img must be C x H x W or H x W, heatmap H x W")
        check(picture.shape[1:] == matrix.shape, "heatmap must be of the picture's size")
        options = options_of(opts, colormap="Jet", opacity=0.5)
        if picture.dtype.kind == "f" and picture.max(initial=0) <= 1:
            picture = picture * 255
        pixels = np.clip(picture, 0, 255).astype(np.uint8)[[0, 0, 0] if len(picture) == 1 else [0, 1, 2]]
        traces = [
            {"type": "image", "z": pixels.transpose(1, 2, 0).tolist()},
            {
                "type": "heatmap",
                "z": matrix.tolist(),
                "opacity": options.get("alpha", options["opacity"]),
                "colorscale": options["colormap"],
            },
        ]
        return self._send_plot(traces, options, win, env)

    def _send_surface(self, type_: str, X: Any, win: str | None, env: str | None, opts: Opts) -> Any:
        import numpy as np

        matrix = np.squeeze(array_of(X, "X"))
        check(matrix.ndim == 2, "X must have two dimensions")
        options = options_of(opts, colormap=_COLORMAP, xmin=float(matrix.min()), xmax=float(matrix.max()))
        low, high = ("cmin", "cmax") if type_ == "surface" else ("zmin", "zmax")
        trace = {"z": matrix.tolist(), "type": type_, "colorscale": options["colormap"]}
        limits = {low: options["xmin"], high: options["xmax"]}
        return self._send_plot([{**trace, **limits}], options, win, env, is_3d=type_ == "surface")


def _sides(shape: Sequence[int]) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("columnnames", shape[1]), ("rownames", shape[0])


def _names(given: Any, count: int, key: str) -> list[Any] | None:
    if given is None:
        return None
    check(len(given) == count, f"opts: {key} has {len(given)} names for {count}")
    return list(given)


def _counted(y_true: Any, y_pred: Any, cm: Any, labels: Sequence[Any] | None) -> tuple[Any, list[str]]:
    import numpy as np

    if cm is not None:
        counts = array_of(cm, "cm")
        check(counts.ndim == 2 and counts.shape[0] == counts.shape[1], "cm must have as many rows as columns")
        names = list(range(len(counts))) if labels is None else list(labels)
        check(len(names) == len(counts), "labels must be one for each class")
        return counts, [str(name) for name in names]
    check(y_true is not None and y_pred is not None, "give y_true and y_pred, or cm")
    actual, predicted = np.ravel(np.asarray(y_true)), np.ravel(np.asarray(y_pred))
    check(actual.shape == predicted.shape, "y_true and y_pred must be equally many")
    names = np.unique(np.concatenate([actual, predicted])).tolist() if labels is None else list(labels)
    places: Mapping[Any, int] = {name: place for place, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), int)
    for row, column in zip(actual.tolist(), predicted.tolist(), strict=True):
        if row in places and column in places:
            counts[places[row], places[column]] += 1
    return counts, [str(name) for name in names]


def _shares(counts: Any, normalize: str | None) -> Any:
    if normalize is None:
        return counts
    check(
        normalize in ("true", "pred", "all"), f"normalize must be 'true', 'pred' or 'all', not {normalize!r}"
    )
    axis = {"true": 1, "pred": 0, "all": None}[normalize]
    sums = counts.sum(axis=axis, keepdims=True)
    return counts / (sums + (sums == 0))


def _cell_texts(
    counts: Any, shares: Any, normalize: str | None, options: Mapping[str, Any]
) -> list[list[str]]:
    """What stands in the cells of a confusion matrix: counts, and shares where these are drawn or asked for."""
    if normalize is None:
        shares = _shares(counts, "all")
    has_counts, has_shares = (
        options.get("showCounts", True),
        options.get("showPercent", normalize is not None),
    )
    return [
        [
            "<br>".join([f"{count:g}"] * bool(has_counts) + [f"{share:.1%}"] * bool(has_shares))
            for count, share in zip(*rows, strict=True)
        ]
        for rows in zip(counts.tolist(), shares.tolist(), strict=True)
    ]
