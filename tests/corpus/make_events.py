"""Makes `tests/corpus/events`: event files by the original writers, and what TensorBoard's own reader says of them.

    python -m tests.corpus.make_events [--tensorflow]

Needs none of lavdlike, but an environment of its own, with tensorboard==2.21.0, tensorboardX==2.6.5, torch==2.13.0
(of the CPU) and numpy==2.4.6; the runs by TensorFlow one with tensorflow==2.21.0 and tensorboard==2.21.0, first.
`expected.json` has for each run:

`scalars`: by tag, lists of [wall time, step, value] that `EventAccumulator` gives, of both styles, numbers as
`float.hex` where JSON would not keep them; `config`, `session`, `layout`: what its plugins read. Wall times and file
names are set, so that a run again changes nothing but for what the writers do.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.corpus import frame

CORPUS = Path(__file__).parent / "events"
BEGIN = 1_700_000_000.0


def main() -> None:
    is_tensorflow = "--tensorflow" in sys.argv
    for name, make in (TENSORFLOW_RUNS if is_tensorflow else RUNS).items():
        folder = frame.emptied(CORPUS / name)
        make(folder)
        rename(folder)
    if not is_tensorflow:
        names = sorted({str(path.parent.relative_to(CORPUS)) for path in CORPUS.rglob("*tfevents*")})
        read = {name: read_as_tensorboard(CORPUS / name) for name in names}
        frame.expect(CORPUS, frame.expected_of(CORPUS) | read)


def rename(folder: Path) -> None:
    """Names without this machine's."""
    names = sorted(path for path in folder.rglob("*tfevents*") if path.is_file())
    for number, path in enumerate(names):
        path.rename(path.with_name(f"events.out.tfevents.{int(BEGIN) + number}.host.{number}"))


@contextmanager
def ticking(module: Any = time) -> Iterator[None]:
    """Wall times that are the same in every run."""
    moment, real = BEGIN, time.time

    def tick() -> float:
        nonlocal moment
        moment += 0.125
        return moment

    module.time = tick
    try:
        yield
    finally:
        module.time = real


# --- by torch and tensorboardX -------------------------------------------------------------------------------------


def torch_old(folder: Path) -> None:
    import numpy as np
    from torch.utils.tensorboard import SummaryWriter

    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in range(200):
            writer.add_scalar("train/loss", 1 / (step + 1), step)
            writer.add_scalar("val/größe", [float("nan"), float("inf"), -1e-42, 3.0][step % 4], 3 * step)
        writer.add_scalar("large step", 1.5, 2**53 - 1)
        writer.add_scalar("long", 2.5, 2**40)
        writer.add_histogram("weights", np.array([1.0, 2.0, 3.0]), 1)
        writer.add_text("note", "some text", 1)


def torch_new(folder: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in range(100):
            writer.add_scalar("float", 1 / (step + 3), step, new_style=True)
            writer.add_scalar("double", 1 / (step + 3), step, new_style=True, double_precision=True)


def torch_purge(folder: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with ticking():
        with SummaryWriter(str(folder), filename_suffix=".a") as writer:
            for step in range(50):
                writer.add_scalar("loss", float(step), step)
                writer.add_scalar("other", float(-step), step)
        with SummaryWriter(str(folder), purge_step=30, filename_suffix=".b") as writer:
            for step in range(30, 60):
                writer.add_scalar("loss", 100.0 + step, step)
        with SummaryWriter(str(folder), filename_suffix=".c") as writer:  # does not purge
            for step in range(55, 70):
                writer.add_scalar("loss", 200.0 + step, step)


def torch_hparams(folder: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    hparams = {"lr": 0.1, "layers": 3, "optimizer": "adam", "nesterov": True, "größe": "µ"}
    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in range(5):
            writer.add_scalar("loss", 1 / (step + 1), step)
        writer.add_hparams(hparams, {"hparam/accuracy": 0.75}, run_name="session")


def torch_add_scalars(folder: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter

    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in range(10):
            writer.add_scalars("loss", {"a": 1.0 / (step + 1), "b": 2.0 * step}, step)
        writer.add_custom_scalars(
            {
                "Losses": {"both": ["Multiline", ["loss/a", "loss/b"]], "one": ["Multiline", [r"loss/.*"]]},
                "Bands": {"band": ["Margin", ["mean", "low", "high"]]},
            }
        )


def tensorboardx(folder: Path) -> None:
    from tensorboardX import SummaryWriter

    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in range(100):
            writer.add_scalar("loss", 1 / (step + 1), step, walltime=BEGIN + step / 3)
            writer.add_scalar(
                "summary/described",
                float(step),
                step,
                display_name="A name",
                summary_description="What it is",
            )


# --- by tensorboard's own protocol buffers: what no writer of today writes --------------------------------------------


def tensors(folder: Path) -> None:
    """Each type of a tensor, as its content and as its elements."""
    import numpy as np
    from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, types_pb2
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.plugins.scalar import metadata

    packed: dict[str, tuple[int, bytes, dict[str, Any]]] = {
        "half": (
            types_pb2.DT_HALF,
            np.float16(0.1).tobytes(),
            {"half_val": [int(np.float16(0.1).view(np.uint16))]},
        ),
        "float": (types_pb2.DT_FLOAT, np.float32(0.1).tobytes(), {"float_val": [0.1]}),
        "double": (types_pb2.DT_DOUBLE, np.float64(0.1).tobytes(), {"double_val": [0.1]}),
        "int8": (types_pb2.DT_INT8, np.int8(-3).tobytes(), {"int_val": [-3]}),
        "int16": (types_pb2.DT_INT16, np.int16(-300).tobytes(), {"int_val": [-300]}),
        "int32": (types_pb2.DT_INT32, np.int32(-70_000).tobytes(), {"int_val": [-70_000]}),
        "int64": (types_pb2.DT_INT64, np.int64(2**53 + 1).tobytes(), {"int64_val": [-(2**53) - 1]}),
        "uint8": (types_pb2.DT_UINT8, np.uint8(250).tobytes(), {"int_val": [250]}),
        "bool": (types_pb2.DT_BOOL, np.bool_(True).tobytes(), {"bool_val": [True]}),
    }

    def events() -> Iterator[Any]:
        yield event_pb2.Event(wall_time=BEGIN, file_version="brain.Event:2")
        for number, (name, (type_, content, elements)) in enumerate(packed.items()):
            for suffix, held in (("content", {"tensor_content": content}), ("elements", elements)):
                for shape in ([], [1, 1]):
                    tensor = tensor_pb2.TensorProto(
                        dtype=type_,
                        tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=n) for n in shape]),
                        **held,
                    )
                    value = summary_pb2.Summary.Value(
                        tag=f"{name}/{suffix}",
                        tensor=tensor,
                        metadata=metadata.create_summary_metadata(display_name="", description=""),
                    )
                    yield event_pb2.Event(
                        wall_time=BEGIN + number, step=len(shape), summary=summary_pb2.Summary(value=[value])
                    )

    write(folder / "events.out.tfevents.1", events())


def stripped(folder: Path) -> None:
    """Metadata with the first value of a tag alone, several values in an event, tensors that are no scalars."""
    import numpy as np
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.plugins.scalar import metadata
    from tensorboard.util import tensor_util

    def events() -> Iterator[Any]:
        yield event_pb2.Event(wall_time=BEGIN, file_version="brain.Event:2")
        for step in range(120):
            values = []
            for tag in ("a", "b", "long/tag"):
                values.append(
                    summary_pb2.Summary.Value(
                        tag=tag, tensor=tensor_util.make_tensor_proto(np.float32(step / 7))
                    )
                )
                if not step:
                    values[-1].metadata.CopyFrom(
                        metadata.create_summary_metadata(display_name=tag, description="")
                    )
            values.append(summary_pb2.Summary.Value(tag="simple", simple_value=step / 3))
            values.append(
                summary_pb2.Summary.Value(tag="vector", tensor=tensor_util.make_tensor_proto([1.0, 2.0]))
            )
            yield event_pb2.Event(
                wall_time=BEGIN + step, step=step, summary=summary_pb2.Summary(value=values)
            )

    write(folder / "events.out.tfevents.1", events())


def version_1(folder: Path) -> None:
    """Before version 2 of the format: what is out of order replaces, tag by tag."""
    from tensorboard.compat.proto import event_pb2, summary_pb2

    def events() -> Iterator[Any]:
        yield event_pb2.Event(wall_time=BEGIN, file_version="brain.Event:1")
        for number, step in enumerate([*range(40), *range(25, 35), *range(20, 22), *range(50, 60), 5]):
            tags = ["loss"] if number % 3 else ["loss", "other"]
            values = [summary_pb2.Summary.Value(tag=tag, simple_value=float(number)) for tag in tags]
            yield event_pb2.Event(
                wall_time=BEGIN + number, step=step, summary=summary_pb2.Summary(value=values)
            )

    write(folder / "events.out.tfevents.1", events())


def restarts(folder: Path) -> None:
    """Sessions of a supervisor that start again in one file, one of them with nothing to replace."""
    from tensorboard.compat.proto import event_pb2, summary_pb2

    def events() -> Iterator[Any]:
        yield event_pb2.Event(wall_time=BEGIN, file_version="brain.Event:2")
        number = 0
        for first, last in ((0, 30), (20, 40), (40, 45), (10, 15)):
            yield event_pb2.Event(
                wall_time=BEGIN,
                step=first,
                session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START),
            )
            for step in range(first, last):
                number += 1
                value = summary_pb2.Summary.Value(tag="loss", simple_value=float(number))
                yield event_pb2.Event(
                    wall_time=BEGIN + number, step=step, summary=summary_pb2.Summary(value=[value])
                )

    write(folder / "events.out.tfevents.1", events())


def write(path: Path, events: Iterator[Any]) -> None:
    from tensorboard.summary.writer.record_writer import RecordWriter

    with path.open("wb") as file:
        writer = RecordWriter(file)
        for event in events:
            writer.write(event.SerializeToString())
        writer.flush()


# --- by TensorFlow --------------------------------------------------------------------------------------------------


def tensorflow_1(folder: Path) -> None:
    import tensorflow as tf

    writer = tf.compat.v1.summary.FileWriter
    with tf.Graph().as_default(), writer(str(folder)) as file:
        for step in range(60):
            values = [
                tf.compat.v1.Summary.Value(tag=tag, simple_value=step / divisor)
                for tag, divisor in (("loss", 3), ("accuracy_1", 7))
            ]
            event = tf.compat.v1.Event(
                wall_time=BEGIN + step, step=step, summary=tf.compat.v1.Summary(value=values)
            )
            file.add_event(event)


def tensorflow_2(folder: Path) -> None:
    import tensorflow as tf

    with tf.summary.create_file_writer(str(folder)).as_default():
        for step in range(60):
            tf.summary.scalar("epoch_loss", 1 / (step + 1), step=step)
            with tf.name_scope("evaluation"):
                tf.summary.scalar("accuracy", step / 60, step=step)
        tf.summary.text("note", "some text", step=1)
        tf.summary.histogram("weights", [1.0, 2.0], step=1)


def tensorflow_hparams(folder: Path) -> None:
    import tensorflow as tf
    from tensorboard.plugins.hparams import api

    with tf.summary.create_file_writer(str(folder)).as_default():
        hparams = {
            api.HParam("lr", api.RealInterval(0.0, 1.0)): 0.25,
            "units": 16,
            "dropout": False,
            "name": "a",
        }
        api.hparams(hparams, trial_id="trial-7", start_time_secs=BEGIN)
        tf.summary.scalar("accuracy", 0.5, step=1)


RUNS: dict[str, Callable[[Path], None]] = {
    make.__name__: make
    for make in (
        torch_old, torch_new, torch_purge, torch_hparams, torch_add_scalars, tensorboardx, tensors, stripped, version_1,
        restarts,
    )
}  # fmt: skip
TENSORFLOW_RUNS: dict[str, Callable[[Path], None]] = {
    make.__name__: make for make in (tensorflow_1, tensorflow_2, tensorflow_hparams)
}


# --- what TensorBoard says ------------------------------------------------------------------------------------------


def read_as_tensorboard(folder: Path) -> dict[str, Any]:
    from google.protobuf import json_format
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.custom_scalar import layout_pb2
    from tensorboard.plugins.hparams import metadata as hparams
    from tensorboard.util import tensor_util

    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}).Reload()
    scalars: dict[str, list[list[Any]]] = {
        tag: [[each.wall_time, each.step, each.value] for each in accumulator.Scalars(tag)]
        for tag in accumulator.Tags()["scalars"]
    }
    for tag in accumulator.Tags()["tensors"]:
        metadata = accumulator.summary_metadata.get(tag)
        if metadata is not None and metadata.plugin_data.plugin_name == "scalars":
            scalars[tag] = [
                [each.wall_time, each.step, tensor_util.make_ndarray(each.tensor_proto).item()]
                for each in accumulator.Tensors(tag)
            ]
    found: dict[str, Any] = {"scalars": {tag: [_kept(*each) for each in of] for tag, of in scalars.items()}}
    for tag, content in accumulator._plugin_to_tag_to_content.get("hparams", {}).items():
        if tag == hparams.SESSION_START_INFO_TAG:
            info = hparams.parse_session_start_info_plugin_data(content)
            found["config"] = {
                name: getattr(value, value.WhichOneof("kind")) for name, value in info.hparams.items()
            }
            found["session"] = {"group": info.group_name, "start": info.start_time_secs}
        elif tag == hparams.SESSION_END_INFO_TAG:
            end = hparams.parse_session_end_info_plugin_data(content)
            found["end"] = {"status": end.status, "end": end.end_time_secs}
        elif tag == hparams.EXPERIMENT_TAG:
            experiment = hparams.parse_experiment_plugin_data(content)
            found["metrics"] = [[info.name.group, info.name.tag] for info in experiment.metric_infos]
    for tag in accumulator._plugin_to_tag_to_content.get("custom_scalars", {}):
        if tag == "custom_scalars__config__":
            content = tensor_util.make_ndarray(accumulator.Tensors(tag)[0].tensor_proto).item()
            found["layout"] = json_format.MessageToDict(layout_pb2.Layout.FromString(content))
    return found


def _kept(wall_time: float, step: int, value: float) -> list[Any]:
    """To the last bit: a NaN has no other form in JSON, and an integer may be no double."""
    number = value if isinstance(value, bool | int) else float(value).hex()
    return [float(wall_time).hex(), step, number]


if __name__ == "__main__":
    main()
