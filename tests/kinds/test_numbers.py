"""Numbers and arrays of every library become the same number, or are refused with one ValueError."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import ml_dtypes
import numpy as np
import polars as pl  # noqa: TID253 - only tests load this
import pytest

from lavdlike import layout
from lavdlike.kinds import numbers
from tests.kinds.library_values import (
    ARRAYS,
    MISSING,
    NO_ARRAYS,
    NO_NUMBERS,
    NUMBERS,
    NAType,
    PandasSeries,
    TensorFlow,
    Torch,
)


@pytest.mark.parametrize("what", NUMBERS)
def test_one_number_of_every_library_is_pythons(what: str) -> None:
    value, expected = NUMBERS[what]
    found = numbers.to_number(value, argument="loss")
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("what", MISSING)
def test_what_is_masked_or_missing_is_not_a_number(what: str) -> None:
    assert math.isnan(numbers.to_number(MISSING[what], argument="loss"))


@pytest.mark.parametrize("what", NO_NUMBERS)
def test_what_is_not_one_number_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match=r"^loss must be "):
        numbers.to_number(NO_NUMBERS[what], argument="loss")


@pytest.mark.parametrize(
    "step",
    [
        *(3.0, np.int64(3), np.float32(3.0), np.float16(3), np.array(3), np.array([3]), np.array([[3.0]])),
        *(Decimal(3), ml_dtypes.bfloat16(3), np.array(3).astype(ml_dtypes.int4), np.longdouble(3)),
        *(Torch(3), Torch(3.0), Torch([3]), TensorFlow(3), TensorFlow(3.0), TensorFlow([3])),
        *(pl.Series([3]), PandasSeries([3])),
    ],
    ids=lambda step: f"{type(step).__name__} {getattr(step, 'dtype', '')}",
)
def test_whole_numbers_of_every_library_are_steps(step: Any) -> None:
    found = layout.check_step(step)
    assert found == 3
    assert type(found) is int


@pytest.mark.parametrize(
    "step",
    [
        *(3.5, math.nan, math.inf, "3", b"3", True, np.bool_(True), np.float32(3.5), np.array([1, 2])),
        *(Decimal("3.5"), Decimal("NaN"), 3j, np.ma.masked, np.ma.array([3], mask=[True]), NAType()),
        *(Torch(True), Torch(3.5), Torch([1, 2]), TensorFlow(3.5), np.timedelta64(3, "ns"), np.str_("3")),
        *(np.datetime64("2026-01-01", "ns"), [3], object()),
    ],
    ids=lambda step: f"{type(step).__name__} {getattr(step, 'dtype', '')}",
)
def test_what_is_no_whole_number_is_no_step(step: Any) -> None:
    with pytest.raises(ValueError, match=r"^step must be a whole number"):
        layout.check_step(step)


@pytest.mark.parametrize("what", ARRAYS)
def test_arrays_of_every_library_hold_the_same_values(what: str) -> None:
    for convert in (numbers.to_array, numbers.to_reals):
        found = convert(ARRAYS[what], argument="values")
        assert type(found) in (np.ndarray, np.matrix)
        assert found.dtype.kind == "f"
        assert found.dtype.isbuiltin != 2
        assert found.tolist() == ARRAYS["lists"]


@pytest.mark.parametrize("what", NO_ARRAYS)
def test_what_is_no_array_is_refused(what: str) -> None:
    with pytest.raises(ValueError, match=r"^values"):
        numbers.to_array(NO_ARRAYS[what], argument="values")


def test_masked_values_of_arrays_are_nan_or_refused() -> None:
    masked = np.ma.array([1.0, 2.0], mask=[True, False])
    for values in (masked, [masked[0], 2.0], PandasSeries([NAType(), 2]), pl.Series([None, 2])):
        reals = numbers.to_reals(values, argument="values")
        assert math.isnan(reals[0])
        assert reals[1] == 2
    integers = np.ma.array([1, 2], mask=[True, False])
    assert np.isnan(numbers.to_reals(integers, argument="values")).tolist() == [True, False]
    with pytest.raises(ValueError, match=r"^values has masked values, .* give \.filled\(\.\.\.\) of it"):
        numbers.to_array(integers, argument="values")


def test_small_integers_and_complex_numbers_keep_their_sort() -> None:
    for name, kind in (("int4", "i"), ("uint4", "u"), ("int2", "i")):
        array = numbers.to_array(np.array([0, 1]).astype(getattr(ml_dtypes, name)), argument="values")
        assert array.dtype.kind == kind
        assert array.dtype.isbuiltin == 1
        assert array.tolist() == [0, 1]
    assert numbers.to_array([1j], argument="values").dtype == np.complex128
    with pytest.raises(ValueError, match="values must be real numbers, not complex128"):
        numbers.to_reals([1j], argument="values")


def test_entries_of_every_library() -> None:
    def entries(values: Any) -> list[Any] | None:
        return numbers.entries_of(values, argument="scalar")

    assert entries([1, 0.5, True]) == [1, 0.5, True]
    assert entries(range(2)) == [0, 1]
    assert entries(np.array([1, 2], dtype=np.int8)) == [1, 2]
    assert entries(np.array([Decimal("0.5")], dtype=object)) == [Decimal("0.5")]
    assert entries(pl.Series([1, 2])) == [1, 2]
    assert entries(PandasSeries([1, 2])) == [1, 2]
    assert entries(Torch([0.5], needs=("detach",))) == [0.5]
    assert entries(TensorFlow([0.5])) == [0.5]
    assert entries(np.array([0.5]).astype(ml_dtypes.bfloat16)) == [0.5]
    masked = entries(np.ma.array([1, 2], mask=[True, False]))
    assert masked is not None
    assert math.isnan(masked[0])
    assert masked[1] == 2
    for single in (0.5, np.array(0.5), "ab", {1: 2}, Torch(0.5), TensorFlow(0.5), None):
        assert entries(single) is None
    with pytest.raises(ValueError, match="scalar must have one dimension, not 2"):
        entries(np.zeros((2, 2)))


@pytest.mark.parametrize("what", sorted(NUMBERS))
def test_in_json_they_are_numbers(what: str) -> None:
    value, expected = NUMBERS[what]
    found = numbers.to_python(value)
    while isinstance(found, list):
        (found,) = found
    assert found == expected
    assert type(found) in (int, float, bool)


@pytest.mark.parametrize("what", sorted(key for key in ARRAYS if not key.startswith("list")))
def test_in_json_arrays_are_lists(what: str) -> None:
    assert numbers.to_python(ARRAYS[what]) == ARRAYS["lists"]


@pytest.mark.parametrize(
    "value", [None, "a", b"a", {"a": 1}, [1], NO_ARRAYS["object"]], ids=lambda value: type(value).__name__
)
def test_everything_else_is_as_it_is(value: Any) -> None:
    assert numbers.to_python(value) is value
