"""From what a training script holds (PIL, numpy, torch) to the bytes of a picture file.

`snapshot` copies the pixels in the caller's thread and checks them; `encode` converts and encodes, in another thread.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from lavdlike.kinds import numbers, plain
from lavdlike.writing import png

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

    Array = npt.NDArray[Any]
    Frame: TypeAlias = "Image.Image | Array"

FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jif": "JPEG",
    ".jfif": "JPEG",
    ".jfi": "JPEG",
    ".gif": "GIF",
    ".tiff": "TIFF",
    ".tif": "TIFF",
    ".bmp": "BMP",
    ".dib": "DIB",
    ".webp": "WEBP",
    ".jp2": "JPEG2000",
    ".j2k": "JPEG2000",
    ".jpf": "JPEG2000",
    ".jpx": "JPEG2000",
}
# Up to 128 x 128: some milliseconds.
SMALL_PIXELS = 128 * 128
_ORIENTATION = 0x0112  # EXIF's tag
# Of TIFF Pillow turns the pixels itself when it reads them.
_WITH_ORIENTATION = ("PNG", "JPEG", "WEBP")
_WITH_16_BITS = ("PNG", "TIFF", "JPEG2000")
_SEVERAL_FRAMES = ("GIF", "TIFF", "WEBP")
_CHANNELS = (1, 3, 4)
# Of each picture of a sprite sheet, and of the sheet, in pixels: more than browsers show of one picture helps nobody.
_SPRITE_SIDE, _MAX_SHEET_SIDE = 64, 8192
# How each format is written: quick to encode, and lossless where the format can be.
_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 1},
    "JPEG": {"quality": 90},
    "WEBP": {"lossless": True, "method": 0},
    "TIFF": {"compression": "tiff_lzw"},
}
_WITH_QUALITY = ("JPEG", "WEBP")
_LONGEST_SIDES = {"JPEG": 65500, "WEBP": 16383}
# What Pillow writes as it is; other modes are turned into the nearest of RGB, RGBA, L and 16-bit grey.
_MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "GIF": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"),
    "BMP": ("1", "L", "RGB"),
    "DIB": ("1", "L", "RGB"),
    "WEBP": ("RGB", "RGBA"),
    "JPEG2000": ("L", "LA", "RGB", "RGBA", "I;16"),
}


@dataclass
class Snapshot:
    """Checked copies of the frames, the format they are for, and what they hold in memory."""

    frames: list[Frame]
    format: str
    size_bytes: int
    duration_ms: int | list[int] | None = None
    quality: int | None = None
    orientation: int = 1  # EXIF's, 1 to 8
    was_turned: bool = False  # by EXIF's orientation, which the format does not keep

    @property
    def is_small(self) -> bool:
        """Whether it is encoded in so little time that the caller may wait for it."""
        width, height = self.size
        return len(self.frames) == 1 and width * height <= SMALL_PIXELS

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, as stored."""
        first: Any = self.frames[0]
        width, height = first.size if _is_pil(first) else first.shape[1::-1]
        return width, height


def snapshot(image: Any, extension: str, quality: int | None = None) -> Snapshot:
    """Copy a picture, or a list of frames.

    Args:
        image: PIL picture (all its frames if the format takes several); array or tensor, height x width,
            height x width x 1, 3 or 4, or 1, 3 or 4 x height x width (where both fit, tensors are channels first
            and arrays channels last), of uint8, uint16, bool or floats in [0, 1]; or a list of those, as frames.
        extension: decides the format.
        quality: of JPEG and WebP, 1 to 100; None: 90 for JPEG, without loss for WebP.

    Raises:
        ValueError: another shape, type or extension, several frames for a format of one, a quality for a format
            that has none, or what this Pillow or the format cannot hold.
    """
    file_format = FORMATS.get(extension.lower())
    if file_format is None:
        raise ValueError(f"extension must be one of {', '.join(FORMATS)}, not {extension!r}")
    if quality is not None:
        _check_quality(quality, file_format, extension)
    _load_encoder(file_format)
    taken = _snapshot(image, file_format)
    taken.quality = quality
    longest = _LONGEST_SIDES.get(file_format)
    if longest is not None and max(taken.size) > longest:
        width, height = taken.size
        raise ValueError(f"{file_format} holds at most {longest} pixels a side, not {width} x {height}")
    return taken


def mask_snapshot(mask: npt.NDArray[np.integer[Any]]) -> Snapshot:
    """For `encode`: a picture whose pixels are these numbers, of 8 or 16 bits."""
    from PIL import Image

    _load_encoder("PNG")
    return Snapshot([Image.fromarray(mask)], "PNG", mask.nbytes)


def encode(picture: Snapshot) -> tuple[bytes, bool]:
    """The bytes of the picture's file, and whether values had to be clipped into the range of the format."""
    first = picture.frames[0]
    if picture.format == "PNG" and _is_sixteen_bits(first):
        return png.encode(first), False
    clipped = False
    frames = []
    for frame in picture.frames:
        as_pil, was_clipped = _to_pil(frame, picture.format)
        ready, was_too = _in_a_mode_of(picture.format, as_pil)
        clipped |= was_clipped or was_too
        frames.append(ready)
    if picture.format == "PNG" and picture.orientation == 1 and _is_plain(frames[0]):
        import numpy as np

        return png.encode(np.asarray(frames[0])), clipped
    file = io.BytesIO()
    frames[0].save(file, format=picture.format, **_options_of(picture, frames))
    return file.getvalue(), clipped


def _options_of(picture: Snapshot, frames: list[Image.Image]) -> dict[str, Any]:
    options = dict(_OPTIONS.get(picture.format, {}))
    if picture.quality is not None:
        options |= {"quality": picture.quality, "lossless": False}
    if picture.format in _WITH_ORIENTATION:
        from PIL import Image

        exif = Image.Exif()  # nothing else of it, such as places
        if picture.orientation != 1:
            exif[_ORIENTATION] = picture.orientation
        options["exif"] = exif.tobytes() if picture.orientation != 1 else b""
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
        if picture.format != "TIFF":
            options["loop"] = 0
        if picture.duration_ms is not None:
            options["duration"] = picture.duration_ms
    return options


def sprite_sheet(images: Any, count: int) -> bytes:
    """Small pictures of one size side by side, in rows of ceil(sqrt(count)), as the bytes of a PNG.

    Args:
        images: as many as `count` says: a list of what `snapshot` takes, or one array of them.

    Raises:
        ValueError: another number, or what is no picture.
    """
    import numpy as np
    from PIL import Image, ImageOps

    images = plain.listed(images, "images", " of pictures")
    if len(images) != count:
        raise ValueError(f"images must be {count}, one for each vector, not {len(images)}")
    frames = [
        image if _is_pil(image) else _to_pil(_checked_copy(image, f"images[{index}]", "PNG"))[0]
        for index, image in enumerate(images)
    ]
    columns = math.ceil(math.sqrt(count))
    largest = max(max(frame.size) for frame in frames)
    side = max(1, min(largest, _SPRITE_SIDE, _MAX_SHEET_SIDE // columns))
    sheet = Image.new("RGB", (columns * side, math.ceil(count / columns) * side))
    for index, frame in enumerate(frames):
        small = ImageOps.pad(frame.convert("RGB"), (side, side))
        sheet.paste(small, (index % columns * side, index // columns * side))
    return png.encode(np.asarray(sheet))


def _is_plain(frame: Image.Image) -> bool:
    """Whether the picture is nothing but 8-bit pixels: no palette, no profile or other data beside them."""
    return (
        frame.mode in ("L", "LA", "RGB", "RGBA")
        and not {"icc_profile", "transparency", "exif"} & frame.info.keys()
    )


def _load_encoder(file_format: str) -> None:
    """Import now what `save` needs.

    Were it imported in the other thread, a fork meanwhile would leave the child with half a module and its lock held.
    """
    import numpy as np  # noqa: F401
    from PIL import Image

    Image.preinit()
    if file_format not in Image.SAVE:
        Image.init()
    if file_format not in Image.SAVE:
        raise ValueError(f"this installation of Pillow cannot write {file_format}: choose another extension")


def _check_quality(quality: object, file_format: str, extension: str) -> None:
    if file_format not in _WITH_QUALITY:
        raise ValueError(f"quality is for .jpg and .webp, {extension} has none")
    if isinstance(quality, bool) or not isinstance(quality, int) or not 1 <= quality <= 100:
        raise ValueError(f"quality must be a whole number from 1 to 100, not {quality!r}")


def _snapshot(image: Any, file_format: str) -> Snapshot:
    if isinstance(image, (list, tuple)):
        return _snapshot_of_frames(image, file_format)
    if _is_pil(image):
        return _snapshot_of_pil(image, file_format)
    array = _checked_copy(image, "image", file_format)
    return Snapshot([array], file_format, array.nbytes)


def _snapshot_of_frames(images: Sequence[Any], file_format: str) -> Snapshot:
    if not images:
        raise ValueError("image must not be an empty list")
    if len(images) > 1 and file_format not in _SEVERAL_FRAMES:
        raise ValueError("several frames need the extension .gif, .tiff or .webp")
    frames: list[Frame] = []
    for index, image in enumerate(images):
        frames.append(
            image.copy() if _is_pil(image) else _checked_copy(image, f"image[{index}]", file_format)
        )
    return Snapshot(frames, file_format, sum(_size_bytes(frame) for frame in frames))


def _snapshot_of_pil(image: Image.Image, file_format: str) -> Snapshot:
    count = getattr(image, "n_frames", 1) if file_format in _SEVERAL_FRAMES else 1
    if count == 1:
        orientation = _orientation_of(image)
        frame = image.copy()
        if orientation != 1 and file_format not in _WITH_ORIENTATION:
            from PIL import ImageOps

            upright = ImageOps.exif_transpose(frame)
            return Snapshot([upright], file_format, _size_bytes(upright), was_turned=True)
        return Snapshot([frame], file_format, _size_bytes(frame), orientation=orientation)
    shown = image.tell()
    frames, durations = [], []
    for index in range(count):
        image.seek(index)
        frames.append(image.copy())
        durations.append(int(image.info.get("duration", 0)))
    image.seek(shown)
    size = sum(_size_bytes(frame) for frame in frames)
    return Snapshot(list(frames), file_format, size, durations if any(durations) else None)


def _orientation_of(image: Image.Image) -> int:
    """EXIF's, 1 to 8: how the pixels are turned or mirrored to stand upright."""
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - EXIF that Pillow cannot read
        return 1
    return orientation if orientation in range(1, 9) else 1


def _is_sixteen_bits(frame: Any) -> TypeGuard[npt.NDArray[np.uint16]]:
    return not _is_pil(frame) and str(frame.dtype.newbyteorder("=")) == "uint16"


def _is_pil(image: Any) -> bool:
    # Without importing Pillow for arrays: what has no such method is not its picture.
    return hasattr(image, "getbands") and hasattr(image, "convert")


def _size_bytes(frame: Any) -> int:
    if not _is_pil(frame):
        return int(frame.nbytes)
    bytes_per_band = {"I": 4, "F": 4, "I;16": 2}.get(frame.mode, 1)
    return int(frame.width * frame.height * len(frame.getbands()) * bytes_per_band)


def _checked_copy(image: Any, argument: str, file_format: str) -> Array:
    import numpy as np

    channels_first = hasattr(image, "detach")  # a torch tensor
    array = np.array(numbers.to_array(image, argument=argument))  # a copy
    if _is_sixteen_bits(array):
        _check_sixteen_bits(array, argument, file_format)
    elif array.dtype != np.uint8 and array.dtype != np.bool_ and not np.issubdtype(array.dtype, np.floating):
        raise ValueError(
            f"{argument} must be of uint8, uint16, bool or floats in [0, 1], not {array.dtype}; "
            "whole numbers up to 255 are given as .astype(numpy.uint8)"
        )
    array = _channels_last(array, argument, channels_first=channels_first)
    if 0 in array.shape:
        raise ValueError(f"{argument} must not be empty, but its shape is {array.shape}")
    return array


def _check_sixteen_bits(array: Array, argument: str, file_format: str) -> None:
    if file_format not in _WITH_16_BITS:
        raise ValueError(
            f"{argument} is of 16 bits, which {file_format} has not: use the extension .png or .tiff"
        )
    if file_format != "PNG" and array.ndim == 3 and 1 not in (array.shape[0], array.shape[2]):
        raise ValueError(f"{argument} is of 16 bits and in colours, which is written as .png only")


def _channels_last(array: Array, argument: str, *, channels_first: bool) -> Array:
    shape = array.shape
    if array.ndim == 2:
        return array
    if array.ndim == 3:
        fits_first, fits_last = shape[0] in _CHANNELS, shape[2] in _CHANNELS
        if fits_first and (channels_first or not fits_last):
            return array.transpose(1, 2, 0)
        if fits_last:
            return array
    raise ValueError(
        f"{argument} must be height x width, height x width x 1, 3 or 4, or 1, 3 or 4 x height x width, not {shape}"
    )


def _to_pil(frame: Frame, file_format: str = "PNG") -> tuple[Image.Image, bool]:
    """The frame as a picture of Pillow, and whether values were clipped."""
    import numpy as np
    from PIL import Image

    if isinstance(frame, Image.Image):
        return frame, False
    if frame.ndim == 3 and frame.shape[2] == 1:
        frame = frame[:, :, 0]
    if _is_sixteen_bits(frame):
        return Image.fromarray(np.ascontiguousarray(frame, dtype=np.uint16)), False
    if (
        file_format == "TIFF" and frame.ndim == 2 and frame.dtype.kind == "f"
    ):  # which keeps floats as they are
        return Image.fromarray(np.ascontiguousarray(frame, dtype=np.float32)), False
    pixels, clipped = _to_bytes(frame)
    return Image.fromarray(pixels), clipped


def _to_bytes(array: Array) -> tuple[npt.NDArray[np.uint8], bool]:
    import numpy as np

    if array.dtype == np.uint8:
        return np.ascontiguousarray(array), False
    if array.dtype == np.bool_:
        return np.ascontiguousarray(array).astype(np.uint8) * np.uint8(255), False
    values = np.ascontiguousarray(array, dtype=np.float32)
    inside = np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0).clip(0.0, 1.0)
    clipped = not np.array_equal(inside, values)
    return (inside * 255.0 + 0.5).astype(np.uint8), clipped


def _in_a_mode_of(file_format: str, frame: Image.Image) -> tuple[Image.Image, bool]:
    """The picture in a mode that the format has, and whether values were clipped."""
    modes = _MODES[file_format]
    clipped = False
    if frame.mode in modes:
        return frame, False
    if frame.mode == "F":
        import numpy as np

        frame, clipped = _to_pil(np.asarray(frame))
    elif frame.mode.startswith("I"):
        frame, clipped = _sixteen_bit(frame, eight="I;16" not in modes)
    if frame.mode in modes:
        return frame, clipped
    has_alpha = frame.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in frame.info
    return frame.convert("RGBA" if has_alpha and "RGBA" in modes else "RGB"), clipped


def _sixteen_bit(frame: Image.Image, *, eight: bool) -> tuple[Image.Image, bool]:
    import numpy as np
    from PIL import Image

    given = np.asarray(frame)
    values = given.clip(0, 65535).astype(np.uint16)
    clipped = not np.array_equal(values, given)
    return Image.fromarray((values >> 8).astype(np.uint8) if eight else values), clipped
