"""From the options of the command line to what opens the server: token, people, or the socket's own permissions."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import NamedTuple

from lavdlike.errors import UsageError
from lavdlike.server.host.connections import KNOWS_PEERS
from lavdlike.server.host.kept_token import take_token, token_of_file
from lavdlike.server.host.listening import PRIVATE_MODE, Listener
from lavdlike.server.host.options import ServeOptions
from lavdlike.server.host.user_files import signing_key
from lavdlike.server.host.users_file import UsersFile
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials, bound_key, new_key, new_token


class WayIn(NamedTuple):
    """`editing`: anything can be changed by anybody. `notes`: what whoever starts the server should know."""

    credentials: Credentials
    editing: bool
    notes: list[str]


def way_in(options: ServeOptions, environment: MutableMapping[str, str], *, key_bound_to: str = "") -> WayIn:
    """Who may come in, and whether anybody may edit. A token in the environment is taken out of it.

    Args:
        key_bound_to: another text than before ends the sign-ins of before.

    Raises:
        UsageError: a file of secrets cannot be used, or an option means nothing together with it.
    """
    given = take_token(environment)
    if options.token_file is not None:
        given = token_of_file(options.token_file.absolute())
    elif options.no_token or options.users is not None or options.proxy_user_header:
        given = None
    signs_in = options.users is not None or given is not None or not (options.uds or options.no_token)
    if signs_in and options.allow_edits:
        raise UsageError(
            "--allow-edits is for --no-token and --uds; here the token's owner edits, or who has the right to write"
        )
    key, notes = _key(options, is_used=signs_in)
    if key_bound_to:
        key = bound_key(key, f"text:{key_bound_to}")
    if options.users is not None:
        credentials = Credentials(bound_key(key, "users"), users=UsersFile(options.users.absolute()).users)
    elif given is not None:
        credentials = Credentials(bound_key(key, f"token:{given}"), given)
    else:
        credentials = Credentials(key, new_token() if signs_in else None)
    if options.uds and not signs_in:
        notes += _notes_on_socket(options)
    is_open = not signs_in and not options.uds
    return WayIn(credentials, not options.readonly and (options.allow_edits or not is_open), notes)


def _key(options: ServeOptions, *, is_used: bool) -> tuple[bytes, list[str]]:
    if not is_used and not options.new_key:
        return new_key(), []
    key, fault = signing_key(options.path, renew=options.new_key)
    if fault and options.new_key:
        raise UsageError(f"--new-key: sign-ins cannot be ended, because the key cannot be replaced: {fault}")
    notes = (
        [f"sign-ins will not outlive this server, because their key cannot be kept: {fault}"] if fault else []
    )
    # Whoever could ask a server that is open to them for something signed would keep it for a later start.
    return key if is_used else new_key(), notes


def _notes_on_socket(options: ServeOptions) -> list[str]:
    if options.proxy_user_header:
        return []
    if options.allow_edits:
        return ["whoever can open the socket can read and change what is shown (--allow-edits)"]
    if options.socket_mode == PRIVATE_MODE:
        return []
    change = "nobody can change it (--readonly)" if options.readonly else "only you can change it"
    return [f"whoever can open the socket can read what is shown; {change}"]


def access_rules(options: ServeOptions, place: Listener, way: WayIn) -> AccessRules:
    """What `Access` goes by at this place."""
    is_private_socket = bool(options.uds) and options.socket_mode == PRIVATE_MODE
    return AccessRules(
        # A proxy may pass the name on with the port that the browser sees, with its own, or with none.
        hosts=place.names.union(
            options.allowed_host, (origin.authority.name for origin in options.allowed_origin)
        ),
        origins=frozenset(map(str, options.allowed_origin)),
        base_url=options.base_url,
        # Where the system does not say who connects, the socket's permissions do, if they let in nobody else.
        anybody_edits=way.editing and (options.allow_edits or (is_private_socket and not KNOWS_PEERS)),
        owner=os.geteuid() if way.editing and options.uds else None,
        user_header=options.proxy_user_header or "",
    )
