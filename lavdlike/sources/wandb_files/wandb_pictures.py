"""What lies on wandb's pictures: captions, boxes and masks, as the JSON file beside a picture of ours says it. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import images
from lavdlike.sources.members import Beside

MAX_BOXES = 100_000
_MAX_CLASSES = 1000
_MAX_TEXT = 2000
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")
_MAX_NAME = 30
# What sets of boxes are called that others are compared with, and what may stand behind that.
_EXPECTED = re.compile(
    r"((ground|gold)[ _-]?)?truths?|gts?|gold|expected|actual|true|references?|targets?"
    r"|annotat(ed|ions?)|labell?(s|ed)?",
    re.IGNORECASE,
)
_OF_BOXES = re.compile(r"[ _-](bb?ox(es)?|annotations?|labels?)\Z", re.IGNORECASE)
# Scores that are how sure a model is; a single one of any name is, too.
_PROBABILITIES = ("score", "confidence", "conf", "probability", "prob")


def mask_names(masks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each mask of a picture, and what it is called as a file of ours, where several are told apart.

    >>> list(mask_names({"predictions": 0, "ground truth": 1, "ground/truth": 2}))
    [('predictions', 'predictions'), ('ground truth', 'ground-truth'), ('ground/truth', 'ground-truth2')]
    """
    taken: set[str] = set()
    for name in masks:
        base = _NOT_IN_NAMES.sub("-", name)[: _MAX_NAME - 4] or "mask"
        own, number = base, 2
        while own in taken:
            own, number = f"{base}{number}", number + 1
        taken.add(own)
        yield name, own


def expected_set(names: Sequence[str], *, is_compared: bool = False) -> str:
    """Of sets of boxes, the one that says what the others should be; "" if none does by its name.

    Args:
        is_compared: whether pictures of the same label had such a set beside another.

    >>> expected_set(["predictions", "ground_truth"]), expected_set(["gt_boxes", "pred_boxes"])
    ('ground_truth', 'gt_boxes')
    >>> expected_set(["ground_truth"]), expected_set(["ground_truth"], is_compared=True), expected_set(["a", "b"])
    ('', 'ground_truth', '')
    """
    said = [name for name in names if _EXPECTED.fullmatch(_OF_BOXES.sub("", name))]
    return said[0] if len(said) == 1 and (len(names) > 1 or is_compared) else ""


def overlays(where: bytes, shown: str, beside: Beside) -> bytes:
    """The JSON file beside a picture.

    Args:
        where: JSON with `source`, `width`, `height`, `caption`, `boxes` (sets by name: the paths of their files),
            `expected` (the set that says what the others should be, "" for none), `masks` (as ours), `labels` (names of
            classes by their number).
    """
    said = json.loads(where)
    labels = {str(key): str(name) for key, name in said["labels"].items()}
    expected_name = said["expected"]
    found_sets = [name for name in said["boxes"] if name != expected_name]
    boxes: list[dict[str, Any]] = []
    expected: list[dict[str, Any]] = []
    for name, path in said["boxes"].items():
        document = json.loads(beside(path))
        if not isinstance(document, dict):
            raise LogFormatError(shown, f"{path}: no boxes")
        labels |= {str(key): str(value) for key, value in (document.get("class_labels") or {}).items()}
        box_set = name if len(found_sets) > 1 and name in found_sets else ""
        for box in document.get("box_data") or ():
            if len(boxes) + len(expected) >= MAX_BOXES:
                raise LimitError(shown, f"more than {MAX_BOXES:,} boxes on a picture")
            made = _box(box, labels, said["width"], said["height"], box_set)
            if name == expected_name:
                expected.append({key: value for key, value in made.items() if key != "probability"})
            else:
                boxes.append(made)
    content = images.to_json(
        said["source"],
        boxes,
        _classes(labels, [*boxes, *expected]),
        expected_boxes=expected if expected_name else None,
        caption=said["caption"][:_MAX_TEXT],
        masks=said["masks"],
    )
    return json.dumps(content).encode()


def _box(
    box: Mapping[str, Any], labels: Mapping[str, str], width: float, height: float, box_set: str
) -> dict[str, Any]:
    position = box["position"]
    if "middle" in position:
        (x, y), wide, high = position["middle"], position["width"], position["height"]
        corners = [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2]
    else:
        corners = [position[key] for key in ("minX", "minY", "maxX", "maxY")]
    if box.get("domain") != "pixel":  # parts of the picture
        corners = [corner * size for corner, size in zip(corners, (width, height) * 2, strict=True)]
    if not all(math.isfinite(corner) for corner in corners):
        raise ValueError("a box with a corner that is no number")
    made = dict(zip(("xStart", "yStart", "xEnd", "yEnd"), corners, strict=True))
    number = box.get("class_id")
    name = labels.get(str(number), "" if number is None else str(number)) or str(box.get("box_caption") or "")
    if name:
        made["className"] = (f"{name} ({box_set})" if box_set else name)[:_MAX_TEXT]
    probability = _probability(box.get("scores"))
    return made if probability is None else {**made, "probability": probability}


def _probability(scores: object) -> float | None:
    """Of what a box was given, what is from 0 to 1 and says how sure it is."""
    given = scores if isinstance(scores, dict) else {}
    numbers = {
        name: float(value)
        for name, value in given.items()
        if type(value) in (int, float) and math.isfinite(value) and 0 <= value <= 1
    }
    for name in _PROBABILITIES:
        if name in numbers:
            return numbers[name]
    return next(iter(numbers.values())) if len(numbers) == 1 else None


def _classes(labels: Mapping[str, str], boxes: list[dict[str, Any]]) -> list[str] | None:
    """All names, in the order of their numbers, as masks need it; then those of boxes."""
    numbers = [int(key) for key in labels if key.isdecimal() and len(key) < 5 and int(key) < _MAX_CLASSES]
    named = [labels.get(str(number), str(number)) for number in range(max(numbers, default=-1) + 1)]
    further = dict.fromkeys(box["className"] for box in boxes if "className" in box)
    return [*named, *(name for name in further if name not in named)] or None
