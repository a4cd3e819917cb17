from __future__ import annotations

import json

import pytest

from lavdlike import progress_file
from lavdlike.errors import LogFormatError
from lavdlike.messages import Progress


def _bar(name: str = "Train", **changes: object) -> Progress:
    return Progress(**{"name": name, "done": 340.0, "started": 0.0, "updated": 100.0, **changes})  # type: ignore[arg-type]


def test_what_is_written_is_read_back() -> None:
    bars = [_bar("Epochs", total=30.0, rate=0.5), _bar("ä\t\n", ended=True, unit="")]
    data = progress_file.dump(bars, "66d6eb04")
    assert progress_file.read(data, "progress.json") == bars
    assert progress_file.session_of(data) == "66d6eb04"
    assert progress_file.is_ours(data)
    assert len(data.decode().splitlines()) == 3  # a person reads a bar a line


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"epoch": 3}',
        b'{"progress": 0.3}',
        b'{"progress": [1]}',
        b'{"progress": [], "texts": {}}',
        b"\xff",
    ],
)
def test_somebody_elses_file_is_told_from_ours(data: bytes) -> None:
    assert not progress_file.is_ours(data)
    assert progress_file.session_of(data) == ""


@pytest.mark.parametrize("broken", [{"done": "many"}, {"total": {}}, {"name": 3}])
def test_a_broken_file_of_ours_says_what_is_wrong(broken: dict[str, object]) -> None:
    bar = {"name": "Train", "done": 1, "started": 0, "updated": 0, **broken}
    with pytest.raises(LogFormatError):
        progress_file.read(json.dumps({"progress": [bar]}).encode(), "progress.json")


def test_more_bars_than_anybody_looks_at_are_left_out() -> None:
    data = json.dumps({"progress": [{"name": "x", "done": 1, "started": 0, "updated": 0}] * 500})
    assert len(progress_file.read(data.encode(), "progress.json")) == progress_file.MAX_BARS


def test_the_outermost_loop_with_an_end_says_how_long_it_takes() -> None:
    outer, inner = _bar("Epochs"), _bar("Batches", total=1000.0, rate=10.0)
    assert progress_file.current([outer, inner]) is inner
    assert progress_file.current([_bar(ended=True), outer]) is outer
    assert progress_file.current([_bar(ended=True)]) is None
    assert progress_file.left_s(inner, 130.0) == 36.0
    assert progress_file.left_s(inner, 1e6) == 0.0
    assert progress_file.left_s(outer, 100.0) is None
