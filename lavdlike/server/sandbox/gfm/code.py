"""Code between fences -> HTML: coloured by Pygments, drawn as a formula, or left for the page to draw."""

from __future__ import annotations

import html

from lavdlike.server.sandbox.gfm import formulas
from lavdlike.server.sandbox.gfm.definitions import unescaped


def to_html(code: str, info: str = "") -> str:
    """HTML of a block of code.

    Args:
        code: whole lines.
        info: what stands behind the fence; its first word says what it is.
    """
    language = unescaped(info).split()[0].lower() if info.strip() else ""
    if language == "math":
        return formulas.to_html(code, display=True)
    if language == "mermaid":
        return f'<pre class="mermaid"><code>{html.escape(code, quote=False)}</code></pre>'
    coloured = _coloured(code, language) if language else None
    if coloured is None:
        return f"<pre><code>{html.escape(code, quote=False)}</code></pre>"
    return f'<div class="highlight"><pre><code>{coloured}</code></pre></div>'


def _coloured(code: str, language: str) -> str | None:
    import pygments
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return str(pygments.highlight(code, lexer, HtmlFormatter(nowrap=True)))
