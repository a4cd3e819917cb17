"""`watch`: gradients and parameters of a model as histograms, by hooks of torch, which is not imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_GRADIENTS, _PARAMETERS = ("gradients", "all"), ("parameters", "all")


class Watch:
    """Hooks on models, until `remove`. `log`: writes a value under a key at the current step."""

    def __init__(self, log: Callable[[str, Any], None]) -> None:
        self._log = log
        self._handles: list[Any] = []

    def add(self, model: Any, what: str | None, every: int, prefix: str = "") -> None:
        """`what`: "gradients", "parameters", "all", or None for nothing. `every`: how many passes apart."""
        if what in _GRADIENTS:
            for name, parameter in model.named_parameters():
                if parameter.requires_grad:
                    self._handles.append(parameter.register_hook(self._of_gradient(f"{prefix}{name}", every)))
        if what in _PARAMETERS:
            self._handles.append(model.register_forward_hook(self._of_parameters(prefix, every)))

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _of_gradient(self, name: str, every: int) -> Callable[[Any], None]:
        passes = 0

        def log(gradient: Any) -> None:
            nonlocal passes
            passes += 1
            if (passes - 1) % every == 0:
                self._log(f"gradients/{name}", gradient.detach())

        return log

    def _of_parameters(self, prefix: str, every: int) -> Callable[..., None]:
        passes = 0

        def log(model: Any, *_: Any) -> None:
            nonlocal passes
            passes += 1
            if (passes - 1) % every == 0:
                for name, parameter in model.named_parameters():
                    self._log(f"parameters/{prefix}{name}", parameter.detach())

        return log
