"""What hosts say of themselves stands beside what scripts log, and is taken for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.kinds.scalars import HEADER
from lavdlike.layout import ExperimentName, system_file, system_host
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.tree import Address

RUN = ExperimentName("run")
CORES = "system/cpu/run_cores"


def _snapshot(root: Path) -> Snapshot:
    snapshot = Snapshot(LocalRoot(root), RUN)
    snapshot.has_new_points()
    return snapshot


def _file(root: Path, host: str, text: str) -> None:
    (root / "run").mkdir(exist_ok=True)
    (root / "run" / system_file(host)).write_text(text)


def test_each_host_has_series_of_its_own(tmp_path: Path) -> None:
    _file(tmp_path, "node1", f"{HEADER}0\t1.000\t{CORES}\t1.5\n")
    _file(tmp_path, "node2", f"{HEADER}0\t1.000\t{CORES}\t2.5\n")
    found = {series.writer: series.columns.values.tolist() for series in _snapshot(tmp_path).series_of(CORES)}
    assert found == {"host node1": [1.5], "host node2": [2.5]}


def test_a_script_that_goes_on_from_an_earlier_step_replaces_nothing_of_its_host(tmp_path: Path) -> None:
    with Logger("run", tmp_path, writer="node1") as logger:
        logger.log_scalar(1.0, "loss", 90)
    _file(tmp_path, "node1", f"{HEADER}90\t1.000\t{CORES}\t1.5\n")
    with Logger("run", tmp_path, writer="node1", resume_from=10):
        pass
    snapshot = _snapshot(tmp_path)
    (loss,), (cores,) = snapshot.counted("loss"), snapshot.counted(CORES)
    assert loss.counts is not None
    assert loss.counts.tolist() == [False]
    assert cores.counts is None  # all of them


def test_it_is_no_table_and_a_table_of_that_name_is_one(tmp_path: Path) -> None:
    _file(tmp_path, "node1", f"{HEADER}0\t1.000\t{CORES}\t1.5\n")
    _file(tmp_path, "disks", "disk\tfree\na\t1\n")
    snapshot = _snapshot(tmp_path)
    assert [address for address in snapshot.tree.items() if address.kind != "scalars"] == [
        Address("tables", "system.disks", None)
    ]
    assert [label.label for label in snapshot.scalar_labels()] == [CORES]
    assert snapshot.problems() == []


def test_in_a_step_such_a_name_is_a_table(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_file(f"{HEADER}0\t1.000\t{CORES}\t1.5\n", "system.node1", step=1, extension=".tsv")
        with pytest.raises(ValueError, match="what the logger appends to"):
            logger.log_file("a\tb\n", "system.node1", extension=".tsv")
    assert _snapshot(tmp_path).scalar_labels() == []


@pytest.mark.parametrize(
    ("host", "file"),
    [
        ("node7", "system.node7.tsv"),
        ("a/b c", "system.a_b_c.tsv"),
        ("", "system.host.tsv"),
        ("..", "system.host.tsv"),
    ],
)
def test_every_host_has_a_file_that_is_read_back(host: str, file: str) -> None:
    assert system_file(host) == file
    assert system_host(file) is not None


@pytest.mark.parametrize("name", ["system.tsv", "scalars.system.tsv", "system.a.csv", "x/system.a.tsv"])
def test_other_names_are_none(name: str) -> None:
    assert system_host(name) is None
