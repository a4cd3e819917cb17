"""Is what the originals wrote in ours, too? `python -m tools.frameworks.compare_writers ORIGINAL OURS` says it.

In an environment with tensorboard. Prints JSON: how many values were found, by kind, and those that were not.
"""

from __future__ import annotations

import io
import json
import re
import struct
import sys
import wave
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from lavdlike.kinds import graphs, scalars

_COLUMNS = 8


class Original(NamedTuple):
    """A value of an event file. `run`: the folder of the file below that of all runs."""

    run: str
    tag: str
    step: int
    value: Any

    @property
    def labels(self) -> list[str]:
        """What it may be called in ours: an inner run of `add_scalars` is a label."""
        inner = self.run.rpartition("/")[2]
        flat = self.tag.replace("/", "_") + "_"
        named = [f"{self.tag}/{inner.removeprefix(flat)}"] if inner.startswith(flat) else []
        in_folder = (
            [f"{self.tag}/{self.run.rpartition(f'{self.tag}/')[2]}"] if f"{self.tag}/" in self.run else []
        )
        return [*named, *in_folder, self.tag]


class Ours:
    """All experiments below a folder."""

    def __init__(self, folder: Path) -> None:
        self.points: dict[str, Counter[tuple[int, float]]] = defaultdict(Counter)  # by cleaned label
        for file in folder.rglob("scalars*.tsv"):
            for line in file.read_bytes().splitlines()[1:]:
                point = scalars.parse_line(line)
                assert isinstance(point, scalars.ScalarPoint), line
                self.points[_cleaned(point.label)][point.step, _as_float32(point.value)] += 1
        self.files = {
            path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
        }

    def at(self, label: str, step: int, *suffixes: str) -> Iterator[Path]:
        """Files of a label, at the step first, and at others if the original had none."""
        wanted = [_cleaned(f"{label}{suffix}") for suffix in suffixes]
        for name, path in self.files.items():
            folder, _, rest = _split_step(name)
            if _cleaned(rest) in wanted and (folder == step or step == 0):
                yield path


def _cleaned(tag: str) -> str:
    """As tensorboardX writes tags; ours keep what they were."""
    return re.sub(r"[^-/\w.]", "_", tag)


def _split_step(name: str) -> tuple[int | None, str, str]:
    parts = name.split("/")
    for place, part in enumerate(parts[:-1]):
        if part.isdigit():
            return int(part), "/".join(parts[:place]), "/".join(parts[place + 1 :])
    return None, "", name


def values_of(folder: Path) -> Iterator[Original]:
    from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
    from tensorboard.compat.proto import event_pb2, graph_pb2

    for file in sorted(folder.rglob("*tfevents*")):
        run = file.parent.relative_to(folder).as_posix()
        for record in RawEventFileLoader(str(file)).Load():
            event = event_pb2.Event.FromString(record)
            if event.HasField("graph_def"):
                yield Original(run, "graph", 0, graph_pb2.GraphDef.FromString(event.graph_def))
            for value in event.summary.value:
                if value.WhichOneof("value") is None and not value.HasField("metadata"):
                    continue  # a video that torch could not make
                yield Original(run, value.tag, event.step, value)


def _has_scalar(found: Original, ours: Ours) -> bool:
    value = found.value
    if value.WhichOneof("value") == "simple_value":
        number = value.simple_value
    else:
        tensor = value.tensor
        number = [*tensor.float_val, *tensor.double_val][0]
    number = _as_float32(number)
    for label in found.labels:
        counted = ours.points.get(_cleaned(label), Counter())
        for (step, held), count in counted.items():
            if count and held == number and (step == found.step or found.step == 0):
                counted[step, held] -= 1
                return True
    return False


def _has_image(found: Original, ours: Ours) -> bool:
    given = found.value.image.encoded_image_string
    if given.startswith(b"GIF"):
        return any(ours.at(found.tag, found.step, ".mp4", ".webp"))
    if any(ours.at(found.tag, found.step, ".svg")):
        return True
    wanted = np.asarray(Image.open(io.BytesIO(given)).convert("RGB"))
    for path in ours.at(found.tag, found.step, ".png"):
        has_boxes = path.with_suffix(".json").exists() and "xStart" in path.with_suffix(".json").read_text()
        pixels = np.asarray(Image.open(path).convert("RGB"))
        if has_boxes or _are_alike(pixels, wanted):  # the original draws the boxes into the pixels
            return True
    for first in ours.at(f"{found.tag}/000", found.step, ".png"):
        files = sorted(first.parent.glob("[0-9][0-9][0-9].png"))
        if _are_alike(_grid([np.asarray(Image.open(file).convert("RGB")) for file in files]), wanted):
            return True
    return False


def _has_graph(found: Original, ours: Ours) -> bool:
    """Whether the modules that the original's scopes name are ours, and give one of the shapes that it says of them.

    The original has each operation of a module, we have the module; `Net/Block[1]/Linear[first]` is `1/first`.
    """
    shapes: dict[str, set[str]] = defaultdict(set)
    for node in found.value.node:
        scope = "/".join(re.findall(r"\[([^\]]*)\]", node.name)).replace(".", "/")
        for shape in node.attr["_output_shapes"].list.shape:
            shapes[scope].add(" × ".join(str(dim.size) for dim in shape.dim) or "scalar")
    for name, path in ours.files.items():
        if not name.endswith("graph.graph.json"):
            continue
        graph = graphs.read(path.read_bytes(), name)
        groups = {"", *graph.groups, *(node.group for node in graph.nodes.values())}
        outputs = {
            node.id: node.attributes.get("output", "").rpartition("float32 ")[2]
            for node in graph.nodes.values()
        }
        if all(scope in groups or outputs.get(scope) in of for scope, of in shapes.items()):
            return True
    return False


def _are_alike(pixels: Any, wanted: Any) -> bool:
    """Equal but for a level: torch multiplies decimals by 255 as floats of 32 bits, as we do, tensorboardX of 64."""
    return pixels.shape == wanted.shape and bool(np.abs(pixels.astype(int) - wanted.astype(int)).max() <= 1)


def _grid(pictures: list[Any]) -> Any:
    columns = min(len(pictures), _COLUMNS)
    height, width, _ = pictures[0].shape
    canvas = np.zeros((-(-len(pictures) // columns) * height, columns * width, 3), dtype=np.uint8)
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        canvas[row * height : (row + 1) * height, column * width : (column + 1) * width] = picture
    return canvas


def _has_histogram(found: Original, ours: Ours) -> bool:
    given = found.value.histo
    buckets = np.array(given.bucket)
    limits = np.array(given.bucket_limit)
    held = np.flatnonzero(buckets)
    for path in ours.at(found.tag, found.step, ".json"):
        content = json.loads(path.read_text()).get("histograms")
        if content is None:
            continue
        counts = np.array(content["counts"])
        filled = np.flatnonzero(counts)
        same_counts = np.array_equal(counts[filled[0] : filled[-1] + 1], buckets[held[0] : held[-1] + 1])
        same_limits = np.array_equal(
            np.array(content["edges"])[filled[0] + 1 : filled[-1] + 2], limits[held[0] : held[-1] + 1]
        )
        sums = [(content[name], getattr(given, name)) for name in ("min", "max", "sum", "sum_squares")]
        if (
            same_counts
            and same_limits
            and all(np.isclose(one, other, rtol=1e-5, atol=1e-5) for one, other in sums)
        ):
            return True
    return False


def _has_audio(found: Original, ours: Ours) -> bool:
    with wave.open(io.BytesIO(found.value.audio.encoded_audio_string)) as given:
        wanted = np.frombuffer(given.readframes(given.getnframes()), "<i2").astype(int)
    for path in ours.at(found.tag, found.step, ".wav"):
        with wave.open(str(path)) as kept:
            samples = np.frombuffer(kept.readframes(kept.getnframes()), "<i2").astype(int)
        if (
            samples.shape == wanted.shape and np.abs(samples - wanted).max() <= 2
        ):  # each cuts off or rounds in its own way
            return True
    return False


def _has_text(found: Original, ours: Ours) -> bool:
    text = found.value.tensor.string_val[0].decode()
    label = found.tag.removesuffix("/text_summary")
    return any(
        path.read_text() == f"{text.rstrip()}\n" or path.read_text() == text
        for path in ours.at(label, found.step, ".md")
    )


def _has_curve(found: Original, ours: Ours) -> bool:
    tensor = found.value.tensor
    rows = np.array(tensor.float_val, dtype=np.float32)
    if not rows.size:
        rows = np.frombuffer(tensor.tensor_content, dtype=np.float32)
    _, _, _, _, precision, recall = rows.reshape(6, -1)
    for path in ours.at(found.tag, found.step, ".json"):
        content = json.loads(path.read_text()).get("pr_curves")
        if (
            content
            and np.allclose(content["precision"], precision)
            and np.allclose(content["recall"], recall)
        ):
            return True
    return False


def _has_mesh(found: Original, ours: Ours) -> bool:
    label = found.tag.rpartition("_")[0]
    return any(ours.at(label, found.step, ".ply")) or any(ours.at(f"{label}/000", found.step, ".ply"))


def _has_setting(found: Original, ours: Ours) -> bool:
    from tensorboard.plugins.hparams import plugin_data_pb2

    data = plugin_data_pb2.HParamsPluginData.FromString(found.value.metadata.plugin_data.content)
    given = {
        name: getattr(value, value.WhichOneof("kind"))
        for name, value in data.session_start_info.hparams.items()
    }
    configs = [
        json.loads(path.read_text()).get("config", {})
        for name, path in ours.files.items()
        if name.endswith("experiment.json")
    ]
    return any(given.items() <= config.items() for config in configs)


def _has_tensor(found: Original, ours: Ours) -> bool:
    from tensorboard.util import tensor_util

    given = tensor_util.make_ndarray(found.value.tensor)
    return any(np.array_equal(np.load(path), given) for path in ours.at(found.tag, found.step, ".npy"))


def _has_file(name: str) -> Callable[[Original, Ours], bool]:
    return lambda _, ours: any(path.endswith(name) for path in ours.files)


_PLUGINS: dict[str, Callable[[Original, Ours], bool]] = {
    "scalars": _has_scalar,
    "text": _has_text,
    "pr_curves": _has_curve,
    "mesh": _has_mesh,
    "hparams": _has_setting,
    "custom_scalars": _has_file("custom_scalars.json"),
    "tensor": _has_tensor,
}
_FIELDS: dict[str, Callable[[Original, Ours], bool]] = {
    "simple_value": _has_scalar,
    "image": _has_image,
    "histo": _has_histogram,
    "audio": _has_audio,
}


def _kind_of(found: Original) -> str:
    if hasattr(found.value, "node"):
        return "graph"
    field = str(found.value.WhichOneof("value"))
    return field if field in _FIELDS else found.value.metadata.plugin_data.plugin_name or "tensor"


def _vectors_missing(original: Path, ours: Ours) -> tuple[int, list[str]]:
    kept = [np.load(path) for name, path in ours.files.items() if name.endswith(".vectors.npy")]
    found, missing = 0, []
    for file in original.rglob("tensors.tsv"):
        given = np.loadtxt(file, delimiter="\t", ndmin=2)
        if any(vectors.shape == given.shape and np.allclose(vectors, given, atol=1e-5) for vectors in kept):
            found += 1
        else:
            missing.append(str(file))
    return found, missing


def _as_float32(value: float) -> float:
    try:
        number: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return number


def main() -> None:
    original, ours = Path(sys.argv[1]), Ours(Path(sys.argv[2]))
    counted: Counter[str] = Counter()
    missing: list[str] = []
    checks = {**_FIELDS, **_PLUGINS, "graph": _has_graph}
    for found in values_of(original):
        kind = _kind_of(found)
        if kind in checks and checks[kind](found, ours):
            counted[kind] += 1
        else:
            missing.append(f"{kind}: {found.run} {found.tag} at {found.step}")
    vectors, without = _vectors_missing(original, ours)
    if vectors:
        counted["embedding"] = vectors
    print(json.dumps({"found": counted, "missing": missing + without}))


if __name__ == "__main__":
    main()
