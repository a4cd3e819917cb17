"""Media in the history of a `.wandb` file: at which step and label each was logged, and what it is made of. Pure.

The log holds objects with a `_type` and the paths of their files in the run's folder `files`
(https://github.com/wandb/wandb, `sdk/data_types`). A file that can be shown as it is, is; of others an item is made.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from lavdlike.kinds import histograms, images
from lavdlike.layout import MAX_STEP
from lavdlike.protobuf import Field
from lavdlike.sources.members import Beside, Member, member_path, path_in_step
from lavdlike.sources.wandb_files import (
    logged_tables,
    wandb_history,
    wandb_objects,
    wandb_pictures,
    wandb_values,
)
from lavdlike.sources.wandb_files.logged_tables import Part
from lavdlike.sources.wandb_files.wandb_artifacts import Artifact, ArtifactList
from lavdlike.sources.wandb_files.wandb_history import HISTORY, SUMMARY

# The bytes of an item, of what the log says (`Member.where`), the item's path for people, and what is beside the log.
Made = Callable[[bytes, str, Beside], bytes]
Value = Mapping[str, Any]

_CONFIG = 5
_FILES = "files/"
_MAX_FILES = 10_000  # of one value
_MAX_TEXT = 10_000
_MAX_CLASS_SETS = 1000
_MAX_COMPARED = 10_000
_IN_ARTIFACTS = "wandb keeps them as artifacts, which are outside of this folder (WANDB_DATA_DIR says where)"
_CLASSES = b"class_labels"
_BETWEEN = "_wandb_delimeter_"
# Of values that are several: where the files of older versions are, which are named without their folder.
_FOLDERS = {"object3D": "media/object3D/", "molecule": "media/molecule/", "images/separated": "media/images/"}
# Suffixes of two parts that say what a file is.
_LONG_SUFFIXES = (".plotly.json", ".pts.json", ".table.json")


class _Place(NamedTuple):
    """Where an item of a record stands; `step` None: it belongs to none."""

    step: int | None
    time: float | None

    def path(self, label: str, suffix: str) -> str:
        return path_in_step(label, suffix) if self.step is None else member_path(self.step, label, suffix)


class MediaReader:
    """Those of one file.

    Args:
        artifacts: that the log has told of so far.
        beside: whether files of artifacts are there.
    """

    def __init__(self, artifacts: ArtifactList, beside: Beside) -> None:
        self._artifacts = artifacts
        self._beside = beside
        self._increments: dict[str, list[Part]] = {}
        self._classes: dict[str, dict[str, str]] = {}  # of masks, by key and name
        self._compared: set[str] = set()  # labels of pictures with boxes beside what they should be
        self._elsewhere = 0  # tables with pictures in their cells
        self._tables_elsewhere = 0
        self._outside = 0

    def take(self, record: bytes, content: Field) -> list[Member]:
        """What a record holds. Raises BadMessageError: it is none."""
        number, _, begin, end, _ = content
        if number == _CONFIG and _CLASSES in record:
            self._take_config(record, begin, end)
        is_said = number == SUMMARY and wandb_history.OF_HISTORY not in record
        if not (number == HISTORY or is_said) or b"_type" not in record:
            return []
        step, time, values = wandb_values.values_in(record, begin, end)
        place = _Place(step, time)
        if is_said:
            place = _Place(None, None)
        elif place.step is None or not 0 <= place.step <= MAX_STEP:
            self._outside += len(values)
            return []
        return [member for label, value in values for member in self._members(label, value, place)]

    def problems(self) -> list[str]:
        said = []
        if self._outside:
            said.append(
                f"pictures and the like at steps that are none are not shown: {self._outside} of them"
            )
        if self._elsewhere:
            tables = "a table" if self._elsewhere == 1 else f"{self._elsewhere} tables"
            said.append(f"pictures in cells of {tables} are not shown: {_IN_ARTIFACTS}")
        if self._tables_elsewhere:
            said.append(
                "tables in parts, or joined of two, are not shown:"
                f" {self._tables_elsewhere} of them, as {_IN_ARTIFACTS}"
            )
        return said

    def _members(self, label: str, value: Value, place: _Place) -> Iterator[Member]:
        type_ = value[wandb_values.TYPE]
        if type_ == "histogram":
            yield from _histogram(label, value, place)
        elif type_ in (
            "table-file",
            "incremental-table-file",
            logged_tables.PARTITIONED,
            logged_tables.JOINED,
        ):
            yield from self._table(label, value, place)
        elif isinstance(value.get("path"), str):
            yield from self._medium(label, value, place)
        else:
            several = _several(value)
            for number, each in enumerate(several):
                yield from self._medium(
                    label if len(several) == 1 else f"{label}/{number}", each, place, key=label
                )

    def _medium(self, label: str, value: Value, place: _Place, *, key: str = "") -> Iterator[Member]:
        """One file, and what is said of it."""
        path = value["path"]
        suffix = _suffix_of(path)
        if (made := wandb_objects.maker_of(suffix)) is not None:
            where = f"{_FILES}{path}".encode(errors="surrogateescape")
            yield Member(place.path(label, ".ply"), place.time, (), where, made, covers=(_FILES + path,))
        else:
            yield _same(place.path(label, suffix), path, place)
        caption = value.get("caption")
        text = caption[:_MAX_TEXT] if isinstance(caption, str) else ""
        if suffix.lower() in images.SUFFIXES:
            yield from self._overlays(label, value, place, key or label, text)
        elif text:
            yield Member(
                place.path(label, ".txt"), place.time, (), f"{text}\n".encode(errors="replace"), None
            )

    def _overlays(self, label: str, value: Value, place: _Place, key: str, caption: str) -> Iterator[Member]:
        if not (caption or value.get("masks") or value.get("boxes")):
            return
        masks = {
            name: mask
            for name, mask in _objects(value.get("masks")).items()
            if isinstance(mask.get("path"), str)
        }
        boxes = {
            name: each["path"]
            for name, each in _objects(value.get("boxes")).items()
            if isinstance(each.get("path"), str)
        }
        if not (caption or masks or boxes):
            return
        labels: dict[str, str] = {}
        listed = []
        for name, own in wandb_pictures.mask_names(masks):
            path = place.path(label, images.mask_suffix(own))
            yield _same(path, masks[name]["path"], place)
            listed.append({"source": path.rpartition("/")[2], "name": own})
            labels |= self._classes_of(key, name)
        where = {
            "source": place.path(label, _suffix_of(value["path"])).rpartition("/")[2],
            "width": wandb_values.number(value.get("width")),
            "height": wandb_values.number(value.get("height")),
            "caption": caption,
            "boxes": {name: _FILES + path for name, path in boxes.items()},
            "expected": self._expected_set(key, list(boxes)),
            "masks": listed,
            "labels": labels,
        }
        yield Member(
            place.path(label, ".json"),
            place.time,
            (images.KIND.name,),
            json.dumps(where).encode(),
            wandb_pictures.overlays,
            covers=tuple(_FILES + path for path in boxes.values()),
        )

    def _expected_set(self, key: str, names: list[str]) -> str:
        """Where nothing was found on a picture, scripts leave out the empty set: what is expected still is."""
        found = wandb_pictures.expected_set(names, is_compared=key in self._compared)
        if found and len(self._compared) < _MAX_COMPARED:
            self._compared.add(key)
        return found

    def _classes_of(self, key: str, name: str) -> dict[str, str]:
        """Pictures in objects are known by the last part of their label."""
        for each in (key, key.rpartition(".")[2]):
            if found := self._classes.get(f"{each}{_BETWEEN}{name}"):
                return found
        return {}

    def _table(self, label: str, value: Value, place: _Place) -> Iterator[Member]:
        path, address = value.get("path"), value.get("artifact_path")
        found = self._artifacts.by_address(address) if isinstance(address, str) else None
        artifact, entry = found if found is not None else (None, "")
        local = self._local(artifact, entry)
        name = place.path(label, "").rpartition("/")[2]
        if artifact is not None:
            media = list(logged_tables.media_of(artifact))
            is_here = bool(local) and all(self._beside.has(at) for _, at in media[:1])
            self._elsewhere += bool(media) and not is_here
            for each, at in media if is_here else ():
                stem, suffix = os.path.splitext(logged_tables.name_of_media(each))
                shown = place.path(f"{label}/{stem}", suffix)
                yield Member(
                    shown, place.time, (), at.encode(errors="surrogateescape"), None, same_as=at, covers=(at,)
                )
        if value[wandb_values.TYPE] in (logged_tables.PARTITIONED, logged_tables.JOINED):
            if artifact is None or not local:
                self._tables_elsewhere += 1
                return
            if value[wandb_values.TYPE] == logged_tables.JOINED:
                made = _made_of_join(local, functools.partial(self._artifacts.local, artifact), name)
            else:
                made = _made_of_artifact(artifact, entry, name)
            yield Member(place.path(label, ".csv"), place.time, (), local.encode(), made)
        elif isinstance(path, str):
            parts = [Part(_FILES + path, local)]
            if value[wandb_values.TYPE] == "incremental-table-file":
                parts = self._with_increments(label, parts[0], value.get("increment_num"))
            where = f"{path}\n{local}\n{len(parts)}".encode(errors="surrogateescape")
            made = _made_of_parts(parts, len(parts), name)
            yield Member(place.path(label, ".csv"), place.time, (), where, made, covers=(_FILES + path,))

    def _local(self, artifact: Artifact | None, entry: str) -> str:
        """Where a file of an artifact lies, if it can be read from there; else ""."""
        local = self._artifacts.local(artifact, entry) if artifact is not None else ""
        return local if local and self._beside.has(local) else ""

    def _with_increments(self, label: str, part: Part, number: object) -> list[Part]:
        """With what was added before; the list grows, and whoever has it knows how much of it was meant."""
        if number in (None, 0) or label not in self._increments:
            self._increments[label] = []
        parts = self._increments[label]
        parts.append(part)
        return parts

    def _take_config(self, record: bytes, begin: int, end: int) -> None:
        """The names of the classes of masks, which wandb adds to the configuration."""
        for key, text in zip(*wandb_history.items_of(record, begin, end)[:2], strict=True):
            names = wandb_values.name_of(key).names
            if names[:1] != ("_wandb",):
                continue
            value = wandb_values.parsed(text)
            for name in reversed(names[1:]):
                value = {name: value}
            for mask, known in _objects(_objects(value).get("mask/class_labels")).items():
                classes = known.get("value")
                if isinstance(classes, dict) and len(self._classes) < _MAX_CLASS_SETS:
                    self._classes[mask] = {str(number): str(name) for number, name in classes.items()}


def _made_of_parts(parts: list[Part], count: int, name: str) -> Made:
    def made(_: bytes, shown: str, beside: Beside) -> bytes:
        return logged_tables.made_of_parts(parts, count, name, shown, beside)

    return made


def _made_of_artifact(artifact: Artifact, entry: str, name: str) -> Made:
    def made(_: bytes, shown: str, beside: Beside) -> bytes:
        return logged_tables.made_of_artifact(artifact, entry, name, shown, beside)

    return made


def _made_of_join(entry: str, local: Callable[[str], str], name: str) -> Made:
    def made(_: bytes, shown: str, beside: Beside) -> bytes:
        return logged_tables.made_of_join(entry, local, name, shown, beside)

    return made


def _same(shown: str, path: str, place: _Place) -> Member:
    named = _FILES + path
    return Member(shown, place.time, (), b"", None, same_as=named, covers=(named,))


def _histogram(label: str, value: Value, place: _Place) -> Iterator[Member]:
    where = json.dumps({key: value[key] for key in ("values", "bins", "packedBins") if key in value})
    yield Member(
        place.path(label, ".json"), place.time, (histograms.KIND.name,), where.encode(), made_histogram
    )


def made_histogram(where: bytes, shown: str, beside: Beside) -> bytes:  # noqa: ARG001 - the signature of all
    value = json.loads(where)
    edges = value.get("bins")
    if edges is None:  # bins of one width
        least, size, count = (value["packedBins"][key] for key in ("min", "size", "count"))
        if not 0 < count <= histograms.MAX_BINS:
            raise ValueError(f"a histogram of {count} bins")
        edges = [least + size * number for number in range(int(count) + 1)]
    return msgspec.json.encode(histograms.to_json(histograms.of_counts(edges, value["values"])))


def _several(value: Value) -> list[Value]:
    """Of a value that is several files, each as if it were one."""
    found: list[dict[str, Any]] = []
    listed = [each for key, each in value.items() if isinstance(each, list) and key != "captions"]
    for entries in listed:
        if entries and all(isinstance(each, dict) and isinstance(each.get("path"), str) for each in entries):
            found = [dict(each) for each in entries[:_MAX_FILES]]
            break
    names = value.get("filenames")
    if not found and isinstance(names, list):
        folder = _FOLDERS.get(str(value[wandb_values.TYPE]), "")
        type_ = "image-file" if value[wandb_values.TYPE] == "images/separated" else "file"
        paths = [name for name in names[:_MAX_FILES] if isinstance(name, str)]
        found = [
            {
                wandb_values.TYPE: type_,
                "path": name if name.startswith("media/") else folder + name,
                "width": value.get("width"),
                "height": value.get("height"),
            }
            for name in paths
        ]
    for key, of_each in (("captions", "caption"), ("all_boxes", "boxes"), ("all_masks", "masks")):
        given = value.get(key)
        for each, said in zip(found, given if isinstance(given, list) else (), strict=False):
            each.setdefault(of_each, said)
    return list(found)


def _objects(value: Any) -> dict[str, dict[str, Any]]:
    """Of an object, the objects in it, by their names: wandb writes them in any order."""
    if not isinstance(value, dict):
        return {}
    return {key: each for key, each in sorted(value.items()) if isinstance(each, dict)}


def _suffix_of(path: str) -> str:
    lowered = path.lower()
    if lowered.endswith(_LONG_SUFFIXES):
        return next(suffix for suffix in _LONG_SUFFIXES if lowered.endswith(suffix))
    return os.path.splitext(path)[1]
