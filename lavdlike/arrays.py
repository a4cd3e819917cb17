"""Numbers of Python, numpy, torch and their like -> numpy arrays, without importing any library but numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_array(values: Any, *, argument: str) -> NDArray[Any]:
    """The values as an array of numpy, on the CPU and without gradient. May share memory with them.

    Raises:
        ValueError: they are no array: rows of different lengths, Python objects.
    """
    import numpy as np

    if hasattr(values, "detach"):  # torch
        values = values.detach().cpu()
        if hasattr(values, "resolve_conj"):
            values = values.resolve_conj().resolve_neg()
        try:
            values = values.numpy()
        except TypeError:  # a type that numpy has not, such as bfloat16
            values = values.float().numpy()
    try:
        array = np.asarray(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{argument} must be an array: {error}") from None
    if array.dtype.hasobject:
        raise ValueError(
            f"{argument} must be an array of numbers, not of {type(values).__name__} with objects"
        )
    return array


def to_reals(values: Any, *, argument: str) -> NDArray[Any]:
    """The values as an array of 64-bit floats; booleans are 1 and 0.

    Raises:
        ValueError: they are no real numbers.
    """
    import numpy as np

    array = to_array(values, argument=argument)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{argument} must be real numbers, not {array.dtype}")
    return array.astype(np.float64)
