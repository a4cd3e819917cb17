from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.writing import provenance

IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **IDENTITY},
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit as the working directory; the person's own configuration is awkward."""
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[diff]\n\tnoprefix = true\n\tmnemonicPrefix = true\n\texternal = false\n\tcontext = 0\n"
        "\tinterHunkContext = 9\n\tsubmodule = log\n\tignoreSubmodules = all\n\trenames = copies\n"
        "\trelative = true\n\twsErrorHighlight = all\n\tcolorMoved = zebra\n\tsuppressBlankEmpty = true\n"
        "[color]\n\tui = always\n[init]\n\tdefaultBranch = main\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u0")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    folder = tmp_path / "repository"
    folder.mkdir()
    _git(folder, "init", "--quiet")
    (folder / "train.py").write_text("\n".join(f"print({line})" for line in range(40)) + "\n\n")
    (folder / "old.py").write_text("gone soon\n")
    (folder / ".gitignore").write_text("ignored/\n")
    (folder / "weights.bin").write_bytes(bytes(range(256)))
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "first")
    monkeypatch.chdir(folder)
    return folder


def _change(repository: Path) -> None:
    text = (repository / "train.py").read_text()
    (repository / "train.py").write_text(text.replace("print(20)", "print('two')").replace("print(30)\n", ""))
    (repository / "old.py").unlink()
    (repository / "weights.bin").write_bytes(bytes(reversed(range(256))))
    (repository / "größe").mkdir()
    (repository / "größe" / "new file.py").write_text("```fence```\n")
    (repository / "staged.py").write_text("staged\n")
    _git(repository, "add", "staged.py")
    (repository / "ignored").mkdir()
    (repository / "ignored" / "data").write_text("data\n")


def _files(folder: Path) -> dict[str, bytes]:
    names = _git(folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    return {name: (folder / name).read_bytes() for name in names if name and (folder / name).exists()}


def test_the_patch_restores_the_working_tree(repository: Path, tmp_path: Path) -> None:
    _change(repository)
    status = _git(repository, "status", "--porcelain")
    with Logger("run", tmp_path / "log") as logger:
        logger.log_summary()
        patch = logger.log_dir / "changes.patch"
    _git(tmp_path, "clone", "--quiet", str(repository), "clone")
    _git(tmp_path / "clone", "apply", str(patch))
    assert _files(tmp_path / "clone") == _files(repository)
    assert _git(repository, "status", "--porcelain") == status  # the person's index is as it was


def test_the_summary_says_how_to_restore(repository: Path, tmp_path: Path) -> None:
    _change(repository)
    with Logger("run", tmp_path / "log") as logger:
        logger.log_summary()
        text = (logger.log_dir / "summary.md").read_text()
    commit = _git(repository, "rev-parse", "HEAD").strip()
    assert "    - **Branch**: main\n" in text
    assert f"    - **Commit**: {commit}\n" in text
    assert f"git checkout {commit}\ngit apply {tmp_path}/log/run/changes.patch\n" in text
    assert "````diff\n" in text  # longer than the fence within


def test_logs_inside_the_repository_and_large_new_files_are_left_out(repository: Path) -> None:
    (repository / "data.bin").write_bytes(bytes(provenance.MAX_UNTRACKED_BYTES + 1))
    with Logger("run", repository / "log") as logger:
        logger.log_summary()
        assert not (logger.log_dir / "changes.patch").exists()
        assert "- data.bin (a new file of 1,048,577 bytes)" in (logger.log_dir / "summary.md").read_text()


def test_an_earlier_patch_does_not_outlive_its_summary(repository: Path, tmp_path: Path) -> None:
    with Logger("run", tmp_path / "log") as logger:
        _change(repository)
        logger.log_summary()
        assert (logger.log_dir / "changes.patch").exists()
        _git(repository, "stash", "--quiet", "--include-untracked")
        logger.log_summary()
        assert not (logger.log_dir / "changes.patch").exists()


def test_the_experiment_file_has_the_commit(repository: Path, tmp_path: Path) -> None:
    with Logger("run", tmp_path / "log") as logger:
        text = (logger.log_dir / "experiment.json").read_text()
    assert _git(repository, "rev-parse", "HEAD").strip() in text


@pytest.mark.parametrize("missing", ["git", "repository", "commit"])
def test_without_git_repository_or_commit_the_rest_is_written(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [""])
    if missing == "commit":
        _git(work, "init", "--quiet")
    if missing == "git":
        monkeypatch.setenv("PATH", str(work))
    with Logger("run", tmp_path / "log") as logger:
        logger.log_summary(
            {"size": {"train": 1000, "all": {"x": 1}}, "seed": 7}, {"A": "text", "B": ["one", "two"]}
        )
        text = (logger.log_dir / "summary.md").read_text()
    assert text.startswith(
        f"# run\n\n- **Start**: {logger.get_start_time()}\n- **Git**:\n    - **Branch**: -\n"
    )
    assert (
        "    - **Commit**: -\n- **size**\n    - **train**: 1000\n    - **all**\n        - **x**: 1\n" in text
    )
    assert "- **seed**: 7\n\n## Command\n\n```sh\n" in text
    assert "Restore" not in text
    assert text.endswith("\n\n## A\n\ntext\n\n## B\n\none\ntwo\n")
    assert capfd.readouterr() == ("", "")


def test_options_are_listed(tmp_path: Path) -> None:
    from argparse import Namespace

    with Logger("run", tmp_path) as logger:
        logger.log_summary(options=Namespace(epochs=3, lr=0.1))
        assert "## Options\n\n```\nepochs = 3\nlr = 0.1\n```\n" in (logger.log_dir / "summary.md").read_text()


def test_changes_inside_a_submodule_are_named(repository: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    _git(inner, "init", "--quiet")
    (inner / "lib.py").write_text("one\n")
    _git(inner, "add", ".")
    _git(inner, "commit", "--quiet", "--message", "first")
    for name in ("clean", "changed lib"):
        _git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), name)
    _git(repository, "commit", "--quiet", "--message", "libraries")
    (repository / "changed lib" / "lib.py").write_text("two\n")
    with Logger("run", tmp_path / "log") as logger:
        logger.log_summary()
    summary = (tmp_path / "log/run/summary.md").read_text()
    assert "Not in the patch:\n\n- changed lib (changes in the submodule)\n" in summary
    assert "clean" not in summary


def test_a_repository_that_git_refuses_is_said(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert provenance.changes_of(repository, without=tmp_path).refusal == ""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # as if it were another user's
    with Logger("run", tmp_path / "log") as logger:
        logger.log_summary()
    assert "- **Refused**: dubious ownership: the repo" in (tmp_path / "log/run/summary.md").read_text()
    assert "git says dubious ownership" in caplog.text
    assert provenance.changes_of(tmp_path, without=tmp_path).refusal == ""
