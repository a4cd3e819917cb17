"""From the options of the command line to a server that runs: sockets, key, link, application, uvicorn."""

from __future__ import annotations

import os
import shlex
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lavdlike.errors import UsageError
from lavdlike.server.host.given_boards import GivenBoards, boards_of
from lavdlike.server.host.given_roots import note, roots_of, said
from lavdlike.server.host.standard_streams import open_standard_streams
from lavdlike.shell.output import say
from lavdlike.shell.text import can_encode, encodable, escaped

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from lavdlike.named_roots import NamedRoot
    from lavdlike.server.host.listening import Listener
    from lavdlike.server.host.options import ServeOptions
    from lavdlike.server.host.ways_in import WayIn
    from lavdlike.server.settings import Settings
    from lavdlike.server.web.access import AccessRules
    from lavdlike.server.web.credentials import Credentials


@dataclass(frozen=True)
class Beside:
    """What another command has at the page's port.

    `around`: the page's application, who may come in and by which rules -> the application that is served. A busy port
    is an error then, as clients know no other. `key_bound_to`: as of `way_in`.
    """

    around: Callable[[ASGIApp, Credentials, AccessRules], ASGIApp]
    key_bound_to: str = ""


def serve(options: ServeOptions, beside: Beside | None = None) -> int:
    """Show the root that the options name until SIGINT or SIGTERM; the exit code of the process.

    Raises:
        UsageError: the options contradict each other, the root cannot be listed, a file of secrets cannot be used, or
            nobody can listen where the options say.
        NoFolderError: there is no folder for the link and the socket.
    """
    open_standard_streams()
    options.check()
    from lavdlike.disk.stores.bucket import StoreOptions, configure

    configure(StoreOptions(options.cache, int(options.cache_size * 2**30), options.requests_per_minute))
    roots = roots_of(options.given)
    boards = boards_of(options.board, roots)
    # Only now: nobody should wait for these to learn of a mistyped name.
    from lavdlike.server.app import create_app
    from lavdlike.server.host.connections import Server, raise_descriptor_limit
    from lavdlike.server.host.desktop import has_desktop, open_in_browser
    from lavdlike.server.host.logging_setup import set_up_logging
    from lavdlike.server.host.process_memory import collect_garbage_seldom, give_back_freed_memory
    from lavdlike.server.host.user_files import link_files, runtime_folder
    from lavdlike.server.host.ways_in import access_rules, way_in

    set_up_logging(verbose=options.verbose)
    raise_descriptor_limit()
    give_back_freed_memory()
    collect_garbage_seldom()
    way = way_in(options, os.environ, key_bound_to=beside.key_bound_to if beside else "")
    for text in way.notes:
        note(text)
    with (
        runtime_folder() as folder,
        closing(_place(options, folder, beside)) as place,
    ):
        _note_shown(roots)
        credentials = way.credentials
        links = _links(place, options.base_url, way, boards.first)
        rules = access_rules(options, place, way)
        app = create_app(_settings(options, roots, way, boards), credentials, rules)
        if beside is not None:
            app = beside.around(app, credentials, rules)
        with (
            link_files(folder, links, f"{credentials.instance}-{place.label}") as files,
            Patience(f"reading {said(options.given)}") as patience,
        ):

            def announce() -> None:
                patience.end()
                shown = said(options.given)
                say(_announcement(shown, place, links, files.text, options.users), sys.stdout)
                if not options.no_browser and place.port is not None and has_desktop():
                    open_in_browser(files.page)

            Server(app, on_started=announce).run(place.listeners)
    if sys.stderr.isatty():
        say("", sys.stderr)  # after the terminal's ^C
    return 0


def _note_shown(roots: Sequence[NamedRoot]) -> None:
    from lavdlike.disk.user_state import note_shown

    for root in roots:
        # A look at one run says nothing of the page on which people edit.
        if root.is_decided and not root.only:
            note_shown(root.root)


def _settings(options: ServeOptions, roots: Sequence[NamedRoot], way: WayIn, boards: GivenBoards) -> Settings:
    from lavdlike.server.settings import Settings

    first = roots[0]
    return Settings(
        first.root,
        options.watch,
        options.poll_interval,
        options.follow_links,
        options.allow_html_scripts,
        way.editing,
        first.only,
        tuple(roots) if first.name else (),
        boards.files,
        tuple(options.media),
        options.style,
    )


# --- the place ----------------------------------------------------------------------------------------------


def _place(options: ServeOptions, folder: Path, beside: Beside | None) -> Listener:
    """Listen where the options say; a socket of our own choice goes to `folder`."""
    from lavdlike.server.host.listening import ListenError, listen_at_port, listen_at_socket

    try:
        if options.uds:
            own = folder / f"{os.getpid()}.sock"
            return listen_at_socket(
                own if options.uds == "auto" else Path(options.uds).absolute(),
                mode=options.socket_mode,
                group=options.uds_group or "",
            )
        place = listen_at_port(options.host, options.port)
    except ListenError as error:
        raise UsageError(str(error)) from None
    if beside is not None and options.port not in (0, place.port):
        place.close()
        raise UsageError(f"port {options.port} is busy; stop what listens there, or give another port")
    if place.beyond_machine and options.no_token:
        place.close()
        raise UsageError(
            "--no-token is for this machine alone; with --host, whoever reaches the port could read"
        )
    if place.beyond_machine:
        note(
            "other machines can reach this server, and what it sends is not encrypted; safer is to leave out --host "
            f"and to run 'ssh -L {place.port}:localhost:{place.port} {socket.gethostname()}' on your computer"
        )
    elif options.no_token:
        may = "read and change" if options.allow_edits else "read"
        why = "without -enable_login" if beside is not None else "--no-token"
        note(f"every user of this machine can {may} what is shown ({why})")
    if place.port != options.port and options.port != 0:
        note(f"port {options.port} is busy, so this is port {place.port}")
    return place


def _links(place: Listener, base_url: str, way: WayIn, board: str) -> list[str]:
    """The page's address; with a token that of its owner, and where they may edit another one that only reads.

    Args:
        board: the id of the one that the page opens with; "" without one.
    """
    port = 8080 if place.port is None else place.port  # of a socket: as the line at the start proposes
    address = f"http://{place.host}:{port}{base_url}/"
    token, reader_token = way.credentials.token, way.credentials.reader_token
    view = f"/board?board.name={quote(board, safe='/')}" if board else ""
    if token is None:
        return [f"{address}#{view}" if view else address]
    tokens = [token, reader_token] if way.editing and reader_token is not None else [token]
    begin = f"{view}&" if view else ""
    return [f"{address}#{begin}token={quote(each, safe='')}" for each in tokens]


def _announcement(root: str, place: Listener, links: list[str], link_file: Path, users: Path | None) -> str:
    """The lines to read at the start. What a batch system writes to a log file must not hold a token."""
    link, *readers_link = links
    address, _, rest = link.partition("#")
    is_hidden = "token=" in rest and not sys.stdout.isatty()
    where = f" (the link with its token is in {escaped(str(link_file))})" if is_hidden else ""
    if users is not None:
        where = f" (sign in with a name of {escaped(str(users))})"
    target = address if is_hidden else link
    shown = escaped(root)
    if place.port is None:
        path = shlex.quote(escaped(str(place.socket_path)))
        text = (
            f"lavdlike shows {shown} at the socket {path}\n"
            f"On your computer run 'ssh -L 8080:{path} {socket.gethostname()}', then open {target}{where}"
        )
    else:
        text = f"lavdlike shows {shown} at {target}{where}"
    if readers_link and not is_hidden:
        text += f"\nTo others who should only read, give {readers_link[0]}"
    return text


# --- what is said -------------------------------------------------------------------------------------------


class Patience:
    """A spinner for work that takes longer than a second, if somebody sits at the terminal."""

    DELAY_S = 1.0

    def __init__(self, text: str) -> None:
        self._text = text
        self._timer = threading.Timer(self.DELAY_S, self._spin)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._ended = False
        self._spinner: Any = None

    def __enter__(self) -> Patience:
        if sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            self._timer.cancel()
            if self._spinner is not None:
                self._spinner.stop()
                self._spinner = None

    def _spin(self) -> None:
        from halo import Halo  # 20 ms that most starts do not need

        with self._lock:
            if not self._ended:
                encoding = sys.stderr.encoding or "ascii"
                self._spinner = Halo(
                    encodable(escaped(self._text), encoding),
                    spinner="dots" if can_encode("⠋", encoding) else "line",
                    stream=sys.stderr,
                ).start()
