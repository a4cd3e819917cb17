from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lavdlike.alerts import find_alerts
from lavdlike.compat import trackio
from lavdlike.compat.wandb.errors import Error, UsageError
from tests.logged import points_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    trackio.finish()


def test_a_usual_script_is_an_experiment_of_its_project(folder: Path) -> None:
    trackio.init(project="p", name="r", config={"lr": 0.1}, space_id="me/space", embed=False)
    trackio.log({"loss": 1.0, "picture": trackio.Image(np.zeros((4, 4, 3), np.uint8), caption="black")})
    trackio.log({"loss": 0.5}, step=5)
    trackio.log({"loss": 0.25})
    trackio.log({"late": 1}, step=2)
    trackio.log_system({"gpu": 3})
    trackio.alert("Look", "here", level=trackio.AlertLevel.ERROR)
    trackio.finish()
    run = folder / "log/p/r"
    assert points_of(run / "scalars.tsv") == [
        (0, "loss", 1.0),
        (5, "loss", 0.5),
        (6, "loss", 0.25),
        (2, "late", 1),
        (7, "system/gpu", 3),
    ]
    assert json.loads((run / "experiment.json").read_text())["config"]["lr"] == 0.1
    assert (run / "0000/picture.png").exists()
    (alert,) = find_alerts((run / "events.log").read_bytes())
    assert (alert.level, alert.title) == ("error", "Look")


def test_a_run_goes_on_under_its_name_if_that_is_asked_for(folder: Path) -> None:
    for resume in ("never", "allow", "must", "never"):
        trackio.init(project="p", name="r", resume=resume)
        trackio.log({"loss": 1.0})
    trackio.finish()
    assert [step for step, *_ in points_of(folder / "log/p/r/scalars.tsv")] == [0, 1, 2]
    assert (folder / "log/p/r-2/scalars.tsv").exists()


def test_before_init_and_what_only_a_dashboard_can_do_is_said() -> None:
    with pytest.raises(Error, match=r"call trackio.init\(\)"):
        trackio.log({})
    with pytest.raises(UsageError, match="`lavdlike log`"):
        trackio.show()
