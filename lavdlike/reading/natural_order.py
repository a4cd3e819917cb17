"""How people sort names."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"([0-9]+(?:\.[0-9]+)*)|([^0-9]+)")


def natural_key(name: str) -> tuple[list[tuple[int, int, str, str]], str]:
    """Sorts names as people count: `run-2` before `run-10`, `lr0.0001` before `lr0.001`, `v1.9.0` before `v1.10.0`.

    Two runs of digits around one point are a decimal number, three and more are counted one by one. What stands between
    numbers is compared without regard to case. Names that count the same are ordered by their characters.
    """
    # 0, how many digits a number has, these, its decimals; or 1, 0, a text
    parts: list[tuple[int, int, str, str]] = []
    for number, between in _NUMBERS.findall(name):
        whole, *rest = number.split(".")
        if len(rest) == 1:
            parts.append(_number(whole, rest[0]))
        elif whole:
            parts.extend(_number(digits) for digits in (whole, *rest))
        if between:
            parts.append((1, 0, between.casefold(), ""))
    return parts, name


def _number(digits: str, decimals: str = "") -> tuple[int, int, str, str]:
    """Of any length, also beyond what `int` reads of a text."""
    counted = digits.lstrip("0")
    return 0, len(counted), counted, decimals
