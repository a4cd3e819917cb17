"""Saving models and objects with torch, which is optional."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lavdlike.errors import MissingLibraryError

_WRAPPERS = ("DataParallel", "DistributedDataParallel")


def unwrapped(model: Any) -> Any:
    """The model inside DataParallel or DistributedDataParallel, so that the file loads without them."""
    while type(model).__name__ in _WRAPPERS and hasattr(model, "module"):
        model = model.module
    return model


def gradients(model: Any) -> dict[str, Any]:
    """The gradients there are, by their parameter's name."""
    return {
        name: parameter.grad for name, parameter in model.named_parameters() if parameter.grad is not None
    }


def save(obj: Any, file: Path) -> None:
    """Save anything with `torch.save`.

    Raises:
        MissingLibraryError: torch is not installed.
        OSError: the disk refused, which torch itself reports as a RuntimeError.
    """
    try:
        import torch
    except ImportError:
        raise MissingLibraryError("saving models and objects needs torch: pip install torch") from None
    with file.open("wb") as opened:
        recording = _Recording(opened)
        try:
            torch.save(obj, recording)
        except RuntimeError:
            if recording.error is not None:
                raise recording.error from None
            raise


class _Recording:
    """A file that remembers why a write was refused."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, content: Any) -> int:
        try:
            return int(self._file.write(content))
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()
