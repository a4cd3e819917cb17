"""Markdown as HTML that is safe in the page, a few texts at a time: each is rendered by a child process."""

from __future__ import annotations

import asyncio
from functools import partial

from lavdlike import layout
from lavdlike.layout import ExperimentId
from lavdlike.messages import MarkdownPage
from lavdlike.server.sandbox import markdown_pages

MAX_BYTES = markdown_pages.MAX_BYTES
# Each is a child process with its memory.
MAX_RENDERED_AT_ONCE = 2


class Documents:
    """What all routes render with. `close` it in the end."""

    def __init__(self) -> None:
        self._renderer = markdown_pages.Markdown()
        self._rendering = asyncio.Semaphore(MAX_RENDERED_AT_ONCE)

    async def page(self, source: bytes, experiment: ExperimentId, path: str) -> MarkdownPage:
        """A document as HTML; its begin if it is longer than `MAX_BYTES`.

        Args:
            source: the document, up to one byte more than `MAX_BYTES` at least.
            path: of its file, relative to the experiment; links are relative to its folder.
        """
        render = partial(self._renderer.page, source, layout.usual_experiment_id(experiment), path)
        async with self._rendering:
            return await asyncio.to_thread(render)

    async def close(self) -> None:
        await asyncio.to_thread(self._renderer.close)
