"""What the command line decided, as one frozen value that everything else is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lavdlike.named_roots import NamedRoot, path_of_all

WatchOption = Literal["auto", "inotify", "poll"]


@dataclass(frozen=True)
class Settings:
    """How the server watches and who may read.

    `root`: the folder whose folders are the experiments; it may be missing and come later.
    `watch`: "auto" watches, and polls as well where watching is not enough (network file systems, no watches left).
    `poll_interval_s`: how often what is looked at is compared with the disk where changes are not reported.
    `follow_links`: whether links that lead out of the root are followed.
    `html_scripts`: whether scripts of HTML files run, in frames without an origin.
    `editing`: whether anything can be changed; without, no route that writes is there.
    `only`: the name of the one folder in the root that is shown; "": all are.
    `boards`: files of boards that are shown although they are not in the root.
    `media`: folders outside of the root by name, in which pictures and videos lie that items name.
    `style`: a style sheet that the page loads behind its own.
    `several`: roots with a name each, in place of the one; `root` is then the first of them.
    """

    root: Path
    watch: WatchOption = "auto"
    poll_interval_s: float = 5.0
    follow_links: bool = False
    html_scripts: bool = False
    editing: bool = False
    only: str = ""
    several: tuple[NamedRoot, ...] = ()
    boards: tuple[Path, ...] = ()
    media: tuple[tuple[str, Path], ...] = ()
    style: Path | None = None

    @property
    def roots(self) -> tuple[NamedRoot, ...]:
        """All that are shown; one without a name if it stands alone."""
        return self.several or (NamedRoot("", self.root, self.only),)

    @property
    def path(self) -> Path:
        """Of what is shown; of several roots one that names them all, and is none."""
        return path_of_all(self.roots)
