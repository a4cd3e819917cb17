"""A disabled Logger, as those of most ranks are, loads next to nothing; an enabled one is whole from the begin."""

from __future__ import annotations

import json
from pathlib import Path

from tests import scripts

_CODE = """
import json, sys, types
from lavdlike import Logger

def are_late():
    ours = {name: module for name, module in sys.modules.items() if name.startswith("lavdlike.")}
    return sorted(name for name, module in ours.items() if type(module) is not types.ModuleType)

logger = Logger("run", sys.argv[1], disabled=True)
logger.log_scalar(0.5, "loss", 1)
logger.log_text("text", "notes")
late, libraries = are_late(), sorted({"msgspec", "hashlib", "inspect"} & set(sys.modules))
logger.enable()
print(json.dumps([late, libraries, are_late()]))
"""


def test_a_disabled_logger_loads_neither_kinds_nor_what_writes(tmp_path: Path) -> None:
    late, libraries, late_when_enabled = json.loads(scripts.run(_CODE, tmp_path, cwd=tmp_path).stdout)
    assert {"lavdlike.kinds.tables", "lavdlike.messages", "lavdlike.writing.pictures"} <= set(late)
    assert libraries == []
    assert late_when_enabled == []
