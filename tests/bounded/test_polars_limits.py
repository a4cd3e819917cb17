"""What is read in a process whose threads or memory are limited: everything that can be, and a reason for the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lavdlike.bounded import polars_limits
from lavdlike.kinds.scalars import HEADER
from tests.limits import LIMIT_S
from tests.scripts import ROOT

_VALUES = 120_000  # more than 2 MiB, which is read by polars where that can be
_ROWS = 1000

# Another user than root, whom limits of threads do not hold; it keeps the right to read this environment's files.
_AS_USER = [
    "setpriv",
    "--reuid=65533",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
]
_READER = """
import json, resource, sys
limit, most, root = sys.argv[1], int(sys.argv[2]), sys.argv[3]
import numpy  # starts threads, too
if most:
    resource.setrlimit(getattr(resource, limit), (most, most))
from lavdlike.errors import LavdlikeError
from lavdlike.kinds import tables
from lavdlike.reading import log_pages
from lavdlike.sources.native import ScalarsFile
from lavdlike.sources.tables.step_tables import TableFile

def read(file, path):
    counts = {}
    with open(f"{root}/{path}", "rb") as opened:
        for columns_by_label in file.read_new(opened.fileno()):
            for label, columns in columns_by_label.items():
                counts[label] = counts.get(label, 0) + len(columns.steps)
    return counts, [problem.reason for problem in file.problems()]

def reason(call):
    try:
        call()
    except LavdlikeError as error:
        return str(error)
    return ""

found = {
    "scalars": read(ScalarsFile("scalars.tsv", ""), "scalars.tsv"),
    "table": read(TableFile("table.csv", "table.csv"), "table.csv"),
}
with open(f"{root}/table.csv", "rb") as file:
    found["table page"] = reason(lambda: tables.read_part(file, {}, "table.csv"))
    found["search"] = reason(lambda: log_pages.search(file.fileno(), "a+", is_regex=True))
print(json.dumps(found))
"""


def read_under(limit: str, most: int, root: Path) -> dict[str, Any]:
    as_user = _AS_USER if limit == "RLIMIT_NPROC" and os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_user, sys.executable, "-c", _READER, limit, str(most), str(root)],
        capture_output=True,
        text=True,
        timeout=2 * LIMIT_S,
        check=False,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    lines = [f"{step}\t1763600000.0\tloss\t{step * 0.5}\n" for step in range(_VALUES)]
    (tmp_path / "scalars.tsv").write_text(HEADER + "".join(lines))
    rows = [f"{step},{step * 0.25}\n" for step in range(_ROWS)]
    (tmp_path / "table.csv").write_text("step,loss\n" + "".join(rows))
    return tmp_path


@pytest.mark.parametrize(
    ("limit", "most", "reason"),
    [
        ("RLIMIT_NPROC", 1, "may start no more than 0 threads"),
        ("RLIMIT_AS", 2 * 2**30, "address space of this process is limited to 2,048 MiB"),
        ("RLIMIT_AS", 700 * 2**20, "limited to 700 MiB"),
    ],
)
def test_all_values_are_read_where_polars_cannot_be_used(
    root: Path, limit: str, most: int, reason: str
) -> None:
    found = read_under(limit, most, root)
    assert found["scalars"] == [{"loss": _VALUES}, []]
    assert found["table"] == [{"table/loss": _ROWS}, []]
    assert reason in found["table page"]
    assert reason in found["search"]


def test_without_limits_polars_reads_the_same(root: Path) -> None:
    found = read_under("RLIMIT_AS", 0, root)
    assert found == {
        "scalars": [{"loss": _VALUES}, []],
        "table": [{"table/loss": _ROWS}, []],
        "table page": "",
        "search": "",
    }


def test_polars_is_not_used_again_once_it_has_crashed(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    monkeypatch.setattr(polars_limits._Use, "works", True)
    monkeypatch.setattr(polars_limits._Use, "refusal", "")
    with pytest.raises(polars_limits.NoPolarsError, match="could not start"), polars_limits.using():
        raise PanicException("could not start")
    with pytest.raises(polars_limits.NoPolarsError, match="could not start"), polars_limits.using():
        raise AssertionError("not reached")
