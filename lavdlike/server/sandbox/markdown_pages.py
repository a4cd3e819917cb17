"""Markdown of the tree -> HTML that is safe in our page (`safe_html`).

Rendering is done by a child process: it takes half a second for 100 kB, and very long for some texts.
"""

from __future__ import annotations

import html
import posixpath
from pathlib import Path

from lavdlike.kinds import text_file
from lavdlike.messages import MarkdownPage
from lavdlike.server.sandbox import markdown_program
from lavdlike.server.sandbox.pool import Limits, SandboxError, SandboxPool

MAX_BYTES = 2**20
LIMITS = Limits(time_s=10.0)


class Markdown:
    """Renders Markdown. Thread-safe; blocks for as long as it takes. `close` it in the end."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._pool = SandboxPool(Path(markdown_program.__file__), limits)

    def page(self, data: bytes, experiment: str, path: str) -> MarkdownPage:
        """A document; its begin if it is longer than `MAX_BYTES`. What takes too long is shown as it is written.

        Args:
            data: the file, up to one byte more than `MAX_BYTES` at least.
            experiment: an id.
            path: of the file, relative to the experiment; links are relative to its folder.
        """
        is_cut = len(data) > MAX_BYTES
        if is_cut:
            data = data[: data.rfind(b"\n", 0, MAX_BYTES) + 1 or MAX_BYTES]
        source = text_file.decode(data)
        question = {"experiment": experiment, "folder": posixpath.dirname(path)}
        try:
            _, rendered = self._pool.ask(question, source.encode())
        except SandboxError as error:
            return MarkdownPage(_as_written(source, str(error)), source, is_cut)
        return MarkdownPage(rendered.decode(), source, is_cut)

    def close(self) -> None:
        self._pool.close()


def _as_written(source: str, why: str) -> str:
    note = f"Shown as it is written, because rendering it failed: {html.escape(why)}."
    return f"<p><strong>{note}</strong></p><pre>{html.escape(source)}</pre>"
