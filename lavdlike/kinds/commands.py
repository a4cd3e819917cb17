"""Commands: how the script was called and what its parser offers (docs/format.md, "Command")."""

from __future__ import annotations

import itertools
from argparse import SUPPRESS, Action, ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lavdlike import json_file, layout
from lavdlike.kinds import plain
from lavdlike.kinds.kind import Kind

_MAX_CHOICES = 1000
_SHOWN_OF_MANY = 3


class OptionContent(msgspec.Struct):
    """One argument the parser knows. `short`: the name behind a single dash. `count`: argparse's `nargs`.

    `negative`: the name that switches a flag off. `subcommand`: the one it belongs to; nested ones with spaces between.
    """

    name: str = ""
    type: str = "string"  # "string", "int", "float" or "flag"
    short: str = ""
    negative: str = ""
    subcommand: str = ""
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


KIND = Kind(
    "commands",
    json_key="command",
    json_file=layout.COMMAND_FILE,
    other_json_files=("commands.json",),  # so Lavd's README calls it, too
    content=CommandContent,
    read_json=from_json,
)


def to_json(parser: ArgumentParser, args: Namespace, binary: str, script: str) -> dict[str, Any]:
    """What stands in `command.json`: keys as Lavd's, the arguments of the chosen sub-command included.

    Beyond Lavd's keys, `negative` and `subcommand` say what is needed to write the same command down again.
    """
    command: dict[str, Any] = {"bin": binary}
    if script:
        command["script"] = script
    known, given = _Known(), _Given()
    _collect(parser, args, known, given)
    for key, content in (("parser", known), ("arguments", given)):
        entries = {"positional": content.positional, "options": content.options}
        entries = {name: entry for name, entry in entries.items() if entry}
        if entries:
            command[key] = entries
    return {"command": command}


@dataclass
class _Known:
    positional: list[dict[str, Any]] = field(default_factory=list)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class _Given:
    positional: list[Any] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


def _collect(
    parser: ArgumentParser, args: Namespace, known: _Known, given: _Given, subcommand: str = ""
) -> None:
    # argparse has no public way to ask a parser for its arguments.
    for action in parser._actions:
        value = _value_at(args, action.dest)
        subparsers = _subparsers_of(action)
        if subparsers:
            value = value if value in subparsers else _likeliest(subparsers, args)
        description = _described(action, parser)
        if subcommand:
            description["subcommand"] = subcommand
        name = description["name"]
        if action.option_strings:
            known.options[name] = description
        else:
            known.positional.append(description)
        if value is None:
            continue
        if action.option_strings:
            given.options[name] = plain.ready(value)
        else:
            given.positional.append(plain.ready(value))
        if subparsers:
            _collect(subparsers[value], args, known, given, f"{subcommand} {value}".lstrip())


def _described(action: Action, parser: ArgumentParser) -> dict[str, Any]:
    described: dict[str, Any] = {}
    if action.default is not None and action.default != SUPPRESS:
        described["default"] = plain.ready(action.default)
    if action.help and action.help != SUPPRESS:
        described["description"] = _help_of(action, parser)
    if action.nargs is not None:
        described["count"] = action.nargs
    choices = _choices_of(action.choices)
    if choices is not None:
        described["choices"] = choices
    described["type"] = _type_of(action)
    long = [text for text in action.option_strings if text.startswith("--")]
    short = [text for text in action.option_strings if not text.startswith("--")]
    if short:
        described["short"] = short[-1].lstrip("-")
    if long:
        # The last one, as Lavd; but of --shuffle and --no-shuffle the first.
        described["name"] = (long[0] if isinstance(action, BooleanOptionalAction) else long[-1]).lstrip("-")
        if isinstance(action, BooleanOptionalAction):
            described["negative"] = next(text for text in long if text.startswith("--no-")).lstrip("-")
    elif short:
        described["name"] = described["short"]
    else:
        described["name"] = (
            action.dest if action.dest != SUPPRESS else "command"
        )  # a sub-command without a name
    return described


def _help_of(action: Action, parser: ArgumentParser) -> str:
    """The help as `--help` shows it: with values in place of `%(default)s` and `%` in place of `%%`."""
    try:
        return parser._get_formatter()._expand_help(action)
    except Exception:  # noqa: BLE001 - a place in it that argparse cannot fill either
        return str(action.help)


def _choices_of(choices: Any) -> list[Any] | None:
    """The choices; of more than a page holds (`range(2**32)`) the first and the last ones."""
    if not isinstance(choices, Iterable):
        return None
    listed = list(itertools.islice(choices, _MAX_CHOICES + 1))
    if len(listed) > _MAX_CHOICES:
        last = choices[-_SHOWN_OF_MANY:] if isinstance(choices, Sequence) else ()
        listed = [*listed[:_SHOWN_OF_MANY], "...", *last]
    return plain.ready(listed)  # type: ignore[no-any-return] # a list


def _type_of(action: Action) -> str:
    if action.nargs == 0:
        return "flag"
    if action.type in (int, float):
        return "int" if action.type is int else "float"
    if action.type is None and type(action.default) in (int, float):
        return "int" if type(action.default) is int else "float"
    return "string"


def _value_at(args: Namespace, destination: str) -> Any:
    """The value of an argument; a destination with dots may be nested. None if there is none."""
    values: Any = vars(args)
    if destination in values:
        return values[destination]
    for name in destination.split("."):
        values = values if isinstance(values, Mapping) else getattr(values, "__dict__", {})
        values = values.get(name)
    return values


def _subparsers_of(action: Action) -> dict[str, ArgumentParser]:
    choices = action.choices
    if isinstance(choices, dict) and all(isinstance(choice, ArgumentParser) for choice in choices.values()):
        return choices
    return {}


def _likeliest(subparsers: Mapping[str, ArgumentParser], args: Namespace) -> str | None:
    """The sub-command that was given, where the parser does not store it: the one of which most arguments are there."""

    def present(name: str) -> int:
        actions = subparsers[name]._actions
        wanted = [action.dest for action in actions if SUPPRESS not in (action.dest, action.default)]
        return len(wanted) if all(hasattr(args, destination) for destination in wanted) else -1

    best = max(subparsers, key=present)
    return best if present(best) >= 0 else None
