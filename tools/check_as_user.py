"""Do the tests pass for an ordinary user, whom permissions apply to? For machines where everything runs as root.

    .venv/bin/python -m tools.check_as_user [TEST ...]

Makes a user, gives it a copy of the files that git knows and a home of its own, runs there all tests but those of
the page, with few random examples, by `tools/run_tests.py`, and removes the user again. It reads the packages of this
environment, and cannot write them.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tools.check_install import copy_tracked_files

NAME = "lavdlike-tests"
TESTS = ["-m", "not page"]
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


class User(NamedTuple):
    uid: int
    gid: int

    def run(self, command: list[str], *, cwd: Path, home: Path) -> int:
        """Run a command as the user, with nothing of this process's environment but where programs are."""
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "HYPOTHESIS_PROFILE": "quick"}
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode

    def may(self, command: list[str]) -> bool:
        try:
            return self.run(command, cwd=Path("/"), home=Path("/")) == 0
        except OSError:  # it is not there, or nothing for the user
            return False

    def owns(self, folder: Path) -> None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def main() -> int:
    """Do what the module's docstring says; returns pytest's exit code."""
    if os.geteuid() != 0:
        print("check-as-user: this is an ordinary user; `pytest` is all it takes")
        return 0
    with tempfile.TemporaryDirectory(prefix="lavdlike-user-") as made, ordinary_user() as user:
        folder = Path(made)
        folder.chmod(0o755)
        tree, home = folder / "tree", folder / "home"
        home.mkdir()
        copy_tracked_files(tree)
        user.owns(tree)
        user.owns(home)
        python = _environment(user, folder)
        return user.run([str(python), "-m", "tools.run_tests", *(sys.argv[1:] or TESTS)], cwd=tree, home=home)


@contextmanager
def ordinary_user() -> Iterator[User]:
    """A user who is made for this and removed again; only root can."""
    if all(entry.pw_name != NAME for entry in pwd.getpwall()):
        subprocess.run(["useradd", "--system", "--no-create-home", "--user-group", NAME], check=True)
    entry = pwd.getpwnam(NAME)
    try:
        yield User(entry.pw_uid, entry.pw_gid)
    finally:
        subprocess.run(["userdel", NAME], check=True)
        shutil.rmtree(Path(tempfile.gettempdir(), f"pytest-of-{NAME}"), ignore_errors=True)


def _environment(user: User, folder: Path) -> Path:
    """The interpreter of an environment that takes its packages from this one."""
    packages = Path(sysconfig.get_path("purelib"))
    if not user.may(["test", "-r", str(packages)]):
        packages = Path(shutil.copytree(packages, folder / "packages", symlinks=True))
    environment = folder / "venv"
    subprocess.run([interpreter_for(user), "-m", "venv", "--without-pip", environment], check=True)
    own = environment / "lib" / _VERSION / "site-packages"
    (own / "shared.pth").write_text(f"{packages}\n")
    return environment / "bin" / "python"


def interpreter_for(user: User) -> Path:
    """This Python, or another one of the same version, as root's own is often where nobody else may look."""
    found = [Path(sys.base_prefix, "bin", _VERSION), *(Path(at, _VERSION) for at in os.get_exec_path())]
    for path in found:
        if user.may([str(path), "-c", ""]):
            return path
    sys.exit(
        f"check-as-user: no ordinary user may run any of {', '.join(map(str, found))}; install {_VERSION}"
    )


if __name__ == "__main__":
    sys.exit(main())
