"""Checks of arguments that several methods of `Logger` have; each names the argument and the rule that it breaks."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from lavdlike import json_file, layout
from lavdlike.disk.stores.store_addresses import address_of_path, is_store_address
from lavdlike.errors import LimitError
from lavdlike.kinds import numbers, plain
from lavdlike.mirror.spool import spool_of

Exists = Literal["continue", "new", "refuse", "replace"]
EXISTS: tuple[Exists, ...] = ("continue", "new", "refuse", "replace")

_VALUE_FIRST = "; the value comes first, then name and step"


def check_name(name: object) -> None:
    """A first look at what stands where a name is wanted, for calls whose arguments are exchanged."""
    if not isinstance(name, str):
        raise ValueError(f"name must be a string, not {type(name).__name__}{_VALUE_FIRST}")


def check_mapping(value: object, argument: str) -> None:
    if not isinstance(value, Mapping):
        raise ValueError(f"{argument} must be a dict, not {type(value).__name__}")


def check_flag(value: object, argument: str) -> None:
    if type(value) is not bool and type(value).__name__ not in ("bool", "bool_"):
        raise ValueError(f"{argument} must be True or False, not {value!r}")


def check_choice(value: str, choices: tuple[str, ...], argument: str) -> None:
    check_text(value, argument)
    if value not in choices:
        raise ValueError(f"{argument} must be one of {', '.join(map(repr, choices))}, not {value!r}")


def checked_count(value: int, argument: str, largest: int) -> int:
    if layout.check_step(value, argument=argument) is None or value > largest:
        raise ValueError(f"{argument} must be a whole number from 0 to {largest}, not {value!r}")
    return value


def checked_writer(writer: str) -> str:
    layout.check_label(writer, step=0, argument="writer")
    if "/" in writer:
        raise ValueError(f"writer must not contain '/': {writer!r}")
    return writer


def checked_tags(tags: Iterable[str]) -> list[str]:
    entries: list[str] = plain.listed(tags, "tags", " of strings")
    for tag in entries:
        if not isinstance(tag, str):
            raise ValueError(f"tags must be strings, not {tag!r}")
    return entries


def checked_scalar_step(step: object) -> int:
    checked = layout.check_step(step)
    if checked is None:
        raise ValueError("step must be a whole number: scalars belong to a step")
    return checked


def checked_folder(log_dir: str | os.PathLike[str]) -> Path:
    """The folder as an absolute path; `~` is the home folder. Of a store's address, the folder that stands for it."""
    if not isinstance(log_dir, (str, os.PathLike)):
        raise ValueError(f"log_dir must be a path, not {type(log_dir).__name__}")
    text = os.fspath(log_dir)
    if "\0" in text or not text:
        raise ValueError(f"log_dir must be a path, not {text!r}")
    # A Path has taken one of the slashes away.
    address = (
        text if is_store_address(text) else None if isinstance(log_dir, str) else address_of_path(Path(text))
    )
    if address is not None:
        return spool_of(address)
    try:
        os.fsencode(text)
    except UnicodeEncodeError:  # a locale that is not UTF-8
        text = os.fsdecode(text.encode(errors="surrogateescape"))
    expanded = os.path.expanduser(text)  # noqa: PTH111 - a Path takes "./~" for "~"
    if expanded.startswith("~"):
        raise ValueError(f"log_dir {text!r} has no such home folder; './~' is a folder of that name")
    try:
        return Path(expanded).absolute()
    except FileNotFoundError:
        raise ValueError(f"log_dir {text!r} is relative, and the working directory was deleted") from None


def checked_config(config: Any) -> dict[str, Any]:
    if plain.fields_of(config) is None:
        raise ValueError(
            f"config must be a dict, or an object with fields (a Namespace, a dataclass), not {type(config).__name__}"
        )
    try:
        ready: dict[str, Any] = plain.ready(config)
    except ValueError as error:
        raise ValueError(f"config is {error}") from None
    check_keys(ready, "config")
    return ready


def check_keys(document: Mapping[str, Any], argument: str) -> None:
    """Whether readers take what is to stand in a JSON file.

    Raises:
        ValueError: too many keys, too deep.
    """
    try:
        json_file.check_limits(document, argument)
    except LimitError as error:
        raise ValueError(f"{argument} has {error.reason}; log less of it, or a file of its own") from None


def check_size(content: bytes, most: int, argument: str) -> bytes:
    """The content itself if readers take a file of its size.

    Raises:
        ValueError: it is larger.
    """
    if len(content) > most:
        raise ValueError(
            f"{argument} is {len(content):,} bytes long, but {most // 2**20} MiB are the most that is shown: "
            "split it, or keep it with log_file"
        )
    return content


def check_text(text: object, argument: str) -> None:
    if not isinstance(text, str):
        raise ValueError(f"{argument} must be a string, not {type(text).__name__}")


def finite(value: Any, argument: str) -> float | int:
    number = numbers.to_number(value, argument=argument)
    if not math.isfinite(number):
        raise ValueError(f"{argument} must be finite, not {number!r}")
    return number
