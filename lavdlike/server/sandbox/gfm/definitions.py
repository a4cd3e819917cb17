"""Where links lead that are written with a name: `[name]: address "title"` at the beginning of a paragraph. Pure."""

from __future__ import annotations

import html
import re

# Address and title ("": none) by the name of a link, as `name_of` writes it: what Python-Markdown has as references.
Definitions = dict[str, tuple[str, str]]

_NAME = re.compile(r"\[((?:[^\\\[\]]|\\.){1,999})\]:[ \t]*\n?[ \t]*", re.DOTALL)
_ADDRESS = re.compile(r"<((?:[^<>\\\n]|\\.)*)>|([^\s<]\S*)")
_TITLE = re.compile(
    r"""(?:[ \t]*\n[ \t]*|[ \t]+)(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\(((?:[^()\\]|\\.)*)\))[ \t]*(?:\n|$)""",
    re.DOTALL,
)
_LINE_END = re.compile(r"[ \t]*(?:\n|$)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def take_definitions(text: str, definitions: Definitions) -> str:
    """The rest of a paragraph behind all that it defines. A name that is defined already keeps its meaning."""
    start = 0
    while text.startswith("[", start) and (found := _definition(text, start)):
        name, target, start = found
        definitions.setdefault(name, target)
    return text[start:]


def name_of(written: str) -> str:
    """As Python-Markdown compares names."""
    return re.sub(r"\s+", " ", written.strip()).lower()


def unescaped(text: str) -> str:
    return html.unescape(_ESCAPED.sub(r"\1", text))


def _definition(text: str, start: int) -> tuple[str, tuple[str, str], int] | None:
    """Name and target of the one that begins at `start`, and where the text goes on."""
    named = _NAME.match(text, start)
    if not named or not named[1].strip():
        return None
    addressed = _ADDRESS.match(text, named.end())
    if not addressed:
        return None
    address = addressed[2] if addressed[1] is None else addressed[1]
    titled = _TITLE.match(text, addressed.end())
    title = next((part for part in titled.groups() if part is not None), "") if titled else ""
    ended = titled or _LINE_END.match(text, addressed.end())
    if not ended:
        return None
    return name_of(named[1]), (unescaped(address), unescaped(title)), ended.end()
