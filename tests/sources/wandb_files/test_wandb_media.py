"""Media of wandb's runs: byte by byte and value by value what wandb itself wrote and noted, each at its step."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import posixpath
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike import layout
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import ItemAddress
from lavdlike.reading import items
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.sources.wandb_files import wandb_media, wandb_members
from lavdlike.sources.wandb_files.wandb_members import WandbMembers
from lavdlike.sources.wandb_files.wandb_records import HEADER, RecordReader
from tests.scripts import ROOT
from tests.sources.reading import NothingBeside
from tests.sources.wandb_files.records import field, history, log, summary, varint
from tests.sources.wandb_files.test_molecules import PDB

CORPUS = ROOT / "tests" / "corpus" / "media"
EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())["wandb"]
# As `make_media.MADE_IN`.
MADE_IN = f"/{'tmp'}/lavdlike-media{'-' * 150}".encode()


def corpus_in(root: Path) -> None:
    """The run and wandb's data as if they had been made in this folder."""
    shutil.copytree(CORPUS / "wandb", root, dirs_exist_ok=True)
    path = root / "run" / "run-owl.wandb"
    data = path.read_bytes()
    records, _ = RecordReader().split(data[len(HEADER) :], len(HEADER))
    here = str(root).encode()
    here += b"/" * (len(MADE_IN) - len(here))
    path.write_bytes(log(*(record.replace(MADE_IN, here) for record in records)))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[StoredRoot, Snapshot]:
    root = tmp_path_factory.mktemp("root")
    corpus_in(root)
    return StoredRoot(root), Snapshot(StoredRoot(root), Name("run"))


def item(shown: tuple[StoredRoot, Snapshot], kind: str, label: str, step: int | None) -> Any:
    root, snapshot = shown
    paths = snapshot.tree.files_of(Address(kind, label, step))
    address = ItemAddress(snapshot.id, kind, label, step)
    found = items.read_item(root, address, paths, sequence=0, budget=items.Budget())
    assert found is not None
    return found.item


def bytes_of(shown: tuple[StoredRoot, Snapshot], kind: str, label: str, step: int | None) -> bytes:
    root, snapshot = shown
    path = snapshot.tree.files_of(Address(kind, label, step))[0]
    with root.file(f"run/{path}") as opened:
        return opened.read(2**30)


def table(data: bytes) -> tuple[list[str], list[list[str]]]:
    columns, *rows = csv.reader(io.StringIO(data.decode()))
    return columns, rows


def test_each_file_is_the_one_that_wandb_noted_at_its_step(shown: tuple[StoredRoot, Snapshot]) -> None:
    made = {"tables", "meshes"}
    by_place = {f"{each.label}@{each.step}": each for each in shown[1].tree.items() if each.kind != "texts"}
    seen = Counter[str]()
    for place, digest in EXPECTED["files"].items():
        kind, label, step = by_place[place]
        if kind not in made or label == "obj":
            assert hashlib.sha256(bytes_of(shown, kind, label, step)).hexdigest() == digest, place
        seen[kind] += 1
    assert seen == {"images": 9, "audio": 3, "videos": 2, "html": 3, "plots": 1, "meshes": 7, "tables": 10}


def test_nothing_is_shown_twice(shown: tuple[StoredRoot, Snapshot]) -> None:
    labels = [each.label for each in shown[1].tree.items()]
    assert not [label for label in labels if label.startswith("files/")]
    assert shown[1].tree.problems() == []


def test_captions_boxes_and_masks_lie_on_their_pictures(shown: tuple[StoredRoot, Snapshot]) -> None:
    content = item(shown, "images", "val/street", 10).content
    assert content.caption == "a street"
    assert [[box.x_start, box.y_start, box.x_end, box.y_end] for box in content.boxes] == [
        *([4, 0, 12, 6], [2, 5, 6, 7]),
    ]
    assert [(box.class_name, box.probability) for box in content.boxes] == [("owl", 0.9), ("tree", None)]
    (expected,) = content.expected_boxes
    assert [expected.x_start, expected.y_start, expected.x_end, expected.y_end] == [2, 1, 6, 9]
    assert content.classes[:3] == ["background", "owl", "tree"]
    assert [mask.name for mask in content.masks] == ["predictions", "truth"]
    assert item(shown, "images", "image", 2).content.caption == "step 2"
    assert [item(shown, "images", f"batch/{number}", 10).content.caption for number in range(3)] == [
        "0",
        "1",
        "2",
    ]
    assert item(shown, "images", "classes", 10).content.classes == ["class_0", "class_1", "class_2"]
    assert item(shown, "texts", "tone", 11).content.actual == "A4\n"
    assert item(shown, "images", "last picture", None).problem is None


@pytest.mark.parametrize("place", EXPECTED["tables"])
def test_tables_have_the_cells_that_wandb_has(shown: tuple[StoredRoot, Snapshot], place: str) -> None:
    label, _, step = place.partition("@")
    columns, rows = table(bytes_of(shown, "tables", label, int(step)))
    expected = EXPECTED["tables"][place]
    assert columns == [str(column) for column in expected["columns"]]
    assert len(rows) == len(expected["rows"])
    for row, wanted in zip(rows, expected["rows"], strict=True):
        for cell, value in zip(row, wanted, strict=True):
            if value is None or isinstance(value, bool):
                assert cell == {None: "", True: "true", False: "false"}[value]
            elif isinstance(value, float):
                assert cell == "" if math.isnan(value) else float(cell) == value  # which wandb writes as null
            elif isinstance(value, str) and len(value) == 64:  # what the cell shows
                stem, suffix = posixpath.splitext(cell)
                kind = {".png": "images", ".wav": "audio"}[suffix]
                assert hashlib.sha256(bytes_of(shown, kind, stem, int(step))).hexdigest() == value
            else:
                assert cell == str(value)


def test_histograms_and_point_clouds(shown: tuple[StoredRoot, Snapshot]) -> None:
    for place, expected in EXPECTED["histograms"].items():
        content = item(shown, "histograms", *_place(place)).content
        assert (content.edges, content.counts) == (expected["edges"], expected["counts"])
    for label, columns in (("cloud", 3), ("classed", 4), ("coloured", 6), ("scene", 6)):
        path = next((CORPUS / "wandb/run/files/media/object3D").glob(f"{label}_*"))
        document = json.loads(path.read_text())
        points = np.array(document["points"] if label == "scene" else document)
        assert points.shape[1] == columns
        header, _, body = bytes_of(shown, "meshes", label, 12).partition(b"end_header\n")
        has_colours = b"property uchar red" in header
        dtype = [("xyz", "<f4", 3), *([("rgb", "u1", 3)] if has_colours else [])]
        vertices = np.frombuffer(body, dtype=dtype)
        assert (vertices["xyz"] == points[:, :3].astype("f4")).all()
        assert has_colours == (columns > 3)
        if columns == 6:
            assert (vertices["rgb"] == points[:, 3:]).all()


def _place(place: str) -> tuple[str, int]:
    label, _, step = place.partition("@")
    return label, int(step)


def test_artifacts_are_a_table_without_those_of_tables(shown: tuple[StoredRoot, Snapshot]) -> None:
    columns, rows = table(bytes_of(shown, "tables", "artifacts", None))
    assert columns[:5] == ["name", "type", "aliases", "files", "bytes"]
    assert [[*row[:2], sorted(row[2].split(", ")), row[3]] for row in rows] == [
        ["parted", "dataset", ["latest"], "3"],
        ["weights", "model", ["best", "latest"], "1"],
    ]
    assert rows[1][4:] == ["3", "the weights", '{"layers":2}']


# --- where files are not, and what nobody should write ----------------------------------------------------------------


def items_of(tmp_path: Path, *records: bytes) -> Snapshot:
    (tmp_path / "run").mkdir(exist_ok=True)
    (tmp_path / "run" / "run-a.wandb").write_bytes(log(*records))
    return Snapshot(StoredRoot(tmp_path), Name("run"))


def opened(tmp_path: Path, path: str) -> bytes:
    with StoredRoot(tmp_path).file(f"run/run-a.wandb!/{path}") as file:
        assert isinstance(file, OpenedFile)
        return file.read(2**30)


def medium(path: str, type_: str = "image-file", **others: Any) -> dict[str, str]:
    return {key: json.dumps(value) for key, value in {"_type": type_, "path": path, **others}.items()}


def test_pictures_in_tables_that_lie_elsewhere_are_said(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "wandb" / "run", tmp_path / "run")
    snapshot = Snapshot(StoredRoot(tmp_path), Name("run"))
    (problem,) = snapshot.tree.problems()
    assert "pictures in cells of a table are not shown" in problem.reason
    with StoredRoot(tmp_path).file("run/run-owl.wandb!/0013/predictions.csv") as file:
        assert [row[1] for row in table(file.read(2**20))[1]] == ["Image"] * 3
    assert Address("images", "val/street", 10) in snapshot.tree.items()


def test_what_is_expected_is_so_on_pictures_without_predictions(tmp_path: Path) -> None:
    """The names of the sets are wandb's users', and where a model found nothing they leave its set out."""
    (tmp_path / "run" / "files").mkdir(parents=True)
    box = {"position": {"minX": 0, "maxX": 0.5, "minY": 0, "maxY": 0.5}, "class_id": 1}
    (tmp_path / "run" / "files" / "boxes.json").write_text(json.dumps({"box_data": [box]}))

    def picture(*sets: str) -> dict[str, str]:
        boxes = {name: {"_type": "boxes2D", "path": "boxes.json"} for name in sets}
        return medium("a.png", boxes=boxes, width=40, height=30)

    expected = ("ground_truth", "gt_boxes", "Ground Truth annotations", "labels", "actual")
    pictures = {f"val{place}": picture(name, "model") for place, name in enumerate(expected)}
    later = {label: picture(name) for label, name in zip(pictures, expected, strict=True)}
    items_of(tmp_path, history(1, pictures), history(2, {**later, "alone": picture("ground_truth")}))

    def counts(step: int, label: str) -> tuple[int, int | None]:
        content = json.loads(opened(tmp_path, f"{step:04}/{label}.json"))["images"]
        given = content.get("expectedBoxes")
        return len(content["boxes"]), None if given is None else len(given)

    assert {counts(1, label) for label in pictures} == {(1, 1)}
    assert {counts(2, label) for label in pictures} == {(0, 1)}
    assert counts(2, "alone") == (1, None)


def artifact(identity: str, files: dict[str, str]) -> bytes:
    """A record; of each file where it lies, or the address of another's that it is."""
    entries = [
        field(4, field(1, path.encode()) + field(3 if "://" in local else 6, local.encode()))
        for path, local in files.items()
    ]
    parts = [field(4, b"run_table"), field(12, b"".join(entries)), field(15, identity.encode())]
    return field(8, b"".join(parts))


def test_two_tables_are_joined(tmp_path: Path) -> None:
    for name, document in {
        "left": {"columns": ["id", "x"], "data": [[1, 0.5], [2, True], [3, None], [3]]},
        "right": {"columns": ["x", "key"], "data": [["b", 2], ["c", 3], ["a", 1], ["d", 9]]},
        "join": {"_type": "joined-table", "join_key": ["id", "key"], "table1": "l", "table2": "r"},
        "broken": {"_type": "joined-table", "join_key": "other", "table1": "l", "table2": "r"},
    }.items():
        (tmp_path / name).write_text(json.dumps(document))

    def joined(path: str) -> dict[str, str]:
        address = f"wandb-client-artifact://b/{path}"
        return {"_type": '"joined-table"', "artifact_path": json.dumps(address)}

    local = {name: str(tmp_path / name) for name in ("left", "right", "join", "broken")}
    snapshot = items_of(
        tmp_path,
        artifact("a", {"left.json": local["left"]}),
        artifact(
            "b",
            {
                "l": "wandb-client-artifact://a/left.json",
                "r": local["right"],
                "j": local["join"],
                "broken": local["broken"],
                "gone": str(tmp_path / "gone"),
            },
        ),
        history(1, {"both": joined("j"), "bad": joined("broken"), "gone": joined("gone")}),
    )
    assert table(opened(tmp_path, "0001/both.csv")) == (
        ["id", "x", "x (2)"],
        [["1", "0.5", "a"], ["2", "true", "b"], ["3", "", "c"], ["3", "", "c"], ["9", "", "d"]],
    )
    with pytest.raises(NotServedError, match="no column 'other'"):
        opened(tmp_path, "0001/bad.csv")
    (problem,) = snapshot.tree.problems()
    assert "joined of two, are not shown: 1 of them" in problem.reason


def test_a_molecule_is_a_mesh(tmp_path: Path) -> None:
    (tmp_path / "run" / "files").mkdir(parents=True)
    (tmp_path / "run" / "files" / "m.pdb").write_text(PDB)
    snapshot = items_of(tmp_path, history(1, {"mol": medium("m.pdb", "molecule-file")}))
    assert list(snapshot.tree.items()) == [Address("meshes", "mol", 1)]
    assert opened(tmp_path, "0001/mol.ply").startswith(
        b"ply\nformat binary_little_endian 1.0\nelement vertex"
    )


@pytest.mark.parametrize(
    "path", ["../../../etc/passwd", "/etc/passwd", "../../outside.png", "media/../../../../x", "a\0b"]
)
def test_nothing_outside_of_the_root_is_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.png").write_bytes(b"secret")
    (tmp_path / "root").mkdir()
    items_of(tmp_path / "root", history(1, {"a": medium(path)}))
    with pytest.raises((NotServedError, OSError)) as raised:
        opened(tmp_path / "root", f"0001/a{posixpath.splitext(path)[1]}")
    assert "secret" not in str(raised.value)


def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (tmp_path / "outside.png").write_bytes(b"secret")
    root.mkdir()
    items_of(root, history(1, {"a": medium("media/a.png")}))
    (root / "run" / "files" / "media").mkdir(parents=True)
    (root / "run" / "files" / "media" / "a.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises((NotServedError, OSError)):
        opened(root, "0001/a.png")


def test_what_is_not_as_wandb_writes_it_is_a_problem_and_the_rest_is_shown(tmp_path: Path) -> None:
    files = tmp_path / "run" / "files"
    files.mkdir(parents=True)
    for name, content in {
        "t.table.json": '{"columns": "x"}',
        "p.pts.json": "[[1, 2]]",
        "b.json": "[1]",
        "a.png": "x",
    }.items():
        (files / name).write_text(content)
    boxes = {"boxes": {"one": medium("b.json", "boxes2D")}}
    snapshot = items_of(
        tmp_path,
        history(1, {"t": medium("t.table.json", "table-file")}),
        history(
            1, {"p": medium("p.pts.json", "object3D-file"), "h": {"_type": '"histogram"', "bins": "[1]"}}
        ),
        history(1, {"a": {**medium("a.png"), **boxes}, "gone": medium("gone.png")}),
        history(1, {"odd": {"_type": "7", "path": "{}"}, "list": {"_type": '"audio"', "audio": "[3, null]"}}),
        history(None, {"nowhere": medium("a.png")}),
    )
    labels = {(each.kind, each.label) for each in snapshot.tree.items()}
    assert labels == {
        *(("tables", "t"), ("meshes", "p"), ("histograms", "h"), ("images", "a"), ("images", "gone")),
    }
    for path in ("0001/t.csv", "0001/p.ply", "0001/h.json", "0001/a.json", "0001/gone.png"):
        with pytest.raises(NotServedError) as raised:
            opened(tmp_path, path)
        assert str(raised.value)
    assert opened(tmp_path, "0001/a.png") == b"x"
    assert "at steps that are none" in snapshot.tree.problems()[0].reason


def test_a_log_that_names_no_end_of_files_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wandb_members, "MAX_MEMBERS", 50)
    monkeypatch.setattr(wandb_media, "_MAX_FILES", 30)
    names = json.dumps([f"media/images/{number}.png" for number in range(1000)])
    value = {"_type": '"images/separated"', "filenames": names}
    snapshot = items_of(tmp_path, *(history(step, {"a": value}) for step in range(5)))
    assert len(list(snapshot.tree.items())) == 50
    assert "more than 50 items" in snapshot.tree.problems()[0].reason


@pytest.mark.slow
def test_a_table_of_a_million_rows_is_read(tmp_path: Path) -> None:
    files = tmp_path / "run" / "files"
    files.mkdir(parents=True)
    rows = ",".join(f"[{number},{number}]" for number in range(1_000_000))
    (files / "t.table.json").write_text(f'{{"columns": ["a", "b"], "data": [{rows}]}}')
    items_of(tmp_path, history(1, {"t": medium("t.table.json", "table-file")}))
    data = opened(tmp_path, "0001/t.csv")
    assert (data.count(b"\n"), data[-14:]) == (1_000_001, b"999999,999999\n")


def test_a_file_that_comes_after_its_record_changes_its_item(tmp_path: Path) -> None:
    snapshot = items_of(tmp_path, history(1, {"a": medium("media/a.png")}))
    assert list(snapshot.tree.items()) == [Address("images", "a", 1)]
    (tmp_path / "run" / "files" / "media").mkdir(parents=True)
    (tmp_path / "run" / "files" / "media" / "a.png").write_bytes(b"now")
    snapshot.look()
    assert list(snapshot.tree.items()) == [Address("images", "a", 1)]
    assert opened(tmp_path, "0001/a.png") == b"now"


def test_a_summary_may_have_a_picture_of_no_step(tmp_path: Path) -> None:
    whole = json.dumps({"_type": "image-file", "path": "media/a.png"})
    snapshot = items_of(tmp_path, summary({"best": whole}), field(8, varint(1 << 3 | 2)[:1] + b"\xff"))
    assert list(snapshot.tree.items()) == [Address("images", "best", None)]


def test_packed_bins() -> None:
    value = json.dumps({"packedBins": {"min": 0, "size": 0.5, "count": 3}, "values": [1, 2, 3]}).encode()
    made = msgspec.json.decode(wandb_media.made_histogram(value, "shown", None))  # type: ignore[arg-type]  # nothing is beside
    assert made["histograms"]["edges"] == [0, 0.5, 1, 1.5]


_PICTURES = ("width", "filenames", "captions", "all_boxes", "all_masks")
_KEYS = ("path", "artifact_path", "caption", "masks", "boxes", *_PICTURES)
_FURTHER = (*_KEYS, "bins", "values", "packedBins", "increment_num", "objects")
_TYPES = (
    "image-file",
    "images/separated",
    "audio",
    "object3D-file",
    "table-file",
    "partitioned-table",
    "joined-table",
    "molecule-file",
    "histogram",
)
_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400)
_ANY = st.recursive(
    _VALUES | st.sampled_from(["a.png", "b.pts.json"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*_KEYS, "_type", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_FILES = st.binary(max_size=60) | _ANY.map(lambda value: json.dumps(value).encode())
_BOXES = st.fixed_dictionaries(
    {"box_data": st.lists(_ANY | st.fixed_dictionaries({"position": _ANY}), max_size=2)}
)


class Anything(NothingBeside):
    """Whatever is asked for holds the same."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __call__(self, named: str) -> bytes:  # noqa: ARG002 - it is always the same
        return self._content

    def has(self, named: str) -> bool:
        return bool(named)


@settings(deadline=None)
@given(
    st.sampled_from(_TYPES),
    st.dictionaries(st.sampled_from(_FURTHER), _ANY, max_size=4),
    _FILES | _BOXES.map(lambda value: json.dumps(value).encode()),
)
def test_whatever_a_log_says_is_shown_or_a_problem(type_: str, value: dict[str, Any], content: bytes) -> None:
    beside = Anything(content)
    format_ = WandbMembers()
    file = format_.file("run-a.wandb", beside)
    said = {"_type": type_, "path": "media/a.png", **value}
    flat = {key: json.dumps(each) for key, each in said.items()}
    data = log(history(1, {"a": flat, "b": json.dumps(said), "_timestamp": json.dumps(value.get("width"))}))
    with tempfile.TemporaryFile() as written:
        written.write(data)
        written.flush()
        for some in file.find_new(written.fileno()):
            for member in some:
                assert not layout.is_hidden(member.path)
                assert "\0" not in member.path
                if not member.same_as:
                    with suppress(LogFormatError, FileNotFoundError):
                        assert isinstance(
                            format_.content(written.fileno(), member, member.path, beside), bytes
                        )
    msgspec.json.encode(file.problems())
