"""Commands: how the script was called and what its parser offers (docs/format.md, "Command")."""

from __future__ import annotations

from typing import Any

import msgspec

from lavdlike.kinds import json_file
from lavdlike.kinds.kind import Kind


class OptionContent(msgspec.Struct):
    """One argument the parser knows. `short`: the name behind a single dash. `count`: argparse's `nargs`."""

    name: str = ""
    type: str = "string"  # "string", "int", "float" or "flag"
    short: str = ""
    description: str = ""
    default: Any = None
    count: int | str | None = None
    choices: list[Any] | None = None


class ParserContent(msgspec.Struct):
    positional: list[OptionContent] = []
    options: dict[str, OptionContent] = {}


class ArgumentsContent(msgspec.Struct):
    """What was given: values of the positionals in order, values of options by name."""

    positional: list[Any] = []
    options: dict[str, Any] = {}


class CommandContent(msgspec.Struct):
    bin: str = ""
    script: str = ""
    parser: ParserContent = msgspec.field(default_factory=ParserContent)
    arguments: ArgumentsContent = msgspec.field(default_factory=ArgumentsContent)


def from_json(value: object, path: str) -> CommandContent:
    """What `command.json` holds at the key `command`."""
    return json_file.convert(value, CommandContent, path, "command")


KIND = Kind("commands", json_key="command", read_json=from_json)
