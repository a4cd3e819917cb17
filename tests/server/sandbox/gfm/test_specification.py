"""The examples of CommonMark's specification, which GitHub's builds on, as npm's `commonmark-spec` has them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown import inlinepatterns
from toolchain import Frontend

from lavdlike.server.sandbox.markdown_program import render
from lavdlike.server.sandbox.safe_html import safe_html
from tests.server.sandbox.gfm.normal_html import normal

_PARTS = re.compile(r"^#{1,6} ([^\n]*)$|^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)
# Since Python-Markdown 3.11, which needs Python 3.11.
_READS_DELIMITERS = hasattr(inlinepatterns, "DelimiterProcessor")
# Of the sections' examples, as a share of one; the others are links and pictures, which Python-Markdown finds.
_LEAST = {
    "Tabs": 1.0,
    "Backslash escapes": 1.0,
    "Entity and numeric character references": 0.88,
    "Thematic breaks": 1.0,
    "ATX headings": 1.0,
    "Setext headings": 1.0,
    "Indented code blocks": 1.0,
    "Fenced code blocks": 1.0,
    "HTML blocks": 0.97,
    "Link reference definitions": 0.96,
    "Paragraphs": 1.0,
    "Blank lines": 1.0,
    "Block quotes": 1.0,
    "List items": 1.0,
    "Lists": 1.0,
    "Code spans": 1.0,
    "Emphasis and strong emphasis": 0.93 if _READS_DELIMITERS else 0.68,
    "Links": 0.7 if _READS_DELIMITERS else 0.68,
    "Images": 0.65,
    "Autolinks": 0.78,
    "Raw HTML": 1.0,
    "Hard line breaks": 1.0,
    "Soft line breaks": 1.0,
    "Textual content": 1.0,
}


class Example(NamedTuple):
    source: str
    html: str


@pytest.fixture(scope="module")
def examples(frontend: Frontend) -> dict[str, list[Example]]:
    """By section."""
    found: dict[str, list[Example]] = {}
    section = ""
    text = Path(frontend.sources, "node_modules/commonmark-spec/spec.txt").read_text("utf-8")
    for part in _PARTS.finditer(text):
        if part[1] is not None:
            section = part[1]
        else:
            found.setdefault(section, []).append(Example(_with_tabs(part[2]), _with_tabs(part[3])))
    return found


def _with_tabs(text: str) -> str:
    return text.replace("→", "\t")


@pytest.mark.parametrize("section", _LEAST)
def test_examples_are_rendered_as_they_should(examples: dict[str, list[Example]], section: str) -> None:
    wrong = [example for example in examples[section] if not _is_right(example)]
    count = len(examples[section])
    assert (count - len(wrong)) / count >= _LEAST[section], wrong


def _is_right(example: Example) -> bool:
    return normal(_safe(render(example.source))) == normal(_safe(example.html))


def _safe(html: str) -> str:
    return safe_html(html.strip(), "experiment", "")
