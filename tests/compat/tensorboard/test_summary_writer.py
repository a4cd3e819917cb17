"""What a script that was written for TensorBoard leaves in our files."""

from __future__ import annotations

import errno
import json
import os
import socket
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lavdlike.compat.tensorboard import SummaryWriter
from lavdlike.writing.launched import LaunchedRun
from tests import scripts
from tests.logged import files_of, points_of


def document(file: Path) -> Any:
    return json.loads(file.read_text())


def pixels(file: Path) -> Any:
    return np.asarray(Image.open(file))


def test_the_folder_is_an_experiment_and_the_one_above_its_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with SummaryWriter("runs/a") as writer:
        writer.add_scalar("loss/train", 0.5, 3)
        writer.add_scalar("loss/train", np.float32(0.25), np.int64(4))
    assert writer.get_logdir() == "runs/a"
    assert points_of(tmp_path / "runs/a/scalars.tsv") == [(3, "loss/train", 0.5), (4, "loss/train", 0.25)]
    (session,) = document(tmp_path / "runs/a/experiment.json")["sessions"]
    assert session["outcome"] == "finished"


def test_without_a_folder_it_is_named_by_time_host_and_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    SummaryWriter(comment="_lr0.1").close()
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.endswith(f"_{socket.gethostname()}_lr0.1")


def test_both_names_of_the_folder_are_taken(tmp_path: Path) -> None:
    SummaryWriter(logdir=tmp_path / "x").close()
    SummaryWriter(None, "", None, 10, 120, "", True, tmp_path / "y", {"disabled": True}, anything=1).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]


@pytest.mark.parametrize("folder", ["http://host/run", "/"])
def test_what_is_no_folder_here_is_refused(folder: str) -> None:
    with pytest.raises(ValueError, match="log_dir must be a folder"):
        SummaryWriter(folder)


def test_nothing_is_written_on_request(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x", write_to_disk=False, event_files=True) as writer:
        writer.add_scalar("a", 1.0, 1)
        writer.add_image("i", np.zeros((3, 4, 4)))
    assert list(tmp_path.iterdir()) == []


def test_steps_that_nobody_says_are_counted_for_each_tag(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        for value in (1.0, 2.0):
            writer.add_scalar("a", value)
            writer.add_text("a", str(value))
        writer.add_scalar("b", 3.0)
        with writer.use_metadata(global_step=7, walltime=1763600000.0):
            writer.add_scalar("a", 4.0)
    assert points_of(tmp_path / "x/scalars.tsv") == [(0, "a", 1), (1, "a", 2), (0, "b", 3), (7, "a", 4)]
    assert files_of(tmp_path / "x") == ["0000/a.md", "0001/a.md", "scalars.tsv"]
    assert (tmp_path / "x/scalars.tsv").read_text().splitlines()[-1].split("\t")[1] == "1763600000.000"


def test_steps_may_go_back_and_be_text_or_decimals(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        for step in (5, 3.9, "4"):
            writer.add_scalar("a", 1.0, step)
        with pytest.raises(ValueError, match="global_step must be a number, not 'first'"):
            writer.add_scalar("a", 1.0, "first")
        with pytest.raises(ValueError, match=r"at most 2\*\*53 - 1"):
            writer.add_scalar("a", 1.0, 2**53)
    assert [step for step, _, _ in points_of(tmp_path / "x/scalars.tsv")] == [5, 3, 4]


def test_steps_below_0_are_lost_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_scalar("a", 1.5, -1)
        writer.add_text("scalars", "before", -1)
        writer.add_text("t", "before", -2)
    assert "a at step -1: 1.5" in (tmp_path / "x/events.log").read_text()
    assert files_of(tmp_path / "x") == ["events.log", "items/scalars.md", "t.md"]
    assert len([record for record in caplog.records if "below 0" in record.message]) == 1


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1, 1),
        (True, 1),
        ("0.5", 0.5),
        ([2.5], 2.5),
        (np.array([[1.5]]), 1.5),
        (SimpleNamespace(item=lambda: 3.5), 3.5),
    ],
)
def test_values_of_any_library_are_taken(value: Any, read: float, tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_scalar("a", value, 1)
    assert points_of(tmp_path / "x/scalars.tsv") == [(1, "a", read)]


@pytest.mark.parametrize("value", [None, "nothing", [1, 2], object()])
def test_what_is_no_number_is_refused(value: Any, tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer, pytest.raises(ValueError, match="scalar_value must be"):
        writer.add_scalar("a", value, 1)


def test_several_numbers_are_labels_of_this_run_and_the_dict_stays_as_it_was(tmp_path: Path) -> None:
    given = MappingProxyType({"sin/x": 0.5, "cos": np.float64(1)})
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_scalars("run", given, 2, 1763600000)
        writer.add_scalars("run", given)
    points = points_of(tmp_path / "x/scalars.tsv")
    assert points == [
        (step, label, value) for step in (2, 0) for label, value in (("run/sin/x", 0.5), ("run/cos", 1))
    ]


def test_descriptions_are_said_of_the_label_once(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        for step in range(2):
            writer.add_scalar("a", 1.0, step, None, "The loss", "Mean of all")
    assert document(tmp_path / "x/experiment.json")["labels"] == [
        {"pattern": "a", "description": "Mean of all"}
    ]


def test_what_was_logged_from_the_purged_step_on_counts_as_replaced(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_scalar("a", 1.0, 9)
    with SummaryWriter(tmp_path / "x", purge_step=5):
        pass
    lines = (tmp_path / "x/scalars.tsv").read_text().splitlines()
    assert lines[-1].split("\t")[::2] == ["5", "!rewind"]
    with SummaryWriter(tmp_path / "x", purge_step=0):
        pass
    assert (tmp_path / "x/scalars.tsv").read_text().splitlines()[-1].split("\t")[::2] == ["0", "!rewind"]


def test_settings_are_the_configuration_and_results_scalars(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_hparams(
            {"lr": 0.1, "act": len, "n": np.int64(3), "none": None},
            {"hparam/acc": 0.5},
            {"lr": [0.1]},
            ".",
            7,
        )
        writer.add_hparams({"lr": 0.1, "act": len, "n": 3, "none": None}, {"hparam/acc": 0.75})
    assert document(tmp_path / "x/experiment.json")["config"] == {
        "lr": 0.1,
        "act": "len",
        "n": 3,
        "none": None,
    }
    assert points_of(tmp_path / "x/scalars.tsv") == [(7, "hparam/acc", 0.5), (0, "hparam/acc", 0.75)]


def test_other_settings_are_a_run_in_this_one(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        for rate in (0.1, 0.2):
            writer.add_hparams({"lr": rate}, {"acc": rate})
        writer.add_hparams({"lr": 0.3}, {"acc": 0.3}, "named", 4)  # tensorboardX's order
        writer.add_hparams({"lr": 0.4}, {"acc": 0.4}, run_name="12")
        with pytest.raises(TypeError, match="must be dicts"):
            writer.add_hparams([], {})
    for folder, rate, step in (("", 0.1, 0), ("hparams-2", 0.2, 0), ("named", 0.3, 4), ("run-12", 0.4, 0)):
        assert document(tmp_path / "x" / folder / "experiment.json")["config"] == {"lr": rate}
        assert points_of(tmp_path / "x" / folder / "scalars.tsv") == [(step, "acc", rate)]


def test_a_script_that_fails_is_known_to_have(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no data"), SummaryWriter(tmp_path / "x"):
        raise OSError("no data")
    (session,) = document(tmp_path / "x/experiment.json")["sessions"]
    assert session["outcome"] == "OSError: no data"


def test_all_scalars_are_exported(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path / "x")
    writer.export_scalars_to_json(tmp_path / "none.json")
    writer.add_scalar("a", 1.0, 1, 1763600000.0)
    writer.add_scalars("m", {"b": 2.0}, 2, 1763600000.5)
    writer.export_scalars_to_json(str(tmp_path / "all.json"))
    writer.close()
    folder = tmp_path / "x"
    assert document(tmp_path / "none.json") == {}
    assert document(tmp_path / "all.json") == {
        f"{folder}/a": [[1763600000.0, 1, 1.0]],
        f"{folder}/m/b": [[1763600000.5, 2, 2.0]],
    }


def test_what_is_closed_still_takes_calls(tmp_path: Path) -> None:
    writer = SummaryWriter(tmp_path / "x")
    writer.close()
    writer.add_scalar("a", 1.0, 1)
    writer.flush()
    writer.close()
    assert points_of(tmp_path / "x/scalars.tsv") == [(1, "a", 1.0)]


def test_a_full_disk_ends_nothing_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with SummaryWriter(tmp_path / "x", event_files=True) as writer:
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            writer.add_scalar("a", 1.0, 1)
            writer.add_scalars("m", {"b": 2.0}, 1)
        writer.flush()
    assert points_of(tmp_path / "x/scalars.tsv") == [(1, "a", 1.0), (1, "m/b", 2.0)]


def test_under_lavdlike_run_the_first_folder_is_the_run_and_others_are_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = LaunchedRun(tmp_path / "log", "run", tmp_path)
    for name, value in run.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    for folder in ("runs/train", "runs/val", "runs/train/deep", None, "elsewhere"):
        with SummaryWriter(folder) as writer:
            writer.add_scalar("a", 1.0, 1)
            assert Path(writer.get_logdir(), "scalars.tsv").exists()
    found = sorted(path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("scalars.tsv"))
    assert found == ["log/run", "log/run/deep", "log/run/elsewhere", "log/run/run", "log/run/val"]


def test_a_plain_number_costs_one_call_of_the_logger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_scalar("a", 0.0, 0)
        calls: list[tuple[object, ...]] = []
        monkeypatch.setattr(writer.logger, "log_scalar", lambda *args: calls.append(args))
        monkeypatch.setattr(writer, "_target", lambda *_: pytest.fail("looked up again"))
        writer.add_scalar("a", 1.0, 1)
    assert calls == [(1.0, "a", 1)]


def test_no_package_is_imported_but_what_the_script_has(tmp_path: Path) -> None:
    done = scripts.run(
        """
        import sys
        from lavdlike.compat.tensorboard import SummaryWriter

        with SummaryWriter(sys.argv[1]) as writer:
            writer.add_scalar("a", 1.0, 1)
        found = {"torch", "tensorboard", "tensorboardX", "matplotlib", "numpy", "PIL", "google"} & set(sys.modules)
        print(sorted(found))
        """,
        tmp_path / "x",
        cwd=tmp_path,
    )
    assert done.stdout == "[]\n"
