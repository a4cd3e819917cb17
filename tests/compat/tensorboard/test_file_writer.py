"""Messages of protocol buffers, as other packages hand them to a file writer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace as Message
from typing import Any

import pytest

from lavdlike.compat.tensorboard import FileWriter, SummaryWriter
from tests.logged import files_of, points_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def value(tag: str, field: str, content: Any, plugin: str = "") -> Message:
    return Message(
        tag=tag,
        WhichOneof=lambda _: field,
        metadata=Message(plugin_data=Message(plugin_name=plugin)),
        **{field: content},
    )


def test_what_a_summary_holds_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    histogram = Message(min=0, max=2, num=3, sum=3, sum_squares=5, bucket_limit=[1, 2], bucket=[1, 2])
    values = [
        value("old", "simple_value", 0.5),
        value("new", "tensor", Message(float_val=[0.25]), "scalars"),
        value("i", "image", Message(encoded_image_string=PNG)),
        value("odd", "image", Message(encoded_image_string=b"?")),
        value("s", "audio", Message(encoded_audio_string=b"RIFF")),
        value("h", "histo", histogram),
        value("t", "tensor", Message(string_val=[b"one", b"two"]), "text"),
        value("m", "tensor", Message(string_val=[b""]), "mesh"),
        value("_hparams_/experiment", "tensor", Message(), "hparams"),
    ]
    with SummaryWriter(tmp_path / "x") as writer:
        writer.file_writer.add_summary(Message(value=values), 3)
        event = Message(summary=Message(value=values[:1]), step=4)
        writer._get_file_writer().add_event(event)
        writer.all_writers[writer.get_logdir()].add_graph(("graph", None))
    assert points_of(tmp_path / "x/scalars.tsv") == [(3, "old", 0.5), (3, "new", 0.25), (4, "old", 0.5)]
    names = ["0003/h.json", "0003/i.png", "0003/s.wav", "0003/t.md", "graph.txt", "scalars.tsv"]
    assert files_of(tmp_path / "x") == names
    assert [record.args for record in caplog.records] == [
        ("messages of 'odd' to the file writer are not kept",),
        ("messages of 'mesh' to the file writer are not kept",),
    ]


def test_one_can_be_made_of_a_folder(tmp_path: Path) -> None:
    writer = FileWriter(str(tmp_path / "x"))
    with writer.use_metadata(global_step=9):
        writer.add_summary(Message(value=[value("a", "simple_value", 1.0)]))
    writer.flush()
    writer.close()
    writer.reopen()
    assert writer.get_logdir() == str(tmp_path / "x")
    assert points_of(tmp_path / "x/scalars.tsv") == [(9, "a", 1.0)]
    with pytest.raises(ValueError, match="log_dir must be a folder"):
        FileWriter()
