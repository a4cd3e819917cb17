"""Row 22: annotations of COCO's instances of 2017 in size, beside what Python takes to parse the same file."""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks import measure, servers
from benchmarks.measure import Figures, Result

PICTURES, BOXES, CLASSES = 118_000, 900_000, 80
_EXPECTED = {"experiment": "coco", "path": "annotations/instances_train2017.json"}
_PREDICTED = {"experiment": "coco", "path": "predictions.json"}
_PARSED = """
import json, sys, time
begun, cpu = time.perf_counter(), time.process_time()
with open(sys.argv[1]) as file:
    json.load(file)
print(json.dumps({"s": time.perf_counter() - begun, "cpu_s": time.process_time() - cpu}))
"""


def coco(rounds: int) -> Result:
    """From a server that knows the folder: the first picture with its boxes, without an index and with it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size_mib = write(folder / "root" / "coco")
        file = folder / "root" / "coco" / _EXPECTED["path"]
        taken = measure.in_turn(
            {
                "lavdlike": lambda: _asked(folder),
                "json.load": lambda: measure.figures_of([sys.executable, "-c", _PARSED, str(file)]),
            },
            rounds,
        )
    middle = measure.medians(taken)
    ours, theirs = middle["lavdlike"], middle["json.load"]
    part, cpu_part = (measure.ratio(taken, "lavdlike", "json.load", key) for key in ("s", "cpu_s"))
    return Result(
        "22",
        f"{BOXES:,} boxes on {PICTURES:,} pictures, a file of {size_mib:.0f} MiB",
        ["", "s", "CPU s"],
        [
            ["first picture with boxes, cold", f"{ours['s']:.2f}", f"{ours['cpu_s']:.2f}"],
            ["the same from the index", f"{ours['kept_s']:.2f}", f"{ours['kept_cpu_s']:.2f}"],
            ["all matched with as many predictions", f"{ours['matched_s']:.2f}", ""],
            ["another filter of the matches", f"{ours['filter_s']:.2f}", ""],
            ["json.load of the file", f"{theirs['s']:.2f}", f"{theirs['cpu_s']:.2f}"],
        ],
        [
            ("cold <= 0.3 x the time of json.load", f"{part:.2f} x", part <= 0.3),
            ("cold <= 0.3 x its CPU time", f"{cpu_part:.2f} x", cpu_part <= 0.3),
            ("cold within 3 s of the CPU", f"{ours['cpu_s']:.2f} s", ours["cpu_s"] <= 3),
            (
                "from the index within 0.3 s of the CPU",
                f"{ours['kept_cpu_s']:.2f} s",
                ours["kept_cpu_s"] <= 0.3,
            ),
            ("a filter over all matches within 1 s", f"{ours['filter_s']:.2f} s", ours["filter_s"] <= 1),
        ],
        middle,
    )


def write(folder: Path) -> float:
    """A data set as COCO's: its annotations, as many predictions, and a few of its pictures. Returns MiB."""
    (folder / "annotations").mkdir(parents=True)
    (folder / "train2017").mkdir()
    picture = folder / "train2017" / f"{0:012}.jpg"
    Image.new("RGB", (640, 480), "navy").save(picture)
    for number in range(1, 500):
        os.link(picture, folder / "train2017" / f"{number:012}.jpg")
    path = folder / _EXPECTED["path"]
    with path.open("w") as file:
        file.write('{"info": {"description": "COCO 2017 Dataset"}, "licenses": [], "images": [')
        file.writelines(_separated(_images()))
        file.write('], "annotations": [')
        file.writelines(_separated(_annotations()))
        file.write('], "categories": ')
        json.dump([{"id": each, "name": f"class {each}"} for each in range(1, CLASSES + 1)], file)
        file.write("}")
    with (folder / _PREDICTED["path"]).open("w") as file:
        file.write("[")
        file.writelines(_separated(_predictions()))
        file.write("]")
    return path.stat().st_size / 2**20


def _separated(entries: Iterator[str]) -> Iterator[str]:
    for place, entry in enumerate(entries):
        yield f", {entry}" if place else entry


def _images() -> Iterator[str]:
    for number in range(PICTURES):
        name = f"{number:012}.jpg"
        yield json.dumps(
            {
                "license": 4,
                "file_name": name,
                "coco_url": f"http://images.cocodataset.org/train2017/{name}",
                "height": 480,
                "width": 640,
                "date_captured": "2013-11-14 17:02:52",
                "flickr_url": f"http://farm7.staticflickr.com/6116/{name}_z.jpg",
                "id": number,
            }
        )


def _boxes() -> Iterator[tuple[int, int, list[float]]]:
    """Picture, class and box of each: most of few pictures and classes, as in COCO."""
    chance = random.Random(2)
    for _ in range(BOXES):
        picture = int(PICTURES * chance.random() ** 2)
        box = [round(chance.random() * most, 2) for most in (500, 400)]
        box += [round(2 + chance.random() * 100, 2) for _ in range(2)]
        yield picture, 1 + int(CLASSES * chance.random() ** 3), box


def _annotations() -> Iterator[str]:
    chance = random.Random(3)
    # Polygons are most of the file; drawing each number anew is most of the time.
    polygons = [
        json.dumps([[round(chance.random() * 600, 2) for _ in range(2 * chance.randint(8, 40))]])
        for _ in range(500)
    ]
    for number, (picture, category, box) in enumerate(_boxes()):
        yield (
            f'{{"segmentation": {polygons[number % 500]}, "area": {box[2] * box[3]:.4f}, "iscrowd": 0, '
            f'"image_id": {picture}, "bbox": {box}, "category_id": {category}, "id": {number + 1}}}'
        )


def _predictions() -> Iterator[str]:
    chance = random.Random(4)
    for picture, category, (left, top, width, height) in _boxes():
        moved = [round(side + chance.gauss(0, 8), 2) for side in (left, top)]
        box = [*moved, width, height]
        yield (
            f'{{"image_id": {picture}, "category_id": {category}, "bbox": {box}, '
            f'"score": {chance.random():.4f}}}'
        )


def _asked(folder: Path) -> Figures:
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        cold = _first_picture(folder / "root", Path(cache))
        kept = _first_picture(folder / "root", Path(cache), matches=True)
    return {**cold, **{f"kept_{key}": value for key, value in kept.items() if key in cold}} | {
        key: value for key, value in kept.items() if key not in cold
    }


def _first_picture(root: Path, cache: Path, *, matches: bool = False) -> Figures:
    with servers.lavdlike(root, cache=cache) as server:
        server.get("/api/experiments/coco")
        begun, cpu_s = time.perf_counter(), server.cpu_s()
        paths = ["train2017/000000000005.jpg"]
        page = _ready(server, "pictures", {"experiment": "coco", "paths": paths, "expected": _EXPECTED})
        assert page["pictures"][0]["boxes"]
        figures = {"s": time.perf_counter() - begun, "cpu_s": server.cpu_s() - cpu_s}
        if matches:
            asked = {"expected": _EXPECTED, "predicted": _PREDICTED, "only": "fn"}
            begun = time.perf_counter()
            _ready(server, "matches", asked)
            matched = time.perf_counter()
            assert _ready(server, "matches", {**asked, "classes": ["class 1"], "order": "score"})["classes"]
            figures |= {"matched_s": matched - begun, "filter_s": time.perf_counter() - matched}
        server.rest()  # the index is written when the picture was answered
        return figures


def _ready(server: servers.Server, what: str, body: dict[str, Any]) -> Any:
    while (page := server.json(f"/api/detections/{what}", body))["state"] == "reading":
        pass
    return page
