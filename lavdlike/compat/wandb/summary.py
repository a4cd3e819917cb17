"""`summary`: the last value of each key, and what the script sets itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

_BETTER: dict[str, Callable[[Any, Any], Any]] = {"min": min, "max": max}


class Summary:
    """Values by key. `changed` is told what the script sets; what it logs is in its files already."""

    _values: dict[str, Any]
    _aspects: dict[str, str]
    _changed: Callable[[dict[str, Any]], None]

    def __init__(self, changed: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        object.__setattr__(self, "_values", {})
        object.__setattr__(self, "_aspects", {})
        object.__setattr__(self, "_changed", changed)

    def take(self, row: Mapping[str, Any]) -> None:
        """Values were logged."""
        if not self._aspects:
            self._values.update(row)
            return
        for key, value in row.items():
            better = _BETTER.get(self._aspects.get(key, ""))
            known = self._values.get(key)
            self._values[key] = value if better is None or known is None else better(known, value)

    def define(self, key: str, aspect: str) -> None:
        """`aspect`: "min", "max" or another one, which is the last value."""
        self._aspects[key] = aspect

    def update(self, values: Mapping[str, Any] | None = None, **others: Any) -> None:
        new = {str(key): value for key, value in {**(values or {}), **others}.items()}
        self._values.update(new)
        self._changed(new)

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def keys(self) -> Iterable[str]:
        return self._values.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        return self._values.items()

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        del self._values[key]

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self._values[key]
        except KeyError:
            raise AttributeError(f"summary has no {key!r}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)
