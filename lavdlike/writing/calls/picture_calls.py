"""The methods of `Logger` for pictures, alone and in grids."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike import layout
from lavdlike.kinds import images, outside, overlays, plain, transforms
from lavdlike.writing import pictures
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_keys, check_name, check_text, checked_count, finite

if TYPE_CHECKING:
    from lavdlike.writing.writer import Writer

_log = logging.getLogger("lavdlike")


class PictureCalls(Family):
    """Pictures and what lies on them."""

    _said_empty: set[str]

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
        expected_boxes: Sequence[Mapping[str, Any]] | None = None,
        masks: Any = None,
        keypoints: Sequence[Mapping[str, Any]] | None = None,
        polygons: Sequence[Mapping[str, Any]] | None = None,
        caption: str | None = None,
        quality: int | None = None,
        transform: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Log a picture, with boxes, masks, keypoints and polygons on it if there are some.

        Written to `<step>/<name><extension>`, what lies on it to the JSON file beside it, in place of what lay on an
        older picture of this name. One of up to 128 x 128 pixels is written when the call returns; of larger ones the
        pixels are copied, they are encoded by a small pool of threads, and while that is full the call waits.

        Args:
            image: PIL picture; numpy array or torch tensor, height x width, height x width x 1, 3 or 4, or
                1, 3 or 4 x height x width, of uint8, bool, floats in [0, 1] (others are clipped, which is said once;
                .tiff keeps those of one channel as they are), or uint16 (.png, .tiff); or a list of those: the frames
                of a .gif, .tiff or .webp, as are all frames of a PIL picture. Or the address of one outside of the log,
                "media://images/0001.jpg", which alone is written, to `<name>.json` (docs/format.md, "Media").
            boxes: each a dict with `xStart`, `yStart`, `xEnd`, `yEnd` in pixels from the top left corner, and
                optionally `className` and `probability`.
            classes: all class names, in the order of their colours.
            threshold: what has a lower probability is hidden at first.
            expected_boxes: what `boxes` should be, each as those are, without `probability`; `isCrowd` says that a
                box stands for many things. The page matches both: what was found, wrongly found, and missed.
            masks: height x width whole numbers from 0, each the place of a class in `classes`; or a dict of such by
                name. Written as PNG to `<name>.mask.png`.
            keypoints: a dict for each thing, with `points` (n x 2, in pixels, NaN for those that are not there), and
                optionally `edges` (pairs of places among the points), `names` and `probabilities` of the points,
                `className` and `probability`.
            polygons: each a dict with `points` (n x 2, in pixels), and optionally `className` and `probability`.
            caption: shown under the picture.
            quality: of .jpg and .webp, 1 to 100; by default 90 for .jpg, without loss for .webp.
            transform: what is done to a picture outside of the log, and to what lies on it, when it is shown: dicts of
                one `crop`, `resize`, `flip`, `affine` or `denormalize` each (docs/format.md, "Media").

        >>> import numpy as np
        >>> box = {"xStart": 2, "yStart": 2, "xEnd": 9, "yEnd": 9, "className": "bird", "probability": 0.4}
        >>> with Logger("example") as logger:
        ...     logger.log_image(np.zeros((16, 16, 3)), "bird", step=1, boxes=[box], classes=["bird"], threshold=0.2)
        ...     logger.log_image(np.zeros((16, 16)), "line", masks=np.eye(16, dtype=int), caption="One line")
        ...     logger.log_image("media://coco/1.jpg", "input", step=1, boxes=[box], transform=[{"flip": "vertical"}])
        """
        if self._active is not None:
            on_it = _OnPicture(boxes, expected_boxes, classes, threshold, masks, keypoints, polygons, caption)
            self._log_picture(self._active, image, (name, step, extension), on_it, quality, transform)

    def _log_picture(
        self,
        writer: Writer,
        image: Any,
        place: tuple[str, int | None, str],
        on_it: _OnPicture,
        quality: int | None,
        transform: Sequence[Mapping[str, Any]] | None,
    ) -> None:
        """`place`: name, step and extension."""
        name, step, extension = place
        path = self._checked_path(name, step, extension)
        if outside.is_outside(image):
            json_path = self._checked_path(name, step, ".json")
            named = _checked_outside(on_it, image, transform)
            writer.remove_picture(path)  # an older one
            writer.merge(json_path, named)
        elif transform is not None:
            raise ValueError("transform is of pictures outside of the log: media://images/0001.jpg")
        else:
            picture = pictures.snapshot(image, extension, quality)
            keys, snapshots = (None, None) if on_it.is_empty() else _checked(on_it, path, extension, picture)
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

        Those of an older grid of this name that are more than these are removed.

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
            checked_count(count, argument, 1000)
        if nrow == 0:
            raise ValueError("nrow must be at least 1")
        batch = _pictures_of(batch)
        count = len(batch)
        texts = [""] * count if captions is None else plain.listed(captions, "captions", " of strings")
        if len(texts) != count:
            raise ValueError(f"captions must be {count}, one for each picture, not {len(texts)}")
        grid = {"columns": int(nrow), "padding": int(padding), "count": count}
        check_name(name)
        first_path = self._checked_path(f"{name}/000", step, extension)
        if not count and name not in self._said_empty:
            self._said_empty.add(name)
            _log.warning("there is no picture in the batch for %s (said once)", name)
        if not count:
            return
        older = writer.grid(first_path, count)
        for index, (image, caption) in enumerate(zip(batch, texts, strict=True)):
            path = self._checked_path(f"{name}/{index:03}", step, extension)
            check_text(caption, f"captions[{index}]")
            keys = None
            if caption or index == 0:
                keys = images.to_json(layout.shown(path.name), caption=caption, grid=None if index else grid)
            writer.picture(path, pictures.snapshot(image, extension, quality), keys)
        for index in range(count, older):
            writer.remove_picture(self._checked_path(f"{name}/{index:03}", step, extension))


def _pictures_of(batch: Any) -> list[Any]:
    is_one = hasattr(batch, "getbands") or not 3 <= len(getattr(batch, "shape", (0,) * 4)) <= 4
    if is_one or isinstance(batch, (str, bytes, Mapping)) or not hasattr(batch, "__len__"):
        raise ValueError("batch must be an array of several pictures, or a list of pictures")
    return plain.listed(batch, "batch")


def _entries(given: Any, argument: str) -> list[Any]:
    return [] if given is None else plain.listed(given, argument, " of dicts")


class _OnPicture(NamedTuple):
    """What `log_image` was given to lie on its picture; None: nothing of that sort."""

    boxes: Sequence[Mapping[str, Any]] | None
    expected_boxes: Sequence[Mapping[str, Any]] | None
    classes: Sequence[str] | None
    threshold: float | None
    masks: Any
    keypoints: Sequence[Mapping[str, Any]] | None
    polygons: Sequence[Mapping[str, Any]] | None
    caption: str | None

    def is_empty(self) -> bool:
        given = (self.boxes, self.expected_boxes, self.masks, self.keypoints, self.polygons, self.caption)
        return all(each is None for each in given)


def _checked(
    on_it: _OnPicture, path: Path, extension: str, picture: pictures.Snapshot
) -> tuple[dict[str, Any], dict[Path, pictures.Snapshot]]:
    """What stands in the JSON file beside the picture at `path`, and its masks by their files."""
    if picture.was_turned:
        raise ValueError(
            f"what lies on a picture with an EXIF orientation needs a format that keeps it, not {extension}: "
            "use .png, .jpg or .webp"
        )
    masks = {} if on_it.masks is None else overlays.checked_masks(on_it.masks, *picture.size)
    stem = path.name.removesuffix(extension)
    files = {mask: path.with_name(stem + images.mask_suffix(mask)) for mask in masks}
    of_masks = [overlays.mask_to_json(layout.shown(file.name), mask) for mask, file in files.items()]
    keys = _keys(on_it, layout.shown(path.name), masks=of_masks)
    return keys, {files[mask]: pictures.mask_snapshot(pixels) for mask, pixels in masks.items()}


def _checked_outside(on_it: _OnPicture, source: str, transform: Any) -> dict[str, Any]:
    """What stands in the JSON file of a picture outside of the log."""
    outside.place_of(source)
    if on_it.masks is not None:
        raise ValueError("masks lie on pictures in the log: give the picture itself, not media://")
    return _keys(on_it, source, transform=transforms.checked(transform or ()))


def _keys(on_it: _OnPicture, source: str, **others: Any) -> dict[str, Any]:
    classes = None if on_it.classes is None else plain.listed(on_it.classes, "classes", " of strings")
    if not all(isinstance(entry, str) for entry in classes or ()):
        raise ValueError(f"classes must be strings, not {on_it.classes!r}")
    if on_it.caption is not None:
        check_text(on_it.caption, "caption")
    keys = images.to_json(
        source,
        images.checked_boxes(_entries(on_it.boxes, "boxes")),
        classes,
        None if on_it.threshold is None else finite(on_it.threshold, "threshold"),
        expected_boxes=_checked_expected(on_it.expected_boxes),
        **others,
        keypoints=overlays.checked_keypoints(_entries(on_it.keypoints, "keypoints")),
        polygons=overlays.checked_polygons(_entries(on_it.polygons, "polygons")),
        caption=on_it.caption,
    )
    check_keys(keys, "what lies on the picture")
    return keys


def _checked_expected(boxes: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    if boxes is None:
        return None
    return images.checked_boxes(_entries(boxes, "expected_boxes"), "expected_boxes", expected=True)
