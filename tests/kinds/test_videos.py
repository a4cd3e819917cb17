from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.errors import LogFormatError
from lavdlike.kinds import videos

RED = np.zeros((4, 15, 17, 3), np.uint8) + np.array([255, 0, 0], np.uint8)


def test_a_logged_video_plays_as_long_and_as_red_as_it_was(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_video(RED, "clip", 1, fps=8)
    path = tmp_path / "run" / "0001" / "clip.mp4"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert stream.average_rate is not None
        assert (float(stream.average_rate), len(frames)) == (8.0, 4)
    assert frames[0].shape == (16, 18, 3)
    assert np.abs(frames[3][:15, :17].astype(int) - RED[3]).max() < 30
    assert videos.from_head(path.read_bytes(), 0, "clip.mp4") == videos.VideoContent("MP4")


def test_without_encoders_it_is_an_animated_picture_which_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setenv("PATH", "")
    changing = RED.copy()
    changing[1::2] = 255 - changing[1::2]
    with caplog.at_level(logging.WARNING, "lavdlike"), Logger("run", tmp_path) as logger:
        logger.log_video(changing, "clip", 1, fps=10)
        logger.log_video(changing.transpose(0, 3, 1, 2) / 255, "clip", 2)
    assert sum("pip install av" in record.message for record in caplog.records) == 1
    with Image.open(tmp_path / "run" / "0001" / "clip.webp") as picture:
        assert (picture.n_frames, picture.size) == (4, (17, 15))  # type: ignore[attr-defined]
        picture.seek(1)
        assert picture.convert("RGB").getpixel((0, 0)) == (0, 255, 255)
        assert picture.info["duration"] == 100


@pytest.fixture
def fake_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program ffmpeg that keeps what it is told, and fails if the file `refuse` is beside it."""
    monkeypatch.setitem(sys.modules, "av", None)
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\nbeside = pathlib.Path(__file__).parent\n"
        "if (beside / 'refuse').exists(): sys.exit('Unknown encoder libx264')\n"
        "(beside / 'arguments').write_text(' '.join(sys.argv[1:-1]))\n"
        "pathlib.Path(sys.argv[-1]).write_bytes(b'0000ftyp' + sys.stdin.buffer.read())\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return program


def test_ffmpeg_is_given_the_frames_and_the_speed(fake_ffmpeg: Path, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_video(RED, "clip", 1, fps=12.5)
    even = np.pad(RED, ((0, 0), (0, 1), (0, 1), (0, 0)), mode="edge")
    assert (tmp_path / "run" / "0001" / "clip.mp4").read_bytes() == b"0000ftyp" + even.tobytes()
    arguments = fake_ffmpeg.with_name("arguments").read_text()
    assert "-f rawvideo -pix_fmt rgb24 -s 18x16 -r 12.5 -i -" in arguments
    assert "-c:v libx264 -pix_fmt yuv420p" in arguments


def test_where_ffmpeg_cannot_it_is_an_animated_picture_and_the_reason_is_said_once(
    fake_ffmpeg: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fake_ffmpeg.with_name("refuse").touch()
    with caplog.at_level(logging.WARNING, "lavdlike"), Logger("run", tmp_path) as logger:
        for step in (1, 2):
            logger.log_video(RED, "clip", step)
    assert [record.message for record in caplog.records] == [
        "no MP4 can be written by ffmpeg: Unknown encoder libx264; videos are .webp (said once)"
    ]
    assert [path.name for path in sorted((tmp_path / "run").glob("000?/*"))] == ["clip.webp"] * 2


def test_where_pyav_cannot_ffmpeg_is_asked(
    fake_ffmpeg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", av)
    monkeypatch.setattr(av, "open", lambda *_a, **_k: (_ for _ in ()).throw(ValueError("no H.264 here")))
    with Logger("run", tmp_path) as logger:
        logger.log_video(RED, "clip", 1)
    assert fake_ffmpeg.with_name("arguments").exists()


def test_a_file_is_copied(tmp_path: Path) -> None:
    source = tmp_path / "a.webm"
    source.write_bytes(b"any")
    with Logger("run", tmp_path / "log") as logger:
        logger.log_video(str(source), "clip", 1)
    assert (tmp_path / "log" / "run" / "0001" / "clip.webm").read_bytes() == b"any"


@pytest.mark.parametrize(
    ("frames", "fps", "error"),
    [
        (np.zeros((2, 8, 8)), 25, "frames must have the shape"),
        (np.zeros((2, 8, 8, 5)), 25, "1 or 3 channels"),
        (np.zeros((2, 8, 8, 3), np.int32), 25, "uint8 or floats"),
        (RED, 0, "fps must be"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path: Path, frames: Any, fps: float, error: str) -> None:
    with Logger("run", tmp_path) as logger, pytest.raises(ValueError, match=error):
        logger.log_video(frames, "clip", 1, fps=fps)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.ogv"])
def test_other_bytes_are_said(name: str) -> None:
    with pytest.raises(LogFormatError, match="it does not begin as such files do"):
        videos.from_head(b"\0" * 100, 100, name)
