"""A disk of 1 MiB that fills up and is freed again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import scripts

FILLED = """
import errno, json, logging, os, resource, signal, sys
from pathlib import Path
import numpy as np
from lavdlike import Logger
from lavdlike.writing import retries
from lavdlike.kinds import scalars

how, disk = sys.argv[1], Path(sys.argv[2])
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

logger = Logger("run", disk / "log")
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

READ_ONLY = """
import os, subprocess, sys
from pathlib import Path
from lavdlike import Logger
from lavdlike.writing import retries

how, disk = sys.argv[1], Path(sys.argv[2])
retries.RETRY_EVERY_S = 0.0

def remount(mode):
    logger.close()  # a file that is open for writing would keep the disk writable
    if how == "tmpfs":
        subprocess.run(["mount", "-o", f"remount,bind,{mode}", str(disk)], check=True)
    else:
        for folder in (disk / "log/run", disk / "log/run/0001"):
            folder.chmod(0o500 if mode == "ro" else 0o700)
        (disk / "log/run/scalars.tsv").chmod(0o400 if mode == "ro" else 0o600)

logger = Logger("run", disk / "log")
logger.log_scalar(1, "x", 1)
logger.log_text("old", "x", step=1)
remount("ro")
logger.log_scalar(2, "x", 2)
logger.log_text("new", "x", step=1)
logger.flush()
assert logger._writer.retries.unwritten == 2
assert (disk / "log/run/0001/x.txt").read_text() == "old\\n"
remount("rw")
logger.log_scalar(3, "x", 3)
logger.close()
assert logger._writer.retries.unwritten == 0
assert (disk / "log/run/0001/x.txt").read_text() == "new\\n"
lines = (disk / "log/run/scalars.tsv").read_text().splitlines()
assert [line.split("\\t")[0] for line in lines] == ["step", "1", "2", "3"]
"""

RAISES = """
import os, resource, signal, sys
from pathlib import Path
from lavdlike import Logger, errors

how, disk = sys.argv[1], Path(sys.argv[2])
if how == "tmpfs":
    (disk / "ballast").write_bytes(bytes(2**19))
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, resource.RLIM_INFINITY))
logger = Logger("run", disk / "log", on_error="raise")
try:
    for step in range(30_000):
        logger.log_scalar(step / 7, "loss", step)
except errors.WriteError as error:
    assert str(error).startswith(f"cannot write {disk}/log/run/scalars.tsv: ")
else:
    raise AssertionError("nothing was raised")
os._exit(0)
"""

EDITED = """
import os, resource, signal, subprocess, sys
from pathlib import Path
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import Target, Undo, WriteNotes
from lavdlike.edits.editor import Editor
from lavdlike.errors import EditError

how, disk = sys.argv[1], Path(sys.argv[2])
run, file = disk / "log/run", disk / "log/run/my-notes.md"
run.mkdir(parents=True)
(run / "experiment.json").write_text("{}")
editor = Editor(LocalEditor(disk / "log"), own_folder=disk / "own")

def write(text):
    try:
        answer = editor.do(WriteNotes(Target("run", editor.notes("run").match), text), by="ada")
    except EditError as error:
        return error.reason
    return answer.refused[0].reason if answer.refused else ""

assert write("first") == ""
if how == "tmpfs":
    (disk / "ballast").write_bytes(bytes(700 * 1024))
    free = (disk / "ballast").unlink
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**18, resource.RLIM_INFINITY))
    free = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
reason = write("x" * 500_000)
assert reason in ("the disk is full", "larger than the system allows"), reason
assert file.read_text() == "first"
assert sorted(path.name for path in run.iterdir()) == ["experiment.json", "my-notes.md"]
free()
assert write("second") == ""
if how == "tmpfs":
    subprocess.run(["mount", "-o", "remount,bind,ro", str(disk)], check=True)
    assert write("third") == "the disk is read-only"
    subprocess.run(["mount", "-o", "remount,bind,rw", str(disk)], check=True)
done = [edit for edit in editor.done() if not edit.undone]
assert file.read_text() == "second" and done[0].what == "wrote notes on run"
editor.do(Undo(done[0].id), by="ada")
assert file.read_text() == "first"
"""

# Commands in front of one that has a mount table of its own and may change it: as root, as anybody.
UNSHARE = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])
MOUNT = ["sh", "-c", 'mount -t tmpfs -o size=1m none "$1" && shift && exec "$@"', "sh"]
# Root without the right to write what is read-only.
WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-all"]


def _run_on_small_disk(code: str, disk: Path, *, otherwise: str) -> None:
    """Run a script with a tmpfs of 1 MiB at `disk`; where that cannot be mounted, `otherwise` without one."""
    disk.mkdir()
    command = [sys.executable, "-c", otherwise, "limit", str(disk)]
    if os.geteuid() == 0:
        command = [*WITHOUT_RIGHTS, *command]
    for unshare in UNSHARE:
        if shutil.which("unshare") and not _fails([*unshare, *MOUNT, str(disk), "true"]):
            command = [*unshare, *MOUNT, str(disk), sys.executable, "-c", code, "tmpfs", str(disk)]
            break
    failed = _fails(command)
    assert not failed, failed


def _fails(command: list[str]) -> str:
    """What a command says if it fails, "" if it does not."""
    environment = {**os.environ, "PYTHONPATH": str(scripts.ROOT)}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=50)
    return "" if done.returncode == 0 else f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"


def test_a_full_disk_loses_nothing_when_it_is_freed(tmp_path: Path) -> None:
    _run_on_small_disk(FILLED, tmp_path / "disk", otherwise=FILLED)


def test_a_full_disk_is_told_under_raise(tmp_path: Path) -> None:
    _run_on_small_disk(RAISES, tmp_path / "disk", otherwise=RAISES)


def test_a_read_only_disk_loses_nothing_when_it_is_writable_again(tmp_path: Path) -> None:
    _run_on_small_disk(READ_ONLY, tmp_path / "disk", otherwise=READ_ONLY)


def test_an_edit_on_a_full_or_read_only_disk_changes_nothing_and_says_why(tmp_path: Path) -> None:
    _run_on_small_disk(EDITED, tmp_path / "disk", otherwise=EDITED)


@pytest.mark.parametrize("code", ["FILLED", "RAISES", "READ_ONLY", "EDITED"])
def test_the_same_without_a_mount(code: str, tmp_path: Path) -> None:
    """How the tests above run where nothing can be mounted."""
    rights = WITHOUT_RIGHTS if os.geteuid() == 0 else []
    failed = _fails([*rights, sys.executable, "-c", globals()[code], "limit", str(tmp_path)])
    assert not failed, failed


def test_a_disk_that_is_full_and_free_again_and_again_loses_nothing_uncounted() -> None:
    """The short version of `python -m tests.soak.full_disk`."""
    failed = _fails([sys.executable, "-m", "tests.soak.full_disk", "--rounds", "40", "--seed", "3"])
    assert not failed, failed


ENDS = """
import json, logging, resource, signal, sys
from pathlib import Path
import numpy as np
from lavdlike import Logger

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
logging.disable()
logger = Logger("run", sys.argv[1])
logger.log_scalar(0.0, "x", 0)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
for step in range(1, 60_000):
    logger.log_scalar(float(step), "x", step)
picture = np.random.default_rng(0).integers(0, 256, (2400, 2400, 3), dtype=np.uint8)  # more than 16 MiB
logger.log_image(picture, "large")
logger.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
logger.log_scalar(-1.0, "after", 1)
logger.log_text("t", "after")
logger.close()
folder = Path(sys.argv[1], "run")
text = (folder / "scalars.tsv").read_text()
assert text.count("\\tx\\t") == 60_000 and text.count("\\tafter\\t") == 1
assert (folder / "after.txt").exists() and (folder / "large.png").stat().st_size > 2**24
assert json.loads((folder / "experiment.json").read_text())["sessions"][0]["outcome"] == "finished"
"""


def test_what_is_logged_just_when_the_disk_is_free_again_and_the_end_are_written(tmp_path: Path) -> None:
    failed = _fails([sys.executable, "-c", ENDS, str(tmp_path)])
    assert not failed, failed
