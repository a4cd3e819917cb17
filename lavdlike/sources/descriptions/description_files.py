"""Which files describe a run, and what each says: pure functions from its bytes (docs/formats.md, "Descriptions").

Paths are relative to the run's folder. All raise LogFormatError where a file is not what its name says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lavdlike import json_file
from lavdlike.bounded.yaml_reader import MAX_BYTES
from lavdlike.errors import LimitError
from lavdlike.kinds import table_text
from lavdlike.sources.descriptions import clearml
from lavdlike.sources.descriptions.description import Description, Ended, json_values
from lavdlike.sources.descriptions.yaml_values import list_of, mapping_of, scalar

# Of a `trainer_state.json`, in which the keys are sorted, from its end.
TAIL_BYTES = 64 * 2**10
# Of MLflow, each a file.
MAX_PARAMS = 2000
MAX_PARAM_BYTES = 64 * 2**10

_SACRED_STATUSES: dict[str, Ended] = {
    "RUNNING": "running",
    "COMPLETED": "finished",
    **dict.fromkeys(("FAILED", "INTERRUPTED", "TIMEOUT", "DIED"), "crashed"),
}
# As MLflow's `RunStatus` numbers and names them.
_MLFLOW_STATUSES: dict[str, Ended] = {
    **dict.fromkeys(("1", "RUNNING"), "running"),
    **dict.fromkeys(("3", "FINISHED"), "finished"),
    **dict.fromkeys(("4", "FAILED", "5", "KILLED"), "crashed"),
}
_TRIAL_PARAMS = re.compile(rb'\n  "trial_params"\s*:\s*(?=\{)')
_MLFLOW_OWN = "mlflow."


class DescribingFile(NamedTuple):
    """`is_tail`: whether its last `TAIL_BYTES` are what is asked for."""

    path: str
    read: Callable[[bytes, str], Description]
    is_tail: bool = False


def sacred_run(data: bytes, path: str) -> Description:
    """`run.json`: status, times (ISO 8601, UTC), host and name."""
    document = _object(data, path)
    experiment, host = _mapping(document.get("experiment")), _mapping(document.get("host"))
    if "status" not in document or not experiment:
        return Description()  # another program's
    status = _SACRED_STATUSES.get(str(document["status"]), "")
    trace = document.get("fail_trace")
    error = str(trace[-1]).strip() if isinstance(trace, list) and trace else str(document["status"]).lower()
    return Description(
        "Sacred",
        title=_text(_mapping(document.get("meta")).get("comment")),
        status=status,
        started=_utc(document.get("start_time")),
        ended=_utc(document.get("stop_time")),
        outcome={"finished": "finished", "crashed": error[:500]}.get(status, ""),
        host=_text(host.get("hostname")),
    )


def settings_json(data: bytes, path: str) -> Description:
    """`config.json`, `params.json`: the object that it is."""
    config = json_values(_object(data, path))
    return Description("Ray Tune" if path.endswith("params.json") else "", config)


def settings_yaml(data: bytes, path: str) -> Description:
    """`config.yaml`, `params.yaml`: the mapping that it is. That of wandb says `{value: ...}` of each setting."""
    config = mapping_of(data, path)
    below = [value for name, value in config.items() if name not in ("_wandb", "wandb_version")]
    if (
        below
        and "wandb_version" in config
        and all(isinstance(each, dict) and "value" in each for each in below)
    ):
        values = {
            name: each["value"] for name, each in config.items() if isinstance(each, dict) and "value" in each
        }
        values.pop("_wandb", None)
        return Description("wandb", values)
    return Description("DVC" if path.endswith("params.yaml") else "", config)


def hydra_config(data: bytes, path: str) -> Description:
    """`.hydra/config.yaml`: the settings as they were composed; what is interpolated stands as it was written."""
    return Description("Hydra", mapping_of(data, path))


def hydra_settings(data: bytes, path: str) -> Description:
    """`.hydra/hydra.yaml`: Hydra's own settings, of which the sweep's names for the job say something of the run."""
    job = _mapping(_mapping(mapping_of(data, path).get("hydra")).get("job"))
    title = _text(job.get("override_dirname"))
    return Description("Hydra", title=title if "${" not in title else "")


def hydra_overrides(data: bytes, path: str) -> Description:
    """`.hydra/overrides.yaml`: what was asked for on the command line, or by a sweep; it tells jobs apart.

    Settings by their dotted names, without what is left out (`~a`). All together are the title, in their order.
    """
    said = [text for text in list_of(data, path) if isinstance(text, str)]
    config: dict[str, Any] = {}
    for text in said:
        name, given, value = text.lstrip("+").partition("=")
        if given and name and not name.startswith("~"):
            _put(config, name.split("."), scalar(value))
    return Description("Hydra", config, title=", ".join(said)[:500])


def _put(config: dict[str, Any], names: Sequence[str], value: object) -> None:
    for name in names[:-1]:
        below = config.get(name)
        if not isinstance(below, dict):
            below = config[name] = {}
        config = below
    config[names[-1]] = value


def lightning_settings(data: bytes, path: str) -> Description:
    return Description("Lightning", mapping_of(data, path))


def ultralytics_settings(data: bytes, path: str) -> Description:
    config = mapping_of(data, path)
    return Description("Ultralytics" if {"task", "mode", "model"} <= config.keys() else "", config)


def mlflow_run(data: bytes, path: str) -> Description:
    """`meta.yaml` of a run in MLflow's file store; nothing of that of an experiment."""
    meta = mapping_of(data, path)
    return mlflow_facts(meta) if "run_id" in meta or "run_uuid" in meta else Description()


def mlflow_facts(meta: Mapping[str, Any]) -> Description:
    """Of a run, by the names of its columns in `mlflow.db`, which are the keys of `meta.yaml`."""
    status = _MLFLOW_STATUSES.get(str(meta.get("status")), "")
    return Description(
        "MLflow",
        title=_text(meta.get("run_name")),
        status=status,
        started=_milliseconds(meta.get("start_time")),
        ended=_milliseconds(meta.get("end_time")),
        outcome={"finished": "finished", "crashed": "failed"}.get(status, ""),
    )


def mlflow_values(params: Mapping[str, bytes], tags: Mapping[str, bytes]) -> Description:
    """What stands in `params/` and `tags/`, a file each: by its path in that folder, its content.

    Settings are text there; those that are numbers, or yes or no, are so.
    """
    said = {name: content.decode(errors="replace") for name, content in tags.items()}
    return Description(
        "MLflow",
        {name: scalar(content.decode(errors="replace").strip()) for name, content in params.items()},
        tuple(
            f"{name}={text}" if text else name
            for name, text in said.items()
            if not name.startswith(_MLFLOW_OWN)
        ),
        said.get(f"{_MLFLOW_OWN}runName", ""),
    )


def trial(tail: bytes, path: str) -> Description:  # noqa: ARG001 - as of the others
    """What a search for settings has chosen: `trial_params`, the last key of a `trainer_state.json`."""
    places = [found.end() for found in _TRIAL_PARAMS.finditer(tail)]
    if not places:
        return Description("Transformers")
    try:
        params, _ = json.JSONDecoder().raw_decode(tail[places[-1] :].decode(errors="replace"))
    except (ValueError, RecursionError):  # half written
        return Description("Transformers")
    return Description("Transformers", json_values(params))


# Of what two say, the first holds.
FILES: tuple[DescribingFile, ...] = (
    DescribingFile("run.json", sacred_run),
    DescribingFile("task.json", clearml.task),
    DescribingFile("meta.yaml", mlflow_run),
    DescribingFile(".hydra/config.yaml", hydra_config),
    DescribingFile(".hydra/hydra.yaml", hydra_settings),
    DescribingFile(".hydra/overrides.yaml", hydra_overrides),
    DescribingFile("hparams.yaml", lightning_settings),
    DescribingFile("args.yaml", ultralytics_settings),
    DescribingFile("params.json", settings_json),
    DescribingFile("params.yaml", settings_yaml),
    DescribingFile("config.json", settings_json),
    DescribingFile("config.yaml", settings_yaml),
    DescribingFile("trainer_state.json", trial, is_tail=True),
)


def source_of(files: Iterator[str]) -> str:
    """Whose the files of a run are, by their names alone; "" if they do not say."""
    found = {name for each in files for pattern, name in _BY_NAME if pattern.match(each)}
    return next((name for _, name in _BY_NAME if name in found), "")


_BY_NAME = (
    (re.compile(r".*tfevents"), "TensorBoard"),
    (re.compile(r"run-[^/]*\.wandb\Z"), "wandb"),
    (re.compile(r"trainer_state\.json\Z"), "Transformers"),
    (re.compile(r".+\.log\.json\Z"), "mmcv"),
    (re.compile(r"(?:metrics|log|trainer_log)\.jsonl\Z"), "JSON lines"),
    (re.compile(r"(?:metrics|results|progress)\.csv\Z"), "CSV"),
)


def _object(data: bytes, path: str) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise LimitError(path, "larger than 1 MiB, the most that is read of it")
    try:
        return json_file.read_object(data, path)
    except json_file.ArrayError:
        return {}  # another program's


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value[:500] if isinstance(value, str) else ""


def _utc(text: object) -> float | None:
    return table_text.time_of(f"{text}Z") if isinstance(text, str) else None


def _milliseconds(value: object) -> float | None:
    return value / 1000 if type(value) is int and 0 < value < 10**15 else None
