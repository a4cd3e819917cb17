"""Sounds and videos: each method writes the files it names, and the reader of its kind takes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.kinds import videos
from tests.logged import check_written, files_of

CALLS: dict[str, tuple[Callable[[Logger], Any], list[str]]] = {
    "audio": (lambda logger: logger.log_audio(np.zeros(10), "x", 1, 8000), ["0001/x.wav"]),
    "videos": (lambda logger: logger.log_video(np.zeros((2, 16, 16, 3)), "x", 1), ["0001/x.mp4"]),
}


@pytest.mark.parametrize("what", CALLS)
def test_the_file_is_there_and_read(what: str, tmp_path: Path) -> None:
    check_written(what.split(" ", maxsplit=1)[0], *CALLS[what], tmp_path)


@pytest.mark.parametrize(
    ("log", "suffix"),
    [
        (Logger.log_audio, ".flac"),
        (Logger.log_video, ".webm"),
    ],
)
def test_a_file_is_copied_under_its_suffix_and_another_is_refused(
    log: Callable[..., None], suffix: str, tmp_path: Path
) -> None:
    source, other = tmp_path / f"given{suffix.upper()}", tmp_path / "given.txt"
    source.write_bytes(b"content")
    other.write_bytes(b"content")
    with Logger("run", tmp_path) as logger:
        log(logger, source, "x", 1)
        log(logger, str(source), "y")
        with pytest.raises(ValueError, match=r"given.txt is not an? \w+ file: its suffix is '.txt'"):
            log(logger, other, "z")
    assert files_of(tmp_path / "run") == [f"0001/x{suffix}", f"y{suffix}"]
    assert (tmp_path / "run" / f"y{suffix}").read_bytes() == b"content"


def test_a_video_outside_of_the_log_is_its_address(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_video("media://clips/a.mp4", "drive", 1)
        for source in ("media://clips/a.txt", "media://clips/../a.mp4"):
            with pytest.raises(ValueError, match="frames: "):
                logger.log_video(source, "drive", 2)
    document = json.loads((tmp_path / "run" / "0001" / "drive.json").read_text())
    assert document == {"videos": {"source": "media://clips/a.mp4"}}
    assert videos.from_json(document["videos"], "a") == videos.VideoContent("MP4", "media://clips/a.mp4")
