"""Numbers and arrays as the libraries of a training script give them: real ones where they are small, else stand-ins.

A stand-in does what the library's own does when it is asked for a number, an array or an index.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import polars as pl  # noqa: TID253 - only tests load this
import scipy.sparse


class Torch:
    """A tensor of torch: on another device, with a gradient, sparse, quantised, of a type that numpy has not."""

    def __init__(self, values: Any, *, needs: tuple[str, ...] = (), unknown_to_numpy: bool = False) -> None:
        self._array = np.asarray(values)
        self._needs = needs
        self._unknown = unknown_to_numpy
        self.shape = self._array.shape
        self.ndim = self._array.ndim
        self.dtype = "torch.bfloat16" if unknown_to_numpy else f"torch.{self._array.dtype}"
        self.layout = "torch.sparse_coo" if "to_dense" in needs else "torch.strided"
        self.is_quantized = "dequantize" in needs

    def _without(self, need: str) -> Torch:
        return Torch(
            self._array,
            needs=tuple(each for each in self._needs if each != need),
            unknown_to_numpy=self._unknown,
        )

    def __getattr__(self, name: str) -> Any:
        if name in ("detach", "cpu", "to_dense", "dequantize", "resolve_conj", "resolve_neg"):
            return lambda: self._without(name)
        raise AttributeError(name)

    def element_size(self) -> int:
        return self._array.itemsize

    def is_complex(self) -> bool:
        return self._array.dtype.kind == "c"

    def float(self) -> Torch:
        return Torch(self._array.astype(np.float32), needs=self._needs)

    def numpy(self) -> Any:
        if self._needs:
            raise RuntimeError(f"Can't call numpy() on Tensor that requires {self._needs[0]}")
        if self._unknown:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self._array

    def __array__(self, *_: Any, **__: Any) -> Any:
        return self.numpy()

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Any:
        return (Torch(entry, needs=self._needs, unknown_to_numpy=self._unknown) for entry in self._array)

    def item(self) -> Any:
        if "to_dense" in self._needs or self._array.size != 1:
            raise RuntimeError("a Tensor with several elements cannot be converted to Scalar")
        return self._array.item()

    def tolist(self) -> Any:
        return self._array.tolist()

    def __index__(self) -> int:
        if self._array.dtype.kind not in "biu":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self._array.item())

    def __float__(self) -> float:  # type: ignore[valid-type] # `float` is a method of tensors, too
        return float(self._array)


class TensorFlow:
    """An eager tensor: no `item`, `__index__` is there and raises for floats."""

    def __init__(self, values: Any, error: type[Exception] = TypeError) -> None:
        self._array = np.asarray(values)
        self._error = error
        self.shape = self._array.shape
        self.dtype = SimpleNamespace(name=self._array.dtype.name)

    def numpy(self) -> Any:
        return self._array if self._array.ndim else self._array[()]

    def __array__(self, *_: Any, **__: Any) -> Any:
        return self._array

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Any:
        return (TensorFlow(entry, self._error) for entry in self._array)

    def __index__(self) -> int:
        if self._array.dtype.kind not in "iu":
            raise self._error("only integer scalar arrays can be converted to a scalar index")
        return int(self._array)

    def __float__(self) -> float:
        return float(self._array)


class Cupy:
    """An array on a GPU: numpy may not take it unasked."""

    __cuda_array_interface__: dict[str, Any] = {}  # noqa: RUF012 - as the protocol has it

    def __init__(self, values: Any) -> None:
        self._array = np.asarray(values)
        self.shape, self.ndim, self.dtype = self._array.shape, self._array.ndim, self._array.dtype

    def get(self) -> Any:
        return self._array

    def item(self) -> Any:
        return self._array.item()

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Any:
        return map(Cupy, self._array)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()`")

    def __float__(self) -> float:
        return float(self._array)


class Unready:
    """A tensor without values: symbolic, traced, on the device `meta`."""

    shape: Any = (2, 2)
    dtype = "float32"

    def _refuse(self) -> Any:
        raise NotImplementedError("Cannot convert a symbolic tensor")

    numpy = item = tolist = cpu = _refuse

    def detach(self) -> Unready:
        return self

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("Cannot convert a symbolic tensor to a numpy array")

    def __float__(self) -> float:
        raise TypeError("traced")

    def __index__(self) -> int:
        raise TypeError("traced")


class NAType:
    """`pandas.NA`."""

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


class PandasSeries:
    """A column of pandas' nullable integers."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self.shape = (len(values),)
        self.ndim = 1
        self.dtype = SimpleNamespace(kind="i")

    def isna(self) -> Any:
        return np.array([isinstance(value, NAType) for value in self._values])

    def to_numpy(self, dtype: Any = None, na_value: Any = None) -> Any:
        filled = [na_value if isinstance(value, NAType) and dtype else value for value in self._values]
        return np.array(filled, dtype=dtype or (object if self.isna().any() else np.int64))

    def __len__(self) -> int:
        return len(self._values)

    def item(self) -> Any:
        if len(self._values) != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return self._values[0]


MASKED = np.ma.array([1.0, 2.0], mask=[True, True]).mean()

# What each is as one number of Python; its type counts.
NUMBERS: dict[str, tuple[Any, float | int]] = {
    "bool": (True, 1),
    "large int": (2**70, 2**70),
    "Decimal": (Decimal("0.5"), 0.5),
    "Fraction": (Fraction(1, 4), 0.25),
    "numpy bool": (np.bool_(False), 0),
    "numpy int64": (np.int64(-3), -3),
    "numpy uint64": (np.uint64(2**64 - 1), 2**64 - 1),
    "numpy float16": (np.float16(0.5), 0.5),
    "numpy float32": (np.float32(0.1), 0.10000000149011612),
    "numpy float64": (np.float64(0.1), 0.1),
    "numpy longdouble": (np.longdouble(0.5), 0.5),
    "numpy of no dimension": (np.array(0.5), 0.5),
    "numpy of one element": (np.array([[3]]), 3),
    "numpy, objects": (np.array([Fraction(1, 2)], dtype=object), 0.5),
    "numpy, not masked": (np.ma.array([0.5], mask=[False]), 0.5),
    "bfloat16": (ml_dtypes.bfloat16(0.5), 0.5),
    "bfloat16, array": (np.array([0.5]).astype(ml_dtypes.bfloat16), 0.5),
    "float8": (np.array(0.5).astype(ml_dtypes.float8_e4m3fn), 0.5),
    "int4": (np.array(-3).astype(ml_dtypes.int4), -3),
    "torch": (Torch(0.5), 0.5),
    "torch, gradient": (Torch(0.5, needs=("detach",)), 0.5),
    "torch, of one element": (Torch([3]), 3),
    "torch, sparse": (Torch([0.5], needs=("to_dense",)), 0.5),
    "torch, bfloat16": (Torch(0.5, unknown_to_numpy=True), 0.5),
    "tensorflow": (TensorFlow(0.5), 0.5),
    "tensorflow, AttributeError": (TensorFlow(0.5, AttributeError), 0.5),
    "tensorflow, integer": (TensorFlow(3), 3),
    "tensorflow, of one element": (TensorFlow([0.5]), 0.5),
    "cupy": (Cupy(0.5), 0.5),
    "sparse": (scipy.sparse.csr_matrix([[0.5]]), 0.5),
    "polars": (pl.Series([0.5]), 0.5),
    "polars, frame": (pl.DataFrame({"a": [3]}), 3),
    "polars, decimal": (pl.Series(["0.50"]).cast(pl.Decimal(10, 2)), 0.5),
    "pandas": (PandasSeries([3]), 3),
}
MISSING: dict[str, Any] = {
    "numpy, masked": MASKED,
    "numpy, masked integer": np.ma.array([1], mask=[True]),
    "pandas.NA": NAType(),
    "polars, null": pl.DataFrame({"a": [None]}),
}
NO_NUMBERS: dict[str, Any] = {
    "None": None,
    "text": "1",
    "bytes": b"1",
    "complex": 1j,
    "numpy complex": np.complex128(1j),
    "numpy text": np.str_("1"),
    "numpy time": np.datetime64("2026-01-01", "ns"),
    "numpy duration": np.timedelta64(5, "ns"),
    "numpy, two": np.zeros(2),
    "torch, two": Torch([1, 2]),
    "torch, complex": Torch(1j),
    "tensorflow, complex": TensorFlow(1j),
    "without values": Unready(),
    "list": [],
    "list of one": [0.5],
    "dict": {},
    "object": object(),
    "polars, text": pl.Series(["a"]),
    "sparse, two": scipy.sparse.csr_matrix([[0.5, 1]]),
}

_VALUES = [[0.0, 0.5, 1.0], [0.25, 0.75, 0.5]]
# All hold `_VALUES`.
ARRAYS: dict[str, Any] = {
    "lists": _VALUES,
    "lists of Decimal": [[Decimal(str(value)) for value in row] for row in _VALUES],
    "lists of Fraction": [[Fraction(value) for value in row] for row in _VALUES],
    "numpy float16": np.array(_VALUES, np.float16),
    "numpy big endian": np.array(_VALUES, ">f4"),
    "numpy, Fortran order": np.asfortranarray(_VALUES),
    "numpy, objects": np.array(_VALUES, object),
    "numpy, not masked": np.ma.array(_VALUES, mask=False),
    "numpy matrix": np.asmatrix(_VALUES),
    "list of numpy": list(np.array(_VALUES)),
    "bfloat16": np.array(_VALUES).astype(ml_dtypes.bfloat16),
    "float8": np.array(_VALUES).astype(ml_dtypes.float8_e4m3fn),
    "float8, kind f": np.array(_VALUES).astype(ml_dtypes.float8_e5m2),
    "torch": Torch(_VALUES),
    "torch, gradient": Torch(_VALUES, needs=("detach",)),
    "torch, another device": Torch(_VALUES, needs=("cpu", "detach")),
    "torch, sparse": Torch(_VALUES, needs=("to_dense",)),
    "torch, quantised": Torch(_VALUES, needs=("dequantize",)),
    "torch, bfloat16": Torch(_VALUES, unknown_to_numpy=True),
    "list of torch": [Torch(row, needs=("detach",)) for row in _VALUES],
    "list of torch bfloat16": [Torch(row, unknown_to_numpy=True) for row in _VALUES],
    "tensorflow": TensorFlow(_VALUES),
    "list of tensorflow": [[TensorFlow(value) for value in row] for row in _VALUES],
    "cupy": Cupy(_VALUES),
    "list of cupy": [Cupy(row) for row in _VALUES],
    "sparse": scipy.sparse.csr_matrix(_VALUES),
    "sparse array": scipy.sparse.coo_array(np.array(_VALUES)),
    "polars": pl.DataFrame(_VALUES, orient="row"),
    "polars, lazy": pl.DataFrame(_VALUES, orient="row").lazy(),
}
NO_ARRAYS: dict[str, Any] = {
    "without values": Unready(),
    "objects": [[object()]],
    "nulls": [[None, 1.0]],
    "ragged": [[1.0], [1.0, 2.0]],
    "ragged arrays": [np.zeros(1), np.zeros(2)],
    "object": object(),
    "dict": {"a": 1},
    "sparse, huge": scipy.sparse.csr_matrix((10**6, 10**6)),
    "several processes": SimpleNamespace(detach=lambda: None, full_tensor=lambda: None, shape=(2, 2)),
    "masked integers": np.ma.array([[1, 2]], mask=[[True, False]]),
}
