"""What the families of Visdom's calls stand on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lavdlike.compat.visdom.given_options import Options, layout_of

Opts = Mapping[str, Any] | None


class Sending:
    """A call makes a message as Visdom's client does; what sends it stands in `visdom_client`."""

    env: str

    def _send(
        self,
        msg: Mapping[str, Any],
        endpoint: str = "events",
        quiet: bool = False,
        from_log: bool = False,
        create: bool = True,
    ) -> Any:
        raise NotImplementedError

    def _send_content(
        self,
        type_: str,
        content: Any,
        options: Options,
        win: str | None,
        env: str | None,
        *,
        update: bool = False,
    ) -> Any:
        """A window of one thing."""
        message = {"data": [{"content": content, "type": type_}], "win": win, "eid": env, "opts": options}
        return self._send(message, "update" if update else "events")

    def _send_plot(
        self,
        traces: list[dict[str, Any]],
        options: Options,
        win: str | None,
        env: str | None,
        *,
        is_3d: bool = False,
        layout: Mapping[str, Any] | None = None,
    ) -> Any:
        """A new plot."""
        layout = layout_of(options, is_3d=is_3d) if layout is None else layout
        return self._send({"data": traces, "win": win, "eid": env, "layout": layout, "opts": options})
