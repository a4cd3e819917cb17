"""The arguments of `lavdlike passwd`."""

from __future__ import annotations

import argparse

from lavdlike.shell import arguments as shell_arguments


def parser() -> argparse.ArgumentParser:
    """What stands behind `lavdlike passwd`."""
    parsed = argparse.ArgumentParser(
        prog="lavdlike passwd",
        description="Set the password of a person who signs in to a server with --users FILE, or make them a token.",
    )
    add = parsed.add_argument
    add("file", metavar="FILE", type=shell_arguments.path, help="is made if it is not there")
    add("name", metavar="NAME")
    rights = parsed.add_mutually_exclusive_group()
    rights.add_argument(
        "--read", dest="may_edit", action="store_false", default=None, help="may read (for who is new)"
    )
    rights.add_argument("--write", dest="may_edit", action="store_true", default=None, help="may edit, too")
    ways = parsed.add_mutually_exclusive_group()
    ways.add_argument("--token", action="store_true", help="make a token for scripts, and print it")
    ways.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input, one line"
    )
    return parsed
