"""Files and JSON of any kind: what is in the experiment afterwards, and what is refused."""

from __future__ import annotations

import enum
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.writing.calls import file_calls
from tests.logged import files_of


@pytest.mark.parametrize(
    ("content", "extension", "name", "expected"),
    [
        (b"\0\xff", None, "x.bin", b"\0\xff"),
        (bytearray(b"a"), ".dat", "x.dat", b"a"),
        (memoryview(b"a"), None, "x.bin", b"a"),
        ("ü\n", None, "x.txt", "ü\n".encode()),
        ("\ud800", ".csv", "x.csv", b"?"),
        (io.BytesIO(b"a"), ".tar", "x.tar", b"a"),
        (io.StringIO("a"), None, "x.bin", b"a"),
    ],
)
def test_a_file_holds_just_what_was_given(
    tmp_path: Path, content: Any, extension: str | None, name: str, expected: bytes
) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_file(content, "x", 3, extension)
    assert (tmp_path / "run/0003" / name).read_bytes() == expected
    assert files_of(tmp_path / "run") == [f"0003/{name}"]


@pytest.mark.parametrize("limit", [2**20, 1])
def test_a_path_and_an_open_file_keep_their_extension(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(file_calls, "_MAX_KEPT_BYTES", limit)
    source = tmp_path / "water.plotly.json"
    source.write_text("{}")
    with Logger("run", tmp_path) as logger, source.open() as opened:
        logger.log_file(source, "copied")
        logger.log_file(opened, "read", 1)
    assert files_of(tmp_path / "run") == ["0001/read.plotly.json", "copied.plotly.json"]
    assert (tmp_path / "run/copied.plotly.json").read_text() == "{}"


def test_a_path_that_is_not_there_is_the_callers_to_know(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(FileNotFoundError):
            logger.log_file(tmp_path / "missing.bin", "x")
        assert files_of(logger.log_dir) == []


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("scalars.rank3", ".tsv"),
        ("events", ".log"),
        ("stdout.rank3", ".log"),
        ("../x", ".txt"),
        ("x", ".tar.gz"),
        ("x", "txt"),
        ("scalars", ".tsv"),
    ],
)
def test_what_the_logger_appends_to_is_not_replaced(tmp_path: Path, name: str, extension: str) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log("A", "b")
        before = files_of(logger.log_dir)
        with pytest.raises(ValueError, match=r"appends to|name|extension"):
            logger.log_file(b"x", name, extension=extension)
        assert files_of(logger.log_dir) == before


def test_content_of_another_type_is_refused(tmp_path: Path) -> None:
    with (
        Logger("run", tmp_path) as logger,
        pytest.raises(ValueError, match="content must be bytes, a string"),
    ):
        logger.log_file([1], "x")


class Colour(enum.StrEnum):
    RED = "red"


def test_objects_of_a_json_file_are_merged_under_their_keys(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_text("a", "water", 1, expected="b")
        logger.log_json("molecules", {"atoms": ["O"], "colour": Colour.RED}, "water", 1)
        logger.log_json("molecules", {"at": np.eye(2), "n": np.int64(3), "nan": math.nan}, "water", 1)
        logger.log_json("other", {}, "water", 1)
    document = json.loads((tmp_path / "run/0001/water.json").read_text())
    nan = document["molecules"].pop("nan")
    assert math.isnan(nan)
    assert document == {
        "texts": {"actual": "a", "expected": "b"},
        "molecules": {"at": [[1.0, 0.0], [0.0, 1.0]], "n": 3},
        "other": {},
    }


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("", {}, "key must not be empty"),
        (1, {}, "key must be a string"),
        ("a", [1], "value must be a dict, not list"),
        ("a", {1: 2}, "value must have strings as keys, not 1"),
        ("a", {"b": [{"c": object()}]}, r"value\['b'\]\[0\]\['c'\] is object"),
    ],
)
def test_what_json_has_not_is_refused(tmp_path: Path, key: Any, value: Any, rule: str) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=rule):
            logger.log_json(key, value, "x")
        assert files_of(logger.log_dir) == []
