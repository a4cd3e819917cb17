from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lavdlike.bounded import polars_limits
from lavdlike.kinds.scalars import HEADER, REWIND
from lavdlike.sources import source_registry
from lavdlike.sources.columns import Columns
from lavdlike.sources.source import Role
from lavdlike.sources.tables.step_tables import TableFile


@pytest.fixture(params=["polars", "plain"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of reading mean the same."""
    if request.param == "plain":
        monkeypatch.setattr(polars_limits._Use, "works", False)
        monkeypatch.setattr(polars_limits._Use, "refusal", "for this test")


def read_new(table: TableFile, path: Path) -> dict[str, list[Columns]]:
    found: dict[str, list[Columns]] = {}
    with path.open("rb") as file:
        for columns_by_label in table.read_new(file.fileno()):
            for label, columns in columns_by_label.items():
                found.setdefault(label, []).append(columns)
    return found


def points(folder: Path, data: bytes, name: str = "run.csv") -> dict[str, list[tuple[float, float]]]:
    """Steps and values by label."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    found = read_new(TableFile(name, name), path)
    return {
        label: [
            pair for part in parts for pair in zip(part.steps.tolist(), part.values.tolist(), strict=True)
        ]
        for label, parts in found.items()
    }


def wall_times(folder: Path, data: bytes) -> list[float]:
    (folder / "run.csv").write_bytes(data)
    ((part,),) = read_new(TableFile("run.csv", "run.csv"), folder / "run.csv").values()
    times: list[float] = part.wall_times.tolist()
    return times


def test_rows_are_points_of_each_column_of_numbers(tmp_path: Path) -> None:
    data = b"epoch,loss,note\n1,0.5,x\n2,nan,\nlast,1,\n3,,\n4,1e3\n"
    found = points(tmp_path, data)
    assert list(found) == ["run/loss"]
    assert [step for step, _ in found["run/loss"]] == [1, 2, 4]
    assert found["run/loss"][2] == (4, 1000)


def test_semicolons_and_decimal_commas_are_read(tmp_path: Path) -> None:
    data = b"epoch;loss;lr\n1;0,53;1e-3\n2;-,5;1,5E-4\n"
    assert points(tmp_path, data) == {"run/loss": [(1, 0.53), (2, -0.5)], "run/lr": [(1, 1e-3), (2, 1.5e-4)]}
    assert points(tmp_path, data.decode().encode("utf-16")) == points(tmp_path, data)


def test_a_comma_between_columns_is_no_decimal_mark(tmp_path: Path) -> None:
    assert points(tmp_path, b'step,loss\n1,"0,5"\n2,0.5\n') == {"run/loss": [(2, 0.5)]}


@pytest.mark.parametrize("column", ["training_iteration", "timesteps_total", "Epoch", "_step", "global step"])
def test_columns_of_steps_of_other_programs_are_known(tmp_path: Path, column: str) -> None:
    assert points(tmp_path, f"reward,{column}\n1.5,7\n".encode()) == {"run/reward": [(7, 1.5)]}


def test_times_are_taken_in_any_unit(tmp_path: Path) -> None:
    times = ["1763600000.5", "1763600000500", "1763600000500000", "1763600000500000000"]
    rows = "".join(f"{step},{time},1\n" for step, time in enumerate(times))
    assert wall_times(tmp_path, f"step,timestamp,loss\n{rows}".encode()) == [1763600000.5] * 4


def test_times_are_taken_as_iso_8601_says_them(tmp_path: Path) -> None:
    local = datetime(2025, 11, 20, 1, 53, 20)  # noqa: DTZ001 - a time without a zone is this machine's
    times = {
        "2025-11-20T00:53:20Z": 1763600000.0,
        "2025-11-20 00:53:20.25+00:00": 1763600000.25,
        "2025-11-20T02:53:20,500000000+0200": 1763600000.5,
        "2025-11-20T01:53:20": local.timestamp(),
        "2025-11-20": datetime(2025, 11, 20).timestamp(),  # noqa: DTZ001 - as above
        "1763600000": 1763600000.0,
    }
    rows = "".join(f'{step},"{time}",1\n' for step, time in enumerate(times))
    assert wall_times(tmp_path, f"step,wall_time,loss\n{rows}".encode()) == list(times.values())


@pytest.mark.parametrize(
    "time", ["yesterday", "2025-02-31", "2025-11-20T25:00:00", "-5", "", "0000-01-01T00:00Z"]
)
def test_the_time_of_a_row_without_one_is_the_files(tmp_path: Path, time: str) -> None:
    before = datetime.now(UTC).timestamp() - 60
    (moment,) = wall_times(tmp_path, f"step,wall_time,loss\n1,{time},1\n".encode())
    assert moment > before


def test_a_run_in_a_folder_keeps_its_labels_apart(tmp_path: Path) -> None:
    lines = "".join(
        f"{step}\t1763600000.0\t{label}\t{step}\n" for step in (1, 2) for label in ("loss", "images")
    )
    data = f"{HEADER}{lines}1\tx\n".encode()
    expected = [(1, 1), (2, 2)]
    name = "10-00-00/scalars.tsv"
    assert points(tmp_path, data, name) == {"10-00-00/loss": expected, "10-00-00/images": expected}
    assert source_registry.role_of(name, data) is Role.ITEM_WITH_POINTS
    assert source_registry.points_file(name, name).writer == name


def test_what_a_run_in_a_folder_gains_is_read_once_and_its_bad_lines_are_told(tmp_path: Path) -> None:
    path = tmp_path / "scalars.tsv"
    table = TableFile("exp/a/scalars.tsv", "a/scalars.tsv")
    path.write_text(f"{HEADER}1\t1.0\tloss\t0.5\n")
    assert list(read_new(table, path)) == ["a/loss"]
    with path.open("a") as file:
        file.write("2\t1.0\tloss\t0.25\nbad\n")
    with path.open("rb") as opened:
        assert table.continues(opened.fileno())
    (part,) = read_new(table, path)["a/loss"]
    assert (part.steps.tolist(), part.values.tolist()) == ([2], [0.25])
    (problem,) = table.problems()
    assert (problem.path, problem.position) == ("exp/a/scalars.tsv", "line 4, byte 58")


def test_lines_in_utf_16_are_read_when_they_are_complete(tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    written = "step;loss\r\n1;0,5\r\n2;0,25\r\n3;1\u0a0a\r\n".encode("utf-16")
    table = TableFile("run.csv", "run.csv")
    found: list[float] = []
    for end in range(2, len(written) + 1):
        path.write_bytes(written[:end])
        found += [
            value for parts in read_new(table, path).values() for part in parts for value in part.values
        ]
        if end == written.index("2;".encode("utf-16-le")):
            assert found == [0.5]
    assert found == [0.5, 0.25]


def read(
    folder: Path, data: bytes, name: str = "run.csv"
) -> tuple[dict[str, list[tuple[float, float]]], TableFile]:
    """As `points`, with the reader and what it says; replaced points left out."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    table = TableFile(f"exp/{name}", name)
    found: dict[str, list[tuple[float, float]]] = {}
    for label, parts in read_new(table, path).items():
        if label != REWIND:
            found[label] = [
                pair for part in parts for pair in zip(part.steps.tolist(), part.values.tolist(), strict=True)
            ]
    return found, table


def test_bars_divide_columns_where_nothing_else_does(tmp_path: Path) -> None:
    data = b"| step | loss |\n|------|------|\n| 1    | 0.5  |\n"
    assert read(tmp_path, data)[0] == {"run/loss": [(1, 0.5)]}
    assert read(tmp_path, b"step|loss\n1|0.5\n")[0] == {"run/loss": [(1, 0.5)]}
    assert read(tmp_path, b"step,a|b\n1,0.5\n")[0] == {"run/a|b": [(1, 0.5)]}


def test_comments_stand_before_the_header_or_are_it(tmp_path: Path) -> None:
    assert read(tmp_path, b"# made by x\n#\nstep,loss\n1,0.5\n# later\n2,0.25\n")[0] == {
        "run/loss": [(1, 0.5), (2, 0.25)]
    }
    assert read(tmp_path, b"# step loss\n# step,loss\n1,0.5\n")[0] == {"run/loss": [(1, 0.5)]}


def test_a_file_that_runs_were_appended_to_has_several_headers(tmp_path: Path) -> None:
    data = b"epoch,acc,loss\n0,0.5,1\n1,0.6,0.5\nepoch,loss,val_loss\n0,2,3\nepoch,loss,val_loss\n0,4,5\n"
    found, table = read(tmp_path, data)
    assert found == {
        "run/acc": [(0, 0.5), (1, 0.6)],
        "run/loss": [(0, 1), (1, 0.5), (0, 2), (0, 4)],
        "run/val_loss": [(0, 3), (0, 5)],
    }
    assert table.problems() == []


def test_cells_that_say_that_there_is_nothing_are_none(tmp_path: Path) -> None:
    data = b"epoch,loss,val_loss\n0,0.5,NA\n1,,0.25\n2,-,n/a\n"
    assert read(tmp_path, data)[0] == {"run/loss": [(0, 0.5)], "run/val_loss": [(1, 0.25)]}


def test_decimal_epochs_are_counted(tmp_path: Path) -> None:
    found, table = read(tmp_path, b"epoch,loss\n0,1\n0.5,0.5\n1,0.25\n")
    assert found == {"run/epoch": [(0, 0), (1, 0.5), (2, 1)], "run/loss": [(0, 1), (1, 0.5), (2, 0.25)]}
    with (tmp_path / "run.csv").open("a") as file:
        file.write("1.5,0.125\n")
    (part,) = read_new(table, tmp_path / "run.csv")["run/loss"]
    assert (part.steps.tolist(), part.values.tolist()) == ([3], [0.125])


@pytest.mark.parametrize(
    ("name", "header", "row", "label"),
    [
        ("metrics.csv", "epoch,step,train_loss", "0,9,0.5", "train_loss"),  # Lightning
        ("version_0/metrics.csv", "epoch,step,train_loss", "0,9,0.5", "version_0/train_loss"),
        ("metrics.csv", "step,train_loss", "9,0.5", "metrics/train_loss"),  # anybody's
        ("results.csv", "   epoch,    train/box_loss", "9, 0.5", "train/box_loss"),  # Ultralytics
        ("progress.csv", "time/total_timesteps,rollout/ep_rew_mean", "9,0.5", "rollout/ep_rew_mean"),
        ("progress.csv", "reward,training_iteration,trial_id", "0.5,9,ab", "reward"),  # Ray Tune
        ("dvclive/plots/metrics/train/loss.tsv", "step\tloss", "9\t0.5", "train/loss"),
        ("training.log", "epoch,loss", "9,0.5", "loss"),  # Keras
    ],
)
def test_tables_of_well_known_programs_have_the_labels_of_the_run(
    tmp_path: Path, name: str, header: str, row: str, label: str
) -> None:
    data = f"{header}\n{row}\n".encode()
    assert source_registry.role_of(name, data) is Role.ITEM_WITH_POINTS
    assert read(tmp_path, data, name)[0][label] == [(9, 0.5)]


def test_a_log_is_a_table_only_if_it_begins_as_one() -> None:
    assert source_registry.role_of("train.log", b"epoch,loss\nhello\n") is None
    assert source_registry.role_of("train.log", b"epoch 1, loss 0.5\n") is None
    assert source_registry.role_of("stdout.log", b"epoch,loss\n0,0.5\n") is None


@pytest.mark.slow
def test_a_million_columns_are_a_problem_and_the_first_are_shown(tmp_path: Path) -> None:
    names = ",".join(["step", *(f"column{number}" for number in range(1_000_000))])
    data = f"{names}\n1{',0.5' * 1_000_000}\n".encode()
    assert source_registry.role_of("run.csv", data[: source_registry.BEGIN_BYTES]) is Role.ITEM_WITH_POINTS
    found, table = read(tmp_path, data)
    assert len(found) == 1999
    assert found["run/column0"] == [(1, 0.5)]
    (problem,) = table.problems()
    assert (problem.path, "only the first 2,000" in problem.reason) == ("exp/run.csv", True)


def test_what_is_no_row_is_a_problem_with_its_place(tmp_path: Path) -> None:
    data = b'step,loss\n1,0.5\n{"step": 2, "loss": 1}\n\0\0\0\0\n3,0.25\n4,\xff\n'
    found, table = read(tmp_path, data)
    assert found == {"run/loss": [(1, 0.5), (3, 0.25)]}
    by_position = {problem.position: problem.reason for problem in table.problems()}
    assert set(by_position) == {"line 3, byte 16", "line 4, byte 39", "line 6, byte 53"}
    assert "NUL" in by_position["line 4, byte 39"]
    assert "not UTF-8" in by_position["line 6, byte 53"]
