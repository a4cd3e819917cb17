"""The calls by which Visdom 0.3 takes an environment for an experiment, which it is here anyway."""

from __future__ import annotations

import importlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavdlike.compat.visdom.given_options import check
from lavdlike.compat.visdom.sending import Sending
from lavdlike.kinds import plain, plots

if TYPE_CHECKING:
    from lavdlike.compat.visdom.environment import Environment
    from lavdlike.compat.visdom.visdom_files import VisdomFiles

_STATUSES = ("finished", "completed", "failed", "crashed", "stopped", "killed")
_WELL = ("finished", "completed")


class ExperimentCalls(Sending):
    """Settings, metrics over steps, and how it ended."""

    files: VisdomFiles
    _metric_steps: dict[str, int]

    def experiment(
        self,
        name: str | None = None,
        params: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        env: str | None = None,
    ) -> Mapping[str, Any]:
        """Write settings of the environment: `params`, tags as `tags.<key>`, and a description."""
        environment = self._environment(env)
        settings = {
            **dict(params or {}),
            **{f"tags.{key}": value for key, value in dict(tags or {}).items()},
            **({} if name is None else {"name": name}),
        }
        if settings:
            environment.logger.log_config(settings)
        if description:
            environment.logger.log_markdown(description, "description")
        return {
            "env": environment.name,
            "name": name,
            "params": plain.ready(dict(params or {})),
            "status": "running",
        }

    def log_metrics(
        self, metrics: Mapping[str, Any], step: int | None = None, env: str | None = None
    ) -> Mapping[str, Any]:
        """Write numbers at a step, by default the one behind the last: scalars of the experiment."""
        check(len(metrics), "metrics must be a dict of names and numbers")
        environment = self._environment(env)
        steps = self.__dict__.setdefault("_metric_steps", {})
        step = steps.get(environment.name, -1) + 1 if step is None else int(step)
        steps[environment.name] = step
        environment.logger.log_scalars(metrics, step)
        return {
            "env": environment.name,
            "step": step,
            "metrics": plain.ready(dict(metrics)),
            "time": time.time(),
        }

    def finish_experiment(self, status: str = "finished", env: str | None = None) -> Mapping[str, Any]:
        """End the session; what is written later begins another one."""
        check(isinstance(status, str), f"status must be one of {', '.join(_STATUSES)}")
        environment = self._environment(env)
        environment.logger.close("" if status in _WELL else status)
        environment.end()
        return {"env": environment.name, "status": status}

    def save_plotly_figure(self, figure: Any, filepath: str, **kwargs: Any) -> None:
        """Write a figure to a file: JSON here, HTML and pictures by plotly itself, which then is needed."""
        path = Path(filepath)
        if path.suffix == ".json":
            path.write_bytes(plots.encode(figure))
            return
        if not hasattr(figure, "write_html"):
            figure = importlib.import_module("plotly.graph_objects").Figure(figure)
        (figure.write_html if path.suffix in (".html", ".htm") else figure.write_image)(filepath, **kwargs)

    def _environment(self, env: str | None) -> Environment:
        return self.files.environment(env or self.env)
