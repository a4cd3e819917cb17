"""What `init` is told beside its arguments: by `Settings` and by the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

_TRUE = ("1", "true", "yes", "on")
# As the original calls them, for what is of use here.
_VARIABLES = {
    "project": "WANDB_PROJECT",
    "name": "WANDB_NAME",
    "id": "WANDB_RUN_ID",
    "notes": "WANDB_NOTES",
    "group": "WANDB_RUN_GROUP",
    "job_type": "WANDB_JOB_TYPE",
    "mode": "WANDB_MODE",
    "resume": "WANDB_RESUME",
    "dir": "WANDB_DIR",
    "entity": "WANDB_ENTITY",
}
# What `Settings` calls otherwise than `init`.
_NAMES = {
    "run_name": "name",
    "run_id": "id",
    "run_notes": "notes",
    "run_group": "group",
    "run_job_type": "job_type",
    "run_tags": "tags",
    "root_dir": "dir",
}


class Settings:
    """Whatever the original takes; what is of use here is used."""

    def __init__(self, **settings: Any) -> None:
        vars(self).update(settings)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None  # whatever was not given

    def get(self, name: str, default: Any = None) -> Any:
        return vars(self).get(name, default)

    def update(self, settings: Mapping[str, Any] | None = None, **others: Any) -> None:
        vars(self).update({**(settings or {}), **others})


def told(given: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """The arguments of `init` that are not None, then what `settings` says of others, then the environment."""
    of_settings = dict(settings) if isinstance(settings, Mapping) else dict(vars(settings or Settings()))
    found = {_NAMES.get(name, name): value for name, value in of_settings.items() if value is not None}
    for name, variable in _VARIABLES.items():
        if os.environ.get(variable):
            found.setdefault(name, os.environ[variable])
    if os.environ.get("WANDB_TAGS"):
        found.setdefault("tags", [tag for tag in os.environ["WANDB_TAGS"].split(",") if tag])
    found.update({name: value for name, value in given.items() if value is not None})
    return found


def is_disabled(mode: object) -> bool:
    """Whether nothing is to be written."""
    variable = os.environ.get("WANDB_DISABLED", "").lower() in _TRUE
    return mode == "disabled" or (variable and mode is None)
