"""The methods of `Logger` for sounds and videos."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from lavdlike.errors import LogFormatError
from lavdlike.kinds import audio, outside, videos
from lavdlike.writing import pictures
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import finite

_log = logging.getLogger("lavdlike")


class MediaCalls(Family):
    """What is played."""

    _said_webp = False

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
                path of an MP4, WebM, MOV or Ogg. Or the address of one outside of the log, as "media://clips/a.mp4":
                only that is written, to `<name>.json`, and the page is started with `--media clips=FOLDER`.
            fps: frames a second; a file has its own.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_video(np.zeros((3, 16, 16, 3)), "dark", step=1, fps=2)
        """
        writer = self._active
        if writer is None:
            return
        if outside.is_outside(frames):
            try:
                videos.from_json({"source": frames}, name)
            except LogFormatError as error:
                raise ValueError(f"frames: {error.reason}") from None
            writer.merge(self._checked_path(name, step, ".json"), videos.to_json(frames))
            return
        if isinstance(frames, (str, os.PathLike)):
            self._copy(writer, Path(frames), name, step, videos.is_suffix, "a video file")
            return
        rate = finite(fps, "fps")
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
