"""LabelMe's and Pascal VOC's files, one for each picture."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.sources.detections.picture_files import HERE, LABELME, VOC, read_labelme, read_voc
from tests.sources.detections.test_yolo_format import Folder

LABELME_FILE = json.dumps(
    {
        "version": "5.4.1",
        "flags": {},
        "shapes": [
            {"label": "cat", "points": [[1, 2], [9, 2], [9, 8]], "shape_type": "polygon"},
            {"label": "dog", "points": [[20, 10], [12, 2]], "shape_type": "rectangle", "group_id": None},
            {"label": "sun", "points": [[50, 50], [53, 54]], "shape_type": "circle"},
            {"label": "edge", "points": [[0, 0], [5, 5]], "shape_type": "line"},
        ],
        "imagePath": "..\\images\\a.jpg",
        "imageData": "A" * 9000,
        "imageHeight": 80,
        "imageWidth": 100,
    }
)
VOC_FILE = """<annotation><folder>VOC2007</folder><filename>a.jpg</filename>
<size><width>100</width><height>80</height><depth>3</depth></size>
<object><name>cat</name><difficult>0</difficult>
<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>
<bndbox><xmin>11</xmin><ymin>21</ymin><xmax>30</xmax><ymax>40.5</ymax></bndbox></object></annotation>"""


def test_labelmes_shapes_are_boxes_and_areas(tmp_path: Path) -> None:
    files = Folder(tmp_path, {"a.json": LABELME_FILE, "b.json": "{", "other/c.json": '{"loss": 1}'})
    assert list(LABELME.sets_in(files, lambda _: True)) == [HERE]
    found = LABELME.read(files, HERE, lambda _: None)
    assert [entry.name for entry in found.classes] == ["cat", "dog", "sun"]
    assert found.table.boxes.tolist() == [[1, 2, 8, 6], [12, 2, 8, 8], [45, 45, 10, 10]]
    assert found.pictures[0].name == "..\\images\\a.jpg"
    assert "b.json" in found.problems[0]
    things = LABELME.things(files, HERE, found, 0)
    assert len(things.boxes) == 3
    assert [polygon.points for polygon in things.polygons] == [[(1, 2), (9, 2), (9, 8)]]


def test_vocs_boxes_begin_with_their_first_pixel(tmp_path: Path) -> None:
    files = Folder(
        tmp_path, {"Annotations/a.xml": VOC_FILE, "Annotations/b.xml": "<annotation>", "x/p.xml": "<a/>"}
    )
    assert list(VOC.sets_in(files, lambda _: False)) == ["Annotations"]
    found = VOC.read(files, "Annotations", lambda _: None)
    assert found.table.boxes.tolist() == [[10, 20, 20, 20.5]]
    assert [entry.name for entry in found.classes] == ["cat"]
    assert "Annotations/b.xml" in found.problems[0]
    (box,) = VOC.things(files, "Annotations", found, 0).boxes
    assert (box.x_start, box.y_end, box.class_name) == (10, 40.5, "cat")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotation>&b;</annotation>', "declares entities"),
        ("<annotation>" + "<a>" * 30, "nested too deep"),
        ("<annotation><object><name>x</name></object></annotation>", "no box of four numbers"),
        ("<annotation", "no XML"),
    ],
)
def test_what_is_no_annotation_is_refused(text: str, reason: str) -> None:
    with pytest.raises(LogFormatError, match=reason):
        read_voc(text.encode(), "a.xml")


@given(st.data())
def test_mutated_files_end_with_a_sentence(data: st.DataObject) -> None:
    for text, read in ((LABELME_FILE[:300], read_labelme), (VOC_FILE, read_voc)):
        mutated = bytearray(text.encode())
        for place in data.draw(st.lists(st.integers(0, len(mutated) - 1), max_size=5)):
            mutated[place] = data.draw(st.integers(0, 255))
        with suppress(LogFormatError):
            read(bytes(mutated), "a")
