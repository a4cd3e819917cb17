from __future__ import annotations

import doctest
import json
import subprocess
import sys
from pathlib import Path

import pytest

import lavdlike
from lavdlike import Logger, cli
from lavdlike.errors import NotFoundError, UsageError
from tests.scripts import ROOT


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Two learning rates times three seeds; the last has no settings, and a loss that is no number."""
    root = tmp_path / "log"
    for lr in (0.1, 0.01):
        for seed in range(3):
            with Logger(
                f"lr{lr}-seed{seed}", root, config={"lr": lr, "seed": seed}, tags=["a", "b"]
            ) as logger:
                for step in range(3):
                    logger.log_scalar(lr * 10 + seed - step / 10, "val/loss", step)
    with Logger("other", root) as logger:
        logger.log_scalar(float("nan"), "val/loss", 0)
    return root


def of_shell(root: Path, capsys: pytest.CaptureFixture[str], *options: str) -> list[object]:
    assert cli.main(["ls", str(root), "--json", *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_experiments_are_those_of_the_shell(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = "lr,min(val/loss),tag"
    shell = of_shell(
        sweep, capsys, "-q", "lr=0.01", "--columns", columns, "--sort", "min(val/loss)", "--reverse"
    )
    root = lavdlike.open(sweep)
    found = root.experiments("lr=0.01", columns=columns, sort="min(val/loss)", reverse=True)
    assert found == root.experiments(
        "lr=0.01", columns=columns.split(","), sort="min(val/loss)", reverse=True
    )
    assert [{"name": each.name, **each.values} for each in found] == shell
    assert [each.name for each in found] == [f"lr0.01-seed{seed}" for seed in (2, 1, 0)]
    assert found[0].values["tag"] == ["a", "b"]
    assert found[0].config == {"lr": 0.01, "seed": 2}
    assert found[0].path == sweep / "lr0.01-seed2"
    assert found[0].status == "finished"


def test_groups_are_those_of_the_shell(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for by in ("lr", 'lr,name~"(seed)(.)"', "folder"):
        shell = of_shell(sweep, capsys, "--columns", "min(val/loss)", "--group-by", by)
        groups = lavdlike.open(sweep).experiments(group_by=by, columns=["min(val/loss)"])
        spreads = [each.values["min(val/loss)"] for each in groups]
        assert shell == [
            {
                "group": each.key,
                "runs": each.experiments,
                "min(val/loss)": spread
                and {name: getattr(spread, name) for name in spread.__struct_fields__},
            }
            for each, spread in zip(groups, spreads, strict=True)
        ]


def test_what_is_no_number_is_a_float(sweep: Path) -> None:
    [other] = lavdlike.open(sweep).experiments("other", columns=["val/loss", "lr"])
    assert str(other.values["val/loss"]) == "nan"
    assert other.values["lr"] is None


def test_each_question_looks_at_the_files_anew(sweep: Path) -> None:
    root = lavdlike.open(sweep)
    assert len(root.experiments()) == 7
    with Logger("new", sweep):
        pass
    assert "new" in [each.name for each in root.experiments()]


def test_mistakes_are_said_with_their_place(sweep: Path) -> None:
    root = lavdlike.open(sweep)
    with pytest.raises(UsageError, match=r"'lr=0.01 \(seed=1', at character 9"):
        root.experiments("lr=0.01 (seed=1")
    with pytest.raises(UsageError, match=r"'min\(', at character"):
        root.experiments(columns="min(")
    with pytest.raises(UsageError, match="reverse is for an order"):
        root.experiments(reverse=True)
    with pytest.raises(NotFoundError, match="cannot read"):
        lavdlike.open(sweep / "nothing")
    (sweep / "steps" / "0001").mkdir(parents=True)
    with pytest.raises(NotFoundError, match="is an experiment"):
        lavdlike.open(sweep / "steps")


def test_one_run_is_opened_alone(sweep: Path) -> None:
    root = lavdlike.open(sweep / "other")
    (found,) = root.experiments()
    assert (found.name, found.path, root.path) == ("other", sweep / "other", sweep / "other")


def test_a_name_that_nothing_has_is_a_warning_at_the_question(sweep: Path) -> None:
    with pytest.warns(UserWarning, match="no experiment has a setting or label 'lrr'") as said:
        assert lavdlike.open(sweep).experiments("lrr=0.1") == []
    assert said[0].filename == __file__


def test_nothing_is_written_into_the_root(sweep: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in sweep.rglob("*"))
    lavdlike.open(sweep).experiments("min(val/loss)<1", sort="val/loss")
    assert sorted((path, path.stat().st_mtime_ns) for path in sweep.rglob("*")) == before


def test_the_example_in_the_docs_runs(sweep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sweep.parent)
    failed, tried = doctest.testfile(str(ROOT / "docs" / "filter.md"), module_relative=False)
    assert tried > 3
    assert failed == 0


def test_the_readers_are_loaded_with_the_first_use() -> None:
    report = (
        "import sys, lavdlike; print('lavdlike.reading' in sys.modules); "
        "lavdlike.open; print('numpy' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["False", "False"]
