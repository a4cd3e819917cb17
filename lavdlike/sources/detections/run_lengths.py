"""Masks as run lengths, as COCO has them: pixels down the columns from the top left, outside and inside in turn.

The compressed form is text: each number in groups of five bits, the lowest first, from the character "0" on; 32 says
that another one follows, 16 of the last one that it is negative; from the third on numbers are differences to the one
two places before. https://github.com/cocodataset/cocoapi, `common/maskApi.c`, has the format.
"""

from __future__ import annotations

_FIRST = ord("0")
_MORE, _SIGN, _BITS = 32, 16, 5
# A number of pixels has at most 30 bits.
_MAX_GROUPS = 8


def decoded(text: str) -> list[int]:
    """The run lengths of a compressed mask. Raises ValueError: it is none."""
    counts: list[int] = []
    number = shift = 0
    for character in text:
        group = ord(character) - _FIRST
        if not 0 <= group < 2 * _MORE:
            raise ValueError(f"{character!r} is no part of a mask")
        number |= (group & (_MORE - 1)) << shift
        shift += _BITS
        if group & _MORE:
            if shift >= _MAX_GROUPS * _BITS:
                raise ValueError("a run is too long")
            continue
        if group & _SIGN:
            number -= 1 << shift
        if len(counts) > 2:
            number += counts[-2]
        counts.append(number)
        number = shift = 0
    if shift:
        raise ValueError("it ends within a number")
    return counts


def check(counts: list[int], width: int, height: int) -> None:
    """Raises ValueError: these are no run lengths of a mask of that size."""
    if any(count < 0 for count in counts):
        raise ValueError("a run is negative")
    if sum(counts) > width * height:
        raise ValueError(f"its runs are of more pixels than {width} × {height}")
