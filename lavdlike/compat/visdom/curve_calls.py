"""Visdom's calls for points and lines: plots that can be updated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lavdlike.compat.visdom.given_options import Options, array_of, check, layout_of, options_of, without_none
from lavdlike.compat.visdom.sending import Opts, Sending

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# Of the options, what has gone into the traces.
_IN_TRACES = ("markercolor", "linecolor", "dash")
_MAX_COLOR = 255


class CurveCalls(Sending):
    """`line` and what is made of points and lines."""

    def scatter(
        self,
        X: Any,
        Y: Any = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
        update: str | None = None,
        name: str | None = None,
    ) -> Any:
        """Draw points.

        Args:
            X: n x 2 or n x 3; with `name`, also n, with `Y` as the other coordinate.
            Y: labels from 1, a trace for each.
            update: "append" to a plot, which is made if it is not there; "replace"; "remove" the trace `name`; with
                any other word `name` is a further trace, if there is none called so.
        """
        if update == "remove":
            check(win is not None, "update='remove' needs win")
            check(name is not None, "update='remove' needs the name of a trace")
            check(opts is None, "update='remove' takes no opts")
            return self._send({"data": [], "name": name, "delete": True, "win": win, "eid": env}, "update")
        points, labels = array_of(X, "X"), array_of(Y, "Y")
        check(points is not None, "X must be given")
        if update is not None:
            check(win is not None, f"update={update!r} needs win")
            if name and points.ndim == 1:
                check(labels is not None and labels.ndim == 1, "Y must have one dimension, as X")
                check(points.shape == labels.shape, "X and Y must have the same shape")
                points, labels = _columns(points, labels), None
        return self._send_points(points, labels, options_of(opts), win, env, update, name)

    def line(
        self,
        Y: Any,
        X: Any = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
        update: str | None = None,
        name: str | None = None,
        Z: Any = None,
        is3d: bool = False,
    ) -> Any:
        """Draw lines.

        Args:
            Y: n values, or n x m for m lines; in space if `Z` is given, whatever `is3d` says.
            X: n, or as Y; from 0 to 1 if it is not given. `Z`: as Y, for lines in space.
            update: as of `scatter`.
        """
        if update == "remove":
            return self.scatter(None, None, win, env, opts, update, name)
        import numpy as np

        y, x, z = array_of(Y, "Y"), array_of(X, "X"), array_of(Z, "Z")
        check(update is None or x is not None, f"update={update!r} needs X")
        check(y is not None and y.ndim in (1, 2), "Y must have one or two dimensions")
        check(y.shape[-1] > 0, "Y must have at least one line")
        check(z is None or z.shape == y.shape, "Z must have the shape of Y")
        x = np.linspace(0, 1, y.shape[0]) if x is None else x
        check(x.ndim in (1, 2), "X must have one or two dimensions")
        if y.ndim == 2 and x.ndim == 1:
            x = np.tile(x, (y.shape[1], 1)).T
        check(x.shape == y.shape, f"X must have the shape of Y, {y.shape}, not {x.shape}")
        options = options_of(opts, markers=False, fillarea=False)
        options["mode"] = "lines+markers" if options["markers"] else "lines"
        given = (x, y) if z is None else (x, y, z)
        points = _columns(*(each if y.ndim == 1 else each.ravel(order="F") for each in given))
        labels = None if y.ndim == 1 else np.repeat(np.arange(1, y.shape[1] + 1), y.shape[0])
        return self._send_points(points, labels, options, win, env, update, name)

    def stem(
        self, X: Any, Y: Any = None, win: str | None = None, env: str | None = None, opts: Opts = None
    ) -> Any:
        """Draw values as stems, n or n x m of them, at the times Y."""
        import numpy as np

        values, times = np.squeeze(array_of(X, "X")), array_of(Y, "Y")
        values = values[:, None] if values.ndim == 1 else values
        check(values.ndim == 2, "X must have one or two dimensions")
        times = np.arange(1, len(values) + 1) if times is None else times
        times = times[:, None] if times.ndim == 1 else times
        check(len(times) == len(values), "X and Y must have equally many rows")
        check(times.shape[1] in (1, values.shape[1]), "Y must have one column, or as many as X")
        times = np.broadcast_to(times, values.shape)
        zeros, gaps = np.zeros(values.shape), np.full(values.shape, np.nan)
        # From the axis to the value and off: three points for each.
        up, across = (
            np.stack(each, axis=1).reshape(-1, values.shape[1])
            for each in ((zeros, values, gaps), (times, times, gaps))
        )
        labels = np.tile(np.arange(1, values.shape[1] + 1), len(up))
        options = {**options_of(opts), "mode": "lines"}
        return self._send_points(_columns(across.ravel(), up.ravel()), labels, options, win, env, None, None)

    def quiver(
        self,
        X: Any,
        Y: Any,
        gridX: Any = None,
        gridY: Any = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw arrows: X and Y, n x m, are where they point to from the places of a grid."""
        import numpy as np

        u, v = array_of(X, "X"), array_of(Y, "Y")
        check(u.ndim == 2 and v.shape == u.shape, "X and Y must have the same two dimensions")
        rows, columns = np.indices(u.shape)
        from_x = rows if gridX is None else array_of(gridX, "gridX")
        from_y = columns if gridY is None else array_of(gridY, "gridY")
        check(from_x.shape == u.shape and from_y.shape == u.shape, "gridX and gridY must have the shape of X")
        options = options_of(opts, arrowheads=True)
        options["mode"] = "lines"
        longest = options.get("normalize")
        if longest:
            check(
                isinstance(longest, (int, float)) and longest > 0, "opts: normalize must be a number above 0"
            )
            scale = longest / np.sqrt(u * u + v * v).max()
            u, v = u * scale, v * scale
        points = _strokes((from_x, from_y), (from_x + u, from_y + v))
        if options["arrowheads"]:
            points = np.concatenate([points, _arrow_heads(from_x + u, from_y + v, u, v)])
        return self._send_points(points, None, options, win, env, None, None)

    def dual_axis_lines(
        self,
        X: Any = None,
        Y1: Any = None,
        Y2: Any = None,
        opts: Opts = None,
        win: str | None = None,
        env: str | None = None,
    ) -> Any:
        """Draw two lines over the same X, each with a y axis of its own."""
        check(all(each is not None for each in (X, Y1, Y2)), "X, Y1 and Y2 must be given")
        x, *ys = (array_of(each, argument) for each, argument in ((X, "X"), (Y1, "Y1"), (Y2, "Y2")))
        check(all(y.shape == x.shape for y in ys), "X, Y1 and Y2 must have the same shape")
        options = options_of(opts, height=300, width=500)
        names = [options.get(f"name_y{place}", f"Y{place} axis") for place in (1, 2)]
        traces = [
            {"x": x.tolist(), "y": y.tolist(), "name": name, "type": "scatter"}
            for y, name in zip(ys, names, strict=True)
        ]
        traces[1]["yaxis"] = "y2"
        axes = [
            {
                "title": {"text": name, "font": {"color": options.get(f"color_title_y{place}", default)}},
                "tickfont": {"color": options.get(f"color_tick_y{place}", default)},
            }
            for place, name, default in ((1, names[0], None), (2, names[1], "rgb(148, 103, 189)"))
        ]
        layout = {
            "title": options.get("title", "Example Double Y axis"),
            "yaxis": axes[0],
            "yaxis2": {**axes[1], "overlaying": "y", "side": options.get("side", "right")},
            "showlegend": options.get("showlegend", True),
            "margin": without_none(
                {side[0]: options.get(side) for side in ("bottom", "right", "top", "left")}
            )
            or None,
        }
        return self._send_plot(traces, options, win, env, layout=without_none(layout))

    def learning_curve(
        self,
        metrics: Mapping[str, Any],
        step: Any = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
        update: str | None = None,
    ) -> Any:
        """Draw a line for each metric, by its name, over steps; single values are appended with `update="append"`."""
        check(len(metrics), "metrics must be a dict of names and values")
        import numpy as np

        values = {name: np.atleast_1d(array_of(value, name)) for name, value in metrics.items()}
        if update is not None:
            check(step is not None, f"update={update!r} needs step")
            for name, each in values.items():
                win = self.line(
                    each, np.broadcast_to(array_of(step, "step"), each.shape), win, env, opts, update, name
                )
            return win
        options = {**options_of(opts), "legend": list(values)}
        lengths = {len(each) for each in values.values()}
        check(len(lengths) == 1, "metrics must have equally many values")
        steps = np.arange(lengths.pop()) if step is None else np.atleast_1d(array_of(step, "step"))
        return self.line(np.stack(list(values.values()), axis=1), steps, win, env, options)

    def _send_points(
        self,
        points: Array,
        labels: Array | None,
        options: Options,
        win: str | None,
        env: str | None,
        update: str | None,
        name: str | None,
    ) -> Any:
        check(points.ndim == 2, "X must have two dimensions")
        check(points.shape[1] in (2, 3), f"X must have 2 or 3 columns, not {points.shape[1]}")
        is_3d = points.shape[1] == 3
        traces = _traces(points, _labels(points, labels, name), options, name)
        kept = {key: value for key, value in options.items() if key not in _IN_TRACES}
        message: dict[str, Any] = {"data": traces, "win": win, "eid": env, "opts": kept}
        if update is None or (update == "append" and not self._is_there(win, env)):
            return self._send({**message, "layout": layout_of(options, is_3d=is_3d)})
        return self._send({**message, "layout": {}, "name": name, "append": update == "append"}, "update")

    def _is_there(self, win: str | None, env: str | None) -> bool:
        found = self._send({"win": win, "eid": env}, "win_exists", quiet=True, create=False)
        return found == "true" or not isinstance(found, str)


def _columns(*arrays: Array) -> Array:
    import numpy as np

    return np.stack([each.astype(float) if each.dtype.kind == "b" else each for each in arrays], axis=1)


def _labels(points: Array, labels: Array | None, name: str | None) -> Array | None:
    import numpy as np

    if labels is None:
        return None
    labels = np.ravel(labels)
    check(len(points) == len(labels), f"X has {len(points)} points, Y {len(labels)} labels")
    check(np.equal(np.mod(labels, 1), 0).all(), "Y must be whole numbers")
    check(not len(labels) or labels.min() >= 1, "Y must be from 1")
    check(name is None or len(np.unique(labels)) == 1, "name goes with one line or label only")
    return labels.astype(int)


def _traces(points: Array, labels: Array | None, options: Options, name: str | None) -> list[dict[str, Any]]:
    import numpy as np

    count = 1 if labels is None else int(labels.max(initial=1))
    legend = options.get("legend")
    if legend:
        check(isinstance(legend, (list, tuple)), "opts: legend must be a list of names")
        check(count <= len(legend), f"opts: legend has {len(legend)} names for {count} labels")
    looks = _Looks(points, labels, count, options)
    each = [1] if labels is None else np.unique(labels).tolist()
    traces = []
    for label in each:
        trace_name = (
            legend[label - 1] if legend else name if len(each) == 1 and name is not None else str(label)
        )
        chosen = slice(None) if labels is None else labels == label
        traces.append(_trace(points[chosen], str(trace_name), looks.of(label, chosen), options))
    return traces


class _Looks:
    """Colours, dashes and texts of all points, for each label in turn."""

    def __init__(self, points: Array, labels: Array | None, count: int, options: Options) -> None:
        import numpy as np

        self.colors = _marker_colors(options.get("markercolor"), len(points), labels, count)
        self.line_colors = _line_colors(options.get("linecolor"), count)
        self.dashes = _of_count(options.get("dash"), count, "dash")
        texts = options.get("textlabels")
        self.texts = None if texts is None else np.ravel(np.asarray(texts, dtype=object))
        check(
            self.texts is None or len(self.texts) == len(points),
            "opts: textlabels must be one for each point",
        )

    def of(self, label: int, chosen: Any) -> dict[str, Any]:
        line = {
            "dash": self.dashes[label - 1] if self.dashes else None,
            "color": self.line_colors[label - 1] if self.line_colors else None,
        }
        return {
            "text": None if self.texts is None else self.texts[chosen].tolist(),
            "color": None if self.colors is None else self.colors[chosen].tolist(),
            "line": without_none(line) or None,
        }


def _trace(points: Array, name: str, look: Mapping[str, Any], options: Options) -> dict[str, Any]:
    is_3d = points.shape[1] == 3
    has_text = look["text"] is not None
    trace = {
        "x": points[:, 0].tolist(),
        "y": points[:, 1].tolist(),
        "z": points[:, 2].tolist() if is_3d else None,
        "name": name,
        "type": "scatter3d" if is_3d else "scattergl" if options.get("webgl") else "scatter",
        "mode": options.get("mode") or ("markers+text" if has_text else "markers"),
        "text": look["text"],
        "textposition": "middle right" if has_text else None,
        "line": look["line"],
        "marker": {
            "size": options.get("markersize", 10),
            "symbol": options.get("markersymbol", "circle"),
            "color": look["color"],
            "line": {"color": "#000000", "width": options.get("markerborderwidth", 0.5)},
        },
        "fill": "tonexty" if options.get("fillarea") else None,
    }
    if "markers" not in str(trace["mode"]):
        trace["marker"] = without_none({"color": look["color"]}) or None
    found: dict[str, Any] = without_none(trace)
    others: dict[str, Any] = (options.get("traceopts") or {}).get("plotly", {}).get(name, {})
    return found | others


def _marker_colors(given: Any, points: int, labels: Array | None, count: int) -> Any:
    """A colour for each point, as text; None if none was given."""
    import numpy as np

    colors = array_of(given, "markercolor")
    if colors is None:
        return None
    check(
        len(colors) in (count, points) and colors.ndim <= 2 and (colors.ndim == 1 or colors.shape[1] == 3),
        f"opts: markercolor must have the shape {points}, {points} x 3, {count} or {count} x 3, not {colors.shape}",
    )
    check(
        (colors >= 0).all() and (colors <= _MAX_COLOR).all() and (colors == np.floor(colors)).all(),
        "opts: markercolor must be whole numbers from 0 to 255",
    )
    shades = (
        [f"rgba(0, 0, 255, {each / _MAX_COLOR:g})" for each in colors] if colors.ndim == 1 else _hex(colors)
    )
    texts = np.asarray(shades, dtype=object)
    if len(colors) == points:
        return texts
    return texts[np.zeros(points, int) if labels is None else labels - 1]


def _line_colors(given: Any, count: int) -> list[str] | None:
    colors = array_of(given, "linecolor")
    if colors is None:
        return None
    check(colors.ndim == 2 and colors.shape == (count, 3), f"opts: linecolor must have the shape {count} x 3")
    check((colors >= 0).all() and (colors <= _MAX_COLOR).all(), "opts: linecolor must be from 0 to 255")
    return _hex(colors)


def _of_count(given: Any, count: int, what: str) -> list[Any] | None:
    if given is None:
        return None
    entries = given.tolist() if hasattr(given, "tolist") else list(given)
    check(len(entries) == count, f"opts: {what} must be one for each of {count} lines")
    return entries


def _hex(colors: Array) -> list[str]:
    return [f"#{int(red):02x}{int(green):02x}{int(blue):02x}" for red, green, blue in colors]


def _strokes(begin: tuple[Array, Array], end: tuple[Array, Array]) -> Array:
    """Points of lines from each begin to each end, with a gap behind."""
    import numpy as np

    gaps = np.full(begin[0].shape, np.nan)
    return _columns(*(np.stack([of, to, gaps], axis=-1).ravel() for of, to in zip(begin, end, strict=True)))


def _arrow_heads(tip_x: Array, tip_y: Array, u: Array, v: Array) -> Array:
    """From one side over the tip to the other, a third of the arrow long and as wide."""
    import numpy as np

    side = 0.33
    gaps = np.full(u.shape, np.nan)
    left = tip_x - side * (u + side * v), tip_y - side * (v - side * u)
    right = tip_x - side * (u - side * v), tip_y - side * (v + side * u)
    axes = zip(left, (tip_x, tip_y), right, strict=True)
    return _columns(*(np.stack([*each, gaps], axis=-1).ravel() for each in axes))
