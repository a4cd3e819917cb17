"""Hatchling's hook: the browser build is made whenever a wheel, an sdist or an editable install is.

Nothing happens where the static files already fit the sources, so an sdist, which carries them, installs
without Node and without an npm registry. `LAVDLIKE_FRONTEND=skip` leaves the build out: for work on the Python
side only; the server then has no page to show.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Hatchling loads this file by its path, so its folder is not on the path of modules.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import toolchain


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]  # its parameter is the builder's configuration
    """What hatchling calls; the work is done in toolchain.py."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for the Node wheel (60 MB) only if there is something to build and no Node to build it with.

        Pip and uv install what this returns before they call `initialize`.
        """
        if not self._has_to_build() or toolchain.node_on_path(toolchain.engines(self._frontend)):
            return []
        return [toolchain.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Make the static files before hatchling collects what goes into the archive.

        Args:
            version: "editable" for `pip install -e`, which developers use: it gets the packages for tests too.
            build_data: not changed; `artifacts` in pyproject.toml takes the files in.
        """
        if not self._has_to_build():
            return
        try:
            toolchain.build(self._frontend, with_tests=version == "editable", report=self.app.display_info)
        except toolchain.ToolchainError as error:
            self.app.abort(str(error))

    @property
    def _frontend(self) -> toolchain.Frontend:
        return toolchain.Frontend.of(Path(self.root))

    def _has_to_build(self) -> bool:
        return os.environ.get("LAVDLIKE_FRONTEND") != "skip" and not toolchain.is_built(self._frontend)
