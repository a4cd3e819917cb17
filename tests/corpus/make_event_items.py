"""Makes `tests/corpus/event_items`: items in event files by the original writers, and what TensorBoard's readers say.

    python -m tests.corpus.make_event_items [--tensorflow]

Needs none of lavdlike, but an environment of its own, with tensorboard==2.21.0, tensorboardX==2.6.5, torch==2.13.0
(of the CPU), numpy==2.4.6, pillow==13.0.0, soundfile==0.14.0 and matplotlib; the runs by TensorFlow one with
tensorflow==2.21.0 and tensorboard==2.21.0, first. `expected.json` has for each run, by tag and step: `pictures` and
`sounds`, the SHA-256 of each as `EventAccumulator` gives them; `texts`; `histograms`, rows of left edge, right edge and
count as `data_compat` makes them of both styles; `pr_curves` as its plugin answers; `meshes` by what a tensor is.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.corpus import frame
from tests.corpus.make_events import rename, ticking

CORPUS = Path(__file__).parent / "event_items"


def main() -> None:
    is_tensorflow = "--tensorflow" in sys.argv
    for name, make in (TENSORFLOW_RUNS if is_tensorflow else RUNS).items():
        folder = frame.emptied(CORPUS / name)
        make(folder)
        rename(folder)
    if not is_tensorflow:
        folder = frame.emptied(CORPUS.parent / "projector" / "torch")
        projector(folder)
        rename(folder)
        runs = sorted({path.parent for path in CORPUS.rglob("*tfevents*")})
        frame.expect(CORPUS, {str(run.relative_to(CORPUS)): read_as_tensorboard(run) for run in runs})


# --- by torch and tensorboardX ----------------------------------------------------------------------------------------


def torch(folder: Path) -> None:
    import numpy as np
    from torch import tensor
    from torch.utils.tensorboard import SummaryWriter

    random = np.random.default_rng(1)
    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in (0, 10, 20):
            writer.add_scalar("loss", 1 / (step + 1), step)
            writer.add_image("input", random.random((3, 12, 16)), step)
            writer.add_images("batch", random.random((4, 1, 6, 6)), step)
            writer.add_histogram("weights", random.normal(size=200), step, bins=8)
            writer.add_histogram("constant", np.full(5, 3.0), step)
            writer.add_text("note", f"**step** {step}: größer | smaller", step)
            writer.add_audio("tone", np.sin(np.arange(200) / 5), step, sample_rate=8000)
            writer.add_pr_curve(
                "curve", random.integers(0, 2, 60), random.random(60), step, num_thresholds=11
            )
            writer.add_mesh(
                "mesh/one",
                tensor(random.random((1, 5, 3)).astype("f4")),
                colors=tensor(random.integers(0, 255, (1, 5, 3))),
                faces=tensor([[[0, 1, 2], [1, 2, 3]]]),
                global_step=step,
            )
        writer.add_mesh("cloud", tensor(random.random((2, 4, 3)).astype("f4")), global_step=7)
        for tag in ("../up", "a//b", ".hidden", "v1.2", "face.mask", "100%2F", "tab\there", "ü/ß", "x" * 300):
            writer.add_image(tag, random.random((3, 4, 4)), 1)


def tensorboardx(folder: Path) -> None:
    import matplotlib as mpl
    import numpy as np
    from tensorboardX import SummaryWriter

    mpl.use("agg")
    from matplotlib import pyplot as plt

    random = np.random.default_rng(2)
    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in (1, 2):
            writer.add_image("picture", random.random((3, 10, 10)), step)
            writer.add_image_with_boxes(
                "boxes", random.random((3, 20, 20)), np.array([[2.0, 2.0, 9.0, 9.0]]), step, labels=["cat"]
            )
            writer.add_histogram("weights", random.normal(size=100), step, bins=6)
            writer.add_text("note", f"step {step}", step)
            writer.add_audio("tone", np.sin(np.arange(200)[:, None] / 5), step, sample_rate=8000)
            writer.add_pr_curve("curve", random.integers(0, 2, 40), random.random(40), step, num_thresholds=7)
        figure = plt.figure(figsize=(0.4, 0.3), dpi=50)
        plt.plot([1, 3, 2])
        writer.add_figure("figure", figure, 2)
        gif(writer, random)


def gif(writer: Any, random: Any) -> None:
    """As `add_video` writes one, which needs moviepy."""
    import io

    from PIL import Image
    from tensorboardX.proto.summary_pb2 import Summary

    frames = [Image.fromarray(random.integers(0, 255, (8, 8, 3), dtype="u1")) for _ in range(3)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=200, loop=0)
    image = Summary.Image(height=8, width=8, colorspace=3, encoded_image_string=file.getvalue())
    writer._get_file_writer().add_summary(Summary(value=[Summary.Value(tag="clip", image=image)]), 2)


def projector(folder: Path) -> None:
    """Into a corpus of its own: a configuration, and the tables and pictures that it names."""
    import numpy as np
    from torch import tensor
    from torch.utils.tensorboard import SummaryWriter

    random = np.random.default_rng(5)
    with ticking(), SummaryWriter(str(folder)) as writer:
        for step in (0, 20):
            writer.add_embedding(
                tensor(random.random((5, 3)).astype("f4")),
                metadata=[[f"word {number}", str(number)] for number in range(5)],
                metadata_header=["word", "class"],
                label_img=tensor(random.random((5, 3, 4, 4)).astype("f4")),
                global_step=step,
                tag="words",
            )
        writer.add_embedding(
            random.random((4, 2)).astype("f4"), metadata=list("abcd"), global_step=20, tag="plain"
        )


# --- by TensorFlow ----------------------------------------------------------------------------------------------------


def tensorflow_1(folder: Path) -> None:
    import numpy as np
    import tensorflow as tf
    from tensorboard.plugins.pr_curve import summary as pr_curve

    summary, random = tf.compat.v1.summary, np.random.default_rng(3)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session, ticking():
        merged = summary.merge(
            [
                summary.image("several", tf.constant(random.random((3, 6, 6, 3)))),
                summary.image("one", tf.constant(random.random((1, 6, 6, 1))), max_outputs=1),
                summary.histogram("weights", tf.constant(random.normal(size=300))),
                summary.audio("tone", tf.constant(np.sin(np.arange(100)[None] / 5), tf.float32), 8000.0),
                summary.text("words", tf.constant([["a", "b|c"], ["d", "e\nf"]])),
                pr_curve.op(
                    "curve",
                    labels=tf.constant(random.integers(0, 2, 50) > 0),
                    predictions=tf.constant(random.random(50), tf.float32),
                    num_thresholds=9,
                ),
            ]
        )
        with summary.FileWriter(str(folder)) as file:
            for step in (0, 5):
                file.add_summary(session.run(merged), step)


def tensorflow_2(folder: Path) -> None:
    import numpy as np
    import tensorflow as tf
    from tensorboard.plugins.mesh import summary_v2 as mesh

    random = np.random.default_rng(4)
    with tf.summary.create_file_writer(str(folder)).as_default():
        for step in (3, 4):
            tf.summary.image("several", random.random((3, 6, 6, 3)), step=step)
            tf.summary.image("one", random.random((1, 6, 6, 1)), step=step)
            tf.summary.histogram("weights", random.normal(size=300), step=step, buckets=7)
            tf.summary.histogram("nothing", [], step=step, buckets=3)
            tf.summary.audio(
                "tone", np.sin(np.arange(100, dtype="f4") / 5).reshape(2, 50, 1), 8000, step=step
            )
            tf.summary.text("words", "# One\n\ntext", step=step)
            tf.summary.text("list", ["a", "b"], step=step)
            tf.summary.text("table", [["a", "b|c"], ["d", "e\nf"]], step=step)
            mesh.mesh(
                "mesh",
                vertices=random.random((1, 4, 3)).astype("f4"),
                faces=[[[0, 1, 2]]],
                colors=random.integers(0, 255, (1, 4, 3)),
                step=step,
            )


RUNS: dict[str, Callable[[Path], None]] = {"torch": torch, "tensorboardx": tensorboardx}
TENSORFLOW_RUNS: dict[str, Callable[[Path], None]] = {
    "tensorflow_1": tensorflow_1,
    "tensorflow_2": tensorflow_2,
}


# --- what TensorBoard says --------------------------------------------------------------------------------------------


def read_as_tensorboard(folder: Path) -> dict[str, Any]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(
        str(folder), size_guidance={"tensors": 0, "images": 0, "audio": 0, "histograms": 0}
    )
    read.Reload()
    found: dict[str, Any] = {
        of: {} for of in ("pictures", "sounds", "texts", "histograms", "pr_curves", "meshes")
    }
    tags = read.Tags()
    for tag in tags["images"]:
        found["pictures"][tag] = {each.step: [digest(each.encoded_image_string)] for each in read.Images(tag)}
    for tag in tags["audio"]:
        found["sounds"][tag] = {each.step: [digest(each.encoded_audio_string)] for each in read.Audio(tag)}
    for tag in tags["histograms"]:
        found["histograms"][tag] = {each.step: migrated(tag, each) for each in read.Histograms(tag)}
    for tag in tags["tensors"]:
        take_tensors(read, tag, found)
    return {of: by_tag for of, by_tag in found.items() if by_tag}


def take_tensors(read: Any, tag: str, found: dict[str, Any]) -> None:
    from tensorboard.plugins.mesh import metadata as mesh
    from tensorboard.plugins.pr_curve.pr_curves_plugin import PrCurvesPlugin
    from tensorboard.util.tensor_util import make_ndarray

    metadata = read.SummaryMetadata(tag)
    plugin = metadata.plugin_data.plugin_name
    tensors = {each.step: make_ndarray(each.tensor_proto) for each in read.Tensors(tag)}
    if plugin == "images":
        found["pictures"][tag] = {
            step: [digest(text) for text in array[2:].tolist()] for step, array in tensors.items()
        }
    elif plugin == "audio":
        found["sounds"][tag] = {
            step: [digest(text) for text in array[:, 0].tolist()] for step, array in tensors.items()
        }
    elif plugin == "text":
        found["texts"][tag] = {
            step: json.loads(json.dumps(array.tolist(), default=bytes.decode))
            for step, array in tensors.items()
        }
    elif plugin == "histograms":
        found["histograms"][tag] = {step: array.tolist() for step, array in tensors.items()}
    elif plugin == "pr_curves":
        make = PrCurvesPlugin._make_pr_entry
        found["pr_curves"][tag] = {step: make(None, step, 0.0, array) for step, array in tensors.items()}
    elif plugin == "mesh":
        data = mesh.parse_plugin_metadata(metadata.plugin_data.content)
        parts = found["meshes"].setdefault(data.name, {})
        for step, array in tensors.items():
            parts.setdefault(step, {})[int(data.content_type)] = array.tolist()


def migrated(tag: str, event: Any) -> list[list[float]]:
    from tensorboard import data_compat
    from tensorboard.compat.proto import summary_pb2
    from tensorboard.util.tensor_util import make_ndarray

    old = event.histogram_value
    histogram = summary_pb2.HistogramProto(
        min=old.min, max=old.max, num=old.num, sum=old.sum, sum_squares=old.sum_squares,
        bucket_limit=old.bucket_limit, bucket=old.bucket,
    )  # fmt: skip
    value = data_compat.migrate_value(summary_pb2.Summary.Value(tag=tag, histo=histogram))
    rows: list[list[float]] = make_ndarray(value.tensor).tolist()
    return rows


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
