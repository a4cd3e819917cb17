"""What Pythons below `lavdlike run` import."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from lavdlike.launch import stand_ins
from tests.scripts import ROOT


def run(
    code: str, folder: Path, *path: Path, options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    table = stand_ins.table_of(["tensorboard"])
    given = {"PYTHONPATH": os.pathsep.join(map(str, path))}
    environment = {**os.environ, **given, **stand_ins.environment(table, given)}
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )


def package(folder: Path, name: str, **modules: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text("raise ImportError('the real one')\n")
    for module, code in modules.items():
        (folder / name / f"{module}.py").write_text(code)


def test_ours_is_imported_and_what_nothing_stands_in_for_is_the_real_one(tmp_path: Path) -> None:
    package(tmp_path, "tensorboardX", utils="NAME = __name__\n")
    done = run(
        """
        import sys
        assert "lavdlike" not in sys.modules and "json" in sys.modules
        from tensorboardX import SummaryWriter, GlobalSummaryWriter
        from tensorboardX.writer import SummaryWriter as same
        import tensorboardX, tensorboardX.utils
        from lavdlike.compat import tensorboard
        assert SummaryWriter is same is tensorboard.SummaryWriter
        assert tensorboardX.utils.NAME == "tensorboardX.utils"
        assert tensorboardX.__spec__.name == "tensorboardX"
        print(tensorboardX.__version__, tensorboardX.__all__)
        """,
        tmp_path,
        ROOT,
        tmp_path,
    )
    assert "SummaryWriter" in done.stdout


def test_a_python_without_lavdlike_has_the_real_one_and_says_so(tmp_path: Path) -> None:
    package(tmp_path, "tensorboardX")
    (tmp_path / "tensorboardX/__init__.py").write_text("import tensorboardX.writer\nNAME = 'real'\n")
    (tmp_path / "tensorboardX/writer.py").touch()
    (tmp_path / "lavdlike").mkdir()
    (tmp_path / "lavdlike/__init__.py").write_text("raise ImportError('not here')\n")
    done = run("import tensorboardX; print(tensorboardX.NAME)", tmp_path, tmp_path)
    assert done.stdout == "real\n"
    assert done.stderr.startswith("lavdlike run: tensorboardX stays the real one, as ")
    assert done.stderr.count("\n") == 1


def test_another_sitecustomize_runs_as_well_and_the_path_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.theirs = True\n")
    done = run(
        "import sys; print(sys.theirs, any('hook' in entry for entry in sys.path))", tmp_path, tmp_path
    )
    assert done.stdout == "True False\n"


def test_a_python_that_is_isolated_is_left_alone(tmp_path: Path) -> None:
    done = run(
        "import sys; print(any('StandIns' in str(each) for each in sys.meta_path))", tmp_path, options=("-I",)
    )
    assert done.stdout == "False\n"
