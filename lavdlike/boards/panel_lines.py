"""Which lines of a board's text are which panel, so that one is changed or moved and no other letter of the file."""

from __future__ import annotations

from typing import NamedTuple

from lavdlike.boards.board_yaml import Placed


class PanelLines(NamedTuple):
    """A text in parts, which together are the text.

    `head`: up to the line of the key `panels`, and that. `blocks`: for each panel its lines, with the comments and
    empty lines directly above. `tail`: what is behind. `indent`: the column in which the dashes stand, from 0.
    """

    head: str
    blocks: list[str]
    tail: str
    indent: int

    @property
    def text(self) -> str:
        return "".join((self.head, *self.blocks, self.tail))


def find(text: str, document: Placed) -> PanelLines | None:
    """The lines of a text's panels; None where they are not each below a dash of their own, with a line of its own.

    Args:
        document: what the text says.
    """
    panels = document.value.get("panels") if isinstance(document.value, dict) else None
    if panels is None or not isinstance(panels.value, list) or not panels.value:
        return None
    lines = text.splitlines(keepends=True) if "\r" not in text.replace("\r\n", "") else []
    starts = [item.line - 1 for item in panels.value]
    if any(start >= len(lines) for start in starts) or sorted(set(starts)) != starts:
        return None
    indent = _indent_of(lines[starts[0]])
    if not all(_indent_of(lines[start]) == indent and _has_dash(lines[start]) for start in starts):
        return None
    end = next((i for i in range(starts[-1] + 1, len(lines)) if _ends(lines[i], indent)), len(lines))
    while end > starts[-1] + 1 and _is_above(lines[end - 1], indent):
        end -= 1
    begins = [_first_above(lines, start, indent) for start in starts]
    bounds = zip(begins, [*begins[1:], end], strict=True)
    blocks = ["".join(lines[begin:stop]) for begin, stop in bounds]
    if not blocks[-1].endswith("\n"):
        blocks[-1] += "\n"
    return PanelLines("".join(lines[: begins[0]]), blocks, "".join(lines[end:]), indent)


def split_block(block: str, indent: int) -> tuple[str, str]:
    """What stands above a panel, and the panel's own lines, which begin with its dash in the first column."""
    lines = block.splitlines(keepends=True)
    start = next(index for index, line in enumerate(lines) if not _is_above(line, indent))
    return "".join(lines[:start]), "".join(line[indent:] if line.strip() else line for line in lines[start:])


def indented(text: str, indent: int) -> str:
    """The lines of a text, moved to the right."""
    return "".join(" " * indent + line if line.strip() else line for line in text.splitlines(keepends=True))


def _first_above(lines: list[str], start: int, indent: int) -> int:
    while start > 0 and _is_above(lines[start - 1], indent):
        start -= 1
    return start


def _is_above(line: str, indent: int) -> bool:
    """Whether a line may belong to the panel below it. What stands further right may be part of a longer text."""
    stripped = line.strip()
    return not stripped or (stripped.startswith("#") and _indent_of(line) <= indent)


def _ends(line: str, indent: int) -> bool:
    return _indent_of(line) <= indent and not _is_above(line, indent)


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _has_dash(line: str) -> bool:
    return line.strip().startswith("- ")
