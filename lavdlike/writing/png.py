"""PNG of 8-bit and 16-bit pixels, in half of Pillow's time and the same size (benchmarks/RESULTS.md, pictures).

Pillow tries five filters on each row before it compresses. One filter for all rows, the difference to the row above,
and zlib's quickest level come out as small on photographs and plots; and both steps let other threads run.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # by channels: grey, grey and alpha, RGB, RGBA
_FILTER_UP = 2
_LEVEL = 1


def encode(pixels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]) -> bytes:
    """A whole PNG file.

    Args:
        pixels: height x width, or height x width x 1, 2, 3 or 4 channels, of `uint8` or `uint16`.
    """
    import numpy as np

    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    size = pixels.itemsize
    big_endian = pixels if size == 1 else pixels.astype(">u2")
    rows = big_endian.reshape(height, width * channels).view(np.uint8)
    filtered = np.empty((height, 1 + width * channels * size), dtype=np.uint8)
    filtered[:, 0] = _FILTER_UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])  # modulo 256
    header = struct.pack(">IIBBBBB", width, height, 8 * size, _COLOUR_TYPES[channels], 0, 0, 0)
    data = zlib.compress(filtered.data, _LEVEL)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(name))
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)
