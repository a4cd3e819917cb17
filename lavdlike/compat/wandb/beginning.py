"""`init`: what it is told, as a run."""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from lavdlike.compat.wandb import config as configs
from lavdlike.compat.wandb.project_folders import known_config, place_of
from lavdlike.compat.wandb.run import Run, log_config
from lavdlike.compat.wandb.wandb_settings import is_disabled, told
from lavdlike.logger import Logger
from lavdlike.writing.experiment_folder import next_step
from lavdlike.writing.launched import launched_run

# What is kept of it as settings `wandb.<name>`, so that it can be filtered by.
_KEPT = ("id", "name", "group", "job_type", "entity")

_log = logging.getLogger("lavdlike")


def begin(given: Mapping[str, Any], on_finish: Callable[[Run], None]) -> Run:
    """Begin a run that was told this.

    Args:
        given: the arguments of `init`, None for those that were not given.
        on_finish: called when it is over.

    Raises:
        UsageError: `resume` or `config` ask for what is not there.
    """
    asked = told(given, given.get("settings"))
    if asked.get("sync_tensorboard") or asked.get("tensorboard"):
        _log.warning(
            "sync_tensorboard: what goes to TensorBoard's writer is not copied; "
            "lavdlike reads event files as they are, and `lavdlike run` takes the writer's place"
        )
    place = place_of(asked, os.environ, launched_run())
    disabled = is_disabled(asked.get("mode"))
    logger = Logger(
        place.name,
        place.log_dir,
        disabled=disabled,
        exists=place.exists,
        resume_from=place.resume_from,
        tags=[str(tag) for tag in _listed(asked.get("tags"))],
        system=not asked.get("x_disable_stats") and not disabled,
    )
    settings = _chosen(configs.settings_of(asked.get("config")), asked)
    meta = {f"wandb.{name}": str(asked[name]) for name in _KEPT if asked.get(name)}
    if settings or meta:
        log_config(logger, {**settings, **meta})
    old = known_config(logger.log_dir) if place.is_old else {}
    first = (place.resume_from + 1) if place.is_old and place.resume_from is not None else 0
    if place.is_old and place.resume_from is None:
        first = next_step(logger.log_dir)
    run = Run(
        logger,
        {**asked, "tags": _listed(asked.get("tags"))},
        config={**old, **settings},
        first_step=first,
        resumed=place.is_old,
        on_finish=on_finish,
    )
    if asked.get("name") and str(asked["name"]) != logger.name:
        run.name = str(asked["name"])
    if asked.get("notes"):
        run.notes = str(asked["notes"])
    atexit.register(run.at_exit)
    return run


def _listed(tags: Any) -> list[Any]:
    if tags is None:
        return []
    return [tags] if isinstance(tags, str) else list(tags)


def _chosen(settings: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are to be kept."""
    include, exclude = asked.get("config_include_keys"), asked.get("config_exclude_keys")
    if include:
        return {key: value for key, value in settings.items() if key in include}
    return {key: value for key, value in settings.items() if key not in (exclude or ())}
