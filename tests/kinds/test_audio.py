from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.errors import LogFormatError
from lavdlike.kinds import audio
from lavdlike.kinds.audio import AudioContent, from_head


def samples_of(path: Path) -> tuple[int, list[list[int]]]:
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return file.getframerate(), data.reshape(-1, file.getnchannels()).tolist()


@pytest.mark.parametrize(
    ("samples", "written"),
    [
        ([0.0, 1.0, -2.0, float("nan")], [[0], [32767], [-32767], [0]]),
        (np.array([[1, 2], [3, 4], [5, 6]], np.int16), [[1, 2], [3, 4], [5, 6]]),
        (np.array([[1, 2, 3], [4, 5, 6]], np.int16), [[1, 4], [2, 5], [3, 6]]),
        (np.array([1 << 16, -(1 << 16)], np.int32), [[1], [-1]]),
        (np.array([128, 129, 0], np.uint8), [[0], [256], [-32768]]),
    ],
)
def test_logged_samples_read_back(tmp_path: Path, samples: Any, written: list[list[int]]) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_audio(samples, "tone", 1, sample_rate=8000)
    path = tmp_path / "run" / "0001" / "tone.wav"
    assert samples_of(path) == (8000, written)
    data = path.read_bytes()
    assert from_head(data, len(data), "tone.wav") == AudioContent(
        "WAV", 8000, len(written[0]), len(written) / 8000
    )


def test_a_file_is_copied(tmp_path: Path) -> None:
    source = tmp_path / "a.MP3"
    source.write_bytes(b"ID3 and more")
    with Logger("run", tmp_path / "log") as logger:
        logger.log_audio(source, "song", 1)
        with pytest.raises(ValueError, match="not an audio file"):
            logger.log_audio(tmp_path / "a.txt", "song", 1)
    assert (tmp_path / "log" / "run" / "0001" / "song.mp3").read_bytes() == b"ID3 and more"


@pytest.mark.parametrize(
    ("samples", "rate", "error"),
    [
        (np.zeros((3, 3)), 8000, "samples must have the shape"),
        (["a"], 8000, "samples must be floats"),
        ([0.0], 0, "sample_rate must be"),
        ([0.0], True, "sample_rate must be"),
    ],
)
def test_what_is_no_sound_is_refused(samples: Any, rate: int, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        audio.encode(samples, rate)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.ogg", "a.flac"])
def test_other_bytes_are_said(name: str) -> None:
    with pytest.raises(LogFormatError, match="it does not begin as such files do"):
        from_head(b"RIFF0000nothing" if name == "a.wav" else b"nothing", 9, name)


def test_a_wav_without_its_format_is_said_and_a_cut_one_read() -> None:
    data = audio.encode([0.0] * 100, 100)
    assert from_head(data[:20], 20, "a.wav") == AudioContent("WAV")
    assert from_head(data, 44 + 100, "a.wav").seconds == 0.5
    with pytest.raises(LogFormatError, match="how its samples are stored"):
        from_head(data[:12] + data[36:], 100, "a.wav")
