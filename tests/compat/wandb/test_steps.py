from __future__ import annotations

from typing import Any

import pytest

from lavdlike.compat.wandb.keys import flat, label_of
from lavdlike.compat.wandb.metrics import Metrics, metric_of
from lavdlike.compat.wandb.steps import Steps
from lavdlike.compat.wandb.wandb_settings import Settings, is_disabled, told
from lavdlike.layout import check_label


def test_what_the_original_drops_is_kept_at_its_step() -> None:
    steps = Steps()
    assert [steps.place(10), steps.place(3), steps.place(), steps.place()] == [10, 3, 10, 11]


@pytest.mark.parametrize("step", [-1, "x", float("nan"), float("inf"), object()])
def test_what_is_no_step_is_the_current_one(step: object) -> None:
    steps = Steps(4)
    assert (steps.place(step), steps.current) == (4, 4)


@pytest.mark.parametrize(
    "key", ["a\tb", "/x", "x/", "a//b", "..", ".git/x", "", "a" * 500, "\ud800", "a\nb/c"]
)
def test_every_key_has_a_label(key: str) -> None:
    assert check_label(label_of(key), step=0)


def test_a_dict_that_holds_itself_has_an_end() -> None:
    row: dict[str, object] = {"a": 1}
    row["self"] = row
    assert dict(flat(row))["a"] == 1


def test_an_x_axis_that_a_row_lacks_has_its_last_value() -> None:
    metrics = Metrics()
    metrics.add(metric_of("val/*", "epoch", None, None, None))
    metrics.add(metric_of("other", "batch", False, None, None))
    rows: list[dict[str, Any]] = [
        {"val/loss": 1.0},
        {"epoch": 3},
        {"val/loss": 2.0},
        {"train/loss": 1.0},
        {"val/a": 1, "epoch": 4},
    ]
    for row in rows:
        metrics.complete(row)
    assert rows == [
        {"val/loss": 1.0},
        {"epoch": 3},
        {"val/loss": 2.0, "epoch": 3},
        {"train/loss": 1.0},
        {"val/a": 1, "epoch": 4},
    ]


@pytest.mark.parametrize(
    ("summary", "goal", "expected"),
    [
        ("min", None, ("min", "min")),
        ("best", "maximize", ("max", "max")),
        ("mean,last", None, ("", "")),
        (None, "minimize", ("", "min")),
    ],
)
def test_what_is_better_is_told_by_goal_or_summary(
    summary: str | None, goal: str | None, expected: tuple[str, str]
) -> None:
    metric = metric_of("a", None, None, summary, goal)
    assert (metric.aspect, metric.goal) == expected


def test_arguments_go_before_settings_and_these_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WANDB_PROJECT", "of environment")
    monkeypatch.setenv("WANDB_NAME", "of environment")
    monkeypatch.setenv("WANDB_TAGS", "a,b")
    found = told(
        {"project": None, "notes": "given"}, Settings(run_name="of settings", run_notes="of settings")
    )
    assert found == {"project": "of environment", "name": "of settings", "notes": "given", "tags": ["a", "b"]}


def test_a_run_can_be_disabled_by_mode_and_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_disabled("disabled")
    assert not is_disabled("offline")
    monkeypatch.setenv("WANDB_DISABLED", "true")
    assert is_disabled(None)
