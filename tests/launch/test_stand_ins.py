"""Which modules stand in for which."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.launch import stand_ins


def test_all_that_there_are_stand_in_by_default() -> None:
    assert "tensorboard" in stand_ins.available()
    table = stand_ins.table_of(None)
    assert table["torch.utils.tensorboard"] == table["tensorboardX"] == "lavdlike.compat.tensorboard"
    assert stand_ins.table_of([]) == {}
    with pytest.raises(UsageError, match="nothing stands in for 'tensorflow': --as takes tensorboard"):
        stand_ins.table_of(["tensorflow"])


def test_pythons_below_find_the_hook_before_what_they_had(tmp_path: Path) -> None:
    added = stand_ins.environment({"a": "b"}, {"PYTHONPATH": str(tmp_path)})
    hook, theirs = added.pop("PYTHONPATH").split(os.pathsep)
    assert (Path(hook) / "sitecustomize.py").is_file()
    assert theirs == str(tmp_path)
    assert json.loads(added.pop("LAVDLIKE_STAND_INS")) == {"a": "b"}
    assert added == {}
    assert stand_ins.environment({}, {}) == {}
