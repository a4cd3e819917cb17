from __future__ import annotations

import json

import pytest

from lavdlike.errors import LogFormatError
from lavdlike.sources.descriptions.clearml import task
from lavdlike.sources.descriptions.description import Description


def entry(value: str, type_: str = "") -> dict[str, str]:
    return {"value": value, "type": type_}


def test_settings_have_the_types_that_they_had() -> None:
    general = {
        "lr": entry("1e-3", "float"),
        "name": entry("1", "str"),
        "none": entry(""),
        "on": entry("True", "bool"),
    }
    document = {"name": "a run", "tags": ["x"], "hyperparams": {"General": general}, "script": {}}
    config = {"lr": 1e-3, "name": "1", "none": None, "on": True}
    expected = Description("ClearML", config, ("x",), "a run")
    assert task(json.dumps(document).encode(), "task.json") == expected


def test_settings_of_a_section_with_a_name_are_below_it() -> None:
    sections = {"Data": {"lr": entry("2", "int")}, "Args": {"lr": entry("1", "int")}, "bad": 3}
    document = {"offline_folder": "", "hyperparams": sections}
    assert task(json.dumps(document).encode(), "task.json").config == {"Data": {"lr": 2}, "lr": 1}


@pytest.mark.parametrize("content", [b"{}", b'{"name": "x"}', b"[]"])
def test_a_file_of_another_program_says_nothing(content: bytes) -> None:
    assert task(content, "task.json") == Description()


def test_a_file_that_is_cut_is_said_with_its_place() -> None:
    with pytest.raises(LogFormatError) as raised:
        task(b'{"offline_folder": "', "run/task.json")
    assert raised.value.position == "line 1, column 20"
