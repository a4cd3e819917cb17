"""What the child of `markdown_pages` does: Markdown -> HTML that is safe in our page (`child`).

Question: `{"experiment", "folder"}` as for `safe_html`, and the source in UTF-8. Answer: `{}` and the HTML, or
`{"error": "..."}`. It is made safe here, because for some HTML that takes very long, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown import Markdown

# Beside what `gfm` brings.
_EXTENSIONS: dict[str, dict[str, Any]] = {
    "footnotes": {},
    "toc": {},
    "pymdownx.magiclink": {},
    "pymdownx.tilde": {"subscript": False},
}


def prepare() -> None:
    answer({"experiment": "", "folder": ""}, b"# warm\n\n```python\n1\n```\n\n:smile: $x$\n", None)


def answer(question: dict[str, Any], source: bytes, _: int | None) -> tuple[dict[str, Any], bytes]:
    from lavdlike.server.sandbox.safe_html import safe_html

    try:
        unsafe = render(source.decode(errors="replace"))
    except RecursionError:
        return {"error": "nested too deeply"}, b""
    return {}, safe_html(unsafe, question["experiment"], question["folder"]).encode()


def render(source: str) -> str:
    """HTML that is not safe."""
    from lavdlike.server.sandbox.gfm import front_matter

    values, document = front_matter.split(source)
    return values + _converter().reset().convert(document)


@lru_cache
def _converter() -> Markdown:
    import markdown
    from pymdownx import slugs

    from lavdlike.server.sandbox.gfm.extension import GitHubExtension

    return markdown.Markdown(
        extensions=[GitHubExtension(), *_EXTENSIONS],
        extension_configs={**_EXTENSIONS, "toc": {"slugify": slugs.slugify(case="lower")}},
    )
