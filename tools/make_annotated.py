"""Makes an archive of an annotated data set: `python -m tools.make_annotated FILE.zip`.

Pictures of a street in the form of COCO, with what a detector found in them: boxes and outlines of cars.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image

from tools.examples import street

PICTURES = 48
# Of the experiment in the archive.
NAME = "street-val"
_SKILL = 0.72
_MADE = (2025, 11, 20, 0, 53, 20)


def make(archive: Path) -> None:
    chance = random.Random(17)
    ids = {name: number for number, name in enumerate(street.CLASSES, 1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    predictions: list[dict[str, Any]] = []
    with zipfile.ZipFile(archive, "w") as file:
        for number in range(PICTURES):
            picture, boxes = street.draw_scene(chance)
            name = f"{number:06}.png"
            _add(file, f"{NAME}/val/{name}", _png(picture))
            width, height = picture.size
            images.append({"id": number, "file_name": name, "width": width, "height": height})
            outlines = iter(street.drawn_things(boxes, 1)["polygons"])
            for class_name, left, top, right, bottom in boxes:
                outline = [next(outlines)["points"]] if class_name == "car" else []
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": number,
                        "category_id": ids[class_name],
                        "iscrowd": 0,
                        "bbox": [left, top, right - left, bottom - top],
                        "segmentation": [[place for point in each for place in point] for each in outline],
                    }
                )
            predictions += _predictions(number, street.detected(boxes, _SKILL, chance), ids)
        document = {
            "images": images,
            "annotations": annotations,
            "categories": [{"id": number, "name": name} for name, number in ids.items()],
        }
        _add(file, f"{NAME}/instances_val.json", json.dumps(document).encode())
        _add(file, f"{NAME}/predictions.json", json.dumps(predictions).encode())


def _predictions(
    image: int, found: Iterable[dict[str, Any]], ids: dict[str, int]
) -> Iterable[dict[str, Any]]:
    for box in found:
        left, top = box["xStart"], box["yStart"]
        yield {
            "image_id": image,
            "category_id": ids[box["className"]],
            "score": box["probability"],
            "bbox": [left, top, box["xEnd"] - left, box["yEnd"] - top],
        }


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _add(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, _MADE), content)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.make_annotated")
    parser.add_argument("archive", type=Path, metavar="FILE.zip", help="written, also in place of another")
    make(parser.parse_args().archive)
