from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from lavdlike import Logger, cli
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot, names_in
from lavdlike.reading.stored_root import StoredRoot
from tests.scripts import ROOT
from tests.shell.terminal import lines, objects
from tests.sources.mlflow.databases import mlflow_store
from tests.sources.wandb_files.test_wandb_media import corpus_in

CORPUS = ROOT / "tests" / "corpus"
# Those that hold folders of runs. That of rollouts is one run; that of media names files of where it was made, which
# are a problem here.
CORPORA = sorted({path.parent.name for path in CORPUS.glob("*/*/")} - {"media", "rollouts", "trackio_traces"})
# Of a row, what another place and time may change, or that says that it was another program's. Charts that a program
# laid out have no place in files of ours.
_ITS_OWN = ("identity", "changed", "source", "is_foreign", "kinds", "charts")

MEASURE = """
import resource, sys
from pathlib import Path
from lavdlike.shell.converting import convert_all
source = Path(sys.argv[1])
for name in ("small", "large"):
    assert convert_all(source / name, source.parent / f"out-{name}") == 0
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)
"""


def points_of(run: Snapshot) -> dict[str, list[list[tuple[str, str, str, str]]]]:
    """By label, of each writer: steps, times and values to the last bit, and whether each point counts."""
    found: dict[str, list[list[tuple[str, str, str, str]]]] = {}
    for entry in run.scalar_labels():
        for columns, counts in run.counted(entry.label):
            mask = np.ones(len(columns.steps), dtype=bool) if counts is None else counts
            rows = [
                (step.hex(), time.hex(), repr(columns.value(index)), str(counted))
                for index, (step, time, counted) in enumerate(
                    zip(columns.steps.tolist(), columns.wall_times.tolist(), mask.tolist(), strict=True)
                )
            ]
            found.setdefault(entry.label, []).append(rows)
    return {label: sorted(series) for label, series in found.items()}


def said_of(run: Snapshot) -> dict[str, Any]:
    row = run.summary()
    assert row is not None
    if row.sessions and row.status == "unknown":
        row.status = "quiet"  # a beginning without an end, which is how ours say it
    return {name: value for name, value in msgspec.structs.asdict(row).items() if name not in _ITS_OWN}


@pytest.mark.slow
@pytest.mark.parametrize("corpus", CORPORA)
def test_every_run_of_another_program_is_the_same_as_files_of_ours(
    corpus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All points to the last bit, and what `ls` and `show` say."""
    before, after = StoredRoot(CORPUS / corpus), StoredRoot(tmp_path / "out")
    assert cli.main(["convert", str(before.path), str(after.path)]) == 0
    names = sorted(names_in(before))
    assert len(lines(capsys)) == len(names) == len(names_in(after))
    for name in names:
        was, now = Snapshot(before, name), Snapshot(after, name)
        assert points_of(now) == points_of(was)
        assert now.scalar_labels() == was.scalar_labels()
        said, expected = said_of(now), said_of(was)
        if not expected["sessions"]:  # a status without times has the last change as its time
            expected["sessions"] = said["sessions"]
        assert said == expected
        assert now.problems() == []
        row = now.summary()
        assert row is not None
        assert (row.source, row.is_foreign) == ("lavdlike", False)


def test_items_logs_and_what_people_said_come_with_a_run(tmp_path: Path) -> None:
    root = tmp_path / "log"
    shutil.copytree(CORPUS / "texts/lightning", root / "theirs")
    (root / "theirs/0003").mkdir()
    (root / "theirs/0003/sample.md").write_text("# hello")
    (root / "theirs/out.log").write_text("printed\n")
    (root / "lavdlike.yaml").write_text("experiments: {theirs: {title: Mine, starred: true, notes: good}}")
    assert cli.main(["convert", str(root / "theirs"), str(tmp_path / "new/mine")]) == 0
    new = tmp_path / "new/mine"
    found = sorted(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file())
    assert found == [
        "0003/sample.md",
        "experiment.json",
        "hparams.yaml",
        "marks.json",
        "my-notes.md",
        "out.log",
        "scalars.tsv",
    ]
    row = Snapshot(LocalRoot(tmp_path / "new"), ExperimentName("mine")).summary()
    assert row is not None
    assert (row.title, row.starred) == ("Mine", True)
    assert (new / "out.log").stat().st_mtime_ns == (root / "theirs/out.log").stat().st_mtime_ns


def test_a_run_of_ours_is_copied_as_it_is(root: Path, tmp_path: Path) -> None:
    (root / "run-10/table.csv").write_text("step,a\n1,2\n")
    assert cli.main(["convert", str(root / "run-10"), str(tmp_path / "copy")]) == 0
    for path in (path for path in (root / "run-10").rglob("[!.]*") if path.is_file()):
        assert (tmp_path / "copy" / path.relative_to(root / "run-10")).read_bytes() == path.read_bytes()
    before = Snapshot(LocalRoot(root), ExperimentName("run-10"))
    after = Snapshot(LocalRoot(tmp_path), ExperimentName("copy"))
    assert points_of(after) == points_of(before)
    assert set(after.tree.items()) == set(before.tree.items())


def test_a_run_of_ours_with_event_files_keeps_its_own_scalars(tmp_path: Path) -> None:
    with Logger("run", log_dir=str(tmp_path / "log")) as logger:
        logger.log_scalar(0.5, "mine", 1)
    events = next((CORPUS / "events/torch_new").iterdir())
    shutil.copy(events, tmp_path / "log/run" / events.name)
    assert cli.main(["convert", str(tmp_path / "log/run"), str(tmp_path / "new")]) == 0
    assert not list((tmp_path / "new").glob("*tfevents*1*"))
    before = points_of(Snapshot(LocalRoot(tmp_path / "log"), ExperimentName("run")))
    assert points_of(Snapshot(LocalRoot(tmp_path), ExperimentName("new"))) == before
    assert len(before) > 1


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "log"
    for name in ("keras", "lightning"):
        shutil.copytree(CORPUS / "texts" / name, source / name)
    (tmp_path / "out/keras").mkdir(parents=True)
    (tmp_path / "out/keras/mine.txt").write_text("mine")
    assert cli.main(["convert", "--json", str(source), str(tmp_path / "out")]) == 1
    written = capsys.readouterr()
    assert [json.loads(line)["name"] for line in written.out.splitlines()] == ["lightning"]
    assert f"{tmp_path}/out/keras is there already and stays as it is" in written.err
    assert [path.name for path in (tmp_path / "out/keras").iterdir()] == ["mine.txt"]


def test_what_cannot_be_converted_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(CORPUS / "texts/keras", tmp_path / "log/keras")
    assert cli.main(["convert", str(tmp_path / "log"), str(tmp_path / "log/new")]) == 2
    assert "name a folder outside of it" in capsys.readouterr().err
    assert cli.main(["convert", str(tmp_path / "missing"), str(tmp_path / "new")]) == 2
    (tmp_path / "file").touch()
    assert cli.main(["convert", str(tmp_path / "log/keras"), str(tmp_path / "file/new")]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_what_is_not_understood_is_said_and_the_rest_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/metrics.jsonl").write_text('{"step": 1, "a\\tb": 0.5}\noops\n')
    (tmp_path / "run/out.txt").symlink_to("/etc/passwd")
    assert cli.main(["convert", "--json", str(tmp_path / "run"), str(tmp_path / "new")]) == 1
    [done] = objects(capsys)
    assert [(problem["path"], problem["position"]) for problem in done["problems"]] == [  # type: ignore[attr-defined]
        ("run/out.txt", ""),
        ("run/metrics.jsonl", "line 2, byte 25"),
    ]
    assert [
        entry.label for entry in Snapshot(LocalRoot(tmp_path), ExperimentName("new")).scalar_labels()
    ] == ["a%09b"]


def test_memory_does_not_grow_with_the_points(tmp_path: Path) -> None:
    for name, count in (("small", 20_000), ("large", 150_000)):
        folder = tmp_path / "log" / name
        folder.mkdir(parents=True)
        with (folder / "metrics.jsonl").open("w") as file:
            for step in range(count):
                file.write(f'{{"step": {step}, "a": {step / 3}, "b": {step / 7}, "c": {step / 11}}}\n')
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / "log")],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    small_kib, large_kib = (int(line) for line in done.stdout.splitlines() if line.isdigit())
    assert large_kib - small_kib < 40 * 1024
    assert len((tmp_path / "out-large/scalars.tsv").read_bytes().splitlines()) == 450_001


def test_a_run_in_a_file_of_many_is_converted_and_listed_by_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mlflow_store(tmp_path / "mlflow.db") as store:
        store.run("ab12", name="owl")
        store.metric("ab12", "loss", 0.5, 3)
    run = tmp_path / "mlflow.db" / "vision" / "ab12"
    assert cli.main(["show", str(run), "--json"]) == 0
    assert '"owl"' in capsys.readouterr().out
    assert cli.main(["convert", str(run), str(tmp_path / "out")]) == 0
    snapshot = Snapshot(LocalRoot(tmp_path), ExperimentName("out"))
    (series,) = snapshot.series_of("loss")
    assert (series.columns.steps.tolist(), series.columns.values.tolist()) == ([3.0], [0.5])


def test_a_label_that_several_files_have_is_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "log" / "run"
    run.mkdir(parents=True)
    (run / "config.yaml").write_text("lr: 0.1\n")
    (run / "metrics.csv").write_text("epoch,loss,lr,step\n,0.75,0.1,1\n")
    (run / "metrics.jsonl").write_text('{"step": 1, "loss": 0.5}\n')
    assert cli.main(["convert", "--json", str(run), str(tmp_path / "out")]) == 0
    [done] = objects(capsys)
    assert (done["points"], done["leftOut"]) == (2, ["metrics.csv: loss"])
    converted = points_of(Snapshot(LocalRoot(tmp_path), ExperimentName("out")))
    assert {label: [[row[2] for row in rows] for rows in series] for label, series in converted.items()} == {
        "loss": [["0.5"]],
        "lr": [["0.1"]],
    }


def test_what_our_own_file_has_is_not_written_again(tmp_path: Path) -> None:
    with Logger("run", log_dir=str(tmp_path / "log")) as logger:
        logger.log_scalar(0.5, "loss", 1)
    shutil.copytree(CORPUS / "events" / "tensorboardx", tmp_path / "log" / "run", dirs_exist_ok=True)
    before = points_of(Snapshot(LocalRoot(tmp_path / "log"), ExperimentName("run")))
    assert cli.main(["convert", "--json", str(tmp_path / "log" / "run"), str(tmp_path / "out")]) == 0
    assert points_of(Snapshot(LocalRoot(tmp_path), ExperimentName("out"))) == before


def test_what_lies_in_event_files_becomes_files(tmp_path: Path) -> None:
    assert cli.main(["convert", str(CORPUS / "event_items/torch"), str(tmp_path / "new/mine")]) == 0
    before = Snapshot(StoredRoot(CORPUS / "event_items"), ExperimentName("torch"))
    after = Snapshot(StoredRoot(tmp_path / "new"), ExperimentName("mine"))
    assert not list((tmp_path / "new/mine").glob("*tfevents*"))
    items = [item for item in before.tree.items() if "%" not in before.tree.files_of(item)[0]]
    assert len(items) > 5
    for item in items:  # of labels that a path can have as they are
        (path,), (copied,) = before.tree.files_of(item), after.tree.files_of(item)
        with before.file(path) as was, after.file(copied) as now:
            assert was.read(2**20) == now.read(2**20)
            assert int(was.status.st_mtime) == int(now.status.st_mtime)
    assert points_of(after) == points_of(before)


def test_media_and_documents_of_trackers_are_files_of_ours(tmp_path: Path) -> None:
    corpus_in(tmp_path / "log")
    assert cli.main(["convert", str(tmp_path / "log" / "run"), str(tmp_path / "wandb")]) == 0
    (store,) = (
        path for path in (CORPUS / "media/mlflow_files/vision").iterdir() if (path / "artifacts").is_dir()
    )
    source = tmp_path / "vision" / store.name
    shutil.copytree(store.parent, tmp_path / "vision")
    assert cli.main(["convert", str(source), str(tmp_path / "mlflow")]) == 0
    for was, now in ((tmp_path / "log" / "run", tmp_path / "wandb"), (source, tmp_path / "mlflow")):
        before = Snapshot(StoredRoot(was.parent), ExperimentName(was.name)).tree.items()
        after = Snapshot(StoredRoot(tmp_path), ExperimentName(now.name)).tree.items()
        ours = {"experiment", "scalars", "marks"}
        assert {each for each in after if each.label not in ours} == {
            each for each in before if each.label not in ours
        }
