"""The methods of `SummaryWriter` for videos, sounds and texts."""

from __future__ import annotations

import io
import wave
from typing import Any

from lavdlike.compat.tensorboard import pixels, written_events
from lavdlike.compat.tensorboard.adding import Family
from lavdlike.kinds import numbers


class MediaCalls(Family):
    """What is played and read."""

    def add_video(
        self,
        tag: str,
        vid_tensor: Any,
        global_step: Any = None,
        fps: float | None = 4,
        walltime: float | None = None,
        dataformats: str = "NTCHW",
    ) -> None:
        """Log a video; of a batch of several, they stand beside each other in it."""
        frames = pixels.frames(vid_tensor, dataformats)
        target = self._target(tag, global_step, walltime, "video")
        self.logger.log_video(frames, *target.item, fps=4 if fps is None else fps)
        self._not_in_event_files("videos")

    def add_audio(
        self,
        tag: str,
        snd_tensor: Any,
        global_step: Any = None,
        sample_rate: int | None = 44100,
        walltime: float | None = None,
    ) -> None:
        """Log a sound: n samples, 1 x n, or n x 2 for stereo; what is beyond -1 to 1 is cut off there."""
        sound = numbers.to_array(snd_tensor, argument="snd_tensor").squeeze()
        if sound.dtype.kind in "biu":
            sound = sound.astype("float32")  # as the original: whole numbers are -1, 0 and 1, too
        if sound.ndim == 0:
            sound = sound.reshape(1)
        rate = 44100 if sample_rate is None else sample_rate
        target = self._target(tag, global_step, walltime, "audio")
        self.logger.log_audio(sound, *target.item, sample_rate=rate)
        if self._event_file is not None:
            self._event_file.add(_sound(target.tag, sound, rate), target.number, target.wall_time)

    def add_text(
        self, tag: str, text_string: Any, global_step: Any = None, walltime: float | None = None
    ) -> None:
        """Log a text, which is Markdown; a list of texts as one, with paragraphs."""
        if isinstance(text_string, (list, tuple)):
            text_string = "\n\n".join(map(str, text_string))
        self._log_markdown(str(text_string), self._target(tag, global_step, walltime, "text"))


def _sound(tag: str, sound: Any, sample_rate: int) -> bytes:
    import numpy as np

    samples = (np.nan_to_num(sound.astype(np.float64), nan=0.0).clip(-1, 1) * 32767).astype("<i2")
    samples = samples[:, None] if samples.ndim == 1 else samples
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((samples.shape[1], 2, int(sample_rate), 0, "NONE", ""))
        out.writeframes(samples.tobytes())
    return written_events.audio(tag, file.getvalue(), int(sample_rate), samples.shape[1], len(samples))
