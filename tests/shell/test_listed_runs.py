from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from lavdlike import Logger, cli
from lavdlike.disk.root import Root
from lavdlike.errors import UsageError
from lavdlike.layout import ExperimentName
from lavdlike.reading import kept_results
from lavdlike.reading.kept_results import AskedLabel, Results
from lavdlike.reading.listing import Listing
from lavdlike.shell import subcommands
from tests.shell.terminal import lines, objects


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """Learning rates times seeds; the third has no loss, the last no settings."""
    for lr in (0.1, 0.01):
        for seed in (0, 1):
            with Logger(f"lr{lr}-seed{seed}", tmp_path, config={"lr": lr, "seed": seed}) as logger:
                for step in range(3):
                    logger.log_scalar(lr * 10 + seed - step / 10, "val/loss", step)
    with Logger("other", tmp_path):
        pass
    return tmp_path


def names(printed: list[str]) -> list[str]:
    return [re.split("  +", row)[0] for row in printed[1:]]


def ls(root: Path, **listing: object) -> int:
    return subcommands.ls([str(root)], listing=Listing(**listing))  # type: ignore[arg-type]


def test_a_filter_chooses_experiments(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ls(sweep, query="lr=0.01") == 0
    assert names(lines(capsys)) == ["lr0.01-seed0", "lr0.01-seed1"]


def test_columns_and_order_answer_which_is_best(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ls(sweep, columns=["lr", "min(val/loss)"], sort="min(val/loss)")
    header, *rows = lines(capsys)
    assert header.split() == ["NAME", "lr", "min(val/loss)"]
    assert [row.split() for row in rows] == [
        ["lr0.01-seed0", "0.01", "-0.1"],
        ["lr0.1-seed0", "0.1", "0.8"],
        ["lr0.01-seed1", "0.01", "0.9"],
        ["lr0.1-seed1", "0.1", "1.8"],
        ["other", "-", "-"],
    ]
    ls(sweep, sort="min(val/loss)", reverse=True, columns=["lr"])
    assert names(lines(capsys)) == ["lr0.1-seed1", "lr0.01-seed1", "lr0.1-seed0", "lr0.01-seed0", "other"]


def test_groups_have_mean_and_deviation(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ls(sweep, query="has(lr)", group_by=["lr"], columns=["min(val/loss)"])
    header, *rows = lines(capsys)
    assert header.split() == ["lr", "RUNS", "min(val/loss)"]
    assert [re.split("  +", row) for row in rows] == [
        ["0.01", "2", "0.4 ± 0.707107 (n=2)"],
        ["0.1", "2", "1.3 ± 0.707107 (n=2)"],
    ]


def test_json_has_an_object_a_line(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.ls(
        [str(sweep)],
        as_json=True,
        listing=Listing("seed=0", columns=["lr", "last(val/loss)", "tag"], sort="lr"),
    )
    assert objects(capsys) == [
        {"name": "lr0.01-seed0", "lr": 0.01, "last(val/loss)": pytest.approx(-0.1), "tag": None},
        {"name": "lr0.1-seed0", "lr": 0.1, "last(val/loss)": pytest.approx(0.8), "tag": None},
    ]
    subcommands.ls(
        [str(sweep)], as_json=True, listing=Listing("seed=0", columns=["max(val/loss)"], group_by=["seed"])
    )
    assert objects(capsys) == [
        {
            "group": {"seed": 0.0},
            "runs": ["lr0.01-seed0", "lr0.1-seed0"],
            "max(val/loss)": {
                "n": 2,
                "mean": pytest.approx(0.55),
                "median": pytest.approx(0.55),
                "deviation": pytest.approx(0.6363961),
                "minimum": pytest.approx(0.1),
                "maximum": pytest.approx(1.0),
            },
        }
    ]


def test_what_is_no_filter_is_marked_in_it(sweep: Path) -> None:
    with pytest.raises(UsageError, match=r"'lr=0.01 \(seed=1', at character 9: this '\(' is never closed"):
        ls(sweep, query="lr=0.01 (seed=1")
    with pytest.raises(UsageError, match=r"'min\(', at character"):
        ls(sweep, columns=["min("])


def test_the_command_line_asks_for_all_of_it(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["ls", str(sweep), "-q", "seed=0", "--columns", "lr,at(val/loss, 2)", "--sort", "lr", "--reverse"]
    assert cli.main(given) == 0
    assert [row.split()[:2] for row in lines(capsys)[1:]] == [
        ["lr0.1-seed0", "0.1"],
        ["lr0.01-seed0", "0.01"],
    ]
    assert (
        cli.main(["ls", str(sweep), "--group-by", "lr", "--columns", "min(val/loss)", "-q", "has(lr)"]) == 0
    )
    assert len(lines(capsys)) == 3
    assert cli.main(["ls", str(sweep), "-q", "lr="]) == 2
    assert "'lr=', at character 3: a value is missing behind '='" in capsys.readouterr().err


def test_a_name_that_no_experiment_has_is_said(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for query, said in (
        ("lrr=0.1", "no experiment has a setting or label 'lrr'"),
        ("min(loss)<1", "no experiment has the label 'loss'"),
        ("at(val/loss, 9)<1", "no experiment has 'val/loss' at step 9"),
        ("best(val/loss)<1", "no experiment has a best value of 'val/loss': nobody has said whether"),
    ):
        assert ls(sweep, query=query) == 0
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"lavdlike: {said}")
    ls(sweep, query="lr>5 -has(lrr)")
    assert capsys.readouterr().err == ""


def test_a_filter_may_begin_with_a_dash(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("-q", "--query"):
        assert cli.main(["ls", option, "-lr=0.1", str(sweep)]) == 0
        assert names(lines(capsys)) == ["lr0.01-seed0", "lr0.01-seed1"]


def test_the_best_value_is_by_what_scripts_and_people_say_of_labels(
    sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Logger("lr0.1-seed0", sweep) as logger:
        logger.define("*/loss", goal="min")
    ls(sweep, query="best(val/loss)<5", columns=["best(val/loss)"])
    assert [row.split() for row in lines(capsys)[1:]] == [["lr0.1-seed0", "0.8"]]
    (sweep / "lavdlike.yaml").write_text("labels:\n  val/*: {goal: max}\n")
    ls(sweep, query="lr=0.1", columns=["best(val/loss)"])
    assert [row.split() for row in lines(capsys)[1:]] == [["lr0.1-seed0", "1"], ["lr0.1-seed1", "2"]]


def test_a_filter_without_a_match_prints_nothing(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ls(sweep, query="lr>5") == 0
    assert lines(capsys) == []


def test_groups_are_of_what_names_have_in_common(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ls(sweep, group_by=['name~"seed(\\d)"'], columns=["max(val/loss)"])
    assert [re.split("  +", row) for row in lines(capsys)] == [
        ["NAME", "RUNS", "max(val/loss)"],
        ["0", "2", "0.55 ± 0.636396 (n=2)"],
        ["1", "2", "1.55 ± 0.636396 (n=2)"],
        ["-", "1", "-"],
    ]
    assert cli.main(["ls", str(sweep), "--json", "--group-by", 'lr,name~"(seed)(.)"', "-q", "seed=1"]) == 0
    assert objects(capsys) == [
        {"group": {"lr": 0.01, "NAME 1": "seed", "NAME 2": "1"}, "runs": ["lr0.01-seed1"]},
        {"group": {"lr": 0.1, "NAME 1": "seed", "NAME 2": "1"}, "runs": ["lr0.1-seed1"]},
    ]
    ls(sweep, group_by=["folder"])
    assert [row.split() for row in lines(capsys)] == [["folder", "RUNS"], ["-", "5"]]
    with pytest.raises(UsageError, match=r"'\(', at character 1: no regular expression"):
        ls(sweep, group_by=['name~"("'])
    with pytest.raises(UsageError, match="one regular expression at most"):
        ls(sweep, group_by=["name~a", "name~b"])


def test_an_order_by_what_nobody_has_is_said(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ls(sweep, sort="lrr", columns=["lr"]) == 0
    printed = capsys.readouterr()
    assert "none of these experiments has 'lrr', so they are in no order" in printed.err
    assert len(printed.out.splitlines()) == 6


def test_reverse_needs_an_order(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["ls", str(sweep), "--reverse"])
    assert "--reverse is for an order: say which with --sort FIELD" in capsys.readouterr().err


def test_steps_of_an_experiment_are_not_listed_as_experiments(
    sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sweep / "steps" / "0001").mkdir(parents=True)
    assert cli.main(["ls", str(sweep / "steps")]) == 2
    said = capsys.readouterr().err
    assert f"{sweep / 'steps'} is an experiment (it has the step 0001)" in said
    assert f"'lavdlike show {sweep / 'steps'}' says what is in it" in said
    (sweep / "other" / "0001").mkdir()
    assert cli.main(["ls", str(sweep / "other"), "--json"]) == 0
    assert [row["name"] for row in objects(capsys)] == ["other"]
    # A root in which somebody has logged by mistake still is one.
    (sweep / "scalars.tsv").write_text("step\twall_time\tlabel\tvalue\n")
    assert cli.main(["ls", str(sweep)]) == 0


def test_steps_are_whole_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(1.0, "loss", 12345678)
    ls(tmp_path, columns=["argmin(loss)", "count(loss)"])
    assert [row.split() for row in lines(capsys)[1:]] == [["run", "12345678", "1"]]


@pytest.mark.slow
def test_results_are_read_once_and_again_only_where_files_have_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "log"
    monkeypatch.setattr(kept_results, "is_settled", lambda _status: True)  # as an hour later
    for number in range(1000):
        write_values(root / f"run-{number}", [0.2 + number / 1000, 0.1 + number / 1000])
    read = count_reads(monkeypatch)
    listing = Listing("min(val/loss)<0.3", columns=["at(val/loss, 0)"], sort="last(val/loss)", reverse=True)
    assert subcommands.ls([str(root)], listing=listing) == 0
    first = lines(capsys)
    assert len(first) == 1 + 200
    assert first[1].split() == ["run-199", "0.399"]
    assert len(read) == 1000  # whatever is asked of each
    read.clear()
    assert subcommands.ls([str(root)], listing=listing) == 0
    assert lines(capsys) == first
    assert read == []
    write_values(root / "run-199", [0.5, 0.4, 0.3])
    subcommands.ls([str(root)], listing=listing)
    assert lines(capsys)[1].split() == ["run-198", "0.398"]
    assert read == ["run-199"]


def test_results_that_cannot_be_kept_are_read_each_time(
    sweep: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "no folder").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no folder"))
    read = count_reads(monkeypatch)
    for _ in range(2):
        assert ls(sweep, query="min(val/loss)<0.5") == 0
        assert len(lines(capsys)) == 1 + 1
    assert len(read) == 2 * 5


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of experiments whose scalars are read from now on."""
    names: list[str] = []
    read = kept_results.read_results

    def counted(
        root: Root, name: ExperimentName, asked: Iterable[AskedLabel], preferred: Sequence[str]
    ) -> Results:
        names.append(name)
        return read(root, name, asked, preferred)

    monkeypatch.setattr(kept_results, "read_results", counted)
    return names


def write_values(experiment: Path, values: list[float]) -> None:
    experiment.mkdir(parents=True, exist_ok=True)
    rows = [f"{step}\t{step}.0\tval/loss\t{value}\n" for step, value in enumerate(values)]
    (experiment / "scalars.tsv").write_text("step\twall_time\tlabel\tvalue\n" + "".join(rows))
