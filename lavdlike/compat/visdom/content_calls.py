"""Visdom's calls for texts, pictures, drawings, tables and forms."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from lavdlike.compat.visdom.given_files import read_file
from lavdlike.compat.visdom.given_options import array_of, check, options_of
from lavdlike.compat.visdom.sending import Opts, Sending
from lavdlike.kinds import plots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_SVG = re.compile(r"<svg\b.*</svg>", re.DOTALL)
_SVG_SIZE = re.compile(r'<svg\b[^<>]*?\s(width|height)="([0-9.]+)pt"')
_SVG_SIZES = re.compile(r'\s(?:width|height)="[^"]*"')
# Pixels of a window for a point of a drawing.
_PIXELS_A_POINT = 1.4
_HISTORY = "image_history"


class ContentCalls(Sending):
    """What is looked at or read."""

    def text(
        self,
        text: str,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
        append: bool = False,
    ) -> Any:
        """Show HTML; with `append`, behind what the window holds."""
        return self._send_content(
            "text", str(text), options_of(opts), win, env, update=append and win is not None
        )

    def properties(
        self,
        data: Sequence[Mapping[str, Any]],
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Show fields: dicts with `type` (text, number, button, checkbox, select), `name`, `value`, `values`."""
        return self._send_content("properties", [dict(each) for each in data], options_of(opts), win, env)

    def html_table(
        self,
        headers: Sequence[Any],
        data: Sequence[Sequence[Any]],
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Show rows of cells as a page."""
        rows = (
            [("th", list(headers)), *(("td", list(row)) for row in data)]
            if headers
            else [("td", list(row)) for row in data]
        )
        lines = ("".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in row) for tag, row in rows)
        table = "".join(f"<tr>{line}</tr>" for line in lines)
        return self.text(f"<table>{table}</table>", win, env, opts)

    def table(
        self,
        headers: Sequence[Any] | None = None,
        data: Sequence[Any] | None = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Show rows, or dicts of cells by column, as a table.

        Rows may also come first, with or without headers behind them, as before release 0.3.0.
        """
        if data is None or (len(headers or ()) and not isinstance(headers[0], (str, int, float))):  # type: ignore[index]
            headers, data = data, headers
        check(data is not None, "give data")
        rows = [each.tolist() if hasattr(each, "tolist") else each for each in data or ()]
        if rows and all(isinstance(row, Mapping) for row in rows):
            headers = (
                list(dict.fromkeys(name for row in rows for name in row)) if headers is None else headers
            )
            rows = [[row.get(name, "") for name in headers] for row in rows]
        check(all(isinstance(row, (list, tuple)) for row in rows), "data must be rows of cells, or dicts")
        widest = max([len(row) for row in rows], default=0)
        names = [f"column {place}" for place in range(widest)] if headers is None else list(headers)
        content = {"headers": [str(name) for name in names], "rows": [list(row) for row in rows]}
        return self._send_content("table", content, options_of(opts), win, env)

    def svg(
        self,
        svgstr: str | None = None,
        svgfile: str | None = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Show a drawing, of its text or of a file."""
        text = svgstr if svgfile is None else read_file(svgfile).decode(errors="replace")
        check(text is not None, "give svgstr or svgfile")
        found = _SVG.search(text or "")
        check(found is not None, "there is no <svg> ... </svg> in it")
        return self.text(found[0] if found else "", win, env, opts)

    def matplot(self, plot: Any, opts: Opts = None, env: str | None = None, win: str | None = None) -> Any:
        """Show a figure of matplotlib, or the module pyplot, as a drawing; `resizable` has it fill the window."""
        drawn = io.StringIO()
        plot.savefig(drawn, format="svg")
        options = options_of(opts)
        found = _SVG.search(drawn.getvalue())
        check(found is not None, "plot gave no drawing")
        svg = found[0] if found else ""
        head, rest = svg[: svg.index(">")], svg[svg.index(">") :]
        for side, points in _SVG_SIZE.findall(svg):
            options.setdefault(side, _PIXELS_A_POINT * math.ceil(float(points)))
        if options.get("resizable"):
            head = _SVG_SIZES.sub("", head)
        return self.text(head + rest, win, env, options)

    def plotlyplot(
        self,
        figure: Any,
        win: str | None = None,
        env: str | None = None,
        save_path: str | None = None,
        save_kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Show a figure of plotly."""
        if save_path is not None:
            self.save_plotly_figure(figure, save_path, **(save_kwargs or {}))
        document = plots.figure_of(figure)
        title = document["layout"].get("title")
        title = title.get("text") if isinstance(title, Mapping) else title
        options = {} if title is None else {"title": str(title)}
        return self._send_plot(document["data"], options, win, env, layout=document["layout"])

    save_plotly_figure: Callable[..., None]

    def image(self, img: Any, win: str | None = None, env: str | None = None, opts: Opts = None) -> Any:
        """Show a picture: C x H x W or H x W, of floats in [0, 1] or numbers from 0 to 255."""
        array = array_of(img, "img")
        check(array is not None and array.ndim in (2, 3), "img must be C x H x W or H x W")
        options = options_of(opts)
        options.setdefault("width", int(array.shape[-1]))
        options.setdefault("height", int(array.shape[-2]))
        content = {"src": _picture(array, options.get("jpgquality")), "caption": options.get("caption")}
        if not options.get("store_history"):
            return self._send_content("image", content, options, win, env)
        is_there = (
            win is not None
            and self._send({"win": win, "eid": env}, "win_exists", quiet=True, create=False) == "true"
        )
        return self._send_content(_HISTORY, content, options, win, env, update=is_there)

    def images(
        self,
        tensor: Any,
        nrow: int = 8,
        padding: int = 2,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Show pictures of one size (B x C x H x W, or a list) as one, `nrow` beside each other."""
        import numpy as np

        array = (
            np.stack([array_of(each, "tensor") for each in tensor])
            if isinstance(tensor, list)
            else array_of(tensor, "tensor")
        )
        if array.ndim < 4:
            return self.image(array, win, env, opts)
        check(array.ndim == 4 and len(array), "tensor must be B x C x H x W")
        count, channels, height, width = array.shape
        columns = min(nrow, count)
        rows = math.ceil(count / columns)
        cell = height + 2 * padding, width + 2 * padding
        grid = np.ones((channels, cell[0] * rows, cell[1] * columns))
        for place, picture in enumerate(array):
            # As the original has them, a pixel lower and further right than in the middle of their cells.
            top = place // columns * cell[0] + padding + min(1, padding)
            left = place % columns * cell[1] + padding + min(1, padding)
            grid[:, top : top + height, left : left + width] = picture
        return self.image(grid, win, env, opts)

    def image_select(self, win: str, selected: int, env: str | None = None) -> Any:
        """Choose the picture of a history that is shown."""
        message = {
            "data": [{"type": "image_update_selected"}],
            "selected": int(selected),
            "win": win,
            "eid": env,
        }
        return self._send(message, "update")

    def update_image_slider(self, win: str, index: float, env: str | None = None) -> Any:
        """Choose the picture of a history that is shown."""
        return self.image_select(win, int(index), env)


def _picture(array: Array, quality: Any) -> str:
    """A picture as an address with its bytes in it."""
    import numpy as np
    from PIL import Image

    pixels = array[0] if array.ndim == 3 and array.shape[0] == 1 else array
    check(
        pixels.ndim == 2 or pixels.shape[0] in (3, 4),
        f"img must have 1, 3 or 4 channels, not {pixels.shape[0]}",
    )
    if pixels.dtype.kind == "b" or (pixels.dtype.kind == "f" and pixels.max(initial=0) <= 1):
        pixels = pixels * 255.0
    pixels = np.nan_to_num(pixels).clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    file = io.BytesIO()
    if quality is None:
        picture.save(file, format="PNG", compress_level=1)
    else:
        picture.convert("RGB" if picture.mode == "RGBA" else picture.mode).save(
            file, format="JPEG", quality=int(quality)
        )
    return f"data:image/{'png' if quality is None else 'jpeg'};base64,{base64.b64encode(file.getvalue()).decode()}"
