"""What makes a run repeatable: the state of the git repository it was started from, and a summary that says it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike.experiment import Git

# Larger files that git does not track are data rather than code.
MAX_UNTRACKED_BYTES = 2**20
MAX_PATCH_BYTES = 64 * 2**20
_MAX_SHOWN_BYTES = 200_000
_TIMEOUT_S = 60.0
# Whatever the person has configured, `git apply` must take it.
_DIFF = ["diff", "--binary", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative"]
_DIFF += ["--unified=3", "--inter-hunk-context=0", "--ignore-submodules=dirty", "--submodule=short"]
_DIFF += ["--src-prefix=a/", "--dst-prefix=b/", "--output-indicator-new=+", "--output-indicator-old=-"]
_DIFF += ["--output-indicator-context= ", "--ws-error-highlight=none", "--no-color-moved"]
_DUBIOUS = b"dubious ownership"


class Changes(NamedTuple):
    """What the working tree has that its commit has not.

    `patch`: for `git apply`, new files and binary ones included. `left_out`: what is not in it, and why. `refusal`: why
    git says nothing of the repository.
    """

    patch: bytes
    left_out: list[str]
    refusal: str = ""


def start_folder() -> Path:
    """Where the script's repository is: the working directory or, if that is in none, the script's folder."""
    try:
        here = Path.cwd()
    except OSError:  # it was deleted
        here = Path("/")
    if _git(here, "rev-parse", "--git-dir") or not sys.argv[0]:
        return here
    script = here / sys.argv[0]
    return script.parent if script.is_file() else here


def commit_of(folder: Path) -> Git:
    """The branch and commit of the repository a folder lies in; empty without git, repository or commit."""
    answer = _git(folder, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")
    lines = answer.decode(errors="replace").split()
    return Git(branch=lines[1], commit=lines[0]) if len(lines) == 2 else Git()


def changes_of(folder: Path, *, without: Path) -> Changes:
    """The changes of the repository a folder lies in, ignored files and what is in `without` left out."""
    top = _git(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n")
    if not top:
        return Changes(b"", [], _refusal_of(folder))
    root = Path(os.fsdecode(top))
    with tempfile.TemporaryDirectory(prefix="lavdlike-") as scratch:
        # The person's index is not touched: new files are announced to git in a copy of it.
        index = Path(scratch, "index")
        own_index = root / os.fsdecode(_git(root, "rev-parse", "--git-path", "index").removesuffix(b"\n"))
        if own_index.is_file():
            shutil.copyfile(own_index, index)
        new, left_out = _untracked(root, without.absolute())
        if new:
            names = b"\0".join(new)
            _git(root, "add", "-N", "--pathspec-from-file=-", "--pathspec-file-nul", index=index, given=names)
        left_out += [f"{name} (changes in the submodule)" for name in _dirty_submodules(root)]
        patch = _git(root, *_DIFF, "HEAD", index=index)
    if len(patch) > MAX_PATCH_BYTES:
        return Changes(b"", [*left_out, f"all changes: the patch has {len(patch):,} bytes"])
    return Changes(patch, left_out)


def summary(
    title: str,
    start_time: str,
    git: Git,
    changes: Changes,
    *,
    patch_file: Path,
    indent_size: int,
    infos: Mapping[str, Any],
    sections: Mapping[str, str | Sequence[str]],
    options: Mapping[str, Any] | None,
) -> str:
    """The Markdown of `summary.md`, in the order that Lavd's has."""
    indent = " " * indent_size
    head = [f"# {title}", "", f"- **Start**: {start_time}", "- **Git**:"]
    head += [f"{indent}- **Branch**: {git.branch or '-'}", f"{indent}- **Commit**: {git.commit or '-'}"]
    if changes.refusal:
        head.append(f"{indent}- **Refused**: {changes.refusal}")
    head += _list_lines(infos, indent)
    parts = ["\n".join(head), "## Command\n\n" + _fenced("sh", shlex.join(sys.orig_argv))]
    if git.commit:
        parts.append(_restore_section(git, changes, patch_file))
    if options is not None:
        parts.append(
            "## Options\n\n" + _fenced("", "\n".join(f"{key} = {value}" for key, value in options.items()))
        )
    if changes.patch:
        parts.append(_changes_section(changes.patch))
    for section_title, content in sections.items():
        text = content if isinstance(content, str) else "\n".join(content)
        parts.append(f"## {section_title}\n\n{text}")
    return "\n\n".join(parts) + "\n"


def _restore_section(git: Git, changes: Changes, patch_file: Path) -> str:
    commands = ['cd "$(git rev-parse --show-toplevel)"', f"git checkout {git.commit}"]
    if changes.patch:
        commands.append(f"git apply {shlex.quote(str(patch_file))}")
    text = (
        "## Restore Working Tree\n\nThe working tree at the time of the experiment can be restored with:\n\n"
        + _fenced("sh", "\n".join(commands))
    )
    if changes.left_out:
        listed = "\n".join(f"- {name}" for name in changes.left_out)
        text += f"\n\nNot in the patch:\n\n{listed}"
    return text


def _changes_section(patch: bytes) -> str:
    shown = patch[:_MAX_SHOWN_BYTES].decode(errors="replace").removesuffix("\n")
    section = "## Git Changes\n\nThere were uncommitted changes when running the experiment\n\n"
    section += _fenced("diff", shown)
    if len(patch) > _MAX_SHOWN_BYTES:
        section += "\n\nThe rest is in `changes.patch`."
    return section


def _list_lines(infos: Mapping[str, Any], indent: str, level: int = 0) -> list[str]:
    lines = []
    for key, value in infos.items():
        if isinstance(value, Mapping):
            lines.append(f"{indent * level}- **{key}**")
            lines += _list_lines(value, indent, level + 1)
        else:
            lines.append(f"{indent * level}- **{key}**: {' '.join(str(value).splitlines())}")
    return lines


def _fenced(language: str, text: str) -> str:
    """A code block whose fence is longer than any in the text."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _untracked(root: Path, without: Path) -> tuple[list[bytes], list[str]]:
    """Names of new files for the patch, and of those that are too large for it."""
    new: list[bytes] = []
    left_out: list[str] = []
    for name in _git(root, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0"):
        path = root / os.fsdecode(name)
        if (
            not name or name.endswith(b"/") or path.is_relative_to(without)
        ):  # "/": a repository in the repository
            continue
        try:
            size = path.lstat().st_size
        except OSError:
            continue  # gone since
        if size > MAX_UNTRACKED_BYTES:
            left_out.append(f"{os.fsdecode(name)} (a new file of {size:,} bytes)")
        else:
            new.append(name)
    return new, left_out


def _dirty_submodules(root: Path) -> list[str]:
    """Submodules with changes of their own that are not committed there."""
    answer = _git(root, "status", "--porcelain=2", "-z", "--ignore-submodules=none", "--untracked-files=no")
    names = []
    for entry in answer.split(b"\0"):
        fields = entry.split(b" ", 8)
        # `1 XY S<commit><modified><untracked> ... path`
        if len(fields) == 9 and fields[0] == b"1" and fields[2][:1] == b"S" and fields[2][2:] != b"..":
            names.append(os.fsdecode(fields[8]))
    return names


def _refusal_of(folder: Path) -> str:
    """Why git says nothing of a repository that is there; "" if there is none."""
    done = _run(folder, ("rev-parse", "--git-dir"))
    if done is None or _DUBIOUS not in done.stderr:
        return ""
    return "dubious ownership: the repository is another user's; `git config --global --add safe.directory` allows it"


def _git(folder: Path, *arguments: str, index: Path | None = None, given: bytes = b"") -> bytes:
    """What git answers; nothing if it is not installed, fails, or takes too long."""
    done = _run(folder, arguments, index=index, given=given)
    return done.stdout if done is not None and done.returncode == 0 else b""


def _run(
    folder: Path, arguments: Sequence[str], *, index: Path | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[bytes] | None:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    environment.pop("GIT_DIFF_OPTS", None)
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    # A file system monitor would be a program of the repository's.
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *arguments]
    try:
        return subprocess.run(
            command, capture_output=True, timeout=_TIMEOUT_S, check=False, input=given, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return None
