"""Windows of Visdom's environments, as they cross the wire: what is known beside their items (docs/visdom.md)."""

from __future__ import annotations

import msgspec

from lavdlike.layout import ExperimentId


class WindowInfo(msgspec.Struct, omit_defaults=True):
    """One window. `label`: of its items. `id`, `type`, `title`: as its script calls them; "": it has no title.

    `width`, `height`: in pixels, if the script gave them. `selected`: the step of a history that it chose.
    """

    label: str
    id: str
    type: str
    title: str = ""
    width: float | None = None
    height: float | None = None
    selected: int | None = None


class WindowsPage(msgspec.Struct):
    """`GET api/windows/{experiment}`: those that were not closed, in the order in which they were made.

    `env`: the name of the environment; "" of an experiment that no script of Visdom writes.
    """

    experiment: ExperimentId
    env: str
    windows: list[WindowInfo]
