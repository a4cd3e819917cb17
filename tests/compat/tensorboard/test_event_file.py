"""TensorBoard's files beside ours, as our own reader of event files finds them."""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path

import numpy as np
import pytest

from lavdlike import protobuf
from lavdlike.compat.tensorboard import SummaryWriter, written_events
from lavdlike.compat.tensorboard.event_file import EventFile
from lavdlike.sources.events.event_files import EventFiles
from tests import scripts


def event_file(folder: Path) -> Path:
    (file,) = folder.glob("events.out.tfevents.*")
    return file


def points(file: Path) -> dict[str, list[tuple[float, float]]]:
    """Step and value of each tag."""
    found: dict[str, list[tuple[float, float]]] = {}
    read = EventFiles().points(file.name, file.name)
    with file.open("rb") as opened:
        for part in read.read_new(opened.fileno()):
            for label, columns in part.items():
                pairs = zip(list(columns.steps), list(columns.values), strict=True)
                found.setdefault(label, []).extend(pairs)
    assert read.problems() == []
    return found


def test_scalars_stand_in_both(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x", filename_suffix=".end", event_files=True) as writer:
        for step in range(3):
            writer.add_scalar("loss", 0.5 * step, step, 1763600000.0 + step)
        writer.add_scalars("m", {"a": 1e300, "b": -1e300}, 2)
    file = event_file(tmp_path / "x")
    assert file.name.endswith(".end")
    found = points(file)
    assert found["loss"] == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert (found["m/a"], found["m/b"]) == ([(2, math.inf)], [(2, -math.inf)])  # 32 bits


def test_a_purged_step_begins_the_file(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x", purge_step=5, event_files=True) as writer:
        writer.add_scalar("loss", 0.5, 5)
    assert points(event_file(tmp_path / "x"))["!rewind"][0][0] == 5


def test_every_kind_that_tensorboard_draws_is_there(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x", event_files=True) as writer:
        writer.add_image("colour", np.zeros((3, 4, 4)), 1)
        writer.add_image("grey", np.zeros((1, 4, 4)), 1)
        writer.add_images("grid", np.zeros((9, 3, 4, 4)), 1)
        writer.add_audio("sound", np.zeros((1, 10)), 1)
        writer.add_histogram("values", [1.0, 2.0], 1)
        writer.add_pr_curve("curve", [0, 1], [0.1, 0.9], 1)
        writer.add_text("text", "*t*", 1)
    data = event_file(tmp_path / "x").read_bytes()
    for tag in (
        b"colour",
        b"grey",
        b"grid",
        b"sound",
        b"values",
        b"curve",
        b"text/text_summary",
        b"pr_curves",
    ):
        assert tag in data
    assert data.count(b"\x89PNG") == 3


def test_what_is_in_our_files_alone_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path / "x", event_files=True) as writer:
        for _ in range(2):
            writer.add_tensor("t", [1])
    assert [record.message for record in caplog.records] == [
        "tensors are in our files alone, not in event files (said once)"
    ]


def test_a_disk_that_refuses_is_said_once_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "x").write_text("a file where the folder should be")
    file = EventFile(tmp_path / "x")
    file.add(written_events.scalar("a", 1.0), 1, None)
    file.add(written_events.scalar("a", 1.0), 2, None)
    file.close()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_half_a_record_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = EventFile(tmp_path)
    file.add(written_events.scalar("a", 1.0), 1, None)
    whole = event_file(tmp_path).read_bytes()
    real_write = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, data: real_write(descriptor, data[:9]))
        file.add(written_events.scalar("a", 2.0), 2, None)
    assert event_file(tmp_path).read_bytes() == whole
    file.add(written_events.scalar("a", 3.0), 3, None)
    file.close()
    assert points(event_file(tmp_path))["a"] == [(1, 1.0), (3, 3.0)]


def test_a_forked_child_has_a_file_of_its_own(tmp_path: Path) -> None:
    scripts.run(
        """
        import os, sys
        from lavdlike.compat.tensorboard import SummaryWriter

        writer = SummaryWriter(sys.argv[1], event_files=True)
        writer.add_scalar("a", 1.0, 1)
        if os.fork() == 0:
            writer.add_scalar("a", 2.0, 2)
            os._exit(0)
        os.wait()
        writer.close()
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert len(list(tmp_path.glob("events.out.tfevents.*"))) == 2


def test_numbers_are_written_as_protocol_buffers_have_them() -> None:
    message = written_events.event(1.5, -1, value=written_events.scalar("a", 0.5))
    fields = {field.number: field.value for field in protobuf.fields(message)}
    assert protobuf.signed(fields[2]) == -1
