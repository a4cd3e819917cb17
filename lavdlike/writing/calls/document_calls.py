"""The methods of `Logger` for texts, Markdown and HTML."""

from __future__ import annotations

import logging

from lavdlike.kinds import html as html_kind
from lavdlike.kinds import kind, text_file, texts
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_size, check_text

_LONGEST_NAME = 100

_log = logging.getLogger("lavdlike")


class DocumentCalls(Family):
    """What is read."""

    _said_exchanged: bool

    def log_text(self, text: str, name: str, step: int | None = None, expected: str | None = None) -> None:
        """Log a text to `<name>.txt`; with an expected one, both to `<name>.json`, and the viewer shows the difference.

        >>> with Logger("example") as logger:
        ...     logger.log_text("hello world", "greeting", step=2, expected="Hallo Welt")
        """
        writer = self._active
        if writer is None:
            return
        check_text(text, "text")
        self._say_if_exchanged(text, name, "text")
        if expected is None:
            path = self._checked_path(name, step, ".txt")
            writer.replace(path, check_size(text_file.encode(text), kind.MAX_FILE_BYTES, "text"))
            writer.remove_key(path.with_suffix(".json"), "texts")  # an older text's, with what was expected
        else:
            check_text(expected, "expected")
            path = self._checked_path(name, step, ".json")
            writer.merge(path, texts.to_json(text, expected))
            writer.remove(path.with_suffix(".txt"))  # an older text's, without

    def log_markdown(self, markdown: str, name: str, step: int | None = None) -> None:
        """Log a Markdown document to `<name>.md`.

        >>> with Logger("example") as logger:
        ...     logger.log_markdown("# Result", "report", step=1)
        """
        self._write_document(
            markdown, name, step, what="markdown", suffix=".md", max_bytes=kind.MAX_FILE_BYTES
        )

    def log_html(self, html: str, name: str, step: int | None = None) -> None:
        """Log a page to `<name>.html`. The viewer shows it without its scripts, and what it names is not loaded.

        >>> with Logger("example") as logger:
        ...     logger.log_html("<h1>Result</h1><p>It <b>works</b>.</p>", "report", step=1)
        """
        self._write_document(html, name, step, what="html", suffix=".html", max_bytes=html_kind.MAX_BYTES)

    def _write_document(
        self, text: str, name: str, step: int | None, *, what: str, suffix: str, max_bytes: int
    ) -> None:
        """`what`: the argument's name, for errors."""
        writer = self._active
        if writer is None:
            return
        check_text(text, what)
        self._say_if_exchanged(text, name, what)
        content = check_size(text_file.encode(text), max_bytes, what)
        writer.replace(self._checked_path(name, step, suffix), content)

    def _say_if_exchanged(self, text: str, name: object, what: str) -> None:
        """A text without blanks under a name with blanks was most likely meant the other way round."""
        if self._said_exchanged or not isinstance(name, str) or " " not in name or len(text) > _LONGEST_NAME:
            return
        if text and not any(map(str.isspace, text)):
            self._said_exchanged = True
            _log.warning("%r is the %s and %r its name: are they exchanged? (said once)", text, what, name)
