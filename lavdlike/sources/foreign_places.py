"""Files whose names say a step, or that they are a copy, as some program writes them: where they stand. Pure.

Elsewhere a label is a path (docs/format.md, "The tree"); a line here for each program says which paths it makes. How
each is written is in its sources: `mlflow/tracking/client.py` (`log_image`), `dvclive/live.py` (`log_image`),
`ultralytics/engine/trainer.py` (`save_model`), `trl/trainer/grpo_trainer.py` (`log`),
`tinker_cookbook/stores/training_store.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lavdlike.layout import MAX_STEP


class ForeignPlace(NamedTuple):
    """`is_copy`: a smaller copy of a file beside it, which is not shown."""

    step: int | None
    label: str
    suffix: str
    is_copy: bool = False


class _Program(NamedTuple):
    """`folder`: what the path of a folder has to have in it; `path`: of a file; `of`: what a match says."""

    folder: str
    path: re.Pattern[str]
    of: Callable[[re.Match[str]], ForeignPlace]


def _mlflow_image(found: re.Match[str]) -> ForeignPlace:
    """`%` and `#` are of versions before 2.15."""
    label = found["key"].replace("~", "/").replace("#", "/")
    return ForeignPlace(int(found["step"]), label, found["suffix"], found["copy"] is not None)


def _copy_in_table(found: re.Match[str]) -> ForeignPlace:
    return ForeignPlace(None, found["label"], found["suffix"], is_copy=True)


def _numbered(found: re.Match[str]) -> ForeignPlace:
    return ForeignPlace(int(found["step"]), found["label"], found["suffix"])


def _in_iteration(found: re.Match[str]) -> ForeignPlace:
    return ForeignPlace(int(found["step"]), found["folder"] + found["name"], found["suffix"])


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PROGRAMS = (
    _Program(
        "artifacts/images",  # MLflow's log_image(key=, step=)
        re.compile(
            r"(?:.*/)?artifacts/images/(?P<key>[^/]+)(?P<by>[+%])step(?P=by)(?P<step>[0-9]{1,16})(?P=by)timestamp(?P=by)"
            rf"[0-9]+(?P=by){_UUID}(?P<copy>(?P=by)compressed)?(?P<suffix>\.[a-z]+)"
        ),
        _mlflow_image,
    ),
    _Program(
        "artifacts/table_images",  # of its log_table
        re.compile(rf"(?P<label>(?:.*/)?artifacts/table_images/.*{_UUID})(?P<suffix>\.webp)"),
        _copy_in_table,
    ),
    _Program(
        "plots/images",  # DVCLive's log_image(f"name/{step}.png")
        re.compile(r"(?:.*/)?plots/images/(?P<label>.+)/(?P<step>[0-9]{1,16})(?P<suffix>\.[A-Za-z]+)"),
        _numbered,
    ),
    _Program(
        "completions",  # TRL's log_completions
        re.compile(r"(?P<label>(?:.*/)?completions)_(?P<step>[0-9]{1,16})(?P<suffix>\.parquet)"),
        _numbered,
    ),
    _Program(
        "iteration_",  # tinker-cookbook
        re.compile(
            r"(?P<folder>(?:.*/)?)iteration_(?P<step>[0-9]{1,16})/"
            r"(?P<name>[^/]*_rollout_summaries(?=\.jsonl)|[^/]*_logtree(?=\.json)|(?:train|eval_[^/]*)(?=\.html))"
            r"(?P<suffix>\.[a-z]+)"
        ),
        _in_iteration,
    ),
    _Program(
        "weights",  # Ultralytics' save_period
        re.compile(r"(?P<label>(?:.*/)?weights/epoch)(?P<step>[0-9]{1,16})(?P<suffix>\.pt)"),
        _numbered,
    ),
)


def may_be_in(folder: str) -> bool:
    """Whether any file of a folder, by its path in the experiment, may stand elsewhere than its path says."""
    return any(program.folder in folder for program in _PROGRAMS)


def place_of(path: str) -> ForeignPlace | None:
    """Where the file at a path in an experiment stands, if that is not what the path says.

    >>> place_of("plots/images/predictions/12.png")
    ForeignPlace(step=12, label='predictions', suffix='.png', is_copy=False)
    """
    for program in _PROGRAMS:
        if program.folder in path and (found := program.path.fullmatch(path)) is not None:
            place = program.of(found)
            if place.step is None or place.step <= MAX_STEP:
                return place
    return None
