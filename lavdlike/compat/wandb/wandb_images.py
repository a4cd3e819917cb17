"""`Image`: a picture of any library, with boxes and masks, which stay data."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lavdlike.compat.wandb.media import array_of
from lavdlike.logger import Logger

_NOT_IN_MASKS = re.compile(r"[^A-Za-z0-9_-]")
_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tiff", ".tif")
# Classes are told by their place in a list; of larger ids only those that have a name.
_MOST_CLASSES = 10_000


class Classes:
    """The names of classes: dicts with `id` and `name`."""

    def __init__(self, class_set: Sequence[Mapping[str, Any]]) -> None:
        self._class_set = list(class_set)

    def names(self) -> dict[int, str]:
        return {int(each["id"]): str(each["name"]) for each in self._class_set}


class Image:
    """A picture: array, tensor (channels first), PIL picture, figure of matplotlib, another `Image`, or a path.

    Args:
        data_or_path: numbers in [0, 1], or from -1 to 1, or to 255.
        boxes: by group, a dict with `box_data` and `class_labels`.
        masks: by name, a dict with `mask_data` (or `path`) and `class_labels`.
    """

    MAX_ITEMS = 108

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Classes | Sequence[Mapping[str, Any]] | None = None,
        boxes: Mapping[str, Any] | None = None,
        masks: Mapping[str, Any] | None = None,
        file_type: str | None = None,
        normalize: bool = True,
    ) -> None:
        if isinstance(data_or_path, Image):
            self.image: Any = data_or_path.image
            boxes, masks = boxes or data_or_path.boxes, masks or data_or_path.masks
            caption = data_or_path.caption if caption is None else caption
        else:
            self.image = _picture(data_or_path, mode, normalize=normalize)
        self.caption: str | None = None if caption is None else str(caption)
        self.grouping, self.file_type = grouping, file_type
        self.classes = classes if isinstance(classes, (Classes, type(None))) else Classes(classes)
        self.boxes: dict[str, Any] = dict(boxes or {})
        self.masks: dict[str, Any] = dict(masks or {})

    @property
    def format(self) -> str:
        return self.file_type or "png"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        width, height = self.image.size
        return width, height

    @property
    def has_overlays(self) -> bool:
        return bool(self.boxes or self.masks)

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        extension = ".jpg" if self.file_type in ("jpg", "jpeg") else ".png"
        if not self.has_overlays:
            logger.log_image(self.image, label, step, extension=extension, caption=self.caption)
            return
        names = self._names()
        logger.log_image(
            self.image,
            label,
            step,
            boxes=[box for group, val in self.boxes.items() for box in self._boxes_of(group, val)],
            classes=[names.get(place, f"class_{place}") for place in range(max(names, default=-1) + 1)],
            masks={_NOT_IN_MASKS.sub("_", str(name)): _mask(val) for name, val in self.masks.items()} or None,
            extension=extension,
            caption=self.caption,
        )

    def _names(self) -> dict[int, str]:
        """Of classes, by their ids; where several call one otherwise, masks come first, which have nothing but ids."""
        found: dict[int, str] = {}
        for val in (*self.masks.values(), *self.boxes.values()):
            for place, name in _labels_of(val).items():
                if 0 <= place < _MOST_CLASSES:
                    found.setdefault(place, name)
        if self.classes is not None:
            found.update(self.classes.names())
        return found

    def _boxes_of(self, group: str, val: Any) -> list[dict[str, Any]]:
        names = {**(self.classes.names() if self.classes else {}), **_labels_of(val)}
        prefix = f"{group}: " if len(self.boxes) > 1 else ""
        return [self._box(box, names, prefix) for box in _entries(val, "box_data")]

    def _box(self, box: Mapping[str, Any], names: Mapping[int, str], prefix: str) -> dict[str, Any]:
        """As `Logger.log_image` takes one: in pixels."""
        width, height = (1, 1) if box.get("domain") == "pixel" else self.size
        left, top, right, bottom = _corners(box["position"])
        found: dict[str, Any] = {
            "xStart": left * width,
            "yStart": top * height,
            "xEnd": right * width,
            "yEnd": bottom * height,
        }
        place = box.get("class_id")
        name = None if place is None else names.get(int(place), f"class_{int(place)}")
        name = name or box.get("box_caption")
        if name:
            found["className"] = f"{prefix}{name}"
        scores = [float(score) for score in (box.get("scores") or {}).values()]
        probability = next((score for score in scores if 0 <= score <= 1), None)
        if probability is not None:
            found["probability"] = probability
        return found


def _picture(data: Any, mode: str | None, *, normalize: bool) -> Any:
    """A picture of PIL that is nobody else's."""
    import PIL.Image

    if isinstance(data, (str, os.PathLike)):
        path = Path(data)
        if path.suffix.lower() not in _SUFFIXES and not path.exists():
            raise ValueError(f"Image: there is no picture {str(data)[:200]!r}")
        with PIL.Image.open(path) as opened:
            return opened.convert(mode) if mode else opened.copy()
    if isinstance(data, PIL.Image.Image):
        return data.convert(mode) if mode else data.copy()
    figure = data.gcf() if hasattr(data, "gcf") else getattr(data, "figure", None) or data
    if hasattr(figure, "savefig"):
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png")
        return PIL.Image.open(drawn)
    is_channels_first = type(data).__module__.partition(".")[0] == "torch"
    pixels = _pixels(array_of(data), is_channels_first=is_channels_first, normalize=normalize)
    picture = PIL.Image.fromarray(pixels)
    return picture.convert(mode) if mode else picture


def _pixels(array: Any, *, is_channels_first: bool, normalize: bool) -> Any:
    """Height x width, or height x width x 3 or 4, of uint8."""
    import numpy as np

    if array.ndim == 3 and is_channels_first:
        array = array.transpose(1, 2, 0)
    if array.ndim > 2:
        array = array.squeeze()
    if array.ndim == 3 and array.shape[2] == 2:  # grey and opacity
        array = np.concatenate([np.repeat(array[..., :1], 3, axis=2), array[..., 1:]], axis=2)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(
            f"Image must be height x width, with 1 to 4 channels, not of the shape {array.shape}"
        )
    if array.dtype == np.uint8:
        return array
    array = np.nan_to_num(array.astype(np.float64))
    low, high = (array.min(), array.max()) if array.size else (0.0, 0.0)
    if normalize and -1 <= low < 0 and high <= 1:
        array = (array + 1) / 2 * 255
    elif normalize and low >= 0 and high <= 1:
        array = array * 255
    return array.clip(0, 255).astype(np.uint8)


def _labels_of(val: Any) -> dict[int, str]:
    labels = val.get("class_labels") if isinstance(val, Mapping) else None
    return {int(place): str(name) for place, name in (labels or {}).items()}


def _entries(val: Any, key: str) -> list[Any]:
    found = val.get(key) if isinstance(val, Mapping) else val
    return list(found if found is not None else ())


def _corners(position: Mapping[str, Any]) -> tuple[float, float, float, float]:
    if "middle" in position:
        x, y = (float(each) for each in position["middle"])
        width, height = float(position["width"]), float(position["height"])
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2
    return tuple(float(position[key]) for key in ("minX", "minY", "maxX", "maxY"))  # type: ignore[return-value] # four


def _mask(val: Any) -> Any:
    """Height x width of classes."""
    import numpy as np
    import PIL.Image

    if isinstance(val, Mapping) and "path" in val:
        with PIL.Image.open(val["path"]) as opened:
            return np.array(opened)
    data = val["mask_data"] if isinstance(val, Mapping) else val
    return np.maximum(array_of(data).astype(np.int64), 0)
