"""Where a run is written: a project is a folder of runs, a run an experiment in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lavdlike import layout
from lavdlike.compat.wandb.errors import UsageError
from lavdlike.writing.checks import checked_folder
from lavdlike.writing.launched import LaunchedRun

DEFAULT_PROJECT = "uncategorized"
_RESUMED_FROM = re.compile(r"(?P<id>.+)\?_step=(?P<step>[0-9]+)\Z")


class RunPlace(NamedTuple):
    """What `Logger` is given. `name` None: the time. `resume_from`: as of `Logger`. `is_old`: it goes on."""

    log_dir: Path
    name: str | None
    exists: Literal["continue", "new"] = "continue"
    resume_from: int | None = None
    is_old: bool = False


def place_of(
    told: Mapping[str, Any], environment: Mapping[str, str], launched: LaunchedRun | None
) -> RunPlace:
    """Where a run goes that was told this much of itself (`settings.told`).

    Below `$LAVDLIKE_LOG_DIR`, `dir` or `./log`; under `lavdlike run` into its experiment.

    Raises:
        UsageError: `resume` asks for a run that is not there, or for none that is.
    """
    project = layout.folder_name_of(str(told.get("project") or DEFAULT_PROJECT))
    asked = told.get("id") or told.get("name")
    name = None if asked is None else layout.folder_name_of(str(asked))
    if launched is not None:
        place = launched.place_for(f"{project}/{name}", lambda _: f"{project}/{name or 'run'}")
        return RunPlace(place.log_dir, place.name)
    root = environment.get("LAVDLIKE_LOG_DIR") or told.get("dir") or "./log"
    log_dir = checked_folder(root) / layout.native(project)
    resumed = _RESUMED_FROM.match(str(told.get("resume_from") or ""))
    if resumed is not None:
        return RunPlace(
            log_dir, layout.folder_name_of(resumed["id"]), resume_from=int(resumed["step"]), is_old=True
        )
    if told.get("id") is None:
        return RunPlace(log_dir, name, exists="new")
    return _of_id(log_dir, str(name), told.get("resume"))


def _of_id(log_dir: Path, name: str, resume: object) -> RunPlace:
    is_there = (log_dir / layout.native(name) / layout.EXPERIMENT_FILE).exists()
    if resume == "must" and not is_there:
        raise UsageError(f"resume='must': there is no run with the id {name!r} in {log_dir}")
    if resume == "never" and is_there:
        raise UsageError(
            f"resume='never': there is a run with the id {name!r} in {log_dir}; choose another id"
        )
    goes_on = resume in (True, "allow", "must", "auto")
    # The original overwrites what an earlier run of this id logged: here it counts as replaced.
    return RunPlace(
        log_dir, name, resume_from=None if goes_on or not is_there else -1, is_old=is_there and goes_on
    )


def known_config(folder: Path) -> dict[str, Any]:
    """The settings of a run that goes on."""
    try:
        found = json.loads((folder / layout.EXPERIMENT_FILE).read_bytes()).get("config")
    except (OSError, ValueError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}
