"""What the child of `markdown` does: Markdown -> HTML that is not safe yet. Imports nothing of ours (`child`).

Question: nothing but the source in UTF-8. Answer: `{}` and the HTML, or `{"error": "..."}`.
"""

from __future__ import annotations

from typing import Any

# As on GitHub, as far as there is an extension for it.
_EXTENSIONS: dict[str, dict[str, Any]] = {
    "abbr": {},
    "def_list": {},
    "footnotes": {},
    "sane_lists": {},
    "tables": {"use_align_attribute": True},
    "toc": {},
    "pymdownx.highlight": {"noclasses": False, "guess_lang": False},
    "pymdownx.magiclink": {},
    "pymdownx.superfences": {},
    "pymdownx.tasklist": {},
    "pymdownx.tilde": {"subscript": False},
}


def prepare() -> None:
    _render("# warm\n\n```python\n1\n```\n")


def answer(_: dict[str, Any], source: bytes, __: int | None) -> tuple[dict[str, Any], bytes]:
    try:
        return {}, _render(source.decode(errors="replace")).encode()
    except RecursionError:
        return {"error": "nested too deeply"}, b""


def _render(source: str) -> str:
    import markdown

    return markdown.markdown(source, extensions=list(_EXTENSIONS), extension_configs=_EXTENSIONS)
