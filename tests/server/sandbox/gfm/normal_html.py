"""HTML in a form that can be compared: what a browser shows alike is alike."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from urllib.parse import unquote

# Around these white space is nothing.
_BLOCKS = {
    *(
        "blockquote",
        "br",
        "details",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "input",
        "li",
        "ol",
        "p",
        "pre",
    ),
    *("summary", "table", "tbody", "td", "th", "thead", "tr", "ul", "div"),
}
# For the look of the page.
_IGNORED = {"aria-label", "class", "id", "rel"}


def normal(text: str) -> str:
    parser = _Parser()
    parser.feed(text.strip())
    parser.close()
    parser.end_text()
    return "".join(parser.parts)


class _Parser(HTMLParser):
    """Without the box and the colours of code, which a specification has not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._boxes: list[bool] = []
        self._in_pre = 0
        self._behind_block = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "div":
            self._boxes.append(("class", "highlight") in attrs)
        if (tag == "div" and self._boxes[-1]) or (tag == "span" and self._in_pre):
            return
        self._end_tag(tag)
        self._in_pre += tag == "pre"
        kept = sorted((name, _value(name, value)) for name, value in attrs if name not in _IGNORED)
        self.parts.append(f"<{tag}{''.join(f' {name}={value!r}' for name, value in kept)}>")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if (tag == "div" and self._boxes and self._boxes.pop()) or (tag == "span" and self._in_pre):
            return
        self._end_tag(tag)
        self._in_pre -= tag == "pre"
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._in_pre:
            data = re.sub(r"\s+", " ", data)
            if self._behind_block and self._is_tag():
                data = data.lstrip()
        if not data:
            return
        data = html.escape(data, quote=False)
        if self._is_tag():
            self.parts.append(data)
        else:
            self.parts[-1] += data

    def end_text(self) -> None:
        if not self._is_tag() and not self._in_pre:
            self.parts[-1] = self.parts[-1].rstrip()
            if not self.parts[-1]:
                self.parts.pop()

    def _end_tag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_text()
        self._behind_block = tag in _BLOCKS

    def _is_tag(self) -> bool:
        return not self.parts or self.parts[-1].startswith("<")


def _value(name: str, value: str | None) -> str:
    return unquote(value or "") if name in ("href", "src") else value or ""
