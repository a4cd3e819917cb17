"""A disk of 1 MiB that fills up and is freed again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import scripts

SCRIPT = """
import errno, json, logging, os, resource, signal, sys
from pathlib import Path
import numpy as np
from lavdlike import Logger, retries
from lavdlike.kinds import scalars

how, disk, on_error = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
warnings = []
handler = logging.Handler()
handler.emit = lambda record: warnings.append(record.getMessage())
logging.getLogger("lavdlike").addHandler(handler)
retries.RETRY_EVERY_S = 0.001

if how == "tmpfs":
    assert os.statvfs(disk).f_blocks * os.statvfs(disk).f_frsize == 2**20
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(700 * 1024))
    free = ballast.unlink
else:  # the same for one file at a time: no file grows beyond 256 KiB
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, resource.RLIM_INFINITY))
    free = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

logger = Logger("run", disk / "log", on_error=on_error)
steps = 12_000  # about 400 KiB
for step in range(steps):
    logger.log_scalar(step / 7, "loss", step)
waiting = logger._writer.retries.unwritten
assert waiting > 0, "the disk was not full"
logger.log_image(np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8), "noise")
logger.log_text("x" * 100_000, "long")
logger.println("line")
logger.flush()
assert len(warnings) == 1, warnings
assert any(f"cannot write {disk}/log/run/scalars.tsv: {os.strerror(code)}" in warnings[0]
           for code in (errno.ENOSPC, errno.EFBIG)), warnings
free()
logger.close()
assert len(warnings) == 1, warnings

folder = disk / "log/run"
parsed = [scalars.parse_line(line) for line in (folder / "scalars.tsv").read_bytes().splitlines()[1:]]
points = [point for point in parsed if isinstance(point, scalars.ScalarPoint)]
bad = [line for line in parsed if isinstance(line, scalars.BadLine)]
assert [(point.step, point.value) for point in points] == [(step, step / 7) for step in range(steps)]
assert all("cut short" in line.reason for line in bad), bad
assert json.loads((folder / "experiment.json").read_text())["sessions"][0]["outcome"] == "finished"
assert (folder / "stdout.log").read_text() == "line\\n"
names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
assert names == ["events.log", "experiment.json", "long.txt", "noise.png", "scalars.tsv", "stdout.log"], names
assert not list(folder.rglob(".lavdlike-*"))
"""

RAISES = """
import os, sys
from pathlib import Path
from lavdlike import Logger, errors

disk = Path(sys.argv[2])
(disk / "ballast").write_bytes(bytes(2**19))
logger = Logger("run", disk / "log", on_error="raise")
try:
    for step in range(30_000):
        logger.log_scalar(step / 7, "loss", step)
except errors.WriteError as error:
    assert "No space left on device" in str(error)
else:
    raise AssertionError("nothing was raised")
os._exit(0)
"""


def _mounts() -> list[str] | None:
    """The command in front of one that has a mount table of its own and may change it; None if there is none."""
    for command in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        try_out = [*command, "sh", "-c", 'mount -t tmpfs -o size=1m none "$1"', "sh", "/mnt"]
        if (
            shutil.which("unshare")
            and subprocess.run(try_out, check=False, capture_output=True).returncode == 0
        ):
            return command
    return None


@pytest.mark.parametrize("code", [SCRIPT, RAISES], ids=["warn", "raise"])
def test_a_disk_of_one_mebibyte(code: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounts = _mounts()
    if (
        mounts is None
    ):  # neither root nor user namespaces: the limit of a file's size cuts writes in the same way
        scripts.run(SCRIPT, "limit", disk, "warn", cwd=tmp_path)
        return
    python = [sys.executable, "-c", code, "tmpfs", str(disk), "warn"]
    done = subprocess.run(
        [
            *mounts,
            "sh",
            "-c",
            'mount -t tmpfs -o size=1m none "$1" && shift && exec "$@"',
            "sh",
            str(disk),
            *python,
        ],
        env={**os.environ, "PYTHONPATH": str(scripts.ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    scripts.run(SCRIPT, "limit", tmp_path, "warn", cwd=tmp_path)
