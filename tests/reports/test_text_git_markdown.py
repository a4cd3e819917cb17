"""Lines at the terminal, patches of git and pages of Markdown say what was meant."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.server.sandbox.markdown_pages import Markdown

_IDENTITY = {
    f"GIT_{who}_{what}": "a@b.invalid" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


@pytest.fixture(scope="module")
def markdown() -> Iterator[Markdown]:
    markdown = Markdown()
    yield markdown
    markdown.close()


def _html(markdown: Markdown, source: str) -> str:
    return markdown.page(source.encode(), "run", "report.md").html


def test_a_row_of_a_printed_table_has_as_many_cells_as_its_header(
    markdown: Markdown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Logger("run", tmp_path) as logger:
        logger.print_table(["name", "n"], [["a|b", 1], ["c\nd", 2], ["e\r\nf", 3], ["|", 4]])
    printed = capsys.readouterr().out
    rows = printed.splitlines()
    assert [row.replace(r"\|", "").count("|") for row in rows] == [3] * 6
    assert re.findall("<td>(.*?)</td>", _html(markdown, printed)) == [
        "a|b",
        "1",
        "c d",
        "2",
        "e f",
        "3",
        "|",
        "4",
    ]


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **_IDENTITY},
    )
    return done.stdout


def _repository(folder: Path) -> Path:
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "train.py").write_text("".join(f"line {number}\n" for number in range(30)))
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message=first")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own: nobody's settings of git."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return home


@pytest.mark.parametrize("where", ["configuration", "environment"])
def test_a_patch_applies_whatever_context_the_person_likes(
    tmp_path: Path, home: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = _repository(tmp_path / "repository")
    _git(tmp_path, "clone", "--quiet", str(repository), "copy")
    if where == "configuration":
        (home / ".gitconfig").write_text("[diff]\n\tcontext = 0\n")
    else:
        monkeypatch.setenv("GIT_DIFF_OPTS", "-u0")
    changed = (repository / "train.py").read_text().replace("line 15", "line fifteen")
    (repository / "train.py").write_text(changed)
    monkeypatch.chdir(repository)
    with Logger("run", tmp_path / "log") as logger:
        logger.log_summary()
    _git(tmp_path / "copy", "apply", str(tmp_path / "log/run/changes.patch"))
    assert (tmp_path / "copy/train.py").read_text() == changed


@pytest.mark.usefixtures("home")
def test_uncommitted_changes_within_a_submodule_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = _repository(tmp_path / "inner")
    repository = _repository(tmp_path / "repository")
    _git(repository, "submodule", "--quiet", "add", str(inner), "library")
    _git(repository, "commit", "--quiet", "--message=library")
    monkeypatch.chdir(repository)
    folder = tmp_path / "log/run"
    with Logger("run", tmp_path / "log") as logger:
        logger.log_summary()
        before = (folder / "summary.md").read_text()
        (repository / "library/train.py").write_text("changed, not committed\n")
        logger.log_summary()
    assert "library" not in before
    patch = folder / "changes.patch"
    told = (folder / "summary.md").read_text() + (patch.read_text() if patch.exists() else "")
    assert "library" in told


@pytest.mark.parametrize("indent", [2, 4])
@pytest.mark.parametrize("sign", ["-", "*"])
def test_a_list_that_is_indented_is_a_list_within_the_list(
    markdown: Markdown, indent: int, sign: str
) -> None:
    found = _html(markdown, f"{sign} a\n{' ' * indent}{sign} b\n{sign} c\n")
    assert (found.count("<ul>"), found.count("<li>")) == (2, 3)


@pytest.mark.parametrize(("first", "tag"), [("-", "<ul>"), ("*", "<ul>"), ("1.", "<ol>")])
def test_a_list_right_behind_a_line_is_a_list(markdown: Markdown, first: str, tag: str) -> None:
    found = _html(markdown, f"Results:\n{first} a\n{first} b\n")
    assert (found.count(tag), found.count("<li>")) == (1, 2)
    assert "<p>Results:</p>" in found


def test_formulas_are_drawn_with_all_their_lines(markdown: Markdown) -> None:
    found = _html(
        markdown, "$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$\n\nand \\(x_1\\) and $y^2$\n"
    )
    assert found.count("<math") == 3
    assert found.count("<mtr") == 2
    assert "<em>" not in found
    texts = re.sub("<[^>]*>", "", found)
    assert "".join(texts.split()) == "a=bc=dandx1andy2"


def test_a_formula_that_cannot_be_drawn_stands_as_it_was_written(markdown: Markdown) -> None:
    found = _html(markdown, "costs \\(\\frac{1\\) and `\\(x\\)` and $5 or $6\n")
    assert r"\frac{1" in found
    assert r"<code>\(x\)</code>" in found
    assert "$5 or $6" in found
