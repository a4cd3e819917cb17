"""Visdom's calls for sounds and videos."""

from __future__ import annotations

import base64
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavdlike.compat.visdom.given_files import read_file
from lavdlike.compat.visdom.given_options import Options, array_of, check, options_of
from lavdlike.compat.visdom.sending import Opts, Sending
from lavdlike.kinds import audio, videos

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_SOUNDS = {".wav": "wav", ".mp3": "mp3", ".ogg": "ogg", ".flac": "flac"}
_VIDEOS = {".mp4": "mp4", ".ogv": "ogg", ".webm": "webm", ".avi": "avi"}


class PlayingCalls(Sending):
    """What is played."""

    def audio(
        self,
        tensor: Any = None,
        audiofile: str | None = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Play a sound: n samples or n x 2, at `sample_frequency`, as loud as they can be; or a file."""
        import numpy as np

        options = options_of(opts, sample_frequency=44100)
        check(tensor is not None or audiofile is not None, "give tensor or audiofile")
        if tensor is not None:
            samples = array_of(tensor, "tensor")
            check(
                samples.ndim == 1 or (samples.ndim == 2 and samples.shape[1] == 2),
                "tensor must be n or n x 2",
            )
            loudest = float(np.abs(samples).max(initial=0)) or 1.0
            sound = audio.encode(
                (samples / loudest * 32767).astype(np.int16), int(options["sample_frequency"])
            )
            return self._send_media("audio", "wav", sound, {**options, "height": 80, "width": 330}, win, env)
        type_ = _SOUNDS.get(Path(str(audiofile)).suffix.lower())
        check(type_ is not None, f"audiofile must end with one of {', '.join(_SOUNDS)}, not {audiofile!r}")
        return self._send_media(
            "audio", str(type_), read_file(str(audiofile)), {**options, "height": 80, "width": 330}, win, env
        )

    def video(
        self,
        tensor: Any = None,
        dim: str = "LxHxWxC",
        videofile: str | None = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Play a video: frames of 1 or 3 channels (blue, green, red), of floats in [0, 1] or uint8; or a file."""
        options = options_of(opts, fps=25, loop=False, autoplay=False)
        check(tensor is not None or videofile is not None, "give tensor or videofile")
        if tensor is None:
            type_ = _VIDEOS.get(Path(str(videofile)).suffix.lower())
            check(
                type_ is not None, f"videofile must end with one of {', '.join(_VIDEOS)}, not {videofile!r}"
            )
            return self._send_media("video", str(type_), read_file(str(videofile)), options, win, env)
        frames = array_of(tensor, "tensor")
        check(frames.ndim == 4, "tensor must have four dimensions")
        check(dim in ("LxHxWxC", "LxCxHxW"), f"dim must be LxHxWxC or LxCxHxW, not {dim!r}")
        frames = frames.transpose(0, 2, 3, 1) if dim == "LxCxHxW" else frames
        check(frames.shape[3] in (1, 3), f"tensor must have 1 or 3 channels, not {frames.shape[3]}")
        frames = videos.to_frames(frames if frames.dtype.kind in "fu" else frames.astype("uint8"))[..., ::-1]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "video.mp4"
            try:
                videos.save(frames, file, float(options["fps"]))
                return self._send_media("video", "mp4", file.read_bytes(), options, win, env)
            except videos.NoEncoderError:
                content = {
                    "src": _animation(frames, float(options["fps"])),
                    "caption": options.get("caption"),
                }
                return self._send_content("image", content, options, win, env)

    def _send_media(
        self, element: str, type_: str, content: bytes, options: Options, win: str | None, env: str | None
    ) -> Any:
        """As the original does: an element of HTML with the file in it."""
        flags = "".join(f" {flag}" for flag in ("autoplay", "loop") if options.get(flag))
        address = f"data:{element}/{type_};base64,{base64.b64encode(content).decode()}"
        source = f'<source type="{element}/{type_}" src="{address}">'
        return self._send_content(
            "text", f"<{element} controls{flags}>{source}</{element}>", options, win, env
        )


def _animation(frames: Array, fps: float) -> str:
    """A video as a picture that moves, where nothing can write a video."""
    from PIL import Image

    first, *others = [Image.fromarray(frame) for frame in frames.copy()]
    file = io.BytesIO()
    first.save(file, "WEBP", save_all=True, append_images=others, duration=max(1, round(1000 / fps)), loop=0)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
