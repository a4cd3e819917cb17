"""What becomes of values in JSON: of settings, of which everything is taken, and of data."""

from __future__ import annotations

import dataclasses
import enum
import math
from argparse import Namespace
from collections import OrderedDict, UserDict, UserList, namedtuple
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest

from lavdlike.kinds import plain


@dataclasses.dataclass
class Optimizer:
    rate: float = 0.1
    betas: tuple[float, ...] = (0.9, 0.99)


class Attrs:
    """As a class of attrs."""

    __attrs_attrs__ = (SimpleNamespace(name="rate"),)
    rate = 0.1


class Pydantic:
    """As a model of pydantic 2 with a field that it was not declared with."""

    model_fields: ClassVar[dict[str, Any]] = {"rate": object()}
    model_extra: ClassVar[dict[str, Any]] = {"more": 1}
    rate = 0.1
    more = 1


class PydanticOne:
    """As a model of pydantic 1."""

    __fields__: ClassVar[dict[str, Any]] = {"rate": object()}
    rate = 0.1


class Omega(Mapping[str, Any]):
    """As a DictConfig of OmegaConf: a value that is still to be given raises when it is read."""

    def __getitem__(self, key: str) -> Any:
        if key == "missing":
            raise LookupError("Missing mandatory value")
        return UserList([1, {"a": 2}])

    def __iter__(self) -> Iterator[str]:
        return iter(("layers", "missing"))

    def __len__(self) -> int:
        return 2


class Transformers:
    def to_dict(self) -> dict[str, Any]:
        return {"rate": 0.1}


class Struct(msgspec.Struct):
    rate: float = 0.1


class Sub(Namespace):
    pass


class Colour(enum.Enum):
    RED = 1


class Mode(enum.StrEnum):
    FAST = "fast"


Point = namedtuple("Point", ["x", "y"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Namespace(layers=3), {"layers": 3}),
        (Sub(layers=3), {"layers": 3}),
        (SimpleNamespace(layers=3), {"layers": 3}),
        (Optimizer(), {"rate": 0.1, "betas": [0.9, 0.99]}),
        (Attrs(), {"rate": 0.1}),
        (Pydantic(), {"rate": 0.1, "more": 1}),
        (PydanticOne(), {"rate": 0.1}),
        (Struct(), {"rate": 0.1}),
        (Transformers(), {"rate": 0.1}),
        (Point(1, 2), {"x": 1, "y": 2}),
        (Omega(), {"layers": [1, {"a": 2}], "missing": "LookupError"}),
        (OrderedDict(a=UserDict(b=1)), {"a": {"b": 1}}),
        ({"optimizer": [Optimizer(1, ())]}, {"optimizer": [{"rate": 1, "betas": []}]}),
        ({1: {"b", "a"}, "f": frozenset({2})}, {"1": ["a", "b"], "f": [2]}),
        ({"e": Colour.RED, "s": Mode.FAST}, {"e": "Colour.RED", "s": "fast"}),
        ({"a": np.float32(0.5), "b": np.arange(2), "d": Decimal("0.5")}, {"a": 0.5, "b": [0, 1], "d": 0.5}),
        ({"n": math.nan, "i": [math.inf], "m": np.ma.masked}, {"n": "nan", "i": ["inf"], "m": "nan"}),
        ({"p": PurePosixPath("a/b"), "c": int, "n": None}, {"p": "a/b", "c": "<class 'int'>", "n": None}),
        ({"t": True, "o": np.bool_(True)}, {"t": True, "o": True}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_settings_of_every_sort_are_their_fields(given: Any, expected: dict[str, Any]) -> None:
    assert plain.ready(given) == expected
    assert plain.fields_of(given) is not None


@pytest.mark.parametrize(
    "value",
    [1, "a", [1], None, object(), Optimizer, np.zeros(2), Colour.RED],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_fields_is_no_configuration(value: Any) -> None:
    assert plain.fields_of(value) is None


def test_a_value_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append({"a": endless})
    with pytest.raises(ValueError, match="nested deeper than 100 levels, or holds itself"):
        plain.ready(endless)
    with pytest.raises(ValueError, match="value is nested deeper than 100 levels"):
        plain.plain(endless, "value")


def test_data_keeps_what_json_has() -> None:
    given = {"a": [1, 0.5, "x", None, True], "b": np.eye(2), "e": Mode.FAST, "t": (np.int64(3),)}
    assert plain.plain(given, "value") == {
        "a": [1, 0.5, "x", None, True],
        "b": [[1, 0], [0, 1]],
        "e": "fast",
        "t": [3],
    }
    assert math.isnan(plain.plain(math.nan, "value"))


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ({"a": object()}, r"value\['a'\] is object, which JSON has not"),
        ([{1: 2}], r"value\[0\] must have strings as keys, not 1"),
        (b"a", "value is bytes"),
    ],
)
def test_data_that_json_has_not_is_refused(value: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        plain.plain(value, "value")
