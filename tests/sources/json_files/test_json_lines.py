from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.kinds.scalars import REWIND
from lavdlike.sources import source_registry
from lavdlike.sources.json_files import json_records
from lavdlike.sources.json_files.json_lines import JsonLines
from lavdlike.sources.source import Role
from tests.scripts import ROOT
from tests.sources.reading import all_points, new_points, opened, reader_of, wall_times


def write(path: Path, *records_: object, end: str = "\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in records_) + end)


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


@pytest.mark.parametrize(
    ("name", "begin", "is_claimed"),
    [
        ("metrics.jsonl", b'{"step": 1, "loss": 0.5}\n', True),
        ("metrics.jsonl", b'{"loss": 0.5}\n', True),  # counted
        ("deep/anything.ndjson", b'{"_step": 1, "loss": 0.5}\n', True),
        ("data.jsonl", b'{"id": 1, "text": "a"}\n', False),
        ("data.jsonl", b'{"step": 1}\n', False),
        ("metrics.jsonl", b'[{"step": 1, "loss": 0.5}]\n', False),  # ClearML
        ("metrics.jsonl", b'{"step": 1, "loss": 0.5}', False),  # not written yet
        ("0012/metrics.jsonl", b'{"step": 1, "loss": 0.5}\n', False),
        ("events.jsonl", b'{"seq": 1, "step": 1, "time": 5}\n', False),
        ("a.rollouts.jsonl", b'{"step": 1, "reward": 0.5}\n', False),
        ("a.plotly.jsonl", b'{"step": 1, "data": []}\n', False),
        ("metrics.json", b'{"iteration": 19, "total_loss": 1.5}\n', True),
        ("metrics.json", b'{\n  "iteration": 19\n}\n', False),
        ("other.json", b'{"iteration": 19, "total_loss": 1.5}\n', False),
        ("train.log", b"hello\n", False),
        ("train.log", b'2026 | INFO | train | {"train_loss": "1.5", "train_num_updates": "9"}\n', True),
        ("any.log", b'DLLL {"type": "LOG"}\n', True),
    ],
)
def test_files_of_records_tell_by_name_and_begin(name: str, begin: bytes, is_claimed: object) -> None:
    assert JsonLines().claims(name, begin) == (Role.ITEM_WITH_POINTS if is_claimed else None)


def test_numbers_are_points_at_their_step_and_objects_are_dotted(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(
        path,
        {
            "step": 1,
            "loss": 0.5,
            "val": {"acc": 0.25, "by": {"class": 1}},
            "name": "x",
            "ok": True,
            "list": [1],
        },
        {"step": 2.0, "loss": 2**60 + 1, "val": {"acc": None}},
    )
    assert all_points(path, "metrics.jsonl") == {
        "loss": [(1, 0.5), (2, 2**60 + 1)],
        "val.acc": [(1, 0.25)],
        "val.by.class": [(1, 1)],
    }


def test_records_of_several_shapes_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, *({"step": step, "loss": step / 4, **({"val": 1} if step % 2 else {})} for step in range(6)))
    points = all_points(path, "metrics.jsonl")
    assert points["loss"] == [(step, step / 4) for step in range(6)]
    assert points["val"] == [(step, 1) for step in (1, 3, 5)]


def test_what_json_has_no_numbers_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, '{"step": 1, "loss": NaN}', '{"step": 2, "loss": -Infinity}', {"step": 3, "loss": "nan"})
    assert [str(value) for _, value in all_points(path, "metrics.jsonl")["loss"]] == ["nan", "-inf", "nan"]


def test_an_appended_record_is_read_alone_and_a_cut_one_later(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, {"step": 1, "loss": 1.0}, '{"step": 2, "lo', end="")
    file = reader_of(path, "metrics.jsonl")
    assert new_points(file, path) == {"loss": [(1, 1.0)]}
    append(path, 'ss": 0.5}\n')
    assert new_points(file, path) == {"loss": [(2, 0.5)]}
    assert new_points(file, path) == {}
    assert file.problems() == []


def test_a_record_without_a_step_belongs_to_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, {"lr": 0.1}, {"step": 5, "loss": 1.0}, {"train_runtime": 12.5})
    assert all_points(path, "metrics.jsonl") == {"loss": [(5, 1.0)], "train_runtime": [(5, 12.5)]}


def test_records_without_any_step_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, {"loss": 1.0}, {"loss": 0.5})
    file = reader_of(path, "metrics.jsonl")
    assert new_points(file, path) == {"loss": [(0, 1.0), (1, 0.5)]}
    append(path, '{"loss": 0.25}\n')
    assert new_points(file, path) == {"loss": [(2, 0.25)]}


def test_decimal_epochs_are_counted_and_are_a_label_beside(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, {"epoch": 0.0, "loss": 1.0})
    file = reader_of(path, "metrics.jsonl")
    assert new_points(file, path) == {"loss": [(0, 1.0)]}
    append(path, '{"epoch": 0.5, "loss": 0.5}\n')
    assert new_points(file, path) == {
        REWIND: [(0, 0.0)],
        "epoch": [(0, 0.0), (1, 0.5)],
        "loss": [(0, 1.0), (1, 0.5)],
    }
    append(path, '{"epoch": 1.0, "loss": 0.25}\n')
    assert new_points(file, path) == {"epoch": [(2, 1.0)], "loss": [(2, 0.25)]}


def test_an_epoch_beside_a_step_is_a_label(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write(path, {"current_steps": 10, "epoch": 0.5, "loss": 1.0})
    assert all_points(path, "log.jsonl") == {"epoch": [(10, 0.5)], "loss": [(10, 1.0)]}


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (1763600000.5, 1763600000.5),
        (1763600000500, 1763600000.5),
        ("2025-11-20T00:53:20.5Z", 1763600000.5),
        ("yesterday", 50.0),
    ],
)
def test_times_are_recognised(tmp_path: Path, time: object, expected: float) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, {"step": 1, "timestamp": time, "loss": 1.0})
    os.utime(path, (50, 50))
    assert wall_times(path, "metrics.jsonl") == {"loss": [expected]}


def test_a_time_that_is_a_duration_is_a_label(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    write(path, {"iteration": 19, "time": 0.25, "total_loss": 1.5})
    assert all_points(path, "metrics.json") == {"time": [(19, 0.25)], "total_loss": [(19, 1.5)]}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("metrics.jsonl", "loss"),
        ("trainer_log.jsonl", "loss"),
        ("metrics_rank1.jsonl", "loss"),
        ("sub/metrics.jsonl", "sub/loss"),
        ("eval.jsonl", "eval/loss"),
        ("20260101_120000/vis_data/scalars.json", "loss"),
        ("vis_data/20260101_120000.json", "loss"),
        ("result.json", "loss"),
    ],
)
def test_labels_name_the_file_unless_it_is_the_runs(tmp_path: Path, name: str, label: str) -> None:
    write(tmp_path / name, {"step": 1, "loss": 1.0}, {"step": 2, "loss": 1.0})
    assert list(all_points(tmp_path / name, name)) == [label]


def test_lines_that_are_no_records_are_problems_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(
        b'{"step": 1, "loss": 1.0}\nstep,loss\n\0\0\0\n\xff{}\n[1]\n\n{"a": '
        + b"[" * 5000
        + b'\n{"step": 2, "loss": 0.5}\n'
    )
    file = reader_of(path, "metrics.jsonl")
    assert new_points(file, path) == {"loss": [(1, 1.0), (2, 0.5)]}
    problems = file.problems()
    assert [problem.position for problem in problems] == [
        "line 2, byte 25",
        "line 3, byte 35",
        "line 4, byte 39",
        "line 7, byte 48",
    ]
    assert "not a JSON object: 'step,loss'" in problems[0].reason
    assert "NUL" in problems[1].reason
    assert "not UTF-8 at byte 0" in problems[2].reason
    assert {problem.path for problem in problems} == {"exp/metrics.jsonl"}


def test_a_line_without_end_is_passed_over_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lavdlike.disk.tail.BLOCK_BYTES", 2**10)
    monkeypatch.setattr("lavdlike.disk.tail.MAX_LINE_BYTES", 2**12)
    path = tmp_path / "metrics.jsonl"
    write(
        path,
        {"step": 1, "loss": 1.0},
        {"step": 2, "text": "x" * 2**16, "loss": 1.0},
        {"step": 3, "loss": 0.5},
    )
    file = reader_of(path, "metrics.jsonl")
    assert new_points(file, path) == {"loss": [(1, 1.0), (3, 0.5)]}
    (problem,) = file.problems()
    assert (problem.position, "the most that is read of a line" in problem.reason) == ("byte 25", True)


_READ = """
import os, resource, sys
from lavdlike.sources import source_registry
def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
for path in sys.argv[1:]:
    descriptor = os.open(path, os.O_RDONLY)
    file = source_registry.points_file("metrics.jsonl", path, os.pread(descriptor, 2**16, 0))
    steps = [step for block in file.read_new(descriptor) for step in block["loss"].steps.tolist()]
    print(steps, len(file.problems()), peak_mib())
"""


@pytest.mark.slow
def test_a_line_of_a_gigabyte_takes_no_memory(tmp_path: Path) -> None:
    """The file has a hole, so that it need not be written."""
    first, last = (
        b'{"step": 1, "loss": 1.0}\n{"step": 2, "text": "',
        b'", "loss": 1.0}\n{"step": 3, "loss": 0.5}\n',
    )
    for name, size in (("small", 2**10), ("large", 2**30)):
        with (tmp_path / name).open("wb") as file:
            file.write(first)
            file.seek(size)
            file.write(last)
    paths = [str(tmp_path / "small"), str(tmp_path / "large")]
    done = subprocess.run(
        [sys.executable, "-c", _READ, *paths], capture_output=True, text=True, check=True, cwd=ROOT
    )
    small, large = done.stdout.splitlines()
    assert (small[: small.rindex(" ")], large[: large.rindex(" ")]) == ("[1.0, 3.0] 1", "[1.0, 3.0] 1")
    assert int(large.split()[-1]) - int(small.split()[-1]) < 64


def test_more_labels_than_are_kept_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "MAX_LABELS", 3)
    path = tmp_path / "metrics.jsonl"
    write(path, {"step": 1, **{f"label{number}": number for number in range(5)}})
    file = reader_of(path, "metrics.jsonl")
    assert list(new_points(file, path)) == ["label0", "label1"]
    (problem,) = file.problems()
    assert "the others are not shown" in problem.reason


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"step": 1, "loss": 1.0}\n')
    file = reader_of(path, "metrics.jsonl")
    assert (new_points(file, path), file.problems()) == ({"loss": [(1, 1.0)]}, [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_as_it_comes(tmp_path: Path, encoding: str) -> None:
    """As PowerShell writes it; a newline's bytes may come one by one, and stand in other letters as well."""
    path = tmp_path / "metrics.jsonl"
    written = '\ufeff{"step": 1, "größe": 1.0}\r\n{"step": 2, "\u0a0a": 0.5}\r\n{"step": 3, "größe": 0.25}\r\n'.encode(
        encoding
    )
    path.write_bytes(written[: written.index("2".encode(encoding))])
    file = reader_of(path, "metrics.jsonl")
    found = new_points(file, path)
    for end in range(len(path.read_bytes()) + 1, len(written) + 1):
        path.write_bytes(written[:end])
        for label, points in new_points(file, path).items():
            found.setdefault(label, []).extend(points)
    assert found == {"größe": [(1, 1.0), (3, 0.25)], "\u0a0a": [(2, 0.5)]}
    assert all_points(path, "metrics.jsonl") == found
    assert file.problems() == []


def test_decimal_epochs_in_utf_16_are_counted_from_the_begin(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    lines = "".join(f'{{"epoch": {epoch}, "loss": 1.5}}\n' for epoch in (1, 1.5, 2))
    path.write_bytes(lines.encode("utf-16"))
    assert all_points(path, "metrics.jsonl")["loss"] == [(0, 1.5), (1, 1.5), (2, 1.5)]


def test_another_file_of_that_name_is_read_anew_by_its_own_source(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    write(path, {"iteration": 1, "loss": 1.0}, {"iteration": 2, "loss": 1.0})
    file = reader_of(path, "metrics.json")
    new_points(file, path)
    path.write_text('{"loss": {"steps": [1], "timestamps": ["2026-01-01T00:00:00"], "values": [0.5]}}')
    with opened(path) as descriptor:
        assert not file.continues(descriptor)
    assert (
        type(source_registry.points_file("metrics.json", "", path.read_bytes())).__name__ == "RewrittenFile"
    )


def test_a_name_that_is_no_unicode_is_shown_as_it_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "\\ud800": 1.0}\n')
    assert all_points(path, "metrics.jsonl") == {"\\ud800": [(1, 1.0)]}
