"""What a row can hold beside numbers: sounds, videos, pages, figures, shapes, distributions. Pictures are `images`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from lavdlike.kinds import numbers
from lavdlike.logger import Logger

_MESH_FILES = (".obj", ".ply", ".glb", ".stl")
# Of the categories of points, as the original colours them: from 1 on.
_COLOURS = (
    (230, 25, 75),
    (60, 180, 75),
    (255, 225, 25),
    (0, 130, 200),
    (245, 130, 48),
    (145, 30, 180),
    (70, 240, 240),
    (240, 50, 230),
    (210, 245, 60),
    (250, 190, 212),
    (0, 128, 128),
    (220, 190, 255),
    (170, 110, 40),
    (128, 128, 128),
)


class Media(Protocol):
    """A value of a row that is more than a number."""

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        """Write it."""


def array_of(value: Any) -> Any:
    """A copy as an array of numpy, of whatever library it is: what the caller changes then does not matter."""
    import numpy as np

    for method in ("detach", "cpu"):
        if hasattr(value, method):
            value = getattr(value, method)()
    if hasattr(value, "numpy"):
        value = value.numpy()
    return np.array(value)


class Histogram:
    """How values are distributed: of `sequence`, or counted already (`np_histogram`: counts and edges)."""

    MAX_LENGTH = 512

    def __init__(
        self,
        sequence: Any = None,
        np_histogram: Sequence[Any] | None = None,
        num_bins: int = 64,
    ) -> None:
        import numpy as np

        if np_histogram is not None:
            if len(np_histogram) != 2:
                raise ValueError("np_histogram must be counts and edges, as numpy.histogram returns them")
            counts, edges = (np.asarray(each).tolist() for each in np_histogram)
            if len(edges) != len(counts) + 1:
                raise ValueError(
                    f"np_histogram has {len(counts)} counts and {len(edges)} edges, not one edge more"
                )
        elif sequence is not None:
            values = array_of(sequence).astype(float).ravel()
            counted, bounds = np.histogram(values[np.isfinite(values)], bins=min(num_bins, self.MAX_LENGTH))
            counts, edges = counted.tolist(), bounds.tolist()
        else:
            raise ValueError("a Histogram needs sequence or np_histogram")
        self.histogram, self.bins = counts, edges

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        logger.log_histogram(None, label, step, edges=self.bins, counts=self.histogram)


class Audio:
    """A sound: samples with `sample_rate`, or the path of a file."""

    def __init__(self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None) -> None:
        self.is_file = isinstance(data_or_path, (str, os.PathLike))
        if not self.is_file and sample_rate is None:
            raise ValueError("Audio of samples needs sample_rate")
        self.content = Path(data_or_path) if self.is_file else array_of(data_or_path)
        self.sample_rate, self.caption = sample_rate, caption

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        logger.log_audio(self.content, label, step, int(self.sample_rate or 44100))
        log_caption(logger, self.caption, label, step)


class Video:
    """Frames (time x channel x height x width, or a batch of such), or the path of a file."""

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: int | None = None,
        format: str | None = None,
    ) -> None:
        self.format, self.caption, self.fps = format or "gif", caption, fps or 4
        self.is_file = isinstance(data_or_path, (str, os.PathLike))
        self.content: Any = Path(data_or_path) if self.is_file else _frames(data_or_path)

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        if self.is_file and self.content.suffix.lower() == ".gif":
            logger.log_file(self.content, label, step)
        else:
            logger.log_video(self.content, label, step, self.fps)
        log_caption(logger, self.caption, label, step)


class Html:
    """A page: its text, an open file, or the path of one."""

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        self.inject = inject
        if isinstance(data, os.PathLike) or (
            isinstance(data, str) and not data_is_not_path and data.endswith(".html") and Path(data).is_file()
        ):
            data = Path(data).read_text(errors="replace")
        elif hasattr(data, "read"):
            if hasattr(data, "seek"):
                data.seek(0)
            data = data.read()
        if isinstance(data, bytes):
            data = data.decode(errors="replace")
        if not isinstance(data, str):
            raise ValueError(f"Html needs text, a path or an open file, not {type(data).__name__}")
        self.html = data

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        logger.log_html(self.html, label, step)


class Plotly:
    """A figure of plotly, or of matplotlib, which stays a drawing here."""

    def __init__(self, val: Any) -> None:
        self.figure = val

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        if hasattr(self.figure, "savefig"):
            logger.log_figure(self.figure, label, step)
        else:
            logger.log_plot(self.figure, label, step)


class Object3D:
    """Points (n x 3, with a category n x 4, with colours n x 6), a scene of the original, or the path of a file."""

    SUPPORTED_TYPES = frozenset({"obj", "gltf", "glb", "babylon", "stl", "pts.json"})

    def __init__(self, data_or_path: Any, caption: str | None = None, **options: Any) -> None:
        self.caption, self.options = caption, options
        self.content: Any = data_or_path
        if hasattr(data_or_path, "name") and hasattr(data_or_path, "read"):
            self.content = Path(data_or_path.name)
        elif isinstance(data_or_path, (str, os.PathLike)):
            self.content = Path(data_or_path)
        elif not isinstance(data_or_path, Mapping):
            self.content = _checked_points(array_of(data_or_path))

    @classmethod
    def from_file(cls, data_or_path: Any, file_type: str | None = None) -> Object3D:  # noqa: ARG003
        return cls(data_or_path)

    @classmethod
    def from_numpy(cls, data: Any) -> Object3D:
        return cls(data)

    @classmethod
    def from_point_cloud(
        cls, points: Any, boxes: Any = (), vectors: Any = None, point_cloud_type: str = "lidar/beta"
    ) -> Object3D:
        return cls({"type": point_cloud_type, "points": points, "boxes": boxes, "vectors": vectors or []})

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        log_caption(logger, self.caption, label, step)
        if isinstance(self.content, Path):
            logger.log_file(self.content, label, step)
            return
        points = self.content
        if isinstance(points, Mapping):
            scene = {key: numbers.to_python(value) for key, value in points.items() if key != "points"}
            if scene.get("boxes") or scene.get("vectors"):
                logger.log_json("scene", scene, label, step)
            points = _checked_points(array_of(points.get("points", [])))
        if len(points):
            logger.log_mesh(points[:, :3], label, step, colors=_colours(points))


class Molecule(Object3D):
    """A molecule, as a file."""


class Graph:
    """A graph of a model, which is not written."""

    def __init__(self, format: str = "keras") -> None:
        self.format = format

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        """Nothing: the original itself shows none."""


class Markdown:
    """A text in Markdown."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        logger.log_markdown(self.text, label, step)


def log_caption(logger: Logger, caption: str | None, label: str, step: int) -> None:
    """What stands under something that has no caption in its own file."""
    if caption:
        logger.log_text(str(caption), label, step)


def _frames(data: Any) -> Any:
    """Time x height x width x channel; of a batch, one video below the other."""
    import numpy as np

    array = array_of(data)
    if array.ndim == 5:
        array = np.concatenate(list(array), axis=-2)
    if array.ndim != 4:
        raise ValueError(
            f"Video must be time x channel x height x width, or a batch of such, not of the shape {array.shape}"
        )
    if array.dtype != np.uint8:
        array = (array * 255 if array.size and array.max() <= 1 else array).clip(0, 255).astype(np.uint8)
    frames = array.transpose(0, 2, 3, 1)
    return np.repeat(frames, 3, axis=3) if frames.shape[3] == 1 else frames[..., :3]


def _checked_points(points: Any) -> Any:
    if points.size and (points.ndim != 2 or points.shape[1] not in (3, 4, 6)):
        raise ValueError(
            f"Object3D needs n x 3, n x 4 or n x 6 numbers, not an array of the shape {points.shape}"
        )
    return points


def _colours(points: Any) -> Any:
    import numpy as np

    if points.shape[1] == 6:
        return points[:, 3:].clip(0, 255).astype(np.uint8)
    if points.shape[1] == 4:
        places = (points[:, 3].astype(int) - 1) % len(_COLOURS)
        return np.array(_COLOURS, np.uint8)[places]
    return None
