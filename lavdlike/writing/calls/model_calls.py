"""The methods of `Logger` for what torch saves."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from lavdlike import layout
from lavdlike.writing import saving_models
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_flag


class ModelCalls(Family):
    """Models and objects."""

    def save_model(
        self,
        model: Any,
        step: int | None = None,
        name: str = "model",
        extension: str = ".pt",
        grads: bool = False,  # noqa: FBT001, FBT002 - as Lavd's
    ) -> None:
        """Save a torch model's state dict to `<name><extension>`, of the model inside DataParallel and its like.

        Args:
            step, name: in either order: `save_model(model, "name", 3)` does the same.
            grads: save the gradients too, {parameter's name: gradient}, to `<name>.grad<extension>`.

        Raises:
            MissingLibraryError: torch is not installed.

        >>> import torch
        >>> with Logger("example") as logger:
        ...     logger.save_model(torch.nn.Linear(2, 1), step=3)  # 0003/model.pt
        """
        writer = self._active
        if writer is None:
            return
        first: Any = step
        if isinstance(first, str):  # name and step in the order of the other methods
            step, name = (None if name == "model" else cast("int", name)), first
        path = self._checked_path(name, step, extension)
        check_flag(grads, "grads")
        model = saving_models.unwrapped(model)
        for needed in ("state_dict", "named_parameters") if grads else ("state_dict",):
            if not callable(getattr(model, needed, None)):
                raise ValueError(f"model must have a {needed}, as those of torch, not {type(model).__name__}")
        writer.replace_with(path, lambda file: saving_models.save(model.state_dict(), file))
        if grads:
            path = path.with_name(layout.native(f"{Path(name).name}.grad{extension}"))
            writer.replace_with(path, lambda file: saving_models.save(saving_models.gradients(model), file))

    def save_obj(self, obj: Any, name: str, step: int | None = None, extension: str = ".pt") -> None:
        """Save anything that `torch.save` takes to `<name><extension>`.

        Raises:
            MissingLibraryError: torch is not installed.

        >>> with Logger("example") as logger:
        ...     logger.save_obj({"key": 99}, "a-dict", step=4)  # 0004/a-dict.pt
        """
        writer = self._active
        if writer is not None:
            writer.replace_with(
                self._checked_path(name, step, extension), lambda file: saving_models.save(obj, file)
            )
