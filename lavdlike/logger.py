"""`Logger`: what a training script calls. It checks what it is given; `Writer` writes it."""

from __future__ import annotations

import logging
import math
import os
import sys
import time
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from lavdlike import layout, models, pictures, provenance, terminal
from lavdlike.kinds import (
    arrays,
    audio,
    commands,
    confusion_matrices,
    embeddings,
    figures,
    histograms,
    images,
    json_file,
    logs,
    meshes,
    overlays,
    plots,
    pr_curves,
    scalars,
    tables,
    texts,
    videos,
)
from lavdlike.retries import OnError
from lavdlike.writer import Writer, outcome_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from lavdlike.progress import ProgressBar, Spinner

_log = logging.getLogger("lavdlike")
_MAX_DIGITS = 16  # what readers take for a step's folder
_MAX_CHECKED_NAMES = 10_000


class Logger:
    """Writes one experiment: the folder `log_dir/name`.

    Scalars, lines and whole files are with the kernel when a call returns, pictures a moment later: `flush` or
    `close` waits for them, as does the end of the process. Safe to use from several threads and after a fork;
    several processes may write one experiment. What the disk refuses does not stop the script (see `on_error`).

    Steps are whole numbers from 0; None, where it is allowed, means: of the experiment as a whole. Names are
    labels: `/` makes folders; a name is refused with a ValueError if its file would be read back under another one.

    Args:
        name: the experiment's name. Under a name that exists the experiment goes on. By default the start time.
        log_dir: folder of all experiments; a relative one is fixed now, whatever the working directory is later.
        num_digits: digits that steps' folders have at least, zeros in front: `ls` then sorts.
        indent_size: spaces of one indentation level of tables and summaries.
        delimiter: between the columns of `events.log`; the viewer reads tabs only.
        disabled: whether to begin disabled: no folder, no output, every method still works.
        scalars: "tsv" appends them to `scalars.tsv`; "json" writes Lavd's layout, one JSON file each.
        writer: tells this process's `scalars.<writer>.tsv` and `events.<writer>.log` from others'; give one to each
            rank if they run on several hosts.
        config: hyperparameters, as for `log_config`.
        tags: words to find the experiment by.
        on_error: "warn" says once a minute what could not be written, and tries again; "raise" raises `WriteError`.

    Raises:
        ValueError: a bad argument; nothing was written.

    >>> with Logger("example") as logger:
    ...     logger.log_scalar(0.8, "accuracy", step=1)
    ...     logger.log_text("It works.", "notes")
    >>> print(Path("log/example/notes.txt").read_text(), end="")
    It works.
    """

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        num_digits: int = 4,
        indent_size: int = 4,
        delimiter: str = "\t",
        disabled: bool = False,  # noqa: FBT001, FBT002 - as Lavd's
        *,
        scalars: Literal["tsv", "json"] = "tsv",
        writer: str | None = None,
        config: Mapping[str, Any] | None = None,
        tags: Iterable[str] = (),
        on_error: OnError = "warn",
    ) -> None:
        _check_choice(scalars, ("tsv", "json"), "scalars")
        _check_choice(on_error, ("warn", "raise"), "on_error")
        self._num_digits = _checked_count(num_digits, "num_digits", _MAX_DIGITS)
        self._indent_size = _checked_count(indent_size, "indent_size", 1000)
        _check_text(delimiter, "delimiter")
        if not delimiter or "\n" in delimiter:
            raise ValueError(f"delimiter must be text without newlines, not {delimiter!r}")
        self._delimiter = delimiter
        self._suffix = "" if writer is None else _checked_writer(writer)
        self._config = _checked_config({} if config is None else config)
        self._tags = _checked_tags(tags)
        self._on_error: OnError = on_error
        self._scalars_as_json = scalars == "json"
        self._started = datetime.now().astimezone()
        self.base_dir = Path(log_dir).absolute()
        if name is not None:
            self.name = layout.check_experiment(name)
        else:
            self.name = _name_of(self._started) if disabled else _claimed_name(self._started, self.base_dir)
        self.log_dir = self.base_dir / self.name
        self.prefix = ""
        self._said_webp = False
        self._event_started: dict[str, float] = {}
        self._checked_names: set[str] = set()
        self._writer: Writer | None = None  # made when first enabled
        self._active: Writer | None = None  # None while disabled
        if not disabled:
            self.enable()

    @property
    def disabled(self) -> bool:
        return self._active is None

    def enable(self) -> None:
        """Log from now on; makes the experiment's folder if the logger was disabled until now.

        >>> logger = Logger("example", disabled=True)
        >>> logger.enable()
        >>> logger.log_dir.is_dir()
        True
        """
        if self._writer is None:
            writer = Writer(self.log_dir, self._suffix, self._on_error)
            writer.begin(provenance.commit_of(provenance.start_folder()), self._tags, self._config)
            weakref.finalize(self, writer.close_at_exit)
            self._writer = writer
        self._active = self._writer

    def disable(self) -> None:
        """Log nothing, print nothing and write nothing from now on.

        >>> logger = Logger("example")
        >>> logger.disable()
        >>> logger.println("unseen")
        """
        self._active = None

    def flush(self) -> None:
        """Wait until every picture is written, and try again what the disk refused.

        Raises:
            WriteError: something could not be written, under `on_error="raise"`.

        >>> import numpy as np
        >>> logger = Logger("example")
        >>> logger.log_image(np.zeros((8, 8)), "black")
        >>> logger.flush()
        >>> logger.get_file_path("black", extension=".png").exists()
        True
        """
        if self._active is not None:
            self._active.flush()

    def close(self) -> None:
        """Wait as `flush` does, then write that the session is finished. Later calls are still written.

        >>> logger = Logger("example")
        >>> logger.close()
        """
        self._close(None)

    def __enter__(self) -> Logger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close(error)

    def get_start_time(self) -> str:
        """When the logger was made, in local time: `2026-03-01 09:30:00`.

        >>> len(Logger("example").get_start_time())
        19
        """
        return self._started.strftime("%Y-%m-%d %H:%M:%S")

    def get_file_path(self, name: str, step: int | None = None, extension: str = "") -> Path:
        """Where a file of this name and step belongs; nothing is made. Works while disabled.

        >>> str(Logger("example", "/log", disabled=True).get_file_path("birds/first", 7, ".png"))
        '/log/example/0007/birds/first.png'
        """
        checked_step = layout.check_step(step)
        layout.check_label(name, step=checked_step)
        return self._path(name, checked_step, extension)

    # --- scalars -----------------------------------------------------------------------------------------------------

    def log_scalar(self, scalar: Any, name: str, step: Any) -> None:
        """Log a number at a step; or many, of equally long arrays of values and steps.

        Written to `scalars.tsv`, one line each, with the time (docs/format.md, "Scalars").

        Args:
            scalar: a Python, numpy or torch number; NaN and infinities are values, integers stay integers.

        >>> with Logger("example") as logger:
        ...     logger.log_scalar(0.25, "loss", step=1)
        ...     logger.log_scalar([0.125, 0.0625], "loss", step=[2, 3])
        """
        writer = self._active
        if writer is None:
            return
        kind = type(scalar)
        if (kind is float or kind is int) and type(step) is int and 0 <= step <= layout.MAX_STEP:
            if name not in self._checked_names:
                self._check_scalar_name(name)
            if not self._scalars_as_json:
                now = time.time()
                line = scalars.format_line(step, now, name, scalar)
                writer.retries.append(writer.scalars, line.encode(), now)
                return
        self.log_scalars({name: scalar}, step)

    def log_scalars(self, values: Mapping[str, Any], step: Any) -> None:
        """Log several numbers at a step in one go: {name: value}; or many steps, of equally long arrays.

        >>> with Logger("example") as logger:
        ...     logger.log_scalars({"loss": 0.25, "accuracy": 0.9}, step=1)
        """
        writer = self._active
        if writer is None:
            return
        rows = self._checked_rows(values, step)
        if self._scalars_as_json:
            files = [(self._checked_path(name, at, ".json"), row[name]) for at, row in rows for name in row]
            for path, value in files:
                writer.merge(path, scalars.to_json(value))
            return
        now = time.time()
        lines = "".join([scalars.format_lines(at, now, row) for at, row in rows])
        writer.retries.append(writer.scalars, lines.encode(), now)

    # --- whole files -------------------------------------------------------------------------------------------------

    def log_image(
        self,
        image: Any,
        name: str,
        step: int | None = None,
        boxes: Sequence[Mapping[str, Any]] | None = None,
        classes: Sequence[str] | None = None,
        threshold: float | None = None,
        extension: str = ".png",
        *,
        masks: Any = None,
        keypoints: Sequence[Mapping[str, Any]] | None = None,
        polygons: Sequence[Mapping[str, Any]] | None = None,
        caption: str | None = None,
        quality: int | None = None,
    ) -> None:
        """Log a picture, with boxes, masks, keypoints and polygons on it if there are some.

        Written to `<step>/<name><extension>`, what lies on it to the JSON file beside it. The pixels are copied before
        the call returns; they are encoded by a small pool of threads, and while that is full the call waits.

        Args:
            image: PIL picture; numpy array or torch tensor, height x width, height x width x 1, 3 or 4, or
                1, 3 or 4 x height x width, of uint8, bool or floats in [0, 1] (others are clipped, which is said
                once); or a list of those: the frames of a .gif, .tiff or .webp, as are all frames of a PIL picture.
            boxes: each a dict with `xStart`, `yStart`, `xEnd`, `yEnd` in pixels from the top left corner, and
                optionally `className` and `probability`.
            classes: all class names, in the order of their colours.
            threshold: what has a lower probability is hidden at first.
            masks: height x width whole numbers from 0, each the place of a class in `classes`; or a dict of such by
                name. Written as PNG to `<name>.mask.png`.
            keypoints: a dict for each thing, with `points` (n x 2, in pixels, NaN for those that are not there), and
                optionally `edges` (pairs of places among the points), `names` and `probabilities` of the points,
                `className` and `probability`.
            polygons: each a dict with `points` (n x 2, in pixels), and optionally `className` and `probability`.
            caption: shown under the picture.
            quality: of .jpg and .webp, 1 to 100; by default 90 for .jpg, without loss for .webp.

        >>> import numpy as np
        >>> box = {"xStart": 2, "yStart": 2, "xEnd": 9, "yEnd": 9, "className": "bird", "probability": 0.4}
        >>> with Logger("example") as logger:
        ...     logger.log_image(np.zeros((16, 16, 3)), "bird", step=1, boxes=[box], classes=["bird"], threshold=0.2)
        ...     logger.log_image(np.zeros((16, 16)), "line", masks=np.eye(16, dtype=int), caption="One line")
        """
        writer = self._active
        if writer is None:
            return
        path = self._checked_path(name, step, extension)
        picture = pictures.snapshot(image, extension, quality)
        if all(given is None for given in (boxes, masks, keypoints, polygons, caption)):
            writer.picture(path, picture, None)
            return
        self._checked_path(name, step, ".json")
        if classes is not None and not all(isinstance(entry, str) for entry in classes):
            raise ValueError(f"classes must be strings, not {classes!r}")
        if caption is not None:
            _check_text(caption, "caption")
        named_masks = {} if masks is None else overlays.checked_masks(masks, *picture.size)
        stem = path.name.removesuffix(extension)
        files = {mask: path.with_name(stem + images.mask_suffix(mask)) for mask in named_masks}
        keys = images.to_json(
            path.name,
            images.checked_boxes(boxes or ()),
            classes,
            None if threshold is None else _finite(threshold, "threshold"),
            masks=[overlays.mask_to_json(file.name, mask) for mask, file in files.items()],
            keypoints=overlays.checked_keypoints(keypoints or ()),
            polygons=overlays.checked_polygons(polygons or ()),
            caption=caption,
        )
        snapshots = {files[mask]: pictures.mask_snapshot(pixels) for mask, pixels in named_masks.items()}
        writer.picture(path, picture, keys, snapshots)

    def log_images(
        self,
        batch: Any,
        name: str,
        step: int | None = None,
        nrow: int = 8,
        padding: int = 2,
        captions: Sequence[str] | None = None,
        extension: str = ".png",
        quality: int | None = None,
    ) -> None:
        """Log many pictures as a grid: one file each, `<name>/000<extension>` and so on, as `log_image` writes them.

        Args:
            batch: array or tensor of n pictures (n x height x width, with channels first or last); or a list of what
                `log_image` takes, of any sizes.
            nrow: how many stand beside each other in the viewer, where the window is wide enough.
            padding: pixels of the screen between them.
            captions: a text for each, shown under it.

        Raises:
            ValueError: names the first picture that is none; those before it were logged.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_images(np.zeros((16, 8, 8, 3)), "samples", step=1, nrow=4)
        """
        writer = self._active
        if writer is None:
            return
        for count, argument in ((nrow, "nrow"), (padding, "padding")):
            _checked_count(count, argument, 1000)
        if nrow == 0:
            raise ValueError("nrow must be at least 1")
        if getattr(batch, "ndim", 4) not in (3, 4) or hasattr(batch, "getbands"):
            raise ValueError("batch must be an array of several pictures, or a list of pictures")
        if captions is not None and len(captions) != len(batch):
            raise ValueError(f"captions must be {len(batch)}, one for each picture, not {len(captions)}")
        grid = {"columns": int(nrow), "padding": int(padding)}
        for index, image in enumerate(batch):
            label = f"{name}/{index:03}"
            path = self._checked_path(label, step, extension)
            caption = captions[index] if captions is not None else ""
            _check_text(caption, f"captions[{index}]")
            first = grid if index == 0 else None
            keys = images.to_json(path.name, caption=caption, grid=first) if caption or first else None
            writer.picture(path, pictures.snapshot(image, extension, quality), keys)

    def log_text(self, text: str, name: str, step: int | None = None, expected: str | None = None) -> None:
        """Log a text to `<name>.txt`; with an expected one, both to `<name>.json`, and the viewer shows the difference.

        >>> with Logger("example") as logger:
        ...     logger.log_text("hello world", "greeting", step=2, expected="Hallo Welt")
        """
        writer = self._active
        if writer is None:
            return
        _check_text(text, "text")
        if expected is None:
            writer.replace(self._checked_path(name, step, ".txt"), texts.encode(text))
        else:
            _check_text(expected, "expected")
            writer.merge(self._checked_path(name, step, ".json"), texts.to_json(text, expected))

    def log_markdown(self, markdown: str, name: str, step: int | None = None) -> None:
        """Log a Markdown document to `<name>.md`.

        >>> with Logger("example") as logger:
        ...     logger.log_markdown("# Result", "report", step=1)
        """
        writer = self._active
        if writer is None:
            return
        _check_text(markdown, "markdown")
        writer.replace(self._checked_path(name, step, ".md"), texts.encode(markdown))

    def log_histogram(
        self,
        values: Any,
        name: str,
        step: int | None = None,
        bins: int | Sequence[float] = 30,
        *,
        edges: Any = None,
        counts: Any = None,
    ) -> None:
        """Log how values are distributed to `<name>.json`: counts between edges, and their sums.

        NaN and infinities are in no bin; how many there were is written too.

        Args:
            values: an array, tensor or nested lists of numbers, of any shape; None if `edges` and `counts` are given.
            bins: how many, of equal width from the smallest to the largest value; or their edges.
            edges, counts: a histogram that was counted elsewhere, with one edge more than counts.

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
            histograms.of_counts(edges, counts) if values is None else histograms.of_values(values, bins)
        )
        writer.merge(self._checked_path(name, step, ".json"), histograms.to_json(content))

    def log_plot(self, figure: Any, name: str, step: int | None = None) -> None:
        """Log a figure of plotly to `<name>.plotly.json`; the viewer draws it, to be zoomed and turned.

        Args:
            figure: a `plotly.graph_objects.Figure`, anything else that has its `to_plotly_json`, or a dict with `data`
                and `layout`, in which numpy arrays and tensors may stand.

        >>> bars = {"type": "bar", "x": ["cat", "dog"], "y": [3, 5]}
        >>> figure = {"data": [bars], "layout": {"title": {"text": "Pets"}}}
        >>> with Logger("example") as logger:
        ...     logger.log_plot(figure, "pets", step=1)  # 0001/pets.plotly.json
        """
        writer = self._active
        if writer is not None:
            writer.replace(self._checked_path(name, step, plots.SUFFIX), plots.encode(figure))

    def log_svg(self, svg: str | bytes, name: str, step: int | None = None) -> None:
        """Log a drawing to `<name>.svg`.

        >>> svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
        >>> with Logger("example") as logger:
        ...     logger.log_svg(svg, "dot", step=1)
        """
        writer = self._active
        if writer is not None:
            writer.replace(self._checked_path(name, step, figures.SUFFIX), figures.encode(svg))

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
            _check_choice(extension, (".svg", ".png"), "extension")
            writer.replace(self._checked_path(name, step, extension), figures.drawn(figure, extension))

    def log_html(self, html: str, name: str, step: int | None = None) -> None:
        """Log a page to `<name>.html`. The viewer shows it without its scripts, and what it names is not loaded.

        >>> with Logger("example") as logger:
        ...     logger.log_html("<h1>Result</h1><p>It <b>works</b>.</p>", "report", step=1)
        """
        writer = self._active
        if writer is None:
            return
        _check_text(html, "html")
        writer.replace(self._checked_path(name, step, ".html"), texts.encode(html))

    def log_audio(self, samples: Any, name: str, step: int | None = None, sample_rate: int = 44100) -> None:
        """Log a sound to `<name>.wav`, or copy a file to `<name>` and its suffix.

        Args:
            samples: n of them, n x 2 or 2 x n for stereo; floats in [-1, 1], int16, int32 or uint8. Or the path of a
                WAV, MP3, Ogg or FLAC.
            sample_rate: samples a second; a file has its own.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_audio(np.sin(np.arange(8000) * 0.3), "tone", step=1, sample_rate=8000)
        """
        writer = self._active
        if writer is None:
            return
        if isinstance(samples, (str, os.PathLike)):
            self._copy(writer, Path(samples), name, step, audio.is_suffix, "an audio file")
        else:
            writer.replace(self._checked_path(name, step, audio.SUFFIX), audio.encode(samples, sample_rate))

    def log_video(self, frames: Any, name: str, step: int | None = None, fps: float = 25) -> None:
        """Log a video to `<name>.mp4`, or copy a file to `<name>` and its suffix.

        MP4 is written by PyAV (`pip install av`) or the program ffmpeg; without both, it is an animated picture
        `<name>.webp`, which is said once. The call returns when it is encoded.

        Args:
            frames: L x H x W x C or L x C x H x W for L frames of 1 or 3 channels, of uint8 or floats in [0, 1]. Or the
                path of an MP4, WebM, MOV or Ogg.
            fps: frames a second; a file has its own.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_video(np.zeros((3, 16, 16, 3)), "dark", step=1, fps=2)
        """
        writer = self._active
        if writer is None:
            return
        if isinstance(frames, (str, os.PathLike)):
            self._copy(writer, Path(frames), name, step, videos.is_suffix, "a video file")
            return
        rate = _finite(fps, "fps")
        if not 0 < rate <= 1000:
            raise ValueError(f"fps must be above 0 and at most 1000, not {fps!r}")
        array = videos.to_frames(frames)
        path = self._checked_path(name, step, videos.SUFFIX)
        try:
            writer.replace_with(path, lambda file: videos.save(array, file, rate))
        except videos.NoEncoderError as error:
            if not self._said_webp:
                self._said_webp = True
                _log.warning("no MP4 can be written %s; videos are .webp (said once)", error)
        else:
            return
        animation = pictures.snapshot(list(array), ".webp")
        animation.duration_ms = max(1, round(1000 / rate))
        writer.picture(self._checked_path(name, step, ".webp"), animation, None)

    def log_pr_curve(self, labels: Any, predictions: Any, name: str, step: int | None = None) -> None:
        """Log precision and recall of a yes-or-no prediction at all thresholds to `<name>.json`.

        Args:
            labels: an array of 0 and 1 (or bool): what is true.
            predictions: a number for each, larger for what is more surely 1.

        >>> with Logger("example") as logger:
        ...     logger.log_pr_curve([1, 0, 1, 0], [0.9, 0.6, 0.5, 0.1], "is-bird", step=1)
        """
        writer = self._active
        if writer is not None:
            content = pr_curves.of_predictions(labels, predictions)
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

    def log_mesh(
        self, vertices: Any, name: str, step: int | None = None, *, faces: Any = None, colors: Any = None
    ) -> None:
        """Log a mesh, or without faces a point cloud, to `<name>.ply`.

        Args:
            vertices: n x 3 numbers: array, tensor or nested lists.
            faces: m x 3 indices of vertices; m x k for faces of k corners.
            colors: of each vertex, n x 3 or (with opacity) n x 4; uint8, or floats in [0, 1].

        >>> corners = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
        >>> with Logger("example") as logger:
        ...     logger.log_mesh(corners, "points", step=1, colors=[[255, 0, 0]] * 4)
        ...     logger.log_mesh(corners, "tetrahedron", step=1, faces=[[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
        """
        writer = self._active
        if writer is not None:
            content = meshes.encode(vertices, faces, colors)
            writer.replace(self._checked_path(name, step, meshes.SUFFIX), content)

    def log_table(
        self, table: Any, name: str, step: int | None = None, *, header: Sequence[str] | None = None
    ) -> None:
        """Log a table to `<name>.csv`. Cells that name a picture beside it (`bird.png`) show it in the viewer.

        Args:
            table: rows, each a sequence of cells or a dict {column: cell}; a dict {column: cells}; or a data frame of
                pandas, whose index is a column if it has a name, or polars.
            header: the columns' names; by default those of the table, or else `0`, `1`, ...

        >>> with Logger("example") as logger:
        ...     logger.log_table([["car", 0.93], ["tree", None]], "classes", step=1, header=["class", "precision"])
        ...     logger.log_table([{"epoch": 1, "loss": 0.5}], "history")
        """
        writer = self._active
        if writer is not None:
            writer.replace(self._checked_path(name, step, ".csv"), tables.encode(table, header))

    def log_embedding(
        self, vectors: Any, name: str, step: int | None = None, *, labels: Any = None, images: Any = None
    ) -> None:
        """Log vectors to `<name>.json` and the files that it names; the viewer shows how near they are to each other.

        Args:
            vectors: n x d numbers: array, tensor or nested lists.
            labels: n of any type, to colour and find them by; or a dict of such, {column: labels}.
            images: n pictures as `log_image` takes them, kept as small ones, 64 pixels at most.

        >>> with Logger("example") as logger:
        ...     logger.log_embedding([[0, 1], [1, 0], [1, 1]], "words", step=1, labels=["cat", "dog", "fox"])
        """
        writer = self._active
        if writer is None:
            return
        path = self._checked_path(name, step, ".json")
        stem = path.name.removesuffix(".json")
        content = {embeddings.VECTORS: embeddings.encode_vectors(vectors)}
        if labels is not None:
            content[embeddings.LABELS] = embeddings.encode_labels(labels, len(vectors))
        if images is not None:
            content[embeddings.SPRITE] = pictures.sprite_sheet(images, len(vectors))
        files = [""] * 3
        for place, suffix in enumerate((embeddings.VECTORS, embeddings.LABELS, embeddings.SPRITE)):
            if suffix in content:
                files[place] = stem + suffix
                writer.replace(path.with_name(stem + suffix), content[suffix])
        writer.merge(path, embeddings.to_json(*files))

    def log_all(self, values: Mapping[str, Any], step: int | None = None) -> None:
        """Log each value by what it is, under its key as the name.

        A string is a text, and a list of strings one of as many lines; a picture of PIL an image; what has `savefig` a
        figure; what has `to_plotly_json`, or is a dict with `data` and `layout`, a plot; a single number a scalar; an
        array or tensor of two dimensions, or of three with 1, 3 or 4 channels, an image, and a list of such, or of
        pictures, a grid of them (`log_images`); any other of numbers, and a list of them, a histogram.

        Raises:
            ValueError: names the first value that is none of these; those before it were logged.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_all({"loss": 0.5, "input": np.zeros((8, 8, 3)), "prediction": "a bird"}, step=1)
        """
        for name, value in values.items():
            shape = getattr(value, "shape", None)
            if isinstance(value, str):
                self.log_text(value, name, step)
            elif _is_list_of(value, lambda entry: isinstance(entry, str)):
                self.log_text("\n".join(value), name, step)
            elif hasattr(value, "to_plotly_json") or (
                isinstance(value, Mapping) and {"data", "layout"} <= value.keys()
            ):
                self.log_plot(value, name, step)
            elif hasattr(value, "savefig"):
                self.log_figure(value, name, step)
            elif _is_picture(value):
                self.log_image(value, name, step)
            elif _is_list_of(value, _is_picture):
                self.log_images(value, name, step)
            elif (shape is not None and len(shape) > 0) or isinstance(value, (list, tuple)):
                self.log_histogram(value, name, step)
            elif isinstance(value, (int, float)) or shape is not None:
                self.log_scalar(value, name, step)
            else:
                raise ValueError(f"{name!r} cannot be logged by its type, {type(value).__name__}")

    def log_array(self, array: Any, name: str, step: int | None = None) -> None:
        """Log an array or tensor of any shape to `<name>.npy`, as `numpy.save` writes it.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_array(np.zeros((2, 3, 4)), "activations", step=1)
        """
        writer = self._active
        if writer is not None:
            writer.replace(self._checked_path(name, step, ".npy"), arrays.encode(array))

    def log_config(self, config: Mapping[str, Any]) -> None:
        """Add hyperparameters to those in `experiment.json`; what is not JSON is written as its text.

        >>> with Logger("example", config={"layers": 3}) as logger:
        ...     logger.log_config({"optimizer": {"name": "adam", "rate": 0.001}})
        """
        writer = self._active
        if writer is not None:
            writer.add_config(_checked_config(config))

    # --- lines -------------------------------------------------------------------------------------------------------

    def log(self, tag: str, msg: str) -> None:
        r"""Write one record with the time to `events.log`; tabs and newlines are written as `\t` and `\n`.

        >>> with Logger("example") as logger:
        ...     logger.log("CHECKPOINT", "saved after 3 epochs")
        """
        writer = self._active
        if writer is not None:
            now = datetime.now().astimezone()
            writer.append(writer.events, logs.format_record(now, str(tag), str(msg), self._delimiter))

    def println(self, msg: object, *args: object, **kwargs: object) -> None:
        """Print a line, and write it to `stdout.log` and `events.log`; `msg` is formatted if there are arguments.

        >>> Logger("example").println("{}: {value:.2f}", "loss", value=0.25)
        loss: 0.25
        """
        writer = self._active
        if writer is not None:
            text = _formatted(msg, args, kwargs)
            writer.append(writer.stdout, text + "\n")
            self.log("STDOUT", text)
            terminal.print_line(text, sys.stdout)

    def eprintln(self, msg: object, *args: object, **kwargs: object) -> None:
        """As `println`, to the standard error and `stderr.log`.

        >>> Logger("example").eprintln("{} files are missing", 3)
        """
        writer = self._active
        if writer is not None:
            text = _formatted(msg, args, kwargs)
            writer.append(writer.stderr, text + "\n")
            self.log("STDERR", text)
            terminal.print_line(text, sys.stderr)

    def print_table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[object]],
        indent_level: int = 0,
        placeholder: str = "-",
        precision: int = 5,
    ) -> None:
        """Print a Markdown table whose columns line up, as `println` prints.

        Args:
            rows: with as many fields each as the header; None becomes the placeholder.
            precision: digits of floats after the point.

        >>> Logger("example").print_table(["Name", "Accuracy"], [["Train", 0.978], ["Test", None]])
        | Name  | Accuracy |
        |-------|----------|
        | Train | 0.97800  |
        | Test  | -        |
        """
        if self._active is not None:
            indent = " " * (indent_level * self._indent_size)
            for line in terminal.table_lines(
                header, rows, indent=indent, placeholder=placeholder, precision=precision
            ):
                self.println(line)

    def set_prefix(self, prefix: str) -> None:
        """Put a text in front of the names that `start`, `end`, `spinner` and `progress_bar` write from now on.

        >>> with Logger("example") as logger:
        ...     logger.set_prefix("[1 / 100]")
        ...     logger.start("Train")  # [1 / 100] Train
        """
        self.prefix = prefix

    def start(self, name: str, prefix: bool = True, tag: str = "START") -> None:  # noqa: FBT001, FBT002 - as Lavd's
        """Write to `events.log` that something begins, and remember when; again: from now on.

        >>> with Logger("example") as logger:
        ...     logger.start("training")
        """
        if self._active is not None:
            self._event_started[name] = time.monotonic()
            self.log(tag, self._described(name, prefix=prefix))

    def end(self, name: str, prefix: bool = True, tag: str = "END") -> None:  # noqa: FBT001, FBT002 - as Lavd's
        """Write to `events.log` that it ended, and how long it took if `start` was called with this name.

        >>> with Logger("example") as logger:
        ...     logger.start("training")
        ...     logger.end("training")  # training - Duration: 00:00:00
        """
        if self._active is not None:
            started = self._event_started.pop(name, None)
            message = self._described(name, prefix=prefix)
            if started is not None:
                message += f" - Duration: {terminal.duration_text(time.monotonic() - started)}"
            self.log(tag, message)

    def spinner(self, name: str, *args: Any, prefix: bool = True, **halo: Any) -> Spinner:
        """A halo spinner with the name as its text; its begin and end are written to `events.log`.

        It turns while it is used as a context manager, or from `start` to `stop` (or `succeed`, `fail`, ...); where the
        output is no terminal it only logs.

        Args:
            prefix: whether what `set_prefix` was given stands before the name.
            args, halo: as for `halo.Halo`.

        >>> with Logger("example") as logger, logger.spinner("Loading the data"):
        ...     pass
        """
        from lavdlike.progress import Event, Spinner

        halo["text"] = self._described(halo.get("text") or name, prefix=prefix)
        if self._active is None:
            halo["enabled"] = False
        return Spinner(
            Event(self.log, "SPINNER", lambda: self._described(name, prefix=prefix)), *args, **halo
        )

    def progress_bar(self, name: str, *args: Any, prefix: bool = True, **tqdm: Any) -> ProgressBar:
        """A tqdm progress bar with the name in front; its begin and end are written to `events.log`.

        To be iterated over, used as a context manager, or updated by hand and closed.

        Args:
            prefix: whether what `set_prefix` was given stands before the name.
            args, tqdm: as for `tqdm.tqdm`, the iterable first.

        >>> with Logger("example") as logger:
        ...     sum(logger.progress_bar("Training", range(4), disable=True))
        6
        """
        from lavdlike.progress import Event, ProgressBar

        tqdm["desc"] = self._described(tqdm.get("desc") or name, prefix=prefix)
        if self._active is None:
            tqdm["disable"] = True
        return ProgressBar(
            Event(self.log, "PROGRESS", lambda: self._described(name, prefix=prefix)), *args, **tqdm
        )

    # --- provenance --------------------------------------------------------------------------------------------------

    def log_command(
        self,
        parser: ArgumentParser,
        args: Namespace,
        binary: str = "python",
        script_name: str | None = None,
    ) -> None:
        """Log how the script was called and what its parser offers, to `command.json`.

        Args:
            script_name: by default `sys.argv[0]`; "" for none.

        >>> from argparse import ArgumentParser
        >>> parser = ArgumentParser()
        >>> _ = parser.add_argument("--epochs", type=int, default=10)
        >>> Logger("example").log_command(parser, parser.parse_args(["--epochs", "3"]), script_name="train.py")
        """
        writer = self._active
        if writer is not None:
            script = sys.argv[0] if script_name is None else script_name
            writer.merge(self.log_dir / layout.COMMAND_FILE, commands.to_json(parser, args, binary, script))

    def log_summary(
        self,
        infos: Mapping[str, Any] | None = None,
        sections: Mapping[str, str | Sequence[str]] | None = None,
        options: Namespace | None = None,
    ) -> None:
        """Log when, how and from which state of the code the script was started, to `summary.md`.

        Changes that are not committed go to `changes.patch` for `git apply`: those of tracked files, binary ones
        included, and new files of up to 1 MiB that are not ignored, but nothing of `log_dir`.

        Args:
            infos: a list at the top; dicts in it are lists below their key.
            sections: {title: text or lines} at the end.
            options: parsed arguments, listed one a line.

        >>> Logger("example").log_summary({"size": {"train": 1000}}, {"Remarks": ["First.", "Second."]})
        """
        writer = self._active
        if writer is None:
            return
        folder = provenance.start_folder()
        git = provenance.commit_of(folder)
        changes = provenance.changes_of(folder, without=self.base_dir)
        patch_file = self.log_dir / "changes.patch"
        summary = provenance.summary(
            self.name,
            self.get_start_time(),
            git,
            changes,
            patch_file=patch_file,
            indent_size=self._indent_size,
            infos=infos or {},
            sections=sections or {},
            options=None if options is None else vars(options),
        )
        if changes.patch:
            writer.replace(patch_file, changes.patch)
        else:
            writer.remove(patch_file)  # an earlier session's, of which the summary is replaced too
        writer.replace(self.log_dir / "summary.md", texts.encode(summary))

    # --- models ------------------------------------------------------------------------------------------------------

    def save_model(
        self,
        model: Any,
        step: int | None = None,
        name: str = "model",
        extension: str = ".pt",
        grads: bool = False,  # noqa: FBT001, FBT002 - as Lavd's
    ) -> None:
        """Save a torch model's state dict to `<name><extension>`, of the model inside DataParallel and its like.

        Args:
            grads: save the gradients too, {parameter's name: gradient}, to `<name>.grad<extension>`.

        Raises:
            MissingLibraryError: torch is not installed.

        >>> import torch
        >>> with Logger("example") as logger:
        ...     logger.save_model(torch.nn.Linear(2, 1), step=3)  # 0003/model.pt
        """
        writer = self._active
        if writer is None:
            return
        path = self._checked_path(name, step, extension)
        model = models.unwrapped(model)
        writer.replace_with(path, lambda file: models.save(model.state_dict(), file))
        if grads:
            path = path.with_name(f"{Path(name).name}.grad{extension}")
            writer.replace_with(path, lambda file: models.save(models.gradients(model), file))

    def save_obj(self, obj: Any, name: str, step: int | None = None, extension: str = ".pt") -> None:
        """Save anything that `torch.save` takes to `<name><extension>`.

        Raises:
            MissingLibraryError: torch is not installed.

        >>> with Logger("example") as logger:
        ...     logger.save_obj({"key": 99}, "a-dict", step=4)  # 0004/a-dict.pt
        """
        writer = self._active
        if writer is not None:
            writer.replace_with(
                self._checked_path(name, step, extension), lambda file: models.save(obj, file)
            )

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _close(self, error: BaseException | None) -> None:
        if self._writer is not None:
            self._writer.close(outcome_of(error))

    def _described(self, name: str, *, prefix: bool) -> str:
        return f"{self.prefix} {name}" if prefix and self.prefix else name

    def _path(self, name: str, step: int | None, extension: str) -> Path:
        folder = self.log_dir if step is None else self.log_dir / layout.step_folder(step, self._num_digits)
        return folder / (name + extension)

    def _checked_path(self, name: str, step: int | None, extension: str) -> Path:
        """The path of a file that is read back under just this name and step."""
        checked_step = layout.check_step(step)
        layout.check_label(name, step=checked_step)
        if not extension.startswith(".") or "/" in extension or "\0" in extension:
            raise ValueError(f"extension must begin with a dot and hold no '/' or NUL, not {extension!r}")
        path = self._path(name, checked_step, extension)
        place = layout.place_in_experiment(self.name, path.relative_to(self.log_dir).as_posix())
        if place is None or (place.step, place.label) != (checked_step, name):
            raise ValueError(
                f"name {name!r} with the extension {extension!r} would be read under another name"
            )
        return path

    def _copy(
        self,
        writer: Writer,
        source: Path,
        name: str,
        step: int | None,
        is_suffix: Callable[[str], bool],
        what: str,
    ) -> None:
        if not is_suffix(source.suffix):
            raise ValueError(f"{source} is not {what}: its suffix is {source.suffix!r}")
        path = self._checked_path(name, step, source.suffix.lower())
        content = source.read_bytes()  # what is wrong with the caller's file is the caller's to know
        writer.replace(path, content)

    def _check_scalar_name(self, name: str) -> None:
        layout.check_label(name, step=0)
        if len(self._checked_names) >= _MAX_CHECKED_NAMES:
            self._checked_names.clear()
        self._checked_names.add(name)

    def _checked_rows(self, values: Mapping[str, Any], step: Any) -> list[tuple[int, dict[str, float | int]]]:
        """Step and {name: number} of each step, in order."""
        for name in values:
            if name not in self._checked_names:
                self._check_scalar_name(name)
        steps = scalars.entries_of(step, argument="step")
        if steps is None:
            row = {}
            for name, value in values.items():
                row[name] = value if type(value) is float else scalars.to_number(value)
            return [(_checked_scalar_step(step), row)]
        columns = {}
        for name, value in values.items():
            column = scalars.entries_of(value)
            if column is None or len(column) != len(steps):
                raise ValueError(
                    f"scalar and step must be equally long arrays, not {value!r} at {len(steps)} steps"
                )
            columns[name] = [scalars.to_number(entry) for entry in column]
        checked = [_checked_scalar_step(entry) for entry in steps]
        return [(entry, {name: columns[name][row] for name in columns}) for row, entry in enumerate(checked)]


def _is_list_of(value: object, is_one: Callable[[Any], bool]) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(is_one, value))


def _is_picture(value: Any) -> bool:
    """Whether `log_all` takes it for one: a picture of PIL, or an array of the shape of one."""
    shape: Any = getattr(value, "shape", ())
    return (
        hasattr(value, "getbands")
        or len(shape) == 2
        or (len(shape) == 3 and bool({shape[0], shape[2]} & {1, 3, 4}))
    )


def _name_of(started: datetime) -> str:
    """The time, as a name that is legal on every system."""
    return started.strftime("%Y-%m-%d_%H-%M-%S")


def _claimed_name(started: datetime, base_dir: Path) -> str:
    """A name that is nobody else's, although several scripts may start in the same second."""
    name = _name_of(started)
    for free in (name, *(f"{name}-{number}" for number in range(2, 1000))):
        try:
            (base_dir / free).mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError:
            break  # said when the first file cannot be written
        return free
    return name


def _check_choice(value: str, choices: tuple[str, ...], argument: str) -> None:
    if value not in choices:
        raise ValueError(f"{argument} must be one of {', '.join(map(repr, choices))}, not {value!r}")


def _checked_count(value: int, argument: str, largest: int) -> int:
    if layout.check_step(value, argument=argument) is None or value > largest:
        raise ValueError(f"{argument} must be a whole number from 0 to {largest}, not {value!r}")
    return value


def _checked_writer(writer: str) -> str:
    layout.check_label(writer, step=0, argument="writer")
    if "/" in writer:
        raise ValueError(f"writer must not contain '/': {writer!r}")
    return writer


def _checked_tags(tags: Iterable[str]) -> list[str]:
    if isinstance(tags, str):
        raise ValueError(f"tags must be a list of strings, not the string {tags!r}")
    listed = list(tags)
    for tag in listed:
        if not isinstance(tag, str):
            raise ValueError(f"tags must be strings, not {tag!r}")
    return listed


def _checked_scalar_step(step: object) -> int:
    checked = layout.check_step(step)
    if checked is None:
        raise ValueError("step must be a whole number: scalars belong to a step")
    return checked


def _checked_config(config: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(config, Mapping):
        raise ValueError(f"config must be a dict, not {type(config).__name__}")
    ready: dict[str, Any] = json_file.ready(config)
    return ready


def _check_text(text: object, argument: str) -> None:
    if not isinstance(text, str):
        raise ValueError(f"{argument} must be a string, not {type(text).__name__}")


def _finite(value: Any, argument: str) -> float | int:
    number = scalars.to_number(value, argument=argument)
    if not math.isfinite(number):
        raise ValueError(f"{argument} must be finite, not {number!r}")
    return number


def _formatted(msg: object, args: tuple[object, ...], kwargs: Mapping[str, object]) -> str:
    return str(msg).format(*args, **kwargs) if args or kwargs else str(msg)
