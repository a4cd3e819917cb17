"""Archives are given to every command as folders are."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

import lavdlike
from lavdlike import Logger, cli
from tests.disk.archives.archives import MAKERS, with_names, zipped
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of ours, of MLflow and of event files."""
    root = tmp_path_factory.mktemp("archives") / "log"
    with Logger("ours", root, config={"lr": 0.1}) as logger:
        for step in range(10):
            logger.log_scalar(1 / (step + 1), "loss", step)
        logger.log_text("said", "note", step=3)
        logger.println("printed")
    shutil.copytree(CORPUS / "events" / "torch_new", root / "torch")
    shutil.copytree(CORPUS / "stores" / "mlflow_files", root / "mlruns" / "0" / "abc")
    for path in (root, *root.rglob("*")):
        os.utime(path, (1_700_000_000, 1_700_000_000))  # zip files have times to two seconds
    return root


def said(arguments: list[str], capsys: pytest.CaptureFixture[str], *, code: int = 0) -> str:
    assert cli.main(arguments) == code
    captured = capsys.readouterr()
    return captured.err if code else captured.out


def objects(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Without which folder it is, and with its time in seconds."""

    def same(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = {key: value for key, value in pairs if key != "identity"}
        if isinstance(changed := found.get("changed"), float):
            found["changed"] = int(changed)
        return found

    lines = said([*arguments, "--json"], capsys).splitlines()
    return [json.loads(line, object_pairs_hook=same) for line in lines]


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_an_archive_says_what_its_folder_says(
    name: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = str(MAKERS[name](folder, tmp_path / name))
    for rest in ([], ["-q", "lr=0.1", "--columns", "min(loss)"], ["--problems"]):
        assert objects(["ls", archive, *rest], capsys) == objects(["ls", str(folder), *rest], capsys)
    for run in ("ours", "torch", "mlruns/0/abc"):
        for command in ("show", "inspect"):
            expected = objects([command, str(folder / run)], capsys)
            if command == "show" or "mlruns" not in run:  # whose settings are files, in the order of the disk
                assert objects([command, f"{archive}/{run}"], capsys) == expected
    for rest in (["loss", "-n", "3"], []):
        expected_text = said(["tail", str(folder / "ours"), *rest], capsys)
        assert said(["tail", f"{archive}/ours", *rest], capsys) == expected_text


def test_what_is_in_an_archive_is_converted(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = zipped(folder, tmp_path / "logs.zip")
    said(["convert", str(archive), str(tmp_path / "from archive")], capsys)
    said(["convert", str(folder), str(tmp_path / "from folder")], capsys)
    contents = [
        {path.relative_to(root): _content(path) for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "from archive", tmp_path / "from folder")
    ]
    assert contents[0] == contents[1]
    assert len(contents[0]) > 5


def _content(path: Path) -> object:
    return json.loads(path.read_bytes()) if path.suffix == ".json" else path.read_bytes()


def test_an_archive_of_one_run_is_that_run(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = zipped(folder / "ours", tmp_path / "run.zip")
    assert [each["id"] for each in objects(["ls", str(archive)], capsys)] == ["run.zip"]
    assert "loss" in said(["show", str(archive)], capsys)
    assert "note" in said(["inspect", str(archive / "0003" / "note.txt")], capsys)
    said(["convert", str(archive), str(tmp_path / "converted")], capsys)
    assert (tmp_path / "converted" / "scalars.tsv").read_bytes() == (folder / "ours/scalars.tsv").read_bytes()
    assert "in which nothing is changed" in said(["star", str(archive)], capsys, code=2)


def test_archives_are_roots_among_others(folder: Path, tmp_path: Path) -> None:
    archive = zipped(folder, tmp_path / "logs.zip")
    found = lavdlike.open(a=archive, b=folder).experiments("ours", columns="min(loss)")
    assert [(each.name, each.values) for each in found] == [
        (f"{root}/ours", {"min(loss)": 0.1}) for root in ("a", "b")
    ]
    assert len(lavdlike.open(archive).experiments()) == 3


def test_nothing_in_an_archive_is_changed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = zipped(folder, tmp_path / "logs.zip")
    run, before = str(archive / "ours"), archive.read_bytes()
    for arguments in (["star", run], ["title", run, "x"], ["mv", run, "new"], ["trash", run, "-y"]):
        assert "it lies in an archive, in which nothing is changed" in said(arguments, capsys, code=1)
    assert "where nothing takes room of its own" in said(["du", run], capsys, code=1)
    assert archive.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs.zip"]


def test_what_is_not_shown_of_an_archive_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = with_names(tmp_path / "odd.zip", {"run/experiment.json": b"{}", "../x": b"", "/y": b""})
    assert cli.main(["ls", str(archive), "--problems"]) == 1
    shown = capsys.readouterr().out
    assert "its name leads out of the archive" in shown
    assert "an absolute name" in shown


@pytest.mark.slow
def test_what_other_programs_wrote_is_read_from_an_archive_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The corpora of the originals: TensorBoard, MLflow, wandb, trackio, ClearML, Visdom, Neptune and the others."""
    root = tmp_path / "log"
    for corpus in ("events", "stores", "trackers"):
        shutil.copytree(CORPUS / corpus, root / corpus)
    packed = root / "stores" / "mlflow_database" / "mlflow.db.gz"
    packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    for path in (root, *root.rglob("*")):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    archive = zipped(root, tmp_path / "log.zip")
    expected = sorted(map(_in_any_order, objects(["inspect", str(root)], capsys)))
    assert sorted(map(_in_any_order, objects(["inspect", str(archive)], capsys))) == expected
    assert len(expected) > 20
    stores = objects(["ls", str(root / "stores")], capsys)
    assert objects(["ls", f"{archive}/stores"], capsys) == stores
    names = [unquote(str(row["id"])) for row in stores]
    assert {name.partition("/")[0] for name in names} == {"mlflow_database", "mlflow_files", "wandb"}
    for name in names:
        shown = [objects(["show", f"{where}/stores/{name}"], capsys)[0] for where in (root, archive)]
        for each in shown:
            del each["experiment"]  # as in the list, but for its name, of which the archive is a part
        assert _in_any_order(shown[0]) == _in_any_order(shown[1]), name


def _in_any_order(value: object) -> str:
    """Of lists that stand in the order of the disk."""
    if isinstance(value, dict):
        return str(sorted((key, _in_any_order(each)) for key, each in value.items()))
    return str(sorted(map(_in_any_order, value)) if isinstance(value, list) else value)
