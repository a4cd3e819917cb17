"""Boards that the command line names (`--board FILE`): where they are, and which one the page opens with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout
from lavdlike.errors import UsageError
from lavdlike.layout import ExperimentName
from lavdlike.named_roots import NamedRoot


class GivenBoards(NamedTuple):
    """`files`: those that no root holds. `first`: the id of the board that the page opens with; "" without one."""

    files: tuple[Path, ...] = ()
    first: str = ""


def boards_of(paths: Sequence[Path], roots: Sequence[NamedRoot]) -> GivenBoards:
    """What is to be shown of the files that were named.

    Raises:
        UsageError: one of them is no file, or two have the same name.
    """
    from lavdlike.server.live.boards import given_id

    files: dict[str, Path] = {}
    ids: list[str] = []
    for path in paths:
        resolved = path.resolve()
        if not resolved.is_file():
            raise UsageError(f"--board: there is no file {path}")
        root = next((root for root in roots if _holds(root, resolved)), None)
        if root is not None:
            ids.append(layout.file_id(ExperimentName(root.called.home), resolved.name))
            continue
        ids.append(given_id(resolved))
        if files.setdefault(ids[-1], resolved) != resolved:
            raise UsageError(f"--board: two files are called {resolved.name}; give one of them another name")
    return GivenBoards(tuple(files.values()), ids[0] if ids else "")


def _holds(root: NamedRoot, path: Path) -> bool:
    """Whether a file is one of the boards of a root anyway."""
    is_board = layout.board_name(path.name) is not None and bool(root.called.home)
    return is_board and path.parent == root.root.resolve()
