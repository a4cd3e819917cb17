"""Videos, sounds and texts: what is in the files afterwards."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from lavdlike.compat.tensorboard import SummaryWriter, pixels
from tests.logged import files_of


def test_sounds_are_cut_off_at_1(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_audio("mono", np.array([[0.5, 2.0, -3.0]]), 1, 8000)
        writer.add_audio("stereo", np.zeros((9, 2)), 1)
        writer.add_audio("whole", np.array([0, 1, -1]), 1)
        writer.add_audio("one", np.array([0.5]), 1, None)
    with wave.open(str(tmp_path / "x/0001/mono.wav")) as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (8000, 1)
        assert np.frombuffer(sound.readframes(3), "<i2").tolist() == [16384, 32767, -32767]
    with wave.open(str(tmp_path / "x/0001/whole.wav")) as sound:
        assert np.frombuffer(sound.readframes(3), "<i2").tolist() == [0, 32767, -32767]
    with wave.open(str(tmp_path / "x/0001/stereo.wav")) as sound:
        assert sound.getnchannels() == 2


def test_texts_are_markdown(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_text("a", "*one*", 1)
        writer.add_text("b", ["one", "two"], 1)
    assert (tmp_path / "x/0001/a.md").read_text() == "*one*\n"
    assert (tmp_path / "x/0001/b.md").read_text() == "one\n\ntwo\n"


def test_videos_of_a_batch_stand_beside_each_other(tmp_path: Path) -> None:
    videos = np.zeros((3, 2, 1, 4, 6), dtype=np.uint8)
    videos[1, 1] = 9
    frames = pixels.frames(videos)
    assert frames.shape == (2, 8, 12, 1)
    assert frames[1, :4, 6:].min() == 9
    assert frames.sum() == 9 * 24
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_video("v", videos, 1)
        writer.add_video("w", videos.transpose(0, 1, 3, 4, 2), 1, fps=None, dataformats="NTHWC")
        with pytest.raises(ValueError, match="dataformats must be the letters N, T, H, W, C"):
            writer.add_video("u", videos, 1, dataformats="TCHW")
    assert [name.rpartition(".")[0] for name in files_of(tmp_path / "x")] == ["0001/v", "0001/w"]
