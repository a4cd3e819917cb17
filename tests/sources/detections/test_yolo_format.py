"""YOLO's label files: single lines, whole folders, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.disk.root import OpenedFile
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.sources.detections.yolo_format import YoloFormat
from lavdlike.sources.detections.yolo_labels import BadLine, Label, labels_in, looks_like_labels

SEGMENT = "2 0.1 0.2 0.5 0.2 0.5 0.6"


def label(line: str, keypoints: tuple[int, int] | None = None) -> Label:
    (found,) = labels_in(line, keypoints)
    assert isinstance(found, Label)
    return found


@pytest.mark.parametrize(
    ("line", "confidence", "corners", "points"),
    [
        ("0 0.5 0.5 0.2 0.4", None, 0, 0),
        ("0 0.5 0.5 0.2 0.4 0.875", 0.875, 0, 0),
        ("0 0.5 0.5 0.2 0.4 0.875 17", 0.875, 0, 0),
        (SEGMENT, None, 3, 0),
        (f"{SEGMENT} 0.75", 0.75, 3, 0),
        ("0 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2", None, 4, 0),
        ("0 0.5 0.5 0.2 0.4 0.5 0.5 2 0.6 0.6 0 0.7 0.7 1", None, 0, 3),
        ("0 0.5 0.5 0.2 0.4 0.5 0.5 2 0.6 0.6 0 0.7 0.7 1 0.9", 0.9, 0, 3),
    ],
)
def test_a_line_is_told_by_how_many_numbers_it_has(
    line: str, confidence: float | None, corners: int, points: int
) -> None:
    found = label(line)
    assert (found.confidence, len(found.corners), len(found.points)) == (confidence, corners, points)
    if not corners:
        assert found.box == pytest.approx((0.4, 0.3, 0.2, 0.4))


def test_keypoints_are_as_the_data_set_says() -> None:
    found = label("0 0.5 0.5 0.2 0.4 0.1 0.2 0.3 0.4", (2, 2))
    assert found.points == [(0.1, 0.2), (0.3, 0.4)]
    assert label("0 0.5 0.5 0.2 0.4 0.1 0.2 0.9 0.3 0.4 0 0.5", (2, 3)).points == [(0.1, 0.2), None]


def test_an_area_has_the_box_around_it() -> None:
    assert label(SEGMENT).box == pytest.approx((0.1, 0.2, 0.4, 0.4))


@given(st.text(st.sampled_from("0123456789.- e\nnaif"), max_size=80), st.none() | st.just((2, 3)))
def test_any_text_is_labels_or_said_to_be_none(text: str, keypoints: tuple[int, int] | None) -> None:
    for found in labels_in(text, keypoints):
        assert found.reason if isinstance(found, BadLine) else len(found.box) == 4


def test_other_texts_are_no_labels() -> None:
    for text in ("The quick brown fox", "0.5 0.5", "1 2 3", "nan 1 2 3 4", "0 0.5 inf 0.5 0.5"):
        assert not looks_like_labels(text), text
    assert looks_like_labels("\n")
    assert looks_like_labels(SEGMENT)


class Folder:
    """Files of an experiment `data` in a folder."""

    def __init__(self, root: Path, files: dict[str, str]) -> None:
        self._root = StoredRoot(root)
        self.folders: dict[str, list[str]] = {}
        for path, text in files.items():
            file = root / "data" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            folder, _, name = path.rpartition("/")
            self.folders.setdefault(folder, []).append(name)

    @contextmanager
    def file(self, path: str) -> Iterator[OpenedFile]:
        with self._root.file(f"data/{path}") as opened:
            yield opened


def test_a_data_set_is_read_as_a_whole_and_by_picture(tmp_path: Path) -> None:
    files = Folder(
        tmp_path,
        {
            "data.yaml": "names:\n  0: person\n  1: car\nkpt_shape: [2, 3]\n",
            "labels/train/a.txt": "0 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4 0.1 0.2 2 0.3 0.4 0\n",
            "labels/train/empty.txt": "",
            "labels/val/b.txt": f"{SEGMENT}\nwhat\n0 0.1\n",
            "labels/classes.txt": "person\ncar\n",
            "notes/labels.txt": "0 0.5 0.5 0.2 0.4",
        },
    )
    assert list(YoloFormat().sets_in(files, lambda _: True)) == ["labels"]
    assert len(YoloFormat().files_of(files, "labels")) == 4
    told: list[float] = []
    found = YoloFormat().read(files, "labels", told.append)
    assert (found.role, found.in_parts) == ("expected", True)
    assert [entry.name for entry in found.pictures] == [
        "images/train/a",
        "images/train/empty",
        "images/val/b",
    ]
    assert [(entry.name, entry.is_named) for entry in found.classes] == [
        ("person", True),
        ("car", True),
        ("class 2", False),
    ]
    assert found.table.pictures.tolist() == [0, 0, 2]
    assert told == sorted(told)
    said = "\n".join(found.problems)
    assert "labels/val/b.txt, line 2" in said
    assert "a line of 2 numbers is none of a label at labels/val/b.txt, line 3" in said
    of_first = YoloFormat().things(files, "labels", found, 0)
    assert [box.class_name for box in of_first.boxes] == ["person", "car"]
    assert of_first.keypoints[0].points == [(0.1, 0.2), None]
    of_last = YoloFormat().things(files, "labels", found, 2)
    assert len(of_last.polygons[0].points) == 3
    assert of_last.problems


def test_labels_of_a_run_with_confidences_are_predictions(tmp_path: Path) -> None:
    files = Folder(
        tmp_path, {"predict/labels/a.txt": "0 0.5 0.5 0.2 0.4 0.25", "other/labels/x.txt": "a poem"}
    )
    assert list(YoloFormat().sets_in(files, lambda _: True)) == ["predict/labels"]
    found = YoloFormat().read(files, "predict/labels", lambda _: None)
    assert found.role == "predicted"
    assert found.table.scores.tolist() == [0.25]
    assert found.pictures[0].name == "predict/images/a"


def test_a_file_that_is_gone_or_too_long_is_named(tmp_path: Path) -> None:
    files = Folder(tmp_path, {"labels/a.txt": "0 0.5 0.5 0.2 0.4", "labels/b.txt": "0 " * 3 * 2**20})
    (tmp_path / "data/labels/a.txt").unlink()
    found = YoloFormat().read(files, "labels", lambda _: None)
    assert len(found.table) == 0
    assert len(found.problems) == 2
