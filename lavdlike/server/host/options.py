"""What the command line asks of a server, and what of it goes together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike.errors import UsageError
from lavdlike.named_roots import GivenRoot, NamedRoot, parse_roots, path_of_all

if TYPE_CHECKING:
    from lavdlike.server.settings import WatchOption
    from lavdlike.server.web.authority import Origin

# Two of these contradict each other.
_EITHER_OR = (
    ("--readonly", "--allow-edits"),
    ("--no-token", "--token-file"),
    ("--no-token", "--users"),
    ("--no-token", "--proxy-user-header"),
    ("--token-file", "--users"),
    ("--token-file", "--proxy-user-header"),
    ("--users", "--proxy-user-header"),
)
_OF_A_SOCKET = ("--uds-mode", "--uds-group", "--proxy-user-header")


@dataclass(frozen=True)
class ServeOptions:
    """As the arguments of `lavdlike ROOT` are called (`lavdlike --help`), checked one by one.

    `roots`: as they were given (`named_roots.parse_roots`). `cache_size`: in GiB.
    """

    roots: Sequence[str]
    verbose: bool = False
    no_browser: bool = False
    port: int = 0
    host: str | None = None
    uds: str | None = None
    uds_mode: int | None = None
    uds_group: str | None = None
    base_url: str = ""
    no_token: bool = False
    token_file: Path | None = None
    users: Path | None = None
    proxy_user_header: str | None = None
    new_key: bool = False
    readonly: bool = False
    allow_edits: bool = False
    allowed_host: tuple[str, ...] | list[str] = ()
    allowed_origin: tuple[Origin, ...] | list[Origin] = ()
    board: tuple[Path, ...] | list[Path] = ()
    media: tuple[tuple[str, Path], ...] | list[tuple[str, Path]] = ()
    style: Path | None = None
    allow_html_scripts: bool = False
    follow_links: bool = False
    watch: WatchOption = "auto"
    poll_interval: float = 5.0
    cache: Path | None = None
    cache_size: float = 4.0
    requests_per_minute: int = 1200

    @cached_property
    def given(self) -> list[GivenRoot]:
        """The roots. Raises UsageError: a name is none, or is there twice."""
        from lavdlike.disk.opening import is_root, path_of

        return parse_roots(self.roots, is_root, path_of)

    @property
    def path(self) -> Path:
        """Of the root; of several one that names them all."""
        return path_of_all([NamedRoot(each.name, each.path) for each in self.given])

    @property
    def socket_mode(self) -> int:
        """The permissions of the socket: by default this user's alone, or the group's, too, if one is named."""
        if self.uds_mode is not None:
            return self.uds_mode
        return 0o660 if self.uds_group else 0o600

    def check(self) -> None:
        """Raises UsageError for options that contradict each other or have no meaning together."""
        for one, other in _EITHER_OR:
            if self._is_given(one) and self._is_given(other):
                raise UsageError(f"{one} and {other} contradict each other; leave one of them out")
        for option in _OF_A_SOCKET:
            if self._is_given(option) and not self.uds:
                raise UsageError(
                    f"{option} is for --uds alone: at a port, every user of this machine could be anybody"
                    if option == "--proxy-user-header"
                    else f"{option} is for the socket of --uds"
                )
        if self.style is not None and not self.style.is_file():
            raise UsageError(f"--style: there is no file {self.style}")
        if self.uds == "auto" and self.socket_mode != 0o600:
            raise UsageError(
                "--uds auto is in a folder that only you can open; give the socket's path to --uds"
            )

    def _is_given(self, option: str) -> bool:
        return bool(getattr(self, option.removeprefix("--").replace("-", "_")))
