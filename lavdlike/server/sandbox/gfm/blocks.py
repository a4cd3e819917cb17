"""The blocks of a Markdown text as GitHub finds them: CommonMark 0.31, tables, footnotes and formulas. Pure.

As the specification's appendix "A parsing strategy" has it: line by line, with the path of blocks that are still open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from lavdlike.server.sandbox.gfm import pipe_tables
from lavdlike.server.sandbox.gfm.definitions import Definitions, take_definitions
from lavdlike.server.sandbox.gfm.html_blocks import HtmlEnd, html_end
from lavdlike.server.sandbox.gfm.lines import TAB, Line

# fmt: off
Kind = Literal[
    "document", "quote", "list", "item",
    "paragraph", "heading", "break", "code", "fence", "html", "table", "formula", "footnote",
]
# fmt: on
# What stands deeper is text: browsers and what writes the tree have their limits.
MAX_DEPTH = 100
_CONTAINERS = {"document", "quote", "list", "item"}
# A line without a sign of something else goes on with them, wherever it stands.
_LAZY = {"paragraph", "footnote"}

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_HEADING_END = re.compile(r"(?:^|[ \t]+)#+[ \t]*$")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*$")
_BREAK = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_MARKER = re.compile(r"([*+-]|(\d{1,9})([.)]))(?=[ \t]|$)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]:")


@dataclass(slots=True)
class Block:
    """`line` and `end` are the first and the last line that belongs to it. What a field means depends on the kind."""

    kind: Kind
    line: int
    end: int
    children: list[Block] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    # Of a heading; of a fence: the characters that open it.
    level: int = 0
    # What is said behind a fence; the name of a footnote.
    info: str = ""
    # Of a list: what stands in front of its items, without their number. Of a fence and a formula: what ends it.
    marker: str = ""
    # Of a list with numbers.
    start: int | None = None
    # Columns: of an item where its content begins, of a fence where it stands itself.
    indent: int = 0
    # Of a list: without empty lines between its parts.
    is_tight: bool = True
    html_end: HtmlEnd | None = None
    alignments: Sequence[pipe_tables.Alignment] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def parse(lines: Sequence[str], definitions: Definitions) -> Block:
    """The document. Adds what `[name]: address` defines to `definitions`; who comes first has a name."""
    return _Parser(lines, definitions).document


class _Parser:
    def __init__(self, lines: Sequence[str], definitions: Definitions) -> None:
        self.document = Block("document", 0, 0)
        self._definitions = definitions
        # From the document to the block that the next line may go on with.
        self._open = [self.document]
        self._number = 0
        self._formula_ends = _formula_ends(lines)
        for self._number, line in enumerate(lines):
            self._read(Line(line))
        self._close_to(0)

    # --- one line ----------------------------------------------------------------------------------------------------

    def _read(self, line: Line) -> None:
        depth = self._go_on(line)
        if depth == 0:
            return
        last = self._open[depth - 1]
        if depth == len(self._open) and last.kind in ("code", "fence", "html", "formula", "footnote"):
            self._add_text(line.rest)
            return
        started, depth = self._start_blocks(line, depth)
        if line.is_blank:
            if not started:
                self._close_to(depth)
            return
        if not started and self._is_lazy_at(depth):
            self._add_text(line.text)
            return
        self._close_to(depth)
        if self._open[-1].kind == "paragraph" or self._open[-1].kind == "table":
            self._add_text(line.text)
        elif self._open[-1].kind in _CONTAINERS:
            self._open_block("paragraph")
            self._add_text(line.text)

    def _go_on(self, line: Line) -> int:
        """How many of the open blocks this line belongs to; 0: it has been the end of one, and nothing else."""
        depth = 1
        while depth < len(self._open):
            block = self._open[depth]
            if block.kind in ("fence", "formula") and self._is_end(block, line):
                return 0
            if not self._belongs(block, line):
                break
            depth += 1
        return depth

    def _belongs(self, block: Block, line: Line) -> bool:
        """Take what an open block has in front of each of its lines; whether it is there."""
        match block.kind:
            case "quote":
                return self._take_quote(line, block)
            case "item":
                if line.is_blank:
                    line.take_columns(block.indent)
                    return bool(block.children)
                if line.indent < block.indent:
                    return False
                line.take_columns(block.indent)
            case "code":
                if line.indent < TAB and not line.is_blank:
                    return False
                line.take_columns(TAB)
            case "footnote":
                if line.indent < TAB and not line.is_blank:
                    return False
                line.take_columns(TAB)
            case "fence" | "formula":
                line.take_columns(block.indent)
            case "html":
                return not (line.is_blank and block.html_end is None)
            case "paragraph" | "table":
                return not line.is_blank
            case "heading" | "break":
                return False
        return True

    def _is_end(self, block: Block, line: Line) -> bool:
        """Whether a fence or a formula ends with this line, and it is closed then."""
        if block.kind == "formula":
            text = line.text.rstrip()
            if not text.endswith(block.marker):
                return False
            self._add_text(text.removesuffix(block.marker))
        else:
            text = line.text.rstrip(" \t")
            if line.indent >= TAB or len(text) < block.level or text.strip(block.marker):
                return False
        block.end = self._number
        self._close_to(len(self._open) - 1)
        return True

    def _take_quote(self, line: Line, block: Block | None = None) -> bool:
        if line.indent >= TAB or not line.starts_with(">"):
            return False
        line.take(1)
        line.take_columns(1)
        if block:
            block.end = self._number
        return True

    # --- what a line begins ------------------------------------------------------------------------------------------

    def _start_blocks(self, line: Line, depth: int) -> tuple[bool, int]:
        """Open the blocks that begin here, after `depth` that go on. Whether there are any, and the new depth."""
        started = False
        while not line.is_blank and depth <= MAX_DEPTH:
            is_leaf = self._start_block(line, depth)
            if is_leaf is None:
                break
            started, depth = True, len(self._open)
            if is_leaf:
                line.take(len(line.text))
                break
        return started, depth

    def _start_block(self, line: Line, depth: int) -> bool | None:
        """Whether what begins here is a leaf, which has taken the line; None if nothing does."""
        last = self._open[depth - 1]
        if line.indent >= TAB:
            if last.kind in ("paragraph", "table") or self._is_lazy_at(depth):
                return None
            self._close_to_container(depth)
            self._open_block("code")
            line.take_columns(TAB)
            self._add_text(line.rest)
            return True
        if line.starts_with(">"):
            self._close_to_container(depth)
            self._take_quote(line, self._open_block("quote"))
            return False
        if self._start_leaf(line, line.text, depth, last):
            return True
        return self._start_item(line, depth, last)

    def _start_leaf(self, line: Line, text: str, depth: int, last: Block) -> bool:
        match text[0]:
            case "#":
                return self._start_heading(text, depth)
            case "`" | "~":
                return self._start_fence(text, line.indent, depth)
            case "<":
                is_text = last.kind == "paragraph" or self._is_lazy_at(depth)
                return self._start_html(text, line, depth, is_text=is_text)
            case "$" | "\\":
                return self._start_formula(text, line.indent, depth)
            case "[":
                return self._start_footnote(text, line, depth)
        if last.kind == "paragraph" and depth == len(self._open):
            if (underline := _UNDERLINE.match(text)) and self._underline(last, underline[1]):
                return True
            if text[0] in "|:-" and not _MARKER.match(text) and self._start_table(text, last):
                return True
        if text[0] in "*-_" and _BREAK.match(text):
            self._close_to_container(depth)
            self._open_block("break")
            self._close_to(len(self._open) - 1)
            return True
        return False

    def _is_lazy_at(self, depth: int) -> bool:
        """Whether a line of text goes on with the last block, although it belongs only to `depth` of them."""
        last = self._open[-1]
        return depth < len(self._open) and last.kind in _LAZY and bool(last.lines[-1].strip())

    def _start_heading(self, text: str, depth: int) -> bool:
        found = _HEADING.match(text)
        if not found:
            return False
        self._close_to_container(depth)
        heading = self._open_block("heading")
        heading.level = len(found[1])
        self._add_text(_HEADING_END.sub("", text[found.end() :]).strip(" \t"))
        self._close_to(len(self._open) - 1)
        return True

    def _start_fence(self, text: str, indent: int, depth: int) -> bool:
        found = _FENCE.match(text)
        if not found:
            return False
        self._close_to_container(depth)
        fence = self._open_block("fence")
        opening = found[1] or found[2]
        fence.level, fence.marker, fence.indent = len(opening), opening[0], indent
        fence.info = text[len(opening) :].strip(" \t")
        return True

    def _start_html(self, text: str, line: Line, depth: int, *, is_text: bool) -> bool:
        ends = html_end(text, is_text=is_text)
        if ends is False:
            return False
        self._close_to_container(depth)
        self._open_block("html").html_end = ends
        self._add_text(line.rest)
        return True

    def _start_formula(self, text: str, indent: int, depth: int) -> bool:
        """Lines between `$$`, or between brackets with backslashes that stand alone."""
        if text.startswith("$$"):
            content = text[2:].rstrip()
            marker, is_closed = "$$", content.endswith("$$") and content != "$$"
            if not is_closed and "$" in content:
                return False
        elif text.rstrip() == "\\[":
            content, marker, is_closed = "", "\\]", False
        else:
            return False
        if not is_closed and self._formula_ends[marker][self._number] is None:
            return False
        self._close_to_container(depth)
        formula = self._open_block("formula")
        formula.marker, formula.indent = marker, indent
        self._add_text(content.removesuffix("$$"))
        if is_closed:
            self._close_to(len(self._open) - 1)
        return True

    def _start_footnote(self, text: str, line: Line, depth: int) -> bool:
        found = _FOOTNOTE.match(text)
        if not found:
            return False
        self._close_to_container(depth)
        self._open_block("footnote").info = found[1]
        line.take(found.end())
        self._add_text(line.text)
        return True

    def _underline(self, paragraph: Block, underline: str) -> bool:
        """Make a heading of a paragraph, unless it only defines names."""
        self._define(paragraph)
        if not paragraph.lines:
            return False
        paragraph.kind, paragraph.level = "heading", 1 if underline[0] == "=" else 2
        paragraph.end = self._number
        self._close_to(len(self._open) - 1)
        return True

    def _start_table(self, text: str, paragraph: Block) -> bool:
        """A table, whose head is the last line of a paragraph."""
        alignments = pipe_tables.alignments_of(text)
        if alignments is None or len(pipe_tables.cells_of(paragraph.lines[-1])) != len(alignments):
            return False
        head = paragraph.lines.pop()
        depth = len(self._open) - 1
        if not paragraph.lines:
            self._open[-2].children.pop()
        else:
            paragraph.end -= 1
        self._close_to(depth)
        table = self._open_block("table")
        table.line -= 1
        table.alignments = alignments
        self._add_text(head)
        return True

    def _start_item(self, line: Line, depth: int, last: Block) -> bool | None:
        found = _MARKER.match(line.text)
        if not found:
            return None
        number = found[2]
        content = line.text[found.end() :]
        if last.kind == "paragraph" and (not content.strip() or (number and int(number) != 1)):
            return None
        indent = line.indent
        marker = found[3] or found[1]
        self._close_to_container(depth, of_item=True)
        if self._open[-1].kind != "list" or self._open[-1].marker != marker:
            if self._open[-1].kind == "list":
                self._close_to(len(self._open) - 1)
            listed = self._open_block("list")
            listed.marker, listed.start = marker, int(number) if number else None
        item = self._open_block("item")
        line.take(found.end())
        spaces = line.indent if not line.is_blank and line.indent <= TAB else 1
        line.take_columns(spaces)
        item.indent = indent + found.end() + spaces
        return False

    # --- the path of open blocks -------------------------------------------------------------------------------------

    def _close_to_container(self, depth: int, *, of_item: bool = False) -> None:
        """Close what is deeper than `depth`, and what can hold no other block. Only a list can hold an item."""
        while self._open[depth - 1].kind not in _CONTAINERS or (
            self._open[depth - 1].kind == "list" and not of_item
        ):
            depth -= 1
        self._close_to(depth)

    def _open_block(self, kind: Kind) -> Block:
        if self._open[-1].kind == "list" and kind != "item":
            self._close_to(len(self._open) - 1)
        block = Block(kind, self._number, self._number)
        self._open[-1].children.append(block)
        self._open.append(block)
        return block

    def _add_text(self, text: str) -> None:
        block = self._open[-1]
        block.lines.append(text)
        if text.strip() or block.kind in ("fence", "html"):
            block.end = self._number
        if block.html_end is not None and block.html_end.search(text):
            self._close_to(len(self._open) - 1)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            block = self._open.pop()
            if block.children:
                block.end = max(block.end, block.children[-1].end)
            match block.kind:
                case "paragraph":
                    self._define(block)
                case "code" | "footnote":
                    while block.lines and not block.lines[-1].strip():
                        block.lines.pop()
                case "list":
                    block.is_tight = _is_tight(block)

    def _define(self, paragraph: Block) -> None:
        rest = take_definitions(paragraph.text, self._definitions)
        paragraph.lines = rest.split("\n") if rest else []


def _is_tight(block: Block) -> bool:
    """Whether no empty line stands between two items, or between two parts of one."""
    items = block.children
    if any(below.line > above.end + 1 for above, below in pairwise(items)):
        return False
    return not any(below.line > above.end + 1 for item in items for above, below in pairwise(item.children))


def _formula_ends(lines: Sequence[str]) -> dict[str, list[int | None]]:
    """For each line the next one behind it that could end a formula."""
    found: dict[str, list[int | None]] = {}
    for marker in ("$$", "\\]"):
        following: list[int | None] = [None] * len(lines)
        latest: int | None = None
        for number in range(len(lines) - 1, -1, -1):
            following[number] = latest
            if lines[number].rstrip().endswith(marker):
                latest = number
        found[marker] = following
    return found
