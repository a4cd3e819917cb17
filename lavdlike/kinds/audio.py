"""Audio: WAV as the Logger writes it, and what other programs write (docs/format.md, "Audio").

The browser plays the files themselves; here only their beginning is looked at.
"""

from __future__ import annotations

import io
import os
import struct
import wave
from typing import Any

import msgspec

from lavdlike import layout
from lavdlike.errors import LogFormatError
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.numbers import to_array

SUFFIX = ".wav"
# What the first bytes of each are; of the MP3s without a tag it is a frame's mark.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".wav": (b"RIFF", b"RF64"),
    ".flac": (b"fLaC", b"ID3"),
    **dict.fromkeys((".ogg", ".oga", ".opus"), (b"OggS",)),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2"),
}
_MAX_SAMPLE_RATE = 768_000


class AudioContent(msgspec.Struct):
    """What the beginning of the file says; None where it does not say. `seconds`: how long it plays."""

    format: str
    sample_rate: int | None = None
    channels: int | None = None
    seconds: float | None = None


def is_suffix(suffix: str) -> bool:
    return suffix.lower() in _BEGINNINGS


def encode(samples: Any, sample_rate: int) -> bytes:
    """The bytes of a WAV file of 16 bits.

    Args:
        samples: n numbers, n x 2 or 2 x n for stereo; floats in [-1, 1] (others are cut off there, NaN is silence),
            int16, int32, or uint8, where 128 is silence.
        sample_rate: samples a second.

    Raises:
        ValueError: another shape or type, or no such sample rate.
    """
    import numpy as np

    rate = layout.check_step(sample_rate, argument="sample_rate")
    if rate is None or not 0 < rate <= _MAX_SAMPLE_RATE:
        raise ValueError(
            f"sample_rate must be a whole number from 1 to {_MAX_SAMPLE_RATE}, not {sample_rate!r}"
        )
    array = to_array(samples, argument="samples")
    if array.ndim == 2 and array.shape[1] not in (1, 2) and array.shape[0] in (1, 2):
        array = array.T
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[1] not in (1, 2):
        raise ValueError(f"samples must have the shape n, n x 2 or 2 x n, not {array.shape}")
    if array.dtype.kind == "f":
        array = np.rint(np.clip(np.nan_to_num(array.astype(np.float64), nan=0.0), -1, 1) * 32767)
    elif array.dtype == np.int32:
        array = array >> 16
    elif array.dtype == np.uint8:
        array = (array.astype(np.int16) - 128) * 256
    elif array.dtype != np.int16:
        raise ValueError(f"samples must be floats, int16, int32 or uint8, not {array.dtype}")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((array.shape[1], 2, rate, 0, "NONE", ""))
        out.writeframes(np.ascontiguousarray(array, "<i2").tobytes())
    return file.getvalue()


def from_head(head: bytes, size_bytes: int, path: str) -> AudioContent:
    """What the first bytes of an audio file say.

    Raises:
        LogFormatError: not of the format that its name promises.
    """
    suffix = os.path.splitext(path)[1].lower()
    name = suffix[1:].upper()
    if not head.startswith(_BEGINNINGS[suffix]):
        raise LogFormatError(path, f"not {name}: it does not begin as such files do")
    return _wav(head, size_bytes, path) if suffix == SUFFIX else AudioContent(name)


KIND = Kind(
    "audio",
    frozenset(_BEGINNINGS),
    content=AudioContent,
    read_head=from_head,
    media_types={
        ".wav": "audio/wav",
        ".mp3": "audio/mpeg",
        ".flac": "audio/flac",
        **dict.fromkeys((".ogg", ".oga", ".opus"), "audio/ogg"),
    },
)


def _wav(head: bytes, size_bytes: int, path: str) -> AudioContent:
    if head[8:12] != b"WAVE":
        raise LogFormatError(path, "not WAV: it does not begin as such files do")
    at = 12
    channels = sample_rate = bytes_per_second = None
    while at + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, at)
        if name == b"fmt " and at + 24 <= len(head):
            _, channels, sample_rate, bytes_per_second = struct.unpack_from("<HHII", head, at + 8)
        if name == b"data":
            if not bytes_per_second:
                raise LogFormatError(path, "not WAV: it does not say how its samples are stored")
            # A length that is not known yet is written as 0 or as the largest number.
            there = size_bytes - at - 8
            length = min(length, there) if length else there
            return AudioContent("WAV", sample_rate, channels, length / bytes_per_second)
        at += 8 + length + length % 2
    return AudioContent("WAV", sample_rate, channels)
