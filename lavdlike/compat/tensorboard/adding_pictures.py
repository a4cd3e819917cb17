"""The methods of `SummaryWriter` for pictures and figures."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Sequence
from typing import Any

from lavdlike.compat.tensorboard import pixels, written_events
from lavdlike.compat.tensorboard.adding import Family, Target
from lavdlike.kinds import numbers

_GRID_COLUMNS = 8


class PictureCalls(Family):
    """Pictures, alone, in grids and drawn."""

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: Any = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Log a picture; with an N in `dataformats` several, as `add_images`."""
        if pixels.is_batch(dataformats):
            self.add_images(tag, img_tensor, global_step, walltime, dataformats)
            return
        picture = pixels.picture(img_tensor, dataformats)
        target = self._target(tag, global_step, walltime, "image")
        self.logger.log_image(picture, *target.item)
        self._add_picture(picture, target)

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: Any = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Log several pictures, a file each, which the page shows as a grid of 8 columns."""
        if not pixels.is_batch(dataformats):
            self.add_image(tag, img_tensor, global_step, walltime, dataformats)
            return
        batch = pixels.pictures(img_tensor, dataformats)
        target = self._target(tag, global_step, walltime, "image")
        self.logger.log_images(batch, *target.item, nrow=_GRID_COLUMNS, padding=0)
        if self._event_file is not None and batch:
            self._add_picture(_joined(batch), target)

    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: Any,
        box_tensor: Any,
        global_step: Any = None,
        walltime: float | None = None,
        rescale: Any = 1,
        dataformats: Any = "CHW",
        labels: Any = None,
        **kwargs: Any,
    ) -> None:
        """Log a picture as it is, and boxes on it (x1, y1, x2, y2 each) as data that the page draws.

        `rescale` changes nothing: pixels are kept as they are. tensorboardX has `dataformats` there, then `labels`.
        """
        del kwargs  # tensorboardX takes any
        if isinstance(rescale, str):
            labels = labels if dataformats == "CHW" else dataformats
            dataformats = rescale
        picture = pixels.picture(img_tensor, dataformats)
        corners = numbers.to_reals(box_tensor, argument="box_tensor")
        if corners.ndim == 1 and corners.size == 4:
            corners = corners[None]
        if corners.size and (corners.ndim != 2 or corners.shape[1] != 4):
            raise ValueError(f"box_tensor must be n x 4, not {corners.shape}")
        names = _names_of_boxes(labels, len(corners))
        keys = ("xStart", "yStart", "xEnd", "yEnd")
        boxes: list[dict[str, Any]] = [
            dict(zip(keys, box, strict=True)) for box in corners.reshape(-1, 4).tolist()
        ]
        for box, name in zip(boxes, names or (), strict=False):
            box["className"] = name
        target = self._target(tag, global_step, walltime, "image")
        self.logger.log_image(picture, *target.item, boxes=boxes, classes=list(dict.fromkeys(names)) or None)
        self._add_picture(picture, target)

    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: Any = None,
        close: bool | None = True,  # noqa: FBT001, FBT002 - as the original's
        walltime: float | None = None,
    ) -> None:
        """Log a figure of matplotlib as a drawing (SVG), or a list of them as `tag/000`, `tag/001`, ...

        `close`: whether to take it from pyplot afterwards.
        """
        target = self._target(tag, global_step, walltime, "figure")
        if isinstance(figure, (list, tuple)):
            for number, each in enumerate(figure):
                self._draw(
                    each, target._replace(label=f"{target.label}/{number:03}", tag=f"{tag}/{number:03}")
                )
        else:
            self._draw(figure, target)
        if close:
            _close(figure)

    def _draw(self, figure: Any, target: Target) -> None:
        self.logger.log_figure(figure, *target.item)
        if self._event_file is not None:
            file = io.BytesIO()
            figure.savefig(file, format="png")
            from PIL import Image

            size = Image.open(file).size
            self._event_file.add(
                written_events.image(target.tag, file.getvalue(), *size, 4), target.number, target.wall_time
            )

    def _add_picture(self, picture: pixels.Bytes, target: Target) -> None:
        if self._event_file is None:
            return
        from PIL import Image

        height, width, *channels = picture.shape
        depth = channels[0] if channels else 1
        file = io.BytesIO()
        Image.fromarray(picture.squeeze(2) if channels == [1] else picture).save(
            file, "PNG", compress_level=1
        )
        message = written_events.image(target.tag, file.getvalue(), width, height, depth)
        self._event_file.add(message, target.number, target.wall_time)


def _names_of_boxes(labels: Any, count: int) -> list[str]:
    """A name for each box, or none: labels that do not fit the boxes say nothing, as in the original."""
    if labels is None:
        return []
    listed = [labels] if isinstance(labels, str) else list(labels)
    return [str(label) for label in listed] if len(listed) == count else []


def _joined(batch: Sequence[pixels.Bytes]) -> pixels.Bytes:
    """One picture of all of them, in rows of 8."""
    import numpy as np

    columns = min(len(batch), _GRID_COLUMNS)
    rows = -(-len(batch) // columns)
    full = np.zeros((rows * columns, *batch[0].shape), dtype=np.uint8)
    full[: len(batch)] = batch
    _, height, width, *depth = full.shape
    grid = full.reshape(rows, columns, height, width, *depth).swapaxes(1, 2)
    return grid.reshape(rows * height, columns * width, *depth)


def _close(figure: Any) -> None:
    """Only if pyplot is there, of which it can be a figure."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        for each in figure if isinstance(figure, (list, tuple)) else [figure]:
            with contextlib.suppress(TypeError):  # no figure of its own
                pyplot.close(each)
