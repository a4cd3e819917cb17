"""`FileWriter`: takes messages of TensorBoard's protocol buffers, as other packages make them.

Nothing of TensorBoard is imported: a message is asked for its fields.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lavdlike.writing import given_graphs

if TYPE_CHECKING:
    from lavdlike.compat.tensorboard.summary_writer import SummaryWriter


class FileWriter:
    """What `SummaryWriter.file_writer` is, and what can be made of a folder of its own.

    Args:
        log_dir: the experiment, as for `SummaryWriter`.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        filename_suffix: str = "",
        logdir: str | os.PathLike[str] | None = None,
        **kwargs: Any,
    ) -> None:
        from lavdlike.compat.tensorboard.summary_writer import SummaryWriter

        folder = log_dir or logdir
        if not folder:
            raise ValueError("log_dir must be a folder")
        self._writer = SummaryWriter(folder, "", None, max_queue, flush_secs, filename_suffix, **kwargs)

    @classmethod
    def of(cls, writer: SummaryWriter) -> FileWriter:
        """That of a writer."""
        made = object.__new__(cls)
        made._writer = writer
        return made

    def get_logdir(self) -> str:
        return self._writer.get_logdir()

    def add_event(self, event: Any, step: Any = None, walltime: float | None = None) -> None:
        """Log what the summary of an event holds."""
        self.add_summary(event.summary, event.step if step is None else step, walltime)

    def add_summary(self, summary: Any, global_step: Any = None, walltime: float | None = None) -> None:
        """Log numbers, pictures, sounds, histograms and texts of a summary; what else it holds is said once."""
        for value in summary.value:
            found = value.WhichOneof("value")
            log = _FIELDS.get(found or "", _tensor)
            log(self._writer, value, global_step, walltime)

    def add_graph(self, graph_profile: Any, walltime: float | None = None) -> None:
        """Log a `GraphDef`; of anything else keep the text.

        Args:
            graph_profile: the graph, and what is known of a run of it, which is not kept.
        """
        del walltime
        graph = graph_profile[0]
        if hasattr(graph, "DESCRIPTOR"):
            is_definition = graph.DESCRIPTOR.name == "GraphDef"
            definition = graph.SerializeToString() if is_definition else b""
            self._writer._put_graph(given_graphs.graph_of(graph), definition)
        else:
            self._writer.logger.log_text(str(graph), "graph")

    def add_onnx_graph(self, graph: Any, walltime: float | None = None) -> None:
        """As `add_graph`, of the graph alone."""
        self.add_graph((graph,), walltime)

    def add_openvino_graph(self, graph: Any, walltime: float | None = None) -> None:
        """As `add_graph`, of the graph alone."""
        self.add_graph((graph,), walltime)

    @contextlib.contextmanager
    def use_metadata(self, *, global_step: Any = None, walltime: float | None = None) -> Iterator[FileWriter]:
        """Within it, step and time of calls that say none."""
        with self._writer.use_metadata(global_step=global_step, walltime=walltime):
            yield self

    def flush(self) -> None:
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()

    def reopen(self) -> None:
        """Nothing is to be done: what is closed still takes calls."""


def _number(writer: SummaryWriter, value: Any, step: Any, walltime: float | None) -> None:
    writer.add_scalar(value.tag, value.simple_value, step, walltime)


def _image(writer: SummaryWriter, value: Any, step: Any, walltime: float | None) -> None:
    _file(writer, value.tag, value.image.encoded_image_string, step, walltime)


def _audio(writer: SummaryWriter, value: Any, step: Any, walltime: float | None) -> None:
    _file(writer, value.tag, value.audio.encoded_audio_string, step, walltime)


def _histogram(writer: SummaryWriter, value: Any, step: Any, walltime: float | None) -> None:
    content = value.histo
    sums = content.min, content.max, content.num, content.sum, content.sum_squares
    writer.add_histogram_raw(
        value.tag, *sums, list(content.bucket_limit), list(content.bucket), step, walltime
    )


def _tensor(writer: SummaryWriter, value: Any, step: Any, walltime: float | None) -> None:
    """Numbers and texts; settings of hparams come by `add_hparams`."""
    tensor = getattr(value, "tensor", None)
    plugin = value.metadata.plugin_data.plugin_name
    for field in ("float_val", "double_val", "int64_val"):
        values = list(getattr(tensor, field, ()))
        if plugin == "scalars" and len(values) == 1:
            writer.add_scalar(value.tag, values[0], step, walltime)
            return
    texts = list(getattr(tensor, "string_val", ()))
    if plugin == "text" and texts:
        writer.add_text(
            value.tag, "\n\n".join(text.decode(errors="replace") for text in texts), step, walltime
        )
    elif plugin != "hparams":
        _say(writer, plugin or value.tag)


def _file(writer: SummaryWriter, tag: str, content: bytes, step: Any, walltime: float | None) -> None:
    suffix = next((suffix for begin, suffix in _BEGINNINGS.items() if content.startswith(begin)), "")
    if not suffix:
        _say(writer, tag)
        return
    target = writer._target(tag, step, walltime, "file")
    writer.logger.log_file(content, *target.item, extension=suffix)


def _say(writer: SummaryWriter, what: str) -> None:
    writer._say_once(f"message {what}", f"messages of {what!r} to the file writer are not kept")


# By the field that a value is in.
_FIELDS = {"simple_value": _number, "image": _image, "audio": _audio, "histo": _histogram}
# What files of each format begin with.
_BEGINNINGS = {b"\x89PNG": ".png", b"GIF8": ".gif", b"\xff\xd8\xff": ".jpg", b"RIFF": ".wav"}
