"""Brings blocks and spans as GitHub reads them into Python-Markdown, in the place of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import util
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from lavdlike.server.sandbox.gfm import blocks, code, formulas, pipe_tables, spans
from lavdlike.server.sandbox.gfm.blocks import Block

if TYPE_CHECKING:
    from markdown import Markdown

_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*$", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
# `spans` has what these stand for.
_REPLACED_PATTERNS = ("backtick", "escape", "autolink", "automail", "linebreak", "html")
_STRUCK = r"(?<![\w~\\])(~)(?![\s~])([^~]*[^\s~])~(?![\w~])"


class GitHubExtension(Extension):
    """Register it before the others: they keep the parser that they find."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - its name
        md.parser = _Parser(md)
        # A formula stands in a paragraph, also one that is displayed.
        md.block_level_elements.remove("math")
        md.preprocessors.deregister("html_block")
        md.preprocessors.register(_LineEnds(md), "normalize_whitespace", 30)
        for name in _REPLACED_PATTERNS:
            md.inlinePatterns.deregister(name)
        md.inlinePatterns.register(SimpleTagInlineProcessor(_STRUCK, "del"), "struck", 50)
        md.treeprocessors.register(_Attributes(md), "attributes", 5)


class _LineEnds(Preprocessor):
    """No tab is replaced: code keeps its own."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines).replace(util.STX, "").replace(util.ETX, "").replace("\0", "\ufffd")
        return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


class _Aside(str):
    """HTML that was put aside, and what it was made of."""

    __slots__ = ("source",)
    source: str


class _Attributes(Treeprocessor):
    """In addresses, titles and what stands for a picture there is no HTML."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            for name, value in element.items():
                if util.STX in value:
                    text = self._code if name == "alt" else self._source
                    element.set(name, util.HTML_PLACEHOLDER_RE.sub(text, value))

    def _source(self, found: re.Match[str]) -> str:
        stored = self.md.htmlStash.rawHtmlBlocks[int(found[1])]
        return stored.source if isinstance(stored, _Aside) else ""

    def _code(self, found: re.Match[str]) -> str:
        return self._source(found).strip("`")


class _Parser(BlockParser):
    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802 - its name
        self.root = Element(self.md.doc_tag)
        self._build(self.root, list(lines))
        return ElementTree(self.root)

    def parseChunk(self, parent: Element, text: str) -> None:  # noqa: N802 - its name
        self._build(parent, text.split("\n"))

    def _build(self, parent: Element, lines: list[str]) -> None:
        document = blocks.parse(lines, self.md.references)
        for block in document.children:
            self._add(parent, block, is_tight=False)

    def _add(self, parent: Element, block: Block, *, is_tight: bool) -> None:
        match block.kind:
            case "paragraph":
                self._add_paragraph(parent, block, is_tight=is_tight)
            case "heading":
                SubElement(parent, f"h{block.level}").text = self._spans(block.text)
            case "break":
                SubElement(parent, "hr")
            case "quote":
                self._add_quote(parent, block)
            case "list":
                self._add_list(parent, block)
            case "table":
                self._add_table(parent, block)
            case "footnote":
                self._add_footnote(block)
            case "html":
                self._add_html(parent, block.text.rstrip("\n"))
            case "code":
                self._add_html(parent, code.to_html(block.text + "\n"))
            case "fence":
                text = block.text + "\n" if block.lines else ""
                made = code.to_html(text, block.info)
                if made.startswith("<math"):
                    SubElement(parent, "p").text = self._put_aside(made)
                else:
                    self._add_html(parent, made)
            case "formula":
                SubElement(parent, "p").text = self._put_aside(formulas.to_html(block.text, display=True))

    def _add_paragraph(self, parent: Element, block: Block, *, is_tight: bool) -> None:
        if not block.lines:
            return  # it only defined names
        text = self._spans(block.text)
        if is_tight:
            _add_text(parent, text)
        else:
            SubElement(parent, "p").text = text

    def _add_quote(self, parent: Element, block: Block) -> None:
        first = block.children[0] if block.children else None
        alert = _ALERT.match(first.lines[0]) if first and first.kind == "paragraph" and first.lines else None
        if alert and first:
            kind = alert[1].lower()
            quote = SubElement(parent, "div", {"class": f"markdown-alert markdown-alert-{kind}"})
            SubElement(quote, "p", {"class": "markdown-alert-title"}).text = kind.capitalize()
            first.lines.pop(0)
        else:
            quote = SubElement(parent, "blockquote")
        for child in block.children:
            self._add(quote, child, is_tight=False)

    def _add_list(self, parent: Element, block: Block) -> None:
        added = SubElement(parent, "ul" if block.start is None else "ol")
        if block.start not in (None, 1):
            added.set("start", str(block.start))
        for item in block.children:
            element = SubElement(added, "li")
            if self._take_task(item):
                element.set("class", "task-list-item")
                added.set("class", "task-list")
            for child in item.children:
                self._add(element, child, is_tight=block.is_tight)

    def _take_task(self, item: Block) -> bool:
        """Put the box of a task in front of its text, which must be there."""
        first = item.children[0] if item.children else None
        found = _TASK.match(first.lines[0]) if first and first.kind == "paragraph" and first.lines else None
        if not found or not first:
            return False
        checked = "" if found[1] == " " else ' checked=""'
        box = self._put_aside(f'<input type="checkbox" disabled=""{checked} /> ')
        first.lines[0] = box + first.lines[0][found.end() :]
        return True

    def _add_table(self, parent: Element, block: Block) -> None:
        table = SubElement(parent, "table")
        head = SubElement(SubElement(table, "thead"), "tr")
        body = SubElement(table, "tbody") if len(block.lines) > 1 else None
        for number, line in enumerate(block.lines):
            row = head if body is None or number == 0 else SubElement(body, "tr")
            cells = pipe_tables.cells_of(line)[: len(block.alignments)]
            cells += [""] * (len(block.alignments) - len(cells))
            for cell, alignment in zip(cells, block.alignments, strict=True):
                element = SubElement(row, "td" if number else "th")
                element.text = self._spans(cell)
                if alignment:
                    element.set("align", alignment)

    def _add_footnote(self, block: Block) -> None:
        for extension in self.md.registeredExtensions:
            if isinstance(extension, FootnoteExtension):
                extension.setFootnote(block.info, block.text)

    def _add_html(self, parent: Element, text: str) -> None:
        _add_text(parent, self._put_aside(text))

    def _spans(self, text: str) -> str:
        return spans.put_aside(text, self._put_aside)

    def _put_aside(self, text: str, source: str = "") -> str:
        aside = _Aside(text)
        aside.source = source
        return self.md.htmlStash.store(aside)


def _add_text(parent: Element, text: str) -> None:
    """Behind all that `parent` holds."""
    last = parent[-1] if len(parent) else None
    if last is None:
        parent.text = f"{parent.text or ''}\n{text}\n" if parent.text else text
    else:
        last.tail = f"{last.tail or ''}\n{text}\n"
