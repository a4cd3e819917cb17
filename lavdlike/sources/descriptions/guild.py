"""What Guild AI says of a run: a file for each attribute in `.guild/attrs`, which is YAML. Pure.

Its scalars are event files: those that the script writes, and those that Guild makes of its output, in `.guild`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lavdlike import layout
from lavdlike.errors import LogFormatError
from lavdlike.sources.descriptions.description import Description, Ended
from lavdlike.sources.descriptions.yaml_values import mapping_of

# Folder in folder: of a run, and in that.
FOLDERS = (layout.GUILD_FOLDER, "attrs")
# Others hold what is nobody's business (`env`) or long (`pip_freeze`).
ATTRIBUTES = ("exit_status", "flags", "host", "label", "started", "stopped", "tags")
_MICROSECONDS = 1_000_000


def run(attributes: Mapping[str, bytes], path: str) -> Description:
    """Flags, label, tags, host, times, and how it ended.

    Args:
        attributes: by name, what its file holds.
        path: of their folder, for people.

    Raises:
        LogFormatError: one of them is not the YAML that it should be.
    """
    flags = mapping_of(attributes.get("flags", b""), f"{path}/flags")
    said = {name: _value(name, data, path) for name, data in attributes.items() if name != "flags"}
    tags, label, host, code = (said.get(name) for name in ("tags", "label", "host", "exit_status"))
    started = _seconds(said.get("started"))
    status: Ended = "" if started is None else "running"
    if type(code) is int:
        status = "crashed" if code else "finished"
    return Description(
        "Guild",
        flags,
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        str(label)[:500] if isinstance(label, (str, int, float)) else "",
        status,
        started,
        _seconds(said.get("stopped")),
        {"finished": "finished", "crashed": f"exit status {code}"}.get(status, ""),
        host if isinstance(host, str) else "",
    )


def _value(name: str, data: bytes, path: str) -> Any:
    """Of a document that is no mapping: it is read as the value of one, so its own lines are not known."""
    try:
        indented = b"".join(b" " + line for line in data.splitlines(keepends=True))
        return mapping_of(b"value:\n" + indented, path).get("value")
    except LogFormatError as error:
        raise type(error)(f"{path}/{name}", error.reason) from None


def _seconds(value: object) -> float | None:
    return value / _MICROSECONDS if type(value) is int and 0 < value < 10**18 else None
