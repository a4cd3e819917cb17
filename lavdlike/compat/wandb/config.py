"""`config`: the settings of a run, as attributes and as a dict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lavdlike.compat.wandb.errors import UsageError
from lavdlike.kinds import plain


class Config:
    """Settings; what changes is told to `changed`."""

    _settings: dict[str, Any]
    _changed: Callable[[dict[str, Any]], None]

    def __init__(self, changed: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        object.__setattr__(self, "_settings", {})
        object.__setattr__(self, "_changed", changed)

    def update(self, d: Any = None, allow_val_change: bool | None = None, **settings: Any) -> None:
        """Set several: of a dict, an `argparse.Namespace`, another `Config`, or a YAML file."""
        new = {**settings_of(d), **settings}
        self._settings.update(new)
        self._changed(new)

    update_locked = update

    def setdefaults(self, d: Any) -> None:
        """Set those that are not set yet."""
        self.update({key: value for key, value in settings_of(d).items() if key not in self._settings})

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self._settings:
            self[key] = default
        return self._settings[key]

    def get(self, *arguments: Any) -> Any:
        return self._settings.get(*arguments)

    def as_dict(self) -> dict[str, Any]:
        return dict(self._settings)

    def keys(self) -> Iterable[str]:
        return self._settings.keys()

    def values(self) -> Iterable[Any]:
        return self._settings.values()

    def items(self) -> Iterable[tuple[str, Any]]:
        return self._settings.items()

    def persist(self) -> None:
        """Nothing is to be done: each change is written as it is made."""

    def __getitem__(self, key: str) -> Any:
        return self._settings[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self._settings[key]
        except KeyError:
            raise AttributeError(f"config has no setting {key!r}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __contains__(self, key: str) -> bool:
        return key in self._settings

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)

    def __repr__(self) -> str:
        return repr(self._settings)


def settings_of(given: Any) -> dict[str, Any]:
    """The settings in whatever the original takes for some. What was given is not changed, then or later.

    Raises:
        UsageError: there are none in it.
    """
    if given is None:
        return {}
    if isinstance(given, Config):
        return given.as_dict()
    if isinstance(given, (str, Path)):
        return _of_file(Path(given))
    if hasattr(given, "flag_values_dict"):  # absl
        return dict(given.flag_values_dict())
    fields = plain.fields_of(given)
    if fields is None:
        raise UsageError(
            f"config must be a dict, a Namespace or the path of a YAML file, not {type(given).__name__}"
        )
    return {str(key): value for key, value in fields.items()}


def _of_file(path: Path) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"config: {path} cannot be read: {error}") from error
    if not isinstance(found, Mapping):
        raise UsageError(f"config: {path} holds no settings")
    # As the original's own files have them: a setting with its description.
    return {
        str(key): value["value"] if isinstance(value, Mapping) and "value" in value else value
        for key, value in found.items()
    }
