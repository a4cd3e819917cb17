"""trackio's API, written as experiments: `import lavdlike.compat.trackio as trackio` (docs/from-other-tools.md).

Its calls are those of wandb; what differs stands here. Nothing is sent to a Space.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from lavdlike.compat.wandb import beginning
from lavdlike.compat.wandb import media as wandb_media
from lavdlike.compat.wandb.artifacts import Artifact
from lavdlike.compat.wandb.errors import Error, UsageError
from lavdlike.compat.wandb.media import Histogram, Html, Markdown, Object3D
from lavdlike.compat.wandb.run import Run
from lavdlike.compat.wandb.wandb_alerts import AlertLevel
from lavdlike.compat.wandb.wandb_images import Image as WandbImage
from lavdlike.compat.wandb.wandb_tables import Table as WandbTable

__all__ = [
    "AlertLevel",
    "Api",
    "Artifact",
    "Audio",
    "Histogram",
    "Html",
    "Image",
    "Markdown",
    "Object3D",
    "Run",
    "Table",
    "Video",
    "alert",
    "config",
    "delete_project",
    "finish",
    "import_csv",
    "init",
    "log",
    "log_artifact",
    "log_cpu",
    "log_gpu",
    "log_system",
    "save",
    "show",
    "sync",
    "use_artifact",
]

run: Run | None = None
config: Any = {}


class Image(WandbImage):
    """A picture: array, picture of PIL, tensor, or a path."""

    def __init__(self, value: Any, caption: str | None = None, **_: Any) -> None:
        super().__init__(value, caption=caption)


class Table(WandbTable):
    """Columns and rows, or a data frame."""

    def __init__(
        self,
        columns: Any = None,
        data: Any = None,
        dataframe: Any = None,
        rows: Any = None,
        optional: Any = True,
        allow_mixed_types: bool = False,
        log_mode: str | None = "IMMUTABLE",
    ) -> None:
        super().__init__(columns, data, rows, dataframe, log_mode=log_mode)


class Audio(wandb_media.Audio):
    """A sound: samples with `sample_rate`, or the path of a file."""

    def __init__(
        self,
        value: Any,
        caption: str | None = None,
        sample_rate: int | None = None,
        format: str | None = None,
    ) -> None:
        super().__init__(value, sample_rate, caption)


class Video(wandb_media.Video):
    """Frames (time x channel x height x width, or a batch of such), or the path of a file."""

    def __init__(
        self,
        value: Any,
        caption: str | None = None,
        fps: int | None = None,
        format: str | None = None,
    ) -> None:
        super().__init__(value, caption, fps, format)


def init(
    project: str,
    name: str | None = None,
    group: str | None = None,
    space_id: Any = None,
    server_url: Any = None,
    dataset_id: Any = None,
    bucket_id: Any = None,
    config: Any = None,
    resume: str = "never",
    settings: Any = None,
    private: bool | None = None,
    embed: bool = True,
    auto_log_gpu: bool | None = None,
    gpu_log_interval: float = 10.0,
    auto_log_cpu: bool | None = None,
    cpu_log_interval: float = 10.0,
    webhook_url: str | None = None,
    webhook_min_level: Any = None,
    **others: Any,
) -> Run:
    """Begin a run: `<project>/<name>`; with `resume` "allow" or "must", the one of that name goes on.

    A run that is not over ends, as in the original.
    """
    if run is not None:
        run.finish()
    goes_on = resume in ("allow", "must") and name is not None
    given = {
        "project": project,
        "name": name,
        "id": name if goes_on else None,
        "resume": resume if goes_on else None,
        "group": group,
        "config": config,
        "settings": settings,
    }
    begun = beginning.begin(given, _forget)
    _show(begun)
    return begun


def _show(current: Run | None) -> None:
    module: Any = sys.modules[__name__]
    module.run = current
    module.config = {} if current is None else current.config


def _forget(over: Run) -> None:
    if run is over:
        _show(None)


def _current() -> Run:
    if run is None:
        raise Error("call trackio.init() before this")
    return run


def log(metrics: Mapping[str, Any], step: int | None = None) -> None:
    """Write a row; without a step, that of the next one."""
    # A row with a step ends it, unlike wandb's.
    (run or _current()).log(metrics, step, commit=True)


def log_system(metrics: Mapping[str, Any]) -> None:
    """Write measures of the machine, below `system/`."""
    _current().log({f"system/{key}": value for key, value in metrics.items()}, commit=False)


def finish() -> None:
    if run is not None:
        run.finish()


def alert(title: str, text: str | None = None, level: Any = AlertLevel.WARN, webhook_url: Any = None) -> None:
    _current().alert(title, text or "", level, 0)


def save(glob_str: Any, project: str | None = None) -> list[str]:
    return _current().save(glob_str, policy="now")


def log_artifact(*arguments: Any, **options: Any) -> Artifact:
    return _current().log_artifact(*arguments, **options)


def use_artifact(*arguments: Any, **options: Any) -> Artifact:
    return _current().use_artifact(*arguments, **options)


def log_cpu(*arguments: Any, **options: Any) -> dict[str, Any]:
    """Nothing: it is measured every ten seconds anyway."""
    return {}


log_gpu = log_cpu


def sync(*arguments: Any, **options: Any) -> None:
    """Nothing: the files are all there is."""


def show(*arguments: Any, **options: Any) -> NoReturn:
    raise UsageError("start the page with `lavdlike log` in a shell")


def delete_project(*arguments: Any, **options: Any) -> NoReturn:
    raise UsageError("a project is a folder of runs: remove them in the page or with `lavdlike trash`")


def import_csv(*arguments: Any, **options: Any) -> NoReturn:
    raise UsageError("lavdlike reads CSV files as they are: put it into a folder of the log")


class Api:
    """Refused: it reads what the original wrote."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise UsageError("lavdlike.open(folder) reads runs, values and settings")
