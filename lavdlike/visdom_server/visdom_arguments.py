"""The arguments of `lavdlike visdom`: Visdom's options in Visdom's spelling, and its variables of the environment."""

from __future__ import annotations

import argparse
import logging
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike.errors import UsageError
from lavdlike.server.host import serve_arguments
from lavdlike.server.host.kept_token import VARIABLE, checked_token
from lavdlike.shell import arguments as shell_arguments

if TYPE_CHECKING:
    from lavdlike.server.web.authority import Origin

DEFAULT_PORT = 8097
_USE_VARIABLES, _USERNAME, _PASSWORD = "VISDOM_USE_ENV_CREDENTIALS", "VISDOM_USERNAME", "VISDOM_PASSWORD"
_COOKIE = "VISDOM_COOKIE"
# What goes with a login alone.
_SPELT = {"force_new_cookie": "-force_new_cookie", "token_file": "--token-file"}
_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class VisdomOptions:
    """What `lavdlike visdom` was asked for.

    `root`: the folder of all environments. `host`: None stands for this machine alone. `username`: who may sign in; ""
    for any name. `cookie`: what sign-ins are bound to beside the key, so that another one ends them.
    """

    root: Path
    port: int = DEFAULT_PORT
    host: str | None = None
    base_url: str = ""
    readonly: bool = False
    login: bool = False
    username: str = ""
    cookie: str = ""
    new_key: bool = False
    verbose: bool = False
    token_file: Path | None = None
    allowed_host: tuple[str, ...] = ()
    allowed_origin: tuple[Origin, ...] = ()


def parse(arguments: Sequence[str], environment: MutableMapping[str, str]) -> VisdomOptions:
    """What stands behind `lavdlike visdom`; a mistake ends the process with exit code 2.

    Args:
        environment: a password in it becomes the token (`kept_token`) and is taken out, so that no child gets it.

    Raises:
        UsageError: the options contradict each other, or a password could be guessed.
    """
    options = _parser().parse_args(arguments)
    host = None if options.bind_local else serve_arguments.loopback_or_host(options.hostname)
    if options.bind_local and options.hostname != "localhost":
        raise UsageError("-bind_local and -hostname contradict each other; leave one of them out")
    if not options.enable_login and host is not None and not _is_loopback(host):
        raise UsageError(
            f"-hostname {host}: without -enable_login, whoever reaches the port could write; with it they need a token"
        )
    if not options.enable_login:
        for option, spelt in _SPELT.items():
            if getattr(options, option):
                raise UsageError(f"{spelt} is for -enable_login")
    username, cookie = _variables(environment) if options.enable_login else ("", "")
    return VisdomOptions(
        root=_root(options.root, options.env_path, environment),
        port=options.port,
        host=host,
        base_url=options.base_url,
        readonly=options.readonly,
        login=options.enable_login,
        username=username,
        cookie=cookie,
        new_key=options.force_new_cookie,
        verbose=options.logging_level <= logging.DEBUG,
        token_file=options.token_file and options.token_file.absolute(),
        allowed_host=tuple(options.allowed_host),
        allowed_origin=tuple(options.allowed_origin),
    )


def _root(given: Path | None, env_path: Path | None, environment: MutableMapping[str, str]) -> Path:
    if given is not None and env_path is not None and given != env_path:
        raise UsageError(f"ROOT and -env_path are the same thing, and {given} and {env_path} differ")
    root = given or env_path or Path(environment.get("LAVDLIKE_LOG_DIR") or "log")
    return root.expanduser().absolute()


def _variables(environment: MutableMapping[str, str]) -> tuple[str, str]:
    """The user's name and the cookie that the environment says, as Visdom reads them."""
    if environment.get(_USE_VARIABLES, "").lower() not in _TRUE:
        return "", ""
    username, password = environment.get(_USERNAME, ""), environment.pop(_PASSWORD, "")
    if not (username and password):
        raise UsageError(f"{_USE_VARIABLES} is set, so {_USERNAME} and {_PASSWORD} must be, too")
    environment[VARIABLE] = checked_token(password, _PASSWORD)
    return username, environment.pop(_COOKIE, "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lavdlike visdom",
        usage="lavdlike visdom [ROOT] [options]",
        description="Take what Visdom's clients send, write it as files into the folder ROOT, and show it. "
        "Options are Visdom's, with one dash or two.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    path = shell_arguments.path
    add(
        "root",
        metavar="ROOT",
        nargs="?",
        type=path,
        help="the folder of all environments; is made if it is not there (default: $LAVDLIKE_LOG_DIR, else ./log)",
    )
    add("-env_path", "--env_path", metavar="ROOT", type=path, help="the same")
    add(
        "-port",
        "--port",
        type=serve_arguments.port,
        default=DEFAULT_PORT,
        help="default: %(default)s; 0: any",
    )
    add(
        "-hostname",
        "--hostname",
        default="localhost",
        help="where to listen; other machines only with -enable_login (default: this machine alone)",
    )
    add("-bind_local", "--bind_local", action="store_true", help="this machine alone, which is the default")
    add(
        "-base_url",
        "--base_url",
        metavar="/PREFIX",
        type=serve_arguments.base_url,
        default="",
        help="what comes before all paths",
    )
    add("-readonly", "--readonly", action="store_true", help="let nobody change anything")
    add(
        "-logging_level",
        "--logging_level",
        metavar="LEVEL",
        type=_level,
        default=logging.INFO,
        help="a name or a number; DEBUG logs more, with tracebacks (default: INFO)",
    )
    add(
        "-enable_login",
        "--enable_login",
        action="store_true",
        help=f"ask for a password, which is the token; with {_USE_VARIABLES}=1 {_USERNAME} and {_PASSWORD} are taken",
    )
    add("-force_new_cookie", "--force_new_cookie", action="store_true", help="end all sign-ins of before")
    add(
        "--token-file",
        metavar="FILE",
        type=path,
        help=f"the password, in a file that only you can read (or in the variable {VARIABLE})",
    )
    for option in ("eager_data_loading", "use_frontend_client_polling"):
        add(
            f"-{option}",
            f"--{option}",
            action="store_true",
            help="changes nothing: files are read when shown",
        )
    serve_arguments.add_names(add)
    return parser


def _level(text: str) -> int:
    level = (
        int(text) if text.isascii() and text.isdigit() else logging.getLevelNamesMapping().get(text.upper())
    )
    if level is None:
        raise argparse.ArgumentTypeError(f"not a level such as INFO or 20: {text!r}")
    return level
