from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import forms
from lavdlike.kinds.forms import FormContent, FormField

FIELDS: list[dict[str, Any]] = [
    {"type": "text", "name": "note", "value": "warm up"},
    {"type": "number", "name": "rate", "value": 0.1, "minimum": 0},
    {"type": "button", "name": "stop"},
    {"type": "checkbox", "name": "mixed", "value": True},
    {"type": "select", "name": "optimizer", "value": "adam", "choices": ["adam", "sgd"]},
    {"type": "slider", "name": "dropout", "value": 0, "minimum": 0, "maximum": 1, "increment": 0.1},
]


def test_a_logged_form_reads_back(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_form(FIELDS, "control/settings")
    data = (tmp_path / "run/control/settings.form.json").read_bytes()
    assert json.loads(data) == {"fields": FIELDS}
    assert forms.from_file(data, "a") == FormContent([FormField(**field) for field in FIELDS])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"type": "knob"}, "Invalid enum value 'knob'"),
        ({"name": " "}, "it needs a name"),
        ({"colour": "red"}, "has a key 'colour'"),
        ({"type": "number", "value": "a"}, "value must be a number"),
        ({"type": "number", "value": math.inf}, "numbers must be finite"),
        ({"type": "number", "value": 1, "minimum": 2, "maximum": 1}, "minimum must not be above maximum"),
        ({"type": "number", "value": 1, "increment": 0}, "increment must be above 0"),
        ({"type": "slider", "value": 1}, "a slider needs minimum, maximum"),
        ({"type": "checkbox", "value": "yes"}, "value must be true or false"),
        ({"type": "select", "value": "c", "choices": ["a", "b"]}, "value must be one of choices"),
        ({"type": "text", "value": 3}, "value must be a text"),
    ],
)
def test_a_wrong_field_is_named(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        forms.to_file([{"type": "text", "name": "a", "value": "b", **changed}])


def test_what_is_no_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no two fields may have the same name"):
        forms.to_file([FIELDS[0], FIELDS[0]])
    with pytest.raises(ValueError, match="must be a dict, not str"):
        forms.to_file(["rate"])
    with pytest.raises(LogFormatError, match="the field 'a': value must be true or false") as raised:
        forms.from_file(b'{"fields": [{"type": "checkbox", "name": "a"}]}', "a.form.json")
    assert raised.value.position == "fields[0]"
    with pytest.raises(LogFormatError):
        forms.from_file(b"[]", "a.form.json")
    many = {"fields": [{"type": "text", "name": str(each)} for each in range(201)]}
    with pytest.raises(LimitError, match="more than 200 fields"):
        forms.from_file(json.dumps(many).encode(), "a.form.json")
