"""Videos: MP4 as the Logger writes it, and what other programs write (docs/format.md, "Videos").

The browser plays the files themselves, asking for the parts that it needs; here only their beginning is looked at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike.errors import LogFormatError
from lavdlike.kinds import outside
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.numbers import to_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Frames = NDArray[np.uint8]

SUFFIX = ".mp4"
# (offset, bytes there) of each format.
_BEGINNINGS = {
    **dict.fromkeys((".mp4", ".m4v", ".mov"), (4, b"ftyp")),
    ".webm": (0, b"\x1aE\xdf\xa3"),
    ".ogv": (0, b"OggS"),
}
_CHANNELS = (1, 3)
_PIXELS = "rgb24"


class NoEncoderError(Exception):
    """No MP4 can be written; the text says by or without what."""


class VideoContent(msgspec.Struct):
    """What the beginning of the file says. `source`: of a JSON file, the address of the video (`outside`)."""

    format: str
    source: str = ""


def is_suffix(suffix: str) -> bool:
    return suffix.lower() in _BEGINNINGS


def to_frames(frames: Any) -> Frames:
    """Frames x height x width x 3 of uint8.

    Args:
        frames: frames x height x width x 1 or 3, or frames x 1 or 3 x height x width (where both fit, tensors are
            channels first and arrays channels last), of uint8 or floats in [0, 1]; others are cut off there.

    Raises:
        ValueError: another shape or type.
    """
    import numpy as np

    is_tensor = hasattr(frames, "detach")
    array = to_array(frames, argument="frames")
    if array.ndim != 4 or 0 in array.shape:
        raise ValueError(f"frames must have the shape L x H x W x C or L x C x H x W, not {array.shape}")
    fits_first, fits_last = array.shape[1] in _CHANNELS, array.shape[3] in _CHANNELS
    if fits_first and (is_tensor or not fits_last):
        array = array.transpose(0, 2, 3, 1)
    elif not fits_last:
        raise ValueError(f"frames must have 1 or 3 channels, but their shape is {array.shape}")
    if array.dtype.kind == "f":
        array = (np.clip(np.nan_to_num(array.astype(np.float32), nan=0.0), 0, 1) * 255 + 0.5).astype(np.uint8)
    if array.dtype != np.uint8:
        raise ValueError(f"frames must be of uint8 or floats in [0, 1], not {array.dtype}")
    return np.ascontiguousarray(np.broadcast_to(array, (*array.shape[:3], 3)))


def save(frames: Frames, file: Path, fps: float) -> None:
    """Write an MP4 (H.264, 4:2:0), by PyAV or else by ffmpeg. A last row or column of an odd number is written twice.

    Raises:
        NoEncoderError: neither is there, or what is there says why it cannot.
        OSError: the file cannot be written.
    """
    import numpy as np

    even = np.pad(frames, ((0, 0), (0, frames.shape[1] % 2), (0, frames.shape[2] % 2), (0, 0)), mode="edge")
    ffmpeg = shutil.which("ffmpeg")
    try:
        _save_by_av(even, file, fps)
    except NoEncoderError:
        if ffmpeg is None:
            raise
        _save_by_ffmpeg(ffmpeg, even, file, fps)


def from_head(head: bytes, size_bytes: int, path: str) -> VideoContent:  # noqa: ARG001 - the signature of Kind.read_head
    """What the first bytes of a video file say.

    Raises:
        LogFormatError: not of the format that its name promises.
    """
    suffix = os.path.splitext(path)[1].lower()
    offset, expected = _BEGINNINGS[suffix]
    if head[offset : offset + len(expected)] != expected:
        raise LogFormatError(path, f"not {suffix[1:].upper()}: it does not begin as such files do")
    return VideoContent(suffix[1:].upper())


def from_json(value: object, path: str) -> VideoContent:
    """What a JSON file holds at the key `videos`: where a video outside of the tree is.

    Raises:
        LogFormatError: no such address, or not of a video.
    """
    source = value.get("source") if isinstance(value, dict) else None
    if not isinstance(source, str):
        raise LogFormatError(
            path, "no video: it needs 'source', an address such as media://clips/a.mp4", "videos.source"
        )
    try:
        place = outside.place_of(source)
    except ValueError as error:
        raise LogFormatError(path, str(error), "videos.source") from None
    suffix = os.path.splitext(place.path)[1].lower()
    if suffix not in _BEGINNINGS:
        raise LogFormatError(path, f"not a video: its suffix is {suffix!r}", "videos.source")
    return VideoContent(suffix[1:].upper(), source)


def to_json(source: str) -> dict[str, Any]:
    """What stands in the JSON file of a video outside of the tree."""
    return {"videos": {"source": source}}


KIND = Kind(
    "videos",
    frozenset(_BEGINNINGS),
    json_key="videos",
    content=VideoContent,
    read_head=from_head,
    read_json=from_json,
    media_types={
        **dict.fromkeys((".mp4", ".m4v"), "video/mp4"),
        ".mov": "video/quicktime",
        ".webm": "video/webm",
        ".ogv": "video/ogg",
    },
)


def _save_by_av(frames: Frames, file: Path, fps: float) -> None:
    from fractions import Fraction

    try:
        import av
    except ImportError:
        raise NoEncoderError("without PyAV (pip install av) or ffmpeg") from None
    try:
        with av.open(str(file), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
            stream.height, stream.width = frames.shape[1:3]
            stream.pix_fmt = "yuv420p"
            for frame in frames:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=_PIXELS)))
            container.mux(stream.encode())
    except OSError:
        raise
    except (av.FFmpegError, ValueError) as error:  # a build without H.264, frames beyond its limits
        raise NoEncoderError(f"by PyAV: {error}") from None


def _save_by_ffmpeg(ffmpeg: str, frames: Frames, file: Path, fps: float) -> None:
    height, width = frames.shape[1:3]
    source = ["-f", "rawvideo", "-pix_fmt", _PIXELS, "-s", f"{width}x{height}", "-r", f"{fps:g}", "-i", "-"]
    target = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4", str(file)]
    command = [ffmpeg, "-loglevel", "error", "-y", *source, *target]
    done = subprocess.run(command, input=frames.tobytes(), capture_output=True, check=False)
    if done.returncode != 0:
        raise NoEncoderError(f"by ffmpeg: {done.stderr.decode(errors='replace').strip()[-300:]}")
