from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.disk.removal import remove_all
from tests import scripts
from tests.limits import LIMIT_S

REMOVED = """
import os, subprocess, sys
from lavdlike.disk.removal import remove_all
top, *command = sys.argv[1:]
subprocess.run([*command, f"{top}/run/data"], check=True)
open(f"{top}/run/data/kept", "w").close()
try:
    remove_all("run", os.open(top, os.O_RDONLY))
except OSError as error:
    print(error.strerror, os.listdir(f"{top}/run/data"))
"""
# Commands in front of one that may mount: as root, as anybody.
UNSHARE = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])


@pytest.fixture
def top(tmp_path: Path) -> Iterator[int]:
    folder = tmp_path / "top"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_files_folders_and_links_go_and_what_links_lead_to_stays(tmp_path: Path, top: int) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("kept")
    below = tmp_path / "top" / "run" / "0001"
    below.mkdir(parents=True)
    (below / "a.png").write_text("x")
    (below / "link").symlink_to(tmp_path / "outside")
    os.mkfifo(below / "fifo")
    (tmp_path / "top" / "link").symlink_to(tmp_path / "outside")
    remove_all("run", top)
    remove_all("link", top)
    assert os.listdir(top) == []
    assert (tmp_path / "outside" / "kept").read_text() == "kept"


@pytest.mark.slow
def test_no_depth_is_too_deep(tmp_path: Path, top: int) -> None:
    folder = os.open(tmp_path / "top", os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("deep", dir_fd=folder)
        below = os.open("deep", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    remove_all("deep", top)
    assert os.listdir(top) == []


def test_what_is_not_there_is_an_error(top: int) -> None:
    with pytest.raises(FileNotFoundError):
        remove_all("missing", top)


@pytest.mark.parametrize("of_another_disk", [True, False], ids=["another disk", "the same disk"])
def test_what_is_mounted_in_it_stays(tmp_path: Path, *, of_another_disk: bool) -> None:
    (tmp_path / "top" / "run" / "data").mkdir(parents=True)
    (tmp_path / "data").mkdir()
    mount = (
        ["mount", "-t", "tmpfs", "none"] if of_another_disk else ["mount", "--bind", str(tmp_path / "data")]
    )
    for unshare in UNSHARE:
        if (
            shutil.which("unshare")
            and not subprocess.run([*unshare, *mount, tmp_path / "top"], check=False).returncode
        ):
            break
    else:
        pytest.skip("nothing can be mounted here")
    done = subprocess.run(
        [*unshare, sys.executable, "-c", REMOVED, tmp_path / "top", *mount],
        env={**os.environ, "PYTHONPATH": str(scripts.ROOT)},
        check=True,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.stdout == "Invalid cross-device link ['kept']\n"
