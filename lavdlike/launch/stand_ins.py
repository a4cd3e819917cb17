"""Which modules of ours stand in for which real ones; a line each, by the word for `--as`."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from lavdlike.errors import UsageError

_TENSORBOARD = "lavdlike.compat.tensorboard"
_WANDB = "lavdlike.compat.wandb"
_STREAMVIS = "lavdlike.compat.streamvis"
_PLOTERIES = "lavdlike.compat.ploteries"
STAND_INS: dict[str, dict[str, str]] = {
    "tensorboard": {
        "torch.utils.tensorboard": _TENSORBOARD,
        "torch.utils.tensorboard.writer": _TENSORBOARD,
        # What is beside them in that package makes messages, and writes no files.
        "tensorboard.summary._writer": f"{_TENSORBOARD}.summary_api",
        "tensorboard.summary._output": f"{_TENSORBOARD}.summary_api",
        "tensorboardX": _TENSORBOARD,
        "tensorboardX.writer": _TENSORBOARD,
        "tensorboardX.global_writer": _TENSORBOARD,
    },
    "wandb": {
        "wandb": _WANDB,
        "wandb.data_types": f"{_WANDB}.data_types",
        "wandb.errors": f"{_WANDB}.errors",
        "wandb.plot": f"{_WANDB}.plot",
    },
    "trackio": {"trackio": "lavdlike.compat.trackio"},
    "streamvis": {"streamvis": _STREAMVIS, "streamvis.logger": _STREAMVIS},
    "ploteries": {"ploteries": _PLOTERIES, "ploteries.writer": f"{_PLOTERIES}.ploteries_writer"},
    "visdom": {"visdom": "lavdlike.compat.visdom"},
}
_HOOK = Path(__file__).parent / "hook"
_VARIABLE = "LAVDLIKE_STAND_INS"


def available() -> list[str]:
    """The words of those that there are."""
    return [word for word, table in STAND_INS.items() if all(map(_is_there, table.values()))]


def table_of(words: Iterable[str] | None) -> dict[str, str]:
    """{real module: ours}; all that there are for None.

    Raises:
        UsageError: there is none of that name.
    """
    there = available()
    wanted = there if words is None else list(words)
    for word in wanted:
        if word not in there:
            raise UsageError(f"nothing stands in for {word!r}: --as takes {', '.join(there)}, or none")
    return {real: ours for word in wanted for real, ours in STAND_INS[word].items()}


def environment(table: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The variables by which all Pythons below find them."""
    if not table:
        return {}
    path = [str(_HOOK), *filter(None, given.get("PYTHONPATH", "").split(os.pathsep))]
    return {"PYTHONPATH": os.pathsep.join(path), _VARIABLE: json.dumps(table)}


def _is_there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
