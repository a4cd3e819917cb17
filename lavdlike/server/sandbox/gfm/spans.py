"""What in a text is no Markdown: code, HTML, addresses in angle brackets, formulas, escaped characters, line breaks.

It is put aside before Python-Markdown looks for links and emphasis; whatever begins first, counts, as in CommonMark.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

from markdown.util import ETX, STX

from lavdlike.server.sandbox.gfm import formulas
from lavdlike.server.sandbox.gfm.html_blocks import CLOSE_TAG, OPEN_TAG

_BEGIN = re.compile(
    r"""
    (?P<code>`+)
    |\\(?P<escaped>[!-/:-@\[-`{-~])
    |(?P<hard>(?:[ ]{2,}|\\)\n[ \t]*)
    |(?P<soft>[ \t]*\n[ \t]*)
    |\]\([ \t\n]*<(?P<destination>(?:[^<>\\\n]|\\.)*)>
    |(?P<angle><)
    |(?P<formula>\$)
    |(?<!\w):(?P<emoji>[a-z0-9_+-]+):(?!\w)
    """,
    re.VERBOSE,
)
_TICKS = re.compile(r"`+")
_HTML = re.compile(
    rf"{OPEN_TAG}|{CLOSE_TAG}|<!-->|<!--->|<!--.*?-->|<\?.*?\?>|<![A-Za-z][^>]*>|<!\[CDATA\[.*?\]\]>",
    re.DOTALL | re.ASCII,
)
_ADDRESS = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
_MAIL = re.compile(
    r"<([\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>",
    re.ASCII,
)
# As on GitHub: nothing that reads on as a word or a number around it, and no white space inside.
_FORMULA = re.compile(
    r"""
    \$`(?P<ticks>[^`]+)`\$
    |\$\$(?P<display>(?:[^$\\]|\\.)+)\$\$
    |(?<![\w$\\])\$(?P<inline>(?![\s$])(?:[^$\\]|\\.)*?(?:[^\s$\\]|\\.))\$(?![\w$])
    """,
    re.VERBOSE | re.DOTALL,
)
_BRACKETS = re.compile(r"\\\((?P<inline>\s*\S(?:[^\\]|\\[^()])*?)\\\)", re.DOTALL)

# Keeps HTML, and what it was made of; gives what stands for it in the text.
Store = Callable[[str, str], str]


def put_aside(text: str, store: Store) -> str:
    """The text for Python-Markdown."""
    text = text.strip(" \t")
    parts: list[str] = []
    ticks: _Ticks | None = None
    end = 0
    while found := _BEGIN.search(text, end):
        start = found.start()
        parts.append(text[end:start])
        end = found.end()
        match found.lastgroup:
            case "code":
                ticks = ticks or _Ticks(text)
                closing = ticks.next(len(found[0]), end)
                if closing is None:
                    parts.append(found[0])
                else:
                    code, end = text[end:closing], closing + len(found[0])
                    parts.append(store(f"<code>{_code(code)}</code>", text[start:end]))
            case "escaped":
                end = _escaped(text, start, parts, store)
            case "hard":
                parts.append(store("<br />", "") + "\n")
            case "soft":
                parts.append("\n")
            case "destination":
                parts.append(found[0])
            case "angle":
                end = _angle(text, start, parts, store)
            case "formula":
                end = _formula(text, start, parts, store)
            case "emoji":
                character = _emoji().get(found["emoji"])
                parts.append(character or found[0][:-1])
                end -= character is None  # the last colon may begin another name
    parts.append(text[end:])
    return "".join(parts)


def _escaped(text: str, start: int, parts: list[str], store: Store) -> int:
    """Where the text goes on behind what a backslash begins."""
    if found := _BRACKETS.match(text, start):
        parts.append(store(formulas.to_html(found["inline"]), found[0]))
        return found.end()
    character = text[start + 1]
    # Python-Markdown would take what follows an ampersand for the name of a character.
    parts.append(store("&amp;", "&") if character == "&" else f"{STX}{ord(character)}{ETX}")
    return start + 2


def _angle(text: str, start: int, parts: list[str], store: Store) -> int:
    if found := _ADDRESS.match(text, start):
        parts.append(store(_link(found[1], found[1]), found[0]))
    elif found := _MAIL.match(text, start):
        parts.append(store(_link(f"mailto:{found[1]}", found[1]), found[0]))
    elif found := _HTML.match(text, start):
        parts.append(store(found[0], found[0]))
    else:
        parts.append("<")
        return start + 1
    return found.end()


def _formula(text: str, start: int, parts: list[str], store: Store) -> int:
    found = _FORMULA.match(text, start)
    if not found:
        parts.append("$")
        return start + 1
    tex = found["ticks"] or found["display"] or found["inline"]
    parts.append(store(formulas.to_html(tex, display=found["display"] is not None), found[0]))
    return found.end()


@lru_cache
def _emoji() -> dict[str, str]:
    """The characters that GitHub has names for."""
    from pymdownx.gemoji_db import aliases, emoji

    names = {name.strip(":"): emoji[name] for name in emoji} | {
        name.strip(":"): emoji[of] for name, of in aliases.items()
    }
    return {
        name: "".join(chr(int(code, 16)) for code in found.get("unicode_alt", found["unicode"]).split("-"))
        for name, found in names.items()
        if "unicode" in found
    }


def _link(address: str, text: str) -> str:
    return f'<a href="{html.escape(address)}">{html.escape(text)}</a>'


def _code(written: str) -> str:
    """A span's content: one space at either side is only there to keep backticks apart."""
    code = written.replace("\n", " ")
    if code.startswith(" ") and code.endswith(" ") and code.strip(" "):
        code = code[1:-1]
    return html.escape(code, quote=False)


class _Ticks:
    """Where so many backticks stand, and no more: asked once for each run, however many there are."""

    def __init__(self, text: str) -> None:
        self._starts: dict[int, list[int]] = defaultdict(list)
        for run in _TICKS.finditer(text):
            self._starts[len(run[0])].append(run.start())

    def next(self, count: int, position: int) -> int | None:
        starts = self._starts.get(count, [])
        index = bisect_left(starts, position)
        return starts[index] if index < len(starts) else None
