from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from lavdlike import json_file
from lavdlike.kinds import commands


def _logged(parser: argparse.ArgumentParser, arguments: str, script: str = "train.py") -> dict[str, Any]:
    document = commands.to_json(parser, parser.parse_args(arguments.split()), "python", script)
    command: dict[str, Any] = json.loads(json_file.dump(document))["command"]
    commands.from_json(command, "command.json")  # our own reader takes it
    return command


def _parser() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog="train.py", add_help=False)


def test_keys_are_those_of_lavd() -> None:
    parser = argparse.ArgumentParser(prog="train.py")
    parser.add_argument("dataset", help="Training data")
    parser.add_argument("extra", nargs="*")
    parser.add_argument("-e", "--epochs", type=int, default=10, help="Number of epochs")
    parser.add_argument("--optimiser", choices=["sgd", "adam"], default="adam")
    parser.add_argument("--shuffle", action="store_true")
    parser.add_argument("-q", action="count", default=0)
    assert _logged(parser, "data.csv more.csv -e 3 --shuffle -qq") == {
        "bin": "python",
        "script": "train.py",
        "parser": {
            "positional": [
                {"description": "Training data", "type": "string", "name": "dataset"},
                {"count": "*", "type": "string", "name": "extra"},
            ],
            "options": {
                "help": {
                    "description": "show this help message and exit",
                    "count": 0,
                    "type": "flag",
                    "short": "h",
                    "name": "help",
                },
                "epochs": {
                    "default": 10,
                    "description": "Number of epochs",
                    "type": "int",
                    "short": "e",
                    "name": "epochs",
                },
                "optimiser": {
                    "default": "adam",
                    "choices": ["sgd", "adam"],
                    "type": "string",
                    "name": "optimiser",
                },
                "shuffle": {"default": False, "count": 0, "type": "flag", "name": "shuffle"},
                "q": {"default": 0, "count": 0, "type": "flag", "short": "q", "name": "q"},
            },
        },
        "arguments": {
            "positional": ["data.csv", ["more.csv"]],
            "options": {"epochs": 3, "optimiser": "adam", "shuffle": True, "q": 2},
        },
    }


@pytest.mark.parametrize(
    ("nargs", "arguments", "value"),
    [
        ("?", "--x 1", 1),
        ("*", "--x 1 2", [1, 2]),
        ("+", "--x 1", [1]),
        (2, "--x 1 2", [1, 2]),
        (None, "--x 1", 1),
    ],
)
def test_counts_are_kept(nargs: str | int | None, arguments: str, value: object) -> None:
    parser = _parser()
    parser.add_argument("--x", nargs=nargs, type=int)
    command = _logged(parser, arguments)
    assert command["parser"]["options"]["x"].get("count") == nargs
    assert command["arguments"]["options"] == {"x": value}


def test_any_type_default_and_choices_are_written() -> None:
    parser = _parser()
    parser.add_argument("--output", type=Path, default=Path("out"))
    parser.add_argument("--level", type=int, choices=range(3))
    parser.add_argument("--rate", type=float, default=float("nan"))
    parser.add_argument("--hidden", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.add_argument("--mode", type=lambda text: text.upper(), default={1, 2}.__class__)
    options = _logged(parser, "--level 2")["parser"]["options"]
    assert options["output"] == {"default": "out", "type": "string", "name": "output"}
    assert options["level"] == {"choices": [0, 1, 2], "type": "int", "name": "level"}
    assert options["rate"] == {"default": "nan", "type": "float", "name": "rate"}
    assert options["hidden"] == {"type": "string", "name": "hidden"}
    assert options["mode"]["type"] == "string"


def test_a_flag_with_a_negation_has_the_name_of_the_flag() -> None:
    parser = _parser()
    parser.add_argument("--shuffle", action=argparse.BooleanOptionalAction, default=True)
    command = _logged(parser, "--no-shuffle")
    assert command["parser"]["options"]["shuffle"]["type"] == "flag"
    assert command["parser"]["options"]["shuffle"]["negative"] == "no-shuffle"
    assert command["arguments"]["options"] == {"shuffle": False}


@pytest.mark.parametrize("destination", ["action", None])
def test_the_arguments_of_the_sub_command_are_written(destination: str | None) -> None:
    parser = _parser()
    parser.add_argument("--seed", type=int, default=1)
    actions = parser.add_subparsers(dest=destination) if destination else parser.add_subparsers()
    train = actions.add_parser("train")
    train.add_argument("data")
    train.add_argument("--epochs", type=int, default=2)
    actions.add_parser("test").add_argument("model")
    command = _logged(parser, "--seed 3 train x.csv --epochs 4")
    assert [entry["name"] for entry in command["parser"]["positional"]] == [destination or "command", "data"]
    assert command["parser"]["positional"][0]["choices"] == ["train", "test"]
    assert command["arguments"]["positional"] == ["train", "x.csv"]
    assert command["arguments"]["options"] == {"seed": 3, "epochs": 4}
    assert command["parser"]["positional"][1]["subcommand"] == "train"
    options = command["parser"]["options"]
    assert {name: option.get("subcommand") for name, option in options.items() if name != "help"} == {
        "seed": None,
        "epochs": "train",
    }


def test_an_optional_sub_command_may_be_missing() -> None:
    parser = _parser()
    parser.add_subparsers(dest="action").add_parser("train").add_argument("data")
    assert "arguments" not in _logged(parser, "")


def test_nested_destinations_are_found() -> None:
    parser = _parser()
    parser.add_argument("--model.size", type=int)
    nested = argparse.Namespace(model=argparse.Namespace(size=3))
    command = commands.to_json(parser, nested, "python", "")["command"]
    assert command["arguments"] == {"options": {"model.size": 3}}
    assert "script" not in command


def test_help_is_as_the_parser_shows_it() -> None:
    parser = argparse.ArgumentParser(prog="train")
    parser.add_argument(
        "--batch", type=int, default=8, help="size of %(prog)s (default: %(default)s), 100%% of it"
    )
    parser.add_argument("--broken", help="%(nothing)s of %s")
    options = commands.to_json(parser, parser.parse_args([]), "python", "")["command"]["parser"]["options"]
    assert options["batch"]["description"] == "size of train (default: 8), 100% of it"
    assert options["broken"]["description"] == "%(nothing)s of %s"


@pytest.mark.parametrize(
    ("choices", "shown"),
    [
        (range(2**32), [0, 1, 2, "...", 2**32 - 3, 2**32 - 2, 2**32 - 1]),
        (range(1000), list(range(1000))),
        (range(1001), [0, 1, 2, "...", 998, 999, 1000]),
        (dict.fromkeys(range(2000)), [0, 1, 2, "..."]),
        (("a", "b"), ["a", "b"]),
    ],
    ids=["range(2**32)", "range(1000)", "range(1001)", "dict", "tuple"],
)
def test_of_many_choices_the_first_and_last_are_written(choices: Any, shown: list[Any]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", choices=choices, metavar="N")
    document = commands.to_json(parser, argparse.Namespace(seed=None), "python", "")
    assert document["command"]["parser"]["options"]["seed"]["choices"] == shown
