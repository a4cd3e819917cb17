"""What the children of `thumbnails` do: open one picture with Pillow. Imports nothing of ours (`child`).

Question: `{"size": longest side of a thumbnail}`, 0 for the full picture, -1 for its head alone; and the open file.
With `"transform"`: the steps (`kinds/transforms.py`) that are done before, to the first frame as it is stored.
Answer: `{"info": {...}, "media_type": "..."}` or `{"error": "..."}`, and the picture; `info` is `messages.PictureInfo`.
"""

from __future__ import annotations

import importlib
import io
import math
import os
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

FULL, HEAD = 0, -1
MAX_FILE_BYTES = 50 * 2**20
MAX_PIXELS = 25_000_000

# What a picture of the tree may be; Pillow has more readers, some of which start other programs.
_PLUGINS = ("Png", "Jpeg", "Gif", "WebP", "Bmp", "Tiff", "Jpeg2K", "Avif", "Ppm")
# HEIF is read if the plugin pillow_heif is installed.
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "JPEG2000", "AVIF", "HEIF", "PPM")
# Where a HEIF file says what it is, and what it says there.
_HEIF_BRAND = slice(4, 12)
_HEIF_BRANDS = (b"ftypheic", b"ftypheix", b"ftypheim", b"ftypheis", b"ftypmif1", b"ftypmsf1", b"ftyphevc")
# What PNG holds as it is.
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
# Above, PNG takes seconds; a full picture is then a JPEG, unless it has transparent parts.
_MAX_PNG_PIXELS = 8_000_000
# So much of a range has to be used for a picture to be shown in it.
_FILLED = 0.25
_ORIENTATION, _TIFF_WIDTH, _TIFF_HEIGHT = 0x0112, 0x0100, 0x0101


class RefusedError(Exception):
    """The file is not shown as a picture; the text says why."""


def prepare() -> None:
    from PIL import Image, ImageOps  # noqa: F401

    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # ours is lower, and applies to every format
    for name in _PLUGINS:
        with suppress(ImportError):  # an older Pillow, or a smaller one
            importlib.import_module(f"PIL.{name}ImagePlugin")
    with suppress(ImportError):
        importlib.import_module("pillow_heif").register_heif_opener()


def answer(question: dict[str, Any], _: bytes, descriptor: int) -> tuple[dict[str, Any], bytes]:
    size = question["size"]
    try:
        if size == HEAD:
            with _opened(io.BufferedReader(_Part(descriptor))) as image:
                return {"info": _info(image)}, b""
        with _opened(io.BytesIO(_read(descriptor))) as image:
            _check_pixels(image)
            head: dict[str, Any] = {"info": _info(image)}
            shown = _transformed(image, question["transform"]) if question.get("transform") else image
            picture, head["media_type"] = _thumbnail(shown, size) if size else _full(shown)
    except RefusedError as refused:
        return {"error": str(refused)}, b""
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - decoders raise whatever they like
        return {"error": f"cannot be read: {error}"[:500]}, b""
    return head, picture


def _opened(file: io.BufferedIOBase) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    formats = [name for name in _FORMATS if name in Image.OPEN]
    try:
        return Image.open(file, formats=formats)  # type: ignore[arg-type]
    except UnidentifiedImageError:
        file.seek(_HEIF_BRAND.start)
        if "HEIF" not in formats and file.read(_HEIF_BRAND.stop - _HEIF_BRAND.start) in _HEIF_BRANDS:
            raise RefusedError("HEIF is only read if pillow_heif is installed beside the server") from None
        raise RefusedError("not a picture of a known format, or cut short") from None


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise RefusedError(f"{image.width} × {image.height} pixels; at most {MAX_PIXELS:,} are decoded")


class _Part(io.RawIOBase):
    """An open file of which only what is asked for is read; the place that others read from stays."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {
            os.SEEK_SET: 0,
            os.SEEK_CUR: self._place,
            os.SEEK_END: os.fstat(self._descriptor).st_size,
        }[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        data = os.pread(self._descriptor, len(buffer), self._place)
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


def _read(descriptor: int) -> bytes:
    """The file from its begin; the place that others read from stays."""
    if os.fstat(descriptor).st_size > MAX_FILE_BYTES:
        raise RefusedError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    data = bytearray()
    while chunk := os.pread(descriptor, 2**20, len(data)):
        data += chunk
        if len(data) > MAX_FILE_BYTES:
            raise RefusedError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
    return bytes(data)


def _info(image: Image.Image) -> dict[str, Any]:
    from PIL import Image

    # That of PNG would decode the picture, to find what stands behind it.
    orientation = Image.Image.getexif(image).get(_ORIENTATION, 1)
    width, height = image.size
    if image.format == "TIFF":  # whose `size` is that of the upright picture in newer versions of Pillow
        tags = image.tag_v2  # type: ignore[attr-defined]
        width, height = tags[_TIFF_WIDTH], tags[_TIFF_HEIGHT]
    is_several_in_one_jpeg = image.format == "MPO"  # as phones write it: the others are no frames to show
    return {
        "width": width,
        "height": height,
        "orientation": orientation if orientation in range(1, 9) else 1,
        "format": "JPEG" if is_several_in_one_jpeg else image.format,
        "mode": image.mode,
        "frames": 1 if is_several_in_one_jpeg else getattr(image, "n_frames", 1),
    }


def _thumbnail(image: Image.Image, size: int) -> tuple[bytes, str]:
    """The first frame, upright, at most `size` long. Never larger than the picture: then its own pixels, lossless."""
    from PIL import Image, ImageOps

    is_smaller = max(image.size) <= size
    image.draft("RGB", (size, size))
    upright = _for_screens(ImageOps.exif_transpose(image))
    if is_smaller:
        return _encoded(upright, "PNG", compress_level=1)
    upright.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _encoded(upright, "WEBP", quality=85, method=1)


def _transformed(image: Image.Image, steps: list[dict[str, Any]]) -> Image.Image:
    """The first frame after all steps, as stored: it is not upright yet."""
    from PIL import Image

    exif, image = Image.Image.getexif(image).tobytes(), _plain(image)
    for step in steps:
        if "crop" in step:
            image = image.crop(tuple(step["crop"]))
        elif "resize" in step:
            image = image.resize(tuple(step["resize"]), Image.Resampling.BILINEAR, reducing_gap=3.0)
        elif "flip" in step:
            is_horizontal = step["flip"] == "horizontal"
            turn = Image.Transpose.FLIP_LEFT_RIGHT if is_horizontal else Image.Transpose.FLIP_TOP_BOTTOM
            image = image.transpose(turn)
        elif "affine" in step:
            size = tuple(step.get("size", image.size))
            back = _inverse(step["affine"])
            image = image.transform(size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
        elif "denormalize" in step:
            image = _denormalized(image, step["denormalize"])
        _check_pixels(image)
    image.info["exif"] = exif  # which way is up stays
    return image


def _plain(image: Image.Image) -> Image.Image:
    """What can be resized and has no palette."""
    return image.copy() if image.mode in ("L", "RGB", "RGBA", "F", "I") else _for_screens(image)


def _inverse(matrix: list[float]) -> tuple[float, ...]:
    """From a place in the new picture to that in the old one, as Pillow asks for it."""
    a, b, c, d, e, f = matrix
    scale = 1 / (a * e - b * d)
    return (e * scale, -b * scale, (b * f - e * c) * scale, -d * scale, a * scale, (d * c - a * f) * scale)


def _denormalized(image: Image.Image, by: dict[str, list[float]]) -> Image.Image:
    """Values times `std` plus `mean`, which count from 0 to 1; the last number is that of further channels."""
    from PIL import Image

    if image.mode in ("F", "I"):
        low, high = by["mean"][0], by["std"][0]
        return image.convert("F").point(lambda value: value * high + low)
    bands = list(image.split())
    for index, band in enumerate(bands[:3]):  # transparency stays
        mean, std = (by[name][min(index, len(by[name]) - 1)] for name in ("mean", "std"))
        table = [min(255, max(0, round(value * std + mean * 255))) for value in range(256)]
        bands[index] = band.point(table)
    return Image.merge(image.mode, bands)


def _full(image: Image.Image) -> tuple[bytes, str]:
    """All frames of what PNG can animate, else the first; upright."""
    from PIL import ImageOps

    frames = getattr(image, "n_frames", 1)
    if frames > 1 and frames * image.width * image.height <= MAX_PIXELS:
        first, *others = (_for_screens(ImageOps.exif_transpose(frame)) for frame in _frames(image))
        return _encoded(
            first, "PNG", compress_level=1, save_all=True, append_images=others, duration=500, loop=0
        )
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in _PNG_MODES or (upright.mode == "I;16" and _is_dark(upright)):
        upright = _for_screens(upright)
    if upright.width * upright.height > _MAX_PNG_PIXELS and upright.mode in ("L", "RGB"):
        return _encoded(upright, "JPEG", quality=95, subsampling=0)
    return _encoded(upright, "PNG", compress_level=1)


def _frames(image: Image.Image) -> list[Image.Image]:
    frames = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        frames.append(image.copy())
    return frames


def _for_screens(image: Image.Image) -> Image.Image:
    """The same in 8 bits: L, RGB or RGBA. Of 16 bits the upper half, as in a browser, unless there is little in it."""
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    if image.mode.startswith("I;16"):
        if _is_dark(image):
            return _stretched(image.convert("I"))
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("I", "F"):
        return _stretched(image)
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode in ("1", "LA", "La", "RGBa"):
        return image.convert({"1": "L", "LA": "RGBA", "La": "RGBA", "RGBa": "RGBA"}[image.mode])
    if image.mode == "LAB":
        from PIL import ImageCms

        lab, rgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, lab, rgb, outputMode="RGB") or image
    converted = image.convert("RGB")  # CMYK, YCbCr, HSV
    converted.info.pop("icc_profile", None)  # of the colours it had
    return converted


def _is_dark(image: Image.Image) -> bool:
    """Whether a picture of 16 bits is nearly black if it is shown as such, as depths in millimetres are."""
    extrema: Any = image.getextrema()
    return bool(0 < extrema[1] < 65535 * _FILLED)


def _stretched(image: Image.Image) -> Image.Image:
    """Numbers without a known range: from 0 to 1 (floats), 255 or 65535, the one that they fill; else from theirs."""
    extrema: Any = image.getextrema()
    if not all(map(math.isfinite, extrema)):
        image, extrema = _finite(image)
    low, high = extrema
    for most in (255.0, 65535.0) if image.mode == "I" else (1.0, 255.0, 65535.0):
        if low >= 0 and most * _FILLED <= high <= most:
            low, high = 0.0, most
            break
    scale = 255 / (high - low) if high > low else 0.0
    return image.convert("F").point(lambda value: value * scale + -low * scale).convert("L")


def _finite(image: Image.Image) -> tuple[Image.Image, tuple[float, float]]:
    """The smallest and largest number of a picture in place of NaN and infinities, and both."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # each takes memory, which is limited here
    import numpy as np
    from PIL import Image

    pixels = np.asarray(image, dtype=np.float32)
    finite = pixels[np.isfinite(pixels)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    return Image.fromarray(np.nan_to_num(pixels, nan=low, posinf=high, neginf=low)), (low, high)


def _encoded(image: Image.Image, name: str, **options: Any) -> tuple[bytes, str]:
    profile = image.info.get("icc_profile") if image.mode in ("L", "RGB", "RGBA") else None
    file = io.BytesIO()
    image.save(file, name, icc_profile=profile, exif=b"", **options)
    return file.getvalue(), f"image/{name.lower()}"
