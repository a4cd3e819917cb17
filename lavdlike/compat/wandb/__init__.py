"""wandb's API, written as experiments: `import lavdlike.compat.wandb as wandb` (docs/from-other-tools.md).

A project is a folder of runs, a run an experiment in it. Nothing is sent anywhere, and no package of wandb is needed.
`run`, `config` and `summary` are those of the run that `init` began last.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from lavdlike.compat.wandb import beginning, data_types, errors, plot
from lavdlike.compat.wandb.artifacts import Artifact
from lavdlike.compat.wandb.config import Config
from lavdlike.compat.wandb.data_types import *  # noqa: F403 - it has the list
from lavdlike.compat.wandb.errors import CommError, Error, UsageError
from lavdlike.compat.wandb.run import Run
from lavdlike.compat.wandb.wandb_alerts import AlertLevel
from lavdlike.compat.wandb.wandb_settings import Settings

__all__ = [
    "AlertLevel",
    "Api",
    "Artifact",
    "CommError",
    "Config",
    "Error",
    "Run",
    "Settings",
    "UsageError",
    "agent",
    "alert",
    "attach",
    "config",
    "controller",
    "data_types",
    "define_metric",
    "ensure_configured",
    "errors",
    "finish",
    "init",
    "join",
    "link_model",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "mark_preempting",
    "plot",
    "plot_table",
    "require",
    "restore",
    "run",
    "save",
    "setup",
    "summary",
    "sweep",
    "teardown",
    "termerror",
    "termlog",
    "termwarn",
    "unwatch",
    "use_artifact",
    "use_model",
    "watch",
]
__all__ += data_types.__all__

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class _BeforeInit:
    """What stands in the place of something that a run has, until there is one."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()

    def __setattr__(self, name: str, value: Any) -> None:
        self._refuse()

    def __getitem__(self, name: str) -> NoReturn:
        self._refuse()

    def __setitem__(self, name: str, value: Any) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Error(f"call wandb.init() before wandb.{object.__getattribute__(self, '_name')}")


run: Run | None = None
config: Any = _BeforeInit("config")
summary: Any = _BeforeInit("summary")
plot_table = plot.plot_table
_runs: list[Run] = []


def init(
    entity: str | None = None,
    project: str | None = None,
    dir: Any = None,
    id: str | None = None,
    name: str | None = None,
    notes: str | None = None,
    tags: Any = None,
    config: Any = None,
    config_exclude_keys: Any = None,
    config_include_keys: Any = None,
    allow_val_change: bool | None = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: Any = None,
    force: bool | None = None,
    reinit: Any = None,
    resume: Any = None,
    resume_from: str | None = None,
    fork_from: str | None = None,
    save_code: bool | None = None,
    tensorboard: bool | None = None,
    sync_tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
    settings: Any = None,
    anonymous: Any = None,
    **others: Any,
) -> Run:
    """Begin a run below `$LAVDLIKE_LOG_DIR`, `dir` or `./log`: `<project>/<name>`; or the one that is there, again.

    What only a server could do with an argument is left undone.
    """
    if run is not None and reinit in (None, False, "default", "return_previous"):
        return run
    if run is not None and reinit in (True, "finish_previous"):
        for each in _runs:
            each.finish()
    told = {
        "entity": entity,
        "project": project,
        "dir": dir,
        "id": id,
        "name": name,
        "notes": notes,
        "tags": tags,
        "config": config,
        "config_exclude_keys": config_exclude_keys,
        "config_include_keys": config_include_keys,
        "group": group,
        "job_type": job_type,
        "mode": mode,
        "resume": resume,
        "resume_from": resume_from,
        "sync_tensorboard": sync_tensorboard or tensorboard,
        "settings": settings,
    }
    begun = beginning.begin(told, _forget)
    _runs.append(begun)
    _show(begun)
    return begun


def _show(current: Run | None) -> None:
    """Let `run`, `config` and `summary` be those of a run, or of none."""
    module: Any = sys.modules[__name__]
    module.run = current
    module.config = _BeforeInit("config") if current is None else current.config
    module.summary = _BeforeInit("summary") if current is None else current.summary


def _forget(over: Run) -> None:
    if over in _runs:
        _runs.remove(over)
    if run is over:
        _show(_runs[-1] if _runs else None)


def _current(called: str) -> Run:
    if run is None:
        raise Error(f"call wandb.init() before wandb.{called}()")
    return run


def log(
    data: Mapping[str, Any], step: Any = None, commit: bool | None = None, sync: bool | None = None
) -> None:
    """Write a row (`Run.log`)."""
    (run or _current("log")).log(data, step, commit)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """End the run, if there is one."""
    if run is not None:
        run.finish(exit_code, quiet)


join = finish


def _of_run(method: Callable[Concatenate[Run, Given], Answer]) -> Callable[Given, Answer]:
    """A method of `Run` as a function: of the run that `init` began last."""
    name = method.__name__

    @functools.wraps(method)
    def call(*arguments: Given.args, **options: Given.kwargs) -> Answer:
        return method(_current(name), *arguments, **options)

    _, *parameters = inspect.signature(method).parameters.values()
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # `inspect` looks for it
    return call


alert = _of_run(Run.alert)
define_metric = _of_run(Run.define_metric)
save = _of_run(Run.save)
watch = _of_run(Run.watch)
unwatch = _of_run(Run.unwatch)
log_artifact = _of_run(Run.log_artifact)
log_model = _of_run(Run.log_model)
use_artifact = use_model = _of_run(Run.use_artifact)
restore = _of_run(Run.restore)


def link_model(*arguments: Any, **options: Any) -> None:
    """Nothing: there is no registry."""


mark_preempting = link_model


def login(*arguments: Any, **options: Any) -> bool:
    """Nobody has to."""
    return True


def setup(settings: Any = None) -> None:
    """Nothing is to be set up."""


def teardown(exit_code: int | None = None) -> None:
    """End all runs."""
    for each in _runs:
        each.finish(exit_code)


def require(*arguments: Any, **options: Any) -> None:
    """Whatever it is, it is there or not needed."""


def ensure_configured() -> None:
    """Nothing is to be configured."""


def termlog(string: str = "", newline: bool = True, repeat: bool = True, prefix: bool = True) -> None:
    """Print a line to the standard error."""
    sys.stderr.write(f"{'wandb: ' if prefix else ''}{string}" + ("\n" if newline else ""))


def termwarn(string: str, newline: bool = True, repeat: bool = True) -> None:
    termlog(f"WARNING {string}", newline)


def termerror(string: str, newline: bool = True, repeat: bool = True) -> None:
    termlog(f"ERROR {string}", newline)


class Api:
    """Refused: it asks a server."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise UsageError("there is no server to ask: lavdlike.open(folder) reads runs, values and settings")


def attach(*arguments: Any, **options: Any) -> NoReturn:
    raise UsageError("a run cannot be attached to: init(id=..., resume='allow') goes on with one")


def _no_sweeps(*arguments: Any, **options: Any) -> NoReturn:
    raise UsageError(
        "sweeps are run by a server: start the script once for each setting; each is a run of the project"
    )


sweep = agent = controller = _no_sweeps
