"""What a training script calls, and what is in the folder afterwards."""

from __future__ import annotations

import inspect
import json
import math
import os
import re
import shutil
import subprocess
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lavdlike import Logger, storage
from lavdlike.errors import WriteError
from lavdlike.kinds import images, json_file, logs, scalars, texts
from tests import scripts

BOX = {"xStart": 1, "yStart": 2, "xEnd": 3, "yEnd": 4}


def _points(file: Path) -> list[tuple[int, str, float | int]]:
    lines = file.read_bytes().splitlines()
    assert lines[0] + b"\n" == scalars.HEADER.encode()
    parsed = [scalars.parse_line(line) for line in lines[1:]]
    assert all(isinstance(point, scalars.ScalarPoint) for point in parsed)
    return [
        (point.step, point.label, point.value) for point in parsed if isinstance(point, scalars.ScalarPoint)
    ]


def _tree(folder: Path) -> list[str]:
    """Every file that is not hidden, and not the experiment's own."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.startswith(".") and path != "experiment.json")


# --- scalars ---------------------------------------------------------------------------------------------------------


def test_scalars_are_in_the_file_when_the_call_returns(tmp_path: Path) -> None:
    before = time.time()
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(0.5, "loss", step=1)
        logger.log_scalars({"loss": 0.25, "val/loss": 1}, step=2)
        file = tmp_path / "run" / "scalars.tsv"
        assert _points(file) == [(1, "loss", 0.5), (2, "loss", 0.25), (2, "val/loss", 1)]
        point = scalars.parse_line(file.read_bytes().splitlines()[1])
        assert isinstance(point, scalars.ScalarPoint)
        assert before - 0.001 <= point.wall_time <= time.time() + 0.001


labels = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20).map(lambda name: f"a/{name}")
numbers = st.floats() | st.integers()
calls = st.lists(
    st.tuples(st.integers(0, 2**53 - 1), st.dictionaries(labels, numbers, max_size=5)), max_size=10
)


@settings(max_examples=50)
@given(calls)
def test_what_is_logged_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[int, dict[str, float | int]]]
) -> None:
    root = tmp_path_factory.mktemp("log")
    logged = [(step, label, value) for step, values in calls for label, value in values.items()]
    with Logger("one", root) as one, Logger("many", root) as many:
        for step, label, value in logged:
            one.log_scalar(value, label, step)
        for step, values in calls:
            many.log_scalars(values, step)
    for name in ("one", "many"):
        file = root / name / "scalars.tsv"
        found = _points(file) if logged else []
        assert [repr(point) for point in found] == [repr(point) for point in logged]


def test_arrays_are_the_same_as_many_single_calls(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(np.array([0.5, math.inf], dtype=np.float32), "a", np.array([1, 2]))
        logger.log_scalars({"a": [1, 2.5], "b": np.array([3, 4])}, range(3, 5))
        logger.log_scalar([], "a", [])
        assert _points(logger.log_dir / "scalars.tsv") == [
            (1, "a", 0.5),
            (2, "a", math.inf),
            (3, "a", 1),
            (3, "b", 3),
            (4, "a", 2.5),
            (4, "b", 4),
        ]


def test_a_call_costs_one_write_and_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[int] = []
    write = os.write

    def counted(descriptor: int, data: bytes) -> int:
        writes.append(len(data))
        return write(descriptor, data)

    with Logger("run", tmp_path) as logger:
        logger.log_scalar(0.1, "train/loss", 0)
        files = _tree(logger.log_dir)
        monkeypatch.setattr(os, "write", counted)
        for step in range(100_000, 100_100):
            logger.log_scalar(step / 7, "train/loss", step)
        logger.log_scalars({f"label{number}": 0.5 for number in range(100)}, 1)
        monkeypatch.undo()
        assert len(writes) == 101
        assert max(writes[:100]) <= 60
        assert _tree(logger.log_dir) == files


def test_as_json_scalars_are_laid_out_as_lavds(tmp_path: Path) -> None:
    with Logger("run", tmp_path, scalars="json") as logger:
        logger.log_text("x", "easy/accuracy", step=1, expected="y")
        logger.log_scalar(0.8, "accuracy", step=1)
        logger.log_scalar(1, "easy/accuracy", step=1)
        logger.log_scalars({"a": [1, 2.0]}, [3, 4])
        assert _tree(logger.log_dir) == [
            "0001/accuracy.json",
            "0001/easy/accuracy.json",
            "0003/a.json",
            "0004/a.json",
        ]
        folder = logger.log_dir
        assert (folder / "0001/accuracy.json").read_text() == '{"scalars": {"value": 0.8}}'
        assert (folder / "0003/a.json").read_text() == '{"scalars": {"value": 1}}'
        assert (folder / "0004/a.json").read_text() == '{"scalars": {"value": 2.0}}'
        merged = json_file.read_object((folder / "0001/easy/accuracy.json").read_bytes(), "")
        assert merged == {"texts": {"actual": "x", "expected": "y"}, "scalars": {"value": 1}}


@settings(max_examples=50)
@given(numbers)
def test_json_scalars_read_back_equal(tmp_path_factory: pytest.TempPathFactory, value: float | int) -> None:
    with Logger("run", tmp_path_factory.mktemp("log"), scalars="json") as logger:
        logger.log_scalar(value, "x", 1)
        document = json_file.read_object((logger.log_dir / "0001/x.json").read_bytes(), "x.json")
    assert repr(scalars.from_json(document["scalars"], "x.json").value) == repr(value)


# --- whole files -----------------------------------------------------------------------------------------------------


def test_pictures_texts_and_markdown_are_in_their_steps(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_image(np.zeros((4, 6, 3)), "bird", step=1)
        logger.log_image(Image.new("RGB", (6, 4)), "other/bird", extension=".jpg")
        logger.log_text("The quick brown fox...", "famous-sentence", step=12345)
        logger.log_text("hello world", "with-diff", step=2, expected="Hallo Welt")
        logger.log_markdown("# Hello\n", "some-markdown")
    folder = tmp_path / "run"
    assert _tree(folder) == [
        "0001/bird.png",
        "0002/with-diff.json",
        "12345/famous-sentence.txt",
        "other/bird.jpg",
        "some-markdown.md",
    ]
    assert (folder / "12345/famous-sentence.txt").read_text() == "The quick brown fox...\n"
    assert (folder / "some-markdown.md").read_text() == "# Hello\n"
    document = json_file.read_object((folder / "0002/with-diff.json").read_bytes(), "")
    assert texts.from_json(document["texts"], "") == texts.TextContent("hello world", "Hallo Welt")


def test_boxes_are_beside_their_picture(tmp_path: Path) -> None:
    boxes: list[dict[str, Any]] = [{**BOX, "className": "bird", "probability": 0.4}, BOX]
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(1, "bird", 3)
        logger.log_image(np.zeros((8, 8)), "bird", 3, boxes=boxes, classes=["bird", "orange"], threshold=0.5)
    document = json.loads((tmp_path / "run/0003/bird.json").read_text())
    assert document == {
        "images": {"source": "bird.png", "boxes": boxes, "classes": ["bird", "orange"], "minProbability": 0.5}
    }
    assert len(images.from_json(document["images"], "").boxes) == 2


def test_masks_keypoints_polygons_and_caption_are_beside_their_picture(tmp_path: Path) -> None:
    mask = np.arange(48).reshape(6, 8)
    people = [{"points": [[1, 2], [3.5, 4]], "edges": [[0, 1]], "className": "person"}]
    polygons = [{"points": [[0, 0], [7, 0], [7, 5]], "probability": 0.5}]
    with Logger("run", tmp_path) as logger:
        logger.log_image(
            np.zeros((6, 8, 3)),
            "a.b/bird",
            3,
            classes=["background", "bird"],
            extension=".jpg",
            masks={"found": mask, "truth": mask > 4},
            keypoints=people,
            polygons=polygons,
            caption="A bird",
        )
        logger.log_image(np.zeros((3, 6, 8)), "one", masks=mask)
    folder = tmp_path / "run/0003/a.b"
    assert json.loads((folder / "bird.json").read_text()) == {
        "images": {
            "source": "bird.jpg",
            "boxes": [],
            "classes": ["background", "bird"],
            "masks": [
                {"source": "bird.mask-found.png", "name": "found"},
                {"source": "bird.mask-truth.png", "name": "truth"},
            ],
            "keypoints": people,
            "polygons": polygons,
            "caption": "A bird",
        }
    }
    for file, expected in (("bird.mask-found.png", mask), ("bird.mask-truth.png", mask > 4)):
        with Image.open(folder / file) as found:
            assert np.array_equal(np.asarray(found), expected)
    assert json.loads((tmp_path / "run/one.json").read_text())["images"]["masks"] == [
        {"source": "one.mask.png"}
    ]
    assert (tmp_path / "run/one.mask.png").exists()


@pytest.mark.parametrize(
    "batch",
    [
        np.zeros((12, 8, 6, 3), dtype=np.uint8),
        np.zeros((12, 3, 8, 6)),
        np.zeros((12, 8, 6)),
        [np.zeros((8, 6)), Image.new("RGB", (6, 8))] * 6,
    ],
)
def test_a_batch_of_pictures_is_a_file_each_and_its_grid_stands_at_the_first(
    tmp_path: Path, batch: Any
) -> None:
    with Logger("run", tmp_path) as logger:
        captions = ["first", *[""] * 10, "last"]
        logger.log_images(batch, "samples", 2, nrow=4, captions=captions, extension=".jpg", quality=50)
    folder = tmp_path / "run/0002/samples"
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([*(f"{index:03}.jpg" for index in range(12)), "000.json", "011.json"])
    first = json.loads((folder / "000.json").read_text())["images"]
    assert first == {
        "source": "000.jpg",
        "boxes": [],
        "caption": "first",
        "grid": {"columns": 4, "padding": 2},
    }
    assert images.from_json(first, "").grid == images.Grid(4, 2)
    assert json.loads((folder / "011.json").read_text())["images"]["caption"] == "last"
    with Image.open(folder / "007.jpg") as found:
        assert found.size == (6, 8)


def test_the_last_of_several_pictures_of_one_name_stays(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for value in range(50):
            logger.log_image(np.full((64, 64), value, dtype=np.uint8), "x", 1)
    with Image.open(tmp_path / "run/0001/x.png") as found:
        assert found.getpixel((0, 0)) == 49


def test_clipping_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Logger("run", tmp_path) as logger:
        for step in range(3):
            logger.log_image(np.full((4, 4), 1.5), "x", step)
    (said,) = [record.getMessage() for record in caplog.records if "clipped" in record.getMessage()]
    path, _, what = said.partition(": ")
    assert path in {f"{tmp_path}/run/{step:04}/x.png" for step in range(3)}  # written side by side
    assert what == "values outside [0, 1] or NaN were clipped (said once)"


def test_steps_overwrite_only_their_own_files(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with Logger("run", tmp_path) as logger:
            logger.println(text)
            logger.log_scalar(1, text, 1)
            logger.log_text(text, "x", step=1)
            logger.log_text(text, text, step=1)
    folder = tmp_path / "run"
    assert _tree(folder) == [
        "0001/first.txt",
        "0001/second.txt",
        "0001/x.txt",
        "events.log",
        "scalars.tsv",
        "stdout.log",
    ]
    assert (folder / "0001/x.txt").read_text() == "second\n"
    assert (folder / "stdout.log").read_text() == "first\nsecond\n"
    assert _points(folder / "scalars.tsv") == [(1, "first", 1), (1, "second", 1)]


# --- lines -----------------------------------------------------------------------------------------------------------


def test_lines_are_printed_and_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logger("run", tmp_path) as logger:
        logger.println("{}, message: {num}", "Hello", num=1)
        logger.println("braces { } stay without arguments")
        logger.println({"any": "object"})
        logger.eprintln("two\nlines\tand a tab")
        logger.print_table(["a"], [[None]], indent_level=1, placeholder="{}")
        logger.log("NOTE", "by hand")
    assert capsys.readouterr() == (
        "Hello, message: 1\nbraces { } stay without arguments\n{'any': 'object'}\n    | a  |\n    |----|\n    | {} |\n",
        "two\nlines\tand a tab\n",
    )
    folder = tmp_path / "run"
    assert (folder / "stdout.log").read_text().splitlines()[0] == "Hello, message: 1"
    assert (folder / "stderr.log").read_text() == "two\nlines\tand a tab\n"
    records = [logs.parse_line(line) for line in (folder / "events.log").read_text().splitlines()]
    assert [(record.tag, record.message) for record in records] == [
        ("STDOUT", "Hello, message: 1"),
        ("STDOUT", "braces { } stay without arguments"),
        ("STDOUT", "{'any': 'object'}"),
        ("STDERR", "two\nlines\tand a tab"),
        ("STDOUT", "    | a  |"),
        ("STDOUT", "    |----|"),
        ("STDOUT", "    | {} |"),
        ("NOTE", "by hand"),
    ]


def test_events_have_prefix_tag_and_duration(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.set_prefix("[1 / 3]")
        logger.start("Train")
        logger.end("Train")
        logger.start("Test", prefix=False, tag="BEGIN")
        logger._event_started["Test"] -= 49 * 3600
        logger.end("Test", prefix=False, tag="DONE")
        logger.end("Never started")
        lines = (logger.log_dir / "events.log").read_text().splitlines()
    assert [line.split("\t", 1)[1] for line in lines] == [
        "START\t[1 / 3] Train",
        "END\t[1 / 3] Train - Duration: 00:00:00",
        "BEGIN\tTest",
        "DONE\tTest - Duration: 49:00:00",
        "END\t[1 / 3] Never started",
    ]


def test_another_delimiter_separates_the_columns(tmp_path: Path) -> None:
    with Logger("run", tmp_path, delimiter=" | ") as logger:
        logger.log("T", "a\tb")
        assert (logger.log_dir / "events.log").read_text().endswith(" | T | a\\tb\n")


# --- names, folders, several writers ---------------------------------------------------------------------------------


def test_the_default_name_is_the_start_time_and_legal_everywhere(tmp_path: Path) -> None:
    with Logger(log_dir=tmp_path) as first, Logger(log_dir=tmp_path) as second:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", first.name)
        assert first.name.replace("_", " ")[:10] == first.get_start_time()[:10]
        assert second.name != first.name
        assert not set(second.name) & set('<>:"/\\|?* ')


def test_a_relative_folder_is_fixed_when_the_logger_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with Logger("run") as logger:
        monkeypatch.chdir(tmp_path / "elsewhere")
        logger.log_text("x", "a")
        logger.log_scalar(1, "a", 1)
    assert _tree(tmp_path / "log" / "run") == ["a.txt", "scalars.tsv"]


def test_paths_of_files(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, num_digits=2, disabled=True)
    assert logger.get_file_path("a/b") == tmp_path / "run/a/b"
    assert logger.get_file_path("model", 3, ".pt") == tmp_path / "run/03/model.pt"
    assert logger.get_file_path("model.pt", 1234) == tmp_path / "run/1234/model.pt"
    assert list(tmp_path.iterdir()) == []


def test_a_writer_has_append_files_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logger("run", tmp_path) as main, Logger("run", tmp_path, writer="rank3") as rank:
        for logger in (main, rank):
            logger.log_scalar(1, "x", 1)
            logger.println("x")
            logger.log_text("x", "x")
    assert _tree(tmp_path / "run") == [
        "events.log",
        "events.rank3.log",
        "scalars.rank3.tsv",
        "scalars.tsv",
        "stdout.log",
        "stdout.rank3.log",
        "x.txt",
    ]
    assert capsys.readouterr().out == "x\nx\n"


def test_somebody_elses_scalars_file_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/scalars.tsv").write_text("step,loss\n1,2\n")
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(1, "x", 1)
    assert (tmp_path / "run/scalars.tsv").read_text() == "step,loss\n1,2\n"
    assert _points(tmp_path / "run/scalars.lavdlike.tsv") == [(1, "x", 1)]
    assert "writing to scalars.lavdlike.tsv instead" in caplog.text


# --- disabled --------------------------------------------------------------------------------------------------------


def _use_everything(logger: Logger) -> None:
    parser = ArgumentParser()
    logger.log_scalar(1, "a", 1)
    logger.log_scalars({"a": 1}, 1)
    logger.log_image(np.zeros((4, 4)), "a", 1, boxes=[BOX])
    logger.log_text("a", "a")
    logger.log_text("a", "a", expected="b")
    logger.log_markdown("a", "a")
    logger.log_command(parser, Namespace())
    logger.log_summary()
    logger.log_config({"a": 1})
    logger.log("A", "a")
    logger.println("a {}", 1)
    logger.eprintln("a {}", 1)
    logger.print_table(["a"], [["b"]])
    logger.set_prefix("a")
    logger.start("a")
    logger.end("a")
    assert sum(logger.progress_bar("a", [1, 2])) == 3
    with logger.spinner("a"):
        pass
    logger.save_model(object())
    logger.save_obj(object(), "a")
    logger.get_start_time()
    logger.flush()


def test_disabled_means_no_folder_no_output_no_subprocess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(f"a subprocess: {arguments} {options}")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with Logger("run", tmp_path, disabled=True) as logger:
        assert logger.disabled
        _use_everything(logger)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_logger_can_be_disabled_and_enabled(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, disabled=True)
    logger.log_scalar(1, "x", 1)
    logger.enable()
    logger.log_scalar(2, "x", 2)
    logger.disable()
    logger.log_scalar(3, "x", 3)
    logger.enable()
    logger.log_scalar(4, "x", 4)
    logger.close()
    assert [point[0] for point in _points(tmp_path / "run/scalars.tsv")] == [2, 4]
    assert len(json.loads((tmp_path / "run/experiment.json").read_text())["sessions"]) == 1


# --- bad arguments ---------------------------------------------------------------------------------------------------

BAD_NAMES = [
    "",
    "../x",
    "a/../b",
    "/etc/x",
    "a\tb",
    "a\nb",
    "a\0b",
    ".hidden",
    "a/.b",
    "a//b",
    "x" * 300,
    "\ud800",
    3,
]
BAD_STEPS = [-1, 1.5, "1", True, 2**53, math.nan]
BY_NAME: dict[str, Callable[[Logger, Any], object]] = {
    "log_scalar": lambda logger, name: logger.log_scalar(1, name, 1),
    "log_scalars": lambda logger, name: logger.log_scalars({"fine": 1, name: 1}, 1),
    "log_image": lambda logger, name: logger.log_image(np.zeros((4, 4)), name),
    "log_text": lambda logger, name: logger.log_text("x", name),
    "log_markdown": lambda logger, name: logger.log_markdown("x", name),
    "save_obj": lambda logger, name: logger.save_obj(1, name),
    "save_model": lambda logger, name: logger.save_model(1, name=name),
    "get_file_path": lambda logger, name: logger.get_file_path(name),
}
BY_STEP: dict[str, Callable[[Logger, Any], object]] = {
    "log_scalar": lambda logger, step: logger.log_scalar(1, "x", step),
    "log_scalar, array": lambda logger, step: logger.log_scalar([1, 2], "x", [1, step]),
    "log_image": lambda logger, step: logger.log_image(np.zeros((4, 4)), "x", step),
    "log_text": lambda logger, step: logger.log_text("x", "x", step),
    "log_markdown": lambda logger, step: logger.log_markdown("x", "x", step),
    "save_obj": lambda logger, step: logger.save_obj(1, "x", step),
    "get_file_path": lambda logger, step: logger.get_file_path("x", step),
}
ZEROS = np.zeros((4, 4))
OTHERS: dict[str, Callable[[Logger], None]] = {
    "scalar": lambda logger: logger.log_scalars({"a": 1, "b": "x"}, 1),
    "step": lambda logger: logger.log_scalar(1, "x", None),
    "equally long": lambda logger: logger.log_scalar([1, 2], "x", [1]),
    "scalar must be one number": lambda logger: logger.log_scalar(np.zeros(2), "x", 1),
    "boxes\\[0\\] has the unknown key": lambda logger: logger.log_image(
        ZEROS, "x", boxes=[{**BOX, "label": 1}]
    ),
    "classes": lambda logger: logger.log_image(ZEROS, "x", boxes=[BOX], classes=[1]),  # type: ignore[list-item]
    "threshold": lambda logger: logger.log_image(ZEROS, "x", boxes=[BOX], threshold=math.nan),
    "extension": lambda logger: logger.log_image(ZEROS, "x", extension=".psd"),
    "extension must begin": lambda logger: logger.save_obj(1, "x", extension="/../../x"),
    "image must be": lambda logger: logger.log_image(np.zeros(4), "x"),
    "another name$": lambda logger: logger.log_image(ZEROS, "x.mask"),
    "masks must be height x width": lambda logger: logger.log_image(ZEROS, "x", masks=np.eye(3, dtype=int)),
    "caption must be a string": lambda logger: logger.log_image(ZEROS, "x", caption=1),  # type: ignore[arg-type]
    "captions must be 2": lambda logger: logger.log_images(np.zeros((2, 4, 4)), "x", captions=["a"]),
    "batch must be": lambda logger: logger.log_images(np.zeros((4, 4)), "x"),
    "nrow must be": lambda logger: logger.log_images(np.zeros((2, 4, 4)), "x", nrow=0),
    "padding must be": lambda logger: logger.log_images(np.zeros((2, 4, 4)), "x", padding=-1),
    "quality": lambda logger: logger.log_image(ZEROS, "x", quality=80),
    "text must be a string": lambda logger: logger.log_text(1, "x"),  # type: ignore[arg-type]
    "expected must be a string": lambda logger: logger.log_text("", "x", expected=1),  # type: ignore[arg-type]
    "markdown must be a string": lambda logger: logger.log_markdown(b"x", "x"),  # type: ignore[arg-type]
    "would be read as step 1": lambda logger: logger.log_text("x", "0001/x"),
    "reserved": lambda logger: logger.log_text("x", "command", expected="y"),
    "would be read under another": lambda logger: Logger(
        logger.name, logger.base_dir, scalars="json"
    ).log_scalars({"a": 1, "a.plotly": 1}, 1),
    "another name": lambda logger: logger.log_text("x", "a.plotly", expected="y"),
    "under another name": lambda logger: logger.save_obj(1, "model", extension=".tar.gz"),
    "config must be a dict": lambda logger: logger.log_config([1]),  # type: ignore[arg-type]
    "rows\\[0\\]": lambda logger: logger.print_table(["a", "b"], [[1]]),
}


@pytest.mark.parametrize("method", sorted(BY_NAME))
@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_a_bad_name_is_refused_before_anything_is_written(method: str, name: Any, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=r"^name "):
            BY_NAME[method](logger, name)
        assert _tree(logger.log_dir) == []


@pytest.mark.parametrize("method", sorted(BY_STEP))
@pytest.mark.parametrize("step", BAD_STEPS)
def test_a_bad_step_is_refused_before_anything_is_written(method: str, step: Any, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=r"^step"):
            BY_STEP[method](logger, step)
        assert _tree(logger.log_dir) == []


@pytest.mark.parametrize("rule", sorted(OTHERS))
def test_other_bad_arguments_are_refused_before_anything_is_written(rule: str, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=rule):
            OTHERS[rule](logger)
        assert _tree(logger.log_dir) == []


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("name", "a/b"),
        ("name", ".."),
        ("name", ".hidden"),
        ("name", ""),
        ("name", "a\nb"),
        ("num_digits", -1),
        ("num_digits", 17),
        ("indent_size", 1.5),
        ("delimiter", ""),
        ("delimiter", "\n"),
        ("scalars", "csv"),
        ("on_error", "ignore"),
        ("writer", "a/b"),
        ("writer", ".a"),
        ("writer", ""),
        ("config", [1]),
        ("tags", "one"),
        ("tags", [1]),
    ],
)
def test_a_bad_argument_of_the_logger_is_refused_before_anything_is_written(
    argument: str, value: Any, tmp_path: Path
) -> None:
    arguments: dict[str, Any] = {"name": "run", argument: value}
    with pytest.raises(ValueError, match=rf"^{argument}"):
        Logger(log_dir=tmp_path, **arguments)
    assert list(tmp_path.iterdir()) == []


def test_whole_floats_and_numpys_integers_are_steps(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step in (1.0, np.int64(2), np.array(3)):
            logger.log_scalar(1, "x", step)
        assert [point[0] for point in _points(logger.log_dir / "scalars.tsv")] == [1, 2, 3]


# --- disk trouble ----------------------------------------------------------------------------------------------------


def test_a_root_that_cannot_be_written_does_not_stop_the_training(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("a file where the root should be")
    logger = Logger("run", tmp_path / "log")
    logger.log_scalar(1, "x", 1)
    logger.log_text("x", "x")
    logger.log_image(np.zeros((4, 4)), "x")
    logger.println("x")
    logger.flush()
    assert len(caplog.records) == 1
    assert f"cannot write {tmp_path}/log/run" in caplog.text
    (tmp_path / "log").unlink()
    logger.close()
    assert _tree(tmp_path / "log/run") == ["events.log", "scalars.tsv", "stdout.log", "x.png", "x.txt"]
    assert capsys.readouterr().out == "x\n"


def test_an_experiment_that_is_deleted_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "IDENTITY_CHECK_S", 0.0)  # a second otherwise
    logger = Logger("run", tmp_path)
    logger.log_scalar(1, "x", 1)
    logger.log_text("x", "x", step=1)
    shutil.rmtree(tmp_path / "run")
    logger.log_scalar(2, "x", 2)
    logger.log_text("x", "x", step=1)
    assert _points(tmp_path / "run/scalars.tsv") == [(2, "x", 2)]
    assert _tree(tmp_path / "run") == ["0001/x.txt", "scalars.tsv"]
    shutil.rmtree(tmp_path / "run")
    logger.close()
    assert list(tmp_path.iterdir()) == []


def test_under_raise_it_is_told(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, on_error="raise")
    (tmp_path / "run/0001").write_text("a file where a folder should be")
    with pytest.raises(WriteError, match=r"cannot write .*/run/0001/x.txt: "):
        logger.log_text("x", "x", step=1)
    logger.close()


# --- the promise to users of Lavd ------------------------------------------------------------------------------------


def test_signatures_begin_as_lavds() -> None:
    lavds = {
        "__init__": ["name", "log_dir", "num_digits", "indent_size", "delimiter", "disabled"],
        "get_file_path": ["name", "step", "extension"],
        "set_prefix": ["prefix"],
        "start": ["name", "prefix", "tag"],
        "end": ["name", "prefix", "tag"],
        "progress_bar": ["name", "args", "prefix"],
        "spinner": ["name", "args", "prefix"],
        "log": ["tag", "msg"],
        "println": ["msg", "args", "kwargs"],
        "eprintln": ["msg", "args", "kwargs"],
        "print_table": ["header", "rows", "indent_level", "placeholder", "precision"],
        "log_summary": ["infos", "sections", "options"],
        "log_scalar": ["scalar", "name", "step"],
        "log_text": ["text", "name", "step", "expected"],
        "log_markdown": ["markdown", "name", "step"],
        "log_image": ["image", "name", "step", "boxes", "classes", "threshold", "extension"],
        "log_command": ["parser", "args", "binary", "script_name"],
        "save_model": ["model", "step", "name", "extension", "grads"],
        "save_obj": ["obj", "name", "step", "extension"],
    }
    for method, names in lavds.items():
        assert list(inspect.signature(getattr(Logger, method)).parameters)[1 : len(names) + 1] == names, (
            method
        )


def test_importing_and_logging_numbers_loads_no_heavy_library(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import sys, lavdlike
        heavy = {"numpy", "polars", "torch", "PIL", "lavdlike.server", "starlette", "halo", "tqdm", "multiprocessing"}
        print(sorted(heavy & set(sys.modules)), "lavdlike.logger" in sys.modules)
        logger = lavdlike.Logger("run", sys.argv[1])
        logger.log_scalar(1.0, "x", 1)
        logger.println("line")
        print(sorted(heavy & set(sys.modules)))
        """,
        tmp_path,
        cwd=tmp_path,
    )
    assert done.stdout == "[] False\nline\n[]\n"


def test_log_all_logs_each_value_by_its_type(tmp_path: Path) -> None:
    picture = np.zeros((4, 5, 3))
    values = {"loss": 0.5, "text": "a", "rgb": picture, "grey": picture[:, :, 0], "list": [1, 2]}
    lists = {"lines": ["a", "b"], "grid": [picture, picture[:, :, 0]]}
    plot: dict[str, Any] = {"data": [], "layout": {}}
    with Logger("run", tmp_path) as logger:
        logger.log_all({**values, **lists, "norm": np.float32(2), "plot": plot}, 1)
        with pytest.raises(ValueError, match="'odd' cannot be logged by its type, object"):
            logger.log_all({"odd": object()}, 1)
    names = {path.name for path in (tmp_path / "run" / "0001").iterdir()}
    assert names == {
        *("text.txt", "rgb.png", "grey.png", "list.json", "plot.plotly.json"),
        *("lines.txt", "grid"),
    }
    folder = tmp_path / "run" / "0001"
    assert (folder / "lines.txt").read_text() == "a\nb\n"
    assert {path.name for path in (folder / "grid").glob("*.png")} == {"000.png", "001.png"}
    lines = (tmp_path / "run" / "scalars.tsv").read_text().splitlines()[1:]
    assert [line.split("\t")[2] for line in lines] == ["loss", "norm"]
