"""Regular expressions of people, searched for by polars (those of Rust) within bounds of size and time.

The time of a search grows with the text and with the size of the compiled expression, which a few letters make large:
`(?:a?){5000}a{5000}` takes minutes for a megabyte. So an expression may only be so large, of a long line as much is
searched as its size allows, and texts are searched in slices, between which the search can be given up.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lavdlike.bounded import giving_up, polars_limits
from lavdlike.errors import LavdlikeError

if TYPE_CHECKING:
    import polars as pl

MAX_SIZE = 5000
# Bytes times size that are searched in one go at most; a tenth of a second.
_MOST_AT_ONCE = 2**25
# How long a slice should take.
_SLICE_S = 0.05
_FIRST_SLICE_BYTES = 2**17
# The most that one slice holds.
_MAX_SLICE_BYTES = 2**22

# How large things are in the compiled expression, roughly: classes of Unicode are ranges of bytes.
_CLASS_SIZES = {"w": 400, "W": 400, "d": 100, "D": 100, "s": 20, "S": 20, "p": 400, "P": 400, "b": 1, "B": 1}
_ANY_SIZE = 10
_REPEAT = re.compile(r"\{\s*([0-9]{0,9})\s*(?:(,)\s*([0-9]{0,9})\s*)?\}")

_NAMED = re.compile(r"\\[pPxuU]\{[^}]*\}")


class PatternError(LavdlikeError, ValueError):
    """A text is no regular expression, or one that is too large or takes too long; says why.

    `place`: what of the text is wrong, as slice; None: all of it, or it lies in one of several lines.
    """

    def __init__(self, reason: str, place: slice | None = None) -> None:
        super().__init__(reason)
        self.place = place


class Pattern:
    """A regular expression, checked.

    Args:
        text: as it was typed.
        is_literal: it is searched for as it stands.

    Raises:
        PatternError: it is none, or too large.
        NoPolarsError: polars cannot be used.
    """

    def __init__(self, text: str, *, is_literal: bool = False, ignore_case: bool = False) -> None:
        self.text = text
        size = len(text) if is_literal else size_of(text)
        if size > MAX_SIZE:
            raise PatternError(f"too large: {size:,} units with its repetitions, of at most {MAX_SIZE:,}")
        expression = re.escape(text) if is_literal else text
        self._expression = f"(?i){expression}" if ignore_case else expression
        # Of each text; of a shorter one everything.
        self.reach_bytes = max(4096, _MOST_AT_ONCE // max(1, 2 * size if ignore_case else size))
        self._check()

    def found_in(self, texts: pl.Series, *, until: float) -> pl.Series:
        """Which texts it is found in; none in null.

        Args:
            until: a moment of `time.monotonic`; the first slice is searched in any case.

        Raises:
            PatternError: it takes longer.
            GivenUpError: nobody waits for the result.
        """
        import polars as pl

        parts = [part.str.contains(self._expression) for part in self._slices(texts, until)]
        found = pl.concat(parts) if parts else pl.Series([], dtype=pl.Boolean)
        return found.fill_null(value=False)

    def captured_in(self, texts: pl.Series, *, until: float) -> list[tuple[str | None, ...] | None]:
        """What its groups have captured in each text, or all that was found if it has none; None where nothing was.

        Arguments and errors as of `found_in`.
        """
        captured: list[tuple[str | None, ...] | None] = []
        for part in self._slices(texts, until):
            whole = part.str.extract(self._expression, 0)
            groups = part.str.extract_groups(self._expression).struct.unnest() if self._has_groups else None
            columns = groups.get_columns() if groups is not None else [whole]
            captured += [
                None if found is None else each
                for found, each in zip(whole.to_list(), zip(*columns, strict=True), strict=True)
            ]
        return captured

    @property
    def groups(self) -> list[str]:
        """The names of its groups, in the order of `captured_in`; of those without one, their numbers."""
        import polars as pl

        # Without groups: no field, or, of older versions of polars, one without a name.
        return list(filter(None, pl.Series([""]).str.extract_groups(self._expression).struct.fields))

    @property
    def _has_groups(self) -> bool:
        return bool(self.groups)

    def _slices(self, texts: pl.Series, until: float) -> Iterator[pl.Series]:
        """The texts, as much of them as is searched, so many at once that a search of them does not take long."""
        lengths = texts.str.len_bytes().fill_null(0).clip(0, self.reach_bytes) + 1
        if texts.len() and int(lengths.max() or 0) > self.reach_bytes:  # type: ignore[arg-type]
            texts = texts.str.slice(0, self.reach_bytes)
        ends = lengths.cum_sum()
        begin, slice_bytes = 0, min(self.reach_bytes, _FIRST_SLICE_BYTES)
        while begin < texts.len():
            giving_up.check()
            begun = time.monotonic()
            if begin and begun > until:
                raise PatternError("the search takes too long; a simpler expression may not")
            before = int(ends[begin - 1]) if begin else 0
            end = max(begin + 1, int(ends.search_sorted(before + slice_bytes, side="right")))
            yield texts.slice(begin, end - begin)
            taken_s = max(time.monotonic() - begun, 1e-4)
            slice_bytes = int(min(_MAX_SLICE_BYTES, max(4096, slice_bytes * min(4.0, _SLICE_S / taken_s))))
            begin = end

    def _check(self) -> None:
        import_error = polars_limits.refusal()
        if import_error:
            raise polars_limits.NoPolarsError(import_error)
        import polars as pl

        try:
            pl.Series([""]).str.contains(self._expression)
        except pl.exceptions.ComputeError as error:
            # The reason stands below the expression with a mark, and above what polars was asked for.
            said = str(error).partition("\n\nThis error occurred")[0]
            reason = re.split(r"(?:^regex error|\nerror): ", said)[-1].strip()
            raise PatternError(reason, self._marked_in(said)) from None

    def _marked_in(self, said: str) -> slice | None:
        marks = re.search(r"^    ( *)(\^+)", said, re.MULTILINE)
        if marks is None or "\n" in self.text:
            return None
        begin = max(0, len(marks[1]) - self._expression.index(self.text))
        return slice(begin, min(len(self.text), begin + len(marks[2])))


def size_of(pattern: str) -> int:
    """About how many states an expression is compiled to, rather too many than too few; of what is none anything."""
    # Sizes of what is being repeated: of each open group all that is before, and the last thing in it.
    groups: list[list[int]] = [[0, 0]]
    place = 0
    while place < len(pattern):
        letter = pattern[place]
        repeat = _REPEAT.match(pattern, place) if letter == "{" else None
        size, width = 1, 1
        if letter == "(":
            groups.append([0, 0])
            place += 1
            continue
        if letter == ")" and len(groups) > 1:
            size = 1 + sum(groups.pop())
        elif letter == "[":
            width = _class_end(pattern, place) - place
            size = _size_of_class(pattern[place : place + width])
        elif letter == "\\":
            size = _CLASS_SIZES.get(pattern[place + 1 : place + 2], 1)
            named = _NAMED.match(pattern, place)
            width = named.end() - place if named else 2
        elif letter == ".":
            size = _ANY_SIZE
        elif repeat is not None:
            least, _, most = repeat.groups()
            groups[-1][1] *= max(1, int(most or 0), int(least or 0))
            size, width = 0, repeat.end() - place
        elif letter in "*+?|":
            groups[-1][1] += 1
            size = 0
        if size:
            groups[-1][0] += groups[-1][1]
            groups[-1][1] = size
        place += width
    return sum(map(sum, groups))


def _class_end(pattern: str, begin: int) -> int:
    """Behind the bracket that ends the class; classes stand in classes."""
    depth, place = 0, begin
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\":
            place += 1
        elif letter == "[":
            depth += 1
            # A bracket that comes first, perhaps behind `^`, is a member.
            place += 1 if pattern[place + 1 : place + 2] == "^" else 0
            place += 1 if pattern[place + 1 : place + 2] == "]" else 0
        elif letter == "]":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return len(pattern)


def _size_of_class(text: str) -> int:
    """Of negated ones, those with letters beyond ASCII, and those of classes, what they may need."""
    named = sum(_CLASS_SIZES.get(letter, 0) for letter in re.findall(r"\\(.)", text, re.DOTALL))
    other = (
        _ANY_SIZE * (1 + sum(not letter.isascii() for letter in text))
        if "^" in text or not text.isascii()
        else 1
    )
    return named + other + text.count("[") - 1
