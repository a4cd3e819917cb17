"""Numbers of Python, numpy, torch, jax, TensorFlow, pandas, ... -> Python numbers and arrays of numpy.

The one conversion for all kinds. No library but numpy is imported: what a value can do says what it is. A value that
is masked or missing (`numpy.ma`, `pandas.NA`, null) is NaN where floats are wanted and refused elsewhere.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a sparse array may take when it is written out.
MAX_DENSE_BYTES = 2**31

_PYTHONS = frozenset({int, float, bool})
# Types of numpy whose `item` is all there is to ask, once they were seen; numpy itself is not imported for it.
_SIMPLE: set[type] = set()
_SIMPLE_NAMES = frozenset(
    {"float16", "float32", "float64", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}
)
_MAX_SHOWN = 120


def is_masked(value: Any) -> bool:
    """Whether a single value is masked or missing: it has no number."""
    if type(value).__name__ == "NAType":  # pandas
        return True
    mask = getattr(value, "mask", None) if hasattr(value, "filled") else None
    return mask is not None and getattr(value, "size", 1) == 1 and bool(mask)


def to_number(value: object, *, argument: str) -> float | int:
    """A single number of any library, on any device, as Python's own; booleans are 1 and 0, a masked one is NaN.

    Raises:
        ValueError: not one real number.
    """
    if type(value) in _PYTHONS:
        return int(value) if value is True or value is False else value  # type: ignore[return-value] # one of the three
    if type(value) in _SIMPLE:
        return value.item()  # type: ignore[no-any-return, attr-defined] # a float or int
    if is_masked(value):
        return float("nan")
    if type(value).__module__ == "numpy" and type(value).__name__ in _SIMPLE_NAMES:
        _SIMPLE.add(type(value))
        return to_number(value, argument=argument)
    single = _item(value, argument) if hasattr(value, "item") or _dimensions(value) else value
    if single is None and single is not value:  # the null of a data frame
        return float("nan")
    for name, convert in (("__index__", _index), ("__float__", float)):
        # An eager tensor of TensorFlow has both, and says no to one of them.
        if hasattr(single, name):
            number = _tried(convert, single)
            if number is not None:
                return number
    raise ValueError(f"{argument} must be a real number, not {_shown(value)}")


def entries_of(values: object, *, argument: str) -> list[Any] | None:
    """The entries of a sequence or array of one dimension; None if it is a single value.

    Raises:
        ValueError: it has more dimensions.
    """
    if type(values) in _PYTHONS:
        return None
    if isinstance(values, Sequence):
        return None if isinstance(values, (str, bytes)) else list(values)
    dimensions = _dimensions(values)
    if dimensions > 1:
        raise ValueError(f"{argument} must have one dimension, not {dimensions}")
    return _entries(values, argument) if dimensions == 1 else None


def to_array(values: Any, *, argument: str) -> NDArray[Any]:
    """The values as an array of numpy, on the CPU and without gradient. May share memory with them.

    Types that numpy has not are written out: bfloat16 and float8 as float32, int4 as int8, sparse and quantised arrays
    as dense ones, `Decimal` and `Fraction` as float64.

    Raises:
        ValueError: they are no array: rows of different lengths, Python objects, masked integers.
    """
    import numpy as np

    try:
        array = np.asarray(_ready(values, argument))
    except ValueError as error:
        if str(error).startswith(argument):
            raise
        raise ValueError(f"{argument} must be an array: {_reason(error)}") from None
    except Exception as error:  # noqa: BLE001 - whatever the libraries raise
        raise ValueError(
            f"{argument} must be an array of numbers; {_type_name(values)} gives none: {_reason(error)}"
        ) from None
    if array.dtype.hasobject:
        array = _of_objects(array, values, argument)
    return _of_usual_type(array)


def to_reals(values: Any, *, argument: str) -> NDArray[Any]:
    """The values as an array of 64-bit floats; booleans are 1 and 0, masked values NaN. May share memory with them.

    Raises:
        ValueError: they are no real numbers.
    """
    import numpy as np

    if isinstance(values, np.ma.MaskedArray) and values.dtype.kind in "biu":
        values = values.astype(np.float64)
    array = to_array(values, argument=argument)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{argument} must be real numbers, not {array.dtype}")
    return array.astype(np.float64, copy=False)


def to_python(value: Any) -> Any:
    """A number or an array of a library as Python's own, and lists of them; everything else as it is."""
    if type(value) in _PYTHONS or value is None or isinstance(value, (str, bytes, type)):
        return value
    if is_masked(value):
        return float("nan")
    if hasattr(value, "as_integer_ratio") and not hasattr(value, "dtype"):  # Decimal, Fraction
        return to_number(value, argument="value")
    if not _is_of_numbers(value):
        return value
    try:
        return _listed(to_array(value, argument="value"))
    except ValueError:
        return value.tolist() if hasattr(value, "tolist") else value


def _is_of_numbers(value: Any) -> bool:
    names = ("__array__", "tolist", "numpy", "to_numpy", "get", "toarray", "collect")
    return (hasattr(value, "shape") or hasattr(value, "collect")) and any(
        hasattr(value, name) for name in names
    )


def _listed(array: NDArray[Any]) -> Any:
    """The values as lists of Python's own numbers, which those of more than 64 bits are not by themselves."""
    long = array.dtype.kind in "fc" and array.dtype.itemsize > (8 if array.dtype.kind == "f" else 16)
    return (
        array.astype(f"{array.dtype.kind}{8 if array.dtype.kind == 'f' else 16}") if long else array
    ).tolist()


# --- single values ---------------------------------------------------------------------------------------------------


def _dimensions(value: Any) -> int:
    try:
        return len(value.shape)
    except Exception:  # noqa: BLE001 - no shape, or one that is not known (of a symbolic tensor)
        return 0


def _item(value: Any, argument: str) -> Any:
    """The single value of an array, a tensor or a data frame."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind in ("m", "M"):  # of nanoseconds `item` gives a mere integer
        raise ValueError(f"{argument} must be a real number, not {value.dtype}; convert it to seconds first")
    item: Callable[[], Any] | None = getattr(value, "item", None)
    if item is not None:
        with contextlib.suppress(Exception):  # of several elements, sparse, without values: tried as an array
            return item()
    array = to_array(value, argument=argument)
    if array.size != 1:
        raise ValueError(f"{argument} must be one number, not {_type_name(value)} of {array.size}")
    return array.reshape(()).item()


def _index(value: Any) -> int:
    return int(value.__index__())


def _tried(convert: Callable[[Any], float | int], value: Any) -> float | int | None:
    try:
        return convert(value)
    except Exception:  # noqa: BLE001 - each library has its own way to say no
        return None


def _entries(values: Any, argument: str) -> list[Any]:
    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if kind == "O":
        return list(values)
    if hasattr(values, "mask") and hasattr(values, "filled"):
        return list(_listed(to_reals(values, argument=argument)))
    return list(_listed(to_array(values, argument=argument)))


# --- arrays ----------------------------------------------------------------------------------------------------------


def _ready(values: Any, argument: str) -> Any:
    """The values as numpy takes them rightly by itself."""
    if isinstance(values, (list, tuple)):
        plain = all(
            kind in _PYTHONS or kind is str or kind.__module__ == "numpy" for kind in set(map(type, values))
        )
        return values if plain else [_ready(entry, argument) for entry in values]
    if hasattr(values, "detach"):
        return _of_torch(values, argument)
    if hasattr(values, "filled") and hasattr(values, "mask"):
        return _unmasked(values, argument)
    if is_masked(values):
        return float("nan")
    if hasattr(values, "__cuda_array_interface__"):  # cupy, numba
        values = values.get() if hasattr(values, "get") else values.copy_to_host()
    if hasattr(values, "toarray") or (hasattr(values, "todense") and hasattr(values, "nnz")):
        return _dense(values, argument)
    if hasattr(values, "isna") and hasattr(values, "to_numpy"):
        return _of_pandas(values)
    if not hasattr(values, "__array__"):
        for name in ("numpy", "asnumpy", "collect"):
            if callable(getattr(values, name, None)):
                return _ready(getattr(values, name)(), argument)
    return values


def _of_torch(tensor: Any, argument: str) -> Any:
    if hasattr(tensor, "full_tensor"):
        raise ValueError(
            f"{argument} is a tensor that several processes hold: give its full_tensor(), which all of them call"
        )
    tensor = tensor.detach()
    if str(getattr(tensor, "layout", "torch.strided")) != "torch.strided":
        _check_dense_size(tensor, tensor.element_size(), argument)
        tensor = tensor.to_dense()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    tensor = tensor.cpu()
    if hasattr(tensor, "resolve_conj"):
        tensor = tensor.resolve_conj().resolve_neg()
    try:
        return tensor.numpy()
    except TypeError:  # a type that numpy has not, such as bfloat16
        is_complex = hasattr(tensor, "is_complex") and tensor.is_complex()
        return (tensor.to(sys.modules["torch"].complex64) if is_complex else tensor.float()).numpy()


def _unmasked(values: Any, argument: str) -> Any:
    import numpy as np

    if not np.ma.is_masked(values):
        return np.ma.getdata(values)
    if values.dtype.kind not in "fc":
        raise ValueError(
            f"{argument} has masked values, and {values.dtype} has no NaN for them: "
            "give .filled(...) of it, or .astype(float)"
        )
    return values.filled(np.nan)


def _dense(values: Any, argument: str) -> Any:
    _check_dense_size(values, getattr(getattr(values, "dtype", None), "itemsize", 8), argument)
    return values.toarray() if hasattr(values, "toarray") else values.todense()


def _check_dense_size(values: Any, itemsize: int, argument: str) -> None:
    size = itemsize
    for length in values.shape:
        size *= int(length)
    if size > MAX_DENSE_BYTES:
        raise ValueError(
            f"{argument} is sparse, of the shape {tuple(values.shape)}: too large to be written out; give its values"
        )


def _of_pandas(values: Any) -> Any:
    """Missing values of types that have no NaN as NaN."""
    import numpy as np

    array = values.to_numpy()
    if array.dtype.hasobject and bool(np.any(values.isna())):
        try:
            return values.to_numpy(dtype=float, na_value=np.nan)
        except (TypeError, ValueError):
            return array
    return array


def _of_objects(array: NDArray[Any], values: Any, argument: str) -> NDArray[Any]:
    """An array of Python objects that are numbers (`Decimal`, `Fraction`, large integers) as one of floats."""
    import numpy as np

    if array.ndim == 0 and array.item() is values:  # no array at all
        raise ValueError(f"{argument} must be an array of numbers, not {_type_name(values)}")
    numbers = np.empty(array.shape)
    for place in np.ndindex(array.shape):
        entry: Any = array[place]
        where = f"{argument}[{', '.join(map(str, place))}]"
        if isinstance(entry, (list, tuple, np.ndarray)):
            raise ValueError(f"{argument} must be an array: its rows have different lengths")
        try:
            numbers[place] = to_number(entry, argument=where)
        except OverflowError:
            raise ValueError(f"{where} is too large a number") from None
    return numbers


def _of_usual_type(array: NDArray[Any]) -> NDArray[Any]:
    """An array of a type that came with another library (bfloat16, float8, int4 of ml_dtypes) as one of numpy's own."""
    import numpy as np

    if array.dtype.isbuiltin != 2:
        return array
    name = array.dtype.name
    for begin, usual in (
        ("int", np.int8),
        ("uint", np.uint8),
        ("complex", np.complex64),
        ("bcomplex", np.complex64),
    ):
        if name.startswith(begin):
            return array.astype(usual)
    return array.astype(np.float32)


def _type_name(value: object) -> str:
    return type(value).__name__


def _shown(value: object) -> str:
    text = " ".join(repr(value).split())  # of a tensor it can be many lines
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}... ({_type_name(value)})"


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text[:200] or type(error).__name__
