"""Writes `detections/coco_matches.json`: random boxes, and who finds what by COCO's own evaluation.

Run with a Python that has pycocotools: `python tests/corpus/make_detections.py`.
"""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

IOUS = (0.1, 0.3, 0.5, 0.75, 0.95)


def scene(seed: int, pictures: int = 6, classes: int = 3, most: int = 9) -> dict[str, Any]:
    """Expected boxes and predictions of some pictures: near each other, some equal, some with the same score."""
    random = np.random.default_rng(seed)
    expected: list[dict[str, Any]] = []
    predictions: list[dict[str, Any]] = []
    for picture in range(1, pictures + 1):
        for _ in range(random.integers(0, most)):
            box = [float(value) for value in random.integers(0, 40, 2)]
            box += [float(value) for value in random.integers(1, 30, 2)]
            category = int(random.integers(1, classes + 1))
            crowd = int(random.random() < 0.15)
            entry = {"image_id": picture, "category_id": category, "bbox": box, "iscrowd": crowd}
            expected.append({"id": len(expected) + 1, "area": box[2] * box[3], **entry})
            for _ in range(random.integers(0, 4)):
                moved = [value + float(random.integers(-4, 5)) for value in box[:2]]
                sized = [max(1.0, value + float(random.integers(-4, 5))) for value in box[2:]]
                score = float(random.integers(0, 8)) / 8
                predictions.append(
                    {"image_id": picture, "category_id": category, "bbox": moved + sized, "score": score}
                )
    return {"pictures": pictures, "classes": classes, "expected": expected, "predictions": predictions}


def by_coco(given: dict[str, Any], iou: float) -> list[int | None]:
    """The id of the expected box that each prediction takes; None: none."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "info": {},
            "images": [{"id": place} for place in range(1, given["pictures"] + 1)],
            "annotations": [dict(entry) for entry in given["expected"]],
            "categories": [{"id": place} for place in range(1, given["classes"] + 1)],
        }
        truth.createIndex()
        found = truth.loadRes([dict(entry) for entry in given["predictions"]])
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.iouThrs = np.array([iou])
        evaluation.params.areaRng = [[0, 1e10]]
        evaluation.params.areaRngLbl = ["all"]
        evaluation.params.maxDets = [10_000]
        evaluation.evaluate()
    taken: list[int | None] = [None] * len(given["predictions"])
    for result in filter(None, evaluation.evalImgs):
        for prediction, expected in zip(result["dtIds"], result["dtMatches"][0], strict=True):
            taken[prediction - 1] = int(expected) or None
    return taken


if __name__ == "__main__":
    scenes = []
    for seed in range(6):
        given = scene(seed)
        scenes.append({**given, "taken": {str(iou): by_coco(given, iou) for iou in IOUS}})
    path = Path(__file__).parent / "detections" / "coco_matches.json"
    path.write_text(json.dumps(scenes, separators=(",", ":")) + "\n", encoding="utf-8")
